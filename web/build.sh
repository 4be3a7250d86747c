#!/usr/bin/env bash
# Lays out the page: web/build.sh DIR. DIR is then a static folder for any web server, under any path.
set -euo pipefail
dir=${1:?usage: web/build.sh DIR}
web=$(cd "$(dirname "$0")" && pwd)
"$web/../js/build.sh" >&2
mkdir -p "$dir/paysig"
cp "$web"/*.html "$web"/*.css "$web"/*.svg "$web"/*.js "$dir/"
# The package as it is, but for what needs a server.
for file in "$web"/../js/lib/*.js; do
	case $(basename "$file") in node.js | edge.js | express.js | next.js | receive.js | redis.js) ;; *) cp "$file" "$dir/paysig/" ;; esac
done
cp "$web/../js/lib/paysig.wasm" "$dir/paysig/"
