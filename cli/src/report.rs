//! What the engine found, as JSON. One shape for `--json`, `serve` and `conform`.

pub mod diagnosis;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paysig::{CoverageWords, Explanation, Verified};
use serde::Serialize;
use serde_json::value::RawValue;

/// A message that was found authentic.
#[derive(Serialize, Debug)]
pub struct VerifiedReport {
    /// The key that matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// When it was signed: RFC 3339, milliseconds, Z.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// What the signature covers.
    pub covered: Option<Box<RawValue>>,
    /// The same for people.
    #[serde(skip)]
    pub covered_words: CoverageWords,
    /// The signed fields, verbatim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_json: Option<Box<RawValue>>,
    /// Lower-case hex.
    pub replay_key: String,
}

impl VerifiedReport {
    /// From the engine's answer.
    pub fn new(verified: &Verified<'_>) -> Self {
        let covered = verified.covered();
        VerifiedReport {
            key_id: verified.key_id(),
            timestamp: verified.timestamp().map(|t| t.to_rfc3339_millis()),
            covered: raw_json(covered.to_json()),
            covered_words: covered.in_words(),
            signed_json: verified.signed_json().and_then(raw_json),
            replay_key: verified.replay_key(),
        }
    }
}

/// JSON text as it stands; numbers keep their spelling.
pub fn raw_json(text: impl Into<String>) -> Option<Box<RawValue>> {
    RawValue::from_string(text.into()).ok()
}

/// Bytes as text if they are UTF-8, else as base64.
#[derive(Debug, PartialEq, Eq)]
pub enum TextOrBase64 {
    /// UTF-8.
    Text(String),
    /// Standard base64.
    Base64(String),
}

impl TextOrBase64 {
    /// Of some bytes.
    pub fn new(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => TextOrBase64::Text(text.to_owned()),
            Err(_) => TextOrBase64::Base64(STANDARD.encode(bytes)),
        }
    }

    /// As the two members of an answer: text and base64, one of them absent.
    pub fn members(bytes: &[u8]) -> (Option<String>, Option<String>) {
        match TextOrBase64::new(bytes) {
            TextOrBase64::Text(text) => (Some(text), None),
            TextOrBase64::Base64(text) => (None, Some(text)),
        }
    }
}

/// The string to sign with the origin of every byte.
#[derive(Serialize, Debug)]
pub struct ExplanationReport {
    /// Where it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_to_sign: Option<String>,
    /// Where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_to_sign_base64: Option<String>,
    /// In order.
    pub parts: Vec<PartReport>,
}

/// One piece of the string to sign.
#[derive(Serialize, Debug)]
pub struct PartReport {
    /// Where it comes from.
    pub part: String,
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

impl ExplanationReport {
    /// From the engine's answer.
    pub fn new(explanation: &Explanation) -> Self {
        let (text, base64) = TextOrBase64::members(explanation.string_to_sign());
        ExplanationReport {
            string_to_sign: text,
            string_to_sign_base64: base64,
            parts: explanation
                .parts()
                .iter()
                .map(|p| PartReport {
                    part: p.part.clone(),
                    start: p.start,
                    end: p.end,
                })
                .collect(),
        }
    }
}
