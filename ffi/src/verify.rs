//! Verifying.

use crate::abi::*;
use crate::boundary::{call, quiet};
use crate::edge;
use crate::input::{NewHandle, free, handle, option};
use crate::keys::paysig_keyring;
use crate::message::{Headers, message_args};
use crate::options::VerifierOptions;
use crate::output::{Buffer, Pieces, Slot, text_bytes};
use crate::pairs::RawPairs;
use crate::scheme::paysig_scheme;
use paysig::{
    BodyCoverage, Coverage, Error, KeyRequest, Message, Report, Result, UnixMillis, Verified,
    Verifier,
};
use std::ffi::{c_char, c_void};

/// Judges messages of one flow against a ring of keys. Immutable; share it between threads.
pub struct paysig_verifier(pub(crate) Verifier);

/// A verifier over a copy of the ring. `flow` is a paysig_flow.
/// Options: "variant" (may repeat); "tolerance" = seconds instead of the recipe's; "expected_key_id" = the only key id to
/// accept; "max_body" = bytes; "algorithm" = the only algorithm that a sender may name, where the scheme lets it name one
/// (may repeat).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_verifier_new(
    scheme: *const paysig_scheme,
    flow: u32,
    keyring: *const paysig_keyring,
    options: *const c_void,
    options_len: usize,
    options_lens: *const c_void,
    options_n: usize,
    out: *mut *mut paysig_verifier,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        // SAFETY: the same.
        let scheme = unsafe { handle(scheme, "scheme") }?;
        // SAFETY: the same.
        let ring = unsafe { handle(keyring, "keyring") }?;
        let options = RawPairs::new(options, options_len, options_lens, options_n);
        let flow = paysig_flow::of(flow)?;
        // SAFETY: the same.
        let options = VerifierOptions::read(&unsafe { options.read("options") }?)?;
        let verifier = scheme.0.verifier_with(flow, &ring.0, &options.variants)?;
        out.fill(paysig_verifier(options.apply(verifier)?));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// The same verifier over another ring: cheap, since it shares the plan. For a new key, make a new verifier and free the
/// old one when no call uses it any more.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_verifier_with_keys(
    verifier: *const paysig_verifier,
    keyring: *const paysig_keyring,
    out: *mut *mut paysig_verifier,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        // SAFETY: the same.
        let verifier = unsafe { handle(verifier, "verifier") }?;
        // SAFETY: the same.
        let ring = unsafe { handle(keyring, "keyring") }?;
        out.fill(paysig_verifier(verifier.0.with_keys(&ring.0)?));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// Judges one message: PAYSIG_OK if it is authentic, else a verdict (1 to 18) or a fault of the call. Writes nothing outside
/// your buffer and keeps no state: for protection against replay, keep the replay keys that you have handled.
/// now_ms: milliseconds since 1970, PAYSIG_NOW_SYSTEM, or PAYSIG_TIME_NONE for schemes without a time.
/// want: PAYSIG_WANT_... bits, 0 for none. For the verdict alone, pass want 0 and NULL for result, out and out_len.
/// With PAYSIG_NEEDS_KEY, result says which key to fetch; it is the one failure that writes result and out.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_verify(
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
    want: u32,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    result: *mut paysig_verified,
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
        let details = unsafe { Details::new(want, out, out_cap, out_len, result) }?;
        match judge(verifier, &message, edge::now(now_ms), details.want) {
            Ok(verified) => details.accepted(|want| Facts::of(&verified, want)),
            Err(error) => details.refused(error),
        }
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// The verdict, made in the way that suits what is wanted beside it.
#[inline(always)]
pub(crate) fn judge<'v>(
    verifier: &'v paysig_verifier,
    message: &'v Message<'v>,
    now: Option<UnixMillis>,
    want: u32,
) -> Result<Verified<'v>> {
    match wanted(want, paysig_want::PAYSIG_WANT_REPLAY_KEY) {
        true => verifier.0.verify_keeping(message, now),
        false => verifier.0.verify(message, now),
    }
}

