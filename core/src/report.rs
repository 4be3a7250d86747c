//! Results as JSON text: one shape for every language.

use crate::catalogue::catalogue;
use crate::covered::{BodyCoverage, Coverage};
use crate::diagnose::{Diagnosis, Finding};
use crate::explain::{ExplainedPart, Explanation};
use crate::recipe::{Flow, lint};
use crate::scheme::{Scheme, scheme};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

impl Coverage {
    /// `{"method":true,"path":true,"query":false,"headers":["x-date"],"body":"all"}`; body is `all`, `none` or a list.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&CoverageJson::of(self)).unwrap_or_default()
    }

    fn value(&self) -> Value {
        serde_json::to_value(CoverageJson::of(self)).unwrap_or_default()
    }
}

/// Written as it is, without values in between: bindings ask for it with every verified message.
#[derive(Serialize)]
struct CoverageJson<'a> {
    method: bool,
    path: bool,
    query: bool,
    headers: &'a [String],
    body: BodyJson<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum BodyJson<'a> {
    Word(&'a str),
    Members(&'a [String]),
}

impl<'a> CoverageJson<'a> {
    fn of(coverage: &'a Coverage) -> Self {
        CoverageJson {
            method: coverage.method,
            path: coverage.path,
            query: coverage.query,
            headers: &coverage.headers,
            body: match &coverage.body {
                BodyCoverage::All => BodyJson::Word("all"),
                BodyCoverage::None => BodyJson::Word("none"),
                BodyCoverage::Members(names) => BodyJson::Members(names),
            },
        }
    }
}

impl Explanation {
    /// `{"string_to_sign":"...","parts":[{"part":"method","start":0,"end":4}]}`; `string_to_sign_base64` where the
    /// bytes are not UTF-8.
    pub fn to_json(&self) -> String {
        Value::Object(explained(self.string_to_sign(), self.parts())).to_string()
    }

    /// The same with the inputs of digests inside the string and what is covered:
    /// `"nested":[{"part","step","string_to_sign","parts"}],"covered":{...}`, the latter as [`Coverage::to_json`].
    pub fn to_full_json(&self) -> String {
        let nested = self.nested().iter().map(|n| {
            let mut members = Map::new();
            members.insert("part".to_owned(), json!(n.part));
            members.insert("step".to_owned(), json!(n.step));
            members.extend(explained(&n.bytes, &n.parts));
            Value::Object(members)
        });
        let mut members = explained(self.string_to_sign(), self.parts());
        members.insert("nested".to_owned(), nested.collect());
        members.insert("covered".to_owned(), self.covered().value());
        Value::Object(members).to_string()
    }
}

/// Bytes and their origin.
fn explained(bytes: &[u8], parts: &[ExplainedPart]) -> Map<String, Value> {
    let parts = parts.iter();
    let parts = parts.map(|p| json!({"part": p.part, "start": p.start, "end": p.end}));
    let (name, text) = match std::str::from_utf8(bytes) {
        Ok(text) => ("string_to_sign", text.to_owned()),
        Err(_) => ("string_to_sign_base64", STANDARD.encode(bytes)),
    };
    let mut members = Map::new();
    members.insert(name.to_owned(), Value::String(text));
    members.insert("parts".to_owned(), parts.collect());
    members
}

impl Diagnosis {
    /// `{"verdict":"signature_mismatch","findings":[{"id","ids","cause","fix","remedies":{"Express":"..."}}],`
    /// `"ruled_out":{"...":12},"hypotheses":34,"exhausted":false}`; `ids` only where several mistakes were made together, `id`
    /// then the first of them; `remedies` only where there are some.
    pub fn to_json(&self) -> String {
        let findings: Vec<Value> = self.findings.iter().map(finding).collect();
        let ruled_out: Map<String, Value> = self
            .ruled_out
            .iter()
            .map(|r| (r.what.to_owned(), json!(r.hypotheses)))
            .collect();
        json!({
            "verdict": self.verdict.name(),
            "findings": findings,
            "ruled_out": ruled_out,
            "hypotheses": self.hypotheses,
            "exhausted": self.exhausted,
        })
        .to_string()
    }
}

fn finding(finding: &Finding) -> Value {
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(finding.ids.first()));
    if finding.ids.len() > 1 {
        members.insert("ids".to_owned(), json!(finding.ids));
    }
    members.insert("cause".to_owned(), json!(finding.cause));
    members.insert("fix".to_owned(), json!(finding.fix));
    if !finding.remedies.is_empty() {
        let by_framework = finding.remedies.iter();
        let by_framework = by_framework.map(|r| (r.framework.to_owned(), json!(r.text)));
        members.insert("remedies".to_owned(), Value::Object(by_framework.collect()));
    }
    Value::Object(members)
}

