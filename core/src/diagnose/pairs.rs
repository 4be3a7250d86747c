//! Two departures at once, in the order of how often they meet.

use super::Base;
use super::algorithm::{Judge, algorithms};
use super::clue::{Clue, Family, Scene};
use super::keys::{KeyState, forms};
use super::search::{Search, departures, mark};
use crate::plan::sink::Collect;

const PAIRS: &str = "two departures at once";

impl Search {
    /// Two departures at a time, in the order of how often they meet.
    pub(super) fn pairs(&mut self, base: &Base<'_>, variants: &[(Vec<Clue>, Base<'_>)]) {
        for (clues, base) in variants.iter().filter(|(clues, _)| clues.len() == 1) {
            departures(
                base,
                base.scene(),
                Family::Body,
                false,
                &mut |more, scene, _| {
                    if !self.stop {
                        self.scene(base, &[clues, more].concat(), scene, PAIRS);
                    }
                },
            );
        }
        if self.finished() {
            return;
        }
        self.key_pairs(base);
        if self.finished() || !base.signs() {
            return;
        }
        self.pairs_with_keys(base);
        if self.finished() {
            return;
        }
        departures(
            base,
            base.scene(),
            Family::Body,
            false,
            &mut |first, scene, family| {
                if self.stop || !self.scene_is_new(base, scene) {
                    return;
                }
                departures(base, scene, family, false, &mut |second, scene, _| {
                    if self.stop {
                        return;
                    }
                    if first
                        .iter()
                        .any(|f| second.iter().any(|s| s.id == f.id && s.about == f.about))
                        && family != Family::Structure
                    {
                        return;
                    }
                    self.scene(base, &[first, second].concat(), scene, PAIRS);
                });
                if !self.found.is_empty() {
                    self.stop = true;
                }
            },
        );
    }

    fn finished(&mut self) -> bool {
        if !self.found.is_empty() {
            self.stop = true;
        }
        self.stop
    }

    /// Whether a first departure changes anything: else it is no part of a pair.
    fn scene_is_new(&mut self, base: &Base<'_>, scene: Scene<'_>) -> bool {
        let Some(key) = base.keys.first() else {
            return false;
        };
        let mut string = Collect::default();
        if !base.string(scene, &key.credentials, &mut string) {
            return true;
        }
        // Seen as a single: the first time it comes by here, it is taken.
        let mark = mark(usize::MAX, &string.bytes);
        let rule = {
            let mut own = Collect::default();
            base.string(base.scene(), &key.credentials, &mut own) && own.bytes == string.bytes
        };
        self.seen.insert(mark, false).is_none() && !rule
    }

    /// Two departures of a key, or one of a key and one of the algorithm.
    fn key_pairs(&mut self, base: &Base<'_>) {
        let mut string = Collect::default();
        for key in &base.keys {
            if !base.string(base.scene(), &key.credentials, &mut string) {
                continue;
            }
            forms(base, &key.credentials, &mut |clue, credentials, part| {
                if self.stop {
                    return;
                }
                let first = [clue];
                if let (Some(form), Some(hash)) = (
                    base.key(first.to_vec(), credentials.clone(), part),
                    base.hash(),
                ) {
                    algorithms(&form, hash, &mut |clue, judge| {
                        self.judge(
                            base,
                            &judge,
                            &[&first, &[clue], &key.clues],
                            &string.bytes,
                            PAIRS,
                        );
                    });
                }
                forms(base, &credentials, &mut |clue, credentials, part| {
                    if self.stop || clue.id == first[0].id {
                        return;
                    }
                    if let Some(form) = base.key(Vec::new(), credentials, part) {
                        self.judge(
                            base,
                            &form.judge,
                            &[&first, &[clue], &key.clues],
                            &string.bytes,
                            PAIRS,
                        );
                    }
                });
            });
        }
    }

    /// One departure of the string and one of key or algorithm.
    fn pairs_with_keys(&mut self, base: &Base<'_>) {
        for key in &base.keys {
            let mut all: Vec<KeyState> = Vec::new();
            forms(base, &key.credentials, &mut |clue, credentials, part| {
                all.extend(base.key(vec![clue], credentials, part));
            });
            let mut judges: Vec<(Clue, Judge)> = Vec::new();
            if let Some(hash) = base.hash() {
                algorithms(key, hash, &mut |clue, judge| {
                    if judge.reads_string() {
                        judges.push((clue, judge));
                    }
                });
            }
            let mut string = Collect::default();
            departures(
                base,
                base.scene(),
                Family::Body,
                false,
                &mut |clues, scene, _| {
                    if self.stop || !base.string(scene, &key.credentials, &mut string) {
                        return;
                    }
                    let mark = mark(usize::MAX - 1, &string.bytes);
                    if self.seen.insert(mark, false).is_some() {
                        return;
                    }
                    for (clue, judge) in &judges {
                        self.judge(
                            base,
                            judge,
                            &[clues, std::slice::from_ref(clue), &key.clues],
                            &string.bytes,
                            PAIRS,
                        );
                    }
                    for form in &all {
                        let mut own = Collect::default();
                        let string = match base.string_reads_secret {
                            true if !base.string(scene, &form.credentials, &mut own) => continue,
                            true => &own,
                            false => &string,
                        };
                        self.judge(
                            base,
                            &form.judge,
                            &[clues, &form.clues, &key.clues],
                            &string.bytes,
                            PAIRS,
                        );
                    }
                },
            );
        }
    }
}
