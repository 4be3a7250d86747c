//! Values on the wire that the scheme computes from the rest of the message: why they differ.

use super::Base;
use super::algorithm::Judge;
use super::clue::Clue;
use super::inline::inlined;
use super::keys::KeyState;
use super::observed::{Observed, observe};
use super::search::Search;
use crate::crypto::{Encoding, Hash};
use crate::plan::keys::CredentialValues;
use crate::plan::{Cache, Eval};
use crate::recipe::{Part, Place};
use std::sync::Arc;

/// For each sent value that differs what explains it, if the signature is right apart from it.
pub(super) fn explain(base: &Base<'_>, search: &Search) -> Vec<Vec<Clue>> {
    let differs = |c: &Clue| c.id == "sent-value-differs";
    let taken = search.found.iter().any(|m| m.clues.iter().any(differs));
    if !taken && !search.rule_fits {
        return Vec::new();
    }
    let mut all = Vec::new();
    let nobody = CredentialValues::default();
    let credentials = base.keys.first().map_or(&nobody, |k| &k.credentials);
    for (id, index, text) in base.reading.lets() {
        let Some(field) = base.plan.spec.fields.get(index) else {
            continue;
        };
        if field.take.iter().any(|t| t.let_id == id) {
            continue;
        }
        let Some(part) = base.plan.spec.let_part(id) else {
            continue;
        };
        let one = alone(base, part.clone(), credentials, text);
        let wanted = one.value(one.scene(), credentials);
        if wanted.as_deref() == Some(text) {
            continue;
        }
        let label = match &field.place {
            Place::Header(name) => name.to_ascii_lowercase(),
            other => other.label(),
        };
        if of_body(base.message.body, text) && !one.reads_body_alone() {
            all.push(vec![Clue::about(format!("{label}-of-body"), "")]);
            continue;
        }
        let mut search = Search::new(false);
        search.singles(&one, &[], None);
        let before = all.len();
        all.extend(search.found.into_iter().map(|m| m.clues));
        if all.len() == before && taken {
            all.push(vec![Clue::about("sent-value-differs", label)]);
        }
    }
    all
}

/// The rule of one value as if it were the whole scheme, and the value as sent as if it were the signature.
pub(super) fn alone<'m>(
    base: &Base<'m>,
    part: Part,
    credentials: &CredentialValues,
    text: &[u8],
) -> Base<'m> {
    let mut plan = (*base.plan).clone();
    plan.spec.message = vec![part];
    plan.spec.jws = None;
    let mut one = base.under(Arc::new(plan), Vec::new());
    let bound = crate::plan::Bound::default();
    let cache = Cache::default();
    let eval = Eval::new(&one.plan, &one.message, credentials, &bound, &cache);
    let parts = inlined(&eval, &one.plan.spec.message, &[]);
    one.parts = parts;
    one.observed = vec![Observed::bytes(Vec::new(), text.to_vec())];
    one.keys = vec![KeyState {
        clues: Vec::new(),
        credentials: credentials.clone(),
        bytes: None,
        judge: Judge::Same,
    }];
    one
}

/// Whether a text is a digest of the body, in any usual encoding.
fn of_body(body: &[u8], text: &[u8]) -> bool {
    let mut seen = Vec::new();
    observe(text, &[Encoding::Base64, Encoding::Hex], &[], &mut seen);
    Hash::ALL.iter().any(|hash| {
        let digest = hash.digest(body);
        seen.iter()
            .any(|o| o.bytes.len() == digest.len() && o.is(&digest))
    })
}

impl Base<'_> {
    /// Whether the string is a digest of the body and of nothing else.
    fn reads_body_alone(&self) -> bool {
        matches!(&self.parts[..], [part] if matches!(part.source, crate::recipe::Source::Body))
    }
}
