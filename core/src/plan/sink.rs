//! Where a plan's bytes go: a MAC, a digest, a buffer, or a recorder that remembers where they came from.

use crate::crypto::{Digest, HashState, HmacState};
use crate::recipe::Part;
use zeroize::Zeroize;

/// Receives the bytes of a plan in order.
pub(crate) trait Sink {
    /// Whether the sink wants to know where bytes come from (only then are `enter` and `leave` called).
    const RECORDS: bool = false;
    /// The next bytes; `secret` if any of them comes from a secret credential.
    fn put(&mut self, bytes: &[u8], secret: bool);
    /// What follows comes from this part.
    fn enter(&mut self, _part: &Part) {}
    /// The part of the matching `enter` is complete.
    fn leave(&mut self) {}
}

/// What can swallow bytes incrementally.
pub(crate) trait Absorb {
    fn absorb(&mut self, bytes: &[u8]);
}

impl Absorb for HmacState {
    #[inline]
    fn absorb(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl Absorb for HashState {
    #[inline]
    fn absorb(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

/// Gathers small pieces on the stack before they reach the MAC: many small updates were measured slower than one.
pub(crate) struct Gather<A: Absorb> {
    target: A,
    buffer: [u8; GATHERED],
    used: usize,
}

/// Longer strings to sign than most schemes make.
const GATHERED: usize = 512;

impl<A: Absorb> Gather<A> {
    pub(crate) fn new(target: A) -> Self {
        Gather {
            target,
            buffer: [0; GATHERED],
            used: 0,
        }
    }

    fn flush(&mut self) {
        if self.used > 0 {
            self.target.absorb(&self.buffer[..self.used]);
            self.used = 0;
        }
    }

    /// Everything has been put: hands the target back.
    pub(crate) fn into_target(mut self) -> A {
        self.flush();
        self.target
    }
}

impl<A: Absorb> Sink for Gather<A> {
    #[inline]
    fn put(&mut self, bytes: &[u8], _secret: bool) {
        if bytes.len() > GATHERED - self.used {
            self.flush();
            if bytes.len() >= GATHERED {
                self.target.absorb(bytes);
                return;
            }
        }
        self.buffer[self.used..self.used + bytes.len()].copy_from_slice(bytes);
        self.used += bytes.len();
    }
}

impl Gather<HmacState> {
    pub(crate) fn finish(self) -> Digest {
        self.into_target().finish()
    }
}

impl Gather<HashState> {
    pub(crate) fn finish(self) -> Digest {
        self.into_target().finish()
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
    /// The bytes, which are then the caller's to guard.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// Passes bytes on in another ASCII case, without a buffer of the message's size.
pub(crate) struct InCase<'s, S: Sink> {
    pub(crate) inner: &'s mut S,
    pub(crate) upper: bool,
}

impl<S: Sink> Sink for InCase<'_, S> {
    #[inline]
    fn put(&mut self, bytes: &[u8], secret: bool) {
        let mut chunk = [0; 64];
        for piece in bytes.chunks(64) {
            let chunk = &mut chunk[..piece.len()];
            chunk.copy_from_slice(piece);
            if self.upper {
                chunk.make_ascii_uppercase();
            } else {
                chunk.make_ascii_lowercase();
            }
            self.inner.put(chunk, secret);
        }
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
    fn enter(&mut self, part: &Part) {
        self.inner.enter(part);
    }
    fn leave(&mut self) {
        self.inner.leave();
    }
}
