//! Verifying: strict, without a lenient mode, and it never writes anything.
//!
//! The order is fixed: presence, uniqueness and syntax of the signature; the key id; the other fields; the MAC; the
//! key's validity window; time; what the scheme further requires. Verdicts about windows, time and requirements are
//! given only after a signature matched, so that a stranger learns nothing from them.

use crate::covered::{self, Coverage};
use crate::credentials::KeyRing;
use crate::crypto::{Digest, Encoding, Hash, HashState, equal};
use crate::draft::{limit, too_much};
use crate::explain::{Explanation, Recorder};
use crate::jws::{self, Received};
use crate::plan::keys::{CredentialValues, Material, Operation};
use crate::plan::sink::{Bounded, Collect, Gather, Sink};
use crate::plan::wire::{Reading, at, wire_text};
use crate::plan::{Bound, Cache, Eval, JwsHeader, Plan};
use crate::recipe::{Algorithm, AlgorithmRule, Direction, Flow, Hole, JwsHeaderValue};
use crate::time::UnixMillis;
use crate::{Error, KeyRequest, Message, Result, Status};
use std::sync::Arc;

/// At most so many keys are tried for one message.
const MAX_KEYS: usize = 16;

/// A key of a ring, ready for use.
#[derive(Clone)]
struct ReadyKey {
    credentials: CredentialValues,
    /// By algorithm of the plan.
    materials: Vec<Material>,
    not_before: Option<UnixMillis>,
    not_after: Option<UnixMillis>,
}

/// Verifies messages of one flow against a ring of keys. Immutable; share it between threads.
#[derive(Clone)]
pub struct Verifier {
    pub(crate) plan: Arc<Plan>,
    keys: Arc<Vec<ReadyKey>>,
    algorithms: Vec<(Option<String>, Algorithm)>,
    tolerance_ms: Option<i64>,
    expected_key_id: Option<Vec<u8>>,
    max_body: Option<usize>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier")
            .field("scheme", &self.plan.recipe.id)
            .field("flow", &self.plan.flow.name())
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

impl Verifier {
    pub(crate) fn new(plan: Arc<Plan>, ring: &KeyRing) -> Result<Verifier> {
        let algorithms: Vec<(Option<String>, Algorithm)> = plan
            .verify_algorithms()
            .into_iter()
            .map(|(name, a)| (name.map(str::to_owned), a))
            .collect();
        for (_, algorithm) in &algorithms {
            if *algorithm == Algorithm::RsaType2Decrypt && !cfg!(feature = "provider-side") {
                return Err(Error::new(
                    Status::Unsupported,
                    "verifying this flow decrypts it, which is the provider's side and left out of this build",
                ));
            }
            if *algorithm == Algorithm::ClientCredentials {
                return Err(Error::new(
                    Status::Unsupported,
                    "the token of this scheme can be judged only by the server that issued it",
                ));
            }
        }
        let tolerance_ms = plan
            .spec
            .timestamp
            .as_ref()
            .map(|t| i64::from(t.tolerance_seconds) * 1000);
        let verifier = Verifier {
            keys: Arc::new(Vec::new()),
            algorithms,
            tolerance_ms,
            expected_key_id: None,
            max_body: None,
            plan,
        };
        verifier.with_keys(ring)
    }

    /// The same verifier with other keys; shares the plan, so this is cheap.
    pub fn with_keys(&self, ring: &KeyRing) -> Result<Verifier> {
        let external = self
            .algorithms
            .iter()
            .all(|(_, a)| *a == Algorithm::External);
        if ring.keys().is_empty() && !external && self.plan.spec.fetch.is_none() {
            return Err(Error::field(
                Status::InvalidCredentials,
                "keys",
                "a verifier needs at least one key",
            ));
        }
        let keys = ring.keys().iter().map(|key| {
            let plan = &*self.plan;
            let credentials =
                CredentialValues::check(plan, Direction::Verify, &key.credentials, false)?;
            let materials = self
                .algorithms
                .iter()
                .map(|(_, a)| plan.material(*a, Direction::Verify, &credentials))
                .collect::<Result<_>>()?;
            Ok(ReadyKey {
                credentials,
                materials,
                not_before: key.not_before,
                not_after: key.not_after,
            })
        });
        Ok(Verifier {
            keys: Arc::new(keys.collect::<Result<_>>()?),
            ..self.clone()
        })
    }

