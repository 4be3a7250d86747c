#!/usr/bin/env bash
# title: replay guards of Python, Go, PHP, C, JavaScript and Rust share one server: each of 10,000 messages is won once
# needs: cc=gcc go=golang-go node=nodejs npm=npm php=php-cli pkg-config=pkg-config python3=python3 redis-server=redis-server redis-cli=redis-tools
# needs-file: /usr/include/hiredis/hiredis.h=libhiredis-dev /usr/share/doc/php-redis=php-redis
# needs-file: /usr/bin/cargo=cargo-web /usr/bin/rustc=rustc-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src
set -euo pipefail
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-replay
mkdir -p "$work"

rust=$(cargo test --quiet --locked -p paysig-redis --test race --no-run --message-format=json | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
venv=$(python/tests/environment.sh 2>"$work/python.log") || { cat "$work/python.log" >&2 && exit 1; }
js=$(js/tests/stage.sh)
CARGO_TARGET_DIR=$target scripts/stage.sh "$target/stage"
export PKG_CONFIG_PATH=$target/stage/lib/pkgconfig LD_LIBRARY_PATH=$target/stage/lib
(cd go/redistest && go build -buildvcs=false -o "$work/racer-go" ./racer)
"${CC:-cc}" -std=c11 -D_DEFAULT_SOURCE -O1 -Wall -Wextra -Werror -Iinclude -Iexamples/c -Wno-unused-function tests/replay/racer.c \
	-o "$work/racer-c" -lhiredis

. tests/replay/server.sh
tests/replay/race.py "$port" "$venv/bin/python -I tests/replay/racer.py" "$work/racer-go" "php tests/replay/racer.php" "$work/racer-c" \
	"node $js/tests/racer.js" "$rust"
