#!/usr/bin/env bash
# title: the Go package without cgo, over the WebAssembly module: its own tests, traps, race detector, vectors, and a program from the packed modules in an empty root
# needs: cc=gcc go=golang-go readelf=binutils zip=zip python3=python3 chroot=coreutils unshare=util-linux
# needs-file: /usr/bin/cargo=cargo-web /usr/bin/rustc=rustc-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src
set -uo pipefail
root=$PWD
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR
# shellcheck source=tests/go-new.sh
. tests/go-new.sh
go/wasm/build.sh || exit 1

# The sources as they are, with one file more: what a program imports that has no cgo. The workspace lets the package's own tests do it
# although the package does not depend on that module.
cp -r go "$work/paysig"
printf 'package paysig\n\nimport _ "github.com/paysig/paysig/go/wasm"\n' >"$work/paysig/engine_test.go"
printf 'go 1.25.0\n\nuse (\n\t./paysig\n\t./paysig/wasm\n)\n' >"$work/go.work"
# The tests compare the statuses with the header, which pkg-config knows; there is no library.
mkdir "$work/pkgconfig"
printf 'includedir=%s/include\nName: paysig\nDescription: its header\nVersion: 0\nCflags: -I${includedir}\n' "$root" >"$work/pkgconfig/paysig.pc"
export PKG_CONFIG_PATH=$work/pkgconfig
without_compiler() { export CGO_ENABLED=0 CC=/bin/false; }

passed=0
failed=0
check() {
	# Not as a condition: there, set -e does nothing.
	(set -e; "$2") >"$work/log" 2>&1
	if [ $? = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
		tail -n 30 "$work/log"
	fi
}

formatted() { test -z "$(gofmt -l go/wasm)"; }
vet() { without_compiler && cd "$work/paysig" && go vet ./... && cd wasm && go vet .; }
tests() { without_compiler && cd "$work/paysig" && go test -vet=off -count=1 .; }
module() { without_compiler && cd "$work/paysig/wasm" && go test -vet=off -count=1 .; }
collector() { without_compiler && cd "$work/paysig" && GOGC=1 go test -vet=off -count=1 -run 'GC|Sign|Verdict|Token|Stream|Handshake' .; }
# The race detector needs cgo, but no libpaysig.
race() { cd "$work/paysig/wasm" && go test -vet=off -count=1 -race -short -tags paysig_wasm -run 'AtOnce|Trap' .; }
# With cgo the import is empty, so that a program may keep it.
with_cgo() { cd "$work/paysig/wasm" && CGO_ENABLED=1 go list -f '{{.GoFiles}} {{.Imports}}' . | grep -Fx '[doc.go] []'; }
vectors() { tests/conformance/check.py go-wasm && tests/conformance/check.py go-wasm --compare cli; }

# As a user: an empty directory, the packed modules, no compiler but Go's, and then a root in which there is nothing but the program,
# so no libc of any kind.
get() {
	scripts/dist/go.sh
	without_compiler
	version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
	# A new cache, so that these two modules are unpacked anew; what they need comes from the usual one, if it is there.
	GOPROXY=file://$CARGO_TARGET_DIR/dist/$version/go,file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)
	export GOPROXY GONOSUMDB='github.com/paysig/*' GOWORK=off GOFLAGS=-modcacherw GOMODCACHE=$work/modules
	mkdir -p "$work/shop" "$work/empty"
	cp scripts/dist/shop/shop.go "$work/shop/main.go"
	printf 'package main\n\nimport _ "github.com/paysig/paysig/go/wasm"\n' >"$work/shop/engine.go"
	cd "$work/shop"
	go mod init shop
	go get "github.com/paysig/paysig/go@v$version" "github.com/paysig/paysig/go/wasm@v$version"
	go vet . github.com/paysig/paysig/go/wasm
	go build -o "$work/empty/shop" .
	if readelf -ld "$work/empty/shop" | grep -E 'INTERP|NEEDED'; then return 1; fi
	root_of=(unshare -r)
	if [ "$(id -u)" = 0 ]; then root_of=(); fi
	"${root_of[@]}" chroot "$work/empty" /shop | tee said
	grep -F "signs and verifies with libpaysig $version (ABI 1, wasm)" said
	go mod vendor
	go list -mod=vendor -deps . >/dev/null
	cmp vendor/github.com/paysig/paysig/go/wasm/paysig.wasm "$root/go/wasm/paysig.wasm"
}

check "sources are formatted" formatted
check "go vet" vet
check "the package's tests" tests
check "the module's own tests" module
check "tests with GOGC=1" collector
check "tests under the race detector" race
check "nothing is imported where there is cgo" with_cgo
check "vectors" vectors
check "go get without a C compiler, in an empty root" get
echo "go without cgo: $passed passed, $failed failed"
[ "$failed" = 0 ]
