//! Finds out what a key text is.
//!
//! The forms are listed in [`super::asymmetric`]. The text alone tells them apart; the algorithm only
//! decides how bare bytes are read.

use ::rsa::pkcs1;
use ::rsa::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef, SubjectPublicKeyInfoRef};
use ::rsa::{RsaPrivateKey, RsaPublicKey};
use ed25519_dalek::{SigningKey as Ed25519SigningKey, VerifyingKey as Ed25519VerifyingKey};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};
use zeroize::Zeroizing;

use super::asymmetric::Curve;
use super::ec::{EcSigningKey, EcVerifyingKey};
use super::key_error::KeyError;
use super::{ed25519, jwk, pem, rsa};

/// A key of any kind.
pub(super) enum KeyMaterial {
    RsaPrivate(RsaPrivateKey),
    RsaPublic(RsaPublicKey),
    EcPrivate(EcSigningKey),
    EcPublic(EcVerifyingKey),
    Ed25519Private(Ed25519SigningKey),
    Ed25519Public(Ed25519VerifyingKey),
}

/// What the caller needs the key for.
#[derive(Clone, Copy)]
pub(super) enum Family {
    Rsa,
    Ec(Curve),
    Ed25519,
}

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const CURVES: [(ObjectIdentifier, Curve); 4] = [
    (
        ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        Curve::P256,
    ),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), Curve::P384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), Curve::P521),
    (
        ObjectIdentifier::new_unwrap("1.3.132.0.10"),
        Curve::Secp256k1,
    ),
];

impl KeyMaterial {
    /// What it is, for a message that it is not what was wanted.
    pub(super) fn describe(&self) -> String {
        match self {
            KeyMaterial::RsaPrivate(_) => "an RSA private key".into(),
            KeyMaterial::RsaPublic(_) => "an RSA public key".into(),
            KeyMaterial::EcPrivate(key) => format!("an EC private key on {}", key.curve().name()),
            KeyMaterial::EcPublic(key) => format!("an EC public key on {}", key.curve().name()),
            KeyMaterial::Ed25519Private(_) => "an Ed25519 private key".into(),
            KeyMaterial::Ed25519Public(_) => "an Ed25519 public key".into(),
        }
    }

    /// The public half of a private key; a public key as it is.
    pub(super) fn into_public(self) -> KeyMaterial {
        match self {
            KeyMaterial::RsaPrivate(key) => KeyMaterial::RsaPublic(RsaPublicKey::from(&key)),
            KeyMaterial::EcPrivate(key) => KeyMaterial::EcPublic(key.verifying_key()),
            KeyMaterial::Ed25519Private(key) => KeyMaterial::Ed25519Public(key.verifying_key()),
            public => public,
        }
    }
}

/// What was wanted, for error messages.
pub(super) fn wanted(family: Family, private: bool) -> String {
    let half = if private { "private" } else { "public" };
    match family {
        Family::Rsa => format!("an RSA {half} key"),
        Family::Ec(curve) => format!("an EC {half} key on {}", curve.name()),
        Family::Ed25519 => format!("an Ed25519 {half} key"),
    }
}

/// Reads a key. It may be of another kind than wanted: `family` and `private` only say how bare
/// bytes are read and what an error names.
pub(super) fn parse(text: &[u8], family: Family, private: bool) -> Result<KeyMaterial, KeyError> {
    if is_der(text) {
        return from_der(text);
    }
    let text = text
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii();
    if text.is_empty() {
        return Err(KeyError::new(format!(
            "the key is empty: expected {}",
            wanted(family, private)
        )));
    }
    if text[0] == b'{' {
        return jwk::parse(text);
    }
    if pem::is_pem(text) {
        return from_der(&pem::first_block(text)?.der);
    }
    if let Some(key) = bare(text, family, private) {
        return key;
    }
    if let Some(inside) = pem::base64(text) {
        if pem::is_pem(&inside) {
            return from_der(&pem::first_block(&inside)?.der);
        }
        if is_der(&inside) {
            return from_der(&inside);
        }
        if let Family::Ec(curve) = family
            && let Some(key) = EcVerifyingKey::from_sec1_point(curve, &inside)
        {
            return Ok(KeyMaterial::EcPublic(key));
        }
    }
    let forms = match (family, private) {
        (Family::Rsa, _) => "neither PEM, DER, JWK nor base64 of PEM or DER",
        (Family::Ec(_), true) => {
            "neither PEM, DER, JWK, base64 of PEM or DER, nor a number of the curve's length in hexadecimal"
        }
        (Family::Ec(_), false) => {
            "neither PEM, DER, JWK, a point in hexadecimal nor base64 of any of these"
        }
        (Family::Ed25519, _) => {
            "neither PEM, DER, JWK, base64 of PEM or DER, nor 32 bytes in hexadecimal or base64"
        }
    };
    Err(KeyError::new(format!(
        "not {}: {forms}",
        wanted(family, private)
    )))
}

/// Bytes without any structure, which only the algorithm can tell apart.
fn bare(text: &[u8], family: Family, private: bool) -> Option<Result<KeyMaterial, KeyError>> {
    let text = core::str::from_utf8(text).ok()?;
    match family {
        Family::Rsa => None,
        Family::Ed25519 => ed25519::parse_bare(text, private),
        Family::Ec(curve) => {
            let bytes = Zeroizing::new(base16ct::mixed::decode_vec(text).ok()?);
            if private {
                return EcSigningKey::from_scalar(curve, &bytes)
                    .map(|key| Ok(KeyMaterial::EcPrivate(key)));
            }
            EcVerifyingKey::from_sec1_point(curve, &bytes).map(|key| Ok(KeyMaterial::EcPublic(key)))
        }
    }
}

