//go:build !race

package paysig

import "testing"

// Not under the race detector, which makes sync.Pool forget.
func TestAllocations(t *testing.T) {
	signer, verifier, m := signerOf(t, at(noon)), verifierOf(t, at(noon)), deposit()
	if n := testing.AllocsPerRun(200, func() {
		if _, err := signer.Sign(m, nil); err != nil {
			t.Fatal(err)
		}
	}); n > 2 {
		t.Errorf("Sign allocates %v times; its result is two", n)
	}
	m.Header = []Header{{"X-Date", "2026-01-02T03:04:05Z"}, {"X-Login", "shop-login"}, {"Authorization", d24}}
	if n := testing.AllocsPerRun(200, func() {
		if _, err := verifier.Verify(m, WantReplayKey); err != nil {
			t.Fatal(err)
		}
	}); n > 2 {
		t.Errorf("Verify allocates %v times; its result is two", n)
	}
}