/// How many seconds the replay keys of a verifier's messages must be remembered: as long as a message can be accepted at all,
/// or where no time is signed what the recipe names, else a week. 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_verifier_retention(verifier: *const paysig_verifier) -> u64 {
    // SAFETY: the caller's contract.
    match unsafe { handle(verifier, "verifier") } {
        Ok(verifier) => quiet(0, || verifier.0.retention_seconds()),
        Err(_) => 0,
    }
}

/// Frees a verifier and wipes its keys. NULL is nothing to do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_verifier_free(verifier: *mut paysig_verifier) {
    // SAFETY: the caller's contract.
    unsafe { free(verifier) };
}

/// Where a verdict's details go; none if only the verdict is asked for.
pub(crate) struct Details {
    pub(crate) want: u32,
    to: Option<(Buffer, Slot<paysig_verified>)>,
}

impl Details {
    /// # Safety
    /// As for [`Buffer::new`] and [`Slot::new`].
    pub(crate) unsafe fn new(
        want: u32,
        out: *mut c_void,
        out_cap: usize,
        out_len: *mut usize,
        result: *mut paysig_verified,
    ) -> Result<Self> {
        let want = Facts::checked(want)?;
        if want == 0 && result.is_null() && out.is_null() && out_len.is_null() {
            return Ok(Details { want, to: None });
        }
        // SAFETY: this function's contract.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        // SAFETY: the same.
        let slot = unsafe { Slot::new(result) }?;
        Ok(Details {
            want,
            to: Some((buffer, slot)),
        })
    }

    pub(crate) fn accepted(self, facts: impl FnOnce(u32) -> Facts) -> Result<()> {
        match self.to {
            Some((buffer, slot)) => authentic(&facts(self.want), buffer, slot),
            None => Ok(()),
        }
    }

    /// Gives the refusal back, with the key that is needed written if one is.
    pub(crate) fn refused(self, error: Error) -> Result<()> {
        if let (Some((buffer, slot)), Some(request)) = (self.to, error.key_request()) {
            needs_key(request, buffer, slot)?;
        }
        Err(error)
    }
}

/// What is known of an authentic message, as far as it is wanted.
pub(crate) struct Facts {
    pub(crate) key_id: Option<String>,
    pub(crate) key_index: usize,
    pub(crate) timestamp: Option<UnixMillis>,
    pub(crate) items: usize,
    pub(crate) covered: Option<Coverage>,
    pub(crate) signed_json: Option<String>,
    pub(crate) replay_key: Option<String>,
}

fn wanted(want: u32, bit: paysig_want) -> bool {
    want & bit as u32 != 0
}

impl Facts {
    /// The caller's bits, if they all mean something.
    pub(crate) fn checked(want: u32) -> Result<u32> {
        use paysig_want::*;
        let known = PAYSIG_WANT_REPLAY_KEY as u32
            | PAYSIG_WANT_COVERED as u32
            | PAYSIG_WANT_SIGNED_JSON as u32;
        match want & !known {
            0 => Ok(want),
            _ => Err(option("want", format_args!("{want} has unknown bits"))),
        }
    }

    /// Which pieces there are.
    pub(crate) fn present(&self) -> u32 {
        use paysig_verified_bits::*;
        [
            (self.timestamp.is_some(), PAYSIG_VERIFIED_TIMESTAMP),
            (self.key_id.is_some(), PAYSIG_VERIFIED_KEY_ID),
            (self.replay_key.is_some(), PAYSIG_VERIFIED_REPLAY_KEY),
            (self.covered.is_some(), PAYSIG_VERIFIED_COVERED),
            (self.signed_json.is_some(), PAYSIG_VERIFIED_SIGNED_JSON),
        ]
        .into_iter()
        .filter(|(there, _)| *there)
        .fold(0, |bits, (_, bit)| bits | bit as u32)
    }

