//go:build cgo && !paysig_wasm && paysig_static

package paysig

// The archive comes first and resolves everything; --as-needed then drops the shared library that pkg-config also names.
// --static adds the system libraries that the archive needs.

// #cgo linux LDFLAGS: -Wl,--as-needed -l:libpaysig.a
// #cgo pkg-config: --static paysig
import "C"

const linkage = "static"
