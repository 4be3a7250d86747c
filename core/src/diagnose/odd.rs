//! Bodies that are not the body: printed objects, compressed or encoded copies, a field of a form.

use super::clue::Clue;
use super::form::{STYLES, encode};
use crate::crypto::Encoding;
use crate::text::json::{Tree, string_text};
use std::io::Read;

/// A compressed body may hold at most so much, so that a small message cannot fill the memory.
const MAX_INFLATED: u64 = 8 * 1024 * 1024;

type Put<'p> = &'p mut dyn FnMut(&[Clue], Vec<u8>);

/// What the body was before somebody printed, packed or unpacked it.
pub(super) fn odd(body: &[u8], put: Put<'_>) {
    if let Some(bytes) = inflated(body) {
        put(&[Clue::new("body-signed-before-gzip")], bytes);
    }
    if let Some(bytes) = buffer_json(body) {
        put(&[Clue::new("body-buffer-json")], bytes);
    }
    if let Some(bytes) = bytes_repr(body) {
        put(&[Clue::new("body-bytes-repr")], bytes);
    }
    if let Some(text) = dict_repr(body) {
        let clue = Clue::new("body-dict-repr");
        put(std::slice::from_ref(&clue), text.clone().into_bytes());
        super::json::json(text.as_bytes(), false, &mut |_, new| {
            put(std::slice::from_ref(&clue), new);
        });
    }
    let trimmed = body.trim_ascii();
    for encoding in [
        Encoding::Base64,
        Encoding::Base64Url,
        Encoding::Base64UrlPadded,
    ] {
        if trimmed.len() >= 8
            && let Some(bytes) = encoding.decode(trimmed)
        {
            put(&[Clue::new("body-base64-not-decoded")], bytes);
        }
    }
    if let Ok(Tree::Scalar(text)) = Tree::read(body)
        && text.starts_with('"')
        && let Ok(inner) = string_text(text)
    {
        put(
            &[Clue::new("body-json-double-encoded")],
            inner.into_owned().into_bytes(),
        );
    }
    if matches!(trimmed.first(), Some(b'{' | b'[')) {
        form_field(body, put);
    }
}

fn inflated(body: &[u8]) -> Option<Vec<u8>> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let mut out = Vec::new();
    let reader = flate2::read::GzDecoder::new(body);
    let read = reader.take(MAX_INFLATED).read_to_end(&mut out).ok()?;
    (read < MAX_INFLATED as usize).then_some(out)
}

/// `{"type":"Buffer","data":[123,34]}`
fn buffer_json(body: &[u8]) -> Option<Vec<u8>> {
    let Ok(Tree::Object(members)) = Tree::read(body) else {
        return None;
    };
    let is_buffer = members
        .iter()
        .any(|m| m.name == "type" && matches!(m.value, Tree::Scalar("\"Buffer\"")));
    let data = members.iter().find(|m| m.name == "data")?;
    let Tree::Array(items) = &data.value else {
        return None;
    };
    let byte = |item: &Tree<'_>| match item {
        Tree::Scalar(text) => text.parse::<u8>().ok(),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = items.iter().map(byte).collect();
    bytes.filter(|_| is_buffer)
}

/// `b'{"a": 1}'`
fn bytes_repr(body: &[u8]) -> Option<Vec<u8>> {
    let inner = body.trim_ascii().strip_prefix(b"b")?;
    let (&quote, _) = inner.split_first()?;
    if !matches!(quote, b'\'' | b'"') {
        return None;
    }
    let inner = inner.get(1..inner.len().checked_sub(1)?)?;
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let (&kind, after) = rest.split_first()?;
        rest = after;
        match kind {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'x' => {
                let hex = std::str::from_utf8(rest.get(..2)?).ok()?;
                out.push(u8::from_str_radix(hex, 16).ok()?);
                rest = &rest[2..];
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// `{'a': None, 'b': True}` as JSON text.
fn dict_repr(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    if !text.starts_with("{'") && !text.starts_with("[{'") && !text.starts_with("['") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let mut inner = String::new();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '\\' => match chars.next()? {
                            'n' => inner.push('\n'),
                            't' => inner.push('\t'),
                            'r' => inner.push('\r'),
                            other => inner.push(other),
                        },
                        other => inner.push(other),
                    }
                }
                out.push_str(&crate::text::json_edit::quote(&inner));
            }
            c if c.is_ascii_alphabetic() => {
                let mut word = c.to_string();
                while let Some(next) = chars.next_if(char::is_ascii_alphabetic) {
                    word.push(next);
                }
                out.push_str(match word.as_str() {
                    "None" => "null",
                    "True" => "true",
                    "False" => "false",
                    other => other,
                });
            }
            c => out.push(c),
        }
    }
    Tree::read(out.as_bytes()).is_ok().then_some(out)
}

/// The value of one field instead of the whole form: `payload=%7B...`
fn form_field(body: &[u8], put: Put<'_>) {
    for name in [
        "payload",
        "data",
        "body",
        "json",
        "event",
        "message",
        "notification",
    ] {
        for style in &STYLES {
            let mut new = format!("{name}=").into_bytes();
            encode(body, style, &mut new);
            put(&[Clue::about("body-form-field-extracted", name)], new);
        }
    }
}
