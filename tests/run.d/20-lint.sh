#!/usr/bin/env bash
# title: no warning of clippy or rustdoc
# needs: cc=gcc
set -euo pipefail
cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --locked --workspace --no-deps
