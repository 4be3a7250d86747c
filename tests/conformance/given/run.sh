#!/usr/bin/env bash
# shellcheck disable=SC2086  # a program with its arguments
exec $PAYSIG_CONFORM "$@"
