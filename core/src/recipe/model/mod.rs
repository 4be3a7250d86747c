//! The recipe language as types. A recipe is parsed into these once; every plan runs over them.
//!
//! Names are resolved while parsing: a credential, a let and a JSON path are indices from then on.

mod algorithm;
mod field;
mod flow;
mod part;
mod recipe;
mod step;

pub use algorithm::*;
pub use field::*;
pub use flow::*;
pub use part::*;
pub use recipe::*;
pub use step::*;

/// Index into [`Recipe::credentials`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CredentialId(pub u8);

/// Index into [`Recipe::lets`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LetId(pub u8);

/// Where in the recipe text something stands, for errors: 1-based line, 0 if unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Line(pub u32);

/// Who sends the message to whom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Flow {
    /// Client to provider.
    Request,
    /// Provider to client.
    Webhook,
    /// The provider's signed answer; method and target are those of the request.
    Response,
}

impl Flow {
    /// All flows.
    pub const ALL: [Flow; 3] = [Flow::Request, Flow::Webhook, Flow::Response];

    /// `request`, `webhook` or `response`.
    pub const fn name(self) -> &'static str {
        match self {
            Flow::Request => "request",
            Flow::Webhook => "webhook",
            Flow::Response => "response",
        }
    }

    /// The flow of a name.
    pub fn from_name(name: &str) -> Option<Flow> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// Signing or verifying.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// Making a signature.
    Sign,
    /// Judging one.
    Verify,
}
