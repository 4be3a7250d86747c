//! Block ciphers, which Redsys derives its message keys with: CBC mode under an IV of zeros.

use aes::Aes128;
use cbc::Encryptor;
use cbc::cipher::block_padding::{Pkcs7, ZeroPadding};
use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};
use des::TdesEde3;
use zeroize::Zeroizing;

use super::key_error::KeyError;

/// A cipher and how its input is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// Three-key Triple DES (SP 800-67), zeros up to a multiple of 8 bytes; data of such a length is not padded.
    Des3,
    /// AES-128 (FIPS 197), padded by PKCS #7.
    Aes128,
}

impl Cipher {
    /// The step of recipes that encrypts so.
    #[must_use]
    pub fn step(self) -> &'static str {
        match self {
            Cipher::Des3 => "des3-cbc-with-this-as-key",
            Cipher::Aes128 => "aes128-cbc-with-this-as-key",
        }
    }

    /// The data, padded and encrypted.
    ///
    /// # Errors
    /// A key of a length other than 16 bytes, or 24 for Triple DES, whose third key is the first where 16 are given.
    pub fn encrypt(self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Cipher::Des3 => {
                let mut all = Zeroizing::new([0; 24]);
                match key.len() {
                    24 => all.copy_from_slice(key),
                    16 => {
                        all[..16].copy_from_slice(key);
                        all[16..].copy_from_slice(&key[..8]);
                    }
                    len => return Err(wrong_length("a Triple DES key has 24 or 16 bytes", len)),
                }
                let cipher = Encryptor::<TdesEde3>::new((&*all).into(), &Array::from([0; 8]));
                Ok(cipher.encrypt_padded_vec::<ZeroPadding>(data))
            }
            Cipher::Aes128 => {
                let wrong = |_| wrong_length("an AES-128 key has 16 bytes", key.len());
                let cipher = Encryptor::<Aes128>::new_from_slices(key, &[0; 16]).map_err(wrong)?;
                Ok(cipher.encrypt_padded_vec::<Pkcs7>(data))
            }
        }
    }
}

fn wrong_length(rule: &str, len: usize) -> KeyError {
    KeyError::new(format!("{rule}, not {len}"))
}
