package paysig

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestDiagnose(t *testing.T) {
	s, keys := scheme(t, "directa24-deposits"), []Key{{Credentials: login}}
	genuine := deposit()
	signed, err := signerOf(t, at(noon)).Sign(genuine, nil)
	if err != nil {
		t.Fatal(err)
	}
	genuine.Header = signed.Header
	d, err := s.Diagnose(Request, keys, nil, genuine, at(noon))
	if err != nil || d.Verdict != StatusOK || len(d.Findings) != 0 {
		t.Fatalf("authentic: %+v %v", d, err)
	}

	// Written again by a JSON library that puts spaces.
	spaced := *genuine
	spaced.Body = []byte(`{"amount": "1.50"}`)
	d, err = s.Diagnose(Request, keys, nil, &spaced, at(noon))
	if err != nil || d.Verdict != StatusSignatureMismatch || len(d.Findings) == 0 || d.Hypotheses == 0 {
		t.Fatalf("spaced: %+v %v", d, err)
	}
	if f := d.Findings[0]; len(f.IDs) != 1 || f.Cause == "" || f.Fix == "" {
		t.Errorf("%+v", f)
	}
	if text := fmt.Sprintf("%+v", d); strings.Contains(text, "api-signature") || strings.Contains(text, d24[4:]) {
		t.Error("the diagnosis holds the secret or the signature")
	}

	// Signed with the key of another environment, which the caller has.
	sandbox := Credentials{"login": "shop-login", "secret": "sandbox"}
	d, err = s.Diagnose(Request, []Key{{Credentials: sandbox}}, []Key{{Credentials: login}}, genuine, at(noon))
	if err != nil || len(d.Findings) == 0 || !strings.Contains(d.Findings[0].IDs[0], "key") {
		t.Fatalf("another key: %+v %v", d, err)
	}

	if _, err := s.Diagnose(9, keys, nil, genuine); !errors.Is(err, ErrUnsupportedFlow) {
		t.Error(err)
	}
	s.Close()
	if _, err := s.Diagnose(Request, keys, nil, genuine); !errors.Is(err, ErrInvalidOption) {
		t.Error(err)
	}
}

// A key that cannot be read is no verdict on the message, and what is wrong with it is found; one that is missing is an error.
func TestDiagnoseUnreadableKey(t *testing.T) {
	s := scheme(t, "standard-webhooks")
	secret := "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
	signer, err := s.NewSigner(Webhook, Credentials{"secret": secret}, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	m := &Message{Method: "POST", Target: "/hook", Body: []byte("{}")}
	signed, err := signer.Sign(m, &SignOptions{Nonce: "msg_1"})
	if err != nil {
		t.Fatal(err)
	}
	m.Header = signed.Header
	d, err := s.Diagnose(Webhook, []Key{{Credentials: Credentials{"secret": secret + "\n"}}}, nil, m, at(noon))
	if err != nil || d.Verdict != StatusInvalidCredentials || len(d.Findings) == 0 || d.Findings[0].IDs[0] != "key-trailing-newline" {
		t.Errorf("%+v %v", d, err)
	}
	for _, bad := range []Credentials{{"secert": secret}, {}} {
		if d, err := s.Diagnose(Webhook, []Key{{Credentials: bad}}, nil, m, at(noon)); !errors.Is(err, ErrInvalidCredentials) {
			t.Errorf("%+v %v", d, err)
		}
	}
}

// A search in vain takes seconds with a library that is not optimised, so its answer stands here.
func TestDiagnosisInVain(t *testing.T) {
	d, err := diagnosis([]byte(`{"verdict":"missing_field","findings":[],"ruled_out":{"another key":12},"hypotheses":345,"exhausted":true}`))
	if err != nil || d.Verdict != StatusMissingField || d.RuledOut["another key"] != 12 || d.Hypotheses != 345 || !d.Exhausted {
		t.Errorf("%+v %v", d, err)
	}
	for name, want := range map[string]Status{"invalid_credentials": StatusInvalidCredentials, "replayed": StatusReplayed, "of tomorrow": StatusInternal} {
		if d, err := diagnosis([]byte(`{"verdict":"` + name + `"}`)); err != nil || d.Verdict != want {
			t.Errorf("%s: %+v %v", name, d, err)
		}
	}
	if _, err := diagnosis([]byte("?")); !errors.Is(err, ErrInternal) {
		t.Error(err)
	}
}

func TestRetention(t *testing.T) {
	v := verifierOf(t)
	if r := v.Retention().Seconds(); r != 11 {
		t.Errorf("from 5 s before to 5 s after: %v s", r)
	}
}
