//! A call through the C interface of the shared library, beside the same call of the Rust crate: what crossing costs.

use crate::cases::{self, Ready};
use crate::measure::pair;
use crate::{AnyResult, row};

unsafe extern "C" {
    /// Makes signer, verifier and messages; 0 if the message that it signs verifies.
    safe fn call_prepare() -> i32;
    safe fn call_sign() -> i32;
    safe fn call_verify() -> i32;
}

pub fn rows() -> AnyResult {
    let case = cases::all().into_iter().find(|c| c.name == "ingenico-3");
    let ready = Ready::new(case.ok_or("there is no such case")?)?;
    if call_prepare() != 0 || call_sign() != 0 {
        return Err("the C interface refuses the message".into());
    }
    row(
        "C call, ingenico-3 sign",
        "core",
        &pair(|| call_sign(), || ready.sign()),
    );
    row(
        "C call, ingenico-3 verify",
        "core",
        &pair(|| call_verify(), || ready.verify()),
    );
    Ok(())
}
