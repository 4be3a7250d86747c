package paysig

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Transport signs what an http.Client sends: http.Client{Transport: &paysig.Transport{Signer: signer}}. It signs the bytes that go on
// the wire, on a copy of the request, so that the caller's is not changed, and never signs a redirect to another host. Set Signer or
// Session, not both.
type Transport struct {
	// Base sends; http.DefaultTransport if nil.
	Base http.RoundTripper
	// Signer signs every request.
	Signer *Signer
	// Session authorizes every request with a token, which it fetches once for all requests that wait for it.
	Session *TokenSession
	// TokenOrigin is where the token endpoint is: "https://auth.example". The host of the request if empty.
	TokenOrigin string
	// Options, if set, gives the options of one signature: a nonce that is kept for a retry, say.
	Options func(*http.Request) *SignOptions
}

// An answer of the token endpoint is not read further than this.
const maxTokenAnswer = 128 << 10

// RoundTrip sends one request. A request that cannot be signed is not sent; its error is an *Error.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := takeBody(req)
	if err != nil {
		return nil, err
	}
	if err := sameOrigin(req); err != nil {
		return nil, err
	}
	if (t.Signer == nil) == (t.Session == nil) {
		return nil, &Error{Status: StatusInvalidOption, Field: "Transport", Message: "needs a Signer or a Session, not both"}
	}
	if t.Session != nil {
		return t.withToken(req, body)
	}
	var options *SignOptions
	if t.Options != nil {
		options = t.Options(req)
	}
	out, err := signed(t.Signer, req, body, options)
	if err != nil {
		return nil, err
	}
	return t.send(req, out)
}

func (t *Transport) send(req, out *http.Request) (*http.Response, error) {
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	resp, err := base.RoundTrip(out)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

// takeBody reads and closes the request's body.
func takeBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	if closing := req.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, &Error{Status: StatusInvalidMessage, Field: "body", Message: "cannot be read", Err: err}
	}
	return body, nil
}

// sameOrigin refuses a redirect to another place: signing it would hand a valid signature, or a token, to whoever redirected.
func sameOrigin(req *http.Request) error {
	first := req
	for first.Response != nil && first.Response.Request != nil {
		first = first.Response.Request
	}
	if first.URL.Scheme == req.URL.Scheme && first.URL.Host == req.URL.Host {
		return nil
	}
	return &Error{Status: StatusInvalidMessage, Field: "url", Message: "a redirect to another host is not signed"}
}

// copyOf is the request with this body and with header values as net/http writes them.
func copyOf(req *http.Request, body []byte) *http.Request {
	out := req.Clone(req.Context())
	if out.Header == nil {
		out.Header = http.Header{}
	}
	for _, values := range out.Header {
		for i, value := range values {
			values[i] = textproto.TrimString(value)
		}
	}
	setBody(out, body)
	return out
}

func setBody(out *http.Request, body []byte) {
	out.TransferEncoding = nil
	out.ContentLength = int64(len(body))
	if len(body) == 0 {
		out.Body, out.GetBody = http.NoBody, func() (io.ReadCloser, error) { return http.NoBody, nil }
		return
	}
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
}

// Header lines that net/http writes from other members of a request, whatever the map says.
var written = map[string]bool{"Host": true, "Content-Length": true, "Transfer-Encoding": true, "Trailer": true}

// signed is a copy of the request with what the signer adds.
func signed(signer *Signer, req *http.Request, body []byte, options *SignOptions) (*http.Request, error) {
	out := copyOf(req, body)
	for name := range out.Header {
		if written[http.CanonicalHeaderKey(name)] {
			delete(out.Header, name)
		}
	}
	method, host := out.Method, out.Host
	if method == "" {
		method = http.MethodGet
	}
	if host == "" {
		host = out.URL.Host
	}
	m := &Message{Method: method, Target: out.URL.RequestURI(), Body: body}
	m.URL = out.URL.Scheme + "://" + host + m.Target
	m.Header = append(make([]Header, 0, len(out.Header)+2), Header{"Host", host})
	if len(body) > 0 {
		m.Header = append(m.Header, Header{"Content-Length", strconv.Itoa(len(body))})
	}
	m.Header = appendHeaders(m.Header, out.Header)
	add, err := signer.Sign(m, options)
	if err != nil {
		return nil, err
	}
	if add.Target != "" {
		if err := retarget(out, add.Target); err != nil {
			return nil, err
		}
	}
	if add.Body != nil {
		setBody(out, add.Body)
	}
	setHeaders(out, add.Header)
	return out, nil
}

