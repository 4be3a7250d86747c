//! Verdicts as answers.

use paysig::recipe::{Algorithm, Flow, Place};
use paysig::{Explanation, HandshakeAnswer, Scheme, Status, Verified};
use serde::Serialize;

use super::{Provider, Reply, verifying_algorithm};
use crate::failure::Failure;
use crate::input::OwnedMessage;
use crate::report::{ExplanationReport, TextOrBase64, VerifiedReport};

/// An accepted message.
#[derive(Serialize)]
pub struct Accepted {
    status: &'static str,
    scheme: String,
    flow: &'static str,
    #[serde(flatten)]
    verified: Option<VerifiedReport>,
}

impl Accepted {
    pub fn new(provider: &Provider, verified: &Verified<'_>) -> Self {
        Accepted {
            status: Status::Ok.name(),
            scheme: provider.scheme.id().to_owned(),
            flow: provider.flow.name(),
            verified: Some(VerifiedReport::new(verified)),
        }
    }

    /// A request whose bearer token is good.
    pub fn by_token(scheme: &str) -> Self {
        Accepted {
            status: Status::Ok.name(),
            scheme: scheme.to_owned(),
            flow: Flow::Request.name(),
            verified: None,
        }
    }

    pub fn replay_key(&self) -> &str {
        self.verified.as_ref().map_or("", |v| &v.replay_key)
    }

    pub fn log(&self) -> String {
        match self.verified.as_ref().and_then(|v| v.key_id.as_ref()) {
            Some(id) => format!("ok key {id}"),
            None => "ok".to_owned(),
        }
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    status: &'static str,
    scheme: &'a str,
    flow: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationReport>,
    received: Received,
}

#[derive(Serialize)]
struct Received {
    method: String,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
}

/// The answer to a message that was refused: why, what should have been signed, and what arrived.
pub fn refused(
    provider: &Provider,
    message: &OwnedMessage,
    failure: &Failure,
    explanation: Option<&Explanation>,
) -> Reply {
    let (body, body_base64) = TextOrBase64::members(&message.body);
    let headers = message.headers.iter().map(|(name, value)| {
        let name = String::from_utf8_lossy(name).into_owned();
        let secret = provider
            .credential_headers
            .iter()
            .any(|h| h.eq_ignore_ascii_case(&name));
        let value = match secret {
            true => format!("<{} bytes>", value.len()),
            false => String::from_utf8_lossy(value).into_owned(),
        };
        (name, value)
    });
    let refused = Refused {
        status: failure.status.name(),
        scheme: provider.scheme.id(),
        flow: provider.flow.name(),
        field: failure.field.as_deref(),
        detail: &failure.message,
        explanation: explanation.map(ExplanationReport::new),
        received: Received {
            method: message.method.clone(),
            target: String::from_utf8_lossy(&message.target).into_owned(),
            url: message.url.clone(),
            headers: headers.collect(),
            body,
            body_base64,
        },
    };
    let verdict = match &failure.field {
        Some(field) => format!("{} {field}", failure.status),
        None => failure.status.to_string(),
    };
    Reply::json(failure.status.http(), verdict, &refused)
}

/// The answer to an endpoint check.
pub fn handshake(answer: HandshakeAnswer) -> Reply {
    Reply {
        status: 200,
        headers: vec![("Content-Type".into(), answer.content_type.into_bytes())],
        body: answer.body,
        verdict: "endpoint check answered".into(),
    }
}

/// An answer that should not occur.
pub fn internal(detail: &str) -> Reply {
    Reply::json(
        500,
        "internal",
        &serde_json::json!({ "status": "internal", "detail": detail }),
    )
}

/// Headers whose value is itself a credential: those of token and Basic schemes, which are never shown back.
pub fn credential_headers(scheme: &Scheme, flow: Flow) -> Vec<String> {
    let sends_secret = matches!(
        verifying_algorithm(scheme, flow),
        Some(Algorithm::Token | Algorithm::Basic | Algorithm::ClientCredentials)
    );
    let fields = scheme.recipe().flow(flow).map(|f| f.fields.as_slice());
    fields
        .unwrap_or_default()
        .iter()
        .filter_map(|field| match &field.place {
            Place::Header(name) if sends_secret => Some(name.clone()),
            _ => None,
        })
        .collect()
}
