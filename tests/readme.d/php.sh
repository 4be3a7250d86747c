#!/usr/bin/env bash
# A snippet of PHP, with the package loaded and assertions on.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
scripts/stage.sh "$target/stage"
{ echo '<?php'; cat "$1"; } >"$1.php"
PAYSIG_LIBRARY=$(realpath "$target/stage/lib/libpaysig.so.0") php -d zend.assertions=1 -d auto_prepend_file="$PWD/php/autoload.php" "$1.php"
