package paysig

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// signedRequest is a genuine deposit as a server receives it.
func signedRequest(body string) *http.Request {
	r := httptest.NewRequest("POST", "/v3/deposits", strings.NewReader(body))
	r.Header.Set("X-Date", "2026-01-02T03:04:05Z")
	r.Header.Set("X-Login", "shop-login")
	r.Header.Set("Authorization", d24)
	return r
}

const genuine = `{"amount":"1.50"}`

func TestMiddlewareAnswers(t *testing.T) {
	ring := verifierOf(t, at(noon))
	for _, c := range []struct {
		name   string
		v      *Verifier
		change func(*http.Request)
		limit  int64
		want   int
		err    error
	}{
		{"genuine", ring, func(r *http.Request) {}, 0, 200, nil},
		{"tampered", ring, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")) }, 0, 401, ErrSignatureMismatch},
		{"unsigned", ring, func(r *http.Request) { r.Header.Del("Authorization") }, 0, 400, ErrMissingSignature},
		{"malformed", ring, func(r *http.Request) { r.Header.Set("Authorization", "D24 ?") }, 0, 400, ErrMalformedSignature},
		{"twice", ring, func(r *http.Request) { r.Header.Add("Authorization", d24) }, 0, 400, ErrDuplicateField},
		{"large", ring, func(r *http.Request) {}, 5, 413, ErrTooLarge},
		{"broken off", ring, func(r *http.Request) { r.Body = &closing{err: io.ErrUnexpectedEOF} }, 0, 400, ErrMalformedField},
		{"late", verifierOf(t, at(noon.Add(time.Hour))), func(r *http.Request) {}, 0, 401, ErrTimestampTooOld},
	} {
		var heard error
		o := &MiddlewareOptions{MaxBody: c.limit, OnError: func(_ *http.Request, e *Error) { heard = e }}
		reached := false
		handler := Middleware(c.v, o)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			reached = true
			if body, _ := io.ReadAll(r.Body); string(body) != genuine || r.ContentLength != int64(len(genuine)) {
				t.Errorf("%s: the handler reads %q", c.name, body)
			}
			if v := FromContext(r.Context()); v == nil || v.KeyID != "shop-login" || !v.Covered().Body {
				t.Errorf("%s: %+v", c.name, v)
			}
		}))
		r, w := signedRequest(genuine), httptest.NewRecorder()
		c.change(r)
		handler.ServeHTTP(w, r)
		if w.Code != c.want || !errors.Is(heard, c.err) || reached != (c.want == 200) {
			t.Errorf("%s: %d, %v", c.name, w.Code, heard)
		}
		if c.err != nil && strings.Contains(w.Body.String(), strings.TrimPrefix(c.err.Error(), "paysig: ")) {
			t.Errorf("%s: the other side is told %q", c.name, w.Body)
		}
	}
	if FromContext(context.Background()) != nil {
		t.Error("there is nothing outside")
	}
}

// A guard for one process, as tests need it.
type memory struct {
	mu    sync.Mutex
	state map[string]Replay
	err   error
}

func (m *memory) Begin(_ context.Context, key string) (Replay, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return 0, "", m.err
	}
	state, seen := m.state[key]
	if !seen {
		m.state[key] = ReplayInProgress
		return ReplayFresh, "lease", nil
	}
	return state, "", nil
}

func (m *memory) set(key, lease string, state Replay) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if lease != "lease" {
		return errors.New("not its lease")
	}
	if delete(m.state, key); state == ReplayDone {
		m.state[key] = state
	}
	return m.err
}

func (m *memory) Commit(_ context.Context, key, lease string) error {
	return m.set(key, lease, ReplayDone)
}

func (m *memory) Release(_ context.Context, key, lease string) error {
	return m.set(key, lease, ReplayFresh)
}

func TestReplayGuard(t *testing.T) {
	guard, handled := &memory{state: map[string]Replay{}}, 0
	var heard error
	var inside func(w http.ResponseWriter)
	handler := Middleware(verifierOf(t, at(noon)), &MiddlewareOptions{Guard: guard, OnError: func(_ *http.Request, e *Error) { heard = e }})(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handled++; inside(w) }))
	deliver := func() int {
		w := httptest.NewRecorder()
		func() {
			defer func() { recover() }()
			handler.ServeHTTP(w, signedRequest(genuine))
		}()
		return w.Code
	}
	expect := func(name string, code, want, count int) {
		t.Helper()
		if code != want || handled != count {
			t.Errorf("%s: %d, handled %d times", name, code, handled)
		}
	}
	inside = func(w http.ResponseWriter) { w.WriteHeader(500) }
	expect("fails", deliver(), 500, 1)
	inside = func(w http.ResponseWriter) { panic("handler") }
	deliver()
	expect("panics", 0, 0, 2)
	inside = func(w http.ResponseWriter) { expect("meanwhile", deliver(), 503, 3); io.WriteString(w, "thanks") }
	expect("works", deliver(), 200, 3)
	expect("again", deliver(), 200, 3)
	guard.err = errors.New("store is down")
	expect("no store", deliver(), 503, 3)
	if !errors.Is(heard, ErrStoreUnavailable) || !errors.Is(heard, guard.err) {
		t.Error(heard)
	}
}