    /// How many seconds a message may be older or newer than the clock, instead of the recipe's tolerance.
    #[must_use]
    pub fn tolerance(mut self, seconds: u32) -> Self {
        self.tolerance_ms = Some(i64::from(seconds) * 1000);
        self
    }

    /// Accepts only messages of this key id (one shop of several, for example).
    #[must_use]
    pub fn expect_key_id(mut self, key_id: &str) -> Self {
        self.expected_key_id = Some(key_id.as_bytes().to_vec());
        self
    }

    /// Refuses larger bodies as `too_large`.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Narrows the algorithms that a sender may name; each must be in the recipe's map.
    pub fn only_algorithms(mut self, names: &[&str]) -> Result<Self> {
        for name in names {
            if !self
                .algorithms
                .iter()
                .any(|(n, _)| n.as_deref() == Some(name))
            {
                return Err(Error::field(
                    Status::InvalidOption,
                    "algorithms",
                    format!("{} does not know the algorithm {name}", self.scheme_id()),
                ));
            }
        }
        for (name, algorithm) in &mut self.algorithms {
            if !name.as_deref().is_some_and(|n| names.contains(&n)) {
                *algorithm = Algorithm::External;
            }
        }
        Ok(self)
    }

    /// The scheme's id.
    pub fn scheme_id(&self) -> &str {
        &self.plan.recipe.id
    }

    /// The flow that this verifier judges.
    pub fn flow(&self) -> Flow {
        self.plan.flow
    }

    /// Whether messages can be judged without a clock.
    pub fn needs_now(&self) -> bool {
        self.plan.reads_time
    }

