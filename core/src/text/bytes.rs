//! Sets of bytes, built at compile time: the character classes of the holes in a field's template.

use std::fmt;

/// A set of byte values; membership is one shift and one mask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// No byte.
    pub const EMPTY: Self = Self([0; 4]);
    /// Every byte.
    pub const ALL: Self = Self([u64::MAX; 4]);
    /// `0` to `9`.
    pub const DIGITS: Self = Self::range(b'0', b'9');
    /// `a` to `z`.
    pub const LOWER: Self = Self::range(b'a', b'z');
    /// `A` to `Z`.
    pub const UPPER: Self = Self::range(b'A', b'Z');
    /// ASCII letters.
    pub const LETTERS: Self = Self::LOWER.union(Self::UPPER);
    /// ASCII letters and digits.
    pub const ALPHANUMERIC: Self = Self::LETTERS.union(Self::DIGITS);
    /// Hexadecimal digits with lower-case letters.
    pub const HEX_LOWER: Self = Self::DIGITS.union(Self::range(b'a', b'f'));
    /// Hexadecimal digits with upper-case letters.
    pub const HEX_UPPER: Self = Self::DIGITS.union(Self::range(b'A', b'F'));
    /// Hexadecimal digits of either case.
    pub const HEX: Self = Self::HEX_LOWER.union(Self::HEX_UPPER);
    /// Base64 with padding (RFC 4648, 4).
    pub const BASE64: Self = Self::ALPHANUMERIC.union(Self::of(b"+/="));
    /// Unpadded base64url (RFC 4648, 5).
    pub const BASE64URL: Self = Self::ALPHANUMERIC.union(Self::of(b"-_"));
    /// A JWS in compact form: base64url and the dot (RFC 7515, 7.1).
    pub const JWS: Self = Self::BASE64URL.with(b'.');
    /// What a URL never needs to escape (RFC 3986, 2.3).
    pub const UNRESERVED: Self = Self::ALPHANUMERIC.union(Self::of(b"-._~"));
    /// A token of HTTP (RFC 9110, 5.6.2).
    pub const TOKEN: Self = Self::ALPHANUMERIC.union(Self::of(b"!#$%&'*+-.^_`|~"));
    /// Visible ASCII: 0x21 to 0x7E.
    pub const VISIBLE: Self = Self::range(0x21, 0x7e);
    /// Visible ASCII and the blank.
    pub const PRINTABLE: Self = Self::range(0x20, 0x7e);
    /// What a header value may hold: visible ASCII, blank, tab and bytes beyond ASCII (RFC 9110, 5.5); no CR, LF or NUL.
    pub const HEADER_VALUE: Self = Self::PRINTABLE.with(b'\t').union(Self::range(0x80, 0xff));

    /// The bytes `low` to `high`, both included.
    pub const fn range(low: u8, high: u8) -> Self {
        let mut set = [0; 4];
        let mut byte = low as usize;
        while byte <= high as usize {
            set[byte >> 6] |= 1 << (byte & 63);
            byte += 1;
        }
        Self(set)
    }

    /// The bytes that occur in `bytes`.
    pub const fn of(bytes: &[u8]) -> Self {
        let mut set = Self::EMPTY;
        let mut i = 0;
        while i < bytes.len() {
            set = set.with(bytes[i]);
            i += 1;
        }
        set
    }

    /// This set and one more byte.
    pub const fn with(mut self, byte: u8) -> Self {
        self.0[(byte >> 6) as usize] |= 1 << (byte & 63);
        self
    }

    /// What is in either set.
    pub const fn union(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]])
    }

    /// What is in both sets.
    pub const fn intersection(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3]])
    }

    /// What is in this set and not in the other.
    pub const fn without(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0] & !b[0], a[1] & !b[1], a[2] & !b[2], a[3] & !b[3]])
    }

    /// Whether the byte is in the set.
    pub const fn contains(self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] & (1 << (byte & 63)) != 0
    }

    /// Whether every byte of the text is in the set; true for an empty text.
    pub fn contains_all(self, text: &[u8]) -> bool {
        // Without a branch a byte: texts are short and nearly always good.
        let all = text.iter().fold(1, |all, byte| {
            all & (self.0[usize::from(byte >> 6)] >> (byte & 63))
        });
        all & 1 == 1
    }

    /// Whether no byte is in the set.
    pub const fn is_empty(self) -> bool {
        let a = self.0;
        a[0] | a[1] | a[2] | a[3] == 0
    }

    /// How many leading bytes of the text are in the set.
    pub fn prefix_len(self, text: &[u8]) -> usize {
        text.iter()
            .position(|byte| !self.contains(*byte))
            .unwrap_or(text.len())
    }

    /// The bytes of the set in rising order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |byte| self.contains(*byte))
    }
}

impl fmt::Debug for ByteSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<u8> = self.iter().collect();
        write!(f, "ByteSet({})", bytes.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_agree_with_std() {
        for b in 0..=u8::MAX {
            assert_eq!(ByteSet::DIGITS.contains(b), b.is_ascii_digit());
            assert_eq!(ByteSet::HEX.contains(b), b.is_ascii_hexdigit());
            assert_eq!(ByteSet::LETTERS.contains(b), b.is_ascii_alphabetic());
            assert_eq!(ByteSet::VISIBLE.contains(b), b.is_ascii_graphic());
            assert_eq!(
                ByteSet::HEADER_VALUE.contains(b),
                b == b'\t' || (b >= 0x20 && b != 0x7f)
            );
            assert!(ByteSet::ALL.contains(b) && !ByteSet::EMPTY.contains(b));
        }
        assert_eq!(ByteSet::TOKEN.iter().count(), 77);
    }

    #[test]
    fn algebra() {
        let set = ByteSet::of(b"abc\xff");
        assert!(set.contains(0xff) && !set.contains(b'd'));
        assert_eq!(set.without(ByteSet::of(b"b\xff")), ByteSet::of(b"ac"));
        assert_eq!(set.intersection(ByteSet::DIGITS), ByteSet::EMPTY);
        assert!(set.intersection(ByteSet::DIGITS).is_empty());
        assert_eq!(set.prefix_len(b"cabx"), 3);
        assert_eq!(set.prefix_len(b""), 0);
        assert!(set.contains_all(b"") && !set.contains_all(b"\0"));
        assert_eq!(format!("{set:?}"), r"ByteSet(abc\xff)");
    }
}
