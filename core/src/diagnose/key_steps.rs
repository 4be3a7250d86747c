//! The steps from credentials to key, left out or changed.

use super::algorithm::wrong_hash;
use super::clue::Clue;
use crate::crypto::{Encoding, Hash};
use crate::recipe::{Part, Source, Step};

/// Steps from credentials to key, left out or changed.
pub(super) fn derivations(rule: &Part, see: &mut dyn FnMut(Clue, &Part)) {
    let mut put = |clue: Clue, then: Vec<Step>| {
        let part = Part {
            then,
            ..rule.clone()
        };
        see(clue, &part);
    };
    let skipped = |step: &Step| match step {
        Step::Decode(Encoding::Hex | Encoding::HexUpper) => "key-not-hex-decoded",
        Step::Decode(_) => "key-not-base64-decoded",
        Step::StripPrefix { .. } => "key-prefix-kept",
        Step::Encode(_) => "key-derivation-wrong-encoding",
        _ => "key-derivation-skipped",
    };
    let steps = &rule.then;
    for (index, step) in steps.iter().enumerate() {
        let mut rest = steps.clone();
        rest.remove(index);
        put(Clue::new(skipped(step)), rest);
        let mut replace = |clue: Clue, new: Step| {
            let mut then = steps.clone();
            then[index] = new;
            put(clue, then);
        };
        match step {
            Step::Hash(own) => {
                for hash in Hash::ALL {
                    if hash != *own {
                        let clue = Clue::about(
                            "key-derivation-wrong-hash",
                            wrong_hash(hash).replace("wrong-hash-", ""),
                        );
                        replace(clue, Step::Hash(hash));
                    }
                }
            }
            Step::Encode(own) => {
                for encoding in [
                    Encoding::Hex,
                    Encoding::HexUpper,
                    Encoding::Base64,
                    Encoding::Text,
                    Encoding::Base64Url,
                ] {
                    if encoding != *own {
                        replace(
                            Clue::about("key-derivation-wrong-encoding", encoding.name()),
                            Step::Encode(encoding),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    // From some step on, nothing was done.
    for index in 0..steps.len().saturating_sub(1) {
        let first = steps.get(index).map_or("key-derivation-skipped", skipped);
        let derived = steps
            .iter()
            .any(|s| matches!(s, Step::Hash(_) | Step::HmacAsKey { .. }));
        let id = match steps.last() {
            _ if derived && index == 0 => "key-derivation-skipped",
            Some(Step::Decode(_)) => steps.last().map_or(first, skipped),
            _ => first,
        };
        put(Clue::new(id), steps[..index].to_vec());
    }
    if let Source::Group(parts) = &rule.source {
        for skip in 0..parts.len() {
            let mut rest = parts.clone();
            rest.remove(skip);
            let part = Part {
                source: Source::Group(rest),
                ..rule.clone()
            };
            see(Clue::new("key-derivation-skipped"), &part);
        }
    }
}
