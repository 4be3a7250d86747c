package paysig

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	noon  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	login = Credentials{"login": "shop-login", "secret": "api-signature"}
)

const d24 = "D24 cbed6bb7c253922ea3d04b87937ba3311cf31210d53b222dcfb80e21370967ed"

func at(t time.Time) Option { return WithClock(func() time.Time { return t }) }

func deposit() *Message {
	return &Message{Method: "POST", Target: "/v3/deposits", Body: []byte(`{"amount":"1.50"}`)}
}

func scheme(t testing.TB, id string) *Scheme {
	t.Helper()
	s, err := Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signerOf(t testing.TB, options ...Option) *Signer {
	t.Helper()
	s, err := scheme(t, "directa24-deposits").NewSigner(Request, login, options...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func verifierOf(t testing.TB, options ...Option) *Verifier {
	t.Helper()
	v, err := scheme(t, "directa24-deposits").NewVerifier(Request, []Key{{Credentials: login}}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSignAndVerify(t *testing.T) {
	m := deposit()
	signed, err := signerOf(t, at(noon)).Sign(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Header{{"X-Date", "2026-01-02T03:04:05Z"}, {"X-Login", "shop-login"}, {"Authorization", d24}}
	if fmt.Sprint(signed.Header) != fmt.Sprint(want) {
		t.Fatalf("headers %v", signed.Header)
	}
	if signed.Timestamp != "2026-01-02T03:04:05Z" || signed.KeyID != "shop-login" || signed.Target != "" || signed.Body != nil {
		t.Errorf("%+v", signed)
	}
	m.Header = signed.Header
	verified, err := verifierOf(t, at(noon)).Verify(m, WantAll)
	if err != nil {
		t.Fatal(err)
	}
	covered := verified.Covered()
	if verified.KeyID != "shop-login" || !verified.Timestamp.Equal(noon) || len(verified.ReplayKey) != 64 || verified.Items != 1 ||
		!covered.Body || covered.Path || len(covered.Headers) != 2 {
		t.Errorf("%+v %+v", verified, covered)
	}
}

// Message, verifier's options and what errors.Is must say.
func TestVerdicts(t *testing.T) {
	cases := []struct {
		name   string
		change func(m *Message)
		option Option
		want   error
		field  string
	}{
		{"body", func(m *Message) { m.Body[3]++ }, nil, ErrSignatureMismatch, ""},
		{"no signature", func(m *Message) { m.Header = m.Header[:2] }, nil, ErrMissingSignature, "Authorization"},
		{"syntax", func(m *Message) { m.Header[2].Value = "D24 xyz" }, nil, ErrMalformedSignature, "Authorization"},
		{"no date", func(m *Message) { m.Header = m.Header[1:] }, nil, ErrMissingField, "X-Date"},
		{"two dates", func(m *Message) { m.Header = append(m.Header, m.Header[0]) }, nil, ErrDuplicateField, "X-Date"},
		{"other key", func(m *Message) { m.Header[1].Value = "other" }, nil, ErrUnknownKey, "key_id"},
		{"old", func(m *Message) {}, at(noon.Add(time.Hour)), ErrTimestampTooOld, ""},
		{"new", func(m *Message) {}, at(noon.Add(-time.Hour)), ErrTimestampTooNew, ""},
		{"large", func(m *Message) {}, WithMaxBody(3), ErrTooLarge, "body"},
		{"tolerance", func(m *Message) {}, func(c *config) { at(noon.Add(9 * time.Second))(c); WithTolerance(8 * time.Second)(c) }, ErrTimestampTooOld, ""},
		{"no clock", func(m *Message) {}, WithoutClock(), ErrInvalidOption, "now"},
	}
	for _, c := range cases {
		m := deposit()
		m.Header = []Header{{"X-Date", "2026-01-02T03:04:05Z"}, {"X-Login", "shop-login"}, {"Authorization", d24}}
		c.change(m)
		options := []Option{at(noon)}
		if c.option != nil {
			options = append(options, c.option)
		}
		_, err := verifierOf(t, options...).Verify(m, 0)
		var e *Error
		if !errors.Is(err, c.want) || !errors.As(err, &e) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
			continue
		}
		if !strings.EqualFold(e.Field, c.field) {
			t.Errorf("%s: field %q, want %q", c.name, e.Field, c.field)
		}
		if strings.Contains(err.Error(), "api-signature") {
			t.Errorf("%s: the error holds the secret", c.name)
		}
	}
}

func TestConfigurationErrors(t *testing.T) {
	s := scheme(t, "directa24-deposits")
	_, unknown := Builtin("directa24-deposit")
	_, recipe := FromTOML("id = 3", "mine.toml")
	_, missing := s.NewSigner(Request, Credentials{"login": "a"})
	_, flow := s.NewSigner(Response, login)
	_, number := s.NewSigner(9, login)
	_, option := s.NewSigner(Request, login, WithTolerance(time.Second))
	_, session := s.NewTokenSession(login)
	_, variant := s.Explain(Request, []Key{{Credentials: login}}, deposit(), nil, WithVariant("loose"))
	_, text := signerOf(t).Sign(&Message{Method: "GET\xff", Target: "/"}, nil)
	_, injected := signerOf(t, at(noon)).Sign(&Message{Method: "GET", Target: "/", Header: []Header{{"X-Date", "a\r\nb"}}}, nil)
	_, twice := s.NewVerifier(Request, []Key{{Credentials: login}}, WithMaxBody(1), WithMaxBody(2))
	for _, c := range []struct{ got, want error }{
		{unknown, ErrUnknownScheme}, {recipe, ErrInvalidRecipe}, {missing, ErrInvalidCredentials}, {flow, ErrUnsupportedFlow},
		{number, ErrUnsupportedFlow}, {option, ErrInvalidOption}, {session, ErrUnsupported}, {variant, ErrInvalidOption},
		{text, ErrInvalidUTF8}, {injected, ErrInvalidMessage}, {twice, ErrInvalidOption},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	if recipe == nil || !strings.Contains(recipe.Error(), "mine.toml") {
		t.Errorf("%v does not name the file", recipe)
	}
}

func TestKeyElsewhere(t *testing.T) {
	s, err := scheme(t, "directa24-deposits").NewSigner(Request, Credentials{"login": "shop-login"}, WithKeyElsewhere())
	if err != nil {
		t.Fatal(err)
	}
	o := &SignOptions{Time: noon}
	prepared, err := s.Prepare(deposit(), o)
	if err != nil || prepared.Algorithm != "hmac-sha256" {
		t.Fatal(prepared, err)
	}
	mac := hmac.New(sha256.New, []byte("api-signature"))
	mac.Write(prepared.StringToSign)
	signed, err := s.Finish(mac.Sum(nil), deposit(), o)
	if err != nil || signed.Header[len(signed.Header)-1].Value != d24 {
		t.Fatal(signed, err)
	}
}

func TestExplain(t *testing.T) {
	e, err := scheme(t, "directa24-deposits").Explain(Request, []Key{{Credentials: login}}, deposit(), nil, at(noon))
	if err != nil || string(e.StringToSign) != `2026-01-02T03:04:05Zshop-login{"amount":"1.50"}` || len(e.Parts) != 3 {
		t.Fatal(e, err)
	}
	if p := e.Parts[1]; p.Start != 20 || p.End != 30 {
		t.Errorf("%+v", p)
	}
}

// Results beyond the first buffer, and bytes that are not UTF-8.
func TestLargeAndBinary(t *testing.T) {
	m := deposit()
	m.Body = []byte(strings.Repeat("\xff\x00", 200_000))
	signed, err := signerOf(t, at(noon)).Sign(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Header = append(signed.Header, Header{"X-Other", strings.Repeat("\xfe", 50_000)})
	if _, err := verifierOf(t, at(noon)).Verify(m, WantAll); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat(`"`, 40_000)
	e, err := scheme(t, "directa24-deposits").Explain(Request, []Key{{Credentials: login}}, &Message{Method: "POST", Target: "/", Body: []byte(text)}, nil, at(noon))
	if err != nil || !strings.HasSuffix(string(e.StringToSign), text) {
		t.Fatal(err)
	}
}

// C sees the body's bytes, not the pointers beside them, which Go would refuse to hand over.
func TestBodyInsideAStruct(t *testing.T) {
	type chunk struct {
		next *chunk
		data [16]byte
	}
	c := &chunk{next: new(chunk)}
	m := deposit()
	m.Body = c.data[:copy(c.data[:], `{"amount":1}`)]
	if _, err := signerOf(t, at(noon)).Sign(m, nil); err != nil {
		t.Error(err)
	}
}

func TestRotation(t *testing.T) {
	m := deposit()
	m.Header = []Header{{"X-Date", "2026-01-02T03:04:05Z"}, {"X-Login", "shop-login"}, {"Authorization", d24}}
	old := verifierOf(t, at(noon))
	v, err := old.WithKeys([]Key{{Credentials: Credentials{"login": "shop-login", "secret": "next"}}, {Credentials: login, NotAfter: noon.Add(time.Minute)}})
	if err != nil {
		t.Fatal(err)
	}
	verified, err := v.Verify(m, 0)
	if err != nil || verified.KeyIndex != 1 {
		t.Fatal(verified, err)
	}
	v, _ = old.WithKeys([]Key{{Credentials: login, NotAfter: noon.Add(-time.Minute)}})
	if _, err := v.Verify(m, 0); !errors.Is(err, ErrKeyExpired) {
		t.Error(err)
	}
	v, _ = old.WithKeys([]Key{{Credentials: login, NotBefore: noon.Add(time.Minute)}})
	if _, err := v.Verify(m, 0); !errors.Is(err, ErrKeyNotYetValid) {
		t.Error(err)
	}
}

func TestClosedHandles(t *testing.T) {
	s, signer, v := scheme(t, "directa24-deposits"), signerOf(t), verifierOf(t)
	session, err := scheme(t, "pledg-token").NewTokenSession(Credentials{"api_key": "k", "api_secret": "s"})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 2; i++ {
		s.Close()
		signer.Close()
		v.Close()
		session.Close()
	}
	_, a := s.NewSigner(Request, login)
	_, b := signer.Sign(deposit(), nil)
	_, c := v.Verify(deposit(), 0)
	_, d := session.Next()
	for _, err := range []error{a, b, c, d, session.Fetched(200, nil), session.Refused(), session.Accepted()} {
		if !errors.Is(err, ErrInvalidOption) {
			t.Error(err)
		}
	}
}

func TestCatalogue(t *testing.T) {
	list, err := Catalogue()
	if err != nil || len(list) < 20 {
		t.Fatal(list, err)
	}
	for _, info := range list {
		recipe, err := Recipe(info.ID)
		if err != nil {
			t.Fatal(err)
		}
		s, err := FromTOML(recipe, info.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	if !strings.HasPrefix(LinkInfo(), "libpaysig "+Version()+" (ABI ") || !strings.HasSuffix(LinkInfo(), engine().Linkage()+")") {
		t.Error(LinkInfo())
	}
}

func TestSavedSession(t *testing.T) {
	keys := Credentials{"api_key": "k", "api_secret": "s"}
	s, err := scheme(t, "pledg-token").NewTokenSession(keys, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	step, err := s.Next()
	if err != nil || step.Action != Fetch || step.Method != "POST" || string(step.Body) != "grant_type=client_credentials" {
		t.Fatal(step, err)
	}
	if second, err := s.Next(); err != nil || second.Action != Wait {
		t.Fatal(second, err)
	}
	if err := s.Fetched(200, []byte("{}")); !errors.Is(err, ErrTokenResponseInvalid) {
		t.Error(err)
	}
	if err := s.Fetched(200, []byte(`{"access_token":"tok","expires_in":3600,"token_type":"Bearer"}`)); err != nil {
		t.Fatal(err)
	}
	saved, err := s.Save()
	if err != nil {
		t.Fatal(err)
	}
	again, err := scheme(t, "pledg-token").NewTokenSession(keys, at(noon), WithSavedState(saved))
	if err != nil {
		t.Fatal(err)
	}
	step, err = again.Next()
	if err != nil || step.Action != Authorize || step.Header[0] != (Header{"Authorization", "Bearer tok"}) {
		t.Fatal(step, err)
	}
	if strings.Contains(fmt.Sprintf("%v%+v%#v", step, step, step), "tok\"") {
		t.Error("a step prints its token")
	}
}
