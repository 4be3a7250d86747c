//! Encodings: RFC 4648 vectors, and that each byte string has exactly one text that is read back.
#![allow(clippy::unwrap_used)]

use paysig::crypto::Encoding;
use proptest::prelude::*;

fn text(encoding: Encoding, bytes: &[u8]) -> String {
    let mut out = b"x".to_vec();
    encoding.encode_into(bytes, &mut out);
    assert_eq!(out[0], b'x', "what was there stays");
    String::from_utf8(out[1..].to_vec()).unwrap()
}

#[test]
fn rfc_4648_section_10() {
    for (bytes, base64, hex) in [
        ("", "", ""),
        ("f", "Zg==", "66"),
        ("fo", "Zm8=", "666f"),
        ("foo", "Zm9v", "666f6f"),
        ("foob", "Zm9vYg==", "666f6f62"),
        ("fooba", "Zm9vYmE=", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "666f6f626172"),
    ] {
        let bytes = bytes.as_bytes();
        assert_eq!(text(Encoding::Base64, bytes), base64);
        assert_eq!(text(Encoding::Base64Crlf, bytes), base64);
        assert_eq!(text(Encoding::Base64UrlPadded, bytes), base64);
        assert_eq!(
            text(Encoding::Base64Url, bytes),
            base64.trim_end_matches('=')
        );
        assert_eq!(text(Encoding::Hex, bytes), hex);
        assert_eq!(text(Encoding::HexUpper, bytes), hex.to_uppercase());
        assert_eq!(
            text(Encoding::Base64OfHex, bytes),
            text(Encoding::Base64, hex.as_bytes())
        );
        assert_eq!(text(Encoding::Text, bytes).as_bytes(), bytes);
    }
    assert_eq!(text(Encoding::Base64, &[0xfb, 0xff]), "+/8=");
    assert_eq!(text(Encoding::Base64Url, &[0xfb, 0xff]), "-_8");
    assert_eq!(text(Encoding::Base64UrlPadded, &[0xfb, 0xff]), "-_8=");
    assert_eq!(text(Encoding::Base64Percent, &[0xfb, 0xff]), "%2B%2F8%3D");
    assert_eq!(
        text(Encoding::Base64PercentLower, &[0xfb, 0xff]),
        "%2b%2f8%3d"
    );
}

#[test]
fn names_are_read_back_and_nothing_else_is() {
    for encoding in Encoding::ALL {
        assert_eq!(Encoding::parse(encoding.name()), Some(encoding));
    }
    for wrong in ["", "Hex", "BASE64", "base-64", "raw"] {
        assert_eq!(Encoding::parse(wrong), None, "{wrong}");
    }
}

/// What must be refused in every reading.
#[test]
fn second_spellings_are_refused() {
    use Encoding::{
        Base64, Base64Crlf, Base64OfHex, Base64Percent, Base64PercentLower, Base64Url,
        Base64UrlPadded, Hex, HexUpper,
    };
    for (encoding, wrong, why) in [
        (Hex, "6", "odd length"),
        (Hex, "6F", "upper case"),
        (Hex, "6g", "not a digit"),
        (Hex, " 6f", "blank"),
        (Hex, "6f\n", "line end"),
        (HexUpper, "6f", "lower case"),
        (HexUpper, "6", "odd length"),
        (Base64, "Zg", "padding missing"),
        (Base64, "Zg=", "padding short"),
        (Base64, "Zg===", "padding long"),
        (Base64, "Zm9v====", "padding not wanted"),
        (Base64, "Zh==", "trailing bits of one byte"),
        (Base64, "Zm9=", "trailing bits of two bytes"),
        (Base64, "-_8=", "the other alphabet"),
        (Base64, "Zg==\n", "line end"),
        (Base64, "Zm 9v", "blank"),
        (Base64, "Zg==Zg==", "padding in the middle"),
        (Base64, "Z", "one character"),
        (Base64, "Zm9vZ", "one character left over"),
        (Base64, "====", "padding only"),
        (Base64Url, "Zg==", "padding"),
        (Base64Url, "Zh", "trailing bits"),
        (Base64Url, "+/8", "the other alphabet"),
        (Base64Url, "Z", "one character"),
        (Base64UrlPadded, "Zg", "padding missing"),
        (Base64UrlPadded, "Zh==", "trailing bits"),
        (Base64UrlPadded, "+/8=", "the other alphabet"),
        (Base64OfHex, "NkY=", "upper-case hexadecimal inside"),
        (Base64OfHex, "Ng==", "half a byte inside"),
        (Base64OfHex, "NmY", "padding missing"),
        (Base64Crlf, "Zg", "padding missing"),
        (Base64Crlf, "Zh==\n", "trailing bits"),
        (Base64Crlf, "Zg ==", "blank"),
        (Base64Crlf, "Zg==\t", "tab"),
        (Base64Percent, "Zg==", "padding not escaped"),
        (Base64Percent, "Zg%3D", "padding short"),
        (Base64Percent, "Zh%3D%3D", "trailing bits"),
        (Base64Percent, "%5Ag%3D%3D", "a letter escaped"),
        (Base64Percent, "Zg%253D%253D", "escaped twice"),
        (Base64Percent, "Zg%3D%3", "half an escape"),
        (Base64Percent, "+%2F8%3D", "plus not escaped"),
        (Base64Percent, "%2b%2F8%3D", "one escape in lower case"),
        (Base64PercentLower, "%2b%2f8%3D", "one escape in upper case"),
    ] {
        let wrong = wrong.as_bytes();
        assert_eq!(encoding.decode(wrong), None, "{encoding:?}: {why}");
        for len in 0..=4 {
            assert!(
                encoding.decode_digest(wrong, len).is_none(),
                "{encoding:?}: {why}"
            );
        }
        if !matches!(
            why,
            "upper case" | "lower case" | "upper-case hexadecimal inside"
        ) {
            assert!(
                encoding.decode_secret(wrong).is_none(),
                "{encoding:?}: {why}"
            );
        }
    }
}

