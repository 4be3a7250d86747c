//! Triple DES, which Redsys derives its message keys with.

use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};
use des::TdesEde3;
use zeroize::Zeroizing;

use super::key_error::KeyError;

const BLOCK: usize = 8;

/// Encrypts `data` with three-key Triple DES (SP 800-67) in CBC mode under an IV of zeros, padded
/// with zeros to a multiple of 8 bytes; data of such a length is not padded.
///
/// # Errors
/// A key of a length other than 24 bytes, or 16 (then K1 is also K3).
pub fn des3_cbc_zero_iv_zero_pad(key24: &[u8], data: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut key = Zeroizing::new([0; 24]);
    match key24.len() {
        24 => key.copy_from_slice(key24),
        16 => {
            key[..16].copy_from_slice(key24);
            key[16..].copy_from_slice(&key24[..BLOCK]);
        }
        len => {
            return Err(KeyError::new(format!(
                "a Triple DES key has 24 or 16 bytes, not {len}"
            )));
        }
    }
    let mut cipher = cbc::Encryptor::<TdesEde3>::new((&*key).into(), &Array::from([0; BLOCK]));
    let mut out = Vec::with_capacity(data.len().next_multiple_of(BLOCK));
    for chunk in data.chunks(BLOCK) {
        let mut block = [0; BLOCK];
        block[..chunk.len()].copy_from_slice(chunk);
        let mut block = Array::from(block);
        cipher.encrypt_block(&mut block);
        out.extend_from_slice(&block);
    }
    Ok(out)
}
