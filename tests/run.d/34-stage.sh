#!/usr/bin/env bash
# title: a release installed into a prefix and used from there, by pkg-config and CMake; its sizes
# needs: cc=gcc c++=g++ cmake=cmake pkg-config=pkg-config
set -euo pipefail
tests/stage/run.sh release
