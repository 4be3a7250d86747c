#!/usr/bin/env bash
# title: every fuzz target over its corpus and for some seconds beyond, with the address sanitizer
# needs: cc=gcc c++=g++
set -euo pipefail
# Two at a time: three minutes of every run. Hours are for fuzz/run TARGET SECONDS.
seconds=${FUZZ_SECONDS:-30}
out=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz
cargo fmt --check --manifest-path fuzz/Cargo.toml
fuzz/run build
mkdir -p "$out/logs"
one() {
	log=$2/logs/$1
	# The same seed: two runs try nearly the same inputs, as far as the machine's speed lets them.
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
