//! The text of a key as people store, copy and decode it. Every form is wiped when it was tried.

use super::clue::Clue;
use crate::crypto::{Encoding, Hash};
use crate::text::url;
use zeroize::Zeroizing;

type Put<'p> = &'p mut dyn FnMut(Clue, Zeroizing<Vec<u8>>);

fn joined(pieces: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(pieces.concat())
}

/// Bytes made of a key, with room enough that no copy is left behind by growing: nothing makes more than three of one.
fn made<R>(of: &[u8], make: impl FnOnce(&mut Vec<u8>) -> R) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(3 * of.len() + 192));
    make(&mut bytes);
    bytes
}

/// The text of a key as people store and copy it. Each mistake is undone and made: either side may be the one that erred.
pub(super) fn texts(value: &[u8], name: &str, scheme: &str, put: Put<'_>) {
    let mut simple =
        |id: &'static str, new: &[u8]| put(Clue::new(id), Zeroizing::new(new.to_vec()));
    let line = value
        .strip_suffix(b"\n")
        .map(|v| v.strip_suffix(b"\r").unwrap_or(v));
    if let Some(cut) = line {
        simple("key-trailing-newline", cut);
    }
    simple("key-surrounding-blanks", value.trim_ascii());
    for end in [&b"\n"[..], b"\r\n", b"\r", b"\\n"] {
        simple("key-trailing-newline", &joined(&[value, end]));
    }
    if let Some(cut) = value.strip_suffix(b"\\n") {
        simple("key-trailing-newline", cut);
    }
    for (before, after) in [
        ("", " "),
        (" ", ""),
        (" ", " "),
        ("\t", ""),
        ("", "\t"),
        ("  ", ""),
        ("", "  "),
        ("\u{feff}", ""),
        ("\u{200b}", ""),
        ("", "\u{200b}"),
        ("", "\u{a0}"),
        ("\u{a0}", ""),
    ] {
        simple(
            "key-surrounding-blanks",
            &joined(&[before.as_bytes(), value, after.as_bytes()]),
        );
    }
    for quote in [b'"', b'\'', b'`'] {
        let inner = value
            .strip_prefix(&[quote])
            .and_then(|v| v.strip_suffix(&[quote]));
        if let Some(inner) = inner {
            simple("key-surrounding-quotes", inner);
        }
        simple(
            "key-surrounding-quotes",
            &joined(&[&[quote], value, &[quote]]),
        );
    }
    variable_names(value, name, scheme, &mut simple);
    prefixes(value, &mut simple);
    decodings(value, put);
    let mut simple =
        |id: &'static str, new: &[u8]| put(Clue::new(id), Zeroizing::new(new.to_vec()));
    simple(
        "key-case-changed",
        &Zeroizing::new(value.to_ascii_lowercase()),
    );
    simple(
        "key-case-changed",
        &Zeroizing::new(value.to_ascii_uppercase()),
    );
    let text = made(value, |text| url::form_decode_into(value, text));
    simple("key-url-decoded", &text);
    let text = made(value, |text| url::percent_decode_into(value, text));
    simple("key-url-decoded", &text);
    let plus = |b: &u8| if *b == b' ' { b'+' } else { *b };
    let blanks = made(value, |text| text.extend(value.iter().map(plus)));
    simple("key-url-decoded", &blanks);
    let text = made(value, |text| url::percent_encode_into(value, text));
    simple("key-url-encoded", &text);
    for special in *b"#$;!&%\\" {
        if let Some(at) = value.iter().position(|b| *b == special) {
            simple("key-cut-at-special-character", value[..at].trim_ascii_end());
            let shell = joined(&[&value[..at], value[at + 1..].trim_start_matches_word()]);
            simple("key-cut-at-special-character", &shell);
        }
    }
    if let Some(at) = value.iter().position(|b| *b == b' ') {
        simple("key-cut-at-special-character", &value[..at]);
    }
    let chars = || String::from_utf8_lossy(value);
    let little = made(value, |text| {
        text.extend(chars().encode_utf16().flat_map(u16::to_le_bytes))
    });
    let big = made(value, |text| {
        text.extend(chars().encode_utf16().flat_map(u16::to_be_bytes))
    });
    simple("key-utf16", &little);
    simple("key-utf16", &big);
    simple("key-utf16", &joined(&[&b"\xff\xfe"[..], &little]));
    for cut in [8, 16, 20, 24, 32, 64] {
        if value.len() > cut {
            simple("key-cut", &value[..cut]);
        }
    }
    let hyphens = made(value, |text| {
        text.extend(value.iter().filter(|b| **b != b'-'))
    });
    simple("key-hyphens-removed", &hyphens);
}

/// What a shell leaves of `$NAME...`.
trait TrimWord {
    fn trim_start_matches_word(&self) -> &[u8];
}

