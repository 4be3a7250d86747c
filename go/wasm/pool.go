//go:build !cgo || paysig_wasm

package wasm

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/paysig/paysig/go/internal/native"
)

// pool holds the instances. Each call runs in the first that nobody uses, so that what is called by one goroutine after the other stays
// in one, and what is called at once spreads.
type pool struct {
	once   sync.Once
	module *module
	broken *native.Failure
	// One for each call that may run.
	tokens chan struct{}
	turn   atomic.Uint32

	// Guards changes of the list; it is never changed in place.
	mu   sync.Mutex
	list atomic.Pointer[[]*instance]
}

// start compiles the module, at the first call.
func (p *pool) start() *native.Failure {
	p.once.Do(func() {
		p.tokens = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))
		p.list.Store(&[]*instance{})
		var err error
		if p.module, err = compile(); err != nil {
			p.broken = unstarted(err)
		}
	})
	return p.broken
}

func unstarted(err error) *native.Failure {
	return &native.Failure{Status: native.Internal, Message: "the WebAssembly module does not start: " + err.Error()}
}

// acquire locks an instance: this one if it is given and lives, else any.
func (p *pool) acquire(home *instance) (*instance, *native.Failure) {
	if failure := p.start(); failure != nil {
		return nil, failure
	}
	p.tokens <- struct{}{}
	if home != nil {
		home.mu.Lock()
		if !home.gone {
			return home, nil
		}
		home.mu.Unlock()
	}
	for {
		for _, in := range *p.list.Load() {
			if in.mu.TryLock() {
				if !in.gone {
					return in, nil
				}
				in.mu.Unlock()
			}
		}
		in, failure := p.grow()
		if failure != nil {
			<-p.tokens
			return nil, failure
		}
		if in != nil {
			return in, nil
		}
		// All are in use, one of them by somebody who needed that one.
		list := *p.list.Load()
		if len(list) == 0 {
			continue
		}
		in = list[int(p.turn.Add(1))%len(list)]
		in.mu.Lock()
		if !in.gone {
			return in, nil
		}
		in.mu.Unlock()
	}
}

// grow makes a locked instance, or none if there are enough.
func (p *pool) grow() (*instance, *native.Failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := *p.list.Load()
	if len(list) >= cap(p.tokens) {
		return nil, nil
	}
	in, err := p.module.instance()
	if err != nil {
		return nil, unstarted(err)
	}
	in.mu.Lock()
	grown := append(append(make([]*instance, 0, len(list)+1), list...), in)
	p.list.Store(&grown)
	return in, nil
}

// release ends what acquire began. An instance that trapped is given up, and one whose memory has grown large, if it holds nothing that
// could not be made anew.
func (p *pool) release(in *instance) {
	p.unlock(in)
	<-p.tokens
}

func (p *pool) unlock(in *instance) {
	if in.trap != nil || in.pinned == 0 && in.memory.Size() > keepMemory {
		p.mu.Lock()
		var rest []*instance
		for _, other := range *p.list.Load() {
			if other != in {
				rest = append(rest, other)
			}
		}
		p.list.Store(&rest)
		p.mu.Unlock()
		in.discard()
	}
	in.mu.Unlock()
}

// on runs a call about an object, which is made in the instance if it is not there yet.
func (p *pool) on(o *object, run func(in *instance, at uint32) *native.Failure) *native.Failure {
	in, failure := p.acquire(o.home)
	if failure != nil {
		return failure
	}
	defer p.release(in)
	at, failure := in.find(o)
	if failure == nil {
		failure = run(in, at)
	}
	if in.trap != nil {
		return trapped(in.trap)
	}
	return failure
}

// alone runs a call about nothing.
func (p *pool) alone(run func(in *instance) *native.Failure) *native.Failure {
	in, failure := p.acquire(nil)
	if failure != nil {
		return failure
	}
	defer p.release(in)
	if failure = run(in); in.trap != nil {
		return trapped(in.trap)
	}
	return failure
}

// free frees an object wherever it was made.
func (p *pool) free(o *object) {
	o.freed.Store(true)
	for _, in := range *p.list.Load() {
		in.mu.Lock()
		if !in.gone {
			in.forget(o)
		}
		p.unlock(in)
	}
	o.let()
}
