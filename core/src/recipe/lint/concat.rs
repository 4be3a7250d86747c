//! Joined values whose borders cannot be told afterwards.

use super::{Found, is_secret};
use crate::recipe::{FieldEscape, FlowSpec, Part, QueryForm, Source, Step};
use crate::text::ByteSet;
use crate::time::TimeFormat;

/// What a piece of the string is to somebody who looks for its borders.
enum Piece {
    /// Always the same, and known.
    Fixed(Vec<u8>),
    /// Always of one length, or unknown to a stranger: borders beside it can be told.
    Border,
    /// Of any length, of these bytes.
    Open { name: String, bytes: ByteSet },
}

/// Two values with nothing between them that neither can hold.
pub(super) fn ambiguous(found: &mut Found<'_>) {
    let mut lists: Vec<Vec<Piece>> = Vec::new();
    let mut top = Vec::new();
    let spec = found.spec;
    gather(found, &spec.message, &mut top, &mut lists, 0);
    lists.push(top);
    for list in &lists {
        // The last open value, and what stands since then.
        let mut before: Option<(&str, ByteSet)> = None;
        let mut between: Vec<u8> = Vec::new();
        for piece in list {
            match piece {
                Piece::Fixed(text) => between.extend_from_slice(text),
                Piece::Border => before = None,
                Piece::Open { name, bytes } => {
                    // A path begins with a slash.
                    let slash = matches!(name.as_str(), "path" | "address");
                    let told = slash && before.is_some_and(|(_, b)| !b.contains(b'/'));
                    if let Some((first, of_first)) = before.filter(|_| !told)
                        && let Some(witness) = collision(first, of_first, &between, name, *bytes)
                    {
                        let text = match between.is_empty() {
                            true => format!("{first} and {name} are joined without a separator"),
                            false => {
                                format!("both {first} and {name} can hold what separates them")
                            }
                        };
                        found.add("ambiguous-concatenation", text, witness);
                        return;
                    }
                    before = Some((name, *bytes));
                }
            }
            if !matches!(piece, Piece::Fixed(_)) {
                between.clear();
            }
        }
    }
    if let Some((name, witness)) = inside(found) {
        found.add(
            "ambiguous-concatenation",
            format!("{name} are joined without escaping"),
            witness,
        );
    }
}

/// Two pairs of values with one concatenation.
fn collision(
    first: &str,
    of_first: ByteSet,
    between: &[u8],
    second: &str,
    of_second: ByteSet,
) -> Option<String> {
    let sample = of_first.intersection(of_second);
    let sample = sample.intersection(ByteSet::ALPHANUMERIC);
    let mut letters = sample.iter().map(char::from);
    let (x, y) = (letters.next()?, letters.next()?);
    if !of_first.contains_all(between) || !of_second.contains_all(between) {
        return None;
    }
    let s: String = between.escape_ascii().to_string();
    let (a1, b1) = (format!("{x}"), format!("{y}{s}{x}"));
    let (a2, b2) = (format!("{x}{s}{y}"), format!("{x}"));
    Some(format!(
        "{first} `{a1}` with {second} `{b1}`, and {first} `{a2}` with {second} `{b2}`, both give `{a1}{s}{b1}`"
    ))
}

/// Sorted fields and leaves, which join names and values themselves.
fn inside(found: &Found<'_>) -> Option<(&'static str, String)> {
    let mut open: Vec<(&Part, u32)> = found.spec.message.iter().map(|p| (p, 0)).collect();
    while let Some((part, depth)) = open.pop() {
        match &part.source {
            Source::Sorted(rule) if rule.encode == FieldEscape::None => {
                let text = |b: &[u8]| b.escape_ascii().to_string();
                let (kv, sep) = (text(&rule.kv), text(&rule.sep));
                let witness = if rule.only_values {
                    format!(
                        "values `1{sep}2` and `3`, and values `1` and `2{sep}3`, give one string"
                    )
                } else {
                    format!(
                        "the field a with the value `1{sep}b{kv}2`, and the fields a with `1` and b with `2`, give one string"
                    )
                };
                return Some(("names and values of fields", witness));
            }
            Source::Leaves(rule) => {
                let sep = rule.sep.escape_ascii().to_string();
                let witness = format!(
                    "values `1{sep}2` and `3`, and values `1` and `2{sep}3`, give one string"
                );
                return Some(("values of the JSON body", witness));
            }
            Source::Query {
                form: QueryForm::Decoded | QueryForm::Form,
                ..
            } => {
                return Some((
                    "parameters of the decoded query",
                    "`?q=a%26b%3Dc` and `?q=a&b=c` have the same signature".to_owned(),
                ));
            }
            Source::Let(id) if depth < 16 => {
                open.extend(found.spec.let_part(*id).map(|p| (p, depth + 1)))
            }
            _ => {}
        }
        if depth < 16 {
            open.extend(part.children().into_iter().map(|c| (c, depth + 1)));
        }
    }
    None
}

