//! Answers on their way to JavaScript.

use paysig::{Error, Result, Status};
use serde_json::{Value, json};

/// JSON, and raw bytes where there is a body.
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
    pub fn write(self) -> Vec<u8> {
        let json = self.json.to_string();
        let length = u32::try_from(json.len()).unwrap_or(u32::MAX);
        let mut out = Vec::with_capacity(4 + json.len() + self.bytes.len());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(json.as_bytes());
        out.extend_from_slice(&self.bytes);
        out
    }
}

/// A byte string: one character of U+0000 to U+00FF for each byte, as fetch and Node hand out header values.
pub fn byte_string(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Pairs of byte strings.
pub fn pairs<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Value {
    headers
        .map(|(name, value)| json!([name, byte_string(value)]))
        .collect()
}

/// JSON text of the core as a value; the core's own text is always JSON.
pub fn raw(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|_| Error::new(Status::Internal, "the core wrote no JSON"))
}
