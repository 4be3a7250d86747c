#!/usr/bin/env bash
# title: core, C library, command line and the store over Redis compile with the oldest Rust that Cargo.toml names
# needs: cc=gcc rustup=rustup
set -euo pipefail
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml).0
# If it is not installed, into the target directory.
if ! rustup run "$oldest" rustc --version >/dev/null 2>&1; then
	export RUSTUP_HOME=$target/rustup
	rustup run "$oldest" rustc --version >/dev/null 2>&1 || rustup --quiet toolchain install --no-self-update --profile minimal "$oldest" >/dev/null
fi
CARGO_TARGET_DIR=$target/oldest rustup run "$oldest" \
	cargo check --quiet --locked -p paysig --features paysig/tower -p paysig-words -p paysig-ffi -p paysig-cli -p paysig-redis
rustup run "$oldest" rustc --version
