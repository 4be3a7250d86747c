package paysig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// KeyCacheOptions of NewKeyCache; Key must be set.
type KeyCacheOptions struct {
	// Key makes a key of the ring of what was fetched. What it cannot read is an error, and the fetch counts as failed.
	Key func(id, url string, document []byte) (Key, error)
	// Locate gives the address of a key where messages do not name it; without it such keys are not fetched.
	Locate func(id string) (url string, err error)
	// Transport sends; http.DefaultTransport if nil. Certificates must be verified.
	Transport http.RoundTripper
	// Timeout of one fetch; 5 s if 0.
	Timeout time.Duration
	// MaxBytes of one document; 64 KiB if 0.
	MaxBytes int64
	// Lifetime of a fetched key, after which it is fetched again when it is asked for; an hour if 0.
	Lifetime time.Duration
	// RetryAfter is how long a fetch that failed is not tried again; a minute if 0.
	RetryAfter time.Duration
	// PerMinute is how many fetches there may be in a minute, whatever messages ask for; 10 if 0.
	PerMinute int
	// MaxKeys is how many fetched keys are kept, the oldest goes first; 8 if 0.
	MaxKeys int
}

func (o KeyCacheOptions) complete() KeyCacheOptions {
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 64 << 10
	}
	if o.Lifetime <= 0 {
		o.Lifetime = time.Hour
	}
	if o.RetryAfter <= 0 {
		o.RetryAfter = time.Minute
	}
	if o.PerMinute <= 0 {
		o.PerMinute = 10
	}
	if o.MaxKeys <= 0 {
		o.MaxKeys = 8
	}
	return o
}

// KeyCache verifies, and fetches the keys that ErrNeedsKey asks for. Which addresses a message may name is the recipe's to say; redirects
// are not followed. What goes wrong is ErrNeedsKey with the cause, which middleware answers 503, so that the sender comes again. Safe for
// many goroutines.
type KeyCache struct {
	options KeyCacheOptions
	client  *http.Client
	own     []Key
	now     func() time.Time

	mu       sync.Mutex
	verifier *Verifier
	fetched  []fetchedKey
	failed   map[keyName]failedFetch
	flights  map[keyName]*flight
	started  []time.Time
}

type keyName struct{ id, url string }

type fetchedKey struct {
	name  keyName
	key   Key
	until time.Time
}

type failedFetch struct {
	err   error
	until time.Time
}

// flight is a fetch under way; err may be read when done is closed.
type flight struct {
	done chan struct{}
	err  error
}

// landed is a flight that is over.
var landed = func() *flight {
	over := &flight{done: make(chan struct{})}
	close(over.done)
	return over
}()

