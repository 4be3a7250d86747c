//! A plan: one flow of a recipe, variants applied, JSON paths numbered, questions about it answered once.

mod answered;
pub(crate) mod bound;
mod declared;
mod eval;
mod headers;
pub(crate) mod keys;
mod label;
mod limit;
pub(crate) mod sink;
mod sources;
pub(crate) mod steps;
mod takes;
pub(crate) mod wire;

pub(crate) use bound::{Added, Bound, Cache, JwsHeader, member_text};
pub(crate) use eval::{Eval, duplicate_header};
pub(crate) use headers::{split_items, split_on, trim_blanks};
pub(crate) use sources::{json_error, malformed_member, numbered, url as write_url};
pub use takes::Takes;

use crate::covered;
use crate::recipe::{
    Algorithm, AlgorithmRule, Content, Field, FieldEscape, Flow, FlowSpec, HeaderSelect, Hole,
    JwsHeaderValue, JwsSpec, Part, Place, Recipe, Source, Step, UrlForm,
};
use crate::text::{JsonPaths, JsonStyle};
use declared::Declared;
use sink::Collect;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What signers and verifiers of one flow share.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) recipe: Arc<Recipe>,
    pub(crate) flow: Flow,
    pub(crate) spec: FlowSpec,
    /// The JSON paths of the body that this plan reads, by slot.
    pub(crate) json: JsonPaths,
    /// What is read of a JWT's payload: see [`crate::claims`].
    pub(crate) claim_paths: JsonPaths,
    /// By field: what is asked about it for every message.
    pub(crate) facts: Vec<FieldFacts>,
    /// The fields in the order of the verdicts: with the signature, with the key id, others.
    pub(crate) reading_order: Vec<(Rank, usize)>,
    /// Header names that are signed, in lower case.
    pub(crate) signed_names: Vec<String>,
    /// Prefixes of header names that are signed.
    pub(crate) signed_prefixes: Vec<String>,
    /// What is covered of every message.
    pub(crate) known_coverage: covered::Known,
    /// JSON members or form fields are signed by name.
    pub(crate) names_members: bool,
    /// Any header may be signed: the list is known only with the message.
    pub(crate) signs_any_header: bool,
    /// Members are signed by name, so a twin in another case is refused.
    pub(crate) check_case_twins: bool,
    /// What unsigned endpoint checks authenticate for anybody.
    pub(crate) answered: Vec<answered::Bounds>,
    /// Once a signature matched, values of the message remain to be judged: lets and second times on the wire, requirements.
    pub(crate) judges_values: bool,
    /// A time must be known to judge a message.
    pub(crate) reads_time: bool,
    /// The key id travels with the message.
    pub(crate) sends_key_id: bool,
    /// A nonce is needed to sign.
    pub(crate) needs_nonce: bool,
    /// A nonce is part of what is signed.
    pub(crate) signs_nonce: bool,
    /// What is asked of the Content-Type.
    pub(crate) declared: Declared,
    /// The whole public URL is signed, and by it the query.
    pub(crate) signs_url: bool,
    /// What options of signing it has a use for.
    pub(crate) takes: Takes,
    /// How the plan reads the body.
    pub(crate) body_use: BodyUse,
    /// How many bytes the string to sign may hold for one byte of input.
    pub(crate) expansion: usize,
    /// The largest flow-wide question: does any part look at path, query or target.
    pub(crate) reads_target: bool,
}

/// In which order verifying looks at fields.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Rank {
    Signature,
    KeyId,
    Other,
}

/// What is asked about a field for every message.
#[derive(Clone, Debug)]
pub(crate) struct FieldFacts {
    pub(crate) rank: Rank,
    pub(crate) has_nonce: bool,
    /// The JSON slots of its path and of the other names.
    pub(crate) slots: Vec<usize>,
    /// All that it holds. Where each of it is signed elsewhere (times, nonces, key ids, credentials), its own text is covered, too.
    /// None of a field with the signature, nor of a list, in which others may stand.
    pub(crate) carried: Vec<Hole>,
}

impl FieldFacts {
    pub(crate) fn has_signature(&self) -> bool {
        self.rank == Rank::Signature
    }
}

