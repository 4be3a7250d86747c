//! Schemes that read and write JSON, beside what a program would do by hand: serde_json and the bare MAC. Nothing is checked there
//! that the wire does not force one to look at, and no time is written.

use crate::cases::Ready;
use paysig::crypto::Encoding;
use serde_json::{Value, from_slice, json, to_vec};
use std::hint::black_box;

/// Smile ID: the members go into the body.
pub fn sign_into_body(ready: &Ready) -> Option<Vec<u8>> {
    let mut body: Value = from_slice(black_box(ready.message.body)).ok()?;
    let members = body.as_object_mut()?;
    members.insert("partner_id".into(), "085".into());
    members.insert("timestamp".into(), "2026-01-02T03:04:05.000Z".into());
    let signature = String::from_utf8(ready.bare_sign()).ok()?;
    members.insert("signature".into(), signature.into());
    to_vec(&body).ok()
}

/// Smile ID: the members are read from the body.
pub fn verify_from_body(ready: &Ready) -> bool {
    let body: Option<Value> = from_slice(black_box(ready.received.body)).ok();
    let text = |name| body.as_ref().and_then(|body| body.get(name)?.as_str());
    black_box((text("partner_id"), text("timestamp"), text("signature")));
    ready.bare_verify()
}

/// Pledg: a JWT with the payload, in the query.
pub fn sign_token(ready: &Ready, payload: &[u8]) -> Option<Vec<u8>> {
    let payload: Value = from_slice(black_box(payload)).ok()?;
    let mut target = ready.message.target.to_vec();
    target.extend_from_slice(b"?signature=");
    for part in [&json!({"alg": "HS256", "typ": "JWT"}), &payload] {
        Encoding::Base64Url.encode_into(&to_vec(part).ok()?, &mut target);
        target.push(b'.');
    }
    target.extend_from_slice(&ready.bare_sign());
    Some(target)
}

/// Pledg: the token's algorithm and payload are read.
pub fn verify_token(ready: &Ready) -> Option<bool> {
    let target = black_box(ready.received.target);
    let start = target.iter().position(|byte| *byte == b'=')? + 1;
    let mut parts = target[start..].split(|byte| *byte == b'.');
    let mut read = || from_slice::<Value>(&Encoding::Base64Url.decode(parts.next()?)?).ok();
    let (header, payload) = (read()?, read()?);
    black_box(payload.get("exp"));
    Some(header.get("alg")?.as_str()? == "HS256" && ready.bare_verify())
}
