#!/usr/bin/env bash
# Installs into an empty prefix, moves it elsewhere, and builds and runs the examples with nothing else: through
# pkg-config and through CMake, shared and static.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-stage
rm -rf "$work"
mkdir -p "$work"
scripts/stage.sh "$work/first" "${1:-debug}"
mv "$work/first" "$work/prefix"
prefix=$work/prefix
passed=0 failed=0
good() {
    if "$@" >"$work/log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $*"
        tail -n 20 "$work/log"
    fi
}
signs() { "$@" | grep -q '^Authorization: D24 [0-9a-f]\{64\}'; }

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
good test "$(readlink "$prefix/lib/libpaysig.so")" = libpaysig.so.0
good test "$(readlink "$prefix/lib/libpaysig.so.0")" = "libpaysig.so.$version"
good grep -q "PAYSIG_VERSION_STRING \"$version\"" "$prefix/include/paysig.h"

# pkg-config
cd "$work"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
good test "$(pkg-config --modversion paysig)" = "$version"
strict='-Wall -Wextra -Wpedantic -Werror'
# shellcheck disable=SC2046,SC2086
{
    good cc -std=c11 $strict "$root/examples/c/sign_request.c" -o c-shared $(pkg-config --cflags --libs paysig)
    good signs ./c-shared
    good c++ -std=c++17 $strict "$root/examples/cpp/sign_request.cpp" -o cpp-shared $(pkg-config --cflags --libs paysig)
    good signs ./cpp-shared
    # The archive by its name: with both in one directory, -lpaysig takes the shared library.
    libs=$(pkg-config --libs --static paysig)
    good cc -std=c11 $strict "$root/examples/c/sign_request.c" -o c-static $(pkg-config --cflags paysig) ${libs/-lpaysig/-l:libpaysig.a}
    good env -u LD_LIBRARY_PATH ./c-static
    good signs ./c-static
}
if ldd ./c-static | grep -q libpaysig; then
    echo "c-static is not static" && failed=$((failed + 1))
fi

# CMake
mkdir cmake
cat >cmake/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.18)
project(consumer C CXX)
find_package(paysig 0.1 CONFIG REQUIRED)
add_executable(shared ${EXAMPLES}/c/sign_request.c)
target_link_libraries(shared paysig::paysig)
add_executable(static ${EXAMPLES}/c/sign_request.c)
target_link_libraries(static paysig::paysig_static)
add_executable(cpp ${EXAMPLES}/cpp/sign_request.cpp)
target_link_libraries(cpp paysig::cpp)
CMAKE
unset LD_LIBRARY_PATH
good cmake -S cmake -B build "-DCMAKE_PREFIX_PATH=$prefix" "-DEXAMPLES=$root/examples"
good cmake --build build
good signs build/shared
good signs build/static
good signs build/cpp
sed -i 's/paysig 0.1 CONFIG/paysig 0.2 CONFIG/' cmake/CMakeLists.txt
if cmake -S cmake -B build-newer "-DCMAKE_PREFIX_PATH=$prefix" "-DEXAMPLES=$root/examples" >"$work/log" 2>&1; then
    echo "a newer version than installed was found" && failed=$((failed + 1))
else
    passed=$((passed + 1))
fi

# The sizes that the documentation gives are about those of today; only a release is worth measuring.
size() { # $1 a row of the table, $2 the file
    local said now
    said=$(sed -n "s/^| .\{0,1\}$1.* | \([0-9]*\) |$/\1/p" "$root/docs/c.md")
    now=$(($(stat -L -c %s "$2") / 1024))
    echo "$1 has $now KiB, docs/c.md says ${said:-nothing}"
    [ -n "$said" ] && [ $((now * 100)) -le $((said * 115)) ] && [ $((now * 100)) -ge $((said * 85)) ]
}
if [ "${1:-debug}" = release ] && [ "$(uname -sm)" = 'Linux x86_64' ]; then
    strip -o "$work/stripped.so" "$prefix/lib/libpaysig.so.0"
    strip -g -o "$work/stripped.a" "$prefix/lib/libpaysig.a"
    # shellcheck disable=SC2046,SC2086
    cc -std=c11 -Wl,--gc-sections -s "$root/examples/c/sign_request.c" -o "$work/small" $(pkg-config --cflags paysig) ${libs/-lpaysig/-l:libpaysig.a}
    good size libpaysig.so.0 "$work/stripped.so"
    good size libpaysig.a "$work/stripped.a"
    good size 'a program' "$work/small"
fi

echo "stage: $passed passed, $failed failed"
[ "$failed" = 0 ]
