#!/usr/bin/env bash
# The program of ../go without cgo, over the WebAssembly module. Go takes the files of one directory only.
set -euo pipefail
cd "$PAYSIG_ROOT"
CARGO_TARGET_DIR=$PAYSIG_TARGET go/wasm/build.sh
. tests/go-new.sh
sources=$PAYSIG_TARGET/conformance-go-wasm-sources
mkdir -p "$sources"
cp tests/conformance/go/*.go tests/conformance/go-wasm/{engine.go,go.mod,go.sum} "$sources/"
cd "$sources"
go mod edit -replace "github.com/paysig/paysig/go=$PAYSIG_ROOT/go" -replace "github.com/paysig/paysig/go/wasm=$PAYSIG_ROOT/go/wasm"
CC=/bin/false CGO_ENABLED=0 go build -buildvcs=false -o "$PAYSIG_TARGET/conformance-go-wasm" .
