//! Triple DES as Redsys uses it; the expected bytes are OpenSSL's (`enc -des-ede3-cbc -nopad`).
#![allow(clippy::unwrap_used)]

use paysig::crypto::Encoding;
use paysig::crypto::des::des3_cbc_zero_iv_zero_pad;

#[test]
fn redsys_message_key() {
    // The merchant key is the one of Redsys' public test terminal.
    let key = Encoding::Base64
        .decode_secret(b"sq7HjrUOBfKmC576ILgskD5srU870gJ7")
        .unwrap();
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
        let derived = des3_cbc_zero_iv_zero_pad(key, order).unwrap();
        assert_eq!(base16ct::lower::encode_string(&derived), expected);
    }
}

#[test]
fn other_key_lengths_are_refused() {
    for len in [0, 8, 23, 25, 32] {
        let error = des3_cbc_zero_iv_zero_pad(&vec![1; len], b"1").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("a Triple DES key has 24 or 16 bytes, not {len}")
        );
    }
}
