//! An accepted message and what it says about itself.

use super::{Streamed, Verifier};
use crate::claims::Claims;
use crate::covered::{self, Coverage};
use crate::crypto::{Encoding, HashState};
use crate::jws::{self, Received};
use crate::plan::keys::CredentialValues;
use crate::plan::sink::Collect;
use crate::plan::wire::Reading;
use crate::plan::{BodyUse, Cache, Eval, JwsHeader, Plan};
use crate::text::lossy;
use crate::time::UnixMillis;
use crate::{Message, Result};

/// The parts of a received JWS that outlive its text.
pub(crate) struct ReceivedJws {
    pub(super) header: JwsHeader,
    /// `header.payload` as received.
    pub(super) input: Vec<u8>,
    pub(super) header_len: usize,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) carries_payload: bool,
}

impl ReceivedJws {
    pub(super) fn new(received: Received<'_>) -> Self {
        let mut input =
            Vec::with_capacity(received.header_text.len() + 1 + received.payload_text.len());
        input.extend_from_slice(received.header_text);
        input.push(b'.');
        input.extend_from_slice(received.payload_text);
        ReceivedJws {
            header_len: received.header_text.len(),
            input,
            carries_payload: !received.payload_text.is_empty(),
            header: received.header,
            payload: received.payload,
            signature: received.signature,
        }
    }

    /// The claims of the payload, where any is to be judged; to be asked for when the signature is known to be right.
    pub(super) fn claims<'a>(&'a self, plan: &'a Plan) -> Result<Option<Claims<'a>>> {
        let named = plan.spec.jws.as_ref().is_some_and(|s| !s.claims.is_empty());
        if named || self.carries_payload {
            return Claims::read(plan, &self.payload).map(Some);
        }
        Ok(None)
    }

    /// Whether the payload segment is the message (a JWT), not a copy of something that stands elsewhere.
    pub(super) fn payload_is_message(&self, plan: &Plan) -> bool {
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
    pub(super) message: Message<'m>,
    pub(super) reading: Reading<'m>,
    pub(super) key: usize,
    pub(super) jws: Option<ReceivedJws>,
    /// The string to sign, where it is to be kept; empty until it is made.
    pub(super) string: Option<Collect>,
}

impl<'m> Accepted<'m> {
    /// A message of which nothing has been read yet.
    #[inline(always)]
    pub(super) fn unjudged(message: Message<'m>) -> Self {
        Accepted {
            message,
            reading: Reading::default(),
            key: 0,
            jws: None,
            string: None,
        }
    }

    /// Which key of the ring matched.
    pub(crate) fn key_index(&self) -> usize {
        self.key
    }

