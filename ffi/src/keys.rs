//! Key rings.

use crate::abi::{paysig_error, paysig_status};
use crate::boundary::call;
use crate::edge::time;
use crate::input::{NewHandle, free, handle_mut, option};
use crate::pairs::RawPairs;
use paysig::KeyRing;
use std::ffi::c_void;

/// The keys that a verifier accepts. Not shared between threads while keys are added.
pub struct paysig_keyring(pub(crate) KeyRing);

/// An empty ring. Free it with paysig_keyring_free; verifiers copy what they need.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_keyring_new(
    out: *mut *mut paysig_keyring,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        out.fill(paysig_keyring(KeyRing::new()));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// Adds a key: its credentials as pairs ("login", ..., "secret", ...) and when it is valid, in milliseconds since 1970,
/// both ends included; PAYSIG_TIME_NONE leaves an end open. Whether the credentials fit a scheme is checked by
/// paysig_verifier_new.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_keyring_add(
    keyring: *mut paysig_keyring,
    credentials: *const c_void,
    credentials_len: usize,
    credentials_lens: *const c_void,
    credentials_n: usize,
    not_before_ms: i64,
    not_after_ms: i64,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        let raw = RawPairs::new(
            credentials,
            credentials_len,
            credentials_lens,
            credentials_n,
        );
        // SAFETY: the caller's contract.
        let ring = unsafe { handle_mut(keyring, "keyring") }?;
        // SAFETY: the same.
        let pairs = unsafe { raw.read("credentials") }?;
        let (from, to) = (time(not_before_ms), time(not_after_ms));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(option("not_after_ms", "is before not_before_ms"));
        }
        ring.0.add_between(pairs.credentials()?, from, to);
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// Frees a ring and wipes its secrets. NULL is nothing to do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_keyring_free(keyring: *mut paysig_keyring) {
    // SAFETY: the caller's contract.
    unsafe { free(keyring) };
}
