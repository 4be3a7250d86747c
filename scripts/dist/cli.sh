#!/usr/bin/env bash
# The command line of a platform: cli.sh PLATFORM packs the program, its licences and bill of materials, the page that it serves, shell
# completions and manual pages. The last two are made by the program for this machine, so linux-x86_64-musl comes first.
set -euo pipefail
. "$(dirname "$0")/common.sh"
use_platform "$1"

# linux-x86_64: the program needs no libc of the system.
name=paysig-cli-$version-${platform%-musl}
tree=$work/pack/$name
rm -rf "$tree"
mkdir -p "$tree/man" "$tree/completions" "$dist/cli"
program=paysig
if [ "$os" = windows ]; then program=paysig.exe; fi
cp "$built/$program" "$tree/"
cp LICENSE-MIT LICENSE-APACHE CHANGELOG.md README.md "$tree/"
python3 scripts/dist/inventory.py paysig-cli "$triple" "$tree/sbom.cdx.json" "$tree/LICENSES-DEPENDENCIES.txt"
ours=$CARGO_TARGET_DIR/x86_64-unknown-linux-musl/release/paysig
"$ours" man "$tree/man"
for shell in bash zsh fish powershell; do
	"$ours" completions "$shell" >"$tree/completions/paysig.$shell"
done
# What `serve` shows; it looks for this folder beside the program.
web/build.sh "$tree/share/paysig/page"
if [ "$os" = windows ]; then pack_zip "$dist/cli/$name.zip" "$work/pack" "$name"; else pack_tar "$dist/cli/$name.tar.gz" "$work/pack" "$name"; fi
