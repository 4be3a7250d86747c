//! Token sessions of client-credentials schemes. They do no I/O: the host fetches and reports.

use crate::abi::*;
use crate::boundary::{call, quiet};
use crate::edge::needed_now;
use crate::input::{NewHandle, bytes, free, handle, handle_mut, option, text};
use crate::output::{Buffer, Pieces, Slot};
use crate::pairs::RawPairs;
use crate::scheme::paysig_scheme;
use paysig::TokenSession;
use paysig::token::Action;
use std::ffi::{c_char, c_void};
use zeroize::Zeroizing;

/// A bearer token and when to renew it. Not shared between threads without a lock of yours.
pub struct paysig_session(TokenSession);

/// A session, without a token yet or continued from a state that paysig_session_save gave (`saved` NULL, 0: without).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_new(
    scheme: *const paysig_scheme,
    credentials: *const c_void,
    credentials_len: usize,
    credentials_lens: *const c_void,
    credentials_n: usize,
    saved: *const c_char,
    saved_len: usize,
    out: *mut *mut paysig_session,
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
        // SAFETY: the same.
        let credentials = unsafe { credentials.read("credentials") }?.credentials()?;
        // SAFETY: the same.
        let saved = unsafe { text(saved, saved_len, "saved") }?;
        let mut session = TokenSession::new(&scheme.0, &credentials)?;
        if !saved.is_empty() {
            session.load(saved)?;
        }
        out.fill(paysig_session(session));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// What to do now: authorize a request, fetch a token or wait. While a token is being renewed, the old one goes on being
/// used as long as it lasts. A fetch is handed out once; if its caller dies, its time runs out and the next call gets it.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_next(
    session: *mut paysig_session,
    now_ms: i64,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    result: *mut paysig_step,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let session = unsafe { handle_mut(session, "session") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        // SAFETY: the same.
        let slot = unsafe { Slot::new(result) }?;
        // Taken over only when the result fits: a short buffer must not use up the fetch.
        let mut after = session.0.clone();
        let action = after.next(needed_now(now_ms)?)?;
        let mut pieces = Pieces::default();
        let value = match &action {
            Action::Authorize(headers) => paysig_step {
                action: paysig_action::PAYSIG_AUTHORIZE as u32,
                headers: pieces.put_headers(lines(headers)),
                ..paysig_step::default()
            },
            Action::Fetch(request) => paysig_step {
                action: paysig_action::PAYSIG_FETCH as u32,
                until_ms: request.lease_until.0,
                method: pieces.put(request.method.as_bytes()),
                target: pieces.put(request.target.as_bytes()),
                headers: pieces.put_headers(lines(&request.headers)),
                body: pieces.put(&request.body),
                ..paysig_step::default()
            },
            Action::Wait { until } => paysig_step {
                action: paysig_action::PAYSIG_WAIT as u32,
                until_ms: until.0,
                ..paysig_step::default()
            },
        };
        buffer.write(&pieces)?;
        slot.fill(value);
        session.0 = after;
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

fn lines(headers: &[(String, String)]) -> impl Iterator<Item = (&[u8], &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
}

/// Reports the token endpoint's answer: its HTTP status (0: it could not be reached) and body.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_fetched(
    session: *mut paysig_session,
    http_status: u32,
    body: *const c_void,
    body_len: usize,
    now_ms: i64,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let session = unsafe { handle_mut(session, "session") }?;
        // SAFETY: the same.
        let body = unsafe { bytes(body, body_len, "body") }?;
        let status =
            u16::try_from(http_status).map_err(|_| option("http_status", "is no HTTP status"))?;
        session.0.fetched(status, body, needed_now(now_ms)?)
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// Reports that the API answered 401: the token is dropped and the next step fetches a new one. A second refusal in a row is
/// PAYSIG_TOKEN_REFUSED, since a fresh token was not accepted either. Where requests overlap, use paysig_session_refused_token.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_refused(
    session: *mut paysig_session,
    now_ms: i64,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let session = unsafe { handle_mut(session, "session") }?;
        session.0.refused(needed_now(now_ms)?)
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// The number of the token that PAYSIG_AUTHORIZE hands out, for paysig_session_refused_token: ask for it under the same lock as
/// for the step. 0 before the first, and for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_token_number(session: *const paysig_session) -> u64 {
    // SAFETY: the caller's contract.
    match unsafe { handle(session, "session") } {
        Ok(session) => quiet(0, || session.0.token_number()),
        Err(_) => 0,
    }
}

/// Reports that the API answered 401 to a request with the token of that number, as paysig_session_refused. Nothing is done if
/// another one has been fetched since, so requests that were under way together may all be refused, early or late.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_refused_token(
    session: *mut paysig_session,
    token_number: u64,
    now_ms: i64,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let session = unsafe { handle_mut(session, "session") }?;
        session.0.refused_token(token_number, needed_now(now_ms)?)
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// Reports that the API accepted the token, so that a later refusal is answered by a new fetch.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_accepted(
    session: *mut paysig_session,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let session = unsafe { handle_mut(session, "session") }?;
        session.0.accepted();
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// The state as text for paysig_session_new in another process. It holds the token: keep it where the secret may be kept.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_save(
    session: *const paysig_session,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let session = unsafe { handle(session, "session") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let saved = Zeroizing::new(session.0.save());
        let mut pieces = Pieces::default();
        pieces.put(saved.as_bytes());
        buffer.write(&pieces)
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// Frees a session and wipes its token. NULL is nothing to do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_session_free(session: *mut paysig_session) {
    // SAFETY: the caller's contract.
    unsafe { free(session) };
}
