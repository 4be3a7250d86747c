#!/usr/bin/env bash
# title: the Go example: a signed call to `paysig serve`, a genuine webhook and a tampered one of `paysig send`
# needs: cc=gcc go=golang-go pkg-config=pkg-config
set -euo pipefail
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
CARGO_TARGET_DIR=$target scripts/stage.sh "$target/stage"
export PKG_CONFIG_PATH=$target/stage/lib/pkgconfig LD_LIBRARY_PATH=$target/stage/lib
work=$target/tests-examples
mkdir -p "$work"
(cd examples/go && go build -o "$work/shop-go" .)
# shellcheck disable=SC2016
tests/example.sh go sh -c 'exec "$0" -provider "$1" -webhooks "$2"' "$work/shop-go"
