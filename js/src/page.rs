//! What a page or a tool asks: the statuses, the catalogue, a pasted recipe, a pasted message.

use crate::answer::{Answer, byte_string, raw};
use crate::question::{ReadQuestion, SchemeChoice, wrong};
use paysig::{Result, Status};
use paysig_words::{curl, describe, http};
use serde_json::{Value, json};

/// Name, code, HTTP status and whether it is a verdict.
pub fn statuses() -> Answer {
    let rows: Vec<Value> = Status::ALL
        .iter()
        .map(|s| json!([s.name(), s.code(), s.http(), s.is_verdict()]))
        .collect();
    Answer::new(json!({ "statuses": rows }))
}

/// The ids of the catalogue.
pub fn ids() -> Answer {
    let ids: Vec<&str> = paysig::catalogue().iter().map(|(id, _)| *id).collect();
    Answer::new(json!({ "ids": ids }))
}

/// Every scheme in words.
pub fn catalogue() -> Result<Answer> {
    let schemes = paysig::catalogue()
        .iter()
        .map(|(id, _)| Ok(describe::scheme(&paysig::scheme(id)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::new(json!({ "schemes": schemes })))
}

/// One scheme in words.
pub fn scheme(choice: &SchemeChoice) -> Result<Answer> {
    Ok(Answer::new(describe::scheme(&choice.get()?)))
}

/// What is weak about a scheme itself.
pub fn lint(choice: &SchemeChoice) -> Result<Answer> {
    let lints = raw(&paysig::lint_json(&choice.get()?))?;
    Ok(Answer::new(json!({ "lints": lints })))
}

/// A message from raw HTTP text or a curl command; which of them, its first word says where `kind` does not.
pub fn read(q: &ReadQuestion, text: &[u8]) -> Result<Answer> {
    let is_curl = match q.kind.as_deref() {
        Some("curl") => true,
        Some("http") => false,
        Some(_) => return Err(wrong("kind", "kind must be curl or http")),
        None => {
            let start = text.trim_ascii_start();
            let start = start.strip_prefix(b"$ ").unwrap_or(start);
            start.starts_with(b"curl ")
                || start.starts_with(b"curl\\")
                || start.starts_with(b"curl\n")
        }
    };
    let message = match is_curl {
        true => curl::parse(text, &|path| {
            Err(wrong(
                "message",
                format!(
                    "{path:?} is a file, which only the command line can read; paste what it holds"
                ),
            ))
        })?,
        false => http::parse(text)?,
    };
    let headers: Vec<Value> = message
        .headers
        .iter()
        .map(|(name, value)| json!([byte_string(name), byte_string(value)]))
        .collect();
    let json = json!({
        "kind": if is_curl { "curl" } else { "http" },
        "method": message.method,
        "target": byte_string(&message.target),
        "url": message.url,
        "headers": headers,
        "status": message.status,
    });
    Ok(Answer::with_bytes(json, message.body))
}
