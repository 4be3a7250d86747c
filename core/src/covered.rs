//! What the signature of a message covers, and the fields that it vouches for.

use crate::http_signature::Input;
use crate::plan::wire::wire_named;
use crate::plan::{Eval, Plan, numbered, split_on};
use crate::recipe::{HeaderSelect, Hole, OfBody, Part, Place, SortedFrom, Source, UrlForm};
use crate::text::case::starts_in_any_case;
use crate::text::{json_edit, lossy_lower};
use crate::time::TimeFormat;
use crate::{Message, Result};

/// What of a message its signature covers. Everything else may have been changed on the way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// The HTTP method.
    pub method: bool,
    /// The path.
    pub path: bool,
    /// The query.
    pub query: bool,
    /// Lower-case names, sorted.
    pub headers: Vec<String>,
    /// The body.
    pub body: BodyCoverage,
}

/// How much of the body is covered: of its value as the recipe reads it, for which `lower` makes `aB` and `Ab` one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum BodyCoverage {
    /// Nothing.
    #[default]
    None,
    /// Every byte.
    All,
    /// These members or form fields: `amount`; `*` for all, `x_*` for all whose names begin so.
    Members(Vec<String>),
}

/// Coverage in the making: names in any order, some of them twice.
#[derive(Clone, Debug, Default)]
struct Found {
    coverage: Coverage,
    members: Vec<String>,
    body: bool,
    /// What fields may carry: a time in any format is one.
    signed: Vec<Hole>,
}

impl Found {
    /// Whether what a field holds here is signed.
    fn signs(&self, plan: &Plan, hole: Hole) -> bool {
        let as_credential = || plan.spec.key_id.map(Hole::Credential);
        match hole {
            Hole::Timestamp(_) => self.signed.contains(&Hole::Timestamp(None)),
            Hole::KeyId if as_credential().is_some_and(|c| self.signed.contains(&c)) => true,
            _ => self.signed.contains(&hole),
        }
    }
}

/// What on the wire a source is, in fields that carry it.
fn as_hole(source: &Source) -> Option<Hole> {
    Some(match source {
        // The day alone leaves the hour to the sender.
        Source::Timestamp(Some(TimeFormat::Ymd)) => return None,
        Source::Timestamp(_) => Hole::Timestamp(None),
        Source::Nonce => Hole::Nonce,
        Source::KeyId => Hole::KeyId,
        Source::Credential(id) => Hole::Credential(*id),
        Source::Let(id) => Hole::Let(*id),
        _ => return None,
    })
}

/// What a plan covers of every message, and the parts of which only the message tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    found: Found,
    rest: Vec<Part>,
}

/// Walks what is signed, as far as no message is needed for it.
pub(crate) fn known(plan: &Plan) -> Known {
    let nothing = Message::new("", "/", &[], b"");
    let (nobody, bound, cache) = Default::default();
    let eval = Eval::new(plan, &nothing, &nobody, &bound, &cache);
    let mut known = Known::default();
    // Claims are compared with what they are made of.
    let claims = plan.spec.jws.iter().flat_map(|j| &j.claims);
    for part in plan.spec.message.iter().chain(claims.map(|(_, p)| p)) {
        match depends_on_message(plan, part, 0) {
            true => known.rest.push(part.clone()),
            false => walk(&eval, part, &mut known.found, 0),
        }
    }
    known
}

/// Whether [`walk`] asks the message about this part.
fn depends_on_message(plan: &Plan, part: &Part, depth: u32) -> bool {
    let asks = match &part.source {
        Source::Header { .. } | Source::Headers(_) | Source::SignatureBase(_) => true,
        Source::Sorted(sorted) => sorted.from != SortedFrom::Query,
        // One that is taken from the wire is what stands there, not what the recipe computes.
        Source::Let(id) => {
            let mut taken = plan.spec.fields.iter().flat_map(|f| &f.take);
            taken.any(|t| t.let_id == *id)
                || (plan.spec.let_part(*id))
                    .is_some_and(|inner| depth > 32 || depends_on_message(plan, inner, depth + 1))
        }
        _ => false,
    };
    let deeper = |child: &Part| depth > 32 || depends_on_message(plan, child, depth + 1);
    asks || part.when.is_some() || part.children().into_iter().any(deeper)
}

