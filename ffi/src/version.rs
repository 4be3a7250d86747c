//! Versions and status names: no pointers in, nothing to fail.

use crate::boundary::quiet;
use paysig::Status;
use std::ffi::c_char;

/// `PAYSIG_ABI_VERSION`
const ABI_VERSION: u32 = 1;

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");

/// The ABI version of the library. Compare it with PAYSIG_ABI_VERSION before anything else when you load the library at
/// run time: greater is compatible within one SONAME, smaller lacks functions.
#[unsafe(no_mangle)]
pub extern "C" fn paysig_abi_version() -> u32 {
    ABI_VERSION
}

/// The version of the library, NUL-terminated, static: "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn paysig_version() -> *const c_char {
    VERSION.as_ptr().cast()
}

/// The name of a status as in every other language, NUL-terminated, static: "signature_mismatch"; "unknown" for a number
/// that is no status.
#[unsafe(no_mangle)]
pub extern "C" fn paysig_status_name(status: u32) -> *const c_char {
    let unknown = c"unknown".as_ptr();
    quiet(unknown, || {
        let name = Status::from_code(status).map(Status::name);
        name.and_then(c_name).unwrap_or(unknown)
    })
}

/// The same name with a NUL after it, which the core's texts have not.
fn c_name(name: &str) -> Option<*const c_char> {
    macro_rules! names {
        ($($name:literal)*) => {
            [$(concat!($name, "\0")),*]
        };
    }
    const NAMES: &[&str] = &names![
        "ok" "signature_mismatch" "timestamp_too_old" "timestamp_too_new" "missing_signature" "malformed_signature"
        "missing_field" "malformed_field" "duplicate_field" "unknown_key" "key_expired" "key_not_yet_valid"
        "unsupported_version" "unsupported_algorithm" "content_rejected" "too_large" "needs_key" "unverifiable"
        "replayed" "unknown_scheme" "invalid_recipe" "invalid_credentials" "unsupported_flow" "invalid_message"
        "unsupported" "invalid_option" "token_refused" "token_response_invalid" "store_unavailable" "null_argument"
        "invalid_utf8" "buffer_too_small" "abi_mismatch" "internal"
    ];
    let found = NAMES.iter().find(|n| n.strip_suffix('\0') == Some(name))?;
    Some(found.as_ptr().cast())
}

/// The HTTP status that middleware answers for a status: 200, 400, 401, 413, 500 or 503. Never send the name of a status
/// to the other side.
#[unsafe(no_mangle)]
pub extern "C" fn paysig_status_http(status: u32) -> u32 {
    quiet(500, || {
        Status::from_code(status).map_or(500, |s| s.http().into())
    })
}

/// 1 if the status is a verdict on a message (1 to 18), 0 if it is success or a fault of configuration or call.
#[unsafe(no_mangle)]
pub extern "C" fn paysig_status_is_verdict(status: u32) -> u32 {
    quiet(0, || {
        Status::from_code(status)
            .is_some_and(Status::is_verdict)
            .into()
    })
}

/// Panics, so that the C tests can see what becomes of it.
#[cfg(feature = "test-hooks")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_test_panic(
    err: *mut crate::abi::paysig_error,
) -> crate::abi::paysig_status {
    // SAFETY: the caller's contract.
    unsafe {
        crate::boundary::call(err, || {
            std::panic::panic_any("secret-in-a-panic");
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn every_status_has_its_name_in_c() {
        for &status in Status::ALL {
            let name = paysig_status_name(status.code());
            // SAFETY: static and NUL-terminated.
            let name = unsafe { CStr::from_ptr(name) };
            assert_eq!(name.to_str().unwrap(), status.name());
        }
    }
}
