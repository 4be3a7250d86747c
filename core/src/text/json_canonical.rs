//! Re-writes JSON text as some well-known writer would, for schemes that sign a re-serialised body. Numbers keep their
//! spelling: nobody can know whether the other side wrote 1.50 or 1.5, so what was sent is the best guess.

use super::json::{JsonError, Member, Scalar, Tree, scalar_text, string_text};

/// A writer of JSON. Objects and arrays stay what they are: an empty object is `{}` also in the PHP styles.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum JsonStyle {
    /// Only the blanks between tokens go; strings keep the escapes they came with.
    Compact,
    /// As [`Self::JsCompact`], with members sorted by the code points of their names, at every depth.
    SortedCompact,
    /// PHP's `json_encode` without flags: no blanks, `\/`, and `\uXXXX` for everything beyond ASCII. Order kept.
    PhpEscaped,
    /// As [`Self::PhpEscaped`], with members sorted.
    SortedPhpEscaped,
    /// Python's `json.dumps` without options: `, ` and `: `, `\uXXXX` for everything beyond ASCII. Order kept.
    PythonSpaced,
    /// Python's `json.dumps(.., sort_keys=True)`.
    PythonSorted,
    /// JavaScript's `JSON.stringify` without indent: no blanks, only `"`, `\` and control characters escaped. Order kept, also
    /// for names that are numbers.
    JsCompact,
    /// No JSON: member names, sorted, and values one after the other, without separators, quotes or escapes; nulls are empty,
    /// arrays keep their order (Trustly). Texts that differ can come out alike.
    SortedNamesAndValues,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    AsWritten,
    Js,
    Php,
    Python,
}

impl JsonStyle {
    /// Every style.
    pub const ALL: [Self; 8] = [
        Self::Compact,
        Self::SortedCompact,
        Self::PhpEscaped,
        Self::SortedPhpEscaped,
        Self::PythonSpaced,
        Self::PythonSorted,
        Self::JsCompact,
        Self::SortedNamesAndValues,
    ];

    /// The name recipes use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::SortedCompact => "sorted-compact",
            Self::PhpEscaped => "php-escaped",
            Self::SortedPhpEscaped => "sorted-php-escaped",
            Self::PythonSpaced => "python-spaced",
            Self::PythonSorted => "python-sorted",
            Self::JsCompact => "js-compact",
            Self::SortedNamesAndValues => "sorted-names-and-values",
        }
    }

    /// The style of that name.
    pub fn parse_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.name() == name)
    }

    const fn sorted(self) -> bool {
        matches!(
            self,
            Self::SortedCompact
                | Self::SortedPhpEscaped
                | Self::PythonSorted
                | Self::SortedNamesAndValues
        )
    }

    const fn separators(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::PythonSpaced | Self::PythonSorted => (b", ", b": "),
            _ => (b",", b":"),
        }
    }

    const fn escapes(self) -> Escapes {
        match self {
            Self::Compact => Escapes::AsWritten,
            Self::SortedCompact | Self::JsCompact | Self::SortedNamesAndValues => Escapes::Js,
            Self::PhpEscaped | Self::SortedPhpEscaped => Escapes::Php,
            Self::PythonSpaced | Self::PythonSorted => Escapes::Python,
        }
    }

    /// Appends the text in this style. A member written twice anywhere is [`JsonError::Duplicate`]: writers disagree about which
    /// one counts. Nested at most [`MAX_DEPTH`](super::json::MAX_DEPTH) deep. On an error nothing is appended. The members
    /// `drop` of the outermost object are left out.
    pub fn write(self, text: &[u8], drop: &[String], out: &mut Vec<u8>) -> Result<(), JsonError> {
        let mut tree = Tree::read(text)?;
        if let Tree::Object(members) = &mut tree {
            members.retain(|member| !drop.iter().any(|name| *name == member.name));
        }
        let start = out.len();
        out.reserve(text.len());
        let written = match self {
            Self::SortedNamesAndValues => write_bare(&tree, out),
            _ => self.write_tree(&tree, out),
        };
        written.inspect_err(|_| out.truncate(start))
    }

    fn write_tree(self, tree: &Tree<'_>, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let (comma, colon) = self.separators();
        match tree {
            Tree::Scalar(text) if text.starts_with('"') => self.write_string(text, out)?,
            Tree::Scalar(text) => out.extend_from_slice(text.as_bytes()),
            Tree::Array(items) => {
                out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.extend_from_slice(comma);
                    }
                    self.write_tree(item, out)?;
                }
                out.push(b']');
            }
            Tree::Object(members) => {
                let mut order: Vec<&Member<'_>> = members.iter().collect();
                if self.sorted() {
                    order.sort_unstable_by(|a, b| a.name.cmp(&b.name));
                }
                out.push(b'{');
                for (i, member) in order.into_iter().enumerate() {
                    if i > 0 {
                        out.extend_from_slice(comma);
                    }
                    self.write_string(member.literal, out)?;
                    out.extend_from_slice(colon);
                    self.write_tree(&member.value, out)?;
                }
                out.push(b'}');
            }
        }
        Ok(())
    }

    fn write_string(self, literal: &str, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let escapes = self.escapes();
        // Most strings hold no escape and need none.
        let plain = match escapes {
            Escapes::AsWritten => true,
            Escapes::Js => !literal.contains('\\'),
            Escapes::Php => literal
                .bytes()
                .all(|b| b.is_ascii() && b != b'\\' && b != b'/'),
            Escapes::Python => literal.bytes().all(|b| b < 0x7f && b != b'\\'),
        };
        if plain {
            out.extend_from_slice(literal.as_bytes());
            return Ok(());
        }
        out.push(b'"');
        for c in string_text(literal)?.chars() {
            write_char(c, escapes, out);
        }
        out.push(b'"');
        Ok(())
    }
}

