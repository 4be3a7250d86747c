package paysig

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// is says that an error has this status and names this field.
func is(t *testing.T, name string, err, status error, field string) {
	t.Helper()
	var e *Error
	if !errors.Is(err, status) || !errors.As(err, &e) || e.Field != field {
		t.Errorf("%s: %v", name, err)
	}
}

// A duration that is rounded is a time that nobody asked for.
func TestDurationsAreWholeSeconds(t *testing.T) {
	wrong := []time.Duration{60, 600, 500 * time.Millisecond, 1500 * time.Millisecond, -500 * time.Millisecond, -time.Second}
	s := scheme(t, "directa24-deposits")
	for _, d := range wrong {
		_, err := s.NewVerifier(Request, []Key{{Credentials: login}}, WithTolerance(d))
		is(t, "tolerance of "+d.String(), err, ErrInvalidOption, "tolerance")
		_, err = s.Diagnose(Request, []Key{{Credentials: login}}, nil, deposit(), WithTolerance(d))
		is(t, "diagnosis with a tolerance of "+d.String(), err, ErrInvalidOption, "tolerance")
	}
	for _, d := range []time.Duration{0, 8 * time.Second} {
		if _, err := s.NewVerifier(Request, []Key{{Credentials: login}}, WithTolerance(d)); err != nil {
			t.Error(d, err)
		}
	}
	signer, err := scheme(t, "pledg-jwt").NewSigner(Request, Credentials{"secret": "s"})
	if err != nil {
		t.Fatal(err)
	}
	m := &Message{Method: "POST", Target: "/"}
	for _, d := range wrong {
		_, err := signer.Sign(m, &SignOptions{Payload: []byte("{}"), ExpiresIn: d})
		is(t, "expires in "+d.String(), err, ErrInvalidOption, "expires_in")
	}
	if _, err := signer.Sign(m, &SignOptions{Payload: []byte("{}"), ExpiresIn: time.Minute}); err != nil {
		t.Error(err)
	}
}

func TestOptionsOfAnotherHandle(t *testing.T) {
	s, keys := scheme(t, "directa24-deposits"), []Key{{Credentials: login}}
	for _, saved := range []string{"x", ""} {
		_, err := s.NewSigner(Request, login, WithSavedState(saved))
		is(t, "signer", err, ErrInvalidOption, "saved")
		_, err = s.NewVerifier(Request, keys, WithSavedState(saved))
		is(t, "verifier", err, ErrInvalidOption, "saved")
		_, err = s.Explain(Request, keys, deposit(), nil, WithSavedState(saved))
		is(t, "explanation", err, ErrInvalidOption, "saved")
		_, err = s.Diagnose(Request, keys, nil, deposit(), WithSavedState(saved))
		is(t, "diagnosis", err, ErrInvalidOption, "saved")
	}
	session, err := scheme(t, "pledg-token").NewTokenSession(Credentials{"api_key": "k", "api_secret": "s"}, WithSavedState(""))
	if err != nil {
		t.Fatal(err)
	}
	session.Close()
}

// What must not be nil is refused by name, and nothing panics.
func TestNilArguments(t *testing.T) {
	s, keys := scheme(t, "directa24-deposits"), []Key{{Credentials: login}}
	signer, verifier, background := signerOf(t), verifierOf(t), context.Background()
	cache, err := NewKeyCache(verifier, keys, KeyCacheOptions{Key: func(string, string, []byte) (Key, error) { return keys[0], nil }})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReader("")
	for _, c := range []struct {
		name, field string
		call        func() error
	}{
		{"Sign", "message", func() error { _, err := signer.Sign(nil, nil); return err }},
		{"Prepare", "message", func() error { _, err := signer.Prepare(nil, nil); return err }},
		{"Finish", "message", func() error { _, err := signer.Finish(nil, nil, nil); return err }},
		{"Signer.Stream", "message", func() error { _, err := signer.Stream(nil, nil); return err }},
		{"SignReader", "message", func() error { _, err := signer.SignReader(nil, body, nil); return err }},
		{"SignReader without body", "body", func() error { _, err := signer.SignReader(&Message{Method: "POST", Target: "/"}, nil, nil); return err }},
		{"Verify", "message", func() error { _, err := verifier.Verify(nil, WantAll); return err }},
		{"Handshake", "message", func() error { _, err := verifier.Handshake(nil); return err }},
		{"Verifier.Stream", "message", func() error { _, err := verifier.Stream(nil, LengthUnknown); return err }},
		{"VerifyReader", "message", func() error { _, err := verifier.VerifyReader(nil, body, 0, 0); return err }},
		{"VerifyReader without body", "body", func() error {
			signed, err := signer.Sign(deposit(), nil)
			if err != nil {
				return err
			}
			_, err = verifier.VerifyReader(head(signed), nil, 0, 0)
			return err
		}},
		{"KeyCache.Verify", "message", func() error { _, err := cache.Verify(background, nil, 0); return err }},
		{"KeyCache.Handshake", "message", func() error { _, err := cache.Handshake(background, nil); return err }},
		{"NewKeyCache", "verifier", func() error { _, err := NewKeyCache(nil, keys, cache.options); return err }},
		{"Explain", "message", func() error { _, err := s.Explain(Request, keys, nil, nil); return err }},
		{"Diagnose", "message", func() error { _, err := s.Diagnose(Request, keys, nil, nil); return err }},
		{"clock of a signer", "clock", func() error { _, err := s.NewSigner(Request, login, WithClock(nil)); return err }},
		{"clock of a verifier", "clock", func() error { _, err := s.NewVerifier(Request, keys, WithClock(nil)); return err }},
		{"clock of a session", "clock", func() error { _, err := s.NewTokenSession(login, WithClock(nil)); return err }},
		{"option", "option", func() error { _, err := s.NewVerifier(Request, keys, nil); return err }},
	} {
		is(t, c.name, c.call(), ErrNullArgument, c.field)
	}
}
