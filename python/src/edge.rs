//! The clock and the randomness, which the core does not have.

use paysig::{Error, Result, Status, UnixMillis};
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock.
pub fn now() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Fresh random bytes.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| {
        Error::new(
            Status::Internal,
            format!("the system gave no random bytes: {e}"),
        )
    })?;
    Ok(bytes)
}

/// A random UUID (RFC 9562, version 4): the form of nonce that most providers ask for.
pub fn nonce() -> Result<String> {
    let bytes = u128::from_be_bytes(random()?);
    let bits = bytes & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let mut text = format!("{bits:032x}");
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    Ok(text)
}
