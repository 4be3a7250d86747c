//! ASCII case in short texts, eight bytes at a time: header names are compared and written on every call, and the loops of the
//! standard library begin to pay at sixteen bytes.

use std::cmp::Ordering;

const ONES: u64 = u64::MAX / 255;
const TOP_BITS: u64 = ONES << 7;

/// The top bit of each byte that is an ASCII letter of the case whose first letter is given.
#[inline(always)]
fn letters(word: u64, first: u8) -> u64 {
    let low = word & !TOP_BITS;
    // No carry into the next byte: both sums stay below 0x100.
    let at_least_first = low + ONES * u64::from(0x80 - first);
    let beyond_last = low + ONES * u64::from(0x80 - first - 26);
    at_least_first & !beyond_last & !word & TOP_BITS
}

/// Eight bytes, capitals made small.
#[inline(always)]
fn lower(word: u64) -> u64 {
    word | letters(word, b'A') >> 2
}

/// Eight bytes, small letters made capital.
#[inline(always)]
fn upper(word: u64) -> u64 {
    word ^ letters(word, b'a') >> 2
}

/// The bytes of a text of up to seven in one word; texts of one length have one word only if they are equal.
#[inline(always)]
fn short_word(text: &[u8]) -> u64 {
    let byte = |at: usize| u64::from(text.get(at).copied().unwrap_or_default());
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => byte(0) | byte(1) << 8 | byte(2) << 16,
    }
}

/// Writes `from` into `to`, which is as long, with all ASCII letters in one case.
#[inline]
pub fn copy_in_case(to: &mut [u8], from: &[u8], is_upper: bool) {
    let in_case = |bytes: &[u8; 8]| {
        let word = u64::from_le_bytes(*bytes);
        let word = if is_upper { upper(word) } else { lower(word) };
        word.to_le_bytes()
    };
    // The last eight bytes overlap with the ones before them.
    if let (Some(end), Some(last)) = (to.last_chunk_mut(), from.last_chunk()) {
        *end = in_case(last);
        let (to, from) = (to.as_chunks_mut().0, from.as_chunks().0);
        for (to, from) in to.iter_mut().zip(from) {
            *to = in_case(from);
        }
        return;
    }
    for (to, from) in to.iter_mut().zip(from) {
        *to = match is_upper {
            true => from.to_ascii_uppercase(),
            false => from.to_ascii_lowercase(),
        };
    }
}

/// Whether the texts are equal, ASCII letters in any case.
#[inline]
pub fn equal_in_any_case(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let equal = |a: u64, b: u64| a == b || lower(a) == lower(b);
    let equal_chunks =
        |a: &[u8; 8], b: &[u8; 8]| equal(u64::from_le_bytes(*a), u64::from_le_bytes(*b));
    match (a.last_chunk(), b.last_chunk()) {
        (Some(last_a), Some(last_b)) => {
            let (a, b) = (a.as_chunks().0, b.as_chunks().0);
            equal_chunks(last_a, last_b) && a.iter().zip(b).all(|(a, b)| equal_chunks(a, b))
        }
        _ => equal(short_word(a), short_word(b)),
    }
}

/// Whether the text begins with the prefix, ASCII letters in any case.
#[inline]
pub fn starts_in_any_case(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len())
        .is_some_and(|head| equal_in_any_case(head, prefix))
}

/// The order of the texts with all ASCII letters small, byte by byte.
#[inline]
pub fn compare_lower(a: &[u8], b: &[u8]) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    while let (Some((one, after_a)), Some((two, after_b))) =
        (rest_a.split_first_chunk(), rest_b.split_first_chunk())
    {
        let (one, two) = (u64::from_be_bytes(*one), u64::from_be_bytes(*two));
        match lower(one).cmp(&lower(two)) {
            Ordering::Equal => (rest_a, rest_b) = (after_a, after_b),
            order => return order,
        }
    }
    let (rest_a, rest_b) = (rest_a.iter(), rest_b.iter());
    let small = u8::to_ascii_lowercase;
    rest_a.map(small).cmp(rest_b.map(small))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(b'a'), Just(b'A'), Just(b'['), any::<u8>()];
        prop::collection::vec(byte, 0..30)
    }

    proptest! {
        #[test]
        fn says_what_std_says(a in text(), b in text(), flip in any::<u32>()) {
            let (low, up) = (a.to_ascii_lowercase(), a.to_ascii_uppercase());
            let mut copy = a.clone();
            copy_in_case(&mut copy, &a, false);
            prop_assert_eq!(&copy, &low);
            copy_in_case(&mut copy, &a, true);
            prop_assert_eq!(&copy, &up);

            prop_assert_eq!(equal_in_any_case(&a, &b), a.eq_ignore_ascii_case(&b));
            let mixed: Vec<u8> = low.iter().zip(&up).enumerate()
                .map(|(at, (low, up))| if flip >> (at % 32) & 1 == 0 { *low } else { *up })
                .collect();
            prop_assert!(equal_in_any_case(&a, &mixed));
            prop_assert!(starts_in_any_case(&[&mixed[..], &b].concat(), &a));

            let order = low.cmp(&b.to_ascii_lowercase());
            prop_assert_eq!(compare_lower(&a, &b), order);
            prop_assert_eq!(compare_lower(&a, &mixed), Ordering::Equal);
        }
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for at in 0..11 {
                let mut text = [b'~'; 11];
                text[at] = byte;
                let mut copy = text;
                copy_in_case(&mut copy, &text, false);
                assert_eq!(copy, text.map(|b| b.to_ascii_lowercase()));
                copy_in_case(&mut copy, &text, true);
                assert_eq!(copy, text.map(|b| b.to_ascii_uppercase()));
                for other in 0..=u8::MAX {
                    let mut two = text;
                    two[at] = other;
                    assert_eq!(
                        equal_in_any_case(&text, &two),
                        byte.eq_ignore_ascii_case(&other)
                    );
                }
            }
        }
    }
}
