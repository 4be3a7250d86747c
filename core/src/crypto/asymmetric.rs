//! Signing and verifying with key pairs.
//!
//! Nothing here draws randomness. Where an operation needs it, the caller passes a seed of 32
//! random bytes, fresh for every call; RSA private operations also use it for blinding.
//!
//! ECDSA signatures are malleable: with (r, s) also (r, n - s) is valid. Providers emit both, so
//! both are accepted; replay keys are therefore made from what was signed, never from a signature.
//!
//! # What a key text may be
//!
//! | key | forms |
//! |---|---|
//! | private | PKCS#8, PKCS#1 (`RSA PRIVATE KEY`), SEC1 (`EC PRIVATE KEY`) |
//! | public | SPKI, PKCS#1 (`RSA PUBLIC KEY`), X.509 certificate (its key; nothing else of it is checked) |
//!
//! each as PEM, as DER, as base64 of the DER and as base64 of the PEM text, wrapped or with blanks
//! inside; both as JWK. Ed25519 also as hexadecimal or base64 of 32 bytes (64: seed and public
//! key), with Standard Webhooks' prefixes `whsk_` and `whpk_`. EC public keys also as hexadecimal
//! or base64 of a SEC1 point. Where a public key is wanted, a private one will do. Not taken:
//! encrypted private keys, RSA outside 1024 to 8192 bits, other curves.

use core::fmt;
use std::sync::Arc;

use ::rsa::{RsaPrivateKey, RsaPublicKey};
use ed25519_dalek::Signer;

use super::backend::{Backend, Second};
use super::ec::{EcSigningKey, EcVerifyingKey};
use super::hash::{Digest, Hash};
use super::key_error::KeyError;
use super::keyparse::{self, Family, KeyMaterial};
use super::rsa;

/// An algorithm with a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asymmetric {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    RsaPkcs1(Hash),
    /// RSASSA-PSS (RFC 8017, section 8.1), MGF1 with the same hash, salt as long as the digest.
    RsaPss(Hash),
    /// ECDSA (FIPS 186-5), deterministic (RFC 6979).
    Ecdsa(Curve, Hash, EcdsaForm),
    /// Ed25519 (RFC 8032), pure.
    Ed25519,
    /// A PKCS#1 v1.5 type-1 block over the message itself, without `DigestInfo`: what
    /// `private_encrypt` of OpenSSL's bindings makes.
    RsaType1,
    /// RSAES-PKCS1-v1_5 encryption of the message (type-2 block) with the public key.
    RsaType2,
}

/// An elliptic curve: of NIST, or Bitcoin's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// P-256, secp256r1, prime256v1.
    P256,
    /// P-384, secp384r1.
    P384,
    /// P-521, secp521r1.
    P521,
    /// secp256k1 (SEC 2), Bitcoin's curve.
    Secp256k1,
}

/// How an ECDSA signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EcdsaForm {
    /// DER `SEQUENCE { r, s }`, as OpenSSL, Java and Go write it.
    Der,
    /// r and s one after the other, each of the curve's length (IEEE P1363, JWS, WebCrypto).
    P1363,
}

impl Asymmetric {
    /// The hash whose digest is all that is signed, so that the message can stream through it;
    /// `None` where the whole message is needed.
    #[must_use]
    pub fn prehash(&self) -> Option<Hash> {
        match self {
            Asymmetric::RsaPkcs1(hash)
            | Asymmetric::RsaPss(hash)
            | Asymmetric::Ecdsa(_, hash, _) => Some(*hash),
            Asymmetric::Ed25519 | Asymmetric::RsaType1 | Asymmetric::RsaType2 => None,
        }
    }

    fn family(self) -> Family {
        match self {
            Asymmetric::RsaPkcs1(_)
            | Asymmetric::RsaPss(_)
            | Asymmetric::RsaType1
            | Asymmetric::RsaType2 => Family::Rsa,
            Asymmetric::Ecdsa(curve, ..) => Family::Ec(curve),
            Asymmetric::Ed25519 => Family::Ed25519,
        }
    }
}

