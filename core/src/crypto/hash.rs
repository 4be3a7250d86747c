//! Digests: which ones exist, and a result that lives on the stack.

use core::fmt;
use core::ops::Deref;

use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest as _;
use sha2::{Sha256, Sha384, Sha512};
use sha3::Sha3_512;

/// The longest digest, in bytes.
pub const MAX_DIGEST_LEN: usize = 64;

/// A hash function. MD5 and SHA-1 are here because providers still sign with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// MD5 (RFC 1321), 16 bytes.
    Md5,
    /// SHA-1 (FIPS 180-4), 20 bytes.
    Sha1,
    /// SHA-256 (FIPS 180-4), 32 bytes.
    Sha256,
    /// SHA-384 (FIPS 180-4), 48 bytes.
    Sha384,
    /// SHA-512 (FIPS 180-4), 64 bytes.
    Sha512,
    /// SHA3-512 (FIPS 202), 64 bytes.
    Sha3_512,
}

impl Hash {
    /// Every hash, in the order of the enum.
    pub const ALL: [Hash; 6] = [
        Hash::Md5,
        Hash::Sha1,
        Hash::Sha256,
        Hash::Sha384,
        Hash::Sha512,
        Hash::Sha3_512,
    ];

    /// Reads a name as recipes write it: `md5`, `sha1`, `sha256`, `sha384`, `sha512`, `sha3-512`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Hash> {
        Hash::ALL.into_iter().find(|hash| hash.name() == name)
    }

    /// The name as recipes write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Hash::Md5 => "md5",
            Hash::Sha1 => "sha1",
            Hash::Sha256 => "sha256",
            Hash::Sha384 => "sha384",
            Hash::Sha512 => "sha512",
            Hash::Sha3_512 => "sha3-512",
        }
    }

    /// Length of the digest in bytes.
    #[must_use]
    pub fn output_len(self) -> usize {
        match self {
            Hash::Md5 => 16,
            Hash::Sha1 => 20,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 | Hash::Sha3_512 => 64,
        }
    }

    /// The digest of `data`.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> Digest {
        match self {
            Hash::Md5 => Digest::of(&Md5::digest(data)),
            Hash::Sha1 => Digest::of(&Sha1::digest(data)),
            Hash::Sha256 => Digest::of(&Sha256::digest(data)),
            Hash::Sha384 => Digest::of(&Sha384::digest(data)),
            Hash::Sha512 => Digest::of(&Sha512::digest(data)),
            Hash::Sha3_512 => Digest::of(&Sha3_512::digest(data)),
        }
    }
}

/// A digest or MAC of up to 64 bytes, kept inline. Dereferences to its bytes.
///
/// There is no `PartialEq`: compare with [`super::equal`].
#[derive(Clone)]
pub struct Digest {
    bytes: [u8; MAX_DIGEST_LEN],
    len: u8,
}

impl Digest {
    /// `bytes` as a digest, if there are at most 64.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Digest> {
        (bytes.len() <= MAX_DIGEST_LEN).then(|| Digest::of(bytes))
    }

    /// Keeps the first 64 bytes; callers pass no more.
    #[inline(always)]
    pub(super) fn of(bytes: &[u8]) -> Digest {
        let len = bytes.len().min(MAX_DIGEST_LEN);
        let mut digest = Digest {
            bytes: [0; MAX_DIGEST_LEN],
            len: len as u8,
        };
        digest.bytes[..len].copy_from_slice(&bytes[..len]);
        digest
    }
}

impl Deref for Digest {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

// A digest may be the expected MAC of a message, which no log may show.
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({} bytes)", self.len)
    }
}

/// A digest being computed over a message that arrives in pieces.
#[derive(Clone)]
pub struct HashState(State);

#[derive(Clone)]
enum State {
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
    Sha3_512(Sha3_512),
}

impl HashState {
    /// Starts a digest of nothing yet.
    #[must_use]
    pub fn new(hash: Hash) -> HashState {
        HashState(match hash {
            Hash::Md5 => State::Md5(Md5::new()),
            Hash::Sha1 => State::Sha1(Sha1::new()),
            Hash::Sha256 => State::Sha256(Sha256::new()),
            Hash::Sha384 => State::Sha384(Sha384::new()),
            Hash::Sha512 => State::Sha512(Sha512::new()),
            Hash::Sha3_512 => State::Sha3_512(Sha3_512::new()),
        })
    }

    /// Appends `data` to the message.
    #[inline]
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::Md5(state) => state.update(data),
            State::Sha1(state) => state.update(data),
            State::Sha256(state) => state.update(data),
            State::Sha384(state) => state.update(data),
            State::Sha512(state) => state.update(data),
            State::Sha3_512(state) => state.update(data),
        }
    }

    /// The digest of everything appended.
    #[inline]
    #[must_use]
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Md5(state) => Digest::of(&state.finalize()),
            State::Sha1(state) => Digest::of(&state.finalize()),
            State::Sha256(state) => Digest::of(&state.finalize()),
            State::Sha384(state) => Digest::of(&state.finalize()),
            State::Sha512(state) => Digest::of(&state.finalize()),
            State::Sha3_512(state) => Digest::of(&state.finalize()),
        }
    }
}

impl fmt::Debug for HashState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashState(..)")
    }
}
