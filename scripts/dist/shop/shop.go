// Signs a deposit, verifies it, and sees a tampered one refused.
package main

import (
	"errors"
	"fmt"
	"os"

	paysig "github.com/paysig/paysig/go"
)

func main() {
	deposits, err := paysig.Builtin("directa24-deposits")
	check(err)
	keys := paysig.Credentials{"login": "shop-login", "secret": "api-signature"}
	signer, err := deposits.NewSigner(paysig.Request, keys)
	check(err)
	verifier, err := deposits.NewVerifier(paysig.Request, []paysig.Key{{Credentials: keys}})
	check(err)
	message := paysig.Message{Method: "POST", Target: "/v3/deposits", Body: []byte(`{"amount":"1.50"}`)}
	signed, err := signer.Sign(&message, nil)
	check(err)
	message.Header = signed.Header
	_, err = verifier.Verify(&message, 0)
	check(err)
	message.Body = []byte(`{"amount":"9.50"}`)
	if _, err = verifier.Verify(&message, 0); !errors.Is(err, paysig.ErrSignatureMismatch) {
		check(fmt.Errorf("a tampered message: %v", err))
	}
	fmt.Println("signs and verifies with", paysig.LinkInfo())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
