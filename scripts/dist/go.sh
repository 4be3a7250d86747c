#!/usr/bin/env bash
# The Go module, with an archive of the C library for every platform inside, so that `go get` needs nothing but a C compiler. Laid
# out as a file tree that GOPROXY=file://... serves; the zips in it hold what the tags of the release must hold: this module, and
# go/wasm, with which not even a C compiler is needed.
# There is one archive for Linux, that for musl: it should ask for nothing that glibc has not (check.sh links it with both), while
# the one for glibc does not link with musl. So nobody has to know which libc he has, and no build tag says it.
set -euo pipefail
. "$(dirname "$0")/common.sh"
module=github.com/paysig/paysig/go
tree=$work/go/$module@v$version
rm -rf "$work/go"
mkdir -p "$tree"
find go -maxdepth 1 \( -name '*.go' ! -name '*_test.go' -o -name '*.h' -o -name go.mod \) -exec cp -t "$tree" {} +
cp -r go/internal "$tree/"
cp include/paysig.h go/README.md LICENSE-MIT LICENSE-APACHE "$tree/"

# By default the archive inside is linked; -tags paysig_shared takes the library of pkg-config, as the sources do.
grep -qx '//go:build cgo && !paysig_wasm && !paysig_static' "$tree/link_shared.go"
sed -i '1s/.*/\/\/go:build cgo \&\& !paysig_wasm \&\& paysig_shared/' "$tree/link_shared.go"
flags='' imports=''
for name in $(platforms); do
	use_platform "$name"
	[ "$go_dir" != - ] || continue
	[ -d "$prefix" ] || { echo "the Go module will have no library for $name: it is not built" && continue; }
	case $os in
		linux) libs='-lgcc_eh -lpthread -lm -ldl' ;;
		# The unwinder: GCC brings it unasked, zig does not.
		windows) libs="$(cat ffi/dist/static-libs.windows.txt) -lgcc_eh" ;;
		*) libs=$(cat "ffi/dist/static-libs.$os.txt") ;;
	esac
	flags+="// #cgo ${go_dir/_/,} LDFLAGS: \${SRCDIR}/lib/$go_dir/libpaysig.a $libs"$'\n'
	imports+=$'\t'"_ \"$module/lib/$go_dir\""$'\n'
	mkdir -p "$tree/lib/$go_dir"
	cp "$prefix/lib/libpaysig.a" "$tree/lib/$go_dir/"
	cp "$prefix/share/doc/paysig/LICENSES-DEPENDENCIES.txt" "$tree/lib/"
	printf '// Package %s only carries the archive beside it, so that go mod vendor takes it along.\npackage %s\n' "$go_dir" "$go_dir" \
		>"$tree/lib/$go_dir/lib.go"
done
cat >"$tree/link_bundled.go" <<GO
//go:build cgo && !paysig_wasm && !paysig_shared && !paysig_static

package paysig

// #cgo CFLAGS: -I\${SRCDIR} -DPAYSIG_STATIC
$flags// #include "bundled.h"
import "C"

// Directories without a package would be left out by go mod vendor.
import (
$imports)

const linkage = "bundled"
GO
# Any other platform is told so by the compiler, not by the linker with a list of symbols.
cat >"$tree/bundled.h" <<'C'
#if !defined(_WIN32) && !defined(__APPLE__) && !(defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)))
#error "this module carries no libpaysig for this platform: install libpaysig with its pkg-config file and build with -tags paysig_shared"
#endif
C

# The second module, for programs without cgo: the library as WebAssembly. Here, the first one is the released one.
go/wasm/build.sh
wasm=$work/go/$module/wasm@v$version
mkdir -p "$wasm"
find go/wasm -maxdepth 1 \( -name '*.go' ! -name '*_test.go' -o -name go.mod -o -name go.sum -o -name paysig.wasm \) -exec cp -t "$wasm" {} +
sed -i '/^replace /d' "$wasm/go.mod"
cp LICENSE-MIT LICENSE-APACHE "$wasm/"
if [ -e "$tree/lib/LICENSES-DEPENDENCIES.txt" ]; then cp "$tree/lib/LICENSES-DEPENDENCIES.txt" "$wasm/"; fi

for packed in "$module" "$module/wasm"; do
	at=$dist/go/$packed/@v
	mkdir -p "$at"
	echo "v$version" >"$at/list"
	printf '{"Version":"v%s","Time":"%s"}\n' "$version" "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" >"$at/v$version.info"
	cp "$work/go/$packed@v$version/go.mod" "$at/v$version.mod"
	pack_zip "$at/v$version.zip" "$work/go" "$packed@v$version"
done
# What Go and its hosts accept: 500 MB a module, 100 MB a file on GitHub.
test "$(find "$work/go" -size +99M | wc -l)" = 0
