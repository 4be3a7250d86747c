package paysig

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Store is what RedisGuard needs of a client of Redis or Valkey: it sends one command and gives the answer, a string or []byte, an
// int64, or nil where the server says that there is nothing. Answers that report an error are errors.
type Store interface {
	Do(ctx context.Context, command ...interface{}) (interface{}, error)
}

// StoreFunc makes a Store of any client. With github.com/redis/go-redis, whose option ContextTimeoutEnabled should be set:
//
//	paysig.StoreFunc(func(ctx context.Context, command ...interface{}) (interface{}, error) {
//		answer, err := client.Do(ctx, command...).Result()
//		if err == redis.Nil {
//			return nil, nil
//		}
//		return answer, err
//	})
type StoreFunc func(ctx context.Context, command ...interface{}) (interface{}, error)

// Do implements Store.
func (f StoreFunc) Do(ctx context.Context, command ...interface{}) (interface{}, error) {
	return f(ctx, command...)
}

// RedisGuard is a ReplayGuard that all servers share, over Redis or Valkey. Every step is one atomic operation on one key.
//
// The server must not forget: run it with maxmemory-policy noeviction (another policy is refused at the first Begin, where the server
// tells), and with appendonly if what was handled shall be known after its restart.
type RedisGuard struct {
	store  Store
	times  GuardOptions
	prefix string
	// Whether the server was asked for its policy.
	asked atomic.Bool
	// Timeout of one command; 2 s unless you set another before first use.
	Timeout time.Duration
}

// NewRedisGuard makes a guard. Its keys begin with the prefix; "paysig:replay:" if it is empty. It panics if there is no store.
func NewRedisGuard(store Store, prefix string, times GuardOptions) *RedisGuard {
	if store == nil {
		panic(isNil("store"))
	}
	if prefix == "" {
		prefix = "paysig:replay:"
	}
	return &RedisGuard{store: store, times: times.complete(), prefix: prefix, Timeout: 2 * time.Second}
}

const (
	replayDone  = "done"
	replayLease = "lease:"
	// Answers one's own lease to the one who may handle the message, also if he asks again because the answer was lost; else what is
	// stored: done or another's lease.
	beginScript = `local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`
	// A lease that ran out and that nobody took is committed all the same: the message was handled.
	commitScript = `local held = redis.call('GET', KEYS[1])
if held == ARGV[1] or not held then redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2]) return 1 end
return 0`
	releaseScript = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`
)

// Begin implements ReplayGuard.
func (g *RedisGuard) Begin(ctx context.Context, key string) (Replay, string, error) {
	if err := checkReplayKey(key); err != nil {
		return 0, "", err
	}
	if err := g.checkPolicy(ctx); err != nil {
		return 0, "", err
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return 0, "", storeFailure(err, "there is no randomness for a lease")
	}
	lease := replayLease + hex.EncodeToString(id)
	held, err := g.do(ctx, "EVAL", beginScript, 1, g.prefix+key, lease, g.times.Lease.Milliseconds())
	switch text := answerText(held); {
	case err != nil:
		return 0, "", err
	case text == lease:
		return ReplayFresh, lease, nil
	case text == replayDone:
		return ReplayDone, "", nil
	case strings.HasPrefix(text, replayLease):
		return ReplayInProgress, "", nil
	}
	return 0, "", &Error{Status: StatusStoreUnavailable, Message: "the replay store holds under this key what is not the guard's"}
}

// Commit implements ReplayGuard.
func (g *RedisGuard) Commit(ctx context.Context, key, lease string) error {
	noted, err := g.do(ctx, "EVAL", commitScript, 1, g.prefix+key, lease, g.times.Retention.Milliseconds())
	if err == nil && noted != int64(1) {
		err = leaseLost()
	}
	return err
}

// Release implements ReplayGuard. A lease that has passed to another is left alone.
func (g *RedisGuard) Release(ctx context.Context, key, lease string) error {
	_, err := g.do(ctx, "EVAL", releaseScript, 1, g.prefix+key, lease)
	return err
}

func (g *RedisGuard) do(ctx context.Context, command ...interface{}) (interface{}, error) {
	ctx, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	answer, err := g.store.Do(ctx, command...)
	if err == nil {
		return answer, nil
	}
	if strings.HasPrefix(err.Error(), "OOM") {
		return nil, storeFailure(err, storeFull)
	}
	return nil, storeFailure(err, "the replay store did not answer")
}

// checkPolicy refuses, once, a server that throws keys away when it is full: what it forgets would be accepted again. A server that does
// not tell is taken as it is.
func (g *RedisGuard) checkPolicy(ctx context.Context) error {
	if g.asked.Load() {
		return nil
	}
	info, err := g.do(ctx, "INFO", "memory")
	if err != nil {
		return err
	}
	limited, policy := false, ""
	for _, line := range strings.Split(answerText(info), "\r\n") {
		if value := strings.TrimPrefix(line, "maxmemory:"); value != line {
			limited = value != "0"
		}
		if value := strings.TrimPrefix(line, "maxmemory_policy:"); value != line {
			policy = value
		}
	}
	if limited && policy != "noeviction" && policy != "" {
		return &Error{Status: StatusStoreUnavailable, Message: fmt.Sprintf(
			"the replay store would forget messages when it is full (maxmemory-policy %s): set maxmemory-policy noeviction", policy)}
	}
	g.asked.Store(true)
	return nil
}

// answerText is an answer as text; "" if it is none.
func answerText(answer interface{}) string {
	switch text := answer.(type) {
	case string:
		return text
	case []byte:
		return string(text)
	}
	return ""
}
