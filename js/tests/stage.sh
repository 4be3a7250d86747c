#!/usr/bin/env bash
# Lays out what is tested: the packed package, as npm would install it, and the tests beside it. Prints the directory.
set -euo pipefail
js=$(cd "$(dirname "$0")/.." && pwd)
stage=${CARGO_TARGET_DIR:-$js/../target}/js
if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
	echo "The JavaScript tests need Node 20 or newer; this is $(node --version)" >&2
	exit 2
fi
mkdir -p "$stage"
stage=$(realpath "$stage")
"$js/build.sh" >&2

if ! cmp -s "$js/tests/package-lock.json" "$stage/package-lock.json" || ! [ -d "$stage/node_modules/express" ]; then
	cp "$js/tests/package.json" "$js/tests/package-lock.json" "$stage/"
	(cd "$stage" && npm ci --silent --no-audit --no-fund) >&2
fi
rm -rf "$stage/tests" "$stage/node_modules/paysig"
mkdir -p "$stage/node_modules/paysig"
tarball=$(cd "$js" && npm pack --silent --ignore-scripts --pack-destination "$stage")
tar -xzf "$stage/$tarball" -C "$stage/node_modules/paysig" --strip-components=1
cp -r "$js/tests" "$stage/tests"
echo "$stage"
