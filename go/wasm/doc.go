// Package wasm lets package paysig work without cgo: imported for its effect,
//
//	import _ "github.com/paysig/paysig/go/wasm"
//
// it brings libpaysig as a WebAssembly module, which wazero runs inside the process. Nothing else changes: the same functions of package
// paysig give the same answers, two to three times slower with HMAC. In a build with cgo the import does nothing, unless the build tag paysig_wasm says
// that the module is to be used there, too.
//
// The module is compiled at the first call, which takes about a second. It has as many instances as GOMAXPROCS, at least two, made when they are needed. A fault
// in the module is an error with the status internal of that one call, and a fresh instance takes over: everything is made in it anew,
// but for streams that were open and the token of a session, which is fetched again. For that, the credentials of a signer, verifier or
// session are kept in Go's memory until it is closed or collected, then wiped; so is every memory of the module that is given up.
package wasm
