package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	paysig "github.com/paysig/paysig/go"
)

// line is one question, read strictly: a member that does not exist is an error, never ignored.
type line struct {
	ID        json.RawMessage     `json:"id"`
	Op        *string             `json:"op"`
	Scheme    *string             `json:"scheme"`
	Recipe    *string             `json:"recipe"`
	Flow      *string             `json:"flow"`
	Variants  []string            `json:"variants"`
	Values    map[string]string   `json:"credentials"`
	Keys      []key               `json:"keys"`
	OtherKeys []map[string]string `json:"other_keys"`
	Message   message             `json:"message"`
	Encoding  *string             `json:"wire_encoding"`
	Now       *string             `json:"now"`
	Tolerance *uint32             `json:"tolerance_seconds"`
	Nonce     *string             `json:"nonce"`
	TimeText  *string             `json:"timestamp_text"`
	Payload   *string             `json:"payload"`
	ExpiresIn *uint32             `json:"expires_in"`
	Padding   *string             `json:"padding_hex"`
}

type key struct {
	Values    map[string]string `json:"credentials"`
	NotBefore *string           `json:"not_before"`
	NotAfter  *string           `json:"not_after"`
}

type message struct {
	Method  string      `json:"method"`
	Target  string      `json:"target"`
	URL     *string     `json:"url"`
	Headers [][2]string `json:"headers"`
	Body    *string     `json:"body"`
	Base64  *string     `json:"body_base64"`
	Status  *uint16     `json:"status"`
}

func wrong(format string, args ...interface{}) error {
	return &paysig.Error{Status: paysig.StatusInvalidOption, Message: fmt.Sprintf(format, args...)}
}