fn write_bare(tree: &Tree<'_>, out: &mut Vec<u8>) -> Result<(), JsonError> {
    match tree {
        Tree::Scalar(text) => {
            let text = scalar_text(text)?.into_text().unwrap_or_default();
            out.extend_from_slice(text.as_bytes());
        }
        Tree::Array(items) => {
            for item in items {
                write_bare(item, out)?;
            }
        }
        Tree::Object(members) => {
            let mut order: Vec<&Member<'_>> = members.iter().collect();
            order.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            for member in order {
                out.extend_from_slice(member.name.as_bytes());
                write_bare(&member.value, out)?;
            }
        }
    }
    Ok(())
}

/// The three writers agree on everything but the slash, DEL and what is beyond ASCII.
fn write_char(c: char, escapes: Escapes, out: &mut Vec<u8>) {
    let short = match c {
        '"' | '\\' => Some(c as u8),
        '\u{8}' => Some(b'b'),
        '\u{c}' => Some(b'f'),
        '\n' => Some(b'n'),
        '\r' => Some(b'r'),
        '\t' => Some(b't'),
        '/' if escapes == Escapes::Php => Some(b'/'),
        _ => None,
    };
    let numeric = c < ' '
        || (escapes == Escapes::Python && c == '\u{7f}')
        || (escapes != Escapes::Js && !c.is_ascii());
    if let Some(short) = short {
        out.extend_from_slice(&[b'\\', short]);
    } else if numeric {
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
        }
    } else {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// A scalar and where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leaf<'a> {
    /// The names and array indexes that lead to it, joined by the caller's separator; empty if the text is a scalar.
    pub path: String,
    /// The value; never [`Scalar::Other`].
    pub value: Scalar<'a>,
}

/// All scalars of the text, sorted by the bytes of their joined paths, for schemes that join them. Empty objects and arrays
/// leave nothing. Duplicates and depth are refused as by [`JsonStyle::write`]; so are texts whose paths together are more than 16
/// times their length and 64 KiB, because a long name over many values would multiply.
pub fn sorted_leaves<'a>(text: &'a [u8], separator: &str) -> Result<Vec<Leaf<'a>>, JsonError> {
    let budget = text.len().saturating_mul(16).saturating_add(64 * 1024);
    let mut collected = Leaves {
        separator,
        leaves: vec![],
        budget,
    };
    collected.collect(&Tree::read(text)?, "")?;
    collected.leaves.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(collected.leaves)
}

struct Leaves<'a, 's> {
    separator: &'s str,
    leaves: Vec<Leaf<'a>>,
    /// How many more bytes of paths may be written.
    budget: usize,
}

