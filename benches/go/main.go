// What a whole call of paysig costs in Go beside the bare HMAC of the ready string, and beside the genuine SDK: ratios. `make bench`
// builds it against the optimised library.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	paysig "github.com/paysig/paysig/go"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stripe/stripe-go/v83/webhook"
	svix "github.com/svix/svix-webhooks/go"
)

const rounds = 41

var body = []byte(`{"id":"evt_1","object":"event","amount":1999,"currency":"eur","data":{"a":[1,2,3]},"text":"some text"}`)

type call struct {
	name string
	run  func()
}

func timed(run func(), calls int) float64 {
	start := time.Now()
	for i := 0; i < calls; i++ {
		run()
	}
	return float64(time.Since(start).Nanoseconds()) / float64(calls)
}

func median(numbers []float64) float64 {
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}

// One line for each pair: both in turn, many short rounds, the median of the rounds' ratios.
func compare(name string, ours func(), others ...call) {
	for _, other := range others {
		calls := max(20, int(2e6/max(timed(ours, 20), timed(other.run, 20))))
		var mine, theirs, ratios []float64
		for i := 0; i < rounds; i++ {
			a, b := timed(ours, calls), timed(other.run, calls)
			mine, theirs, ratios = append(mine, a), append(theirs, b), append(ratios, a/b)
		}
		middle := median(ratios)
		fmt.Printf("| %s | %s | %.0f | %.0f | **%.2f** | %.2f to %.2f |\n", name, other.name, median(mine), median(theirs), middle,
			ratios[rounds/10], ratios[rounds-1-rounds/10])
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func scheme(id string) *paysig.Scheme { return must(paysig.Builtin(id)) }

func mac(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(nil)
}

// A signed message, its verifier, and the string that was signed.
func signed(id string, flow paysig.Flow, keys paysig.Credentials, signer *paysig.Signer, m *paysig.Message) (*paysig.Message, *paysig.Verifier, []byte) {
	made := must(signer.Sign(m, nil))
	wire := *m
	wire.Header = append(slices.Clone(m.Header), made.Header...)
	ring := []paysig.Key{{Credentials: keys}}
	explained := must(scheme(id).Explain(flow, ring, &wire, nil))
	return &wire, must(scheme(id).NewVerifier(flow, ring)), explained.StringToSign
}

func value(m *paysig.Message, name string) string {
	for _, h := range m.Header {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	log.Fatal("no header ", name)
	return ""
}

func ingenico() {
	keys := paysig.Credentials{"key_id": "5e45c937b9db33ae", "secret": "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="}
	m := &paysig.Message{Method: "POST", Target: "/v1/9991/tokens/123456789", Body: body,
		Header: []paysig.Header{{Name: "Content-Type", Value: "application/json"}}}
	for i := 0; i < 3; i++ {
		m.Header = append(m.Header, paysig.Header{Name: "X-GCS-Header" + strconv.Itoa(i), Value: "value of the header"})
	}
	signer := must(scheme("ingenico-v1hmac").NewSigner(paysig.Request, keys))
	wire, verifier, text := signed("ingenico-v1hmac", paysig.Request, keys, signer, m)
	key := []byte(keys["secret"])
	authorization := value(wire, "Authorization")
	signature := authorization[strings.LastIndexByte(authorization, ':')+1:]
	compare("ingenico, 3 headers, sign", func() { must(signer.Sign(m, nil)) },
		call{"crypto/hmac + base64", func() { base64.StdEncoding.EncodeToString(mac(key, text)) }})
	compare("ingenico, 3 headers, verify", func() { must(verifier.Verify(wire, 0)) },
		call{"crypto/hmac + base64", func() {
			if !hmac.Equal(must(base64.StdEncoding.DecodeString(signature)), mac(key, text)) {
				log.Fatal("another string was signed")
			}
		}})
}

func webhooks() {
	secret := "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
	keys := paysig.Credentials{"secret": secret}
	m := &paysig.Message{Method: "POST", Target: "/", Body: body}
	signer := func(id string) *paysig.Signer { return must(scheme(id).NewSigner(paysig.Webhook, keys)) }

	wire, verifier, text := signed("stripe", paysig.Webhook, keys, signer("stripe"), m)
	line := value(wire, "Stripe-Signature")
	signature := line[strings.LastIndexByte(line, '=')+1:]
	compare("stripe, verify", func() { must(verifier.Verify(wire, 0)) },
		call{"crypto/hmac + hex", func() {
			if !hmac.Equal(must(hex.DecodeString(signature)), mac([]byte(secret), text)) {
				log.Fatal("another string was signed")
			}
		}},
		call{"stripe-go", func() { check(webhook.ValidatePayload(body, line, secret)) }})

	wire, verifier, text = signed("standard-webhooks", paysig.Webhook, keys, signer("standard-webhooks"), m)
	header := http.Header{}
	for _, h := range wire.Header {
		header.Set(h.Name, h.Value)
	}
	key := must(base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_")))
	signature = strings.TrimPrefix(value(wire, "webhook-signature"), "v1,")
	reference, hosted := must(standardwebhooks.NewWebhook(secret)), must(svix.NewWebhook(secret))
	compare("standard-webhooks, verify", func() { must(verifier.Verify(wire, 0)) },
		call{"crypto/hmac + base64", func() {
			if !hmac.Equal(must(base64.StdEncoding.DecodeString(signature)), mac(key, text)) {
				log.Fatal("another string was signed")
			}
		}},
		call{"standard-webhooks", func() { check(reference.Verify(body, header)) }},
		call{"svix-webhooks", func() { check(hosted.Verify(body, header)) }})
}

func main() {
	fmt.Println("| Go | beside | paysig, ns | other, ns | ratio | 10 to 90 % |")
	fmt.Println("|---|---|--:|--:|--:|--:|")
	ingenico()
	webhooks()
}
