#!/usr/bin/env bash
# Runs statements in Go against the staged C library: tests/readme.d/go.sh FILE. `mux` serves at the address `provider`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
target=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")
CARGO_TARGET_DIR=$target "$root/scripts/stage.sh" "$target/stage"
export PKG_CONFIG_PATH=$target/stage/lib/pkgconfig LD_LIBRARY_PATH=$target/stage/lib
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/go.mod" <<MOD
module snippet

go 1.19

require github.com/paysig/paysig/go v0.0.0

replace github.com/paysig/paysig/go => $root/go
MOD
{
	cat <<'GO'
package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	paysig "github.com/paysig/paysig/go"
)

var _ = errors.Is
var _ = fmt.Sprint
var _ = strings.NewReader

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	provider := server.URL
	_ = provider
GO
	cat "$1"
	echo '}'
} >"$work/main.go"
cd "$work"
go run -buildvcs=false .