// Streaming handlers go on streaming behind a guard.
func TestGuardedWriterFlushes(t *testing.T) {
	guard := &memory{state: map[string]Replay{}}
	handler := Middleware(verifierOf(t, at(noon)), &MiddlewareOptions{Guard: guard})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
	}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, signedRequest(genuine))
	if !w.Flushed || len(guard.state) != 1 {
		t.Error(w.Flushed, guard.state)
	}
}

// refusal is the *Error with which a construction panics.
func refusal(t *testing.T, name string, construct func()) (err error) {
	t.Helper()
	defer func() {
		if err, _ = recover().(error); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}()
	construct()
	return nil
}

// Mistakes of the program are noticed at its start, not with the first message.
func TestMiddlewareIsRefusedAtConstruction(t *testing.T) {
	v := verifierOf(t)
	is(t, "no verifier", refusal(t, "no verifier", func() { Middleware(nil, nil) }), ErrNullArgument, "verifier")
	is(t, "no handler", refusal(t, "no handler", func() { Middleware(v, nil)(nil) }), ErrNullArgument, "handler")
	is(t, "no store", refusal(t, "no store", func() { NewRedisGuard(nil, "", GuardOptions{}) }), ErrNullArgument, "store")
	for _, base := range []string{"shop.example", "/in", "//shop.example", "ftp://shop.example", "https://", "https://:443", "https:/shop.example",
		"https://shop.example?a=1", "https://shop.example/?", "https://shop.example/#in", "https://shop example", " https://shop.example"} {
		err := refusal(t, base, func() { Middleware(v, &MiddlewareOptions{PublicURL: base}) })
		is(t, base, err, ErrInvalidOption, "PublicURL")
	}
	for _, base := range []string{"", "https://shop.example", "https://shop.example/", "http://127.0.0.1:8080/in", "https://[::1]:8443"} {
		Middleware(v, &MiddlewareOptions{PublicURL: base})
	}
}

// Without OnError, a mistake in the configuration is logged where net/http logs, and what strangers send is not.
func TestFaultsAreLogged(t *testing.T) {
	square, err := scheme(t, "square").NewVerifier(Webhook, []Key{{Credentials: Credentials{"signature_key": "square-secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	deliver := func(v *Verifier, o *MiddlewareOptions, errorLog *log.Logger) int {
		server := httptest.NewUnstartedServer(Middleware(v, o)(http.NotFoundHandler()))
		server.Config.ErrorLog = errorLog
		server.Start()
		defer server.Close()
		r, err := http.NewRequest("POST", server.URL+"/hook?token=t0ken", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("x-square-hmacsha256-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	var own, usual strings.Builder
	log.SetOutput(&usual)
	defer log.SetOutput(os.Stderr)

	if code := deliver(square, nil, log.New(&own, "", 0)); code != 500 || !strings.HasPrefix(own.String(), "paysig: ") || !strings.Contains(own.String(), "url") {
		t.Errorf("%d, %q", code, own.String())
	}
	if usual.Len() != 0 {
		t.Error(usual.String())
	}
	if code := deliver(square, nil, nil); code != 500 || !strings.Contains(usual.String(), strings.TrimSpace(own.String())) {
		t.Errorf("%d, %q", code, usual.String())
	}
	for _, secret := range []string{"square-secret", "t0ken"} {
		if strings.Contains(usual.String(), secret) {
			t.Errorf("%s is logged", secret)
		}
	}

	usual.Reset()
	if code := deliver(square, &MiddlewareOptions{PublicURL: "https://shop.example"}, nil); code != 401 || usual.Len() != 0 {
		t.Errorf("a verdict: %d, %q", code, usual.String())
	}
	heard := 0
	if deliver(square, &MiddlewareOptions{OnError: func(*http.Request, *Error) { heard++ }}, nil); heard != 1 || usual.Len() != 0 {
		t.Errorf("heard %d times, %q", heard, usual.String())
	}
	down := &memory{err: errors.New("dial redis://:redis-secret@host")}
	deposits := Middleware(verifierOf(t, at(noon)), &MiddlewareOptions{Guard: down})(http.NotFoundHandler())
	deposits.ServeHTTP(httptest.NewRecorder(), signedRequest(genuine))
	if text := usual.String(); !strings.Contains(text, "store_unavailable") || strings.Contains(text, "redis-secret") {
		t.Errorf("%q", text)
	}
}

func TestURLIsConfigured(t *testing.T) {
	r := httptest.NewRequest("POST", "/hooks?a=1", nil)
	r.Host = "evil.example"
	if m := ReceivedMessage(r, nil, ""); m.URL != "" {
		t.Error(m.URL)
	}
	if m := ReceivedMessage(r, nil, "https://shop.example/in/"); m.URL != "https://shop.example/in/hooks?a=1" || m.Target != "/hooks?a=1" {
		t.Error(m.URL, m.Target)
	}
	r.RequestURI = "http://evil.example/hooks?a=1"
	if m := ReceivedMessage(r, nil, ""); m.Target != "/hooks?a=1" {
		t.Error(m.Target)
	}
}
