//! What is known of an authentic message, in words.

use crate::abi::{paysig_error, paysig_status};
use crate::boundary::call;
use crate::input::text;
use crate::output::{Buffer, Pieces};
use paysig::Coverage;
use std::ffi::{c_char, c_void};

/// What is known of an authentic message, in words for people, a line each: "Covered: headers x-date; body.",
/// "Not covered: method; path; query; other headers." and, where there are some, "Signed fields: amount = 1.50.".
/// covered and signed_json: these pieces of paysig_verified as they came; (NULL, 0) leaves one out.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_in_words(
    covered: *const c_char,
    covered_len: usize,
    signed_json: *const c_char,
    signed_json_len: usize,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let covered = unsafe { text(covered, covered_len, "covered") }?;
        // SAFETY: the same.
        let signed_json = unsafe { text(signed_json, signed_json_len, "signed_json") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let given = |text: &'_ str| !text.is_empty();
        let coverage = given(covered).then(|| Coverage::from_json(covered));
        let words = paysig::in_words(
            coverage.transpose()?.as_ref(),
            given(signed_json).then_some(signed_json),
        );
        let mut pieces = Pieces::default();
        pieces.put(words.as_bytes());
        buffer.write(&pieces)
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}
