#!/usr/bin/env bash
# title: every fuzz target over its corpus and for some seconds beyond, with the address sanitizer
# needs: cc=gcc c++=g++
set -euo pipefail
# Ten seconds each, two at a time: twelve targets for half a minute would take three minutes of every run. Hours are for
# fuzz/run TARGET SECONDS.
seconds=${FUZZ_SECONDS:-10}
out=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz
cargo fmt --check --manifest-path fuzz/Cargo.toml
fuzz/run build
mkdir -p "$out/logs"
one() {
	log=$2/logs/$1
	# The same seed: what fails here fails everywhere.
	if fuzz/run "$1" "$3" -seed=1 >"$log" 2>&1; then
		echo "$1: $(sed -n 's/^#\([0-9]*\).*DONE *cov: \([0-9]*\).*/\1 inputs, \2 edges/p' "$log")"
	else
		grep -E -A 2 "panicked|ERROR|SUMMARY|Test unit written" "$log" || tail -n 20 "$log"
		echo "$1 FAILED"
		exit 1
	fi
}
export -f one
fuzz/run list | xargs -P 2 -I {} bash -c 'one "$@"' one {} "$out" "$seconds"
