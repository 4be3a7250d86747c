//! RSA and ECDSA by AWS-LC, which verifies several times as fast.
//!
//! Left to the Rust libraries: what AWS-LC would do in another way (ECDSA signs with a random nonce there, PSS with a salt of its own,
//! Ed25519 accepts points of small order) and what it does not do (RSA below 2048 bits, type-1 and type-2 blocks, secp256k1, MD5,
//! SHA-3).

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::signature::{
    self, EcdsaVerificationAlgorithm, ParsedPublicKey, RsaKeyPair, RsaParameters,
    RsaSignatureEncoding,
};
use rsa::RsaPublicKey;
use rsa::pkcs1::{EncodeRsaPrivateKey, EncodeRsaPublicKey};

use super::asymmetric::{Asymmetric, Curve, EcdsaForm, Private, Public};
use super::backend::Backend;
use super::hash::Hash;
use super::rsa::modulus_len;

/// The shortest RSA modulus that AWS-LC signs with, and verifies with under every hash, in bytes.
const LEAST_MODULUS: usize = 256;

pub(super) struct AwsLc;

pub(super) struct Signer {
    key: RsaKeyPair,
    encoding: &'static RsaSignatureEncoding,
    hash: &'static digest::Algorithm,
}

pub(super) struct Verifier {
    key: ParsedPublicKey,
    hash: &'static digest::Algorithm,
}

impl Backend for AwsLc {
    type Signer = Signer;
    type Verifier = Verifier;

    fn signer(algorithm: Asymmetric, key: &Private) -> Option<Signer> {
        let (Asymmetric::RsaPkcs1(hash), Private::Rsa(key)) = (algorithm, key) else {
            return None;
        };
        let encoding = match hash {
            Hash::Sha256 => &signature::RSA_PKCS1_SHA256,
            Hash::Sha384 => &signature::RSA_PKCS1_SHA384,
            Hash::Sha512 => &signature::RSA_PKCS1_SHA512,
            Hash::Md5 | Hash::Sha1 | Hash::Sha3_512 => return None,
        };
        // Wiped when dropped. Fails for a key without its primes, which AWS-LC does not take either.
        let der = key.to_pkcs1_der().ok()?;
        Some(Signer {
            key: RsaKeyPair::from_der(der.as_bytes()).ok()?,
            encoding,
            hash: digest_algorithm(hash)?,
        })
    }

    fn verifier(algorithm: Asymmetric, key: &Public) -> Option<Verifier> {
        let (key, hash) = match (algorithm, key) {
            (Asymmetric::RsaPkcs1(hash), Public::Rsa(key)) => (rsa(pkcs1(hash)?, key)?, hash),
            (Asymmetric::RsaPss(hash), Public::Rsa(key)) => (rsa(pss(hash)?, key)?, hash),
            (Asymmetric::Ecdsa(curve, hash, form), Public::Ec(key)) => {
                let point = key.to_sec1_point();
                let key = ParsedPublicKey::new(ecdsa(curve, hash, form)?, point).ok()?;
                (key, hash)
            }
            _ => return None,
        };
        Some(Verifier {
            key,
            hash: digest_algorithm(hash)?,
        })
    }

    fn sign(signer: &Signer, digest: &[u8]) -> Option<Vec<u8>> {
        let digest = Digest::import_less_safe(digest, signer.hash).ok()?;
        let mut signature = vec![0; signer.key.public_modulus_len()];
        let signed = signer
            .key
            .sign_digest(signer.encoding, &digest, &mut signature);
        signed.ok().map(|()| signature)
    }

    fn verify(verifier: &Verifier, digest: &[u8], signature: &[u8]) -> bool {
        Digest::import_less_safe(digest, verifier.hash)
            .is_ok_and(|digest| verifier.key.verify_digest_sig(&digest, signature).is_ok())
    }
}

fn digest_algorithm(hash: Hash) -> Option<&'static digest::Algorithm> {
    match hash {
        Hash::Sha1 => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        Hash::Sha256 => Some(&digest::SHA256),
        Hash::Sha384 => Some(&digest::SHA384),
        Hash::Sha512 => Some(&digest::SHA512),
        Hash::Md5 | Hash::Sha3_512 => None,
    }
}

