#!/usr/bin/env bash
# Writes SHA256SUMS, and shows what there is and how large it is.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$dist"
find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS
printf '%10s  %s\n' bytes file
find . -type f -printf '%10s  %P\n' | LC_ALL=C sort -k 2
