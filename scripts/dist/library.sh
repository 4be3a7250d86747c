#!/usr/bin/env bash
# The C library of a platform, as it is installed: library.sh PLATFORM [LIBDIR] writes the prefix that others build on, and packs
# paysig-c-VERSION-PLATFORM.tar.gz (.zip for Windows).
set -euo pipefail
. "$(dirname "$0")/common.sh"
use_platform "$1"

rm -rf "$prefix"
mkdir -p "$(dirname "$prefix")"
case $os-$libc in
	linux-gnu) libs=ffi/dist/static-libs.txt ;;
	linux-musl) libs=ffi/dist/static-libs.musl.txt ;;
	*) libs=ffi/dist/static-libs.$os.txt ;;
esac
# What rustc says that the archive needs is what pkg-config and CMake will say. For musl it names libgcc_s, which no static program
# can have: libgcc_eh is the same unwinder, and there for both.
needed() { tr -s ' ' '\n' <"$1" | if [ "$libc" = musl ]; then sed 's/^-lgcc_s$/-lgcc_eh/'; else cat; fi | LC_ALL=C sort -u; }
if ! diff <(needed "$libs") <(needed "$native"); then
	echo "$libs does not say what rustc says (>): $(cat "$native")" >&2
	exit 1
fi
# Nothing here has debugging information to be stripped of.
STRIP='' scripts/prefix.sh "$prefix" "$os" "$built" "$libs"
if [ "$os" = windows ]; then
	# The import library under the name that Microsoft's tools look for.
	{
		printf 'LIBRARY paysig.dll\nEXPORTS\n'
		cat tests/abi/symbols.txt
	} >"$work/paysig.def"
	"$zig" dlltool -m i386:x86-64 -d "$work/paysig.def" -l "$prefix/lib/paysig.lib"
fi
mkdir -p "$prefix/share/doc/paysig"
cp LICENSE-MIT LICENSE-APACHE CHANGELOG.md docs/c.md "$prefix/share/doc/paysig/"
python3 scripts/dist/inventory.py paysig-ffi "$triple" "$prefix/share/doc/paysig/sbom.cdx.json" \
	"$prefix/share/doc/paysig/LICENSES-DEPENDENCIES.txt"

name=paysig-c-$version-$platform
mkdir -p "$dist/c" "$work/pack"
rm -rf "$work/pack/$name"
cp -a "$prefix" "$work/pack/$name"
if [ "$os" = windows ]; then pack_zip "$dist/c/$name.zip" "$work/pack" "$name"; else pack_tar "$dist/c/$name.tar.gz" "$work/pack" "$name"; fi
