//! Which options of signing a flow has a use for.

use super::Plan;
use crate::recipe::{FlowSpec, Hole, Source};
use crate::sign::SignOptions;
use crate::{Error, Result, Status};

/// The options of signing that a flow has a use for. Another that is given is refused with `invalid_option`: it would be dropped, and
/// its giver think that it was signed and sent (an idempotency key, an expiry).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Takes {
    /// [`SignOptions::nonce`]
    pub nonce: bool,
    /// [`SignOptions::timestamp_text`]
    pub timestamp_text: bool,
    /// [`SignOptions::payload`]: alone, or beside the claims that the recipe writes.
    pub payload: bool,
    /// [`SignOptions::expires_in`]
    pub expires_in: bool,
}

impl Takes {
    /// `reads` says whether anything that is signed comes from such a source.
    pub(super) fn of(spec: &FlowSpec, reads: impl Fn(&dyn Fn(&Source) -> bool) -> bool) -> Takes {
        let payload = match &spec.jws {
            Some(jws) => !jws.claims.is_empty() || reads(&|s| matches!(s, Source::Payload)),
            None => false,
        };
        Takes {
            nonce: spec.fields.iter().any(|f| f.has(|h| h == Hole::Nonce))
                || reads(&|s| matches!(s, Source::Nonce)),
            timestamp_text: spec.timestamp.is_some(),
            payload,
            expires_in: payload,
        }
    }
}

impl SignOptions<'_> {
    /// Without those that a flow has no use for: for callers that sign by any scheme ([`Signer::takes`](crate::Signer::takes)).
    #[must_use]
    pub fn taken_by(self, takes: Takes) -> Self {
        SignOptions {
            nonce: self.nonce.filter(|_| takes.nonce),
            timestamp_text: self.timestamp_text.filter(|_| takes.timestamp_text),
            payload: self.payload.filter(|_| takes.payload),
            expires_in: self.expires_in.filter(|_| takes.expires_in),
            ..self
        }
    }
}

impl Plan {
    /// Refuses an option that would be dropped.
    pub(crate) fn check_taken(&self, options: &SignOptions<'_>) -> Result<()> {
        let takes = &self.takes;
        let dropped = match options {
            SignOptions { nonce: Some(_), .. } if !takes.nonce => ("nonce", "nonce"),
            SignOptions {
                timestamp_text: Some(_),
                ..
            } if !takes.timestamp_text => ("timestamp_text", "time"),
            SignOptions {
                payload: Some(_), ..
            } if !takes.payload => ("payload", "payload of its own"),
            SignOptions {
                expires_in: Some(_),
                ..
            } if !takes.expires_in => ("expires_in", "lifetime"),
            _ => return Ok(()),
        };
        Err(self.would_drop(dropped))
    }

    #[cold]
    fn would_drop(&self, (option, what): (&str, &str)) -> Error {
        Error::field(
            Status::InvalidOption,
            option,
            format!(
                "{} has no {what} in its flow {}, so that {option} would be dropped",
                self.recipe.id,
                self.flow.name()
            ),
        )
    }
}
