//! What can be done to a value on its way.

use super::Part;
use crate::crypto::cipher::Cipher;
use crate::crypto::{Encoding, Hash};
use crate::text::ByteSet;

/// What [`Step::Only`] lets pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CharClass {
    /// `digits`
    Digits,
    /// `hex`: lower-case.
    Hex,
    /// `letters-and-digits`: of ASCII.
    Alphanumeric,
}

impl CharClass {
    /// Every class.
    pub const ALL: [CharClass; 3] = [CharClass::Digits, CharClass::Hex, CharClass::Alphanumeric];

    /// The name as recipes write it.
    pub fn name(self) -> &'static str {
        match self {
            CharClass::Digits => "digits",
            CharClass::Hex => "hex",
            CharClass::Alphanumeric => "letters-and-digits",
        }
    }

    /// Whether a text is of these characters, and so many of them.
    pub(crate) fn spells(self, text: &[u8], min: usize, max: usize) -> bool {
        let allowed = self.bytes();
        (min..=max).contains(&text.len()) && text.iter().all(|b| allowed.contains(*b))
    }

    pub(crate) fn bytes(self) -> ByteSet {
        match self {
            CharClass::Digits => ByteSet::DIGITS,
            CharClass::Hex => ByteSet::HEX_LOWER,
            CharClass::Alphanumeric => ByteSet::ALPHANUMERIC,
        }
    }
}

/// One step of a pipeline.
#[derive(Clone, Debug)]
pub enum Step {
    /// `upper`: ASCII letters.
    Upper,
    /// `lower`: ASCII letters.
    Lower,
    /// `trim`: outer ASCII white space.
    Trim,
    /// `strip-white-space`: every ASCII white space.
    StripWhiteSpace,
    /// `reverse`: bytes in reverse order.
    Reverse,
    /// `md5`, `sha1`, `sha256`, `sha384`, `sha512`, `sha3-512`.
    Hash(Hash),
    /// `crc32-decimal`: CRC-32 (IEEE) as decimal text.
    Crc32Decimal,
    /// `hex`, `HEX`, `base64`, `base64url`, ...
    Encode(Encoding),
    /// `hex-decode`, `base64-decode`, `base64url-decode`: strict.
    Decode(Encoding),
    /// `json-string-escape`: as inside a JSON string, non-ASCII kept.
    JsonStringEscape,
    /// `json-string-escape-net`: the same by Newtonsoft.Json, which escapes the line ends U+0085, U+2028 and U+2029, too.
    JsonStringEscapeNet,
    /// `percent-encode`: all but unreserved characters, upper-case hex.
    PercentEncode,
    /// `percent-decode`
    PercentDecode,
    /// `{ percent-decode-only = ":/?" }`: only these bytes; other escapes stay as they are written.
    PercentDecodeOnly(Box<[u8]>),
    /// `decimal-integer`: digits only, leading zeros dropped.
    DecimalInteger,
    /// `{ decimals = 2 }`: a decimal number with exactly so many fraction digits (cut zeros or add them; anything else is malformed).
    Decimals(u8),
    /// `{ only = "hex", min = 20, max = 32 }`: nothing but these characters, so many of them; anything else is malformed.
    Only {
        /// Which.
        class: CharClass,
        /// How many at least.
        min: usize,
        /// How many at most.
        max: usize,
    },
    /// `latin1-to-utf8`
    Latin1ToUtf8,
    /// `{ strip-prefix = "whsec_" }`: must be there; with `optional = true` only if it is there.
    StripPrefix {
        /// The prefix.
        prefix: Box<[u8]>,
        /// May be absent.
        optional: bool,
    },
    /// `{ strip-suffix = "0" }`: must be there; with `optional = true` only if it is there.
    StripSuffix {
        /// The suffix.
        suffix: Box<[u8]>,
        /// May be absent.
        optional: bool,
    },
    /// `{ currency-decimals = { json = "currency" } }`: as `decimals`, with as many fraction digits as ISO 4217 gives the currency
    /// whose code the parts spell; two for codes that are not in its list.
    CurrencyDecimals(Vec<Part>),
    /// `{ remove-first = "-" }`: the first occurrence.
    RemoveFirst(Box<[u8]>),
    /// `{ take = 32 }`: the first bytes.
    Take(usize),
    /// `{ after-last = "." }`: what follows the last occurrence; the whole if there is none.
    AfterLast(Box<[u8]>),
    /// `{ piece = 3, of = "/" }`: one of the pieces between separators, counted from 0; must be there and not empty.
    Piece {
        /// Which.
        index: usize,
        /// The separator.
        separator: Box<[u8]>,
    },
    /// `{ hmac-with-this-as-key = { hash, data } }`
    HmacAsKey {
        /// The digest.
        hash: Hash,
        /// What is authenticated.
        data: Vec<Part>,
    },
    /// `{ hmac-of-this = { hash, key } }`
    HmacAsData {
        /// The digest.
        hash: Hash,
        /// The key.
        key: Vec<Part>,
    },
    /// `{ des3-cbc-with-this-as-key = { data } }`, `{ aes128-cbc-with-this-as-key = { data } }`: zero IV (Redsys).
    CipherAsKey {
        /// Cipher and padding.
        cipher: Cipher,
        /// What is encrypted.
        data: Vec<Part>,
    },
}
