#!/usr/bin/env bash
# title: the instructions that a hot call executes beside its MAC stay within their budgets
# needs: cc=gcc valgrind=valgrind
# Counted by callgrind, so the machine's load and speed do not matter. `tests/run.d/65-instructions.sh --counts` prints the lines of
# the budget file as they would be now, with 10 % of room; `--table` what a call takes, and how much of it beside the MAC.
set -euo pipefail
cargo build --quiet --locked --profile counted -p paysig-bench
bench=${CARGO_TARGET_DIR:-target}/counted/paysig-bench
calls=300

# Instructions of one call.
count() {
	local all
	all=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*counted_calls*' \
		"$bench" repeat "$1" "$2" $calls 2>&1 | sed -n 's/^==.*Collected : \([0-9]*\).*/\1/p')
	[ "${all:-0}" -gt 0 ] || { echo "callgrind counted nothing for $1 $2" >&2 && return 1; }
	echo $((all / calls))
}

failed=0
if [ "${1:-}" = --table ]; then
	echo "| case | call | instructions | beside the MAC |"
	echo "|---|---|--:|--:|"
fi
while read -r case call budget; do
	case $case in '' | '#'*) continue ;; esac
	whole=$(count "$case" "$call")
	bare=$(count "$case" "bare-$call")
	beside=$((whole - bare))
	if [ "${1:-}" = --counts ]; then
		printf '%-18s %-7s %6d\n' "$case" "$call" $((beside * 110 / 100))
	elif [ "${1:-}" = --table ]; then
		echo "| $case | $call | $whole | $beside |"
	elif [ "$beside" -gt "$budget" ]; then
		echo "$case $call: $beside instructions beside the MAC ($whole in all), the budget is $budget"
		failed=1
	fi
done <tests/instructions.txt
[ $failed = 0 ] || {
	echo "A count that had to grow goes into tests/instructions.txt, with the reason in the commit; a new compiler may move all of them."
	exit 1
}
