#!/usr/bin/env bash
# title: the JavaScript package: module, tests from the packed package against real servers, types, vectors
# needs: cc=gcc node=nodejs npm=npm python3=python3 redis-server=redis-server
# needs-file: /usr/bin/cargo=cargo-web /usr/bin/rustc=rustc-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src
set -euo pipefail
cargo test --quiet --locked -p paysig-js >/dev/null
stage=$(js/tests/stage.sh)

# What README says of the size is the size, to a tenth.
size=$(($(stat -c %s js/lib/paysig.wasm) / 1000))
said=$(sed -n 's/.*`paysig.wasm` is about \([0-9]*\) kB.*/\1/p' js/README.md)
[ $((size * 10)) -gt $((said * 9)) ] && [ $((size * 10)) -lt $((said * 11)) ] || { echo "js/README.md says $said kB, paysig.wasm has $size" >&2 && exit 1; }
# It is published: where it was built is nobody's business.
for path in "$PWD" "${CARGO_HOME:-$HOME/.cargo}"; do
	if grep -qaF "$path" js/lib/paysig.wasm; then echo "paysig.wasm names $path" >&2 && exit 1; fi
done

export PAYSIG_VECTORS=$PWD/tests/vectors/paypal.jsonl
cd "$stage"
PATH=$stage/node_modules/.bin:$PATH
node --test tests/*.test.js >"$stage/tests.log" || { cat "$stage/tests.log" && exit 1; }
grep -E '^# (tests|pass|fail|skipped)' "$stage/tests.log" | tr '\n' ' '
tsc --project tests/types
cd - >/dev/null

tests/readme.py js/README.md
tests/conformance/check.py js
tests/conformance/check.py js --compare cli