// read reads a line; id is handed back as far as there is one.
func read(text []byte) (l *line, err error) {
	l = &line{}
	if !utf8.Valid(text) || !json.Valid(text) {
		return l, wrong("not JSON")
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members == nil {
		return l, wrong("not an object")
	}
	l.ID = members["id"]
	if err := known(members, line{}); err != nil {
		return l, err
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal(members["message"], &inner) == nil {
		if err := known(inner, message{}); err != nil {
			return l, err
		}
	}
	var keys []map[string]json.RawMessage
	if json.Unmarshal(members["keys"], &keys) == nil {
		for _, k := range keys {
			if err := known(k, key{}); err != nil {
				return l, err
			}
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(l); err != nil {
		return l, wrong("%v", err)
	}
	if l.Op == nil {
		return l, wrong("there is no op")
	}
	return l, nil
}

// known compares names exactly; encoding/json would take another case as well.
func known(members map[string]json.RawMessage, shape interface{}) error {
	names := map[string]bool{}
	for t, i := reflect.TypeOf(shape), 0; i < t.NumField(); i++ {
		names[t.Field(i).Tag.Get("json")] = true
	}
	for name := range members {
		if !names[name] {
			return wrong("unknown member %q", name)
		}
	}
	return nil
}

func (l *line) scheme() (*paysig.Scheme, error) {
	switch {
	case l.Scheme != nil && l.Recipe == nil:
		return paysig.Builtin(*l.Scheme)
	case l.Scheme == nil && l.Recipe != nil:
		return paysig.FromTOML(*l.Recipe, "recipe")
	}
	return nil, wrong("give either scheme or recipe")
}

func (l *line) flow() (paysig.Flow, error) {
	if l.Flow == nil {
		return paysig.Request, nil
	}
	switch *l.Flow {
	case "request":
		return paysig.Request, nil
	case "webhook":
		return paysig.Webhook, nil
	case "response":
		return paysig.Response, nil
	}
	return 0, wrong("flow %q is not known", *l.Flow)
}

func (l *line) latin1() (bool, error) {
	if l.Encoding == nil || *l.Encoding == "utf-8" {
		return false, nil
	}
	if *l.Encoding == "latin-1" {
		return true, nil
	}
	return false, wrong("wire_encoding %q is not known", *l.Encoding)
}

// options are those that every op reads: the time, or that there is none, and the variants.
func (l *line) options() ([]paysig.Option, error) {
	options := []paysig.Option{paysig.WithoutClock()}
	if l.Now != nil {
		now, err := moment("now", l.Now)
		if err != nil {
			return nil, err
		}
		options[0] = paysig.WithClock(func() time.Time { return now })
	}
	for _, name := range l.Variants {
		options = append(options, paysig.WithVariant(name))
	}
	return options, nil
}

// signOptions never let a nonce be made.
func (l *line) signOptions() (*paysig.SignOptions, error) {
	o := &paysig.SignOptions{NoNonce: true, Nonce: text(l.Nonce), TimestampText: text(l.TimeText)}
	if l.Payload != nil {
		o.Payload = []byte(*l.Payload)
	}
	if l.ExpiresIn != nil {
		o.ExpiresIn = time.Duration(*l.ExpiresIn) * time.Second
	}
	if l.Padding != nil {
		var err error
		if o.Padding, err = hex.DecodeString(*l.Padding); err != nil {
			return nil, wrong("padding_hex is not hex")
		}
	}
	return o, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func moment(name string, s *string) (time.Time, error) {
	if s == nil {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(*s))
	if err != nil {
		return t, wrong("%s %q is not an RFC 3339 time", name, *s)
	}
	return t, nil
}

func (l *line) oneKey() (paysig.Credentials, error) {
	if l.Keys != nil {
		return nil, wrong("this op takes credentials, not keys")
	}
	return l.Values, nil
}

func (l *line) keys() ([]paysig.Key, error) {
	if l.Keys == nil {
		return []paysig.Key{{Credentials: l.Values}}, nil
	}
	if l.Values != nil {
		return nil, wrong("credentials and keys exclude each other")
	}
	var ring []paysig.Key
	for _, k := range l.Keys {
		from, err := moment("not_before", k.NotBefore)
		if err != nil {
			return nil, err
		}
		to, err := moment("not_after", k.NotAfter)
		if err != nil {
			return nil, err
		}
		ring = append(ring, paysig.Key{Credentials: k.Values, NotBefore: from, NotAfter: to})
	}
	return ring, nil
}

func (l *line) message() (*paysig.Message, error) {
	latin1, err := l.latin1()
	if err != nil {
		return nil, err
	}
	m := &paysig.Message{Method: l.Message.Method, URL: text(l.Message.URL)}
	switch {
	case l.Message.Body != nil && l.Message.Base64 != nil:
		return nil, wrong("body and body_base64 exclude each other")
	case l.Message.Body != nil:
		m.Body = []byte(*l.Message.Body)
	case l.Message.Base64 != nil:
		if m.Body, err = base64.StdEncoding.Strict().DecodeString(*l.Message.Base64); err != nil || strings.ContainsAny(*l.Message.Base64, "\r\n") {
			return nil, wrong("body_base64 is not base64")
		}
	}
	if m.Target, err = wireBytes(l.Message.Target, latin1); err != nil {
		return nil, err
	}
	for _, h := range l.Message.Headers {
		name, err := wireBytes(h[0], latin1)
		if err != nil {
			return nil, err
		}
		value, err := wireBytes(h[1], latin1)
		if err != nil {
			return nil, err
		}
		m.Header = append(m.Header, paysig.Header{Name: name, Value: value})
	}
	return m, nil
}

func wireBytes(s string, latin1 bool) (string, error) {
	if !latin1 {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return "", wrong("a character is not in Latin-1")
		}
		b = append(b, byte(r))
	}
	return string(b), nil
}

func wireText(s string, latin1 bool) string {
	if !latin1 {
		return s
	}
	runes := make([]rune, 0, len(s))
	for i := 0; i < len(s); i++ {
		runes = append(runes, rune(s[i]))
	}
	return string(runes)
}
