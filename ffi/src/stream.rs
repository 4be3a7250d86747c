//! Streams: messages whose body comes in pieces.

use crate::abi::*;
use crate::boundary::call;
use crate::edge;
use crate::input::{NewHandle, bytes, free, handle, handle_mut};
use crate::message::{Headers, message_args};
use crate::options::OneSignature;
use crate::output::{Buffer, Slot};
use crate::pairs::RawPairs;
use crate::sign::{hand_over, paysig_signer};
use crate::verify::{Details, Facts, paysig_verifier};
use paysig::{Error, Report, Result, SignStream, Signed, Status, VerifyStream};
use std::ffi::{c_char, c_void};
use std::mem::replace;

/// `PAYSIG_LENGTH_UNKNOWN`
const LENGTH_UNKNOWN: u64 = u64::MAX;

/// A message whose body comes in pieces. Used by one thread at a time.
pub struct paysig_stream(State);

/// An outcome is kept, so that a buffer that was too small can be tried again.
enum State {
    Signing(Box<SignStream>),
    Verifying(Box<VerifyStream>),
    Signed(Result<Signed>),
    Verified(Result<Report>),
    /// A panic ended the stream half way.
    Broken,
}

fn misuse(what: &str) -> Error {
    Error::field(Status::InvalidOption, "stream", format!("stream {what}"))
}

/// Opens a stream that signs. Everything but the body must be known; options as for paysig_sign. PAYSIG_UNSUPPORTED for schemes
/// that look into the body (JSON members, form fields, JWS) or read it more than once.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_stream_sign(
    signer: *const paysig_signer,
    method: *const c_char,
    method_len: usize,
    target: *const c_char,
    target_len: usize,
    url: *const c_char,
    url_len: usize,
    headers: *const c_void,
    headers_len: usize,
    headers_lens: *const c_void,
    headers_n: usize,
    now_ms: i64,
    options: *const c_void,
    options_len: usize,
    options_lens: *const c_void,
    options_n: usize,
    out: *mut *mut paysig_stream,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        // SAFETY: the same.
        let signer = unsafe { handle(signer, "signer") }?;
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        // SAFETY: the same.
        let mut options = OneSignature::read(&unsafe { options.read("options") }?)?;
        options.complete(&signer.0)?;
        let stream = signer
            .0
            .stream(&message, &options.core(edge::now(now_ms)))?;
        out.fill(paysig_stream(State::Signing(Box::new(stream))));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// Opens a stream that verifies. body_length: the Content-Length, so that the result has a replay key, or
/// PAYSIG_LENGTH_UNKNOWN. PAYSIG_UNSUPPORTED as for paysig_stream_sign.
/// Nothing of the body may be acted on before paysig_stream_verified says PAYSIG_OK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_stream_verify(
    verifier: *const paysig_verifier,
    method: *const c_char,
    method_len: usize,
    target: *const c_char,
    target_len: usize,
    url: *const c_char,
    url_len: usize,
    headers: *const c_void,
    headers_len: usize,
    headers_lens: *const c_void,
    headers_n: usize,
    body_length: u64,
    now_ms: i64,
    out: *mut *mut paysig_stream,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        // SAFETY: the same.
        let verifier = unsafe { handle(verifier, "verifier") }?;
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        let length = Some(body_length).filter(|l| *l != LENGTH_UNKNOWN);
        let stream = verifier.0.stream(&message, edge::now(now_ms), length)?;
        out.fill(paysig_stream(State::Verifying(Box::new(stream))));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// The next piece of the body.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_stream_update(
    stream: *mut paysig_stream,
    body: *const c_void,
    body_len: usize,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let stream = unsafe { handle_mut(stream, "stream") }?;
        // SAFETY: the same.
        let body = unsafe { bytes(body, body_len, "body") }?;
        // Should it panic, the stream stays broken: it would go on with a piece of the body missing.
        let mut state = replace(&mut stream.0, State::Broken);
        let updated = match &mut state {
            State::Signing(stream) => {
                stream.update(body);
                Ok(())
            }
            State::Verifying(stream) => stream.update(body),
            _ => Err(misuse("is finished")),
        };
        stream.0 = state;
        updated
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// The body is complete: what to add to the message, as from paysig_sign. May be repeated.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_stream_signed(
    stream: *mut paysig_stream,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    result: *mut paysig_signed,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let stream = unsafe { handle_mut(stream, "stream") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        // SAFETY: the same.
        let slot = unsafe { Slot::new(result) }?;
        stream.0 = match replace(&mut stream.0, State::Broken) {
            State::Signing(open) => State::Signed(open.finish()),
            other => other,
        };
        match &stream.0 {
            State::Signed(Ok(signed)) => hand_over(signed, buffer, slot),
            State::Signed(Err(error)) => Err(error.clone()),
            _ => Err(misuse("does not sign")),
        }
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// The body is complete: the verdict, as from paysig_verify. May be repeated.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_stream_verified(
    stream: *mut paysig_stream,
    want: u32,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    result: *mut paysig_verified,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let stream = unsafe { handle_mut(stream, "stream") }?;
        // SAFETY: the same.
        let details = unsafe { Details::new(want, out, out_cap, out_len, result) }?;
        stream.0 = match replace(&mut stream.0, State::Broken) {
            State::Verifying(open) => State::Verified(open.finish()),
            other => other,
        };
        match &stream.0 {
            State::Verified(Ok(report)) => details.accepted(|want| Facts::of_report(report, want)),
            State::Verified(Err(error)) => details.refused(error.clone()),
            _ => Err(misuse("does not verify")),
        }
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// Frees a stream, finished or not. NULL is nothing to do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_stream_free(stream: *mut paysig_stream) {
    // SAFETY: the caller's contract.
    unsafe { free(stream) };
}
