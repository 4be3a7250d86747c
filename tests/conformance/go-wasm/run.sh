#!/usr/bin/env bash
exec "$PAYSIG_TARGET/conformance-go-wasm" "$@"
