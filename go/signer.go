//go:build cgo

package paysig

// #include "call.h"
import "C"

import (
	"encoding/json"
	"runtime"
	"strings"
	"unsafe"
)

// Signer signs messages of one flow under one set of credentials. Immutable; share it between goroutines.
type Signer struct {
	c   *C.paysig_signer
	now func() int64
}

// NewSigner makes a signer: WithClock, WithoutClock, WithVariant, WithKeyElsewhere. ErrInvalidCredentials names what is missing.
func (s *Scheme) NewSigner(flow Flow, credentials Credentials, options ...Option) (*Signer, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf := configured(options)
	keys, err := credentials.pairs()
	if err != nil {
		return nil, err
	}
	defer keys.wipe()
	opts, err := pairsOf(conf.pairs)
	if err != nil {
		return nil, err
	}
	signer, e := &Signer{now: conf.now}, newError()
	var out *C.paysig_signer
	status := C.paysig_signer_new(s.c, C.uint32_t(flow), keys.data(), keys.size(), keys.lensData(), C.size_t(keys.n),
		opts.data(), opts.size(), opts.lensData(), C.size_t(opts.n), &out, e)
	if status != 0 {
		return nil, failure(status, e)
	}
	signer.c = out
	runtime.SetFinalizer(signer, (*Signer).Close)
	return signer, nil
}

// Close wipes the keys and frees the signer now instead of when it is collected. No call may be under way; later calls answer
// ErrInvalidOption.
func (s *Signer) Close() {
	runtime.SetFinalizer(s, nil)
	C.paysig_signer_free(s.c)
	s.c = nil
}

// Signed is what to add to a message, and everything that was used. What is "" or nil is not there.
type Signed struct {
	// Header lines to add.
	Header []Header
	// Target to send instead of yours, where something was added to the query.
	Target string
	// URL with the same additions, where you gave one.
	URL string
	// Body to send instead of yours, where members or form fields were added.
	Body []byte
	// BodyMembers are the JSON members that were added, as an object.
	BodyMembers json.RawMessage
	// Timestamp, Nonce and KeyID as signed or sent.
	Timestamp, Nonce, KeyID string

	few [4]Header
}

// Sign says what to add to a message. Options may be nil.
func (s *Signer) Sign(m *Message, o *SignOptions) (*Signed, error) {
	if s.c == nil {
		return nil, closed("signer")
	}
	k, err := newCall(m, s.now(), o, nil)
	if err != nil {
		return nil, err
	}
	body := bytesOf(m.Body)
	for {
		status := C.go_sign(s.c, k.c, (*C.char)(unsafe.Pointer(&k.arena[0])), &k.lens[0], unsafe.Pointer(&body[0]),
			unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)))
		if k.fits(status) {
			runtime.KeepAlive(s)
			return k.signed(status)
		}
	}
}

// signed takes the result over and releases the call.
func (k *call) signed(status C.paysig_status) (*Signed, error) {
	defer k.release()
	if status != 0 {
		return nil, k.failure(status)
	}
	r, all := &k.c.sig, string(k.out[:k.c.out_len])
	signed := new(Signed)
	signed.Target, signed.URL = text(all, r.target), text(all, r.url)
	signed.Timestamp, signed.Nonce, signed.KeyID = text(all, r.timestamp), text(all, r.nonce), text(all, r.key_id)
	if r.present&C.PAYSIG_SIGNED_BODY != 0 {
		signed.Body = []byte(text(all, r.body))
	}
	if r.present&C.PAYSIG_SIGNED_BODY_MEMBERS != 0 {
		signed.BodyMembers = json.RawMessage(text(all, r.body_members))
	}
	signed.Header = headerLines(signed.few[:0], text(all, r.headers))
	return signed, nil
}

// headerLines reads lines "Name: value\r\n".
func headerLines(list []Header, lines string) []Header {
	for lines != "" {
		end := strings.Index(lines, "\r\n")
		colon := strings.Index(lines, ": ")
		if colon < 0 || end < colon {
			break
		}
		list = append(list, Header{lines[:colon], lines[colon+2 : end]})
		lines = lines[end+2:]
	}
	return list
}

// Prepared is what has to be signed by a key that lives elsewhere.
type Prepared struct {
	// StringToSign is the whole string, not its digest.
	StringToSign []byte
	// Algorithm as recipes write it: "hmac-sha256", "rsa-sha256", "jws ES512".
	Algorithm string
}

// Prepare is the first half of signing with a key in an HSM or a KMS. SignOptions.Time (or a clock) and a nonce that the scheme needs
// must be given, since Finish repeats both.
func (s *Signer) Prepare(m *Message, o *SignOptions) (*Prepared, error) {
	if s.c == nil {
		return nil, closed("signer")
	}
	k, err := newCall(m, s.now(), o, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	body := bytesOf(m.Body)
	for {
		status := C.go_prepare(s.c, k.c, (*C.char)(unsafe.Pointer(&k.arena[0])), &k.lens[0], unsafe.Pointer(&body[0]),
			unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)))
		if !k.fits(status) {
			continue
		}
		runtime.KeepAlive(s)
		if status != 0 {
			return nil, k.failure(status)
		}
		all := string(k.out[:k.c.out_len])
		return &Prepared{[]byte(text(all, k.c.prepared.string_to_sign)), text(all, k.c.prepared.algorithm)}, nil
	}
}

// Finish is the second half: the raw signature bytes, not encoded, with the same message and options as Prepare.
func (s *Signer) Finish(signature []byte, m *Message, o *SignOptions) (*Signed, error) {
	if s.c == nil {
		return nil, closed("signer")
	}
	k, err := newCall(m, s.now(), o, nil)
	if err != nil {
		return nil, err
	}
	body, raw := bytesOf(m.Body), bytesOf(signature)
	for {
		status := C.go_finish(s.c, k.c, unsafe.Pointer(&raw[0]), C.size_t(len(signature)), (*C.char)(unsafe.Pointer(&k.arena[0])),
			&k.lens[0], unsafe.Pointer(&body[0]), unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)))
		if k.fits(status) {
			runtime.KeepAlive(s)
			return k.signed(status)
		}
	}
}
