package paysig

import (
	"errors"
	"testing"
)

// Whatever comes, the answer is an *Error or a message that was signed.
func FuzzVerify(f *testing.F) {
	f.Add("POST", "/v3/deposits", "X-Date", "2026-01-02T03:04:05Z", d24, []byte(`{"amount":"1.50"}`))
	f.Add("", "", "", "", "D24 ", []byte(nil))
	v := verifierOf(f, at(noon))
	f.Fuzz(func(t *testing.T, method, target, name, value, signature string, body []byte) {
		m := &Message{Method: method, Target: target, Body: body,
			Header: []Header{{name, value}, {"X-Login", "shop-login"}, {"Authorization", signature}}}
		verified, err := v.Verify(m, WantAll)
		var e *Error
		switch {
		case err == nil && verified.KeyID != "shop-login":
			t.Fatal("accepted without a key")
		case err != nil && !errors.As(err, &e):
			t.Fatal(err)
		case err != nil && errors.Is(err, ErrInternal):
			t.Fatal(err)
		}
	})
}

func FuzzFromTOML(f *testing.F) {
	text, err := Recipe("directa24-deposits")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("id = 3")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := FromTOML(text, "fuzz")
		if err != nil {
			if errors.Is(err, ErrInternal) {
				t.Fatal(err)
			}
			return
		}
		s.Close()
	})
}
