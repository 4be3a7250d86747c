#!/usr/bin/env bash
# Lays the built C library out as it is installed: scripts/prefix.sh PREFIX linux|darwin|windows BUILT [STATIC-LIBS [LIBDIR]].
# PREFIX then has the headers, the shared library, the archive, and what pkg-config and CMake read; nothing else is needed to build
# against it, and it may be moved. BUILT is the directory where cargo put libpaysig; STATIC-LIBS the file that says what a program
# that links the archive needs of the system; LIBDIR another place than lib, below the prefix.
set -euo pipefail
usage='usage: scripts/prefix.sh PREFIX linux|darwin|windows BUILT [STATIC-LIBS [LIBDIR]]'
prefix=${1:?$usage} os=${2:?$usage} built=${3:?$usage} static_libs=${4:-ffi/dist/static-libs.txt} libdir=${5:-lib}
mkdir -p "$prefix/include" "$prefix/$libdir"/{pkgconfig,cmake/paysig}
prefix=$(realpath "$prefix")
built=$(realpath "$built")
cd "$(dirname "$0")/.."

define() { sed -n "s/^#define $1 \"\{0,1\}\([^\"]*\)\"\{0,1\}.*/\1/p" include/paysig.h; }
version=$(define PAYSIG_VERSION_STRING)
# The number in the SONAME, as ffi/build.rs gives it.
soversion=$(sed -n 's/.*-soname,libpaysig\.so\.\([0-9]*\).*/\1/p' ffi/build.rs)

# Only what changed is written, so that those who build against it need not build again; and written elsewhere first, since
# somebody may be reading it.
put() {
	cmp -s "$1" "$2" || { cp "$1" "$2.$$" && mv "$2.$$" "$2"; }
}
for header in paysig.h paysig.hpp paysig.ffi.h; do
	put "include/$header" "$prefix/include/$header"
done
case $os in
	linux)
		put "$built/libpaysig.so" "$prefix/$libdir/libpaysig.so.$version"
		ln -sfn "libpaysig.so.$version" "$prefix/$libdir/libpaysig.so.$soversion"
		ln -sfn "libpaysig.so.$soversion" "$prefix/$libdir/libpaysig.so"
		shared=$libdir/libpaysig.so.$version
		linked="IMPORTED_SONAME \"libpaysig.so.$soversion\""
		;;
	darwin)
		put "$built/libpaysig.dylib" "$prefix/$libdir/libpaysig.$soversion.dylib"
		ln -sfn "libpaysig.$soversion.dylib" "$prefix/$libdir/libpaysig.dylib"
		shared=$libdir/libpaysig.$soversion.dylib
		linked="IMPORTED_SONAME \"@rpath/libpaysig.$soversion.dylib\""
		;;
	windows)
		mkdir -p "$prefix/bin"
		put "$built/paysig.dll" "$prefix/bin/paysig.dll"
		put "$built/libpaysig.dll.a" "$prefix/$libdir/libpaysig.dll.a"
		shared=bin/paysig.dll
		linked="IMPORTED_IMPLIB \"\${_paysig_prefix}/$libdir/libpaysig.dll.a\""
		;;
	*) echo "$usage" >&2 && exit 2 ;;
esac
# Without debugging information the archive is a tenth as large; where it was built without, it is taken as it is.
archive=$prefix/$libdir/libpaysig.a
if [ ! -e "$archive" ] || [ "$built/libpaysig.a" -nt "$archive" ]; then
	case ${STRIP-strip} in
		'') cp "$built/libpaysig.a" "$archive.$$" ;;
		*) "${STRIP-strip}" -g -o "$archive.$$" "$built/libpaysig.a" ;;
	esac
	mv "$archive.$$" "$archive"
fi

# From the files of pkg-config and CMake back to the prefix.
up=$(sed 's|[^/][^/]*|..|g' <<<"$libdir")
filled=$(mktemp)
trap 'rm -f "$filled"' EXIT
for file in pkgconfig/paysig.pc cmake/paysig/paysigConfig.cmake cmake/paysig/paysigConfigVersion.cmake; do
	sed -e "s|@VERSION@|$version|g" -e "s|@STATIC_LIBS@|$(cat "$static_libs")|g" -e "s|@LIBDIR@|$libdir|g" -e "s|@UP@|$up|g" \
		-e "s|@SHARED@|$shared|g" -e "s|@LINKED@|$linked|g" "ffi/dist/$(basename "$file").in" >"$filled"
	put "$filled" "$prefix/$libdir/$file"
	chmod 644 "$prefix/$libdir/$file"
done
