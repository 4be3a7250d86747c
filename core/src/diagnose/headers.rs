//! Header texts and blocks of header lines as they may have been signed.

use super::Base;
use super::clue::{Clue, Scene, See};
use super::inline::{each_list, literal};
use super::order::orders;
use crate::plan::keys::CredentialValues;
use crate::recipe::{HeaderBlock, HeaderSelect, Part, Source};
use crate::{Header, Message};

/// Every departure of headers.
pub(super) fn headers(base: &Base<'_>, scene: Scene<'_>, wide: bool, see: See<'_>) {
    charset(scene, see);
    each_list(scene.parts, &mut |list, rebuild| {
        for (index, part) in list.iter().enumerate() {
            let mut put = |clue: Clue, part: Part| {
                let mut new = list.to_vec();
                new[index] = part;
                let parts = rebuild(new);
                see(
                    &[clue],
                    Scene {
                        parts: &parts,
                        ..scene
                    },
                );
            };
            match &part.source {
                Source::Headers(rule) => {
                    settings(part, rule, &mut put);
                    lines(base, scene, part, rule, wide, &mut put);
                }
                Source::Header { name, .. } => values(&scene.message, name, part, &mut put),
                _ => {}
            }
        }
    });
}

/// All header texts in another charset.
fn charset(scene: Scene<'_>, see: See<'_>) {
    let latin1 = |value: &[u8]| -> Vec<u8> {
        let text: String = value.iter().map(|&b| char::from(b)).collect();
        text.into_bytes()
    };
    let narrow = |value: &[u8]| -> Vec<u8> {
        let text = std::str::from_utf8(value).ok();
        let bytes = text.and_then(super::charset::single_bytes);
        bytes.unwrap_or_else(|| value.to_vec())
    };
    if scene.message.headers.iter().all(|h| h.value.is_ascii()) {
        return;
    }
    for (id, convert) in [
        ("header-latin1", &latin1 as &dyn Fn(&[u8]) -> Vec<u8>),
        ("header-utf8", &narrow),
    ] {
        let values: Vec<Vec<u8>> = scene
            .message
            .headers
            .iter()
            .map(|h| convert(h.value))
            .collect();
        let headers: Vec<Header<'_>> = scene
            .message
            .headers
            .iter()
            .zip(&values)
            .map(|(h, value)| Header {
                name: h.name,
                value,
            })
            .collect();
        let message = Message {
            headers: &headers,
            ..scene.message
        };
        see(&[Clue::new(id)], Scene { message, ..scene });
    }
}

type Put<'p> = &'p mut dyn FnMut(Clue, Part);

fn settings(part: &Part, rule: &HeaderBlock, put: Put<'_>) {
    let mut with = |clue: Clue, change: &dyn Fn(&mut HeaderBlock)| {
        let mut rule = rule.clone();
        change(&mut rule);
        put(
            clue,
            Part {
                source: Source::Headers(rule),
                ..part.clone()
            },
        );
    };
    if &rule.kv[..] == b":" {
        with(Clue::new("header-colon-blank"), &|r| {
            r.kv = b": "[..].into()
        });
    } else {
        with(Clue::new("header-colon-blank-missing"), &|r| {
            r.kv = b":"[..].into()
        });
    }
    with(Clue::new("header-names-not-lower-cased"), &|r| {
        r.names_as_written = !r.names_as_written;
    });
    with(Clue::new("header-names-left-out"), &|r| {
        r.with_names = false
    });
    with(Clue::new("header-blanks-collapsed"), &|r| {
        r.collapse = !r.collapse
    });
    let end = rule.end.clone();
    with(Clue::new("header-value-not-trimmed"), &|r| {
        r.end = [b" ", &end[..]].concat().into();
    });
    if rule.join {
        with(Clue::new("trailing-newline-added"), &|r| r.join = false);
    } else {
        with(Clue::new("separator-missing"), &|r| r.join = true);
    }
}

