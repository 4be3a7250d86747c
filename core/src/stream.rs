//! Large bodies, in pieces and constant memory, for schemes that read the body once and in order.
//!
//! Everything else of the message must be known at the beginning. A scheme that looks into the body (JSON members, form
//! fields, a JWS) answers `unsupported` when the stream is opened.

use crate::crypto::{Digest, HashState, HmacState};
use crate::draft::{Draft, Signature};
use crate::plan::keys::Material;
use crate::plan::sink::Collect;
use crate::plan::{BodyUse, Plan};
use crate::recipe::{Algorithm, Content};
use crate::sign::{SignOptions, Signed, Signer};
use crate::time::UnixMillis;
use crate::verify::{Opened, Report, Verifier, hex};
use crate::{Error, Header, Message, Result, Status};

/// What swallows the body.
pub(crate) enum Swallow {
    Hmac(HmacState),
    Hash(HashState),
    /// The scheme does not sign the body.
    Nothing,
}

impl Swallow {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Swallow::Hmac(state) => state.update(bytes),
            Swallow::Hash(state) => state.update(bytes),
            Swallow::Nothing => {}
        }
    }

    fn finish(self) -> Option<Digest> {
        match self {
            Swallow::Hmac(state) => Some(state.finish()),
            Swallow::Hash(state) => Some(state.finish()),
            Swallow::Nothing => None,
        }
    }
}

/// A message's head, owned while its body streams by.
struct Head {
    method: String,
    target: Vec<u8>,
    url: Option<String>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Head {
    fn of(message: &Message<'_>) -> Result<Head> {
        if !message.body.is_empty() {
            return Err(Error::field(
                Status::InvalidMessage,
                "body",
                "the body of a stream comes in pieces, not with the message",
            ));
        }
        Ok(Head {
            method: message.method.to_owned(),
            target: message.target.to_vec(),
            url: message.url.map(str::to_owned),
            headers: message
                .headers
                .iter()
                .map(|h| (h.name.to_vec(), h.value.to_vec()))
                .collect(),
        })
    }

    fn with<T>(&self, run: impl FnOnce(&Message<'_>) -> T) -> T {
        let headers: Vec<Header<'_>> = self
            .headers
            .iter()
            .map(|(name, value)| Header { name, value })
            .collect();
        run(&Message {
            method: &self.method,
            target: &self.target,
            url: self.url.as_deref(),
            headers: &headers,
            body: b"",
        })
    }
}

/// [`SignOptions`] that own what they hold.
#[derive(Default)]
struct Options {
    now: Option<UnixMillis>,
    nonce: Option<String>,
    timestamp_text: Option<String>,
    seed: Option<[u8; 32]>,
}

impl Options {
    fn of(options: &SignOptions<'_>) -> Options {
        Options {
            now: options.now,
            nonce: options.nonce.map(str::to_owned),
            timestamp_text: options.timestamp_text.map(str::to_owned),
            seed: options.seed.copied(),
        }
    }

    fn borrow(&self) -> SignOptions<'_> {
        SignOptions {
            now: self.now,
            nonce: self.nonce.as_deref(),
            timestamp_text: self.timestamp_text.as_deref(),
            seed: self.seed.as_ref(),
            ..SignOptions::default()
        }
    }
}

fn unsupported(plan: &Plan) -> Error {
    Error::new(
        Status::Unsupported,
        format!(
            "{} {} looks into the body or reads it more than once, so it cannot be streamed",
            plan.recipe.id,
            plan.flow.name()
        ),
    )
}

/// What swallows the body for one key, of a plan whose body can stream by.
pub(crate) fn swallow(
    plan: &Plan,
    material: &Material,
    algorithm: Algorithm,
    before: &[u8],
) -> Result<Swallow> {
    Ok(match (plan.body_use, material) {
        (BodyUse::None, _) => Swallow::Nothing,
        (BodyUse::Digest(hash), _) => Swallow::Hash(HashState::new(hash)),
        (BodyUse::Direct(_), Material::Hmac(key)) => {
            let mut state = key.start();
            state.update(before);
            Swallow::Hmac(state)
        }
        (BodyUse::Direct(_), other) => {
            let hash = match other {
                Material::Keyless => match algorithm {
                    Algorithm::Digest(hash) => Some(hash),
                    _ => None,
                },
                Material::Signing(key) => key.algorithm().prehash(),
                Material::Verifying(key) => key.algorithm().prehash(),
                _ => None,
            };
            let mut state = HashState::new(hash.ok_or_else(|| unsupported(plan))?);
            state.update(before);
            Swallow::Hash(state)
        }
        (BodyUse::Other, _) => return Err(unsupported(plan)),
    })
}

/// Signs a message whose body comes in pieces.
pub struct SignStream {
    signer: Signer,
    head: Head,
    options: Options,
    swallow: Swallow,
    after: Collect,
}

impl Signer {
    /// Opens a stream: the message without its body, and the same options as for [`Signer::sign`].
    pub fn stream(&self, message: &Message<'_>, options: &SignOptions<'_>) -> Result<SignStream> {
        let head = Head::of(message)?;
        self.plan.check_streams()?;
        let draft = Draft::new(self, message, options).map_err(Error::while_signing)?;
        let (before, after) = draft.around_body().map_err(Error::while_signing)?;
        Ok(SignStream {
            swallow: swallow(
                &self.plan,
                &self.material,
                self.plan.sign_algorithm(),
                &before.bytes,
            )?,
            signer: self.clone(),
            options: Options::of(options),
            head,
            after,
        })
    }
}

impl SignStream {
    /// The next piece of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        self.swallow.update(bytes);
    }

