//! The clock and the randomness, which the core does not have.

use crate::host;
use crate::input::option;
use paysig::{Error, Result, Status, UnixMillis};

/// `PAYSIG_NOW_SYSTEM`
pub(crate) const NOW_SYSTEM: i64 = i64::MIN;
/// `PAYSIG_TIME_NONE`
const TIME_NONE: i64 = i64::MAX;

/// A clock argument: the system's, none, or the time given.
pub(crate) fn now(argument: i64) -> Option<UnixMillis> {
    match argument {
        NOW_SYSTEM => Some(UnixMillis(host::now_ms())),
        other => time(other),
    }
}

/// A clock argument of a call whose result must depend on its arguments alone.
pub(crate) fn stated_now(argument: i64) -> Result<Option<UnixMillis>> {
    if argument == NOW_SYSTEM {
        return Err(option(
            "now_ms",
            "must be a time here, the same for prepare and finish, not the system's clock",
        ));
    }
    Ok(time(argument))
}

/// A clock argument that must be there.
pub(crate) fn needed_now(argument: i64) -> Result<UnixMillis> {
    now(argument).ok_or_else(|| option("now_ms", "must be a time"))
}

/// An end of a validity window: none is open.
pub(crate) fn time(argument: i64) -> Option<UnixMillis> {
    (argument != TIME_NONE).then_some(UnixMillis(argument))
}

/// Fresh random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    host::fill(&mut bytes).map_err(|e| {
        Error::new(
            Status::Internal,
            format!("the system gave no random bytes: {e}"),
        )
    })?;
    Ok(bytes)
}

/// A random UUID (RFC 9562, version 4): the form of nonce that most providers ask for.
pub(crate) fn nonce() -> Result<String> {
    let bytes = u128::from_be_bytes(random()?);
    let bits = bytes & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let mut text = format!("{bits:032x}");
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_nonce_is_a_version_4_uuid() {
        let a = nonce().unwrap();
        assert_eq!(a.len(), 36);
        let dashes: Vec<usize> = a.match_indices('-').map(|(i, _)| i).collect();
        assert_eq!(dashes, [8, 13, 18, 23]);
        assert_eq!(a.get(14..15), Some("4"));
        assert!("89ab".contains(a.get(19..20).unwrap()));
        assert_ne!(a, nonce().unwrap());
    }

    #[test]
    fn clocks() {
        assert!(now(NOW_SYSTEM).unwrap().0 > 1_700_000_000_000);
        assert_eq!(now(TIME_NONE), None);
        assert_eq!(now(0), Some(UnixMillis(0)));
        assert!(stated_now(NOW_SYSTEM).is_err());
        assert!(needed_now(TIME_NONE).is_err());
    }
}
