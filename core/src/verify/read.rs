//! Reading a message's fields in the order of the verdicts, and finding the keys that it may have been signed with.

use super::judge::decode;
use super::{MAX_KEYS, ReadyKey, Verifier};
use crate::jws;
use crate::plan::keys::{CredentialValues, Operation};
use crate::plan::wire::{Reading, at, other_version, wire_text};
use crate::plan::{Bound, Cache, Eval, Rank};
use crate::recipe::{Algorithm, AlgorithmRule, Hole, JwsHeaderValue};
use crate::{Error, KeyRequest, Message, Result, Status};
use smallvec::SmallVec;

impl Verifier {
    /// Reads every field in the order of the verdicts.
    pub(super) fn read<'m>(&self, message: &Message<'m>, reading: &mut Reading<'m>) -> Result<()> {
        self.read_fields::<true>(message, reading)
    }

    /// The same for what is only shown: the signature need not decode, since what should have been signed does not depend on it.
    pub(super) fn read_to_explain<'m>(
        &self,
        message: &Message<'m>,
        reading: &mut Reading<'m>,
    ) -> Result<()> {
        self.read_fields::<false>(message, reading)
    }

    #[inline(always)]
    fn read_fields<'m, const DECODES: bool>(
        &self,
        message: &Message<'m>,
        reading: &mut Reading<'m>,
    ) -> Result<()> {
        let plan = &*self.plan;
        plan.check_declared(message)?;
        // Conditions and JSON are read with nothing bound yet.
        let nobody = CredentialValues::default();
        let bound = Bound::default();
        let cache = Cache::default();
        let eval = Eval::new(plan, message, &nobody, &bound, &cache);
        let read = self.read_in_order::<DECODES>(&eval, reading);
        // The signature of another version has another form, too, but that is not what is wrong.
        read.map_err(|error| match error.status() {
            Status::MalformedSignature => other_version(&eval).unwrap_or(error),
            _ => error,
        })
    }

    #[inline(always)]
    fn read_in_order<'m, const DECODES: bool>(
        &self,
        eval: &Eval<'_, 'm>,
        reading: &mut Reading<'m>,
    ) -> Result<()> {
        let plan = &*self.plan;
        let mut done = Rank::Signature;
        for &(rank, index) in &plan.reading_order {
            self.after_rank::<DECODES>(done, rank, reading)?;
            done = rank;
            let field = &plan.spec.fields[index];
            if field.when.as_ref().is_some_and(|w| !eval.holds(w)) {
                continue;
            }
            let text = wire_text(eval, index)?;
            if !reading.read_field(plan, index, text)? && !field.optional {
                let status = if rank == Rank::Signature {
                    Status::MissingSignature
                } else {
                    Status::MissingField
                };
                return Err(at(field, status, "is missing"));
            }
        }
        self.after_rank::<DECODES>(done, Rank::Other, reading)?;
        if reading.signatures().next().is_none() && self.has_signature_field() {
            return Err(Error::new(
                Status::MissingSignature,
                "the message holds no signature",
            ));
        }
        reading.read_time(plan)
    }

    /// What is judged once all fields of a rank have been read.
    fn after_rank<const DECODES: bool>(
        &self,
        done: Rank,
        next: Rank,
        reading: &mut Reading<'_>,
    ) -> Result<()> {
        if done == next && next != Rank::Other {
            return Ok(());
        }
        if DECODES && done == Rank::Signature && self.plan.spec.jws.is_none() {
            self.check_signature_syntax(reading)?;
        }
        if next == Rank::Other && done != Rank::Other {
            self.check_key_id(reading)?;
        }
        Ok(())
    }

    fn has_signature_field(&self) -> bool {
        self.plan.facts.iter().any(|f| f.has_signature())
    }

    /// Every signature must decode, and have the digest's length where there is one.
    pub(super) fn check_signature_syntax(&self, reading: &mut Reading<'_>) -> Result<()> {
        let plan = &*self.plan;
        let length = match &self.algorithms[..] {
            [(_, algorithm)] => match plan.operation(*algorithm) {
                Some(Operation::Hmac(hash) | Operation::Digest(hash)) => Some(hash.output_len()),
                _ => None,
            },
            _ => None,
        };
        let (mut count, mut only) = (0, None);
        for (index, text) in reading.signatures() {
            let field = &plan.spec.fields[index as usize];
            let decodes = match (length, &plan.spec.read_encodings[..]) {
                (Some(length), [encoding]) => {
                    let digest = encoding.decode_digest(text, length);
                    let decodes = digest.is_some();
                    only = digest.filter(|_| field.repeat.is_none());
                    decodes
                }
                (Some(length), several) => several
                    .iter()
                    .any(|e| e.decode_digest(text, length).is_some()),
                (None, _) => decode(plan, text).is_some(),
            };
            count += 1;
            if !decodes {
                return Err(at(
                    field,
                    Status::MalformedSignature,
                    "does not hold a signature of the right encoding and length",
                ));
            }
        }
        reading.signature = only.filter(|_| count == 1);
        Ok(())
    }

    /// The key id is looked at before any other field, so that an unknown key is called that.
    pub(super) fn check_key_id(&self, reading: &Reading<'_>) -> Result<()> {
        // Where several are named, one that is known is enough.
        let mut unknown = Ok(());
        for (_, id) in reading.all(Hole::KeyId) {
            match self.key_id_known(id) {
                Ok(()) => return Ok(()),
                refused => unknown = refused,
            }
        }
        unknown
    }

    pub(super) fn key_id_known(&self, id: &[u8]) -> Result<()> {
        let plan = &*self.plan;
        let unknown = || {
            if let Some(fetch) = &plan.spec.fetch
                && fetch.url.is_none()
                && let Some(key_id) = fetchable_id(id)
            {
                return Error::needs_key(KeyRequest { key_id, url: None });
            }
            Error::field(
                Status::UnknownKey,
                "key_id",
                "the message names a key id that is not in the ring",
            )
        };
        if self.expected_key_id.as_deref().is_some_and(|e| e != id) {
            return Err(Error::field(
                Status::UnknownKey,
                "key_id",
                "the message names another key id than the expected one",
            ));
        }
        let Some(credential) = plan.spec.key_id else {
            return Ok(());
        };
        let known = |key: &ReadyKey| key.credentials.get(credential).is_none_or(|v| v == id);
        // With an address in the message, whether it may be fetched is judged when all of the message is read.
        let fetched_later = plan.spec.fetch.as_ref().is_some_and(|f| f.url.is_some());
        if fetched_later || self.keys.iter().any(known) {
            Ok(())
        } else {
            Err(unknown())
        }
    }

    /// The keys that this message may have been signed with.
    pub(super) fn candidates(
        &self,
        message: &Message<'_>,
        reading: &Reading<'_>,
    ) -> Result<SmallVec<[usize; 4]>> {
        let plan = &*self.plan;
        let jws_id;
        let mut key_id = reading.one(Hole::KeyId);
        if let (None, Some(spec)) = (key_id, &plan.spec.jws)
            && let Some((member, _)) = spec
                .header
                .iter()
                .find(|(_, v)| matches!(v, JwsHeaderValue::KeyId))
            && let Some((_, token)) = reading.signatures().next()
        {
            jws_id = jws::receive(spec, token)?.header.text(member)?;
            if let Some(id) = &jws_id {
                self.key_id_known(id.as_bytes())?;
            }
            key_id = jws_id.as_deref().map(str::as_bytes);
        }
        let expected = self.expected_key_id.as_deref();
        let named = |id: &[u8]| {
            let on_wire = reading.all(Hole::KeyId).any(|(_, other)| other == id);
            (on_wire || key_id == Some(id)) && expected.is_none_or(|e| e == id)
        };
        let fits = |key: &ReadyKey| {
            let by_id = match (plan.spec.key_id, key_id) {
                (Some(credential), Some(_)) => key.credentials.get(credential).is_none_or(named),
                // The message names none, so the key that matches must be that of the expected id.
                (Some(credential), None) => {
                    expected.is_none_or(|e| key.credentials.get(credential) == Some(e))
                }
                (None, Some(_)) => true,
                (None, None) => expected.is_none(),
            };
            by_id
                && reading
                    .credentials()
                    .all(|(id, text)| key.credentials.get(id) == Some(text))
        };
        let all: SmallVec<[usize; 4]> = (0..self.keys.len())
            .filter(|&i| fits(&self.keys[i]))
            .take(MAX_KEYS)
            .collect();
        if all.is_empty() {
            if let Some(request) = self.fetch_request(message, reading, key_id)? {
                return Err(Error::needs_key(request));
            }
            return Err(Error::field(
                Status::UnknownKey,
                "key_id",
                "no key of the ring belongs to this message",
            ));
        }
        Ok(all)
    }

    /// Which key to fetch, where the recipe allows it and the message names an allowed address.
    pub(super) fn fetch_request(
        &self,
        message: &Message<'_>,
        reading: &Reading<'_>,
        key_id: Option<&[u8]>,
    ) -> Result<Option<KeyRequest>> {
        let plan = &*self.plan;
        let Some(fetch) = &plan.spec.fetch else {
            return Ok(None);
        };
        let url = match &fetch.url {
            None => None,
            Some(part) => {
                let nobody = CredentialValues::default();
                let received = match (&plan.spec.jws, reading.signatures().next()) {
                    (Some(spec), Some((_, token))) => Some(jws::receive(spec, token)?),
                    _ => None,
                };
                let mut bound = reading.bound(plan);
                bound.jws_header = received.as_ref().map(|r| &r.header);
                let cache = Cache::default();
                let eval = Eval::new(plan, message, &nobody, &bound, &cache);
                let text = eval.value(part)?.take();
                Some(crate::fetch::allowed_url(fetch, &text)?)
            }
        };
        let key_id = key_id.and_then(fetchable_id);
        Ok(match (key_id, url) {
            (None, None) => None,
            (key_id, url) => Some(KeyRequest {
                key_id: key_id.unwrap_or_default(),
                url,
            }),
        })
    }

    /// Which of the plan's algorithms the message uses.
    pub(super) fn algorithm(&self, reading: &mut Reading<'_>) -> Result<usize> {
        if let AlgorithmRule::Fixed { .. } = &self.plan.spec.algorithm {
            return Ok(0);
        }
        let named = reading.one(Hole::Algorithm);
        let found = self
            .algorithms
            .iter()
            .position(|(n, a)| {
                *a != Algorithm::External && n.as_deref().map(str::as_bytes) == named
            })
            .ok_or_else(|| {
                Error::new(
                    Status::UnsupportedAlgorithm,
                    "the message names an algorithm that is not allowed here",
                )
            })?;
        reading.algorithm = Some(found);
        Ok(found)
    }
}

/// A key id that may be asked for: short and visible, since strangers choose it.
fn fetchable_id(id: &[u8]) -> Option<String> {
    let good = (1..=256).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic);
    good.then(|| String::from_utf8_lossy(id).into_owned())
}
