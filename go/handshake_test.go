package paysig

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fetching with a check of its endpoints, which is signed as the rest is.
const checking = fetching + `
[[webhook.handshake]]
about = "check"
when = { method = "POST" }
signed = true
content_type = "text/x-check"
answer = "hello"
`

// ingenico has checks that are not signed.
func ingenico(t *testing.T) *Verifier {
	t.Helper()
	v, err := scheme(t, "ingenico-v1hmac").NewVerifier(Webhook, []Key{{Credentials: Credentials{"key_id": "k", "secret": "s"}}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ingenicoCheck(challenge string) *Message {
	return &Message{Method: "GET", Target: "/hook", Header: []Header{{"X-GCS-Webhooks-Endpoint-Verification", challenge}}}
}

// slack has checks that are signed.
func slack(t *testing.T, options ...Option) *Verifier {
	t.Helper()
	v, err := scheme(t, "slack").NewVerifier(Webhook, []Key{{Credentials: Credentials{"signing_secret": "s"}}}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// fromSlack is a message signed with a secret.
func fromSlack(t *testing.T, secret, body string) *Message {
	t.Helper()
	signer, err := scheme(t, "slack").NewSigner(Webhook, Credentials{"signing_secret": secret}, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	m := &Message{Method: "POST", Target: "/hook", Body: []byte(body)}
	signed, err := signer.Sign(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Header = signed.Header
	return m
}

const (
	slackCheck = `{"type":"url_verification","challenge":"<3eZb>"}`
	slackEvent = `{"type":"event_callback","challenge":"<3eZb>"}`
)

// requestOf is the message as a server receives it.
func requestOf(m *Message) *http.Request {
	r := httptest.NewRequest(m.Method, m.Target, bytes.NewReader(m.Body))
	for _, h := range m.Header {
		r.Header.Set(h.Name, h.Value)
	}
	return r
}

func TestHandshake(t *testing.T) {
	unsigned, signed := ingenico(t), slack(t, at(noon))
	post := ingenicoCheck("a1b2<c>")
	post.Method = "POST"
	for _, c := range []struct {
		name string
		v    *Verifier
		m    *Message
		want *Handshake
		err  error
	}{
		{"unsigned", unsigned, ingenicoCheck("a1b2<c>"), &Handshake{"text/plain", []byte("a1b2<c>"), false}, nil},
		{"no check", unsigned, post, nil, nil},
		{"signed", signed, fromSlack(t, "s", slackCheck), &Handshake{"text/plain", []byte("<3eZb>"), true}, nil},
		{"no check, though signed", signed, fromSlack(t, "s", slackEvent), nil, nil},
		{"no check, and forged", signed, fromSlack(t, "another", slackEvent), nil, nil},
		{"forged", signed, fromSlack(t, "another", slackCheck), nil, ErrSignatureMismatch},
		{"late", slack(t, at(noon.Add(time.Hour))), fromSlack(t, "s", slackCheck), nil, ErrTimestampTooOld},
		{"large", slack(t, at(noon), WithMaxBody(9)), fromSlack(t, "s", slackCheck), nil, ErrTooLarge},
		{"scheme without checks", verifierOf(t), deposit(), nil, nil},
	} {
		got, err := c.v.Handshake(c.m)
		if c.err != nil {
			if got != nil || !errors.Is(err, c.err) {
				t.Errorf("%s: %+v %v", c.name, got, err)
			}
			continue
		}
		if err != nil || (got == nil) != (c.want == nil) {
			t.Errorf("%s: %+v %v", c.name, got, err)
			continue
		}
		if got != nil && (got.ContentType != c.want.ContentType || !bytes.Equal(got.Body, c.want.Body) || got.Verified != c.want.Verified) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	unsigned.Close()
	if got, err := unsigned.Handshake(ingenicoCheck("a")); got != nil || !errors.Is(err, ErrInvalidOption) {
		t.Errorf("closed: %+v %v", got, err)
	}
}

// A check that is not signed is nothing that Verify could accept: it is to be asked second.
func TestUnsignedCheckIsRefused(t *testing.T) {
	if _, err := ingenico(t).Verify(ingenicoCheck("a"), 0); !errors.Is(err, ErrMissingSignature) {
		t.Error(err)
	}
}

// The answer is larger than any buffer that is kept.
func TestHandshakeGrows(t *testing.T) {
	challenge := strings.Repeat("3eZb", keep/2)
	got, err := slack(t, at(noon)).Handshake(fromSlack(t, "s", `{"type":"url_verification","challenge":"`+challenge+`"}`))
	if err != nil || string(got.Body) != challenge {
		t.Fatal(got != nil, err)
	}
}

// The body of an answer is the caller's, whatever the next call writes.
func TestHandshakeBodyStays(t *testing.T) {
	v := ingenico(t)
	got, err := v.Handshake(ingenicoCheck("first"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 8; i++ {
		if _, err := v.Handshake(ingenicoCheck("later")); err != nil {
			t.Fatal(err)
		}
	}
	if string(got.Body) != "first" {
		t.Errorf("%q", got.Body)
	}
}

func TestMiddlewareAnswersChecks(t *testing.T) {
	signed := slack(t, at(noon))
	for _, c := range []struct {
		name    string
		v       *Verifier
		m       *Message
		want    int
		body    string
		reached bool
		err     error
	}{
		{"unsigned", ingenico(t), ingenicoCheck("<b>hi</b>"), 200, "<b>hi</b>", false, nil},
		{"signed", signed, fromSlack(t, "s", slackCheck), 200, "<3eZb>", false, nil},
		{"forged", signed, fromSlack(t, "another", slackCheck), 401, "Unauthorized\n", false, ErrSignatureMismatch},
		{"no check", signed, fromSlack(t, "s", slackEvent), 200, "", true, nil},
		{"no check, and forged", signed, fromSlack(t, "another", slackEvent), 401, "Unauthorized\n", false, ErrSignatureMismatch},
	} {
		guard, reached := &memory{state: map[string]Replay{}}, false
		var heard error
		handler := Middleware(c.v, &MiddlewareOptions{Guard: guard, OnError: func(_ *http.Request, e *Error) { heard = e }})(
			http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
		// The same again: no guard stands between a provider and its answer.
		for i := 0; i < 2 && !reached; i++ {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, requestOf(c.m))
			if w.Code != c.want || w.Body.String() != c.body || !errors.Is(heard, c.err) {
				t.Errorf("%s: %d %q, %v", c.name, w.Code, w.Body, heard)
			}
			if answered := c.want == 200 && !c.reached; answered &&
				(w.Header().Get("Content-Type") != "text/plain" || w.Header().Get("X-Content-Type-Options") != "nosniff") {
				t.Errorf("%s: %v", c.name, w.Header())
			}
		}
		if reached != c.reached || (len(guard.state) > 0) != c.reached {
			t.Errorf("%s: reached %v, guard %v", c.name, reached, guard.state)
		}
	}
}

func TestHandshakeNeedsKey(t *testing.T) {
	s := newKeyServer(t)
	cache := s.cache(t, checking, KeyCacheOptions{})
	check := keyed(t, checking, "k1", "https://example.com/k1")
	var e *Error
	if _, err := cache.verifier.Handshake(check); !errors.As(err, &e) || e.Status != StatusNeedsKey || e.NeedKeyID != "k1" ||
		e.NeedKeyURL != "https://example.com/k1" {
		t.Errorf("%+v", e)
	}
	if got, err := cache.Handshake(background, check); err != nil || got == nil || string(got.Body) != "hello" || !got.Verified {
		t.Error(got, err)
	}
	forged := keyed(t, checking, "k1", "https://example.com/k1")
	forged.Body = []byte("{}")
	if got, err := cache.Handshake(background, forged); got != nil || !errors.Is(err, ErrSignatureMismatch) {
		t.Error(got, err)
	}
	other := keyed(t, checking, "k1", "https://example.com/k1")
	other.Method = "PUT"
	if got, err := cache.Handshake(background, other); got != nil || err != nil {
		t.Error(got, err)
	}
	if n := atomic.LoadInt64(&s.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
	missing := keyed(t, checking, "k2", "https://example.com/missing")
	if got, err := cache.Handshake(background, missing); got != nil || !errors.Is(err, ErrNeedsKey) || errors.Unwrap(err) == nil {
		t.Error(got, err)
	}
}

// The middleware fetches what a check needs, and what a message needs.
func TestMiddlewareFetchesForChecks(t *testing.T) {
	for method, want := range map[string]string{"POST": "hello", "PUT": "k1"} {
		s := newKeyServer(t)
		handler := Middleware(nil, &MiddlewareOptions{Keys: s.cache(t, checking, KeyCacheOptions{})})(
			http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte(FromContext(r.Context()).KeyID))
			}))
		m := keyed(t, checking, "k1", "https://example.com/k1")
		m.Method = method
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, requestOf(m))
		if w.Code != 200 || w.Body.String() != want || atomic.LoadInt64(&s.asked) != 1 {
			t.Errorf("%s: %d %q, asked %d times", method, w.Code, w.Body, atomic.LoadInt64(&s.asked))
		}
	}
}
