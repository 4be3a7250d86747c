//! Runs the parts of a plan over a message.

use super::bound::{Added, Bound, Cache};
use super::keys::CredentialValues;
use super::limit::Limit;
use super::sink::{Collect, Gather, Sink};
use super::wire::at;
use super::{Plan, declared, headers, sources, steps};
use crate::recipe::{Condition, CredentialId, Hole, JsonPart, LetId, Part, Source, Step};
use crate::text::form::FormError;
use crate::time;
use crate::{Error, Message, Result, Status, http_signature};
use std::cell::Cell;

/// Deeper nesting of parts than this is refused; recipes are checked for it when they load.
const MAX_DEPTH: u32 = 64;

/// Everything that a part may read.
pub(crate) struct Eval<'e, 'm> {
    pub(crate) plan: &'e Plan,
    pub(crate) message: &'e Message<'m>,
    pub(crate) credentials: &'e CredentialValues,
    pub(crate) bound: &'e Bound<'e>,
    /// Headers that signing has added so far.
    pub(crate) added: Option<&'e dyn Added>,
    pub(crate) cache: &'e Cache<'m>,
    pub(crate) depth: Cell<u32>,
    /// How much the string to sign may hold, and every value on the way to it.
    pub(crate) room: usize,
    /// How much may still be looked at.
    pub(crate) work: Cell<usize>,
}

impl<'e, 'm> Eval<'e, 'm> {
    pub(crate) fn new(
        plan: &'e Plan,
        message: &'e Message<'m>,
        credentials: &'e CredentialValues,
        bound: &'e Bound<'e>,
        cache: &'e Cache<'m>,
    ) -> Self {
        let Limit { room, work } = Limit::new(plan, message, bound.payload);
        Eval {
            plan,
            message,
            credentials,
            bound,
            added: None,
            cache,
            depth: Cell::new(0),
            room,
            work: Cell::new(work),
        }
    }

    pub(crate) fn with_added(mut self, added: &'e dyn Added) -> Self {
        self.added = Some(added);
        self
    }

    /// Where nothing but credentials is read, they are the input.
    pub(crate) fn of_credentials(mut self) -> Self {
        let Limit { room, work } = Limit::of(self.plan, self.credentials.len());
        self.room = room;
        self.work = Cell::new(work);
        self
    }

    /// Writes several parts one after the other.
    pub(crate) fn parts<S: Sink>(&self, parts: &[Part], out: &mut S) -> Result<()> {
        for part in parts {
            let part = if S::RECORDS {
                part
            } else {
                self.behind_let(part)
            };
            match &part.source {
                // Every other part of most recipes: not worth a call.
                Source::Literal(text)
                    if !S::RECORDS && part.then.is_empty() && part.when.is_none() =>
                {
                    out.put(text, false);
                }
                _ => self.part(part, out)?,
            }
        }
        Ok(())
    }

    /// What a plain let stands for, unless lets came from the wire: it need not go through [`Eval::let_value`].
    #[inline(always)]
    fn behind_let<'p>(&'p self, part: &'p Part) -> &'p Part {
        match part.source {
            Source::Let(id)
                if part.then.is_empty() && part.when.is_none() && self.bound.taken.is_empty() =>
            {
                self.plan.spec.let_part(id).unwrap_or(part)
            }
            _ => part,
        }
    }

    /// Writes one part, its condition and pipeline applied.
    pub(crate) fn part<S: Sink>(&self, part: &Part, out: &mut S) -> Result<()> {
        if let Some(when) = &part.when
            && !self.holds(when)
        {
            return Ok(());
        }
        if S::RECORDS {
            out.enter(part);
            out.nest(self, part);
        }
        let result = match part.then.split_first() {
            None => self.source(part, out),
            Some((first, rest)) => self.pipeline(part, first, rest, out),
        };
        if S::RECORDS {
            out.leave();
        }
        result
    }

