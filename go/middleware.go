package paysig

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
)

// MiddlewareOptions of Middleware; the zero value will do for schemes that do not sign the URL.
type MiddlewareOptions struct {
	// MaxBody is the largest body in bytes; 1 MiB if 0.
	MaxBody int64
	// PublicURL is the base at which senders reach this server, to which path and query of each request are appended: "https://shop.example",
	// and a path only if a proxy strips one. Absolute, http or https, no query. It comes from your configuration because the Host header
	// is the sender's. Schemes that sign the URL need it.
	PublicURL string
	// Guard keeps what was handled before from the handler: NewMemoryGuard, NewRedisGuard or one of yours.
	Guard ReplayGuard
	// Keys, if set, judges instead of the verifier given to Middleware, which may then be nil, and fetches keys that it lacks.
	Keys *KeyCache
	// OnError hears why a message was refused or not handled again (ErrReplayed), and what the guard's store said. Log it, never send it.
	// If nil, what is no verdict on a message, such as a mistake in the configuration, is logged where net/http logs: to the server's
	// ErrorLog, else by package log. The cause in Error.Err is not logged, since a store of yours may say anything in it.
	OnError func(*http.Request, *Error)
}

const defaultMaxBody = 1 << 20

type contextKey struct{}

// FromContext is what Middleware verified; nil outside of it.
func FromContext(ctx context.Context) *Verified {
	verified, _ := ctx.Value(contextKey{}).(*Verified)
	return verified
}

// Middleware lets only authentic messages through. The handler reads the body as usual and finds the result with FromContext. Others
// are answered 400, 401, 413, 500 or 503 without a reason. With a guard, a message that was handled before is answered 200 and does not
// reach the handler; one whose handler does not answer 2xx may come again.
//
// Endpoint checks, by which a provider finds out whether an endpoint is yours, are answered here as Verifier.Handshake says; neither the
// handler nor the guard sees them. Some are GETs: a router in front must let these through, too.
//
// It must see the body first: put it outside of whatever parses forms.
//
// It panics with an *Error if there is neither a verifier nor options.Keys, if PublicURL is none, or if there is no handler: mistakes of
// the program, which would otherwise be noticed only when the first message comes.
func Middleware(v *Verifier, options *MiddlewareOptions) func(http.Handler) http.Handler {
	o := MiddlewareOptions{}
	if options != nil {
		o = *options
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if v == nil && o.Keys == nil {
		panic(isNil("verifier"))
	}
	if err := checkPublicURL(o.PublicURL); err != nil {
		panic(err)
	}
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic(isNil("handler"))
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(v, next, w, r) })
	}
}

// checkPublicURL: none, or one to which a path can be appended.
func checkPublicURL(base string) error {
	if base == "" {
		return nil
	}
	parsed, err := url.Parse(base)
	web := strings.HasPrefix(base, "https://") || strings.HasPrefix(base, "http://")
	if err != nil || !web || parsed.Hostname() == "" || strings.ContainsAny(base, "?#") {
		return &Error{Status: StatusInvalidOption, Field: "PublicURL",
			Message: "must be an absolute http or https URL without query and fragment, such as https://shop.example"}
	}
	return nil
}

func (o *MiddlewareOptions) hear(r *http.Request, e *Error) {
	if o.OnError != nil {
		o.OnError(r, e)
		return
	}
	if e.Status.IsVerdict() {
		return
	}
	logf := log.Printf
	if server, served := r.Context().Value(http.ServerContextKey).(*http.Server); served && server.ErrorLog != nil {
		logf = server.ErrorLog.Printf
	}
	logf("%v", e)
}

func (o *MiddlewareOptions) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Status: StatusInternal, Err: err}
	}
	o.hear(r, e)
	status := e.HTTPStatus()
	http.Error(w, http.StatusText(status), status)
}

func (o *MiddlewareOptions) serve(v *Verifier, next http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, o.MaxBody))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			o.refuse(w, r, &Error{Status: StatusTooLarge, Field: "body", Message: "is larger than the limit", Err: err})
		} else {
			o.refuse(w, r, &Error{Status: StatusMalformedField, Field: "body", Message: "cannot be read", Err: err})
		}
		return
	}
	judged, err := o.judge(r.Context(), v, ReceivedMessage(r, body, o.PublicURL))
	if err != nil {
		o.refuse(w, r, err)
		return
	}
	if judged.check != nil {
		judged.check.send(w)
		return
	}
	inner := r.WithContext(context.WithValue(r.Context(), contextKey{}, judged.verified))
	inner.Body = io.NopCloser(bytes.NewReader(body))
	inner.ContentLength = int64(len(body))
	if o.Guard == nil {
		next.ServeHTTP(w, inner)
		return
	}
	o.once(next, w, inner, judged.verified.ReplayKey)
}

// judgment is the answer to an endpoint check, or else an authentic message.
type judgment struct {
	check    *Handshake
	verified *Verified
}

func (o *MiddlewareOptions) judge(ctx context.Context, v *Verifier, m *Message) (judgment, error) {
	ask := func(v *Verifier) (judgment, error) {
		check, err := v.Handshake(m)
		if err != nil || check != nil {
			return judgment{check: check}, err
		}
		verified, err := v.Verify(m, WantAll)
		return judgment{verified: verified}, err
	}
	if o.Keys != nil {
		return withKey(ctx, o.Keys, ask)
	}
	return ask(v)
}

// ReceivedMessage is what a server received, with the body that it read. publicURL as in MiddlewareOptions, not checked here, or "".
func ReceivedMessage(r *http.Request, body []byte, publicURL string) *Message {
	target := r.RequestURI
	if !strings.HasPrefix(target, "/") && target != "*" {
		target = r.URL.RequestURI()
	}
	m := &Message{Method: r.Method, Target: target, Body: body}
	if publicURL != "" {
		m.URL = strings.TrimSuffix(publicURL, "/") + target
	}
	// net/http moves this line out of the map.
	m.Header = append(make([]Header, 0, len(r.Header)+1), Header{"Host", r.Host})
	m.Header = appendHeaders(m.Header, r.Header)
	return m
}

// once runs the handler unless the message was handled before.
func (o *MiddlewareOptions) once(next http.Handler, w http.ResponseWriter, r *http.Request, replayKey string) {
	state, lease, err := o.Guard.Begin(r.Context(), replayKey)
	switch {
	case err != nil:
		o.refuse(w, r, storeFailure(err, "the replay store did not answer"))
		return
	case state == ReplayDone:
		o.hear(r, &Error{Status: StatusReplayed, Message: "the message was handled before"})
		w.WriteHeader(http.StatusOK)
		return
	case state != ReplayFresh:
		// The sender comes again when the other delivery is over, however it ends.
		w.Header().Set("Retry-After", "1")
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	watched, done := &statusWriter{ResponseWriter: w}, false
	// The sender hanging up must not keep the outcome from being noted; the guard sets its own time limit.
	ctx := context.Background()
	defer func() {
		var err error
		if done && watched.success() {
			err = o.Guard.Commit(ctx, replayKey, lease)
		} else {
			err = o.Guard.Release(ctx, replayKey, lease)
		}
		if err != nil {
			o.hear(r, storeFailure(err, "the outcome could not be noted"))
		}
	}()
	next.ServeHTTP(watched, r)
	done = true
}

// statusWriter notes what the handler answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	// 1xx are not the answer.
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Flush is for handlers that stream.
func (w *statusWriter) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		if w.status == 0 {
			w.status = http.StatusOK
		}
		f.Flush()
	}
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) success() bool { return w.status == 0 || w.status/100 == 2 }
