#!/usr/bin/env bash
# title: the committed headers are what the sources give
# needs: cc=gcc
set -euo pipefail
scripts/header.sh --verify
