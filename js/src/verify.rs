//! Verifying, explaining and diagnosing.

use crate::answer::{Answer, put_handshake, put_verified, raw};
use crate::letter::Letter;
use crate::objects::{Object, Objects};
use crate::question::{self, JudgeQuestion, VerifierQuestion, WordsQuestion};
use crate::sign::{explained, with_handle};
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
        verifier = verifier.expect_key_id(id)?;
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

/// Judges a message, and writes what is known of an authentic one.
pub fn verify(
    objects: &Objects,
    handle: u32,
    letter: &Letter<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let verifier = objects.verifier(handle)?;
    let now = letter.now()?;
    letter.with(|message| {
        put_verified(out, &verifier.verify_keeping(message, now)?.report());
        Ok(())
    })
}

/// What is known of an authentic message.
pub fn verified(report: &Report) -> Answer {
    let mut bytes = Vec::new();
    put_verified(&mut bytes, report);
    Answer::with_bytes(json!({}), bytes)
}

/// What is covered, what is not, and the signed fields, in words.
pub fn words(q: &WordsQuestion) -> Result<Answer> {
    let covered = Coverage::from_json(&q.covered.to_string())?;
    let words = paysig::in_words(Some(&covered), q.signed_json.as_deref());
    Ok(Answer::new(json!({ "words": words })))
}

/// Writes the answer to an endpoint check, if the message is one.
pub fn handshake(
    objects: &Objects,
    handle: u32,
    letter: &Letter<'_>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let verifier = objects.verifier(handle)?;
    let now = letter.now()?;
    letter.with(|message| {
        put_handshake(out, verifier.handshake(message, now)?.as_ref());
        Ok(())
    })
}

/// What would be verified.
pub fn explain_verifier(objects: &Objects, handle: u32, letter: &Letter<'_>) -> Result<Answer> {
    let verifier = objects.verifier(handle)?;
    letter.with(|message| explained(&verifier.explain(message)?))
}

/// The string to sign of a message, signed already or not.
pub fn explain(q: &JudgeQuestion, letter: &Letter<'_>) -> Result<Answer> {
    let scheme = q.scheme.get()?;
    let flow = question::flow(q.flow.as_deref())?;
    let (ring, mut options) = (question::ring(&q.keys), letter.options()?);
    let variants = question::names(&q.variants);
    if options.nonce.is_none() && scheme.takes(flow, &variants)?.nonce {
        options.nonce = q.made_nonce.as_deref();
    }
    letter.with(|message| {
        let explanation = scheme.explain(flow, &ring, &variants, message, &options)?;
        explained(&explanation)
    })
}

/// What explains that a message is refused.
pub fn diagnose(q: &JudgeQuestion, letter: &Letter<'_>) -> Result<Answer> {
    let scheme = q.scheme.get()?;
    let flow = question::flow(q.flow.as_deref())?;
    let ring = question::ring(&q.keys);
    let variants = question::names(&q.variants);
    let others: Vec<Credentials> = q.other_keys.iter().map(question::credentials).collect();
    let options = DiagnoseOptions {
        variants: &variants,
        other_keys: &others,
        now: letter.now()?,
        tolerance_seconds: q.tolerance,
    };
    let diagnosis =
        letter.with(|message| paysig::diagnose_with(&scheme, flow, &ring, message, &options))?;
    Ok(Answer::new(raw(&diagnosis.to_json())?))
}
