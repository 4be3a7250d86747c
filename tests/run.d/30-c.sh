#!/usr/bin/env bash
# The C ABI, called well and badly from C.
exec "$(dirname "$0")/../c/run.sh"
