#!/usr/bin/env bash
# An optimised build with a profile of what the calls of benches/ do (scripts/profile.sh).
#   scripts/pgo.sh CARGO-ARGUMENT...      such as scripts/pgo.sh -p paysig-ffi; prints where the result is
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: scripts/pgo.sh CARGO-ARGUMENT..." >&2 && exit 2; }
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/pgo
profile=$(scripts/profile.sh "$target")
CARGO_TARGET_DIR=$target RUSTC_WRAPPER=$PWD/scripts/same-names.sh RUSTFLAGS=-Cprofile-use=$profile \
	cargo build --quiet --release --locked "$@"
echo "$target/release"
