#!/usr/bin/env bash
set -euo pipefail
cd "$PAYSIG_ROOT"
cargo build --quiet --locked -p paysig-ffi
work=$PAYSIG_TARGET/conformance-c
mkdir -p "$work"
cp "$PAYSIG_TARGET/debug/libpaysig.so" "$work/libpaysig.so.0"
cc -std=c11 -g -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror -Iinclude tests/conformance/c/conform.c \
    -o "$work/conform" "$work/libpaysig.so.0" -ljansson "-Wl,-rpath,$(realpath "$work")"
