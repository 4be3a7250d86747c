package paysig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"testing"
	"time"
)

// resident is what the machine holds for this process, of Go and of C, after everything was given back that can be; in bytes.
func resident(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var all, pages int
	if _, err := fmt.Sscan(string(text), &all, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// Memory stays flat: what a call takes, it gives back. PAYSIG_CALLS says how many calls, 200,000 if it says nothing.
func TestMemoryStaysFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("counts what sanitizers hold back, too")
	}
	calls := 200_000
	if text, given := os.LookupEnv("PAYSIG_CALLS"); given {
		var err error
		if calls, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	signer, verifier := signerOf(t, at(noon)), verifierOf(t, at(noon))
	guard := NewMemoryGuard(1, GuardOptions{Retention: time.Hour})
	changed := deposit()
	changed.Body = []byte("{}")
	// Four calls each.
	rounds := func(count int) {
		for i := 0; i < count; i++ {
			m := deposit()
			signed, err := signer.Sign(m, nil)
			if err != nil {
				t.Fatal(err)
			}
			m.Header = signed.Header
			verified, err := verifier.Verify(m, WantAll)
			if err != nil {
				t.Fatal(err)
			}
			state, lease, err := guard.Begin(context.Background(), verified.ReplayKey)
			if err != nil || state != ReplayFresh {
				t.Fatal(state, err)
			}
			if err := guard.Release(context.Background(), verified.ReplayKey, lease); err != nil {
				t.Fatal(err)
			}
			changed.Header = signed.Header
			if _, err := verifier.Verify(changed, WantAll); !errors.Is(err, ErrSignatureMismatch) {
				t.Fatal(err)
			}
		}
	}
	rounds(calls / 20)
	before := resident(t)
	rounds(calls / 4)
	// A leak of 32 bytes in one of the calls would be 1.6 MB.
	if grown := resident(t) - before; grown > 1<<20 {
		t.Errorf("%d calls took %d bytes for good", calls, grown)
	}
}
