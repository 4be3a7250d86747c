#!/usr/bin/env bash
# The Composer package: the PHP sources and a library for every platform that is built, each in the directory where
# Paysig\Native\Library looks. One zip.
set -euo pipefail
. "$(dirname "$0")/common.sh"
tree=$work/php
rm -rf "$tree"
mkdir -p "$tree/lib" "$dist/php"
cp -r php/src php/autoload.php php/preload.php php/paysig.ini.example php/README.md LICENSE-MIT LICENSE-APACHE "$tree/"
cp php/lib/paysig.ffi.h "$tree/lib/"
# Without what only the tests need; the version comes from the tag.
python3 - "$tree/composer.json" <<'PYTHON'
import json, sys
manifest = json.load(open("php/composer.json"))
for development in ("require-dev", "autoload-dev"):
    manifest.pop(development, None)
json.dump(manifest, open(sys.argv[1], "w"), indent=4, ensure_ascii=False)
PYTHON
for name in $(platforms); do
	use_platform "$name"
	[ -d "$prefix" ] || { echo "the Composer package will have no library for $name: it is not built" && continue; }
	mkdir -p "$tree/lib/$composer_dir"
	case $os in
		linux) cp -L "$prefix/lib/libpaysig.so.0" "$tree/lib/$composer_dir/" ;;
		darwin) cp "$prefix/lib/libpaysig.0.dylib" "$tree/lib/$composer_dir/" ;;
		windows) cp "$prefix/bin/paysig.dll" "$tree/lib/$composer_dir/" ;;
	esac
	cp "$prefix/share/doc/paysig/LICENSES-DEPENDENCIES.txt" "$tree/lib/"
done
composer validate --quiet --no-interaction --strict "$tree/composer.json"
pack_zip "$dist/php/paysig-php-$version.zip" "$tree" .
