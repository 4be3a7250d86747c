//! ECDSA on the NIST curves (FIPS 186-5) and on secp256k1 (SEC 2), deterministic as RFC 6979 says.

use ::ecdsa::elliptic_curve::CurveArithmetic;
use ::ecdsa::hazmat::sign_prehashed_rfc6979;
use ::ecdsa::signature::hazmat::PrehashVerifier;
use ::ecdsa::{EcdsaCurve, Signature, SigningKey, VerifyingKey};
use k256::Secp256k1;
use md5::Md5;
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use sha3::Sha3_512;

use super::asymmetric::{Curve, EcdsaForm};
use super::hash::Hash;

/// A private key on one of the curves.
pub(super) enum EcSigningKey {
    P256(SigningKey<NistP256>),
    P384(SigningKey<NistP384>),
    P521(SigningKey<NistP521>),
    Secp256k1(SigningKey<Secp256k1>),
}

/// A public key on one of the curves.
pub(super) enum EcVerifyingKey {
    P256(VerifyingKey<NistP256>),
    P384(VerifyingKey<NistP384>),
    P521(VerifyingKey<NistP521>),
    Secp256k1(VerifyingKey<Secp256k1>),
}

impl Curve {
    /// The curve's name in a JWK (RFC 7518, section 6.2.1.1; RFC 8812) and in error messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Curve::P256 => "P-256",
            Curve::P384 => "P-384",
            Curve::P521 => "P-521",
            Curve::Secp256k1 => "secp256k1",
        }
    }

    /// Length in bytes of a coordinate, a scalar, and half of a P1363 signature.
    pub(super) fn field_len(self) -> usize {
        match self {
            Curve::P256 | Curve::Secp256k1 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }
}

/// RFC 6979 draws the nonce with the hash of the message, which need not be the curve's own.
fn rfc6979<C>(key: &SigningKey<C>, hash: Hash, digest: &[u8]) -> Signature<C>
where
    C: EcdsaCurve + CurveArithmetic,
{
    let scalar = key.as_nonzero_scalar();
    match hash {
        Hash::Md5 => sign_prehashed_rfc6979::<C, Md5>(scalar, digest, &[]).0,
        Hash::Sha1 => sign_prehashed_rfc6979::<C, Sha1>(scalar, digest, &[]).0,
        Hash::Sha256 => sign_prehashed_rfc6979::<C, Sha256>(scalar, digest, &[]).0,
        Hash::Sha384 => sign_prehashed_rfc6979::<C, Sha384>(scalar, digest, &[]).0,
        Hash::Sha512 => sign_prehashed_rfc6979::<C, Sha512>(scalar, digest, &[]).0,
        Hash::Sha3_512 => sign_prehashed_rfc6979::<C, Sha3_512>(scalar, digest, &[]).0,
    }
}

macro_rules! write_signature {
    ($signature:expr, $form:expr) => {{
        let signature = $signature;
        match $form {
            EcdsaForm::Der => signature.to_der().as_bytes().to_vec(),
            EcdsaForm::P1363 => signature.to_bytes().to_vec(),
        }
    }};
}

macro_rules! verify_signature {
    ($key:expr, $digest:expr, $text:expr, $form:expr) => {
        match $form {
            EcdsaForm::Der => Signature::from_der($text),
            EcdsaForm::P1363 => Signature::from_slice($text),
        }
        .is_ok_and(|signature: Signature<_>| {
            // s and n - s are both right; the library takes only the lower one on secp256k1, senders write either.
            $key.verify_prehash($digest, &signature.normalize_s())
                .is_ok()
        })
    };
}

impl EcSigningKey {
    /// Reads SEC1 `ECPrivateKey`; a curve it names is checked, else its length tells the curve.
    pub(super) fn from_sec1_der(der: &[u8]) -> Option<EcSigningKey> {
        if let Ok(key) = p256::SecretKey::from_sec1_der(der) {
            return Some(EcSigningKey::P256(key.into()));
        }
        if let Ok(key) = p384::SecretKey::from_sec1_der(der) {
            return Some(EcSigningKey::P384(key.into()));
        }
        if let Ok(key) = p521::SecretKey::from_sec1_der(der) {
            return Some(EcSigningKey::P521(key.into()));
        }
        k256::SecretKey::from_sec1_der(der)
            .ok()
            .map(|key| EcSigningKey::Secp256k1(key.into()))
    }

