#!/usr/bin/env bash
# Settings of PHP: those of an example file, which tests use, spelled alike.
set -euo pipefail
cd "$(dirname "$0")/../.."
while read -r line; do
	grep -qxF "$line" php/paysig.ini.example || { echo "php/paysig.ini.example does not have: $line" && exit 1; }
done <"$1"
