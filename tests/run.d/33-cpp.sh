#!/usr/bin/env bash
# title: the C++ header under C++17, 20 and 23
# needs: c++=g++
set -euo pipefail
tests/cpp/run.sh
