//! Variants: opt-in departures that select exactly one plan.

use super::check::Measure;
use super::{FlowSpec, LetId, Variant, suggest};
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
        spec.ends().map(|()| spec)
    }

    // Each variant alone was checked when the recipe was loaded; together they could still tie lets into a knot.
    fn ends(&self) -> Result<()> {
        let lets = |id: LetId| self.let_part(id);
        let mut measure = Measure::new(&lets);
        let keys = self.sign_key.iter().chain(&self.verify_key);
        for part in (self.message.iter().chain(keys)).chain(self.lets.iter().flatten()) {
            measure.parts(part).map_err(|what| {
                invalid(format!("these variants do not go together: a value {what}"))
            })?;
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::Status;
    use crate::recipe::{Flow, Source, parse};

    const RECIPE: &str = r#"
id = "example"
name = "Example"
[credentials]
secret = {}
[request]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [{ let = "a" }, { let = "b" }, { body = "raw" }]
field = [
  { name = "id", header = "X-Id", value = [{ nonce = true }] },
  { header = "X-Signature", value = [{ signature = true }] },
]
let = { a = "a", b = "b" }
[request.variants]
path = { let = { a = { path = "raw" } } }
query = { let = { a = { query = "raw" } } }
a-is-b = { let = { a = { let = "b" } } }
b-is-a = { let = { b = { let = "a" } } }
other-id = { field = [{ name = "id", header = "X-Other", value = [{ nonce = true }] }] }
"#;

    #[test]
    fn variants_select_one_plan() {
        let recipe = parse(RECIPE, "example.toml").unwrap();
        let flow = recipe.flow(Flow::Request).unwrap();
        let both = flow.with_variants(&["path", "other-id"]).unwrap();
        assert!(matches!(
            both.lets[0].as_ref().unwrap().source,
            Source::Path(_)
        ));
        assert_eq!(both.fields[0].place.label(), "X-Other");
        for (names, says) in [
            (&["pat"][..], "\"path\""),
            (&["path", "query"], "path and query"),
            (&["path", "path"], "path and path"),
            (&["a-is-b", "b-is-a"], "do not go together"),
        ] {
            let error = flow.with_variants(names).unwrap_err();
            assert_eq!(error.status(), Status::InvalidOption);
            assert_eq!(error.field_name(), Some("variants"));
            assert!(error.message().contains(says), "{error}");
        }
    }
}
