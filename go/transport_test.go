package paysig

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// closing is a body that says whether it was closed, and fails if it is told to.
type closing struct {
	io.Reader
	closed bool
	err    error
}

func (c *closing) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	return c.Reader.Read(p)
}

func (c *closing) Close() error { c.closed = true; return nil }

// provider verifies what arrives and answers what the handler says.
func provider(t *testing.T, v *Verifier, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(Middleware(v, &MiddlewareOptions{OnError: func(_ *http.Request, e *Error) { t.Log(e) }})(handler))
	t.Cleanup(server.Close)
	return server
}

func echo(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }

func TestTransportSignsWhatIsSent(t *testing.T) {
	server := provider(t, verifierOf(t), echo)
	client := &http.Client{Transport: &Transport{Signer: signerOf(t)}}
	body := &closing{Reader: strings.NewReader(`{"amount":"1.50"}`)}
	req, _ := http.NewRequest("POST", server.URL+"/v3/deposits?a=%20b&a=%C3%A9", body)
	req.Header["X-Other"] = []string{"  padded  "}
	before := req.Clone(context.Background())
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 200 || string(answer) != `{"amount":"1.50"}` {
		t.Fatal(resp.StatusCode, string(answer))
	}
	if !body.closed {
		t.Error("the caller's body was not closed")
	}
	if !reflect.DeepEqual(req.Header, before.Header) || req.Body != io.ReadCloser(body) || req.GetBody != nil || *req.URL != *before.URL {
		t.Error("the caller's request was changed")
	}
	if resp.Request.Header.Get("Authorization") != "" {
		t.Error("the response shows the signed copy")
	}
	for _, method := range []string{"GET", "DELETE", ""} {
		req, _ := http.NewRequest(method, server.URL, nil)
		if resp, err := client.Do(req); err != nil || resp.StatusCode != 200 {
			t.Errorf("%s: %v %v", method, resp, err)
		}
	}
}

// Only what the test looks at; sends nothing.
type recorder struct{ seen *http.Request }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.seen = req
	return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}}, nil
}

func TestTransportSetsGetBody(t *testing.T) {
	base := &recorder{}
	transport := &Transport{Base: base, Signer: signerOf(t)}
	req, _ := http.NewRequest("POST", "http://api.example/v3/deposits", &closing{Reader: strings.NewReader("x=1")})
	if _, err := transport.RoundTrip(req); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 2; i++ {
		again, err := base.seen.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := io.ReadAll(again); string(text) != "x=1" || base.seen.ContentLength != 3 {
			t.Errorf("%q %d", text, base.seen.ContentLength)
		}
	}
}

func TestTransportErrors(t *testing.T) {
	base := &recorder{}
	broken := &closing{err: errors.New("disk on fire")}
	req, _ := http.NewRequest("POST", "http://api.example/", broken)
	_, err := (&Transport{Base: base, Signer: signerOf(t)}).RoundTrip(req)
	if !errors.Is(err, ErrInvalidMessage) || !errors.Is(err, broken.err) || !broken.closed {
		t.Error(err)
	}
	whole := &closing{Reader: strings.NewReader("")}
	req, _ = http.NewRequest("POST", "http://api.example/", whole)
	if _, err := (&Transport{Base: base}).RoundTrip(req); !errors.Is(err, ErrInvalidOption) || !whole.closed {
		t.Error(err)
	}
	whole = &closing{Reader: strings.NewReader("")}
	req, _ = http.NewRequest("POST", "http://api.example/", whole)
	req.Header.Set("Authorization", "mine")
	if _, err := (&Transport{Base: base, Signer: signerOf(t)}).RoundTrip(req); !errors.Is(err, ErrInvalidMessage) || !whole.closed {
		t.Error(err)
	}
	if base.seen != nil {
		t.Error("something was sent")
	}
}

func TestRedirects(t *testing.T) {
	other := provider(t, verifierOf(t), echo)
	var server *httptest.Server
	server = provider(t, verifierOf(t), func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, server.URL+"/end", http.StatusTemporaryRedirect)
		case "/there":
			http.Redirect(w, r, other.URL+"/end", http.StatusTemporaryRedirect)
		default:
			echo(w, r)
		}
	})
	client := &http.Client{Transport: &Transport{Signer: signerOf(t)}}
	resp, err := client.Post(server.URL+"/here", "text/plain", bytes.NewReader([]byte("again")))
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	if text, _ := io.ReadAll(resp.Body); string(text) != "again" {
		t.Errorf("%q", text)
	}
	if _, err := client.Post(server.URL+"/there", "text/plain", strings.NewReader("again")); !errors.Is(err, ErrInvalidMessage) {
		t.Errorf("a redirect to another host was signed: %v", err)
	}
}

// A recipe that writes into query and body, so that net/http must send what was signed.
const inQuery = `
id = "in-query"
name = "In the query"
[credentials]
secret = {}
[request]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
timestamp = { format = "unix", tolerance = 300 }
message = [{ timestamp = true }, ".", { method = true }, ".", { path = "raw" }, ".", { query_field = "x", missing = "" }, ".", { body = "raw" }]
field = [{ query_field = "t", value = [{ timestamp = true }] }, { query_field = "sig", value = [{ signature = true }] }]
`

