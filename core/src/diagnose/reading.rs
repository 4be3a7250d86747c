//! Reads a message's fields as far as they can be read, and notes what is wrong with them.

use super::clue::Clue;
use super::observed::{Observed, observe, plausible};
use crate::Message;
use crate::Status;
use crate::plan::keys::CredentialValues;
use crate::plan::wire::{Reading, wire_text};
use crate::plan::{Bound, Cache, Eval, Plan};
use crate::recipe::{Captures, Content, Field, Hole, Items, Piece, Place, Template};
use crate::text::ByteSet;
use std::borrow::Cow;

/// What could be read.
pub(super) struct Seen<'m> {
    pub(super) reading: Reading<'m>,
    /// Every reading of every signature.
    pub(super) observed: Vec<Observed>,
    /// Signature texts as they are, for JWS.
    pub(super) texts: Vec<(Vec<Clue>, Vec<u8>)>,
    /// Facts: what the message itself shows to be wrong.
    pub(super) facts: Vec<Clue>,
}

/// Reads every field; nothing is refused.
pub(super) fn see<'m>(plan: &Plan, message: &Message<'m>) -> Seen<'m> {
    let nobody = CredentialValues::default();
    let bound = Bound::default();
    let cache = Cache::default();
    let eval = Eval::new(plan, message, &nobody, &bound, &cache);
    let relaxed = [relax(plan, true), relax(plan, false), plan.clone()];
    let mut seen = Seen {
        reading: Reading::default(),
        observed: Vec::new(),
        texts: Vec::new(),
        facts: Vec::new(),
    };
    let mut signature_missing = None;
    for (index, field) in plan.spec.fields.iter().enumerate() {
        if field.when.as_ref().is_some_and(|w| !eval.holds(w)) {
            continue;
        }
        let label = field.place.label();
        let text = match wire_text(&eval, index) {
            Ok(text) => text,
            Err(error) => {
                if error.status() == Status::DuplicateField {
                    let id = match field.has_signature() {
                        true => "signature-header-duplicated",
                        false => "header-duplicated",
                    };
                    seen.facts.push(Clue::about(id, label.clone()));
                }
                first_of(message, field).map(Cow::Borrowed)
            }
        };
        let Some(text) = text else {
            if field.has_signature() {
                signature_missing = Some(index);
            } else if !field.optional {
                seen.facts
                    .push(Clue::about("required-header-missing", label));
            }
            continue;
        };
        if let Some(fact) = cut_at_comma(field, &text) {
            seen.facts.push(fact);
        }
        if !take(&relaxed, index, text.clone(), &[], &mut seen) {
            let repaired = repairs(plan, field, &text);
            let read = repaired
                .into_iter()
                .any(|(clue, text)| take(&relaxed, index, Cow::Owned(text), &[clue], &mut seen));
            if !read && field.has_signature() {
                // The signature alone, without what stands before it.
                let expected = &plan.spec.read_encodings;
                let bare = text.trim_ascii();
                if plan.spec.jws.is_none() && plausible(bare, expected) {
                    let clues = [Clue::new("signature-prefix-missing")];
                    seen.texts.push((clues.to_vec(), bare.to_vec()));
                    observe(bare, expected, &clues, &mut seen.observed);
                } else {
                    signature_missing = Some(index);
                }
            }
        }
    }
    if let Some(index) = signature_missing
        && seen.texts.is_empty()
    {
        elsewhere(plan, &relaxed, index, message, &mut seen);
        let truncated = seen
            .facts
            .iter()
            .any(|f| f.id == "signature-header-truncated");
        if seen.texts.is_empty() && !truncated {
            let label = plan
                .spec
                .fields
                .get(index)
                .map_or_else(String::new, |f| f.place.label());
            let there = plan
                .spec
                .fields
                .get(index)
                .and_then(|f| first_of(message, f))
                .is_some();
            let id = if there {
                "signature-unreadable"
            } else {
                "signature-missing"
            };
            seen.facts.push(Clue::about(id, label));
        }
    }
    if let Some(spec) = &plan.spec.timestamp
        && let Some(text) = seen.reading.one(Hole::Timestamp(None))
    {
        seen.reading.instant = super::time::read(spec, text).map(|(_, instant)| instant);
    }
    seen
}

fn first_of<'m>(message: &Message<'m>, field: &Field) -> Option<&'m [u8]> {
    match &field.place {
        Place::Header(name) => message
            .headers
            .iter()
            .find(|h| h.is(name.as_bytes()))
            .map(|h| h.value),
        _ => None,
    }
}