/// How a plan reads the body, for streaming.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BodyUse {
    /// Not at all.
    None,
    /// Once, raw, as the top-level part of this index.
    Direct(usize),
    /// Only as this digest.
    Digest(crate::crypto::Hash),
    /// In other ways.
    Other,
}

impl Plan {
    pub(crate) fn new(recipe: Arc<Recipe>, flow: Flow, mut spec: FlowSpec) -> Plan {
        let mut paths = Paths::default();
        let used = used_lets(&spec, roots(&spec));
        let signs_members = reads_members(&spec, &used);
        let everywhere = used_lets(&spec, spec.own_parts());
        for (index, part) in spec.lets.iter_mut().enumerate() {
            if everywhere.contains(&index)
                && let Some(part) = part
            {
                paths.number(part);
            }
        }
        for part in spec.own_parts_mut() {
            paths.number(part);
        }
        if let Some(each) = &mut spec.each {
            each.slot = Some(paths.slot(&each.path));
        }
        let facts: Vec<FieldFacts> = spec
            .fields
            .iter()
            .map(|field| FieldFacts {
                rank: if field.has_signature() {
                    Rank::Signature
                } else if field.has(|h| h == Hole::KeyId) {
                    Rank::KeyId
                } else {
                    Rank::Other
                },
                has_nonce: field.has(|h| h == Hole::Nonce),
                slots: match &field.place {
                    Place::Json(path) => std::iter::once(path)
                        .chain(&field.or)
                        .map(|p| paths.slot(p))
                        .collect(),
                    _ => Vec::new(),
                },
                carried: match field.content {
                    Content::Template(_) if field.repeat.is_none() && !field.has_signature() => {
                        field.holes().collect()
                    }
                    _ => Vec::new(),
                },
            })
            .collect();
        let mut reading_order: Vec<(Rank, usize)> =
            facts.iter().enumerate().map(|(i, f)| (f.rank, i)).collect();
        reading_order.sort();
        let reads = |test: &dyn Fn(&Source) -> bool| any_source(&spec, &used, test);
        let reads_target = reads(&|s| {
            matches!(
                s,
                Source::Path(_) | Source::Query { .. } | Source::Target | Source::SignatureBase(_)
            )
        });
        let expands = reads(&|s| match s {
            Source::CanonicalJson { style, .. } => *style != JsonStyle::Compact,
            Source::Sorted(sorted) => sorted.encode != FieldEscape::None,
            _ => false,
        }) || any_step(&spec, &used, &|s| {
            matches!(
                s,
                Step::JsonStringEscape
                    | Step::JsonStringEscapeNet
                    | Step::PercentEncode
                    | Step::Encode(_)
                    | Step::Latin1ToUtf8
            )
        });
        let signs_nonce = reads(&|s| matches!(s, Source::Nonce));
        let needs_nonce = spec.fields.iter().any(|f| {
            !f.optional && f.caller != crate::recipe::Caller::Require && f.has(|h| h == Hole::Nonce)
        }) || signs_nonce;
        let takes = Takes::of(&spec, reads);
        let is_jws = spec.jws.is_some();
        let answered = answered::bounds(&spec);
        let mut plan = Plan {
            json: JsonPaths::new(&paths.0),
            claim_paths: crate::claims::paths(spec.jws.as_ref()),
            facts,
            reading_order,
            signed_names: Vec::new(),
            signed_prefixes: Vec::new(),
            known_coverage: covered::Known::default(),
            names_members: false,
            signs_any_header: false,
            check_case_twins: signs_members,
            judges_values: !spec.require.is_empty()
                || spec.jws.is_some()
                || !answered.is_empty()
                || spec
                    .fields
                    .iter()
                    .any(|f| f.has(|h| matches!(h, Hole::Let(_) | Hole::Timestamp(Some(_))))),
            // A detached payload holds no claims, so no exp or nbf.
            reads_time: spec.timestamp.is_some() || spec.jws.as_ref().is_some_and(|j| !j.detached),
            sends_key_id: is_jws || spec.fields.iter().any(|f| f.has(|h| h == Hole::KeyId)),
            needs_nonce,
            signs_nonce,
            declared: declared::declared(&spec, &used),
            signs_url: false,
            takes,
            answered,
            body_use: body_use(&spec, &used),
            expansion: if expands { 8 } else { 1 },
            reads_target,
            recipe,
            flow,
            spec,
        };
        plan.note_signed_headers();
        let signed = plan.signed_parts();
        let names_members = signed.iter().any(|part| match &part.source {
            Source::Json(json) => json.from.is_none(),
            Source::Form { .. } => true,
            _ => false,
        });
        let signs_url = (signed.iter()).any(|p| matches!(p.source, Source::Url(UrlForm::Full)));
        plan.names_members = names_members;
        plan.signs_url = signs_url;
        plan.judges_values |= plan.signs_url;
        plan.known_coverage = covered::known(&plan);
        plan
    }

