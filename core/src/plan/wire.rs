//! Reading a flow's fields from a message: presence, uniqueness, syntax.

use super::headers::split_on;
use super::{Bound, Eval, Plan, Rank, duplicate_header, json_error, malformed_member};
use crate::crypto::Digest;
use crate::http_signature::{self, Input};
use crate::recipe::{
    Captures, Content, Covered, CredentialId, Field, Hole, Items, LetId, Param, Place,
};
use crate::text::form::{FormError, FormPairs};
use crate::text::json::{self, Scalar};
use crate::text::scan;
use crate::time::{self, UnixMillis};
use crate::{Error, Result, Status};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::ops::Range;

/// A field's text longer than this is refused unless it stands in the body.
const MAX_FIELD: usize = 64 * 1024;
/// At most so many signatures of one message are tried.
const MAX_SIGNATURES: usize = 8;

/// How often a field that repeats may hold its template.
const MAX_REPEATED: usize = 16;

/// A hole, the field it was read from, and where in the field's text.
type Capture = (Hole, u8, Range<u32>);

/// What a message's fields say.
#[derive(Clone, Default)]
pub(crate) struct Reading<'m> {
    texts: SmallVec<[Option<Cow<'m, [u8]>>; 4]>,
    captures: SmallVec<[Capture; 8]>,
    pub(crate) instant: Option<UnixMillis>,
    /// When the signature itself says that it ends.
    pub(crate) expires: Option<UnixMillis>,
    pub(crate) algorithm: Option<usize>,
    /// The signature as bytes, where the message holds one and there is one way to read it: decoding takes a while.
    pub(crate) signature: Option<Digest>,
}

impl<'m> Reading<'m> {
    /// The text of a capture.
    pub(crate) fn text(&self, (_, field, range): &Capture) -> &[u8] {
        let text = self.texts.get(*field as usize).and_then(Option::as_deref);
        text.and_then(|t| t.get(range.start as usize..range.end as usize))
            .unwrap_or_default()
    }

    /// All texts of one hole, with the field they stand in.
    pub(crate) fn all(&self, hole: Hole) -> impl Iterator<Item = (u8, &[u8])> {
        self.captures
            .iter()
            .filter(move |c| c.0 == hole)
            .map(|c| (c.1, self.text(c)))
    }

    /// The text of one hole.
    pub(crate) fn one(&self, hole: Hole) -> Option<&[u8]> {
        self.all(hole).next().map(|(_, text)| text)
    }

    /// The signature texts, at most eight.
    pub(crate) fn signatures(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.all(Hole::Signature).take(MAX_SIGNATURES)
    }

