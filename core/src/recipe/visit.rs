//! Walking the parts of a recipe.

use super::{FlowSpec, HeaderSelect, Part, Source, Step};

impl Part {
    /// This part and everything inside it; lets are not followed.
    pub(crate) fn each<'p>(&'p self, see: &mut dyn FnMut(&'p Part)) {
        see(self);
        for child in self.children() {
            child.each(see);
        }
    }

    /// The parts directly inside this one: groups, lists, sources of other texts, arguments of steps.
    pub fn children(&self) -> Vec<&Part> {
        let mut all: Vec<&Part> = Vec::new();
        match &self.source {
            Source::Group(parts) => all.extend(parts),
            Source::SignatureBase(input) => all.push(input),
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
                | Step::CipherAsKey { data: parts, .. }
                | Step::CurrencyDecimals(parts) => all.extend(parts),
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
            Source::SignatureBase(input) => all.push(input),
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
                | Step::CipherAsKey { data: parts, .. }
                | Step::CurrencyDecimals(parts) => all.extend(parts),
                _ => {}
            }
        }
        all
    }
}

impl FlowSpec {
    /// The parts that stand in the flow itself, lets and variants left out; not those inside them.
    pub(crate) fn own_parts(&self) -> Vec<&Part> {
        let mut all: Vec<&Part> = self.message.iter().collect();
        all.extend(self.sign_key.iter().chain(&self.verify_key));
        for require in &self.require {
            all.push(&require.value);
            all.extend(&require.equals);
        }
        if let Some(jws) = &self.jws {
            all.extend(jws.parts());
        }
        if let Some(token) = &self.token {
            all.extend(token.headers.iter().flat_map(|(_, parts)| parts));
            all.extend(&token.body);
        }
        all.extend(self.fetch.iter().filter_map(|f| f.url.as_ref()));
        all.extend(self.handshakes.iter().flat_map(|h| &h.answer));
        all
    }

    /// The same, to be changed.
    pub(crate) fn own_parts_mut(&mut self) -> Vec<&mut Part> {
        let mut all: Vec<&mut Part> = self.message.iter_mut().collect();
        all.extend(self.sign_key.iter_mut().chain(&mut self.verify_key));
        for require in &mut self.require {
            all.push(&mut require.value);
            all.extend(&mut require.equals);
        }
        if let Some(jws) = &mut self.jws {
            all.extend(jws.parts_mut());
        }
        if let Some(token) = &mut self.token {
            all.extend(token.headers.iter_mut().flat_map(|(_, parts)| parts));
            all.extend(&mut token.body);
        }
        all.extend(self.fetch.iter_mut().filter_map(|f| f.url.as_mut()));
        all.extend(self.handshakes.iter_mut().flat_map(|h| &mut h.answer));
        all
    }

    /// The parts that stand in the flow itself and in its variants, not those inside them.
    pub(crate) fn top_parts(&self) -> Vec<&Part> {
        let mut all = self.own_parts();
        all.extend(self.lets.iter().flatten());
        for variant in &self.variants {
            all.extend(variant.lets.iter().map(|(_, part)| part));
            all.extend(variant.sign_key.iter().chain(&variant.verify_key));
        }
        all
    }

    /// Every part of the flow and of its variants, with what stands inside; lets are not followed.
    pub(crate) fn each_part<'p>(&'p self, see: &mut dyn FnMut(&'p Part)) {
        for part in self.top_parts() {
            part.each(see);
        }
    }
}
