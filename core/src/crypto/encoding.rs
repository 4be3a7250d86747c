//! Hexadecimal and base64: how a signature is written, and the one way it is read back.
//!
//! Reading is strict, so that a signature has exactly one text: a second spelling of the same
//! bytes would slip past caches and logs that work on text. Wrong alphabet, wrong case in
//! hexadecimal, missing or excess padding and non-zero trailing bits (RFC 4648, section 3.5) are
//! all refused.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::hash::{Digest, MAX_DIGEST_LEN};

/// How bytes are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Lower-case hexadecimal.
    Hex,
    /// Upper-case hexadecimal.
    HexUpper,
    /// Base64 with padding (RFC 4648, section 4).
    Base64,
    /// URL-safe base64 without padding (RFC 4648, section 5; RFC 7515).
    Base64Url,
    /// URL-safe base64 with padding.
    Base64UrlPadded,
    /// Base64 of the lower-case hexadecimal text.
    Base64OfHex,
    /// Base64 with padding, written on one line; CR and LF are skipped when read.
    Base64Crlf,
    /// Base64 with padding whose `+`, `/` and `=` are written `%2B`, `%2F` and `%3D`.
    Base64Percent,
    /// The same with `%2b`, `%2f` and `%3d`, as some libraries escape.
    Base64PercentLower,
    /// The bytes as they are.
    Text,
}

/// Hexadecimal text of the longest digest.
const MAX_HEX: usize = 2 * MAX_DIGEST_LEN;
/// `base64` wants room for what the text's length allows, which may exceed what it decodes to.
const SLACK: usize = 4;

impl Encoding {
    /// Every encoding, in the order of [`Encoding`].
    pub const ALL: [Encoding; 10] = [
        Encoding::Hex,
        Encoding::HexUpper,
        Encoding::Base64,
        Encoding::Base64Url,
        Encoding::Base64UrlPadded,
        Encoding::Base64OfHex,
        Encoding::Base64Crlf,
        Encoding::Base64Percent,
        Encoding::Base64PercentLower,
        Encoding::Text,
    ];

