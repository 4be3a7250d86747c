#!/usr/bin/env bash
# title: Python: wheel and source distribution, types, tests from the installed wheel
# needs: cc=gcc openssl=openssl python3=python3 redis-server=redis-server
set -euo pipefail
venv=$(python/tests/environment.sh)
PATH=$venv/bin:$PATH
out=$(dirname "$venv")

# As a linter and a type checker see it.
ruff check --quiet --config python/pyproject.toml tests/conformance/python
ruff format --quiet --check --config python/pyproject.toml tests/conformance/python
(
	cd python
	ruff check --quiet .
	ruff format --quiet --check .
	mypy --no-error-summary
)
# Against the installed wheel: beside the sources, their package without the extension module would be found first.
(
	cd "$out"
	python -m mypy.stubtest paysig._paysig >/dev/null || python -m mypy.stubtest paysig._paysig --concise
)

# The wheel uses nothing but Python's stable interface, from 3.10 on.
abi3audit --strict --assume-minimum-abi3 3.10 "$out"/wheel-*/paysig-*.whl 2>&1 | tail -n 1

# What pip makes of the source distribution by itself, unoptimised to save time.
if [ ! -e "$out/sdist-$(sha256sum <<<"$(basename "$out"/wheel-*)" | cut -c1-16)" ]; then
	rm -rf "$out"/sdist-* "$out/fresh"
	python -m venv "$out/fresh"
	CARGO_TARGET_DIR=$out/build MATURIN_PEP517_ARGS="--profile dev" \
		"$out/fresh/bin/pip" install --quiet --disable-pip-version-check "$out"/sdist/paysig-*.tar.gz
	"$out/fresh/bin/python" -I -c 'import paysig; assert "stripe" in paysig.schemes()'
	touch "$out/sdist-$(sha256sum <<<"$(basename "$out"/wheel-*)" | cut -c1-16)"
fi

# From the wheel, not from the source tree: pytest runs in its own directory and adds nothing to the path.
cd python/tests
pytest --quiet -c ../pyproject.toml -o cache_dir="$out/pytest" .
