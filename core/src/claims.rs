//! The payload of a JWT: the claims that a recipe names, and the times `exp` and `nbf` (RFC 7519).

use crate::crypto::equal;
use crate::plan::{Eval, Plan, json_error};
use crate::recipe::{JwsSpec, Part, Source};
use crate::text::json::{self, JsonError, JsonValues, Scalar};
use crate::text::{JsonPaths, json_edit};
use crate::time::{self, UnixMillis};
use crate::{Error, Result, Status};
use std::borrow::Cow;

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

/// What every payload is read for: the times of RFC 7519, then the recipe's claims in their order.
pub(crate) fn paths(spec: Option<&JwsSpec>) -> JsonPaths {
    let claims = spec.iter().flat_map(|j| &j.claims);
    let own = claims.map(|(name, _)| path(name));
    let times = TIMES.iter().map(|name| (*name).to_owned());
    JsonPaths::new(&times.chain(own).collect::<Vec<_>>())
}

const TIMES: [&str; 2] = ["exp", "nbf"];

/// The claims of one payload that mean something here, read in one pass.
pub(crate) struct Claims<'p> {
    plan: &'p Plan,
    values: JsonValues<'p>,
}

impl<'p> Claims<'p> {
    /// Reads a payload, which must be JSON.
    pub(crate) fn read(plan: &'p Plan, payload: &'p [u8]) -> Result<Self> {
        let values = plan.claim_paths.read(payload, false).map_err(not_json)?;
        Ok(Claims { plan, values })
    }

    /// The recipe's claims with their places among the values.
    fn own(&self) -> impl Iterator<Item = (usize, &'p (String, Part))> {
        let claims = self.plan.spec.jws.iter().flat_map(|j| &j.claims);
        (TIMES.len()..).zip(claims)
    }

    /// The message's time, where a claim carries it.
    pub(crate) fn instant(&self) -> Result<Option<UnixMillis>> {
        let (Some((nth, (name, _))), Some(time)) = (
            self.own().find(|(_, (_, part))| is_time(part)),
            &self.plan.spec.timestamp,
        ) else {
            return Ok(None);
        };
        let text = self.text(nth, name)?;
        let (_, instant) = time::read_any(&time.accept, text.as_bytes()).ok_or_else(|| {
            wrong(
                name,
                Status::MalformedField,
                "is not a time in a format that the scheme allows",
            )
        })?;
        Ok(Some(instant))
    }

    /// The claims that must be what the recipe makes of the message: the name, the rule, and the text in the payload.
    pub(crate) fn compared(
        &self,
    ) -> impl Iterator<Item = (&'p str, &'p Part, Result<Cow<'p, str>>)> {
        let compared = self.own().filter(|(_, (_, part))| !is_time(part));
        compared.map(|(nth, (name, part))| (name.as_str(), part, self.text(nth, name)))
    }

    /// Every claim must be what the recipe makes of this message.
    pub(crate) fn check(&self, eval: &Eval<'_, '_>) -> Result<()> {
        for (name, part, text) in self.compared() {
            let wanted = eval.value(part)?;
            if !equal(text?.as_bytes(), &wanted.bytes) {
                return Err(differs(name));
            }
        }
        Ok(())
    }

    /// An expired token is too old, one before its time too new.
    pub(crate) fn check_time(&self, now: UnixMillis) -> Result<()> {
        if self.seconds(0)?.is_some_and(|exp| exp <= now.0) {
            return Err(Error::field(
                Status::TimestampTooOld,
                "claim:exp",
                "the token has expired",
            ));
        }
        if self.seconds(1)?.is_some_and(|nbf| nbf > now.0) {
            return Err(Error::field(
                Status::TimestampTooNew,
                "claim:nbf",
                "the token is not valid yet",
            ));
        }
        Ok(())
    }

    /// A text or number of the payload.
    fn text(&self, nth: usize, name: &str) -> Result<Cow<'p, str>> {
        let raw = self.values.get(nth);
        let raw = raw.ok_or_else(|| wrong(name, Status::MissingField, "is missing"))?;
        match json::scalar(raw).map_err(not_json)? {
            Scalar::String(text) => Ok(text),
            Scalar::Number(text) => Ok(Cow::Borrowed(text)),
            _ => Err(wrong(
                name,
                Status::MalformedField,
                "is neither a text nor a number",
            )),
        }
    }

    /// One of [`TIMES`], in milliseconds.
    fn seconds(&self, nth: usize) -> Result<Option<i64>> {
        let Some(raw) = self.values.get(nth) else {
            return Ok(None);
        };
        let bad = || {
            wrong(
                TIMES[nth],
                Status::MalformedField,
                "is not a number of seconds",
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
    }
}

fn not_json(error: JsonError) -> Error {
    json_error(error, "the JWT payload")
}

/// A claim that is not what the recipe makes of the message.
pub(crate) fn differs(name: &str) -> Error {
    wrong(name, Status::ContentRejected, "is not that of this message")
}

fn wrong(name: &str, status: Status, what: &str) -> Error {
    Error::field(
        status,
        format!("claim:{name}"),
        format!("claim {name} {what}"),
    )
}
