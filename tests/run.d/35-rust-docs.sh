#!/usr/bin/env bash
# title: examples in the Rust documentation and in README.md
# needs: cc=gcc
set -euo pipefail
cargo test --quiet --locked --workspace --doc
