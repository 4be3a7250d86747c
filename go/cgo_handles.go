//go:build cgo && !paysig_wasm

package paysig

// #include "call.h"
import "C"

import (
	"unsafe"

	"github.com/paysig/paysig/go/internal/native"
)

func (linked) Catalogue(c *native.Call) *native.Failure {
	k := scratch(c)
	return ended(c, k, C.go_catalogue(k, first(c.Out), C.size_t(len(c.Out))))
}

func (linked) Recipe(id string, c *native.Call) *native.Failure {
	k, name := scratch(c), []byte(id)
	return ended(c, k, C.go_recipe(k, first(name), C.size_t(len(name)), first(c.Out), C.size_t(len(c.Out))))
}

func (linked) Builtin(id string) (native.Handle, *native.Failure) {
	name, e := []byte(id), newError()
	var out *C.paysig_scheme
	if status := C.paysig_scheme_builtin(first(name), C.size_t(len(name)), &out, e); status != 0 {
		return nil, failure(status, e)
	}
	return out, nil
}

func (linked) FromTOML(recipe, file string) (native.Handle, *native.Failure) {
	text, name, e := []byte(recipe), []byte(file), newError()
	var out *C.paysig_scheme
	status := C.paysig_scheme_from_toml(first(text), C.size_t(len(text)), first(name), C.size_t(len(name)), &out, e)
	if status != 0 {
		return nil, failure(status, e)
	}
	return out, nil
}

func (linked) Lint(scheme native.Handle, c *native.Call) *native.Failure {
	k := scratch(c)
	return ended(c, k, C.go_lint(scheme.(*C.paysig_scheme), k, first(c.Out), C.size_t(len(c.Out))))
}

func pairsLens(p *native.Pairs) unsafe.Pointer {
	if len(p.Lens) == 0 {
		return raw(nil)
	}
	return unsafe.Pointer(&p.Lens[0])
}

func (linked) NewSigner(scheme native.Handle, flow uint32, credentials, options *native.Pairs) (native.Handle, *native.Failure) {
	e := newError()
	var out *C.paysig_signer
	status := C.paysig_signer_new(scheme.(*C.paysig_scheme), C.uint32_t(flow), raw(credentials.Bytes), C.size_t(len(credentials.Bytes)),
		pairsLens(credentials), C.size_t(len(credentials.Lens)), raw(options.Bytes), C.size_t(len(options.Bytes)), pairsLens(options),
		C.size_t(len(options.Lens)), &out, e)
	if status != 0 {
		return nil, failure(status, e)
	}
	return out, nil
}

func (linked) NewVerifier(scheme native.Handle, flow uint32, keys []native.Key, options *native.Pairs) (native.Handle, *native.Failure) {
	ring, failed := newRing(keys)
	if failed != nil {
		return nil, failed
	}
	defer C.paysig_keyring_free(ring)
	e := newError()
	var out *C.paysig_verifier
	status := C.paysig_verifier_new(scheme.(*C.paysig_scheme), C.uint32_t(flow), ring, raw(options.Bytes), C.size_t(len(options.Bytes)),
		pairsLens(options), C.size_t(len(options.Lens)), &out, e)
	if status != 0 {
		return nil, failure(status, e)
	}
	return out, nil
}

func (linked) WithKeys(verifier native.Handle, keys []native.Key) (native.Handle, *native.Failure) {
	ring, failed := newRing(keys)
	if failed != nil {
		return nil, failed
	}
	defer C.paysig_keyring_free(ring)
	e := newError()
	var out *C.paysig_verifier
	if status := C.paysig_verifier_with_keys(verifier.(*C.paysig_verifier), ring, &out, e); status != 0 {
		return nil, failure(status, e)
	}
	return out, nil
}

func (linked) NewSession(scheme native.Handle, credentials *native.Pairs, saved string) (native.Handle, *native.Failure) {
	state, e := []byte(saved), newError()
	var out *C.paysig_session
	status := C.paysig_session_new(scheme.(*C.paysig_scheme), raw(credentials.Bytes), C.size_t(len(credentials.Bytes)),
		pairsLens(credentials), C.size_t(len(credentials.Lens)), first(state), C.size_t(len(state)), &out, e)
	if status != 0 {
		return nil, failure(status, e)
	}
	return out, nil
}

// newRing makes a ring of the keys; the caller frees it.
func newRing(keys []native.Key) (*C.paysig_keyring, *native.Failure) {
	e := newError()
	var ring *C.paysig_keyring
	if status := C.paysig_keyring_new(&ring, e); status != 0 {
		return nil, failure(status, e)
	}
	for _, key := range keys {
		p := key.Credentials
		status := C.paysig_keyring_add(ring, raw(p.Bytes), C.size_t(len(p.Bytes)), pairsLens(p), C.size_t(len(p.Lens)),
			C.int64_t(key.NotBefore), C.int64_t(key.NotAfter), e)
		if status != 0 {
			C.paysig_keyring_free(ring)
			return nil, failure(status, e)
		}
	}
	return ring, nil
}

func (linked) Free(handle native.Handle) {
	switch h := handle.(type) {
	case *C.paysig_scheme:
		C.paysig_scheme_free(h)
	case *C.paysig_signer:
		C.paysig_signer_free(h)
	case *C.paysig_verifier:
		C.paysig_verifier_free(h)
	case *C.paysig_session:
		C.paysig_session_free(h)
	case *C.paysig_stream:
		C.paysig_stream_free(h)
	}
}
