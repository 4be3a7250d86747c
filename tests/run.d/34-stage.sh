#!/usr/bin/env bash
# title: installed into a prefix and used from there, by pkg-config and CMake
# needs: cc=gcc c++=g++ cmake=cmake pkg-config=pkg-config
set -euo pipefail
tests/stage/run.sh
