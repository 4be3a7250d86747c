//! Whether a body that is read as a form is declared as one: an application's framework goes by the Content-Type, and would read
//! other fields out of the same bytes if that said `multipart/form-data`.

use super::{Plan, all_parts, duplicate_header};
use crate::recipe::{FlowSpec, Place, SortedFrom, Source};
use crate::{Error, Message, Result, Status};
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
    match spec.fields.iter().any(|field| in_form(&field.place))
        || parts.iter().any(|part| of_form(&part.source))
    {
        true => Declared::Form,
        false => Declared::Any,
    }
}

impl Plan {
    /// Checks the Content-Type as far as the plan asks for it.
    pub(crate) fn check_declared(&self, message: &Message<'_>) -> Result<()> {
        if self.declared == Declared::Any {
            return Ok(());
        }
        let mut values = message.header_values(b"content-type");
        let Some(value) = values.next() else {
            return Ok(());
        };
        if values.next().is_some() {
            return Err(duplicate_header("content-type"));
        }
        if self.declared == Declared::Form && !message.body.is_empty() && !is_form(value) {
            return Err(Error::field(
                Status::MalformedField,
                "content-type",
                "the scheme's fields stand in a form, but the Content-Type is not application/x-www-form-urlencoded",
            ));
        }
        Ok(())
    }
}

/// Whether a Content-Type says that the body is a form.
pub(super) fn is_form(value: &[u8]) -> bool {
    let media = value.split(|b| *b == b';').next().unwrap_or_default();
    media
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}
