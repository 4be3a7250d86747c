//! A message that owns its bytes, and single header lines.

use paysig::{Header, Message};

/// A message that owns its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedMessage {
    /// `POST`; empty for an answer whose request is not known yet.
    pub method: String,
    /// Path and query as on the request line.
    pub target: Vec<u8>,
    /// The public URL.
    pub url: Option<String>,
    /// Names and values in the order of the wire.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The status of an answer.
    pub status: Option<u16>,
}

impl OwnedMessage {
    /// The header list that [`OwnedMessage::message`] borrows.
    pub fn header_list(&self) -> Vec<Header<'_>> {
        self.headers
            .iter()
            .map(|(name, value)| Header { name, value })
            .collect()
    }

    /// The message as the core takes it.
    pub fn message<'a>(&'a self, headers: &'a [Header<'a>]) -> Message<'a> {
        Message {
            method: &self.method,
            target: &self.target,
            url: self.url.as_deref(),
            headers,
            body: &self.body,
        }
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, v)| v.as_slice())
    }

    /// Adds a header at the end.
    pub fn push_header(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.headers
            .push((name.as_ref().to_vec(), value.as_ref().to_vec()));
    }
}

/// `Name: value` as it stands in an option or a curl command; the value without the blanks around it.
pub fn header_line(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|b| *b == b':')?;
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    let token = !name.is_empty()
        && name
            .iter()
            .all(|b| b.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(b));
    token.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_lines() {
        assert_eq!(
            header_line(b"X-Date:  a b "),
            Some((&b"X-Date"[..], &b"a b"[..]))
        );
        assert_eq!(header_line(b"X:"), Some((&b"X"[..], &b""[..])));
        assert_eq!(header_line(b"no colon"), None);
        assert_eq!(header_line(b": x"), None);
        assert_eq!(header_line(b"a b: x"), None);
    }
}
