//! One part of the string written in another way.

use super::Base;
use super::clue::{Clue, Scene, See};
use super::fields::{all_fields, field, identifier};
use super::inline::{each_list, literal, plain};
use super::sorted::sorted;
use super::target::{path, query};
use crate::crypto::{Encoding, Hash};
use crate::recipe::{Part, Source, Step, UrlForm};
use crate::text::JsonStyle;

/// Every way to write one part differently.
pub(super) fn values(base: &Base<'_>, scene: Scene<'_>, wide: bool, see: See<'_>) {
    each_list(scene.parts, &mut |list, rebuild| {
        let mut put_list = |clue: Clue, new: Vec<Part>| {
            let parts = rebuild(new);
            see(
                &[clue],
                Scene {
                    parts: &parts,
                    ..scene
                },
            );
        };
        for (index, part) in list.iter().enumerate() {
            let mut put = |clue: Clue, part: Part| {
                let mut new = list.to_vec();
                new[index] = part;
                put_list(clue, new);
            };
            one(base, scene, part, wide, &mut put);
            steps(part, &mut put);
        }
        all_fields(base, scene, list, &mut put_list);
    });
}

/// Receives another form of one part.
pub(super) type Put<'p> = &'p mut dyn FnMut(Clue, Part);

fn one(base: &Base<'_>, scene: Scene<'_>, part: &Part, wide: bool, put: Put<'_>) {
    match &part.source {
        Source::Method => method(part, put),
        Source::Path(form) => path(scene, part, *form, put),
        Source::Query { form, lead } => query(scene, part, *form, lead, put),
        Source::Url(UrlForm::Full) => {
            put(Clue::new("path-instead-of-url"), plain(Source::Target));
            put(
                Clue::new("query-left-out"),
                plain(Source::Url(UrlForm::NoQuery)),
            );
        }
        Source::Body => body_hashed(base, part, put),
        Source::CanonicalJson { style, from, drop } => {
            for other in JsonStyle::ALL {
                if other != *style {
                    let source = Source::CanonicalJson {
                        style: other,
                        from: from.clone(),
                        drop: drop.clone(),
                    };
                    put(
                        Clue::about("canonical-json-style-differs", other.name()),
                        with(part, source),
                    );
                }
            }
            put(
                Clue::new("canonical-json-left-out"),
                with(part, Source::Body),
            );
        }
        Source::Sorted(rule) => sorted(base, scene, part, rule, put),
        Source::KeyId | Source::Credential(_) | Source::Nonce => identifier(base, scene, part, put),
        Source::Json(_) | Source::Form { .. } | Source::QueryField { .. } => {
            field(base, scene, part, wide, put);
        }
        _ => {}
    }
}

/// The same steps on another source.
pub(super) fn with(part: &Part, source: Source) -> Part {
    Part {
        source,
        ..part.clone()
    }
}

/// The same steps on a text.
pub(super) fn text_of(part: &Part, text: &[u8]) -> Part {
    Part {
        then: part.then.clone(),
        ..literal(text)
    }
}

fn method(part: &Part, put: Put<'_>) {
    for (id, step) in [
        ("method-lower-case", Step::Lower),
        ("method-upper-case", Step::Upper),
    ] {
        put(
            Clue::new(id),
            Part {
                then: vec![step],
                ..part.clone()
            },
        );
    }
    put(
        Clue::about("method-lower-case", "as it was given"),
        Part {
            then: vec![],
            ..part.clone()
        },
    );
}

/// The digest of the body instead of the body.
fn body_hashed(base: &Base<'_>, part: &Part, put: Put<'_>) {
    if !part.then.is_empty() {
        return;
    }
    let mut hashes = vec![Hash::Sha256, Hash::Md5, Hash::Sha512, Hash::Sha1];
    if let Some(own) = base.hash() {
        hashes.insert(0, own);
    }
    for hash in hashes {
        for encoding in [
            Encoding::Hex,
            Encoding::Base64,
            Encoding::Text,
            Encoding::HexUpper,
        ] {
            let then = vec![Step::Hash(hash), Step::Encode(encoding)];
            put(
                Clue::about(
                    "body-hashed-first",
                    format!("{} in {}", hash.name(), encoding.name()),
                ),
                Part {
                    then,
                    ..part.clone()
                },
            );
        }
    }
}

/// Digests, encodings and other steps of one part.
fn steps(part: &Part, put: Put<'_>) {
    for (index, step) in part.then.iter().enumerate() {
        let mut replace = |clue: Clue, step: Option<Step>| {
            let mut new = part.clone();
            new.then.splice(index..=index, step);
            put(clue, new);
        };
        match step {
            Step::Hash(hash) => {
                for other in Hash::ALL {
                    if other != *hash {
                        let id = super::algorithm::wrong_hash(other);
                        replace(
                            Clue::about(id, "for a digest inside the string"),
                            Some(Step::Hash(other)),
                        );
                    }
                }
            }
            Step::Encode(encoding) => {
                for other in Encoding::ALL {
                    if other != *encoding {
                        let clue = Clue::about("inner-digest-encoding-differs", other.name());
                        replace(clue, Some(Step::Encode(other)));
                    }
                }
            }
            _ if matches!(part.source, Source::Method) => {}
            Step::Upper => replace(Clue::new("case-step-left-out"), Some(Step::Lower)),
            Step::Lower => replace(Clue::new("case-step-left-out"), Some(Step::Upper)),
            _ => {}
        }
        let clue = match step {
            Step::Upper | Step::Lower if matches!(part.source, Source::Method) => {
                Clue::new("method-lower-case")
            }
            Step::Upper | Step::Lower => Clue::new("case-step-left-out"),
            Step::Hash(_) => Clue::new("inner-digest-left-out"),
            Step::Trim | Step::StripWhiteSpace => Clue::new("field-not-trimmed"),
            Step::DecimalInteger => Clue::new("leading-zeros-kept"),
            other => Clue::about("step-left-out", other.name()),
        };
        replace(clue, None);
    }
}
