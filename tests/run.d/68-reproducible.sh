#!/usr/bin/env bash
# title: the C library builds offline from a vendored tree, and has there the same bytes as the ordinary build in another directory
# needs: cc=gcc git=git
set -euo pipefail
work=$(realpath -m "${CARGO_TARGET_DIR:-target}")/tests-reproducible
rm -rf "$work"
ordinary=$work/ordinary vendored=$work/vendored/deeper/than/that
mkdir -p "$ordinary" "$vendored" "$work/home"
git ls-files -z | xargs -0 cp -P --parents -t "$ordinary"
git ls-files -z | xargs -0 cp -P --parents -t "$vendored"
# Unoptimised and without debug information, to save time: what could differ, paths and hashes of paths, is in these bytes as well.
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0

(
	cd "$vendored"
	mkdir -p .cargo
	# What it prints names the directory as it was given, here.
	cargo vendor --locked --versioned-dirs vendor >.cargo/config.toml 2>"$work/vendor.log" || { cat "$work/vendor.log" >&2 && exit 1; }
)
(
	cd "$ordinary"
	export RUSTFLAGS
	RUSTFLAGS=$(scripts/remap.sh)
	CARGO_TARGET_DIR=$ordinary/target cargo build --quiet --locked -p paysig-ffi
)
(
	cd "$vendored"
	export RUSTFLAGS
	RUSTFLAGS=$(scripts/remap.sh vendor)
	# Nothing but the toolchain and this tree: no registry, no cache of one, no network.
	rustc=$(rustc --print sysroot)/bin
	PATH=$rustc:$PATH CARGO_HOME=$work/home CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=$vendored/elsewhere \
		cargo build --quiet --offline --frozen -p paysig-ffi
)
for library in libpaysig.so libpaysig.a; do
	cmp "$ordinary/target/debug/$library" "$vendored/elsewhere/debug/$library"
	if grep -qaF "$work" "$ordinary/target/debug/$library"; then echo "$library names the directory that it was built in" && exit 1; fi
	echo "$(sha256sum <"$ordinary/target/debug/$library" | cut -c1-16) $library, twice"
done
# A build writes nothing into the source tree.
diff -r --exclude=target "$ordinary" "$vendored" --exclude=vendor --exclude=elsewhere --exclude=.cargo
rm -rf "$work"
