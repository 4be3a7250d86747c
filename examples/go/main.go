// A shop that pays out through Directa24: it sends a signed deposit and then receives webhooks and prints the verdict on each.
//
//	D24_SECRET=api-signature paysig serve directa24-deposits -c login=shop-login -c secret=env:D24_SECRET
//	D24_SECRET=api-signature go run . -provider http://127.0.0.1:PORT -webhooks 1
//	D24_SECRET=api-signature paysig send directa24-deposits -c login=shop-login -c secret=env:D24_SECRET --url http://127.0.0.1:PORT/webhook -d '{}'
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	paysig "github.com/paysig/paysig/go"
)

func main() {
	provider := flag.String("provider", "", "address of `paysig serve`")
	webhooks := flag.Int("webhooks", 1, "how many to wait for")
	flag.Parse()

	deposits, err := paysig.Builtin("directa24-deposits")
	check(err)
	keys := paysig.Credentials{"login": "shop-login", "secret": os.Getenv("D24_SECRET")}

	// The client: everything that goes through it is signed.
	signer, err := deposits.NewSigner(paysig.Request, keys)
	check(err)
	client := &http.Client{Transport: &paysig.Transport{Signer: signer}}
	resp, err := client.Post(*provider+"/v3/deposits", "application/json", strings.NewReader(`{"amount":"1.50"}`))
	check(err)
	resp.Body.Close()
	fmt.Println("deposit:", resp.Status)

	// The endpoint: what reaches the handler is authentic. Why another message is refused is for the log only.
	verifier, err := deposits.NewVerifier(paysig.Webhook, []paysig.Key{{Credentials: keys}})
	check(err)
	seen := make(chan string)
	protect := paysig.Middleware(verifier, &paysig.MiddlewareOptions{
		OnError: func(_ *http.Request, e *paysig.Error) { seen <- "refused: " + e.Status.String() },
	})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verified := paysig.FromContext(r.Context())
		seen <- fmt.Sprintf("authentic, signed with %s, body covered: %v", verified.KeyID, verified.Covered().Body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("listening on http://%s/webhook\n", listener.Addr())
	server := &http.Server{Handler: protect(handler)}
	go server.Serve(listener)
	for ; *webhooks > 0; *webhooks-- {
		fmt.Println("webhook:", <-seen)
	}
	// The last answer is still on its way.
	ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	check(server.Shutdown(ending))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
