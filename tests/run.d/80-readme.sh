#!/usr/bin/env bash
# title: commands and snippets of README.md do what it says
# needs: cc=gcc c++=g++ python3=python3 bash=bash go=golang-go pkg-config=pkg-config php=php-cli npm=npm
# needs-file: /usr/bin/cargo=cargo-web /usr/bin/rustc=rustc-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src
set -euo pipefail
cargo build --quiet --locked -p paysig-cli
tests/readme.py README.md docs/c.md
