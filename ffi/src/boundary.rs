//! What every call goes through: no panic crosses into C, and a failure fills the caller's error struct.

use crate::abi::paysig_error;
use crate::abi::paysig_status::{self, PAYSIG_ABI_MISMATCH, PAYSIG_OK};
use paysig::{Error, Result, Status};
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a call. `err` is null or points to a caller's struct.
///
/// # Safety
/// `err` is null, or valid for reads of its `struct_size` and for writes of that many bytes.
pub(crate) unsafe fn call(
    err: *mut paysig_error,
    body: impl FnOnce() -> Result<()>,
) -> paysig_status {
    if !err.is_null() {
        // SAFETY: not null, so valid by this function's contract; the first member is the size.
        let size = unsafe { err.cast::<u32>().read_unaligned() };
        if (size as usize) < size_of::<paysig_error>() {
            return PAYSIG_ABI_MISMATCH;
        }
    }
    // AssertUnwindSafe: what a panic could leave half done is dropped here; handles are immutable, replaced as a whole, or (a ring, a
    // session) changed by single assignments.
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return PAYSIG_OK,
        Ok(Err(error)) => error,
        Err(payload) => {
            // Its drop could panic in turn, and its text could hold anything.
            std::mem::forget(payload);
            Error::new(Status::Internal, "internal error (panic caught)")
        }
    };
    let status = paysig_status::from(failure.status());
    if !err.is_null() {
        // SAFETY: valid for writes of a whole paysig_error: the size was checked above.
        unsafe { fill(err, status, &failure) };
    }
    status
}

/// Runs what has no error struct and cannot fail: a `_free`, a reader of constants.
pub(crate) fn quiet<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            std::mem::forget(payload);
            otherwise
        }
    }
}

/// # Safety
/// `err` is valid for writes of a whole `paysig_error`.
unsafe fn fill(err: *mut paysig_error, status: paysig_status, failure: &Error) {
    let value = paysig_error {
        struct_size: size_of::<paysig_error>() as u32,
        status: status as u32,
        http: u32::from(failure.status().http()),
        reserved: 0,
        field: cut(failure.field_name().unwrap_or_default()),
        message: cut(failure.message()),
    };
    // SAFETY: this function's contract.
    unsafe { err.write_unaligned(value) };
}

/// As much of the text as fits before a NUL, in whole characters, with an ellipsis where it was cut.
fn cut<const N: usize>(text: &str) -> [c_char; N] {
    let mut bytes = [0; N];
    let room = N.saturating_sub(1);
    let (head, tail) = if text.len() <= room {
        (text, "")
    } else {
        let mut end = room.saturating_sub(3);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        (text.get(..end).unwrap_or_default(), "...")
    };
    // A NUL inside would end the text early.
    let visible = head
        .bytes()
        .chain(tail.bytes())
        .map(|b| if b == 0 { b'?' } else { b });
    for (slot, byte) in bytes.iter_mut().zip(visible) {
        *slot = byte as c_char;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::paysig_status::PAYSIG_INTERNAL;

    fn text<const N: usize>(bytes: [c_char; N]) -> String {
        let end = bytes.iter().position(|b| *b == 0);
        let bytes: Vec<u8> = bytes
            .iter()
            .take(end.unwrap_or(N + 1))
            .map(|b| *b as u8)
            .collect();
        String::from_utf8(bytes).unwrap_or_default()
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(text(cut::<8>("1234567")), "1234567");
        assert_eq!(text(cut::<8>("12345678")), "1234...");
        assert_eq!(text(cut::<8>("123\u{e9}5678")), "123...");
        assert_eq!(text(cut::<8>("a\0b")), "a?b");
    }

    #[test]
    fn a_panic_is_a_status() {
        // SAFETY: the error is null.
        let status = unsafe {
            call(std::ptr::null_mut(), || {
                std::panic::resume_unwind(Box::new(1))
            })
        };
        assert_eq!(status, PAYSIG_INTERNAL);
        assert_eq!(quiet(7, || std::panic::resume_unwind(Box::new(1))), 7);
    }

    #[test]
    fn a_struct_that_was_not_initialised_is_refused() {
        let mut small: u32 = 16;
        // SAFETY: valid for reads of the size, and nothing is written to a struct that is too small.
        let status = unsafe { call(std::ptr::from_mut(&mut small).cast(), || Ok(())) };
        assert_eq!(status, PAYSIG_ABI_MISMATCH);
        assert_eq!(small, 16);
    }
}
