#!/usr/bin/env bash
# Builds the WebAssembly module into go/wasm/paysig.wasm; prints nothing if all is well.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts/wasm.sh ffi go/wasm/paysig.wasm
