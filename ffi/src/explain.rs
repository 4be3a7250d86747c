//! Explaining a string to sign.

use crate::abi::{paysig_error, paysig_flow, paysig_status};
use crate::boundary::call;
use crate::edge;
use crate::input::handle;
use crate::keys::paysig_keyring;
use crate::message::{Headers, message_args};
use crate::options::ExplainOptions;
use crate::output::{Buffer, Pieces};
use crate::pairs::RawPairs;
use crate::scheme::paysig_scheme;
use std::ffi::{c_char, c_void};

/// The string to sign of a message and where every byte of it comes from, as JSON:
/// {"string_to_sign":"...","parts":[{"part":"method","start":0,"end":4}],"nested":[...],"covered":{...}}; string_to_sign_base64
/// where it is not UTF-8. nested has the inputs of digests inside it, {"part","step","string_to_sign","parts"}; covered is that of
/// paysig_verified, for paysig_in_words as well. Secrets are asterisks, and no expected signature is ever shown. A message that carries a signature is explained as
/// a verifier reads it, any other as a signer would make it, with the first key of the ring.
/// Options: "variant" (may repeat) and those of paysig_sign; a nonce is not made.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_explain(
    scheme: *const paysig_scheme,
    flow: u32,
    keyring: *const paysig_keyring,
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
    options: *const c_void,
    options_len: usize,
    options_lens: *const c_void,
    options_n: usize,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let scheme = unsafe { handle(scheme, "scheme") }?;
        // SAFETY: the same.
        let ring = unsafe { handle(keyring, "keyring") }?;
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n,
            body body_len
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        // SAFETY: the same.
        let options = ExplainOptions::read(&unsafe { options.read("options") }?)?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let explanation = scheme.0.explain(
            paysig_flow::of(flow)?,
            &ring.0,
            &options.variants,
            &message,
            &options.signature.core(edge::now(now_ms)),
        )?;
        let json = explanation.to_full_json();
        let mut pieces = Pieces::default();
        pieces.put(json.as_bytes());
        buffer.write(&pieces)
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}
