#!/usr/bin/env bash
# title: commands and snippets of the documents do what they say
# needs: cc=gcc c++=g++ python3=python3 bash=bash go=golang-go pkg-config=pkg-config php=php-cli node=nodejs npm=npm openssl=openssl
# needs-file: /usr/bin/cargo=cargo-web /usr/bin/rustc=rustc-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src
set -euo pipefail
cargo build --quiet --locked -p paysig-cli
tests/readme.py README.md docs/c.md docs/diagnose.md docs/your-gateway-in-15-lines.md
