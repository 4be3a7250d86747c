# Sourced: starts a redis-server that ends with the shell, with its files in $work. Sets `port`.
# shellcheck shell=bash disable=SC2154  # work is set by those who source this
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT
for _ in 1 2 3 4 5; do
	port=$((20000 + RANDOM % 12000))
	redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$work" --maxmemory-policy noeviction >"$work/server.log" &
	server=$!
	for _ in $(seq 100); do
		# Ours, not one that already had the port.
		[ "$(redis-cli -p "$port" info server 2>/dev/null | sed -n 's/^process_id:\([0-9]*\).*/\1/p')" = "$server" ] && break 2
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
done
