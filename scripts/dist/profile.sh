#!/usr/bin/env bash
# The profile by which the files of this machine's architecture are optimised, taken once, unless DIST_PROFILE names one: what was counted
# differs between processors, so the profile is released as well. A draft has none.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[ -z "${DIST_DRAFT:-}" ] || exit 0
cross_compiler
if [ -n "${DIST_PROFILE:-}" ]; then
	profile=$(realpath -e "$DIST_PROFILE")
else
	host=$("$RUSTC" -vV | sed -n 's/^host: //p')
	# A standard library that is built along comes without the part that writes a profile; the compiler's own has it.
	runtime=("$("$RUSTC" --print sysroot)/lib/rustlib/$host/lib"/libprofiler_builtins-*.rlib)
	profile=$(RUSTFLAGS="-Zno-profiler-runtime -Clink-arg=${runtime[0]} -Clink-arg=-u__llvm_profile_runtime -Clink-arg=-lc" \
		scripts/profile.sh "$work/profiles" "${std[@]}")
fi
echo "$profile" >"$work/profile"
rm -rf "$dist/profile"
mkdir -p "$dist/profile"
cp "$profile" "$dist/profile/"