// retarget puts another path and query, and makes sure that net/http will write exactly these.
func retarget(out *http.Request, target string) error {
	path, query := target, ""
	if at := strings.IndexByte(target, '?'); at >= 0 {
		path, query = target[:at], target[at+1:]
	}
	if path != out.URL.EscapedPath() {
		unescaped, err := url.PathUnescape(path)
		if err != nil {
			return &Error{Status: StatusInvalidMessage, Field: "target", Message: "cannot be sent by net/http", Err: err}
		}
		out.URL.Path, out.URL.RawPath = unescaped, path
	}
	out.URL.RawQuery = query
	if out.URL.RequestURI() != target {
		return &Error{Status: StatusInvalidMessage, Field: "target", Message: "cannot be sent by net/http as it was signed"}
	}
	return nil
}

// setHeaders replaces lines of these names.
func setHeaders(out *http.Request, lines []Header) {
	for _, h := range lines {
		out.Header.Del(h.Name)
	}
	for _, h := range lines {
		if strings.EqualFold(h.Name, "Host") {
			out.Host = h.Value
			continue
		}
		out.Header.Add(h.Name, h.Value)
	}
}

// withToken sends the request with a token. After a 401 the token is dropped, and the request is sent once more with a new one.
func (t *Transport) withToken(req *http.Request, body []byte) (*http.Response, error) {
	for again := false; ; again = true {
		lines, number, err := t.token(req)
		if err != nil {
			return nil, err
		}
		out := copyOf(req, body)
		setHeaders(out, lines)
		resp, err := t.send(req, out)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode != http.StatusUnauthorized {
			// Fails only on a session closed meanwhile; the answer is good all the same.
			_ = t.Session.Accepted()
			return resp, nil
		}
		if t.Session.refusedToken(number) != nil || again {
			// A fresh token is refused as well: the caller sees the 401.
			return resp, nil
		}
		io.CopyN(io.Discard, resp.Body, maxTokenAnswer)
		resp.Body.Close()
	}
}

// token waits for the lines that authorize a request and the number of their token. The fetch does not belong to the request that started
// it: if that one is given up, the others still get the token.
func (t *Transport) token(req *http.Request) (lines []Header, number uint64, err error) {
	s := t.Session
	for {
		s.mu.Lock()
		step, err := s.next()
		news, number := s.news, s.fetched
		s.mu.Unlock()
		// Also why the last fetch failed, if that was a moment ago.
		if err != nil {
			return nil, 0, err
		}
		switch step.Action {
		case Authorize:
			return step.Header, number, nil
		case Fetch:
			go t.fetch(step, t.origin(req))
		}
		pause := time.NewTimer(s.until(step))
		select {
		case <-req.Context().Done():
			pause.Stop()
			return nil, 0, req.Context().Err()
		case <-news:
			pause.Stop()
		case <-pause.C:
		}
	}
}

// until is how long to wait, by the session's clock.
func (t *TokenSession) until(step *Step) time.Duration {
	now := time.Now()
	if ms := t.now(); ms != nowSystem {
		now = time.UnixMilli(ms)
	}
	if left := step.Until.Sub(now); left > time.Millisecond {
		return left
	}
	return time.Millisecond
}

func (t *Transport) origin(req *http.Request) string {
	if t.TokenOrigin != "" {
		return strings.TrimSuffix(t.TokenOrigin, "/")
	}
	return req.URL.Scheme + "://" + req.URL.Host
}

// fetch asks the token endpoint and reports what it said. Its failure is the session's, which tells those who wait.
func (t *Transport) fetch(step *Step, origin string) {
	ctx, cancel := context.WithTimeout(context.Background(), t.Session.until(step))
	defer cancel()
	status, answer := 0, []byte(nil)
	req, err := http.NewRequestWithContext(ctx, step.Method, origin+step.Target, bytes.NewReader(step.Body))
	if err == nil {
		setHeaders(req, step.Header)
		var resp *http.Response
		if resp, err = t.send(req, req); err == nil {
			answer, err = io.ReadAll(io.LimitReader(resp.Body, maxTokenAnswer))
			resp.Body.Close()
			status = resp.StatusCode
		}
	}
	if err != nil {
		status, answer = 0, nil
	}
	// The session keeps the error.
	_ = t.Session.Fetched(status, answer)
}