    /// The signature texts that stand beside this key id, where each has a key id of its own; otherwise all.
    pub(crate) fn signatures_of<'r>(
        &'r self,
        plan: &'r Plan,
        key_id: Option<&'r [u8]>,
    ) -> impl Iterator<Item = &'r [u8]> {
        let paired = move |capture: &Capture| {
            let field = plan.spec.fields.get(usize::from(capture.1));
            let Some(Field {
                repeat: Some(_),
                content: Content::Template(template),
                ..
            }) = field
            else {
                return true;
            };
            let size = template.holes().count();
            let of_field = || self.captures.iter().filter(|c| c.1 == capture.1);
            let nth = of_field().take_while(|c| *c != capture).count() / size;
            let mut beside = of_field().skip(nth * size).take(size);
            let id = beside.find(|c| c.0 == Hole::KeyId).map(|c| self.text(c));
            id.is_none() || key_id.is_none() || id == key_id
        };
        self.captures
            .iter()
            .filter(move |c| c.0 == Hole::Signature && paired(c))
            .map(|c| self.text(c))
            .take(MAX_SIGNATURES)
    }

    /// Credentials named on the wire.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = (CredentialId, &[u8])> {
        self.captures.iter().filter_map(|c| match c.0 {
            Hole::Credential(id) => Some((id, self.text(c))),
            _ => None,
        })
    }

    /// Lets on the wire, with the field they stand in.
    pub(crate) fn lets(&self) -> impl Iterator<Item = (LetId, usize, &[u8])> {
        self.captures.iter().filter_map(|c| match c.0 {
            Hole::Let(id) => Some((id, c.1 as usize, self.text(c))),
            _ => None,
        })
    }

    /// Times on the wire in a second format.
    pub(crate) fn other_times(&self) -> impl Iterator<Item = (time::TimeFormat, usize, &[u8])> {
        self.captures.iter().filter_map(|c| match c.0 {
            Hole::Timestamp(Some(format)) => Some((format, c.1 as usize, self.text(c))),
            _ => None,
        })
    }

    /// What parts may read of it.
    pub(crate) fn bound(&self, plan: &Plan) -> Bound<'_> {
        let mut bound = Bound {
            instant: self.instant,
            ..Bound::default()
        };
        for capture in &self.captures {
            let place = match capture.0 {
                Hole::Timestamp(None) => &mut bound.timestamp,
                Hole::Nonce => &mut bound.nonce,
                Hole::KeyId => &mut bound.key_id,
                Hole::Let(id) => {
                    let field = plan.spec.fields.get(usize::from(capture.1));
                    if field.is_some_and(|f| f.take.iter().any(|t| t.let_id == id)) {
                        bound.taken.push((id, self.text(capture)));
                    }
                    continue;
                }
                _ => continue,
            };
            place.get_or_insert(self.text(capture));
        }
        bound
    }

    /// Adds what one field says. `Ok(false)`: the field is absent.
    pub(crate) fn read_field(
        &mut self,
        plan: &Plan,
        index: usize,
        text: Option<Cow<'m, [u8]>>,
    ) -> Result<bool> {
        let Some(field) = plan.spec.fields.get(index) else {
            return Ok(false);
        };
        if self.texts.len() <= index {
            self.texts.resize(plan.spec.fields.len(), None);
        }
        let Some(text) = text else {
            return Ok(false);
        };
        let bad = match plan.facts.get(index).map(|f| f.rank) {
            Some(Rank::Signature) => Status::MalformedSignature,
            _ => Status::MalformedField,
        };
        let in_body = matches!(field.place, Place::Json(_) | Place::Form(_));
        if text.len() > MAX_FIELD && !in_body || u32::try_from(text.len()).is_err() {
            return Err(at(field, Status::TooLarge, "is too long"));
        }
        let mut found = Captures::new();
        match &field.content {
            Content::Template(template) if field.repeat.is_some() => {
                let separator = field.repeat.as_deref().unwrap_or_default();
                let mut fits = false;
                for (nth, piece) in split_on(&text, separator).enumerate() {
                    if nth == MAX_REPEATED {
                        return Err(at(field, bad, "holds more pieces than any provider sends"));
                    }
                    let piece = super::trim_blanks(piece);
                    let base = piece.as_ptr() as usize - text.as_ptr() as usize;
                    let before = found.len();
                    if template.read(piece, base, &mut found).is_some() {
                        fits = true;
                    } else if template.is_of_another_kind(piece) {
                        found.truncate(before);
                    } else {
                        return Err(refusal(field, &text, bad));
                    }
                }
                if !fits {
                    return Err(refusal(field, &text, bad));
                }
            }
            Content::Template(template) => {
                let read = template.read(&text, 0, &mut found);
                read.ok_or_else(|| refusal(field, &text, bad))?;
            }
            Content::Items(items) => read_items(field, items, &text, bad, &mut found)?,
            Content::Covered(covered) => {
                self.expires = read_covered(plan, field, covered, &text, &mut found)?;
            }
        }
        self.texts[index] = Some(text);
        for (hole, range) in found {
            let capture = (hole, index as u8, range.start as u32..range.end as u32);
            let value = self.text(&capture);
            if let (Hole::Signature, Some(separator)) = (hole, &field.several) {
                let mut start = range.start;
                let pieces: SmallVec<[Capture; 8]> = split_on(value, separator)
                    .map(|piece| {
                        let at = start;
                        start += piece.len() + separator.len();
                        (hole, index as u8, at as u32..(at + piece.len()) as u32)
                    })
                    .collect();
                self.captures.extend(pieces);
                continue;
            }
            let repeats = matches!(
                hole,
                Hole::Timestamp(None) | Hole::Nonce | Hole::KeyId | Hole::Algorithm
            );
            if repeats
                && field.repeat.is_none()
                && self.one(hole).is_some_and(|first| first != value)
            {
                return Err(at(
                    field,
                    Status::MalformedField,
                    "contradicts another field of the message",
                ));
            }
            self.captures.push(capture);
        }
        Ok(true)
    }

    /// Makes the instant of the time text.
    pub(crate) fn read_time(&mut self, plan: &Plan) -> Result<()> {
        let Some(spec) = &plan.spec.timestamp else {
            return Ok(());
        };
        let Some((index, text)) = self.all(Hole::Timestamp(None)).next() else {
            return Ok(());
        };
        match time::read_any(&spec.accept, text) {
            Some((_, instant)) => self.instant = Some(instant),
            None => {
                let field = &plan.spec.fields[index as usize];
                return Err(at(
                    field,
                    Status::MalformedField,
                    "is not a time in a format that the scheme allows",
                ));
            }
        }
        Ok(())
    }
}

