package paysig

import (
	"strconv"
	"time"
)

// Option configures a signer, a verifier, a token session or an explanation. One that does not belong there is refused with
// ErrInvalidOption.
type Option func(*config)

type config struct {
	now   func() int64
	pairs []Header
	// The state to continue from; nil without the option.
	saved *string
	// The first option that is wrong in itself.
	err error
}

// configured are the options of everything but a token session.
func configured(options []Option) (*config, error) {
	c, err := read(options)
	if err == nil && c.saved != nil {
		err = &Error{Status: StatusInvalidOption, Field: "saved", Message: "is an option of a token session only"}
	}
	return c, err
}

// sessionConfigured are those of a token session.
func sessionConfigured(options []Option) (*config, error) {
	c, err := read(options)
	if err == nil && len(c.pairs) > 0 {
		err = &Error{Status: StatusInvalidOption, Field: c.pairs[0].Name, Message: "is no option of a token session"}
	}
	return c, err
}

func read(options []Option) (*config, error) {
	c := &config{now: func() int64 { return nowSystem }}
	for _, option := range options {
		if option == nil {
			return nil, isNil("option")
		}
		if option(c); c.err != nil {
			return nil, c.err
		}
	}
	return c, nil
}

// wholeSeconds is the text of a duration that the library takes in seconds. Rounding would give a time that nobody asked for: a forgotten
// time.Second makes 60 mean 60 nanoseconds.
func wholeSeconds(field string, d time.Duration) (string, error) {
	if d < 0 || d%time.Second != 0 {
		return "", &Error{Status: StatusInvalidOption, Field: field,
			Message: "must be a whole number of seconds (60*time.Second), not negative; it is " + d.String()}
	}
	return strconv.FormatInt(int64(d/time.Second), 10), nil
}

func pair(name, value string) Option {
	return func(c *config) { c.pairs = append(c.pairs, Header{name, value}) }
}

// WithClock takes the time from this function instead of the system's clock. It is called by all goroutines that use the handle.
func WithClock(now func() time.Time) Option {
	return func(c *config) {
		if now == nil {
			c.err = isNil("clock")
			return
		}
		c.now = func() int64 { return now().UnixMilli() }
	}
}

// WithoutClock says that there is no time; schemes that read one then answer ErrInvalidOption.
func WithoutClock() Option {
	return func(c *config) { c.now = func() int64 { return timeNone } }
}

// WithVariant chooses a named variant of the recipe; may repeat.
func WithVariant(name string) Option { return pair("variant", name) }

// WithKeyElsewhere makes a signer without the secret, for Prepare and Finish only.
func WithKeyElsewhere() Option { return pair("key", "elsewhere") }

// WithTolerance replaces the recipe's tolerance of a verifier: whole seconds, 5*time.Minute. ErrInvalidOption for anything else.
func WithTolerance(tolerance time.Duration) Option {
	return func(c *config) {
		text, err := wholeSeconds("tolerance", tolerance)
		if err != nil {
			c.err = err
			return
		}
		c.pairs = append(c.pairs, Header{"tolerance", text})
	}
}

// WithExpectedKeyID makes a verifier accept only this key id.
func WithExpectedKeyID(id string) Option { return pair("expected_key_id", id) }

// WithMaxBody is the largest body in bytes that a verifier reads.
func WithMaxBody(bytes int64) Option { return pair("max_body", strconv.FormatInt(bytes, 10)) }

// WithAlgorithm names the only algorithm that a sender may name to a verifier, where the scheme lets it name one; may repeat.
func WithAlgorithm(name string) Option { return pair("algorithm", name) }

// WithSavedState continues a token session from what TokenSession.Save gave.
func WithSavedState(saved string) Option { return func(c *config) { c.saved = &saved } }

// SignOptions are the options of one signature; nil is none.
type SignOptions struct {
	// Time instead of the signer's clock.
	Time time.Time
	// Nonce is the message id, nonce or idempotency key. Without it one is made if the scheme cannot do without.
	Nonce string
	// NoNonce: none is made, ever.
	NoNonce bool
	// TimestampText is signed verbatim instead of a time.
	TimestampText string
	// Payload is the JSON of schemes that sign a payload of their own (JWT).
	Payload []byte
	// ExpiresIn is the payload's time to live: whole seconds, 10*time.Minute. ErrInvalidOption for anything else; 0 is the recipe's.
	ExpiresIn time.Duration
	// Padding is RSA type 2 padding, for byte-exact tests.
	Padding []byte
}
