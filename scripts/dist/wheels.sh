#!/usr/bin/env bash
# The source distribution beside the wheels that build.sh made, and what PyPI would say to them all.
set -euo pipefail
. "$(dirname "$0")/common.sh"
mkdir -p "$dist/python"
maturin sdist --manifest-path python/Cargo.toml --out "$dist/python" 2>"$work/sdist.log" || { cat "$work/sdist.log" >&2 && exit 1; }
twine check --strict "$dist"/python/*
