//! What is weak about a scheme itself, however well it is implemented: each warning with a witness.
//!
//! A recipe acknowledges a warning with the reason why it stands: `acknowledge = { "unsigned-body" = "..." }` in the flow.

mod concat;
mod cover;

use super::{Algorithm, AlgorithmRule, Flow, FlowSpec, Line, Part, Recipe, Source, Step};
use crate::crypto::{Hash, JwsAlg};

/// One weakness of a scheme.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lint {
    /// `ambiguous-concatenation`; see [`LINTS`].
    pub id: &'static str,
    /// Where.
    pub flow: Flow,
    /// The line of the recipe, 1-based; 0 if unknown.
    pub line: Line,
    /// What is wrong, a sentence.
    pub message: String,
    /// What it allows: two messages with one signature, an attack.
    pub witness: String,
    /// The recipe's reason to keep it so, where it gives one.
    pub acknowledged: Option<String>,
}

/// Every lint: id and what it warns of.
pub const LINTS: [(&str, &str); 11] = [
    (
        "ambiguous-concatenation",
        "different values give the same string to sign",
    ),
    ("unsigned-body", "the body, or a part of it, is not signed"),
    (
        "unsigned-time",
        "the message carries a time that is not signed",
    ),
    (
        "no-replay-protection",
        "neither time nor nonce is signed: an old message stays valid",
    ),
    (
        "weak-digest",
        "MD5, SHA-1 or CRC-32, of the text or of a piece of it",
    ),
    (
        "secret-first-digest",
        "a plain digest of a text that begins with the secret can be extended",
    ),
    ("sender-chosen-algorithm", "the sender names the algorithm"),
    (
        "branch-on-unsigned-value",
        "what is signed depends on a value that is not",
    ),
    (
        "reflection",
        "requests and webhooks have the same signatures",
    ),
    ("bearer-credential", "the credential itself is sent"),
    (
        "superfluous-acknowledgement",
        "a reason is given for a warning that does not occur",
    ),
];

/// Every weakness of a recipe, acknowledged or not, in the order of flows and of [`LINTS`].
pub fn lint(recipe: &Recipe) -> Vec<Lint> {
    let mut all = Vec::new();
    for flow in Flow::ALL {
        let Some(spec) = recipe.flow(flow) else {
            continue;
        };
        let mut found = Found {
            recipe,
            flow,
            spec,
            all: Vec::new(),
        };
        found.look();
        let mut own = found.all;
        own.sort_by_key(|l| LINTS.iter().position(|(id, _)| *id == l.id));
        all.append(&mut own);
    }
    all
}

/// The warnings of one flow.
struct Found<'r> {
    recipe: &'r Recipe,
    flow: Flow,
    spec: &'r FlowSpec,
    all: Vec<Lint>,
}

