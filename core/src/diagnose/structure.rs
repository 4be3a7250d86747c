//! Departures in the make-up of the string: parts left out, added, in another order; other separators.

use super::clue::{Clue, Scene, See};
use super::inline::{each_list, is_separator, literal, plain};
use super::order::orders;
use crate::plan::Plan;
use crate::recipe::{HeaderSelect, Part, PathForm, QueryForm, SortedFrom, Source, UrlForm};

/// What people put between parts.
const SEPARATORS: [&[u8]; 12] = [
    b"\n", b".", b":", b"|", b",", b"&", b" ", b"-", b"_", b";", b"/", b"\r\n",
];

/// Every departure in the make-up of the string, likely ones first. Not `wide`: without the long families.
pub(super) fn structure(plan: &Plan, scene: Scene<'_>, wide: bool, see: See<'_>) {
    each_list(scene.parts, &mut |list, rebuild| {
        let mut put = |clue: Clue, new: Vec<Part>| {
            let parts = rebuild(new);
            see(
                &[clue],
                Scene {
                    parts: &parts,
                    ..scene
                },
            );
        };
        left_out(plan, list, &mut put);
        newlines(list, &mut put);
        separators(list, wide, &mut put);
        order(list, wide, &mut put);
        added(plan, scene, list, &mut put);
    });
}

type Put<'p> = &'p mut dyn FnMut(Clue, Vec<Part>);

/// What it is called when this part is not signed.
fn left_out_id(plan: &Plan, part: &Part) -> Clue {
    let id = match &part.source {
        Source::Method => "method-left-out",
        Source::Header { name, .. } if name.eq_ignore_ascii_case("content-type") => {
            "content-type-line-left-out"
        }
        Source::Timestamp(_) => "timestamp-left-out",
        Source::KeyId | Source::Credential(_) => "account-id-left-out",
        Source::Nonce => "message-id-left-out",
        Source::Literal(_) => "literal-left-out",
        Source::Body | Source::CanonicalJson { .. } => "body-left-out",
        Source::Url(UrlForm::Full | UrlForm::NoQuery) => "url-left-out",
        Source::Query { .. } => "query-left-out",
        Source::Path(_) | Source::Target => "path-left-out",
        Source::Sorted(sorted) if sorted.from == SortedFrom::Query => "query-left-out",
        Source::Sorted(_) | Source::Leaves(_) => "form-params-left-out",
        Source::Headers(block) => {
            let id = match &block.select {
                HeaderSelect::Prefix(prefix) => {
                    format!("{}-headers-left-out", prefix.trim_end_matches('-'))
                }
                HeaderSelect::List { .. } => "headers-left-out".to_owned(),
            };
            return Clue::about(id, "");
        }
        _ => "field-left-out",
    };
    Clue::about(id, plan.label(part))
}

fn without(list: &[Part], range: std::ops::Range<usize>) -> Vec<Part> {
    [&list[..range.start], &list[range.end..]].concat()
}

fn left_out(plan: &Plan, list: &[Part], put: Put<'_>) {
    let separates = |i: Option<usize>| i.and_then(|i| list.get(i)).is_some_and(is_separator);
    for (i, part) in list.iter().enumerate() {
        if is_separator(part) {
            continue;
        }
        let clue = left_out_id(plan, part);
        if separates(Some(i + 1)) {
            put(clue.clone(), without(list, i..i + 2));
        }
        if separates(i.checked_sub(1)) {
            put(clue.clone(), without(list, i - 1..i + 1));
        }
        let clue = match &part.source {
            // The line stays, without its text.
            Source::Header { name, .. } if name.eq_ignore_ascii_case("content-type") => {
                Clue::new("content-type-empty")
            }
            _ => clue,
        };
        put(clue, without(list, i..i + 1));
    }
    let contents: Vec<&Part> = list.iter().filter(|p| !is_separator(p)).collect();
    if contents.len() > 2 {
        // One alone: everything else was forgotten.
        for part in &contents {
            if matches!(part.source, Source::Body) {
                let clue = Clue::about("only-the-body-signed", "");
                put(clue, vec![(*part).clone()]);
            }
        }
    }
}

fn newlines(list: &[Part], put: Put<'_>) {
    let ends_in_newline = |text: &[u8]| text.ends_with(b"\n");
    if let Some((last, rest)) = list.split_last()
        && let Source::Literal(text) = &last.source
        && ends_in_newline(text)
    {
        let mut new = rest.to_vec();
        new.push(literal(&text[..text.len() - 1]));
        put(Clue::new("trailing-newline-missing"), new);
    }
    for (id, end) in [
        ("trailing-newline-added", &b"\n"[..]),
        ("trailing-newline-added", b"\r\n"),
    ] {
        let mut new = list.to_vec();
        new.push(literal(end));
        put(Clue::new(id), new);
    }
    let swapped = |to: &[u8]| -> Option<Vec<Part>> {
        let mut any = false;
        let list = list
            .iter()
            .map(|part| match &part.source {
                Source::Literal(text) if text.contains(&b'\n') => {
                    any = true;
                    literal(&replace(text, b"\n", to))
                }
                Source::Headers(block) if block.end.contains(&b'\n') => {
                    any = true;
                    let mut block = block.clone();
                    block.end = replace(&block.end, b"\n", to).into();
                    Part {
                        source: Source::Headers(block),
                        ..part.clone()
                    }
                }
                _ => part.clone(),
            })
            .collect();
        any.then_some(list)
    };
    if let Some(new) = swapped(b"\r\n") {
        put(Clue::new("separator-crlf"), new);
    }
    if let Some(new) = swapped(b"\\n") {
        put(Clue::new("literal-backslash-n"), new);
    }
}

