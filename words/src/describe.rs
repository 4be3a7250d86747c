//! A scheme in words, as one JSON object: what `show --json` prints and the page's catalogue shows.

use crate::recipe as words;
use paysig::Scheme;
use paysig::recipe::{Flow, FlowSpec, ToleranceBy};
use serde_json::json;

/// How signatures are written, and read where that differs: `hex, read as hex or base64`.
pub fn encodings(spec: &FlowSpec) -> String {
    let written = spec.write_encoding.name();
    let read: Vec<&str> = spec.read_encodings.iter().map(|e| e.name()).collect();
    if read == [written] || read.is_empty() {
        written.to_owned()
    } else {
        format!("{written}, read as {}", read.join(" or "))
    }
}

/// How old a message may be and whose rule that is; without a signed time, how long replay keys must be kept.
pub fn time(spec: &FlowSpec) -> String {
    match &spec.timestamp {
        Some(time) => {
            let whose = match time.tolerance_by {
                ToleranceBy::Provider => "the provider's rule",
                ToleranceBy::Paysig => "paysig's own default, the provider documents none",
            };
            format!(
                "{}, tolerance {} s ({whose})",
                time.format, time.tolerance_seconds
            )
        }
        None => {
            let keep = match spec.retention_seconds {
                Some(seconds) => format!("; keep replay keys for {seconds} s"),
                None => String::new(),
            };
            format!("none is signed, so a recorded message stays valid{keep}")
        }
    }
}

/// A scheme: its flows with algorithm, what is signed and what is not, tolerance, variants; credentials, evidence, documents, notes.
pub fn scheme(scheme: &Scheme) -> serde_json::Value {
    let recipe = scheme.recipe();
    let flows: serde_json::Map<String, serde_json::Value> = Flow::ALL
        .into_iter()
        .filter_map(|flow| recipe.flow(flow).map(|spec| (flow, spec)))
        .map(|(flow, spec)| {
            let value = json!({
                "algorithm": words::algorithm(spec),
                "encoding": encodings(spec),
                "signed": words::signed(recipe, spec),
                "not_covered": words::Reach::of(spec).open(),
                "fields": spec.fields.iter().map(|f| words::field(recipe, f)).collect::<Vec<_>>(),
                "tolerance_seconds": spec.timestamp.as_ref().map(|t| t.tolerance_seconds),
                "tolerance_by": spec.timestamp.as_ref().map(|t| match t.tolerance_by {
                    ToleranceBy::Provider => "provider",
                    ToleranceBy::Paysig => "paysig",
                }),
                "time": time(spec),
                "known_weaknesses": spec.acknowledge.iter().map(|(lint, why)| format!("{lint}: {why}")).collect::<Vec<_>>(),
                "variants": spec.variants.iter().map(|v| &v.name).collect::<Vec<_>>(),
            });
            (flow.name().to_owned(), value)
        })
        .collect();
    json!({
        "id": recipe.id,
        "name": recipe.name,
        "flows": flows,
        "credentials": recipe.credentials.iter().map(|c| json!({
            "name": c.name,
            "public": c.public,
            "optional": c.optional,
            "about": c.about,
        })).collect::<Vec<_>>(),
        "evidence": recipe.evidence.as_ref().map(|e| json!({
            "kind": words::evidence(e.kind),
            "note": e.note,
        })),
        "documents": recipe.documents,
        "notes": recipe.notes,
    })
}
