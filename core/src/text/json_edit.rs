//! Adds members to JSON text without touching what is there: a signed body must reach the other side byte for byte.

use std::borrow::Cow;

use memchr::memchr2;
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::json::{JsonError, Segments, members, split_path, utf8};
use super::scan::has_control;

/// The body with members added at the end of the object that each path names (see [`split_path`]); objects that are missing on
/// the way are made. Values are JSON text. Everything else stays as it was, also blanks before a closing brace; an empty body
/// counts as `{}`. A member that is already there is [`JsonError::Duplicate`].
pub fn insert_members(body: &[u8], members: &[(&str, &str)]) -> Result<Vec<u8>, JsonError> {
    let text = if body.is_empty() { "{}" } else { utf8(body)? };
    let mut tree = Vec::with_capacity(members.len());
    let mut added = 0;
    for (path, value) in members {
        let value: &RawValue = serde_json::from_str(value)
            .map_err(|_| JsonError::Malformed(format!("the value to add as {path}")))?;
        plan(&mut tree, split_path(path), value.get(), path)?;
        added += path.len() + value.get().len() + 8;
    }
    let mut out = String::with_capacity(text.len() + added);
    insert(text, &tree, "", &mut out)?;
    Ok(out.into_bytes())
}

/// A JSON string literal of the text.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote_into(text, &mut out);
    out
}

/// Appends a JSON string literal of the text.
pub fn quote_into(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    if has_control(bytes) || memchr2(b'"', b'\\', bytes).is_some() {
        out.push_str(&serde_json::Value::from(text).to_string());
        return;
    }
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// A member to add, or one to go through.
struct Member<'a> {
    name: Cow<'a, str>,
    content: Content<'a>,
}

enum Content<'a> {
    Value(&'a str),
    Object(Vec<Member<'a>>),
}

/// Sorts one path into the tree of what is to be added.
fn plan<'a>(
    tree: &mut Vec<Member<'a>>,
    segments: Segments<'a>,
    value: &'a str,
    path: &str,
) -> Result<(), JsonError> {
    let mut level = tree;
    let last = segments.len() - 1;
    for (i, name) in segments.into_iter().enumerate() {
        let known = level.iter().position(|member| member.name == name);
        let at = match known {
            Some(_) if i == last => return Err(JsonError::Duplicate(path.to_owned())),
            Some(at) => at,
            None => {
                let content = if i == last {
                    Content::Value(value)
                } else {
                    Content::Object(vec![])
                };
                level.push(Member { name, content });
                level.len() - 1
            }
        };
        match &mut level[at].content {
            Content::Object(below) => level = below,
            Content::Value(_) if i == last => return Ok(()),
            Content::Value(_) => return Err(JsonError::Duplicate(path.to_owned())),
        }
    }
    Ok(())
}

