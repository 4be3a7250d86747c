//! Bodies that come in pieces.

use crate::answer::Answer;
use crate::objects::{Object, Objects, unknown};
use crate::question::{HandleQuestion, SignQuestion, VerifyQuestion};
use crate::sign::{signed, with_handle};
use crate::verify::verified;
use paysig::Result;
use paysig::time::UnixMillis;
use serde_json::json;

/// Opens a stream that signs.
pub fn sign(objects: &mut Objects, q: &SignQuestion) -> Result<Answer> {
    let signer = objects.signer(q.handle)?;
    let options = q.options.core()?;
    let stream = q
        .message
        .with(b"", |message| signer.stream(message, &options))?;
    let handle = objects.keep(Object::SignStream(Box::new(stream)));
    Ok(with_handle(json!({}), handle))
}

/// Opens a stream that verifies.
pub fn verify(objects: &mut Objects, q: &VerifyQuestion) -> Result<Answer> {
    let verifier = objects.verifier(q.handle)?;
    let stream = q.message.with(b"", |message| {
        verifier.stream(message, q.now.map(UnixMillis), q.body_length)
    })?;
    let handle = objects.keep(Object::VerifyStream(Box::new(stream)));
    Ok(with_handle(json!({}), handle))
}

/// The next piece.
pub fn update(objects: &mut Objects, q: &HandleQuestion, piece: &[u8]) -> Result<Answer> {
    match objects.get_mut(q.handle)? {
        Object::SignStream(stream) => stream.update(piece),
        Object::VerifyStream(stream) => stream.update(piece)?,
        _ => return Err(unknown()),
    }
    Ok(Answer::done())
}

/// The body is complete: what `sign` or `verify` would answer.
pub fn finish(objects: &mut Objects, q: &HandleQuestion) -> Result<Answer> {
    match objects.take(q.handle)? {
        Object::SignStream(stream) => Ok(signed(&stream.finish()?)),
        Object::VerifyStream(stream) => verified(&stream.finish()?),
        _ => Err(unknown()),
    }
}
