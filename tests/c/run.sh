#!/usr/bin/env bash
# Builds the C tests against the shared library and runs them; ends with "N passed, M failed".
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-c
mkdir -p "$work/lib" "$work/hooks"
cc=${CC:-cc} cxx=${CXX:-c++}
passed=0 failed=0

# The library with the panic hook is built first, so that the one without it is what stays in the build directory.
cargo build -q -p paysig-ffi --features test-hooks
cp "$target/debug/libpaysig.so" "$work/hooks/libpaysig.so.0"
cargo build -q -p paysig-ffi
cp "$target/debug/libpaysig.so" "$work/lib/libpaysig.so.0"

count() { # a program's last line
    local numbers
    numbers=$(sed -n 's/.*: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' <<<"$1" | tail -n 1)
    # A program that died without that line counts as one failure.
    set -- ${numbers:-0 1}
    passed=$((passed + $1)) failed=$((failed + $2))
}
good() { # a command that must succeed
    if "$@" >"$work/log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $*"
        head -n 6 "$work/log"
    fi
}

strict=(-Wall -Wextra -Wpedantic -Werror -Iinclude)
for test in calls packed misuse shared panic; do
    lib=$work/lib
    [ $test != panic ] || lib=$work/hooks
    "$cc" -std=c11 -g "${strict[@]}" "tests/c/$test.c" -o "$work/$test" "$lib/libpaysig.so.0" -lpthread -Wl,-rpath,"$lib"
    # The hook of the process prints the panic before it is caught; its text is of no interest here.
    output=$("$work/$test" 2>"$work/stderr") || true
    echo "$output"
    count "$output"
done

# The header alone, in every language version, included twice, and in two units of one program.
printf '#include <paysig.h>\n#include <paysig.h>\nint unit(void); int unit(void) { return PAYSIG_OK; }\n' >"$work/alone.c"
cp "$work/alone.c" "$work/alone.cpp"
printf '#include <paysig.h>\nint main(void) { return (int)paysig_abi_version() - PAYSIG_ABI_VERSION; }\n' >"$work/main.c"
cp "$work/main.c" "$work/main.cpp"
for std in c99 c11 c17; do good "$cc" -std=$std "${strict[@]}" -Wconversion -Wshadow -Wundef -c "$work/alone.c" -o "$work/alone.o"; done
for std in c++11 c++14 c++17 c++20 c++23; do good "$cxx" -std=$std "${strict[@]}" -Wconversion -Wshadow -Wundef -c "$work/alone.cpp" -o "$work/alone.o"; done
for pair in "$cc c" "$cxx cpp"; do
    read -r compiler end <<<"$pair"
    good "$compiler" "${strict[@]}" "$work/main.$end" "$work/alone.$end" -o "$work/two" "$work/lib/libpaysig.so.0" -Wl,-rpath,"$work/lib"
    good "$work/two"
done

# Every exported function goes through the boundary, so that no panic crosses it.
good python3 tests/c/boundary.py

echo "c: $passed passed, $failed failed"
[ "$failed" = 0 ]
