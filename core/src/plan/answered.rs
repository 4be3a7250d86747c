//! What unsigned endpoint checks authenticate: a verifier must not take it for a message.

use crate::recipe::{CharClass, FlowSpec, MAX_DEPTH, Part, Source, Step};

/// The form of a text: see [`Step::Only`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    class: CharClass,
    min: usize,
    max: usize,
}

impl Bounds {
    pub(crate) fn holds(&self, text: &[u8]) -> bool {
        self.class.spells(text, self.min, self.max)
    }
}

/// The bounds of every text that an unsigned check may make a MAC of; lets are followed.
pub(super) fn bounds(spec: &FlowSpec) -> Vec<Bounds> {
    fn collect(spec: &FlowSpec, part: &Part, depth: u32, all: &mut Vec<Bounds>) {
        for step in &part.then {
            if let Step::Only { class, min, max } = *step {
                all.push(Bounds { class, min, max });
            }
        }
        if depth > MAX_DEPTH {
            return;
        }
        if let Source::Let(id) = part.source
            && let Some(part) = spec.let_part(id)
        {
            collect(spec, part, depth + 1, all);
        }
        for child in part.children() {
            collect(spec, child, depth + 1, all);
        }
    }
    let mut all = Vec::new();
    for check in spec.handshakes.iter().filter(|check| !check.signed) {
        for part in &check.answer {
            collect(spec, part, 0, &mut all);
        }
    }
    all
}
