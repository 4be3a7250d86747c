//! Replay protection, apart from verifying: a message is handled once, and a handler that fails gets it again.
//!
//! `begin` before the handler, `commit` after it succeeded, `release` after it failed. A handler that dies holds its
//! lease until it runs out; then the next delivery is handled. A finished duplicate is answered 200, so that the
//! provider stops sending it, and is not handled again. What cannot be remembered is an error, never an acceptance.
//!
//! Keys are [`Verified::replay_key`](crate::Verified::replay_key)s, or ids of the business (an event id) under a prefix
//! of your own. The clock is the host's. [`MemoryStore`] is for one process; the crate `paysig-redis` has a store that several share.

use crate::time::UnixMillis;
use crate::verify::Verifier;
use crate::{Error, Result, Status};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Keys longer than this are refused.
const MAX_KEY: usize = 512;

/// The right to handle a message; hand it to `commit` or `release`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lease {
    /// The replay key.
    pub key: String,
    /// Which attempt; a lease that ran out and was given to another no longer counts.
    pub id: u64,
}

/// What `begin` says of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Begin {
    /// Nobody has handled it: do, then commit or release.
    Fresh(Lease),
    /// Somebody is handling it; answer so that the provider tries again later (503).
    InProgress {
        /// When the other's lease runs out.
        until: UnixMillis,
    },
    /// It was handled: answer 200 and do nothing.
    Done,
}

/// Where replay keys are kept. Every operation must be atomic; what fails answers `store_unavailable`.
pub trait Store: Send + Sync {
    /// Takes a lease on a key that is neither leased nor done.
    fn begin(&self, key: &str, now: UnixMillis, lease_until: UnixMillis) -> Result<Begin>;
    /// Marks a leased key as done until then. Fails if the lease has passed to another; one that ran out and that nobody
    /// took is committed all the same, since the message was handled.
    fn commit(&self, lease: &Lease, now: UnixMillis, keep_until: UnixMillis) -> Result<()>;
    /// Gives a lease back; one that has passed to another is left alone.
    fn release(&self, lease: &Lease) -> Result<()>;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn begin(&self, key: &str, now: UnixMillis, lease_until: UnixMillis) -> Result<Begin> {
        (**self).begin(key, now, lease_until)
    }
    fn commit(&self, lease: &Lease, now: UnixMillis, keep_until: UnixMillis) -> Result<()> {
        (**self).commit(lease, now, keep_until)
    }
    fn release(&self, lease: &Lease) -> Result<()> {
        (**self).release(lease)
    }
}

/// A store with its times.
#[derive(Clone, Debug)]
pub struct Guard<S> {
    store: S,
    lease_ms: i64,
    retention_ms: i64,
}

impl<S: Store> Guard<S> {
    /// `retention_seconds`: how long a handled message is remembered; [`Verifier::retention_seconds`] says what a scheme
    /// needs; not 0. The lease is 60 s.
    pub fn new(store: S, retention_seconds: u64) -> Guard<S> {
        Guard {
            store,
            lease_ms: 60_000,
            retention_ms: millis(retention_seconds),
        }
    }

    /// The same guard whatever its store is.
    #[cfg(feature = "tower")]
    pub(crate) fn shared(self) -> Guard<Arc<dyn Store>>
    where
        S: 'static,
    {
        Guard {
            store: Arc::new(self.store),
            lease_ms: self.lease_ms,
            retention_ms: self.retention_ms,
        }
    }

    /// How long a handler may take.
    #[must_use]
    pub fn lease_seconds(mut self, seconds: u64) -> Self {
        self.lease_ms = millis(seconds.max(1));
        self
    }

    /// Before the handler.
    pub fn begin(&self, key: &str, now: UnixMillis) -> Result<Begin> {
        if key.is_empty() || key.len() > MAX_KEY {
            return Err(Error::field(
                Status::InvalidOption,
                "replay_key",
                "a replay key has 1 to 512 bytes",
            ));
        }
        if self.retention_ms == 0 {
            return Err(Error::field(
                Status::InvalidOption,
                "retention_seconds",
                "a guard that remembers for no time would let every repetition through",
            ));
        }
        let until = UnixMillis(now.0.saturating_add(self.lease_ms));
        self.store.begin(key, now, until)
    }

