//! The search itself: single departures, other schemes' rules, pairs; within a counted budget and in a fixed order.

use super::Base;
use super::algorithm::{Judge, algorithms};
use super::clue::{Clue, Family, Scene, See};
use super::keys::{KeyState, forms};
use super::{address, body, headers, placement, structure, time, values};
use crate::plan::sink::Collect;
use std::collections::HashMap;

/// What a search may spend, in hundreds of bytes digested and as much again for each string.
pub(super) const BUDGET: u64 = 4_000_000;
/// Single mistakes of public keys and pairs may use so much; one check costs 2000.
const PUBLIC_KEY_BUDGET: u64 = 2_400_000;

/// A signature that fits, and the departures that make it fit.
pub(super) struct Match {
    pub(super) clues: Vec<Clue>,
}

/// The state of a search.
pub(super) struct Search {
    left: u64,
    /// Hypotheses tried.
    pub(super) tried: usize,
    /// By what was varied.
    pub(super) counts: Vec<(&'static str, usize)>,
    pub(super) found: Vec<Match>,
    /// Strings that were judged, and whether they matched.
    pub(super) seen: HashMap<u64, bool>,
    /// The rule itself fits: nothing but what the message shows is wrong.
    pub(super) rule_fits: bool,
    /// The key that signed what the rule says, be it in another form than the one that is known.
    pub(super) signer: Option<usize>,
    /// Strings of the rule itself: what leaves them as they are explains nothing.
    own: Vec<u64>,
    pub(super) stop: bool,
    pub(super) exhausted: bool,
    /// The string of the scene at hand: one buffer for all of them.
    scratch: Collect,
}

/// Why some things were not tried.
const KEYS: &str = "the key in another form, or another key that is known here";
const ALGORITHMS: &str = "another digest, a plain digest, swapped arguments";
pub(super) const VARIANTS: &str = "the recipe's variants";
pub(super) const SIBLINGS: &str = "the rules of other schemes";

impl Search {
    pub(super) fn new(public_key: bool) -> Search {
        Search {
            left: if public_key {
                PUBLIC_KEY_BUDGET
            } else {
                BUDGET
            },
            tried: 0,
            counts: Vec::new(),
            found: Vec::new(),
            seen: HashMap::new(),
            rule_fits: false,
            signer: None,
            own: Vec::new(),
            stop: false,
            exhausted: false,
            scratch: Collect::default(),
        }
    }

    fn count(&mut self, what: &'static str) {
        self.tried += 1;
        match self.counts.iter_mut().find(|(name, _)| *name == what) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((what, 1)),
        }
    }

    /// Pays for a hypothesis. False: nothing is left.
    fn pay(&mut self, cost: u64) -> bool {
        match self.left.checked_sub(cost) {
            Some(left) => self.left = left,
            None => {
                self.exhausted = true;
                self.stop = true;
            }
        }
        !self.stop
    }

    /// Judges one string under one key.
    pub(super) fn judge(
        &mut self,
        base: &Base<'_>,
        judge: &Judge,
        clues: &[&[Clue]],
        string: &[u8],
        what: &'static str,
    ) -> bool {
        if !self.pay(judge.cost(string, base.observed.len())) {
            return false;
        }
        self.count(what);
        let Some(nth) = judge.accepts(string, &base.observed) else {
            return false;
        };
        let mut all: Vec<Clue> = clues.concat();
        if let Some(seen) = base.observed.get(nth) {
            if seen.bytes.len() < 64
                && seen.bytes.len() < judge_len(judge)
                && !seen.clues.iter().any(|c| c.id == "hex-leading-zeros-lost")
            {
                all.push(Clue::new("signature-truncated"));
            }
            all.extend(seen.clues.iter().cloned());
        }
        if all.is_empty() {
            self.rule_fits = true;
        } else {
            self.found.push(Match { clues: all });
        }
        true
    }

    /// Judges a scene under every key. Gives whether its string is new.
    pub(super) fn scene(
        &mut self,
        base: &Base<'_>,
        clues: &[Clue],
        scene: Scene<'_>,
        what: &'static str,
    ) -> bool {
        let mut string = std::mem::take(&mut self.scratch);
        let fresh = self.under_each_key(base, clues, scene, what, &mut string);
        self.scratch = string;
        fresh
    }

    fn under_each_key(
        &mut self,
        base: &Base<'_>,
        clues: &[Clue],
        scene: Scene<'_>,
        what: &'static str,
        string: &mut Collect,
    ) -> bool {
        let mut fresh = false;
        for (index, key) in base.keys.iter().enumerate() {
            if self.stop {
                return false;
            }
            let again = index > 0 && !base.string_reads_credentials;
            if !again && !base.string(scene, &key.credentials, string) {
                self.pay(1);
                continue;
            }
            let mark = mark(index, &string.bytes);
            match self.seen.get(&mark) {
                // The same string by another name: another explanation, unless it is that of the rule.
                Some(true) if !self.own.contains(&mark) => {}
                Some(_) => {
                    self.pay(1);
                    continue;
                }
                None => fresh = true,
            }
            let matched = self.judge(base, &key.judge, &[clues, &key.clues], &string.bytes, what);
            self.seen.insert(mark, matched);
            if clues.is_empty() {
                self.own.push(mark);
                if matched {
                    self.signer.get_or_insert(index);
                }
            }
        }
        fresh
    }

