//! Ciphers as Redsys uses them; the expected bytes are OpenSSL's (`enc -des-ede3-cbc -nopad`, `enc -aes-128-cbc`), and for AES-128 the
//! example of Redsys's page on signing.
#![allow(clippy::unwrap_used)]

use paysig::crypto::Encoding;
use paysig::crypto::cipher::Cipher;

/// Of Redsys' public test terminal.
const MERCHANT_KEY: &[u8] = b"sq7HjrUOBfKmC576ILgskD5srU870gJ7";

#[test]
fn triple_des() {
    let key = Encoding::Base64.decode_secret(MERCHANT_KEY).unwrap();
    for (key, order, expected) in [
        (
            &key[..],
            &b"1446068581"[..],
            "decaf4a139d22921434c30c18e0431af",
        ),
        (&key[..], b"12345678", "9ed56b24fc69db19"),
        (
            &key[..16],
            b"1446068581",
            "fe8b736646553e99e26d5d7497b9a431",
        ),
        (&key[..], b"", ""),
    ] {
        let derived = Cipher::Des3.encrypt(key, order).unwrap();
        assert_eq!(base16ct::lower::encode_string(&derived), expected);
    }
}

#[test]
fn aes_128() {
    for (order, expected) in [
        (&b"1234567890"[..], "RWt3/IPTzYRMXsQtkiGRKg=="),
        (b"", "5qK4EjMknMjnXTqhJWFJKA=="),
        (
            b"sixteen bytes...",
            "pUBCWrpCZHKFcMGWnP/NCIFqfeYu6fCOtg+g+0FNyco=",
        ),
    ] {
        let derived = Cipher::Aes128.encrypt(&MERCHANT_KEY[..16], order).unwrap();
        let mut text = Vec::new();
        Encoding::Base64.encode_into(&derived, &mut text);
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}

#[test]
fn other_key_lengths_are_refused() {
    for (cipher, rule, lengths) in [
        (
            Cipher::Des3,
            "a Triple DES key has 24 or 16 bytes",
            &[0, 8, 23, 25, 32][..],
        ),
        (
            Cipher::Aes128,
            "an AES-128 key has 16 bytes",
            &[0, 15, 17, 24, 32],
        ),
    ] {
        for len in lengths {
            let error = cipher.encrypt(&vec![1; *len], b"1").unwrap_err();
            assert_eq!(error.to_string(), format!("{rule}, not {len}"));
        }
    }
}
