//! Times in a JWT payload: `exp` and `nbf` (RFC 7519).

use crate::plan::json_error;
use crate::text::JsonPaths;
use crate::text::json::{self, Scalar};
use crate::time::UnixMillis;
use crate::{Error, Result, Status};

/// An expired token is too old, one before its time too new.
pub(crate) fn check_time(payload: &[u8], now: UnixMillis) -> Result<()> {
    let names = ["exp".to_owned(), "nbf".to_owned()];
    let paths = JsonPaths::new(&names);
    let values = paths
        .read(payload, false)
        .map_err(|e| json_error(e, "the JWT payload"))?;
    let instant = |i: usize| -> Result<Option<i64>> {
        let Some(raw) = values.get(i) else {
            return Ok(None);
        };
        let bad = || {
            Error::field(
                Status::MalformedField,
                format!("claim:{}", names[i]),
                format!("claim {} is not a number of seconds", names[i]),
            )
        };
        match json::scalar(raw).map_err(|_| bad())? {
            Scalar::Number(text) => {
                let seconds: f64 = text.parse().map_err(|_| bad())?;
                if !seconds.is_finite() || seconds.abs() > 1e15 {
                    return Err(bad());
                }
                Ok(Some((seconds * 1000.0) as i64))
            }
            _ => Err(bad()),
        }
    };
    if instant(0)?.is_some_and(|exp| exp <= now.0) {
        return Err(Error::field(
            Status::TimestampTooOld,
            "claim:exp",
            "the token has expired",
        ));
    }
    if instant(1)?.is_some_and(|nbf| nbf > now.0) {
        return Err(Error::field(
            Status::TimestampTooNew,
            "claim:nbf",
            "the token is not valid yet",
        ));
    }
    Ok(())
}
