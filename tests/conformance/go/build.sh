#!/usr/bin/env bash
# From the staged C library alone.
set -euo pipefail
cd "$PAYSIG_ROOT"
stage=$PAYSIG_TARGET/stage
CARGO_TARGET_DIR=$PAYSIG_TARGET scripts/stage.sh "$stage"
export PKG_CONFIG_PATH=$stage/lib/pkgconfig
cd tests/conformance/go
GOFLAGS=-mod=mod go build -buildvcs=false -o "$PAYSIG_TARGET/conformance-go" .