/// What is signed of this message.
pub(crate) fn coverage(eval: &Eval<'_, '_>) -> Coverage {
    let known = &eval.plan.known_coverage;
    let mut found = known.found.clone();
    for part in &known.rest {
        walk(eval, part, &mut found, 0);
    }
    carried(eval, &mut found);
    let mut coverage = found.coverage;
    coverage.headers.sort_unstable();
    coverage.headers.dedup();
    coverage.body = if found.body {
        BodyCoverage::All
    } else if found.members.is_empty() {
        BodyCoverage::None
    } else {
        found.members.sort();
        found.members.dedup();
        BodyCoverage::Members(found.members)
    };
    coverage
}

/// Fields whose value is part of the signed text through a time, a nonce, a key id or a credential.
fn carried(eval: &Eval<'_, '_>, found: &mut Found) {
    let plan = eval.plan;
    for ((index, field), facts) in plan.spec.fields.iter().enumerate().zip(&plan.facts) {
        digests(eval, index, found);
        let mut carried = facts.carried.iter();
        if facts.carried.is_empty() || !carried.all(|hole| found.signs(plan, *hole)) {
            continue;
        }
        let Some(name) = name_on_wire(eval, index) else {
            continue;
        };
        match &field.place {
            Place::Header(_) => found.coverage.headers.push(name.to_ascii_lowercase()),
            Place::Json(_) | Place::Form(_) => found.members.push(name.to_owned()),
            Place::Query(_) | Place::Cookie(_) => {}
        }
    }
}

/// The name under which a field was read from the message, or will be when it is signed; none of a field that this message lacks, or
/// has although nobody looked at it.
fn name_on_wire<'e>(eval: &Eval<'e, '_>, index: usize) -> Option<&'e str> {
    let field = eval.plan.spec.fields.get(index)?;
    if field.when.as_ref().is_some_and(|w| !eval.holds(w)) {
        return None;
    }
    if let Ok(Some((name, _))) = wire_named(eval, index) {
        return Some(name);
    }
    let is_added = eval.added.is_some() && !field.optional;
    is_added.then(|| field.place.name())
}

/// A digest of the body in a query or header that is signed covers the body.
fn digests(eval: &Eval<'_, '_>, index: usize, found: &mut Found) {
    let Some(field) = eval.plan.spec.fields.get(index) else {
        return;
    };
    let computed = |hole| match hole {
        Hole::Let(id) if !field.take.iter().any(|t| t.let_id == id) => eval.plan.spec.let_part(id),
        _ => None,
    };
    let mut digests = field.holes().filter_map(computed).peekable();
    if digests.peek().is_none() {
        return;
    }
    let Some(name) = name_on_wire(eval, index) else {
        return;
    };
    let signed = match &field.place {
        Place::Query(_) => found.coverage.query,
        Place::Header(_) => {
            let mut headers = found.coverage.headers.iter();
            headers.any(|h| h.eq_ignore_ascii_case(name))
        }
        _ => false,
    };
    if signed {
        for part in digests {
            walk(eval, part, found, 0);
        }
    }
}

fn components(input: &Input<'_>, found: &mut Found) {
    for component in &input.components {
        match component.name {
            "@method" => found.coverage.method = true,
            "@path" => found.coverage.path = true,
            "@query" => found.coverage.query = true,
            "@request-target" | "@target-uri" => {
                found.coverage.path = true;
                found.coverage.query = true;
            }
            name if !name.starts_with('@') && component.is_whole() => {
                found.coverage.headers.push(name.to_owned());
            }
            _ => {}
        }
    }
}

/// Every member is `*` and not the body: blanks and escapes may change.
fn of_body(eval: &Eval<'_, '_>, source: &Source, found: &mut Found) {
    let listed = matches!(source, Source::Sorted(_)) && eval.message.body.is_empty();
    match source.of_body(&eval.plan.spec) {
        None => {}
        Some(_) if listed => {}
        Some(OfBody::All) if matches!(source, Source::Body) => found.body = true,
        Some(OfBody::All) if matches!(source, Source::Payload) => {}
        Some(OfBody::All) => found.members.push("*".into()),
        Some(OfBody::Member(name)) => found.members.push(name.to_owned()),
        Some(OfBody::Some(Source::Sorted(sorted))) => {
            let prefixes = sorted.prefix.iter().map(|prefix| format!("{prefix}*"));
            found.members.extend(prefixes);
        }
        Some(OfBody::Some(_)) => {}
    }
}

