//go:build cgo && !paysig_wasm && !paysig_static

package paysig

// #cgo pkg-config: paysig
import "C"

const linkage = "shared"