func TestTransportWritesTheQuery(t *testing.T) {
	s, err := FromTOML(inQuery, "in-query")
	if err != nil {
		t.Fatal(err)
	}
	keys := Credentials{"secret": "0123456789abcdef"}
	signer, err := s.NewSigner(Request, keys)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.NewVerifier(Request, []Key{{Credentials: keys}})
	if err != nil {
		t.Fatal(err)
	}
	server := provider(t, v, echo)
	client := &http.Client{Transport: &Transport{Signer: signer}}
	for _, target := range []string{"/", "/a%2Fb/%C3%A9?x=1+2&y=%20", "/plain?"} {
		resp, err := client.Post(server.URL+target, "text/plain", strings.NewReader("body"))
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("%s: %v %v", target, resp, err)
		}
	}
}

// bank is a token endpoint and an API in one.
type bank struct {
	fetches, calls int32
	status         int32 // of the token endpoint, 200 if 0
	reject         sync.Map
}

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api/token" {
		n := atomic.AddInt32(&b.fetches, 1)
		time.Sleep(20 * time.Millisecond)
		if status := atomic.LoadInt32(&b.status); status != 0 {
			w.WriteHeader(int(status))
		}
		io.WriteString(w, `{"access_token":"token`+string(rune('0'+n))+`","expires_in":3600,"token_type":"Bearer"}`)
		return
	}
	atomic.AddInt32(&b.calls, 1)
	auth := r.Header.Get("Authorization")
	if _, bad := b.reject.Load(auth); bad || !strings.HasPrefix(auth, "Bearer token") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	io.Copy(w, r.Body)
}

func tokens(t *testing.T, b *bank) (*http.Client, string) {
	t.Helper()
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	session, err := scheme(t, "pledg-token").NewTokenSession(Credentials{"api_key": "k", "api_secret": "s"})
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: &Transport{Session: session}}, server.URL
}

// burst sends n requests at once and returns how often each status came.
func burst(t *testing.T, client *http.Client, url string, n int) map[int]int {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for i := 0; i < n; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			resp, err := client.Post(url+"/orders", "text/plain", strings.NewReader("order"))
			status := 0
			if err == nil {
				status = resp.StatusCode
				if text, _ := io.ReadAll(resp.Body); status == 200 && string(text) != "order" {
					t.Errorf("%q", text)
				}
				resp.Body.Close()
			} else if !errors.Is(err, ErrTokenRefused) {
				t.Error(err)
			}
			mu.Lock()
			seen[status]++
			mu.Unlock()
		}()
	}
	all.Wait()
	return seen
}

func TestTokenIsFetchedOnce(t *testing.T) {
	b := &bank{}
	client, url := tokens(t, b)
	if seen := burst(t, client, url, 20); seen[200] != 20 || b.fetches != 1 {
		t.Errorf("%v, %d fetches", seen, b.fetches)
	}
	// The API forgets the token: one new one for all.
	b.reject.Store("Bearer token1", true)
	if seen := burst(t, client, url, 20); seen[200] != 20 || b.fetches != 2 {
		t.Errorf("%v, %d fetches", seen, b.fetches)
	}
	// Fresh tokens are refused, too: the caller sees the 401, and nobody asks for ever.
	for _, name := range []string{"2", "3", "4", "5"} {
		b.reject.Store("Bearer token"+name, true)
	}
	if seen := burst(t, client, url, 1); seen[401] != 1 || b.fetches != 3 {
		t.Errorf("%v, %d fetches", seen, b.fetches)
	}
}

func TestTokenEndpointRefuses(t *testing.T) {
	b := &bank{status: 401}
	client, url := tokens(t, b)
	if seen := burst(t, client, url, 10); seen[0] != 10 || b.fetches != 1 || b.calls != 0 {
		t.Errorf("%v, %d fetches, %d calls", seen, b.fetches, b.calls)
	}
}

// A fetch failed some time ago, and a new one is under way: who waits for that one does not hear of the old one, whatever the clock does.
func TestWhoWaitsHearsOfHisFetch(t *testing.T) {
	var now int64 = 1_767_323_045_000
	session, err := scheme(t, "pledg-token").NewTokenSession(Credentials{"api_key": "k", "api_secret": "s"},
		WithClock(func() time.Time { return time.UnixMilli(atomic.LoadInt64(&now)) }))
	if err != nil {
		t.Fatal(err)
	}
	b := &bank{}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &Transport{Session: session}}
	if step, err := session.Next(); err != nil || step.Action != Fetch {
		t.Fatal(step, err)
	}
	if err := session.Fetched(500, nil); !errors.Is(err, ErrTokenResponseInvalid) {
		t.Fatal(err)
	}
	if _, err := session.Next(); !errors.Is(err, ErrTokenResponseInvalid) {
		t.Fatal("who asks at once hears why:", err)
	}
	atomic.AddInt64(&now, 2000)
	step, err := session.Next()
	if err != nil || step.Action != Fetch {
		t.Fatal(step, err)
	}
	// Now the clock stands still: who waits looks every 20 ms.
	atomic.StoreInt64(&now, step.Until.UnixMilli()-20)
	time.AfterFunc(100*time.Millisecond, func() { session.Fetched(200, []byte(`{"access_token":"token0","expires_in":3600}`)) })
	if seen := burst(t, client, server.URL, 3); seen[200] != 3 || b.fetches != 0 {
		t.Errorf("%v, %d fetches", seen, b.fetches)
	}
}

// The request that started the fetch is given up; the others get the token all the same.
func TestFetchOutlivesItsRequest(t *testing.T) {
	b := &bank{}
	client, url := tokens(t, b)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
	if _, err := client.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if seen := burst(t, client, url, 3); seen[200] != 3 || b.fetches != 1 {
		t.Errorf("%v, %d fetches", seen, b.fetches)
	}
}
