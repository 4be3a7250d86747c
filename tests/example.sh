#!/usr/bin/env bash
# A shop of examples/ against a provider on this machine: it sends a signed deposit to `paysig serve` and gets a genuine and a
# tampered webhook of `paysig send`: tests/example.sh NAME COMMAND ..., which gets the provider's address and a number of webhooks.
set -euo pipefail
name=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
target=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")
(cd "$root" && CARGO_TARGET_DIR=$target cargo build --quiet --locked -p paysig-cli)
PATH=$target/debug:$PATH
export D24_SECRET=api-signature
keys=(directa24-deposits -c login=shop-login -c secret=env:D24_SECRET)
work=$(mktemp -d)
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

# The address that a child prints once it listens.
address() {
	for _ in $(seq 100); do
		sed -n 's/^listening on //p' "$1" | grep . && return
		sleep 0.1
	done
	cat "$1" >&2
	return 1
}

paysig serve "${keys[@]}" --flow request >"$work/provider" 2>&1 &
children+=($!)
provider=$(address "$work/provider")
"$@" "$provider" 2 >"$work/seen" 2>&1 &
shop=$!
children+=("$shop")
webhook=$(address "$work/seen")
passed=0
failed=0
good() {
	if "$@" >"$work/log" 2>&1; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		echo "failed: $*"
		cat "$work/log" "$work/seen"
	fi
}
good paysig send "${keys[@]}" --flow webhook --url "$webhook" -d '{"deposit_id":1}' --expect 200
good paysig send "${keys[@]}" --flow webhook --url "$webhook" -d '{"deposit_id":1}' --tamper body --expect 401
good wait "$shop"
good grep -xE 'deposit: 200( OK)?' "$work/seen"
good grep -xF 'webhook: authentic, signed with shop-login, body covered: true' "$work/seen"
good grep -xF 'webhook: refused: signature_mismatch' "$work/seen"
echo "$name example: $passed passed, $failed failed"
[ "$failed" = 0 ]