    pub(super) fn with_eval<T>(
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

    /// Runs with the string to sign, in pieces.
    fn with_string(
        &self,
        verifier: &Verifier,
        streamed: Streamed<'_>,
        run: impl FnOnce(&[&[u8]]),
    ) -> Result<()> {
        if let Some(string) = self.string.as_ref().filter(|s| !s.bytes.is_empty()) {
            run(&[&string.bytes]);
            return Ok(());
        }
        let plan = &*verifier.plan;
        if let (Some(spec), Some(jws)) = (&plan.spec.jws, &self.jws) {
            if !spec.detached {
                run(&[&jws.input]);
                return Ok(());
            }
            let message = self.with_eval(verifier, None, |eval| verifier.collected(eval))?;
            run(&[&jws::signing_input(spec, &jws.header, &message.bytes)]);
            return Ok(());
        }
        let message = &self.message;
        if plan.spec.message.is_empty() {
            // A token vouches for the whole message or for nothing: without this, every notification that carries it
            // would look like a repetition of the first.
            let method = message.method.as_bytes();
            run(&[method, b"\n", message.target, b"\n", message.body]);
            return Ok(());
        }
        if let BodyUse::Direct(_) = plan.body_use {
            let (before, after) = self.with_eval(verifier, None, |eval| plan.around_body(eval))?;
            run(&[&before.bytes, message.body, &after.bytes]);
            return Ok(());
        }
        let string = self.with_eval(verifier, streamed.body(plan), |eval| {
            verifier.collected(eval)
        })?;
        run(&[&string.bytes]);
        Ok(())
    }
}

/// An authentic message: what it says about itself, computed when asked for.
pub struct Verified<'v> {
    pub(crate) verifier: &'v Verifier,
    pub(crate) first: Accepted<'v>,
    pub(crate) more: Vec<Accepted<'v>>,
}

impl Verified<'_> {
    /// The id of the key that matched, where the scheme has one.
    pub fn key_id(&self) -> Option<String> {
        let id = self.verifier.key_id_of(self.first.key)?;
        Some(lossy(id).into_owned())
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

    /// The fields that were signed by name (or a JWT's payload, if it is JSON) as JSON text on one line; an array of
    /// objects for a batch.
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
            return one_line(first);
        }
        let items: Vec<String> = std::iter::once(Some(first))
            .chain(self.more.iter().map(of))
            .flatten()
            .collect();
        one_line(format!("[{}]", items.join(",")))
    }

    /// Lower-case hex SHA-256 over scheme, flow, key id and string to sign, each preceded by its length as eight
    /// bytes, most significant first. Two deliveries of one message have the same key, whatever their signature text.
    /// Of a batch it is the key of the whole, in its order: an item that comes again in another batch must be known by its own id. A
    /// message that several keys of the ring signed has the key of the one that matched first.
    /// Schemes that send a token and sign nothing use method, target and body, joined by line feeds, instead.
    pub fn replay_key(&self) -> String {
        self.replay_key_over(Streamed::default())
    }

    fn replay_key_over(&self, streamed: Streamed<'_>) -> String {
        let mut state = self.verifier.replay_head(self.first.key);
        for accepted in std::iter::once(&self.first).chain(&self.more) {
            let made = accepted.with_string(self.verifier, streamed, |pieces| {
                let length: usize = pieces.iter().map(|piece| piece.len()).sum();
                state.update(&(length as u64).to_be_bytes());
                for piece in pieces {
                    state.update(piece);
                }
            });
            // It was made a moment ago, of the same message.
            if made.is_err() {
                state.update(&0u64.to_be_bytes());
            }
        }
        hex(state)
    }

    /// Everything at once, owned: what the bindings hand out.
    pub fn report(&self) -> Report {
        Report {
            key_id: self.key_id(),
            key_index: self.key_index(),
            timestamp: self.timestamp(),
            items: self.items(),
            covered: self.covered(),
            signed_json: self.signed_json(),
            replay_key: Some(self.replay_key()),
        }
    }

    pub(super) fn streamed_report(&self, streamed: Streamed<'_>) -> Report {
        let plan = &*self.verifier.plan;
        let covered = self
            .first
            .with_eval(self.verifier, streamed.body(plan), |eval| {
                Ok(covered::coverage(eval))
            })
            .unwrap_or_default();
        // Where the body stands in the string as it is, only the stream itself knows the string.
        let direct = matches!(plan.body_use, BodyUse::Direct(_));
        let known = !direct && !plan.spec.message.is_empty();
        let replay_key = known.then(|| self.replay_key_over(streamed));
        Report {
            key_id: self.key_id(),
            key_index: self.key_index(),
            timestamp: self.timestamp(),
            items: 1,
            covered,
            signed_json: None,
            replay_key,
        }
    }
}

pub(crate) fn hex(state: HashState) -> String {
    let mut text = Vec::with_capacity(64);
    Encoding::Hex.encode_into(&state.finish(), &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// What is known of an accepted message, owned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// See [`Verified::key_id`].
    pub key_id: Option<String>,
    /// See [`Verified::key_index`].
    pub key_index: usize,
    /// See [`Verified::timestamp`].
    pub timestamp: Option<UnixMillis>,
    /// See [`Verified::items`].
    pub items: usize,
    /// See [`Verified::covered`].
    pub covered: Coverage,
    /// See [`Verified::signed_json`].
    pub signed_json: Option<String>,
    /// See [`Verified::replay_key`]; missing for a stream whose length was not announced.
    pub replay_key: Option<String>,
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

/// Members are taken as they stand in the message; between the tokens of JSON a blank does as well as a line end.
fn one_line(text: String) -> Option<String> {
    serde_json::from_str::<&serde_json::value::RawValue>(&text).ok()?;
    Some(text.replace(['\r', '\n'], " "))
}
