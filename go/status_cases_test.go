package paysig

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paysig/paysig/go/internal/native"
)

// A scheme whose messages can be wrong in the rarer ways.
const rare = `
id = "rare"
name = "Rare"
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
  { header = "X-Signature", value = [ "v2=", { signature = true } ], reject = [
    { prefix = "v1=", status = "unsupported_version", about = "version 1" },
    { prefix = "rsa=", status = "unsupported_algorithm", about = "RSA" },
  ] },
]
fetch = {}
require = [ { value = { json = "mode" }, equals = "live", status = "content_rejected" } ]
`

// rareMessage signs a body, lets the message be changed and judges it.
func rareMessage(t *testing.T, body string, change func(m *Message)) error {
	s, err := FromTOML(rare, "rare.toml")
	if err != nil {
		t.Fatal(err)
	}
	keys := Credentials{"kid": "k1", "secret": "s"}
	signer, err := s.NewSigner(Webhook, keys)
	if err != nil {
		t.Fatal(err)
	}
	m := &Message{Method: "POST", Target: "/hook", Body: []byte(body)}
	signed, err := signer.Sign(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Header = signed.Header
	change(m)
	verifier, err := s.NewVerifier(Webhook, []Key{{Credentials: keys}}, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	_, err = verifier.Verify(m, 0)
	return err
}

// refused judges a genuine deposit, changed, at noon.
func refused(t *testing.T, change func(m *Message), options ...Option) error {
	m := deposit()
	m.Header = []Header{{"X-Date", "2026-01-02T03:04:05Z"}, {"X-Login", "shop-login"}, {"Authorization", d24}}
	change(m)
	_, err := verifierOf(t, append([]Option{at(noon)}, options...)...).Verify(m, 0)
	return err
}

func unchanged(*Message) {}

// fetched reports an answer of a token endpoint.
func fetched(t *testing.T, status int, body string) error {
	session, err := scheme(t, "pledg-token").NewTokenSession(Credentials{"api_key": "id", "api_secret": "s"}, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.Next(); err != nil {
		t.Fatal(err)
	}
	return session.Fetched(status, []byte(body))
}

// guarded delivers a deposit twice and says what the middleware's log heard last.
func guarded(t *testing.T, guard ReplayGuard) (err error) {
	handler := Middleware(verifierOf(t, at(noon)), &MiddlewareOptions{Guard: guard, OnError: func(_ *http.Request, e *Error) { err = e }})(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for i := 0; i < 2; i++ {
		handler.ServeHTTP(httptest.NewRecorder(), signedRequest(genuine))
	}
	return err
}

// What brings each status about. The library never returns those of the last group to a caller of this package unless one of the two has
// a defect; for them, a call's status is put in by hand.
var statusCases = map[string]func(*testing.T) error{
	"SIGNATURE_MISMATCH":  func(t *testing.T) error { return refused(t, func(m *Message) { m.Body[3]++ }) },
	"TIMESTAMP_TOO_OLD":   func(t *testing.T) error { return refused(t, unchanged, at(noon.Add(time.Hour))) },
	"TIMESTAMP_TOO_NEW":   func(t *testing.T) error { return refused(t, unchanged, at(noon.Add(-time.Hour))) },
	"MISSING_SIGNATURE":   func(t *testing.T) error { return refused(t, func(m *Message) { m.Header = m.Header[:2] }) },
	"MALFORMED_SIGNATURE": func(t *testing.T) error { return refused(t, func(m *Message) { m.Header[2].Value = "D24 xyz" }) },
	"MISSING_FIELD":       func(t *testing.T) error { return refused(t, func(m *Message) { m.Header = m.Header[1:] }) },
	"MALFORMED_FIELD":     func(t *testing.T) error { return refused(t, func(m *Message) { m.Header[0].Value = "noon" }) },
	"DUPLICATE_FIELD": func(t *testing.T) error {
		return refused(t, func(m *Message) { m.Header = append(m.Header, m.Header[0]) })
	},
	"UNKNOWN_KEY":       func(t *testing.T) error { return refused(t, func(m *Message) { m.Header[1].Value = "other" }) },
	"KEY_EXPIRED":       func(t *testing.T) error { return inWindow(t, Key{NotAfter: noon.Add(-time.Minute)}) },
	"KEY_NOT_YET_VALID": func(t *testing.T) error { return inWindow(t, Key{NotBefore: noon.Add(time.Minute)}) },
	"UNSUPPORTED_VERSION": func(t *testing.T) error {
		return rareMessage(t, `{"mode":"live"}`, func(m *Message) { m.Header[1].Value = "v1=00" })
	},
	"UNSUPPORTED_ALGORITHM": func(t *testing.T) error {
		return rareMessage(t, `{"mode":"live"}`, func(m *Message) { m.Header[1].Value = "rsa=00" })
	},
	"CONTENT_REJECTED": func(t *testing.T) error { return rareMessage(t, `{"mode":"test"}`, unchanged) },
	"TOO_LARGE":        func(t *testing.T) error { return refused(t, unchanged, WithMaxBody(3)) },
	"NEEDS_KEY": func(t *testing.T) error {
		err := rareMessage(t, `{"mode":"live"}`, func(m *Message) { m.Header[0].Value = "k2" })
		var e *Error
		if !errors.As(err, &e) || e.NeedKeyID != "k2" || e.NeedKeyURL != "" {
			t.Errorf("which key: %+v", e)
		}
		return err
	},
	"UNVERIFIABLE": func(t *testing.T) error {
		v, err := scheme(t, "mollie-classic").NewVerifier(Webhook, []Key{{}})
		if err != nil {
			return err
		}
		_, err = v.Verify(deposit(), 0)
		return err
	},
	"REPLAYED":       func(t *testing.T) error { return guarded(t, &memory{state: map[string]Replay{}}) },
	"UNKNOWN_SCHEME": func(*testing.T) error { _, err := Builtin("nobody"); return err },
	"INVALID_RECIPE": func(*testing.T) error { _, err := FromTOML("id = 3", "mine.toml"); return err },
	"INVALID_CREDENTIALS": func(t *testing.T) error {
		_, err := scheme(t, "directa24-deposits").NewSigner(Request, Credentials{"login": "a"})
		return err
	},
	"UNSUPPORTED_FLOW": func(t *testing.T) error {
		_, err := scheme(t, "directa24-deposits").NewSigner(Response, login)
		return err
	},
	"INVALID_MESSAGE": func(t *testing.T) error {
		m := deposit()
		m.Header = []Header{{"X-Date", "2026-01-02T03:04:05Z"}}
		_, err := signerOf(t, at(noon)).Sign(m, nil)
		return err
	},
	"UNSUPPORTED": func(t *testing.T) error {
		s, err := FromTOML(members, "members.toml")
		if err != nil {
			t.Fatal(err)
		}
		signer, err := s.NewSigner(Request, Credentials{"secret": "s"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = signer.Stream(head(nil), nil)
		return err
	},
	"INVALID_OPTION":         func(t *testing.T) error { return refused(t, unchanged, WithoutClock()) },
	"TOKEN_REFUSED":          func(t *testing.T) error { return fetched(t, 401, "") },
	"TOKEN_RESPONSE_INVALID": func(t *testing.T) error { return fetched(t, 200, "no token") },
	"STORE_UNAVAILABLE":      func(t *testing.T) error { return guarded(t, &memory{err: errors.New("down")}) },
	"INVALID_UTF8":           func(*testing.T) error { _, err := Builtin("\xff"); return err },

	"NULL_ARGUMENT":    func(t *testing.T) error { return failed(&native.Failure{Status: 100}) },
	"BUFFER_TOO_SMALL": func(t *testing.T) error { return failed(&native.Failure{Status: 102}) },
	"ABI_MISMATCH":     func(t *testing.T) error { return failed(&native.Failure{Status: 103}) },
	"INTERNAL":         func(t *testing.T) error { return failed(&native.Failure{Status: 255}) },
}

func inWindow(t *testing.T, key Key) error {
	key.Credentials = login
	v, err := verifierOf(t, at(noon)).WithKeys([]Key{key})
	if err != nil {
		t.Fatal(err)
	}
	m := deposit()
	m.Header = []Header{{"X-Date", "2026-01-02T03:04:05Z"}, {"X-Login", "shop-login"}, {"Authorization", d24}}
	_, err = v.Verify(m, 0)
	return err
}

// The statuses of the header that this package is built against: a new one without a case fails here.
func TestEveryStatusOfTheHeaderHasACase(t *testing.T) {
	include, err := exec.Command("pkg-config", "--variable=includedir", "paysig").Output()
	if err != nil {
		t.Fatal(err)
	}
	header, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(include)), "paysig.h"))
	if err != nil {
		t.Fatal(err)
	}
	body := regexp.MustCompile(`(?s)enum paysig_status\b.*?\n};`).FindString(string(header))
	found := regexp.MustCompile(`PAYSIG_(\w+) = (\d+),`).FindAllStringSubmatch(body, -1)
	if len(found) != len(statusCases)+1 {
		t.Errorf("the header has %d statuses besides OK, there are %d cases", len(found)-1, len(statusCases))
	}
	for _, item := range found {
		name, number := item[1], item[2]
		if name == "OK" {
			continue
		}
		t.Run(strings.ToLower(name), func(t *testing.T) {
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			bring, known := statusCases[name]
			if !known {
				t.Fatal("has no case")
			}
			got := bring(t)
			var e *Error
			if !errors.As(got, &e) || e.Status != Status(n) || !errors.Is(got, sentinels[Status(n)]) {
				t.Fatalf("%v", got)
			}
			if e.Status.String() != strings.ToLower(name) {
				t.Errorf("is called %s", e.Status)
			}
		})
	}
}
