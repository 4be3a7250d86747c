#!/usr/bin/env bash
exec "$PAYSIG_TARGET/conformance-cpp/conform" "$@"
