#!/usr/bin/env bash
# Secrets in time and memory, and work for each byte: under valgrind, so that instructions are counted and nothing is timed.
#   tests/secrets/run.sh [LIBRARY]   default: the C library as the other tests build it; name an optimised one to look at that
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-secrets
rm -rf "$work"
mkdir -p "$work"
failed=0

if [ $# -eq 0 ]; then
	cargo build --quiet --locked -p paysig-ffi
	set -- "$target/debug/libpaysig.so"
fi
cp "$1" "$work/libpaysig.so.0"
for program in counts wiped work; do
	"${CC:-cc}" -std=c11 -g -O1 -Wall -Wextra -Werror -Iinclude "tests/secrets/$program.c" -o "$work/$program" \
		"$work/libpaysig.so.0" -Wl,-rpath,"$work"
done

"$work/wiped" || failed=1

counts() { # what each dump of callgrind is labelled, and its number of instructions
	(cd "$work" && valgrind --quiet --tool=callgrind --callgrind-out-file="$1.out" "./$1" >"$1.log" 2>&1) || {
		cat "$work/$1.log" >&2
		return 1
	}
	for dump in "$work/$1.out".*; do
		# The number stands before the label.
		sed -n 's/^summary: //p; s/^desc: Trigger: Client Request: //p' "$dump" | sort -r | paste -d ' ' - -
	done
}
# A comparison that stops at the first difference would show here.
counts counts | awk '
	{ n++; if (!($1 in count)) { count[$1] = $3; schemes++ } else if (count[$1] != $3) { print $1, "position", $2 ":", $3, "instructions, elsewhere", count[$1]; bad = 1 } }
	END { print n " refusals of " schemes " schemes: " (bad ? "not all alike" : "the same number of instructions wherever the signature differs"); exit bad || n < 150 }' || failed=1

# Twice the input may take little more than twice the work, and no byte more than the budget.
counts work | awk '
	{ work[$1, $2] = $5; size[$1, $2] = $3; names[$1] }
	END {
		for (name in names) {
			shapes++
			growth = work[name, 1] / work[name, 0] / (size[name, 1] / size[name, 0]); each = work[name, 1] / size[name, 1]
			if (each > most) most = each
			if (growth > 1.25 || each > 5000) { printf "%s: %d instructions a byte, growing %.2f times\n", name, each, growth; bad = 1 }
		}
		printf "%d shapes: at most %d instructions for each byte\n", shapes, most; exit bad || shapes < 15
	}' || failed=1
exit $failed