    /// After the handler succeeded.
    pub fn commit(&self, lease: &Lease, now: UnixMillis) -> Result<()> {
        let until = UnixMillis(now.0.saturating_add(self.retention_ms));
        self.store.commit(lease, now, until)
    }

    /// After the handler failed: the next delivery is handled.
    pub fn release(&self, lease: &Lease) -> Result<()> {
        self.store.release(lease)
    }
}

fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX)
}

impl Verifier {
    /// How long replay keys must be remembered, in seconds: for schemes that sign a time, as long as a message can be
    /// accepted at all (from tolerance before to tolerance after); for others what the recipe names, else a week.
    pub fn retention_seconds(&self) -> u64 {
        const WEEK: u64 = 604_800;
        match (self.tolerance_seconds(), self.plan.spec.retention_seconds) {
            (Some(tolerance), _) => tolerance.saturating_mul(2).saturating_add(1),
            (None, Some(retention)) => retention,
            (None, None) => WEEK,
        }
    }
}

/// A store in this process's memory, bounded: full of what must be remembered, it refuses instead of forgetting.
#[derive(Debug)]
pub struct MemoryStore {
    capacity: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    entries: HashMap<Arc<str>, Entry>,
    /// When entries stop to count, for cheap removal.
    by_end: BTreeMap<(i64, u64), Arc<str>>,
    next_id: u64,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    done: bool,
    until: i64,
}

impl MemoryStore {
    /// Remembers at most so many keys at a time (about 200 bytes each).
    pub fn new(capacity: usize) -> MemoryStore {
        MemoryStore {
            capacity,
            inner: Mutex::default(),
        }
    }

