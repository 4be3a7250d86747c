#!/usr/bin/env bash
# Builds a crate of this tree into a WebAssembly module: scripts/wasm.sh DIR MODULE; prints nothing if all is well.
#
# A toolchain with the target wasm32-unknown-unknown (rustup target add wasm32-unknown-unknown) is used as it is. Without one, the
# standard library is built as well, by Debian's packages rustc-web, cargo-web and rust-web-src.
set -euo pipefail
[ $# = 2 ] || { echo "usage: scripts/wasm.sh DIR MODULE" >&2 && exit 2; }
module=$(realpath -m "$2")
cd "$(dirname "$0")/.."
name() { sed -n "/^\[$1\]/,/^$/s/^name = \"\(.*\)\"/\1/p" "$2/Cargo.toml"; }
target=${CARGO_TARGET_DIR:-target}
triple=wasm32-unknown-unknown

# With SIMD, which every engine has had since 2023: SHA-256 and the search of bytes are written for it. Without the paths of this
# machine, since modules are published.
flags="-Ctarget-feature=+simd128 $(scripts/remap.sh)"
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags
build=(build --quiet --locked --profile wasm -p "$(name package "$1")" --target "$triple")
if ls "$(rustc --print sysroot)/lib/rustlib/$triple/lib"/libstd-*.rlib >/dev/null 2>&1; then
	cargo "${build[@]}"
else
	sysroot=$(rustc --print sysroot)
	linker=$sysroot/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld
	[ -x "$linker" ] || linker=$(command -v wasm-ld wasm-ld-22 wasm-ld-19 | head -n 1) || true
	[ -n "$linker" ] || { echo "scripts/wasm.sh needs rust-lld of a Rust toolchain, or wasm-ld (Debian: lld-22)" >&2 && exit 2; }
	# -Z build-std is of nightly toolchains; RUSTC_BOOTSTRAP lets a released one do it for this build alone.
	RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker \
		/usr/bin/cargo "${build[@]}" -Z build-std=std,panic_abort
fi

# Only if it changed, and elsewhere first, since somebody may be reading it.
built=$target/$triple/wasm/$(name lib "$1").wasm
cmp -s "$built" "$module" || {
	cp "$built" "$module.$$"
	mv "$module.$$" "$module"
}
