//! Signing.

use crate::answer::{Answer, byte_string, pairs, raw};
use crate::objects::{Object, Objects};
use crate::question::{self, Options, SignQuestion, SignerQuestion, wrong};
use paysig::time::UnixMillis;
use paysig::{Explanation, Result, SignOptions, Signed};
use serde_json::json;

/// Makes a signer.
pub fn signer(objects: &mut Objects, q: &SignerQuestion) -> Result<Answer> {
    let scheme = q.scheme.get()?;
    let flow = question::flow(q.flow.as_deref())?;
    let (credentials, variants) = (
        question::credentials(&q.credentials),
        question::names(&q.variants),
    );
    let signer = match q.key_elsewhere {
        true => scheme.signer_without_key(flow, &credentials, &variants)?,
        false => scheme.signer_with(flow, &credentials, &variants)?,
    };
    let about = json!({
        "scheme_id": signer.scheme_id(),
        "flow": signer.flow().name(),
        "needs_nonce": signer.needs_nonce(),
        "needs_seed": signer.needs_seed(),
    });
    let handle = objects.keep(Object::Signer(Box::new(signer)));
    Ok(with_handle(about, handle))
}

/// What is said of an object, and its handle.
pub fn with_handle(mut about: serde_json::Value, handle: u32) -> Answer {
    about["handle"] = handle.into();
    Answer::new(about)
}

impl Options {
    /// As the core takes them.
    pub fn core(&self) -> Result<SignOptions<'_>> {
        let seed = self.seed.as_ref().map(|s| s.0.as_slice().try_into());
        let seed = seed
            .transpose()
            .map_err(|_| wrong("seed", "the seed must be 32 bytes"))?;
        Ok(SignOptions {
            now: self.now.map(UnixMillis),
            nonce: self.nonce.as_deref(),
            timestamp_text: self.timestamp_text.as_deref(),
            payload: self.payload.as_ref().map(|p| p.0.as_slice()),
            expires_in: self.expires_in,
            seed,
            padding: self.padding.as_ref().map(|p| p.0.as_slice()),
        })
    }
}

/// Signs.
pub fn sign(objects: &Objects, q: &SignQuestion, body: &[u8]) -> Result<Answer> {
    let signer = objects.signer(q.handle)?;
    let options = q.options.core()?;
    q.message
        .with(body, |message| Ok(signed(&signer.sign(message, &options)?)))
}

/// What is added to a message.
pub fn signed(signed: &Signed) -> Answer {
    let used = signed.used();
    let json = json!({
        "headers": pairs(signed.headers()),
        "target": signed.target().map(byte_string),
        "url": signed.url(),
        "has_body": signed.body().is_some(),
        "body_members": signed.body_members(),
        "used": { "timestamp": used.timestamp, "nonce": used.nonce, "keyId": used.key_id },
    });
    Answer::with_bytes(json, signed.body().unwrap_or_default())
}

/// The first half of signing with a key that lives elsewhere: the bytes to sign.
pub fn prepare(objects: &Objects, q: &SignQuestion, body: &[u8]) -> Result<Answer> {
    let signer = objects.signer(q.handle)?;
    let options = q.options.core()?;
    q.message.with(body, |message| {
        let prepared = signer.prepare(message, &options)?;
        let json = json!({ "algorithm": prepared.algorithm() });
        Ok(Answer::with_bytes(json, prepared.string_to_sign()))
    })
}

/// The second half: the same question again, with the signature.
pub fn finish(objects: &Objects, q: &SignQuestion, body: &[u8]) -> Result<Answer> {
    let signer = objects.signer(q.handle)?;
    let options = q.options.core()?;
    let signature = q.signature.as_ref().map_or(&[][..], |s| s.0.as_slice());
    q.message.with(body, |message| {
        Ok(signed(
            &signer.prepare(message, &options)?.finish(signature)?,
        ))
    })
}

/// What would be signed.
pub fn explain(objects: &Objects, q: &SignQuestion, body: &[u8]) -> Result<Answer> {
    let signer = objects.signer(q.handle)?;
    let options = q.options.core()?;
    q.message.with(body, |message| {
        explained(&signer.explain(message, &options)?)
    })
}

/// Parts, inputs of digests and coverage as JSON, the string to sign as bytes.
pub fn explained(explanation: &Explanation) -> Result<Answer> {
    let mut json = raw(&explanation.to_full_json())?;
    if let Some(members) = json.as_object_mut() {
        members.shift_remove("string_to_sign");
        members.shift_remove("string_to_sign_base64");
        let words = explanation.covered().in_words();
        let words = json!({ "covered": words.covered, "open": words.open });
        members.insert("covered_in_words".to_owned(), words);
    }
    Ok(Answer::with_bytes(json, explanation.string_to_sign()))
}
