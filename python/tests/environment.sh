#!/usr/bin/env bash
# Makes the virtual environment of the Python tests and puts the wheel into it, as a user would get it: built from the source
# distribution for manylinux2014, optimised. Prints the environment's directory; everything else goes to standard error.
# What is up to date is not made again. Nothing of the source tree is imported by the tests.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${CARGO_TARGET_DIR:-$root/target}/python
mkdir -p "$out"
out=$(cd "$out" && pwd)
exec 3>&1 1>&2

# One at a time: conformance and tests may be started together.
exec 9>"$out/lock"
flock 9

find_python() {
	for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.10; do
		if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then return; fi
	done
	return 1
}
# Debian's python3 comes without what venv needs.
if ! find_python && [ "$(id -u)" = 0 ] && command -v apt-get; then
	apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv ||
		echo "installing python3-venv failed"
fi
find_python || { echo "Python 3.10 or newer with venv is needed (Debian: python3-venv); PYTHON may name it" && exit 2; }

wanted=$("$python" --version; sha256sum <"$here/requirements.txt")
if [ "$(cat "$out/venv/made" 2>/dev/null)" != "$wanted" ]; then
	rm -rf "$out/venv"
	"$python" -m venv "$out/venv"
	"$out/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
	printf '%s\n' "$wanted" >"$out/venv/made"
fi
PATH=$out/venv/bin:$PATH

# The source distribution, unpacked to a directory named after its content.
rm -rf "$out/sdist" && mkdir -p "$out/sdist"
maturin sdist --manifest-path "$root/python/Cargo.toml" --out "$out/sdist"
content=$(gzip -dc "$out"/sdist/*.tar.gz | sha256sum | cut -c1-16)
if [ ! -e "$out/wheel-$content/made" ]; then
	rm -rf "$out"/wheel-*
	mkdir "$out/wheel-$content"
	tar -xzf "$out"/sdist/*.tar.gz -C "$out/wheel-$content"
	cd "$out/wheel-$content"/paysig-*
	CARGO_TARGET_DIR=$out/build maturin build --release --zig --compatibility manylinux2014 --out "$out/wheel-$content"
	pip install --quiet --disable-pip-version-check --no-deps --force-reinstall "$out/wheel-$content"/paysig-*.whl
	touch "$out/wheel-$content/made"
elif ! pip show --quiet paysig 2>/dev/null; then
	pip install --quiet --disable-pip-version-check --no-deps "$out/wheel-$content"/paysig-*.whl
fi
echo "$out/venv" >&3
