#!/usr/bin/env bash
# The npm package, the engine inside as WebAssembly: one for every platform.
set -euo pipefail
. "$(dirname "$0")/common.sh"
mkdir -p "$dist/npm"
js/build.sh
(cd js && npm pack --silent --ignore-scripts --pack-destination "$dist/npm" >/dev/null)
