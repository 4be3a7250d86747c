package main

import _ "github.com/paysig/paysig/go/wasm"
