//! A message while it is being signed: fields without the signature first, so that they can be part of what is signed.

use crate::crypto::Digest;
use crate::explain::{Explanation, Recorder};
use crate::jws;
use crate::plan::keys::{Material, Operation};
use crate::plan::sink::{Bounded, Collect, Gather, Sink};
use crate::plan::wire::{Reading, at, wire_text};
use crate::plan::{Added, Bound, Cache, Eval, JwsHeader, Plan};
use crate::recipe::{Algorithm, Caller, Content, Direction, Field, Hole, Piece, Place, Template};
use crate::sign::{SignOptions, Signed, Signer};
use crate::text::{form, json_edit, url};
use crate::time::{self, UnixMillis};
use crate::{Error, Message, Result, Status, refuse};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::ops::Range;

/// More than the input's own size that a string to sign may hold.
pub(crate) const EXPANSION: usize = 64 * 1024;

/// A finished signature in its three forms.
pub(crate) enum Signature {
    Digest(Digest),
    Bytes(Vec<u8>),
    /// Already text: a JWS.
    Text(Vec<u8>),
}

/// See the module.
pub(crate) struct Draft<'a> {
    signer: &'a Signer,
    message: Message<'a>,
    target: Option<Vec<u8>>,
    url: Option<String>,
    body: Option<Vec<u8>>,
    text: Vec<u8>,
    headers: SmallVec<[(usize, Range<usize>); 6]>,
    members: Vec<(String, String)>,
    /// The time text, within `text`.
    time: Option<Range<usize>>,
    instant: Option<UnixMillis>,
    nonce: Option<Cow<'a, [u8]>>,
    payload: Option<Cow<'a, [u8]>>,
    jws_header: Option<JwsHeader>,
    /// The digest of a streamed body.
    pub(crate) body_digest: Option<Vec<u8>>,
}

/// The headers of a draft, as parts may read them.
struct AddedHeaders<'d>(&'d Plan, &'d [u8], &'d [(usize, Range<usize>)]);

impl Added for AddedHeaders<'_> {
    fn header(&self, name: &str) -> Option<&[u8]> {
        self.2.iter().find_map(
            |(field, range)| match &self.0.spec.fields.get(*field)?.place {
                Place::Header(n) if n.eq_ignore_ascii_case(name) => self.1.get(range.clone()),
                _ => None,
            },
        )
    }

    fn each<'s>(&'s self, f: &mut dyn FnMut(&'s [u8], &'s [u8])) {
        for (field, range) in self.2 {
            if let Some(Place::Header(name)) = self.0.spec.fields.get(*field).map(|f| &f.place) {
                f(
                    name.as_bytes(),
                    self.1.get(range.clone()).unwrap_or_default(),
                );
            }
        }
    }
}

