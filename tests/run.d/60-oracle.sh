#!/usr/bin/env bash
# title: 2,000 random messages a founding scheme, against its rule written out by hand in Python
# needs: cc=gcc python3=python3
set -euo pipefail
cargo build --quiet --locked -p paysig-cli
tests/with-python tests/oracle/differential.py "${CARGO_TARGET_DIR:-target}/debug/paysig"
