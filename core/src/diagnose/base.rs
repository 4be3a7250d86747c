//! One message under one rule: what was read of it, the keys it may have been signed with, and how strings are made.

use super::algorithm::Judge;
use super::clue::{Clue, Scene};
use super::inline::inlined;
use super::keys::{KeyState, secrets};
use super::observed::Observed;
use super::reading::{self, Seen};
use crate::Message;
use crate::credentials::{Credentials, KeyRing};
use crate::crypto::{Encoding, Hash};
use crate::plan::keys::{CredentialValues, Operation};
use crate::plan::sink::Collect;
use crate::plan::wire::Reading;
use crate::plan::{Bound, Cache, Eval, JwsHeader, Plan};
use crate::recipe::{Hole, LetId, Part, Source};
use std::sync::Arc;

/// At most so many keys are tried, those of other places included.
const MAX_KEYS: usize = 32;

/// See the module.
pub(super) struct Base<'m> {
    pub(super) plan: Arc<Plan>,
    pub(super) message: Message<'m>,
    pub(super) reading: Reading<'m>,
    /// The plan by which fields were read: that of another scheme where its rule is tried.
    read_by: Arc<Plan>,
    pub(super) parts: Vec<Part>,
    /// The same, with lets that travel kept apart; empty where none does.
    pub(super) wire_parts: Vec<Part>,
    pub(super) keys: Vec<KeyState>,
    pub(super) observed: Vec<Observed>,
    pub(super) jws: Option<JwsSeen>,
    pub(super) facts: Vec<Clue>,
    /// Strings depend on the key, also on its secret.
    pub(super) string_reads_credentials: bool,
    pub(super) string_reads_secret: bool,
}

/// The token on the wire.
pub(super) struct JwsSeen {
    header: JwsHeader,
    header_text: Vec<u8>,
    /// As received; empty where detached.
    payload_text: Vec<u8>,
    pub(super) payload: Vec<u8>,
}

