package paysig

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/paysig/paysig/go/internal/native"
)

// Credentials are the values that a scheme asks for, by name: "login", "secret". Whatever prints or marshals them shows no value; only
// inside an unexported member of a struct of yours, fmt prints the map, because it asks no methods there.
type Credentials map[string]string

func (c Credentials) pairs() (*native.Pairs, error) {
	list := make([]Header, 0, len(c))
	for name, value := range c {
		list = append(list, Header{name, value})
	}
	return pairsOf(list)
}

// String names the credentials and hides their values.
func (c Credentials) String() string { return "paysig.Credentials(redacted)" }

// GoString hides the values, too.
func (c Credentials) GoString() string { return c.String() }

// Format hides them from every verb of fmt: %d would print the map.
func (c Credentials) Format(f fmt.State, _ rune) { printHidden(f, c) }

// MarshalText hides them from encoding/json, and so from slog, and from other encoders that ask for it. Credentials can still be read
// from JSON.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// printHidden is the Format of what holds secrets.
func printHidden(f fmt.State, hidden fmt.Stringer) {
	// The writer of fmt does not fail.
	_, _ = io.WriteString(f, hidden.String())
}

// Key is one key of a ring.
type Key struct {
	// Credentials of the key.
	Credentials Credentials
	// NotBefore and NotAfter say when it is valid, both included; the zero time leaves an end open.
	NotBefore, NotAfter time.Time
}

// Scheme is how one provider product authenticates messages. Immutable; share it between goroutines.
type Scheme struct{ c native.Handle }

// Builtin is a scheme of the catalogue: "directa24-deposits". ErrUnknownScheme if there is none of this id.
func Builtin(id string) (*Scheme, error) {
	if err := ready(); err != nil {
		return nil, err
	}
	return schemeOf(engine().Builtin(id))
}

// FromTOML is a scheme of your own: the text of a recipe, at most 64 KiB. file names it in errors. ErrInvalidRecipe says what is wrong.
func FromTOML(recipe, file string) (*Scheme, error) {
	if err := ready(); err != nil {
		return nil, err
	}
	return schemeOf(engine().FromTOML(recipe, file))
}

func schemeOf(c native.Handle, failure *native.Failure) (*Scheme, error) {
	if failure != nil {
		return nil, failed(failure)
	}
	s := &Scheme{c}
	runtime.SetFinalizer(s, (*Scheme).Close)
	return s, nil
}

// Close frees the scheme now instead of when it is collected. Signers and verifiers made of it stay. No call may be under way; later
// calls answer ErrInvalidOption.
func (s *Scheme) Close() {
	runtime.SetFinalizer(s, nil)
	engine().Free(s.c)
	s.c = nil
}

func closed(what string) error {
	return &Error{Status: StatusInvalidOption, Field: what, Message: "was closed"}
}

// SchemeInfo is an entry of the catalogue.
type SchemeInfo struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Flows       []string `json:"flows"`
	Credentials []struct {
		Name   string `json:"name"`
		Public bool   `json:"public"`
	} `json:"credentials"`
}

// Catalogue lists the schemes that come with the library, sorted by id.
func Catalogue() ([]SchemeInfo, error) {
	if err := ready(); err != nil {
		return nil, err
	}
	text, err := textOf(engine().Catalogue)
	if err != nil {
		return nil, err
	}
	var list []SchemeInfo
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, &Error{Status: StatusInternal, Message: "the catalogue is not JSON", Err: err}
	}
	return list, nil
}

// Recipe is the recipe of a built-in scheme as TOML text.
func Recipe(id string) (string, error) {
	if err := ready(); err != nil {
		return "", err
	}
	return textOf(func(c *native.Call) *native.Failure { return engine().Recipe(id, c) })
}

// Lint is a weakness of a scheme itself, however well it is implemented.
type Lint struct {
	// ID names the weakness: "unsigned-body".
	ID string `json:"id"`
	// Scheme and Flow ("webhook") say where, and Line where in the recipe, from 1; 0 if that is not known.
	Scheme string `json:"scheme"`
	Flow   string `json:"flow"`
	Line   int    `json:"line"`
	// Message is a sentence for people.
	Message string `json:"message"`
	// Witness shows what it allows: two messages with one signature, an attack.
	Witness string `json:"witness"`
	// Acknowledged is the recipe's reason to keep it so; "" if it gives none.
	Acknowledged string `json:"acknowledged"`
}

