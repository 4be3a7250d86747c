//! Token sessions.

use crate::answer::Answer;
use crate::objects::{Object, Objects};
use crate::question::{self, HandleQuestion, SignerQuestion};
use crate::sign::with_handle;
use paysig::time::UnixMillis;
use paysig::token::Action;
use paysig::{Result, TokenSession};
use serde_json::json;

/// Makes a session.
pub fn session(objects: &mut Objects, q: &SignerQuestion) -> Result<Answer> {
    let session = TokenSession::new(&q.scheme.get()?, &question::credentials(&q.credentials))?;
    let handle = objects.keep(Object::Token(Box::new(session)));
    Ok(with_handle(json!({}), handle))
}

/// What to do now.
pub fn next(objects: &mut Objects, q: &HandleQuestion) -> Result<Answer> {
    Ok(match objects.token(q.handle)?.next(UnixMillis(q.now))? {
        Action::Authorize(headers) => {
            Answer::new(json!({ "action": "authorize", "headers": headers }))
        }
        Action::Wait { until } => Answer::new(json!({ "action": "wait", "until": until.0 })),
        Action::Fetch(request) => Answer::with_bytes(
            json!({
                "action": "fetch",
                "method": request.method,
                "target": request.target,
                "headers": request.headers,
                "leaseUntil": request.lease_until.0,
            }),
            request.body,
        ),
    })
}

/// The token endpoint answered.
pub fn fetched(objects: &mut Objects, q: &HandleQuestion, body: &[u8]) -> Result<Answer> {
    objects
        .token(q.handle)?
        .fetched(q.status, body, UnixMillis(q.now))?;
    Ok(Answer::done())
}

/// The API answered 401 to the token.
pub fn refused(objects: &mut Objects, q: &HandleQuestion) -> Result<Answer> {
    objects.token(q.handle)?.refused(UnixMillis(q.now))?;
    Ok(Answer::done())
}

/// The API accepted the token.
pub fn accepted(objects: &mut Objects, q: &HandleQuestion) -> Result<Answer> {
    objects.token(q.handle)?.accepted();
    Ok(Answer::done())
}

/// The state, with the token in it.
pub fn save(objects: &mut Objects, q: &HandleQuestion) -> Result<Answer> {
    Ok(Answer::new(
        json!({ "state": objects.token(q.handle)?.save() }),
    ))
}

/// Continues from a state.
pub fn load(objects: &mut Objects, q: &HandleQuestion) -> Result<Answer> {
    // What is not UTF-8 is no saved state either.
    let state = std::str::from_utf8(&q.state.0).unwrap_or_default();
    objects.token(q.handle)?.load(state)?;
    Ok(Answer::done())
}
