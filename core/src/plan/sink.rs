//! Where a plan's bytes go: a MAC, a digest, a buffer, or a recorder that remembers where they came from.

use super::eval::Eval;
use crate::crypto::{Digest, Hash, HashState, HmacKey, HmacState};
use crate::recipe::Part;
use crate::text::case::copy_in_case;
use zeroize::Zeroize;

/// Receives the bytes of a plan in order.
pub(crate) trait Sink {
    /// Whether the sink wants to know where bytes come from (only then are `enter` and `leave` called).
    const RECORDS: bool = false;
    /// The next bytes; `secret` if any of them comes from a secret credential.
    fn put(&mut self, bytes: &[u8], secret: bool);
    /// The next bytes in another ASCII case, without a buffer of the message's size.
    fn put_in_case(&mut self, bytes: &[u8], upper: bool, secret: bool) {
        let mut chunk = [0; 64];
        for piece in bytes.chunks(64) {
            let chunk = &mut chunk[..piece.len()];
            copy_in_case(chunk, piece, upper);
            self.put(chunk, secret);
        }
    }
    /// What follows comes from this part.
    fn enter(&mut self, _part: &Part) {}
    /// What follows comes from one named piece of the part: a header of a block, a field of a form.
    fn enter_named(&mut self, _kind: &str, _name: &[u8]) {}
    /// A part that was entered may be digested on its way: its input can be had from here.
    fn nest(&mut self, _eval: &Eval<'_, '_>, _part: &Part) {}
    /// The part of the matching `enter` is complete.
    fn leave(&mut self) {}
}

/// What can swallow bytes incrementally, or all at once, which was measured faster.
pub(crate) trait Absorb {
    type State;
    fn start(&self) -> Self::State;
    fn absorb(state: &mut Self::State, bytes: &[u8]);
    fn finish(state: Self::State) -> Digest;
    fn whole(&self, bytes: &[u8]) -> Digest;
}

impl Absorb for &HmacKey {
    type State = HmacState;
    fn start(&self) -> HmacState {
        HmacKey::start(self)
    }
    fn absorb(state: &mut HmacState, bytes: &[u8]) {
        state.update(bytes);
    }
    fn finish(state: HmacState) -> Digest {
        state.finish()
    }
    fn whole(&self, bytes: &[u8]) -> Digest {
        self.mac(bytes)
    }
}

impl Absorb for Hash {
    type State = HashState;
    fn start(&self) -> HashState {
        HashState::new(*self)
    }
    fn absorb(state: &mut HashState, bytes: &[u8]) {
        state.update(bytes);
    }
    fn finish(state: HashState) -> Digest {
        state.finish()
    }
    fn whole(&self, bytes: &[u8]) -> Digest {
        self.digest(bytes)
    }
}

/// Gathers small pieces on the stack before they reach the MAC: many small updates were measured slower than one. Wiped when dropped
/// if a secret is among them: plain digests are made over one.
pub(crate) struct Gather<A: Absorb> {
    target: A,
    /// Only once the buffer has overflowed.
    state: Option<A::State>,
    buffer: [u8; GATHERED],
    used: usize,
    pub(crate) secret: bool,
}

/// Longer strings to sign than most schemes make.
const GATHERED: usize = 512;

impl<A: Absorb> Gather<A> {
    pub(crate) fn new(target: A) -> Self {
        Gather {
            target,
            state: None,
            buffer: [0; GATHERED],
            used: 0,
            secret: false,
        }
    }

    /// The next so many bytes of the buffer, if it has them.
    #[inline]
    fn room(&mut self, len: usize) -> Option<&mut [u8]> {
        let room = self.buffer.get_mut(self.used..)?.get_mut(..len)?;
        self.used += len;
        Some(room)
    }

    #[cold]
    fn overflow(&mut self, bytes: &[u8]) {
        let state = self.state.get_or_insert_with(|| self.target.start());
        A::absorb(state, &self.buffer[..self.used]);
        self.used = 0;
        if bytes.len() >= GATHERED {
            A::absorb(state, bytes);
        } else {
            self.buffer[..bytes.len()].copy_from_slice(bytes);
            self.used = bytes.len();
        }
    }