/// An error about one field.
pub(crate) fn at(field: &Field, status: Status, what: &str) -> Error {
    let label = field.place.label();
    let message = format!("{label} {what}");
    Error::field(status, label, message)
}

fn refusal(field: &Field, text: &[u8], status: Status) -> Error {
    rejection(field, text).unwrap_or_else(|| {
        at(
            field,
            status,
            "does not have the form that the scheme gives it",
        )
    })
}

fn rejection(field: &Field, text: &[u8]) -> Option<Error> {
    let reject = field.reject.iter().find(|r| text.starts_with(&r.prefix))?;
    let what = format!("is refused: {}", reject.about);
    Some(at(field, reject.status, &what))
}

/// Why the scheme refuses the message whatever else it holds, if a field says that it is of another version.
pub(crate) fn other_version(eval: &Eval<'_, '_>) -> Option<Error> {
    let mut fields = eval.plan.spec.fields.iter().enumerate();
    fields.find_map(|(index, field)| {
        let text = wire_text(eval, index).ok()??;
        let fits = match &field.content {
            Content::Template(template) => template.read(&text, 0, &mut Captures::new()).is_some(),
            Content::Items(_) | Content::Covered(_) => true,
        };
        if fits { None } else { rejection(field, &text) }
    })
}

// One member of Signature-Input: what is covered, and the parameters that are values of the scheme. Gives its end.
fn read_covered(
    plan: &Plan,
    field: &Field,
    covered: &Covered,
    text: &[u8],
    found: &mut Captures,
) -> Result<Option<UnixMillis>> {
    let malformed = || refusal(field, text, Status::MalformedField);
    let whole = std::str::from_utf8(text).map_err(|_| malformed())?;
    let range = http_signature::member(whole, &covered.label).ok_or_else(|| {
        let what = format!("holds no {}", covered.label);
        at(field, Status::MissingField, &what)
    })?;
    let input = whole.get(range.clone()).and_then(Input::parse);
    let input = input.ok_or_else(malformed)?;
    found.push((Hole::Let(covered.input), range));
    for param in &covered.params {
        let value = input.param(param.name()).ok_or_else(|| {
            let what = format!("holds no {}", param.name());
            at(field, Status::MissingField, &what)
        })?;
        let start = value.as_ptr() as usize - whole.as_ptr() as usize;
        let range = start..start + value.len();
        match param {
            Param::Created => found.push((Hole::Timestamp(None), range)),
            Param::KeyId => found.push((Hole::KeyId, range)),
            Param::Nonce => found.push((Hole::Nonce, range)),
            Param::Tag(tag) if tag != value => {
                return Err(at(
                    field,
                    Status::ContentRejected,
                    "is for another application",
                ));
            }
            Param::Tag(_) | Param::Alg | Param::Expires(_) => {}
        }
    }
    if let Some(alg) = input.param("alg")
        && http_signature::algorithm_name(plan) != Some(alg)
    {
        return Err(at(
            field,
            Status::UnsupportedAlgorithm,
            "names another algorithm",
        ));
    }
    let expires = input.param("expires").map(|text| {
        let seconds = text.parse::<i64>().ok().and_then(|s| s.checked_mul(1000));
        seconds.map(UnixMillis).ok_or_else(malformed)
    });
    expires.transpose()
}

