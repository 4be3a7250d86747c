package paysig

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// head is the message without its body, with the headers of a signed one.
func head(signed *Signed) *Message {
	m := deposit()
	m.Body = nil
	if signed != nil {
		m.Header = signed.Header
	}
	return m
}

func TestStreamsAgreeWithWholeMessages(t *testing.T) {
	signer, verifier := signerOf(t, at(noon)), verifierOf(t, at(noon))
	for _, body := range []string{"", genuine, strings.Repeat("a larger body\n", 1000)} {
		whole := deposit()
		whole.Body = []byte(body)
		want, err := signer.Sign(whole, nil)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := signer.SignReader(head(nil), iotest.OneByteReader(strings.NewReader(body)), nil)
		if err != nil || signed.Header[2] != want.Header[2] {
			t.Fatalf("%d bytes: %v %v", len(body), signed, err)
		}
		whole.Header = signed.Header
		judged, err := verifier.Verify(whole, WantAll)
		if err != nil {
			t.Fatal(err)
		}
		verified, err := verifier.VerifyReader(head(signed), iotest.HalfReader(strings.NewReader(body)), int64(len(body)), WantAll)
		if err != nil || verified.ReplayKey != judged.ReplayKey || string(verified.CoveredJSON) != string(judged.CoveredJSON) {
			t.Fatalf("%d bytes: %+v %v", len(body), verified, err)
		}
		if _, err := verifier.VerifyReader(head(signed), strings.NewReader(body+" "), LengthUnknown, 0); !errors.Is(err, ErrSignatureMismatch) {
			t.Errorf("%d bytes and one more: %v", len(body), err)
		}
	}
}

// What is put aside by a TeeReader is what was judged.
func TestStreamBesideAReader(t *testing.T) {
	signed, err := signerOf(t, at(noon)).Sign(deposit(), nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := verifierOf(t, at(noon)).Stream(head(signed), LengthUnknown)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var aside bytes.Buffer
	if _, err := io.Copy(&aside, io.TeeReader(strings.NewReader(genuine), stream)); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 2; i++ {
		verified, err := stream.Verified(WantCovered)
		if err != nil || verified.KeyID != "shop-login" || !verified.Covered().Body || aside.String() != genuine {
			t.Fatal(verified, err)
		}
	}
	if _, err := stream.Write([]byte("more")); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("written after the end: %v", err)
	}
}

func TestStreamErrors(t *testing.T) {
	signer, verifier := signerOf(t, at(noon)), verifierOf(t, at(noon))
	if _, err := signer.Stream(deposit(), nil); !errors.Is(err, ErrInvalidMessage) {
		t.Errorf("a body in the head: %v", err)
	}
	if _, err := verifier.Stream(head(nil), 0); !errors.Is(err, ErrMissingSignature) {
		t.Errorf("unsigned: %v", err)
	}
	broken := iotest.ErrReader(io.ErrUnexpectedEOF)
	if _, err := signer.SignReader(head(nil), broken, nil); !errors.Is(err, ErrInvalidMessage) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an unreadable body: %v", err)
	}
	limited := verifierOf(t, at(noon), WithMaxBody(4))
	signed, err := signer.Sign(deposit(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := limited.VerifyReader(head(signed), strings.NewReader(genuine), LengthUnknown, 0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("larger than allowed: %v", err)
	}
	open, err := signer.Stream(head(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	open.Close()
	open.Close()
	if _, err := open.Write([]byte("x")); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("closed: %v", err)
	}
	if _, err := open.Signed(); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("closed: %v", err)
	}
}

const members = `
id = "members"
name = "Members"
[credentials]
secret = {}
[request]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [ { json = "amount" } ]
field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
`

// A scheme that signs members of the body cannot read it in pieces.
func TestStreamUnsupported(t *testing.T) {
	s, err := FromTOML(members, "members.toml")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := s.NewSigner(Request, Credentials{"secret": "s"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signer.Stream(head(nil), nil); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
}

// A stream that is dropped half way is freed, and one in use is not.
func TestStreamsUnderGC(t *testing.T) {
	signer := signerOf(t, at(noon))
	for i := 0; i < 20; i++ {
		dropped, err := signer.Stream(head(nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		dropped.Write([]byte("half"))
		used, err := signer.Stream(head(nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		used.Write([]byte(genuine))
		runtime.GC()
		if signed, err := used.Signed(); err != nil || signed.Header[2].Value != d24 {
			t.Fatal(signed, err)
		}
	}
}
