//! Explains a string to sign: the same plan, run into a recorder. Never shows an expected signature or a secret.

use crate::covered::Coverage;
use crate::crypto::Encoding;
use crate::plan::sink::{Bounded, Collect, Sink};
use crate::plan::{Eval, JwsHeader, Plan, steps};
use crate::recipe::{Part, Source, Step};

/// A string to sign, with the origin of every byte. Secrets inside it are replaced by asterisks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Explanation {
    pub(crate) bytes: Vec<u8>,
    pub(crate) parts: Vec<ExplainedPart>,
    pub(crate) nested: Vec<NestedInput>,
    pub(crate) covered: Coverage,
    pub(crate) items: Option<usize>,
}

/// What was digested, or encoded as a token's segment, before it went into the string to sign: a canonical request, a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NestedInput {
    /// The part that came of it, named as in [`Explanation::parts`].
    pub part: String,
    /// What was done to it: `sha256`, `md5`, `crc32-decimal`, `hmac-of-this`; `base64url` in a token.
    pub step: &'static str,
    /// Its input; secrets as `*`.
    pub bytes: Vec<u8>,
    /// Where the bytes of the input come from.
    pub parts: Vec<ExplainedPart>,
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

    /// The inputs of digests inside the string, outer ones first.
    pub fn nested(&self) -> &[NestedInput] {
        &self.nested
    }

    /// Of how many items this is the first, where the message is a batch whose items are signed one by one.
    pub fn items(&self) -> Option<usize> {
        self.items
    }

    pub(crate) fn of_batch(mut self, items: Option<usize>) -> Self {
        self.items = items;
        self
    }

    /// What of the message is covered; everything else can be changed without breaking the signature.
    pub fn covered(&self) -> &Coverage {
        &self.covered
    }
}

/// Collects bytes and remembers which part they came from.
pub(crate) struct Recorder<'p> {
    plan: &'p Plan,
    stack: Vec<String>,
    bytes: Vec<u8>,
    parts: Vec<ExplainedPart>,
    nested: Vec<NestedInput>,
    secret: bool,
    /// How much more the inputs of digests may hold; unknown until the first.
    room: Option<usize>,
}

impl<'p> Recorder<'p> {
    pub(crate) fn new(plan: &'p Plan) -> Self {
        Recorder {
            plan,
            stack: Vec::new(),
            bytes: Vec::new(),
            parts: Vec::new(),
            nested: Vec::new(),
            secret: false,
            room: None,
        }
    }

    /// Where what is put comes from. A bare group has no name of its own: its parts speak for themselves.
    fn path(&self) -> String {
        let named = self.stack.iter().filter(|label| !label.is_empty());
        named.map(String::as_str).collect::<Vec<_>>().join(" > ")
    }

    /// For a JWS the signed bytes are the two encoded segments.
    pub(crate) fn finish(self, jws: Option<&JwsHeader>, covered: Coverage) -> Explanation {
        let Some((spec, header)) = self.plan.spec.jws.as_ref().zip(jws) else {
            return Explanation {
                bytes: self.bytes,
                parts: self.parts,
                nested: self.nested,
                covered,
                items: None,
            };
        };
        let bytes = crate::jws::signing_input(spec, header, &self.bytes);
        let dot = bytes.iter().position(|b| *b == b'.').unwrap_or(bytes.len());
        let how = if spec.unencoded { "" } else { ", base64url" };
        let inner: Vec<&str> = self.parts.iter().map(|p| p.part.as_str()).collect();
        let signed = format!("{}{how}", inner.join(" + "));
        let mut nested = self.nested;
        if !spec.unencoded {
            nested.insert(
                0,
                NestedInput {
                    part: signed.clone(),
                    step: Encoding::Base64Url.name(),
                    bytes: self.bytes,
                    parts: self.parts,
                },
            );
        }
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
                part: signed,
                start: (dot + 1).min(bytes.len()),
                end: bytes.len(),
            },
        ];
        Explanation {
            bytes,
            parts,
            nested,
            covered,
            items: None,
        }
    }

    /// The input of the first digest of a part's pipeline; nothing if it is too long or cannot be made.
    fn input(&self, eval: &Eval<'_, '_>, part: &Part, digest: usize, room: usize) -> Option<Self> {
        let mut child = Recorder::new(self.plan);
        child.room = Some(room);
        child.stack.push(label(self.plan, part, &[]));
        let mut bounded = Bounded {
            inner: &mut child,
            left: room,
            overflow: false,
        };
        eval.source(part, &mut bounded).ok()?;
        if bounded.overflow {
            return None;
        }
        let before = part.then.get(..digest).filter(|s| !s.is_empty());
        if let Some(before) = before {
            let mut value = Collect::default();
            value.put(&child.bytes, child.secret);
            for step in before {
                steps::apply(eval, step, &mut value).ok()?;
            }
            child.bytes.clear();
            child.parts.clear();
            child.stack = vec![label(self.plan, part, before)];
            // Asterisks that went through a step are no text to be shown.
            child.put(&value.bytes, child.secret);
        }
        Some(child)
    }
}

/// Steps whose output does not show its input.
fn digest(step: &Step) -> bool {
    matches!(
        step,
        Step::Hash(_) | Step::Crc32Decimal | Step::HmacAsData { .. }
    )
}

/// A part's name with those of some steps.
fn label(plan: &Plan, part: &Part, steps: &[Step]) -> String {
    let mut label = match &part.source {
        Source::Group(_) if steps.is_empty() => String::new(),
        _ => plan.label(part),
    };
    for step in steps {
        label.push_str(", ");
        label.push_str(step.name());
    }
    label
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
        self.secret |= secret;
        if secret {
            self.bytes.resize(start + bytes.len(), b'*');
        } else {
            self.bytes.extend_from_slice(bytes);
        }
        let part = self.path();
        let end = self.bytes.len();
        match self.parts.last_mut() {
            Some(last) if last.part == part && last.end == start => last.end = end,
            _ => self.parts.push(ExplainedPart { part, start, end }),
        }
    }

    fn enter(&mut self, part: &Part) {
        self.stack.push(label(self.plan, part, &part.then));
    }

    fn enter_named(&mut self, kind: &str, name: &[u8]) {
        let mut name = String::from_utf8_lossy(name);
        if kind == "header" {
            name.to_mut().make_ascii_lowercase();
        }
        self.stack.push(format!("{kind} {name}"));
    }

    fn leave(&mut self) {
        self.stack.pop();
    }

    fn nest(&mut self, eval: &Eval<'_, '_>, part: &Part) {
        let first = part.then.iter().enumerate().find(|(_, s)| digest(s));
        let Some((at, step)) = first else {
            return;
        };
        let room = self.room.unwrap_or(eval.room);
        let Some(child) = self.input(eval, part, at, room) else {
            return;
        };
        let inner: usize = child.nested.iter().map(|n| n.bytes.len()).sum();
        self.room = Some(room.saturating_sub(child.bytes.len() + inner));
        let name = self.path();
        self.nested.push(NestedInput {
            part: name.clone(),
            step: step.name(),
            bytes: child.bytes,
            parts: child.parts,
        });
        self.nested
            .extend(child.nested.into_iter().map(|n| NestedInput {
                part: format!("{name} > {}", n.part),
                ..n
            }));
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