fn rsa(rule: &'static RsaParameters, key: &RsaPublicKey) -> Option<ParsedPublicKey> {
    if modulus_len(key) < LEAST_MODULUS {
        return None;
    }
    ParsedPublicKey::new(rule, key.to_pkcs1_der().ok()?.as_bytes()).ok()
}

fn pkcs1(hash: Hash) -> Option<&'static RsaParameters> {
    match hash {
        Hash::Sha1 => Some(&signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Hash::Sha256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        Hash::Sha384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        Hash::Sha512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        Hash::Md5 | Hash::Sha3_512 => None,
    }
}

fn pss(hash: Hash) -> Option<&'static RsaParameters> {
    match hash {
        Hash::Sha256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        Hash::Sha384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
        Hash::Sha512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
        Hash::Md5 | Hash::Sha1 | Hash::Sha3_512 => None,
    }
}

/// The pairs of curve and hash that providers use.
fn ecdsa(curve: Curve, hash: Hash, form: EcdsaForm) -> Option<&'static EcdsaVerificationAlgorithm> {
    match (curve, hash, form) {
        (Curve::P256, Hash::Sha256, EcdsaForm::Der) => Some(&signature::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Hash::Sha256, EcdsaForm::P1363) => Some(&signature::ECDSA_P256_SHA256_FIXED),
        (Curve::P384, Hash::Sha384, EcdsaForm::Der) => Some(&signature::ECDSA_P384_SHA384_ASN1),
        (Curve::P384, Hash::Sha384, EcdsaForm::P1363) => Some(&signature::ECDSA_P384_SHA384_FIXED),
        (Curve::P521, Hash::Sha512, EcdsaForm::Der) => Some(&signature::ECDSA_P521_SHA512_ASN1),
        (Curve::P521, Hash::Sha512, EcdsaForm::P1363) => Some(&signature::ECDSA_P521_SHA512_FIXED),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::super::keyparse::{self, Family, KeyMaterial};
    use super::*;

    fn keys(pem: &str, family: Family) -> (Private, Public) {
        let read = || keyparse::parse(pem.as_bytes(), family, true).unwrap();
        match (read(), read().into_public()) {
            (KeyMaterial::RsaPrivate(own), KeyMaterial::RsaPublic(other)) => {
                (Private::Rsa(own), Public::Rsa(other))
            }
            (KeyMaterial::EcPrivate(own), KeyMaterial::EcPublic(other)) => {
                (Private::Ec(own), Public::Ec(other))
            }
            _ => panic!("another kind of key"),
        }
    }

    fn taken(algorithm: Asymmetric, (own, other): &(Private, Public)) -> (bool, bool) {
        (
            AwsLc::signer(algorithm, own).is_some(),
            AwsLc::verifier(algorithm, other).is_some(),
        )
    }

    #[test]
    fn takes_what_it_does_in_the_same_way() {
        let long = keys(
            include_str!("../../../tests/vectors/rsa2048-private.pem"),
            Family::Rsa,
        );
        let short = keys(
            include_str!("../../../tests/vectors/rsa1024-private.pem"),
            Family::Rsa,
        );
        for (hash, both) in [
            (Hash::Sha256, (true, true)),
            (Hash::Sha512, (true, true)),
            (Hash::Sha1, (false, true)),
            (Hash::Md5, (false, false)),
        ] {
            assert_eq!(taken(Asymmetric::RsaPkcs1(hash), &long), both, "{hash:?}");
            assert_eq!(taken(Asymmetric::RsaPkcs1(hash), &short), (false, false));
        }
        assert_eq!(
            taken(Asymmetric::RsaPss(Hash::Sha512), &long),
            (false, true)
        );
        assert_eq!(taken(Asymmetric::RsaType1, &long), (false, false));
        for (curve, hash, pem) in [
            (
                Curve::P256,
                Hash::Sha256,
                include_str!("../../tests/keys/p256.pkcs8.pem"),
            ),
            (
                Curve::P384,
                Hash::Sha384,
                include_str!("../../tests/keys/p384.pkcs8.pem"),
            ),
            (
                Curve::P521,
                Hash::Sha512,
                include_str!("../../tests/keys/p521.pkcs8.pem"),
            ),
        ] {
            let key = keys(pem, Family::Ec(curve));
            for form in [EcdsaForm::Der, EcdsaForm::P1363] {
                assert_eq!(
                    taken(Asymmetric::Ecdsa(curve, hash, form), &key),
                    (false, true)
                );
            }
        }
    }
}
