#!/usr/bin/env bash
# Lays the C library out as it is installed: scripts/stage.sh PREFIX [release]. PREFIX then has the headers, the shared library,
# the archive, and what pkg-config and CMake read; nothing else is needed to build against it, and it may be moved.
set -euo pipefail
prefix=${1:?usage: scripts/stage.sh PREFIX [release]}
profile=${2:-debug}
mkdir -p "$prefix"/{include,lib/pkgconfig,lib/cmake/paysig}
prefix=$(realpath "$prefix")
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

flags=()
[ "$profile" = release ] && flags=(--release)
cargo build --quiet --locked -p paysig-ffi "${flags[@]}"

version=$(sed -n 's/^#define PAYSIG_VERSION_STRING "\(.*\)"/\1/p' include/paysig.h)
soname=$(readelf -d "$target/$profile/libpaysig.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
# What a program that links the archive needs of the system; the tests compare it with what rustc says.
static_libs=$(cat ffi/dist/static-libs.txt)

# Only what changed is written, so that those who build against it need not build again; and written elsewhere first, since
# somebody may be reading it.
put() {
	cmp -s "$1" "$2" || { cp "$1" "$2.$$" && mv "$2.$$" "$2"; }
}
for header in paysig.h paysig.hpp paysig.ffi.h; do
	put "include/$header" "$prefix/include/$header"
done
put "$target/$profile/libpaysig.so" "$prefix/lib/libpaysig.so.$version"
ln -sfn "libpaysig.so.$version" "$prefix/lib/$soname"
ln -sfn "$soname" "$prefix/lib/libpaysig.so"
# Without debugging information the archive is a tenth as large.
if [ ! -e "$prefix/lib/libpaysig.a" ] || [ "$target/$profile/libpaysig.a" -nt "$prefix/lib/libpaysig.a" ]; then
	strip -g -o "$prefix/lib/libpaysig.a.$$" "$target/$profile/libpaysig.a"
	mv "$prefix/lib/libpaysig.a.$$" "$prefix/lib/libpaysig.a"
fi

filled=$(mktemp)
trap 'rm -f "$filled"' EXIT
for file in pkgconfig/paysig.pc cmake/paysig/paysigConfig.cmake cmake/paysig/paysigConfigVersion.cmake; do
	sed -e "s|@VERSION@|$version|g" -e "s|@SOVERSION@|${soname##*.}|g" -e "s|@STATIC_LIBS@|$static_libs|g" \
		"ffi/dist/$(basename "$file").in" >"$filled"
	put "$filled" "$prefix/lib/$file"
	chmod 644 "$prefix/lib/$file"
done
