//go:build cgo

package paysig

// #include "call.h"
import "C"

import (
	"io"
	"runtime"
	"unsafe"
)

// LengthUnknown says that the length of a body is not announced.
const LengthUnknown int64 = -1

// stream swallows a body in pieces and in constant memory.
type stream struct {
	c *C.paysig_stream
	e *C.paysig_error
	// The pieces' error: no result is to be had after one.
	err error
}

// opened is the stream that C has made. Its finalizer is set by the caller, on the outer struct.
func opened(k *call, c *C.paysig_stream, status C.paysig_status) (stream, error) {
	if status != 0 {
		return stream{}, k.failure(status)
	}
	return stream{c: c, e: newError()}, nil
}

// headOf refuses a message with a body, since that comes later.
func headOf(m *Message) error {
	if len(m.Body) > 0 {
		return &Error{Status: StatusInvalidMessage, Field: "body", Message: "the body of a stream is written to it, not part of the message"}
	}
	return nil
}

func (s *stream) write(p []byte) (int, error) {
	if s.c == nil {
		return 0, closed("stream")
	}
	if s.err == nil {
		data := bytesOf(p)
		if status := C.paysig_stream_update(s.c, unsafe.Pointer(&data[0]), C.size_t(len(p)), s.e); status != 0 {
			s.err = failure(status, s.e)
		}
	}
	if s.err != nil {
		return 0, s.err
	}
	return len(p), nil
}

func (s *stream) free() {
	C.paysig_stream_free(s.c)
	s.c = nil
}

// SignStream signs a message whose body is written to it: io.Copy(stream, file). Used by one goroutine at a time.
type SignStream struct{ s stream }

// Stream opens a stream that signs. All but the body must be known; options as for Sign. ErrUnsupported for schemes that look into the
// body (JSON members, form fields, JWS) or read it more than once.
func (s *Signer) Stream(head *Message, o *SignOptions) (*SignStream, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("signer")
	}
	if err := headOf(head); err != nil {
		return nil, err
	}
	k, err := newCall(head, s.now(), o, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	var c *C.paysig_stream
	status := C.go_stream_sign(s.c, k.c, (*C.char)(unsafe.Pointer(&k.arena[0])), &k.lens[0], &c)
	opening, err := opened(k, c, status)
	if err != nil {
		return nil, err
	}
	out := &SignStream{opening}
	runtime.SetFinalizer(out, (*SignStream).Close)
	return out, nil
}

// SignReader reads the body to its end and says what to add to the message. The body that is sent must be the same bytes.
func (s *Signer) SignReader(head *Message, body io.Reader, o *SignOptions) (*Signed, error) {
	stream, err := s.Stream(head, o)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	if err := swallow(stream, body, StatusInvalidMessage); err != nil {
		return nil, err
	}
	return stream.Signed()
}

// Write takes the next piece of the body.
func (w *SignStream) Write(p []byte) (int, error) {
	defer runtime.KeepAlive(w)
	return w.s.write(p)
}

// Signed ends the body and says what to add to the message. It may be repeated; nothing can be written any more.
func (w *SignStream) Signed() (*Signed, error) {
	defer runtime.KeepAlive(w)
	if w.s.c == nil {
		return nil, closed("stream")
	}
	if w.s.err != nil {
		return nil, w.s.err
	}
	k, err := newCall(&Message{}, timeNone, nil, nil)
	if err != nil {
		return nil, err
	}
	for {
		status := C.go_stream_signed(w.s.c, k.c, unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)))
		if k.fits(status) {
			return k.signed(status)
		}
	}
}

// Close frees the stream, finished or not; without it that is done when it is collected.
func (w *SignStream) Close() error {
	runtime.SetFinalizer(w, nil)
	w.s.free()
	return nil
}

// VerifyStream judges a message whose body is written to it. Used by one goroutine at a time. Nothing of the body may be acted on before
// Verified says that it is authentic; io.TeeReader(body, stream) lets it be put aside meanwhile.
type VerifyStream struct{ s stream }

// Stream opens a stream that verifies. bodyLength is the Content-Length, so that the result can have a replay key, or LengthUnknown.
// ErrUnsupported for the same schemes as Signer.Stream.
func (v *Verifier) Stream(head *Message, bodyLength int64) (*VerifyStream, error) {
	defer runtime.KeepAlive(v)
	if v.c == nil {
		return nil, closed("verifier")
	}
	if err := headOf(head); err != nil {
		return nil, err
	}
	length := C.uint64_t(C.PAYSIG_LENGTH_UNKNOWN)
	if bodyLength >= 0 {
		length = C.uint64_t(bodyLength)
	}
	k, err := newCall(head, v.now(), nil, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	var c *C.paysig_stream
	status := C.go_stream_verify(v.c, k.c, length, (*C.char)(unsafe.Pointer(&k.arena[0])), &k.lens[0], &c)
	opening, err := opened(k, c, status)
	if err != nil {
		return nil, err
	}
	out := &VerifyStream{opening}
	runtime.SetFinalizer(out, (*VerifyStream).Close)
	return out, nil
}

// VerifyReader reads the body to its end and judges the message.
func (v *Verifier) VerifyReader(head *Message, body io.Reader, bodyLength int64, want Want) (*Verified, error) {
	stream, err := v.Stream(head, bodyLength)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	if err := swallow(stream, body, StatusMalformedField); err != nil {
		return nil, err
	}
	return stream.Verified(want)
}

// Write takes the next piece of the body.
func (w *VerifyStream) Write(p []byte) (int, error) {
	defer runtime.KeepAlive(w)
	return w.s.write(p)
}

// Verified ends the body and gives the verdict, as Verifier.Verify does. It may be repeated; nothing can be written any more.
func (w *VerifyStream) Verified(want Want) (*Verified, error) {
	defer runtime.KeepAlive(w)
	if w.s.c == nil {
		return nil, closed("stream")
	}
	if w.s.err != nil {
		return nil, w.s.err
	}
	k, err := newCall(&Message{}, timeNone, nil, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	for {
		status := C.go_stream_verified(w.s.c, k.c, C.uint32_t(want), unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)))
		if k.fits(status) {
			return k.verified(status)
		}
	}
}

// Close frees the stream, finished or not; without it that is done when it is collected.
func (w *VerifyStream) Close() error {
	runtime.SetFinalizer(w, nil)
	w.s.free()
	return nil
}

// swallow copies the body into a stream. A body that cannot be read is reported with the status.
func swallow(stream io.Writer, body io.Reader, unreadable Status) error {
	_, err := io.Copy(stream, body)
	if err == nil {
		return nil
	}
	if ours, is := err.(*Error); is {
		return ours
	}
	return &Error{Status: unreadable, Field: "body", Message: "cannot be read", Err: err}
}
