//! What the message itself shows to be wrong, without any search.

use super::Base;
use super::clue::Clue;
use super::search::Search;
use crate::recipe::{Hole, Place, Source};
use crate::time::{TimeFormat, UnixMillis, read_any};
use crate::{Error, Flow, Status};

/// `explained`: the search has found something.
pub(super) fn facts(
    base: &Base<'_>,
    search: &Search,
    refusal: &Error,
    now: Option<UnixMillis>,
    explained: bool,
) -> Vec<Clue> {
    let status = refusal.status();
    let authentic = explained || search.rule_fits || super::after_the_signature(status);
    let mut all: Vec<Clue> = Vec::new();
    match status {
        Status::KeyExpired => all.push(Clue::new("key-expired")),
        Status::KeyNotYetValid => all.push(Clue::new("key-not-yet-valid")),
        _ => {}
    }
    if status == Status::MalformedField || search.rule_fits {
        all.extend(time_notation(base));
    }
    if matches!(status, Status::TimestampTooOld | Status::TimestampTooNew) && base.jws.is_some() {
        let id = match status {
            Status::TimestampTooOld => "token-expired",
            _ => "timestamp-in-future",
        };
        all.push(Clue::about(id, refusal.message().to_owned()));
    } else if authentic && let Some(now) = now {
        all.extend(skew(base, now));
    }
    if !explained {
        all.extend(printed(base));
    }
    if !authentic || status == Status::ContentRejected && !explained {
        all.extend(consumed(base));
    }
    all.extend(base.facts.iter().cloned());
    // Other headers were tried in its place, and none of them was it.
    if status == Status::MissingSignature
        && !explained
        && all.iter().all(|c| !c.id.starts_with("signature-"))
    {
        let field = base.plan.spec.fields.iter().find(|f| f.has_signature());
        let label = field.map_or_else(String::new, |f| f.place.label());
        all.push(Clue::about("signature-missing", label));
    }
    if status == Status::UnsupportedVersion && !explained {
        let id = match search.rule_fits {
            true => "requirement-not-met",
            false => "signature-prefix-wrong",
        };
        all.push(Clue::about(id, refusal.message().to_owned()));
    }
    if search.rule_fits && all.is_empty() && !explained {
        all.push(Clue::about(
            "requirement-not-met",
            refusal.message().to_owned(),
        ));
    }
    all
}

/// Whether the body's content is gone, so that no search can bring it back.
pub(super) fn body_is_lost(base: &Base<'_>) -> bool {
    let printed = printed(base).is_some_and(|clue| clue.id == "body-object-tostring");
    base.reads_body() && (printed || consumed(base).is_some())
}

/// A time that the scheme cannot read.
fn time_notation(base: &Base<'_>) -> Option<Clue> {
    let spec = base.plan.spec.timestamp.as_ref()?;
    let text = base.reading.one(Hole::Timestamp(None))?;
    if read_any(&spec.accept, text).is_some() {
        return None;
    }
    let id = match read_any(&TimeFormat::ALL, text).map(|(format, _)| format) {
        Some(TimeFormat::UnixMillis) => "timestamp-in-milliseconds",
        Some(TimeFormat::Unix) => "timestamp-in-seconds",
        None if super::time::read(spec, text).is_some() => "date-not-english",
        _ => "timestamp-in-wrong-format",
    };
    Some(Clue::new(id))
}

/// How far the message's time is from the clock.
fn skew(base: &Base<'_>, now: UnixMillis) -> Vec<Clue> {
    let (Some(spec), Some(instant)) = (&base.plan.spec.timestamp, base.reading.instant) else {
        return Vec::new();
    };
    let tolerance = i64::from(spec.tolerance_seconds) * 1000;
    let age = now.saturating_since(instant);
    if age.saturating_abs() <= tolerance {
        return Vec::new();
    }
    let (id, words) = if age > 0 {
        ("timestamp-too-old", "older than the clock")
    } else {
        ("timestamp-in-future", "ahead of the clock")
    };
    let about = format!(
        "{} s {words}, {} s are allowed",
        age.abs() / 1000,
        spec.tolerance_seconds
    );
    let skew = Clue::about(id, about);
    // Zones are whole quarters of an hour, fourteen hours at most; only exact ones are more likely than age.
    const QUARTER: i64 = 15 * 60_000;
    const EXACT: i64 = 5_000;
    let away = age.saturating_add(QUARTER / 2).rem_euclid(QUARTER) - QUARTER / 2;
    let zone = age.abs() >= 2 * QUARTER && age.abs() <= 14 * 4 * QUARTER;
    if !zone || away.abs() > tolerance.min(QUARTER / 4) {
        return vec![skew];
    }
    let minutes = (age - away).abs() / 60_000;
    let side = if age > 0 { "behind" } else { "ahead of" };
    let local = Clue::about(
        "timestamp-in-local-time",
        format!("a zone {side} UTC by {minutes} min"),
    );
    if away.abs() <= EXACT && minutes % 30 == 0 {
        vec![local, skew]
    } else {
        vec![skew, local]
    }
}

/// Objects printed instead of bytes sent.
fn printed(base: &Base<'_>) -> Option<Clue> {
    let body = base.message.body.trim_ascii();
    let ends =
        |quote: u8| body.starts_with(&[b'b', quote]) && body.ends_with(&[quote]) && body.len() > 2;
    let id = if super::structure::find(body, b"[object Object]").is_some() {
        "body-object-tostring"
    } else if body.starts_with(b"{\"type\":\"Buffer\",\"data\":[") {
        "body-buffer-json"
    } else if ends(b'\'') || ends(b'"') {
        "body-bytes-repr"
    } else if body.starts_with(b"{'") && body.ends_with(b"}") {
        "body-dict-repr"
    } else {
        return None;
    };
    Some(Clue::new(id))
}

/// An empty body where one was announced, or where none makes no sense.
fn consumed(base: &Base<'_>) -> Option<Clue> {
    let message = &base.message;
    let in_body = |place: &Place| matches!(place, Place::Json(_) | Place::Form(_));
    let digested = |id| {
        let part = base.plan.spec.let_part(id);
        part.is_some_and(|p| super::structure::anywhere(p, &|s| matches!(s, Source::Body)))
    };
    let reads = base.reads_body()
        || base.plan.spec.fields.iter().any(|f| in_body(&f.place))
        || base.reading.lets().any(|(id, _, _)| digested(id));
    if !message.body.is_empty() || !reads {
        return None;
    }
    let announced = message
        .header_values(b"content-length")
        .any(|v| v.iter().any(|b| (b'1'..=b'9').contains(b)))
        || message.header_values(b"transfer-encoding").next().is_some();
    let posted = !message.method.eq_ignore_ascii_case("GET")
        && base.plan.flow != Flow::Request
        && message.header_values(b"content-type").next().is_some();
    (announced || posted).then(|| Clue::new("body-already-consumed"))
}
