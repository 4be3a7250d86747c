//! How a string to sign becomes a signature: by the rule, and by the mistakes people make.

use super::clue::Clue;
use super::keys::KeyState;
use super::observed::Observed;
use crate::crypto::{Digest, Encoding, Hash, HmacKey, VerifyingKey, equal};
use zeroize::Zeroizing;

/// Makes or checks a signature of one string.
pub(super) enum Judge {
    /// HMAC under a prepared key.
    Mac(HmacKey),
    /// A plain digest of the string, which holds the secret itself.
    Digest(Hash),
    /// A plain digest with secrets before and after the string.
    Around {
        hash: Hash,
        before: Zeroizing<Vec<u8>>,
        after: Zeroizing<Vec<u8>>,
    },
    /// The string as key, the key as message.
    Swapped { hash: Hash, key: Zeroizing<Vec<u8>> },
    /// HMAC of the digest of the string.
    Prehashed {
        mac: HmacKey,
        hash: Hash,
        encoding: Encoding,
    },
    /// The same whatever the string is.
    Fixed(Digest),
    /// A public key.
    Signature(Box<VerifyingKey>),
    /// The provider's side of RSA type 2.
    #[cfg(feature = "provider-side")]
    Decrypting(Box<crate::crypto::DecryptingKey>),
    /// The key itself is sent.
    Token(Zeroizing<Vec<u8>>),
    /// The string itself is sent: a let on the wire.
    Same,
}

/// What a judge needs for one string, in hundreds of bytes digested.
const ASYMMETRIC_COST: u64 = 2_000;

impl Judge {
    /// Which of the seen signatures is right for this string.
    pub(super) fn accepts(&self, string: &[u8], seen: &[Observed]) -> Option<usize> {
        let made = |digest: &[u8]| seen.iter().position(|s| s.is(digest));
        match self {
            Judge::Mac(key) => made(&key.mac(string)),
            Judge::Digest(hash) => made(&hash.digest(string)),
            Judge::Around {
                hash,
                before,
                after,
            } => {
                let mut state = crate::crypto::HashState::new(*hash);
                state.update(before);
                state.update(string);
                state.update(after);
                made(&state.finish())
            }
            Judge::Swapped { hash, key } => (!string.is_empty())
                .then(|| HmacKey::new(*hash, string).mac(key))
                .and_then(|d| made(&d)),
            Judge::Prehashed {
                mac,
                hash,
                encoding,
            } => {
                let mut text = Vec::with_capacity(128);
                encoding.encode_into(&hash.digest(string), &mut text);
                made(&mac.mac(&text))
            }
            Judge::Fixed(digest) => made(digest),
            Judge::Signature(key) => {
                let digest = key.algorithm().prehash().map(|hash| hash.digest(string));
                seen.iter().position(|s| match &digest {
                    Some(digest) => key.verify_digest(digest, &s.bytes),
                    None => key.verify_message(string, &s.bytes),
                })
            }
            #[cfg(feature = "provider-side")]
            Judge::Decrypting(key) => seen
                .iter()
                .position(|s| key.decrypt_type2_equals(&s.bytes, string, None)),
            Judge::Token(token) => seen.iter().position(|s| equal(&s.bytes, token)),
            Judge::Same => seen.iter().position(|s| s.bytes == string),
        }
    }

    /// What one use of it costs, in units of the budget.
    pub(super) fn cost(&self, string: &[u8], seen: usize) -> u64 {
        let bytes = 3 + string.len() as u64 / 100;
        match self {
            Judge::Signature(_) => bytes + ASYMMETRIC_COST * seen as u64,
            #[cfg(feature = "provider-side")]
            Judge::Decrypting(_) => bytes + ASYMMETRIC_COST * seen as u64,
            _ => bytes,
        }
    }

    /// Whether the string matters at all.
    pub(super) fn reads_string(&self) -> bool {
        !matches!(self, Judge::Token(_) | Judge::Fixed(_))
    }
}

/// `wrong-hash-sha1`
pub(super) fn wrong_hash(hash: Hash) -> String {
    format!("wrong-hash-{}", hash.name())
}

/// Other ways to use the same key.
pub(super) fn algorithms(key: &KeyState, hash: Hash, see: &mut dyn FnMut(Clue, Judge)) {
    let keyless = matches!(key.judge, Judge::Digest(_));
    let Some(bytes) = &key.bytes else {
        return;
    };
    if !keyless {
        for other in Hash::ALL {
            if other != hash {
                let clue = Clue::about(wrong_hash(other), "");
                see(clue, Judge::Mac(HmacKey::new(other, bytes)));
            }
        }
        for other in [hash, Hash::Sha256, Hash::Sha512, Hash::Sha1, Hash::Md5] {
            let plain = |before: &[&[u8]], after: &[&[u8]]| Judge::Around {
                hash: other,
                before: Zeroizing::new(before.concat()),
                after: Zeroizing::new(after.concat()),
            };
            let clue = |about: &'static str| Clue::about("plain-hash-instead-of-hmac", about);
            for between in [
                &b""[..],
                b".",
                b":",
                b"|",
                b"&",
                b"\n",
                b"&key=",
                b"&secret=",
            ] {
                see(clue("the secret first"), plain(&[bytes, between], &[]));
                see(clue("the secret last"), plain(&[], &[between, bytes]));
            }
            see(clue("the secret at both ends"), plain(&[bytes], &[bytes]));
            see(clue("without any secret"), Judge::Digest(other));
        }
        for encoding in [
            Encoding::Hex,
            Encoding::Text,
            Encoding::Base64,
            Encoding::HexUpper,
        ] {
            for inner in [hash, Hash::Sha256, Hash::Md5, Hash::Sha1] {
                let judge = Judge::Prehashed {
                    mac: HmacKey::new(hash, bytes),
                    hash: inner,
                    encoding,
                };
                let about = format!("the whole string, {} in {}", inner.name(), encoding.name());
                see(Clue::about("body-hashed-first", about), judge);
            }
        }
    } else {
        for other in Hash::ALL {
            if other != hash {
                see(Clue::about(wrong_hash(other), ""), Judge::Digest(other));
            }
            let clue = Clue::new("hmac-instead-of-plain-hash");
            see(clue, Judge::Mac(HmacKey::new(other, bytes)));
        }
    }
    for other in [hash, Hash::Sha256, Hash::Sha512, Hash::Sha1] {
        let key = bytes.clone();
        see(
            Clue::new("key-and-message-swapped"),
            Judge::Swapped { hash: other, key },
        );
    }
    let empty = if keyless {
        hash.digest(b"")
    } else {
        HmacKey::new(hash, bytes).mac(b"")
    };
    see(Clue::new("mac-of-empty-message"), Judge::Fixed(empty));
}