    fn pipeline<S: Sink>(
        &self,
        part: &Part,
        first: &Step,
        rest: &[Step],
        out: &mut S,
    ) -> Result<()> {
        let mut value = Collect::default();
        let rest = match first {
            Step::Upper | Step::Lower
                if rest.is_empty() && matches!(part.source, Source::Method) =>
            {
                let upper = matches!(first, Step::Upper);
                out.put_in_case(self.message.method.as_bytes(), upper, false);
                return Ok(());
            }
            Step::Hash(hash) => {
                // The value need not be gathered to be digested.
                if let Some(digest) = self.bound.body_digest
                    && matches!(part.source, Source::Body)
                {
                    value.put(digest, false);
                } else {
                    let mut sink = Gather::new(*hash);
                    self.fill(&mut sink, |sink| self.source(part, sink))?;
                    value.put(&sink.finish(), sink.secret);
                }
                rest
            }
            _ => {
                self.fill(&mut value, |value| self.source(part, value))?;
                &part.then[..]
            }
        };
        for step in rest {
            steps::apply(self, step, &mut value)
                .map_err(|fault| self.step_error(part, step, fault))?;
        }
        out.put(&value.bytes, value.secret);
        Ok(())
    }

    fn step_error(&self, part: &Part, step: &Step, fault: steps::Fault) -> Error {
        match fault {
            steps::Fault::Inner(error) => error,
            steps::Fault::Value(why) => {
                let label = self.plan.field_of(part);
                let status = if part.reads_message() {
                    Status::MalformedField
                } else {
                    Status::InvalidCredentials
                };
                Error::field(
                    status,
                    label.as_str(),
                    format!("{label}: {why} (step {})", step.name()),
                )
            }
        }
    }

    /// The value of a part as bytes.
    pub(crate) fn value(&self, part: &Part) -> Result<Collect> {
        let mut value = Collect::default();
        self.fill(&mut value, |value| self.part(part, value))?;
        Ok(value)
    }

    /// The value of several parts as bytes.
    pub(crate) fn values(&self, parts: &[Part]) -> Result<Collect> {
        let mut value = Collect::default();
        self.fill(&mut value, |value| self.parts(parts, value))?;
        Ok(value)
    }

    /// The value of a let as bytes.
    pub(crate) fn let_bytes(&self, id: LetId) -> Result<Collect> {
        let mut value = Collect::default();
        self.fill(&mut value, |value| self.let_value(id, value))?;
        Ok(value)
    }

    /// The value of a let: taken from the wire, or computed.
    pub(crate) fn let_value<S: Sink>(&self, id: LetId, out: &mut S) -> Result<()> {
        if let Some((_, taken)) = self.bound.taken.iter().find(|(l, _)| *l == id) {
            out.put(taken, false);
            return Ok(());
        }
        match self.plan.spec.let_part(id) {
            Some(part) => self.part(part, out),
            None => Err(Error::new(
                Status::InvalidRecipe,
                format!("let {} is not defined", self.plan.recipe.let_name(id)),
            )),
        }
    }