/// What is weak about a scheme itself: `[{"scheme","flow","line","id","message","witness","acknowledged":null}]`;
/// `acknowledged` is the recipe's reason to keep it so, where it gives one.
pub fn lint_json(scheme: &Scheme) -> String {
    let rows: Vec<Value> = lint(scheme.recipe())
        .into_iter()
        .map(|lint| {
            json!({
                "scheme": scheme.id(),
                "flow": lint.flow.name(),
                "line": lint.line.0,
                "id": lint.id,
                "message": lint.message,
                "witness": lint.witness,
                "acknowledged": lint.acknowledged,
            })
        })
        .collect();
    Value::from(rows).to_string()
}

/// The catalogue: `[{"id","name","flows":["request"],"credentials":[{"name","public"}]}]`, sorted by id.
pub fn catalogue_json() -> String {
    let rows: Vec<Value> = catalogue()
        .iter()
        .filter_map(|(id, _)| scheme(id).ok())
        .map(|scheme| {
            let flows: Vec<&str> = scheme.flows().map(Flow::name).collect();
            let credentials: Vec<Value> = scheme
                .recipe()
                .credentials
                .iter()
                .map(|c| json!({"name": c.name, "public": c.public}))
                .collect();
            json!({
                "id": scheme.id(),
                "name": scheme.recipe().name,
                "flows": flows,
                "credentials": credentials,
            })
        })
        .collect();
    Value::from(rows).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_in_one_shape() {
        let mut coverage = Coverage {
            method: true,
            headers: vec!["x-date".into()],
            ..Coverage::default()
        };
        assert_eq!(
            coverage.to_json(),
            r#"{"method":true,"path":false,"query":false,"headers":["x-date"],"body":"none"}"#
        );
        coverage.body = BodyCoverage::Members(vec!["amount".into()]);
        assert!(coverage.to_json().ends_with(r#""body":["amount"]}"#));
    }

    #[test]
    fn strings_that_are_not_text_come_as_base64() {
        let explanation = Explanation {
            bytes: vec![0xff],
            ..Explanation::default()
        };
        assert_eq!(
            explanation.to_json(),
            r#"{"string_to_sign_base64":"/w==","parts":[]}"#
        );
    }

    #[test]
    fn diagnoses_in_one_shape() {
        use crate::diagnose::{Remedy, RuledOut};
        let one = Finding {
            ids: vec!["body-trimmed".into()],
            cause: "C.".into(),
            fix: "F.".into(),
            remedies: vec![Remedy {
                framework: "Express",
                text: "raw",
            }],
        };
        let two = Finding {
            ids: vec!["a".into(), "b".into()],
            remedies: Vec::new(),
            ..one.clone()
        };
        let mut diagnosis = Diagnosis {
            verdict: crate::Status::SignatureMismatch,
            findings: vec![one, two],
            ruled_out: Vec::new(),
            hypotheses: 7,
            exhausted: false,
        };
        assert_eq!(
            diagnosis.to_json(),
            concat!(
                r#"{"verdict":"signature_mismatch","findings":[{"id":"body-trimmed","cause":"C.","fix":"F.","#,
                r#""remedies":{"Express":"raw"}},{"id":"a","ids":["a","b"],"cause":"C.","fix":"F."}],"#,
                r#""ruled_out":{},"hypotheses":7,"exhausted":false}"#
            )
        );
        diagnosis.ruled_out = vec![RuledOut {
            what: "time",
            hypotheses: 2,
        }];
        assert!(diagnosis.to_json().contains(r#""ruled_out":{"time":2}"#));
    }

    #[test]
    fn lints_in_one_shape() {
        let toml = r#"
            id = "mine"
            name = "Mine"
            [credentials]
            secret = {}
            [webhook]
            algorithm = "hmac-sha256"
            encoding = "hex"
            key = { credential = "secret" }
            message = [ { header = "x-order" } ]
            field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
        "#;
        let mine = Scheme::from_toml(toml, "mine").unwrap_or_else(|e| unreachable!("{e}"));
        let rows: Value = serde_json::from_str(&lint_json(&mine)).unwrap_or_default();
        let count = lint(mine.recipe()).len();
        assert_eq!(rows.as_array().map(Vec::len), Some(count));
        let row = rows
            .as_array()
            .and_then(|rows| rows.iter().find(|r| r["id"] == "unsigned-body"));
        let row = row.unwrap_or(&Value::Null);
        assert_eq!(
            (&row["scheme"], &row["flow"]),
            (&json!("mine"), &json!("webhook"))
        );
        assert!(row["witness"].is_string() && row["acknowledged"].is_null());
    }

    #[test]
    fn the_catalogue_names_every_recipe() {
        let rows: Value = serde_json::from_str(&catalogue_json()).unwrap_or_default();
        assert_eq!(rows.as_array().map(Vec::len), Some(catalogue().len()));
    }
}
