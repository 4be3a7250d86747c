//! HMAC (RFC 2104) with a prepared key.
//!
//! [`HmacKey`] has already hashed the two padded key blocks, so that each MAC starts from a copy
//! of those states and pays for the message only.

use core::fmt;

use ::hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use sha3::Sha3_512;

use super::hash::{Digest, Hash};

/// A key of any length, ready to make MACs. Cleared from memory when dropped.
#[derive(Clone)]
pub struct HmacKey(State);

/// A MAC being computed over a message that arrives in pieces. Cleared from memory when dropped.
#[derive(Clone)]
pub struct HmacState(State);

// An enum rather than a boxed trait object: one predictable branch an update, no allocation.
#[derive(Clone)]
enum State {
    Md5(Hmac<Md5>),
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
    Sha3_512(Hmac<Sha3_512>),
}

/// `Hmac` accepts keys of every length, which its `Result` cannot say.
fn prepare<M: Mac + KeyInit>(key: &[u8], wrap: fn(M) -> State) -> State {
    match <M as KeyInit>::new_from_slice(key) {
        Ok(mac) => wrap(mac),
        Err(_) => unreachable!("HMAC takes keys of any length (RFC 2104, section 2)"),
    }
}

#[inline(always)]
fn one_shot<M: Mac + Clone>(prepared: &M, data: &[u8]) -> Digest {
    let mut mac = prepared.clone();
    mac.update(data);
    Digest::of(&mac.finalize().into_bytes())
}

impl HmacKey {
    /// Prepares `key` for HMAC with `hash`. An empty key works here; callers that take secrets
    /// from people refuse it.
    #[must_use]
    pub fn new(hash: Hash, key: &[u8]) -> HmacKey {
        HmacKey(match hash {
            Hash::Md5 => prepare(key, State::Md5),
            Hash::Sha1 => prepare(key, State::Sha1),
            Hash::Sha256 => prepare(key, State::Sha256),
            Hash::Sha384 => prepare(key, State::Sha384),
            Hash::Sha512 => prepare(key, State::Sha512),
            Hash::Sha3_512 => prepare(key, State::Sha3_512),
        })
    }

    /// The hash this key was prepared for.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match self.0 {
            State::Md5(_) => Hash::Md5,
            State::Sha1(_) => Hash::Sha1,
            State::Sha256(_) => Hash::Sha256,
            State::Sha384(_) => Hash::Sha384,
            State::Sha512(_) => Hash::Sha512,
            State::Sha3_512(_) => Hash::Sha3_512,
        }
    }

    /// Starts a MAC of nothing yet.
    #[inline(always)]
    #[must_use]
    pub fn start(&self) -> HmacState {
        HmacState(self.0.clone())
    }

    /// The MAC of `data`: the fastest way where the whole message is at hand.
    #[inline]
    #[must_use]
    pub fn mac(&self, data: &[u8]) -> Digest {
        match &self.0 {
            State::Md5(mac) => one_shot(mac, data),
            State::Sha1(mac) => one_shot(mac, data),
            State::Sha256(mac) => one_shot(mac, data),
            State::Sha384(mac) => one_shot(mac, data),
            State::Sha512(mac) => one_shot(mac, data),
            State::Sha3_512(mac) => one_shot(mac, data),
        }
    }
}

impl HmacState {
    /// Appends `data` to the message.
    #[inline]
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::Md5(mac) => mac.update(data),
            State::Sha1(mac) => mac.update(data),
            State::Sha256(mac) => mac.update(data),
            State::Sha384(mac) => mac.update(data),
            State::Sha512(mac) => mac.update(data),
            State::Sha3_512(mac) => mac.update(data),
        }
    }

    /// The MAC of everything appended.
    #[inline(always)]
    #[must_use]
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Md5(mac) => Digest::of(&mac.finalize().into_bytes()),
            State::Sha1(mac) => Digest::of(&mac.finalize().into_bytes()),
            State::Sha256(mac) => Digest::of(&mac.finalize().into_bytes()),
            State::Sha384(mac) => Digest::of(&mac.finalize().into_bytes()),
            State::Sha512(mac) => Digest::of(&mac.finalize().into_bytes()),
            State::Sha3_512(mac) => Digest::of(&mac.finalize().into_bytes()),
        }
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(..)")
    }
}

impl fmt::Debug for HmacState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacState(..)")
    }
}