// NewKeyCache makes a cache beside the keys that you have, which may be none.
func NewKeyCache(v *Verifier, keys []Key, options KeyCacheOptions) (*KeyCache, error) {
	if v == nil {
		return nil, isNil("verifier")
	}
	if options.Key == nil {
		return nil, &Error{Status: StatusInvalidOption, Field: "Key", Message: "says how a fetched document becomes a key; it must be set"}
	}
	c := &KeyCache{options: options.complete(), own: keys, now: time.Now, failed: map[keyName]failedFetch{}, flights: map[keyName]*flight{}}
	c.client = &http.Client{
		Transport:     options.Transport,
		Timeout:       c.options.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var err error
	if c.verifier, err = v.WithKeys(keys); err != nil {
		return nil, err
	}
	return c, nil
}

// String hides the keys.
func (c *KeyCache) String() string { return "paysig.KeyCache(redacted)" }

// Format hides them from every verb of fmt.
func (c *KeyCache) Format(f fmt.State, _ rune) { printHidden(f, c) }

// Verify judges one message, as Verifier.Verify does, after fetching the key if that is what is missing. The context ends the waiting
// for a fetch, not the fetch.
func (c *KeyCache) Verify(ctx context.Context, m *Message, want Want) (*Verified, error) {
	return withKey(ctx, c, func(v *Verifier) (*Verified, error) { return v.Verify(m, want) })
}

// Handshake is the answer to an endpoint check, as Verifier.Handshake gives it, after fetching the key as Verify does.
func (c *KeyCache) Handshake(ctx context.Context, m *Message) (*Handshake, error) {
	return withKey(ctx, c, func(v *Verifier) (*Handshake, error) { return v.Handshake(m) })
}

// withKey is what a verifier says, asked again when the key that it lacked has been fetched.
func withKey[T any](ctx context.Context, c *KeyCache, ask func(*Verifier) (T, error)) (T, error) {
	var none T
	v, err := c.current()
	if err != nil {
		return none, err
	}
	said, err := ask(v)
	var need *Error
	if !errors.As(err, &need) || need.Status != StatusNeedsKey {
		return said, err
	}
	if need.Err = c.wait(ctx, keyName{need.NeedKeyID, need.NeedKeyURL}); need.Err != nil {
		return none, need
	}
	if v, err = c.current(); err != nil {
		return none, err
	}
	return ask(v)
}

// current is a verifier without keys whose time is over.
func (c *KeyCache) current() (*Verifier, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, kept := c.now(), make([]fetchedKey, 0, len(c.fetched))
	for _, key := range c.fetched {
		if key.until.After(now) {
			kept = append(kept, key)
		}
	}
	if len(kept) == len(c.fetched) {
		return c.verifier, nil
	}
	// Not in the return statement: Go leaves open whether it reads c.verifier before or after the call.
	err := c.take(kept)
	return c.verifier, err
}

// take makes the verifier of these fetched keys. The one before is freed when nobody uses it any more.
func (c *KeyCache) take(fetched []fetchedKey) error {
	keys := append(make([]Key, 0, len(c.own)+len(fetched)), c.own...)
	for _, f := range fetched {
		keys = append(keys, f.key)
	}
	v, err := c.verifier.WithKeys(keys)
	if err == nil {
		c.verifier, c.fetched = v, fetched
	}
	return err
}

// wait has the key fetched, once for all who ask for it.
func (c *KeyCache) wait(ctx context.Context, name keyName) error {
	under, err := c.flight(name)
	if err != nil {
		return err
	}
	select {
	case <-under.done:
		return under.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *KeyCache) flight(name keyName) (*flight, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if under := c.flights[name]; under != nil {
		return under, nil
	}
	now := c.now()
	for _, f := range c.fetched {
		// It came meanwhile. A key that does not fit the messages that ask for it is not fetched again either.
		if f.name == name && f.until.After(now) {
			return landed, nil
		}
	}
	for other, failed := range c.failed {
		if !failed.until.After(now) {
			delete(c.failed, other)
		}
	}
	if failed, is := c.failed[name]; is {
		return nil, failed.err
	}
	for len(c.started) > 0 && now.Sub(c.started[0]) >= time.Minute {
		c.started = c.started[1:]
	}
	if len(c.started) >= c.options.PerMinute {
		return nil, fmt.Errorf("paysig: more than %d keys were asked for in a minute", c.options.PerMinute)
	}
	c.started = append(c.started, now)
	under := &flight{done: make(chan struct{})}
	c.flights[name] = under
	go func() {
		key, err := c.fetch(name)
		c.land(name, under, key, err)
	}()
	return under, nil
}

// land notes what came of a fetch.
func (c *KeyCache) land(name keyName, under *flight, key Key, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.flights, name)
	if err == nil {
		kept := make([]fetchedKey, 0, len(c.fetched)+1)
		for _, f := range c.fetched {
			if f.name != name {
				kept = append(kept, f)
			}
		}
		if extra := len(kept) + 1 - c.options.MaxKeys; extra > 0 {
			kept = kept[extra:]
		}
		err = c.take(append(kept, fetchedKey{name, key, c.now().Add(c.options.Lifetime)}))
	}
	if err != nil {
		c.failed[name] = failedFetch{err, c.now().Add(c.options.RetryAfter)}
	}
	under.err = err
	close(under.done)
}

func (c *KeyCache) fetch(name keyName) (key Key, err error) {
	defer func() {
		// Locate and Key are the caller's; a panic would leave everybody waiting.
		if p := recover(); p != nil {
			err = errors.New("paysig: Locate or Key panicked")
		}
	}()
	url := name.url
	if url == "" {
		if c.options.Locate == nil {
			return Key{}, errors.New("paysig: the message names no address of the key, and Locate is not set")
		}
		if url, err = c.options.Locate(name.id); err != nil {
			return Key{}, err
		}
	}
	resp, err := c.client.Get(url)
	if err != nil {
		return Key{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return Key{}, fmt.Errorf("paysig: the key's address answered %d", resp.StatusCode)
	}
	document, err := io.ReadAll(io.LimitReader(resp.Body, c.options.MaxBytes+1))
	if err != nil {
		return Key{}, err
	}
	if int64(len(document)) > c.options.MaxBytes {
		return Key{}, fmt.Errorf("paysig: the key's document is larger than %d bytes", c.options.MaxBytes)
	}
	return c.options.Key(name.id, url, document)
}
