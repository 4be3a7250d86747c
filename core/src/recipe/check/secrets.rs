//! No secret reaches the wire but where a scheme is nothing else than sending one.

use super::{Check, In, wrong};
use crate::crypto::Asymmetric;
use crate::recipe::model::*;

/// Whether a credential may be shown.
pub(super) fn is_public(seen: &In, id: CredentialId) -> bool {
    seen.recipe
        .credentials
        .get(usize::from(id.0))
        .is_none_or(|c| c.public)
}

/// Whether the part, anything inside it, or a let it follows holds such a credential.
pub(super) fn mentions(seen: &In, part: &Part, wanted: &dyn Fn(CredentialId) -> bool) -> bool {
    let credential = |source: &Source| match source {
        Source::Credential(id) => wanted(*id),
        Source::KeyId => seen.spec.key_id.is_some_and(wanted),
        _ => false,
    };
    seen.reach(part, &credential, 0).is_some()
}

/// Whether any flow reads the credential.
pub(super) fn is_used(recipe: &Recipe, id: CredentialId) -> bool {
    Flow::ALL.into_iter().any(|flow| {
        let Some(spec) = recipe.flow(flow) else {
            return false;
        };
        let mut used = spec.key_id == Some(id);
        spec.each_part(&mut |part| used |= matches!(part.source, Source::Credential(c) if c == id));
        let fields = spec
            .fields
            .iter()
            .chain(spec.variants.iter().flat_map(|v| &v.fields));
        used || fields
            .flat_map(|f| f.content.holes())
            .any(|hole| hole == Hole::Credential(id))
    })
}

// The first secret that a value gives away. An HMAC hides its key, nothing else hides anything: a digest of a short secret
// can be searched.
fn leak(seen: &In, part: &Part, depth: u32) -> Option<CredentialId> {
    if depth > crate::recipe::MAX_DEPTH {
        return None;
    }
    let any = |parts: &[Part]| parts.iter().find_map(|p| leak(seen, p, depth + 1));
    let mut leaked = match &part.source {
        Source::Credential(id) if !is_public(seen, *id) => Some(*id),
        Source::Let(id) => seen
            .spec
            .let_part(*id)
            .and_then(|p| leak(seen, p, depth + 1)),
        _ => None,
    };
    // Steps' own parts are looked at below.
    let bare = Part {
        then: Vec::new(),
        ..part.clone()
    };
    leaked = leaked.or_else(|| {
        bare.children()
            .into_iter()
            .find_map(|p| leak(seen, p, depth + 1))
    });
    for step in &part.then {
        leaked = match step {
            Step::HmacAsKey { data, .. } | Step::CipherAsKey { data, .. } => any(data),
            _ => leaked,
        };
    }
    leaked
}

pub(super) fn check(seen: &In) -> Check {
    let spec = seen.spec;
    let all = spec.algorithm.all();
    let sends_key = |a: &Algorithm| {
        matches!(
            a,
            Algorithm::Token | Algorithm::Basic | Algorithm::ClientCredentials
        )
    };
    let secret = |id: CredentialId| !is_public(seen, id);
    if all.iter().any(|a| matches!(a, Algorithm::Digest(_)))
        && !spec.message.iter().any(|p| mentions(seen, p, &secret))
    {
        return Err(seen.wrong(
            "message",
            "a digest without a secret in its text is no signature: everybody could make it",
        ));
    }
    let readable = |a: &Algorithm| {
        matches!(
            a,
            Algorithm::Jws | Algorithm::Asymmetric(Asymmetric::RsaType1)
        )
    };
    let says = |id: CredentialId| {
        let name = seen.recipe.credential_name(id);
        format!("would send the secret \"{name}\": only algorithms \"token\" and \"basic\" do that")
    };
    for (path, part) in seen.parts() {
        let in_message = path.contains(".message[");
        let on_wire = path.contains(".jws.header.")
            || path.contains(".jws.claims.")
            || path.contains(".fetch.")
            || path.contains(".handshake[")
            || (in_message && all.iter().any(readable));
        if let (true, Some(id)) = (on_wire, leak(seen, part, 0)) {
            return Err(wrong(part.line, path, says(id)));
        }
    }
    if all.iter().all(sends_key) {
        return Ok(());
    }
    for (path, field) in seen.fields() {
        for hole in field.content.holes() {
            let id = match hole {
                Hole::Credential(id) => Some(id).filter(|id| secret(*id)),
                // Stricter than elsewhere: even a MAC under the secret in a second place can be a key for something.
                Hole::Let(id) => lets(spec, id).find_map(|p| mentioned(seen, p)),
                Hole::KeyId => spec.key_id.filter(|id| secret(*id)),
                _ => None,
            };
            if let Some(id) = id {
                return Err(wrong(field.line, path, says(id)));
            }
        }
    }
    Ok(())
}

/// What a let stands for, by itself and in variants.
pub(super) fn lets(spec: &FlowSpec, id: LetId) -> impl Iterator<Item = &Part> {
    let replaced = spec.variants.iter().flat_map(|v| &v.lets);
    let replaced = replaced.filter(move |(l, _)| *l == id).map(|(_, p)| p);
    spec.let_part(id).into_iter().chain(replaced)
}

// Which secret a let holds, hidden or not.
fn mentioned(seen: &In, part: &Part) -> Option<CredentialId> {
    if !mentions(seen, part, &|c| !is_public(seen, c)) {
        return None;
    }
    let ids = (0..seen.recipe.credentials.len()).map(|i| CredentialId(i as u8));
    ids.filter(|id| !is_public(seen, *id))
        .find(|id| mentions(seen, part, &|c| c == *id))
}
