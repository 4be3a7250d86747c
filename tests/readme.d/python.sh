#!/usr/bin/env bash
# A snippet of Python, with the wheel that the tests build.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=$(python/tests/environment.sh 2>/dev/null)
exec "$venv/bin/python" -I "$1"
