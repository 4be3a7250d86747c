//! Signing: with a key in memory, or in two halves around a key that lives elsewhere.

use crate::abi::*;
use crate::boundary::call;
use crate::edge;
use crate::input::{NewHandle, bytes, free, handle};
use crate::message::{Headers, message_args};
use crate::options::{OneSignature, SignerOptions};
use crate::output::{Buffer, Pieces, Slot, text_bytes};
use crate::pairs::RawPairs;
use crate::scheme::paysig_scheme;
use paysig::{Result, Signed, Signer};
use std::borrow::Cow;
use std::ffi::{c_char, c_void};

/// Signs messages of one flow under one set of credentials. Immutable; share it between threads.
pub struct paysig_signer(pub(crate) Signer);

/// A signer. `flow` is a paysig_flow; `credentials` are what the scheme asks for ("login", "secret").
/// Options: "variant" = a named variant of the recipe (may repeat); "key" = "elsewhere": the secret credential is not given,
/// and only paysig_prepare and paysig_finish work.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_signer_new(
    scheme: *const paysig_scheme,
    flow: u32,
    credentials: *const c_void,
    credentials_len: usize,
    credentials_lens: *const c_void,
    credentials_n: usize,
    options: *const c_void,
    options_len: usize,
    options_lens: *const c_void,
    options_n: usize,
    out: *mut *mut paysig_signer,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        // SAFETY: the same.
        let scheme = unsafe { handle(scheme, "scheme") }?;
        let credentials = RawPairs::new(
            credentials,
            credentials_len,
            credentials_lens,
            credentials_n,
        );
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        let flow = paysig_flow::of(flow)?;
        // SAFETY: the same.
        let credentials = unsafe { credentials.read("credentials") }?.credentials()?;
        // SAFETY: the same.
        let options = SignerOptions::read(&unsafe { options.read("options") }?)?;
        let signer = if options.key_elsewhere {
            scheme
                .0
                .signer_without_key(flow, &credentials, &options.variants)
        } else {
            scheme.0.signer_with(flow, &credentials, &options.variants)
        };
        out.fill(paysig_signer(signer?));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// Signs one message; result and buffer say what to add to it and everything that was used.
/// now_ms: milliseconds since 1970, PAYSIG_NOW_SYSTEM, or PAYSIG_TIME_NONE for schemes without a time.
/// Options: "nonce" = message id or idempotency key (without it, one is made if the scheme cannot do without; "" makes
/// none, ever); "timestamp_text" = signed verbatim instead of a time; "payload" = JSON of schemes that sign a payload of
/// their own (JWT); "expires_in" = its seconds to live; "padding" = bytes of RSA type 2 padding, for byte-exact tests.
/// PAYSIG_OUT_SIZE bytes suffice unless the body is changed or the target is long.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_sign(
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
    result: *mut paysig_signed,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let signer = unsafe { handle(signer, "signer") }?;
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n,
            body body_len
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        // SAFETY: the same.
        let mut options = OneSignature::read(&unsafe { options.read("options") }?)?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        // SAFETY: the same.
        let slot = unsafe { Slot::new(result) }?;
        options.complete(&signer.0)?;
        let signed = signer.0.sign(&message, &options.core(edge::now(now_ms)))?;
        hand_over(&signed, buffer, slot)
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// The first half of signing with a key that lives elsewhere (an HSM, a KMS): the bytes to sign and the algorithm. Works
/// with any signer; "key" = "elsewhere" makes one without the secret. now_ms must be a time (or PAYSIG_TIME_NONE), not
/// PAYSIG_NOW_SYSTEM, and a nonce that the scheme needs must be given, since the second half must repeat both.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_prepare(
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
    result: *mut paysig_prepared,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let signer = unsafe { handle(signer, "signer") }?;
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n,
            body body_len
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        // SAFETY: the same.
        let options = OneSignature::read(&unsafe { options.read("options") }?)?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        // SAFETY: the same.
        let slot = unsafe { Slot::new(result) }?;
        let options = options.core(edge::stated_now(now_ms)?);
        let prepared = signer.0.prepare(&message, &options)?;
        let algorithm = prepared.algorithm();
        let mut pieces = Pieces::default();
        let value = paysig_prepared {
            string_to_sign: pieces.put(prepared.string_to_sign()),
            algorithm: pieces.put(algorithm.as_bytes()),
            ..paysig_prepared::default()
        };
        buffer.write(&pieces)?;
        slot.fill(value);
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// The second half: takes the raw signature bytes (not encoded), and the same message, time and options as paysig_prepare.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_finish(
    signer: *const paysig_signer,
    signature: *const c_void,
    signature_len: usize,
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
    result: *mut paysig_signed,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let signer = unsafe { handle(signer, "signer") }?;
        // SAFETY: the same.
        let signature = unsafe { bytes(signature, signature_len, "signature") }?;
        let message = message_args! {
            method method_len, target target_len, url url_len, headers headers_len headers_lens headers_n,
            body body_len
        };
        let mut room = Headers::new();
        // SAFETY: the same.
        let message = unsafe { message.read(&mut room) }?;
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        // SAFETY: the same.
        let options = OneSignature::read(&unsafe { options.read("options") }?)?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        // SAFETY: the same.
        let slot = unsafe { Slot::new(result) }?;
        let options = options.core(edge::stated_now(now_ms)?);
        let signed = signer.0.prepare(&message, &options)?.finish(signature)?;
        hand_over(&signed, buffer, slot)
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// Frees a signer and wipes its keys. NULL is nothing to do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_signer_free(signer: *mut paysig_signer) {
    // SAFETY: the caller's contract.
    unsafe { free(signer) };
}

