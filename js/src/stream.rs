//! Bodies that come in pieces.

use crate::answer::Answer;
use crate::letter::Letter;
use crate::objects::{Object, Objects, unknown};
use crate::question::{HandleQuestion, StreamQuestion};
use crate::sign::{signed, with_handle};
use crate::verify::verified;
use paysig::Result;
use serde_json::json;

/// Opens a stream that signs.
pub fn sign(objects: &mut Objects, q: &StreamQuestion, letter: &Letter<'_>) -> Result<Answer> {
    let signer = objects.signer(q.handle)?;
    let options = letter.options()?;
    let stream = letter.with(|message| signer.stream(message, &options))?;
    let handle = objects.keep(Object::SignStream(Box::new(stream)));
    Ok(with_handle(json!({}), handle))
}

/// Opens a stream that verifies.
pub fn verify(objects: &mut Objects, q: &StreamQuestion, letter: &Letter<'_>) -> Result<Answer> {
    let verifier = objects.verifier(q.handle)?;
    let now = letter.now()?;
    let stream = letter.with(|message| verifier.stream(message, now, q.body_length))?;
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
        Object::VerifyStream(stream) => Ok(verified(&stream.finish()?)),
        _ => Err(unknown()),
    }
}
