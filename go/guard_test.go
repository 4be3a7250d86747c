package paysig

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var background = context.Background()

// begin asks for a message and wants this answer.
func begin(t *testing.T, g ReplayGuard, key string, want Replay) string {
	t.Helper()
	state, lease, err := g.Begin(background, key)
	if err != nil || state != want || (lease == "") == (want == ReplayFresh) {
		t.Fatalf("%s: %v %q %v", key, state, lease, err)
	}
	return lease
}

// memoryAt is a guard whose clock is moved by hand.
func memoryAt(capacity int) (*MemoryGuard, func(time.Duration)) {
	g, now := NewMemoryGuard(capacity, GuardOptions{Retention: 10 * time.Minute}), noon
	g.now = func() time.Time { return now }
	return g, func(d time.Duration) { now = now.Add(d) }
}

func TestMemoryGuard(t *testing.T) {
	g, pass := memoryAt(10)
	lease := begin(t, g, "k", ReplayFresh)
	begin(t, g, "k", ReplayInProgress)
	if err := g.Release(background, "k", lease); err != nil {
		t.Fatal(err)
	}
	lease = begin(t, g, "k", ReplayFresh)
	if err := g.Commit(background, "k", lease); err != nil {
		t.Fatal(err)
	}
	pass(10*time.Minute - time.Second)
	begin(t, g, "k", ReplayDone)
	pass(time.Second)
	begin(t, g, "k", ReplayFresh)
	for _, key := range []string{"", strings.Repeat("k", 513)} {
		if _, _, err := g.Begin(background, key); !errors.Is(err, ErrInvalidOption) {
			t.Errorf("key of %d bytes: %v", len(key), err)
		}
	}
}

func TestMemoryGuardLease(t *testing.T) {
	g, pass := memoryAt(10)
	dead := begin(t, g, "k", ReplayFresh)
	pass(time.Minute)
	next := begin(t, g, "k", ReplayFresh)
	if err := g.Commit(background, "k", dead); !errors.Is(err, ErrStoreUnavailable) {
		t.Errorf("a lease that passed to another: %v", err)
	}
	if err := g.Release(background, "k", dead); err != nil {
		t.Error(err)
	}
	begin(t, g, "k", ReplayInProgress)
	if err := g.Commit(background, "k", next); err != nil {
		t.Error(err)
	}
	begin(t, g, "k", ReplayDone)
	slow := begin(t, g, "slow", ReplayFresh)
	pass(time.Minute)
	if err := g.Commit(background, "slow", slow); err != nil {
		t.Errorf("a lease that ran out and that nobody took: %v", err)
	}
	begin(t, g, "slow", ReplayDone)
}

func TestMemoryGuardIsBounded(t *testing.T) {
	g, pass := memoryAt(2)
	for _, key := range []string{"a", "b"} {
		if err := g.Commit(background, key, begin(t, g, key, ReplayFresh)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := g.Begin(background, "c"); !errors.Is(err, ErrStoreUnavailable) || !strings.Contains(err.Error(), "full") {
		t.Errorf("full: %v", err)
	}
	begin(t, g, "a", ReplayDone)
	pass(10 * time.Minute)
	for i := 0; i < 1000; i++ {
		if err := g.Release(background, "c", begin(t, g, "c", ReplayFresh)); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.entries) != 0 || len(g.byEnd) != 0 {
		t.Errorf("%d entries, %d ends are left", len(g.entries), len(g.byEnd))
	}
}

// As with the times, 0 is no capacity but the usual one.
func TestMemoryGuardOfNoCapacity(t *testing.T) {
	for _, capacity := range []int{0, -1} {
		begin(t, NewMemoryGuard(capacity, GuardOptions{}), "k", ReplayFresh)
	}
}

func TestMemoryGuardRace(t *testing.T) {
	g := NewMemoryGuard(10_000, GuardOptions{})
	var wins int64
	var all sync.WaitGroup
	for n := 0; n < 4; n++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 2000; i++ {
				key := fmt.Sprint(i)
				if state, lease, err := g.Begin(background, key); err == nil && state == ReplayFresh {
					atomic.AddInt64(&wins, 1)
					if err := g.Commit(background, key, lease); err != nil {
						t.Error(err)
					}
				}
			}
		}()
	}
	all.Wait()
	if wins != 2000 {
		t.Errorf("%d of 2000 were handled", wins)
	}
}

// A server that gives the answers of a script, in order; a function makes its answer of the command.
type script struct {
	answers []interface{}
	sent    []string
}

func (s *script) Do(_ context.Context, command ...interface{}) (interface{}, error) {
	s.sent = append(s.sent, fmt.Sprint(command[0]))
	answer := s.answers[0]
	s.answers = s.answers[1:]
	switch answer := answer.(type) {
	case error:
		return nil, answer
	case func([]interface{}) interface{}:
		return answer(command), nil
	}
	return answer, nil
}

// What the server says and what the guard makes of it; the nested module redistest has a real server.
func TestRedisGuardAnswers(t *testing.T) {
	const fine = "# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n"
	// EVAL, script, 1, key, lease.
	own := func(command []interface{}) interface{} { return command[4] }
	ownBytes := func(command []interface{}) interface{} { return []byte(command[4].(string)) }
	for _, c := range []struct {
		name    string
		answers []interface{}
		want    Replay
		err     string
	}{
		{"fresh", []interface{}{fine, own}, ReplayFresh, ""},
		{"bytes", []interface{}{[]byte(fine), ownBytes}, ReplayFresh, ""},
		{"done", []interface{}{fine, "done"}, ReplayDone, ""},
		{"in progress", []interface{}{fine, []byte("lease:0f")}, ReplayInProgress, ""},
		{"it does not tell its policy", []interface{}{"", own}, ReplayFresh, ""},
		{"evicts nothing", []interface{}{"maxmemory:100\r\nmaxmemory_policy:noeviction\r\n", own}, ReplayFresh, ""},
		{"evicts", []interface{}{"maxmemory:100\r\nmaxmemory_policy:allkeys-lru\r\n"}, 0, "allkeys-lru"},
		{"another's key", []interface{}{fine, "hello"}, 0, "not the guard's"},
		{"down", []interface{}{errors.New("connection refused")}, 0, "did not answer"},
		{"down later", []interface{}{fine, errors.New("broken pipe")}, 0, "did not answer"},
		{"nothing", []interface{}{fine, nil}, 0, "not the guard's"},
		{"full", []interface{}{fine, errors.New("OOM command not allowed when used memory > 'maxmemory'.")}, 0, "full"},
	} {
		server := &script{answers: c.answers}
		state, lease, err := NewRedisGuard(server, "", GuardOptions{}).Begin(background, "k")
		if c.err != "" {
			if !errors.Is(err, ErrStoreUnavailable) || !strings.Contains(err.Error(), c.err) || lease != "" {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || state != c.want || (lease == "") == (state == ReplayFresh) {
			t.Errorf("%s: %v %q %v", c.name, state, lease, err)
		}
	}
	server := &script{answers: []interface{}{int64(0), errors.New("gone")}}
	g := NewRedisGuard(server, "", GuardOptions{})
	for _, want := range []string{"the lease ran out", "did not answer"} {
		if err := g.Commit(background, "k", "lease:1"); !errors.Is(err, ErrStoreUnavailable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, _, err := g.Begin(background, ""); !errors.Is(err, ErrInvalidOption) {
		t.Error(err)
	}
}
