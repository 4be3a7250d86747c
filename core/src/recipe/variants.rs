//! Variants: opt-in departures that select exactly one plan.

use super::{FlowSpec, Variant, suggest};
use crate::{Error, Result, Status};

impl FlowSpec {
    /// The flow with these variants applied. Unknown names, and two variants that change the same thing, are refused.
    pub fn with_variants(&self, names: &[&str]) -> Result<FlowSpec> {
        let mut spec = self.clone();
        let mut changed: Vec<(String, &str)> = Vec::new();
        for name in names {
            let Some(variant) = self.variants.iter().find(|v| v.name == *name) else {
                let known = self.variants.iter().map(|v| v.name.as_str());
                return Err(invalid(format!(
                    "there is no variant {name}{}",
                    suggest(name, known)
                )));
            };
            for what in variant.changes() {
                if let Some((_, other)) = changed.iter().find(|(w, _)| *w == what) {
                    return Err(invalid(format!(
                        "variants {other} and {name} both change {what}"
                    )));
                }
                changed.push((what, name));
            }
            variant.apply(&mut spec);
        }
        Ok(spec)
    }
}

fn invalid(why: String) -> Error {
    Error::field(Status::InvalidOption, "variants", why)
}

impl Variant {
    /// What the variant replaces.
    fn changes(&self) -> Vec<String> {
        let lets = self.lets.iter().map(|(id, _)| format!("let {}", id.0));
        let fields = self.fields.iter().filter_map(|f| f.name.as_ref());
        let mut all: Vec<String> = lets.chain(fields.map(|n| format!("field {n}"))).collect();
        all.extend(self.sign_key.as_ref().map(|_| "sign_key".to_owned()));
        all.extend(self.verify_key.as_ref().map(|_| "verify_key".to_owned()));
        all.extend(self.timestamp.as_ref().map(|_| "timestamp".to_owned()));
        all
    }

    fn apply(&self, spec: &mut FlowSpec) {
        for (id, part) in &self.lets {
            if let Some(slot) = spec.lets.get_mut(id.0 as usize) {
                *slot = Some(part.clone());
            }
        }
        for field in &self.fields {
            if let Some(slot) = spec.fields.iter_mut().find(|f| f.name == field.name) {
                *slot = field.clone();
            }
        }
        if let Some(key) = &self.sign_key {
            spec.sign_key = Some(key.clone());
        }
        if let Some(key) = &self.verify_key {
            spec.verify_key = Some(key.clone());
        }
        if let Some(time) = &self.timestamp {
            spec.timestamp = Some(time.clone());
        }
    }
}
