//! What must hold once the signature is right: values on the wire, time, requirements.

use super::Verifier;
use super::accepted::Accepted;
use crate::crypto::equal;
use crate::http_signature::Input;
use crate::plan::wire::at;
use crate::plan::{Eval, Plan};
use crate::recipe::{Content, Covered, Hole, JwsHeaderValue};
use crate::text::case::starts_in_any_case;
use crate::text::{lossy_lower, shown};
use crate::time::UnixMillis;
use crate::{Error, Result, Status};
use smallvec::SmallVec;

impl Verifier {
    /// Lets and second times on the wire must be what the recipe computes.
    pub(super) fn check_wire(&self, eval: &Eval<'_, '_>, accepted: &Accepted<'_>) -> Result<()> {
        let plan = &*self.plan;
        for (id, index, text) in accepted.reading.lets() {
            let field = &plan.spec.fields[index];
            let take = field.take.iter().find(|t| t.let_id == id);
            if let Some(take) = take {
                check_taken(eval, take, text)?;
                continue;
            }
            let wanted = eval.let_bytes(id)?;
            if !equal(&wanted.bytes, text) {
                let status = if field.has_signature() {
                    Status::SignatureMismatch
                } else {
                    Status::ContentRejected
                };
                let what = format!("is not the {} of this message", plan.recipe.let_name(id));
                return Err(at(field, status, &what));
            }
        }
        if plan.signs_url {
            eval.message.check_query_is_the_urls()?;
        }
        for field in &plan.spec.fields {
            if let Content::Covered(covered) = &field.content {
                let text = accepted.reading.one(Hole::Let(covered.input));
                check_covered(eval, covered, text.unwrap_or_default())?;
            }
        }
        for (format, index, text) in accepted.reading.other_times() {
            let mut wanted = Vec::new();
            let written = accepted
                .reading
                .instant
                .is_some_and(|i| format.write(i, &mut wanted).is_ok());
            if !written || wanted != text {
                let field = &plan.spec.fields[index];
                return Err(at(
                    field,
                    Status::ContentRejected,
                    "is not the time of this message",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn check_time(
        &self,
        accepted: &Accepted<'_>,
        now: Option<UnixMillis>,
    ) -> Result<()> {
        if let (Some(now), Some(instant), Some(tolerance)) =
            (now, accepted.reading.instant, self.tolerance_ms)
        {
            let age = now.saturating_since(instant);
            if age > tolerance {
                return Err(Error::new(
                    Status::TimestampTooOld,
                    format!("the message is {} s old", age.div_euclid(1000)),
                ));
            }
            if age < tolerance.saturating_neg() {
                return Err(Error::new(
                    Status::TimestampTooNew,
                    format!(
                        "the message is {} s ahead of the clock",
                        -age.div_euclid(1000)
                    ),
                ));
            }
        }
        if let (Some(now), Some(expires)) = (now, accepted.reading.expires)
            && now > expires
        {
            return Err(Error::new(
                Status::TimestampTooOld,
                "the signature has expired",
            ));
        }
        Ok(())
    }
}

fn check_covered(eval: &Eval<'_, '_>, covered: &Covered, text: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let input = Input::parse(text);
    if input.as_ref().is_some_and(|i| i.covers("@target-uri")) {
        eval.message.check_query_is_the_urls()?;
    }
    let with_body: &[String] = match eval.message.body.is_empty() {
        true => &[],
        false => &covered.with_body,
    };
    for name in covered.require.iter().chain(with_body) {
        if !input.as_ref().is_some_and(|i| i.covers(name)) {
            return Err(Error::field(
                Status::ContentRejected,
                name,
                format!("{name} is not covered by the signature, but must be"),
            ));
        }
    }
    Ok(())
}

fn check_taken(eval: &Eval<'_, '_>, take: &crate::recipe::Take, text: &[u8]) -> Result<()> {
    let named: SmallVec<[&[u8]; 16]> = crate::plan::split_on(text, &take.split)
        .map(<[u8]>::trim_ascii)
        .collect();
    let is_named = |name: &[u8]| named.iter().any(|n| n.eq_ignore_ascii_case(name));
    let missing = |name: &str| {
        Error::field(
            Status::ContentRejected,
            name,
            format!("{name} is not among the signed headers, but must be"),
        )
    };
    for name in &take.list {
        if !is_named(name.as_bytes()) {
            return Err(missing(name));
        }
    }
    for header in eval.message.headers {
        let begins = |prefix: &String| starts_in_any_case(header.name, prefix.as_bytes());
        if take.prefix.iter().any(begins) && !is_named(header.name) {
            let lower = lossy_lower(header.name);
            return Err(missing(&shown(&lower)));
        }
    }
    Ok(())
}

pub(super) fn check_jws_header(plan: &Plan, accepted: &Accepted<'_>) -> Result<()> {
    let (Some(spec), Some(received)) = (&plan.spec.jws, &accepted.jws) else {
        return Ok(());
    };
    let rejected =
        |name: &str, why: String| Error::field(Status::ContentRejected, format!("jws:{name}"), why);
    for (name, value) in &spec.header {
        if let JwsHeaderValue::Text(wanted) = value
            && name != "typ"
            && name != "alg"
            && received.header.text(name)?.as_deref() != Some(wanted)
        {
            let why = format!("{name} in the JWS header is not {wanted}");
            return Err(rejected(name, why));
        }
    }
    for rule in &spec.require {
        let list = received.header.text(&rule.member)?.unwrap_or_default();
        if !list
            .split(',')
            .any(|n| n.trim().eq_ignore_ascii_case(&rule.holds))
        {
            let why = format!(
                "{} of the JWS header does not name {}",
                rule.member, rule.holds
            );
            return Err(rejected(&rule.member, why));
        }
    }
    Ok(())
}

pub(super) fn check_required(plan: &Plan, eval: &Eval<'_, '_>) -> Result<()> {
    for rule in &plan.spec.require {
        if rule.when.as_ref().is_some_and(|w| !eval.holds(w)) {
            continue;
        }
        let label = plan.label(&rule.value);
        let refused = || {
            let about = rule
                .about
                .as_deref()
                .unwrap_or("has another value than the scheme demands");
            Error::field(rule.status, label.as_str(), format!("{label} {about}"))
        };
        let value = match eval.value(&rule.value) {
            Ok(value) => value,
            Err(e) if e.status() == Status::MissingField => return Err(refused()),
            Err(e) => return Err(e),
        };
        let mut holds = false;
        for wanted in &rule.equals {
            holds |= equal(&eval.value(wanted)?.bytes, &value.bytes);
        }
        if !holds {
            return Err(refused());
        }
    }
    Ok(())
}
