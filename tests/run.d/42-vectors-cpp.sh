#!/usr/bin/env bash
# title: vectors through the C++ header
# needs: c++=g++ python3=python3
# needs-file: /usr/include/nlohmann/json.hpp=nlohmann-json3-dev
set -euo pipefail
tests/conformance/check.py cpp
tests/conformance/check.py cpp --compare cli
