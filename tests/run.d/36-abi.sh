#!/usr/bin/env bash
# title: the C ABI is what it was: symbols, types, layouts, static libraries
# needs: cc=gcc abidiff=abigail-tools python3=python3 readelf=binutils
set -euo pipefail
tests/abi/run.sh
