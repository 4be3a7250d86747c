#!/usr/bin/env bash
# title: what a release needs: equal versions, completions and manual pages, packages that hold what they must, shell scripts
# needs: cc=gcc shellcheck=shellcheck mandoc=mandoc col=bsdextrautils zsh=zsh fish=fish composer=composer python3=python3
set -uo pipefail
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
cargo build --quiet --locked -p paysig-cli || exit 1
paysig=$target/debug/paysig
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
check() {
	if (set -e; "$2") >"$work/log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
		tail -n 30 "$work/log"
	fi
}

versions() { scripts/dist/versions.sh; }
# A manifest that is forgotten is noticed.
versions_differ() {
	mkdir "$work/tree"
	git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -Pt "$work/tree"
	cd "$work/tree"
	sed -i '/^#define PAYSIG_VERSION_STRING/s/".*"/"9.9.9"/' include/paysig.h
	! CARGO_TARGET_DIR=$work/target scripts/dist/versions.sh >"$work/said"
	grep 'include/paysig.h says 9.9.9' "$work/said"
}

commands() { "$paysig" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }
# Each shell accepts its own, and each command is in it.
completions() {
	for shell in bash zsh fish; do
		"$paysig" completions "$shell" >"$work/completions"
		"$shell" -n "$work/completions"
		for command in $(commands); do grep -q "\b$command\b" "$work/completions"; done
	done
}
manual() {
	mkdir "$work/man"
	"$paysig" man "$work/man"
	for command in $(commands); do test -s "$work/man/paysig-$command.1"; done
	mandoc -T lint -W error "$work"/man/paysig*.1
	# As a reader sees it.
	mandoc -T utf8 "$work/man/paysig-sign.1" | col -b | grep -- '--timestamp-text'
}

# The crates that are published carry what they need to be built alone, and nothing of the tests.
crate() {
	cargo package --list --allow-dirty -p paysig >"$work/list"
	grep -qx 'schemes/stripe.toml' "$work/list"
	cargo package --list --allow-dirty -p paysig-cli >"$work/list"
	grep -qx 'src/main.rs' "$work/list"
}
composer_manifest() { composer validate --quiet --no-interaction --strict php/composer.json; }
shell_scripts() { git ls-files -z '*.sh' | xargs -0 shellcheck -x -S warning; }
python_scripts() { python3 -m py_compile scripts/dist/*.py; }

check "versions are equal" versions
check "a version that differs is noticed" versions_differ
check "completions" completions
check "manual pages" manual
check "what the crates hold" crate
check "composer.json" composer_manifest
check "shell scripts pass shellcheck" shell_scripts
check "the Python scripts compile" python_scripts
echo "dist: $passed passed, $failed failed"
[ "$failed" = 0 ]
