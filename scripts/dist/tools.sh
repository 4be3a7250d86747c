#!/usr/bin/env bash
# Installs what `make dist` needs and this machine lacks, and says what: Debian packages, and PyPI packages into a virtual
# environment of the build. The Rust is Debian's, since its package rust-web-src brings the standard library's sources, with which
# any target is built; DIST_RUSTC and DIST_CARGO name another toolchain that has them (rustup component add rust-src).
#   tools.sh          what building needs
#   tools.sh check    and what `make dist-check` needs
set -euo pipefail
. "$(dirname "$0")/common.sh"

needs=(
	/usr/share/doc/python3-venv=python3-venv /usr/bin/zip=zip /usr/bin/llvm-nm=llvm /usr/bin/dpkg-deb=dpkg
	/usr/bin/gcc=gcc /usr/bin/git=git /usr/bin/composer=composer
)
command -v npm >/dev/null || needs+=(/usr/bin/npm=npm)
if [ -z "${DIST_RUSTC:-}" ]; then
	needs+=(/usr/bin/rustc=rustc-web /usr/bin/cargo=cargo-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src)
fi
if [ "${1:-}" = check ]; then
	needs+=(
		/usr/bin/qemu-aarch64=qemu-user /usr/bin/musl-gcc=musl-tools /usr/bin/wine=wine
		/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1=libc6-arm64-cross /usr/bin/pkg-config=pkg-config /usr/bin/cmake=cmake
		/usr/bin/php=php-cli /usr/bin/mandoc=mandoc /usr/bin/mmdebstrap=mmdebstrap /usr/bin/unzip=unzip
	)
	command -v go >/dev/null || needs+=(/usr/bin/go=golang-go)
fi
# Installs what is missing of the arguments, each FILE=PACKAGE.
packages() {
	local need missing=()
	for need in "$@"; do
		[ -e "${need%%=*}" ] || missing+=("${need#*=}")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	local sudo=(sudo)
	[ "$(id -u)" != 0 ] || sudo=()
	local install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
	echo "installing Debian packages: ${missing[*]}"
	"${install[@]}" >"$work/apt.log" 2>&1 || {
		"${sudo[@]}" apt-get update >"$work/apt.log" 2>&1
		"${install[@]}" >>"$work/apt.log" 2>&1
	} || {
		tail -n 20 "$work/apt.log" >&2
		echo "this failed: ${install[*]}" >&2
		exit 2
	}
}
packages "${needs[@]}"
# What reads the profiles that the compiler's LLVM writes; other toolchains have it as a component, llvm-tools.
if [ -z "${DIST_RUSTC:-}" ]; then
	llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
	packages "/usr/bin/llvm-profdata-$llvm=llvm-$llvm"
fi

wanted=$(sha256sum <scripts/dist/requirements.txt)
if [ "$(cat "$tools/made" 2>/dev/null)" != "$wanted" ]; then
	echo "installing PyPI packages into $tools: $(grep -o '^[a-z0-9_-]*==[^ ]*' scripts/dist/requirements.in | tr '\n' ' ')"
	rm -rf "$tools"
	python3 -m venv "$tools"
	"$tools/bin/pip" install --quiet --disable-pip-version-check --no-deps -r scripts/dist/requirements.txt
	printf '%s\n' "$wanted" >"$tools/made"
fi
