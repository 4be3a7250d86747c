//! Verifying: strict, without a lenient mode, and it never writes anything.
//!
//! The order is fixed: presence, uniqueness and syntax of the signature; the key id; the other fields; the MAC; the
//! key's validity window; time; what the scheme further requires. Verdicts about windows, time and requirements are
//! given only after a signature matched, so that a stranger learns nothing from them.

mod accepted;
mod check;
mod handshake;
mod judge;
mod read;

pub(crate) use accepted::{Accepted, hex};
pub use accepted::{Report, Verified};
pub use handshake::HandshakeAnswer;
pub(crate) use judge::Streamed;

use crate::credentials::KeyRing;
use crate::crypto::certificate::check_chain;
use crate::crypto::{Hash, HashState};
use crate::explain::{Explanation, Recorder};
use crate::jws;
use crate::plan::keys::{CredentialValues, Material};
use crate::plan::sink::Collect;
use crate::plan::wire::Reading;
use crate::plan::{BodyUse, Bound, Cache, Eval, Plan};
use crate::recipe::{Algorithm, Direction, Flow};
use crate::stream;
use crate::time::UnixMillis;
use crate::{Error, Message, Result, Status};
use accepted::ReceivedJws;
use std::sync::Arc;

/// At most so many keys are tried for one message.
const MAX_KEYS: usize = 16;
/// Bytes of a body above which its string to sign is not kept: copying it would cost more than what stands around it.
const KEPT: usize = 4096;

/// A key of a ring, ready for use.
#[derive(Clone)]
struct ReadyKey {
    credentials: CredentialValues,
    /// By algorithm of the plan.
    materials: Vec<Material>,
    not_before: Option<UnixMillis>,
    not_after: Option<UnixMillis>,
}

impl ReadyKey {
    fn has_window(&self) -> bool {
        self.not_before.is_some() || self.not_after.is_some()
    }
}

