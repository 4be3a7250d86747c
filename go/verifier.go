//go:build cgo

package paysig

// #include "call.h"
import "C"

import (
	"encoding/json"
	"runtime"
	"time"
	"unsafe"
)

// Want says what Verify shall report beside the verdict. Each bit costs a little time.
type Want uint32

const (
	// WantReplayKey asks for Verified.ReplayKey.
	WantReplayKey Want = 1
	// WantCovered asks for Verified.Covered.
	WantCovered Want = 2
	// WantSignedJSON asks for Verified.SignedJSON.
	WantSignedJSON Want = 4
	// WantAll asks for everything.
	WantAll Want = 7
)

// Verifier judges messages of one flow against a ring of keys. Immutable; share it between goroutines.
type Verifier struct {
	c   *C.paysig_verifier
	now func() int64
}

// NewVerifier makes a verifier: WithClock, WithoutClock, WithVariant, WithTolerance, WithExpectedKeyID, WithMaxBody, WithAlgorithm.
func (s *Scheme) NewVerifier(flow Flow, keys []Key, options ...Option) (*Verifier, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf := configured(options)
	ring, err := newRing(keys)
	if err != nil {
		return nil, err
	}
	defer C.paysig_keyring_free(ring)
	opts, err := pairsOf(conf.pairs)
	if err != nil {
		return nil, err
	}
	e := newError()
	var out *C.paysig_verifier
	status := C.paysig_verifier_new(s.c, C.uint32_t(flow), ring, opts.data(), opts.size(), opts.lensData(), C.size_t(opts.n), &out, e)
	if status != 0 {
		return nil, failure(status, e)
	}
	return verifier(out, conf.now), nil
}

func verifier(c *C.paysig_verifier, now func() int64) *Verifier {
	v := &Verifier{c, now}
	runtime.SetFinalizer(v, (*Verifier).Close)
	return v
}

// WithKeys is the same verifier over other keys; cheap, since the two share the plan.
func (v *Verifier) WithKeys(keys []Key) (*Verifier, error) {
	defer runtime.KeepAlive(v)
	if v.c == nil {
		return nil, closed("verifier")
	}
	ring, err := newRing(keys)
	if err != nil {
		return nil, err
	}
	defer C.paysig_keyring_free(ring)
	e := newError()
	var out *C.paysig_verifier
	if status := C.paysig_verifier_with_keys(v.c, ring, &out, e); status != 0 {
		return nil, failure(status, e)
	}
	return verifier(out, v.now), nil
}

// Retention is how long the replay keys of its messages must be remembered, for GuardOptions: as long as a message can be accepted at
// all, or where no time is signed what the recipe names, else a week. 0 after Close.
func (v *Verifier) Retention() time.Duration {
	defer runtime.KeepAlive(v)
	return time.Duration(C.paysig_verifier_retention(v.c)) * time.Second
}

// Close wipes the keys and frees the verifier now instead of when it is collected. No call may be under way; later calls answer
// ErrInvalidOption.
func (v *Verifier) Close() {
	runtime.SetFinalizer(v, nil)
	C.paysig_verifier_free(v.c)
	v.c = nil
}

// Verified is an authentic message.
type Verified struct {
	// KeyID is the id of the key that matched, if keys have one.
	KeyID string
	// HasKeyID says whether keys of the scheme have an id.
	HasKeyID bool
	// KeyIndex says which key of the ring matched, from 0.
	KeyIndex int
	// Items is how many separately signed items the message holds: 1 unless it is a batch.
	Items int
	// Timestamp is when the message was signed, to the millisecond, UTC; zero if the scheme signs no time.
	Timestamp time.Time
	// ReplayKey is lower-case hex of 32 bytes: two deliveries of one message have the same. With WantReplayKey.
	ReplayKey string
	// SignedJSON holds the fields that were signed by name, or a JWT's payload, numbers spelled as sent. With WantSignedJSON.
	SignedJSON json.RawMessage
	// CoveredJSON is what Covered reads. With WantCovered.
	CoveredJSON json.RawMessage
}

