//! Answering the checks by which a provider finds out whether an endpoint is yours.

use crate::abi::*;
use crate::boundary::call;
use crate::edge;
use crate::input::handle;
use crate::message::{Headers, message_args};
use crate::output::{Buffer, Pieces, Slot, text_bytes};
use crate::verify::{key_request_bits, paysig_verifier};
use paysig::{HandshakeAnswer, KeyRequest, Result};
use std::ffi::{c_char, c_void};

/// What to answer to an endpoint check, a message by which a provider finds out whether an endpoint is yours. Ask before
/// paysig_verify, with the same arguments: PAYSIG_OK without PAYSIG_ANSWER_BODY in result->present is any other message, to
/// be verified. With it, answer 200 with content_type and body, and handle nothing. A check that the scheme signs is
/// verified first and refused as by paysig_verify, with need_key_id and need_key_url for PAYSIG_NEEDS_KEY. It is an answer in
/// any case, never a reason to trust the message.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_handshake(
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
    body: *const c_void,
    body_len: usize,
    now_ms: i64,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    result: *mut paysig_answer,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let verifier = unsafe { handle(verifier, "verifier") }?;
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n,
            body body_len
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        // SAFETY: the same.
        let slot = unsafe { Slot::new(result) }?;
        match verifier.0.handshake(&message, edge::now(now_ms)) {
            Ok(given) => answer(given.as_ref(), buffer, slot),
            Err(error) => {
                if let Some(request) = error.key_request() {
                    needs_key(request, buffer, slot)?;
                }
                Err(error)
            }
        }
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

fn answer(
    given: Option<&HandshakeAnswer>,
    buffer: Buffer,
    slot: Slot<paysig_answer>,
) -> Result<()> {
    use paysig_answer_bits::*;
    let mut pieces = Pieces::default();
    let mut value = paysig_answer::default();
    if let Some(given) = given {
        value.present = PAYSIG_ANSWER_BODY as u32;
        if given.verified {
            value.present |= PAYSIG_ANSWER_VERIFIED as u32;
        }
        value.content_type = pieces.put(given.content_type.as_bytes());
        value.body = pieces.put(&given.body);
    }
    buffer.write(&pieces)?;
    slot.fill(value);
    Ok(())
}

// `key_request_bits` are those of paysig_verified.
const _: () = {
    use paysig_answer_bits::*;
    use paysig_verified_bits::*;
    assert!(PAYSIG_ANSWER_NEED_KEY_ID as u32 == PAYSIG_VERIFIED_NEED_KEY_ID as u32);
    assert!(PAYSIG_ANSWER_NEED_KEY_URL as u32 == PAYSIG_VERIFIED_NEED_KEY_URL as u32);
};

fn needs_key(request: &KeyRequest, buffer: Buffer, slot: Slot<paysig_answer>) -> Result<()> {
    let mut pieces = Pieces::default();
    let value = paysig_answer {
        present: key_request_bits(request),
        need_key_id: pieces.put(request.key_id.as_bytes()),
        need_key_url: pieces.put_or_none(text_bytes(&request.url)),
        ..paysig_answer::default()
    };
    buffer.write(&pieces)?;
    slot.fill(value);
    Ok(())
}
