package paysig

import (
	"context"
	"errors"
	"time"
)

// Replay is what a ReplayGuard knows of a message.
type Replay int

const (
	// ReplayFresh: never seen; it is yours until you commit or release it or the lease runs out.
	ReplayFresh Replay = iota
	// ReplayInProgress: another delivery of it is being handled.
	ReplayInProgress
	// ReplayDone: it was handled.
	ReplayDone
)

// ReplayGuard remembers replay keys, in a store that all servers share. Begin must be atomic. Keep a finished key as
// long as Verifier.Retention says.
type ReplayGuard interface {
	// Begin asks for the right to handle a message. The lease is handed back to Commit or Release.
	Begin(ctx context.Context, replayKey string) (state Replay, lease string, err error)
	// Commit says that the message was handled.
	Commit(ctx context.Context, replayKey, lease string) error
	// Release says that it was not, so that the sender's next attempt is fresh.
	Release(ctx context.Context, replayKey, lease string) error
}

// GuardOptions are the times of a guard.
type GuardOptions struct {
	// Retention is how long a handled message is remembered: Verifier.Retention, or longer. A week if 0.
	Retention time.Duration
	// Lease is how long a handler may take: of one that died, the message is handled again afterwards. A minute if 0.
	Lease time.Duration
}

func (o GuardOptions) complete() GuardOptions {
	if o.Retention <= 0 {
		o.Retention = 7 * 24 * time.Hour
	}
	if o.Lease <= 0 {
		o.Lease = time.Minute
	}
	return o
}

// A key longer than this is refused.
const maxReplayKey = 512

func checkReplayKey(key string) error {
	if key == "" || len(key) > maxReplayKey {
		return &Error{Status: StatusInvalidOption, Field: "replay_key", Message: "a replay key has 1 to 512 bytes"}
	}
	return nil
}

const storeFull = "the replay store is full of messages that must be remembered"

// leaseLost: the handler took too long, and another one was let in.
func leaseLost() error {
	return &Error{Status: StatusStoreUnavailable, Message: "the lease ran out before the handler was done; the message may be handled again"}
}

// storeFailure is the guard's own *Error, or another error as the cause of a store that did not do its work.
func storeFailure(err error, message string) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Status: StatusStoreUnavailable, Message: message, Err: err}
}