    /// One departure at a time.
    pub(super) fn singles(&mut self, base: &Base<'_>, clues: &[Clue], what: Option<&'static str>) {
        self.scene(base, clues, base.scene(), what.unwrap_or("the rule itself"));
        if what.is_some() || self.rule_fits && base.jws.is_none() {
            return;
        }
        let mut string = Collect::default();
        let keys: Vec<&KeyState> = base.keys.iter().collect();
        for (index, key) in keys.iter().enumerate() {
            if !base.string(base.scene(), &key.credentials, &mut string) {
                continue;
            }
            let before = self.found.len();
            if let Some(hash) = base.hash() {
                algorithms(key, hash, &mut |clue, judge| {
                    self.judge(
                        base,
                        &judge,
                        &[&[clue], &key.clues],
                        &string.bytes,
                        ALGORITHMS,
                    );
                });
            }
            for (clue, string) in base.token_strings() {
                self.judge(
                    base,
                    &key.judge,
                    &[&[clue], &key.clues],
                    &string,
                    "another part of the token",
                );
            }
            forms(base, &key.credentials, &mut |clue, credentials, part| {
                self.form(base, key, clue, credentials, part, &string);
            });
            if self.found.len() > before {
                self.signer.get_or_insert(index);
            }
        }
        if !base.wire_parts.is_empty() {
            let scene = Scene {
                parts: &base.wire_parts,
                wire_lets: true,
                ..base.scene()
            };
            self.scene(
                base,
                &[Clue::new("sent-value-differs")],
                scene,
                "values as they were sent",
            );
        }
        if keys.iter().any(|k| k.judge.reads_string()) {
            departures(
                base,
                base.scene(),
                Family::Body,
                true,
                &mut |more, scene, family| {
                    if !self.stop {
                        self.scene(base, &[clues, more].concat(), scene, family.name());
                    }
                },
            );
        }
    }

    /// The rule's own string under another form of a key.
    fn form(
        &mut self,
        base: &Base<'_>,
        key: &KeyState,
        clue: Clue,
        credentials: crate::plan::keys::CredentialValues,
        part: Option<&crate::recipe::Part>,
        string: &Collect,
    ) {
        if self.stop {
            return;
        }
        let Some(form) = base.key(vec![clue], credentials, part) else {
            return;
        };
        let mut own = Collect::default();
        let string = if base.string_reads_credentials
            && base.string(base.scene(), &form.credentials, &mut own)
        {
            // With the string of the old key as well: the secret alone may be wrong.
            if own.bytes != string.bytes {
                self.judge(
                    base,
                    &form.judge,
                    &[&form.clues, &key.clues],
                    &string.bytes,
                    KEYS,
                );
            }
            &own
        } else {
            string
        };
        self.judge(
            base,
            &form.judge,
            &[&form.clues, &key.clues],
            &string.bytes,
            KEYS,
        );
    }
}

fn judge_len(judge: &Judge) -> usize {
    match judge {
        Judge::Mac(key) => key.hash().output_len(),
        Judge::Digest(hash) | Judge::Around { hash, .. } | Judge::Swapped { hash, .. } => {
            hash.output_len()
        }
        Judge::Prehashed { mac, .. } => mac.hash().output_len(),
        Judge::Fixed(digest) => digest.len(),
        _ => 0,
    }
}

/// A fixed hash: the same search takes the same way everywhere. Two strings with one mark would only hide a hypothesis, so
/// it need not withstand anybody; it is taken as often as the MAC and must not cost as much.
pub(super) fn mark(key: usize, string: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |state: u64, word: u64| ((state ^ word).wrapping_mul(FACTOR)).rotate_left(29);
    let (words, rest) = string.as_chunks::<8>();
    let start = mix(key as u64, string.len() as u64);
    let state = words
        .iter()
        .fold(start, |s, word| mix(s, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let state = mix(state, u64::from_le_bytes(last));
    (state ^ (state >> 32)).wrapping_mul(FACTOR)
}

type SeeFamily<'s> = &'s mut dyn FnMut(&[Clue], Scene<'_>, Family);

/// Every departure of a scene by one change, from a family on. Not `wide`: without the long lists.
pub(super) fn departures(
    base: &Base<'_>,
    scene: Scene<'_>,
    from: Family,
    wide: bool,
    see: SeeFamily<'_>,
) {
    for family in Family::ALL {
        if family < from {
            continue;
        }
        let see: See<'_> = &mut |clues, scene| see(clues, scene, family);
        match family {
            Family::Body => {
                if base.reads_body() {
                    body::body(scene, wide, see);
                }
            }
            Family::Address => address::address(scene, wide, see),
            Family::Headers => headers::headers(base, scene, wide, see),
            Family::Time => {
                if let (Some(spec), Some(text)) = (&base.plan.spec.timestamp, base.time_text()) {
                    let text = scene.time.map_or(text, |(text, _)| text);
                    time::time(spec, scene, text, wide, see);
                }
            }
            Family::Values => values::values(base, scene, wide, see),
            Family::Structure => {
                placement::placement(base, scene, see);
                structure::structure(&base.plan, scene, wide, see);
            }
        }
    }
}

impl Base<'_> {
    /// Whether any part reads the body.
    pub(super) fn reads_body(&self) -> bool {
        self.plan.signed_parts().iter().any(|p| p.reads_body())
    }
}
