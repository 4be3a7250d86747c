#!/usr/bin/env bash
# Cross-compiles for one platform: build.sh PLATFORM libraries|cli|wheel. The standard library is built along, from its sources, and
# zig is the C compiler and linker, so that no other sysroot is needed. The results stand where cargo puts them, wheels in the
# release directory.
set -euo pipefail
. "$(dirname "$0")/common.sh"
use_platform "$1"
what=$2

cross_compiler
flags=("$(scripts/remap.sh)")
# For another architecture, functions have other blocks by the time that they are counted: of the busiest it would know nothing.
if [ -z "${DIST_DRAFT:-}" ] && [ "$arch" = "$(uname -m)" ]; then
	profile=$(cat "$work/profile")
	flags+=("-Cprofile-use=$profile")
fi
case $os-$libc in
	linux-musl)
		# A shared library takes the libc of the program that loads it; the command line carries its own, see below.
		flags+=(-C target-feature=-crt-static)
		;;
	windows-*)
		# Rust asks for GCC's stack protector library, which zig has inside.
		mkdir -p "$work/empty"
		printf '!<arch>\n' >"$work/empty/libssp_nonshared.a"
		flags+=(-L "native=$work/empty")
		;;
	darwin-*)
		# There is nothing to strip: no crate, nor the standard library, is compiled with debugging information. Besides, it takes a
		# tool of LLVM's under a name of Rust's, and what has been stripped no longer fits the signature that the linker made.
		export CARGO_PROFILE_RELEASE_STRIP=none MATURIN_STRIP=false
		;;
esac
export RUSTFLAGS="${flags[*]}"
cross() { # zigbuild|rustc OPTION...
	cargo-zigbuild "$1" --quiet --release --locked --target "$zig_triple" "${std[@]}" "${@:2}"
}
case $what in
	libraries)
		# Along with them, what the archive needs of the system, which library.sh compares with what pkg-config will say.
		cross rustc -p paysig-ffi -- "--print=native-static-libs=$native"
		;;
	cli)
		# For the program alone, so that what it is linked from is not compiled a second time. zig has what a program starts with;
		# the toolchain for this machine has none for musl.
		own=()
		if [ "$libc" = musl ]; then own=(-C target-feature=+crt-static -C link-self-contained=no); fi
		cross rustc -p paysig-cli --bin paysig -- "${own[@]}"
		;;
	wheel)
		compatibility=() rustc=()
		if [ "$os" = linux ]; then compatibility=(--compatibility "$wheel_tag"); fi
		if [ "$os" = windows ]; then
			# maturin 1.16 tells the linker to export PyInit_ with the module's whole path, which nothing is named and Python does not
			# look for. The file in which it says so is mended before it is read. (rustc tells by its name what kind of linker this is.)
			cat >"$work/mended-gcc" <<-'SCRIPT'
				#!/bin/sh
				sed -i 's/PyInit_paysig\._paysig/PyInit__paysig/' "$CARGO_TARGET_DIR/maturin/paysig._paysig.def"
				exec "$CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER" "$@"
			SCRIPT
			chmod +x "$work/mended-gcc"
			rustc=(-- -C "linker=$work/mended-gcc")
		fi
		mkdir -p "$dist/python"
		# No interpreter is needed: the stable ABI is the same everywhere.
		maturin build --quiet --release --locked --zig --target "$triple" "${compatibility[@]}" "${std[@]}" \
			--manifest-path python/Cargo.toml --out "$dist/python" "${rustc[@]}"
		;;
	*) echo "usage: build.sh PLATFORM libraries|cli|wheel" >&2 && exit 2 ;;
esac
