// Package native is what package paysig asks of the library with the rules, linked by cgo or as a WebAssembly module. An engine only
// carries arguments and results over; it decides nothing.
package native

// Engine is a libpaysig. Handles come from its New functions and are not used after Free. All may be called by many goroutines at once,
// but for a session or a stream, which are used by one at a time.
//
// A nil *Failure is success. Where the result does not fit into Call.Out, the failure has the status BufferTooSmall, and Call.OutLen is
// the needed size.
type Engine interface {
	// Linkage is how the library got here: "shared", "static", "wasm".
	Linkage() string
	// ABI is the library's ABI number. A failure says why there is no library.
	ABI() (uint32, *Failure)
	// Version is the library's version, "" if there is none.
	Version() string
	StatusName(status uint32) string
	StatusHTTP(status uint32) int
	IsVerdict(status uint32) bool

	Catalogue(*Call) *Failure
	Recipe(id string, c *Call) *Failure
	Builtin(id string) (Handle, *Failure)
	FromTOML(recipe, file string) (Handle, *Failure)
	Lint(scheme Handle, c *Call) *Failure

	// Pairs and keys are the caller's, who wipes them after the call.
	NewSigner(scheme Handle, flow uint32, credentials, options *Pairs) (Handle, *Failure)
	NewVerifier(scheme Handle, flow uint32, ring []Key, options *Pairs) (Handle, *Failure)
	WithKeys(verifier Handle, ring []Key) (Handle, *Failure)
	NewSession(scheme Handle, credentials *Pairs, saved string) (Handle, *Failure)
	// Free wipes and frees what New made; nil is nothing to do.
	Free(Handle)

	Sign(signer Handle, c *Call) *Failure
	Prepare(signer Handle, c *Call) *Failure
	Finish(signer Handle, signature []byte, c *Call) *Failure
	Verify(verifier Handle, want uint32, c *Call) *Failure
	Handshake(verifier Handle, c *Call) *Failure
	// InWords takes Verified.Covered and SignedJSON as they came.
	InWords(covered, signedJSON string, c *Call) *Failure
	// Retention is in seconds; 0 for nil.
	Retention(verifier Handle) uint64
	Explain(scheme Handle, flow uint32, ring []Key, c *Call) *Failure
	Diagnose(scheme Handle, flow uint32, ring, others []Key, c *Call) *Failure

	SignStream(signer Handle, c *Call) (Handle, *Failure)
	VerifyStream(verifier Handle, bodyLength uint64, c *Call) (Handle, *Failure)
	Update(stream Handle, piece []byte) *Failure
	Signed(stream Handle, c *Call) *Failure
	Verified(stream Handle, want uint32, c *Call) *Failure

	Next(session Handle, c *Call) *Failure
	// Fetched takes the HTTP status of the token endpoint, 0 if it could not be reached.
	Fetched(session Handle, status uint32, body []byte, now int64) *Failure
	Refused(session Handle, now int64) *Failure
	Accepted(session Handle) *Failure
	Save(session Handle, c *Call) *Failure
}

// The numbers of paysig.h that callers need.
const (
	ABIVersion    = 1
	OutSize       = 4096
	NowSystem     = -1 << 63
	TimeNone      = 1<<63 - 1
	LengthUnknown = 1<<64 - 1

	Unsupported    = 25
	BufferTooSmall = 102
	Internal       = 255

	SignedBody        = 8
	SignedBodyMembers = 16

	VerifiedTimestamp  = 1
	VerifiedKeyID      = 2
	VerifiedCovered    = 8
	VerifiedSignedJSON = 16

	AnswerBody     = 1
	AnswerVerified = 2
)

// Failure is a status other than success, and why.
type Failure struct {
	Status         uint32
	Field, Message string
}

// Handle is a scheme, signer, verifier, session or stream; what it is, its engine knows.
type Handle interface{}

// Pairs are names and values one after the other, and the length of each.
type Pairs struct {
	Bytes []byte
	Lens  []uint32
}

// Wipe overwrites names and values.
func (p *Pairs) Wipe() {
	for i := range p.Bytes {
		p.Bytes[i] = 0
	}
}

// Key is one key of a ring: its credentials and when it is valid, in milliseconds since 1970; TimeNone leaves an end open.
type Key struct {
	Credentials         *Pairs
	NotBefore, NotAfter int64
}

// Call is a message with what belongs to it, and where results go. It is reused.
type Call struct {
	// Arena holds method, target, URL, headers and options one after the other; after each, its length. A byte follows that does not
	// count, so that there is always a first one.
	Arena                                                []byte
	MethodLen, TargetLen, URLLen, HeadersLen, OptionsLen int
	// Lens are those of the headers' names and values, then of the options'; one number follows that does not count.
	Lens               []uint32
	HeadersN, OptionsN int
	Body               []byte
	// Now in milliseconds since 1970, or NowSystem, or TimeNone.
	Now int64

	// Out is never empty; OutLen of it are used.
	Out    []byte
	OutLen int
	// What was asked for is set on success; Verified and Answer also with the status needs_key.
	Signed   Signed
	Prepared Prepared
	Verified Verified
	Answer   Answer
	Step     Step

	// Scratch is the engine's own.
	Scratch interface{}
}

// Span is a piece of Call.Out.
type Span struct{ Offset, Length int }

// Signed is what paysig_signed says.
type Signed struct {
	Present                                                          uint32
	Headers, Target, URL, Body, BodyMembers, Timestamp, Nonce, KeyID Span
}

// Prepared is what paysig_prepared says.
type Prepared struct{ StringToSign, Algorithm Span }

// Verified is what paysig_verified says.
type Verified struct {
	Present, KeyIndex, Items                                     uint32
	TimestampMS                                                  int64
	KeyID, ReplayKey, Covered, SignedJSON, NeedKeyID, NeedKeyURL Span
}

// Answer is what paysig_answer says.
type Answer struct {
	Present                                  uint32
	ContentType, Body, NeedKeyID, NeedKeyURL Span
}

// Step is what paysig_step says.
type Step struct {
	Action                        uint32
	UntilMS                       int64
	Method, Target, Headers, Body Span
}
