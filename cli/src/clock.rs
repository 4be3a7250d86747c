//! The clock and the randomness: the core has neither, so this edge brings them.

use std::time::{SystemTime, UNIX_EPOCH};

use paysig::Status;
use paysig::time::UnixMillis;

use crate::failure::{Failure, Result};

/// The system's clock.
pub fn system() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The time of an option, or the system's clock.
pub fn now(option: Option<&str>) -> Result<UnixMillis> {
    match option {
        None => Ok(system()),
        Some(text) => UnixMillis::from_rfc3339(text).ok_or_else(|| {
            Failure::usage(format!(
                "--now {text:?} must be an RFC 3339 time such as 2026-01-02T03:04:05Z"
            ))
        }),
    }
}

/// Bytes for randomised signatures.
pub fn seed() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    fill(&mut seed)?;
    Ok(seed)
}

/// A fresh nonce in the form that most providers ask for: a random UUID (RFC 9562, version 4).
pub fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex(&bytes);
    Ok([
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-"))
}

/// A random token of 128 bits as lower-case hex.
pub fn token() -> Result<String> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|e| {
        Failure::new(
            Status::Internal,
            format!("the system gave no random bytes: {e}"),
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_nonce_is_a_version_4_uuid() {
        let nonce = nonce().unwrap();
        assert_eq!(nonce.len(), 36);
        assert_eq!(&nonce[14..15], "4");
        assert!("89ab".contains(&nonce[19..20]));
        assert_ne!(nonce, super::nonce().unwrap());
    }

    #[test]
    fn a_wrong_time_is_named() {
        assert!(
            now(Some("yesterday"))
                .unwrap_err()
                .message
                .contains("yesterday")
        );
        assert_eq!(now(Some("1970-01-01T00:00:01Z")).unwrap(), UnixMillis(1000));
    }
}
