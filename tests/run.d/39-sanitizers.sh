#!/usr/bin/env bash
# title: the C and C++ tests under sanitizers and valgrind, Go under valgrind; memory that stays flat
# needs: gcc=gcc g++=g++ python3=python3 valgrind=valgrind go=golang-go pkg-config=pkg-config
# needs-file: /usr/include/jansson.h=libjansson-dev
set -euo pipefail
tests/sanitizers/run.sh
