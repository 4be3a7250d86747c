//! The rules of other schemes: a sister product's, or another flow's of the same one.

use super::Base;
use super::clue::Clue;
use crate::crypto::Hash;
use crate::plan::Plan;
use crate::plan::keys::{CredentialValues, Operation};
use crate::recipe::{CredentialId, Flow, Recipe};
use crate::{Scheme, catalogue};
use std::sync::Arc;

/// Calls back with the message under every other rule that could be meant, the provider's own first.
pub(super) fn siblings<'m>(base: &Base<'m>, see: &mut dyn FnMut(Clue, Base<'m>)) {
    let own = &base.plan.recipe;
    for flow in Flow::ALL {
        if flow != base.plan.flow && own.flow(flow).is_some() {
            let about = format!("the {} flow of the same scheme", flow.name());
            under(base, own, flow, about, see);
        }
    }
    let provider = own.id.split('-').next().unwrap_or_default();
    let mut ids: Vec<&str> = catalogue::ids().filter(|id| *id != own.id).collect();
    ids.sort_by_key(|id| id.split('-').next() != Some(provider));
    for id in ids {
        let Some(scheme) = catalogue::text(id).and_then(|t| Scheme::from_toml(t, id).ok()) else {
            continue;
        };
        let recipe = scheme.shared_recipe();
        for flow in Flow::ALL {
            if recipe.flow(flow).is_some() {
                let about = format!("{id}, {} flow", flow.name());
                under(base, &recipe, flow, about, see);
            }
        }
    }
}

fn under<'m>(
    base: &Base<'m>,
    recipe: &Arc<Recipe>,
    flow: Flow,
    about: String,
    see: &mut dyn FnMut(Clue, Base<'m>),
) {
    let Some(spec) = recipe.flow(flow) else {
        return;
    };
    if spec.message.is_empty() {
        return;
    }
    let plan = Arc::new(Plan::new(recipe.clone(), flow, spec.clone()));
    // Only where the length fits; public keys cannot be tried under another name.
    let fits = plan.verify_algorithms().iter().any(|(_, a)| {
        let hash: Option<Hash> = match plan.operation(*a) {
            Some(Operation::Hmac(hash) | Operation::Digest(hash)) => Some(hash),
            _ => None,
        };
        hash.is_some_and(|h| {
            base.observed
                .iter()
                .any(|o| o.bytes.len() == h.output_len())
        })
    });
    if !fits || plan.spec.jws.is_some() {
        return;
    }
    let keys = base
        .keys
        .iter()
        .map(|k| renamed(base, recipe, &k.credentials))
        .collect();
    let other = base.under(plan, keys);
    see(Clue::about("sibling-scheme-rule", about), other);
}

/// Credentials by name, then by rank among the public or secret ones.
fn renamed(base: &Base<'_>, recipe: &Recipe, given: &CredentialValues) -> CredentialValues {
    let own = &base.plan.recipe.credentials;
    let values = recipe.credentials.iter().enumerate().map(|(index, spec)| {
        let rank = recipe.credentials[..index]
            .iter()
            .filter(|c| c.public == spec.public)
            .count();
        let by_name = own.iter().position(|c| c.name == spec.name);
        let by_rank = || {
            let same = |(_, c): &(usize, &crate::recipe::CredentialSpec)| c.public == spec.public;
            own.iter()
                .enumerate()
                .filter(same)
                .nth(rank)
                .map(|(i, _)| i)
        };
        let at = by_name.or_else(by_rank)?;
        given.get(CredentialId(at as u8)).map(<[u8]>::to_vec)
    });
    CredentialValues::of(values)
}
