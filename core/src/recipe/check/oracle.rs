//! What an endpoint check answers must be no signature: nobody signed the check, so whoever sends it would choose what is signed.

use super::secrets::{is_public, lets, mentions};
use super::{Check, In, wrong};
use crate::recipe::MAX_DEPTH;
use crate::recipe::model::*;

pub(super) fn check(seen: &In) -> Check {
    for (i, handshake) in seen.spec.handshakes.iter().enumerate() {
        if handshake.signed {
            continue;
        }
        if let Some(part) = handshake.answer.iter().find(|p| signs(seen, p, 0)) {
            return Err(wrong(
                part.line,
                seen.path(format_args!("handshake[{i}].answer")),
                "would authenticate whatever a stranger sends, which may be a message of this scheme: bound it right \
                 before the MAC with { only = \"hex\", min = 20, max = 32 } or the like, or verify the check with signed = true",
            ));
        }
    }
    Ok(())
}

/// Whether a MAC or a cipher under a secret is made over such a text.
fn signs(seen: &In, part: &Part, depth: u32) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    let secret = |part: &Part| mentions(seen, part, &|id| !is_public(seen, id));
    let is_secret = secret(part);
    let open = source_is_open(seen, part, depth);
    // Right before: a verifier refuses messages of the form that a check authenticates, and must know it.
    let mut bounded = false;
    for step in &part.then {
        let was_bounded = std::mem::replace(&mut bounded, matches!(step, Step::Only { .. }));
        match step {
            Step::HmacAsData { key, .. } if open && !was_bounded && key.iter().any(secret) => {
                return true;
            }
            Step::HmacAsKey { data, .. } | Step::CipherAsKey { data, .. }
                if is_secret && data.iter().any(|p| is_open(seen, p, depth + 1)) =>
            {
                return true;
            }
            _ => {}
        }
    }
    let by_name = match part.source {
        Source::Let(id) => Some(lets(seen.spec, id)),
        _ => None,
    };
    let mut inner = part
        .children()
        .into_iter()
        .chain(by_name.into_iter().flatten());
    inner.any(|p| signs(seen, p, depth + 1))
}

/// Whether it is the sender's.
fn is_open(seen: &In, part: &Part, depth: u32) -> bool {
    depth > MAX_DEPTH || source_is_open(seen, part, depth)
}

fn source_is_open(seen: &In, part: &Part, depth: u32) -> bool {
    match &part.source {
        Source::Literal(_) | Source::Credential(_) | Source::KeyId => false,
        Source::Group(parts) => parts.iter().any(|p| is_open(seen, p, depth + 1)),
        Source::Let(id) => lets(seen.spec, *id).any(|p| is_open(seen, p, depth + 1)),
        _ => true,
    }
}