    /// Reads a name as recipes write it: `hex`, `HEX`, `base64`, `base64url`, `base64url-padded`,
    /// `base64-of-hex`, `base64-crlf`, `base64-percent`, `base64-percent-lower`,
    /// `text`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Encoding> {
        Encoding::ALL
            .into_iter()
            .find(|encoding| encoding.name() == name)
    }

    /// The name as recipes write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Hex => "hex",
            Encoding::HexUpper => "HEX",
            Encoding::Base64 => "base64",
            Encoding::Base64Url => "base64url",
            Encoding::Base64UrlPadded => "base64url-padded",
            Encoding::Base64OfHex => "base64-of-hex",
            Encoding::Base64Crlf => "base64-crlf",
            Encoding::Base64Percent => "base64-percent",
            Encoding::Base64PercentLower => "base64-percent-lower",
            Encoding::Text => "text",
        }
    }

    /// Length in bytes of the text for `len` bytes; where it is percent-escaped the most it can have.
    #[must_use]
    pub fn encoded_len(self, len: usize) -> usize {
        match self {
            Encoding::Hex | Encoding::HexUpper => 2 * len,
            Encoding::Base64 | Encoding::Base64UrlPadded | Encoding::Base64Crlf => {
                len.div_ceil(3) * 4
            }
            Encoding::Base64Url => (len * 4).div_ceil(3),
            Encoding::Base64Percent | Encoding::Base64PercentLower => len.div_ceil(3) * 12,
            Encoding::Base64OfHex => (2 * len).div_ceil(3) * 4,
            Encoding::Text => len,
        }
    }

    /// Writes the text of `bytes` to the start of `out` and returns its length, or `None` if
    /// `out` is shorter than [`Encoding::encoded_len`].
    #[must_use]
    pub fn encode_to_slice(self, bytes: &[u8], out: &mut [u8]) -> Option<usize> {
        match self {
            Encoding::Hex => base16ct::lower::encode(bytes, out).ok().map(<[u8]>::len),
            Encoding::HexUpper => base16ct::upper::encode(bytes, out).ok().map(<[u8]>::len),
            Encoding::Base64 | Encoding::Base64Crlf => STANDARD.encode_slice(bytes, out).ok(),
            Encoding::Base64Url => URL_SAFE_NO_PAD.encode_slice(bytes, out).ok(),
            Encoding::Base64UrlPadded => URL_SAFE.encode_slice(bytes, out).ok(),
            Encoding::Base64Percent | Encoding::Base64PercentLower => {
                let text = escaped(&STANDARD.encode(bytes), &self.escapes());
                out.get(..self.encoded_len(bytes.len()))?;
                out.get_mut(..text.len())?.copy_from_slice(&text);
                Some(text.len())
            }
            Encoding::Base64OfHex => {
                if bytes.len() <= MAX_DIGEST_LEN {
                    let mut hex = [0; MAX_HEX];
                    let hex = base16ct::lower::encode(bytes, &mut hex).ok()?;
                    STANDARD.encode_slice(hex, out).ok()
                } else {
                    STANDARD
                        .encode_slice(base16ct::lower::encode_string(bytes), out)
                        .ok()
                }
            }
            Encoding::Text => {
                out.get_mut(..bytes.len())?.copy_from_slice(bytes);
                Some(bytes.len())
            }
        }
    }

    /// Appends the text of `bytes` to `out`.
    pub fn encode_into(self, bytes: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + self.encoded_len(bytes.len()), 0);
        let written = self.encode_to_slice(bytes, &mut out[start..]).unwrap_or(0);
        out.truncate(start + written);
    }

    /// Reads `text` back, strictly; `None` if it is not the one text of some bytes.
    #[must_use]
    pub fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Encoding::Hex => base16ct::lower::decode_vec(text).ok(),
            Encoding::HexUpper => base16ct::upper::decode_vec(text).ok(),
            Encoding::Base64 => STANDARD.decode(text).ok(),
            Encoding::Base64Url => URL_SAFE_NO_PAD.decode(text).ok(),
            Encoding::Base64UrlPadded => URL_SAFE.decode(text).ok(),
            Encoding::Base64Percent | Encoding::Base64PercentLower => {
                STANDARD.decode(unescaped(text, &self.escapes())?).ok()
            }
            Encoding::Base64OfHex => base16ct::lower::decode_vec(STANDARD.decode(text).ok()?).ok(),
            Encoding::Base64Crlf => {
                if text.iter().any(|byte| is_line_break(*byte)) {
                    let text: Vec<u8> = text
                        .iter()
                        .copied()
                        .filter(|byte| !is_line_break(*byte))
                        .collect();
                    STANDARD.decode(text).ok()
                } else {
                    STANDARD.decode(text).ok()
                }
            }
            Encoding::Text => Some(text.to_vec()),
        }
    }

    /// As [`Encoding::decode`], for a signature of exactly `expected_len` bytes; `None` for any
    /// other length. Up to 64 bytes, the most a [`Digest`] holds; nothing is allocated, except where
    /// the text is percent-escaped.
    #[must_use]
    pub fn decode_digest(self, text: &[u8], expected_len: usize) -> Option<Digest> {
        if expected_len > MAX_DIGEST_LEN {
            return None;
        }
        let expected_text_len = self.encoded_len(expected_len);
        if matches!(self, Encoding::Base64Percent | Encoding::Base64PercentLower) {
            let bytes = self.decode(text).filter(|b| b.len() == expected_len)?;
            return Digest::from_slice(&bytes);
        }
        if self != Encoding::Base64Crlf && text.len() != expected_text_len {
            return None;
        }
        let mut buffer = [0; MAX_DIGEST_LEN + SLACK];
        let bytes = match self {
            Encoding::Hex => hex_slice(text, b'a', &mut buffer)?,
            Encoding::HexUpper => hex_slice(text, b'A', &mut buffer)?,
            Encoding::Base64 => slice(&STANDARD, text, &mut buffer)?,
            Encoding::Base64Url => slice(&URL_SAFE_NO_PAD, text, &mut buffer)?,
            Encoding::Base64UrlPadded => slice(&URL_SAFE, text, &mut buffer)?,
            Encoding::Base64OfHex => {
                let mut hex = [0; MAX_HEX + SLACK];
                let hex = slice(&STANDARD, text, &mut hex)?;
                hex_slice(hex, b'a', &mut buffer)?
            }
            Encoding::Base64Crlf => {
                let mut line = [0; MAX_DIGEST_LEN.div_ceil(3) * 4];
                let mut len = 0;
                for byte in text.iter().copied().filter(|byte| !is_line_break(*byte)) {
                    *line.get_mut(len)? = byte;
                    len += 1;
                }
                slice(&STANDARD, &line[..len], &mut buffer)?
            }
            Encoding::Base64Percent | Encoding::Base64PercentLower => return None,
            Encoding::Text => text,
        };
        if bytes.len() == expected_len {
            Digest::from_slice(bytes)
        } else {
            None
        }
    }

    /// Reads key material in time that depends on its length only, into memory that is cleared
    /// when dropped.
    ///
    /// As strict as [`Encoding::decode`], but hexadecimal of either case is taken, for keys are
    /// copied by people and a key's spelling carries no meaning. `None` if malformed.
    #[must_use]
    pub fn decode_secret(self, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Encoding::Hex | Encoding::HexUpper => {
                base16ct::mixed::decode_vec(text).ok().map(Zeroizing::new)
            }
            Encoding::Base64 => secret::<base64ct::Base64>(text),
            Encoding::Base64Url => secret::<base64ct::Base64UrlUnpadded>(text),
            Encoding::Base64UrlPadded => secret::<base64ct::Base64Url>(text),
            Encoding::Base64OfHex => {
                Encoding::Hex.decode_secret(&Encoding::Base64.decode_secret(text)?)
            }
            Encoding::Base64Crlf => {
                // Room for all of it at once: growing would leave copies behind.
                let mut line = Zeroizing::new(Vec::with_capacity(text.len()));
                line.extend(text.iter().copied().filter(|byte| !is_line_break(*byte)));
                secret::<base64ct::Base64>(&line)
            }
            Encoding::Base64Percent | Encoding::Base64PercentLower => {
                let text = Zeroizing::new(unescaped(text, &self.escapes())?);
                secret::<base64ct::Base64>(&text)
            }
            Encoding::Text => Some(Zeroizing::new(text.to_vec())),
        }
    }

    fn escapes(self) -> [(u8, &'static [u8; 3]); 3] {
        match self {
            Encoding::Base64PercentLower => [(b'+', b"%2b"), (b'/', b"%2f"), (b'=', b"%3d")],
            _ => [(b'+', b"%2B"), (b'/', b"%2F"), (b'=', b"%3D")],
        }
    }

    /// Whether `byte` can occur in a text of this encoding, `=` included where padding is written
    /// and CR and LF where they are skipped.
    #[must_use]
    pub fn is_char(self, byte: u8) -> bool {
        match self {
            Encoding::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Encoding::HexUpper => matches!(byte, b'0'..=b'9' | b'A'..=b'F'),
            Encoding::Base64 | Encoding::Base64OfHex => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
            }
            Encoding::Base64Crlf => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n')
            }
            Encoding::Base64Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Encoding::Base64Percent | Encoding::Base64PercentLower => {
                byte.is_ascii_alphanumeric() || byte == b'%'
            }
            Encoding::Base64UrlPadded => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=')
            }
            Encoding::Text => true,
        }
    }
}

