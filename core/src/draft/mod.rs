//! A message while it is being signed: fields without the signature first, so that they can be part of what is signed.

mod signature;
mod write;

pub(crate) use signature::{Signature, signing_failed};

use crate::claims;
use crate::jws;
use crate::plan::wire::{Reading, at, wire_text};
use crate::plan::{Added, BodyUse, Bound, Cache, Eval, JwsHeader, Plan};
use crate::recipe::{Caller, Field, Hole, Place};
use crate::sign::{SignOptions, Signed, Signer};
use crate::text::case::equal_in_any_case;
use crate::text::{json, json_edit};
use crate::time::{self, UnixMillis};
use crate::{Error, Message, Result, Status, refuse};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::mem;
use std::ops::Range;

/// See the module.
pub(crate) struct Draft<'a> {
    signer: &'a Signer,
    message: Message<'a>,
    target: Option<Vec<u8>>,
    url: Option<String>,
    body: Option<Vec<u8>>,
    text: Vec<u8>,
    headers: SmallVec<[(usize, Range<usize>); 6]>,
    /// JSON members to add, by field, as JSON text; so many of them stand in the body already.
    members: Vec<(usize, String)>,
    in_body: usize,
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
    fn header(&self, name: &[u8]) -> Option<&[u8]> {
        self.2.iter().find_map(
            |(field, range)| match &self.0.spec.fields.get(*field)?.place {
                Place::Header(n) if equal_in_any_case(n.as_bytes(), name) => {
                    self.1.get(range.clone())
                }
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
    /// A message that is ready but for the signature: see [`Draft::begin`].
    pub(crate) fn new(
        signer: &'a Signer,
        message: &Message<'a>,
        options: &SignOptions<'a>,
    ) -> Result<Draft<'a>> {
        let mut draft = Draft::empty(signer, message, options);
        draft.begin(options)?;
        Ok(draft)
    }

    /// A draft in which nothing is checked or written yet.
    #[inline(always)]
    pub(crate) fn empty(
        signer: &'a Signer,
        message: &Message<'a>,
        options: &SignOptions<'a>,
    ) -> Draft<'a> {
        Draft {
            signer,
            message: *message,
            target: None,
            url: None,
            body: None,
            text: Vec::with_capacity(320),
            headers: SmallVec::new(),
            members: Vec::new(),
            in_body: 0,
            time: None,
            instant: None,
            nonce: options.nonce.map(|n| Cow::Borrowed(n.as_bytes())),
            payload: options.payload.map(Cow::Borrowed),
            jws_header: None,
            body_digest: None,
        }
    }

    /// Checks the message, settles time and nonce, and writes every field that does not hold the signature. In place: a draft is
    /// large, and a result that holds it would be copied more than once.
    pub(crate) fn begin(&mut self, options: &SignOptions<'a>) -> Result<()> {
        let plan = &*self.signer.plan;
        refuse::message(plan, &self.message)?;
        plan.check_taken(options)?;
        refuse::option_text("nonce", options.nonce)?;
        refuse::option_text("timestamp_text", options.timestamp_text)?;
        if let Some(text) = options.timestamp_text {
            self.time = Some(self.note(text.as_bytes()));
        }
        let set = self.adopt()?;
        self.settle_time(options)?;
        if plan.spec.jws.is_some() {
            self.settle_payload(options)?;
        }
        let mut carries_nonce = plan.signs_nonce;
        for (index, field) in plan.spec.fields.iter().enumerate() {
            let facts = &plan.facts[index];
            if facts.has_signature() || set & (1 << index) != 0 {
                carries_nonce |= facts.has_nonce;
                continue;
            }
            let absent_nonce = facts.has_nonce && self.nonce.is_none();
            if field.optional && absent_nonce {
                continue;
            }
            if self.applies(field)? {
                self.write(index, field, None)?;
                carries_nonce |= facts.has_nonce;
            }
        }
        // What this message has no place for was not used.
        if !carries_nonce {
            self.nonce = None;
        }
        // Else nobody looks at the body before the signature stands in it, too.
        if plan.body_use != BodyUse::None || plan.spec.jws.is_some() {
            self.insert_members()?;
        }
        if plan.spec.jws.is_some() {
            self.jws_header = Some(self.with_eval(jws::header)?);
        }
        Ok(())
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
                match (present_text(eval, index)?, field.caller) {
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
            .map_err(Error::while_signing)?;
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
        if !options.payload.is_none_or(json::is_object) {
            return Err(Error::field(
                Status::InvalidOption,
                "payload",
                "the payload must be a JSON object",
            ));
        }
        if let Some(spec) = &self.signer.plan.spec.jws
            && !spec.claims.is_empty()
        {
            let others = options.payload.unwrap_or(b"{}");
            let all = self.with_eval(|eval| claims::payload(eval, others))?;
            self.payload = Some(Cow::Owned(all));
        }
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

    fn applies(&mut self, field: &Field) -> Result<bool> {
        let Some(when) = &field.when else {
            return Ok(true);
        };
        self.insert_members()?;
        self.with_eval(|eval| Ok(eval.holds(when)))
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

    /// What was written, which is then no longer here: a draft is large, and handing it over by value would copy it.
    pub(crate) fn take_signed(&mut self) -> Signed {
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
            text: mem::take(&mut self.text),
            used,
            headers: mem::take(&mut self.headers),
            target: self.target.take(),
            url: self.url.take(),
            body: self.body.take(),
            members: mem::take(&mut self.members),
        }
    }
}

fn present_text(eval: &Eval<'_, '_>, index: usize) -> Result<Option<Vec<u8>>> {
    let text = wire_text(eval, index).map_err(Error::while_signing)?;
    Ok(text.map(Cow::into_owned))
}
