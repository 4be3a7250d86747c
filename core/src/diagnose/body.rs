//! What the body may have been when it was signed. Ids say what happened to the body that is there.

use super::clue::{Clue, Scene, See};
use super::{charset, form, json, odd};
use crate::Message;

/// Larger bodies are not searched: the answer would take too long.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Every departure of the body, likely ones first. Not `wide`: without the long families.
pub(super) fn body(scene: Scene<'_>, wide: bool, see: See<'_>) {
    let bytes = scene.message.body;
    if bytes.len() > MAX_BODY {
        return;
    }
    let mut put = |clues: &[Clue], new: Vec<u8>| {
        let message = Message {
            body: &new,
            ..scene.message
        };
        see(clues, Scene { message, ..scene });
    };
    if bytes.is_empty() {
        return empty(&mut put);
    }
    ends(bytes, &mut put);
    json::json(bytes, wide, &mut put);
    line_ends(bytes, &mut put);
    charset::charset(bytes, &mut put);
    odd::odd(bytes, &mut put);
    if is_form(&scene.message) {
        form::form(bytes, wide, &mut put);
    }
}

type Put<'p> = &'p mut dyn FnMut(&[Clue], Vec<u8>);

fn empty(put: Put<'_>) {
    for (id, text) in [
        ("empty-body-signed-as-braces", "{}"),
        ("empty-body-signed-as-null", "null"),
        ("empty-body-signed-as-brackets", "[]"),
        ("empty-body-signed-as-quotes", "\"\""),
        ("empty-body-signed-as-undefined", "undefined"),
        ("empty-body-signed-as-undefined", "None"),
    ] {
        put(&[Clue::new(id)], text.into());
    }
}

/// By Content-Type, or because it looks like one.
fn is_form(message: &Message<'_>) -> bool {
    let by_type = message.header_values(b"content-type").any(|v| {
        v.to_ascii_lowercase()
            .starts_with(b"application/x-www-form")
    });
    let body = message.body;
    by_type || (!matches!(body.first(), Some(b'{' | b'[' | b'<' | b'"')) && body.contains(&b'='))
}

fn ends(body: &[u8], put: Put<'_>) {
    let added = Clue::new("body-trailing-newline-added");
    for end in [&b"\r\n"[..], b"\n"] {
        if let Some(rest) = body.strip_suffix(end) {
            put(std::slice::from_ref(&added), rest.to_vec());
        }
    }
    let trimmed = body.trim_ascii();
    if trimmed.len() < body.len() {
        let clue = Clue::new("body-white-space-added");
        put(&[clue], trimmed.to_vec());
    }
    let removed = Clue::new("body-trailing-newline-removed");
    for end in [&b"\n"[..], b"\r\n"] {
        put(std::slice::from_ref(&removed), [body, end].concat());
    }
    let clue = Clue::new("body-trimmed");
    for (before, after) in [
        ("", " "),
        (" ", ""),
        (" ", " "),
        ("\n", ""),
        ("\n", "\n"),
        ("", "\n\n"),
        ("", " \n"),
        (" ", " \n"),
        (" ", "\n"),
        ("  ", "  "),
        ("", "\t"),
        ("\r\n", "\r\n"),
        ("\t", ""),
        ("  ", ""),
        ("", "  "),
        ("  ", "\n"),
        ("  ", " \n"),
        ("", "\r\n\r\n"),
        ("\n", "\n\n"),
        ("\n\n", ""),
    ] {
        let new = [before.as_bytes(), body, after.as_bytes()].concat();
        put(std::slice::from_ref(&clue), new);
    }
    if body.len() > 1 && body.ends_with(b"\0") {
        put(
            &[Clue::new("body-nul-added")],
            body[..body.len() - 1].to_vec(),
        );
    }
}

fn line_ends(body: &[u8], put: Put<'_>) {
    use super::structure::replace;
    let crlf = super::structure::find(body, b"\r\n").is_some();
    if crlf {
        put(
            &[Clue::new("body-lf-became-crlf")],
            replace(body, b"\r\n", b"\n"),
        );
    }
    if body.contains(&b'\n') {
        let plain = replace(body, b"\r\n", b"\n");
        put(
            &[Clue::new("body-crlf-became-lf")],
            replace(&plain, b"\n", b"\r\n"),
        );
        let flat = body
            .iter()
            .copied()
            .filter(|b| !matches!(b, b'\r' | b'\n'))
            .collect();
        put(&[Clue::new("body-newlines-added")], flat);
    }
    if body.contains(&b'\r') && !crlf {
        put(
            &[Clue::new("body-lf-became-cr")],
            replace(body, b"\r", b"\n"),
        );
    }
}
