#!/usr/bin/env bash
# The C++ header: two units linked together, under C++17, 20 and 23, with and without exceptions.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-cpp
mkdir -p "$work"
cargo build --quiet --locked -p paysig-ffi
cp "$target/debug/libpaysig.so" "$work/libpaysig.so.0"
passed=0 failed=0
for std in c++17 c++20 c++23; do
    for exceptions in -fexceptions -fno-exceptions; do
        "${CXX:-c++}" "-std=$std" "$exceptions" -g -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Iinclude \
            tests/cpp/first.cpp tests/cpp/second.cpp -o "$work/test" "$work/libpaysig.so.0" -lpthread "-Wl,-rpath,$work"
        if output=$("$work/test"); then passed=$((passed + 1)); else failed=$((failed + 1)); fi
        echo "$output"
    done
done
echo "cpp: $passed passed, $failed failed"
[ "$failed" = 0 ]
