//! What a signature covers and vouches for, in words for people: the one rule behind the command line, the page and every binding.

use crate::covered::{BodyCoverage, Coverage};
use crate::text;
use crate::text::json::Tree;
use crate::verify::Report;
use crate::{Error, Result, Status};
use std::fmt::Write as _;

/// What a signature covers, in short phrases.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CoverageWords {
    /// `headers x-date, x-login`, `body`. Empty if nothing is covered.
    pub covered: Vec<String>,
    /// What may have been changed on the way: `method`, `path`, `query`, `other headers`. Never empty: not every header can be covered.
    pub open: Vec<String>,
}

impl CoverageWords {
    /// Phrases as one text: `method; path`, or `nothing`.
    pub fn join(phrases: &[String]) -> String {
        match phrases.is_empty() {
            true => "nothing".to_owned(),
            false => phrases.join("; "),
        }
    }
}

impl Coverage {
    /// In words: what is covered and what is not.
    pub fn in_words(&self) -> CoverageWords {
        let mut words = CoverageWords::default();
        let CoverageWords { covered, open } = &mut words;
        for (yes, name) in [
            (self.method, "method"),
            (self.path, "path"),
            (self.query, "query"),
        ] {
            if yes { &mut *covered } else { &mut *open }.push(name.to_owned());
        }
        if self.headers.is_empty() {
            open.push("headers".to_owned());
        } else {
            covered.push(format!("headers {}", visible(&self.headers.join(", "))));
            open.push("other headers".to_owned());
        }
        match &self.body {
            BodyCoverage::All => covered.push("body".to_owned()),
            BodyCoverage::None => open.push("body".to_owned()),
            // Every value is signed, each on its own.
            BodyCoverage::Members(names) if names.iter().any(|n| n == "*") => {
                covered.push("every field of the body".to_owned());
            }
            BodyCoverage::Members(names) => {
                covered.push(format!("body members {}", visible(&names.join(", "))));
                open.push("the rest of the body".to_owned());
            }
        }
        words
    }

    /// From what [`Coverage::to_json`] wrote. `invalid_option` for anything else.
    pub fn from_json(json: &str) -> Result<Self> {
        read(json).ok_or_else(|| {
            Error::field(
                Status::InvalidOption,
                "covered",
                "is not what verifying reported: {\"method\":true,...}",
            )
        })
    }
}

/// Two lines: `Covered: headers x-date; body.` and `Not covered: method; path; query; other headers.`
impl std::fmt::Display for Coverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.in_words();
        writeln!(f, "Covered: {}.", CoverageWords::join(&words.covered))?;
        write!(f, "Not covered: {}.", CoverageWords::join(&words.open))
    }
}

fn read(json: &str) -> Option<Coverage> {
    use serde_json::Value;
    let Value::Object(members) = serde_json::from_str(json).ok()? else {
        return None;
    };
    let names = |list: &Value| -> Option<Vec<String>> {
        let names = list.as_array()?.iter();
        names.map(|n| n.as_str().map(str::to_owned)).collect()
    };
    Some(Coverage {
        method: members.get("method")?.as_bool()?,
        path: members.get("path")?.as_bool()?,
        query: members.get("query")?.as_bool()?,
        headers: names(members.get("headers")?)?,
        body: match members.get("body")? {
            Value::String(word) if word == "all" => BodyCoverage::All,
            Value::String(word) if word == "none" => BodyCoverage::None,
            list => BodyCoverage::Members(names(list)?),
        },
    })
}

/// Signed fields in short phrases, each value spelled as it was sent: `amount.value = 1.50`, `currency = "EUR"`, `items[0].id = 7`.
/// `json` is what [`Report::signed_json`] holds. A token's payload is the sender's own text, in which a member may stand twice: that
/// is one phrase as it is.
pub fn signed_in_words(json: &str) -> Vec<String> {
    let Ok(tree) = Tree::read(json.as_bytes()) else {
        return vec![visible(json)];
    };
    let mut phrases = Vec::new();
    flatten(&tree, &mut String::new(), &mut phrases);
    phrases
}

fn flatten(tree: &Tree<'_>, path: &mut String, phrases: &mut Vec<String>) {
    let kept = path.len();
    match tree {
        Tree::Object(members) if !members.is_empty() => {
            for member in members {
                if kept > 0 {
                    path.push('.');
                }
                path.push_str(&member.name);
                flatten(&member.value, path, phrases);
                path.truncate(kept);
            }
        }
        Tree::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let _ = write!(path, "[{index}]");
                flatten(item, path, phrases);
                path.truncate(kept);
            }
        }
        Tree::Object(_) => phrases.push(phrase(path, "{}")),
        Tree::Array(_) => phrases.push(phrase(path, "[]")),
        Tree::Scalar(text) => phrases.push(phrase(path, text)),
    }
}

fn phrase(path: &str, value: &str) -> String {
    match path {
        "" => visible(value),
        _ => visible(&format!("{path} = {value}")),
    }
}

/// What is known of an authentic message, a line each: what is covered, what is not, and the signed fields where there are some.
pub fn in_words(covered: Option<&Coverage>, signed_json: Option<&str>) -> String {
    let mut lines = Vec::new();
    lines.extend(covered.map(Coverage::to_string));
    if let Some(json) = signed_json {
        let phrases = CoverageWords::join(&signed_in_words(json));
        lines.push(format!("Signed fields: {phrases}."));
    }
    lines.join("\n")
}

