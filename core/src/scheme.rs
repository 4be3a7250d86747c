//! Schemes: recipes ready to make signers and verifiers of.

use crate::credentials::{Credentials, KeyRing};
use crate::explain::Explanation;
use crate::plan::{Plan, Takes};
use crate::recipe::{self, Flow, Recipe};
use crate::sign::{SignOptions, Signer};
use crate::verify::Verifier;
use crate::{Error, Message, Result, Status, catalogue};
use std::sync::Arc;

/// One scheme. Cheap to clone; share it between threads.
#[derive(Clone, Debug)]
pub struct Scheme {
    recipe: Arc<Recipe>,
}

/// A scheme of the catalogue by its id: `paysig::scheme("directa24-deposits")`.
pub fn scheme(id: &str) -> Result<Scheme> {
    match catalogue::text(id) {
        Some(text) => Scheme::from_toml(text, &format!("{id}.toml")),
        None => Err(Error::field(
            Status::UnknownScheme,
            "scheme",
            format!("there is no scheme {id}{}", nearest(id)),
        )),
    }
}

/// The ids near a wrong one, else those whose names hold it: `worldline` stands in no id.
fn nearest(id: &str) -> String {
    let hint = recipe::suggest(id, catalogue::ids());
    if !hint.is_empty() || id.len() < 3 {
        return hint;
    }
    let wanted = id.to_lowercase();
    let named: Vec<&str> = catalogue()
        .iter()
        .filter(|(id, text)| {
            recipe::parse(text, id).is_ok_and(|r| r.name.to_lowercase().contains(&wanted))
        })
        .map(|(id, _)| *id)
        .collect();
    match named[..] {
        [only] => format!(", did you mean \"{only}\"?"),
        _ => String::new(),
    }
}

impl Scheme {
    /// A scheme of your own. `file` names the text in errors. At most 64 KiB.
    pub fn from_toml(text: &str, file: &str) -> Result<Scheme> {
        Ok(Scheme {
            recipe: Arc::new(recipe::parse(text, file)?),
        })
    }

    /// The id: `directa24-deposits`.
    pub fn id(&self) -> &str {
        &self.recipe.id
    }

    /// The whole recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    pub(crate) fn shared_recipe(&self) -> Arc<Recipe> {
        self.recipe.clone()
    }

    /// The flows that the scheme has.
    pub fn flows(&self) -> impl Iterator<Item = Flow> {
        Flow::ALL
            .into_iter()
            .filter(|f| self.recipe.flow(*f).is_some())
    }

    /// The options of signing that a flow has a use for; others are refused.
    pub fn takes(&self, flow: Flow, variants: &[&str]) -> Result<Takes> {
        Ok(self.plan(flow, variants)?.takes)
    }

    pub(crate) fn plan(&self, flow: Flow, variants: &[&str]) -> Result<Arc<Plan>> {
        let Some(spec) = self.recipe.flow(flow) else {
            let flows: Vec<&str> = self.flows().map(Flow::name).collect();
            return Err(Error::field(
                Status::UnsupportedFlow,
                "flow",
                format!(
                    "{} has no flow {}; it has {}",
                    self.id(),
                    flow.name(),
                    flows.join(", ")
                ),
            ));
        };
        let spec = spec.with_variants(variants)?;
        Ok(Arc::new(Plan::new(self.recipe.clone(), flow, spec)))
    }

    /// A signer; every credential that the flow reads must be there.
    pub fn signer(&self, flow: Flow, credentials: &Credentials) -> Result<Signer> {
        self.signer_with(flow, credentials, &[])
    }

    /// A signer under named variants.
    pub fn signer_with(
        &self,
        flow: Flow,
        credentials: &Credentials,
        variants: &[&str],
    ) -> Result<Signer> {
        Signer::new(self.plan(flow, variants)?, credentials, false)
    }

    /// A signer whose secret lives elsewhere (an HSM, a KMS): for [`Signer::prepare`] only.
    pub fn signer_without_key(
        &self,
        flow: Flow,
        credentials: &Credentials,
        variants: &[&str],
    ) -> Result<Signer> {
        Signer::new(self.plan(flow, variants)?, credentials, true)
    }

    /// The string to sign of a message: as a verifier reads it, or, where the message carries no signature yet (or these
    /// keys only sign), as a signer would make it.
    pub fn explain(
        &self,
        flow: Flow,
        keys: &KeyRing,
        variants: &[&str],
        message: &Message<'_>,
        options: &SignOptions<'_>,
    ) -> Result<Explanation> {
        let as_signed = || self.verifier_with(flow, keys, variants)?.explain(message);
        let as_unsigned = || {
            let none = Credentials::new();
            let credentials = keys.keys().first().map_or(&none, |k| &k.credentials);
            self.signer_with(flow, credentials, variants)?
                .explain(message, options)
        };
        match as_signed() {
            Err(error)
                if matches!(
                    error.status(),
                    Status::MissingSignature | Status::MissingField
                ) =>
            {
                as_unsigned()
            }
            Err(error) if !error.status().is_verdict() => as_unsigned().map_err(|_| error),
            other => other,
        }
    }

    /// A verifier over a ring of keys.
    pub fn verifier(&self, flow: Flow, keys: &KeyRing) -> Result<Verifier> {
        self.verifier_with(flow, keys, &[])
    }

    /// A verifier under named variants.
    pub fn verifier_with(&self, flow: Flow, keys: &KeyRing, variants: &[&str]) -> Result<Verifier> {
        Verifier::new(self.plan(flow, variants)?, keys)
    }
}
