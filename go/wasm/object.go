//go:build !cgo || paysig_wasm

package wasm

import (
	"sync/atomic"

	"github.com/paysig/paysig/go/internal/native"
)

// object is a scheme, signer, verifier, session or stream. What has no state is made in every instance in which it is used.
type object struct {
	// The function that frees it.
	free string
	// Makes it in an instance; nil if that cannot be done again.
	make func(in *instance) (uint32, *native.Failure)
	// It has a state, so there is one, in home.
	stateful bool
	home     *instance

	freed atomic.Bool
	// What make needs, wiped when neither this object nor one that is made of it is in use.
	secrets []*native.Pairs
	users   atomic.Int32
	// What it is made of, if that has secrets.
	of *object
}

// let wipes the secrets after the last use.
func (o *object) let() {
	if o.users.Add(-1) > 0 {
		return
	}
	for _, pairs := range o.secrets {
		pairs.Wipe()
	}
	if o.of != nil {
		o.of.let()
	}
}

// made makes a new object, so that what is wrong with it is known.
func (p *pool) made(o *object) (native.Handle, *native.Failure) {
	o.users.Store(1)
	if o.of != nil {
		o.of.users.Add(1)
	}
	if failure := p.on(o, func(*instance, uint32) *native.Failure { return nil }); failure != nil {
		o.let()
		return nil, failure
	}
	return o, nil
}

// find is where an object is in the instance. It is made there if need be.
func (in *instance) find(o *object) (uint32, *native.Failure) {
	if at, here := in.objects[o]; here {
		return at, nil
	}
	if o.make == nil {
		return 0, &native.Failure{Status: native.Internal, Message: "was lost when the WebAssembly module ended with a fault"}
	}
	at, failure := o.make(in)
	if failure == nil && in.trap == nil {
		in.keep(o, at)
	}
	return at, failure
}

func (in *instance) keep(o *object, at uint32) {
	in.objects[o] = at
	if o.stateful {
		o.home = in
		in.pinned++
	}
}

// forget frees an object if it is in the instance.
func (in *instance) forget(o *object) {
	at, here := in.objects[o]
	if !here {
		return
	}
	delete(in.objects, o)
	if o.stateful {
		in.pinned--
	}
	in.call(o.free, uint64(at))
	in.wipeStack()
}

// with runs a call about what an object is made of, which may have been freed since; then it is made for this call.
func (in *instance) with(o *object, run func(at uint32) (uint32, *native.Failure)) (uint32, *native.Failure) {
	if !o.freed.Load() {
		at, failure := in.find(o)
		if failure != nil {
			return 0, failure
		}
		return run(at)
	}
	at, failure := o.make(in)
	if failure != nil {
		return 0, failure
	}
	made, failure := run(at)
	in.call(o.free, uint64(at))
	return made, failure
}

// ring makes a ring of keys for one call; freeRing frees it.
func (in *instance) ring(keys []native.Key) (uint32, *native.Failure) {
	failure := in.open(0)
	if failure != nil {
		return 0, failure
	}
	ring, failure := in.make("paysig_keyring_new")
	for i := 0; failure == nil && i < len(keys); i++ {
		p := keys[i].Credentials
		if failure = in.open(0, len(p.Bytes), 4*len(p.Lens)); failure != nil {
			break
		}
		in.pass(uint64(ring))
		in.passPairs(p)
		in.pass(uint64(keys[i].NotBefore), uint64(keys[i].NotAfter))
		failure = in.run("paysig_keyring_add")
		in.close()
	}
	if failure != nil && ring != 0 {
		in.freeRing(ring)
	}
	return ring, failure
}

func (in *instance) freeRing(ring uint32) { in.call("paysig_keyring_free", uint64(ring)) }

func clone(p *native.Pairs) *native.Pairs {
	return &native.Pairs{Bytes: append([]byte(nil), p.Bytes...), Lens: append([]uint32(nil), p.Lens...)}
}

func cloneRing(keys []native.Key) (ring []native.Key, secrets []*native.Pairs) {
	for _, key := range keys {
		key.Credentials = clone(key.Credentials)
		ring, secrets = append(ring, key), append(secrets, key.Credentials)
	}
	return ring, secrets
}
