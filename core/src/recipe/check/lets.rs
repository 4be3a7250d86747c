//! Named values form a finite, acyclic whole.

use super::{Check, In, wrong};
use crate::recipe::MAX_DEPTH;
use crate::recipe::model::*;

/// Parts that one string may come to when every let is written out: lets that double each other would otherwise grow without end.
pub const MAX_EXPANSION: u32 = 4096;

/// Parts and lets of a flow, or of a flow with variants.
pub(in crate::recipe) type Lets<'p> = &'p dyn Fn(LetId) -> Option<&'p Part>;

/// Measures parts with their lets written out; each let is measured once.
pub(in crate::recipe) struct Measure<'p> {
    lets: Lets<'p>,
    known: Vec<(LetId, Size)>,
    open: Vec<LetId>,
}

#[derive(Clone, Copy)]
struct Size {
    depth: u32,
    parts: u32,
}

impl<'p> Measure<'p> {
    pub fn new(lets: Lets<'p>) -> Self {
        Measure {
            lets,
            known: Vec::new(),
            open: Vec::new(),
        }
    }

    /// How many parts it comes to; what is wrong if it has no end or is too large or deep.
    pub fn parts(&mut self, part: &Part) -> Result<u32, &'static str> {
        self.part(part).map(|size| size.parts)
    }

    fn part(&mut self, part: &Part) -> Result<Size, &'static str> {
        let mut whole = Size { depth: 0, parts: 1 };
        for child in part.children() {
            whole.add(self.part(child)?);
        }
        if let Source::Let(id) = part.source {
            whole.add(self.named(id)?);
        }
        whole.depth += 1;
        if whole.depth > MAX_DEPTH {
            return Err("stands more than 16 deep when its lets are followed");
        }
        if whole.parts > MAX_EXPANSION {
            return Err("comes to more than 4096 parts when its lets are written out");
        }
        Ok(whole)
    }

    fn named(&mut self, id: LetId) -> Result<Size, &'static str> {
        if let Some((_, size)) = self.known.iter().find(|(known, _)| *known == id) {
            return Ok(*size);
        }
        if self.open.contains(&id) {
            return Err("refers to itself through its lets");
        }
        let Some(part) = (self.lets)(id) else {
            return Ok(Size { depth: 0, parts: 0 });
        };
        self.open.push(id);
        let size = self.part(part)?;
        self.open.pop();
        self.known.push((id, size));
        Ok(size)
    }
}

impl Size {
    fn add(&mut self, other: Size) {
        self.depth = self.depth.max(other.depth);
        self.parts = self.parts.saturating_add(other.parts);
    }
}

pub(super) fn check(seen: &In) -> Check {
    let parts = seen.parts();
    let plain = |id: LetId| seen.spec.let_part(id);
    all(seen, &parts, &plain, None)?;
    for variant in &seen.spec.variants {
        let replaced = |id: LetId| {
            let other = variant.lets.iter().find(|(l, _)| *l == id);
            other.map(|(_, p)| p).or_else(|| plain(id))
        };
        all(seen, &parts, &replaced, Some(variant))?;
    }
    Ok(())
}

fn all(seen: &In, parts: &[(String, &Part)], lets: Lets, variant: Option<&Variant>) -> Check {
    let mut measure = Measure::new(lets);
    let variants = seen.path("variants.");
    let own = variant.map(|v| seen.path(format_args!("variants.{}.", v.name)));
    let mut message = 0u32;
    for (path, part) in parts {
        let chosen = own
            .as_ref()
            .is_some_and(|own| path.starts_with(own.as_str()));
        if path.starts_with(&variants) && !chosen {
            continue;
        }
        let size = measure
            .parts(part)
            .map_err(|what| wrong(part.line, path.clone(), what))?;
        if path.contains(".message[") {
            message = message.saturating_add(size);
            if message > MAX_EXPANSION {
                let what = "makes the message more than 4096 parts when its lets are written out";
                return Err(wrong(part.line, path.clone(), what));
            }
        }
    }
    Ok(())
}
