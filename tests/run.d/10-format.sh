#!/usr/bin/env bash
# title: Rust sources are formatted
set -euo pipefail
cargo fmt --all --check
