#!/usr/bin/env bash
# title: the Python example: a signed call to `paysig serve`, a genuine webhook and a tampered one of `paysig send`
# needs: cc=gcc python3=python3
set -euo pipefail
venv=$(python/tests/environment.sh 2>/dev/null)
tests/example.sh python "$venv/bin/python" -I examples/python/shop.py
