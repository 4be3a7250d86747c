//! What a signature leaves open: body, time, repeats, branches.

use super::Found;
use crate::recipe::OfBody;
use crate::recipe::{
    Condition, Field, Flow, HeaderSelect, Hole, Param, Part, Place, SignatureInput, SortedFrom,
    Source, UrlForm,
};
use crate::time::TimeFormat;

/// What the signed string reads and keeps whole, lets followed.
#[derive(Default)]
struct Reads<'r> {
    /// The text itself.
    bytes: bool,
    /// The text or every field of it.
    whole_body: bool,
    /// Some fields by a rule.
    some_members: bool,
    /// Members and form fields by name.
    members: Vec<&'r str>,
    /// Lists of the body's or the query's fields.
    lists: Vec<&'r Source>,
    time: bool,
    nonce: bool,
    headers: Vec<String>,
    prefixes: Vec<&'r str>,
    any_header: bool,
    method: bool,
    query: bool,
    query_fields: Vec<&'r str>,
    payload: bool,
}

impl Reads<'_> {
    fn header(&self, name: &str) -> bool {
        self.any_header || self.headers.iter().any(|h| h.eq_ignore_ascii_case(name))
    }

    fn query_field(&self, name: &str) -> bool {
        let listed = |source: &&Source| match source {
            Source::Sorted(sorted) => {
                sorted.from != SortedFrom::Form
                    && sorted.from != SortedFrom::Json
                    && sorted.takes(name)
            }
            _ => false,
        };
        self.query || self.query_fields.contains(&name) || self.lists.iter().any(listed)
    }

    /// Whether what stands at a place is part of what is signed.
    fn place(&self, place: &Place) -> bool {
        match place {
            Place::Header(name) => {
                let lower = name.to_ascii_lowercase();
                self.headers.contains(&lower) || self.prefixes.iter().any(|p| lower.starts_with(p))
            }
            Place::Query(name) => self.query_field(name),
            Place::Json(name) | Place::Form(name) => {
                let listed = self.lists.iter().any(|list| list.takes_member(name));
                self.bytes || listed || self.members.contains(&name.as_str())
            }
            Place::Cookie(_) => self.headers.iter().any(|h| h == "cookie"),
        }
    }
}

fn read<'r>(found: &Found<'r>, part: &'r Part, reads: &mut Reads<'r>, depth: u32) {
    if part.is_cut() {
        return;
    }
    match part.source.of_body(found.spec) {
        Some(OfBody::All) => reads.whole_body = true,
        Some(OfBody::Some(_)) => reads.some_members = true,
        Some(OfBody::Member(name)) => reads.members.push(name),
        None => {}
    }
    match &part.source {
        Source::Body => reads.bytes = true,
        Source::Payload => reads.payload = true,
        Source::CanonicalJson { from: None, .. } | Source::Leaves(_) | Source::Sorted(_) => {
            reads.lists.push(&part.source);
        }
        Source::Timestamp(_) => reads.time = true,
        Source::Nonce => reads.nonce = true,
        Source::Header { name, .. } => reads.headers.push(name.to_ascii_lowercase()),
        Source::Headers(block) => {
            reads.any_header = true;
            match &block.select {
                HeaderSelect::Prefix(prefix) => reads.prefixes.push(prefix),
                HeaderSelect::List { pseudo, .. } => {
                    for (_, line) in pseudo.iter().filter(|_| depth < 16) {
                        read(found, line, reads, depth + 1);
                    }
                }
            }
        }
        Source::Method => reads.method = true,
        Source::Query { .. } | Source::Target | Source::Url(UrlForm::Full) => reads.query = true,
        Source::QueryField { name, .. } => reads.query_fields.push(name),
        Source::SignatureInput(input) => components(input, reads),
        Source::Let(id) if depth < 16 => {
            if let Some(inner) = found.spec.let_part(*id) {
                read(found, inner, reads, depth + 1);
            }
        }
        _ => {}
    }
    if depth < 16 {
        for child in part.whole_children() {
            read(found, child, reads, depth + 1);
        }
    }
}

/// The components of a signature base (RFC 9421, 2) and its parameters.
fn components(input: &SignatureInput, reads: &mut Reads<'_>) {
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
            Place::Query(name) => reads.query_field(name),
            Place::Header(name) => reads.header(name),
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
    // A time or nonce whose field is itself signed.
    let carried = |wanted: &dyn Fn(Hole) -> bool| {
        let mut fields = spec.fields.iter().filter(|f| f.has(wanted));
        fields.any(|f| is_signed(f, &reads))
    };
    // The day alone leaves the hour to the sender.
    let time = |hole| matches!(hole, Hole::Timestamp(format) if format != Some(TimeFormat::Ymd));
    let (time, nonce) = (carried(&time), carried(&|hole| hole == Hole::Nonce));
    reads.time |= time;
    reads.nonce |= nonce;
    body(found, &reads);
    self::time(found, &reads);
    branches(found, &reads);
}

/// Whether the text of a field is signed where it stands, under all names that are read.
fn is_signed(field: &Field, reads: &Reads<'_>) -> bool {
    let names = field.or.iter().map(|name| match &field.place {
        Place::Header(_) => Place::Header(name.clone()),
        Place::Query(_) => Place::Query(name.clone()),
        Place::Json(_) => Place::Json(name.clone()),
        Place::Form(_) => Place::Form(name.clone()),
        Place::Cookie(_) => Place::Cookie(name.clone()),
    });
    let mut places = std::iter::once(field.place.clone()).chain(names);
    !field.optional && !field.has_signature() && places.all(|place| reads.place(&place))
}

fn body(found: &mut Found<'_>, reads: &Reads<'_>) {
    if reads.whole_body || reads.payload {
        return;
    }
    let (message, witness) = if reads.some_members || !reads.members.is_empty() {
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

fn time(found: &mut Found<'_>, reads: &Reads<'_>) {
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
fn unsigned(condition: &Condition, reads: &Reads<'_>) -> Option<&'static str> {
    if condition.form.is_some() && !reads.header("content-type") {
        return Some("the Content-Type");
    }
    if condition.method.is_some() && !reads.method {
        return Some("the method");
    }
    let headers = condition.header.iter().chain(&condition.no_header);
    if headers.into_iter().any(|name| !reads.header(name)) {
        return Some("a header");
    }
    let mut query = condition.query.iter().chain(&condition.no_query);
    query
        .any(|name| !reads.query_field(name))
        .then_some("the query")
}

/// Whether a value that is written has no part in what is signed.
fn idle(hole: &Hole, reads: &Reads<'_>) -> bool {
    match hole {
        Hole::Nonce => !reads.nonce,
        Hole::Timestamp(_) => !reads.time,
        _ => false,
    }
}

fn branches(found: &mut Found<'_>, reads: &Reads<'_>) {
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
