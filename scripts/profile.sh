#!/usr/bin/env bash
# Takes a profile of what the calls of benches/ do, for builds that are optimised by it: a fifth off most calls, see docs/performance.md.
#   scripts/profile.sh DIRECTORY [CARGO-OPTION...]      writes DIRECTORY/paysig-DIGEST.profdata unless it is there, and prints its name
# Builds that use it (RUSTFLAGS=-Cprofile-use=FILE) need the same compiler and RUSTC_WRAPPER=scripts/same-names.sh, as here; they may be for
# another system of the same architecture. Needs llvm-profdata of the compiler's own LLVM: rustup component add llvm-tools, or Debian's llvm-NN.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: scripts/profile.sh DIRECTORY [CARGO-OPTION...]" >&2 && exit 2; }
cd "$(dirname "$0")/.."
out=$(realpath -m "$1")
shift
rustc=${RUSTC:-rustc}
host=$("$rustc" -vV | sed -n 's/^host: //p')
llvm=$("$rustc" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
profdata=$("$rustc" --print sysroot)/lib/rustlib/$host/bin/llvm-profdata
[ -x "$profdata" ] || profdata=$(command -v "llvm-profdata-$llvm") || {
	echo "scripts/profile.sh needs llvm-profdata of LLVM $llvm: rustup component add llvm-tools, or Debian's llvm-$llvm" >&2
	exit 2
}
mkdir -p "$out"
# A target is named, so that build scripts and macros are built as ever.
export CARGO_TARGET_DIR=$out/instrumented RUSTC_WRAPPER=$PWD/scripts/same-names.sh
RUSTFLAGS="-Cprofile-generate=$out/raw ${RUSTFLAGS:-}" \
	"${CARGO:-cargo}" build --quiet --release --locked --target "$host" "$@" -p paysig-bench >&2
program=$CARGO_TARGET_DIR/$host/release/paysig-bench
# Named after the program that was counted: cargo looks at names to know what has to be built again, and counts differ a little from run
# to run.
profile=$out/paysig-$(sha256sum <"$program" | cut -c1-16).profdata
if [ ! -e "$profile" ]; then
	rm -rf "$out/raw"
	mapfile -t cases < <(awk '!/^#/ && NF { print $1 }' tests/instructions.txt | sort -u)
	for case in "${cases[@]}"; do
		for call in sign verify report; do "$program" repeat "$case" "$call" 20000 >&2; done
	done
	"$profdata" merge -o "$out/merged" "$out/raw"/*.profraw
	mv "$out/merged" "$profile"
fi
echo "$profile"
