//! Results as JSON text: one shape for every language.

use crate::catalogue::catalogue;
use crate::covered::{BodyCoverage, Coverage};
use crate::explain::Explanation;
use crate::recipe::Flow;
use crate::scheme::scheme;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

impl Coverage {
    /// `{"method":true,"path":true,"query":false,"headers":["x-date"],"body":"all"}`; body is `all`, `none` or a list.
    pub fn to_json(&self) -> String {
        let body = match &self.body {
            BodyCoverage::All => json!("all"),
            BodyCoverage::None => json!("none"),
            BodyCoverage::Members(names) => json!(names),
        };
        json!({
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "body": body,
        })
        .to_string()
    }
}

impl Explanation {
    /// `{"string_to_sign":"...","parts":[{"part":"method","start":0,"end":4}]}`; `string_to_sign_base64` where the
    /// bytes are not UTF-8.
    pub fn to_json(&self) -> String {
        let parts: Vec<Value> = self
            .parts()
            .iter()
            .map(|p| json!({"part": p.part, "start": p.start, "end": p.end}))
            .collect();
        match std::str::from_utf8(self.string_to_sign()) {
            Ok(text) => json!({"string_to_sign": text, "parts": parts}),
            Err(_) => json!({
                "string_to_sign_base64": STANDARD.encode(self.string_to_sign()),
                "parts": parts,
            }),
        }
        .to_string()
    }
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
            parts: Vec::new(),
        };
        assert_eq!(
            explanation.to_json(),
            r#"{"string_to_sign_base64":"/w==","parts":[]}"#
        );
    }

    #[test]
    fn the_catalogue_names_every_recipe() {
        let rows: Value = serde_json::from_str(&catalogue_json()).unwrap_or_default();
        assert_eq!(rows.as_array().map(Vec::len), Some(catalogue().len()));
    }
}
