module github.com/paysig/paysig/benches/go

go 1.22

require (
	github.com/paysig/paysig/go v0.0.0
	github.com/standard-webhooks/standard-webhooks/libraries v0.0.1
	github.com/stripe/stripe-go/v83 v83.2.1
	github.com/svix/svix-webhooks v1.44.0
)

require gopkg.in/validator.v2 v2.0.1 // indirect

replace github.com/paysig/paysig/go => ../../go
