#![allow(clippy::unwrap_used)]
use std::borrow::Cow;

use super::*;
use proptest::prelude::*;
use serde_json::value::RawValue;

fn paths(list: &[&str]) -> JsonPaths {
    JsonPaths::new(&list.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>())
}

/// The raw texts found at the paths.
fn read<'a>(text: &'a str, list: &[&str]) -> Result<Vec<Option<&'a str>>, JsonError> {
    let values = paths(list).read(text.as_bytes(), false)?;
    Ok((0..list.len())
        .map(|i| values.get(i).map(RawValue::get))
        .collect())
}

fn duplicate(path: &str) -> Result<Vec<Option<&'static str>>, JsonError> {
    Err(JsonError::Duplicate(path.into()))
}

#[test]
fn paths_split() {
    assert_eq!(split_path("a.b")[..], ["a", "b"]);
    assert_eq!(split_path(r"a\.b.c\\.d\e")[..], ["a.b", r"c\", r"d\e"]);
    assert_eq!(split_path("")[..], [""]);
    assert_eq!(split_path(r"a\")[..], [r"a\"]);
}

#[test]
fn reads_raw_values() {
    let text = r#" { "id" : 1.50, "x":[{},{"y":1}], "data":{"object":{"id":"a\u0041","n":null}}, "a.b":true , "é":1e999} "#;
    let list = [
        "id",
        "data.object.id",
        "data.object.n",
        "data.object",
        "x.1.y",
        r"a\.b",
        "é",
        "none",
        "data.none",
        "id.y",
        "x.2",
        "id",
    ];
    let expected = [
        Some("1.50"),
        Some(r#""a\u0041""#),
        Some("null"),
        Some(r#"{"id":"a\u0041","n":null}"#),
        Some("1"),
        Some("true"),
        Some("1e999"),
        None,
        None,
        None,
        None,
        Some("1.50"),
    ];
    assert_eq!(read(text, &list).unwrap(), expected);
}

#[test]
fn a_path_through_something_else_is_absent() {
    for value in [
        "1",
        "-1",
        "1.5",
        "1e999",
        "true",
        "null",
        r#""s""#,
        r#""\ud800""#,
        "[1]",
        "[]",
        "{}",
        r#"[{"b":1}]"#,
    ] {
        assert_eq!(
            read(&format!(r#"{{"a":{value},"c":2}}"#), &["a.b", "c"]).unwrap(),
            [None, Some("2")],
            "{value}"
        );
        assert_eq!(read(value, &["a.b", "c"]).unwrap(), [None, None], "{value}");
    }
}

#[test]
fn arrays_and_numeric_names() {
    assert_eq!(
        read(r#"{"a":["x","y"]}"#, &["a.1", "a.01", "a.2"]).unwrap(),
        [Some("\"y\""), None, None]
    );
    assert_eq!(read(r#"{"a":{"1":5}}"#, &["a.1"]).unwrap(), [Some("5")]);
    assert_eq!(
        read(r#"[[1,2],[3]]"#, &["1.0", "0", "0.1"]).unwrap(),
        [Some("3"), Some("[1,2]"), Some("2")]
    );
    assert_eq!(
        read("[0,1,2,3,4,5,6,7,8,9,10]", &["10"]).unwrap(),
        [Some("10")]
    );
    assert_eq!(read("[1,2]", &["+1", "", "1x"]).unwrap(), [None; 3]);
    assert_eq!(read("[1]", &["99999999999999999999999"]).unwrap(), [None]);
}

#[test]
fn more_paths_than_fit_inline() {
    let names: Vec<String> = (0..300).map(|i| format!("o.m{i}")).collect();
    let members: Vec<String> = (0..300).map(|i| format!(r#""m{i}":{i}"#)).collect();
    let text = format!(r#"{{"o":{{{}}}}}"#, members.join(","));
    let values = JsonPaths::new(&names).read(text.as_bytes(), true).unwrap();
    for i in 0..300 {
        assert_eq!(values.get(i).unwrap().get(), i.to_string());
    }
    assert!(values.get(300).is_none());
    let twice = format!(r#"{{"o":{{{},"m299":0}}}}"#, members.join(","));
    assert_eq!(
        JsonPaths::new(&names)
            .read(twice.as_bytes(), true)
            .unwrap_err(),
        JsonError::Duplicate("o.m299".into())
    );
}

#[test]
fn duplicates_on_read_paths() {
    assert_eq!(read(r#"{"a":1,"a":1}"#, &["a"]), duplicate("a"));
    assert_eq!(
        read("{\"status\":1,\"\\u0073tatus\":2}", &["status"]),
        duplicate("status")
    );
    assert_eq!(read(r#"{"a":{},"a":{"b":1}}"#, &["a.b"]), duplicate("a"));
    assert_eq!(read(r#"{"a":{"b":1,"b":2}}"#, &["a.b"]), duplicate("a.b"));
    assert_eq!(
        read(r#"{"a":{"b":1,"b":2}}"#, &["a", "a.b"]),
        duplicate("a.b")
    );
    assert_eq!(
        read(r#"{"a":[{"b.":1,"b.":2}]}"#, &[r"a.0.b\."]),
        duplicate(r"a.0.b\.")
    );
    // Also when the first pass fails for another reason.
    assert_eq!(
        read(r#"{"x":1e999,"a":1,"a":2}"#, &["x.y", "a"]),
        duplicate("a")
    );
    // Elsewhere they are nobody's business.
    assert_eq!(
        read(
            r#"{"b":1,"b":1,"c":{"a":1,"a":2},"a":{"d":1,"d":2}}"#,
            &["a"]
        )
        .unwrap(),
        [Some(r#"{"d":1,"d":2}"#)]
    );
}

#[test]
fn case_twins() {
    let check = |text: &str, path: &str| {
        paths(&[path])
            .read(text.as_bytes(), true)
            .map(|v| v.get(0).is_some())
    };
    let twin = |path: &str| Err(JsonError::Duplicate(path.into()));
    assert_eq!(check(r#"{"a":1,"A":1}"#, "a"), twin("a"));
    assert_eq!(check(r#"{"A":1}"#, "a"), twin("a"));
    assert_eq!(check(r#"{"o":{"sTatus":1}}"#, "o.status"), twin("o.status"));
    assert_eq!(check(r#"{"\u017ftatus":1}"#, "status"), twin("status"));
    assert_eq!(check("{\"\u{212a}ey\":1}", "key"), twin("key"));
    assert_eq!(check("{\"É\":1}", "é"), twin("é"));
    assert_eq!(check(r#"{"a":1,"b":{"A":2}}"#, "a"), Ok(true));
    assert_eq!(check(r#"{"a":1,"aa":2,"":3}"#, "a"), Ok(true));
    assert!(paths(&["a"]).read(br#"{"a":1,"A":1}"#, false).is_ok());
    // Two names that both are read are two names.
    assert!(paths(&["a", "A"]).read(br#"{"a":1,"A":1}"#, true).is_ok());
}

#[test]
fn refuses_what_is_not_json() {
    let not_json: [&[u8]; 26] = [
        b"",
        b" ",
        b"{",
        b"}",
        b"{}}",
        b"{} x",
        b"{\"a\":1,}",
        b"{a:1}",
        b"{'a':1}",
        b"[1,]",
        b"nul",
        b"NaN",
        b"01",
        b"+1",
        b".5",
        b"1.",
        b"\"a",
        b"\"\n\"",
        b"\"\0\"",
        b"\"\\x\"",
        b"{\"a\":1}\0",
        b"\xef\xbb\xbf{}",
        b"{\"a\":\"\xff\"}",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{\"a\":1 \"b\":2}",
        b"{\"a\":1}{\"a\":2}",
    ];
    for text in not_json {
        for list in [&["a"][..], &["a.b"], &[]] {
            assert!(
                matches!(paths(list).read(text, true), Err(JsonError::Malformed(_))),
                "{}",
                text.escape_ascii()
            );
        }
    }
    assert!(matches!(
        paths(&["a"]).read(br#"{"\ud800":1}"#, true),
        Err(JsonError::Malformed(_))
    ));
}

#[test]
fn errors_hold_no_content() {
    for text in [
        "{\"a\":hunter2}",
        "{\"a\":\"hunter2",
        "hunter2",
        "{\"hunter2\":1,}",
        "\"hunter2\" x",
    ] {
        let error = paths(&["a.b", "c"])
            .read(text.as_bytes(), true)
            .unwrap_err()
            .to_string();
        assert!(!error.contains("hunter2"), "{error}");
        assert!(error.contains("line 1 column"), "{error}");
    }
}

#[test]
fn syntax_errors_say_what_is_wrong() {
    for (text, what) in [("[1", "EOF"), ("[1 2]", "expected")] {
        let error = paths(&["a"]).read(text.as_bytes(), true).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
    }
}

#[test]
fn deep_and_long_texts() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    assert_eq!(
        read(&format!(r#"{{"x":{deep},"a":1}}"#), &["a"]).unwrap(),
        [Some("1")]
    );
    assert_eq!(read(&deep, &["a.b"]).unwrap(), [None]);
    assert_eq!(
        read(&format!(r#"{{"a":{deep}}}"#), &["a.b"]).unwrap(),
        [None]
    );
    assert!(read(&deep_objects, &["a.a.a.a"]).unwrap()[0].is_some());
    assert!(matches!(
        read(&"[".repeat(100_000), &["a"]),
        Err(JsonError::Malformed(_))
    ));
    let raw: &RawValue = serde_json::from_str(&deep).unwrap();
    assert_eq!(array_items(raw).unwrap().len(), 1);
    assert_eq!(scalar(raw).unwrap(), Scalar::Other);
    assert_eq!(member_count(deep_objects.as_bytes()), Some(1));

    let long = "x".repeat(1 << 20);
    let text = format!(r#"{{"{long}":0,"a":"{long}"}}"#);
    let values = paths(&["a"]).read(text.as_bytes(), true).unwrap();
    assert!(
        matches!(scalar(values.get(0).unwrap()).unwrap(), Scalar::String(Cow::Borrowed(s)) if s == long)
    );
}

#[test]
fn scalars() {
    let of = |text: &'static str| scalar(serde_json::from_str(text).unwrap());
    assert_eq!(of("null").unwrap(), Scalar::Null);
    assert_eq!(of("false").unwrap(), Scalar::Bool(false));
    assert_eq!(of(" -1.50E+2 ").unwrap(), Scalar::Number("-1.50E+2"));
    assert_eq!(of("0").unwrap().into_text().unwrap(), "0");
    assert!(matches!(
        of(r#""""#).unwrap(),
        Scalar::String(Cow::Borrowed(""))
    ));
    assert_eq!(
        of(r#""a\"\/\u0000\ud83d\ude00""#)
            .unwrap()
            .into_text()
            .unwrap(),
        "a\"/\0\u{1f600}"
    );
    assert_eq!(of("[]").unwrap(), Scalar::Other);
    assert_eq!(of("{}").unwrap().into_text(), None);
    for lone in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\ud83dx""#,
    ] {
        assert!(matches!(of(lone), Err(JsonError::Malformed(_))), "{lone}");
    }
}

#[test]
fn counts_and_items() {
    assert_eq!(member_count(b" {} "), Some(0));
    assert_eq!(member_count(br#"{"a":1,"b":{"c":2},"a":3}"#), Some(3));
    for none in [&b"[]"[..], b"1", b"", b"{", b"{}x", b"\xff"] {
        assert_eq!(member_count(none), None);
    }
    let items = |text: &'static str| array_items(serde_json::from_str(text).unwrap());
    assert_eq!(
        items("[ 1.0 , {\"a\": 2} ]")
            .unwrap()
            .iter()
            .map(|r| r.get())
            .collect::<Vec<_>>(),
        ["1.0", "{\"a\": 2}"]
    );
    assert!(matches!(items("{}"), Err(JsonError::Kind { .. })));
    assert!(matches!(members("[]"), Err(JsonError::Kind { .. })));
    assert!(matches!(members("x"), Err(JsonError::Malformed(_))));
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[abc]", inner), 0..4)
                .prop_map(|m| m.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_a_tree(value in any_json(), list in proptest::collection::vec("[abc012](\\.[abc012]){0,2}", 1..5)) {
        let text = value.to_string();
        let values = JsonPaths::new(&list).read(text.as_bytes(), false).unwrap();
        for (i, path) in list.iter().enumerate() {
            let expected = value.pointer(&format!("/{}", path.replace('.', "/")));
            let found = values.get(i).map(|raw| serde_json::from_str::<serde_json::Value>(raw.get()).unwrap());
            prop_assert_eq!(found.as_ref(), expected);
        }
    }

    #[test]
    fn accepts_what_serde_json_accepts(text in "[\\[\\]{}:,\" a1e\\\\u.-]{0,16}") {
        let valid = serde_json::from_str::<&RawValue>(&text).is_ok();
        let read = paths(&["a", "a.b", "1"]).read(text.as_bytes(), false);
        match read {
            Ok(_) => prop_assert!(valid),
            Err(JsonError::Duplicate(_)) => {}
            Err(_) => prop_assert!(!valid || text.contains("\\u")),
        }
    }

    #[test]
    fn strings_decode_as_serde_json_does(text in ".{0,20}") {
        let literal = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(string_text(&literal).unwrap(), text);
    }
}
