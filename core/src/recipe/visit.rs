//! Walking the parts of a recipe.

use super::{HeaderSelect, Part, Source, Step};

impl Part {
    /// The parts directly inside this one: groups, lists, sources of other texts, arguments of steps.
    pub fn children(&self) -> Vec<&Part> {
        let mut all: Vec<&Part> = Vec::new();
        match &self.source {
            Source::Group(parts) => all.extend(parts),
            Source::Json(json) => all.extend(json.from.as_ref().map(|f| &f.0)),
            Source::CanonicalJson {
                from: Some(from), ..
            } => all.push(from),
            Source::Headers(block) => {
                if let HeaderSelect::List { names, pseudo, .. } = &block.select {
                    all.push(names);
                    all.extend(pseudo.iter().map(|(_, p)| p));
                }
            }
            _ => {}
        }
        for step in &self.then {
            match step {
                Step::HmacAsKey { data: parts, .. }
                | Step::HmacAsData { key: parts, .. }
                | Step::Des3AsKey { data: parts } => all.extend(parts),
                _ => {}
            }
        }
        all
    }

    /// The same, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Part> {
        let mut all: Vec<&mut Part> = Vec::new();
        match &mut self.source {
            Source::Group(parts) => all.extend(parts),
            Source::Json(json) => all.extend(json.from.as_mut().map(|f| &mut f.0)),
            Source::CanonicalJson {
                from: Some(from), ..
            } => all.push(from),
            Source::Headers(block) => {
                if let HeaderSelect::List { names, pseudo, .. } = &mut block.select {
                    all.push(names);
                    all.extend(pseudo.iter_mut().map(|(_, p)| p));
                }
            }
            _ => {}
        }
        for step in &mut self.then {
            match step {
                Step::HmacAsKey { data: parts, .. }
                | Step::HmacAsData { key: parts, .. }
                | Step::Des3AsKey { data: parts } => all.extend(parts),
                _ => {}
            }
        }
        all
    }
}
