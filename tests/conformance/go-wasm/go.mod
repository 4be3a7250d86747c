module github.com/paysig/paysig/tests/conformance/go

go 1.25.0

require (
	github.com/paysig/paysig/go v0.1.0
	github.com/paysig/paysig/go/wasm v0.1.0
)

require (
	github.com/tetratelabs/wazero v1.12.0 // indirect
	golang.org/x/sys v0.44.0 // indirect
)

replace (
	github.com/paysig/paysig/go => ../../../go
	github.com/paysig/paysig/go/wasm => ../../../go/wasm
)
