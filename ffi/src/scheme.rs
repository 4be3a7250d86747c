//! Schemes and the catalogue.

use crate::abi::{paysig_error, paysig_status};
use crate::boundary::call;
use crate::input::{NewHandle, free, handle, text};
use crate::output::{Buffer, Pieces};
use paysig::Scheme;
use std::ffi::{c_char, c_void};

/// A scheme: how one provider product authenticates messages. Immutable; share it between threads.
pub struct paysig_scheme(pub(crate) Scheme);

/// A scheme of the catalogue by its id: "directa24-deposits". Free it with paysig_scheme_free; signers and verifiers made of
/// it do not need it any more.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_scheme_builtin(
    id: *const c_char,
    id_len: usize,
    out: *mut *mut paysig_scheme,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        // SAFETY: the same.
        let id = unsafe { text(id, id_len, "id") }?;
        out.fill(paysig_scheme(paysig::scheme(id)?));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// A scheme of your own: the TOML text of a recipe, at most 64 KiB. `file` names the text in errors.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_scheme_from_toml(
    toml: *const c_char,
    toml_len: usize,
    file: *const c_char,
    file_len: usize,
    out: *mut *mut paysig_scheme,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let out = unsafe { NewHandle::new(out) }?;
        // SAFETY: the same.
        let toml = unsafe { text(toml, toml_len, "toml") }?;
        // SAFETY: the same.
        let file = unsafe { text(file, file_len, "file") }?;
        let file = if file.is_empty() { "recipe" } else { file };
        out.fill(paysig_scheme(Scheme::from_toml(toml, file)?));
        Ok(())
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// Frees a scheme. NULL is nothing to do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_scheme_free(scheme: *mut paysig_scheme) {
    // SAFETY: the caller's contract.
    unsafe { free(scheme) };
}

/// What comes with the library, as JSON: [{"id","name","flows":["request"],"credentials":[{"name","public"}]}], sorted by id.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_catalogue(
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let json = paysig::catalogue_json();
        let mut pieces = Pieces::default();
        pieces.put(json.as_bytes());
        buffer.write(&pieces)
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// The recipe of a built-in scheme as TOML text: to read, or to start one of your own from.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_recipe(
    id: *const c_char,
    id_len: usize,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let id = unsafe { text(id, id_len, "id") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let mut pieces = Pieces::default();
        match paysig::catalogue().iter().find(|(known, _)| *known == id) {
            Some((_, toml)) => pieces.put(toml.as_bytes()),
            // The core says what is near.
            None => return paysig::scheme(id).map(drop),
        };
        buffer.write(&pieces)
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}

/// What is weak about the scheme itself, as JSON: [{"scheme","flow","line","id","message","witness","acknowledged"}]: which
/// warning, where in the recipe, what it allows (two messages with one signature, an attack), and the recipe's reason to keep
/// it so, or null. For a recipe of your own: paysig_scheme_from_toml first. Built-in schemes acknowledge each.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_lint(
    scheme: *const paysig_scheme,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let body = || {
        // SAFETY: the caller's contract.
        let scheme = unsafe { handle(scheme, "scheme") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let json = paysig::lint_json(&scheme.0);
        let mut pieces = Pieces::default();
        pieces.put(json.as_bytes());
        buffer.write(&pieces)
    };
    // SAFETY: the same.
    unsafe { call(err, body) }
}
