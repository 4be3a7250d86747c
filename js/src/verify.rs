//! Verifying, explaining and diagnosing.

use crate::answer::{Answer, raw};
use crate::objects::{Object, Objects};
use crate::question::{self, JudgeQuestion, VerifierQuestion, VerifyQuestion, WordsQuestion};
use crate::sign::{explained, with_handle};
use paysig::time::UnixMillis;
use paysig::{Coverage, Credentials, DiagnoseOptions, Report, Result};
use serde_json::json;

/// Makes a verifier.
pub fn verifier(objects: &mut Objects, q: &VerifierQuestion) -> Result<Answer> {
    let flow = question::flow(q.flow.as_deref())?;
    let ring = question::ring(&q.keys);
    let scheme = q.scheme.get()?;
    let mut verifier = scheme.verifier_with(flow, &ring, &question::names(&q.variants))?;
    if let Some(seconds) = q.tolerance {
        verifier = verifier.tolerance(seconds);
    }
    if let Some(id) = &q.key_id {
        verifier = verifier.expect_key_id(id);
    }
    if let Some(algorithms) = &q.algorithms {
        verifier = verifier.only_algorithms(&question::names(algorithms))?;
    }
    if let Some(bytes) = q.max_body {
        verifier = verifier.max_body(bytes as usize);
    }
    let about = json!({
        "scheme_id": verifier.scheme_id(),
        "flow": verifier.flow().name(),
        "tolerance_seconds": verifier.tolerance_seconds(),
        "retention_seconds": verifier.retention_seconds(),
    });
    let handle = objects.keep(Object::Verifier(Box::new(verifier)));
    Ok(with_handle(about, handle))
}

/// Judges a message.
pub fn verify(objects: &Objects, q: &VerifyQuestion, body: &[u8]) -> Result<Answer> {
    let verifier = objects.verifier(q.handle)?;
    q.message.with(body, |message| {
        let report = verifier.verify(message, q.now.map(UnixMillis))?.report();
        verified(&report)
    })
}

/// What is known of an authentic message.
pub fn verified(report: &Report) -> Result<Answer> {
    Ok(Answer::new(json!({
        "keyId": report.key_id,
        "keyIndex": report.key_index,
        "timestamp": report.timestamp.map(|t| t.0),
        "items": report.items,
        "covered": raw(&report.covered.to_json())?,
        "signedJson": report.signed_json,
        "replayKey": report.replay_key,
    })))
}

/// What is covered, what is not, and the signed fields, in words.
pub fn words(q: &WordsQuestion) -> Result<Answer> {
    let covered = Coverage::from_json(&q.covered.to_string())?;
    let words = paysig::in_words(Some(&covered), q.signed_json.as_deref());
    Ok(Answer::new(json!({ "words": words })))
}

/// The answer to an endpoint check, if the message is one.
pub fn handshake(objects: &Objects, q: &VerifyQuestion, body: &[u8]) -> Result<Answer> {
    let verifier = objects.verifier(q.handle)?;
    q.message.with(body, |message| {
        let found = verifier.handshake(message, q.now.map(UnixMillis))?;
        Ok(match found {
            None => Answer::new(json!({ "contentType": null })),
            Some(answer) => Answer::with_bytes(
                json!({ "contentType": answer.content_type, "verified": answer.verified }),
                answer.body,
            ),
        })
    })
}

/// What would be verified.
pub fn explain_verifier(objects: &Objects, q: &VerifyQuestion, body: &[u8]) -> Result<Answer> {
    let verifier = objects.verifier(q.handle)?;
    q.message
        .with(body, |message| explained(&verifier.explain(message)?))
}

/// The string to sign of a message, signed already or not.
pub fn explain(q: &JudgeQuestion, body: &[u8]) -> Result<Answer> {
    let scheme = q.scheme.get()?;
    let flow = question::flow(q.flow.as_deref())?;
    let (ring, options) = (question::ring(&q.keys), q.options.core()?);
    let variants = question::names(&q.variants);
    q.message.with(body, |message| {
        let explanation = scheme.explain(flow, &ring, &variants, message, &options)?;
        explained(&explanation)
    })
}

/// What explains that a message is refused.
pub fn diagnose(q: &JudgeQuestion, body: &[u8]) -> Result<Answer> {
    let scheme = q.scheme.get()?;
    let flow = question::flow(q.flow.as_deref())?;
    let ring = question::ring(&q.keys);
    let variants = question::names(&q.variants);
    let others: Vec<Credentials> = q.other_keys.iter().map(question::credentials).collect();
    let options = DiagnoseOptions {
        variants: &variants,
        other_keys: &others,
        now: q.options.now.map(UnixMillis),
        tolerance_seconds: q.tolerance,
    };
    let diagnosis = q.message.with(body, |message| {
        paysig::diagnose_with(&scheme, flow, &ring, message, &options)
    })?;
    Ok(Answer::new(raw(&diagnosis.to_json())?))
}
