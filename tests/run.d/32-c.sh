#!/usr/bin/env bash
# title: the C ABI, called well and badly from C; the header in every language version
# needs: cc=gcc c++=g++ python3=python3
set -euo pipefail
tests/c/run.sh