    /// Writes what a part reads, before its pipeline.
    pub(crate) fn source<S: Sink>(&self, part: &Part, out: &mut S) -> Result<()> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Err(Error::new(Status::InvalidRecipe, "parts nest too deeply"));
        }
        self.depth.set(depth + 1);
        let result = self.source_at_depth(part, out);
        self.depth.set(depth);
        result
    }

    fn source_at_depth<S: Sink>(&self, part: &Part, out: &mut S) -> Result<()> {
        match &part.source {
            Source::Literal(text) => out.put(text, false),
            Source::Method => out.put(self.message.method.as_bytes(), false),
            Source::Target => out.put(self.message.target, false),
            Source::Path(form) => sources::path(self.message, *form, out),
            Source::Query { form, lead } => sources::query(self.message, *form, lead, out),
            Source::Url(form) => sources::url(self.message, *form, out)?,
            Source::Header { name, missing } => {
                let value = self.header(name)?.or(missing.as_deref());
                let value = value.ok_or_else(|| missing_field(name, "header"))?;
                out.put(value, false);
            }
            Source::Headers(block) => headers::block(self, block, out)?,
            Source::HeaderNames(names) => headers::names(self, names, out),
            Source::Body => self.body(out)?,
            Source::CanonicalJson { style, from, drop } => {
                let from = from.as_deref().map(|p| self.value(p)).transpose()?;
                let text = from.as_ref().map_or(self.message.body, |v| &v.bytes);
                self.spend(text.len())?;
                sources::canonical_json(*style, text, drop, out)?;
            }
            Source::Json(json) => self.json(json, out)?,
            Source::Leaves(leaves) => {
                self.spend(self.message.body.len())?;
                sources::leaves(self, leaves, out)?;
            }
            Source::Form { name, missing } => {
                let form = self.cache.form(self.message)?;
                let value = form.one(name).map_err(|e| duplicate("form", name, &e))?;
                let value = value.map(|v| &**v).or(missing.as_deref());
                out.put(value.ok_or_else(|| missing_in("form", name))?, false);
            }
            Source::QueryField { name, missing } => {
                let query = self.cache.query(self.plan, self.message);
                let value = query.one(name).map_err(|e| duplicate("query", name, &e))?;
                let value = value.map(|v| &**v).or(missing.as_deref());
                out.put(value.ok_or_else(|| missing_in("query", name))?, false);
            }
            Source::Sorted(sorted) => {
                self.spend(self.message.body.len() + self.message.target.len())?;
                sources::sorted(self, sorted, out)?;
            }
            Source::Timestamp(format) => self.timestamp(*format, out)?,
            Source::Nonce => match self.bound.nonce {
                Some(nonce) => out.put(nonce, false),
                None => return Err(self.unbound(Hole::Nonce)),
            },
            Source::KeyId => match (self.bound.key_id, self.plan.spec.key_id) {
                (Some(id), _) => out.put(id, false),
                (None, Some(id)) => self.credential(id, out)?,
                (None, None) => {}
            },
            Source::Credential(id) => self.credential(*id, out)?,
            Source::Payload => match self.bound.payload {
                Some(payload) => out.put(payload, false),
                None => {
                    return Err(Error::field(
                        Status::InvalidOption,
                        "payload",
                        "this flow signs a payload of its own: give the option payload",
                    ));
                }
            },
            Source::JwsHeader(name) => {
                let text = match self.bound.jws_header {
                    Some(header) => header.text(name)?,
                    None => None,
                };
                let text = text.ok_or_else(|| missing_in("jws", name))?;
                out.put(text.as_bytes(), false);
            }
            Source::Claim(path) => {
                let payload = self.bound.payload.unwrap_or_default();
                self.spend(payload.len())?;
                sources::claim(payload, path, out)?;
            }
            Source::SignatureInput(rule) => http_signature::write_input(self, rule, out)?,
            Source::SignatureBase(input) => {
                let text = self.value(input)?;
                http_signature::write_base(self, &text.bytes, out)?;
            }
            Source::Let(id) => self.let_value(*id, out)?,
            Source::Group(parts) => self.parts(parts, out)?,
        }
        Ok(())
    }

    fn body<S: Sink>(&self, out: &mut S) -> Result<()> {
        if self.bound.body_digest.is_some() {
            return Err(Error::new(
                Status::Unsupported,
                "this scheme reads the body more than once, so it cannot be streamed",
            ));
        }
        out.put(self.message.body, false);
        Ok(())
    }

    fn credential<S: Sink>(&self, id: CredentialId, out: &mut S) -> Result<()> {
        let spec = self.plan.recipe.credentials.get(id.0 as usize);
        let public = spec.is_some_and(|c| c.public);
        match self.credentials.get(id) {
            Some(value) => out.put(value, !public),
            None if spec.is_some_and(|c| c.optional) => {}
            None => {
                let name = self.plan.recipe.credential_name(id);
                return Err(Error::field(
                    Status::InvalidCredentials,
                    name,
                    format!("credential {name} is missing"),
                ));
            }
        }
        Ok(())
    }

    fn timestamp<S: Sink>(&self, format: Option<time::TimeFormat>, out: &mut S) -> Result<()> {
        match format {
            None => match self.bound.timestamp {
                Some(text) => out.put(text, false),
                None => return Err(self.unbound(Hole::Timestamp(None))),
            },
            Some(format) => {
                let unbound = || self.unbound(Hole::Timestamp(None));
                let instant = self.bound.instant.ok_or_else(unbound)?;
                let mut text = Vec::new();
                format
                    .write(instant, &mut text)
                    .map_err(|_| Error::field(Status::InvalidOption, "now", "year out of range"))?;
                out.put(&text, false);
            }
        }
        Ok(())
    }

    /// A time or nonce that is signed, but is not there. Who signs gives it; who verifies finds it in a field, which this message
    /// lacks: fields whose condition does not hold are not read, whatever stands in them.
    #[cold]
    fn unbound(&self, hole: Hole) -> Error {
        let carrier = || self.plan.spec.fields.iter().find(|f| f.has(|h| h == hole));
        if self.added.is_none()
            && let Some(field) = carrier()
        {
            return at(field, Status::MissingField, "is missing");
        }
        let (option, what) = match hole {
            Hole::Nonce => (
                "nonce",
                "this scheme needs a nonce (a message id that is used once)",
            ),
            _ => ("now", "this scheme signs a time: give the option now"),
        };
        Error::field(Status::InvalidOption, option, what)
    }

    fn json<S: Sink>(&self, json: &JsonPart, out: &mut S) -> Result<()> {
        match &json.from {
            None => {
                let values = self.cache.json(self.plan, self.message)?;
                let raw = sources::numbered(values, json.slot, &json.path)?;
                sources::json_scalar(json, raw, out)
            }
            Some(from) => {
                let text = self.value(&from.0)?;
                let values = from
                    .1
                    .read(&text.bytes, false)
                    .map_err(|e| sources::json_error(e, "the value that json reads from"))?;
                sources::json_scalar(json, values.get(0), out)
            }
        }
    }

    /// The one value of a header (lower-case name), from the message or added by signing.
    pub(crate) fn header(&self, name: &str) -> Result<Option<&[u8]>> {
        let mut found = None;
        for header in self
            .message
            .headers
            .iter()
            .filter(|h| h.is(name.as_bytes()))
        {
            if found.replace(header.value).is_some() {
                return Err(duplicate_header(name));
            }
        }
        if let Some(added) = self.added
            && let Some(value) = added.header(name.as_bytes())
            && found.replace(value).is_some()
        {
            return Err(duplicate_header(name));
        }
        Ok(found)
    }

    /// Whether a condition holds for this message.
    pub(crate) fn holds(&self, when: &Condition) -> bool {
        let message = self.message;
        let has_header = |name: &String| {
            message.headers.iter().any(|h| h.is(name.as_bytes()))
                || self
                    .added
                    .is_some_and(|a| a.header(name.as_bytes()).is_some())
        };
        let has_query = |name: &String| {
            self.plan.query(message).is_some() && self.cache.query(self.plan, message).has(name)
        };
        when.method.as_ref().is_none_or(|methods| {
            methods
                .iter()
                .any(|m| message.method.eq_ignore_ascii_case(m))
        }) && when.form.is_none_or(|wanted| is_form(message) == wanted)
            && when
                .body
                .is_none_or(|wanted| message.body.is_empty() != wanted)
            && when.query.as_ref().is_none_or(has_query)
            && !when.no_query.as_ref().is_some_and(has_query)
            && when.header.as_ref().is_none_or(has_header)
            && !when.no_header.as_ref().is_some_and(has_header)
    }
}

fn is_form(message: &Message<'_>) -> bool {
    let mut values = message.header_values(b"content-type");
    values.next().is_some_and(declared::is_form)
}

fn missing_field(name: &str, kind: &str) -> Error {
    Error::field(
        Status::MissingField,
        name,
        format!("{kind} {name} is missing"),
    )
}

fn missing_in(kind: &str, name: &str) -> Error {
    Error::field(
        Status::MissingField,
        format!("{kind}:{name}"),
        format!("{kind} field {name} is missing"),
    )
}

pub(crate) fn duplicate_header(name: &str) -> Error {
    Error::field(
        Status::DuplicateField,
        name,
        format!("header {name} occurs more than once"),
    )
}

fn duplicate(kind: &str, name: &str, error: &FormError) -> Error {
    let how = match error {
        FormError::Twin(_) => "is there in another spelling, which frameworks read as this one",
        _ => "occurs more than once",
    };
    Error::field(
        Status::DuplicateField,
        format!("{kind}:{name}"),
        format!("{kind} field {name} {how}"),
    )
}
