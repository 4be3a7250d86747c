#!/usr/bin/env bash
# title: the Rust example: an axum endpoint and a signing client over loopback
# needs: cc=gcc
set -euo pipefail
cargo run --quiet --locked -p paysig-example
