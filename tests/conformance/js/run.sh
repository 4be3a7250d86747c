#!/usr/bin/env bash
exec node "$PAYSIG_ROOT/tests/conformance/js/conform.js" "$@"