/// A candidate key of a stream: what swallows the body for it, and what is signed before and after the body.
pub(crate) struct Opened {
    pub(crate) key: usize,
    pub(crate) swallow: stream::Swallow,
    pub(crate) before: Collect,
    pub(crate) after: Collect,
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
            let (not_before, not_after) = self.window(key, &credentials)?;
            Ok(ReadyKey {
                credentials,
                materials,
                not_before,
                not_after,
            })
        });
        Ok(Verifier {
            keys: Arc::new(keys.collect::<Result<_>>()?),
            ..self.clone()
        })
    }

    /// When a key counts: what the ring says and, where the recipe names the provider's certificate, what that says.
    fn window(
        &self,
        key: &crate::credentials::RingKey,
        credentials: &CredentialValues,
    ) -> Result<(Option<UnixMillis>, Option<UnixMillis>)> {
        let names = self.plan.spec.fetch.as_ref();
        let names = names.map_or(&[][..], |fetch| &fetch.certificate_names);
        let part = self.plan.spec.verify_key.as_ref();
        let (Some(part), false) = (part, names.is_empty()) else {
            return Ok((key.not_before, key.not_after));
        };
        let nothing = Message::new("GET", "/", &[], b"");
        let (bound, cache) = (Bound::default(), Cache::default());
        let eval = Eval::new(&self.plan, &nothing, credentials, &bound, &cache).of_credentials();
        let chain = eval.value(part)?.take();
        let own = check_chain(&chain, names).map_err(|why| {
            let name = match part.source {
                crate::recipe::Source::Credential(id) => self.plan.recipe.credential_name(id),
                _ => "certificate",
            };
            Error::field(
                Status::InvalidCredentials,
                name,
                format!("credential {name}: {why}"),
            )
        })?;
        let from = key
            .not_before
            .map_or(own.not_before, |t| t.max(own.not_before));
        let until = key
            .not_after
            .map_or(own.not_after, |t| t.min(own.not_after));
        Ok((Some(from), Some(until)))
    }

    /// How many seconds a message may be older or newer than the clock, instead of the recipe's tolerance.
    #[must_use]
    pub fn tolerance(mut self, seconds: u32) -> Self {
        self.tolerance_ms = Some(i64::from(seconds) * 1000);
        self
    }

    /// The tolerance in force, for schemes that carry a time.
    pub fn tolerance_seconds(&self) -> Option<u64> {
        self.plan.spec.timestamp.as_ref()?;
        u64::try_from(self.tolerance_ms? / 1000).ok()
    }

    /// Accepts only messages of this key id (one shop of several, for example); where a message names none, only the ring's keys of
    /// that id are tried. Schemes without a key id answer [`Status::InvalidOption`].
    pub fn expect_key_id(mut self, key_id: &str) -> Result<Self> {
        if !self.plan.has_key_id() {
            return Err(Error::field(
                Status::InvalidOption,
                "expected_key_id",
                format!("{} has no key id", self.scheme_id()),
            ));
        }
        self.expected_key_id = Some(key_id.as_bytes().to_vec());
        Ok(self)
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

    /// Whether a clock is needed to judge messages: a time is read, or a key of the ring has a validity window.
    pub fn needs_now(&self) -> bool {
        self.plan.reads_time || self.keys.iter().any(ReadyKey::has_window)
    }

    /// Judges one message. An error with a verdict ([`Status::is_verdict`]) says why it is refused.
    pub fn verify<'v>(
        &'v self,
        message: &'v Message<'v>,
        now: Option<UnixMillis>,
    ) -> Result<Verified<'v>> {
        self.verified(message, now, None)
    }

    /// The same for callers that will ask for the replay key: the string to sign is kept for it, which costs less than making it
    /// a second time, unless it holds a large body as it is.
    pub fn verify_keeping<'v>(
        &'v self,
        message: &'v Message<'v>,
        now: Option<UnixMillis>,
    ) -> Result<Verified<'v>> {
        let large = matches!(self.plan.body_use, BodyUse::Direct(_)) && message.body.len() > KEPT;
        self.verified(message, now, (!large).then(Collect::default))
    }

    #[inline(always)]
    fn verified<'v>(
        &'v self,
        message: &'v Message<'v>,
        now: Option<UnixMillis>,
        string: Option<Collect>,
    ) -> Result<Verified<'v>> {
        self.check_size(message.body.len() as u64)?;
        self.check_possible(now)?;
        match &self.plan.spec.each {
            None => {
                let mut verified = Verified {
                    verifier: self,
                    first: Accepted::unjudged(*message),
                    more: Vec::new(),
                };
                verified.first.string = string;
                self.judge(&mut verified.first, now, Streamed::default())?;
                Ok(verified)
            }
            Some(each) => crate::batch::verify(self, each, message, now),
        }
    }

    /// Whether there is anything to verify, and a clock to do it by.
    fn check_possible(&self, now: Option<UnixMillis>) -> Result<()> {
        if let Some(reason) = &self.plan.spec.unverifiable {
            return Err(Error::new(Status::Unverifiable, reason.as_str()));
        }
        if self.plan.reads_time && now.is_none() {
            return Err(Error::field(
                Status::InvalidOption,
                "now",
                "this scheme carries a time: give the option now",
            ));
        }
        if now.is_none() && self.keys.iter().any(ReadyKey::has_window) {
            return Err(Error::field(
                Status::InvalidOption,
                "now",
                "a key of the ring has a validity window: give the option now",
            ));
        }
        Ok(())
    }

    pub(crate) fn check_size(&self, body: u64) -> Result<()> {
        if self.max_body.is_some_and(|max| body > max as u64) {
            return Err(Error::field(
                Status::TooLarge,
                "body",
                "the body is larger than the limit",
            ));
        }
        Ok(())
    }

    /// What must swallow a streamed body: for each candidate key its state, and what is signed before and after the body.
    pub(crate) fn open(
        &self,
        message: &Message<'_>,
        now: Option<UnixMillis>,
    ) -> Result<Vec<Opened>> {
        self.check_possible(now)?;
        let plan = &*self.plan;
        let mut accepted = Accepted::unjudged(*message);
        self.read(message, &mut accepted.reading)?;
        let algorithm = self.algorithm(&mut accepted.reading)?;
        let named = self.algorithms.get(algorithm);
        let named = named.map_or(Algorithm::External, |(_, a)| *a);
        let mut opened = Vec::new();
        for index in self.candidates(message, &accepted.reading)? {
            accepted.key = index;
            let (before, after) = accepted.with_eval(self, None, |eval| plan.around_body(eval))?;
            let material = self
                .keys
                .get(index)
                .and_then(|k| k.materials.get(algorithm));
            let material = material.unwrap_or(&Material::PerMessage);
            let swallow = stream::swallow(plan, material, named, &before.bytes)?;
            opened.push(Opened {
                key: index,
                swallow,
                before,
                after,
            });
        }
        Ok(opened)
    }

    /// Judges a message whose body has streamed by.
    pub(crate) fn judge_stream(
        &self,
        message: &Message<'_>,
        now: Option<UnixMillis>,
        digests: &[(usize, Option<crate::crypto::Digest>)],
    ) -> Result<Report> {
        let first = self.verify_one(*message, now, Streamed(Some(digests)))?;
        let streamed = Streamed(Some(digests));
        Ok(Verified {
            verifier: self,
            first,
            more: Vec::new(),
        }
        .streamed_report(streamed))
    }

    /// The head of a replay key: scheme, flow and key id; the string to sign follows.
    pub(crate) fn replay_head(&self, key: usize) -> HashState {
        let mut state = HashState::new(Hash::Sha256);
        let id = self.key_id_of(key).unwrap_or_default();
        for bytes in [
            self.scheme_id().as_bytes(),
            self.flow().name().as_bytes(),
            id,
        ] {
            state.update(&(bytes.len() as u64).to_be_bytes());
            state.update(bytes);
        }
        state
    }

    pub(crate) fn key_id_of(&self, key: usize) -> Option<&[u8]> {
        let id = self.plan.spec.key_id?;
        self.keys.get(key)?.credentials.get(id)
    }

    /// Judges a message whose body was digested elsewhere, or one item of a batch.
    pub(crate) fn verify_one<'m>(
        &self,
        message: Message<'m>,
        now: Option<UnixMillis>,
        streamed: Streamed<'_>,
    ) -> Result<Accepted<'m>> {
        let mut accepted = Accepted::unjudged(message);
        self.judge(&mut accepted, now, streamed)?;
        Ok(accepted)
    }

    /// Judges a message in the place where it stays: what is known of it is large, and results that hold it would be copied.
    fn judge(
        &self,
        accepted: &mut Accepted<'_>,
        now: Option<UnixMillis>,
        streamed: Streamed<'_>,
    ) -> Result<()> {
        let plan = &*self.plan;
        self.read(&accepted.message, &mut accepted.reading)?;
        let candidates = self.candidates(&accepted.message, &accepted.reading)?;
        let algorithm = self.algorithm(&mut accepted.reading)?;
        self.match_key(accepted, &candidates, algorithm, now, streamed)?;
        let claims = match &accepted.jws {
            Some(jws) => jws.claims(plan)?,
            None => None,
        };
        if let Some(claims) = &claims
            && let Some(claimed) = claims.instant()?
        {
            accepted.reading.instant = Some(claimed);
        }
        if claims.is_none() && !plan.judges_values {
            return self.check_time(accepted, now);
        }
        accepted.with_eval(self, streamed.body(plan), |eval| {
            self.check_not_answered(eval)?;
            self.check_wire(eval, accepted)?;
            if let Some(claims) = &claims {
                claims.check(eval)?;
            }
            self.check_time(accepted, now)?;
            if let (Some(claims), Some(now)) = (&claims, now) {
                claims.check_time(now)?;
            }
            check::check_jws_header(plan, accepted)?;
            check::check_required(plan, eval)
        })
    }

    /// What would be verified, byte by byte; the time and other values come from the message. Of a batch, its first item. The
    /// signature itself need not decode.
    pub fn explain(&self, message: &Message<'_>) -> Result<Explanation> {
        let plan = &*self.plan;
        let (message, items) = crate::batch::first(plan, message)?;
        let message = &message;
        let mut reading = Reading::default();
        self.read_to_explain(message, &mut reading)?;
        let candidates = self.candidates(message, &reading)?;
        let mut accepted = Accepted::unjudged(*message);
        accepted.key = candidates.first().copied().unwrap_or(0);
        accepted.reading = reading;
        if let (Some(spec), Some((_, token))) =
            (&plan.spec.jws, accepted.reading.signatures().next())
        {
            let received = jws::receive(spec, token)?;
            accepted.jws = Some(ReceivedJws::new(received));
        }
        accepted.with_eval(self, None, |eval| {
            let mut recorder = Recorder::new(plan);
            self.gather(eval, &mut recorder)?;
            let covered = crate::covered::coverage(eval);
            let explanation = recorder.finish(accepted.jws.as_ref().map(|j| &j.header), covered);
            Ok(explanation.of_batch(items))
        })
    }
}