/// Reads a field's text by the first rule that takes it, and its signatures.
fn take<'m>(
    relaxed: &[Plan],
    index: usize,
    text: Cow<'m, [u8]>,
    clues: &[Clue],
    seen: &mut Seen<'m>,
) -> bool {
    for plan in relaxed {
        let mut attempt = seen.reading.clone();
        if !matches!(
            attempt.read_field(plan, index, Some(text.clone())),
            Ok(true)
        ) {
            continue;
        }
        for (at, signature) in attempt.signatures() {
            if usize::from(at) == index {
                seen.texts.push((clues.to_vec(), signature.to_vec()));
                observe(
                    signature,
                    &plan.spec.read_encodings,
                    clues,
                    &mut seen.observed,
                );
            }
        }
        seen.reading = attempt;
        return true;
    }
    false
}

/// The plan with holes that take more bytes. `all`: signatures take every byte, else what encodings and escapes use.
fn relax(plan: &Plan, all: bool) -> Plan {
    let mut plan = plan.clone();
    let any = if all {
        ByteSet::ALL
    } else {
        ByteSet::ALPHANUMERIC.union(ByteSet::of(b"+/=-_%.: \t\r\n\\"))
    };
    for field in &mut plan.spec.fields {
        let templates: Vec<&mut Template> = match &mut field.content {
            Content::Template(template) => vec![template],
            Content::Items(items) => items.entries.iter_mut().map(|(_, t)| t).collect(),
            Content::Covered(_) => Vec::new(),
        };
        for template in templates {
            let alone = template.holes().count() == 1;
            let last = template.pieces.len().saturating_sub(1);
            // Where the signature begins must still be seen.
            let border = template.pieces.iter().rev().find_map(|p| match p {
                Piece::Literal(text) if !alone => text.iter().find(|b| !b.is_ascii_alphanumeric()),
                _ => None,
            });
            let any = border.map_or(any, |b| any.without(ByteSet::of(&[*b])));
            let lets = template.holes().any(|h| matches!(h, Hole::Let(_)));
            for (nth, piece) in template.pieces.iter_mut().enumerate() {
                if let Piece::Hole(hole, class) = piece {
                    let free = matches!(hole, Hole::Signature | Hole::Timestamp(_) | Hole::Nonce);
                    if alone && free || *hole == Hole::Signature && (nth == last || (lets && !all))
                    {
                        *class = class.union(any).into();
                    }
                }
            }
        }
    }
    plan
}

/// The list ends before its signature: some layer cut the header at a comma.
fn cut_at_comma(field: &Field, text: &[u8]) -> Option<Clue> {
    let cut = match &field.content {
        Content::Items(items) => {
            let signature = items.entries.iter().find(|(_, t)| t.has_signature())?;
            let has = |key: &str| {
                super::structure::find(text, &[key.as_bytes(), &items.kv].concat()).is_some()
            };
            let some = items
                .entries
                .iter()
                .any(|(key, t)| !t.has_signature() && has(key));
            items.item.contains(&b',') && some && !has(&signature.0)
        }
        Content::Template(template) => match template.pieces.first() {
            Some(Piece::Literal(lead)) => {
                let comma = lead.iter().position(|b| *b == b',');
                comma.is_some_and(|at| text.trim_ascii() == &lead[..at])
            }
            _ => false,
        },
        Content::Covered(_) => false,
    };
    let label = field.place.label();
    cut.then(|| Clue::about("signature-header-truncated", label))
}

/// Texts that the field may have been meant to hold.
fn repairs(plan: &Plan, field: &Field, text: &[u8]) -> Vec<(Clue, Vec<u8>)> {
    if !field.has_signature() {
        return Vec::new();
    }
    let expected = &plan.spec.read_encodings;
    let jws = plan.spec.jws.is_some();
    let fits = |template: &Template, text: &[u8]| {
        let mut captures = Captures::new();
        let is_read = template.read(text, 0, &mut captures).is_some();
        let mut signature = captures.iter().filter(|(h, _)| *h == Hole::Signature);
        is_read
            && signature.next().is_some_and(|(_, range)| {
                let signature = text.get(range.clone()).unwrap_or_default();
                jws || plausible(signature, expected)
            })
    };
    let mut all: Vec<(Clue, Vec<u8>)> = Vec::new();
    match &field.content {
        Content::Template(template) => {
            let wide = widened(template);
            for (clue, text) in lead_repairs(template, text) {
                if fits(&wide, &text) {
                    all.push((clue, text));
                }
            }
        }
        Content::Items(items) => all.extend(item_repairs(items, text, expected)),
        Content::Covered(_) => {}
    }
    all
}

fn widened(template: &Template) -> Template {
    let mut template = template.clone();
    let last = template.pieces.len().saturating_sub(1);
    for (nth, piece) in template.pieces.iter_mut().enumerate() {
        if let Piece::Hole(Hole::Signature, class) = piece
            && nth == last
        {
            *class = class
                .union(ByteSet::ALPHANUMERIC.union(ByteSet::of(b"+/=-_%.")))
                .into();
        }
    }
    template
}

