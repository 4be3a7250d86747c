//go:build !cgo || paysig_wasm

package paysig

import "github.com/paysig/paysig/go/internal/native"

func engine() native.Engine {
	if e := native.Registered(); e != nil {
		return e
	}
	return missing{}
}

// missing stands for an engine where there is none. No handle can come from it, so only what needs none is called.
type missing struct{ native.Engine }

func (missing) Linkage() string { return "no engine" }
func (missing) Version() string { return "" }

func (missing) ABI() (uint32, *native.Failure) {
	return 0, &native.Failure{
		Status: native.Unsupported,
		Message: `this program was built without cgo, so libpaysig is not linked: import _ "github.com/paysig/paysig/go/wasm", ` +
			`which brings it as WebAssembly, or build with CGO_ENABLED=1 and a C compiler`,
	}
}

// StatusName is the name that the error of the status has, too.
func (missing) StatusName(status uint32) string { return nameOf(Status(status)) }
func (missing) StatusHTTP(uint32) int           { return 500 }
func (missing) IsVerdict(uint32) bool           { return false }

func (m missing) InWords(string, string, *native.Call) *native.Failure {
	_, failure := m.ABI()
	return failure
}

func (missing) Retention(native.Handle) uint64 { return 0 }
func (missing) Free(native.Handle)             {}
