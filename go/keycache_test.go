package paysig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A scheme whose messages name the address of their key; only example.com is allowed.
const fetching = `
id = "fetching"
name = "Fetching"
[credentials]
kid = { public = true }
secret = {}
[webhook]
algorithm = "hmac-sha256"
key_id = { credential = "kid" }
key = { credential = "secret" }
encoding = "hex"
message = [ { body = "raw" } ]
field = [
  { header = "X-Key", value = [ { key_id = true } ] },
  { header = "X-Signature", value = [ { signature = true } ] },
]
fetch = { url = { header = "X-Key-Url" }, hosts = [ "example.com" ] }
`

// keyServer is a loopback server that the transport takes for example.com; /k1 answers the secret of k1.
type keyServer struct {
	*httptest.Server
	asked int64
	hold  chan struct{}
}

func newKeyServer(t *testing.T) *keyServer {
	s := &keyServer{hold: make(chan struct{})}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		atomic.AddInt64(&s.asked, 1)
		switch {
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/k1", http.StatusFound)
		case r.URL.Path == "/missing":
			http.NotFound(w, r)
		case r.URL.Path == "/large":
			fmt.Fprint(w, strings.Repeat("x", 100))
		case r.URL.Path == "/slow":
			<-s.hold
		case strings.HasPrefix(r.URL.Path, "/k"):
			fmt.Fprint(w, "secret of ", r.URL.Path[1:])
		default:
			fmt.Fprint(w, "?")
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(s.hold) })
	return s
}

// transport knows example.com as this server, and nobody else.
func (s *keyServer) transport() http.RoundTripper {
	transport := s.Client().Transport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != "example.com:443" {
			return nil, errors.New("no way to " + address)
		}
		return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
	}
	return transport
}

