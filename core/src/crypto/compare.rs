//! Comparison of signatures.

use subtle::ConstantTimeEq;

/// Whether two byte strings are equal, in time that depends on their lengths only.
///
/// Strings of different length are unequal; the length of a signature is no secret.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::equal;

    #[test]
    fn equal_only_when_every_byte_and_the_length_agree() {
        assert!(equal(b"", b""));
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"Abc"));
        assert!(!equal(b"abc", b"ab"));
        assert!(!equal(b"abc", b"abc\0"));
        assert!(!equal(b"", b"a"));
    }
}
