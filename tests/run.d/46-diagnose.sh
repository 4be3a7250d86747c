#!/usr/bin/env bash
# title: what people get wrong, in every scheme: diagnose finds 97 % at least, and nothing where nothing is wrong
# needs: python3=python3 cc=gcc
set -euo pipefail
target=${CARGO_TARGET_DIR:-target}
# Optimised where it counts: every control tries some hundred thousand hypotheses.
cargo build --quiet --locked --profile quick -p paysig-cli
cases=$target/diagnose-cases.jsonl
python3 tests/diagnose/generate.py "$cases"
python3 tests/diagnose/report.py "$cases" "$target/quick/paysig" conform
