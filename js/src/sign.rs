//! Signing.

use crate::answer::{Answer, put_signed, raw};
use crate::letter::Letter;
use crate::objects::{Object, Objects};
use crate::question::{self, SignerQuestion};
use paysig::{Explanation, Result, Signed};
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

/// Signs, and writes what is added to the message.
pub fn sign(objects: &Objects, handle: u32, letter: &Letter<'_>, out: &mut Vec<u8>) -> Result<()> {
    let signer = objects.signer(handle)?;
    let options = letter.options()?;
    letter.with(|message| {
        put_signed(out, &signer.sign(message, &options)?);
        Ok(())
    })
}

/// What is added to a message.
pub fn signed(signed: &Signed) -> Answer {
    let mut bytes = Vec::new();
    put_signed(&mut bytes, signed);
    Answer::with_bytes(json!({}), bytes)
}

/// The first half of signing with a key that lives elsewhere: the bytes to sign.
pub fn prepare(objects: &Objects, handle: u32, letter: &Letter<'_>) -> Result<Answer> {
    let signer = objects.signer(handle)?;
    let options = letter.options()?;
    letter.with(|message| {
        let prepared = signer.prepare(message, &options)?;
        let json = json!({ "algorithm": prepared.algorithm() });
        Ok(Answer::with_bytes(json, prepared.string_to_sign()))
    })
}

/// The second half: the same letter again, with the signature.
pub fn finish(objects: &Objects, handle: u32, letter: &Letter<'_>) -> Result<Answer> {
    let signer = objects.signer(handle)?;
    let options = letter.options()?;
    let signature = letter.signature.unwrap_or_default();
    letter.with(|message| {
        Ok(signed(
            &signer.prepare(message, &options)?.finish(signature)?,
        ))
    })
}

/// What would be signed.
pub fn explain(objects: &Objects, handle: u32, letter: &Letter<'_>) -> Result<Answer> {
    let signer = objects.signer(handle)?;
    let options = letter.options()?;
    letter.with(|message| explained(&signer.explain(message, &options)?))
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
