#!/usr/bin/env bash
# title: licences, bans, duplicates and sources of crates; the bill of materials; what SECURITY.md promises
# needs: python3=python3
set -euo pipefail
tests/supply/run.sh
