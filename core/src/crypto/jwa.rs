//! The `alg` names of JWS (RFC 7518, section 3.1; RFC 8037).

use super::asymmetric::{Asymmetric, Curve, EcdsaForm};
use super::hash::Hash;

/// A JWS signature algorithm. `none` is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of RFC 7518")]
pub enum JwsAlg {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
    EdDSA,
}

impl JwsAlg {
    /// Every algorithm, in the order of [`JwsAlg`].
    pub const ALL: [JwsAlg; 13] = [
        JwsAlg::HS256,
        JwsAlg::HS384,
        JwsAlg::HS512,
        JwsAlg::RS256,
        JwsAlg::RS384,
        JwsAlg::RS512,
        JwsAlg::PS256,
        JwsAlg::PS384,
        JwsAlg::PS512,
        JwsAlg::ES256,
        JwsAlg::ES384,
        JwsAlg::ES512,
        JwsAlg::EdDSA,
    ];

    /// Reads an `alg` value; names are case-sensitive (RFC 7515, section 4.1.1).
    #[must_use]
    pub fn parse(name: &str) -> Option<JwsAlg> {
        JwsAlg::ALL.into_iter().find(|alg| alg.name() == name)
    }

    /// The `alg` value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            JwsAlg::HS256 => "HS256",
            JwsAlg::HS384 => "HS384",
            JwsAlg::HS512 => "HS512",
            JwsAlg::RS256 => "RS256",
            JwsAlg::RS384 => "RS384",
            JwsAlg::RS512 => "RS512",
            JwsAlg::PS256 => "PS256",
            JwsAlg::PS384 => "PS384",
            JwsAlg::PS512 => "PS512",
            JwsAlg::ES256 => "ES256",
            JwsAlg::ES384 => "ES384",
            JwsAlg::ES512 => "ES512",
            JwsAlg::EdDSA => "EdDSA",
        }
    }

    /// The hash of an HMAC algorithm, `None` for the asymmetric ones.
    #[must_use]
    pub fn hmac(self) -> Option<Hash> {
        match self {
            JwsAlg::HS256 => Some(Hash::Sha256),
            JwsAlg::HS384 => Some(Hash::Sha384),
            JwsAlg::HS512 => Some(Hash::Sha512),
            _ => None,
        }
    }

    /// The asymmetric algorithm, `None` for HMAC.
    #[must_use]
    pub fn asymmetric(self) -> Option<Asymmetric> {
        let ecdsa = |curve, hash| Asymmetric::Ecdsa(curve, hash, EcdsaForm::P1363);
        Some(match self {
            JwsAlg::HS256 | JwsAlg::HS384 | JwsAlg::HS512 => return None,
            JwsAlg::RS256 => Asymmetric::RsaPkcs1(Hash::Sha256),
            JwsAlg::RS384 => Asymmetric::RsaPkcs1(Hash::Sha384),
            JwsAlg::RS512 => Asymmetric::RsaPkcs1(Hash::Sha512),
            JwsAlg::PS256 => Asymmetric::RsaPss(Hash::Sha256),
            JwsAlg::PS384 => Asymmetric::RsaPss(Hash::Sha384),
            JwsAlg::PS512 => Asymmetric::RsaPss(Hash::Sha512),
            JwsAlg::ES256 => ecdsa(Curve::P256, Hash::Sha256),
            JwsAlg::ES384 => ecdsa(Curve::P384, Hash::Sha384),
            JwsAlg::ES512 => ecdsa(Curve::P521, Hash::Sha512),
            JwsAlg::EdDSA => Asymmetric::Ed25519,
        })
    }

    /// Length of every signature in bytes; `None` for RSA, where the key decides.
    #[must_use]
    pub fn signature_len(self) -> Option<usize> {
        match self.asymmetric() {
            None => self.hmac().map(Hash::output_len),
            Some(Asymmetric::Ecdsa(curve, ..)) => Some(2 * curve.field_len()),
            Some(Asymmetric::Ed25519) => Some(ed25519_dalek::SIGNATURE_LENGTH),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::JwsAlg;

    #[test]
    fn every_name_is_read_back_and_has_one_meaning() {
        for alg in JwsAlg::ALL {
            assert_eq!(JwsAlg::parse(alg.name()), Some(alg));
            assert_eq!(format!("{alg:?}"), alg.name());
            assert_ne!(alg.hmac().is_some(), alg.asymmetric().is_some());
        }
        for wrong in ["none", "None", "", "hs256", "ES256K"] {
            assert_eq!(JwsAlg::parse(wrong), None, "{wrong}");
        }
    }
}
