#!/usr/bin/env bash
exec "$PAYSIG_TARGET/python/venv/bin/python" -I "$PAYSIG_ROOT/tests/conformance/python/conform.py" "$@"
