#!/usr/bin/env bash
# Prints the flags for rustc that keep the paths of this machine out of what is built: scripts/remap.sh [VENDOR]. With them, the same
# sources and the same compiler give the same bytes in every directory. VENDOR: where `cargo vendor --versioned-dirs` put the crates;
# without it they are the registry's, and are fetched, since only then the directory is known that they are in.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -gt 0 ]; then
	crates=("$(realpath "$1")")
else
	cargo fetch --quiet --locked
	crates=("${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/)
fi
flags="--remap-path-prefix=$PWD=paysig"
for path in "${crates[@]}"; do flags+=" --remap-path-prefix=${path%/}=crates"; done
echo "$flags"
