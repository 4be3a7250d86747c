#!/usr/bin/env bash
# title: the PHP package over the staged C library alone: unit tests, clients and servers on loopback, redis-server, the preload recipe under php-fpm, the example
# needs: cc=gcc php=php-cli phpunit=phpunit phpcs=php-codesniffer composer=composer python3=python3
# needs-file: /usr/share/php/GuzzleHttp/autoload.php=php-guzzlehttp-guzzle /usr/share/php/Nyholm/Psr7/autoload.php=php-nyholm-psr7
# needs-file: /usr/share/php/Symfony/Component/HttpKernel/autoload.php=php-symfony-http-kernel /usr/share/php/Symfony/Component/Cache/autoload.php=php-symfony-cache
# needs-file: /usr/share/php/Symfony/Component/Routing/autoload.php=php-symfony-routing
# needs-file: /usr/share/php/Illuminate/Http/autoload.php=php-illuminate-http /usr/share/doc/php-fpm=php-fpm
# needs: redis-server=redis-server
# needs-file: /usr/share/php/Predis/autoload.php=php-predis /usr/share/doc/php-redis=php-redis /usr/share/php/Psr/SimpleCache/autoload.php=php-psr-simple-cache /usr/share/doc/php-curl=php-curl
set -euo pipefail
target=${CARGO_TARGET_DIR:-target}
scripts/stage.sh "$target/stage"
cargo build --quiet --locked -p paysig-cli
PAYSIG_LIBRARY=$(realpath "$target/stage/lib/libpaysig.so.0")
export PAYSIG_LIBRARY
PATH=$(realpath "$target/debug"):$PATH

composer validate --quiet --no-interaction --strict php/composer.json
(cd php && phpcs)
# What a user has: the package, and of the C library what is installed; nothing of this tree beside them.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/examples"
cp -r php "$work/php" && cp -r examples/php "$work/examples/php"
rm "$work/php/lib/paysig.ffi.h" && cp "$target/stage/include/paysig.ffi.h" "$work/php/lib/"
(cd "$work/php" && phpunit --colors=never)
examples/php/run.sh
tests/readme.py php/README.md
