// What valgrind must find beside Go's stacks and heap: `lie long` says that a text is longer than it is, `lie freed` uses a handle after
// it was freed, `lie unset` gives bytes that nobody wrote.
package main

/*
#cgo pkg-config: paysig
#include <paysig.h>
#include <stdlib.h>
*/
import "C"

import (
	"os"
	"unsafe"
)

const text = `id = "x"`

func main() {
	// Of C: what follows a value in Go's own heap valgrind takes for memory like any other.
	toml := (*C.char)(C.malloc(64))
	var scheme *C.paysig_scheme
	switch os.Args[1] {
	case "long":
		toml = C.CString(text)
		C.paysig_scheme_from_toml(toml, 64, nil, 0, &scheme, nil)
	case "unset":
		C.paysig_scheme_from_toml(toml, 64, nil, 0, &scheme, nil)
	case "freed":
		name := C.CString("stripe")
		C.paysig_scheme_builtin(name, 6, &scheme, nil)
		C.paysig_scheme_free(scheme)
		var len C.size_t
		var text [4096]byte
		C.paysig_lint(scheme, unsafe.Pointer(&text[0]), 4096, &len, nil)
	}
	C.free(unsafe.Pointer(toml))
}
