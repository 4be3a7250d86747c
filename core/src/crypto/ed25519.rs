//! Ed25519 (RFC 8032): keys given as bare bytes.

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::key_error::KeyError;
use super::keyparse::KeyMaterial;

/// Reads a key given as hexadecimal or base64 (either alphabet, padding optional) of 32 bytes, a
/// seed where `private` and else a public key; or of 64 bytes, seed and public key together, as
/// libsodium and Standard Webhooks (`whsk_`) write a private key. `None` if the text is neither.
pub(super) fn parse_bare(text: &str, private: bool) -> Option<Result<KeyMaterial, KeyError>> {
    let (text, private, prefixed) = match (text.strip_prefix("whsk_"), text.strip_prefix("whpk_")) {
        (Some(seed), _) => (seed, true, true),
        (_, Some(public)) => (public, false, true),
        _ => (text, private, false),
    };
    let Some(bytes) = bytes(text) else {
        return prefixed.then(|| {
            Err(KeyError::new(
                "what follows whsk_ or whpk_ is not base64 of an Ed25519 key",
            ))
        });
    };
    if let Ok(pair) = <&[u8; 64]>::try_from(bytes.as_slice()) {
        return Some(
            SigningKey::from_keypair_bytes(pair)
                .map(KeyMaterial::Ed25519Private)
                .map_err(|_| {
                    KeyError::new(
                        "the two halves of the 64-byte Ed25519 key do not belong together",
                    )
                }),
        );
    }
    let bytes = <&[u8; 32]>::try_from(bytes.as_slice()).ok()?;
    Some(if private {
        Ok(KeyMaterial::Ed25519Private(SigningKey::from_bytes(bytes)))
    } else {
        public(bytes).map(KeyMaterial::Ed25519Public)
    })
}

/// A public key from its 32 bytes. Points of small order are refused: under them one signature
/// fits many messages.
pub(super) fn public(bytes: &[u8; 32]) -> Result<VerifyingKey, KeyError> {
    match VerifyingKey::from_bytes(bytes) {
        Ok(key) if !key.is_weak() => Ok(key),
        _ => Err(KeyError::new(
            "not an Ed25519 public key: the 32 bytes are no usable point of the curve",
        )),
    }
}

fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if matches!(text.len(), 64 | 128)
        && let Ok(bytes) = base16ct::mixed::decode_vec(text)
    {
        return Some(Zeroizing::new(bytes));
    }
    let text = text.trim_end_matches('=');
    let mut out = Zeroizing::new(vec![0; 64]);
    let len = match text.len() {
        43 | 86 => Base64Unpadded::decode(text, &mut out)
            .map(<[u8]>::len)
            .or_else(|_| Base64UrlUnpadded::decode(text, &mut out).map(<[u8]>::len))
            .ok()?,
        _ => return None,
    };
    out.truncate(len);
    Some(out)
}
