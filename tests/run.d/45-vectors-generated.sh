#!/usr/bin/env bash
# title: the computed vectors are what their generators write
# needs: python3=python3
set -euo pipefail
tests/with-python tests/vectors/generate/all.py --check