/// The block line by line: left out, in another order, too many.
fn lines(
    base: &Base<'_>,
    scene: Scene<'_>,
    part: &Part,
    rule: &HeaderBlock,
    wide: bool,
    put: Put<'_>,
) {
    let nobody = CredentialValues::default();
    let line_of = |header: &Header<'_>, rule: HeaderBlock| {
        let one = [*header];
        let message = Message {
            headers: &one,
            ..scene.message
        };
        let part = Part {
            source: Source::Headers(rule),
            ..part.clone()
        };
        base.value(
            Scene {
                message,
                parts: std::slice::from_ref(&part),
                ..scene
            },
            &nobody,
        )
    };
    let headers = scene.message.headers;
    let HeaderSelect::Prefix(prefix) = &rule.select else {
        return;
    };
    let stem = prefix.trim_end_matches('-');
    let separator = |join: bool| if join { &rule.end[..] } else { b"" };
    let whole = |lines: &[Vec<u8>]| literal(&lines.join(separator(rule.join)));
    let matching: Vec<&Header<'_>> = headers
        .iter()
        .filter(|h| h.name.to_ascii_lowercase().starts_with(prefix.as_bytes()))
        .collect();
    // The rule's own order: by lower-case name, duplicates as sent.
    let mut sorted = matching.clone();
    sorted.sort_by_key(|h| h.name.to_ascii_lowercase());
    let of = |headers: &[&Header<'_>], rule: &HeaderBlock| -> Vec<Vec<u8>> {
        headers
            .iter()
            .filter_map(|h| line_of(h, rule.clone()))
            .collect()
    };
    let all = of(&sorted, rule);
    if all.len() > 1 {
        for skip in 0..all.len() {
            let mut rest = all.clone();
            rest.remove(skip);
            put(
                Clue::about(format!("some-{stem}-header-left-out"), ""),
                whole(&rest),
            );
        }
        put(
            Clue::about("headers-unsorted", "in the order they were sent"),
            whole(&of(&matching, rule)),
        );
        orders(all.len(), if wide { 5 } else { 3 }, wide, &mut |order| {
            let lines: Vec<Vec<u8>> = order.iter().filter_map(|&i| all.get(i).cloned()).collect();
            put(Clue::new("headers-unsorted"), whole(&lines));
        });
        let mut as_written = rule.clone();
        as_written.names_as_written = true;
        let mut by_name = sorted.clone();
        by_name.sort_by_key(|h| h.name);
        put(
            Clue::about("header-names-not-lower-cased", "and sorted so"),
            whole(&of(&by_name, &as_written)),
        );
    }
    // Names in another spelling than the one sent.
    for style in [title as fn(&[u8]) -> Vec<u8>, |n: &[u8]| {
        n.to_ascii_uppercase()
    }] {
        let names: Vec<Vec<u8>> = sorted.iter().map(|h| style(h.name)).collect();
        let spelled: Vec<Header<'_>> = sorted
            .iter()
            .zip(&names)
            .map(|(h, name)| Header {
                name,
                value: h.value,
            })
            .collect();
        let mut as_written = rule.clone();
        as_written.names_as_written = true;
        let lines = of(&spelled.iter().collect::<Vec<_>>(), &as_written);
        put(Clue::new("header-names-not-lower-cased"), whole(&lines));
    }
    // Headers whose name holds the prefix somewhere.
    let near: Vec<&Header<'_>> = headers
        .iter()
        .filter(|h| {
            let name = h.name.to_ascii_lowercase();
            super::structure::find(&name, stem.as_bytes()).is_some()
        })
        .collect();
    if near.len() > matching.len() {
        let mut near = near;
        near.sort_by_key(|h| h.name.to_ascii_lowercase());
        let lines: Vec<Vec<u8>> = near
            .iter()
            .filter_map(|h| {
                let mut rule = rule.clone();
                let name = String::from_utf8_lossy(h.name).to_ascii_lowercase();
                rule.select = HeaderSelect::Prefix(name);
                line_of(h, rule)
            })
            .collect();
        put(Clue::new("header-block-too-wide"), whole(&lines));
    }
    // Blanks that the wire does not carry.
    for (index, line) in all.iter().enumerate() {
        let text = line.strip_suffix(&rule.end[..]).unwrap_or(line);
        let end = &line[text.len()..];
        let colon = super::structure::find(text, &rule.kv).map_or(0, |at| at + rule.kv.len());
        for (before, after) in [
            ("", " "),
            (" ", ""),
            (" ", " "),
            ("", "\t"),
            ("  ", "  "),
            ("", "  "),
            ("  ", ""),
        ] {
            let new = [
                &text[..colon],
                before.as_bytes(),
                &text[colon..],
                after.as_bytes(),
                end,
            ]
            .concat();
            let mut lines = all.clone();
            lines[index] = new;
            put(Clue::new("header-value-not-trimmed"), whole(&lines));
        }
    }
}

/// `X-Gcs-Request-Id`
fn title(name: &[u8]) -> Vec<u8> {
    let mut first = true;
    name.iter()
        .map(|b| {
            if std::mem::replace(&mut first, *b == b'-') {
                b.to_ascii_uppercase()
            } else {
                b.to_ascii_lowercase()
            }
        })
        .collect()
}

/// One signed header with another text.
fn values(message: &Message<'_>, name: &str, part: &Part, put: Put<'_>) {
    let mut text = |id: &'static str, value: &[u8]| {
        put(
            Clue::about(id, format!("header {name}")),
            Part {
                then: part.then.clone(),
                ..literal(value)
            },
        );
    };
    let found = message.headers.iter().find(|h| h.is(name.as_bytes()));
    let is_type = name.eq_ignore_ascii_case("content-type");
    let Some(header) = found else {
        if is_type {
            for usual in [
                "application/json",
                "application/json; charset=utf-8",
                "text/plain",
                "application/x-www-form-urlencoded",
            ] {
                text("content-type-not-sent", usual.as_bytes());
            }
        }
        for word in ["null", "None", "undefined"] {
            text("missing-header-as-text", word.as_bytes());
        }
        return;
    };
    let value = header.value.trim_ascii();
    text(
        if is_type {
            "content-type-empty"
        } else {
            "header-left-out"
        },
        b"",
    );
    if is_type {
        let media = value
            .split(|b| *b == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        text("content-type-parameters-differ", media);
        for more in [
            "; charset=utf-8",
            "; charset=UTF-8",
            ";charset=utf-8",
            ";charset=UTF-8",
        ] {
            text(
                "content-type-parameters-differ",
                &[media, more.as_bytes()].concat(),
            );
        }
        for other in [
            "application/json",
            "application/x-www-form-urlencoded",
            "text/plain",
        ] {
            if !media.eq_ignore_ascii_case(other.as_bytes()) {
                text("content-type-differs", other.as_bytes());
                text(
                    "content-type-differs",
                    format!("{other}; charset=utf-8").as_bytes(),
                );
                text(
                    "content-type-differs",
                    format!("{other}; charset=UTF-8").as_bytes(),
                );
            }
        }
    }
    for (before, after) in [("", " "), (" ", ""), (" ", " ")] {
        text(
            "header-value-not-trimmed",
            &[before.as_bytes(), value, after.as_bytes()].concat(),
        );
    }
    text("header-value-case-changed", &value.to_ascii_lowercase());
    text("header-value-case-changed", &value.to_ascii_uppercase());
}
