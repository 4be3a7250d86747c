//! How much of what it reads a part signs: the one rule behind coverage, signed fields, lint and the check of branches.

use super::{FlowSpec, HeaderSelect, Part, Place, Sorted, SortedFrom, Source, Step};

impl Part {
    /// Whether only a piece of what is read is left, or something that several values share: the rest could be changed
    /// unnoticed, so nothing of it is signed. Letter case, white space, the spelling of a number and percent-escapes do not count:
    /// what remains of them is the value as the scheme means it.
    pub fn is_cut(&self) -> bool {
        let mut before: Option<&Step> = None;
        self.then.iter().any(|step| {
            let cuts = match step {
                Step::Take(_)
                | Step::AfterLast(_)
                | Step::Piece { .. }
                | Step::RemoveFirst(_)
                | Step::StripPrefix { optional: true, .. } => true,
                // After `decimals` the number of digits tells whether it was there; else 1 and 10 would be one amount.
                Step::StripSuffix { optional: true, .. } => {
                    !matches!(before, Some(Step::Decimals(places)) if *places > 0)
                }
                _ => false,
            };
            before = Some(step);
            cuts
        })
    }

    /// Those of [`Part::children`] that are signed whole with this part, and always: not the text of which one member is read,
    /// not the currency that only tells a number of digits, not the lines that a list of headers may or may not name.
    pub fn whole_children(&self) -> Vec<&Part> {
        let mut all: Vec<&Part> = Vec::new();
        match &self.source {
            Source::Group(parts) => all.extend(parts),
            Source::SignatureBase(input) => all.push(input),
            Source::CanonicalJson {
                from: Some(from),
                drop,
                ..
            } if drop.is_empty() => all.push(from),
            Source::Headers(block) => {
                if let HeaderSelect::List { names, .. } = &block.select {
                    all.push(names);
                }
            }
            _ => {}
        }
        for step in &self.then {
            match step {
                Step::HmacAsKey { data: parts, .. }
                | Step::HmacAsData { key: parts, .. }
                | Step::CipherAsKey { data: parts, .. } => all.extend(parts),
                _ => {}
            }
        }
        all
    }
}

impl Sorted {
    /// Whether every field is among them, with its name; left out is at most what [`is_told`].
    pub(crate) fn is_everything(&self, spec: &FlowSpec) -> bool {
        self.prefix.is_empty() && !self.only_values && is_told(spec, &self.drop)
    }

    /// Whether a field of this name is among them.
    pub(crate) fn takes(&self, name: &str) -> bool {
        let wanted = self.prefix.is_empty() || self.prefix.iter().any(|p| name.starts_with(p));
        wanted && !self.drop.iter().any(|d| d == name)
    }
}

/// What a source reads of the body.
pub(crate) enum OfBody<'p> {
    /// All of it, or every field with its name: left out is at most what [`is_told`].
    All,
    /// All fields but some, only those of some names, or values without names.
    Some(&'p Source),
    /// One member or form field.
    Member(&'p str),
}

impl Source {
    /// What is read of the body; the parts inside and a let are not followed.
    pub(crate) fn of_body(&self, spec: &FlowSpec) -> Option<OfBody<'_>> {
        let all = match self {
            Source::Body | Source::Payload => true,
            Source::CanonicalJson {
                from: None, drop, ..
            } => is_told(spec, drop),
            Source::Leaves(leaves) => leaves.kv.is_some() && is_told(spec, &leaves.drop),
            Source::Sorted(sorted) if sorted.from != SortedFrom::Query => {
                sorted.is_everything(spec)
            }
            Source::Json(json) if json.from.is_none() => return Some(OfBody::Member(&json.path)),
            Source::Form { name, .. } => return Some(OfBody::Member(name)),
            _ => return None,
        };
        Some(match all {
            true => OfBody::All,
            false => OfBody::Some(self),
        })
    }

    /// Whether a list of the body's fields has that of this name.
    pub(crate) fn takes_member(&self, name: &str) -> bool {
        let top = |path: &str| path.split('.').next() == name.split('.').next();
        match self {
            Source::CanonicalJson {
                from: None, drop, ..
            } => !drop.iter().any(|d| top(d)),
            Source::Leaves(leaves) => !leaves.drop.iter().any(|d| d == name),
            Source::Sorted(sorted) => sorted.from != SortedFrom::Query && sorted.takes(name),
            _ => false,
        }
    }
}

/// Whether nothing is left out but the signature itself and texts that are compared with the recipe's own.
fn is_told(spec: &FlowSpec, drop: &[String]) -> bool {
    drop.iter().all(|name| {
        spec.fields.iter().any(|field| {
            let own = match &field.place {
                Place::Json(path) | Place::Form(path) | Place::Query(path) => path,
                Place::Header(_) | Place::Cookie(_) => return false,
            };
            let fixed = field.content.holes().next().is_none();
            let compared = fixed && !field.optional && field.when.is_none();
            (field.content.has_signature() || compared) && (own == name || field.or.contains(name))
        })
    })
}
