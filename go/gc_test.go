package paysig

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
)

// Handles are dropped while they are in use and collected at every opportunity: one freed during a call would crash or give a wrong
// answer.
func TestHandlesUnderGC(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	rounds := 40
	if testing.Short() {
		rounds = 5
	}
	var all sync.WaitGroup
	for n := 0; n < 4; n++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < rounds; i++ {
				m := deposit()
				// The last use of the signer is the call itself.
				signed, err := signerOf(t, at(noon)).Sign(m, nil)
				if err != nil || signed.Header[2].Value != d24 {
					t.Error(signed, err)
					return
				}
				m.Header = signed.Header
				if _, err := verifierOf(t, at(noon)).Verify(m, WantAll); err != nil {
					t.Error(err)
					return
				}
				runtime.GC()
			}
		}()
	}
	all.Wait()
}

func BenchmarkSign(b *testing.B) {
	signer, m := signerOf(b, at(noon)), deposit()
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		if _, err := signer.Sign(m, nil); err != nil {
			b.Fatal(err)
		}
	}
}
