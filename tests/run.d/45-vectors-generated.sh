#!/usr/bin/env bash
# title: the computed vectors are what their generators write
# needs: python3=python3
set -euo pipefail
target=${CARGO_TARGET_DIR:-target}
store=$target/generate
list=tests/vectors/generate/requirements.txt
if [ "$(cat "$store/.stamp" 2>/dev/null)" != "$(sha256sum "$list")" ]; then
	rm -rf "$store"
	python3 -m venv "$store"
	"$store/bin/python" -m pip install --quiet --disable-pip-version-check -r "$list"
	sha256sum "$list" >"$store/.stamp"
fi
"$store/bin/python" -B tests/vectors/generate/all.py --check
echo "19 files, as written"