/// The pieces of a list; lists that are digested on their own go to `lists`.
fn gather(
    found: &Found<'_>,
    parts: &[Part],
    out: &mut Vec<Piece>,
    lists: &mut Vec<Vec<Piece>>,
    depth: u32,
) {
    for part in parts {
        one(found, part, out, lists, depth);
    }
}

fn one(
    found: &Found<'_>,
    part: &Part,
    out: &mut Vec<Piece>,
    lists: &mut Vec<Vec<Piece>>,
    depth: u32,
) {
    let spec = found.spec;
    if depth > 16 || is_secret(found.recipe, spec, part, 0) {
        return out.push(Piece::Border);
    }
    if let Source::Literal(text) = &part.source
        && part.then.is_empty()
    {
        return out.push(Piece::Fixed(text.to_vec()));
    }
    let digested = part.then.iter().any(|s| {
        matches!(
            s,
            Step::Hash(_) | Step::HmacAsData { .. } | Step::Crc32Decimal
        )
    });
    let inner: Option<Vec<Part>> = match &part.source {
        Source::Let(id) => spec.let_part(*id).cloned().map(|p| vec![p]),
        Source::Group(parts) => Some(parts.clone()),
        _ => None,
    };
    if let Some(inner) = inner {
        if digested {
            let mut list = Vec::new();
            gather(found, &inner, &mut list, lists, depth + 1);
            lists.push(list);
            return out.push(Piece::Border);
        }
        return gather(found, &inner, out, lists, depth + 1);
    }
    if digested {
        return out.push(Piece::Border);
    }
    if let Source::Query { lead, .. } = &part.source
        && !lead.is_empty()
    {
        out.push(Piece::Fixed(lead.to_vec()));
    }
    out.push(open(spec, part));
}

/// A value from the message.
fn open(spec: &FlowSpec, part: &Part) -> Piece {
    const LINE: ByteSet = ByteSet::ALL.without(ByteSet::of(b"\r\n\0"));
    let (name, bytes) = match &part.source {
        // Chosen by configuration, not by whoever sends.
        Source::Credential(_) | Source::KeyId => return Piece::Border,
        Source::Timestamp(format) => {
            let formats: Vec<TimeFormat> = match format {
                Some(format) => vec![*format],
                None => spec
                    .timestamp
                    .iter()
                    .flat_map(|t| t.accept.clone())
                    .collect(),
            };
            // The unix formats are all digits; others end where their form ends.
            if !formats
                .iter()
                .any(|f| matches!(f, TimeFormat::Unix | TimeFormat::UnixMillis))
            {
                return Piece::Border;
            }
            ("timestamp".to_owned(), ByteSet::DIGITS)
        }
        // It ends where a path begins.
        Source::Method => ("method".to_owned(), ByteSet::UPPER),
        Source::Path(_) => (
            "path".to_owned(),
            ByteSet::VISIBLE.without(ByteSet::of(b"?#")),
        ),
        // The receiver's own, from configuration.
        Source::Url(_) => return Piece::Border,
        Source::Target => (
            "address".to_owned(),
            ByteSet::VISIBLE.without(ByteSet::of(b"#")),
        ),
        Source::Query { .. } => (
            "query".to_owned(),
            ByteSet::VISIBLE.without(ByteSet::of(b"#")),
        ),
        Source::Header { name, .. } => (format!("header {name}"), LINE),
        Source::Headers(_) | Source::HeaderNames(_) => return Piece::Border,
        Source::Nonce => ("nonce".to_owned(), ByteSet::VISIBLE),
        Source::Json(json) => (format!("json {}", json.path), ByteSet::ALL),
        Source::Form { name, .. } => (format!("form {name}"), ByteSet::ALL),
        Source::QueryField { name, .. } => (format!("query {name}"), ByteSet::ALL),
        Source::Body => ("body".to_owned(), ByteSet::ALL),
        Source::Payload | Source::Claim(_) | Source::JwsHeader(_) => {
            ("payload".to_owned(), ByteSet::ALL)
        }
        _ => ("fields".to_owned(), ByteSet::ALL),
    };
    let numbers = part.then.iter().any(|s| {
        matches!(
            s,
            Step::DecimalInteger | Step::Decimals(_) | Step::CurrencyDecimals(_)
        )
    });
    let encoded = part.then.iter().any(|s| matches!(s, Step::PercentEncode));
    let bytes = match (numbers, encoded) {
        (true, _) => ByteSet::DIGITS.union(ByteSet::of(b".-")),
        (_, true) => ByteSet::UNRESERVED.with(b'%'),
        _ => bytes,
    };
    Piece::Open { name, bytes }
}
