//! What can be decided about a recipe before any message is seen.
//!
//! Each file judges one thing: `algorithm` which blocks and keys belong to an algorithm, `lets` that named values end,
//! `secrets` that none reaches the wire, `oracle` that no stranger has a text signed, `wire` that what is signed can be read back,
//! `coverage` that no branch drops the body.

mod algorithm;
mod coverage;
mod lets;
mod oracle;
mod secrets;
mod wire;

pub(super) use lets::Measure;

use super::model::*;
use super::table::Table;
use crate::Result;

/// What is wrong, and where; line 0: look the path up.
pub(super) struct Wrong {
    pub line: Line,
    pub path: String,
    pub what: String,
}

pub(super) type Check = std::result::Result<(), Wrong>;

pub(super) fn wrong(line: Line, path: impl Into<String>, what: impl Into<String>) -> Wrong {
    Wrong {
        line,
        path: path.into(),
        what: what.into(),
    }
}

/// Checks a whole recipe; `top` is its text, for lines.
pub(super) fn check(recipe: &Recipe, top: &Table) -> Result<()> {
    all(recipe).map_err(|w| {
        let line = if w.line == Line(0) {
            top.line_of(&w.path)
        } else {
            w.line
        };
        top.file.error(line, &w.path, w.what)
    })
}

fn all(recipe: &Recipe) -> Check {
    for flow in Flow::ALL {
        let Some(spec) = recipe.flow(flow) else {
            continue;
        };
        let seen = &In { recipe, flow, spec };
        // First: what follows lets below relies on their end.
        lets::check(seen)?;
        algorithm::check(seen)?;
        secrets::check(seen)?;
        oracle::check(seen)?;
        wire::check(seen)?;
        coverage::check(seen)?;
    }
    credentials(recipe)
}

/// A flow being checked.
struct In<'r> {
    recipe: &'r Recipe,
    flow: Flow,
    spec: &'r FlowSpec,
}

impl<'r> In<'r> {
    /// `request.` and the rest of a key path.
    fn path(&self, rest: impl std::fmt::Display) -> String {
        format!("{}.{rest}", self.flow.name())
    }

    /// An error about the flow as a whole or one of its keys.
    fn wrong(&self, key: &str, what: impl Into<String>) -> Wrong {
        let path = if key.is_empty() {
            self.flow.name().to_owned()
        } else {
            self.path(key)
        };
        wrong(Line(0), path, what)
    }

    /// All parts at the top with their key paths, those of variants included.
    fn parts(&self) -> Vec<(String, &'r Part)> {
        let spec = self.spec;
        let mut all: Vec<(String, &Part)> = Vec::new();
        let one_key = match (&spec.sign_key, &spec.verify_key) {
            (Some(sign), Some(verify)) => sign.line == verify.line,
            _ => false,
        };
        let key = |name: &str| self.path(if one_key { "key" } else { name });
        all.extend(spec.sign_key.iter().map(|p| (key("sign_key"), p)));
        all.extend(spec.verify_key.iter().map(|p| (key("verify_key"), p)));
        for (i, part) in spec.message.iter().enumerate() {
            all.push((self.path(format_args!("message[{i}]")), part));
        }
        for (i, part) in spec.lets.iter().enumerate() {
            let Some(part) = part else { continue };
            let name = self.recipe.let_name(LetId(i as u8));
            all.push((self.path(format_args!("let.{name}")), part));
        }
        for (i, require) in spec.require.iter().enumerate() {
            all.push((
                self.path(format_args!("require[{i}].value")),
                &require.value,
            ));
            for part in &require.equals {
                all.push((self.path(format_args!("require[{i}].equals")), part));
            }
        }
        for (name, value) in spec.jws.iter().flat_map(|j| &j.header) {
            if let JwsHeaderValue::Part(part) = value {
                all.push((self.path(format_args!("jws.header.{name}")), part));
            }
        }
        for (name, part) in spec.jws.iter().flat_map(|j| &j.claims) {
            all.push((self.path(format_args!("jws.claims.{name}")), part));
        }
        if let Some(token) = &spec.token {
            for (name, parts) in &token.headers {
                all.extend(
                    parts
                        .iter()
                        .map(|p| (self.path(format_args!("token.headers.{name}")), p)),
                );
            }
            all.extend(token.body.iter().map(|p| (self.path("token.body"), p)));
        }
        if let Some(url) = spec.fetch.as_ref().and_then(|f| f.url.as_ref()) {
            all.push((self.path("fetch.url"), url));
        }
        for (i, handshake) in spec.handshakes.iter().enumerate() {
            all.extend(
                handshake
                    .answer
                    .iter()
                    .map(|p| (self.path(format_args!("handshake[{i}].answer")), p)),
            );
        }
        for variant in &spec.variants {
            let at = |rest: &str| self.path(format_args!("variants.{}.{rest}", variant.name));
            for (id, part) in &variant.lets {
                all.push((at(&format!("let.{}", self.recipe.let_name(*id))), part));
            }
            all.extend(variant.sign_key.iter().map(|p| (at("key"), p)));
            all.extend(variant.verify_key.iter().map(|p| (at("key"), p)));
        }
        all
    }

    /// All fields with their key paths, those of variants included.
    fn fields(&self) -> Vec<(String, &'r Field)> {
        let own = self.spec.fields.iter().enumerate();
        let mut all: Vec<_> = own
            .map(|(i, f)| (self.path(format_args!("field[{i}]")), f))
            .collect();
        for variant in &self.spec.variants {
            for (i, field) in variant.fields.iter().enumerate() {
                all.push((
                    self.path(format_args!("variants.{}.field[{i}]", variant.name)),
                    field,
                ));
            }
        }
        all
    }

    /// Whether any part at these paths, or inside them, lets followed, is such a source; where the first is.
    fn reaches(&self, parts: &'r [Part], wanted: &dyn Fn(&Source) -> bool) -> Option<&'r Part> {
        parts.iter().find_map(|p| self.reach(p, wanted, 0))
    }

    fn reach(
        &self,
        part: &'r Part,
        wanted: &dyn Fn(&Source) -> bool,
        depth: u32,
    ) -> Option<&'r Part> {
        if wanted(&part.source) {
            return Some(part);
        }
        if depth > super::MAX_DEPTH {
            return None;
        }
        let named = match part.source {
            Source::Let(id) => self.spec.let_part(id),
            _ => None,
        };
        let inside = part.children().into_iter().chain(named);
        inside
            .into_iter()
            .find_map(|p| self.reach(p, wanted, depth + 1))
    }
}

fn credentials(recipe: &Recipe) -> Check {
    for credential in &recipe.credentials {
        for (flow, _) in &credential.needed_for {
            if recipe.flow(*flow).is_none() {
                let path = format!("credentials.{}.for", credential.name);
                return Err(wrong(
                    credential.line,
                    path,
                    format!("the recipe has no [{}]", flow.name()),
                ));
            }
        }
    }
    for (i, credential) in recipe.credentials.iter().enumerate() {
        if !secrets::is_used(recipe, CredentialId(i as u8)) {
            let path = format!("credentials.{}", credential.name);
            return Err(wrong(credential.line, path, "is never used"));
        }
    }
    Ok(())
}
