package paysig

import (
	"io"
	"runtime"

	"github.com/paysig/paysig/go/internal/native"
)

// LengthUnknown says that the length of a body is not announced.
const LengthUnknown int64 = -1

// stream swallows a body in pieces and in constant memory.
type stream struct {
	c native.Handle
	// The pieces' error: no result is to be had after one.
	err error
}

// headOf refuses a message with a body, since that comes later.
func headOf(m *Message) error {
	if m == nil {
		return isNil("message")
	}
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
		if failure := engine().Update(s.c, p); failure != nil {
			s.err = failed(failure)
		}
	}
	if s.err != nil {
		return 0, s.err
	}
	return len(p), nil
}

func (s *stream) free() {
	engine().Free(s.c)
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
	c, failure := engine().SignStream(s.c, &k.Call)
	if failure != nil {
		return nil, failed(failure)
	}
	out := &SignStream{stream{c: c}}
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
		failure := engine().Signed(w.s.c, &k.Call)
		if k.fits(failure) {
			return k.signed(failure)
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
	length := uint64(native.LengthUnknown)
	if bodyLength >= 0 {
		length = uint64(bodyLength)
	}
	k, err := newCall(head, v.now(), nil, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	c, failure := engine().VerifyStream(v.c, length, &k.Call)
	if failure != nil {
		return nil, failed(failure)
	}
	out := &VerifyStream{stream{c: c}}
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
		failure := engine().Verified(w.s.c, uint32(want), &k.Call)
		if k.fits(failure) {
			return k.verified(failure)
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
	if body == nil {
		return isNil("body")
	}
	_, err := io.Copy(stream, body)
	if err == nil {
		return nil
	}
	if ours, is := err.(*Error); is {
		return ours
	}
	return &Error{Status: unreadable, Field: "body", Message: "cannot be read", Err: err}
}
