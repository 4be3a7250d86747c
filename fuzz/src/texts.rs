//! Readers of JSON, URLs, forms, times and encodings: what is read is what serde_json would read, and what is written is read
//! back.

use crate::Pieces;
use paysig::crypto::Encoding;
use paysig::text::json::{self, JsonPaths};
use paysig::text::json_canonical::{JsonStyle, sorted_leaves};
use paysig::text::{form, json_edit, url};
use paysig::time::TimeFormat;
use serde::de::IgnoredAny;

pub fn json(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let paths: Vec<String> = (0..3).map(|_| pieces.text()).collect();
    let text = pieces.next();
    let paths = JsonPaths::new(&paths);
    for twins in [false, true] {
        if let Ok(values) = paths.read(text, twins) {
            for i in 0..3 {
                let _ = values.get(i).map(json::scalar);
            }
        }
    }
    let valid = serde_json::from_slice::<IgnoredAny>(text).is_ok();
    if let Ok(text) = std::str::from_utf8(text)
        && let Ok(members) = json::members(text)
    {
        assert!(valid, "members of what is no JSON");
        for (_, value) in members {
            serde_json::from_str::<IgnoredAny>(value.get()).unwrap();
        }
    }
    for style in JsonStyle::ALL {
        let mut out = Vec::new();
        if style.write(text, &[], &mut out).is_ok() {
            assert!(valid, "a canonical form of what is no JSON");
        }
    }
    let _ = sorted_leaves(text, "&");
    if let Ok(body) = json_edit::insert_members(text, &[("added", "\"x\"")]) {
        serde_json::from_slice::<IgnoredAny>(&body).unwrap();
    }
}

pub fn url(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let (target, text) = (pieces.next(), pieces.next());
    let (path, query) = url::split_target(target);
    assert_eq!(
        path.len() + query.map_or(0, |q| q.len() + 1),
        target.len(),
        "path and query are the target"
    );
    url::has_dot_segments(path);
    for double in [false, true] {
        url::aws_encode_path_into(path, double, &mut Vec::new());
    }
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    url::aws_canonical_query_into(query.unwrap_or_default(), &mut once);
    url::aws_canonical_query_into(&once, &mut twice);
    assert_eq!(once, twice, "the canonical query of a canonical query");
    let (mut escaped, mut back) = (Vec::new(), Vec::new());
    url::percent_encode_into(text, &mut escaped);
    url::percent_decode_into(&escaped, &mut back);
    assert_eq!(back, text);
    if let Ok(text) = std::str::from_utf8(text)
        && let Some(parts) = url::url_parts(text)
    {
        parts.host_lower();
        parts.port_or_default();
    }
    // A field that is added is read back, last.
    let longer = url::append_query(target, "name", text);
    if !target.contains(&b'#') {
        let (_, query) = url::split_target(&longer);
        let last = url::query_pairs_decoded(query.unwrap(), url::Plus::Kept).last();
        assert_eq!(&*last.unwrap().1, text);
    }
    let longer = form::append_form(text, "name", target);
    assert_eq!(&*form::pairs(&longer).last().unwrap().1, target);
    if let Ok(pairs) = form::FormPairs::new(text) {
        assert_eq!(pairs.sorted(false).len(), pairs.pairs().len());
    }
}

pub fn texts(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let (text, bytes) = (pieces.next(), pieces.next());
    for encoding in Encoding::ALL {
        let name = encoding.name();
        let mut out = Vec::new();
        encoding.encode_into(bytes, &mut out);
        let back = encoding.decode(&out);
        assert_eq!(back.as_deref(), Some(bytes), "{name}");
        // One text for one value, but where line breaks are skipped.
        if encoding != Encoding::Base64Crlf
            && let Some(read) = encoding.decode(text)
        {
            let mut again = Vec::new();
            encoding.encode_into(&read, &mut again);
            assert_eq!(again, text, "{name}");
        }
        let read = encoding.decode_digest(text, 32);
        assert_eq!(
            read.is_some(),
            encoding.decode(text).is_some_and(|d| d.len() == 32)
        );
        let _ = encoding.decode_secret(text);
    }
    for format in TimeFormat::ALL {
        if let Some(time) = format.read(text) {
            let mut out = Vec::new();
            if format.write(time, &mut out).is_ok() {
                assert!(format.read(&out).is_some(), "{}", format.name());
            }
        }
    }
}
