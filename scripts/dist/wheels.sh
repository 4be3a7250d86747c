#!/usr/bin/env bash
# The source distribution beside the wheels that build.sh made, and what PyPI would say to them all.
set -euo pipefail
. "$(dirname "$0")/common.sh"
maturin sdist --quiet --manifest-path python/Cargo.toml --out "$dist/python"
twine check --strict "$dist"/python/*
