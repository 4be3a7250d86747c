#!/usr/bin/env bash
# An optimised build with a profile of what the calls of benches/ do: a fifth off most calls, see docs/performance.md.
#   scripts/pgo.sh CARGO-ARGUMENT...      such as scripts/pgo.sh -p paysig-ffi; prints where the result is
# It takes three builds, and llvm-profdata of the compiler's own LLVM: rustup component add llvm-tools, or Debian's llvm-NN.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: scripts/pgo.sh CARGO-ARGUMENT..." >&2 && exit 2; }
cd "$(dirname "$0")/.."
host=$(rustc -vV | sed -n 's/^host: //p')
llvm=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
profdata=$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata
[ -x "$profdata" ] || profdata=$(command -v "llvm-profdata-$llvm") || {
	echo "scripts/pgo.sh needs llvm-profdata of LLVM $llvm: rustup component add llvm-tools, or Debian's llvm-$llvm" >&2
	exit 2
}
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/pgo
mkdir -p "$target"
# A target is named: build scripts and macros are built as ever, and crates have the same names in both builds.
build() { CARGO_TARGET_DIR=$target cargo build --quiet --release --locked --target "$host" "$@"; }

RUSTFLAGS=-Cprofile-generate=$target/raw build -p paysig-bench
rm -rf "$target/raw"
mapfile -t cases < <(awk '!/^#/ && NF { print $1 }' tests/instructions.txt | sort -u)
for case in "${cases[@]}"; do
	for call in sign verify report; do "$target/$host/release/paysig-bench" repeat "$case" "$call" 20000; done
done
"$profdata" merge -o "$target/paysig.profdata" "$target/raw"/*.profraw
RUSTFLAGS=-Cprofile-use=$target/paysig.profdata build "$@"
echo "$target/$host/release"