    /// Which headers are signed, as far as the recipe alone says.
    fn note_signed_headers(&mut self) {
        let (mut names, mut prefixes, mut any) = (Vec::new(), Vec::new(), false);
        for part in self.signed_parts() {
            match &part.source {
                Source::Header { name, .. } => names.push(name.clone()),
                Source::Headers(block) => match &block.select {
                    HeaderSelect::Prefix(prefix) => prefixes.push(prefix.clone()),
                    HeaderSelect::List { .. } => any = true,
                },
                Source::SignatureBase(_) => any = true,
                _ => {}
            }
        }
        for field in &self.spec.fields {
            if let Place::Header(name) = &field.place {
                names.push(name.to_ascii_lowercase());
            }
        }
        self.signed_names = names;
        self.signed_prefixes = prefixes;
        self.signs_any_header = any;
    }

    /// Whether messages of this plan have the id of a key: by the recipe, on the wire or in a JWS header.
    pub(crate) fn has_key_id(&self) -> bool {
        let in_header = |jws: &JwsSpec| {
            let mut values = jws.header.iter().map(|(_, value)| value);
            values.any(|v| matches!(v, JwsHeaderValue::KeyId))
        };
        self.spec.key_id.is_some()
            || self.spec.jws.as_ref().is_some_and(in_header)
            || self.spec.fields.iter().any(|f| f.has(|h| h == Hole::KeyId))
    }

    /// The algorithm to sign with.
    pub(crate) fn sign_algorithm(&self) -> Algorithm {
        match &self.spec.algorithm {
            AlgorithmRule::Fixed { sign, .. } => *sign,
            AlgorithmRule::Named { map, sign } => {
                map.get(*sign).map_or(Algorithm::External, |(_, a)| *a)
            }
        }
    }

    /// The algorithms that verifying may use, with their names on the wire where the sender chooses.
    pub(crate) fn verify_algorithms(&self) -> Vec<(Option<&str>, Algorithm)> {
        match &self.spec.algorithm {
            AlgorithmRule::Fixed { verify, .. } => vec![(None, *verify)],
            AlgorithmRule::Named { map, .. } => {
                map.iter().map(|(n, a)| (Some(n.as_str()), *a)).collect()
            }
        }
    }

    /// The query that fields are read from. Where the URL is signed, that is the URL's if the target came without one.
    pub(crate) fn query<'m>(&self, message: &crate::Message<'m>) -> Option<&'m [u8]> {
        match self.signs_url {
            true => message.query_or_urls(),
            false => crate::text::url::split_target(message.target).1,
        }
    }

    /// Whether this form or query field carries the signature itself.
    pub(crate) fn is_signature_field(&self, name: &[u8]) -> bool {
        self.spec.fields.iter().any(|f| {
            f.has_signature()
                && match &f.place {
                    Place::Form(n) | Place::Query(n) | Place::Json(n) => n.as_bytes() == name,
                    _ => false,
                }
        })
    }

    /// Whether this JSON path carries the signature itself.
    pub(crate) fn is_signature_member(&self, path: &str) -> bool {
        self.is_signature_field(path.as_bytes())
    }

    /// What is signed before and after the body, for plans that read it once; nothing for others.
    pub(crate) fn around_body(&self, eval: &Eval<'_, '_>) -> crate::Result<(Collect, Collect)> {
        let BodyUse::Direct(index) = self.body_use else {
            return Ok(Default::default());
        };
        let (first, rest) = self.spec.message.split_at(index);
        Ok((eval.values(first)?, eval.values(&rest[1..])?))
    }

    /// Every part that the string to sign is made of, lets followed.
    pub(crate) fn signed_parts(&self) -> Vec<&Part> {
        let mut all = Vec::new();
        let claims = self.spec.jws.iter().flat_map(|j| &j.claims);
        for part in self.spec.message.iter().chain(claims.map(|(_, part)| part)) {
            self.collect(part, &mut all, 0);
        }
        all
    }

    fn collect<'p>(&'p self, part: &'p Part, all: &mut Vec<&'p Part>, depth: u32) {
        if depth > 32 {
            return;
        }
        all.push(part);
        let named = match part.source {
            Source::Let(id) => self.spec.let_part(id),
            _ => None,
        };
        for inner in part.children().into_iter().chain(named) {
            self.collect(inner, all, depth + 1);
        }
    }
}

