#!/usr/bin/env bash
set -euo pipefail
cd "$PAYSIG_ROOT"
cargo build --quiet --locked -p paysig-cli
