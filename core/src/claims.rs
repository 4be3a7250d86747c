//! The payload of a JWT: the claims that a recipe names, and the times `exp` and `nbf` (RFC 7519).

use crate::crypto::equal;
use crate::plan::{Eval, json_error};
use crate::recipe::{Part, Source};
use crate::text::json::{self, Scalar};
use crate::text::{JsonPaths, json_edit};
use crate::time::{self, UnixMillis};
use crate::{Error, Result, Status};

/// Writes the recipe's claims behind the caller's other members; a time in digits is a number.
pub(crate) fn payload(eval: &Eval<'_, '_>, others: &[u8]) -> Result<Vec<u8>> {
    let mut written: Vec<(String, String)> = Vec::new();
    for (name, part) in eval.plan.spec.jws.iter().flat_map(|j| &j.claims) {
        let value = eval.value(part)?;
        let text = std::str::from_utf8(&value.bytes).map_err(|_| {
            let what = format!("claim {name} would not be UTF-8");
            Error::field(Status::InvalidMessage, format!("claim:{name}"), what)
        })?;
        let number = is_time(part) && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let json = if number {
            text.to_owned()
        } else {
            json_edit::quote(text)
        };
        written.push((path(name), json));
    }
    let members: Vec<(&str, &str)> = written.iter().map(|(p, v)| (&**p, &**v)).collect();
    json_edit::insert_members(others, &members).map_err(|_| {
        Error::field(
            Status::InvalidOption,
            "payload",
            "the payload must be a JSON object without the claims that the scheme writes",
        )
    })
}

/// The JSON path of a member of that name.
fn path(name: &str) -> String {
    name.replace('\\', "\\\\").replace('.', "\\.")
}

fn is_time(part: &Part) -> bool {
    matches!(part.source, Source::Timestamp(_)) && part.then.is_empty()
}

/// The message's time, where a claim carries it.
pub(crate) fn instant(eval: &Eval<'_, '_>, payload: &[u8]) -> Result<Option<UnixMillis>> {
    let spec = &eval.plan.spec;
    let mut claims = spec.jws.iter().flat_map(|j| &j.claims);
    let (Some((name, _)), Some(time)) = (claims.find(|(_, p)| is_time(p)), &spec.timestamp) else {
        return Ok(None);
    };
    let text = read(name, payload)?;
    let (_, instant) = time::read_any(&time.accept, text.as_bytes()).ok_or_else(|| {
        let what = format!("claim {name} is not a time in a format that the scheme allows");
        Error::field(Status::MalformedField, format!("claim:{name}"), what)
    })?;
    Ok(Some(instant))
}

/// Every claim must be what the recipe makes of this message.
pub(crate) fn check(eval: &Eval<'_, '_>, payload: &[u8]) -> Result<()> {
    for (name, part) in eval.plan.spec.jws.iter().flat_map(|j| &j.claims) {
        if is_time(part) {
            continue;
        }
        let wanted = eval.value(part)?;
        if !equal(read(name, payload)?.as_bytes(), &wanted.bytes) {
            return Err(Error::field(
                Status::ContentRejected,
                format!("claim:{name}"),
                format!("claim {name} is not that of this message"),
            ));
        }
    }
    Ok(())
}

/// A text or number of the payload.
fn read(name: &str, payload: &[u8]) -> Result<String> {
    let wrong = |status, what: &str| {
        Error::field(
            status,
            format!("claim:{name}"),
            format!("claim {name} {what}"),
        )
    };
    let paths = JsonPaths::new(&[path(name)]);
    let values = paths
        .read(payload, false)
        .map_err(|e| json_error(e, "the JWT payload"))?;
    let raw = values
        .get(0)
        .ok_or_else(|| wrong(Status::MissingField, "is missing"))?;
    match json::scalar(raw).map_err(|e| json_error(e, "the JWT payload"))? {
        Scalar::String(text) => Ok(text.into_owned()),
        Scalar::Number(text) => Ok(text.to_owned()),
        _ => Err(wrong(
            Status::MalformedField,
            "is neither a text nor a number",
        )),
    }
}

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
