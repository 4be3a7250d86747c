package paysig

import (
	"net/http"
	"runtime"

	"github.com/paysig/paysig/go/internal/native"
)

// Handshake is what to answer to an endpoint check, with HTTP status 200. Handle nothing else of the message.
type Handshake struct {
	// ContentType of the answer. Send it: the body may repeat what a stranger sent, and must not be read as HTML.
	ContentType string
	// Body of the answer.
	Body []byte
	// Verified says whether the message was verified first, because the scheme signs its checks. It is an answer in any case, never a
	// reason to trust the message.
	Verified bool
}

// Handshake is the answer to an endpoint check, a message by which a provider finds out whether an endpoint is yours; nil without an
// error for any other message, which is for Verify. Ask before Verify, with the same message: a check that is not signed fails there. A
// check that the scheme signs is verified first, and its error is that of Verify, with NeedKeyID and NeedKeyURL for ErrNeedsKey.
// Middleware does all this.
func (v *Verifier) Handshake(m *Message) (*Handshake, error) {
	if v.c == nil {
		return nil, closed("verifier")
	}
	k, err := newCall(m, v.now(), nil, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	for {
		failure := engine().Handshake(v.c, &k.Call)
		if !k.fits(failure) {
			continue
		}
		runtime.KeepAlive(v)
		return k.handshake(failure)
	}
}

// handshake reads the result.
func (k *call) handshake(failure *native.Failure) (*Handshake, error) {
	r := &k.Call.Answer
	if failure != nil {
		return nil, k.refused(failure, r.NeedKeyID, r.NeedKeyURL)
	}
	if r.Present&native.AnswerBody == 0 {
		return nil, nil
	}
	all := string(k.result())
	return &Handshake{ContentType: text(all, r.ContentType), Body: []byte(text(all, r.Body)),
		Verified: r.Present&native.AnswerVerified != 0}, nil
}

// send answers the check.
func (h *Handshake) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", h.ContentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	// There is nothing to be done about a sender that hung up.
	_, _ = w.Write(h.Body)
}
