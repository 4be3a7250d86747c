#!/usr/bin/env bash
# Writes include/paysig.h and include/paysig.ffi.h from ffi/; with --verify only compares and prints the difference.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.29.4

# The pinned generator, installed once beside the build.
root=${CARGO_TARGET_DIR:-target}/tools
cbindgen=$root/bin/cbindgen
if [ "$("$cbindgen" --version 2>/dev/null)" != "cbindgen $version" ]; then
    cargo install -q cbindgen --version "$version" --locked --root "$root" --target-dir "$root/build" --force
fi

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
"$cbindgen" -q --config ffi/cbindgen.toml --crate paysig-ffi --output "$new/paysig.h" ffi 2>"$new/log" || {
    cat "$new/log" >&2
    exit 1
}

# PHP's FFI reads C declarations, but no preprocessor lines, attributes or function bodies.
{
    echo '#define FFI_SCOPE "PAYSIG"'
    echo '#define FFI_LIB "libpaysig.so.0"'
    echo '/* Generated from paysig.h (`make header`). Do not edit. */'
    grep -v '^#include' "$new/paysig.h" |
        ${CC:-cc} -E -P -std=c11 -DPAYSIG_NO_HELPERS -DPAYSIG_API= -DPAYSIG_MUST_USE= -xc - | grep -v '^ *$'
} >"$new/paysig.ffi.h"

if [ "${1:-}" = --verify ]; then
    diff -u include/paysig.h "$new/paysig.h"
    diff -u include/paysig.ffi.h "$new/paysig.ffi.h"
else
    mkdir -p include
    cp "$new/paysig.h" "$new/paysig.ffi.h" include/
fi