// Lint says what is weak about the scheme: for recipes of your own. Those of the catalogue acknowledge each with a reason.
func (s *Scheme) Lint() ([]Lint, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	text, err := textOf(func(c *native.Call) *native.Failure { return engine().Lint(s.c, c) })
	if err != nil {
		return nil, err
	}
	var list []Lint
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, &Error{Status: StatusInternal, Message: "the warnings are not JSON", Err: err}
	}
	return list, nil
}

// textOf makes a call whose only result is a text.
func textOf(run func(*native.Call) *native.Failure) (string, error) {
	k, err := newCall(&Message{}, timeNone, nil, nil)
	if err != nil {
		return "", err
	}
	defer k.release()
	for {
		failure := run(&k.Call)
		if !k.fits(failure) {
			continue
		}
		if failure != nil {
			return "", failed(failure)
		}
		return string(k.result()), nil
	}
}

// ringOf lays keys out for the library; the caller wipes it.
func ringOf(keys []Key) ([]native.Key, error) {
	ring := make([]native.Key, 0, len(keys))
	for i := range keys {
		p, err := keys[i].Credentials.pairs()
		if err != nil {
			wipe(ring)
			return nil, err
		}
		ring = append(ring, native.Key{Credentials: p, NotBefore: openEnd(keys[i].NotBefore), NotAfter: openEnd(keys[i].NotAfter)})
	}
	return ring, nil
}

func wipe(ring []native.Key) {
	for _, key := range ring {
		key.Credentials.Wipe()
	}
}

func openEnd(t time.Time) int64 {
	if t.IsZero() {
		return timeNone
	}
	return t.UnixMilli()
}

// Part says where bytes of the string to sign come from.
type Part struct {
	Part  string `json:"part"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// Explanation is the string to sign, secrets in it as asterisks, and its parts.
type Explanation struct {
	StringToSign []byte
	Parts        []Part
	// Nested are the inputs of digests inside the string.
	Nested []Nested
	// CoveredJSON is what Covered reads.
	CoveredJSON json.RawMessage
}

// Nested is what was digested on the way to a string to sign.
type Nested struct {
	// Part is the part that came of it, Step what was done to it: "sha256".
	Part string `json:"part"`
	Step string `json:"step"`
	// Bytes is the input, secrets as asterisks, and Parts where it comes from.
	Bytes []byte `json:"-"`
	Parts []Part `json:"parts"`
}

// Explain shows the string to sign of a message and where every byte of it comes from; never an expected signature. A message that
// carries a signature is explained as a verifier reads it, any other as a signer would make it, with the first key.
func (s *Scheme) Explain(flow Flow, keys []Key, m *Message, o *SignOptions, options ...Option) (*Explanation, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf, err := configured(options)
	if err != nil {
		return nil, err
	}
	ring, err := ringOf(keys)
	if err != nil {
		return nil, err
	}
	defer wipe(ring)
	k, err := newCall(m, conf.now(), o, conf.pairs)
	if err != nil {
		return nil, err
	}
	defer k.release()
	for {
		failure := engine().Explain(s.c, uint32(flow), ring, &k.Call)
		if !k.fits(failure) {
			continue
		}
		if failure != nil {
			return nil, failed(failure)
		}
		return explanation(k.result())
	}
}

func explanation(text []byte) (*Explanation, error) {
	type input struct {
		Nested
		Text   *string `json:"string_to_sign"`
		Base64 []byte  `json:"string_to_sign_base64"`
	}
	var read struct {
		input
		Nested  []input
		Covered json.RawMessage
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, &Error{Status: StatusInternal, Message: "the explanation is not JSON", Err: err}
	}
	bytes := func(i *input) []byte {
		if i.Text != nil {
			return []byte(*i.Text)
		}
		return i.Base64
	}
	e := &Explanation{StringToSign: bytes(&read.input), Parts: read.input.Parts, CoveredJSON: read.Covered}
	for i := range read.Nested {
		nested := read.Nested[i].Nested
		nested.Bytes = bytes(&read.Nested[i])
		e.Nested = append(e.Nested, nested)
	}
	return e, nil
}

// Covered says what a signature of this message covers.
func (e *Explanation) Covered() Covered { return coveredOf(e.CoveredJSON) }

// String says in words for people what is covered and what is not, a line each.
func (e *Explanation) String() string { return wordsOf(e.CoveredJSON, nil) }
