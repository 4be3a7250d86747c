package paysig

import (
	"math"
	"sync"

	"github.com/paysig/paysig/go/internal/native"
)

// call is the memory of one call into the library. It is reused, so that signing and verifying allocate only their result.
type call struct {
	native.Call
	err error
}

var calls = sync.Pool{New: func() interface{} {
	k := new(call)
	k.Arena, k.Lens, k.Out = make([]byte, 0, 2048), make([]uint32, 0, 64), make([]byte, native.OutSize)
	return k
}}

// A buffer beyond this size is not kept.
const keep = 64 << 10

func (k *call) release() {
	k.Body = nil
	if cap(k.Arena) <= keep && len(k.Out) <= keep && cap(k.Lens) <= keep {
		calls.Put(k)
	}
}

// isNil is the error of an argument that must not be nil.
func isNil(what string) error {
	return &Error{Status: StatusNullArgument, Field: what, Message: "is nil"}
}

// newCall lays a message and options out for the library. nil options are none.
func newCall(m *Message, now int64, o *SignOptions, pairs []Header) (*call, error) {
	if m == nil {
		return nil, isNil("message")
	}
	k := calls.Get().(*call)
	k.err = nil
	k.Lens = k.Lens[:0]
	k.Arena = append(k.Arena[:0], m.Method...)
	k.Arena = append(k.Arena, m.Target...)
	k.Arena = append(k.Arena, m.URL...)
	k.MethodLen, k.TargetLen, k.URLLen = len(m.Method), len(m.Target), len(m.URL)
	start := len(k.Arena)
	for i := range m.Header {
		k.pair(m.Header[i].Name, m.Header[i].Value)
	}
	k.HeadersLen, k.HeadersN = len(k.Arena)-start, len(k.Lens)
	k.Body = m.Body
	start = len(k.Arena)
	for i := range pairs {
		k.pair(pairs[i].Name, pairs[i].Value)
	}
	if o != nil {
		if !o.Time.IsZero() {
			now = o.Time.UnixMilli()
		}
		k.signOptions(o)
	}
	k.Now = now
	k.OptionsLen, k.OptionsN = len(k.Arena)-start, len(k.Lens)-k.HeadersN
	// So that there is a first element to point to.
	k.Arena = append(k.Arena, 0)
	k.Lens = append(k.Lens, 0)
	if k.err != nil {
		err := k.err
		k.release()
		return nil, err
	}
	return k, nil
}

func (k *call) signOptions(o *SignOptions) {
	if o.Nonce != "" || o.NoNonce {
		k.pair("nonce", o.Nonce)
	}
	if o.TimestampText != "" {
		k.pair("timestamp_text", o.TimestampText)
	}
	if o.Payload != nil {
		k.length(len("payload"))
		k.length(len(o.Payload))
		k.Arena = append(append(k.Arena, "payload"...), o.Payload...)
	}
	if o.ExpiresIn != 0 {
		text, err := wholeSeconds("expires_in", o.ExpiresIn)
		if err != nil {
			k.err = err
		}
		k.pair("expires_in", text)
	}
	if o.Padding != nil {
		k.length(len("padding"))
		k.length(len(o.Padding))
		k.Arena = append(append(k.Arena, "padding"...), o.Padding...)
	}
}

func (k *call) pair(name, value string) {
	k.length(len(name))
	k.length(len(value))
	k.Arena = append(append(k.Arena, name...), value...)
}

func (k *call) length(n int) {
	if uint64(n) > math.MaxUint32 {
		k.err = &Error{Status: StatusTooLarge, Message: "a name or value is longer than 4 GiB"}
	}
	k.Lens = append(k.Lens, uint32(n))
}

// fits says whether the call is over; if the buffer was too small, it has grown and the call must be repeated.
func (k *call) fits(failure *native.Failure) bool {
	if failure == nil || failure.Status != native.BufferTooSmall || k.OutLen <= len(k.Out) {
		return true
	}
	k.Out = make([]byte, k.OutLen)
	return false
}

// result is what the call wrote, to be read before its release.
func (k *call) result() []byte { return k.Out[:k.OutLen] }

// failed is the error of a call that did not succeed.
func failed(failure *native.Failure) error {
	return &Error{Status: Status(failure.Status), Field: failure.Field, Message: failure.Message}
}

// text is a piece of a copy of the output.
func text(all string, at native.Span) string { return all[at.Offset : at.Offset+at.Length] }

// pairsOf lays credentials or options out, for functions that are not called often.
func pairsOf(list []Header) (*native.Pairs, error) {
	size := 0
	for _, h := range list {
		if uint64(len(h.Name)) > math.MaxUint32 || uint64(len(h.Value)) > math.MaxUint32 {
			return nil, &Error{Status: StatusTooLarge, Field: h.Name, Message: "is longer than 4 GiB"}
		}
		size += len(h.Name) + len(h.Value)
	}
	// Large enough from the start: growing would leave copies behind that nobody wipes.
	p := &native.Pairs{Bytes: make([]byte, 0, size), Lens: make([]uint32, 0, 2*len(list))}
	for _, h := range list {
		p.Bytes = append(append(p.Bytes, h.Name...), h.Value...)
		p.Lens = append(p.Lens, uint32(len(h.Name)), uint32(len(h.Value)))
	}
	return p, nil
}
