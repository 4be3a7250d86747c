//! Finding out why a message is refused.

use crate::abi::{paysig_error, paysig_flow, paysig_status};
use crate::boundary::call;
use crate::edge;
use crate::input::handle;
use crate::keys::paysig_keyring;
use crate::message::{Headers, message_args};
use crate::options::DiagnosisOptions;
use crate::output::{Buffer, Pieces};
use crate::pairs::RawPairs;
use crate::scheme::paysig_scheme;
use paysig::{Credentials, DiagnoseOptions};
use std::ffi::{c_char, c_void};

/// Why a message is refused, as JSON:
/// {"verdict":"signature_mismatch","findings":[{"id":"body-json-spaced","cause":"...","fix":"...","remedies":{"Express":"..."}}],
/// "ruled_out":{"another key":12},"hypotheses":345,"exhausted":false}; findings most likely first, none for an authentic message
/// (verdict "ok"); "ids" beside "id" where several mistakes were made together; "ruled_out" filled when nothing was found.
/// PAYSIG_OK says that the search ran. An offline tool that tries thousands of departures and takes up to a second: it is
/// not for servers, never turns a refusal into an acceptance, and shows no expected signature and no secret.
/// other_keys: further keys that you have, of other environments or products, which may have been mixed up; may be NULL.
/// Options: "variant" (may repeat); "tolerance" = seconds instead of the recipe's.
/// Give 64 KiB at once: with a smaller buffer that is not enough, the second call searches again.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_diagnose(
    scheme: *const paysig_scheme,
    flow: u32,
    keyring: *const paysig_keyring,
    other_keys: *const paysig_keyring,
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
        // SAFETY: the same.
        let other_keys = unsafe { other_keys.as_ref() }.map_or(&[][..], |o| o.0.keys());
        let other_keys: Vec<Credentials> =
            other_keys.iter().map(|k| k.credentials.clone()).collect();
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n,
            body body_len
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        // SAFETY: the same.
        let options = DiagnosisOptions::read(&unsafe { options.read("options") }?)?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let options = DiagnoseOptions {
            variants: &options.variants,
            other_keys: &other_keys,
            now: edge::now(now_ms),
            tolerance_seconds: options.tolerance,
        };
        let flow = paysig_flow::of(flow)?;
        let diagnosis = paysig::diagnose_with(&scheme.0, flow, &ring.0, &message, &options)?;
        let json = diagnosis.to_json();
        let mut pieces = Pieces::default();
        pieces.put(json.as_bytes());
        buffer.write(&pieces)
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}
