#!/usr/bin/env bash
set -euo pipefail
cd "$PAYSIG_ROOT"
cargo build --quiet --locked -p paysig-ffi
work=$PAYSIG_TARGET/conformance-cpp
mkdir -p "$work"
cp "$PAYSIG_TARGET/debug/libpaysig.so" "$work/libpaysig.so.0"
c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -Iinclude tests/conformance/cpp/conform.cpp \
    -o "$work/conform" "$work/libpaysig.so.0" "-Wl,-rpath,$(realpath "$work")"
