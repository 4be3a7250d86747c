//go:build cgo

package paysig

// #include "call.h"
import "C"

import (
	"encoding/json"
	"runtime"
	"time"
	"unsafe"
)

// Credentials are the values that a scheme asks for, by name: "login", "secret".
type Credentials map[string]string

func (c Credentials) pairs() (*pairs, error) {
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

// Key is one key of a ring.
type Key struct {
	// Credentials of the key.
	Credentials Credentials
	// NotBefore and NotAfter say when it is valid, both included; the zero time leaves an end open.
	NotBefore, NotAfter time.Time
}

// Scheme is how one provider product authenticates messages. Immutable; share it between goroutines.
type Scheme struct{ c *C.paysig_scheme }

// Builtin is a scheme of the catalogue: "directa24-deposits". ErrUnknownScheme if there is none of this id.
func Builtin(id string) (*Scheme, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	name, err := []byte(id+"\x00"), newError()
	s := new(Scheme)
	status := C.paysig_scheme_builtin((*C.char)(unsafe.Pointer(&name[0])), C.size_t(len(id)), &s.c, err)
	return s.made(status, err)
}

// FromTOML is a scheme of your own: the text of a recipe, at most 64 KiB. file names it in errors. ErrInvalidRecipe says what is wrong.
func FromTOML(recipe, file string) (*Scheme, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	text, name, err := []byte(recipe+"\x00"), []byte(file+"\x00"), newError()
	s := new(Scheme)
	status := C.paysig_scheme_from_toml((*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(recipe)),
		(*C.char)(unsafe.Pointer(&name[0])), C.size_t(len(file)), &s.c, err)
	return s.made(status, err)
}

func (s *Scheme) made(status C.paysig_status, err *C.paysig_error) (*Scheme, error) {
	if status != 0 {
		return nil, failure(status, err)
	}
	runtime.SetFinalizer(s, (*Scheme).Close)
	return s, nil
}

// Close frees the scheme now instead of when it is collected. Signers and verifiers made of it stay. No call may be under way; later
// calls answer ErrInvalidOption.
func (s *Scheme) Close() {
	runtime.SetFinalizer(s, nil)
	C.paysig_scheme_free(s.c)
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
	text, err := textOf(func(k *call) C.paysig_status {
		return C.paysig_catalogue(unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)), &k.c.out_len, &k.c.error)
	})
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
	name := []byte(id + "\x00")
	return textOf(func(k *call) C.paysig_status {
		return C.paysig_recipe((*C.char)(unsafe.Pointer(&name[0])), C.size_t(len(id)), unsafe.Pointer(&k.out[0]),
			C.size_t(len(k.out)), &k.c.out_len, &k.c.error)
	})
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
	text, err := textOf(func(k *call) C.paysig_status {
		return C.paysig_lint(s.c, unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)), &k.c.out_len, &k.c.error)
	})
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
func textOf(run func(k *call) C.paysig_status) (string, error) {
	k, err := newCall(&Message{}, timeNone, nil, nil)
	if err != nil {
		return "", err
	}
	defer k.release()
	for {
		k.c.error.struct_size = C.uint32_t(unsafe.Sizeof(k.c.error))
		status := run(k)
		if !k.fits(status) {
			continue
		}
		if status != 0 {
			return "", k.failure(status)
		}
		return string(k.out[:k.c.out_len]), nil
	}
}

// newRing makes a ring of the keys; the caller frees it.
func newRing(keys []Key) (*C.paysig_keyring, error) {
	e := newError()
	var ring *C.paysig_keyring
	if status := C.paysig_keyring_new(&ring, e); status != 0 {
		return nil, failure(status, e)
	}
	for i := range keys {
		p, err := keys[i].Credentials.pairs()
		if err != nil {
			C.paysig_keyring_free(ring)
			return nil, err
		}
		status := C.paysig_keyring_add(ring, p.data(), p.size(), p.lensData(), C.size_t(p.n),
			C.int64_t(openEnd(keys[i].NotBefore)), C.int64_t(openEnd(keys[i].NotAfter)), e)
		p.wipe()
		if status != 0 {
			C.paysig_keyring_free(ring)
			return nil, failure(status, e)
		}
	}
	return ring, nil
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
}

// Explain shows the string to sign of a message and where every byte of it comes from; never an expected signature. A message that
// carries a signature is explained as a verifier reads it, any other as a signer would make it, with the first key.
func (s *Scheme) Explain(flow Flow, keys []Key, m *Message, o *SignOptions, options ...Option) (*Explanation, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf := configured(options)
	ring, err := newRing(keys)
	if err != nil {
		return nil, err
	}
	defer C.paysig_keyring_free(ring)
	k, err := newCall(m, conf.now(), o, conf.pairs)
	if err != nil {
		return nil, err
	}
	defer k.release()
	body := bytesOf(m.Body)
	for {
		status := C.go_explain(s.c, C.uint32_t(flow), ring, k.c, (*C.char)(unsafe.Pointer(&k.arena[0])), &k.lens[0],
			unsafe.Pointer(&body[0]), unsafe.Pointer(&k.out[0]), C.size_t(len(k.out)))
		if !k.fits(status) {
			continue
		}
		if status != 0 {
			return nil, k.failure(status)
		}
		return explanation(k.out[:k.c.out_len])
	}
}

func explanation(text []byte) (*Explanation, error) {
	var read struct {
		Text   *string `json:"string_to_sign"`
		Base64 []byte  `json:"string_to_sign_base64"`
		Parts  []Part  `json:"parts"`
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, &Error{Status: StatusInternal, Message: "the explanation is not JSON", Err: err}
	}
	e := &Explanation{StringToSign: read.Base64, Parts: read.Parts}
	if read.Text != nil {
		e.StringToSign = []byte(*read.Text)
	}
	return e, nil
}