    fn locked<T>(&self, run: impl FnOnce(&mut Inner) -> T) -> T {
        // No operation leaves the maps half changed, so a panic elsewhere in the process does not matter here.
        run(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    fn drop_ended(&mut self, now: i64) {
        while let Some((&end, _)) = self.by_end.first_key_value()
            && end.0 <= now
        {
            if let Some(key) = self.by_end.remove(&end) {
                self.entries.remove(&key);
            }
        }
    }

    fn insert(&mut self, key: Arc<str>, entry: Entry) {
        self.by_end.insert((entry.until, entry.id), key.clone());
        self.entries.insert(key, entry);
    }

    /// Takes out an entry if this lease still holds it.
    fn take(&mut self, lease: &Lease) -> Option<(Arc<str>, Entry)> {
        let entry = self.entries.get(lease.key.as_str())?;
        if entry.id != lease.id || entry.done {
            return None;
        }
        let (key, entry) = self.entries.remove_entry(lease.key.as_str())?;
        self.by_end.remove(&(entry.until, entry.id));
        Some((key, entry))
    }
}

impl Store for MemoryStore {
    fn begin(&self, key: &str, now: UnixMillis, lease_until: UnixMillis) -> Result<Begin> {
        self.locked(|inner| {
            inner.drop_ended(now.0);
            if let Some(entry) = inner.entries.get(key) {
                return Ok(if entry.done {
                    Begin::Done
                } else {
                    Begin::InProgress {
                        until: UnixMillis(entry.until),
                    }
                });
            }
            if inner.entries.len() >= self.capacity {
                return Err(full());
            }
            inner.next_id += 1;
            let id = inner.next_id;
            inner.insert(
                key.into(),
                Entry {
                    id,
                    done: false,
                    until: lease_until.0,
                },
            );
            Ok(Begin::Fresh(Lease {
                key: key.to_owned(),
                id,
            }))
        })
    }

    fn commit(&self, lease: &Lease, now: UnixMillis, keep_until: UnixMillis) -> Result<()> {
        self.locked(|inner| {
            inner.drop_ended(now.0);
            let key = match inner.take(lease) {
                Some((key, _)) => key,
                None if inner.entries.contains_key(lease.key.as_str()) => {
                    return Err(Error::new(
                        Status::StoreUnavailable,
                        "the lease ran out and passed to another before the handler was done; the message may be handled again",
                    ));
                }
                None if inner.entries.len() >= self.capacity => return Err(full()),
                None => lease.key.as_str().into(),
            };
            // An id of its own: that of a lease which the host made up may occur twice.
            inner.next_id += 1;
            let id = inner.next_id;
            inner.insert(
                key,
                Entry {
                    id,
                    done: true,
                    until: keep_until.0,
                },
            );
            Ok(())
        })
    }

    fn release(&self, lease: &Lease) -> Result<()> {
        self.locked(|inner| inner.take(lease));
        Ok(())
    }
}

fn full() -> Error {
    Error::new(
        Status::StoreUnavailable,
        "the replay store is full of messages that must be remembered",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn at(seconds: i64) -> UnixMillis {
        UnixMillis(1_767_323_045_000 + seconds * 1000)
    }

    fn fresh(begin: Begin) -> Lease {
        match begin {
            Begin::Fresh(lease) => lease,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn handled_once_and_again_after_a_failure() {
        let guard = Guard::new(MemoryStore::new(10), 600);
        let lease = fresh(guard.begin("k", at(0)).unwrap());
        assert_eq!(
            guard.begin("k", at(1)).unwrap(),
            Begin::InProgress { until: at(60) }
        );
        guard.release(&lease).unwrap();
        let lease = fresh(guard.begin("k", at(2)).unwrap());
        guard.commit(&lease, at(3)).unwrap();
        assert_eq!(guard.begin("k", at(602)).unwrap(), Begin::Done);
        fresh(guard.begin("k", at(603)).unwrap());
    }

    #[test]
    fn a_dead_handler_loses_its_lease() {
        let guard = Guard::new(MemoryStore::new(10), 600);
        let dead = fresh(guard.begin("k", at(0)).unwrap());
        let next = fresh(guard.begin("k", at(60)).unwrap());
        let late = guard.commit(&dead, at(61)).unwrap_err();
        assert_eq!(late.status(), Status::StoreUnavailable);
        guard.release(&dead).unwrap();
        assert!(matches!(
            guard.begin("k", at(61)).unwrap(),
            Begin::InProgress { .. }
        ));
        guard.commit(&next, at(62)).unwrap();
        assert_eq!(guard.begin("k", at(63)).unwrap(), Begin::Done);
    }

    #[test]
    fn a_lease_that_ran_out_and_that_nobody_took_is_committed() {
        let guard = Guard::new(MemoryStore::new(1), 600);
        let slow = fresh(guard.begin("k", at(0)).unwrap());
        guard.commit(&slow, at(61)).unwrap();
        assert_eq!(guard.begin("k", at(62)).unwrap(), Begin::Done);
        assert!(guard.commit(&slow, at(63)).is_err());
        // But never beyond the capacity.
        let slow = fresh(guard.begin("k", at(700)).unwrap());
        fresh(guard.begin("other", at(761)).unwrap());
        let error = guard.commit(&slow, at(762)).unwrap_err();
        assert_eq!(error.status(), Status::StoreUnavailable);
    }

    #[test]
    fn full_means_refused_until_something_ends() {
        let guard = Guard::new(MemoryStore::new(2), 600);
        for key in ["a", "b"] {
            let lease = fresh(guard.begin(key, at(0)).unwrap());
            guard.commit(&lease, at(0)).unwrap();
        }
        let error = guard.begin("c", at(1)).unwrap_err();
        assert_eq!(error.status(), Status::StoreUnavailable);
        assert_eq!(guard.begin("a", at(1)).unwrap(), Begin::Done);
        fresh(guard.begin("c", at(600)).unwrap());
        assert!(guard.begin("", at(1)).is_err());
    }

    #[test]
    fn a_guard_that_would_remember_nothing_lets_nothing_begin() {
        let error = Guard::new(MemoryStore::new(1), 0).begin("k", at(0));
        assert_eq!(error.unwrap_err().status(), Status::InvalidOption);
    }

    #[test]
    fn leases_of_the_hosts_own_making_end_in_time_too() {
        let guard = Guard::new(MemoryStore::new(2), 600);
        for key in ["a", "b"] {
            let key = key.to_owned();
            guard.commit(&Lease { key, id: 0 }, at(0)).unwrap();
        }
        assert_eq!(guard.begin("a", at(599)).unwrap(), Begin::Done);
        for key in ["a", "b"] {
            fresh(guard.begin(key, at(600)).unwrap());
        }
    }

    #[test]
    fn one_of_many_threads_wins() {
        let guard = Guard::new(Arc::new(MemoryStore::new(100_000)), 600);
        let wins = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for i in 0..2_000 {
                        if let Begin::Fresh(lease) = guard.begin(&i.to_string(), at(0)).unwrap() {
                            guard.commit(&lease, at(0)).unwrap();
                            wins.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(wins.into_inner(), 2_000);
    }
}
