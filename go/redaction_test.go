package paysig

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// printed is what fmt and encoding/json make of a value.
func printed(t *testing.T, value interface{}) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %o %t %e %c %U") {
		text = append(text, fmt.Sprintf(verb, value)...)
	}
	return string(text) + fmt.Sprint(value) + fmt.Sprintln(value)
}

// hides says that no value prints the secret, in no form that fmt and encoding/json give to text and bytes.
func hides(t *testing.T, secret string, values map[string]interface{}) {
	t.Helper()
	bytes := []byte(secret)
	forms := []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), strings.Trim(fmt.Sprint(bytes), "[]"),
		strings.Trim(fmt.Sprintf("%#v", bytes), "[]byte{}"), base64.StdEncoding.EncodeToString(bytes)}
	for name, value := range values {
		text := printed(t, value)
		for _, form := range forms {
			if strings.Contains(text, form) {
				t.Errorf("%s prints %q: %s", name, form, text)
			}
		}
	}
}

func TestCredentialsAreHidden(t *testing.T) {
	key := Key{Credentials: login, NotBefore: noon}
	cache, err := NewKeyCache(verifierOf(t), []Key{key}, KeyCacheOptions{Key: func(string, string, []byte) (Key, error) { return key, nil }})
	if err != nil {
		t.Fatal(err)
	}
	hides(t, "api-signature", map[string]interface{}{
		"credentials": login, "pointer": &login, "key": key, "key pointer": &key, "ring": []Key{key},
		"map":    map[string]Credentials{"shop": login},
		"member": struct{ Shop Credentials }{login},
		"cache":  cache, "option": struct{ Keys *KeyCache }{cache},
	})
	if text, err := json.Marshal(key); err != nil || !strings.Contains(string(text), "redacted") {
		t.Errorf("%s %v", text, err)
	}
}

// A configuration may have them as JSON.
func TestCredentialsAreReadFromJSON(t *testing.T) {
	var read struct{ Keys Credentials }
	if err := json.Unmarshal([]byte(`{"keys":{"secret":"s"}}`), &read); err != nil || read.Keys["secret"] != "s" {
		t.Error(err)
	}
}

// A step hides the secret that fetches the token and the token; its members, which are sent, hold them.
func TestStepsAreHidden(t *testing.T) {
	session, err := scheme(t, "pledg-token").NewTokenSession(Credentials{"api_key": "shop-name", "api_secret": "api-password"}, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	expect := func(action Action, secret string) {
		t.Helper()
		step, err := session.Next()
		if err != nil {
			t.Fatal(err)
		}
		if step.Action != action || !strings.Contains(fmt.Sprint(step.Header), secret) {
			t.Fatalf("action %d without %s", step.Action, secret)
		}
		hides(t, secret, map[string]interface{}{
			"pointer": step, "value": *step, "list": []Step{*step}, "member": struct{ Next Step }{*step}})
	}
	expect(Fetch, base64.StdEncoding.EncodeToString([]byte("shop-name:api-password")))
	if err := session.Fetched(200, []byte(`{"access_token":"token-of-today","expires_in":3600,"token_type":"Bearer"}`)); err != nil {
		t.Fatal(err)
	}
	expect(Authorize, "token-of-today")
}
