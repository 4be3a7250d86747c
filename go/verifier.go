package paysig

import (
	"encoding/json"
	"runtime"
	"time"

	"github.com/paysig/paysig/go/internal/native"
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
	c   native.Handle
	now func() int64
}

// NewVerifier makes a verifier: WithClock, WithoutClock, WithVariant, WithTolerance, WithExpectedKeyID, WithMaxBody, WithAlgorithm.
func (s *Scheme) NewVerifier(flow Flow, keys []Key, options ...Option) (*Verifier, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf, err := configured(options)
	if err != nil {
		return nil, err
	}
	ring, err := ringOf(keys)
	if err != nil {
		return nil, err
	}
	defer wipe(ring)
	opts, err := pairsOf(conf.pairs)
	if err != nil {
		return nil, err
	}
	c, failure := engine().NewVerifier(s.c, uint32(flow), ring, opts)
	return madeVerifier(c, failure, conf.now)
}

func madeVerifier(c native.Handle, failure *native.Failure, now func() int64) (*Verifier, error) {
	if failure != nil {
		return nil, failed(failure)
	}
	v := &Verifier{c, now}
	runtime.SetFinalizer(v, (*Verifier).Close)
	return v, nil
}

// WithKeys is the same verifier over other keys; cheap, since the two share the plan.
func (v *Verifier) WithKeys(keys []Key) (*Verifier, error) {
	defer runtime.KeepAlive(v)
	if v.c == nil {
		return nil, closed("verifier")
	}
	ring, err := ringOf(keys)
	if err != nil {
		return nil, err
	}
	defer wipe(ring)
	c, failure := engine().WithKeys(v.c, ring)
	return madeVerifier(c, failure, v.now)
}

// Retention is how long the replay keys of its messages must be remembered, for GuardOptions: as long as a message can be accepted at
// all, or where no time is signed what the recipe names, else a week. 0 after Close.
func (v *Verifier) Retention() time.Duration {
	defer runtime.KeepAlive(v)
	return time.Duration(engine().Retention(v.c)) * time.Second
}

// Close wipes the keys and frees the verifier now instead of when it is collected. No call may be under way; later calls answer
// ErrInvalidOption.
func (v *Verifier) Close() {
	runtime.SetFinalizer(v, nil)
	engine().Free(v.c)
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
func (v *Verified) Covered() Covered { return coveredOf(v.CoveredJSON) }

func coveredOf(text []byte) Covered {
	var read struct {
		Method, Path, Query bool
		Headers             []string
		Body                interface{}
	}
	if json.Unmarshal(text, &read) != nil {
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
func (v *Verified) String() string { return wordsOf(v.CoveredJSON, v.SignedJSON) }

func wordsOf(covered, signedJSON []byte) string {
	words, err := inWords(string(covered), string(signedJSON))
	if err != nil {
		return err.Error()
	}
	return words
}

func inWords(covered, signedJSON string) (string, error) {
	return textOf(func(c *native.Call) *native.Failure { return engine().InWords(covered, signedJSON, c) })
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
	for {
		failure := engine().Verify(v.c, uint32(want), &k.Call)
		if !k.fits(failure) {
			continue
		}
		runtime.KeepAlive(v)
		return k.verified(failure)
	}
}

// verified reads the result.
func (k *call) verified(failure *native.Failure) (*Verified, error) {
	r := &k.Call.Verified
	if failure != nil {
		return nil, k.refused(failure, r.NeedKeyID, r.NeedKeyURL)
	}
	all := string(k.result())
	verified := &Verified{HasKeyID: r.Present&native.VerifiedKeyID != 0, KeyIndex: int(r.KeyIndex), Items: int(r.Items),
		KeyID: text(all, r.KeyID), ReplayKey: text(all, r.ReplayKey)}
	if r.Present&native.VerifiedTimestamp != 0 {
		verified.Timestamp = time.UnixMilli(r.TimestampMS).UTC()
	}
	if r.Present&native.VerifiedCovered != 0 {
		verified.CoveredJSON = json.RawMessage(text(all, r.Covered))
	}
	if r.Present&native.VerifiedSignedJSON != 0 {
		verified.SignedJSON = json.RawMessage(text(all, r.SignedJSON))
	}
	return verified, nil
}

// refused is the error of a message that is not authentic, with the key that it lacks.
func (k *call) refused(failure *native.Failure, needKeyID, needKeyURL native.Span) error {
	err := &Error{Status: Status(failure.Status), Field: failure.Field, Message: failure.Message}
	if err.Status == StatusNeedsKey {
		all := string(k.result())
		err.NeedKeyID, err.NeedKeyURL = text(all, needKeyID), text(all, needKeyURL)
	}
	return err
}
