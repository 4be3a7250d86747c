module github.com/paysig/paysig/examples/go

go 1.19

require github.com/paysig/paysig/go v0.0.0

replace github.com/paysig/paysig/go => ../../go
