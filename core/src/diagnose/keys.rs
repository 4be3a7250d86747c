//! The key as it may have been stored, copied, decoded or derived.

use super::Base;
use super::algorithm::Judge;
use super::clue::{Clue, Scene};
use super::inline::plain;
use super::key_steps::derivations;
use super::key_texts::{lenient_base64, texts};
use crate::crypto::{Encoding, HmacKey, VerifyingKey};
use crate::plan::Plan;
use crate::plan::keys::{CredentialValues, Operation};
use crate::recipe::{CredentialId, Part, Source, Step};
use zeroize::Zeroizing;

/// One key, ready for use.
pub(super) struct KeyState {
    pub(super) clues: Vec<Clue>,
    pub(super) credentials: CredentialValues,
    /// The key of the MAC; of a keyless digest the secret inside the text.
    pub(super) bytes: Option<Zeroizing<Vec<u8>>>,
    pub(super) judge: Judge,
}

impl Base<'_> {
    /// The key that a part makes of credentials.
    pub(super) fn key(
        &self,
        clues: Vec<Clue>,
        credentials: CredentialValues,
        part: Option<&Part>,
    ) -> Option<KeyState> {
        let mut value = match part {
            Some(part) => {
                let parts = std::slice::from_ref(part);
                let scene = Scene {
                    parts,
                    ..self.scene()
                };
                Zeroizing::new(self.value(scene, &credentials)?)
            }
            None => Zeroizing::default(),
        };
        let mut bytes = None;
        let judge = match self.operation()? {
            Operation::Hmac(hash) => {
                if value.is_empty() {
                    return None;
                }
                let judge = Judge::Mac(HmacKey::new(hash, &value));
                bytes = Some(value);
                judge
            }
            Operation::Digest(hash) => {
                let id = secrets(&self.plan).into_iter().next();
                let secret = id.and_then(|id| credentials.get(id)).unwrap_or_default();
                bytes = (!secret.is_empty()).then(|| Zeroizing::new(secret.to_vec()));
                Judge::Digest(hash)
            }
            Operation::Asymmetric(algorithm) => {
                Judge::Signature(Box::new(VerifyingKey::parse(algorithm, &value).ok()?))
            }
            #[cfg(feature = "provider-side")]
            Operation::Decrypt => {
                Judge::Decrypting(Box::new(crate::crypto::DecryptingKey::parse(&value).ok()?))
            }
            #[cfg(not(feature = "provider-side"))]
            Operation::Decrypt => return None,
            Operation::Token => Judge::Token(std::mem::take(&mut value)),
        };
        Some(KeyState {
            clues,
            credentials,
            bytes,
            judge,
        })
    }
}

/// The secret credentials that key or string are made of.
pub(super) fn secrets(plan: &Plan) -> Vec<CredentialId> {
    let mut parts: Vec<&Part> = plan.signed_parts();
    let mut keys: Vec<&Part> = plan.spec.verify_key.iter().collect();
    while let Some(part) = keys.pop() {
        parts.push(part);
        keys.extend(part.children());
        if let Source::Let(id) = part.source {
            keys.extend(plan.spec.let_part(id));
        }
    }
    let mut ids: Vec<CredentialId> = parts
        .iter()
        .filter_map(|p| match p.source {
            Source::Credential(id) => Some(id),
            _ => None,
        })
        .filter(|id| {
            let spec = plan.recipe.credentials.get(id.0 as usize);
            spec.is_some_and(|c| !c.public)
        })
        .collect();
    ids.sort_by_key(|id| id.0);
    ids.dedup();
    ids
}

/// Every departure of one key, likely ones first.
pub(super) fn forms(
    base: &Base<'_>,
    key: &CredentialValues,
    see: &mut dyn FnMut(Clue, CredentialValues, Option<&Part>),
) {
    let plan = &*base.plan;
    let rule = plan.spec.verify_key.as_ref();
    if let Some(rule) = rule {
        derivations(rule, &mut |clue, part| see(clue, key.clone(), Some(part)));
        lenient(plan, rule, key, see);
    }
    for id in secrets(plan) {
        let Some(value) = key.get(id) else {
            continue;
        };
        let name = plan.recipe.credential_name(id);
        texts(value, name, &plan.recipe.id, &mut |clue, new| {
            if !new.is_empty() && *new != value {
                let mut credentials = key.clone();
                credentials.set(id, new);
                see(clue, credentials, rule);
            }
        });
        for (index, spec) in plan.recipe.credentials.iter().enumerate() {
            let other = CredentialId(index as u8);
            let Some(text) = key.get(other).filter(|t| !t.is_empty()) else {
                continue;
            };
            if other == id || text == value {
                continue;
            }
            let mut credentials = key.clone();
            credentials.set(id, text.to_vec());
            if !spec.public {
                see(Clue::new("other-known-key"), credentials.clone(), rule);
            }
            let swapped = Clue::new("key-id-and-secret-swapped");
            see(swapped.clone(), credentials.clone(), rule);
            credentials.set(other, value.to_vec());
            see(swapped, credentials, rule);
        }
    }
}

/// A prefix that was decoded together with the key, as decoders do that do not complain.
fn lenient(
    plan: &Plan,
    rule: &Part,
    key: &CredentialValues,
    see: &mut dyn FnMut(Clue, CredentialValues, Option<&Part>),
) {
    let decodes = |s: &Step| matches!(s, Step::Decode(Encoding::Base64 | Encoding::Base64Url));
    if !rule.then.iter().any(decodes) {
        return;
    }
    for id in secrets(plan) {
        for bytes in key.get(id).map(lenient_base64).unwrap_or_default() {
            let mut credentials = key.clone();
            credentials.set(id, bytes);
            let part = plain(Source::Credential(id));
            see(Clue::new("key-prefix-kept"), credentials, Some(&part));
        }
    }
}
