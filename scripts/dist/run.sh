#!/usr/bin/env bash
# Builds and lays out everything for a release, on one x86_64 Linux machine: `make dist`. The result is target/dist/VERSION.
#   run.sh                     everything
#   run.sh PLATFORM ...        only these platforms, of scripts/dist/platforms.tsv; no packages that need all of them
# What a step made is kept: a second run builds only what changed. docs/releasing.md says what each file is for.
set -euo pipefail
. "$(dirname "$0")/common.sh"
here=scripts/dist

say "tools"
$here/tools.sh
say "versions"
$here/versions.sh
say "profile"
$here/profile.sh
if [ $# -gt 0 ]; then chosen=("$@"); else mapfile -t chosen < <(platforms); fi
for name in "${chosen[@]}"; do
	use_platform "$name"
	say "$name"
	start=$SECONDS
	$here/build.sh "$name" libraries
	$here/library.sh "$name"
	$here/check-library.sh "$name" quick
	# The command line once for each system: on Linux the static one.
	if [ "$libc" != gnu ]; then
		$here/build.sh "$name" cli
		$here/cli.sh "$name"
	fi
	$here/build.sh "$name" wheel
	echo "$((SECONDS - start)) s"
done
[ $# -eq 0 ] || exit 0
say "packages"
for package in wheels deb go php crates npm; do
	$here/$package.sh
done
say "checksums"
$here/checksums.sh
