#!/usr/bin/env bash
# title: the feature aws-lc: AWS-LC takes the operations that it should and gives the same answers
# needs: cc=gcc
set -euo pipefail
cargo test --quiet --locked -p paysig --features aws-lc --lib --test crypto_asymmetric --test crypto_keys --test crypto_wycheproof \
	--test vectors
