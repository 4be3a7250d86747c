//! Sorted fields without the scheme's order, decoding or separators.

use super::Base;
use super::clue::{Clue, Scene};
use super::values::{Put, text_of, with};
use crate::recipe::{FieldEscape, Part, Sorted, SortedFrom, Source};
use crate::text::url;
use crate::text::url::split_target;

/// Fields of a form or query without the scheme's sorting, decoding or separators.
pub(super) fn sorted(base: &Base<'_>, scene: Scene<'_>, part: &Part, rule: &Sorted, put: Put<'_>) {
    let raw: Vec<&[u8]> = match rule.from {
        SortedFrom::Form => scene.message.body.split(|b| *b == b'&').collect(),
        SortedFrom::Query => {
            let query = split_target(scene.message.target).1.unwrap_or_default();
            query.split(|b| *b == b'&').collect()
        }
        _ => Vec::new(),
    };
    let signature = |name: &[u8]| base.plan.is_signature_field(name);
    let kept: Vec<(&[u8], &[u8])> = raw
        .iter()
        .filter(|p| !p.is_empty())
        .map(|piece| {
            let at = piece.iter().position(|b| *b == b'=').unwrap_or(piece.len());
            (&piece[..at], piece.get(at + 1..).unwrap_or_default())
        })
        .filter(|(name, value)| {
            let dropped = rule.drop.iter().any(|d| d.as_bytes() == *name);
            let empty = rule.drop_empty && value.is_empty();
            !(dropped || empty || signature(name))
        })
        .collect();
    let decoded = |text: &[u8]| {
        let mut out = Vec::new();
        url::form_decode_into(text, &mut out);
        out
    };
    let join = |pairs: &[(Vec<u8>, Vec<u8>)]| {
        let lines: Vec<Vec<u8>> = pairs
            .iter()
            .map(|(name, value)| match rule.only_values {
                true => value.clone(),
                false => [&name[..], &rule.kv, value].concat(),
            })
            .collect();
        lines.join(&rule.sep[..])
    };
    let mut as_sent: Vec<(Vec<u8>, Vec<u8>)> =
        kept.iter().map(|(n, v)| (decoded(n), decoded(v))).collect();
    put(
        Clue::new("form-params-unsorted"),
        text_of(part, &join(&as_sent)),
    );
    as_sent.sort_by_key(|(n, _)| n.to_ascii_lowercase());
    put(
        Clue::about("form-params-unsorted", "sorted without case"),
        text_of(part, &join(&as_sent)),
    );
    let mut escaped: Vec<(Vec<u8>, Vec<u8>)> =
        kept.iter().map(|(n, v)| (n.to_vec(), v.to_vec())).collect();
    put(
        Clue::new("form-values-not-decoded"),
        text_of(part, &join(&escaped)),
    );
    escaped.sort();
    put(
        Clue::new("form-values-not-decoded"),
        text_of(part, &join(&escaped)),
    );
    let mut change = |id: &'static str, change: &dyn Fn(&mut Sorted)| {
        let mut rule = rule.clone();
        change(&mut rule);
        put(Clue::new(id), with(part, Source::Sorted(rule)));
    };
    for (kv, sep) in [
        ("=", "&"),
        ("", ""),
        ("=", ""),
        (":", ","),
        ("=", ","),
        ("=", "|"),
        ("", "|"),
        ("", ","),
        ("", "&"),
        ("=", ";"),
        ("=", "\n"),
    ] {
        change(
            if rule.kv.is_empty() {
                "separator-added"
            } else {
                "separator-wrong"
            },
            &|r| (r.kv, r.sep) = (kv.as_bytes().into(), sep.as_bytes().into()),
        );
    }
    change("empty-fields-differ", &|r| r.drop_empty = !r.drop_empty);
    for escape in [FieldEscape::None, FieldEscape::Percent, FieldEscape::Php] {
        if escape != rule.encode {
            change("form-values-encoded", &|r| r.encode = escape);
        }
    }
    change("form-names-differ", &|r| r.only_values = !r.only_values);
    change("form-duplicates-differ", &|r| r.unique = !r.unique);
    change("dropped-fields-signed", &|r| r.drop.clear());
}
