//go:build !cgo || paysig_wasm

package wasm

import (
	"sync"
	"testing"

	paysig "github.com/paysig/paysig/go"
	"github.com/paysig/paysig/go/internal/native"
)

// Many goroutines share handles, make and close others, keep streams open, and some calls trap.
func TestManyAtOnce(t *testing.T) {
	scheme := builtin(t, "directa24-deposits")
	shared := must(scheme.NewSigner(paysig.Request, keys))(t)
	verifier := must(scheme.NewVerifier(paysig.Request, []paysig.Key{{Credentials: keys}}))(t)
	var all sync.WaitGroup
	for n := 0; n < 8; n++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 20; i++ {
				own, err := scheme.NewSigner(paysig.Request, keys)
				if err != nil {
					t.Error(err)
					return
				}
				for _, signer := range []*paysig.Signer{shared, own} {
					m := message()
					signed, err := signer.Sign(m, nil)
					if err != nil {
						t.Error(err)
						return
					}
					m.Header = signed.Header
					if _, err := verifier.Verify(m, paysig.WantAll); err != nil {
						t.Error(err)
						return
					}
				}
				own.Close()
				if n == 0 && i%5 == 0 {
					_ = here().alone(func(in *instance) *native.Failure {
						in.call("paysig_signer_free", 0xfffffff0)
						return nil
					})
				}
			}
		}()
	}
	all.Wait()
	if n := len(*here().list.Load()); n > cap(here().tokens) {
		t.Errorf("%d instances", n)
	}
	shared.Close()
	verifier.Close()
	scheme.Close()
	for _, in := range *here().list.Load() {
		for o := range in.objects {
			if !o.freed.Load() {
				continue
			}
			t.Error("a closed handle is still in an instance")
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	scheme, err := paysig.Builtin("directa24-deposits")
	if err != nil {
		b.Fatal(err)
	}
	signer, err := scheme.NewSigner(paysig.Request, keys)
	if err != nil {
		b.Fatal(err)
	}
	verifier, err := scheme.NewVerifier(paysig.Request, []paysig.Key{{Credentials: keys}})
	if err != nil {
		b.Fatal(err)
	}
	m := message()
	signed, err := signer.Sign(m, nil)
	if err != nil {
		b.Fatal(err)
	}
	m.Header = signed.Header
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if _, err := verifier.Verify(m, 0); err != nil {
			b.Fatal(err)
		}
	}
}
