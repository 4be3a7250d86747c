#!/usr/bin/env bash
exec "$PAYSIG_ROOT/js/build.sh"
