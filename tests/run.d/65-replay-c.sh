#!/usr/bin/env bash
# title: the replay guard of the C examples against a server: every step, and two processes racing for 10,000 messages
# needs: cc=gcc redis-server=redis-server redis-cli=redis-tools
# needs-file: /usr/include/hiredis/hiredis.h=libhiredis-dev
set -euo pipefail
work=$(realpath -m "${CARGO_TARGET_DIR:-target}")/tests-replay-c
mkdir -p "$work"
"${CC:-cc}" -std=c11 -D_DEFAULT_SOURCE -O1 -Wall -Wextra -Werror -Wno-unused-function -Iinclude -Iexamples/c tests/replay/guard.c -o "$work/guard" -lhiredis

. tests/replay/server.sh
"$work/guard" "$port" 10000 >"$work/first" &
racer=$!
"$work/guard" "$port" 10000 >"$work/second"
wait "$racer"
won=$(($(cat "$work/first") + $(cat "$work/second")))
echo "$won messages handled, $(cat "$work/first") and $(cat "$work/second")"
[ "$won" = 10000 ] && [ "$(cat "$work/first")" != 0 ] && [ "$(cat "$work/second")" != 0 ]
"$work/guard" "$port"