impl<'a> Leaves<'a, '_> {
    fn collect(&mut self, tree: &Tree<'a>, path: &str) -> Result<(), JsonError> {
        match tree {
            Tree::Scalar(text) => self.leaves.push(Leaf {
                path: path.to_owned(),
                value: scalar_text(text)?,
            }),
            Tree::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.below(item, path, &i.to_string())?;
                }
            }
            Tree::Object(members) => {
                for member in members {
                    self.below(&member.value, path, &member.name)?;
                }
            }
        }
        Ok(())
    }

    fn below(&mut self, tree: &Tree<'a>, path: &str, name: &str) -> Result<(), JsonError> {
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            [path, self.separator, name].concat()
        };
        self.budget = self
            .budget
            .checked_sub(path.len())
            .ok_or(JsonError::TooLarge)?;
        self.collect(tree, &path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::borrow::Cow;

    use super::super::json::MAX_DEPTH;
    use super::*;
    use proptest::prelude::*;

    fn styled(style: JsonStyle, text: &str) -> Result<String, JsonError> {
        let mut out = b"<".to_vec();
        style.write(text.as_bytes(), &[], &mut out)?;
        Ok(String::from_utf8(out).unwrap().split_off(1))
    }

    #[test]
    fn styles() {
        // Python 3's and Node's writers give these texts for this value, but for the spelling of numbers.
        let text = " {\"b\" : [1.50, -0, {\"z\":true , \"y\":null}], \"a/\u{e9}\": \"\u{1f600}\\u00e9\\/\\n\\u001f\\\"\\\\\u{7f}\",\"B\":{}, \"c\":[ ] } ";
        for (style, expected) in [
            (
                JsonStyle::Compact,
                "{\"b\":[1.50,-0,{\"z\":true,\"y\":null}],\"a/\u{e9}\":\"\u{1f600}\\u00e9\\/\\n\\u001f\\\"\\\\\u{7f}\",\"B\":{},\"c\":[]}",
            ),
            (
                JsonStyle::JsCompact,
                "{\"b\":[1.50,-0,{\"z\":true,\"y\":null}],\"a/\u{e9}\":\"\u{1f600}\u{e9}/\\n\\u001f\\\"\\\\\u{7f}\",\"B\":{},\"c\":[]}",
            ),
            (
                JsonStyle::SortedCompact,
                "{\"B\":{},\"a/\u{e9}\":\"\u{1f600}\u{e9}/\\n\\u001f\\\"\\\\\u{7f}\",\"b\":[1.50,-0,{\"y\":null,\"z\":true}],\"c\":[]}",
            ),
            (
                JsonStyle::PhpEscaped,
                "{\"b\":[1.50,-0,{\"z\":true,\"y\":null}],\"a\\/\\u00e9\":\"\\ud83d\\ude00\\u00e9\\/\\n\\u001f\\\"\\\\\u{7f}\",\"B\":{},\"c\":[]}",
            ),
            (
                JsonStyle::SortedPhpEscaped,
                "{\"B\":{},\"a\\/\\u00e9\":\"\\ud83d\\ude00\\u00e9\\/\\n\\u001f\\\"\\\\\u{7f}\",\"b\":[1.50,-0,{\"y\":null,\"z\":true}],\"c\":[]}",
            ),
            (
                JsonStyle::PythonSpaced,
                "{\"b\": [1.50, -0, {\"z\": true, \"y\": null}], \"a/\\u00e9\": \"\\ud83d\\ude00\\u00e9/\\n\\u001f\\\"\\\\\\u007f\", \"B\": {}, \"c\": []}",
            ),
            (
                JsonStyle::PythonSorted,
                "{\"B\": {}, \"a/\\u00e9\": \"\\ud83d\\ude00\\u00e9/\\n\\u001f\\\"\\\\\\u007f\", \"b\": [1.50, -0, {\"y\": null, \"z\": true}], \"c\": []}",
            ),
        ] {
            assert_eq!(styled(style, text).unwrap(), expected, "{style:?}");
        }
        assert_eq!(styled(JsonStyle::PythonSpaced, " 1.0 ").unwrap(), "1.0");
        assert_eq!(styled(JsonStyle::JsCompact, r#""""#).unwrap(), r#""""#);
    }

    #[test]
    fn names_and_values_side_by_side() {
        // The examples of trustly-client-python's tests.
        for (text, expected) in [
            (
                r#"{"MyKey":"MyValue","MyArray":["Element1","Element2",{"mykey2":"myvalue2"}]}"#,
                "MyArrayElement1Element2mykey2myvalue2MyKeyMyValue",
            ),
            (
                r#"{"nullvalue":null,"array":["012","abc"],"deep1":{"deep2":{}},"n":[[[9,5]],["foo"]]}"#,
                "array012abcdeep1deep2n95foonullvalue",
            ),
            (r#""scalar""#, "scalar"),
            (r#"{"b":"\u00e9\n","a":true}"#, "atrueb\u{e9}\n"),
        ] {
            assert_eq!(
                styled(JsonStyle::SortedNamesAndValues, text).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn sorts_by_code_point() {
        // UTF-16 order would put the emoji before U+FF21.
        assert_eq!(
            styled(
                JsonStyle::SortedCompact,
                r#"{"😀":1,"Ａ":2,"é":3,"e":4,"E":5,"":6,"10":7,"9":8}"#
            )
            .unwrap(),
            r#"{"":6,"10":7,"9":8,"E":5,"e":4,"é":3,"Ａ":2,"😀":1}"#
        );
        // By the name, not by its spelling.
        assert_eq!(
            styled(JsonStyle::SortedCompact, "{\"b\":1,\"\\u0061\":2}").unwrap(),
            r#"{"a":2,"b":1}"#
        );
    }

    #[test]
    fn refuses() {
        for style in JsonStyle::ALL {
            assert_eq!(JsonStyle::parse_name(style.name()), Some(style));
            assert_eq!(
                styled(style, r#"{"x":[{"a":1,"\u0061":2}]}"#),
                Err(JsonError::Duplicate("x.a".into()))
            );
            for text in [
                "",
                "{",
                "{} x",
                "[1,]",
                "{\"a\":1,}",
                "\u{feff}{}",
                "tru",
                "{\"\\ud800\":1}",
            ] {
                assert!(
                    matches!(styled(style, text), Err(JsonError::Malformed(_))),
                    "{text}"
                );
            }
            let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
            let written = styled(style, &nested(MAX_DEPTH)).unwrap();
            assert!(written == nested(MAX_DEPTH) || style == JsonStyle::SortedNamesAndValues);
            let around = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
            assert!(styled(style, &around(MAX_DEPTH)).is_ok());
            for deep in [around(MAX_DEPTH + 1), nested(MAX_DEPTH + 1), nested(10_000)] {
                assert_eq!(styled(style, &deep), Err(JsonError::TooDeep(MAX_DEPTH)));
            }
            assert_eq!(
                styled(
                    style,
                    &format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000))
                ),
                Err(JsonError::TooDeep(MAX_DEPTH))
            );
            let mut out = b"kept".to_vec();
            assert!(style.write(b"{\"a\":\"\xff\"}", &[], &mut out).is_err());
            assert_eq!(out, b"kept");
        }
        let mut out = b"kept".to_vec();
        assert!(matches!(
            JsonStyle::JsCompact.write(br#"["a","\ud800"]"#, &[], &mut out),
            Err(JsonError::Malformed(_))
        ));
        assert_eq!(out, b"kept");
        let long = format!("[\"{}\"]", "x\\n".repeat(1 << 18));
        assert_eq!(styled(JsonStyle::PhpEscaped, &long).unwrap(), long);
    }

    #[test]
    fn leaves() {
        let text = r#"{"b":{"y":1.50,"x":"a\u0041"},"a":[true,null,{}],"ab":"","c":[]}"#;
        let leaves = sorted_leaves(text.as_bytes(), ".").unwrap();
        let found: Vec<_> = leaves
            .iter()
            .map(|leaf| (leaf.path.as_str(), leaf.value.clone()))
            .collect();
        let string = |s: &'static str| Scalar::String(Cow::Borrowed(s));
        assert_eq!(
            found,
            [
                ("a.0", Scalar::Bool(true)),
                ("a.1", Scalar::Null),
                ("ab", string("")),
                ("b.x", string("aA")),
                ("b.y", Scalar::Number("1.50")),
            ]
        );
        assert_eq!(
            sorted_leaves(b"5", "/").unwrap(),
            [Leaf {
                path: String::new(),
                value: Scalar::Number("5")
            }]
        );
        assert_eq!(
            sorted_leaves(br#"{"a":1,"a":1}"#, "."),
            Err(JsonError::Duplicate("a".into()))
        );
        assert!(matches!(
            sorted_leaves(br#"["\udc00"]"#, "."),
            Err(JsonError::Malformed(_))
        ));
    }

    proptest! {
        #[test]
        fn js_agrees_with_serde_json(text in ".{0,12}", name in ".{0,4}", number in any::<i64>()) {
            let value = serde_json::json!({"n": [number, text, {"m": name}], name.as_str(): text});
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(styled(JsonStyle::JsCompact, &pretty).unwrap(), value.to_string());
            prop_assert_eq!(styled(JsonStyle::Compact, &pretty).unwrap(), value.to_string());
            let json = |style: &JsonStyle| *style != JsonStyle::SortedNamesAndValues;
            for style in JsonStyle::ALL.into_iter().filter(json) {
                let once = styled(style, &pretty).unwrap();
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&once).unwrap(), &value);
                prop_assert_eq!(styled(style, &once).unwrap(), once);
            }
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}:,\" a1\\\\u.-]{0,16}") {
            for style in JsonStyle::ALL {
                let written = styled(style, &text);
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() || written.is_err());
            }
        }
    }
}
