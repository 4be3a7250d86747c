#!/usr/bin/env bash
LD_LIBRARY_PATH=$PAYSIG_TARGET/stage/lib exec "$PAYSIG_TARGET/conformance-go" "$@"