/// Why nothing could be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// PSS and type-2 encryption are randomised.
    #[error("this algorithm needs a random seed to sign")]
    NeedsSeed,
    /// A digest was given to an algorithm that signs the whole message.
    #[error("this algorithm signs the message, not a digest of it")]
    NeedsMessage,
    /// A digest of another length than the algorithm's.
    #[error("the digest has {len} bytes, the algorithm's has {expected}")]
    DigestLength {
        /// Length given, in bytes.
        len: usize,
        /// Length of the algorithm's digest, in bytes.
        expected: usize,
    },
    /// Type-1 and type-2 blocks hold at most 11 bytes less than the modulus.
    #[error("the message has {len} bytes, the RSA key has room for {max}")]
    MessageTooLong {
        /// Length of the message, in bytes.
        len: usize,
        /// The most this key takes, in bytes.
        max: usize,
    },
    /// Explicit type-2 padding of the wrong length or with a zero byte.
    #[error("the padding for this message and key is {expected} bytes, none of them zero")]
    Padding {
        /// Length it must have, in bytes.
        expected: usize,
    },
    /// Explicit padding for an algorithm that has none.
    #[error("this algorithm takes no padding")]
    NoPadding,
    /// The library refused; not known to happen with a key that was parsed.
    #[error("the signature could not be made with this key")]
    Failed,
}

/// A key that signs. Cheap to clone; the private key is cleared from memory with its last clone.
#[derive(Clone)]
pub struct SigningKey {
    alg: Asymmetric,
    key: Arc<Private>,
    second: Option<Arc<<Second as Backend>::Signer>>,
}

