#!/usr/bin/env bash
# Builds the WebAssembly module into js/lib/paysig.wasm; prints nothing if all is well. js/lib/engine.js deals with its traps.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/wasm.sh js js/lib/paysig.wasm
