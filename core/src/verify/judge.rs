//! Trying keys: the one place where a signature is found right or wrong.

use super::accepted::{Accepted, ReceivedJws};
use super::{ReadyKey, Verifier};
use crate::crypto::{Digest, Hash, equal};
use crate::jws;
use crate::plan::keys::{Material, Operation};
use crate::plan::sink::{Absorb, Collect, Gather, Sink};
use crate::plan::{BodyUse, Eval, Plan};
use crate::recipe::Direction;
use crate::time::UnixMillis;
use crate::{Error, Result, Status};

/// What a stream has swallowed of the body: for each key, the digest or MAC that came out.
#[derive(Clone, Copy, Default)]
pub(crate) struct Streamed<'s>(pub(crate) Option<&'s [(usize, Option<Digest>)]>);

impl<'s> Streamed<'s> {
    fn of(self, key: usize) -> Option<&'s Digest> {
        let (_, digest) = self.0?.iter().find(|(index, _)| *index == key)?;
        digest.as_ref()
    }

    /// The digest of the body, for plans that read nothing else of it.
    pub(super) fn body(self, plan: &Plan) -> Option<&'s [u8]> {
        match plan.body_use {
            BodyUse::Digest(_) => self.0?.first()?.1.as_deref(),
            _ => None,
        }
    }

    /// The finished MAC or digest of the whole string, for plans that read the body as it is.
    fn finished(self, plan: &Plan, key: usize) -> Option<&'s Digest> {
        match plan.body_use {
            BodyUse::Direct(_) => self.of(key),
            _ => None,
        }
    }
}

impl Verifier {
    /// Tries the candidate keys; a match under a key that is valid now wins over one that is not.
    pub(super) fn match_key(
        &self,
        accepted: &mut Accepted<'_>,
        candidates: &[usize],
        algorithm: usize,
        now: Option<UnixMillis>,
        streamed: Streamed<'_>,
    ) -> Result<()> {
        let plan = &*self.plan;
        if let Some(spec) = &plan.spec.jws {
            let (_, token) = accepted.reading.signatures().next().ok_or_else(|| {
                Error::new(Status::MissingSignature, "the message holds no signature")
            })?;
            let received = jws::receive(spec, token)?;
            accepted.jws = Some(ReceivedJws::new(received));
        }
        let mut outside = None;
        let mut string = accepted.string.take();
        for &index in candidates {
            let Some(key) = self.keys.get(index) else {
                continue;
            };
            accepted.key = index;
            let matches = accepted.with_eval(self, streamed.body(plan), |eval| {
                self.matches(eval, key, algorithm, accepted, streamed, &mut string)
            })?;
            if !matches {
                continue;
            }
            match window(key, now) {
                None => {
                    accepted.string = string;
                    return Ok(());
                }
                Some(status) => outside = Some(status),
            }
        }
        Err(match outside {
            Some(status @ Status::KeyExpired) => {
                Error::new(status, "the signature is right, but its key has expired")
            }
            Some(status) => Error::new(
                status,
                "the signature is right, but its key is not valid yet",
            ),
            None => Error::new(
                Status::SignatureMismatch,
                "the signature is not that of this message under any candidate key",
            ),
        })
    }