    /// Reads the private scalar, big-endian and of the curve's length.
    pub(super) fn from_scalar(curve: Curve, scalar: &[u8]) -> Option<EcSigningKey> {
        if scalar.len() != curve.field_len() {
            return None;
        }
        match curve {
            Curve::P256 => SigningKey::from_slice(scalar).ok().map(EcSigningKey::P256),
            Curve::P384 => SigningKey::from_slice(scalar).ok().map(EcSigningKey::P384),
            Curve::P521 => SigningKey::from_slice(scalar).ok().map(EcSigningKey::P521),
            Curve::Secp256k1 => SigningKey::from_slice(scalar)
                .ok()
                .map(EcSigningKey::Secp256k1),
        }
    }

    pub(super) fn curve(&self) -> Curve {
        match self {
            EcSigningKey::P256(_) => Curve::P256,
            EcSigningKey::P384(_) => Curve::P384,
            EcSigningKey::P521(_) => Curve::P521,
            EcSigningKey::Secp256k1(_) => Curve::Secp256k1,
        }
    }

    pub(super) fn verifying_key(&self) -> EcVerifyingKey {
        match self {
            EcSigningKey::P256(key) => EcVerifyingKey::P256(*key.verifying_key()),
            EcSigningKey::P384(key) => EcVerifyingKey::P384(*key.verifying_key()),
            EcSigningKey::P521(key) => EcVerifyingKey::P521(*key.verifying_key()),
            EcSigningKey::Secp256k1(key) => EcVerifyingKey::Secp256k1(*key.verifying_key()),
        }
    }

    /// Signs a digest. `s` is left as it comes out, high or low, as RFC 6979's vectors have it; on secp256k1 it is the low one.
    pub(super) fn sign(&self, hash: Hash, digest: &[u8], form: EcdsaForm) -> Vec<u8> {
        match self {
            EcSigningKey::P256(key) => write_signature!(rfc6979(key, hash, digest), form),
            EcSigningKey::P384(key) => write_signature!(rfc6979(key, hash, digest), form),
            EcSigningKey::P521(key) => write_signature!(rfc6979(key, hash, digest), form),
            EcSigningKey::Secp256k1(key) => write_signature!(rfc6979(key, hash, digest), form),
        }
    }
}

impl EcVerifyingKey {
    /// Reads a SEC1 point, compressed or not.
    pub(super) fn from_sec1_point(curve: Curve, point: &[u8]) -> Option<EcVerifyingKey> {
        match curve {
            Curve::P256 => VerifyingKey::from_sec1_bytes(point)
                .ok()
                .map(EcVerifyingKey::P256),
            Curve::P384 => VerifyingKey::from_sec1_bytes(point)
                .ok()
                .map(EcVerifyingKey::P384),
            Curve::P521 => VerifyingKey::from_sec1_bytes(point)
                .ok()
                .map(EcVerifyingKey::P521),
            Curve::Secp256k1 => VerifyingKey::from_sec1_bytes(point)
                .ok()
                .map(EcVerifyingKey::Secp256k1),
        }
    }

    pub(super) fn curve(&self) -> Curve {
        match self {
            EcVerifyingKey::P256(_) => Curve::P256,
            EcVerifyingKey::P384(_) => Curve::P384,
            EcVerifyingKey::P521(_) => Curve::P521,
            EcVerifyingKey::Secp256k1(_) => Curve::Secp256k1,
        }
    }

    /// The point, uncompressed.
    pub(super) fn to_sec1_point(&self) -> Vec<u8> {
        match self {
            EcVerifyingKey::P256(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            EcVerifyingKey::P384(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            EcVerifyingKey::P521(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            EcVerifyingKey::Secp256k1(key) => key.to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// Verifies a signature over a digest, strict DER or exactly two field elements.
    pub(super) fn verify(&self, digest: &[u8], signature: &[u8], form: EcdsaForm) -> bool {
        match self {
            EcVerifyingKey::P256(key) => verify_signature!(key, digest, signature, form),
            EcVerifyingKey::P384(key) => verify_signature!(key, digest, signature, form),
            EcVerifyingKey::P521(key) => verify_signature!(key, digest, signature, form),
            EcVerifyingKey::Secp256k1(key) => verify_signature!(key, digest, signature, form),
        }
    }
}