/// Another word, or no word, before the signature.
fn lead_repairs(template: &Template, text: &[u8]) -> Vec<(Clue, Vec<u8>)> {
    let wrong = Clue::new("signature-prefix-wrong");
    let missing = Clue::new("signature-prefix-missing");
    let Some(Piece::Literal(lead)) = template.pieces.first() else {
        // No word is due: one too many.
        return cuts(text)
            .into_iter()
            .map(|rest| (wrong.clone(), rest.to_vec()))
            .collect();
    };
    let mut all = Vec::new();
    let with_lead = |rest: &[u8]| [lead, rest].concat();
    if text.len() >= lead.len() && text[..lead.len()].eq_ignore_ascii_case(lead) {
        all.push((wrong.clone(), with_lead(&text[lead.len()..])));
    }
    all.push((missing, with_lead(text)));
    for rest in cuts(text) {
        all.push((wrong.clone(), with_lead(rest)));
    }
    // Only the signature, where key id or other values stand before it: those come from elsewhere.
    all
}

/// What follows the first or last separator.
fn cuts(text: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    for separator in [b' ', b'=', b':', b','] {
        if let Some(at) = text.iter().position(|b| *b == separator) {
            all.push(text[at + 1..].trim_ascii_start());
        }
        if let Some(at) = text.iter().rposition(|b| *b == separator) {
            all.push(text[at + 1..].trim_ascii_start());
        }
    }
    all
}

fn item_repairs(
    items: &Items,
    text: &[u8],
    expected: &[crate::crypto::Encoding],
) -> Vec<(Clue, Vec<u8>)> {
    let Some((key, _)) = items.entries.iter().find(|(_, t)| t.has_signature()) else {
        return Vec::new();
    };
    let wrong = Clue::new("signature-prefix-wrong");
    let missing = Clue::new("signature-prefix-missing");
    let mut all = Vec::new();
    if !items.lead.is_empty() && !text.starts_with(&items.lead) {
        all.push((missing.clone(), [&items.lead, text].concat()));
    }
    let list = text.strip_prefix(&items.lead[..]).unwrap_or(text);
    let pieces = crate::plan::split_items(list, &items.item, items.quoted);
    let pieces: Vec<&[u8]> = pieces.collect();
    for (nth, piece) in pieces.iter().enumerate() {
        let at = super::structure::find(piece, &items.kv);
        let bare = at.map(|at| &piece[at + items.kv.len()..]);
        let name = at.map(|at| piece[..at].trim_ascii());
        let known = name.is_some_and(|n| items.entries.iter().any(|(k, _)| k.as_bytes() == n));
        for (clue, value) in [(&missing, Some(*piece)), (&wrong, bare)] {
            let Some(value) = value.map(<[u8]>::trim_ascii) else {
                continue;
            };
            if known || !plausible(value, expected) {
                continue;
            }
            let mut new = pieces.clone();
            let item = [key.as_bytes(), &items.kv, value].concat();
            new[nth] = &item;
            all.push((
                clue.clone(),
                [&items.lead[..], &new.join(&items.item[..])].concat(),
            ));
        }
    }
    all
}

/// The signature in another header.
fn elsewhere<'m>(
    plan: &Plan,
    relaxed: &[Plan],
    index: usize,
    message: &Message<'m>,
    seen: &mut Seen<'m>,
) {
    let Some(field) = plan.spec.fields.get(index) else {
        return;
    };
    let own = |name: &[u8]| {
        plan.spec.fields.iter().any(
            |f| matches!(&f.place, Place::Header(n) if n.as_bytes().eq_ignore_ascii_case(name)),
        )
    };
    for header in message.headers.iter().filter(|h| !own(h.name)) {
        let name = String::from_utf8_lossy(header.name).into_owned();
        let clue = Clue::about("signature-in-wrong-header", name);
        let mut texts = vec![(None, header.value.to_vec())];
        texts.extend(
            repairs(plan, field, header.value)
                .into_iter()
                .map(|(c, t)| (Some(c), t)),
        );
        for (more, text) in texts {
            let clues: Vec<Clue> = std::iter::once(clue.clone()).chain(more).collect();
            let before = seen.texts.len();
            let mut attempt = Seen {
                reading: seen.reading.clone(),
                observed: Vec::new(),
                texts: Vec::new(),
                facts: Vec::new(),
            };
            let good = take(relaxed, index, Cow::Owned(text), &clues, &mut attempt)
                && attempt.texts.iter().all(|(_, t)| {
                    plan.spec.jws.is_some() || plausible(t, &plan.spec.read_encodings)
                });
            if good {
                seen.reading = attempt.reading;
                seen.observed.extend(attempt.observed);
                seen.texts.extend(attempt.texts);
            }
            if seen.texts.len() > before {
                break;
            }
        }
    }
}
