#!/usr/bin/env bash
# The crates as they go to the registry: paysig, its store over Redis, the command line and what that needs beside it.
set -euo pipefail
. "$(dirname "$0")/common.sh"
mkdir -p "$dist/crates"
crates=(paysig paysig-redis paysig-words paysig-cli)
cargo package --quiet --locked --allow-dirty --no-verify "${crates[@]/#/-p=}"
for crate in "${crates[@]}"; do
	cp "$CARGO_TARGET_DIR/package/$crate-$version.crate" "$dist/crates/"
done