fn walk(eval: &Eval<'_, '_>, part: &Part, found: &mut Found, depth: u32) {
    let skipped = part.when.as_ref().is_some_and(|w| !eval.holds(w));
    if depth > 32 || skipped || part.is_cut() {
        return;
    }
    of_body(eval, &part.source, found);
    found.signed.extend(as_hole(&part.source));
    match &part.source {
        Source::Method => found.coverage.method = true,
        Source::Path(_) => found.coverage.path = true,
        Source::Query { .. } => found.coverage.query = true,
        Source::Target => {
            found.coverage.path = true;
            found.coverage.query = true;
        }
        Source::Url(form) => {
            found.coverage.path |= matches!(form, UrlForm::Full | UrlForm::NoQuery);
            found.coverage.query |= *form == UrlForm::Full;
        }
        Source::QueryField { .. } => {}
        Source::Header { name, .. } if eval.header(name).is_ok_and(|v| v.is_some()) => {
            found.coverage.headers.push(name.clone());
        }
        Source::Headers(block) => match &block.select {
            HeaderSelect::Prefix(prefix) => {
                for header in eval.message.headers {
                    if starts_in_any_case(header.name, prefix.as_bytes()) {
                        found.coverage.headers.push(lossy_lower(header.name));
                    }
                }
            }
            HeaderSelect::List {
                names,
                split,
                pseudo,
            } => {
                let list = eval.value(names).map(|mut v| v.take()).unwrap_or_default();
                for name in split_on(&list, split).map(<[u8]>::trim_ascii) {
                    let name = lossy_lower(name);
                    match pseudo.iter().find(|(p, _)| p.eq_ignore_ascii_case(&name)) {
                        Some((_, part)) => walk(eval, part, found, depth + 1),
                        None if name.is_empty() => {}
                        None => found.coverage.headers.push(name),
                    }
                }
            }
        },
        Source::Sorted(sorted) => {
            let of_query = matches!(sorted.from, SortedFrom::Query | SortedFrom::QueryAndForm);
            found.coverage.query |= of_query && sorted.is_everything(&eval.plan.spec);
        }
        Source::SignatureBase(input) => {
            let text = eval.value(input).map(|mut v| v.take()).unwrap_or_default();
            if let Some(input) = std::str::from_utf8(&text).ok().and_then(Input::parse) {
                components(&input, found);
            }
            return;
        }
        Source::Let(id) => {
            let taken = eval.bound.taken.iter().any(|(taken, _)| taken == id);
            if let Some(inner) = eval.plan.spec.let_part(*id).filter(|_| !taken) {
                walk(eval, inner, found, depth + 1);
            }
        }
        _ => {}
    }
    for child in part.whole_children() {
        walk(eval, child, found, depth + 1);
    }
}

/// The JSON members and form fields that are signed by name, and whole, as a JSON object; none where the scheme signs none by name.
pub(crate) fn signed_members(eval: &Eval<'_, '_>) -> Result<Option<String>> {
    let plan: &Plan = eval.plan;
    if !plan.names_members {
        return Ok(None);
    }
    let message: &Message<'_> = eval.message;
    let covered = coverage(eval).body;
    let is_covered = |name: &String| match &covered {
        BodyCoverage::All => true,
        BodyCoverage::Members(names) => names.contains(name),
        BodyCoverage::None => false,
    };
    let mut members: Vec<(String, String)> = Vec::new();
    for part in plan.signed_parts() {
        match &part.source {
            Source::Json(json) if json.from.is_none() && is_covered(&json.path) => {
                let values = eval.cache.json(plan, message)?;
                if let Some(raw) = numbered(values, json.slot, &json.path)? {
                    members.push((json.path.clone(), raw.get().to_owned()));
                }
            }
            Source::Form { name, .. } if is_covered(name) => {
                let form = eval.cache.form(message)?;
                if let Ok(Some(value)) = form.one(name) {
                    let text = String::from_utf8_lossy(value);
                    members.push((name.replace('.', "\\."), json_edit::quote(&text)));
                }
            }
            _ => {}
        }
    }
    let mut object = b"{}".to_vec();
    let mut any = false;
    for (path, value) in &members {
        if let Ok(more) = json_edit::insert_members(&object, &[(path, value)]) {
            object = more;
            any = true;
        }
    }
    Ok(any.then(|| String::from_utf8_lossy(&object).into_owned()))
}
