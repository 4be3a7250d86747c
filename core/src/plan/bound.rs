//! What a run has found out so far: values bound from options or from the wire, and parsed views of the message.

use super::Plan;
use super::sources;
use crate::recipe::LetId;
use crate::text::form::FormPairs;
use crate::text::json;
use crate::text::json::JsonValues;
use crate::time::UnixMillis;
use crate::{Error, Message, Result, Status};
use std::cell::OnceCell;

/// Values that do not come from the message's parts themselves.
#[derive(Default, Clone)]
pub(crate) struct Bound<'b> {
    /// The time text as it travels.
    pub(crate) timestamp: Option<&'b [u8]>,
    /// The same as an instant.
    pub(crate) instant: Option<UnixMillis>,
    pub(crate) nonce: Option<&'b [u8]>,
    pub(crate) key_id: Option<&'b [u8]>,
    /// The payload of a JWS, decoded.
    pub(crate) payload: Option<&'b [u8]>,
    pub(crate) jws_header: Option<&'b JwsHeader>,
    /// Lets whose value came from the wire.
    pub(crate) taken: Vec<(LetId, &'b [u8])>,
    /// The digest of a streamed body, where the plan reads nothing else of it.
    pub(crate) body_digest: Option<&'b [u8]>,
}

/// Headers that signing has added to the message.
pub(crate) trait Added {
    /// The value of a header, its name in any case.
    fn header(&self, name: &[u8]) -> Option<&[u8]>;
    /// Calls back with name and value of each.
    fn each<'a>(&'a self, f: &mut dyn FnMut(&'a [u8], &'a [u8]));
}

/// The protected header of a JWS, as received or as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct JwsHeader {
    pub(crate) json: Vec<u8>,
}

impl JwsHeader {
    /// A text member.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>> {
        let malformed = |_| Error::new(Status::MalformedSignature, "the JWS header is not JSON");
        let text = std::str::from_utf8(&self.json)
            .map_err(|_| Error::new(Status::MalformedSignature, "the JWS header is not UTF-8"))?;
        member_text(&json::members(text).map_err(malformed)?, name)
    }
}

/// A text member among those of a protected header.
pub(crate) fn member_text(members: &[json::NamedValue<'_>], name: &str) -> Result<Option<String>> {
    let Some((_, raw)) = members.iter().find(|(n, _)| n == name) else {
        return Ok(None);
    };
    match json::scalar(raw) {
        Ok(json::Scalar::String(text)) => Ok(Some(text.into_owned())),
        Ok(_) => Err(Error::new(
            Status::MalformedSignature,
            format!("{name} in the JWS header is not a string"),
        )),
        Err(_) => Err(Error::new(
            Status::MalformedSignature,
            "the JWS header is not JSON",
        )),
    }
}

/// Parsed views of the message, made at most once.
#[derive(Default)]
pub(crate) struct Cache<'m> {
    json: OnceCell<Result<JsonValues<'m>>>,
    form: OnceCell<Result<FormPairs<'m>>>,
    query: OnceCell<FormPairs<'m>>,
}

impl<'m> Cache<'m> {
    /// The JSON members that the plan reads.
    pub(crate) fn json(&self, plan: &Plan, message: &Message<'m>) -> Result<&JsonValues<'m>> {
        self.json
            .get_or_init(|| {
                plan.json
                    .read(message.body, plan.check_case_twins)
                    .map_err(|e| sources::json_error(e, "the body"))
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The fields of a form body.
    pub(crate) fn form(&self, message: &Message<'m>) -> Result<&FormPairs<'m>> {
        self.form
            .get_or_init(|| {
                FormPairs::new(message.body)
                    .map_err(|e| Error::field(Status::MalformedField, "body", e.to_string()))
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The fields of the query.
    pub(crate) fn query(&self, plan: &Plan, message: &Message<'m>) -> &FormPairs<'m> {
        (self.query).get_or_init(|| FormPairs::lenient(plan.query(message).unwrap_or_default()))
    }
}
