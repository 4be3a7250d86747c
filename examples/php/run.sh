#!/usr/bin/env bash
# The shop against a provider on this machine: it calls `paysig serve` signed and gets genuine and spoiled webhooks of `paysig send`.
# `paysig` is in the PATH; PAYSIG_LIBRARY or the system has the C library.
set -euo pipefail
cd "$(dirname "$0")"
export D24_LOGIN=shop-login D24_SECRET=api-signature
credentials=(-c login=shop-login -c secret=env:D24_SECRET)
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

paysig serve directa24-deposits --flow request "${credentials[@]}" --port 0 --ready-file "$work/url" >"$work/serve.log" 2>&1 &
for _ in $(seq 100); do [ -s "$work/url" ] && break; sleep 0.1; done
php shop.php "$(cat "$work/url")"

port=$(php -r '$s = stream_socket_server("tcp://127.0.0.1:0"); echo substr(strrchr(stream_socket_get_name($s, false), ":"), 1);')
php -d ffi.enable=1 -S "127.0.0.1:$port" shop.php >"$work/shop.log" 2>&1 &
for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
send() {
    paysig send directa24-deposits --flow webhook "${credentials[@]}" --url "http://127.0.0.1:$port/webhook" -d '{"id":1}' "$@" >/dev/null
}
send --expect 200
send --expect 401 --tamper body
grep -o 'webhook .*' "$work/shop.log"
