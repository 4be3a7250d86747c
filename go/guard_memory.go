package paysig

import (
	"container/heap"
	"context"
	"strconv"
	"sync"
	"time"
)

// MemoryGuard is a ReplayGuard for one process: with several servers, or across restarts, it does not protect. It is bounded; full of
// what must be remembered, it answers ErrStoreUnavailable instead of forgetting.
type MemoryGuard struct {
	mu       sync.Mutex
	capacity int
	times    GuardOptions
	now      func() time.Time
	entries  map[string]*memoryEntry
	byEnd    memoryHeap
	attempts uint64
}

type memoryEntry struct {
	key, lease string
	done       bool
	until      time.Time
	place      int
}

const defaultCapacity = 100_000

// NewMemoryGuard remembers at most so many messages at a time, about 200 bytes each; 100,000 if 0.
func NewMemoryGuard(capacity int, times GuardOptions) *MemoryGuard {
	if capacity <= 0 {
		capacity = defaultCapacity
	}
	return &MemoryGuard{capacity: capacity, times: times.complete(), now: time.Now, entries: map[string]*memoryEntry{}}
}

// Begin implements ReplayGuard.
func (g *MemoryGuard) Begin(_ context.Context, key string) (Replay, string, error) {
	if err := checkReplayKey(key); err != nil {
		return 0, "", err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.dropEnded()
	if entry := g.entries[key]; entry != nil {
		if entry.done {
			return ReplayDone, "", nil
		}
		return ReplayInProgress, "", nil
	}
	g.attempts++
	entry := &memoryEntry{key: key, lease: strconv.FormatUint(g.attempts, 10), until: now.Add(g.times.Lease)}
	return ReplayFresh, entry.lease, g.insert(entry)
}

func (g *MemoryGuard) insert(entry *memoryEntry) error {
	if len(g.entries) >= g.capacity {
		return &Error{Status: StatusStoreUnavailable, Message: storeFull}
	}
	g.entries[entry.key] = entry
	heap.Push(&g.byEnd, entry)
	return nil
}

// Commit implements ReplayGuard. A lease that ran out and that nobody took is committed all the same: the message was handled.
func (g *MemoryGuard) Commit(_ context.Context, key, lease string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.dropEnded()
	until := now.Add(g.times.Retention)
	entry := g.entries[key]
	switch {
	case entry == nil:
		return g.insert(&memoryEntry{key: key, done: true, until: until})
	case entry.done || entry.lease != lease:
		return leaseLost()
	}
	entry.done, entry.until = true, until
	heap.Fix(&g.byEnd, entry.place)
	return nil
}

// Release implements ReplayGuard. A lease that has passed to another is left alone.
func (g *MemoryGuard) Release(_ context.Context, key, lease string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if entry := g.entries[key]; entry != nil && !entry.done && entry.lease == lease {
		heap.Remove(&g.byEnd, entry.place)
		delete(g.entries, key)
	}
	return nil
}

// dropEnded forgets what need not be remembered any more.
func (g *MemoryGuard) dropEnded() time.Time {
	now := g.now()
	for len(g.byEnd) > 0 && !g.byEnd[0].until.After(now) {
		delete(g.entries, heap.Pop(&g.byEnd).(*memoryEntry).key)
	}
	return now
}

// memoryHeap has the entry that ends first in front.
type memoryHeap []*memoryEntry

func (h memoryHeap) Len() int           { return len(h) }
func (h memoryHeap) Less(i, j int) bool { return h[i].until.Before(h[j].until) }
func (h memoryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}
func (h *memoryHeap) Push(x interface{}) {
	entry := x.(*memoryEntry)
	entry.place = len(*h)
	*h = append(*h, entry)
}
func (h *memoryHeap) Pop() interface{} {
	last := len(*h) - 1
	entry := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return entry
}
