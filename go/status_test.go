package paysig

import (
	"errors"
	"testing"
)

// A status that the library knows and this package does not handle fails here.
func TestEveryStatusHasASentinel(t *testing.T) {
	known := 0
	for n := Status(0); n < 1024; n++ {
		name := n.String()
		sentinel, handled := sentinels[n]
		if name == "unknown" || n == StatusOK {
			if handled {
				t.Errorf("%d has a sentinel and is no error", n)
			}
			continue
		}
		known++
		if !handled {
			t.Errorf("%d %s has no sentinel", n, name)
			continue
		}
		if sentinel.Error() != "paysig: "+name {
			t.Errorf("%d is %s, its sentinel says %s", n, name, sentinel)
		}
		var err error = &Error{Status: n}
		for other, wrong := range sentinels {
			if errors.Is(err, wrong) != (other == n) {
				t.Errorf("%s and %v are mixed up", name, wrong)
			}
		}
		if n.IsVerdict() != (n <= 18) {
			t.Errorf("%s: verdict %v", name, n.IsVerdict())
		}
		switch http := n.HTTP(); http {
		case 400, 401, 413, 500, 503:
		case 200:
			if n != StatusReplayed {
				t.Errorf("%s is answered 200", name)
			}
		default:
			t.Errorf("%s is answered %d", name, http)
		}
	}
	if known != len(sentinels) {
		t.Errorf("%d statuses, %d sentinels", known, len(sentinels))
	}
	if !errors.Is(&Error{Status: 999}, ErrInternal) {
		t.Error("a status that is newer than this package must be an error of some kind")
	}
}
