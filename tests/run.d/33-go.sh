#!/usr/bin/env bash
# title: the Go package, from the staged C library alone: shared and static, race detector, AddressSanitizer, collector under stress, vendoring, no cgo, its README, the replay guard against redis-server
# needs: cc=gcc go=golang-go pkg-config=pkg-config readelf=binutils redis-server=redis-server python3=python3
set -uo pipefail
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
stage=$target/stage
work=$(mktemp -d)
root=$PWD
trap 'rm -rf "$work"' EXIT
CARGO_TARGET_DIR=$target scripts/stage.sh "$stage" || exit 1
export PKG_CONFIG_PATH=$stage/lib/pkgconfig
# What a user has: the module and the prefix, nothing of this tree beside them.
cp -r go "$work/paysig" && cd "$work/paysig" || exit 1

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

shared() { export LD_LIBRARY_PATH=$stage/lib; }

formatted() { test -z "$(gofmt -l .)"; }
vet() { go vet ./... && go vet -tags paysig_static .; }
tests() { shared && go test -vet=off -count=1 .; }
race() { shared && go test -vet=off -count=1 -race -short .; }
# What crosses to C, under AddressSanitizer; at the end also what nobody freed, where Go is new enough (1.25).
addresses() { shared && go test -vet=off -count=1 -asan -short .; }
# Every allocation may start a collection, and every pointer that crosses is checked.
collector() { shared && GOGC=1 GODEBUG=cgocheck=1 go test -vet=off -count=1 -run 'GC|Sign|Verdict|Token|Replay|Stream|KeyCache|Handshake' .; }
fuzz() {
	shared
	go test -vet=off -run '^$' -fuzz '^FuzzVerify$' -fuzztime 3s .
	go test -vet=off -run '^$' -fuzz '^FuzzFromTOML$' -fuzztime 3s .
}

# The static program needs no libpaysig.so: neither named in it nor found by the loader.
static() {
	go test -vet=off -tags paysig_static -c -o "$work/static.test" .
	if readelf -d "$work/static.test" | grep libpaysig; then return 1; fi
	env -u LD_LIBRARY_PATH "$work/static.test" -test.short
}

shop() {
	mkdir -p "$1" && cd "$1"
	cat >go.mod <<-MOD
		module shop

		go 1.19

		require github.com/paysig/paysig/go v0.0.0

		replace github.com/paysig/paysig/go => $work/paysig
	MOD
	cat >main.go <<-GO
		package main

		import paysig "github.com/paysig/paysig/go"

		func main() { println(paysig.LinkInfo()) }
	GO
}

# Linked against this library, and run with one that is older: every function is there, and its ABI number is 0.
old_library() {
	shop "$work/old"
	cat >main.go <<-GO
		package main

		import (
			"errors"
			"fmt"

			paysig "github.com/paysig/paysig/go"
		)

		func main() {
			_, err := paysig.Builtin("directa24-deposits")
			fmt.Println(err, errors.Is(err, paysig.ErrABIMismatch))
		}
	GO
	go build -o shop .
	python3 "$root/tests/abi/stub.py" <"$stage/include/paysig.ffi.h" |
		sed '/^uint32_t paysig_abi_version/s/__builtin_trap()/return 0/; /^const char \*paysig_status_name/s/__builtin_trap()/return "abi_mismatch"/' >old.c
	cc -w -shared -fPIC -Wl,-soname,libpaysig.so.0 old.c -o libpaysig.so.0
	LD_LIBRARY_PATH=. ./shop | grep -F 'paysig: abi_mismatch: libpaysig has ABI 0, this package needs 1 true'
}

# go mod vendor leaves out directories without Go files; the header must come along.
vendoring() {
	shared
	shop "$work/vendored"
	go mod vendor
	test -e vendor/github.com/paysig/paysig/go/call.h
	go build -mod=vendor -o shop .
	./shop 2>&1 | grep 'libpaysig .*shared'
}

without_cgo() {
	shop "$work/nocgo"
	cat >main.go <<-GO
		package main

		import (
			"errors"
			"fmt"

			paysig "github.com/paysig/paysig/go"
		)

		func main() {
			for _, call := range []func() error{
				func() error { _, err := paysig.Builtin("directa24-deposits"); return err },
				func() error { _, err := paysig.FromTOML("", ""); return err },
				func() error { _, err := paysig.Catalogue(); return err },
				func() error { _, err := paysig.Recipe("directa24-deposits"); return err },
			} {
				err := call()
				fmt.Println(errors.Is(err, paysig.ErrUnsupported), err)
			}
			var none paysig.Signer
			none.Close()
			_, err := none.Sign(&paysig.Message{}, nil)
			fmt.Println(err, paysig.LinkInfo())
		}
	GO
	CGO_ENABLED=0 go vet "$work/paysig"
	CGO_ENABLED=0 go build -o shop .
	./shop | tee message
	test "$(grep -c '^true paysig: unsupported: .*import _ "github.com/paysig/paysig/go/wasm".*CGO_ENABLED=1' message)" = 4
	grep -F 'paysig: invalid_option: signer: was closed libpaysig  (ABI 0, no engine)' message
}

# A module of its own, since only it needs a client of Redis.
redis() {
	shared && cd redistest
	go vet .
	go test -vet=off -count=1 .
}

# Each snippet is a program of its own.
readme() { cd "$root" && CARGO_TARGET_DIR=$target tests/readme.py go/README.md; }

no_dependencies() { test "$(go list -m all)" = github.com/paysig/paysig/go; }

check "sources are formatted" formatted
check "go vet" vet
check "tests" tests
check "tests under the race detector" race
check "tests under AddressSanitizer" addresses
check "tests with GOGC=1" collector
check "fuzz targets" fuzz
check "static linking" static
check "an older library is refused by name" old_library
check "vendoring" vendoring
check "a program without cgo says what is missing" without_cgo
check "no dependencies" no_dependencies
check "the snippets of its README do what they say" readme
check "replay guard against redis-server" redis
echo "go: $passed passed, $failed failed"
[ "$failed" = 0 ]
