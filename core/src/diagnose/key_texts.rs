//! The text of a key as people store, copy and decode it.

use super::clue::Clue;
use crate::crypto::{Encoding, Hash};
use crate::text::url;

type Put<'p> = &'p mut dyn FnMut(Clue, Vec<u8>);

/// The text of a key as people store and copy it. Each mistake is undone and made: either side may be the one that erred.
pub(super) fn texts(value: &[u8], name: &str, scheme: &str, put: Put<'_>) {
    let mut simple = |id: &'static str, new: &[u8]| put(Clue::new(id), new.to_vec());
    let line = value
        .strip_suffix(b"\n")
        .map(|v| v.strip_suffix(b"\r").unwrap_or(v));
    if let Some(cut) = line {
        simple("key-trailing-newline", cut);
    }
    simple("key-surrounding-blanks", value.trim_ascii());
    for end in [&b"\n"[..], b"\r\n", b"\r", b"\\n"] {
        simple("key-trailing-newline", &[value, end].concat());
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
            &[before.as_bytes(), value, after.as_bytes()].concat(),
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
            &[&[quote], value, &[quote]].concat(),
        );
    }
    variable_names(value, name, scheme, &mut simple);
    prefixes(value, &mut simple);
    decodings(value, put);
    let mut simple = |id: &'static str, new: &[u8]| put(Clue::new(id), new.to_vec());
    simple("key-case-changed", &value.to_ascii_lowercase());
    simple("key-case-changed", &value.to_ascii_uppercase());
    let mut text = Vec::new();
    url::form_decode_into(value, &mut text);
    simple("key-url-decoded", &text);
    let mut text = Vec::new();
    url::percent_decode_into(value, &mut text);
    simple("key-url-decoded", &text);
    let blanks: Vec<u8> = value
        .iter()
        .map(|b| if *b == b' ' { b'+' } else { *b })
        .collect();
    simple("key-url-decoded", &blanks);
    let mut text = Vec::new();
    url::percent_encode_into(value, &mut text);
    simple("key-url-encoded", &text);
    for special in *b"#$;!&%\\" {
        if let Some(at) = value.iter().position(|b| *b == special) {
            simple("key-cut-at-special-character", value[..at].trim_ascii_end());
            let shell = [&value[..at], value[at + 1..].trim_start_matches_word()].concat();
            simple("key-cut-at-special-character", &shell);
        }
    }
    if let Some(at) = value.iter().position(|b| *b == b' ') {
        simple("key-cut-at-special-character", &value[..at]);
    }
    let chars: Vec<u16> = String::from_utf8_lossy(value).encode_utf16().collect();
    let little: Vec<u8> = chars.iter().flat_map(|c| c.to_le_bytes()).collect();
    let big: Vec<u8> = chars.iter().flat_map(|c| c.to_be_bytes()).collect();
    simple("key-utf16", &little);
    simple("key-utf16", &big);
    simple("key-utf16", &[&b"\xff\xfe"[..], &little].concat());
    for cut in [8, 16, 20, 24, 32, 64] {
        if value.len() > cut {
            simple("key-cut", &value[..cut]);
        }
    }
    let hyphens: Vec<u8> = value.iter().copied().filter(|b| *b != b'-').collect();
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
            simple(ID, &[name.as_bytes(), b"=", value].concat());
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
            simple("key-prefix-kept", &[prefix.as_bytes(), value].concat());
        }
    }
}

/// Base64 as languages decode it that do not complain.
pub(super) fn lenient_base64(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for drop_foreign in [false, true] {
        let mut clean: Vec<u8> = text
            .iter()
            .filter_map(|b| match b {
                b'-' if !drop_foreign => Some(b'+'),
                b'_' if !drop_foreign => Some(b'/'),
                b if b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/') => Some(*b),
                _ => None,
            })
            .collect();
        if clean.len() % 4 == 1 {
            clean.pop();
        }
        // The last bits may be anything.
        let whole = clean.len() / 4 * 4;
        let (head, tail) = clean.split_at(whole);
        let Some(mut bytes) = Encoding::Base64.decode(head) else {
            continue;
        };
        if tail.len() > 1 {
            let mut last = [tail, &b"AAA"[..4 - tail.len()]].concat();
            last.truncate(4);
            bytes.extend(
                Encoding::Base64
                    .decode(&last)
                    .unwrap_or_default()
                    .iter()
                    .take(tail.len() - 1),
            );
        }
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
                trimmed.to_vec(),
            );
        }
    }
    if let Some(bytes) = Encoding::Hex.decode(&value.to_ascii_lowercase()) {
        put(Clue::new("key-hex-decoded"), bytes);
    }
    for (id, encoding) in [
        ("key-base64-encoded", Encoding::Base64),
        ("key-base64-encoded", Encoding::Base64UrlPadded),
        ("key-hex-encoded", Encoding::Hex),
        ("key-hex-encoded", Encoding::HexUpper),
    ] {
        let mut text = Vec::new();
        encoding.encode_into(value, &mut text);
        put(Clue::new(id), text);
    }
    let mut text = Vec::new();
    Encoding::Base64.encode_into(&[value, b"\n"].concat(), &mut text);
    put(Clue::about("key-base64-encoded", "with a line end"), text);
    for hash in [Hash::Sha256, Hash::Md5, Hash::Sha1, Hash::Sha512] {
        for encoding in [Encoding::Hex, Encoding::Text, Encoding::Base64] {
            let mut text = Vec::new();
            encoding.encode_into(&hash.digest(value), &mut text);
            put(Clue::about("key-hashed", hash.name()), text);
        }
    }
}
