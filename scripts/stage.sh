#!/usr/bin/env bash
# Builds the C library for this machine and lays it out as it is installed: scripts/stage.sh PREFIX [release].
set -euo pipefail
prefix=${1:?usage: scripts/stage.sh PREFIX [release]}
profile=${2:-debug}
mkdir -p "$prefix"
prefix=$(realpath "$prefix")
cd "$(dirname "$0")/.."

flags=()
[ "$profile" = release ] && flags=(--release)
cargo build --quiet --locked -p paysig-ffi "${flags[@]}"
scripts/prefix.sh "$prefix" linux "${CARGO_TARGET_DIR:-target}/$profile"
