//! How a string to sign becomes a signature.

use super::Part;
use crate::crypto::{Asymmetric, Hash, JwsAlg};

/// The algorithm of a flow.
#[derive(Clone, Debug)]
pub enum AlgorithmRule {
    /// Fixed by the recipe.
    Fixed {
        /// For signing.
        sign: Algorithm,
        /// For verifying.
        verify: Algorithm,
    },
    /// Named by the sender, within this map; callers can narrow it. The name travels in an `{ algorithm = true }` hole.
    Named {
        /// Name on the wire to algorithm.
        map: Vec<(String, Algorithm)>,
        /// The name that signing uses.
        sign: usize,
    },
}

impl AlgorithmRule {
    /// All algorithms that can occur.
    pub fn all(&self) -> Vec<Algorithm> {
        match self {
            AlgorithmRule::Fixed { sign, verify } => vec![*sign, *verify],
            AlgorithmRule::Named { map, .. } => map.iter().map(|(_, a)| *a).collect(),
        }
    }
}

/// How a string to sign becomes a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// `hmac-sha256`, ...
    Hmac(Hash),
    /// `digest-sha512`, ...: no key, the secret stands in the text.
    Digest(Hash),
    /// `rsa-sha256`, `rsa-pss-sha256`, `ecdsa-p256-sha256` (DER), `ecdsa-p256-sha256-p1363`, `ed25519`, `rsa-type1`, `rsa-type2-encrypt`.
    Asymmetric(Asymmetric),
    /// `rsa-type2-decrypt`: the provider's side of `rsa-type2-encrypt`; feature `provider-side`.
    RsaType2Decrypt,
    /// `jws`: the algorithm is the one pinned in the `jws` block.
    Jws,
    /// `token`: the key itself is sent.
    Token,
    /// `basic`: RFC 7617; the key is `user:password`, itself sent.
    Basic,
    /// `client-credentials`: a bearer token from a token endpoint.
    ClientCredentials,
    /// `external`: nothing here can be verified; says why.
    External,
}

/// JWS settings (RFC 7515).
#[derive(Clone, Debug)]
pub struct JwsSpec {
    /// Pinned: no other is ever accepted.
    pub alg: JwsAlg,
    /// The protected header, in the order of writing, `alg` included.
    pub header: Vec<(String, JwsHeaderValue)>,
    /// The payload segment is empty on the wire; it is the message.
    pub detached: bool,
    /// RFC 7797: the payload is signed as it is (`b64: false`, `crit: ["b64"]` are written and demanded).
    pub unencoded: bool,
    /// Names that a list in the header must hold.
    pub require: Vec<JwsRequire>,
    /// Members of the payload, in the order of writing: made when signing, compared when verifying; others may stand beside
    /// them. `{ timestamp = true }` is read as the message's time. With them the payload is the message.
    pub claims: Vec<(String, Part)>,
}

impl JwsSpec {
    /// The parts that header and payload are made of.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        let header = self.header.iter().filter_map(|(_, value)| match value {
            JwsHeaderValue::Part(part) => Some(part),
            _ => None,
        });
        header.chain(self.claims.iter().map(|(_, part)| part))
    }

    /// The same, to be changed.
    pub(crate) fn parts_mut(&mut self) -> impl Iterator<Item = &mut Part> {
        let header = self.header.iter_mut().filter_map(|(_, value)| match value {
            JwsHeaderValue::Part(part) => Some(part),
            _ => None,
        });
        header.chain(self.claims.iter_mut().map(|(_, part)| part))
    }
}

/// A value in a JWS header.
#[allow(clippy::large_enum_variant)] // a handful of them in a whole recipe
#[derive(Clone, Debug)]
pub enum JwsHeaderValue {
    /// Fixed text; demanded when verifying, `typ` excepted.
    Text(String),
    /// The key id; selects the key when verifying.
    KeyId,
    /// Computed when signing, not compared when verifying.
    Part(Part),
}

/// `{ in = "tl_headers", header = "idempotency-key" }`
#[derive(Clone, Debug)]
pub struct JwsRequire {
    /// Header member that holds a comma-separated list.
    pub member: String,
    /// A name that must be in it, without case.
    pub holds: String,
}
