//! Named values form a finite, acyclic whole.

use super::{Check, In, wrong};
use crate::recipe::MAX_DEPTH;
use crate::recipe::model::*;

/// Parts that one string may come to when every let is written out: lets that double each other would otherwise grow without end.
pub const MAX_EXPANSION: u32 = 4096;

/// How deep and how large a part is with lets written out; what is wrong if it has no end or is too large.
pub(in crate::recipe) fn expansion(
    part: &Part,
    lets: &dyn Fn(LetId) -> Option<Part>,
) -> Result<(u32, u32), &'static str> {
    measure(part, lets, &mut Vec::new())
}

type Lets<'l> = &'l dyn Fn(LetId) -> Option<Part>;

fn measure(part: &Part, lets: Lets, open: &mut Vec<LetId>) -> Result<(u32, u32), &'static str> {
    let (mut depth, mut size) = (0, 1u32);
    let mut add = |(d, s): (u32, u32)| {
        depth = depth.max(d);
        size = size.saturating_add(s);
    };
    for child in part.children() {
        add(measure(child, lets, open)?);
    }
    if let Source::Let(id) = part.source {
        if open.contains(&id) {
            return Err("refers to itself through its lets");
        }
        // Every let on the way is one level, so an endless chain ends here.
        if open.len() >= MAX_DEPTH as usize {
            return Err(DEEP);
        }
        open.push(id);
        if let Some(part) = lets(id) {
            add(measure(&part, lets, open)?);
        }
        open.pop();
    }
    if depth >= MAX_DEPTH {
        return Err(DEEP);
    }
    if size > MAX_EXPANSION {
        return Err("comes to more than 4096 parts when its lets are written out");
    }
    Ok((depth + 1, size))
}

const DEEP: &str = "stands more than 16 deep when its lets are followed";

pub(super) fn check(seen: &In) -> Check {
    let plain = |id: LetId| seen.spec.let_part(id).cloned();
    all(seen, &plain, None)?;
    for variant in &seen.spec.variants {
        let replaced = |id: LetId| {
            let other = variant
                .lets
                .iter()
                .find(|(l, _)| *l == id)
                .map(|(_, p)| p.clone());
            other.or_else(|| plain(id))
        };
        all(seen, &replaced, Some(variant))?;
    }
    Ok(())
}

fn all(seen: &In, lets: Lets, variant: Option<&Variant>) -> Check {
    let mut message = 0u32;
    for (path, part) in seen.parts() {
        let in_other_variant = path.contains(".variants.")
            && variant.is_none_or(|v| !path.contains(&format!(".variants.{}.", v.name)));
        if in_other_variant {
            continue;
        }
        let (_, size) =
            expansion(part, lets).map_err(|what| wrong(part.line, path.clone(), what))?;
        if path.contains(".message[") {
            message = message.saturating_add(size);
            if message > MAX_EXPANSION {
                return Err(wrong(
                    part.line,
                    path,
                    "makes the message more than 4096 parts when its lets are written out",
                ));
            }
        }
    }
    Ok(())
}
