#!/usr/bin/env bash
# title: vectors through the C ABI, from a C program
# needs: cc=gcc python3=python3
# needs-file: /usr/include/jansson.h=libjansson-dev
set -euo pipefail
tests/conformance/check.py c
tests/conformance/check.py c --compare cli