    /// Everything has been put. Not by value: buffer and state are large, and mostly nothing need be moved.
    pub(crate) fn finish(&mut self) -> Digest {
        if self.state.is_some()
            && let Some(mut state) = self.state.take()
        {
            A::absorb(&mut state, &self.buffer[..self.used]);
            return A::finish(state);
        }
        self.target.whole(&self.buffer[..self.used])
    }
}

impl<A: Absorb> Sink for Gather<A> {
    #[inline]
    fn put(&mut self, bytes: &[u8], secret: bool) {
        self.secret |= secret;
        match (bytes, self.buffer.get_mut(self.used)) {
            // Separators: a call of memcpy costs more than the byte.
            ([byte], Some(place)) => {
                *place = *byte;
                self.used += 1;
            }
            _ => match self.room(bytes.len()) {
                Some(room) => room.copy_from_slice(bytes),
                None => self.overflow(bytes),
            },
        }
    }

    #[inline]
    fn put_in_case(&mut self, bytes: &[u8], upper: bool, secret: bool) {
        self.secret |= secret;
        match self.room(bytes.len()) {
            Some(room) => {
                copy_in_case(room, bytes, upper);
            }
            None => {
                let mut changed = vec![0; bytes.len()];
                copy_in_case(&mut changed, bytes, upper);
                self.put(&changed, secret);
            }
        }
    }
}

impl<A: Absorb> Drop for Gather<A> {
    #[inline]
    fn drop(&mut self) {
        if self.secret {
            self.buffer.zeroize();
        }
    }
}

/// Collects bytes; wiped when dropped if a secret is among them.
#[derive(Default)]
pub(crate) struct Collect {
    pub(crate) bytes: Vec<u8>,
    pub(crate) secret: bool,
}

impl Sink for Collect {
    fn put(&mut self, bytes: &[u8], secret: bool) {
        self.secret |= secret;
        if self.bytes.capacity() - self.bytes.len() < bytes.len() {
            self.grow(bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
    }
}

impl Drop for Collect {
    fn drop(&mut self) {
        if self.secret {
            self.bytes.zeroize();
        }
    }
}

impl Collect {
    /// Makes room for so many more bytes, without leaving a copy of a secret behind.
    fn grow(&mut self, more: usize) {
        if !self.secret || self.bytes.is_empty() {
            // Most values fit.
            self.bytes.reserve(more.max(128));
            return;
        }
        let wanted = (2 * self.bytes.capacity()).max(self.bytes.len().saturating_add(more));
        let mut larger = Vec::with_capacity(wanted);
        larger.extend_from_slice(&self.bytes);
        self.bytes.zeroize();
        self.bytes = larger;
    }

    /// Other bytes in their place, as secret as they were.
    pub(crate) fn become_bytes(&mut self, bytes: &[u8]) {
        if self.secret {
            self.bytes.zeroize();
        }
        self.bytes.clear();
        self.put(bytes, false);
    }

    /// The bytes, which are then the caller's to guard.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// Refuses more than a limit without buffering: the string to sign may be little longer than what came in.
pub(crate) struct Bounded<'s, S: Sink> {
    pub(crate) inner: &'s mut S,
    pub(crate) left: usize,
    pub(crate) overflow: bool,
}

impl<S: Sink> Sink for Bounded<'_, S> {
    const RECORDS: bool = S::RECORDS;
    #[inline]
    fn put(&mut self, bytes: &[u8], secret: bool) {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => {
                self.left = left;
                self.inner.put(bytes, secret);
            }
            None => self.overflow = true,
        }
    }
    #[inline]
    fn put_in_case(&mut self, bytes: &[u8], upper: bool, secret: bool) {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => {
                self.left = left;
                self.inner.put_in_case(bytes, upper, secret);
            }
            None => self.overflow = true,
        }
    }
    fn enter(&mut self, part: &Part) {
        self.inner.enter(part);
    }
    fn enter_named(&mut self, kind: &str, name: &[u8]) {
        self.inner.enter_named(kind, name);
    }
    fn nest(&mut self, eval: &Eval<'_, '_>, part: &Part) {
        self.inner.nest(eval, part);
    }
    fn leave(&mut self) {
        self.inner.leave();
    }
}