/// Base64 text with the three characters escaped that a URL would give a meaning.
fn escaped(base64: &str, escapes: &[(u8, &[u8; 3]); 3]) -> Vec<u8> {
    let mut text = Vec::with_capacity(base64.len() + 16);
    for byte in base64.bytes() {
        match escapes.iter().find(|(plain, _)| *plain == byte) {
            Some((_, escape)) => text.extend_from_slice(*escape),
            None => text.push(byte),
        }
    }
    text
}

/// The base64 text; `None` where something else is escaped, or where one of the three is not.
fn unescaped(text: &[u8], escapes: &[(u8, &[u8; 3]); 3]) -> Option<Vec<u8>> {
    let mut base64 = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if first.is_ascii_alphanumeric() {
            base64.push(*first);
            rest = after;
            continue;
        }
        let (plain, escape) = escapes.iter().find(|(_, e)| rest.starts_with(*e))?;
        base64.push(*plain);
        rest = &rest[escape.len()..];
    }
    Some(base64)
}

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Hexadecimal whose letters start at `first` (`a` or `A`). Written so that it compiles to vector
/// instructions; base16ct goes digit by digit.
fn hex_slice<'a>(
    text: &[u8],
    first: u8,
    out: &'a mut [u8; MAX_DIGEST_LEN + SLACK],
) -> Option<&'a [u8]> {
    const NO_DIGIT: u8 = 0x80;
    let len = text.len() / 2;
    if !text.len().is_multiple_of(2) || text.len() > MAX_HEX {
        return None;
    }
    let mut nibbles = [0; MAX_HEX];
    let mut seen = 0;
    for (nibble, byte) in nibbles.iter_mut().zip(text) {
        let (digit, letter) = (byte.wrapping_sub(b'0'), byte.wrapping_sub(first));
        *nibble = match (digit < 10, letter < 6) {
            (true, _) => digit,
            (_, true) => letter + 10,
            _ => NO_DIGIT,
        };
        seen |= *nibble;
    }
    for (byte, pair) in out.iter_mut().zip(nibbles[..text.len()].chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    if seen & NO_DIGIT == 0 {
        out.get(..len)
    } else {
        None
    }
}

fn slice<'a>(engine: &impl base64::Engine, text: &[u8], out: &'a mut [u8]) -> Option<&'a [u8]> {
    let len = engine.decode_slice(text, out).ok()?;
    out.get(..len)
}

fn secret<E: base64ct::Encoding>(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(vec![0; text.len() / 4 * 3 + 3]);
    let len = E::decode(text, &mut out).ok()?.len();
    out.truncate(len);
    Some(out)
}