impl Found<'_> {
    fn add(&mut self, id: &'static str, message: impl Into<String>, witness: impl Into<String>) {
        if self.all.iter().any(|l| l.id == id) {
            return;
        }
        let reason = self.spec.acknowledge.iter().find(|(name, _)| name == id);
        self.all.push(Lint {
            id,
            flow: self.flow,
            line: self.spec.line,
            message: message.into(),
            witness: witness.into(),
            acknowledged: reason.map(|(_, reason)| reason.clone()),
        });
    }

    fn look(&mut self) {
        let sends_the_key = |a: &Algorithm| {
            matches!(
                a,
                Algorithm::Token | Algorithm::Basic | Algorithm::ClientCredentials
            )
        };
        let algorithms = self.spec.algorithm.all();
        if algorithms.iter().all(sends_the_key) {
            self.add(
                "bearer-credential",
                "the credential itself is sent, and nothing of the message is signed",
                "whoever sees one message can send any other",
            );
        } else if !algorithms.iter().all(|a| *a == Algorithm::External) {
            self.digests(&algorithms);
            concat::ambiguous(self);
            cover::coverage(self);
            self.reflection();
        }
        self.superfluous();
    }

    fn digests(&mut self, algorithms: &[Algorithm]) {
        let weak = |a: &Algorithm| match a {
            Algorithm::Hmac(hash) | Algorithm::Digest(hash) => is_weak(*hash),
            Algorithm::Asymmetric(a) => a.prehash().is_some_and(is_weak),
            _ => false,
        };
        if let Some(algorithm) = algorithms.iter().find(|a| weak(a)) {
            let text = format!(
                "{} rests on a digest with known collisions",
                algorithm.name()
            );
            let witness = match algorithm {
                Algorithm::Hmac(_) => {
                    "no forgery of an HMAC is known; a plain digest or signature of colliding texts can be moved"
                }
                _ => "two texts with one digest can be computed, and share their signature",
            };
            self.add("weak-digest", text, witness);
        }
        if let Some(step) = self.weak_step() {
            self.add(
                "weak-digest",
                format!("a piece of the text is signed by its {step} only"),
                format!("two pieces with one {step} can be computed, and share their signature"),
            );
        }
        let keyless = algorithms.iter().any(|a| matches!(a, Algorithm::Digest(_)));
        let secret = |part: &Part| is_secret(self.recipe, self.spec, part, 0);
        let first = self.spec.message.first().is_some_and(secret);
        let last = self.spec.message.last().is_some_and(secret);
        if keyless && first && !last {
            self.add(
                "secret-first-digest",
                "a plain digest of a text that begins with the secret and ends with the message",
                "from the digest of `secret + a` that of `secret + a + padding + b` follows without the secret",
            );
        }
        if let AlgorithmRule::Named { map, .. } = &self.spec.algorithm
            && map.len() > 1
        {
            let names: Vec<&str> = map.iter().map(|(name, _)| name.as_str()).collect();
            self.add(
                "sender-chosen-algorithm",
                format!("the sender names one of {}", names.join(", ")),
                "a forger chooses the weakest of them; a verifier can be narrowed",
            );
        }
    }

    /// A weak digest inside the string to sign, lets followed.
    fn weak_step(&self) -> Option<&'static str> {
        let mut open: Vec<(&Part, u32)> = self.spec.message.iter().map(|p| (p, 0)).collect();
        while let Some((part, depth)) = open.pop() {
            // A digest of the secret is no digest of what others choose.
            let found = part.then.iter().find_map(|step| match step {
                Step::Hash(Hash::Md5) => Some("MD5"),
                Step::Hash(Hash::Sha1) => Some("SHA-1"),
                Step::Crc32Decimal => Some("CRC-32"),
                _ => None,
            });
            if found.is_some() && !is_secret(self.recipe, self.spec, part, 0) {
                return found;
            }
            if depth < 16 {
                open.extend(part.children().into_iter().map(|c| (c, depth + 1)));
                if let Source::Let(id) = &part.source {
                    open.extend(self.spec.let_part(*id).map(|p| (p, depth + 1)));
                }
            }
        }
        None
    }

    /// The other flow's rule under the same key.
    fn reflection(&mut self) {
        let other = match self.flow {
            Flow::Request => Flow::Webhook,
            Flow::Webhook => Flow::Request,
            Flow::Response => return,
        };
        let Some(other) = self.recipe.flow(other) else {
            return;
        };
        let shared = |key: &Option<Part>| key.as_ref().map(|k| bare(&format!("{:?}", k)));
        let symmetric = |spec: &FlowSpec| {
            shared(&spec.sign_key) == shared(&spec.verify_key)
                && spec.algorithm.all().iter().all(|a| {
                    matches!(a, Algorithm::Hmac(_) | Algorithm::Digest(_))
                        || *a == Algorithm::Jws && spec.jws.as_ref().is_some_and(|j| hmac(j.alg))
                })
        };
        let rule = |spec: &FlowSpec| {
            // Where a part is left out under a condition, some messages have the rule without it.
            let message: Vec<&Part> = spec.message.iter().filter(|p| p.when.is_none()).collect();
            let text = format!(
                "{:?} {:?} {:?} {:?}",
                spec.algorithm, message, spec.lets, spec.sign_key
            );
            bare(&text)
        };
        if symmetric(self.spec) && symmetric(other) && rule(self.spec) == rule(other) {
            self.add(
                "reflection",
                "requests and webhooks are signed by the same rule and can share a key",
                "a signed request that is sent back to its sender verifies as a webhook, and the other way round",
            );
        }
    }

    fn superfluous(&mut self) {
        let unknown: Vec<String> = self
            .spec
            .acknowledge
            .iter()
            .map(|(id, _)| id.clone())
            .filter(|id| self.all.iter().all(|l| l.id != id))
            .collect();
        if let Some(id) = unknown.first() {
            self.add(
                "superfluous-acknowledgement",
                format!("{id} is acknowledged but does not occur"),
                "an acknowledgement that outlived its reason would hide the next one",
            );
        }
    }
}

fn hmac(alg: JwsAlg) -> bool {
    alg.hmac().is_some()
}

fn is_weak(hash: Hash) -> bool {
    matches!(hash, Hash::Md5 | Hash::Sha1)
}

/// Without positions in the recipe, which differ between equal rules.
fn bare(debug: &str) -> String {
    let mut out = String::with_capacity(debug.len());
    let mut rest = debug;
    while let Some(at) = rest.find("Line(") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(')').map_or(rest.len(), |e| at + e + 1);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Whether a part holds a secret, lets followed.
fn is_secret(recipe: &Recipe, spec: &FlowSpec, part: &Part, depth: u32) -> bool {
    if depth > 16 {
        return false;
    }
    let own = match &part.source {
        Source::Credential(id) => {
            let credential = recipe.credentials.get(usize::from(id.0));
            credential.is_some_and(|c| !c.public)
        }
        Source::Let(id) => {
            (spec.let_part(*id)).is_some_and(|p| is_secret(recipe, spec, p, depth + 1))
        }
        _ => false,
    };
    own || part
        .children()
        .iter()
        .any(|c| is_secret(recipe, spec, c, depth + 1))
}
