package paysig

import (
	"errors"
	"strings"
	"testing"
)

// The same recipe, message and text stand in the tests of every language.
const mine = `
id = "mine"
name = "Mine"
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
encoding = "hex"
key = { credential = "secret" }
message = [ { header = "x-order" }, "\n", { json = "amount.value" }, "\n", { json = "currency" } ]
field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
`

const words = `Covered: headers x-order; body members amount.value, currency.
Not covered: method; path; query; other headers; the rest of the body.
Signed fields: amount.value = 1.50; currency = "EUR".`

func mineOf(t *testing.T) *Scheme {
	t.Helper()
	s, err := FromTOML(mine, "mine.toml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVerifiedInWords(t *testing.T) {
	s, key := mineOf(t), Credentials{"secret": "s"}
	signer, err := s.NewSigner(Webhook, key, WithoutClock())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := s.NewVerifier(Webhook, []Key{{Credentials: key}}, WithoutClock())
	if err != nil {
		t.Fatal(err)
	}
	m := &Message{Method: "POST", Target: "/hook", Header: []Header{{"X-Order", "17"}},
		Body: []byte(`{"amount":{"value":1.50},"currency":"EUR","note":"x"}`)}
	signed, err := signer.Sign(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Header = append(m.Header, signed.Header...)
	lines := strings.SplitAfter(words, "\n")
	for want, expected := range map[Want]string{
		WantAll: words, WantCovered: strings.TrimSuffix(lines[0]+lines[1], "\n"), WantSignedJSON: lines[2], WantReplayKey: "",
	} {
		verified, err := verifier.Verify(m, want)
		if err != nil || verified.String() != expected {
			t.Errorf("%d: %v %v", want, verified, err)
		}
	}
	e, err := s.Explain(Webhook, []Key{{Credentials: key}}, m, nil, WithoutClock())
	if err != nil || e.String() != strings.TrimSuffix(lines[0]+lines[1], "\n") || len(e.Covered().BodyMembers) != 2 || len(e.Nested) != 0 {
		t.Errorf("%+v %v", e, err)
	}
	spoilt := &Verified{CoveredJSON: []byte("{}")}
	if !strings.Contains(spoilt.String(), "invalid_option") {
		t.Error(spoilt)
	}
}

func TestExplainedDigest(t *testing.T) {
	keys := []Key{{Credentials: Credentials{"access_key_id": "AKIDEXAMPLE", "secret_access_key": "s", "region": "eu-west-1", "service": "execute-api"}}}
	m := &Message{Method: "POST", Target: "/a", Header: []Header{{"Host", "api.example"}}, Body: []byte{0xff}}
	e, err := scheme(t, "aws-sigv4").Explain(Request, keys, m, nil, at(noon))
	if err != nil || len(e.Nested) < 2 {
		t.Fatalf("%+v %v", e, err)
	}
	found := false
	for _, n := range e.Nested {
		last := 0
		for _, p := range n.Parts {
			last = p.End
		}
		found = found || n.Step == "sha256" && strings.HasPrefix(string(n.Bytes), "POST\n/a\n") && last == len(n.Bytes)
	}
	if !found {
		t.Errorf("the canonical request is not shown: %+v", e.Nested)
	}
}

func TestLint(t *testing.T) {
	s := mineOf(t)
	lints, err := s.Lint()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, lint := range lints {
		if lint.Scheme != "mine" || lint.Flow != "webhook" || lint.Line < 1 || lint.Message == "" || lint.Witness == "" || lint.Acknowledged != "" {
			t.Errorf("%+v", lint)
		}
		found = found || lint.ID == "unsigned-body"
	}
	if !found {
		t.Errorf("%+v", lints)
	}
	lints, err = scheme(t, "github").Lint()
	if err != nil || len(lints) == 0 {
		t.Fatal(lints, err)
	}
	for _, lint := range lints {
		if lint.Acknowledged == "" {
			t.Errorf("%+v", lint)
		}
	}
	s.Close()
	if _, err := s.Lint(); !errors.Is(err, ErrInvalidOption) {
		t.Error(err)
	}
}