#[test]
fn line_breaks_are_skipped_only_where_said() {
    for wrapped in [
        "Zm9v\nYmFy",
        "Zm9v\r\nYmFy\r\n",
        "\nZ\nm\n9vYmFy",
        "Zm9vYmFy",
    ] {
        let wrapped = wrapped.as_bytes();
        assert_eq!(Encoding::Base64Crlf.decode(wrapped).unwrap(), b"foobar");
        assert_eq!(
            &*Encoding::Base64Crlf.decode_digest(wrapped, 6).unwrap(),
            b"foobar"
        );
        assert_eq!(
            &**Encoding::Base64Crlf.decode_secret(wrapped).unwrap(),
            b"foobar"
        );
        assert_eq!(
            Encoding::Base64.decode(wrapped).is_some(),
            wrapped == b"Zm9vYmFy"
        );
    }
}

#[test]
fn keys_in_hexadecimal_may_have_either_case() {
    for key in ["00fF", "00ff", "00FF"] {
        assert_eq!(
            &**Encoding::Hex.decode_secret(key.as_bytes()).unwrap(),
            [0, 255]
        );
        assert_eq!(
            &**Encoding::HexUpper.decode_secret(key.as_bytes()).unwrap(),
            [0, 255]
        );
    }
}

#[test]
fn a_digest_has_the_expected_length() {
    let text = text(Encoding::Base64, &[7; 32]);
    assert!(
        Encoding::Base64
            .decode_digest(text.as_bytes(), 32)
            .is_some()
    );
    for len in [0, 31, 33, 64, 65, usize::MAX / 8] {
        assert!(
            Encoding::Base64
                .decode_digest(text.as_bytes(), len)
                .is_none(),
            "{len}"
        );
    }
    assert!(Encoding::Text.decode_digest(&[7; 64], 64).is_some());
    assert!(Encoding::Text.decode_digest(&[7; 65], 65).is_none());
}

#[test]
fn a_short_buffer_is_refused() {
    for encoding in Encoding::ALL {
        let len = encoding.encoded_len(5);
        assert_eq!(
            encoding.encode_to_slice(b"fooba", &mut vec![0; len]),
            Some(text(encoding, b"fooba").len())
        );
        assert_eq!(
            encoding.encode_to_slice(b"fooba", &mut vec![0; len - 1]),
            None,
            "{encoding:?}"
        );
    }
}

proptest! {
    #[test]
    fn every_encoding_round_trips(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for encoding in Encoding::ALL {
            let mut text = Vec::new();
            encoding.encode_into(&bytes, &mut text);
            if encoding.name().starts_with("base64-percent") {
                prop_assert!(text.len() <= encoding.encoded_len(bytes.len()));
            } else {
                prop_assert_eq!(text.len(), encoding.encoded_len(bytes.len()));
            }
            prop_assert!(text.iter().all(|byte| encoding.is_char(*byte)));
            let decoded = encoding.decode(&text);
            prop_assert_eq!(decoded.as_deref(), Some(&bytes[..]));
            let secret = encoding.decode_secret(&text);
            prop_assert_eq!(secret.as_deref().map(Vec::as_slice), Some(&bytes[..]));
            let digest = encoding.decode_digest(&text, bytes.len());
            prop_assert_eq!(digest.as_deref(), (bytes.len() <= 64).then_some(&bytes[..]));
        }
    }

    /// Whatever is accepted is the text that is written: no byte string has two spellings.
    #[test]
    fn what_is_read_is_what_is_written(text in "[A-Za-f0-9+/=_-]{0,12}") {
        for encoding in Encoding::ALL {
            if let Some(bytes) = encoding.decode(text.as_bytes()) {
                let mut again = Vec::new();
                encoding.encode_into(&bytes, &mut again);
                prop_assert_eq!(again, text.as_bytes(), "{:?}", encoding);
                if bytes.len() <= 64 {
                    prop_assert!(encoding.decode_digest(text.as_bytes(), bytes.len()).is_some());
                }
            }
        }
    }
}