impl Field {
    /// Every hole of the field.
    pub(crate) fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        self.content.holes()
    }

    pub(crate) fn has(&self, test: impl Fn(Hole) -> bool) -> bool {
        self.holes().any(test)
    }

    pub(crate) fn has_signature(&self) -> bool {
        self.has(|h| h == Hole::Signature)
    }
}

/// JSON paths in the order in which they were first met.
#[derive(Default)]
struct Paths(Vec<String>);

impl Paths {
    fn slot(&mut self, path: &str) -> usize {
        match self.0.iter().position(|p| p == path) {
            Some(at) => at,
            None => {
                self.0.push(path.to_owned());
                self.0.len() - 1
            }
        }
    }

    fn number(&mut self, part: &mut Part) {
        if let Source::Json(json) = &mut part.source
            && json.from.is_none()
        {
            json.slot = Some(self.slot(&json.path));
        }
        for child in part.children_mut() {
            self.number(child);
        }
    }
}

/// The roots of everything that is evaluated to sign or judge a message.
fn roots(spec: &FlowSpec) -> Vec<&Part> {
    let mut all: Vec<&Part> = spec.message.iter().collect();
    all.extend(&spec.sign_key);
    all.extend(&spec.verify_key);
    for require in &spec.require {
        all.push(&require.value);
        all.extend(&require.equals);
    }
    all.extend(spec.jws.iter().flat_map(JwsSpec::parts));
    all.extend(spec.fetch.iter().filter_map(|f| f.url.as_ref()));
    all
}

/// Whether members of the body are signed, make the key or are compared.
fn reads_members(spec: &FlowSpec, used: &BTreeSet<usize>) -> bool {
    let lets = used.iter().filter_map(|&i| spec.lets.get(i)?.as_ref());
    let keys = spec.sign_key.iter().chain(&spec.verify_key);
    let mut reads = false;
    for part in spec.message.iter().chain(keys).chain(lets) {
        part.each(&mut |p| reads |= matches!(&p.source, Source::Json(json) if json.from.is_none()));
    }
    reads
}

/// The lets that stand in these parts and in fields, and those inside them.
fn used_lets<'p>(spec: &'p FlowSpec, mut open: Vec<&'p Part>) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    let mut ids: Vec<usize> = Vec::new();
    for field in &spec.fields {
        for hole in field.holes() {
            if let Hole::Let(id) = hole {
                ids.push(id.0 as usize);
            }
        }
    }
    loop {
        while let Some(part) = open.pop() {
            if let Source::Let(id) = part.source {
                ids.push(id.0 as usize);
            }
            open.extend(part.children());
        }
        let Some(id) = ids.pop() else {
            return used;
        };
        if used.insert(id) {
            open.extend(spec.lets.get(id).and_then(Option::as_ref));
        }
    }
}

/// Every part, lets that are used included once.
fn all_parts<'p>(spec: &'p FlowSpec, used: &BTreeSet<usize>) -> Vec<&'p Part> {
    let mut open = roots(spec);
    open.extend(
        used.iter()
            .filter_map(|&i| spec.lets.get(i).and_then(Option::as_ref)),
    );
    let mut all = Vec::new();
    while let Some(part) = open.pop() {
        open.extend(part.children());
        all.push(part);
    }
    all
}

