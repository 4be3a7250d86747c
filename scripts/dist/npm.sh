#!/usr/bin/env bash
# The npm package, WebAssembly inside; js/ builds it.
set -euo pipefail
. "$(dirname "$0")/common.sh"
if [ ! -e js/package.json ]; then
	echo "no npm package: there is no js/ here"
	exit 0
fi
mkdir -p "$dist/npm"
(cd js && npm pack --silent --pack-destination "$dist/npm")