pub(super) enum Private {
    Rsa(RsaPrivateKey),
    /// Type-2 encryption, where "signing" takes the provider's public key.
    RsaPublic(RsaPublicKey),
    Ec(EcSigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl SigningKey {
    /// Reads a private key, for [`Asymmetric::RsaType2`] a public one. Taken are PEM, DER and base64
    /// of PKCS#8, PKCS#1 and SEC1, JWK, and for Ed25519 a bare seed; the module's page has the list.
    ///
    /// # Errors
    /// A text that is no key, a key of another kind, an RSA key outside 1024 to 8192 bits.
    pub fn parse(alg: Asymmetric, text: &[u8]) -> Result<SigningKey, KeyError> {
        let family = alg.family();
        let private = alg != Asymmetric::RsaType2;
        let mut material = keyparse::parse(text, family, private)?;
        if !private {
            material = material.into_public();
        }
        let key = match (family, material) {
            (Family::Rsa, KeyMaterial::RsaPublic(key)) if !private => Private::RsaPublic(key),
            (Family::Rsa, KeyMaterial::RsaPrivate(key)) => Private::Rsa(key),
            (Family::Ec(curve), KeyMaterial::EcPrivate(key)) if key.curve() == curve => {
                Private::Ec(key)
            }
            (Family::Ed25519, KeyMaterial::Ed25519Private(key)) => Private::Ed25519(key),
            (_, other) => return Err(mismatch(&other, family, private)),
        };
        if let (Asymmetric::RsaPss(hash), Private::Rsa(key)) = (alg, &key) {
            rsa::check_pss(key.as_ref(), hash)?;
        }
        Ok(SigningKey {
            alg,
            second: Second::signer(alg, &key).map(Arc::new),
            key: Arc::new(key),
        })
    }

    /// The algorithm this key was parsed for.
    #[must_use]
    pub fn algorithm(&self) -> Asymmetric {
        self.alg
    }

    /// Signs a digest made with [`Asymmetric::prehash`]. `seed`: 32 random bytes, fresh for every
    /// call; PSS needs it, PKCS#1 v1.5 uses it for blinding only, ECDSA ignores it.
    ///
    /// # Errors
    /// [`SignError::NeedsMessage`], [`SignError::DigestLength`], [`SignError::NeedsSeed`].
    pub fn sign_digest(
        &self,
        digest: &Digest,
        seed: Option<&[u8; 32]>,
    ) -> Result<Vec<u8>, SignError> {
        let expected = self
            .alg
            .prehash()
            .ok_or(SignError::NeedsMessage)?
            .output_len();
        if digest.len() != expected {
            return Err(SignError::DigestLength {
                len: digest.len(),
                expected,
            });
        }
        if let Some(second) = &self.second {
            return Second::sign(second, digest).ok_or(SignError::Failed);
        }
        match (self.alg, &*self.key) {
            (Asymmetric::RsaPkcs1(hash), Private::Rsa(key)) => {
                rsa::sign_pkcs1(key, hash, digest, seed)
            }
            (Asymmetric::RsaPss(hash), Private::Rsa(key)) => rsa::sign_pss(key, hash, digest, seed),
            (Asymmetric::Ecdsa(_, hash, form), Private::Ec(key)) => {
                Ok(key.sign(hash, digest, form))
            }
            _ => Err(SignError::Failed),
        }
    }

    /// Signs a message, or encrypts it with [`Asymmetric::RsaType2`]. `padding` is the whole PS of
    /// a type-2 block, for tests that expect exact bytes; without it PS is drawn from `seed`.
    ///
    /// # Errors
    /// See [`SignError`].
    pub fn sign_message(
        &self,
        message: &[u8],
        seed: Option<&[u8; 32]>,
        padding: Option<&[u8]>,
    ) -> Result<Vec<u8>, SignError> {
        if padding.is_some() && self.alg != Asymmetric::RsaType2 {
            return Err(SignError::NoPadding);
        }
        if let Some(hash) = self.alg.prehash() {
            return self.sign_digest(&hash.digest(message), seed);
        }
        match (self.alg, &*self.key) {
            (Asymmetric::Ed25519, Private::Ed25519(key)) => {
                Ok(key.sign(message).to_bytes().to_vec())
            }
            (Asymmetric::RsaType1, Private::Rsa(key)) => rsa::sign_type1(key, message, seed),
            (Asymmetric::RsaType2, Private::RsaPublic(key)) => {
                rsa::encrypt_type2(key, message, seed, padding)
            }
            _ => Err(SignError::Failed),
        }
    }
}

/// A key that verifies. Cheap to clone.
#[derive(Clone)]
pub struct VerifyingKey {
    alg: Asymmetric,
    key: Arc<Public>,
    second: Option<Arc<<Second as Backend>::Verifier>>,
}

pub(super) enum Public {
    Rsa(RsaPublicKey),
    Ec(EcVerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl VerifyingKey {
    /// Reads a public key, or takes the public half of a private one. Taken are PEM, DER and
    /// base64 of SPKI, PKCS#1 and X.509 certificates, JWK, EC points and bare Ed25519 keys; see
    /// `keyparse` for the list. Of a certificate only the key is used: who issued it and whether it
    /// is in date is for the caller to know.
    ///
    /// # Errors
    /// A text that is no key, a key of another kind, an RSA key outside 1024 to 8192 bits;
    /// [`Asymmetric::RsaType2`], which only a private key can check.
    pub fn parse(alg: Asymmetric, text: &[u8]) -> Result<VerifyingKey, KeyError> {
        if alg == Asymmetric::RsaType2 {
            return Err(KeyError::new(
                "what was encrypted to a public key is checked by decrypting it",
            ));
        }
        let family = alg.family();
        let key = match (family, keyparse::parse(text, family, false)?.into_public()) {
            (Family::Rsa, KeyMaterial::RsaPublic(key)) => Public::Rsa(key),
            (Family::Ec(curve), KeyMaterial::EcPublic(key)) if key.curve() == curve => {
                Public::Ec(key)
            }
            (Family::Ed25519, KeyMaterial::Ed25519Public(key)) => Public::Ed25519(key),
            (_, other) => return Err(mismatch(&other, family, false)),
        };
        if let (Asymmetric::RsaPss(hash), Public::Rsa(key)) = (alg, &key) {
            rsa::check_pss(key, hash)?;
        }
        Ok(VerifyingKey {
            alg,
            second: Second::verifier(alg, &key).map(Arc::new),
            key: Arc::new(key),
        })
    }

    /// The algorithm this key was parsed for.
    #[must_use]
    pub fn algorithm(&self) -> Asymmetric {
        self.alg
    }

    /// Verifies a signature over a digest made with [`Asymmetric::prehash`]; false for an algorithm
    /// that needs the message and for a digest of another length.
    #[must_use]
    pub fn verify_digest(&self, digest: &Digest, sig: &[u8]) -> bool {
        if self.alg.prehash().map(Hash::output_len) != Some(digest.len()) {
            return false;
        }
        if let Some(second) = &self.second {
            return Second::verify(second, digest, sig);
        }
        match (self.alg, &*self.key) {
            (Asymmetric::RsaPkcs1(hash), Public::Rsa(key)) => {
                rsa::verify_pkcs1(key, hash, digest, sig)
            }
            (Asymmetric::RsaPss(hash), Public::Rsa(key)) => rsa::verify_pss(key, hash, digest, sig),
            (Asymmetric::Ecdsa(_, _, form), Public::Ec(key)) => key.verify(digest, sig, form),
            _ => false,
        }
    }

    /// Verifies a signature over a message.
    #[must_use]
    pub fn verify_message(&self, message: &[u8], sig: &[u8]) -> bool {
        if let Some(hash) = self.alg.prehash() {
            return self.verify_digest(&hash.digest(message), sig);
        }
        match (self.alg, &*self.key) {
            (Asymmetric::Ed25519, Public::Ed25519(key)) => {
                ed25519_dalek::Signature::from_slice(sig)
                    .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            }
            (Asymmetric::RsaType1, Public::Rsa(key)) => rsa::verify_type1(key, message, sig),
            _ => false,
        }
    }

    /// Length of every signature in bytes; `None` for ECDSA in DER, where it varies.
    #[must_use]
    pub fn signature_len(&self) -> Option<usize> {
        match (self.alg, &*self.key) {
            (_, Public::Rsa(key)) => Some(rsa::modulus_len(key)),
            (_, Public::Ed25519(_)) => Some(ed25519_dalek::SIGNATURE_LENGTH),
            (Asymmetric::Ecdsa(curve, _, EcdsaForm::P1363), _) => Some(2 * curve.field_len()),
            _ => None,
        }
    }
}

/// The provider's private key, which opens what was encrypted with [`Asymmetric::RsaType2`].
#[cfg(feature = "provider-side")]
#[derive(Clone)]
pub struct DecryptingKey(Arc<RsaPrivateKey>);

#[cfg(feature = "provider-side")]
impl DecryptingKey {
    /// Reads an RSA private key, in the forms of [`SigningKey::parse`].
    ///
    /// # Errors
    /// A text that is no key or another kind of key.
    pub fn parse(text: &[u8]) -> Result<DecryptingKey, KeyError> {
        match keyparse::parse(text, Family::Rsa, true)? {
            KeyMaterial::RsaPrivate(key) => Ok(DecryptingKey(Arc::new(key))),
            other => Err(mismatch(&other, Family::Rsa, true)),
        }
    }

    /// Whether `ciphertext` is an encryption of `expected`: one answer, and one way to it, for bad
    /// padding, a wrong length and another message. `seed`: 32 random bytes for blinding, fresh for
    /// every call. An empty `expected` is never matched.
    #[must_use]
    pub fn decrypt_type2_equals(
        &self,
        ciphertext: &[u8],
        expected: &[u8],
        seed: Option<&[u8; 32]>,
    ) -> bool {
        rsa::decrypt_type2_equals(&self.0, ciphertext, expected, seed)
    }
}

fn mismatch(found: &KeyMaterial, family: Family, private: bool) -> KeyError {
    KeyError::new(format!(
        "{} was given where {} is needed",
        found.describe(),
        keyparse::wanted(family, private)
    ))
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?}, ..)", self.alg)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({:?}, ..)", self.alg)
    }
}

#[cfg(feature = "provider-side")]
impl fmt::Debug for DecryptingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptingKey(..)")
    }
}