impl<'a> Draft<'a> {
    /// Checks the message, settles time and nonce, and writes every field that does not hold the signature.
    pub(crate) fn new(
        signer: &'a Signer,
        message: &Message<'a>,
        options: &SignOptions<'a>,
    ) -> Result<Draft<'a>> {
        let plan = &*signer.plan;
        refuse::message(plan, message)?;
        let mut draft = Draft {
            signer,
            message: *message,
            target: None,
            url: None,
            body: None,
            text: Vec::with_capacity(320),
            headers: SmallVec::new(),
            members: Vec::new(),
            time: None,
            instant: None,
            nonce: options.nonce.map(|n| Cow::Borrowed(n.as_bytes())),
            payload: options.payload.map(Cow::Borrowed),
            jws_header: None,
            body_digest: None,
        };
        refuse::option_text("nonce", options.nonce)?;
        refuse::option_text("timestamp_text", options.timestamp_text)?;
        if let Some(text) = options.timestamp_text {
            draft.time = Some(draft.note(text.as_bytes()));
        }
        let set = draft.adopt()?;
        draft.settle_time(options)?;
        if plan.spec.jws.is_some() {
            draft.settle_payload(options)?;
        }
        for (index, field) in plan.spec.fields.iter().enumerate() {
            let facts = &plan.facts[index];
            if facts.has_signature() || set & (1 << index) != 0 {
                continue;
            }
            let absent_nonce = facts.has_nonce && draft.nonce.is_none();
            if field.optional && absent_nonce {
                continue;
            }
            if draft.applies(field) {
                draft.write(index, field, None)?;
            }
        }
        if plan.spec.jws.is_some() {
            draft.jws_header = Some(draft.with_eval(jws::header)?);
        }
        Ok(draft)
    }

    /// What the caller already set: refused, or kept and bound. Gives the fields that need not be written, as bits.
    fn adopt(&mut self) -> Result<u64> {
        let plan = &*self.signer.plan;
        let present = self.with_eval(|eval| {
            let mut present: SmallVec<[(usize, Vec<u8>); 2]> = SmallVec::new();
            for (index, field) in plan.spec.fields.iter().enumerate() {
                if field.when.as_ref().is_some_and(|w| !eval.holds(w)) {
                    continue;
                }
                match (present_text(eval, field, index)?, field.caller) {
                    (None, Caller::Require) => {
                        return Err(at(field, Status::MissingField, "must be set by the caller"));
                    }
                    (Some(_), Caller::Refuse) => {
                        return Err(at(
                            field,
                            Status::InvalidMessage,
                            "is already set, but the scheme sets it",
                        ));
                    }
                    (Some(text), _) => present.push((index, text)),
                    (None, _) => {}
                }
            }
            Ok(present)
        })?;
        let mut set = 0;
        for (index, text) in present {
            self.bind(index, &text)?;
            set |= 1 << index;
        }
        Ok(set)
    }

    /// Takes over the values of a field that the caller set.
    fn bind(&mut self, index: usize, text: &[u8]) -> Result<()> {
        let plan = &*self.signer.plan;
        let field = &plan.spec.fields[index];
        let mut reading = Reading::default();
        reading
            .read_field(plan, index, Some(Cow::Borrowed(text)))
            .map_err(|e| at(field, Status::InvalidMessage, e.message()))?;
        if let Some(time) = reading.one(Hole::Timestamp(None)) {
            self.time = Some(self.note(time));
        }
        if let Some(nonce) = reading.one(Hole::Nonce) {
            self.nonce = Some(Cow::Owned(nonce.to_vec()));
        }
        for (id, value) in reading.credentials() {
            if self.signer.credentials.get(id) != Some(value) {
                return Err(at(
                    field,
                    Status::InvalidMessage,
                    "is not the value of the credential",
                ));
            }
        }
        Ok(())
    }

    /// Keeps some text beside the header values.
    fn note(&mut self, text: &[u8]) -> Range<usize> {
        let start = self.text.len();
        self.text.extend_from_slice(text);
        start..self.text.len()
    }

    fn time_text(&self) -> Option<&[u8]> {
        self.text.get(self.time.clone()?)
    }

    fn settle_time(&mut self, options: &SignOptions<'_>) -> Result<()> {
        let Some(spec) = &self.signer.plan.spec.timestamp else {
            return Ok(());
        };
        match (self.time_text(), options.now) {
            (Some(text), now) => {
                self.instant = time::read_any(&spec.accept, text).map(|(_, i)| i).or(now);
            }
            (None, Some(now)) => {
                let start = self.text.len();
                spec.format.write(now, &mut self.text).map_err(|_| {
                    Error::field(Status::InvalidOption, "now", "year is out of range")
                })?;
                self.time = Some(start..self.text.len());
                self.instant = Some(now);
            }
            (None, None) => {
                return Err(Error::field(
                    Status::InvalidOption,
                    "now",
                    "this scheme signs a time: give the option now",
                ));
            }
        }
        Ok(())
    }

    fn settle_payload(&mut self, options: &SignOptions<'_>) -> Result<()> {
        let Some(seconds) = options.expires_in else {
            return Ok(());
        };
        let now = options.now.ok_or_else(|| {
            Error::field(
                Status::InvalidOption,
                "now",
                "expires_in counts from the option now",
            )
        })?;
        let exp = (now.0.div_euclid(1000) + i64::from(seconds)).to_string();
        let payload = self.payload.as_deref().unwrap_or(b"{}");
        let with_exp = json_edit::insert_members(payload, &[("exp", &exp)]).map_err(|_| {
            Error::field(
                Status::InvalidOption,
                "payload",
                "expires_in needs a payload that is a JSON object without exp",
            )
        })?;
        self.payload = Some(Cow::Owned(with_exp));
        Ok(())
    }

    fn applies(&self, field: &Field) -> bool {
        match &field.when {
            None => true,
            Some(when) => self.with_eval(|eval| Ok(eval.holds(when))).unwrap_or(false),
        }
    }

    /// Runs something over the message as it is now.
    fn with_eval<T>(&self, run: impl FnOnce(&Eval<'_, '_>) -> Result<T>) -> Result<T> {
        let plan = &*self.signer.plan;
        let message = Message {
            target: self.target.as_deref().unwrap_or(self.message.target),
            url: self.url.as_deref().or(self.message.url),
            body: self.body.as_deref().unwrap_or(self.message.body),
            ..self.message
        };
        let bound = Bound {
            timestamp: self.time_text(),
            instant: self.instant,
            nonce: self.nonce.as_deref(),
            key_id: None,
            payload: self.payload.as_deref(),
            jws_header: self.jws_header.as_ref(),
            taken: Vec::new(),
            body_digest: self.body_digest.as_deref(),
        };
        let cache = Cache::default();
        let added = AddedHeaders(plan, &self.text, &self.headers);
        let eval = Eval::new(plan, &message, &self.signer.credentials, &bound, &cache);
        run(&eval.with_added(&added))
    }

    /// How much a string to sign may hold.
    fn limit(&self) -> usize {
        limit(&self.signer.plan, &self.message, self.payload.as_deref())
    }

    fn gather<S: Sink>(&self, sink: &mut S) -> Result<()> {
        let mut bounded = Bounded {
            inner: sink,
            left: self.limit(),
            overflow: false,
        };
        self.with_eval(|eval| eval.parts(&eval.plan.spec.message, &mut bounded))?;
        if bounded.overflow {
            return Err(too_much());
        }
        Ok(())
    }

    /// What is signed before and after the body, for plans that read it once.
    pub(crate) fn around_body(&self) -> Result<(Collect, Collect)> {
        let plan = &*self.signer.plan;
        self.with_eval(|eval| plan.around_body(eval))
    }

    /// The message part of what is signed, without JWS wrapping.
    fn collected(&self) -> Result<Collect> {
        let mut all = Collect::default();
        self.gather(&mut all)?;
        Ok(all)
    }

    /// The exact bytes under the signature.
    pub(crate) fn string_to_sign(&self, _options: &SignOptions<'_>) -> Result<Vec<u8>> {
        let mut message = self.collected()?;
        Ok(match (&self.signer.plan.spec.jws, &self.jws_header) {
            (Some(spec), Some(header)) => jws::signing_input(spec, header, &message.bytes),
            _ => message.take(),
        })
    }

    /// Makes the signature.
    pub(crate) fn signature(&self, options: &SignOptions<'_>) -> Result<Signature> {
        let plan = &*self.signer.plan;
        let per_message;
        let material = match &self.signer.material {
            Material::PerMessage => {
                let operation = self.signer.operation()?;
                per_message = self.with_eval(|eval| match &plan.spec.sign_key {
                    Some(part) => plan.material_for(eval, part, &operation, Direction::Sign),
                    None => Err(Error::new(Status::InvalidRecipe, "no key")),
                })?;
                &per_message
            }
            prepared => prepared,
        };
        if plan.spec.jws.is_some() {
            let input = self.string_to_sign(options)?;
            let raw = sign_bytes(plan, material, &input, options)?;
            return Ok(self.finish_outside(&input, &raw));
        }
        match material {
            Material::Hmac(key) => {
                let mut sink = Gather::new(key);
                self.gather(&mut sink)?;
                Ok(Signature::Digest(sink.finish()))
            }
            Material::Keyless => {
                let Operation::Digest(hash) = self.signer.operation()? else {
                    return Err(Error::new(Status::Internal, "keyless without digest"));
                };
                let mut sink = Gather::new(hash);
                self.gather(&mut sink)?;
                Ok(Signature::Digest(sink.finish()))
            }
            Material::Signing(key) => {
                if let Some(hash) = key.algorithm().prehash() {
                    let mut sink = Gather::new(hash);
                    self.gather(&mut sink)?;
                    let signature = key.sign_digest(&sink.finish(), options.seed);
                    return Ok(Signature::Bytes(signature.map_err(signing_failed)?));
                }
                let message = self.collected()?;
                Ok(Signature::Bytes(sign_bytes(
                    plan,
                    material,
                    &message.bytes,
                    options,
                )?))
            }
            Material::Token(token) => Ok(Signature::Bytes(token.to_vec())),
            _ => Err(Error::new(
                Status::InvalidOption,
                "the key lives elsewhere: use prepare and finish",
            )),
        }
    }

    /// Wraps a signature made elsewhere as the scheme sends it.
    pub(crate) fn finish_outside(&self, to_sign: &[u8], raw: &[u8]) -> Signature {
        match &self.signer.plan.spec.jws {
            Some(spec) => Signature::Text(jws::compact(spec, to_sign, raw)),
            None => Signature::Bytes(raw.to_vec()),
        }
    }

    pub(crate) fn algorithm_name(&self) -> String {
        match (
            self.signer.plan.sign_algorithm(),
            &self.signer.plan.spec.jws,
        ) {
            (Algorithm::Jws, Some(spec)) => format!("jws {}", spec.alg.name()),
            (algorithm, _) => algorithm.name(),
        }
    }

    /// Writes the fields that hold the signature.
    pub(crate) fn place(&mut self, signature: &Signature) -> Result<()> {
        let plan = &*self.signer.plan;
        for (index, field) in plan.spec.fields.iter().enumerate() {
            if plan.facts[index].has_signature() && self.applies(field) {
                self.write(index, field, Some(signature))?;
            }
        }
        Ok(())
    }

    /// Writes one field to its place.
    fn write(&mut self, index: usize, field: &Field, signature: Option<&Signature>) -> Result<()> {
        let start = self.text.len();
        match &field.content {
            Content::Template(template) => self.fill(template, signature)?,
            Content::Items(items) => {
                self.text.extend_from_slice(&items.lead);
                for (nth, (key, template)) in items.entries.iter().enumerate() {
                    if nth > 0 {
                        self.text.extend_from_slice(&items.item);
                    }
                    self.text.extend_from_slice(key.as_bytes());
                    self.text.extend_from_slice(&items.kv);
                    let quote: &[u8] = if items.quoted { b"\"" } else { b"" };
                    self.text.extend_from_slice(quote);
                    self.fill(template, signature)?;
                    self.text.extend_from_slice(quote);
                }
            }
        }
        let range = start..self.text.len();
        refuse::field_text(field, &self.text[range.clone()])?;
        match &field.place {
            Place::Header(_) => self.headers.push((index, range)),
            Place::Cookie(name) => {
                self.text
                    .splice(start..start, format!("{name}=").into_bytes());
                self.headers.push((index, start..self.text.len()));
            }
            Place::Query(name) => {
                let value = self.text.split_off(start);
                let target = self.target.as_deref().unwrap_or(self.message.target);
                self.target = Some(url::append_query(target, name, &value));
                if let Some(public) = self.url.as_deref().or(self.message.url) {
                    let public = url::append_query(public.as_bytes(), name, &value);
                    self.url = Some(String::from_utf8_lossy(&public).into_owned());
                }
            }
            Place::Form(name) => {
                let value = self.text.split_off(start);
                let body = self.body.as_deref().unwrap_or(self.message.body);
                self.body = Some(form::append_form(body, name, &value));
            }
            Place::Json(path) => {
                let value = self.text.split_off(start);
                let value = json_value(field, &value)?;
                let body = self.body.as_deref().unwrap_or(self.message.body);
                let body = json_edit::insert_members(body, &[(path, &value)]).map_err(|e| {
                    let error = crate::plan::json_error(e, "the body");
                    at(field, Status::InvalidMessage, error.message())
                })?;
                self.body = Some(body);
                self.members.push((path.clone(), value));
            }
        }
        Ok(())
    }

    fn fill(&mut self, template: &Template, signature: Option<&Signature>) -> Result<()> {
        for piece in &template.pieces {
            match piece {
                Piece::Literal(text) => self.text.extend_from_slice(text),
                Piece::Hole(hole, class) => {
                    let start = self.text.len();
                    self.fill_hole(*hole, signature)?;
                    let value = &self.text[start..];
                    if *hole != Hole::Signature && !class.contains_all(value) {
                        return Err(unfit(&self.signer.plan, *hole));
                    }
                }
            }
        }
        Ok(())
    }

    fn fill_hole(&mut self, hole: Hole, signature: Option<&Signature>) -> Result<()> {
        let plan = &*self.signer.plan;
        match hole {
            Hole::Signature => match signature {
                Some(Signature::Digest(digest)) => {
                    plan.spec.write_encoding.encode_into(digest, &mut self.text);
                }
                Some(Signature::Bytes(bytes)) => {
                    plan.spec.write_encoding.encode_into(bytes, &mut self.text);
                }
                Some(Signature::Text(text)) => self.text.extend_from_slice(text),
                None => {}
            },
            Hole::Timestamp(None) => match self.time.clone() {
                Some(range) => self.text.extend_from_within(range),
                None => return Err(Error::new(Status::InvalidOption, "no time")),
            },
            Hole::Timestamp(Some(format)) => match self.instant {
                Some(instant) => format
                    .write(instant, &mut self.text)
                    .map_err(|_| Error::field(Status::InvalidOption, "now", "year out of range"))?,
                None => return Err(Error::field(Status::InvalidOption, "now", "is needed")),
            },
            Hole::Nonce => match &self.nonce {
                Some(nonce) => self.text.extend_from_slice(nonce),
                None => {
                    return Err(Error::field(
                        Status::InvalidOption,
                        "nonce",
                        "this scheme needs a nonce (a message id that is used once)",
                    ));
                }
            },
            Hole::KeyId => {
                let id = plan
                    .spec
                    .key_id
                    .and_then(|id| self.signer.credentials.get(id));
                self.text.extend_from_slice(id.unwrap_or_default());
            }
            Hole::Credential(id) => {
                let value = self.signer.credentials.get(id).unwrap_or_default();
                self.text.extend_from_slice(value);
            }
            Hole::Let(id) => {
                let mut value = Collect::default();
                self.with_eval(|eval| eval.let_value(id, &mut value))?;
                self.text.extend_from_slice(&value.bytes);
            }
            Hole::Algorithm => {
                if let crate::recipe::AlgorithmRule::Named { map, sign } = &plan.spec.algorithm
                    && let Some((name, _)) = map.get(*sign)
                {
                    self.text.extend_from_slice(name.as_bytes());
                }
            }
        }
        Ok(())
    }

    /// What is signed, with the origin of every byte.
    pub(crate) fn explain(&self, _options: &SignOptions<'_>) -> Result<Explanation> {
        let plan = &*self.signer.plan;
        let mut recorder = Recorder::new(plan);
        self.gather(&mut recorder)?;
        Ok(recorder.finish(self.jws_header.as_ref()))
    }

    pub(crate) fn into_signed(mut self) -> Signed {
        let plan = self.signer.plan.clone();
        let key_id = plan
            .spec
            .key_id
            .filter(|_| plan.sends_key_id)
            .and_then(|id| self.signer.credentials.get(id));
        let nonce = self.nonce.take();
        let used = [
            self.time.clone(),
            nonce.map(|nonce| self.note(&nonce)),
            key_id.map(|id| self.note(id)),
        ];
        Signed {
            plan,
            text: self.text,
            used,
            headers: self.headers,
            target: self.target,
            url: self.url,
            body: self.body,
            members: self.members,
        }
    }
}

