//! Whether a body that is read as a form is declared as one, and in a charset that leaves its fields what they are: an application's
//! framework goes by the Content-Type, and would read other fields out of the same bytes if that said `multipart/form-data` or
//! `charset=utf-7`.

use super::{Plan, all_parts, duplicate_header};
use crate::recipe::{FlowSpec, Place, SortedFrom, Source};
use crate::{Error, Message, Result, Status};
use memchr::memchr;
use std::collections::BTreeSet;

/// What a plan asks of the Content-Type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Declared {
    /// Nothing.
    Any,
    /// Conditions look at it, so it may not be there twice.
    Asked,
    /// Form fields are read of every message: if it is there, it must say so.
    Form,
    /// JSON members are read: its charset matters.
    Json,
}

pub(super) fn declared(spec: &FlowSpec, used: &BTreeSet<usize>) -> Declared {
    let parts = all_parts(spec, used);
    let conditions = parts.iter().filter_map(|part| part.when.as_ref());
    let of_fields = spec.fields.iter().filter_map(|field| field.when.as_ref());
    let required = spec.require.iter().filter_map(|rule| rule.when.as_ref());
    let mut all = conditions.chain(of_fields).chain(required);
    if all.any(|when| when.form.is_some()) {
        return Declared::Asked;
    }
    let in_form = |place: &Place| matches!(place, Place::Form(_));
    let of_form = |source: &Source| match source {
        Source::Form { .. } => true,
        Source::Sorted(sorted) => {
            matches!(sorted.from, SortedFrom::Form | SortedFrom::QueryAndForm)
        }
        _ => false,
    };
    if spec.fields.iter().any(|field| in_form(&field.place))
        || parts.iter().any(|part| of_form(&part.source))
    {
        return Declared::Form;
    }
    let of_json = |source: &Source| match source {
        Source::Json(json) => json.from.is_none(),
        Source::Leaves(_) => true,
        Source::CanonicalJson { from, .. } => from.is_none(),
        Source::Sorted(sorted) => sorted.from == SortedFrom::Json,
        _ => false,
    };
    match parts.iter().any(|part| of_json(&part.source)) {
        true => Declared::Json,
        false => Declared::Any,
    }
}

impl Plan {
    /// Checks the Content-Type as far as the plan asks for it.
    pub(crate) fn check_declared(&self, message: &Message<'_>) -> Result<()> {
        if self.declared == Declared::Any {
            return Ok(());
        }
        if self.declared == Declared::Json {
            let mut values = message.header_values(b"content-type");
            let known = values.all(|value| has_known_charset(value, &SINGLE_BYTE));
            return match known || message.body.is_empty() {
                true => Ok(()),
                false => Err(charset()),
            };
        }
        let mut values = message.header_values(b"content-type");
        let Some(value) = values.next() else {
            return Ok(());
        };
        if values.next().is_some() {
            return Err(duplicate_header("content-type"));
        }
        if message.body.is_empty() {
            return Ok(());
        }
        if !is_form(value) {
            return match self.declared {
                Declared::Form => Err(Error::field(
                    Status::MalformedField,
                    "content-type",
                    "the scheme's fields stand in a form, but the Content-Type is not application/x-www-form-urlencoded",
                )),
                _ => Ok(()),
            };
        }
        // Escaped, as a form's bytes beyond ASCII are, they cannot swallow what stands behind them.
        if has_known_charset(value, &SINGLE_BYTE)
            || (message.body.is_ascii() && has_known_charset(value, &DOUBLE_BYTE))
        {
            return Ok(());
        }
        Err(charset())
    }
}

#[cold]
fn charset() -> Error {
    Error::field(
        Status::MalformedField,
        "content-type",
        "the Content-Type names a charset in which other fields may stand in the body",
    )
}

/// Charsets in which every byte of ASCII is itself, wherever it stands; written as [`has_known_charset`] compares them.
const SINGLE_BYTE: [&[u8]; 14] = [
    b"utf8",
    b"usascii",
    b"ascii",
    b"iso88591",
    b"latin1",
    b"iso88592",
    b"iso885915",
    b"windows1250",
    b"windows1251",
    b"windows1252",
    b"cp1250",
    b"cp1251",
    b"cp1252",
    b"koi8r",
];

/// Charsets in which the second byte of a character may be one of ASCII's; some providers write forms in them.
const DOUBLE_BYTE: [&[u8]; 8] = [
    b"gbk",
    b"gb2312",
    b"gb18030",
    b"big5",
    b"shiftjis",
    b"windows31j",
    b"eucjp",
    b"euckr",
];

/// Whether every charset that a Content-Type names is a known one. What a reader may take for a charset and we do not, counts as unknown:
/// parameters in pieces (`charset*0`) or within the value of another.
fn has_known_charset(value: &[u8], known: &[&[u8]]) -> bool {
    const NAME: &[u8] = b"charset";
    if memchr(b';', value).is_none() {
        return true;
    }
    let is_name = |text: &[u8]| text.eq_ignore_ascii_case(NAME);
    let mut named = value.windows(NAME.len()).filter(|w| is_name(w)).count();
    if named == 0 {
        return true;
    }
    for parameter in value.split(|b| *b == b';') {
        let Some(at) = memchr(b'=', parameter) else {
            continue;
        };
        if !is_name(parameter[..at].trim_ascii()) {
            continue;
        }
        let charset = parameter[at + 1..].trim_ascii();
        let charset = charset
            .strip_prefix(b"\"")
            .and_then(|c| c.strip_suffix(b"\""))
            .unwrap_or(charset);
        let letters = || charset.iter().filter(|b| !matches!(b, b'-' | b'_'));
        let is = |known: &&[u8]| {
            letters()
                .map(u8::to_ascii_lowercase)
                .eq(known.iter().copied())
        };
        if !known.iter().any(is) {
            return false;
        }
        named -= 1;
    }
    named == 0
}

/// Whether a Content-Type says that the body is a form.
pub(super) fn is_form(value: &[u8]) -> bool {
    let media = value.split(|b| *b == b';').next().unwrap_or_default();
    media
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}