    /// The body is complete: what must be added to the message.
    pub fn finish(mut self) -> Result<Signed> {
        let plan = self.signer.plan.clone();
        if matches!(plan.body_use, BodyUse::Direct(_)) {
            self.swallow.update(&self.after.bytes);
        }
        let digest = self.swallow.finish();
        let options = self.options.borrow();
        let signed = self.head.with(|message| {
            let mut draft = Draft::new(&self.signer, message, &options)?;
            let signature = match (plan.body_use, digest) {
                (BodyUse::Direct(_), Some(digest)) => match &self.signer.material {
                    Material::Signing(key) => Signature::Bytes(
                        key.sign_digest(&digest, options.seed)
                            .map_err(crate::draft::signing_failed)?,
                    ),
                    _ => Signature::Digest(digest),
                },
                (_, digest) => {
                    draft.body_digest = digest.as_deref().map(<[u8]>::to_vec);
                    draft.signature(&options)?
                }
            };
            draft.place(&signature)?;
            Ok(draft.take_signed())
        });
        signed.map_err(Error::while_signing)
    }
}

/// The replay key of a candidate, or where the same one is made.
enum Replay {
    Own(Box<HashState>),
    Like(usize),
}

/// Verifies a message whose body comes in pieces.
pub struct VerifyStream {
    verifier: Verifier,
    head: Head,
    now: Option<UnixMillis>,
    keys: Vec<Opened>,
    /// Of each candidate key its replay key in the making; of one whose message reads as another's, the other's place.
    replay: Vec<Replay>,
    received: u64,
    announced: Option<u64>,
}

impl Verifier {
    /// Opens a stream: the message without its body. With `body_length` (the Content-Length) the report has a replay key.
    pub fn stream(
        &self,
        message: &Message<'_>,
        now: Option<UnixMillis>,
        body_length: Option<u64>,
    ) -> Result<VerifyStream> {
        let head = Head::of(message)?;
        // Before any field is looked for: what stands in the body cannot be read.
        self.plan.check_streams()?;
        let opened = self.open(message, now)?;
        let direct = matches!(self.plan.body_use, BodyUse::Direct(_));
        let replay = match body_length {
            Some(length) if direct => self.replay_states(&opened, length),
            _ => Vec::new(),
        };
        Ok(VerifyStream {
            verifier: self.clone(),
            head,
            now,
            keys: opened,
            replay,
            received: 0,
            announced: body_length,
        })
    }

