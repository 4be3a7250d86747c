#!/usr/bin/env bash
# title: secrets in time and memory, work for each byte: instructions counted under valgrind
# needs: cc=gcc valgrind=valgrind
set -euo pipefail
tests/secrets/run.sh