/// The message in words, as [`in_words`].
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&in_words(Some(&self.covered), self.signed_json.as_deref()))
    }
}

/// Names and values are the sender's.
fn visible(text: &str) -> String {
    text::visible(text).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Credentials, Flow, Header, KeyRing, Message, Scheme, SignOptions};

    /// The same recipe, message and text stand in the tests of every binding.
    const MINE: &str = r#"
        id = "mine"
        name = "Mine"
        [credentials]
        secret = {}
        [webhook]
        algorithm = "hmac-sha256"
        encoding = "hex"
        key = { credential = "secret" }
        message = [ { header = "x-order" }, "\n", { json = "amount.value" }, "\n", { json = "currency" } ]
        field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
    "#;
    const WORDS: &str = "Covered: headers x-order; body members amount.value, currency.\n\
                         Not covered: method; path; query; other headers; the rest of the body.\n\
                         Signed fields: amount.value = 1.50; currency = \"EUR\".";

    #[test]
    fn a_verified_message_in_words() {
        let scheme = Scheme::from_toml(MINE, "mine").unwrap();
        let mut key = Credentials::new();
        key.set("secret", "s");
        let order = Header {
            name: b"X-Order",
            value: b"17",
        };
        let mut message = Message {
            method: "POST",
            target: b"/hook",
            url: None,
            headers: &[order],
            body: br#"{"amount":{"value":1.50},"currency":"EUR","note":"x"}"#,
        };
        let signer = scheme.signer(Flow::Webhook, &key).unwrap();
        let signed = signer.sign(&message, &SignOptions::default()).unwrap();
        let mut headers = vec![order];
        headers.extend(signed.headers().map(|(name, value)| Header {
            name: name.as_bytes(),
            value,
        }));
        message.headers = &headers;
        let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(key)).unwrap();
        let verified = verifier.verify(&message, None).unwrap();
        let report = verified.report();
        assert_eq!(report.to_string(), WORDS);
        let covered = Coverage::from_json(&report.covered.to_json()).unwrap();
        assert_eq!(covered, report.covered);
        let signed = report.signed_json.as_deref();
        assert_eq!(in_words(Some(&covered), signed), WORDS);
        assert_eq!(in_words(Some(&covered), None), covered.to_string());
        assert_eq!(in_words(None, None), "");
    }

    #[test]
    fn all_nothing_and_every_field() {
        let mut covered = Coverage::default();
        assert_eq!(
            covered.to_string(),
            "Covered: nothing.\nNot covered: method; path; query; headers; body."
        );
        covered.body = BodyCoverage::Members(vec!["*".into()]);
        let words = covered.in_words();
        assert_eq!(words.covered, ["every field of the body"]);
        assert_eq!(words.open, ["method", "path", "query", "headers"]);
        covered = Coverage {
            method: true,
            path: true,
            query: true,
            headers: vec!["host".into()],
            body: BodyCoverage::All,
        };
        let words = covered.in_words();
        assert_eq!(
            words.covered,
            ["method", "path", "query", "headers host", "body"]
        );
        assert_eq!(words.open, ["other headers"]);
        assert_eq!(Coverage::from_json(&covered.to_json()).unwrap(), covered);
    }

    #[test]
    fn signed_fields_keep_their_spelling_and_steer_nothing() {
        let json = r#"[{"a":{"b":[1.0,{}]},"":"\n"},7,[],null]"#;
        assert_eq!(
            signed_in_words(json),
            [
                "[0].a.b[0] = 1.0",
                "[0].a.b[1] = {}",
                r#"[0]. = "\n""#,
                "[1] = 7",
                "[2] = []",
                "[3] = null"
            ]
        );
        assert_eq!(signed_in_words("3"), ["3"]);
        let turned = signed_in_words("{\"a\u{202e}\\n\":\"\u{9b}\"}");
        assert_eq!(turned, [r#"a\u{202e}\u{a} = "\u{9b}""#]);
        let covered = Coverage {
            headers: vec!["x\u{1b}[31m".into()],
            ..Coverage::default()
        };
        assert_eq!(covered.in_words().covered, [r"headers x\u{1b}[31m"]);
    }

    #[test]
    fn what_is_no_report_is_refused_by_name() {
        for json in [
            "",
            "{",
            "[]",
            r#"{"method":true}"#,
            r#"{"method":1,"path":true,"query":true,"headers":[],"body":"all"}"#,
            r#"{"method":true,"path":true,"query":true,"headers":[1],"body":"all"}"#,
            r#"{"method":true,"path":true,"query":true,"headers":[],"body":"some"}"#,
        ] {
            let error = Coverage::from_json(json).unwrap_err();
            assert_eq!(
                (error.status(), error.field_name()),
                (Status::InvalidOption, Some("covered")),
                "{json}"
            );
        }
        let twice = r#"{"sub":"a","sub":"b"}"#;
        let report = Report {
            key_id: None,
            key_index: 0,
            timestamp: None,
            items: 1,
            covered: Coverage::default(),
            signed_json: Some(twice.to_owned()),
            replay_key: None,
        };
        assert!(
            report
                .to_string()
                .ends_with(&format!("Signed fields: {twice}."))
        );
    }
}
