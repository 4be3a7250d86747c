#!/usr/bin/env bash
exec "$PAYSIG_TARGET/debug/paysig" conform "$@"
