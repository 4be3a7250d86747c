//! All fuzz targets in one program, since linking is what takes time: PAYSIG_FUZZ names the target. `fuzz/run` starts it.
//!
//! An input is pieces between the bytes 0x1F, so that a corpus can be read and written by hand. What a target asserts stands at
//! its top; a panic, an arithmetic overflow, an out-of-bounds access or a leak is a finding in every one.
#![no_main]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../core/tests/support/mod.rs"]
mod support;

mod abi;
mod conform;
mod differential;
mod jws;
mod keys;
mod messages;
mod recipe;
mod texts;

use std::sync::OnceLock;

type Target = fn(&[u8]);

/// Name and function of every target.
const TARGETS: [(&str, Target); 12] = [
    ("recipe", recipe::run),
    ("json", texts::json),
    ("url", texts::url),
    ("texts", texts::texts),
    ("keys", keys::run),
    ("jws", jws::run),
    ("sign", messages::sign),
    ("verify", messages::verify),
    ("diagnose", messages::diagnose),
    ("conform", conform::run),
    ("abi", abi::run),
    ("differential", differential::run),
];

fn target() -> Target {
    static CHOSEN: OnceLock<Target> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let name = std::env::var("PAYSIG_FUZZ").unwrap_or_default();
        let mut all = TARGETS.iter();
        match all.find(|(n, _)| *n == name) {
            Some((_, target)) => *target,
            None => panic!("PAYSIG_FUZZ names no target: {name:?}"),
        }
    })
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| target()(data));

/// The pieces of an input, and nothing for those that it lacks.
struct Pieces<'d>(std::slice::Split<'d, u8, fn(&u8) -> bool>);

impl<'d> Pieces<'d> {
    fn new(data: &'d [u8]) -> Self {
        fn separates(byte: &u8) -> bool {
            *byte == 0x1F
        }
        Pieces(data.split(separates as fn(&u8) -> bool))
    }

    fn next(&mut self) -> &'d [u8] {
        self.0.next().unwrap_or_default()
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(self.next()).into_owned()
    }

    /// A number from the first two bytes of a piece.
    fn number(&mut self) -> usize {
        let piece = self.next();
        piece
            .iter()
            .take(2)
            .fold(0, |n, b| n * 256 + usize::from(*b))
    }

    /// The rest, by twos.
    fn pairs(&mut self) -> Vec<(&'d [u8], &'d [u8])> {
        let mut all = Vec::new();
        while let Some(name) = self.0.next() {
            all.push((name, self.next()));
        }
        all
    }
}
