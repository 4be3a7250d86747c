//! RSA (RFC 8017): PKCS#1 v1.5 and PSS signatures, type-1 blocks without `DigestInfo`, type-2
//! encryption.

use ::rsa::pkcs1v15::Pkcs1v15Sign;
use ::rsa::pss::Pss;
use ::rsa::rand_core::{SeedableRng, TryCryptoRng, TryRng};
use ::rsa::traits::{PaddingScheme, PublicKeyParts, SignatureScheme};
use ::rsa::{BoxedUint, Pkcs1v15Encrypt, RsaPrivateKey, RsaPublicKey, errors};
use md5::Md5;
use rand_chacha::ChaCha20Rng;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use sha3::Sha3_512;

use super::asymmetric::SignError;
use super::hash::Hash;
use super::key_error::KeyError;

/// Modulus lengths taken, in bits. 1024 is far too short today, but Smile ID's keys have it.
const MODULUS_BITS: core::ops::RangeInclusive<usize> = 1024..=8192;
/// `00 02 PS 00` with PS of at least 8 bytes.
const TYPE2_OVERHEAD: usize = 11;

/// A public key from its two numbers, big-endian.
pub(super) fn public(modulus: &[u8], exponent: &[u8]) -> Result<RsaPublicKey, KeyError> {
    check_size(modulus)?;
    RsaPublicKey::new(number(modulus)?, number(exponent)?).map_err(|error| match error {
        errors::Error::PublicExponentTooLarge => {
            KeyError::new("the RSA key's public exponent is larger than 2^33 - 1")
        }
        _ => KeyError::new("the RSA key's modulus or public exponent is not valid"),
    })
}

/// A private key from its numbers, big-endian; the two primes may be missing.
pub(super) fn private(
    modulus: &[u8],
    public_exponent: &[u8],
    private_exponent: &[u8],
    primes: Option<[&[u8]; 2]>,
) -> Result<RsaPrivateKey, KeyError> {
    check_size(modulus)?;
    let primes = match primes {
        Some([p, q]) => vec![number(p)?, number(q)?],
        None => Vec::new(),
    };
    RsaPrivateKey::from_components(
        number(modulus)?,
        number(public_exponent)?,
        number(private_exponent)?,
        primes,
    )
    .map_err(|_| KeyError::new("the RSA private key's numbers do not fit together"))
}

fn number(bytes: &[u8]) -> Result<BoxedUint, KeyError> {
    let bits = u32::try_from(bytes.len() * 8).unwrap_or(u32::MAX);
    BoxedUint::from_be_slice(bytes, bits)
        .map_err(|_| KeyError::new("a number of the RSA key is too long"))
}

/// Refuses a modulus out of range before anything costly is done with it.
fn check_size(modulus: &[u8]) -> Result<(), KeyError> {
    let significant = modulus
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(modulus.len());
    let bits = match modulus.get(significant) {
        Some(first) => (modulus.len() - significant) * 8 - first.leading_zeros() as usize,
        None => 0,
    };
    if MODULUS_BITS.contains(&bits) {
        return Ok(());
    }
    Err(KeyError::new(format!(
        "an RSA key of {bits} bits: {} to {} are taken",
        MODULUS_BITS.start(),
        MODULUS_BITS.end()
    )))
}

/// Refuses a modulus too short for a PSS block with a salt of the hash's length (RFC 8017, 9.1.1).
pub(super) fn check_pss(key: &RsaPublicKey, hash: Hash) -> Result<(), KeyError> {
    let bits = key.n().bits_vartime() as usize;
    if (bits - 1).div_ceil(8) < 2 * hash.output_len() + 2 {
        return Err(KeyError::new(format!(
            "an RSA key of {bits} bits is too short for PSS with {}",
            hash.name()
        )));
    }
    Ok(())
}

/// Length of the modulus, and of every signature, in bytes.
pub(super) fn modulus_len(key: &RsaPublicKey) -> usize {
    key.size()
}

fn rng(seed: Option<&[u8; 32]>) -> Option<ChaCha20Rng> {
    seed.map(|seed| ChaCha20Rng::from_seed(*seed))
}

fn pkcs1(hash: Hash) -> Pkcs1v15Sign {
    match hash {
        Hash::Md5 => Pkcs1v15Sign::new::<Md5>(),
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        Hash::Sha3_512 => Pkcs1v15Sign::new::<Sha3_512>(),
    }
}

/// RSASSA-PKCS1-v1_5 over a digest; blinded where there is a seed. The result does not depend on it.
pub(super) fn sign_pkcs1(
    key: &RsaPrivateKey,
    hash: Hash,
    digest: &[u8],
    seed: Option<&[u8; 32]>,
) -> Result<Vec<u8>, SignError> {
    pkcs1(hash)
        .sign(rng(seed).as_mut(), key, digest)
        .map_err(|_| SignError::Failed)
}

/// Verifies RSASSA-PKCS1-v1_5 by building the one right block and comparing.
pub(super) fn verify_pkcs1(
    key: &RsaPublicKey,
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    pkcs1(hash).verify(key, digest, signature).is_ok()
}