    /// Whether any signature of the message is right under a key. Puts the string to sign where it is to be kept.
    pub(super) fn matches(
        &self,
        eval: &Eval<'_, '_>,
        key: &ReadyKey,
        algorithm: usize,
        accepted: &Accepted<'_>,
        streamed: Streamed<'_>,
        string: &mut Option<Collect>,
    ) -> Result<bool> {
        let plan = &*self.plan;
        let Some((_, rule)) = self.algorithms.get(algorithm) else {
            return Ok(false);
        };
        let Some(operation) = plan.operation(*rule) else {
            return Err(Error::new(
                Status::Unverifiable,
                "this scheme has nothing that could be verified",
            ));
        };
        let per_message;
        let material = match key.materials.get(algorithm) {
            Some(Material::PerMessage) => {
                let Some(part) = &plan.spec.verify_key else {
                    return Ok(false);
                };
                per_message = plan.material_for(eval, part, &operation, Direction::Verify)?;
                &per_message
            }
            Some(material) => material,
            None => return Ok(false),
        };
        if let (Some(spec), Some(received)) = (&plan.spec.jws, &accepted.jws) {
            if received.payload_is_message(plan) {
                return Ok(verify_bytes(material, &received.input, &received.signature));
            }
            let message = self.collected(eval)?;
            let input = jws::signing_input(spec, &received.header, &message.bytes);
            // Detached, or a payload that must be the message itself.
            if !spec.detached && input != received.input {
                return Ok(false);
            }
            let dot = received.header_len;
            let own_dot = input.iter().position(|b| *b == b'.').unwrap_or(input.len());
            let input = [&received.input[..dot], &input[own_dot..]].concat();
            return Ok(verify_bytes(material, &input, &received.signature));
        }
        if let Some(digest) = streamed.finished(plan, accepted.key) {
            return Ok(match material {
                Material::Hmac(_) | Material::Keyless => self.any_equal(accepted, digest),
                Material::Verifying(key) => {
                    self.any_signature(accepted, |s| key.verify_digest(digest, s))
                }
                _ => false,
            });
        }
        match material {
            Material::Hmac(prepared) => {
                let digest = self.absorbed(eval, prepared, string)?;
                Ok(self.any_equal(accepted, &digest))
            }
            Material::Keyless => {
                let Operation::Digest(hash) = operation else {
                    return Ok(false);
                };
                let digest = self.absorbed(eval, hash, string)?;
                Ok(self.any_equal(accepted, &digest))
            }
            Material::Token(token) => {
                // Both sides are digested, so that lengths do not show in the time taken.
                let wanted = Hash::Sha256.digest(token);
                Ok(accepted.reading.signatures().any(|(_, text)| {
                    decode(plan, text)
                        .is_some_and(|given| equal(&Hash::Sha256.digest(&given), &wanted))
                }))
            }
            Material::Verifying(verifying) => {
                let prehash = verifying.algorithm().prehash();
                if let Some(hash) = prehash {
                    let digest = self.absorbed(eval, hash, string)?;
                    return Ok(
                        self.any_signature(accepted, |s| verifying.verify_digest(&digest, s))
                    );
                }
                let message = self.collected(eval)?;
                Ok(self.any_signature(accepted, |s| verifying.verify_message(&message.bytes, s)))
            }
            #[cfg(feature = "provider-side")]
            Material::Decrypting(decrypting) => {
                let message = self.collected(eval)?;
                Ok(self.any_signature(accepted, |s| {
                    decrypting.decrypt_type2_equals(s, &message.bytes, None)
                }))
            }
            _ => Ok(false),
        }
    }

    pub(super) fn any_equal(&self, accepted: &Accepted<'_>, wanted: &Digest) -> bool {
        if let Some(given) = &accepted.reading.signature {
            return equal(given, wanted);
        }
        let id = self.key_id_of(accepted.key);
        let mut signatures = accepted.reading.signatures_of(&self.plan, id);
        signatures.any(|text| {
            self.plan.spec.read_encodings.iter().any(|e| {
                e.decode_digest(text, wanted.len())
                    .is_some_and(|given| equal(&given, wanted))
            })
        })
    }

    pub(super) fn any_signature(
        &self,
        accepted: &Accepted<'_>,
        judge: impl Fn(&[u8]) -> bool,
    ) -> bool {
        let id = self.key_id_of(accepted.key);
        let mut signatures = accepted.reading.signatures_of(&self.plan, id);
        signatures.any(|text| decode(&self.plan, text).is_some_and(|s| judge(&s)))
    }

    /// The MAC or digest of the string to sign.
    #[inline(always)]
    fn absorbed<A: Absorb>(
        &self,
        eval: &Eval<'_, '_>,
        target: A,
        string: &mut Option<Collect>,
    ) -> Result<Digest> {
        if let Some(string) = string {
            *string = self.collected(eval)?;
            return Ok(target.whole(&string.bytes));
        }
        let mut sink = Gather::new(target);
        self.gather(eval, &mut sink)?;
        Ok(sink.finish())
    }

    pub(super) fn gather<S: Sink>(&self, eval: &Eval<'_, '_>, sink: &mut S) -> Result<()> {
        eval.fill(sink, |sink| eval.parts(&self.plan.spec.message, sink))
    }

    pub(super) fn collected(&self, eval: &Eval<'_, '_>) -> Result<Collect> {
        let mut all = Collect::default();
        self.gather(eval, &mut all)?;
        Ok(all)
    }
}

/// A signature's bytes, in the first encoding that fits.
pub(super) fn decode(plan: &Plan, text: &[u8]) -> Option<Vec<u8>> {
    plan.spec
        .read_encodings
        .iter()
        .find_map(|e| e.decode(text).filter(|d| !d.is_empty()))
}

fn verify_bytes(material: &Material, input: &[u8], signature: &[u8]) -> bool {
    match material {
        Material::Hmac(key) => equal(&key.mac(input), signature),
        Material::Verifying(key) => match key.algorithm().prehash() {
            Some(hash) => key.verify_digest(&hash.digest(input), signature),
            None => key.verify_message(input, signature),
        },
        _ => false,
    }
}

pub(super) fn window(key: &ReadyKey, now: Option<UnixMillis>) -> Option<Status> {
    let now = now?;
    if key.not_after.is_some_and(|end| now > end) {
        return Some(Status::KeyExpired);
    }
    if key.not_before.is_some_and(|start| now < start) {
        return Some(Status::KeyNotYetValid);
    }
    None
}