fn any_source(spec: &FlowSpec, used: &BTreeSet<usize>, test: &dyn Fn(&Source) -> bool) -> bool {
    all_parts(spec, used).iter().any(|p| test(&p.source))
}

fn any_step(spec: &FlowSpec, used: &BTreeSet<usize>, test: &dyn Fn(&Step) -> bool) -> bool {
    all_parts(spec, used)
        .iter()
        .any(|p| p.then.iter().any(test))
}

fn body_use(spec: &FlowSpec, used: &BTreeSet<usize>) -> BodyUse {
    // Claims are written before the body could have streamed by.
    let in_fields = spec.each.is_some()
        || spec.jws.as_ref().is_some_and(|j| !j.claims.is_empty())
        || spec
            .fields
            .iter()
            .any(|f| matches!(f.place, Place::Json(_) | Place::Form(_)));
    let readers: Vec<&Part> = all_parts(spec, used)
        .into_iter()
        .filter(|p| p.reads_body())
        .collect();
    match &readers[..] {
        _ if in_fields => BodyUse::Other,
        [] => BodyUse::None,
        [part] if matches!(part.source, Source::Body) => {
            let whole = spec
                .message
                .iter()
                .position(|p| std::ptr::eq(p, *part) && p.then.is_empty() && p.when.is_none());
            match (whole, part.then.first()) {
                (Some(index), _) => BodyUse::Direct(index),
                (None, Some(Step::Hash(hash))) => BodyUse::Digest(*hash),
                _ => BodyUse::Other,
            }
        }
        _ => BodyUse::Other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::recipe::parse;

    /// Parts with JSON members wherever a part may stand.
    const EVERYWHERE: &str = r#"
id = "x"
name = "X"
[credentials]
secret = {}
[webhook]
algorithm = "jws"
key = { group = [{ credential = "secret" }, { json = "a" }] }
retention = 60
message = [{ json = "b", then = [{ currency-decimals = { json = "c" } }] }]
jws = { alg = "HS256", detached = true, header = { d = { json = "d" }, e = { let = "e" } } }
field = [{ header = "X-Jws", value = { signature = true } }, { header = "X-F", value = { let = "f" } }]
require = [{ value = { json = "g" }, equals = [{ json = "h" }] }]
fetch = { url = { group = ["https://", { let = "i" }] }, hosts = ["example.com"] }
handshake = [{ about = "a check", when = { method = "POST" }, signed = true, content_type = "text/plain", answer = [{ let = "j" }, { json = "k" }] }]
[webhook.let]
e = { json = "e" }
f = { json = "f" }
i = { json = "i" }
j = { json = "j" }
"#;

    /// The members that a flow reads, and the numbers that its plan gives them.
    fn numbers(recipe: &Arc<Recipe>, flow: Flow) -> Vec<(String, Option<usize>)> {
        let spec = recipe.flow(flow).unwrap().clone();
        let plan = Plan::new(recipe.clone(), flow, spec);
        let mut all = Vec::new();
        let lets = used_lets(&plan.spec, plan.spec.own_parts());
        let lets = lets.iter().filter_map(|&i| plan.spec.lets.get(i)?.as_ref());
        for part in plan.spec.own_parts().into_iter().chain(lets) {
            part.each(&mut |part| match &part.source {
                Source::Json(json) if json.from.is_none() => {
                    all.push((json.path.clone(), json.slot))
                }
                _ => {}
            });
        }
        all
    }

    #[test]
    fn every_member_that_is_read_has_a_number_of_its_own() {
        let recipe = Arc::new(parse(EVERYWHERE, "x.toml").unwrap());
        let mut all = numbers(&recipe, Flow::Webhook);
        all.sort();
        all.dedup();
        let paths: Vec<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths.concat(), "abcdefghijk");
        let slots: BTreeSet<usize> = all.iter().filter_map(|(_, slot)| *slot).collect();
        assert_eq!(slots.len(), all.len(), "{all:?}");
    }
}
