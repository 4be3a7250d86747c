//! RSA of 2048 bits, ECDSA on P-256 and Ed25519 over 200 bytes, the digest included. Keys are read once, before.

use crate::measure::pair;
use crate::{AnyResult, row, verifying};
use aws_lc_rs::signature as aws;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::{ec, nid, rsa, sign};
use paysig::crypto::{Asymmetric, Curve, EcdsaForm, Hash, SigningKey, VerifyingKey};
use ring::signature as ring;
use std::hint::black_box;

const TEXT: &[u8] = &[b'x'; 200];
/// RSA is blinded, as it is when the bindings sign.
const SEED: [u8; 32] = [7; 32];

/// Our two keys from a private key of OpenSSL's.
fn ours(
    algorithm: Asymmetric,
    key: &PKey<Private>,
) -> Result<(SigningKey, VerifyingKey), Box<dyn std::error::Error>> {
    let der = key.private_key_to_pkcs8()?;
    Ok((
        SigningKey::parse(algorithm, &der)?,
        VerifyingKey::parse(algorithm, &der)?,
    ))
}

fn openssl_sign(
    key: &PKey<Private>,
    digest: Option<MessageDigest>,
) -> Result<Vec<u8>, openssl::error::ErrorStack> {
    let mut signer = match digest {
        Some(digest) => sign::Signer::new(digest, key)?,
        None => sign::Signer::new_without_digest(key)?,
    };
    signer.sign_oneshot_to_vec(black_box(TEXT))
}

fn openssl_verify(key: &PKey<Private>, digest: Option<MessageDigest>, signature: &[u8]) -> bool {
    let verifier = match digest {
        Some(digest) => sign::Verifier::new(digest, key),
        None => sign::Verifier::new_without_digest(key),
    };
    verifier
        .and_then(|mut v| v.verify_oneshot(signature, black_box(TEXT)))
        .unwrap_or(false)
}

pub fn rows() -> AnyResult {
    rsa_rows()?;
    ecdsa_rows()?;
    ed25519_rows()
}

fn rsa_rows() -> AnyResult {
    let key = PKey::from_rsa(rsa::Rsa::generate(2048)?)?;
    let (signing, checking) = ours(Asymmetric::RsaPkcs1(Hash::Sha256), &key)?;
    let signature = signing.sign_message(TEXT, Some(&SEED), None)?;
    let sign = || signing.sign_message(black_box(TEXT), Some(&SEED), None);
    let verify = || checking.verify_message(black_box(TEXT), &signature);
    let der = key.private_key_to_pkcs8()?;
    let public = key.rsa()?.public_key_to_der_pkcs1()?;
    let random = ::ring::rand::SystemRandom::new();

    let of_ring = ring::RsaKeyPair::from_pkcs8(&der)?;
    let by_ring = || {
        let mut out = [0; 256];
        of_ring
            .sign(&ring::RSA_PKCS1_SHA256, &random, black_box(TEXT), &mut out)
            .map(|()| out)
    };
    let of_aws = aws::RsaKeyPair::from_pkcs8(&der)?;
    let aws_random = aws_lc_rs::rand::SystemRandom::new();
    let by_aws = || {
        let mut out = [0; 256];
        of_aws
            .sign(
                &aws::RSA_PKCS1_SHA256,
                &aws_random,
                black_box(TEXT),
                &mut out,
            )
            .map(|()| out)
    };
    let by_openssl = || openssl_sign(&key, Some(MessageDigest::sha256()));
    if signature != by_ring()? || signature != by_aws()? || signature != by_openssl()? {
        return Err("the libraries do not sign alike".into());
    }
    row("RSA 2048 sign", "ring", &pair(sign, by_ring));
    row("RSA 2048 sign", "aws-lc-rs", &pair(sign, by_aws));
    row("RSA 2048 sign", "OpenSSL", &pair(sign, by_openssl));

    let of_ring = ring::UnparsedPublicKey::new(&ring::RSA_PKCS1_2048_8192_SHA256, &public);
    let of_aws = aws::ParsedPublicKey::new(&aws::RSA_PKCS1_2048_8192_SHA256, &public)?;
    verifying("RSA 2048 verify", "ring", verify, || {
        of_ring.verify(black_box(TEXT), &signature).is_ok()
    })?;
    verifying("RSA 2048 verify", "aws-lc-rs", verify, || {
        of_aws.verify_sig(black_box(TEXT), &signature).is_ok()
    })?;
    verifying("RSA 2048 verify", "OpenSSL", verify, || {
        openssl_verify(&key, Some(MessageDigest::sha256()), &signature)
    })
}

