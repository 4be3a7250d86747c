module github.com/paysig/paysig/go

go 1.19
