//! The one error type: a status, the field it concerns and a sentence for people.

use crate::{Status, text};
use std::borrow::Cow;

/// Why a call did not succeed. Never holds a secret, an expected signature or body bytes.
// Boxed, so that the results of calls that succeed, which are nearly all, are small.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", .0.status, .0.message)]
pub struct Error(Box<Content>);

#[derive(Clone, PartialEq, Eq)]
struct Content {
    status: Status,
    field: Option<Box<str>>,
    message: Box<str>,
    key_request: Option<Box<KeyRequest>>,
}

impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Error")
            .field("status", &self.0.status)
            .field("field", &self.0.field)
            .field("message", &self.0.message)
            .field("key_request", &self.0.key_request)
            .finish()
    }
}

/// Characters of a field's name and of a message. Names that strangers write are cut before they become part of either: see
/// [`text::shown`]; what a recipe says at length stays whole.
const MAX_FIELD: usize = 256;
const MAX_MESSAGE: usize = 4096;

/// On one line and not endless, whoever wrote what it is made of.
fn tame(text: String, most: usize) -> Box<str> {
    match text::cut(&text, most) {
        Some(begin) => format!("{}...", text::visible(begin)).into(),
        None => match text::visible(&text) {
            Cow::Owned(tamed) => tamed.into(),
            Cow::Borrowed(_) => text.into(),
        },
    }
}

/// Which key the host must fetch before the message can be judged (`needs_key`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyRequest {
    /// The key id that the message names; at most 256 visible ASCII characters.
    pub key_id: String,
    /// Where to get it, if the recipe allows exactly this address; `https`, no user info, port or fragment.
    pub url: Option<String>,
}

impl Error {
    #[cold]
    fn with(
        status: Status,
        field: Option<String>,
        message: String,
        key_request: Option<Box<KeyRequest>>,
    ) -> Self {
        Error(Box::new(Content {
            status,
            field: field.map(|field| tame(field, MAX_FIELD)),
            message: tame(message, MAX_MESSAGE),
            key_request,
        }))
    }

    /// An error that concerns no single field.
    #[cold]
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Error::with(status, None, message.into(), None)
    }

    /// An error about one field: a header name, `json:path`, `form:name`, `query:name`, a credential or an option.
    #[cold]
    pub fn field(status: Status, field: impl Into<String>, message: impl Into<String>) -> Self {
        Error::with(status, Some(field.into()), message.into(), None)
    }

    #[cold]
    pub(crate) fn needs_key(request: KeyRequest) -> Self {
        let message = "the key that the message names must be fetched first";
        let request = Some(Box::new(request));
        Error::with(Status::NeedsKey, None, message.into(), request)
    }

    /// What a verdict on a received message means for one that is being signed: it cannot be signed as it is.
    #[cold]
    pub(crate) fn while_signing(mut self) -> Self {
        if self.0.status.is_verdict() {
            self.0.status = Status::InvalidMessage;
        }
        self
    }

    /// The status; never [`Status::Ok`].
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// The field that is at fault, if one is: `X-Date`, `json:amount.value`, `secret`.
    pub fn field_name(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// A sentence for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// With [`Status::NeedsKey`]: which key to fetch.
    pub fn key_request(&self) -> Option<&KeyRequest> {
        self.0.key_request.as_deref()
    }
}

/// Result with paysig's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