/// What signing adds, with what has to be made for it.
pub(crate) struct Additions<'s> {
    pub(crate) signed: &'s Signed,
    pub(crate) members: Option<String>,
    /// Time, nonce and key id.
    pub(crate) used: [Option<Cow<'s, [u8]>>; 3],
}

impl<'s> Additions<'s> {
    pub(crate) fn of(signed: &'s Signed) -> Self {
        Additions {
            signed,
            members: signed.body_members(),
            used: signed.used_text(),
        }
    }

    /// Which pieces there are.
    pub(crate) fn present(&self) -> u32 {
        use paysig_signed_bits::*;
        let [timestamp, nonce, key_id] = &self.used;
        let signed = self.signed;
        [
            (signed.headers().next().is_some(), PAYSIG_SIGNED_HEADERS),
            (signed.target().is_some(), PAYSIG_SIGNED_TARGET),
            (signed.url().is_some(), PAYSIG_SIGNED_URL),
            (signed.body().is_some(), PAYSIG_SIGNED_BODY),
            (self.members.is_some(), PAYSIG_SIGNED_BODY_MEMBERS),
            (timestamp.is_some(), PAYSIG_SIGNED_TIMESTAMP),
            (nonce.is_some(), PAYSIG_SIGNED_NONCE),
            (key_id.is_some(), PAYSIG_SIGNED_KEY_ID),
        ]
        .into_iter()
        .filter(|(there, _)| *there)
        .fold(0, |bits, (_, bit)| bits | bit as u32)
    }
}

/// A result of signing into the caller's buffer and struct.
pub(crate) fn hand_over(signed: &Signed, buffer: Buffer, slot: Slot<paysig_signed>) -> Result<()> {
    let all = Additions::of(signed);
    let [timestamp, nonce, key_id] = &all.used;
    let mut pieces = Pieces::default();
    let headers = signed
        .headers()
        .map(|(name, value)| (name.as_bytes(), value));
    let headers = pieces.put_headers(headers);
    let mut put = |piece| pieces.put_or_none(piece);
    let value = paysig_signed {
        present: all.present(),
        headers,
        target: put(signed.target()),
        url: put(signed.url().map(str::as_bytes)),
        body: put(signed.body()),
        body_members: put(text_bytes(&all.members)),
        timestamp: put(timestamp.as_deref()),
        nonce: put(nonce.as_deref()),
        key_id: put(key_id.as_deref()),
        ..paysig_signed::default()
    };
    buffer.write(&pieces)?;
    slot.fill(value);
    Ok(())
}
