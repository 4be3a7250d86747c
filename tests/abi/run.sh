#!/usr/bin/env bash
# The ABI is what it was: exported symbols, types and signatures (abidiff), layouts, SONAME, libraries of a static link.
# With --update it writes symbols.txt and paysig.abi anew; do that only together with a reason in the change log.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-abi
mkdir -p "$work"
cc=${CC:-cc}
passed=0 failed=0
good() {
    if "$@" >"$work/log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $*"
        head -n 40 "$work/log"
    fi
}

cargo build --quiet --locked -p paysig-ffi
library=$target/debug/libpaysig.so
nm -D --defined-only "$library" | awk '{print $3}' | LC_ALL=C sort >"$work/symbols.txt"

dump() { # the header's declarations as a library, and that library's types
    python3 tests/abi/stub.py <"$1" >"$work/$2.c"
    "$cc" -std=c11 -w -g -O0 -fPIC -shared -Wl,-soname,libpaysig.so.0 "$work/$2.c" -o "$work/$2.so"
    abidw --no-show-locs --no-comp-dir-path --no-corpus-path --no-elf-needed --type-id-style hash "$work/$2.so" |
        sed -E "s| (path\|comp-dir-path)='[^']*'||g" >"$work/$2.abi"
}
dump include/paysig.ffi.h now

if [ "${1:-}" = --update ]; then
    cp "$work/symbols.txt" tests/abi/symbols.txt
    cp "$work/now.abi" tests/abi/paysig.abi
fi

good diff -u tests/abi/symbols.txt "$work/symbols.txt"
good abidiff tests/abi/paysig.abi "$work/now.abi"
# Every declared function is exported, and the other way round.
grep -o "elf-symbol name='[^']*'" tests/abi/paysig.abi | cut -d"'" -f2 | LC_ALL=C sort >"$work/declared.txt"
good diff -u tests/abi/symbols.txt "$work/declared.txt"
# The comparison notices a parameter more, another type, a member less, another handle.
for change in 's/uint32_t paysig_status_http(uint32_t status)/uint32_t paysig_status_http(uint32_t status, uint32_t more)/' \
    's/int64_t until_ms;/int32_t until_ms;/' '0,/uint32_t http;/s///' 's/paysig_signer \*signer/paysig_verifier *signer/'; do
    sed "$change" include/paysig.ffi.h >"$work/changed.h"
    dump "$work/changed.h" changed
    if abidiff tests/abi/paysig.abi "$work/changed.abi" >"$work/log"; then
        failed=$((failed + 1)) && echo "not noticed: $change"
    else
        passed=$((passed + 1))
    fi
done
good "$cc" -std=c11 -Wall -Wextra -Werror -Iinclude -c tests/abi/layout.c -o "$work/layout.o"
soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
good test "$soname" = libpaysig.so.0

# What rustc says a static link needs, each once, is what the pkg-config and CMake files say.
cargo rustc --locked -p paysig-ffi --lib --crate-type staticlib -- --print native-static-libs >"$work/rustc.log" 2>&1
said=$(sed -n 's/.*native-static-libs: //p' "$work/rustc.log" | tr ' ' '\n' | sort -u)
ours=$(tr ' ' '\n' <ffi/dist/static-libs.txt | sort -u)
good test "$said" = "$ours"

echo "abi: $passed passed, $failed failed"
[ "$failed" = 0 ]