    /// Computes only what is wanted.
    pub(crate) fn of(verified: &Verified<'_>, want: u32) -> Self {
        use paysig_want::*;
        Facts {
            key_id: verified.key_id(),
            key_index: verified.key_index(),
            timestamp: verified.timestamp(),
            items: verified.items(),
            covered: wanted(want, PAYSIG_WANT_COVERED).then(|| verified.covered()),
            signed_json: wanted(want, PAYSIG_WANT_SIGNED_JSON)
                .then(|| verified.signed_json())
                .flatten(),
            replay_key: wanted(want, PAYSIG_WANT_REPLAY_KEY).then(|| verified.replay_key()),
        }
    }

    /// Of a stream, which has computed all.
    pub(crate) fn of_report(report: &Report, want: u32) -> Self {
        use paysig_want::*;
        Facts {
            key_id: report.key_id.clone(),
            key_index: report.key_index,
            timestamp: report.timestamp,
            items: report.items,
            covered: wanted(want, PAYSIG_WANT_COVERED).then(|| report.covered.clone()),
            signed_json: report
                .signed_json
                .clone()
                .filter(|_| wanted(want, PAYSIG_WANT_SIGNED_JSON)),
            replay_key: report
                .replay_key
                .clone()
                .filter(|_| wanted(want, PAYSIG_WANT_REPLAY_KEY)),
        }
    }
}

fn authentic(facts: &Facts, buffer: Buffer, slot: Slot<paysig_verified>) -> Result<()> {
    let covered = facts.covered.as_ref().map(Coverage::to_json);
    let mut pieces = Pieces::default();
    let mut put = |piece| pieces.put_or_none(text_bytes(piece));
    let value = paysig_verified {
        present: facts.present(),
        covers: facts.covered.as_ref().map_or(0, covers),
        key_index: facts.key_index as u32,
        items: facts.items as u32,
        timestamp_ms: facts.timestamp.map_or(0, |t| t.0),
        key_id: put(&facts.key_id),
        replay_key: put(&facts.replay_key),
        covered: put(&covered),
        signed_json: put(&facts.signed_json),
        ..paysig_verified::default()
    };
    buffer.write(&pieces)?;
    slot.fill(value);
    Ok(())
}

fn needs_key(request: &KeyRequest, buffer: Buffer, slot: Slot<paysig_verified>) -> Result<()> {
    let mut pieces = Pieces::default();
    let need_key_id = pieces.put(request.key_id.as_bytes());
    let need_key_url = pieces.put_or_none(text_bytes(&request.url));
    buffer.write(&pieces)?;
    slot.fill(paysig_verified {
        present: key_request_bits(request),
        need_key_id,
        need_key_url,
        ..paysig_verified::default()
    });
    Ok(())
}

/// Which pieces a key request has.
pub(crate) fn key_request_bits(request: &KeyRequest) -> u32 {
    use paysig_verified_bits::*;
    match request.url {
        Some(_) => PAYSIG_VERIFIED_NEED_KEY_ID as u32 | PAYSIG_VERIFIED_NEED_KEY_URL as u32,
        None => PAYSIG_VERIFIED_NEED_KEY_ID as u32,
    }
}

fn covers(coverage: &Coverage) -> u32 {
    use paysig_covers::*;
    [
        (coverage.method, PAYSIG_COVERS_METHOD),
        (coverage.path, PAYSIG_COVERS_PATH),
        (coverage.query, PAYSIG_COVERS_QUERY),
        (coverage.body == BodyCoverage::All, PAYSIG_COVERS_BODY),
        (
            matches!(coverage.body, BodyCoverage::Members(_)),
            PAYSIG_COVERS_BODY_MEMBERS,
        ),
        (!coverage.headers.is_empty(), PAYSIG_COVERS_HEADERS),
    ]
    .into_iter()
    .filter(|(yes, _)| *yes)
    .fold(0, |bits, (_, bit)| bits | bit as u32)
}
