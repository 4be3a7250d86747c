#!/usr/bin/env bash
# A RUSTC_WRAPPER under which a crate has the same symbol names whatever it is built for and with: by its package and version, instead of
# what cargo makes of profile, target and dependencies. A profile speaks of functions by these names (scripts/profile.sh).
set -euo pipefail
rustc=$1
shift
# The standard library, when it is built along, has packages in common with us.
copy=
for argument in "$@"; do
	if [[ $argument == *rustc-dep-of-std* ]]; then copy=-std; fi
done
arguments=()
for argument in "$@"; do
	if [[ $argument == metadata=* && -n ${CARGO_PKG_NAME:-} ]]; then argument=metadata=$CARGO_PKG_NAME-$CARGO_PKG_VERSION$copy; fi
	arguments+=("$argument")
done
exec "$rustc" "${arguments[@]}"