/// Every occurrence replaced.
pub(super) fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = find(rest, from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

pub(super) fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    (!what.is_empty() && text.len() >= what.len())
        .then(|| text.windows(what.len()).position(|w| w == what))
        .flatten()
}

fn separators(list: &[Part], wide: bool, put: Put<'_>) {
    let at: Vec<usize> = (0..list.len())
        .filter(|&i| is_separator(&list[i]))
        .collect();
    if !at.is_empty() {
        let without_all = list.iter().filter(|p| !is_separator(p)).cloned().collect();
        put(Clue::new("separator-missing"), without_all);
        for separator in SEPARATORS {
            let new = list
                .iter()
                .map(|p| match is_separator(p) {
                    true => literal(separator),
                    false => p.clone(),
                })
                .collect();
            put(Clue::new("separator-wrong"), new);
        }
    }
    if at.len() > 1 {
        for &i in &at {
            put(Clue::new("separator-missing"), without(list, i..i + 1));
            if wide {
                for separator in SEPARATORS {
                    let mut new = list.to_vec();
                    new[i] = literal(separator);
                    put(Clue::new("separator-wrong"), new);
                }
            }
        }
    }
    // Between parts that touch.
    let gaps: Vec<usize> = (1..list.len())
        .filter(|&i| !is_separator(&list[i - 1]) && !is_separator(&list[i]))
        .collect();
    for separator in SEPARATORS {
        let mut new = Vec::with_capacity(list.len() * 2);
        for (i, part) in list.iter().enumerate() {
            if gaps.contains(&i) {
                new.push(literal(separator));
            }
            new.push(part.clone());
        }
        if !gaps.is_empty() {
            put(Clue::new("separator-added"), new);
        }
        if gaps.len() > 1 && wide {
            for &gap in &gaps {
                let mut new = list.to_vec();
                new.insert(gap, literal(separator));
                put(Clue::new("separator-added"), new);
            }
        }
    }
}

/// The contents in another order; separators stay where they are.
fn order(list: &[Part], wide: bool, put: Put<'_>) {
    let at: Vec<usize> = (0..list.len())
        .filter(|&i| !is_separator(&list[i]))
        .collect();
    let limit = if wide { 5 } else { 3 };
    orders(at.len(), limit, wide, &mut |order| {
        let mut new = list.to_vec();
        for (place, &from) in at.iter().zip(order) {
            if let Some(part) = at.get(from).and_then(|&i| list.get(i)) {
                new[*place] = part.clone();
            }
        }
        put(Clue::new("part-order-wrong"), new);
    });
}

/// Parts that the scheme does not sign.
fn added(plan: &Plan, scene: Scene<'_>, list: &[Part], put: Put<'_>) {
    let has = |test: &dyn Fn(&Source) -> bool| scene.parts.iter().any(|p| anywhere(p, test));
    let mut more: Vec<(&'static str, Vec<Part>)> = Vec::new();
    if !has(&|s| matches!(s, Source::Body | Source::CanonicalJson { .. }))
        && !scene.message.body.is_empty()
    {
        more.push(("body-signed-too", vec![plain(Source::Body)]));
    }
    let path = || plain(Source::Path(PathForm::Raw));
    let query = || {
        plain(Source::Query {
            form: QueryForm::Raw,
            lead: b"?"[..].into(),
        })
    };
    let has_query = has(&|s| matches!(s, Source::Query { .. }));
    if !has(&|s| matches!(s, Source::Path(_) | Source::Url(UrlForm::Full))) {
        more.push(("path-signed-too", vec![path()]));
        if !has_query {
            more.push(("path-signed-too", vec![path(), query()]));
        }
    } else if !has_query && !has(&|s| matches!(s, Source::Url(UrlForm::Full))) {
        more.push(("query-signed-too", vec![query()]));
    }
    if !has(&|s| matches!(s, Source::Method)) {
        more.push(("method-signed-too", vec![plain(Source::Method)]));
        more.push(("method-signed-too", vec![plain(Source::Method), path()]));
    }
    if plan.spec.timestamp.is_some() && !has(&|s| matches!(s, Source::Timestamp(_))) {
        more.push(("timestamp-signed-too", vec![plain(Source::Timestamp(None))]));
    }
    if plan.spec.key_id.is_some() && !has(&|s| matches!(s, Source::KeyId | Source::Credential(_))) {
        more.push(("account-id-signed-too", vec![plain(Source::KeyId)]));
    }
    if !has(&|s| matches!(s, Source::Url(_))) && scene.message.url.is_some() {
        more.push(("url-signed-too", vec![plain(Source::Url(UrlForm::Full))]));
    }
    let usual = list.iter().find(|p| is_separator(p)).cloned();
    let bare = [None, usual, Some(literal(b"\n"))];
    for (id, parts) in more {
        for separator in &bare {
            for place in 0..=list.len() {
                let mut new = list[..place].to_vec();
                if let (Some(s), true) = (separator, place == list.len()) {
                    new.push(s.clone());
                }
                new.extend(parts.iter().cloned());
                if let (Some(s), true) = (separator, place < list.len()) {
                    new.push(s.clone());
                }
                new.extend_from_slice(&list[place..]);
                put(Clue::new(id), new);
            }
        }
    }
}

/// Whether this part, or one inside it, has such a source.
pub(super) fn anywhere(part: &Part, test: &dyn Fn(&Source) -> bool) -> bool {
    test(&part.source) || part.children().iter().any(|p| anywhere(p, test))
}
