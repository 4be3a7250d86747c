//! The answer to one line.

use paysig::token::TokenRequest;
use paysig::{Diagnosis, Explanation, Signed, Verified};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::line::{Line, wire_text};
use crate::failure::{Failure, Result};
use crate::report::{self, ExplanationReport, PartReport, TextOrBase64, VerifiedReport, raw_json};

/// Members of all ops; those of other ops are absent.
#[derive(Serialize, Default)]
pub struct Answer {
    id: Value,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(flatten)]
    verified: Option<VerifiedReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_members: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_to_sign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_to_sign_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<PartReport>>,
    #[serde(flatten)]
    diagnosis: Option<Map<String, Value>>,
}

impl Answer {
    fn ok(id: Value) -> Self {
        Answer {
            id,
            status: "ok",
            ..Answer::default()
        }
    }

    /// A refusal or a mistake in the line.
    pub fn failed(id: Value, failure: &Failure) -> Self {
        let detail = match &failure.field {
            Some(field) => format!("{field}: {}", failure.message),
            None => failure.message.clone(),
        };
        Answer {
            id,
            status: failure.status.name(),
            detail: Some(detail),
            ..Answer::default()
        }
    }

    /// What to add to the message.
    pub fn signed(line: &Line, signed: &Signed, explanation: &Explanation) -> Result<Self> {
        let latin1 = line.latin1()?;
        let mut answer = Answer::explained(line.id.clone(), explanation);
        answer.parts = None;
        answer.headers = Some(
            signed
                .headers()
                .map(|(name, value)| (name.to_owned(), wire_text(value, latin1)))
                .collect(),
        );
        answer.target = signed.target().map(|t| wire_text(t, latin1));
        if let Some(body) = signed.body() {
            (answer.body, answer.body_base64) = TextOrBase64::members(body);
        }
        answer.body_members = signed.body_members().and_then(raw_json);
        Ok(answer)
    }

    /// An authentic message.
    pub fn verified(id: Value, verified: &Verified<'_>) -> Self {
        Answer {
            verified: Some(VerifiedReport::new(verified)),
            ..Answer::ok(id)
        }
    }

    /// The string to sign and its parts.
    pub fn explained(id: Value, explanation: &Explanation) -> Self {
        let report = ExplanationReport::new(explanation);
        Answer {
            string_to_sign: report.string_to_sign,
            string_to_sign_base64: report.string_to_sign_base64,
            parts: Some(report.parts),
            ..Answer::ok(id)
        }
    }

    /// What explains a refusal; remedies are the command line's.
    pub fn diagnosed(id: Value, diagnosis: &Diagnosis) -> Self {
        Answer {
            diagnosis: Some(report::diagnosis::brief(diagnosis)),
            detail: Some(format!("{} hypotheses", diagnosis.hypotheses)),
            ..Answer::ok(id)
        }
    }

    /// The request for a token.
    pub fn token_request(id: Value, request: &TokenRequest) -> Self {
        let (body, body_base64) = TextOrBase64::members(&request.body);
        Answer {
            method: Some(request.method.clone()),
            target: Some(request.target.clone()),
            headers: Some(request.headers.clone()),
            body,
            body_base64,
            ..Answer::ok(id)
        }
    }
}
