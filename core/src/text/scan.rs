//! Looking for what the `memchr` crate has no function for: short literals in short texts, and control characters.

use memchr::memchr;

const ONES: u64 = u64::MAX / 255;
const TOP_BITS: u64 = ONES << 7;

/// Where the literal begins first; an empty one begins nowhere.
#[inline]
pub fn find(text: &[u8], literal: &[u8]) -> Option<usize> {
    let (first, after) = literal.split_first()?;
    let mut start = 0;
    loop {
        let at = start + memchr(*first, &text[start..])?;
        if after.is_empty() || text[at + 1..].starts_with(after) {
            return Some(at);
        }
        start = at + 1;
    }
}

/// Whether some byte lies below the blank: CR, LF, NUL, tab and the other controls but DEL.
#[inline]
pub fn has_control(text: &[u8]) -> bool {
    // The top bit of a byte is set if it lies below 0x20, or if the byte before it does: exact as long as nobody asks which.
    let below = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        word.wrapping_sub(ONES * 0x20) & !word
    };
    let Some(last) = text.last_chunk::<8>() else {
        return text.iter().any(|b| *b < b' ');
    };
    let (words, _) = text.as_chunks::<8>();
    let seen = words.iter().fold(below(last), |seen, w| seen | below(w));
    seen & TOP_BITS != 0
}

/// Whether the text holds what would end a header line early: CR, LF or NUL.
#[inline]
pub fn has_line_break(text: &[u8]) -> bool {
    has_control(text) && text.iter().any(|b| matches!(b, b'\r' | b'\n' | 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(b'a'), Just(b'b'), 0..0x22_u8, any::<u8>()];
        prop::collection::vec(byte, 0..40)
    }

    proptest! {
        #[test]
        fn says_what_std_says(text in text(), literal in prop::collection::vec(97..99_u8, 1..4)) {
            let windows = text.windows(literal.len()).position(|w| w == literal);
            prop_assert_eq!(find(&text, &literal), windows);
            prop_assert_eq!(has_control(&text), text.iter().any(|b| *b < b' '));
            let breaks = text.iter().any(|b| matches!(b, b'\r' | b'\n' | 0));
            prop_assert_eq!(has_line_break(&text), breaks);
        }
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for len in [5, 8, 20] {
                for at in 0..len {
                    let mut text = vec![b'~'; len];
                    text[at] = byte;
                    assert_eq!(has_control(&text), byte < b' ');
                }
            }
        }
        assert_eq!(find(b"abc", b""), None);
    }
}
