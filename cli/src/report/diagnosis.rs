//! A diagnosis as JSON: the core's, whole or in brief.

use paysig::Diagnosis;
use serde_json::{Map, Value};

/// Everything.
pub fn full(diagnosis: &Diagnosis) -> Map<String, Value> {
    serde_json::from_str(&diagnosis.to_json()).unwrap_or_default()
}

/// Verdict and findings only: what all bindings answer alike.
pub fn brief(diagnosis: &Diagnosis) -> Map<String, Value> {
    let mut members = full(diagnosis);
    members.retain(|name, _| matches!(name.as_str(), "verdict" | "findings"));
    let findings = members.get_mut("findings").and_then(Value::as_array_mut);
    for finding in findings.into_iter().flatten() {
        if let Some(finding) = finding.as_object_mut() {
            finding.shift_remove("remedies");
        }
    }
    members
}