/// Copies an object's text with the members added.
fn insert(text: &str, add: &[Member<'_>], path: &str, out: &mut String) -> Result<(), JsonError> {
    let existing = members(text).map_err(|e| match e {
        JsonError::Kind { expected, .. } => JsonError::Kind {
            path: path.to_owned(),
            expected,
        },
        e => e,
    })?;
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    let mut copied = 0;
    let mut met: SmallVec<[bool; 8]> = SmallVec::from_elem(false, add.len());
    for (name, value) in &existing {
        let Some(i) = add.iter().position(|member| member.name == *name) else {
            continue;
        };
        let Content::Object(members) = &add[i].content else {
            return Err(JsonError::Duplicate(below(name)));
        };
        if std::mem::replace(&mut met[i], true) {
            return Err(JsonError::Duplicate(below(name)));
        }
        let start = offset(text, value.get());
        out.push_str(&text[copied..start]);
        insert(value.get(), members, &below(name), out)?;
        copied = start + value.get().len();
    }
    let end = match existing.last() {
        Some((_, value)) => offset(text, value.get()) + value.get().len(),
        None => text.find('{').map_or(0, |brace| brace + 1),
    };
    out.push_str(&text[copied..end]);
    let mut first = existing.is_empty();
    for (member, met) in add.iter().zip(met) {
        if !met {
            write_member(member, &mut first, out);
        }
    }
    out.push_str(&text[end..]);
    Ok(())
}

fn write_member(member: &Member<'_>, first: &mut bool, out: &mut String) {
    if !std::mem::replace(first, false) {
        out.push(',');
    }
    quote_into(&member.name, out);
    out.push(':');
    match &member.content {
        Content::Value(value) => out.push_str(value),
        Content::Object(members) => {
            out.push('{');
            let mut first = true;
            for member in members {
                write_member(member, &mut first, out);
            }
            out.push('}');
        }
    }
}

/// Where a part that was borrowed from the text starts in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn add(body: &str, members: &[(&str, &str)]) -> Result<String, JsonError> {
        insert_members(body.as_bytes(), members).map(|out| String::from_utf8(out).unwrap())
    }

    fn duplicate(path: &str) -> Result<String, JsonError> {
        Err(JsonError::Duplicate(path.into()))
    }

    #[test]
    fn adds_at_the_end() {
        for (body, expected) in [
            (r#"{"a":1}"#, r#"{"a":1,"sig":"x"}"#),
            ("", r#"{"sig":"x"}"#),
            ("{}", r#"{"sig":"x"}"#),
            (" { } \n", " {\"sig\":\"x\" } \n"),
            (
                "{\n  \"a\" : 1.50\n}\n",
                "{\n  \"a\" : 1.50,\"sig\":\"x\"\n}\n",
            ),
            (
                r#"{"a":"}","é":"\u00e9\/"}"#,
                r#"{"a":"}","é":"\u00e9\/","sig":"x"}"#,
            ),
            (
                r#"{"a":{"sig":1},"a":2}"#,
                r#"{"a":{"sig":1},"a":2,"sig":"x"}"#,
            ),
        ] {
            assert_eq!(add(body, &[("sig", "\"x\"")]).unwrap(), expected);
        }
        assert_eq!(add(r#"{"a":1}"#, &[]).unwrap(), r#"{"a":1}"#);
        assert_eq!(
            add("", &[("b", "1.0"), ("a", " {} "), (r"c\.\\d", "null")]).unwrap(),
            r#"{"b":1.0,"a":{},"c.\\d":null}"#
        );
    }

    #[test]
    fn adds_below() {
        let body = r#"{"h":{"k":1 }, "z":[ ] }"#;
        assert_eq!(
            add(
                body,
                &[
                    ("h.sig", "1"),
                    ("m.n.o", "2"),
                    ("top", "3"),
                    ("h.t", "4"),
                    ("m.n.p", "5")
                ]
            )
            .unwrap(),
            r#"{"h":{"k":1,"sig":1,"t":4 }, "z":[ ],"m":{"n":{"o":2,"p":5}},"top":3 }"#
        );
        assert_eq!(
            add(r#"{"a":{"b":{}},"c":1}"#, &[("a.b.d", "1"), ("a.e", "2")]).unwrap(),
            r#"{"a":{"b":{"d":1},"e":2},"c":1}"#
        );
    }

    #[test]
    fn refuses() {
        assert_eq!(add(r#"{"sig":null}"#, &[("sig", "1")]), duplicate("sig"));
        assert_eq!(
            add("{\"\\u0073ig\":null}", &[("sig", "1")]),
            duplicate("sig")
        );
        assert_eq!(add(r#"{"a":{"b":1}}"#, &[("a.b", "1")]), duplicate("a.b"));
        assert_eq!(add(r#"{"a":{},"a":{}}"#, &[("a.b", "1")]), duplicate("a"));
        assert_eq!(add("{}", &[("a", "1"), ("a", "2")]), duplicate("a"));
        assert_eq!(add("{}", &[("a", "1"), ("a.b", "2")]), duplicate("a.b"));
        assert_eq!(add("{}", &[("a.b", "1"), ("a", "2")]), duplicate("a"));
        for body in ["[]", "1", "null", "\"{}\""] {
            assert_eq!(
                add(body, &[("a", "1")]),
                Err(JsonError::Kind {
                    path: String::new(),
                    expected: "an object"
                })
            );
        }
        assert_eq!(
            add(r#"{"a":[]}"#, &[("a.b", "1")]),
            Err(JsonError::Kind {
                path: "a".into(),
                expected: "an object"
            })
        );
        for body in [" ", "{", "{}{}", "{\"a\":1,}", "{} x", "\u{feff}{}"] {
            assert!(
                matches!(add(body, &[("a", "1")]), Err(JsonError::Malformed(_))),
                "{body}"
            );
        }
        assert!(matches!(
            insert_members(b"{\"a\":\"\xff\"}", &[]),
            Err(JsonError::Malformed(_))
        ));
        let error = add("{}", &[("a", "hunter2")]).unwrap_err();
        assert_eq!(error.to_string(), "not JSON: the value to add as a");
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(add(&deep, &[("a", "1")]).unwrap().ends_with("],\"a\":1}"));
    }

    proptest! {
        #[test]
        fn the_body_stays(values in proptest::collection::btree_map("[a-d]", "[ a\\\\\"}\n]{0,4}", 0..4), before in "[ \n\t]{0,3}") {
            let inner: Vec<_> = values.iter().map(|(k, v)| format!("{}{before}:{}", quote(k), quote(v))).collect();
            let body = format!("{before}{{{before}{}{before}}}{before}", inner.join(","));
            let out = add(&body, &[("z", "0"), ("y.x", "1")]).unwrap();
            let added = if values.is_empty() { r#""z":0,"y":{"x":1}"# } else { r#","z":0,"y":{"x":1}"# };
            prop_assert_eq!(out.replacen(added, "", 1), body);
            let tree: serde_json::Value = serde_json::from_str(&out).unwrap();
            prop_assert_eq!(&tree["y"]["x"], 1);
            prop_assert_eq!(tree.as_object().unwrap().len(), values.len() + 2);
        }
    }
}
