package paysig_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	paysig "github.com/paysig/paysig/go"
)

func ExampleSigner_Sign() {
	deposits, err := paysig.Builtin("directa24-deposits")
	if err != nil {
		log.Fatal(err)
	}
	signer, err := deposits.NewSigner(paysig.Request, paysig.Credentials{"login": "shop-login", "secret": "api-signature"})
	if err != nil {
		log.Fatal(err)
	}
	signed, err := signer.Sign(
		&paysig.Message{Method: "POST", Target: "/v3/deposits", Body: []byte(`{"amount":"1.50"}`)},
		&paysig.SignOptions{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range signed.Header {
		fmt.Printf("%s: %s\n", h.Name, h.Value)
	}
	// Output:
	// X-Date: 2026-01-02T03:04:05Z
	// X-Login: shop-login
	// Authorization: D24 cbed6bb7c253922ea3d04b87937ba3311cf31210d53b222dcfb80e21370967ed
}

func ExampleVerifier_Verify() {
	github, err := paysig.Builtin("github")
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := github.NewVerifier(paysig.Webhook, []paysig.Key{{Credentials: paysig.Credentials{"secret": "It's a Secret to Everybody"}}})
	if err != nil {
		log.Fatal(err)
	}
	m := &paysig.Message{Method: "POST", Target: "/hook", Body: []byte("Hello, World!"), Header: []paysig.Header{
		{Name: "X-Hub-Signature-256", Value: "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}}}
	verified, err := verifier.Verify(m, paysig.WantCovered)
	fmt.Println(err, verified.Covered().Body)

	m.Body = []byte("Goodbye, World!")
	_, err = verifier.Verify(m, 0)
	fmt.Println(errors.Is(err, paysig.ErrSignatureMismatch))
	// Output:
	// <nil> true
	// true
}

func ExampleTransport() {
	deposits, _ := paysig.Builtin("directa24-deposits")
	keys := paysig.Credentials{"login": "shop-login", "secret": "api-signature"}

	// The provider's side, to have somebody to talk to.
	verifier, _ := deposits.NewVerifier(paysig.Request, []paysig.Key{{Credentials: keys}})
	provider := httptest.NewServer(paysig.Middleware(verifier, nil)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "signed by ", paysig.FromContext(r.Context()).KeyID)
	})))
	defer provider.Close()

	signer, _ := deposits.NewSigner(paysig.Request, keys)
	client := &http.Client{Transport: &paysig.Transport{Signer: signer}}
	resp, err := client.Post(provider.URL+"/v3/deposits", "application/json", strings.NewReader(`{"amount":"1.50"}`))
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(text))
	// Output: 200 signed by shop-login
}

// A webhook that arrives twice is handled once.
func ExampleMiddleware() {
	deposits, err := paysig.Builtin("directa24-deposits")
	if err != nil {
		log.Fatal(err)
	}
	keys := paysig.Credentials{"login": "shop-login", "secret": "api-signature"}
	verifier, err := deposits.NewVerifier(paysig.Webhook, []paysig.Key{{Credentials: keys}})
	if err != nil {
		log.Fatal(err)
	}
	// For several servers: NewRedisGuard.
	guard := paysig.NewMemoryGuard(100_000, paysig.GuardOptions{Retention: verifier.Retention()})
	protect := paysig.Middleware(verifier, &paysig.MiddlewareOptions{Guard: guard})
	server := httptest.NewServer(protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("handled, signed by", paysig.FromContext(r.Context()).KeyID)
	})))
	defer server.Close()

	signer, err := deposits.NewSigner(paysig.Webhook, keys)
	if err != nil {
		log.Fatal(err)
	}
	signed, err := signer.Sign(&paysig.Message{Method: "POST", Target: "/", Body: []byte("{}")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < 2; i++ {
		delivery, err := http.NewRequest("POST", server.URL, strings.NewReader("{}"))
		if err != nil {
			log.Fatal(err)
		}
		for _, h := range signed.Header {
			delivery.Header.Set(h.Name, h.Value)
		}
		resp, err := http.DefaultClient.Do(delivery)
		if err != nil {
			log.Fatal(err)
		}
		resp.Body.Close()
		fmt.Println(resp.Status)
	}
	// Output:
	// handled, signed by shop-login
	// 200 OK
	// 200 OK
}