// Covered is what a signature covers. Nothing else of the message may be trusted.
type Covered struct {
	Method, Path, Query bool
	// Headers in lower case.
	Headers []string
	// Body: every byte of it.
	Body bool
	// BodyMembers are the members of the body that are covered, where not all of it is.
	BodyMembers []string
}

// Covered says what the signature covers; nothing if the message was verified without WantCovered.
func (v *Verified) Covered() Covered {
	var read struct {
		Method, Path, Query bool
		Headers             []string
		Body                interface{}
	}
	if json.Unmarshal(v.CoveredJSON, &read) != nil {
		return Covered{}
	}
	covered := Covered{Method: read.Method, Path: read.Path, Query: read.Query, Headers: read.Headers}
	switch body := read.Body.(type) {
	case string:
		covered.Body = body == "all"
	case []interface{}:
		for _, member := range body {
			if name, ok := member.(string); ok {
				covered.BodyMembers = append(covered.BodyMembers, name)
			}
		}
	}
	return covered
}

// String says in words for people what is covered, what is not, and which fields were signed, a line each; of what Verify was asked for.
func (v *Verified) String() string {
	words, err := inWords(string(v.CoveredJSON), string(v.SignedJSON))
	if err != nil {
		return err.Error()
	}
	return words
}

func inWords(covered, signedJSON string) (string, error) {
	return textOf(func(k *call) C.paysig_status {
		c, s := []byte(covered+"\x00"), []byte(signedJSON+"\x00")
		return C.paysig_in_words((*C.char)(unsafe.Pointer(&c[0])), C.size_t(len(covered)), (*C.char)(unsafe.Pointer(&s[0])),
			C.size_t(len(signedJSON)), unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)), &k.c.out_len, &k.c.error)
	})
}

// Verify judges one message. A nil error means that it is authentic; else errors.Is says why not. It keeps no state: for protection
// against replay, keep the replay keys that you have handled.
func (v *Verifier) Verify(m *Message, want Want) (*Verified, error) {
	if v.c == nil {
		return nil, closed("verifier")
	}
	k, err := newCall(m, v.now(), nil, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	body := bytesOf(m.Body)
	for {
		status := C.go_verify(v.c, k.c, C.uint32_t(want), (*C.char)(unsafe.Pointer(&k.arena[0])), &k.lens[0], unsafe.Pointer(&body[0]),
			unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)))
		if !k.fits(status) {
			continue
		}
		runtime.KeepAlive(v)
		return k.verified(status)
	}
}

// verified reads the result.
func (k *call) verified(status C.paysig_status) (*Verified, error) {
	r := &k.c.verified
	if Status(status) == StatusNeedsKey {
		err := k.failure(status).(*Error)
		all := string(k.out[:k.c.out_len])
		err.NeedKeyID, err.NeedKeyURL = text(all, r.need_key_id), text(all, r.need_key_url)
		return nil, err
	}
	if status != 0 {
		return nil, k.failure(status)
	}
	all := string(k.out[:k.c.out_len])
	verified := &Verified{HasKeyID: r.present&C.PAYSIG_VERIFIED_KEY_ID != 0, KeyIndex: int(r.key_index), Items: int(r.items),
		KeyID: text(all, r.key_id), ReplayKey: text(all, r.replay_key)}
	if r.present&C.PAYSIG_VERIFIED_TIMESTAMP != 0 {
		verified.Timestamp = time.UnixMilli(int64(r.timestamp_ms)).UTC()
	}
	if r.present&C.PAYSIG_VERIFIED_COVERED != 0 {
		verified.CoveredJSON = json.RawMessage(text(all, r.covered))
	}
	if r.present&C.PAYSIG_VERIFIED_SIGNED_JSON != 0 {
		verified.SignedJSON = json.RawMessage(text(all, r.signed_json))
	}
	return verified, nil
}
