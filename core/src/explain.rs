//! Explains a string to sign: the same plan, run into a recorder. Never shows an expected signature or a secret.

use crate::crypto::Encoding;
use crate::plan::sink::Sink;
use crate::plan::{JwsHeader, Plan};
use crate::recipe::{Part, Source};

/// A string to sign, with the origin of every byte. Secrets inside it are replaced by asterisks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    pub(crate) bytes: Vec<u8>,
    pub(crate) parts: Vec<ExplainedPart>,
}

/// A range of the string to sign and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExplainedPart {
    /// `method`, `header x-date`, `json amount.value`, `canonical > path`.
    pub part: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Explanation {
    /// The exact bytes under the signature; secrets as `*`.
    pub fn string_to_sign(&self) -> &[u8] {
        &self.bytes
    }

    /// Where they come from, in order and without gaps.
    pub fn parts(&self) -> &[ExplainedPart] {
        &self.parts
    }
}

/// Collects bytes and remembers which part they came from.
pub(crate) struct Recorder<'p> {
    plan: &'p Plan,
    stack: Vec<String>,
    bytes: Vec<u8>,
    parts: Vec<ExplainedPart>,
}

impl<'p> Recorder<'p> {
    pub(crate) fn new(plan: &'p Plan) -> Self {
        Recorder {
            plan,
            stack: Vec::new(),
            bytes: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// For a JWS the signed bytes are the two encoded segments.
    pub(crate) fn finish(self, jws: Option<&JwsHeader>) -> Explanation {
        let Some((spec, header)) = self.plan.spec.jws.as_ref().zip(jws) else {
            return Explanation {
                bytes: self.bytes,
                parts: self.parts,
            };
        };
        let bytes = crate::jws::signing_input(spec, header, &self.bytes);
        let dot = bytes.iter().position(|b| *b == b'.').unwrap_or(bytes.len());
        let how = if spec.unencoded { "" } else { ", base64url" };
        let inner: Vec<&str> = self.parts.iter().map(|p| p.part.as_str()).collect();
        let parts = vec![
            ExplainedPart {
                part: format!("jws header{}, base64url", header_text(header)),
                start: 0,
                end: dot,
            },
            ExplainedPart {
                part: "literal".into(),
                start: dot,
                end: (dot + 1).min(bytes.len()),
            },
            ExplainedPart {
                part: format!("{}{how}", inner.join(" + ")),
                start: (dot + 1).min(bytes.len()),
                end: bytes.len(),
            },
        ];
        Explanation { bytes, parts }
    }
}

fn header_text(header: &JwsHeader) -> String {
    format!(" {}", String::from_utf8_lossy(&header.json))
}

impl Sink for Recorder<'_> {
    const RECORDS: bool = true;

    fn put(&mut self, bytes: &[u8], secret: bool) {
        if bytes.is_empty() {
            return;
        }
        let start = self.bytes.len();
        if secret {
            self.bytes.resize(start + bytes.len(), b'*');
        } else {
            self.bytes.extend_from_slice(bytes);
        }
        let part = self.stack.join(" > ");
        let end = self.bytes.len();
        match self.parts.last_mut() {
            Some(last) if last.part == part && last.end == start => last.end = end,
            _ => self.parts.push(ExplainedPart { part, start, end }),
        }
    }

    fn enter(&mut self, part: &Part) {
        let mut label = match &part.source {
            Source::Group(_) if part.then.is_empty() => String::new(),
            _ => self.plan.label(part),
        };
        for step in &part.then {
            label.push_str(", ");
            label.push_str(step.name());
        }
        self.stack.push(label);
        if self.stack.last().is_some_and(String::is_empty) {
            // A bare group has no name of its own: its parts speak for themselves.
            let outer = self
                .stack
                .len()
                .checked_sub(2)
                .and_then(|i| self.stack.get(i));
            let outer = outer.cloned().unwrap_or_default();
            self.stack.pop();
            self.stack.push(outer);
        }
    }

    fn leave(&mut self) {
        self.stack.pop();
    }
}

/// Printable text of a byte string: control characters visible.
pub fn visible(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => text.push_str("\\n\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                c if c.is_control() => text.extend(c.escape_default()),
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            text.push_str("\\x");
            let mut hex = Vec::new();
            Encoding::Hex.encode_into(&[*byte], &mut hex);
            text.push_str(&String::from_utf8_lossy(&hex));
        }
    }
    text
}
