//! Which bytes a hole can hold: what makes a template readable.

use std::cell::Cell;

use super::model::*;
use crate::text::ByteSet;

const ANY: ByteSet = ByteSet::ALL.without(ByteSet::of(b"\r\n"));
/// Lets that go in circles or grow without end are refused later, by the checks; here they count as unknown after so many parts.
const BUDGET: u32 = 4096;

/// The bytes that a hole of this kind can hold in this flow, all variants included.
pub(super) fn of_hole(hole: Hole, flow: &FlowSpec) -> ByteSet {
    match hole {
        Hole::Signature => of_signature(flow),
        Hole::Timestamp(Some(format)) => format.chars(),
        Hole::Timestamp(None) => of_time(flow),
        Hole::Nonce | Hole::KeyId | Hole::Credential(_) => ByteSet::VISIBLE,
        Hole::Algorithm => ByteSet::TOKEN,
        Hole::Let(id) => of_let(id, flow, &Cell::new(BUDGET)),
    }
}

fn of_signature(flow: &FlowSpec) -> ByteSet {
    let of_algorithm = |algorithm| match algorithm {
        Algorithm::Jws => ByteSet::JWS,
        Algorithm::Basic => ByteSet::BASE64,
        Algorithm::Token | Algorithm::ClientCredentials => ByteSet::VISIBLE,
        _ => (flow.read_encodings.iter()).fold(of_encoding(flow.write_encoding), |set, e| {
            set.union(of_encoding(*e))
        }),
    };
    let all = flow.algorithm.all();
    all.into_iter()
        .fold(ByteSet::EMPTY, |set, a| set.union(of_algorithm(a)))
}

fn of_encoding(encoding: crate::crypto::Encoding) -> ByteSet {
    if encoding == crate::crypto::Encoding::Text {
        return ByteSet::VISIBLE;
    }
    (0..=u8::MAX)
        .filter(|b| encoding.is_char(*b))
        .fold(ByteSet::EMPTY, ByteSet::with)
}

fn of_time(flow: &FlowSpec) -> ByteSet {
    let variants = flow.variants.iter().filter_map(|v| v.timestamp.as_ref());
    let mut specs = flow.timestamp.iter().chain(variants).peekable();
    if specs.peek().is_none() {
        return ByteSet::VISIBLE;
    }
    specs
        .flat_map(|t| &t.accept)
        .fold(ByteSet::EMPTY, |set, format| set.union(format.chars()))
}

fn of_let(id: LetId, flow: &FlowSpec, budget: &Cell<u32>) -> ByteSet {
    let replaced = flow
        .variants
        .iter()
        .flat_map(|v| &v.lets)
        .filter(|(l, _)| *l == id)
        .map(|(_, part)| part);
    let all = flow.let_part(id).into_iter().chain(replaced);
    all.fold(ByteSet::EMPTY, |set, part| {
        set.union(of_part(part, flow, budget))
    })
}

fn of_part(part: &Part, flow: &FlowSpec, budget: &Cell<u32>) -> ByteSet {
    let Some(left) = budget.get().checked_sub(1) else {
        return ByteSet::ALL;
    };
    budget.set(left);
    let source = match &part.source {
        Source::Literal(text) => ByteSet::of(text),
        Source::HeaderNames(names) => ByteSet::TOKEN.union(ByteSet::of(&names.join)),
        Source::Timestamp(Some(format)) => format.chars(),
        Source::Timestamp(None) => of_time(flow),
        Source::Nonce | Source::KeyId | Source::Credential(_) | Source::Method | Source::Target => {
            ByteSet::VISIBLE
        }
        Source::Group(parts) => {
            (parts.iter()).fold(ByteSet::EMPTY, |set, p| set.union(of_part(p, flow, budget)))
        }
        Source::Let(id) => of_let(*id, flow, budget),
        _ => ANY,
    };
    part.then.iter().fold(source, after_step)
}

fn map(set: ByteSet, to: fn(&u8) -> u8) -> ByteSet {
    set.iter()
        .map(|b| to(&b))
        .fold(ByteSet::EMPTY, ByteSet::with)
}

fn after_step(set: ByteSet, step: &Step) -> ByteSet {
    match step {
        Step::Upper => map(set, u8::to_ascii_uppercase),
        Step::Lower => map(set, u8::to_ascii_lowercase),
        Step::Only { class, .. } => set.intersection(class.bytes()),
        Step::Encode(encoding) => of_encoding(*encoding),
        Step::Crc32Decimal | Step::DecimalInteger => ByteSet::DIGITS,
        Step::Decimals(_) | Step::CurrencyDecimals(_) => ByteSet::DIGITS.union(ByteSet::of(b".-")),
        Step::PercentEncode => ByteSet::UNRESERVED.with(b'%'),
        Step::JsonStringEscape | Step::JsonStringEscapeNet => set.union(ByteSet::VISIBLE),
        Step::Trim
        | Step::StripWhiteSpace
        | Step::Reverse
        | Step::StripPrefix { .. }
        | Step::StripSuffix { .. }
        | Step::RemoveFirst(_)
        | Step::Take(_)
        | Step::AfterLast(_)
        | Step::Piece { .. } => set,
        Step::PercentDecodeOnly(which) => set.union(ByteSet::of(which)),
        Step::Hash(_)
        | Step::Decode(_)
        | Step::PercentDecode
        | Step::Latin1ToUtf8
        | Step::HmacAsKey { .. }
        | Step::HmacAsData { .. }
        | Step::CipherAsKey { .. } => ByteSet::ALL,
    }
}

/// How a let that holds a list of header names is split: as the header block that reads it splits, else as it is joined, else `;`.
pub(super) fn list_separator(id: LetId, flow: &FlowSpec) -> Box<[u8]> {
    let mut found = None;
    flow.each_part(&mut |part| {
        if let Source::Headers(HeaderBlock {
            select: HeaderSelect::List { names, split, .. },
            ..
        }) = &part.source
            && matches!(names.source, Source::Let(l) if l == id)
        {
            found.get_or_insert_with(|| split.clone());
        }
    });
    match (found, flow.let_part(id).map(|p| &p.source)) {
        (Some(split), _) => split,
        (None, Some(Source::HeaderNames(names))) => names.join.clone(),
        _ => Box::from(&b";"[..]),
    }
}
