//! Pairs: names and values one after the other, and their lengths as 32-bit numbers. No separator, so nothing to
//! inject, escape or parse.

use crate::input::{bytes, option, utf8};
use paysig::{Credentials, Result};
use std::ffi::c_void;

/// The four arguments as they came.
#[derive(Clone, Copy)]
pub(crate) struct RawPairs {
    bytes: *const c_void,
    len: usize,
    lens: *const c_void,
    n: usize,
}

/// Checked pairs.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<'a> {
    bytes: &'a [u8],
    /// Of one name or value each, in the machine's byte order; read byte by byte, since they may stand at any address.
    lens: &'a [[u8; 4]],
}

impl RawPairs {
    pub(crate) fn new(bytes: *const c_void, len: usize, lens: *const c_void, n: usize) -> Self {
        RawPairs {
            bytes,
            len,
            lens,
            n,
        }
    }

    /// # Safety
    /// `bytes` is null or valid for `len` bytes, `lens` is null or valid for `n` numbers of 4 bytes.
    pub(crate) unsafe fn read<'a>(self, name: &str) -> Result<Pairs<'a>> {
        if !self.n.is_multiple_of(2) {
            return Err(option(
                name,
                "has an odd number of lengths: the builder was full, or a value is missing",
            ));
        }
        // SAFETY: this function's contract.
        let all = unsafe { bytes(self.bytes, self.len, name) }?;
        let size = self.n.saturating_mul(4);
        // SAFETY: this function's contract; more than an object can hold is refused before it is touched.
        let lens = unsafe { bytes(self.lens, size, name) }?;
        let (lens, _) = lens.as_chunks::<4>();
        let lengths = lens.iter().map(|l| u64::from(u32::from_ne_bytes(*l)));
        let sum = lengths.fold(0, u64::saturating_add);
        if sum != all.len() as u64 {
            return Err(option(
                name,
                format_args!("holds {} bytes, but its lengths add up to {sum}", all.len()),
            ));
        }
        Ok(Pairs { bytes: all, lens })
    }
}

impl<'a> Pairs<'a> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let mut rest = self.bytes;
        let mut take = move |len: &[u8; 4]| {
            let len = u32::from_ne_bytes(*len) as usize;
            // The lengths add up: checked when read.
            let (piece, tail) = rest.split_at_checked(len).unwrap_or_default();
            rest = tail;
            piece
        };
        let (pairs, _) = self.lens.as_chunks::<2>();
        pairs
            .iter()
            .map(move |[name, value]| (take(name), take(value)))
    }

    /// As credentials: names are text, values bytes.
    pub(crate) fn credentials(&self) -> Result<Credentials> {
        let mut all = Credentials::new();
        for (name, value) in self.iter() {
            let name = utf8(name, "credentials")?;
            if all.get(name).is_some() {
                return Err(option("credentials", format_args!("names {name} twice")));
            }
            all.set(name, value);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use paysig::Status;

    fn read<'a>(bytes: &'a [u8], lens: &'a [u8], n: usize) -> Result<Pairs<'a>> {
        let raw = RawPairs::new(bytes.as_ptr().cast(), bytes.len(), lens.as_ptr().cast(), n);
        // SAFETY: both slices live as long as the result, and the tests give no n beyond `lens` unless it is refused.
        unsafe { raw.read("headers") }
    }

    fn lens(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|n| n.to_ne_bytes()).collect()
    }

    #[test]
    fn pairs_come_back_at_any_alignment() {
        let numbers = lens(&[1, 2, 0, 0, 3, 0]);
        for shift in 0..4 {
            let mut moved = vec![0; shift];
            moved.extend_from_slice(&numbers);
            let pairs = read(b"abcdef", moved.get(shift..).unwrap(), 6).unwrap();
            let found: Vec<_> = pairs.iter().collect();
            assert_eq!(found, [(&b"a"[..], &b"bc"[..]), (b"", b""), (b"def", b"")]);
        }
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        for (numbers, n) in [
            (&[1, 1][..], 2),
            (&[1, 3], 2),
            (&[u32::MAX, u32::MAX], 2),
            (&[3], 1),
            (&[], 0),
            (&[3, 0], usize::MAX),
            (&[3, 0], usize::MAX - 1),
        ] {
            let error = read(b"abc", &lens(numbers), n).err().unwrap();
            assert_eq!(error.status(), Status::InvalidOption, "{numbers:?} {n}");
            assert_eq!(error.field_name(), Some("headers"));
        }
        assert!(read(b"", &[], 0).unwrap().iter().next().is_none());
    }

    #[test]
    fn a_credential_given_twice_is_refused() {
        let numbers = lens(&[1, 1, 1, 1]);
        let pairs = read(b"a1a2", &numbers, 4).unwrap();
        assert_eq!(
            pairs.credentials().unwrap_err().status(),
            Status::InvalidOption
        );
    }
}