impl TrimWord for [u8] {
    fn trim_start_matches_word(&self) -> &[u8] {
        let end = self
            .iter()
            .position(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        &self[end.unwrap_or(self.len())..]
    }
}

fn variable_names(
    value: &[u8],
    name: &str,
    scheme: &str,
    simple: &mut dyn FnMut(&'static str, &[u8]),
) {
    const ID: &str = "key-with-variable-name";
    if let Some(at) = value.iter().position(|b| *b == b'=') {
        let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b'.' | b'-');
        let rest = value[at + 1..].trim_ascii();
        if at > 0
            && !rest.is_empty()
            && value[..at].iter().all(word)
            && rest.iter().any(|b| *b != b'=')
        {
            simple(ID, rest);
            simple(ID, &value[at + 1..]);
            let unquoted = rest.strip_prefix(b"\"").and_then(|r| r.strip_suffix(b"\""));
            simple(ID, unquoted.unwrap_or(rest));
        }
    }
    let product = scheme.replace('-', "_");
    let provider = product.split('_').next().unwrap_or_default();
    let mut names = vec![name.to_owned()];
    for word in [
        name,
        "secret",
        "key",
        "secret_key",
        "webhook_secret",
        "api_key",
        "api_secret",
        "hmac_key",
        "signing_secret",
        "webhook_key",
        "token",
    ] {
        for of in ["", provider, product.as_str()] {
            names.push(if of.is_empty() {
                word.to_owned()
            } else {
                format!("{of}_{word}")
            });
        }
    }
    for name in names {
        for name in [name.to_uppercase(), name] {
            simple(ID, &joined(&[name.as_bytes(), b"=", value]));
        }
    }
}

fn prefixes(value: &[u8], simple: &mut dyn FnMut(&'static str, &[u8])) {
    // whsec_, sk_live_, v1.
    let mut rest = value;
    for _ in 0..2 {
        let word = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        if word == 0 || word > 8 || !matches!(rest.get(word), Some(b'_' | b'-' | b'.' | b':')) {
            break;
        }
        rest = &rest[word + 1..];
        simple("key-prefix-stripped", rest);
    }
    for prefix in ["whsec_", "sk_", "sk_live_", "sk_test_", "Bearer ", "Basic "] {
        if let Some(rest) = value.strip_prefix(prefix.as_bytes()) {
            simple("key-prefix-kept", rest);
        } else {
            simple("key-prefix-kept", &joined(&[prefix.as_bytes(), value]));
        }
    }
}

/// Base64 as languages decode it that do not complain.
pub(super) fn lenient_base64(text: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let mut all: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    for drop_foreign in [false, true] {
        let letter = |b: &u8| match b {
            b'-' if !drop_foreign => Some(b'+'),
            b'_' if !drop_foreign => Some(b'/'),
            b if b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/') => Some(*b),
            _ => None,
        };
        let mut clean = made(text, |clean| clean.extend(text.iter().filter_map(letter)));
        if clean.len() % 4 == 1 {
            clean.pop();
        }
        // The last bits may be anything.
        let whole = clean.len() / 4 * 4;
        let (head, tail) = clean.split_at(whole);
        let Some(head) = Encoding::Base64.decode(head).map(Zeroizing::new) else {
            continue;
        };
        let mut last = Zeroizing::default();
        if tail.len() > 1 {
            let padded = joined(&[tail, &b"AAA"[..4 - tail.len()]]);
            last = Zeroizing::new(Encoding::Base64.decode(&padded).unwrap_or_default());
            last.truncate(tail.len() - 1);
        }
        let bytes = joined(&[&head, &last]);
        if !all.contains(&bytes) {
            all.push(bytes);
        }
    }
    all
}

fn decodings(value: &[u8], put: Put<'_>) {
    let readable = |bytes: &[u8]| {
        std::str::from_utf8(bytes).is_ok_and(|t| t.chars().all(|c| !c.is_control() || c == '\n'))
    };
    let base64ish = value
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=-_\r\n ".contains(b));
    for bytes in lenient_base64(value) {
        let ids = if readable(&bytes) {
            ["key-base64-encoded", "key-base64-decoded"]
        } else {
            ["key-base64-decoded", "key-base64-encoded"]
        };
        for id in &ids[..if base64ish { 2 } else { 1 }] {
            put(Clue::new(id), bytes.clone());
        }
        let trimmed = bytes.trim_ascii();
        if trimmed.len() < bytes.len() {
            put(
                Clue::about(
                    "key-base64-encoded",
                    "with the line end of the command that encoded it",
                ),
                Zeroizing::new(trimmed.to_vec()),
            );
        }
    }
    let lower = Zeroizing::new(value.to_ascii_lowercase());
    if let Some(bytes) = Encoding::Hex.decode(&lower) {
        put(Clue::new("key-hex-decoded"), Zeroizing::new(bytes));
    }
    for (id, encoding) in [
        ("key-base64-encoded", Encoding::Base64),
        ("key-base64-encoded", Encoding::Base64UrlPadded),
        ("key-hex-encoded", Encoding::Hex),
        ("key-hex-encoded", Encoding::HexUpper),
    ] {
        let text = made(value, |text| encoding.encode_into(value, text));
        put(Clue::new(id), text);
    }
    let line = joined(&[value, b"\n"]);
    let text = made(&line, |text| Encoding::Base64.encode_into(&line, text));
    put(Clue::about("key-base64-encoded", "with a line end"), text);
    for hash in [Hash::Sha256, Hash::Md5, Hash::Sha1, Hash::Sha512] {
        for encoding in [Encoding::Hex, Encoding::Text, Encoding::Base64] {
            let text = made(value, |text| {
                encoding.encode_into(&hash.digest(value), text)
            });
            put(Clue::about("key-hashed", hash.name()), text);
        }
    }
}