/// A PKCS#1 v1.5 type-1 block over the message itself, without `DigestInfo`.
pub(super) fn sign_type1(
    key: &RsaPrivateKey,
    message: &[u8],
    seed: Option<&[u8; 32]>,
) -> Result<Vec<u8>, SignError> {
    check_length(key.as_ref(), message)?;
    Pkcs1v15Sign::new_unprefixed()
        .sign(rng(seed).as_mut(), key, message)
        .map_err(|_| SignError::Failed)
}

/// Whether the signature opens to exactly the type-1 block over `message`.
pub(super) fn verify_type1(key: &RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
    Pkcs1v15Sign::new_unprefixed()
        .verify(key, message, signature)
        .is_ok()
}

/// RSASSA-PSS with MGF1 of the same hash and a salt as long as the digest.
pub(super) fn sign_pss(
    key: &RsaPrivateKey,
    hash: Hash,
    digest: &[u8],
    seed: Option<&[u8; 32]>,
) -> Result<Vec<u8>, SignError> {
    let mut rng = rng(seed).ok_or(SignError::NeedsSeed)?;
    let rng = Some(&mut rng);
    match hash {
        Hash::Md5 => Pss::<Md5>::new().sign(rng, key, digest),
        Hash::Sha1 => Pss::<Sha1>::new().sign(rng, key, digest),
        Hash::Sha256 => Pss::<Sha256>::new().sign(rng, key, digest),
        Hash::Sha384 => Pss::<Sha384>::new().sign(rng, key, digest),
        Hash::Sha512 => Pss::<Sha512>::new().sign(rng, key, digest),
        Hash::Sha3_512 => Pss::<Sha3_512>::new().sign(rng, key, digest),
    }
    .map_err(|_| SignError::Failed)
}

/// Verifies RSASSA-PSS; a salt of another length than the digest's is refused (RFC 7518, 3.5).
pub(super) fn verify_pss(key: &RsaPublicKey, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    match hash {
        Hash::Md5 => Pss::<Md5>::new().verify(key, digest, signature),
        Hash::Sha1 => Pss::<Sha1>::new().verify(key, digest, signature),
        Hash::Sha256 => Pss::<Sha256>::new().verify(key, digest, signature),
        Hash::Sha384 => Pss::<Sha384>::new().verify(key, digest, signature),
        Hash::Sha512 => Pss::<Sha512>::new().verify(key, digest, signature),
        Hash::Sha3_512 => Pss::<Sha3_512>::new().verify(key, digest, signature),
    }
    .is_ok()
}

/// RSAES-PKCS1-v1_5 encryption. `padding`, where given, is the whole of PS, so that tests can
/// expect exact bytes; else PS comes from the seed.
pub(super) fn encrypt_type2(
    key: &RsaPublicKey,
    message: &[u8],
    seed: Option<&[u8; 32]>,
    padding: Option<&[u8]>,
) -> Result<Vec<u8>, SignError> {
    check_length(key, message)?;
    let encrypted = if let Some(padding) = padding {
        let expected = key.size() - message.len() - 3;
        if padding.len() != expected || padding.contains(&0) {
            return Err(SignError::Padding { expected });
        }
        Pkcs1v15Encrypt.encrypt(&mut GivenBytes(padding), key, message)
    } else {
        let mut rng = rng(seed).ok_or(SignError::NeedsSeed)?;
        Pkcs1v15Encrypt.encrypt(&mut rng, key, message)
    };
    encrypted.map_err(|_| SignError::Failed)
}

fn check_length(key: &RsaPublicKey, message: &[u8]) -> Result<(), SignError> {
    let max = key.size() - TYPE2_OVERHEAD;
    if message.len() > max {
        return Err(SignError::MessageTooLong {
            len: message.len(),
            max,
        });
    }
    Ok(())
}

/// Whether `ciphertext` decrypts to `expected`. Bad padding decrypts to something synthetic inside
/// the library (implicit rejection), so that every failure takes this one way out.
#[cfg(feature = "provider-side")]
pub(super) fn decrypt_type2_equals(
    key: &RsaPrivateKey,
    ciphertext: &[u8],
    expected: &[u8],
    seed: Option<&[u8; 32]>,
) -> bool {
    let decrypted = Pkcs1v15Encrypt
        .decrypt(rng(seed).as_mut(), key, ciphertext)
        .map(zeroize::Zeroizing::new)
        .unwrap_or_default();
    // An empty `expected` would equal the empty default above.
    !expected.is_empty() & super::compare::equal(&decrypted, expected)
}

/// A "random" source that hands out given bytes and then fails.
struct GivenBytes<'a>(&'a [u8]);

#[derive(Debug, thiserror::Error)]
#[error("no bytes left")]
struct NoBytesLeft;

impl TryRng for GivenBytes<'_> {
    type Error = NoBytesLeft;

    fn try_next_u32(&mut self) -> Result<u32, NoBytesLeft> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoBytesLeft> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), NoBytesLeft> {
        let (taken, rest) = self.0.split_at_checked(out.len()).ok_or(NoBytesLeft)?;
        out.copy_from_slice(taken);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for GivenBytes<'_> {}
