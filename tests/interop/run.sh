#!/usr/bin/env bash
# Installs the genuine SDKs, each generation in a place of its own, and runs them against `paysig serve` and `paysig conform`.
#   tests/interop/run.sh [gcs|smile|sigv4|webhooks|payments|gateways|packages ...]
# They are kept in the target directory until their lists of versions change. The first run needs PyPI and npm.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-$PWD/target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
store=$target/interop
here=$PWD/tests/interop
mkdir -p "$store"

# Runs quietly; shows what was said if it fails.
quietly() {
	local log
	log=$(mktemp)
	"$@" >"$log" 2>&1 || { cat "$log" >&2 && rm -f "$log" && echo "This failed: $*" >&2 && exit 1; }
	rm -f "$log"
}

# python FOLDER REQUIREMENTS: a virtual environment with exactly these versions.
python() {
	local stamp
	stamp=$(cat "$2" "$(command -v python3)" | sha256sum | cut -c1-16)
	if [ "$(cat "$1/.stamp" 2>/dev/null)" != "$stamp" ]; then
		rm -rf "$1"
		quietly python3 -m venv "$1"
		quietly "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps -r "$2"
		printf '%s\n' "$stamp" >"$1/.stamp"
	fi
}
python "$store/python" "$here/requirements.txt"
python "$store/python-old" "$here/requirements-old.txt"

stamp=$(sha256sum "$here/node/package-lock.json" | cut -c1-16)
if [ "$(cat "$store/node/.stamp" 2>/dev/null)" != "$stamp" ]; then
	rm -rf "$store/node"
	mkdir -p "$store/node"
	cp "$here"/node/package*.json "$store/node/"
	(cd "$store/node" && quietly npm ci --silent --no-audit --no-fund)
	printf '%s\n' "$stamp" >"$store/node/.stamp"
fi

quietly cargo build --quiet --locked -p paysig-cli
export PAYSIG=$target/debug/paysig
export INTEROP_NODE=$store/node/node_modules
export INTEROP_OLD_PYTHON=$store/python-old/bin/python
PYTHONDONTWRITEBYTECODE=1 "$store/python/bin/python" "$here/run.py" "$@"