    fn replay_states(&self, opened: &[Opened], length: u64) -> Vec<Replay> {
        let alike = |a: &Opened, b: &Opened| {
            (&a.before.bytes, &a.after.bytes) == (&b.before.bytes, &b.after.bytes)
                && self.key_id_of(a.key) == self.key_id_of(b.key)
        };
        let state_of = |one: &Opened| {
            let string = length
                .saturating_add(one.before.bytes.len() as u64)
                .saturating_add(one.after.bytes.len() as u64);
            let mut state = self.replay_head(one.key);
            state.update(&string.to_be_bytes());
            state.update(&one.before.bytes);
            state
        };
        let places = opened.iter().enumerate().map(|(place, one)| {
            match opened.iter().position(|other| alike(other, one)) {
                Some(first) if first < place => Replay::Like(first),
                _ => Replay::Own(Box::new(state_of(one))),
            }
        });
        places.collect()
    }
}

impl VerifyStream {
    /// The next piece of the body.
    pub fn update(&mut self, bytes: &[u8]) -> Result<()> {
        self.received = self.received.saturating_add(bytes.len() as u64);
        self.verifier.check_size(self.received)?;
        for opened in &mut self.keys {
            opened.swallow.update(bytes);
        }
        for replay in &mut self.replay {
            if let Replay::Own(state) = replay {
                state.update(bytes);
            }
        }
        Ok(())
    }

    /// The body is complete: the verdict.
    pub fn finish(self) -> Result<Report> {
        // The piece that was too large was not swallowed: who passed over that error must not get a verdict on the rest.
        self.verifier.check_size(self.received)?;
        let plan = self.verifier.plan.clone();
        let direct = matches!(plan.body_use, BodyUse::Direct(_));
        let announced = self.announced == Some(self.received);
        let mut digests = Vec::with_capacity(self.keys.len());
        let mut replay_keys: Vec<Option<String>> = Vec::new();
        let mut replay = self.replay.into_iter();
        for mut opened in self.keys {
            replay_keys.push(match replay.next() {
                Some(Replay::Own(mut state)) if announced => {
                    state.update(&opened.after.bytes);
                    Some(hex(*state))
                }
                Some(Replay::Like(place)) => replay_keys.get(place).cloned().flatten(),
                _ => None,
            });
            if direct {
                opened.swallow.update(&opened.after.bytes);
            }
            digests.push((opened.key, opened.swallow.finish()));
        }
        self.head.with(|message| {
            let mut report = self.verifier.judge_stream(message, self.now, &digests)?;
            if direct {
                let place = digests.iter().position(|(key, _)| *key == report.key_index);
                report.replay_key = place.and_then(|place| replay_keys.get_mut(place)?.take());
            }
            Ok(report)
        })
    }
}

impl Plan {
    /// Whether the body can stream by.
    fn check_streams(&self) -> Result<()> {
        let looks = self.spec.jws.is_some() || !self.answered.is_empty() || self.depends_on_body();
        match looks || self.body_use == BodyUse::Other {
            true => Err(unsupported(self)),
            false => Ok(()),
        }
    }

    /// Whether anything of the flow looks at the body other than to digest it, which is not known when a stream is opened.
    fn depends_on_body(&self) -> bool {
        let looks = |when: &Option<crate::recipe::Condition>| {
            when.as_ref().is_some_and(|w| w.body.is_some())
        };
        let mut found = false;
        self.spec.each_part(&mut |part| found |= looks(&part.when));
        found
            || self.spec.require.iter().any(|rule| looks(&rule.when))
            || self.spec.fields.iter().any(|f| {
                let more = matches!(&f.content, Content::Covered(c) if !c.with_body.is_empty());
                more || looks(&f.when)
            })
    }
}
