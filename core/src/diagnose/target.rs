//! Path and query as they may have been written into the string.

use super::clue::{Clue, Scene};
use super::inline::{literal, plain};
use super::values::{Put, text_of, with};
use crate::recipe::{Part, PathForm, QueryForm, Source, Step};
use crate::text::url;
use crate::text::url::{split_target, url_parts};

pub(super) fn path(scene: Scene<'_>, part: &Part, form: PathForm, put: Put<'_>) {
    let (raw, _) = split_target(scene.message.target);
    let double = super::structure::find(raw, b"%25").is_some();
    for (other, id) in [
        (
            PathForm::Decoded,
            if double {
                "path-double-encoded"
            } else {
                "path-decoded"
            },
        ),
        (PathForm::Raw, "path-raw"),
        (PathForm::Aws, "path-double-encoded"),
        (PathForm::AwsS3, "path-reencoded"),
    ] {
        if other != form {
            put(Clue::new(id), with(part, Source::Path(other)));
        }
    }
    let mut step = |id: &'static str, step: Step| {
        let mut new = part.clone();
        new.then.push(step);
        put(Clue::new(id), new);
    };
    step("path-lower-cased", Step::Lower);
    // Decoded and encoded again as a whole.
    let mut decoded = Vec::new();
    url::percent_decode_into(raw, &mut decoded);
    let own = |text: &[u8]| text_of(part, text);
    if let Some(rest) = raw.strip_prefix(b"/") {
        put(Clue::new("leading-slash-missing"), own(rest));
        // The API's base path is one to three segments.
        let mut cut = rest;
        for _ in 0..3 {
            let Some(at) = cut.iter().position(|b| *b == b'/') else {
                break;
            };
            put(Clue::new("base-path-left-out"), own(&cut[at..]));
            put(Clue::new("base-path-left-out"), own(&cut[at + 1..]));
            cut = &cut[at + 1..];
        }
    }
    if let Some(at) = raw.iter().rposition(|b| *b == b'/') {
        if let Some(semicolon) = raw[at..].iter().position(|b| *b == b';') {
            put(
                Clue::new("path-params-left-out"),
                own(&raw[..at + semicolon]),
            );
        }
        put(
            Clue::about("base-path-left-out", "all but the last segment"),
            own(&raw[at..]),
        );
    }
    if raw == b"/" {
        put(Clue::new("trailing-slash-differs"), own(b""));
    }
    for origin in origins(scene) {
        let clue = Clue::new("full-url-instead-of-path");
        let group = vec![literal(origin.as_bytes()), part.clone()];
        put(clue, plain(Source::Group(group)));
    }
    let host = scene.message.header_values(b"host").next();
    if let Some(host) = host {
        let group = vec![literal(host), part.clone()];
        put(
            Clue::about("full-url-instead-of-path", "with the host"),
            plain(Source::Group(group)),
        );
    }
}

/// `https://host` of the message, as far as it shows.
fn origins(scene: Scene<'_>) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(parts) = scene.message.url.and_then(url_parts) {
        all.push(format!("{}://{}", parts.scheme, parts.authority));
    }
    for name in [&b"host"[..], b"x-forwarded-host"] {
        for value in scene.message.header_values(name) {
            let host = String::from_utf8_lossy(value);
            all.push(format!("https://{host}"));
            all.push(format!("http://{host}"));
        }
    }
    all
}

pub(super) fn query(scene: Scene<'_>, part: &Part, form: QueryForm, lead: &[u8], put: Put<'_>) {
    let (_, raw) = split_target(scene.message.target);
    let Some(raw) = raw else {
        if !lead.is_empty() {
            put(
                Clue::about("separator-added", "the mark of a query that is not there"),
                literal(lead),
            );
        }
        return;
    };
    for (other, id) in [
        (QueryForm::Raw, "query-raw"),
        (QueryForm::Decoded, "query-decoded"),
        (QueryForm::Form, "query-form-decoded"),
        (QueryForm::Sorted, "query-sorted"),
    ] {
        // A query without order or + is not sorted or form-decoded.
        let possible = match other {
            QueryForm::Sorted => raw.contains(&b'&'),
            QueryForm::Form => raw.contains(&b'+'),
            _ => true,
        };
        if other != form && possible {
            let lead = lead.into();
            put(
                Clue::new(id),
                with(part, Source::Query { form: other, lead }),
            );
        }
    }
    let own = |query: &[u8]| text_of(part, &[lead, query].concat());
    let mut pieces: Vec<&[u8]> = raw.split(|b| *b == b'&').collect();
    pieces.sort_unstable();
    let sorted = pieces.join(&b'&');
    if sorted != raw {
        put(Clue::new("query-sorted"), own(&sorted));
        let mut decoded = Vec::new();
        url::percent_decode_into(&sorted, &mut decoded);
        put(Clue::new("query-sorted"), own(&decoded));
    }
    for style in &super::form::STYLES {
        let other = super::form::encode_pairs(raw, style);
        if other != raw {
            put(Clue::new("url-query-reencoded"), own(&other));
        }
    }
    if !lead.is_empty() {
        let lead = Box::default();
        put(
            Clue::about("separator-missing", "the mark before the query"),
            with(part, Source::Query { form, lead }),
        );
    }
}