// cache reads documents of this server.
func (s *keyServer) cache(t *testing.T, recipe string, o KeyCacheOptions) *KeyCache {
	t.Helper()
	scheme, err := FromTOML(recipe, "recipe.toml")
	if err != nil {
		t.Fatal(err)
	}
	v, err := scheme.NewVerifier(Webhook, nil, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	o.Transport = s.transport()
	o.Key = func(id, _ string, document []byte) (Key, error) {
		if !strings.HasPrefix(string(document), "secret of ") {
			return Key{}, errors.New("no key in the document")
		}
		return Key{Credentials: Credentials{"kid": id, "secret": string(document)}}, nil
	}
	cache, err := NewKeyCache(v, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return cache
}

// keyed is a message that was signed with a key that is fetched from an address.
func keyed(t *testing.T, recipe, id, url string) *Message {
	t.Helper()
	s, err := FromTOML(recipe, "recipe.toml")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := s.NewSigner(Webhook, Credentials{"kid": id, "secret": "secret of " + id})
	if err != nil {
		t.Fatal(err)
	}
	m := &Message{Method: "POST", Target: "/hook", Body: []byte(genuineRare)}
	signed, err := signer.Sign(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Header = signed.Header
	if url != "" {
		m.Header = append(m.Header, Header{"X-Key-Url", url})
	}
	return m
}

const genuineRare = `{"mode":"live"}`

func TestKeyCacheFetchesOnce(t *testing.T) {
	s := newKeyServer(t)
	now := noon
	cache := s.cache(t, fetching, KeyCacheOptions{Lifetime: time.Hour})
	cache.now = func() time.Time { return now }
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			if v, err := cache.Verify(background, keyed(t, fetching, "k1", "https://example.com/k1"), WantReplayKey); err != nil || v.KeyID != "k1" {
				t.Error(v, err)
			}
		}()
	}
	all.Wait()
	if n := atomic.LoadInt64(&s.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
	now = now.Add(time.Hour)
	if _, err := cache.Verify(background, keyed(t, fetching, "k1", "https://example.com/k1"), 0); err != nil || atomic.LoadInt64(&s.asked) != 2 {
		t.Errorf("after its lifetime: %v, asked %d times", err, s.asked)
	}
	forged := keyed(t, fetching, "k1", "https://example.com/k1")
	forged.Body = []byte("{}")
	if _, err := cache.Verify(background, forged, 0); !errors.Is(err, ErrSignatureMismatch) {
		t.Error(err)
	}
}

// What cannot be fetched is needs_key with the cause, and is not asked for again at once.
func TestKeyCacheFailures(t *testing.T) {
	s := newKeyServer(t)
	now := noon
	cache := s.cache(t, fetching, KeyCacheOptions{MaxBytes: 20, Timeout: 200 * time.Millisecond, RetryAfter: time.Minute, PerMinute: 100})
	cache.now = func() time.Time { return now }
	for path, want := range map[string]string{
		"/moved": "answered 302", "/missing": "answered 404", "/large": "larger than 20", "/slow": "", "/other": "no key",
	} {
		before := atomic.LoadInt64(&s.asked)
		for i := 0; i < 3; i++ {
			_, err := cache.Verify(background, keyed(t, fetching, "k1", "https://example.com"+path), 0)
			var e *Error
			if !errors.As(err, &e) || e.Status != StatusNeedsKey || e.HTTPStatus() != 503 || e.Err == nil || !strings.Contains(e.Err.Error(), want) {
				t.Errorf("%s: %+v", path, e)
			}
		}
		if n := atomic.LoadInt64(&s.asked) - before; n != 1 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	before := atomic.LoadInt64(&s.asked)
	now = now.Add(time.Minute)
	cache.Verify(background, keyed(t, fetching, "k1", "https://example.com/missing"), 0)
	if atomic.LoadInt64(&s.asked) != before+1 {
		t.Error("a failed fetch is never tried again")
	}
	// Addresses that the recipe does not allow are never asked for: that is the core's verdict.
	before = atomic.LoadInt64(&s.asked)
	for _, url := range []string{"https://evil.example/k1", "http://example.com/k1", "https://example.com:444/k1", "https://u@example.com/k1"} {
		if _, err := cache.Verify(background, keyed(t, fetching, "k1", url), 0); err == nil || errors.Is(err, ErrNeedsKey) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if atomic.LoadInt64(&s.asked) != before {
		t.Error("a refused address was asked for")
	}
}

// A document that does not belong to the id that was asked for is not fetched at every message.
func TestKeyCacheMisfit(t *testing.T) {
	s := newKeyServer(t)
	cache := s.cache(t, fetching, KeyCacheOptions{})
	cache.options.Key = func(string, string, []byte) (Key, error) {
		return Key{Credentials: Credentials{"kid": "another", "secret": "s"}}, nil
	}
	for i := 0; i < 3; i++ {
		if _, err := cache.Verify(background, keyed(t, fetching, "k1", "https://example.com/k1"), 0); !errors.Is(err, ErrNeedsKey) {
			t.Error(err)
		}
	}
	if n := atomic.LoadInt64(&s.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestKeyCacheIsBounded(t *testing.T) {
	s := newKeyServer(t)
	now := noon
	cache := s.cache(t, fetching, KeyCacheOptions{MaxKeys: 2, PerMinute: 3})
	cache.now = func() time.Time { return now }
	verify := func(id string) error {
		_, err := cache.Verify(background, keyed(t, fetching, id, "https://example.com/"+id), 0)
		return err
	}
	for _, id := range []string{"k1", "k2", "k3"} {
		if err := verify(id); err != nil {
			t.Fatal(err)
		}
	}
	if len(cache.fetched) != 2 {
		t.Errorf("%d keys are kept", len(cache.fetched))
	}
	err := verify("k4")
	if cause := errors.Unwrap(err); !errors.Is(err, ErrNeedsKey) || cause == nil || !strings.Contains(cause.Error(), "in a minute") {
		t.Error(err, cause)
	}
	if err := verify("k3"); err != nil {
		t.Errorf("known keys do not count: %v", err)
	}
	now = now.Add(time.Minute)
	if err := verify("k4"); err != nil {
		t.Error(err)
	}
}

// Where messages name no address, the host does; and the middleware uses the cache.
func TestKeyCacheLocates(t *testing.T) {
	s := newKeyServer(t)
	m := keyed(t, rare, "k1", "")
	if _, err := s.cache(t, rare, KeyCacheOptions{}).Verify(background, m, 0); !errors.Is(err, ErrNeedsKey) {
		t.Error(err)
	}
	cache := s.cache(t, rare, KeyCacheOptions{Locate: func(id string) (string, error) {
		if id == "kx" {
			panic("no such key")
		}
		return "https://example.com/" + id, nil
	}})
	if _, err := cache.Verify(background, keyed(t, rare, "kx", ""), 0); !errors.Is(err, ErrNeedsKey) {
		t.Error(err)
	}
	handler := Middleware(nil, &MiddlewareOptions{Keys: cache})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, FromContext(r.Context()).KeyID)
	}))
	r := httptest.NewRequest("POST", "/hook", strings.NewReader(genuineRare))
	for _, h := range m.Header {
		r.Header.Set(h.Name, h.Value)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != 200 || w.Body.String() != "k1" {
		t.Error(w.Code, w.Body)
	}
	if _, err := NewKeyCache(cache.verifier, nil, KeyCacheOptions{}); !errors.Is(err, ErrInvalidOption) {
		t.Error(err)
	}
}

// Who gives up waiting does not end the fetch for the others.
func TestKeyCacheOutlivesItsRequest(t *testing.T) {
	s := newKeyServer(t)
	cache := s.cache(t, fetching, KeyCacheOptions{})
	ctx, cancel := context.WithCancel(background)
	cancel()
	m := keyed(t, fetching, "k1", "https://example.com/k1")
	if _, err := cache.Verify(ctx, m, 0); err != nil && (!errors.Is(err, ErrNeedsKey) || !errors.Is(err, context.Canceled)) {
		t.Error(err)
	}
	if _, err := cache.Verify(background, m, 0); err != nil || atomic.LoadInt64(&s.asked) != 1 {
		t.Error(err, s.asked)
	}
}
