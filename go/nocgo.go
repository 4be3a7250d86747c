//go:build !cgo

package paysig

// Without cgo there is no libpaysig. This line stops the build and says so.
var _ = paysig_needs_cgo__set_CGO_ENABLED_1_and_install_a_C_compiler
