package paysig

import (
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/paysig/paysig/go/internal/native"
)

// Action is what a token session wants done.
type Action uint32

const (
	// Authorize: send your request with Step.Header.
	Authorize Action = 1
	// Fetch: send Step's request to the token endpoint and report the answer with Fetched.
	Fetch Action = 2
	// Wait: somebody is fetching, or the last fetch failed a moment ago; ask again at Step.Until.
	Wait Action = 3
)

// Step is the next step of a token session. Header and Body hold a token or a secret: a Step as a whole prints and marshals without them,
// its members do not.
type Step struct {
	Action Action
	// Until is, for Wait, when to ask again at the latest; for Fetch, when your time to fetch runs out and another may try.
	Until time.Time
	// Method and Target (path and query) of the request to the token endpoint, for Fetch.
	Method, Target string
	// Header lines to add, for Authorize and Fetch.
	Header []Header
	// Body for Fetch.
	Body []byte
}

// String hides what the step holds.
func (s Step) String() string { return "paysig.Step(redacted)" }

// GoString hides it, too.
func (s Step) GoString() string { return s.String() }

// Format hides it from every verb of fmt.
func (s Step) Format(f fmt.State, _ rune) { printHidden(f, s) }

// MarshalText hides it from encoding/json, and so from slog, and from other encoders that ask for it.
func (s Step) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// TokenSession keeps a bearer token and says when to renew it. It does no I/O; Transport drives it. Safe for many goroutines.
type TokenSession struct {
	mu  sync.Mutex
	c   native.Handle
	now func() int64
	// Closed and replaced at every news, so that those who wait look again.
	news chan struct{}
	// How many tokens were fetched, and which of them was the last to be dropped after a 401.
	fetched, dropped uint64
}

// NewTokenSession makes a session: WithClock, WithSavedState.
func (s *Scheme) NewTokenSession(credentials Credentials, options ...Option) (*TokenSession, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf, err := sessionConfigured(options)
	if err != nil {
		return nil, err
	}
	keys, err := credentials.pairs()
	if err != nil {
		return nil, err
	}
	defer keys.Wipe()
	saved := ""
	if conf.saved != nil {
		saved = *conf.saved
	}
	c, failure := engine().NewSession(s.c, keys, saved)
	if failure != nil {
		return nil, failed(failure)
	}
	// 1, so that no token, not even a saved one, has the number 0 of those that were never dropped.
	session := &TokenSession{c: c, now: conf.now, news: make(chan struct{}), fetched: 1}
	runtime.SetFinalizer(session, (*TokenSession).Close)
	return session, nil
}

// Close wipes the token and frees the session. Later calls answer ErrInvalidOption.
func (t *TokenSession) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	runtime.SetFinalizer(t, nil)
	engine().Free(t.c)
	t.c = nil
}

// Next says what to do now. While a token is being renewed, the old one goes on being used as long as it lasts. A fetch is handed out
// once; if its caller does not report in time, the next call gets it.
func (t *TokenSession) Next() (*Step, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.next()
}

func (t *TokenSession) next() (*Step, error) {
	if t.c == nil {
		return nil, closed("session")
	}
	k, err := newCall(&Message{}, t.now(), nil, nil)
	if err != nil {
		return nil, err
	}
	defer k.release()
	for {
		failure := engine().Next(t.c, &k.Call)
		if !k.fits(failure) {
			continue
		}
		if failure != nil {
			return nil, failed(failure)
		}
		r, all := &k.Call.Step, string(k.result())
		for i := range k.result() {
			k.Out[i] = 0
		}
		step := &Step{Action: Action(r.Action), Method: text(all, r.Method), Target: text(all, r.Target)}
		if step.Action != Authorize {
			step.Until = time.UnixMilli(r.UntilMS)
		}
		step.Header, step.Body = headerLines(nil, text(all, r.Headers)), []byte(text(all, r.Body))
		return step, nil
	}
}

// Fetched reports the token endpoint's answer: its HTTP status (0: it could not be reached) and body. ErrTokenRefused and
// ErrTokenResponseInvalid say that it brought no token.
func (t *TokenSession) Fetched(status int, body []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.c == nil {
		return closed("session")
	}
	failure := engine().Fetched(t.c, uint32(status), body, t.now())
	close(t.news)
	t.news = make(chan struct{})
	if failure != nil {
		return failed(failure)
	}
	t.fetched++
	return nil
}

// Refused reports that the API answered 401: the token is dropped. A second refusal in a row is ErrTokenRefused.
func (t *TokenSession) Refused() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused()
}

// refusedToken reports that this token was refused, unless somebody who was refused at the same time already has.
func (t *TokenSession) refusedToken(number uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if number != t.fetched || number == t.dropped {
		return nil
	}
	err := t.refused()
	if err == nil {
		t.dropped = number
	}
	return err
}

func (t *TokenSession) refused() error {
	if t.c == nil {
		return closed("session")
	}
	if failure := engine().Refused(t.c, t.now()); failure != nil {
		return failed(failure)
	}
	return nil
}

// Accepted reports that the API accepted the token, so that a later refusal is answered by a new fetch.
func (t *TokenSession) Accepted() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.c == nil {
		return closed("session")
	}
	if failure := engine().Accepted(t.c); failure != nil {
		return failed(failure)
	}
	return nil
}

// Save is the state as text for WithSavedState in another process. It holds the token: keep it where the secret may be kept.
func (t *TokenSession) Save() (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.c == nil {
		return "", closed("session")
	}
	k, err := newCall(&Message{}, timeNone, nil, nil)
	if err != nil {
		return "", err
	}
	defer k.release()
	for {
		failure := engine().Save(t.c, &k.Call)
		if !k.fits(failure) {
			continue
		}
		if failure != nil {
			return "", failed(failure)
		}
		state := string(k.result())
		for i := range k.result() {
			k.Out[i] = 0
		}
		return state, nil
	}
}
