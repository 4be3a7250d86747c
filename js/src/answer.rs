//! Answers on their way to JavaScript.

use paysig::{BodyCoverage, Error, HandshakeAnswer, Report, Result, Signed, Status};
use serde_json::{Value, json};
use smallvec::SmallVec;

/// JSON, and raw bytes where there are some.
pub struct Answer {
    json: Value,
    bytes: Vec<u8>,
}

impl Answer {
    /// JSON only.
    pub fn new(json: Value) -> Self {
        Answer {
            json,
            bytes: Vec::new(),
        }
    }

    /// JSON and bytes.
    pub fn with_bytes(json: Value, bytes: impl Into<Vec<u8>>) -> Self {
        Answer {
            json,
            bytes: bytes.into(),
        }
    }

    /// Nothing to say.
    pub fn done() -> Self {
        Answer::new(json!({}))
    }

    /// `{"error":{"status","field","message","key_id","key_url"}}`
    pub fn refused(error: &Error) -> Self {
        let key = error.key_request();
        Answer::new(json!({ "error": {
            "status": error.status().name(),
            "field": error.field_name(),
            "message": error.message(),
            "key_id": key.map(|k| k.key_id.as_str()),
            "key_url": key.and_then(|k| k.url.as_deref()),
        }}))
    }

    /// The length of the JSON in four bytes, the JSON, the bytes.
    pub fn write(self, out: &mut Vec<u8>) {
        let json = self.json.to_string();
        out.reserve_exact(4 + json.len() + self.bytes.len());
        out.extend_from_slice(&word(json.len()));
        out.extend_from_slice(json.as_bytes());
        out.extend_from_slice(&self.bytes);
    }
}

/// A byte string: one character of U+0000 to U+00FF for each byte, as fetch and Node hand out header values.
pub fn byte_string(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// JSON text of the core as a value; the core's own text is always JSON.
pub fn raw(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|_| Error::new(Status::Internal, "the core wrote no JSON"))
}

/// A length or number as letters and results hold it.
fn word(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

/// Pieces on their way, and which of the optional ones are there: bit 0 for the first that was asked about, and so on.
#[derive(Default)]
struct Pieces<'a> {
    list: SmallVec<[&'a [u8]; 24]>,
    there: u32,
    asked: u32,
}

impl<'a> Pieces<'a> {
    fn flag(&mut self, is: bool) {
        self.there |= u32::from(is) << self.asked;
        self.asked += 1;
    }

    fn optional(&mut self, piece: Option<&'a [u8]>) {
        self.flag(piece.is_some());
        self.list.extend(piece);
    }

    /// Writes `head` and then every piece with its length before it, into room that is made first: what would have to move may be
    /// secret.
    fn write(&self, out: &mut Vec<u8>, head: &[u8]) {
        let size: usize = self.list.iter().map(|piece| 4 + piece.len()).sum();
        out.reserve_exact(4 + head.len() + size);
        out.extend_from_slice(&self.there.to_le_bytes());
        out.extend_from_slice(head);
        for piece in &self.list {
            out.extend_from_slice(&word(piece.len()));
            out.extend_from_slice(piece);
        }
    }
}

/// What is added to a message, as `js/lib/signer.js` reads it: a word that says which of the next are there; a piece each: target, URL,
/// body, members of the body as JSON, and time, nonce and key id as used; name and value of each header, to the end.
pub fn put_signed(out: &mut Vec<u8>, signed: &Signed) {
    let used = signed.used();
    let members = signed.body_members();
    let mut pieces = Pieces::default();
    pieces.optional(signed.target());
    pieces.optional(signed.url().map(str::as_bytes));
    pieces.optional(signed.body());
    for text in [&members, &used.timestamp, &used.nonce, &used.key_id] {
        pieces.optional(text.as_deref().map(str::as_bytes));
    }
    for (name, value) in signed.headers() {
        pieces.list.extend([name.as_bytes(), value]);
    }
    pieces.write(out, &[]);
}

/// What is known of an authentic message, as `js/lib/verifier.js` reads it: a word of flags, for the pieces key id, signed JSON and replay
/// key, the time, the coverage of method, path, query, all of the body and some members; the index of the key and the number of items in a
/// word each; the time, a double; how many headers are covered, in a word; the pieces; the covered headers; the covered members, to the end.
pub fn put_verified(out: &mut Vec<u8>, report: &Report) {
    let covered = &report.covered;
    let mut pieces = Pieces::default();
    for text in [&report.key_id, &report.signed_json, &report.replay_key] {
        pieces.optional(text.as_deref().map(str::as_bytes));
    }
    pieces.flag(report.timestamp.is_some());
    for part in [covered.method, covered.path, covered.query] {
        pieces.flag(part);
    }
    pieces.flag(covered.body == BodyCoverage::All);
    pieces
        .list
        .extend(covered.headers.iter().map(String::as_bytes));
    if let BodyCoverage::Members(names) = &covered.body {
        pieces.flag(true);
        pieces.list.extend(names.iter().map(String::as_bytes));
    }
    let mut head = [0; 20];
    let time = report.timestamp.map_or(0, |t| t.0) as f64;
    head[..4].copy_from_slice(&word(report.key_index));
    head[4..8].copy_from_slice(&word(report.items));
    head[8..16].copy_from_slice(&time.to_le_bytes());
    head[16..].copy_from_slice(&word(covered.headers.len()));
    pieces.write(out, &head);
}

/// The answer to an endpoint check, as `js/lib/verifier.js` reads it: a word whose bits say that there is one and whether the message was
/// verified; its content type and its body, a piece each.
pub fn put_handshake(out: &mut Vec<u8>, answer: Option<&HandshakeAnswer>) {
    let mut pieces = Pieces::default();
    pieces.optional(answer.map(|a| a.content_type.as_bytes()));
    pieces.flag(answer.is_some_and(|a| a.verified));
    pieces.list.extend(answer.map(|a| a.body.as_slice()));
    pieces.write(out, &[]);
}
