//go:build !cgo || paysig_wasm

package wasm

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	paysig "github.com/paysig/paysig/go"
	"github.com/paysig/paysig/go/internal/native"
)

var keys = paysig.Credentials{"login": "shop-login", "secret": "a-secret-that-is-searched-for"}

func here() *engine { return native.Registered().(*engine) }

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func builtin(t *testing.T, id string) *paysig.Scheme { return must(paysig.Builtin(id))(t) }

func message() *paysig.Message {
	return &paysig.Message{Method: "POST", Target: "/v3/deposits", Body: []byte(`{"amount":"1.50"}`)}
}

// trap brings every instance to a fault, by a pointer beyond its memory.
func trap(t *testing.T) {
	t.Helper()
	for n := len(*here().list.Load()); n > 0; n-- {
		failure := here().alone(func(in *instance) *native.Failure {
			in.call("paysig_signer_free", 0xfffffff0)
			return nil
		})
		if failure == nil || failure.Status != native.Internal || !strings.Contains(failure.Message, "out of bounds memory access") {
			t.Fatalf("%+v", failure)
		}
	}
	if left := len(*here().list.Load()); left != 0 {
		t.Fatalf("%d instances outlived their fault", left)
	}
}

func TestEverythingIsMadeAnewAfterATrap(t *testing.T) {
	scheme := builtin(t, "directa24-deposits")
	signer := must(scheme.NewSigner(paysig.Request, keys))(t)
	base := must(scheme.NewVerifier(paysig.Request, []paysig.Key{{Credentials: paysig.Credentials{"login": "l", "secret": "s"}}}))(t)
	verifier := must(base.WithKeys([]paysig.Key{{Credentials: keys}}))(t)
	again := must(verifier.WithKeys([]paysig.Key{{Credentials: keys}}))(t)
	// What they were made of is gone, but they stay.
	scheme.Close()
	base.Close()
	for round := 0; round < 3; round++ {
		m := message()
		signed, err := signer.Sign(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		m.Header = signed.Header
		for _, v := range []*paysig.Verifier{verifier, again} {
			if _, err := v.Verify(m, paysig.WantAll); err != nil {
				t.Fatal(err)
			}
		}
		if verifier.Retention() == 0 {
			t.Fatal("no retention")
		}
		trap(t)
	}
}

func TestAStreamDoesNotOutliveATrap(t *testing.T) {
	signer := must(builtin(t, "directa24-deposits").NewSigner(paysig.Request, keys))(t)
	stream := must(signer.Stream(&paysig.Message{Method: "POST", Target: "/v3/deposits"}, nil))(t)
	defer stream.Close()
	if _, err := stream.Write([]byte("{")); err != nil {
		t.Fatal(err)
	}
	trap(t)
	if _, err := stream.Write([]byte("}")); !errors.Is(err, paysig.ErrInternal) {
		t.Fatal(err)
	}
}

func TestASessionFetchesAgainAfterATrap(t *testing.T) {
	at := paysig.WithClock(func() time.Time { return time.Unix(1767323045, 0) })
	session := must(builtin(t, "pledg-token").NewTokenSession(paysig.Credentials{"api_key": "k", "api_secret": "s"}, at))(t)
	// An open one would keep its instance, whatever that holds, in the tests to come.
	defer session.Close()
	action := func(want paysig.Action) {
		t.Helper()
		step, err := session.Next()
		if err != nil || step.Action != want {
			t.Fatal(step, err)
		}
	}
	action(paysig.Fetch)
	if err := session.Fetched(200, []byte(`{"access_token":"t","expires_in":3600}`)); err != nil {
		t.Fatal(err)
	}
	action(paysig.Authorize)
	trap(t)
	action(paysig.Fetch)
}

// memories is what all instances hold.
func memories(t *testing.T) (all []byte) {
	t.Helper()
	for _, in := range *here().list.Load() {
		in.mu.Lock()
		b, inside := in.memory.Read(0, in.memory.Size())
		if !inside {
			t.Fatal("memory cannot be read")
		}
		all = append(all, b...)
		in.mu.Unlock()
	}
	return all
}

func TestSecretsAreWiped(t *testing.T) {
	secret := []byte(keys["secret"])
	scheme := builtin(t, "pledg-token")
	session := must(scheme.NewTokenSession(paysig.Credentials{"api_key": "k", "api_secret": keys["secret"]}))(t)
	if !bytes.Contains(memories(t), secret) {
		t.Fatal("the secret is not found where it must be")
	}
	session.Close()
	signer := must(builtin(t, "directa24-deposits").NewSigner(paysig.Request, keys))(t)
	if _, err := signer.Sign(message(), nil); err != nil {
		t.Fatal(err)
	}
	signer.Close()
	if bytes.Contains(memories(t), secret) {
		t.Error("a closed handle left its secret in the module's memory")
	}
}

func TestGoKeepsNoSecretAfterClose(t *testing.T) {
	pairs := &native.Pairs{Bytes: []byte("loginlsecretsecret"), Lens: []uint32{5, 1, 6, 6}}
	scheme, failure := here().Builtin("directa24-deposits")
	if failure != nil {
		t.Fatal(failure)
	}
	ring := []native.Key{{Credentials: pairs, NotBefore: native.TimeNone, NotAfter: native.TimeNone}}
	first, failure := here().NewVerifier(scheme, 1, ring, &native.Pairs{})
	if failure != nil {
		t.Fatal(failure)
	}
	second, failure := here().WithKeys(first, ring)
	if failure != nil {
		t.Fatal(failure)
	}
	held := first.(*object).secrets[0].Bytes
	here().Free(first)
	if !bytes.Contains(held, []byte("secret")) {
		t.Error("the second verifier can no longer be made anew")
	}
	here().Free(second)
	if len(bytes.Trim(held, "\x00")) != 0 {
		t.Error("the keys are still there")
	}
}

func TestMemoryThatMovesIsWiped(t *testing.T) {
	m := newMemory(8, 64).(*memory)
	old := m.Reallocate(8)
	copy(old, "a secret")
	moved := m.Reallocate(32)
	if string(moved[:8]) != "a secret" || string(old) != strings.Repeat("\x00", 8) {
		t.Errorf("%q %q", old, moved)
	}
	m.Free()
	if string(moved) != strings.Repeat("\x00", 32) {
		t.Errorf("%q", moved)
	}
}

func TestLargeMessages(t *testing.T) {
	signer := must(builtin(t, "directa24-deposits").NewSigner(paysig.Request, keys))(t)
	m := message()
	m.Body = make([]byte, keepMemory)
	if _, err := signer.Sign(m, nil); err != nil {
		t.Fatal(err)
	}
	for _, in := range *here().list.Load() {
		if in.memory.Size() > keepMemory {
			t.Error("an instance keeps the memory of a large message")
		}
	}
	m.Body = make([]byte, maxBlock)
	if _, err := signer.Sign(m, nil); !errors.Is(err, paysig.ErrTooLarge) {
		t.Error(err)
	}
}
