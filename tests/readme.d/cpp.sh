#!/usr/bin/env bash
# Runs statements in C++ against the staged library: tests/readme.d/cpp.sh FILE.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
target=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")
CARGO_TARGET_DIR=$target "$root/scripts/stage.sh" "$target/stage"
export PKG_CONFIG_PATH=$target/stage/lib/pkgconfig LD_LIBRARY_PATH=$target/stage/lib
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
	printf '#include <cstdio>\n#include <paysig.hpp>\n\nint main() {\n'
	cat "$1"
	printf 'return 0;\n}\n'
} >"$work/snippet.cpp"
# shellcheck disable=SC2046
c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror "$work/snippet.cpp" -o "$work/snippet" $(pkg-config --cflags --libs paysig)
"$work/snippet"
