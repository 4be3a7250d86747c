//! Whether a message is explained as one that was signed or as one that is still to be signed.

use paysig::Status;

use crate::failure::Result;

/// What a verifier would authenticate; where the message carries no signature yet, what a signer would sign.
pub fn either<T>(
    as_signed: impl FnOnce() -> Result<T>,
    as_unsigned: impl FnOnce() -> Result<T>,
) -> Result<T> {
    match as_signed() {
        Err(failure)
            if matches!(
                failure.status,
                Status::MissingSignature | Status::MissingField
            ) =>
        {
            as_unsigned()
        }
        other => other,
    }
}
