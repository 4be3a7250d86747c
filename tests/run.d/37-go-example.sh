#!/usr/bin/env bash
# title: the Go example: a signed call to `paysig serve`, a genuine webhook and a tampered one of `paysig send`
# needs: cc=gcc go=golang-go pkg-config=pkg-config
set -euo pipefail
root=$PWD
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR=$target
cargo build --quiet --locked -p paysig-cli
scripts/stage.sh "$target/stage"
export PKG_CONFIG_PATH=$target/stage/lib/pkgconfig LD_LIBRARY_PATH=$target/stage/lib PATH=$target/debug:$PATH
export D24_SECRET=api-signature
keys=(directa24-deposits -c login=shop-login -c secret=env:D24_SECRET)
work=$(mktemp -d)
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
(cd "$root/examples/go" && go build -o "$work/shop" .)

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
"$work/shop" -provider "$provider" -webhooks 2 >"$work/seen" 2>&1 &
shop=$!
children+=("$shop")
webhook=$(address "$work/seen")
paysig send "${keys[@]}" --flow webhook --url "$webhook" -d '{"deposit_id":1}' >/dev/null
paysig send "${keys[@]}" --flow webhook --url "$webhook" -d '{"deposit_id":1}' --tamper body >/dev/null || true
wait "$shop"
passed=0
failed=0
for line in 'deposit: 200 OK' 'webhook: authentic, signed with shop-login, body covered: true' 'webhook: refused: signature_mismatch'; do
	if grep -qxF "$line" "$work/seen"; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "missing: $line" && cat "$work/seen"; fi
done
echo "go example: $passed passed, $failed failed"
[ "$failed" = 0 ]
