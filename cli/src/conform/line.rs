//! One line of the protocol, read strictly: a member that does not exist is an error, never ignored.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paysig::time::UnixMillis;
use paysig::{Credentials, KeyRing, Status};
use serde::Deserialize;
use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;

/// A question.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Handed back.
    #[serde(default)]
    pub id: Value,
    /// `sign`, `verify`, `explain`, `diagnose` or `token_request`.
    pub op: String,
    /// Id of the catalogue.
    pub scheme: Option<String>,
    /// TOML text.
    pub recipe: Option<String>,
    /// `request` unless given.
    pub flow: Option<String>,
    /// Named departures.
    #[serde(default)]
    pub variants: Vec<String>,
    /// One key.
    pub credentials: Option<BTreeMap<String, String>>,
    /// Or several.
    pub keys: Option<Vec<Key>>,
    /// Only `diagnose` reads them.
    #[serde(default)]
    pub other_keys: Vec<BTreeMap<String, String>>,
    /// The message.
    #[serde(default)]
    pub message: Message,
    /// `latin-1`: target and header text are bytes read as Latin-1.
    pub wire_encoding: Option<String>,
    /// RFC 3339.
    pub now: Option<String>,
    /// Replaces the scheme's.
    pub tolerance_seconds: Option<u32>,
    /// Never invented.
    pub nonce: Option<String>,
    /// Signed verbatim.
    pub timestamp_text: Option<String>,
    /// What a JWS carries where the wire has no body.
    pub payload: Option<String>,
    /// Seconds.
    pub expires_in: Option<u32>,
    /// Type-2 padding.
    pub padding_hex: Option<String>,
}

/// One key of a ring.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Key {
    credentials: BTreeMap<String, String>,
    not_before: Option<String>,
    not_after: Option<String>,
}

/// What is on the wire.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
pub struct Message {
    #[serde(default)]
    method: String,
    #[serde(default)]
    target: String,
    url: Option<String>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    body: Option<String>,
    body_base64: Option<String>,
    status: Option<u16>,
}

impl Message {
    /// The message's bytes; target and header text are Latin-1 or UTF-8.
    pub fn wire(&self, latin1: bool) -> Result<OwnedMessage> {
        let bytes = |text: &str| wire_bytes(text, latin1);
        let body = match (&self.body, &self.body_base64) {
            (Some(_), Some(_)) => return Err(wrong("body and body_base64 exclude each other")),
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(text)) => STANDARD
                .decode(text)
                .map_err(|_| wrong("body_base64 is not base64"))?,
            (None, None) => Vec::new(),
        };
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            headers.push((bytes(name)?, bytes(value)?));
        }
        Ok(OwnedMessage {
            method: self.method.clone(),
            target: bytes(&self.target)?,
            url: self.url.clone(),
            headers,
            body,
            status: self.status,
        })
    }
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Status::InvalidOption, message)
}

impl Line {
    /// Whether target and header text are bytes read as Latin-1.
    pub fn latin1(&self) -> Result<bool> {
        match self.wire_encoding.as_deref() {
            None | Some("utf-8") => Ok(false),
            Some("latin-1") => Ok(true),
            Some(other) => Err(wrong(format!("wire_encoding {other:?} is not known"))),
        }
    }

    /// The message's bytes.
    pub fn wire_message(&self) -> Result<OwnedMessage> {
        self.message.wire(self.latin1()?)
    }

    /// The time of the line.
    pub fn time(&self) -> Result<Option<UnixMillis>> {
        self.now.as_deref().map(|t| rfc3339("now", t)).transpose()
    }

    /// The padding of the line.
    pub fn padding(&self) -> Result<Option<Vec<u8>>> {
        self.padding_hex
            .as_deref()
            .map(|text| unhex(text).ok_or_else(|| wrong("padding_hex is not hex")))
            .transpose()
    }

    /// The one set of values.
    pub fn one_key(&self) -> Result<Credentials> {
        match (&self.credentials, &self.keys) {
            (Some(_), Some(_)) => Err(wrong("credentials and keys exclude each other")),
            (None, Some(_)) => Err(wrong("this op takes credentials, not keys")),
            (Some(values), None) => Ok(values.iter().collect()),
            (None, None) => Ok(Credentials::new()),
        }
    }

    /// All keys.
    pub fn key_ring(&self) -> Result<KeyRing> {
        let Some(keys) = &self.keys else {
            return Ok(KeyRing::of(self.one_key()?));
        };
        if self.credentials.is_some() {
            return Err(wrong("credentials and keys exclude each other"));
        }
        let mut ring = KeyRing::new();
        for key in keys {
            let time =
                |name, text: &Option<String>| text.as_deref().map(|t| rfc3339(name, t)).transpose();
            ring.add_between(
                key.credentials.iter().collect(),
                time("not_before", &key.not_before)?,
                time("not_after", &key.not_after)?,
            );
        }
        Ok(ring)
    }
}

/// A time of the protocol.
pub fn rfc3339(name: &str, text: &str) -> Result<UnixMillis> {
    UnixMillis::from_rfc3339(text)
        .ok_or_else(|| wrong(format!("{name} {text:?} is not an RFC 3339 time")))
}

fn wire_bytes(text: &str, latin1: bool) -> Result<Vec<u8>> {
    if !latin1 {
        return Ok(text.as_bytes().to_vec());
    }
    text.chars()
        .map(|c| u8::try_from(c).map_err(|_| wrong("a character is not in Latin-1")))
        .collect()
}

/// The text of bytes from the wire, the other way round.
pub fn wire_text(bytes: &[u8], latin1: bool) -> String {
    if latin1 {
        bytes.iter().copied().map(char::from).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| pairs.map(|p| (p[0] * 16 + p[1]) as u8).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn line(json: &str) -> Line {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn unknown_members_are_refused() {
        for json in [
            r#"{"op":"sign","tolerance":5}"#,
            r#"{"op":"sign","message":{"path":"/"}}"#,
            r#"{"op":"sign","keys":[{"credentials":{},"valid":1}]}"#,
        ] {
            assert!(serde_json::from_str::<Line>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn latin_1_text_is_bytes() {
        let l = line(
            r#"{"op":"sign","wire_encoding":"latin-1","message":{"target":"/é","headers":[["X","ü"]]}}"#,
        );
        let m = l.wire_message().unwrap();
        assert_eq!(m.target, b"/\xe9");
        assert_eq!(m.headers[0].1, b"\xfc");
        assert_eq!(wire_text(&m.target, true), "/é");
        let l = line(r#"{"op":"sign","wire_encoding":"latin-1","message":{"target":"/€"}}"#);
        assert_eq!(l.wire_message().unwrap_err().status, Status::InvalidOption);
        let l = line(r#"{"op":"sign","wire_encoding":"utf-16"}"#);
        assert!(l.wire_message().is_err());
    }

    #[test]
    fn bodies() {
        let l = line(r#"{"op":"sign","message":{"body_base64":"/w=="}}"#);
        assert_eq!(l.wire_message().unwrap().body, b"\xff");
        for message in [r#"{"body_base64":"/w"}"#, r#"{"body":"","body_base64":""}"#] {
            let l = line(&format!(r#"{{"op":"sign","message":{message}}}"#));
            assert!(l.wire_message().is_err());
        }
    }

    #[test]
    fn padding_is_hex() {
        assert_eq!(unhex("00fF"), Some(vec![0, 255]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
    }
}
