//go:build go1.21

package paysig

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestStructuredLogsHoldNoSecret(t *testing.T) {
	step := Step{Action: Authorize, Header: []Header{{"Authorization", "Bearer api-signature"}}}
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("keys", "credentials", login, "key", Key{Credentials: login}, "ring", []Key{{Credentials: login}}, "step", step, "next", &step)
	}
	if text := out.String(); strings.Contains(text, "api-signature") || strings.Count(text, "redacted") != 10 {
		t.Error(text)
	}
}
