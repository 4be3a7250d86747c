#!/usr/bin/env bash
PAYSIG_LIBRARY=$PAYSIG_TARGET/stage/lib/libpaysig.so.0 exec php "$PAYSIG_ROOT/tests/conformance/php/conform.php" "$@"
