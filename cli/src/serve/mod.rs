//! A provider on this machine: verifies every request and explains each refusal.
//!
//! It explains refusals to whoever asks and knows real keys, so it listens on loopback addresses only and answers only requests that
//! were addressed to one.

pub mod http;
mod local;
mod page;
mod respond;
mod tokens;
mod verdict;

use std::collections::HashSet;
use std::sync::Mutex;

use paysig::recipe::{Algorithm, AlgorithmRule, Flow};
use paysig::{Scheme, Signer, Status, Verifier};

use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;
pub use local::loopback_address;
pub use page::Page;
pub use respond::{Respond, body as respond_body};
use tokens::TokenEndpoint;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Without Content-Length, which the server adds.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// What the log says about it.
    pub verdict: String,
}

impl Reply {
    fn json(status: u16, verdict: impl Into<String>, value: &impl serde::Serialize) -> Self {
        let mut body = serde_json::to_vec_pretty(value).unwrap_or_default();
        body.push(b'\n');
        Reply {
            status,
            headers: vec![("Content-Type".into(), b"application/json".to_vec())],
            body,
            verdict: verdict.into(),
        }
    }
}

/// Replay keys that are remembered; beyond it the server forgets all and begins anew.
const MAX_REPLAY_KEYS: usize = 100_000;

/// What the server knows.
pub struct Provider {
    scheme: Scheme,
    flow: Flow,
    verifier: Option<Verifier>,
    tokens: Option<TokenEndpoint>,
    /// Scheme, host and port that stand before the target in signed URLs.
    public_url: String,
    seen: Option<Mutex<HashSet<String>>>,
    respond: Respond,
    answer_signer: Option<(Signer, Flow)>,
    /// Headers whose value is itself a credential.
    credential_headers: Vec<String>,
}

/// How a [`Provider`] is made.
pub struct Settings<'a> {
    /// The scheme.
    pub scheme: Scheme,
    /// Request or webhook.
    pub flow: Flow,
    /// Named departures.
    pub variants: &'a [&'a str],
    /// The keys that are accepted.
    pub ring: paysig::KeyRing,
    /// Seconds, instead of the scheme's.
    pub tolerance: Option<u32>,
    /// Base of signed URLs.
    pub public_url: String,
    /// Whether a message is refused when it comes again.
    pub detect_replays: bool,
    /// Seconds that issued tokens live.
    pub token_lifetime: u32,
    /// What an accepted request is answered.
    pub respond: Respond,
    /// The largest body.
    pub max_body: usize,
}

impl Provider {
    /// Builds signers and verifiers, so that every mistake shows before the first request.
    pub fn new(settings: Settings<'_>) -> Result<Self> {
        let Settings { scheme, flow, .. } = settings;
        if flow == Flow::Response {
            return Err(Failure::usage(
                "an answer cannot be sent to a server; choose --flow request or webhook",
            ));
        }
        let first_key = || {
            let keys = settings.ring.keys();
            keys.first()
                .map(|k| k.credentials.clone())
                .unwrap_or_default()
        };
        let client_credentials =
            verifying_algorithm(&scheme, flow) == Some(Algorithm::ClientCredentials);
        let tokens = client_credentials
            .then(|| TokenEndpoint::new(&scheme, &first_key(), settings.token_lifetime))
            .transpose()?;
        let verifier = match tokens {
            Some(_) => None,
            None => {
                let verifier = scheme.verifier_with(flow, &settings.ring, settings.variants)?;
                let verifier = verifier.max_body(settings.max_body);
                Some(match settings.tolerance {
                    Some(seconds) => verifier.tolerance(seconds),
                    None => verifier,
                })
            }
        };
        let answer_signer = match settings.respond.signed {
            true => Some(respond::signer(&scheme, &first_key())?),
            false => None,
        };
        Ok(Provider {
            credential_headers: verdict::credential_headers(&scheme, flow),
            scheme,
            flow,
            verifier,
            tokens,
            public_url: settings.public_url,
            seen: settings.detect_replays.then(Default::default),
            respond: settings.respond,
            answer_signer,
        })
    }

    /// Answers one request.
    pub fn answer(&self, mut message: OwnedMessage) -> Reply {
        if let Some(refused) = local::foreign_host(&message) {
            return refused;
        }
        message.url = std::str::from_utf8(&message.target)
            .ok()
            .map(|target| format!("{}{target}", self.public_url));
        let judged = match &self.tokens {
            Some(tokens) => tokens.answer(&message),
            None => self.judge(&message),
        };
        match judged {
            Ok(accepted) => self.accept(&message, accepted),
            Err(reply) => reply,
        }
    }

    /// The verdict: a report, or the answer that refuses.
    fn judge(&self, message: &OwnedMessage) -> std::result::Result<verdict::Accepted, Reply> {
        let Some(verifier) = &self.verifier else {
            return Err(verdict::internal("there is no verifier"));
        };
        let headers = message.header_list();
        let borrowed = message.message(&headers);
        let now = Some(clock::system());
        let refuse = |failure: Failure| {
            let explanation = verifier.explain(&borrowed).ok();
            verdict::refused(self, message, &failure, explanation.as_ref())
        };
        match verifier.handshake(&borrowed, now) {
            Ok(None) => {}
            Ok(Some(handshake)) => return Err(verdict::handshake(handshake)),
            Err(error) => return Err(refuse(error.into())),
        }
        let verified = verifier
            .verify(&borrowed, now)
            .map_err(|error| refuse(error.into()))?;
        let accepted = verdict::Accepted::new(self, &verified);
        if let Some(seen) = &self.seen {
            let mut seen = seen.lock().unwrap_or_else(|e| e.into_inner());
            if seen.len() >= MAX_REPLAY_KEYS {
                seen.clear();
            }
            if !seen.insert(accepted.replay_key().to_owned()) {
                return Err(refuse(Failure::new(
                    Status::Replayed,
                    "this message was accepted before",
                )));
            }
        }
        Ok(accepted)
    }

    fn accept(&self, message: &OwnedMessage, accepted: verdict::Accepted) -> Reply {
        let reply = match &self.respond.body {
            Some(body) => Reply {
                status: self.respond.status,
                headers: vec![("Content-Type".into(), b"application/json".to_vec())],
                body: body.clone(),
                verdict: accepted.log(),
            },
            None => Reply {
                status: self.respond.status,
                ..Reply::json(200, accepted.log(), &accepted)
            },
        };
        match &self.answer_signer {
            Some((signer, _)) => respond::sign(signer, message, reply)
                .unwrap_or_else(|failure| verdict::internal(&failure.to_string())),
            None => reply,
        }
    }
}

/// The algorithm that verifies a flow, where the recipe fixes one.
fn verifying_algorithm(scheme: &Scheme, flow: Flow) -> Option<Algorithm> {
    match scheme.recipe().flow(flow)?.algorithm {
        AlgorithmRule::Fixed { verify, .. } => Some(verify),
        AlgorithmRule::Named { .. } => None,
    }
}
