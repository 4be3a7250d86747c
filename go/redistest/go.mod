// The replay guard against a real server; apart, so that the package itself needs the standard library only.
module github.com/paysig/paysig/go/redistest

go 1.19

require (
	github.com/paysig/paysig/go v0.0.0
	github.com/redis/go-redis/v9 v9.7.3
)

require (
	github.com/cespare/xxhash/v2 v2.2.0 // indirect
	github.com/dgryski/go-rendezvous v0.0.0-20200823014737-9f7001d12a5f // indirect
)

replace github.com/paysig/paysig/go => ../
