#!/usr/bin/env bash
exec "$PAYSIG_ROOT/python/tests/environment.sh"
