// libpaysig as WebAssembly; apart, so that the package itself needs the standard library only.
module github.com/paysig/paysig/go/wasm

go 1.25.0

require (
	github.com/paysig/paysig/go v0.1.0
	github.com/tetratelabs/wazero v1.12.0
)

require golang.org/x/sys v0.44.0 // indirect

replace github.com/paysig/paysig/go => ../