fn ecdsa_rows() -> AnyResult {
    let group = ec::EcGroup::from_curve_name(nid::Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(ec::EcKey::generate(&group)?)?;
    let (signing, checking) = ours(
        Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::Der),
        &key,
    )?;
    let signature = signing.sign_message(TEXT, None, None)?;
    let sign = || signing.sign_message(black_box(TEXT), None, None);
    let verify = || checking.verify_message(black_box(TEXT), &signature);
    let der = key.private_key_to_pkcs8()?;
    let random = ::ring::rand::SystemRandom::new();
    let aws_random = aws_lc_rs::rand::SystemRandom::new();

    let of_ring =
        ring::EcdsaKeyPair::from_pkcs8(&ring::ECDSA_P256_SHA256_ASN1_SIGNING, &der, &random)?;
    let of_aws = aws::EcdsaKeyPair::from_pkcs8(&aws::ECDSA_P256_SHA256_ASN1_SIGNING, &der)?;
    row(
        "ECDSA P-256 sign",
        "ring",
        &pair(sign, || of_ring.sign(&random, black_box(TEXT))),
    );
    row(
        "ECDSA P-256 sign",
        "aws-lc-rs",
        &pair(sign, || of_aws.sign(&aws_random, black_box(TEXT))),
    );
    row(
        "ECDSA P-256 sign",
        "OpenSSL",
        &pair(sign, || openssl_sign(&key, Some(MessageDigest::sha256()))),
    );

    let point = ring::KeyPair::public_key(&of_ring).as_ref().to_vec();
    let of_ring = ring::UnparsedPublicKey::new(&ring::ECDSA_P256_SHA256_ASN1, &point);
    let of_aws = aws::ParsedPublicKey::new(&aws::ECDSA_P256_SHA256_ASN1, &point)?;
    verifying("ECDSA P-256 verify", "ring", verify, || {
        of_ring.verify(black_box(TEXT), &signature).is_ok()
    })?;
    verifying("ECDSA P-256 verify", "aws-lc-rs", verify, || {
        of_aws.verify_sig(black_box(TEXT), &signature).is_ok()
    })?;
    verifying("ECDSA P-256 verify", "OpenSSL", verify, || {
        openssl_verify(&key, Some(MessageDigest::sha256()), &signature)
    })
}

fn ed25519_rows() -> AnyResult {
    let key = PKey::generate_ed25519()?;
    let (signing, checking) = ours(Asymmetric::Ed25519, &key)?;
    let signature = signing.sign_message(TEXT, None, None)?;
    let sign = || signing.sign_message(black_box(TEXT), None, None);
    let verify = || checking.verify_message(black_box(TEXT), &signature);
    let der = key.private_key_to_pkcs8()?;

    let of_ring = ring::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)?;
    let of_aws = aws::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)?;
    row(
        "Ed25519 sign",
        "ring",
        &pair(sign, || of_ring.sign(black_box(TEXT))),
    );
    row(
        "Ed25519 sign",
        "aws-lc-rs",
        &pair(sign, || of_aws.sign(black_box(TEXT))),
    );
    row(
        "Ed25519 sign",
        "OpenSSL",
        &pair(sign, || openssl_sign(&key, None)),
    );

    let public = key.raw_public_key()?;
    let of_ring = ring::UnparsedPublicKey::new(&ring::ED25519, &public);
    let of_aws = aws::ParsedPublicKey::new(&aws::ED25519, &public)?;
    verifying("Ed25519 verify", "ring", verify, || {
        of_ring.verify(black_box(TEXT), &signature).is_ok()
    })?;
    verifying("Ed25519 verify", "aws-lc-rs", verify, || {
        of_aws.verify_sig(black_box(TEXT), &signature).is_ok()
    })?;
    verifying("Ed25519 verify", "OpenSSL", verify, || {
        openssl_verify(&key, None, &signature)
    })
}
