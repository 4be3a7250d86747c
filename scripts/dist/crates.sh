#!/usr/bin/env bash
# The crates as they go to the registry: paysig and the command line, each with what it needs to be built alone.
set -euo pipefail
. "$(dirname "$0")/common.sh"
mkdir -p "$dist/crates"
cargo package --quiet --locked --allow-dirty --no-verify -p paysig -p paysig-cli
cp "$CARGO_TARGET_DIR/package/paysig-$version.crate" "$CARGO_TARGET_DIR/package/paysig-cli-$version.crate" "$dist/crates/"
