#!/usr/bin/env bash
# Lays the C library out as it is installed: scripts/stage.sh PREFIX [release]. PREFIX then has include/paysig.h, lib/libpaysig.so.0 and
# .so, lib/libpaysig.a and lib/pkgconfig/paysig.pc, and nothing else is needed to build against it.
set -euo pipefail
prefix=${1:?usage: scripts/stage.sh PREFIX [release]}
profile=${2:-debug}
mkdir -p "$prefix/include" "$prefix/lib/pkgconfig"
prefix=$(realpath "$prefix")
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

flags=()
[ "$profile" = release ] && flags=(--release)
cargo build --quiet --locked -p paysig-ffi "${flags[@]}"

# Only what changed is written, so that those who build against it need not build again.
put() {
	cmp -s "$1" "$2" || { cp "$1" "$2.$$" && mv "$2.$$" "$2"; }
}
put include/paysig.h "$prefix/include/paysig.h"
put "$target/$profile/libpaysig.so" "$prefix/lib/libpaysig.so.0"
ln -sf libpaysig.so.0 "$prefix/lib/libpaysig.so"
# Without debugging information the archive is a tenth as large.
if [ ! -e "$prefix/lib/libpaysig.a" ] || [ "$target/$profile/libpaysig.a" -nt "$prefix/lib/libpaysig.a" ]; then
	strip -g -o "$prefix/lib/libpaysig.a.$$" "$target/$profile/libpaysig.a"
	mv "$prefix/lib/libpaysig.a.$$" "$prefix/lib/libpaysig.a"
fi

# What a program that links the archive needs of the system; the order is rustc's (--print native-static-libs).
version=$(sed -n 's/^#define PAYSIG_VERSION_STRING "\(.*\)"/\1/p' include/paysig.h)
cat >"$prefix/lib/pkgconfig/paysig.pc" <<PC
prefix=$prefix
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: paysig
Description: Signs requests to payment providers and verifies what they send
Version: $version
Cflags: -I\${includedir}
Libs: -L\${libdir} -lpaysig
Libs.private: -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
PC