fn read_items(
    field: &Field,
    items: &Items,
    text: &[u8],
    bad: Status,
    found: &mut Captures,
) -> Result<()> {
    let Some(list) = text.strip_prefix(&items.lead[..]) else {
        return Err(refusal(field, text, bad));
    };
    match &items.groups {
        None => read_group(field, items, text, list, bad, found),
        Some(separator) => split_on(list, separator)
            .try_for_each(|group| read_group(field, items, text, group, bad, found)),
    }
}

// One list of items inside the field's text.
fn read_group(
    field: &Field,
    items: &Items,
    text: &[u8],
    list: &[u8],
    bad: Status,
    found: &mut Captures,
) -> Result<()> {
    let start_of = |piece: &[u8]| piece.as_ptr() as usize - text.as_ptr() as usize;
    // Libraries read a separator at the end as the last item's.
    let list = super::trim_blanks(list);
    let list = list.strip_suffix(&items.item[..]).unwrap_or(list);
    let mut seen: SmallVec<[usize; 8]> = SmallVec::new();
    for item in super::split_items(list, &items.item, items.quoted) {
        let item = super::trim_blanks(item);
        let Some(end) = scan::find(item, &items.kv) else {
            return Err(refusal(field, text, bad));
        };
        let key = super::trim_blanks(&item[..end]);
        let Some(which) = items.entries.iter().position(|(k, _)| k.as_bytes() == key) else {
            continue;
        };
        let (name, template) = &items.entries[which];
        let mut value = &item[start_of(key) - start_of(item) + key.len()..];
        value = super::trim_blanks(value);
        value = value.strip_prefix(&items.kv[..]).unwrap_or(value);
        if items.quoted {
            let inner = value
                .strip_prefix(b"\"")
                .and_then(|v| v.strip_suffix(b"\""));
            value = inner.ok_or_else(|| refusal(field, text, bad))?;
        }
        let only_signature = template.holes().all(|h| h == Hole::Signature);
        if seen.contains(&which) && !only_signature {
            let what = format!("holds {name} more than once");
            return Err(at(field, Status::DuplicateField, &what));
        }
        seen.push(which);
        let read = template.read(value, start_of(value), found);
        read.ok_or_else(|| refusal(field, text, bad))?;
    }
    for (which, (name, template)) in items.entries.iter().enumerate() {
        if !seen.contains(&which) {
            let (status, what) = if template.holes().any(|h| h == Hole::Signature) {
                (Status::MissingSignature, format!("holds no {name}"))
            } else {
                (Status::MissingField, format!("holds no {name}"))
            };
            return Err(at(field, status, &what));
        }
    }
    Ok(())
}

/// One of the names of a field, and the text that stands there.
type Named<'e, 'm> = (&'e str, Cow<'m, [u8]>);

/// The text of a field on the wire, if it is there.
#[inline]
pub(crate) fn wire_text<'m>(eval: &Eval<'_, 'm>, index: usize) -> Result<Option<Cow<'m, [u8]>>> {
    Ok(wire_named(eval, index)?.map(|(_, text)| text))
}

