#!/usr/bin/env bash
# Does a platform's library do what it must? check-library.sh PLATFORM [quick]. It exports what the header declares, asks nothing of
# the system that the oldest one we name has not, and a program that is linked with it answers the conformance lines: here, under
# qemu, under wine. Not so on macOS, which nothing here runs: that library is looked at only.
set -euo pipefail
. "$(dirname "$0")/common.sh"
use_platform "$1"
here=$work/check/$platform
rm -rf "$here"
mkdir -p "$here"

# pack_tar and pack_zip left it as a user gets it: unpacked elsewhere, and used from there.
name=paysig-c-$version-$platform
case $os in
	windows) (cd "$here" && unzip -q "$dist/c/$name.zip") ;;
	*) tar -xzf "$dist/c/$name.tar.gz" -C "$here" ;;
esac
prefix=$here/$name
symbols=tests/abi/symbols.txt

exports() { diff -u "$symbols" "$here/exports"; }
oldest() { # no symbol of a newer libc
	! llvm-readelf -V "$1" | grep -o "GLIBC_[0-9.]*" | sort -u -V | awk -F'[_.]' '$2 > 2 || $3 > 17' | grep .
}
needed() { test "$(llvm-readelf -d "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vxE "$2")" = ""; }
soname() { test "$(llvm-readelf -d "$1" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')" = libpaysig.so.0; }

# What was counted to be busy stands in sections of its own.
profiled() { llvm-readelf -SW "$prefix/lib/libpaysig.a" 2>/dev/null | grep '\.text\.hot\.' >/dev/null; }

case $os in
	linux)
		if [ -z "${DIST_DRAFT:-}" ] && [ "$arch" = "$(uname -m)" ]; then good "was optimised by the profile" profiled; fi
		library=$prefix/lib/libpaysig.so.$version
		llvm-nm -D --defined-only "$library" | awk '{ print $3 }' | LC_ALL=C sort >"$here/exports"
		good "SONAME" soname "$library"
		if [ "$libc" = gnu ]; then
			good "runs with glibc 2.17" oldest "$library"
			good "needs glibc only" needed "$library" 'lib(c|m|dl|rt|pthread|util)\.so\.[0-9]|ld-linux-.*'
		else
			good "needs musl only" needed "$library" 'libc\.so'
		fi
		;;
	windows)
		llvm-readobj --coff-exports "$prefix/bin/paysig.dll" | sed -n 's/^  *Name: \(paysig_.*\)/\1/p' | LC_ALL=C sort >"$here/exports"
		;;
	darwin)
		library=$prefix/lib/libpaysig.0.dylib
		llvm-nm -gU "$library" | sed -n 's/.* _\(paysig_\)/\1/p' | LC_ALL=C sort >"$here/exports"
		dylib_id() { llvm-objdump --macho --dylib-id "$library" | grep -qx '@rpath/libpaysig.0.dylib'; }
		# libiconv and libcharset, which Rust names and does not use, are in every macOS.
		dylibs() {
			! llvm-objdump --macho --dylibs-used "$library" | sed -n 's/^\t\([^ ]*\).*/\1/p' |
				grep -vxE '@rpath/libpaysig\.0\.dylib|/usr/lib/lib(System\.B|iconv\.2|charset\.1)\.dylib'
		}
		# All that is not defined comes from libSystem, of which zig has the list.
		undefined() {
			sdk=$("$zig" env | sed -n 's/.*lib_dir.* "\(.*\)".*/\1/p')/libc/darwin/libSystem.tbd
			llvm-nm -u "$library" | awk '{ print $NF }' | grep -v '^dyld_stub_binder$' >"$here/undefined"
			tr -s " ,'\"[]" '\n' <"$sdk" | LC_ALL=C sort -u >"$here/system"
			! LC_ALL=C sort -u "$here/undefined" | LC_ALL=C comm -23 - "$here/system" | grep .
		}
		good "install name" dylib_id
		good "needs what every macOS has" dylibs
		good "undefined symbols are of libSystem" undefined
		;;
esac
good "exports what the header declares" exports
if [ "${2:-}" = quick ]; then
	counted "$platform"
	exit
fi

# A program of each kind, from the unpacked library and pkg-config alone.
case $arch in x86_64) export GOARCH=amd64 ;; aarch64) export GOARCH=arm64 ;; esac
export GOOS=$os CGO_ENABLED=1 PKG_CONFIG_PATH=$prefix/lib/pkgconfig GOFLAGS=-mod=mod
zig_target=${zig_triple/-unknown/}
zig_target=${zig_target/-pc/}
export CC="$zig cc -target $zig_target"
program() { # NAME GO-OPTION...
	(cd tests/conformance/go && go build -buildvcs=false -trimpath -o "$here/$1" "${@:2}" .)
}
answers() { PAYSIG_CONFORM="$*" tests/conformance/check.py given --lacks diagnose; }
case $platform in
	linux-x86_64-gnu)
		good "a program with the shared library builds" program shared
		good "the shared library's answers" answers env "LD_LIBRARY_PATH=$prefix/lib" "$here/shared"
		good "a program with the archive builds" program static -tags paysig_static
		good "the archive's answers" answers "$here/static"
		;;
	linux-aarch64-gnu)
		good "a program with the shared library builds" program shared
		good "the answers, under qemu" answers qemu-aarch64 -L /usr/aarch64-linux-gnu -E "LD_LIBRARY_PATH=$prefix/lib" "$here/shared"
		;;
	linux-x86_64-musl)
		good "a static program builds" program static -tags paysig_static -ldflags '-linkmode external -extldflags -static'
		good "the static program's answers" answers "$here/static"
		export CC=musl-gcc
		good "a program with Debian's musl builds" program shared -ldflags '-linkmode external'
		if [ -n "${DIST_DRAFT:-}" ]; then
			# Its threads have stacks of 128 KiB, which what is optimised keeps to.
			echo "untested: a draft with Debian's musl"
			counted "$platform"
			exit
		fi
		good "the shared library's answers" answers env "LD_LIBRARY_PATH=$prefix/lib" "$here/shared"
		;;
	linux-aarch64-musl)
		good "a static program builds" program static -tags paysig_static -ldflags '-linkmode external -extldflags -static'
		good "the answers, under qemu" answers qemu-aarch64 "$here/static"
		;;
	windows-x86_64)
		export WINEDEBUG=-all WINEPREFIX=$work/wine
		good "a program with the DLL builds" program shared.exe
		cp "$prefix/bin/paysig.dll" "$here/"
		good "what this wine lacks" wine_lacks "$here"
		good "the answers, under wine" answers wine "$here/shared.exe"
		;;
	macos-*) echo "$platform: looked at, not run" ;;
esac
counted "$platform"