fn present_text(eval: &Eval<'_, '_>, field: &Field, index: usize) -> Result<Option<Vec<u8>>> {
    match wire_text(eval, index) {
        Ok(text) => Ok(text.map(Cow::into_owned)),
        Err(error) => Err(at(field, Status::InvalidMessage, error.message())),
    }
}

/// How much a string to sign may hold.
pub(crate) fn limit(plan: &Plan, message: &Message<'_>, payload: Option<&[u8]>) -> usize {
    let input = message.body.len()
        + message.target.len()
        + message.url.map_or(0, str::len)
        + payload.map_or(0, <[u8]>::len);
    input
        .saturating_mul(plan.expansion)
        .saturating_add(EXPANSION)
}

pub(crate) fn too_much() -> Error {
    Error::new(
        Status::TooLarge,
        "the string to sign would be much longer than the message",
    )
}

fn unfit(plan: &Plan, hole: Hole) -> Error {
    match hole {
        Hole::KeyId | Hole::Credential(_) => {
            let id = match hole {
                Hole::Credential(id) => Some(id),
                _ => plan.spec.key_id,
            };
            let name = id.map_or("key_id", |id| plan.recipe.credential_name(id));
            Error::field(
                Status::InvalidCredentials,
                name,
                format!("credential {name} holds a character that its field cannot carry"),
            )
        }
        Hole::Nonce => Error::field(
            Status::InvalidOption,
            "nonce",
            "nonce holds a character that its field cannot carry",
        ),
        Hole::Timestamp(_) => Error::field(
            Status::InvalidOption,
            "timestamp_text",
            "timestamp_text holds a character that its field cannot carry",
        ),
        _ => Error::new(
            Status::InvalidMessage,
            "a value holds a character that its field cannot carry",
        ),
    }
}

fn json_value(field: &Field, value: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(value)
        .map_err(|_| at(field, Status::InvalidMessage, "would not be UTF-8"))?;
    let is_number = field.number && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    Ok(if is_number {
        text.to_owned()
    } else {
        json_edit::quote(text)
    })
}

pub(crate) fn signing_failed(error: crate::crypto::SignError) -> Error {
    Error::new(
        Status::InvalidCredentials,
        format!("signing failed: {error}"),
    )
}

/// Signs gathered bytes.
fn sign_bytes(
    plan: &Plan,
    material: &Material,
    bytes: &[u8],
    options: &SignOptions<'_>,
) -> Result<Vec<u8>> {
    match material {
        Material::Hmac(key) => Ok(key.mac(bytes).to_vec()),
        Material::Signing(key) => match key.algorithm().prehash() {
            Some(hash) => key.sign_digest(&hash.digest(bytes), options.seed),
            None => key.sign_message(bytes, options.seed, options.padding),
        }
        .map_err(signing_failed),
        _ => Err(Error::new(
            Status::InvalidOption,
            format!(
                "the key of {} lives elsewhere: use prepare and finish",
                plan.recipe.id
            ),
        )),
    }
}
