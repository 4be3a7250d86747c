//! Pointers and lengths into slices: null rules, lengths, UTF-8.

use paysig::{Error, Result, Status};
use std::ffi::{c_char, c_void};

pub(crate) fn null(name: &str) -> Error {
    Error::field(Status::NullArgument, name, format!("{name} is null"))
}

pub(crate) fn option(name: &str, why: impl std::fmt::Display) -> Error {
    Error::field(Status::InvalidOption, name, format!("{name} {why}"))
}

/// A handle that must be there.
///
/// # Safety
/// `pointer` is null or a live handle, not changed or freed during the call.
pub(crate) unsafe fn handle<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: this function's contract.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// A handle that the call changes.
///
/// # Safety
/// `pointer` is null or a live handle that nobody else uses during the call.
pub(crate) unsafe fn handle_mut<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T> {
    // SAFETY: this function's contract.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// Bytes. (null, 0) is empty; (null, n) an error.
///
/// # Safety
/// `pointer` is null or valid for reads of `length` bytes that do not change during the call.
pub(crate) unsafe fn bytes<'a>(
    pointer: *const c_void,
    length: usize,
    name: &str,
) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(null(name));
    }
    if length > isize::MAX as usize {
        return Err(option(name, "has a length that no object can have"));
    }
    // SAFETY: not null, valid for `length` bytes, and no longer than any object.
    Ok(unsafe { std::slice::from_raw_parts(pointer.cast(), length) })
}

/// Text that must be UTF-8.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn text<'a>(
    pointer: *const c_char,
    length: usize,
    name: &str,
) -> Result<&'a str> {
    // SAFETY: the same contract.
    let bytes = unsafe { bytes(pointer.cast(), length, name) }?;
    utf8(bytes, name)
}

pub(crate) fn utf8<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str> {
    std::str::from_utf8(bytes)
        .map_err(|_| Error::field(Status::InvalidUtf8, name, format!("{name} is not UTF-8")))
}

/// Where a `_new` puts its handle: null until there is one.
pub(crate) struct NewHandle<T>(*mut *mut T);

impl<T> NewHandle<T> {
    /// # Safety
    /// `out` is null or valid for writes until this is filled.
    pub(crate) unsafe fn new(out: *mut *mut T) -> Result<Self> {
        if out.is_null() {
            return Err(null("out"));
        }
        // SAFETY: not null, so valid for writes.
        unsafe { out.write(std::ptr::null_mut()) };
        Ok(NewHandle(out))
    }

    /// Hands the value to the caller, who frees it with [`free`].
    pub(crate) fn fill(self, value: T) {
        // SAFETY: valid since `new`.
        unsafe { self.0.write(Box::into_raw(Box::new(value))) };
    }
}

/// Drops a handle; null is nothing to do.
///
/// # Safety
/// `pointer` is null or came from [`NewHandle::fill`] and is not used again.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if pointer.is_null() {
        return;
    }
    // SAFETY: made by Box::into_raw and handed back once.
    let owned = unsafe { Box::from_raw(pointer) };
    crate::boundary::quiet((), move || drop(owned));
}
