//! A letter: a message with what signing uses beside it, as `js/lib/desk.js` writes it into the module's memory. It is read where it
//! lies; nothing is copied.
//!
//! A word is four bytes, least significant first; a piece is its length in a word and its bytes.
//!
//! | | |
//! |---|---|
//! | a word | which of the next are there: bit 0 for the first, and so on |
//! | eight bytes each | `now`, a double: milliseconds since 1970; `expires_in`, a double: seconds |
//! | a piece each | `target`, `url`, `nonce`, `timestamp_text`, `payload`, `padding`, `seed`, `signature` |
//! | a piece | the method |
//! | a word, two pieces each | how many headers, and of each its name and value |
//! | a piece | the body |

use crate::question::wrong;
use paysig::time::UnixMillis;
use paysig::{Error, Header, Message, Result, SignOptions, Status};
use paysig_words::url;
use smallvec::SmallVec;

/// See the table above. What is not there is `None`.
pub struct Letter<'a> {
    now: Option<f64>,
    expires_in: Option<f64>,
    target: Option<&'a [u8]>,
    url: Option<&'a [u8]>,
    nonce: Option<&'a [u8]>,
    timestamp_text: Option<&'a [u8]>,
    payload: Option<&'a [u8]>,
    padding: Option<&'a [u8]>,
    seed: Option<&'a [u8]>,
    /// Made by a key that lives elsewhere.
    pub signature: Option<&'a [u8]>,
    method: &'a [u8],
    headers: SmallVec<[Header<'a>; 16]>,
    body: &'a [u8],
}

impl<'a> Letter<'a> {
    /// Reads one.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut rest = Reader { rest: bytes };
        let (mut bit, there) = (0, rest.word()?);
        let mut is_there = || {
            bit += 1;
            there >> (bit - 1) & 1 == 1
        };
        Ok(Letter {
            now: is_there().then(|| rest.double()).transpose()?,
            expires_in: is_there().then(|| rest.double()).transpose()?,
            target: is_there().then(|| rest.piece()).transpose()?,
            url: is_there().then(|| rest.piece()).transpose()?,
            nonce: is_there().then(|| rest.piece()).transpose()?,
            timestamp_text: is_there().then(|| rest.piece()).transpose()?,
            payload: is_there().then(|| rest.piece()).transpose()?,
            padding: is_there().then(|| rest.piece()).transpose()?,
            seed: is_there().then(|| rest.piece()).transpose()?,
            signature: is_there().then(|| rest.piece()).transpose()?,
            method: rest.piece()?,
            headers: (0..rest.word()?)
                .map(|_| {
                    Ok(Header {
                        name: rest.piece()?,
                        value: rest.piece()?,
                    })
                })
                .collect::<Result<_>>()?,
            body: rest.piece()?,
        })
    }

    /// The time of the call.
    pub fn now(&self) -> Result<Option<UnixMillis>> {
        // Doubles are exact up to here, and so are the years that a time can be written in.
        const LAST: f64 = 9_007_199_254_740_992.0;
        match self.now {
            Some(now) if !(-LAST..=LAST).contains(&now) => Err(wrong("now", "now is out of range")),
            now => Ok(now.map(|n| UnixMillis(n as i64))),
        }
    }

    /// What signing uses.
    pub fn options(&self) -> Result<SignOptions<'a>> {
        let text = |field, bytes: Option<&'a [u8]>| bytes.map(|b| utf8(field, b)).transpose();
        let seed = self.seed.map(<&[u8; 32]>::try_from);
        Ok(SignOptions {
            now: self.now()?,
            nonce: text("nonce", self.nonce)?,
            timestamp_text: text("timestampText", self.timestamp_text)?,
            payload: self.payload,
            // Checked by the glue, which knows the range.
            expires_in: self.expires_in.map(|seconds| seconds as u32),
            seed: seed
                .transpose()
                .map_err(|_| wrong("seed", "the seed must be 32 bytes"))?,
            padding: self.padding,
        })
    }

    /// Runs with the message as the core takes it.
    pub fn with<T>(&self, run: impl FnOnce(&Message<'_>) -> Result<T>) -> Result<T> {
        let address = self.url.map(|b| utf8("url", b)).transpose()?;
        let cut = address.map(|text| {
            url::cut(text).ok_or_else(|| {
                wrong(
                    "url",
                    "url must be absolute (https://...) or a target that begins with /",
                )
            })
        });
        let cut = cut.transpose()?;
        let target = match (self.target, &cut) {
            (Some(target), _) => target,
            (None, Some(cut)) => cut.target.as_bytes(),
            (None, None) => return Err(wrong("url", "give url or target")),
        };
        run(&Message {
            method: utf8("method", self.method)?,
            target,
            // The fragment never travels.
            url: address.map(|u| u.split('#').next().unwrap_or(u)),
            headers: &self.headers,
            body: self.body,
        })
    }
}

fn utf8<'a>(field: &str, bytes: &'a [u8]) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|_| wrong(field, format!("{field} is not UTF-8")))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn word(&mut self) -> Result<u32> {
        let (word, rest) = self.rest.split_first_chunk().ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*word))
    }

    fn double(&mut self) -> Result<f64> {
        let (double, rest) = self.rest.split_first_chunk().ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(f64::from_le_bytes(*double))
    }

    fn piece(&mut self) -> Result<&'a [u8]> {
        let length = self.word()?;
        self.take(length as usize)
    }
}

/// Only a fault of the glue gets here.
fn cut_short() -> Error {
    Error::new(Status::Internal, "the question is cut short")
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A POST to `/h`.
    pub fn letter(headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut bytes = 0b100_u32.to_le_bytes().to_vec();
        let mut put = |piece: &[u8]| {
            bytes.extend((piece.len() as u32).to_le_bytes());
            bytes.extend(piece);
        };
        put(b"/h");
        put(b"POST");
        bytes.extend((headers.len() as u32).to_le_bytes());
        for text in headers.iter().flat_map(|(name, value)| [name, value]) {
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    #[test]
    fn what_is_written_is_read_and_a_letter_that_ends_early_is_an_error() {
        let whole = letter(&[("A", "b"), ("C", "")], b"{\xff}");
        let read = Letter::read(&whole).unwrap();
        let names: Vec<_> = read.headers.iter().map(|h| (h.name, h.value)).collect();
        assert_eq!(names, [(&b"A"[..], &b"b"[..]), (b"C", b"")]);
        assert_eq!((read.method, read.body), (&b"POST"[..], &b"{\xff}"[..]));
        assert_eq!((read.target, read.url), (Some(&b"/h"[..]), None));
        for end in 0..whole.len() {
            let error = Letter::read(&whole[..end]).err().unwrap();
            assert_eq!(error.status(), Status::Internal, "{end}");
        }
        // Not even room is made for headers that are not there.
        let mut many = letter(&[], b"");
        let at = many.len() - 8;
        many[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Letter::read(&many).is_err());
    }

    #[test]
    fn a_time_that_no_clock_shows_is_refused() {
        for now in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            let mut bytes = letter(&[], b"");
            bytes[0] |= 1;
            bytes.splice(4..4, now.to_le_bytes());
            let error = Letter::read(&bytes).unwrap().options().err().unwrap();
            assert_eq!(error.field_name(), Some("now"), "{now}");
        }
    }
}
