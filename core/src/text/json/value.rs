//! Values by their raw text: scalars in their own spelling, the items of an array, the members of an object.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{JsonError, utf8};

/// A value that is no object and no array, as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scalar<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number in its own spelling: `1.50` is not `1.5`.
    Number(&'a str),
    /// A string, decoded; borrowed if it holds no escape.
    String(Cow<'a, str>),
    /// An object or an array.
    Other,
}

impl<'a> Scalar<'a> {
    /// The text that schemes sign: the string itself, a number as spelled, `true` or `false`. `None` for the rest.
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            Self::Number(text) => Some(Cow::Borrowed(text)),
            Self::String(text) => Some(text),
            Self::Null | Self::Other => None,
        }
    }
}

/// The value as a scalar. A string with a lone surrogate is no text: [`JsonError::Malformed`].
pub fn scalar(raw: &RawValue) -> Result<Scalar<'_>, JsonError> {
    scalar_text(raw.get())
}

/// As [`scalar`], for the text of one value that is known to be JSON.
pub(in crate::text) fn scalar_text(text: &str) -> Result<Scalar<'_>, JsonError> {
    Ok(match text.as_bytes().first() {
        Some(b'"') => Scalar::String(string_text(text)?),
        Some(b'n') => Scalar::Null,
        Some(b't') => Scalar::Bool(true),
        Some(b'f') => Scalar::Bool(false),
        Some(b'-' | b'0'..=b'9') => Scalar::Number(text),
        _ => Scalar::Other,
    })
}

/// Decodes a string literal that is known to be JSON.
pub(crate) fn string_text(literal: &str) -> Result<Cow<'_, str>, JsonError> {
    match literal
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        Some(text) if !text.as_bytes().contains(&b'\\') => Ok(Cow::Borrowed(text)),
        _ => serde_json::from_str(literal).map(Cow::Owned).map_err(|_| {
            JsonError::Malformed("a string is not Unicode text: lone surrogate".into())
        }),
    }
}

/// How many members the top-level object has, duplicates counted; `None` if the text is no JSON object.
pub fn member_count(text: &[u8]) -> Option<usize> {
    members(utf8(text).ok()?).ok().map(|members| members.len())
}

/// Whether the text is a JSON object and nothing else; names may be there twice.
pub fn is_object(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<&RawValue>(text).is_ok()
}

/// The items of an array, as written.
pub fn array_items(raw: &RawValue) -> Result<Vec<&RawValue>, JsonError> {
    if !raw.get().starts_with('[') {
        return Err(JsonError::Kind {
            path: String::new(),
            expected: "an array",
        });
    }
    serde_json::from_str(raw.get()).map_err(|e| JsonError::malformed(&e))
}

/// A member's name, decoded, and its value as written.
pub type NamedValue<'a> = (Cow<'a, str>, &'a RawValue);

/// The members of an object in their order, duplicates included, names decoded.
pub fn members(text: &str) -> Result<Vec<NamedValue<'_>>, JsonError> {
    if !text
        .trim_start_matches([' ', '\t', '\n', '\r'])
        .starts_with('{')
    {
        // Not JSON at all is the more useful message.
        serde_json::from_str::<IgnoredAny>(text).map_err(|e| JsonError::malformed(&e))?;
        return Err(JsonError::Kind {
            path: String::new(),
            expected: "an object",
        });
    }
    serde_json::from_str::<Members>(text)
        .map(|members| members.0)
        .map_err(|e| JsonError::malformed(&e))
}

struct Members<'a>(Vec<NamedValue<'a>>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = vec![];
                while let Some(MemberName(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        json.deserialize_map(Collect)
    }
}

/// serde borrows a `Cow` only behind this attribute.
#[derive(serde::Deserialize)]
struct MemberName<'a>(#[serde(borrow)] Cow<'a, str>);
