# Sourced by the scripts beside it: where things are, and what a platform is.
# shellcheck shell=bash disable=SC2034  # what is set here is used by those who source this
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
target=${DIST_TARGET:-$(realpath -m "${CARGO_TARGET_DIR:-target}")}
export DIST_TARGET=$target CARGO_TARGET_DIR=$target CARGO_TERM_PROGRESS_WHEN=never
# DIST_DRAFT=1 rehearses: the same steps, but what is compiled is not optimised, in a fraction of the time. Nothing of it is for
# release, hence a directory of its own.
if [ -n "${DIST_DRAFT:-}" ]; then
	export CARGO_TARGET_DIR=$target/draft
	export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
fi
# What is released, what is on the way to it, and the tools of PyPI.
dist=$CARGO_TARGET_DIR/dist/$version
work=$CARGO_TARGET_DIR/dist-work
tools=$target/dist-tools
mkdir -p "$dist" "$work"
export PATH=$tools/bin:$PATH
zig=$tools/bin/python-zig

# Release builds are the same on every machine: times and paths of this one stay out of them.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

platforms() { awk -F'\t' '!/^#/ { print $1 }' scripts/dist/platforms.tsv; }

# Sets platform, triple, zig_triple, composer_dir, go_dir, wheel_tag and debian_arch; os is linux, darwin or windows.
use_platform() {
	local line
	line=$(awk -F'\t' -v name="$1" '$1 == name' scripts/dist/platforms.tsv)
	[ -n "$line" ] || { echo "$1 is no platform of scripts/dist/platforms.tsv: $(platforms | tr '\n' ' ')" >&2 && return 2; }
	IFS=$'\t' read -r platform triple zig_triple composer_dir go_dir wheel_tag debian_arch <<<"$line"
	case $triple in
		*-linux-gnu) os=linux libc=gnu ;;
		*-linux-musl) os=linux libc=musl ;;
		*-windows-*) os=windows libc=- ;;
		*-darwin) os=darwin libc=- ;;
	esac
	arch=${triple%%-*}
	built=$CARGO_TARGET_DIR/$triple/release
	prefix=$work/prefix/$platform
	native=$work/native-static-libs.$platform
}

# The compiler for every platform, whose standard library is built along: with the options in `std`.
cross_compiler() {
	export RUSTC_BOOTSTRAP=1 RUSTC=${DIST_RUSTC:-/usr/bin/rustc} CARGO=${DIST_CARGO:-/usr/bin/cargo}
	export RUSTC_WRAPPER=$root/scripts/same-names.sh
	std=(-Z "build-std=std,panic_unwind")
}

say() { printf '\n== %s\n' "$*"; }

# Puts into a directory, beside the program that needs it, the library of Windows 10 that Debian's wine has not.
wine_lacks() {
	[ -e /usr/lib/x86_64-linux-gnu/wine/x86_64-windows/bcryptprimitives.dll ] ||
		"$zig" cc -target x86_64-windows-gnu -shared "$root/scripts/dist/shop/bcryptprimitives.c" -o "$1/bcryptprimitives.dll" -ladvapi32
}

# A check that is counted: good LABEL COMMAND...; its output is shown only if it fails.
passed=0 failed=0
good() {
	local label=$1 log=$work/check.log
	shift
	if (set -e; "$@") >"$log" 2>&1; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		echo "FAILED: $label"
		tail -n 20 "$log"
	fi
}
counted() {
	echo "$1: $passed passed, $failed failed"
	[ "$failed" = 0 ]
}

# The same archive from the same files: order, owner and times do not depend on the machine.
pack_tar() { # FILE.tar.gz DIRECTORY NAME...
	tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$2" -c "${@:3}" | gzip -9n >"$1"
}
pack_zip() { # FILE.zip DIRECTORY NAME...
	rm -f "$1"
	find "$2" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
	(cd "$2" && find "${@:3}" -type f | LC_ALL=C sort | zip -q -X -9 "$1" -@)
}
