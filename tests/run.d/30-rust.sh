#!/usr/bin/env bash
# title: unit, property and process tests of the Rust crates
# needs: cc=gcc redis-server=redis-server
set -euo pipefail
cargo test --quiet --locked --workspace --lib --bins --tests --examples
