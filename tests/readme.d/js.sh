#!/usr/bin/env bash
# A JavaScript snippet, beside the installed package.
set -euo pipefail
stage=$("$(dirname "$0")/../../js/tests/stage.sh")
snippet=$(mktemp --suffix=.mjs "$stage/snippet-XXXXXX")
trap 'rm -f "$snippet"' EXIT
cp "$1" "$snippet"
node "$snippet"