    /// Judges one message. An error with a verdict ([`Status::is_verdict`]) says why it is refused.
    pub fn verify<'v>(
        &'v self,
        message: &'v Message<'v>,
        now: Option<UnixMillis>,
    ) -> Result<Verified<'v>> {
        if let Some(reason) = &self.plan.spec.unverifiable {
            return Err(Error::new(Status::Unverifiable, reason.as_str()));
        }
        if self.max_body.is_some_and(|max| message.body.len() > max) {
            return Err(Error::field(
                Status::TooLarge,
                "body",
                "the body is larger than the limit",
            ));
        }
        if self.plan.reads_time && now.is_none() {
            return Err(Error::field(
                Status::InvalidOption,
                "now",
                "this scheme carries a time: give the option now",
            ));
        }
        match &self.plan.spec.each {
            None => Ok(Verified {
                verifier: self,
                first: self.verify_one(*message, now, None)?,
                more: Vec::new(),
            }),
            Some(each) => crate::batch::verify(self, each, message, now),
        }
    }

    /// Judges a message whose body was digested elsewhere, or one item of a batch.
    pub(crate) fn verify_one<'m>(
        &self,
        message: Message<'m>,
        now: Option<UnixMillis>,
        body_digest: Option<&[u8]>,
    ) -> Result<Accepted<'m>> {
        let plan = &*self.plan;
        let mut reading = Reading::default();
        self.read(&message, &mut reading)?;
        let candidates = self.candidates(&message, &reading)?;
        let algorithm = self.algorithm(&mut reading)?;
        let accepted =
            self.match_key(&message, reading, &candidates, algorithm, now, body_digest)?;
        accepted.with_eval(self, body_digest, |eval| {
            self.check_wire(eval, &accepted)?;
            self.check_time(&accepted, now)?;
            check_required(plan, eval)
        })?;
        Ok(accepted)
    }

    /// Reads every field in the order of the verdicts.
    fn read<'m>(&self, message: &Message<'m>, reading: &mut Reading<'m>) -> Result<()> {
        let plan = &*self.plan;
        // Conditions and JSON are read with nothing bound yet.
        let nobody = CredentialValues::default();
        let bound = Bound::default();
        let cache = Cache::default();
        let eval = Eval::new(plan, message, &nobody, &bound, &cache);
        let rank = |field: &crate::recipe::Field| {
            if field.has_signature() {
                0
            } else if field.has(|h| h == Hole::KeyId) {
                1
            } else {
                2
            }
        };
        for wanted in 0..3 {
            for (index, field) in plan.spec.fields.iter().enumerate() {
                if rank(field) != wanted || field.when.as_ref().is_some_and(|w| !eval.holds(w)) {
                    continue;
                }
                let text = wire_text(&eval, index)?;
                if !reading.read_field(plan, index, text)? && !field.optional {
                    let status = if wanted == 0 {
                        Status::MissingSignature
                    } else {
                        Status::MissingField
                    };
                    return Err(at(field, status, "is missing"));
                }
            }
            if wanted == 0 && plan.spec.jws.is_none() {
                self.check_signature_syntax(reading)?;
            }
            if wanted == 1 {
                self.check_key_id(reading)?;
            }
        }
        if reading.signatures().next().is_none() && self.has_signature_field() {
            return Err(Error::new(
                Status::MissingSignature,
                "the message holds no signature",
            ));
        }
        reading.read_time(plan)
    }

    fn has_signature_field(&self) -> bool {
        self.plan.spec.fields.iter().any(|f| f.has_signature())
    }

    /// Every signature must decode, and have the digest's length where there is one.
    fn check_signature_syntax(&self, reading: &Reading<'_>) -> Result<()> {
        let plan = &*self.plan;
        let length = match &self.algorithms[..] {
            [(_, algorithm)] => match plan.operation(*algorithm) {
                Some(Operation::Hmac(hash) | Operation::Digest(hash)) => Some(hash.output_len()),
                _ => None,
            },
            _ => None,
        };
        for (index, text) in reading.signatures() {
            if decode(plan, text, length).is_none() {
                let field = &plan.spec.fields[index as usize];
                return Err(at(
                    field,
                    Status::MalformedSignature,
                    "does not hold a signature of the right encoding and length",
                ));
            }
        }
        Ok(())
    }

    /// The key id is looked at before any other field, so that an unknown key is called that.
    fn check_key_id(&self, reading: &Reading<'_>) -> Result<()> {
        let Some(id) = reading.one(Hole::KeyId) else {
            return Ok(());
        };
        self.key_id_known(id)
    }

    fn key_id_known(&self, id: &[u8]) -> Result<()> {
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
        if self.keys.iter().any(known) {
            Ok(())
        } else {
            Err(unknown())
        }
    }

    /// The keys that this message may have been signed with.
    fn candidates(&self, message: &Message<'_>, reading: &Reading<'_>) -> Result<Vec<usize>> {
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
        let fits = |key: &ReadyKey| {
            let by_id = match (plan.spec.key_id, key_id) {
                (Some(credential), Some(id)) => {
                    key.credentials.get(credential).is_none_or(|v| v == id)
                }
                _ => true,
            };
            by_id
                && reading
                    .credentials()
                    .all(|(id, text)| key.credentials.get(id) == Some(text))
        };
        let all: Vec<usize> = (0..self.keys.len())
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
    fn fetch_request(
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
                let bound = reading.bound(plan);
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
    fn algorithm(&self, reading: &mut Reading<'_>) -> Result<usize> {
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

    /// Tries the candidate keys; a match under a key that is valid now wins over one that is not.
    fn match_key<'m>(
        &self,
        message: &Message<'m>,
        reading: Reading<'m>,
        candidates: &[usize],
        algorithm: usize,
        now: Option<UnixMillis>,
        body_digest: Option<&[u8]>,
    ) -> Result<Accepted<'m>> {
        let plan = &*self.plan;
        let mut accepted = Accepted {
            message: *message,
            reading,
            key: 0,
            jws: None,
        };
        if let Some(spec) = &plan.spec.jws {
            let (_, token) = accepted.reading.signatures().next().ok_or_else(|| {
                Error::new(Status::MissingSignature, "the message holds no signature")
            })?;
            let received = jws::receive(spec, token)?;
            accepted.jws = Some(ReceivedJws::new(&received));
            check_jws_header(plan, &accepted)?;
        }
        let mut outside = None;
        for &index in candidates {
            let Some(key) = self.keys.get(index) else {
                continue;
            };
            accepted.key = index;
            let matches = accepted.with_eval(self, body_digest, |eval| {
                self.matches(eval, key, algorithm, &accepted)
            })?;
            if !matches {
                continue;
            }
            match window(key, now) {
                None => return Ok(accepted),
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

    /// Whether any signature of the message is right under a key.
    fn matches(
        &self,
        eval: &Eval<'_, '_>,
        key: &ReadyKey,
        algorithm: usize,
        accepted: &Accepted<'_>,
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
            let input = if received.payload_is_message(plan) {
                received.input.clone()
            } else {
                let message = self.collected(eval)?;
                let input = jws::signing_input(spec, &received.header, &message.bytes);
                // Detached, or a payload that must be the message itself.
                if !spec.detached && input != received.input {
                    return Ok(false);
                }
                let dot = received.header_len;
                [
                    &received.input[..dot],
                    &input[input.iter().position(|b| *b == b'.').unwrap_or(input.len())..],
                ]
                .concat()
            };
            return Ok(verify_bytes(material, &input, &received.signature));
        }
        match material {
            Material::Hmac(prepared) => {
                let mut sink = Gather::new(prepared);
                self.gather(eval, &mut sink)?;
                Ok(self.any_equal(accepted, &sink.finish()))
            }
            Material::Keyless => {
                let Operation::Digest(hash) = operation else {
                    return Ok(false);
                };
                let mut sink = Gather::new(hash);
                self.gather(eval, &mut sink)?;
                Ok(self.any_equal(accepted, &sink.finish()))
            }
            Material::Token(token) => {
                // Both sides are digested, so that lengths do not show in the time taken.
                let wanted = Hash::Sha256.digest(token);
                Ok(accepted.reading.signatures().any(|(_, text)| {
                    decode(plan, text, None)
                        .is_some_and(|given| equal(&Hash::Sha256.digest(&given), &wanted))
                }))
            }
            Material::Verifying(verifying) => {
                let prehash = verifying.algorithm().prehash();
                if let Some(hash) = prehash {
                    let mut sink = Gather::new(hash);
                    self.gather(eval, &mut sink)?;
                    let digest = sink.finish();
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

    fn any_equal(&self, accepted: &Accepted<'_>, wanted: &Digest) -> bool {
        accepted.reading.signatures().any(|(_, text)| {
            self.plan.spec.read_encodings.iter().any(|e| {
                e.decode_digest(text, wanted.len())
                    .is_some_and(|given| equal(&given, wanted))
            })
        })
    }

    fn any_signature(&self, accepted: &Accepted<'_>, judge: impl Fn(&[u8]) -> bool) -> bool {
        accepted
            .reading
            .signatures()
            .any(|(_, text)| decode(&self.plan, text, None).is_some_and(|s| judge(&s)))
    }

    fn gather<S: Sink>(&self, eval: &Eval<'_, '_>, sink: &mut S) -> Result<()> {
        let mut bounded = Bounded {
            inner: sink,
            left: limit(&self.plan, eval.message, eval.bound.payload),
            overflow: false,
        };
        eval.parts(&self.plan.spec.message, &mut bounded)?;
        if bounded.overflow {
            return Err(too_much());
        }
        Ok(())
    }

    fn collected(&self, eval: &Eval<'_, '_>) -> Result<Collect> {
        let mut all = Collect::default();
        self.gather(eval, &mut all)?;
        Ok(all)
    }

    /// Lets and second times on the wire must be what the recipe computes.
    fn check_wire(&self, eval: &Eval<'_, '_>, accepted: &Accepted<'_>) -> Result<()> {
        let plan = &*self.plan;
        for (id, index, text) in accepted.reading.lets() {
            let field = &plan.spec.fields[index];
            let take = field.take.iter().find(|t| t.let_id == id);
            if let Some(take) = take {
                check_taken(eval, take, text)?;
                continue;
            }
            let mut wanted = Collect::default();
            eval.let_value(id, &mut wanted)?;
            if !equal(&wanted.bytes, text) {
                let status = if field.has_signature() {
                    Status::SignatureMismatch
                } else {
                    Status::ContentRejected
                };
                let what = format!("is not the {} of this message", plan.recipe.let_name(id));
                return Err(at(field, status, &what));
            }
        }
        for (format, index, text) in accepted.reading.other_times() {
            let mut wanted = Vec::new();
            let written = accepted
                .reading
                .instant
                .is_some_and(|i| format.write(i, &mut wanted).is_ok());
            if !written || wanted != text {
                let field = &plan.spec.fields[index];
                return Err(at(
                    field,
                    Status::ContentRejected,
                    "is not the time of this message",
                ));
            }
        }
        Ok(())
    }

    fn check_time(&self, accepted: &Accepted<'_>, now: Option<UnixMillis>) -> Result<()> {
        if let (Some(now), Some(instant), Some(tolerance)) =
            (now, accepted.reading.instant, self.tolerance_ms)
        {
            let age = now.saturating_since(instant);
            if age > tolerance {
                return Err(Error::new(
                    Status::TimestampTooOld,
                    format!("the message is {} s old", age.div_euclid(1000)),
                ));
            }
            if age < tolerance.saturating_neg() {
                return Err(Error::new(
                    Status::TimestampTooNew,
                    format!(
                        "the message is {} s ahead of the clock",
                        -age.div_euclid(1000)
                    ),
                ));
            }
        }
        match (&accepted.jws, now) {
            (Some(received), Some(now)) if received.carries_payload => {
                crate::claims::check_time(&received.payload, now)
            }
            _ => Ok(()),
        }
    }

    /// What would be verified, byte by byte; the time and other values come from the message.
    pub fn explain(&self, message: &Message<'_>, _now: Option<UnixMillis>) -> Result<Explanation> {
        let plan = &*self.plan;
        let mut reading = Reading::default();
        self.read(message, &mut reading)?;
        let candidates = self.candidates(message, &reading)?;
        let mut accepted = Accepted {
            message: *message,
            reading,
            key: candidates.first().copied().unwrap_or(0),
            jws: None,
        };
        if let (Some(spec), Some((_, token))) =
            (&plan.spec.jws, accepted.reading.signatures().next())
        {
            let received = jws::receive(spec, token)?;
            accepted.jws = Some(ReceivedJws::new(&received));
        }
        accepted.with_eval(self, None, |eval| {
            let mut recorder = Recorder::new(plan);
            self.gather(eval, &mut recorder)?;
            Ok(recorder.finish(accepted.jws.as_ref().map(|j| &j.header)))
        })
    }
}

/// A signature's bytes, in the first encoding that fits.
fn decode(plan: &Plan, text: &[u8], length: Option<usize>) -> Option<Vec<u8>> {
    plan.spec.read_encodings.iter().find_map(|e| match length {
        Some(length) => e.decode_digest(text, length).map(|d| d.to_vec()),
        None => e.decode(text).filter(|d| !d.is_empty()),
    })
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

/// A key id that may be asked for: short and visible, since strangers choose it.
fn fetchable_id(id: &[u8]) -> Option<String> {
    let good = (1..=256).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic);
    good.then(|| String::from_utf8_lossy(id).into_owned())
}

fn window(key: &ReadyKey, now: Option<UnixMillis>) -> Option<Status> {
    let now = now?;
    if key.not_after.is_some_and(|end| now > end) {
        return Some(Status::KeyExpired);
    }
    if key.not_before.is_some_and(|start| now < start) {
        return Some(Status::KeyNotYetValid);
    }
    None
}

fn check_taken(eval: &Eval<'_, '_>, take: &crate::recipe::Take, text: &[u8]) -> Result<()> {
    let named: Vec<Vec<u8>> = crate::plan::split_on(text, &take.split)
        .map(|n| n.trim_ascii().to_ascii_lowercase())
        .collect();
    let missing = |name: &str| {
        Error::field(
            Status::ContentRejected,
            name,
            format!("{name} is not among the signed headers, but must be"),
        )
    };
    for name in &take.list {
        if !named.iter().any(|n| n == name.as_bytes()) {
            return Err(missing(name));
        }
    }
    for header in eval.message.headers {
        let lower = header.name.to_ascii_lowercase();
        let wanted = take.prefix.iter().any(|p| lower.starts_with(p.as_bytes()));
        if wanted && !named.contains(&lower) {
            return Err(missing(&String::from_utf8_lossy(&lower)));
        }
    }
    Ok(())
}

fn check_jws_header(plan: &Plan, accepted: &Accepted<'_>) -> Result<()> {
    let (Some(spec), Some(received)) = (&plan.spec.jws, &accepted.jws) else {
        return Ok(());
    };
    let rejected =
        |name: &str, why: String| Error::field(Status::ContentRejected, format!("jws:{name}"), why);
    for (name, value) in &spec.header {
        if let JwsHeaderValue::Text(wanted) = value
            && name != "typ"
            && name != "alg"
            && received.header.text(name)?.as_deref() != Some(wanted)
        {
            let why = format!("{name} in the JWS header is not {wanted}");
            return Err(rejected(name, why));
        }
    }
    for rule in &spec.require {
        let list = received.header.text(&rule.member)?.unwrap_or_default();
        if !list
            .split(',')
            .any(|n| n.trim().eq_ignore_ascii_case(&rule.holds))
        {
            let why = format!(
                "{} of the JWS header does not name {}",
                rule.member, rule.holds
            );
            return Err(rejected(&rule.member, why));
        }
    }
    Ok(())
}

fn check_required(plan: &Plan, eval: &Eval<'_, '_>) -> Result<()> {
    for rule in &plan.spec.require {
        if rule.when.as_ref().is_some_and(|w| !eval.holds(w)) {
            continue;
        }
        let label = plan.label(&rule.value);
        let refused = || {
            let about = rule
                .about
                .as_deref()
                .unwrap_or("has another value than the scheme demands");
            Error::field(rule.status, label.as_str(), format!("{label} {about}"))
        };
        let value = match eval.value(&rule.value) {
            Ok(value) => value,
            Err(e) if e.status() == Status::MissingField => return Err(refused()),
            Err(e) => return Err(e),
        };
        let mut holds = false;
        for wanted in &rule.equals {
            holds |= equal(&eval.value(wanted)?.bytes, &value.bytes);
        }
        if !holds {
            return Err(refused());
        }
    }
    Ok(())
}

/// The parts of a received JWS that outlive its text.
pub(crate) struct ReceivedJws {
    header: JwsHeader,
    /// `header.payload` as received.
    input: Vec<u8>,
    header_len: usize,
    payload: Vec<u8>,
    signature: Vec<u8>,
    carries_payload: bool,
}

impl ReceivedJws {
    fn new(received: &Received<'_>) -> Self {
        let mut input = received.header_text.to_vec();
        input.push(b'.');
        input.extend_from_slice(received.payload_text);
        ReceivedJws {
            header: received.header.clone(),
            header_len: received.header_text.len(),
            input,
            payload: received.payload.clone(),
            signature: received.signature.clone(),
            carries_payload: !received.payload_text.is_empty(),
        }
    }

    /// Whether the payload segment is the message (a JWT), not a copy of something that stands elsewhere.
    fn payload_is_message(&self, plan: &Plan) -> bool {
        let spec_detached = plan.spec.jws.as_ref().is_some_and(|s| s.detached);
        !spec_detached
            && matches!(
                &plan.spec.message[..],
                [crate::recipe::Part {
                    source: crate::recipe::Source::Payload,
                    ..
                }]
            )
    }
}

/// One accepted message, or one item of a batch.
pub(crate) struct Accepted<'m> {
    message: Message<'m>,
    reading: Reading<'m>,
    key: usize,
    jws: Option<ReceivedJws>,
}

impl Accepted<'_> {
    fn with_eval<T>(
        &self,
        verifier: &Verifier,
        body_digest: Option<&[u8]>,
        run: impl FnOnce(&Eval<'_, '_>) -> Result<T>,
    ) -> Result<T> {
        let plan = &*verifier.plan;
        let mut bound = self.reading.bound(plan);
        bound.body_digest = body_digest;
        if let Some(jws) = &self.jws {
            bound.jws_header = Some(&jws.header);
            bound.payload = Some(&jws.payload);
        }
        let nobody = CredentialValues::default();
        let credentials = verifier
            .keys
            .get(self.key)
            .map_or(&nobody, |k| &k.credentials);
        let cache = Cache::default();
        run(&Eval::new(plan, &self.message, credentials, &bound, &cache))
    }

    fn string(&self, verifier: &Verifier) -> Result<Vec<u8>> {
        if let (Some(spec), Some(jws)) = (&verifier.plan.spec.jws, &self.jws) {
            if !spec.detached {
                return Ok(jws.input.clone());
            }
            let message = self.with_eval(verifier, None, |eval| verifier.collected(eval))?;
            return Ok(jws::signing_input(spec, &jws.header, &message.bytes));
        }
        self.with_eval(verifier, None, |eval| {
            verifier.collected(eval).map(|mut c| c.take())
        })
    }
}

/// An authentic message: what it says about itself, computed when asked for.
#[must_use]
pub struct Verified<'v> {
    pub(crate) verifier: &'v Verifier,
    pub(crate) first: Accepted<'v>,
    pub(crate) more: Vec<Accepted<'v>>,
}

impl Verified<'_> {
    /// The id of the key that matched, where the scheme has one.
    pub fn key_id(&self) -> Option<String> {
        let plan = &*self.verifier.plan;
        let id = plan.spec.key_id?;
        let value = self
            .verifier
            .keys
            .get(self.first.key)?
            .credentials
            .get(id)?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// Which key of the ring matched, counted from 0.
    pub fn key_index(&self) -> usize {
        self.first.key
    }

    /// When the message was signed, where the scheme says so.
    pub fn timestamp(&self) -> Option<UnixMillis> {
        self.first.reading.instant
    }

    /// How many separately signed items the message holds: 1 unless it is a batch.
    pub fn items(&self) -> usize {
        1 + self.more.len()
    }

    /// What the signature covers. Nothing else of the message may be trusted.
    pub fn covered(&self) -> Coverage {
        let of = |accepted: &Accepted<'_>| {
            accepted
                .with_eval(self.verifier, None, |eval| Ok(covered::coverage(eval)))
                .unwrap_or_default()
        };
        of(&self.first)
    }

    /// The fields that were signed by name (or a JWT's payload) as JSON text; an array of objects for a batch.
    pub fn signed_json(&self) -> Option<String> {
        let of = |accepted: &Accepted<'_>| match &accepted.jws {
            Some(jws) if jws.carries_payload => String::from_utf8(jws.payload.clone()).ok(),
            _ => accepted
                .with_eval(self.verifier, None, covered::signed_members)
                .ok()
                .flatten(),
        };
        let first = of(&self.first)?;
        if self.more.is_empty() {
            return Some(first);
        }
        let items: Vec<String> = std::iter::once(Some(first))
            .chain(self.more.iter().map(of))
            .flatten()
            .collect();
        Some(format!("[{}]", items.join(",")))
    }

    /// Lower-case hex SHA-256 over scheme, flow, key id and string to sign, each preceded by its length as eight
    /// bytes, most significant first. Two deliveries of one message have the same key, whatever their signature text.
    pub fn replay_key(&self) -> String {
        let mut state = HashState::new(Hash::Sha256);
        let mut field = |bytes: &[u8]| {
            state.update(&(bytes.len() as u64).to_be_bytes());
            state.update(bytes);
        };
        field(self.verifier.scheme_id().as_bytes());
        field(self.verifier.flow().name().as_bytes());
        field(self.key_id().unwrap_or_default().as_bytes());
        for accepted in std::iter::once(&self.first).chain(&self.more) {
            // The same plan ran over the same message a moment ago.
            field(&accepted.string(self.verifier).unwrap_or_default());
        }
        let mut text = Vec::with_capacity(64);
        Encoding::Hex.encode_into(&state.finish(), &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl std::fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verified")
            .field("scheme", &self.verifier.scheme_id())
            .field("key_id", &self.key_id())
            .field("timestamp", &self.timestamp())
            .finish_non_exhaustive()
    }
}