impl<'m> Base<'m> {
    /// Reads a message as far as possible.
    pub(super) fn new(
        plan: Arc<Plan>,
        ring: &KeyRing,
        other: &[Credentials],
        message: Message<'m>,
    ) -> Base<'m> {
        let Seen {
            reading,
            mut observed,
            texts,
            facts,
        } = reading::see(&plan, &message);
        let jws = plan
            .spec
            .jws
            .is_some()
            .then(|| receive(&texts, &mut observed))
            .flatten();
        let mut base = Base {
            read_by: plan.clone(),
            plan,
            message,
            reading,
            parts: Vec::new(),
            wire_parts: Vec::new(),
            keys: Vec::new(),
            observed,
            jws,
            facts,
            string_reads_credentials: false,
            string_reads_secret: false,
        };
        base.unfold();
        let ring = ring.keys().iter().map(|k| (&k.credentials, Vec::new()));
        let other = other
            .iter()
            .map(|c| (c, vec![Clue::new("other-known-key")]));
        for (credentials, clues) in ring.chain(other).take(MAX_KEYS) {
            let mut clues = clues;
            let values = CredentialValues::unchecked(&base.plan, credentials);
            if clues.is_empty() && !base.named_on_the_wire(&values) {
                clues.push(Clue::new("key-id-differs"));
            }
            let part = base.plan.spec.verify_key.clone();
            match base.key(clues.clone(), values.clone(), part.as_ref()) {
                Some(key) => base.keys.push(key),
                // A key that cannot be used still has forms that can.
                None => base.keys.push(KeyState {
                    clues,
                    credentials: values,
                    bytes: None,
                    judge: Judge::Token(Vec::new().into()),
                }),
            }
        }
        base
    }

    /// The same message under another scheme's rule and keys.
    pub(super) fn under(&self, plan: Arc<Plan>, keys: Vec<CredentialValues>) -> Base<'m> {
        let observed = self.observed.iter();
        let mut base = Base {
            read_by: self.read_by.clone(),
            plan,
            message: self.message,
            reading: self.reading.clone(),
            parts: Vec::new(),
            wire_parts: Vec::new(),
            keys: Vec::new(),
            observed: observed
                .map(|o| Observed::bytes(o.clues.clone(), o.bytes.clone()))
                .collect(),
            jws: None,
            facts: Vec::new(),
            string_reads_credentials: true,
            string_reads_secret: true,
        };
        base.unfold();
        let part = base.plan.spec.verify_key.clone();
        for values in keys {
            base.keys
                .extend(base.key(Vec::new(), values, part.as_ref()));
        }
        base
    }

    /// Whether the key id and the credentials that travel are those of a key.
    fn named_on_the_wire(&self, key: &CredentialValues) -> bool {
        let id = self.plan.spec.key_id.and_then(|id| key.get(id));
        let sent = self.reading.one(Hole::KeyId);
        let same_id = id.zip(sent).is_none_or(|(a, b)| a == b);
        same_id
            && self
                .reading
                .credentials()
                .all(|(id, text)| key.get(id).is_none_or(|v| v == text))
    }

    fn unfold(&mut self) {
        let bound = self.bound(None, false);
        let nobody = CredentialValues::default();
        let cache = Cache::default();
        let eval = Eval::new(&self.plan, &self.message, &nobody, &bound, &cache);
        let taken: Vec<LetId> = bound.taken.iter().map(|(id, _)| *id).collect();
        let message = &self.plan.spec.message;
        let parts = inlined(&eval, message, &taken);
        let mut sent: Vec<LetId> = Vec::new();
        if Arc::ptr_eq(&self.plan, &self.read_by) {
            sent.extend(self.reading.lets().map(|(id, _, _)| id));
        }
        let wire_parts = match sent.iter().all(|id| taken.contains(id)) {
            true => Vec::new(),
            false => inlined(&eval, message, &sent),
        };
        drop(bound);
        let credential = |s: &Source| matches!(s, Source::Credential(_) | Source::KeyId);
        self.string_reads_credentials = self
            .plan
            .signed_parts()
            .iter()
            .any(|p| credential(&p.source));
        self.string_reads_secret = parts.iter().any(|p| self.is_secret(p));
        self.parts = parts;
        self.wire_parts = wire_parts;
    }

    /// The rule itself.
    pub(super) fn scene(&self) -> Scene<'_> {
        Scene {
            message: self.message,
            parts: &self.parts,
            time: None,
            wire_lets: false,
        }
    }

    fn bound<'b>(
        &'b self,
        time: Option<(&'b [u8], Option<crate::UnixMillis>)>,
        wire_lets: bool,
    ) -> Bound<'b> {
        let mut bound = self.reading.bound(&self.read_by);
        if !Arc::ptr_eq(&self.plan, &self.read_by) {
            bound.taken.clear();
        }
        if wire_lets {
            bound.taken = self
                .reading
                .lets()
                .map(|(id, _, text)| (id, text))
                .collect();
        }
        if let Some((text, instant)) = time {
            bound.timestamp = Some(text);
            bound.instant = instant;
        }
        if let Some(jws) = &self.jws {
            bound.jws_header = Some(&jws.header);
            bound.payload = Some(&jws.payload);
        }
        bound
    }

    /// The bytes of a scene's parts, without JWS wrapping.
    fn gather(&self, scene: Scene<'_>, credentials: &CredentialValues, out: &mut Collect) -> bool {
        let bound = self.bound(scene.time, scene.wire_lets);
        let cache = Cache::default();
        let eval = Eval::new(&self.plan, &scene.message, credentials, &bound, &cache);
        eval.fill(out, |sink| eval.parts(scene.parts, sink)).is_ok()
    }

    /// The value of a scene's parts.
    pub(super) fn value(
        &self,
        scene: Scene<'_>,
        credentials: &CredentialValues,
    ) -> Option<Vec<u8>> {
        let mut out = Collect::default();
        self.gather(scene, credentials, &mut out)
            .then(|| out.take())
    }

    /// The string to sign of a scene. False: it cannot be made.
    pub(super) fn string(
        &self,
        scene: Scene<'_>,
        credentials: &CredentialValues,
        out: &mut Collect,
    ) -> bool {
        out.bytes.clear();
        let Some(jws) = &self.jws else {
            return self.gather(scene, credentials, out);
        };
        let mut message = Collect::default();
        if !self.gather(scene, credentials, &mut message) {
            return false;
        }
        let spec = self.plan.spec.jws.as_ref();
        out.bytes.extend_from_slice(&jws.header_text);
        out.bytes.push(b'.');
        if message.bytes == jws.payload && !jws.payload_text.is_empty() {
            // As it was sent, even if it is spelled wrong.
            out.bytes.extend_from_slice(&jws.payload_text);
        } else if spec.is_some_and(|s| s.unencoded) {
            out.bytes.extend_from_slice(&message.bytes);
        } else {
            Encoding::Base64Url.encode_into(&message.bytes, &mut out.bytes);
        }
        true
    }

    /// Strings that people sign instead of a token's two segments.
    pub(super) fn token_strings(&self) -> Vec<(Clue, Vec<u8>)> {
        let Some(jws) = &self.jws else {
            return Vec::new();
        };
        let payload_text = if jws.payload_text.is_empty() {
            let mut text = Vec::new();
            let mut message = Collect::default();
            let nobody = CredentialValues::default();
            let credentials = self.keys.first().map_or(&nobody, |k| &k.credentials);
            if self.gather(self.scene(), credentials, &mut message) {
                Encoding::Base64Url.encode_into(&message.bytes, &mut text);
            }
            text
        } else {
            jws.payload_text.clone()
        };
        let dotted = |a: &[u8], b: &[u8]| [a, b".", b].concat();
        let raw = "jwt-raw-json-signed";
        vec![
            (Clue::new("jwt-payload-only-signed"), payload_text.clone()),
            (Clue::about(raw, "the payload alone"), jws.payload.clone()),
            (Clue::new(raw), dotted(&jws.header.json, &jws.payload)),
            (
                Clue::about(raw, "without a dot"),
                [&jws.header.json[..], &jws.payload].concat(),
            ),
            (
                Clue::about("separator-missing", "the dot"),
                [&jws.header_text[..], &payload_text].concat(),
            ),
            (
                Clue::about("literal-left-out", "the header segment alone was signed"),
                jws.header_text.clone(),
            ),
        ]
    }

    /// The operation that verifies.
    pub(super) fn operation(&self) -> Option<Operation> {
        let all = self.plan.verify_algorithms();
        let named = self.reading.one(Hole::Algorithm);
        let chosen = all
            .iter()
            .find(|(name, _)| name.is_some() && name.map(str::as_bytes) == named)
            .or(all.first())?;
        self.plan.operation(chosen.1)
    }

    /// Whether a string is signed at all, and not the key itself sent.
    pub(super) fn signs(&self) -> bool {
        !matches!(self.operation(), None | Some(Operation::Token))
    }

    /// The hash of a MAC or digest.
    pub(super) fn hash(&self) -> Option<Hash> {
        match self.operation()? {
            Operation::Hmac(hash) | Operation::Digest(hash) => Some(hash),
            _ => None,
        }
    }

    /// Whether a secret stands in a part.
    pub(super) fn is_secret(&self, part: &Part) -> bool {
        let secrets = secrets(&self.plan);
        super::structure::anywhere(
            part,
            &|s| matches!(s, Source::Credential(id) if secrets.contains(id)),
        )
    }

    /// The time text on the wire.
    pub(super) fn time_text(&self) -> Option<&[u8]> {
        self.reading.one(Hole::Timestamp(None))
    }
}

/// Takes tokens apart, however they are spelled.
fn receive(texts: &[(Vec<Clue>, Vec<u8>)], observed: &mut Vec<Observed>) -> Option<JwsSeen> {
    observed.clear();
    let mut found = None;
    for (clues, text) in texts {
        let text = text.trim_ascii();
        let mut segments = text.split(|b| *b == b'.');
        let (Some(header), Some(payload), Some(signature)) =
            (segments.next(), segments.next(), segments.next())
        else {
            continue;
        };
        super::observed::observe(signature, &[Encoding::Base64Url], clues, observed);
        let json = decode(header)?;
        found.get_or_insert(JwsSeen {
            header: JwsHeader { json },
            header_text: header.to_vec(),
            payload_text: payload.to_vec(),
            payload: decode(payload).unwrap_or_default(),
        });
    }
    found
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    [
        Encoding::Base64Url,
        Encoding::Base64UrlPadded,
        Encoding::Base64,
    ]
    .iter()
    .find_map(|e| e.decode(text))
}
