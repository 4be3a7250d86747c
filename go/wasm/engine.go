//go:build !cgo || paysig_wasm

package wasm

import (
	"strings"
	"sync"

	"github.com/paysig/paysig/go/internal/native"
)

func init() { native.Register(new(engine)) }

const tooLarge = 15

// engine is libpaysig as a WebAssembly module.
type engine struct {
	pool
	statuses sync.Map
}

func (*engine) Linkage() string { return "wasm" }

func (e *engine) ABI() (abi uint32, failure *native.Failure) {
	failure = e.alone(func(in *instance) *native.Failure {
		abi = uint32(in.call("paysig_abi_version"))
		return nil
	})
	return abi, failure
}

// name reads a text that ends with NUL, of at most 63 bytes.
func (in *instance) name(at uint64) string {
	for size := uint32(64); size > 0 && in.trap == nil; size /= 2 {
		// Near the end of memory there are fewer.
		if b, inside := in.memory.Read(uint32(at), size); inside {
			return strings.Clone(text(b))
		}
	}
	return ""
}

func (e *engine) Version() (version string) {
	_ = e.alone(func(in *instance) *native.Failure {
		version = in.name(in.call("paysig_version"))
		return nil
	})
	return version
}

// status is what there is to say about a status.
type status struct {
	name    string
	http    int
	verdict bool
}

func (e *engine) status(number uint32) status {
	if known, ok := e.statuses.Load(number); ok {
		return known.(status)
	}
	// Should the module not run, a status is a fault.
	s := status{"unknown", 500, false}
	failure := e.alone(func(in *instance) *native.Failure {
		n := uint64(number)
		s = status{in.name(in.call("paysig_status_name", n)), int(in.call("paysig_status_http", n)), in.call("paysig_status_is_verdict", n) != 0}
		return nil
	})
	if failure == nil && number <= native.Internal {
		e.statuses.Store(number, s)
	}
	return s
}

func (e *engine) StatusName(number uint32) string { return e.status(number).name }
func (e *engine) StatusHTTP(number uint32) int    { return e.status(number).http }
func (e *engine) IsVerdict(number uint32) bool    { return e.status(number).verdict }

func (e *engine) Catalogue(c *native.Call) *native.Failure {
	return e.alone(func(in *instance) *native.Failure {
		if failure := in.open(0, len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.passOut(c)
		return in.answer("paysig_catalogue", c)
	})
}

func (e *engine) Recipe(id string, c *native.Call) *native.Failure {
	return e.alone(func(in *instance) *native.Failure {
		if failure := in.open(0, len(id), len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.passBytes([]byte(id))
		in.passOut(c)
		return in.answer("paysig_recipe", c)
	})
}

func (e *engine) Builtin(id string) (native.Handle, *native.Failure) {
	return e.made(&object{free: "paysig_scheme_free", make: func(in *instance) (uint32, *native.Failure) {
		if failure := in.open(0, len(id)); failure != nil {
			return 0, failure
		}
		in.passBytes([]byte(id))
		return in.make("paysig_scheme_builtin")
	}})
}

func (e *engine) FromTOML(recipe, file string) (native.Handle, *native.Failure) {
	return e.made(&object{free: "paysig_scheme_free", make: func(in *instance) (uint32, *native.Failure) {
		if failure := in.open(0, len(recipe), len(file)); failure != nil {
			return 0, failure
		}
		in.passBytes([]byte(recipe))
		in.passBytes([]byte(file))
		return in.make("paysig_scheme_from_toml")
	}})
}

func (e *engine) Lint(scheme native.Handle, c *native.Call) *native.Failure {
	return e.on(scheme.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(0, len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passOut(c)
		return in.answer("paysig_lint", c)
	})
}

func (e *engine) InWords(covered, signedJSON string, c *native.Call) *native.Failure {
	return e.alone(func(in *instance) *native.Failure {
		if failure := in.open(0, len(covered), len(signedJSON), len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.passBytes([]byte(covered))
		in.passBytes([]byte(signedJSON))
		in.passOut(c)
		return in.answer("paysig_in_words", c)
	})
}

func (e *engine) NewSigner(scheme native.Handle, flow uint32, credentials, options *native.Pairs) (native.Handle, *native.Failure) {
	s, keys, options := scheme.(*object), clone(credentials), clone(options)
	signer := &object{free: "paysig_signer_free", secrets: []*native.Pairs{keys}}
	signer.make = func(in *instance) (uint32, *native.Failure) {
		return in.with(s, func(at uint32) (uint32, *native.Failure) {
			if failure := in.open(0, len(keys.Bytes), 4*len(keys.Lens), len(options.Bytes), 4*len(options.Lens)); failure != nil {
				return 0, failure
			}
			in.pass(uint64(at), uint64(flow))
			in.passPairs(keys)
			in.passPairs(options)
			return in.make("paysig_signer_new")
		})
	}
	return e.made(signer)
}

func (e *engine) NewVerifier(scheme native.Handle, flow uint32, keys []native.Key, options *native.Pairs) (native.Handle, *native.Failure) {
	s, options := scheme.(*object), clone(options)
	keys, secrets := cloneRing(keys)
	verifier := &object{free: "paysig_verifier_free", secrets: secrets}
	verifier.make = func(in *instance) (uint32, *native.Failure) {
		return in.with(s, func(at uint32) (uint32, *native.Failure) {
			ring, failure := in.ring(keys)
			if failure != nil {
				return 0, failure
			}
			defer in.freeRing(ring)
			if failure := in.open(0, len(options.Bytes), 4*len(options.Lens)); failure != nil {
				return 0, failure
			}
			in.pass(uint64(at), uint64(flow), uint64(ring))
			in.passPairs(options)
			return in.make("paysig_verifier_new")
		})
	}
	return e.made(verifier)
}

// WithKeys makes a verifier of the first one, since those between differ only in the keys.
func (e *engine) WithKeys(verifier native.Handle, keys []native.Key) (native.Handle, *native.Failure) {
	of := verifier.(*object)
	if of.of != nil {
		of = of.of
	}
	keys, secrets := cloneRing(keys)
	made := &object{free: "paysig_verifier_free", secrets: secrets, of: of}
	made.make = func(in *instance) (uint32, *native.Failure) {
		return in.with(of, func(at uint32) (uint32, *native.Failure) {
			ring, failure := in.ring(keys)
			if failure != nil {
				return 0, failure
			}
			defer in.freeRing(ring)
			if failure := in.open(0); failure != nil {
				return 0, failure
			}
			in.pass(uint64(at), uint64(ring))
			return in.make("paysig_verifier_with_keys")
		})
	}
	return e.made(made)
}

// NewSession makes a session that begins with the saved state once, and without a token if it must be made anew.
func (e *engine) NewSession(scheme native.Handle, credentials *native.Pairs, saved string) (native.Handle, *native.Failure) {
	s, keys, begun := scheme.(*object), clone(credentials), false
	session := &object{free: "paysig_session_free", secrets: []*native.Pairs{keys}, stateful: true}
	session.make = func(in *instance) (uint32, *native.Failure) {
		return in.with(s, func(at uint32) (uint32, *native.Failure) {
			if begun {
				saved = ""
			}
			begun = true
			if failure := in.open(0, len(keys.Bytes), 4*len(keys.Lens), len(saved)); failure != nil {
				return 0, failure
			}
			in.pass(uint64(at))
			in.passPairs(keys)
			in.passBytes([]byte(saved))
			return in.make("paysig_session_new")
		})
	}
	return e.made(session)
}

func (e *engine) Free(handle native.Handle) {
	if o, made := handle.(*object); made {
		e.free(o)
	}
}
