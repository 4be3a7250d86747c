//go:build cgo

package paysig

// #include "call.h"
import "C"

import (
	"math"
	"strconv"
	"sync"
	"time"
	"unsafe"
)

// call is the memory of one call into the library. It is reused, so that signing and verifying allocate only their result. What C sees
// of it holds no Go pointer.
type call struct {
	c     *C.go_call
	arena []byte
	lens  []C.uint32_t
	out   []byte
	err   error
}

var calls = sync.Pool{New: func() interface{} {
	return &call{
		c:     new(C.go_call),
		arena: make([]byte, 0, 2048),
		lens:  make([]C.uint32_t, 0, 64),
		out:   make([]byte, C.PAYSIG_OUT_SIZE),
	}
}}

// A buffer beyond this size is not kept.
const keep = 64 << 10

func (k *call) release() {
	if cap(k.arena) <= keep && len(k.out) <= keep && cap(k.lens) <= keep {
		calls.Put(k)
	}
}

// What stands for a body of length 0, since an empty slice has no first byte to point to.
var noBody = make([]byte, 1)

func bytesOf(b []byte) []byte {
	if len(b) == 0 {
		return noBody
	}
	return b
}

// newCall lays a message and options out for the library. nil options are none.
func newCall(m *Message, now int64, o *SignOptions, pairs []Header) (*call, error) {
	k := calls.Get().(*call)
	k.err = nil
	k.lens = k.lens[:0]
	k.arena = append(k.arena[:0], m.Method...)
	k.arena = append(k.arena, m.Target...)
	k.arena = append(k.arena, m.URL...)
	k.c.method_len, k.c.target_len, k.c.url_len = C.size_t(len(m.Method)), C.size_t(len(m.Target)), C.size_t(len(m.URL))
	start := len(k.arena)
	for i := range m.Header {
		k.pair(m.Header[i].Name, m.Header[i].Value)
	}
	k.c.headers_len, k.c.headers_n = C.size_t(len(k.arena)-start), C.size_t(len(k.lens))
	k.c.body_len = C.size_t(len(m.Body))
	start = len(k.arena)
	for i := range pairs {
		k.pair(pairs[i].Name, pairs[i].Value)
	}
	if o != nil {
		if !o.Time.IsZero() {
			now = o.Time.UnixMilli()
		}
		k.signOptions(o)
	}
	k.c.now = C.int64_t(now)
	k.c.options_len, k.c.options_n = C.size_t(len(k.arena)-start), C.size_t(len(k.lens))-k.c.headers_n
	// So that there is a first element to point to.
	k.arena = append(k.arena, 0)
	k.lens = append(k.lens, 0)
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
		k.arena = append(append(k.arena, "payload"...), o.Payload...)
	}
	if o.ExpiresIn != 0 {
		k.pair("expires_in", strconv.FormatInt(int64(o.ExpiresIn/time.Second), 10))
	}
	if o.Padding != nil {
		k.length(len("padding"))
		k.length(len(o.Padding))
		k.arena = append(append(k.arena, "padding"...), o.Padding...)
	}
}

func (k *call) pair(name, value string) {
	k.length(len(name))
	k.length(len(value))
	k.arena = append(append(k.arena, name...), value...)
}

func (k *call) length(n int) {
	if uint64(n) > math.MaxUint32 {
		k.err = &Error{Status: StatusTooLarge, Message: "a name or value is longer than 4 GiB"}
	}
	k.lens = append(k.lens, C.uint32_t(n))
}

// fits says whether the call is over; if the buffer was too small, it has grown and the call must be repeated.
func (k *call) fits(status C.paysig_status) bool {
	if Status(status) != StatusBufferTooSmall || int(k.c.out_len) <= len(k.out) {
		return true
	}
	k.out = make([]byte, int(k.c.out_len))
	return false
}

// failure is the error of a status that is not 0.
func (k *call) failure(status C.paysig_status) error { return failure(status, &k.c.error) }

func failure(status C.paysig_status, e *C.paysig_error) error {
	return &Error{Status: Status(status), Field: C.GoString(&e.field[0]), Message: C.GoString(&e.message[0])}
}

// text is a piece of a copy of the output.
func text(all string, at C.paysig_span) string {
	return all[int(at.offset) : int(at.offset)+int(at.length)]
}

// pairs are credentials or options for functions that are not called often. wipe overwrites them.
type pairs struct {
	bytes []byte
	lens  []C.uint32_t
	n     int
}

func (p *pairs) add(name, value string) error {
	if uint64(len(name)) > math.MaxUint32 || uint64(len(value)) > math.MaxUint32 {
		return &Error{Status: StatusTooLarge, Field: name, Message: "is longer than 4 GiB"}
	}
	p.bytes = append(append(p.bytes, name...), value...)
	p.lens = append(p.lens, C.uint32_t(len(name)), C.uint32_t(len(value)))
	p.n += 2
	return nil
}

func (p *pairs) size() C.size_t { return C.size_t(len(p.bytes)) }

func (p *pairs) wipe() {
	for i := range p.bytes {
		p.bytes[i] = 0
	}
}

func pairsOf(list []Header) (*pairs, error) {
	size := 0
	for _, h := range list {
		size += len(h.Name) + len(h.Value)
	}
	// Large enough from the start: growing would leave copies behind that nobody wipes.
	p := &pairs{bytes: make([]byte, 0, size+1), lens: make([]C.uint32_t, 0, 2*len(list)+1)}
	for _, h := range list {
		if err := p.add(h.Name, h.Value); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// The first byte and the first length, for C; there is always room for one.
func (p *pairs) data() unsafe.Pointer     { return unsafe.Pointer(&p.bytes[:1][0]) }
func (p *pairs) lensData() unsafe.Pointer { return unsafe.Pointer(&p.lens[:1][0]) }

func newError() *C.paysig_error {
	e := new(C.paysig_error)
	e.struct_size = C.uint32_t(unsafe.Sizeof(*e))
	return e
}
