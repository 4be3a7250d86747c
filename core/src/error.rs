//! The one error type: a status, the field it concerns and a sentence for people.

use crate::Status;

/// Why a call did not succeed. Never holds a secret, an expected signature or body bytes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{status}: {message}")]
pub struct Error {
    status: Status,
    field: Option<Box<str>>,
    message: Box<str>,
    key_request: Option<Box<KeyRequest>>,
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
    /// An error that concerns no single field.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Error {
            status,
            field: None,
            message: message.into().into(),
            key_request: None,
        }
    }

    /// An error about one field: a header name, `json:path`, `form:name`, `query:name`, a credential or an option.
    pub fn field(status: Status, field: impl Into<String>, message: impl Into<String>) -> Self {
        Error {
            field: Some(field.into().into()),
            ..Error::new(status, message)
        }
    }

    pub(crate) fn needs_key(request: KeyRequest) -> Self {
        Error {
            key_request: Some(Box::new(request)),
            ..Error::new(
                Status::NeedsKey,
                "the key that the message names must be fetched first",
            )
        }
    }

    /// What a verdict on a received message means for one that is being signed: it cannot be signed as it is.
    pub(crate) fn while_signing(mut self) -> Self {
        if self.status.is_verdict() {
            self.status = Status::InvalidMessage;
        }
        self
    }

    /// The status; never [`Status::Ok`].
    pub fn status(&self) -> Status {
        self.status
    }

    /// The field that is at fault, if one is: `X-Date`, `json:amount.value`, `secret`.
    pub fn field_name(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// A sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// With [`Status::NeedsKey`]: which key to fetch.
    pub fn key_request(&self) -> Option<&KeyRequest> {
        self.key_request.as_deref()
    }
}

/// Result with paysig's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
