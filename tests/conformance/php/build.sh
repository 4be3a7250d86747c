#!/usr/bin/env bash
# From the staged C library alone; PHP itself needs no build.
set -euo pipefail
cd "$PAYSIG_ROOT"
CARGO_TARGET_DIR=$PAYSIG_TARGET scripts/stage.sh "$PAYSIG_TARGET/stage"
