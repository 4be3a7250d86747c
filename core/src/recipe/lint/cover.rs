//! What a signature leaves open: body, time, repeats, branches.

use super::Found;
use crate::recipe::{
    Condition, Flow, Hole, Param, Part, Place, SignatureInput, SortedFrom, Source,
};

/// What the signed string reads, lets followed.
#[derive(Default)]
struct Reads {
    whole_body: bool,
    members: bool,
    time: bool,
    nonce: bool,
    headers: Vec<String>,
    any_header: bool,
    method: bool,
    query: bool,
    payload: bool,
}

fn read(found: &Found<'_>, part: &Part, reads: &mut Reads, depth: u32) {
    match &part.source {
        Source::Body => reads.whole_body = true,
        Source::CanonicalJson {
            from: None, drop, ..
        } => {
            reads.whole_body |= drop.is_empty();
            reads.members = true;
        }
        Source::Json(json) if json.from.is_none() => reads.members = true,
        Source::Leaves(_) | Source::Form { .. } => reads.members = true,
        Source::Sorted(rule) => {
            reads.query |= matches!(rule.from, SortedFrom::Query | SortedFrom::QueryAndForm);
            reads.members |= rule.from != SortedFrom::Query;
            // All fields of a form are the form.
            reads.whole_body |= rule.from != SortedFrom::Query && rule.prefix.is_empty();
        }
        Source::Timestamp(_) => reads.time = true,
        Source::Nonce => reads.nonce = true,
        Source::Header { name, .. } => reads.headers.push(name.to_ascii_lowercase()),
        Source::Headers(_) => reads.any_header = true,
        Source::Method => reads.method = true,
        Source::Query { .. } | Source::Target | Source::Url(_) | Source::QueryField { .. } => {
            reads.query = true;
        }
        Source::Payload => reads.payload = true,
        Source::SignatureInput(input) => components(input, reads),
        Source::Let(id) if depth < 16 => {
            if let Some(inner) = found.spec.let_part(*id) {
                read(found, inner, reads, depth + 1);
            }
        }
        _ => {}
    }
    if depth < 16 {
        for child in part.children() {
            read(found, child, reads, depth + 1);
        }
    }
}

/// The components of a signature base (RFC 9421, 2) and its parameters.
fn components(input: &SignatureInput, reads: &mut Reads) {
    for component in input.components.iter().chain(&input.with_body) {
        let name = component.split(';').next().unwrap_or(component);
        match name {
            "@method" => reads.method = true,
            "@target-uri" | "@request-target" | "@query" | "@query-param" => reads.query = true,
            _ if name.starts_with('@') => {}
            _ => reads.headers.push(name.to_ascii_lowercase()),
        }
    }
    reads.time |= input.params.contains(&Param::Created);
    reads.nonce |= input.params.contains(&Param::Nonce);
}

pub(super) fn coverage(found: &mut Found<'_>) {
    let spec = found.spec;
    let mut reads = Reads::default();
    // Claims are compared with what they are made of.
    let claims = spec.jws.iter().flat_map(|j| &j.claims);
    for part in spec.message.iter().chain(claims.map(|(_, part)| part)) {
        read(found, part, &mut reads, 0);
    }
    // A signed address or header block may carry a digest of the body in a field.
    for field in &spec.fields {
        let signed = match &field.place {
            Place::Query(_) => reads.query,
            Place::Header(name) => {
                reads.any_header || reads.headers.iter().any(|h| h.eq_ignore_ascii_case(name))
            }
            _ => false,
        };
        for hole in field.holes() {
            if let (true, Hole::Let(id)) = (signed, hole)
                && let Some(part) = spec.let_part(id)
            {
                read(found, part, &mut reads, 0);
            }
        }
    }
    body(found, &reads);
    time(found, &reads);
    branches(found, &reads);
}

fn body(found: &mut Found<'_>, reads: &Reads) {
    if reads.whole_body || reads.payload {
        return;
    }
    let (message, witness) = if reads.members {
        (
            "only some members of the body are signed",
            "the same message with any other member added or changed keeps its signature",
        )
    } else {
        (
            "the body is not signed",
            "the same message with the bodies `{\"amount\":1}` and `{\"amount\":1000}` has one signature",
        )
    };
    found.add("unsigned-body", message, witness);
}

fn time(found: &mut Found<'_>, reads: &Reads) {
    if found.spec.timestamp.is_some() && !reads.time {
        found.add(
            "unsigned-time",
            "the message carries a time that is not signed",
            "an old message with a new time verifies",
        );
    }
    // A token brings its own times.
    if !reads.time && !reads.nonce && !reads.payload {
        let what = match found.flow {
            Flow::Response => "answer",
            _ => "message",
        };
        found.add(
            "no-replay-protection",
            "neither a time nor a nonce is signed",
            format!("an intercepted {what} verifies again at any later time; keep replay keys"),
        );
    }
}

/// Whether everything that a condition looks at is signed.
fn unsigned(condition: &Condition, reads: &Reads) -> Option<&'static str> {
    let header =
        |name: &str| reads.any_header || reads.headers.iter().any(|h| h.eq_ignore_ascii_case(name));
    if condition.form.is_some() && !header("content-type") {
        return Some("the Content-Type");
    }
    if condition.method.is_some() && !reads.method {
        return Some("the method");
    }
    let headers = condition.header.iter().chain(&condition.no_header);
    if headers.into_iter().any(|name| !header(name)) {
        return Some("a header");
    }
    let query = condition.query.is_some() || condition.no_query.is_some();
    (query && !reads.query).then_some("the query")
}

/// Whether a value that is written has no part in what is signed.
fn idle(hole: &Hole, reads: &Reads) -> bool {
    match hole {
        Hole::Nonce => !reads.nonce,
        Hole::Timestamp(_) => !reads.time,
        _ => false,
    }
}

fn branches(found: &mut Found<'_>, reads: &Reads) {
    let claims = found.spec.jws.iter().flat_map(|j| &j.claims);
    let signed = found.spec.message.iter();
    let mut open: Vec<(&Part, u32)> = signed
        .chain(claims.map(|(_, part)| part))
        .map(|p| (p, 0))
        .collect();
    let mut what = None;
    while let Some((part, depth)) = open.pop() {
        if let Some(condition) = &part.when {
            what = what.or(unsigned(condition, reads));
        }
        if depth < 16 {
            open.extend(part.children().into_iter().map(|c| (c, depth + 1)));
            if let Source::Let(id) = &part.source {
                open.extend(found.spec.let_part(*id).map(|p| (p, depth + 1)));
            }
        }
    }
    for field in &found.spec.fields {
        if field.holes().into_iter().all(|hole| idle(&hole, reads)) {
            continue;
        }
        what = what.or(field.when.as_ref().and_then(|c| unsigned(c, reads)));
    }
    if let Some(what) = what {
        found.add(
            "branch-on-unsigned-value",
            format!("what is signed depends on {what}, which is not signed"),
            format!("the same message with {what} changed is judged by another rule"),
        );
    }
}