/// Whether `bytes` are one DER SEQUENCE and nothing after it. A text in hexadecimal may also begin
/// with the SEQUENCE tag, the digit 0, but then the length does not fit.
fn is_der(bytes: &[u8]) -> bool {
    let (header, content) = match bytes {
        [0x30, len @ 0..=0x7f, ..] => (2, usize::from(*len)),
        [0x30, 0x81, len, ..] => (3, usize::from(*len)),
        [0x30, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        _ => return false,
    };
    bytes.len() == header + content
}

fn from_der(der: &[u8]) -> Result<KeyMaterial, KeyError> {
    if let Ok(info) = PrivateKeyInfoRef::from_der(der) {
        return from_pkcs8(&info);
    }
    if let Ok(key) = pkcs1::RsaPrivateKey::from_der(der) {
        return rsa_private(&key);
    }
    if let Some(key) = EcSigningKey::from_sec1_der(der) {
        return Ok(KeyMaterial::EcPrivate(key));
    }
    if let Ok(info) = SubjectPublicKeyInfoRef::from_der(der) {
        return from_spki(&info);
    }
    if let Ok(key) = pkcs1::RsaPublicKeyRef::from_der(der) {
        return rsa::public(key.modulus.as_bytes(), key.public_exponent.as_bytes())
            .map(KeyMaterial::RsaPublic);
    }
    if let Ok(certificate) = Certificate::from_der(der) {
        let info = certificate
            .tbs_certificate()
            .subject_public_key_info()
            .to_der();
        if let Ok(info) = &info
            && let Ok(info) = SubjectPublicKeyInfoRef::from_der(info)
        {
            return from_spki(&info);
        }
    }
    Err(KeyError::new(
        "the DER inside is no key: expected PKCS#8, PKCS#1, SEC1 on P-256, P-384, P-521 or secp256k1, SPKI or an X.509 certificate",
    ))
}

fn rsa_private(key: &pkcs1::RsaPrivateKeyRef<'_>) -> Result<KeyMaterial, KeyError> {
    if key.other_prime_infos.is_some() {
        return Err(KeyError::new(
            "RSA keys with more than two primes are not taken",
        ));
    }
    rsa::private(
        key.modulus.as_bytes(),
        key.public_exponent.as_bytes(),
        key.private_exponent.as_bytes(),
        Some([key.prime1.as_bytes(), key.prime2.as_bytes()]),
    )
    .map(KeyMaterial::RsaPrivate)
}

fn curve(parameters: Result<ObjectIdentifier, impl Sized>) -> Result<Curve, KeyError> {
    parameters
        .ok()
        .and_then(|oid| CURVES.iter().find(|(known, _)| *known == oid))
        .map(|(_, curve)| *curve)
        .ok_or_else(|| {
            KeyError::new("the EC key is on a curve other than P-256, P-384, P-521 and secp256k1")
        })
}

const OTHER_ALGORITHM: &str = "the key is neither RSA, EC nor Ed25519";

fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<KeyMaterial, KeyError> {
    let inside = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA_ENCRYPTION | RSASSA_PSS => match pkcs1::RsaPrivateKey::from_der(inside) {
            Ok(key) => rsa_private(&key),
            Err(_) => Err(KeyError::new(
                "the PKCS#8 key's RSA numbers are not readable",
            )),
        },
        EC_PUBLIC_KEY => {
            let curve = curve(info.algorithm.parameters_oid())?;
            match EcSigningKey::from_sec1_der(inside) {
                Some(key) if key.curve() == curve => Ok(KeyMaterial::EcPrivate(key)),
                _ => Err(KeyError::new(
                    "the PKCS#8 key's EC private key is not valid",
                )),
            }
        }
        ED25519 => Ed25519SigningKey::try_from(info.clone())
            .map(KeyMaterial::Ed25519Private)
            .map_err(|_| KeyError::new("the PKCS#8 key's Ed25519 seed is not valid")),
        _ => Err(KeyError::new(OTHER_ALGORITHM)),
    }
}

fn from_spki(info: &SubjectPublicKeyInfoRef<'_>) -> Result<KeyMaterial, KeyError> {
    let inside = info.subject_public_key.as_bytes().unwrap_or_default();
    match info.algorithm.oid {
        RSA_ENCRYPTION | RSASSA_PSS => match pkcs1::RsaPublicKeyRef::from_der(inside) {
            Ok(key) => rsa::public(key.modulus.as_bytes(), key.public_exponent.as_bytes())
                .map(KeyMaterial::RsaPublic),
            Err(_) => Err(KeyError::new(
                "the public key's RSA numbers are not readable",
            )),
        },
        EC_PUBLIC_KEY => {
            let curve = curve(info.algorithm.parameters_oid())?;
            EcVerifyingKey::from_sec1_point(curve, inside)
                .map(KeyMaterial::EcPublic)
                .ok_or_else(|| KeyError::new("the EC public key is no point of its curve"))
        }
        ED25519 => match <&[u8; 32]>::try_from(inside) {
            Ok(bytes) => ed25519::public(bytes).map(KeyMaterial::Ed25519Public),
            Err(_) => Err(KeyError::new(
                "the Ed25519 public key does not have 32 bytes",
            )),
        },
        _ => Err(KeyError::new(OTHER_ALGORITHM)),
    }
}
