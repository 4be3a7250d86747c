#!/usr/bin/env bash
# Every manifest, header and bill says the same version: that of Cargo.toml. Go and Composer take theirs from the tag.
set -euo pipefail
. "$(dirname "$0")/common.sh"
same() { # WHERE VERSION
	if [ "$2" = "$version" ]; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		echo "$1 says ${2:-nothing}, Cargo.toml $version"
	fi
}
while read -r name found; do
	same "Cargo.lock of $name" "$found"
done < <(awk '/^name = "paysig/ { name = $3 } /^version/ && name { print name, $3; name = "" }' Cargo.lock | tr -d '"')
while read -r name found; do
	same "Cargo.toml, the dependency on $name" "$found"
done < <(sed -n 's/^\(paysig[a-z-]*\) = .*version = "\([^"]*\)".*/\1 \2/p' Cargo.toml)
define() { sed -n "s/^#define PAYSIG_VERSION_$1 \"\{0,1\}\([^\" ]*\).*/\1/p" include/paysig.h; }
same "include/paysig.h" "$(define STRING)"
same "include/paysig.h, in parts" "$(define MAJOR).$(define MINOR).$(define PATCH)"
same "include/paysig.h, as a number" "$(printf '%d.%d.%d' $((($(define NUMBER) >> 16) & 255)) $((($(define NUMBER) >> 8) & 255)) $(($(define NUMBER) & 255)))"
# Its version is Cargo's, through maturin; a second one would be another.
if grep -q '^version' python/pyproject.toml; then
	same "python/pyproject.toml" "$(sed -n 's/^version = "\(.*\)"/\1/p' python/pyproject.toml)"
fi
for manifest in js/package.json php/composer.json; do
	if [ -e "$manifest" ] && grep -q '"version":' "$manifest"; then
		same "$manifest" "$(sed -n 's/^ *"version": "\([^"]*\)".*/\1/p' "$manifest" | head -n 1)"
	fi
done
same "go/wasm/go.mod, the dependency on paysig" "$(sed -n 's/^\tgithub.com\/paysig\/paysig\/go v//p' go/wasm/go.mod)"
# A released version has an entry of its own; before that its changes stand under Unreleased.
grep -qE "^## (Unreleased|\[?$version\]?)" CHANGELOG.md && passed=$((passed + 1)) || { failed=$((failed + 1)) && echo "CHANGELOG.md has no entry for $version"; }
counted versions
