#!/usr/bin/env bash
# Runs statements in C against the staged library: tests/readme.d/c.sh FILE.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
target=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")
CARGO_TARGET_DIR=$target "$root/scripts/stage.sh" "$target/stage"
export PKG_CONFIG_PATH=$target/stage/lib/pkgconfig LD_LIBRARY_PATH=$target/stage/lib
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
	printf '#include <paysig.h>\n#include <stdio.h>\n\nint main(void) {\n'
	cat "$1"
	printf 'return 0;\n}\n'
} >"$work/snippet.c"
# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Wpedantic -Werror "$work/snippet.c" -o "$work/snippet" $(pkg-config --cflags --libs paysig)
"$work/snippet"
