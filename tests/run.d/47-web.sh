#!/usr/bin/env bash
# title: the page in headless Chromium: verdicts, diagnosis, keyboard, phone, dark, accessibility, no request to elsewhere
# needs: cc=gcc chromium=chromium node=nodejs npm=npm
# needs-file: /usr/bin/cargo=cargo-web /usr/bin/rustc=rustc-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src
set -euo pipefail
stage=$(realpath -m "${CARGO_TARGET_DIR:-target}")/web
mkdir -p "$stage"
cargo build --quiet --locked -p paysig-cli
rm -rf "$stage/page" "$stage/prefix"
web/build.sh "$stage/page"
if ! cmp -s web/tests/package-lock.json "$stage/package-lock.json" || ! [ -d "$stage/node_modules/axe-core" ]; then
	cp web/tests/package.json web/tests/package-lock.json "$stage/"
	(cd "$stage" && npm ci --silent --no-audit --no-fund)
fi
cp web/tests/*.test.js "$stage/"
# As a package installs it.
mkdir -p "$stage/prefix/bin" "$stage/prefix/share/paysig"
cp "$stage/../debug/paysig" "$stage/prefix/bin/"
cp -r "$stage/page" "$stage/prefix/share/paysig/page"
PAYSIG_PAGE=$stage/page PAYSIG_CLI=$stage/../debug/paysig PAYSIG_PREFIX=$stage/prefix node --test "$stage"/*.test.js >"$stage/tests.log" || { cat "$stage/tests.log" && exit 1; }
grep -E '^# (tests|pass|fail|skipped)' "$stage/tests.log" | tr '\n' ' '
