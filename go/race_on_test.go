//go:build race

package paysig

const raceEnabled = true
