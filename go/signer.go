package paysig

import (
	"encoding/json"
	"runtime"
	"strings"

	"github.com/paysig/paysig/go/internal/native"
)

// Signer signs messages of one flow under one set of credentials. Immutable; share it between goroutines.
type Signer struct {
	c   native.Handle
	now func() int64
}

// NewSigner makes a signer: WithClock, WithoutClock, WithVariant, WithKeyElsewhere. ErrInvalidCredentials names what is missing.
func (s *Scheme) NewSigner(flow Flow, credentials Credentials, options ...Option) (*Signer, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf, err := configured(options)
	if err != nil {
		return nil, err
	}
	keys, err := credentials.pairs()
	if err != nil {
		return nil, err
	}
	defer keys.Wipe()
	opts, err := pairsOf(conf.pairs)
	if err != nil {
		return nil, err
	}
	c, failure := engine().NewSigner(s.c, uint32(flow), keys, opts)
	if failure != nil {
		return nil, failed(failure)
	}
	signer := &Signer{c, conf.now}
	runtime.SetFinalizer(signer, (*Signer).Close)
	return signer, nil
}

// Close wipes the keys and frees the signer now instead of when it is collected. No call may be under way; later calls answer
// ErrInvalidOption.
func (s *Signer) Close() {
	runtime.SetFinalizer(s, nil)
	engine().Free(s.c)
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
	for {
		failure := engine().Sign(s.c, &k.Call)
		if k.fits(failure) {
			runtime.KeepAlive(s)
			return k.signed(failure)
		}
	}
}

// signed takes the result over and releases the call.
func (k *call) signed(failure *native.Failure) (*Signed, error) {
	defer k.release()
	if failure != nil {
		return nil, failed(failure)
	}
	r, all := &k.Call.Signed, string(k.result())
	signed := new(Signed)
	signed.Target, signed.URL = text(all, r.Target), text(all, r.URL)
	signed.Timestamp, signed.Nonce, signed.KeyID = text(all, r.Timestamp), text(all, r.Nonce), text(all, r.KeyID)
	if r.Present&native.SignedBody != 0 {
		signed.Body = []byte(text(all, r.Body))
	}
	if r.Present&native.SignedBodyMembers != 0 {
		signed.BodyMembers = json.RawMessage(text(all, r.BodyMembers))
	}
	signed.Header = headerLines(signed.few[:0], text(all, r.Headers))
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
	for {
		failure := engine().Prepare(s.c, &k.Call)
		if !k.fits(failure) {
			continue
		}
		runtime.KeepAlive(s)
		if failure != nil {
			return nil, failed(failure)
		}
		r, all := &k.Call.Prepared, string(k.result())
		return &Prepared{[]byte(text(all, r.StringToSign)), text(all, r.Algorithm)}, nil
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
	for {
		failure := engine().Finish(s.c, signature, &k.Call)
		if k.fits(failure) {
			runtime.KeepAlive(s)
			return k.signed(failure)
		}
	}
}
