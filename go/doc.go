// Package paysig signs requests to payment and identity providers and verifies what they send.
//
// A provider is a scheme: one of the catalogue (Builtin) or a recipe of your own (FromTOML). A Signer says what to add to a request,
// a Verifier judges a message over the bytes as they came, Scheme.Explain shows the string to sign and where every byte of it comes
// from. Transport signs what an http.Client sends; Middleware verifies what an http.Handler receives, answers the checks by which
// providers find out whether an endpoint is yours (elsewhere, ask Verifier.Handshake), and with a RedisGuard hands each message to the
// handler once. SignReader and VerifyReader take large bodies in constant memory; KeyCache fetches keys that
// a provider changes; Scheme.Diagnose, an offline tool, finds the mistake in a message that is refused, and Scheme.Lint says what is weak
// about a recipe of your own. A Verified prints what its signature covers and what it does not.
//
// The rules live in libpaysig, a C library that pkg-config must find; with the build tag paysig_static it is linked into the program.
// Without cgo, a program imports github.com/paysig/paysig/go/wasm for its effect, which brings the library as WebAssembly; if it does not,
// the first call gives an error that says so.
// Every error of this package is an *Error, and errors.Is compares it with ErrSignatureMismatch and its like. No error holds a secret;
// Credentials, a KeyCache and a Step hide theirs from fmt, encoding/json and log/slog. Durations in options are whole seconds.
//
// Go's garbage collector moves and copies freely, so credentials that you pass as Go strings cannot be wiped; those inside libpaysig are.
package paysig
