#!/usr/bin/env bash
# Whatever the caller has built: PAYSIG_CONFORM is its command, a program with its arguments, separated by spaces.
set -euo pipefail
[ -n "${PAYSIG_CONFORM:-}" ] || { echo "PAYSIG_CONFORM must name the program" && exit 2; }