/// The same, with which of its names it stands under.
pub(crate) fn wire_named<'e, 'm>(
    eval: &Eval<'e, 'm>,
    index: usize,
) -> Result<Option<Named<'e, 'm>>> {
    let Some(field) = eval.plan.spec.fields.get(index) else {
        return Ok(None);
    };
    let message = eval.message;
    let others = field.or.iter().map(String::as_str);
    let names = std::iter::once(field.place.name()).chain(others);
    for (nth, name) in names.enumerate() {
        let text = match &field.place {
            Place::Header(_) => {
                let mut values = message.headers.iter().filter(|h| h.is(name.as_bytes()));
                let first = values.next();
                match values.next() {
                    None => first.map(|h| Cow::Borrowed(h.value)),
                    Some(_) if field.repeat.as_deref() == Some(b",") => {
                        let all = message.headers.iter().filter(|h| h.is(name.as_bytes()));
                        let all: Vec<&[u8]> = all.map(|h| h.value).collect();
                        Some(Cow::Owned(all.join(&b","[..])))
                    }
                    Some(_) => return Err(duplicate_header(name)),
                }
            }
            Place::Query(_) => one_of(eval.cache.query(eval.plan, message), field, name)?,
            Place::Form(_) => one_of(eval.cache.form(message)?, field, name)?,
            Place::Cookie(_) => cookie(eval, name)?,
            Place::Json(_) => json_text(eval, field, index, nth, name)?,
        };
        if let Some(text) = text {
            return Ok(Some((name, text)));
        }
    }
    Ok(None)
}

fn one_of<'e>(pairs: &FormPairs<'e>, field: &Field, name: &str) -> Result<Option<Cow<'e, [u8]>>> {
    match pairs.one(name) {
        Ok(value) => Ok(value.cloned()),
        // It may be there under the other of its names.
        Err(FormError::Twin(_))
            if !pairs.has(name) && field.or.iter().any(|other| pairs.has(other)) =>
        {
            Ok(None)
        }
        Err(FormError::Twin(_)) => Err(at(
            field,
            Status::DuplicateField,
            "is there in another spelling, which frameworks read as this one",
        )),
        Err(_) => Err(at(field, Status::DuplicateField, "occurs more than once")),
    }
}

fn cookie<'m>(eval: &Eval<'_, 'm>, name: &str) -> Result<Option<Cow<'m, [u8]>>> {
    let mut found = None;
    for header in eval.message.headers.iter().filter(|h| h.is(b"cookie")) {
        for pair in header.value.split(|b| *b == b';') {
            let pair = pair.trim_ascii();
            if let Some(value) = pair
                .strip_prefix(name.as_bytes())
                .and_then(|r| r.strip_prefix(b"="))
                && found.replace(Cow::Borrowed(value)).is_some()
            {
                return Err(Error::field(
                    Status::DuplicateField,
                    format!("cookie:{name}"),
                    format!("cookie {name} occurs more than once"),
                ));
            }
        }
    }
    Ok(found)
}

fn json_text<'m>(
    eval: &Eval<'_, 'm>,
    field: &Field,
    index: usize,
    nth: usize,
    path: &str,
) -> Result<Option<Cow<'m, [u8]>>> {
    if eval.message.body.is_empty() {
        return Ok(None);
    }
    let values = eval.cache.json(eval.plan, eval.message)?;
    let slot = eval.plan.facts.get(index).and_then(|f| f.slots.get(nth));
    let Some(raw) = slot.and_then(|&s| values.get(s)) else {
        return Ok(None);
    };
    if field.alone && json::member_count(eval.message.body) != Some(1) {
        return Err(at(
            field,
            Status::MalformedField,
            "must be the only member: what stands beside it is not signed",
        ));
    }
    let text = json::scalar(raw).map_err(|e| json_error(e, "the body"))?;
    Ok(Some(match text {
        Scalar::String(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
        Scalar::String(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
        Scalar::Number(text) => Cow::Borrowed(text.as_bytes()),
        _ => {
            let mut error = malformed_member(path, "is neither a text nor a number");
            if field.has_signature() {
                error = at(field, Status::MalformedSignature, "is not a text");
            }
            return Err(error);
        }
    }))
}
