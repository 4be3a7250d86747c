#!/usr/bin/env bash
# title: make demo: every founding scheme over HTTP on this machine
# needs: cc=gcc make=make
set -euo pipefail
make --no-print-directory demo
