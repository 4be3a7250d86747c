//! What findings say: for each id the cause in one sentence and the fix in another.

mod body;
mod key;
mod remedy;
mod signature;
mod string;

use super::clue::Clue;
use crate::recipe::FlowSpec;
pub(super) use remedy::remedies;

/// Id, cause, fix.
type Text = (&'static str, &'static str, &'static str);

/// Cause and fix of one departure.
pub(super) fn text(spec: &FlowSpec, clue: &Clue) -> (String, String) {
    let id = clue.id.as_ref();
    let tables: [&[Text]; 4] = [key::TEXTS, signature::TEXTS, string::TEXTS, body::TEXTS];
    let found = tables.iter().flat_map(|t| t.iter()).find(|t| t.0 == id);
    let (cause, fix) = match found {
        Some((_, cause, fix)) => ((*cause).to_owned(), (*fix).to_owned()),
        None => other(spec, id),
    };
    match clue.about.as_ref() {
        "" => (format!("{cause}."), format!("{fix}.")),
        about => (format!("{cause} ({about})."), format!("{fix}.")),
    }
}

/// Variants of the recipe, and ids that hold a name.
fn other(spec: &FlowSpec, id: &str) -> (String, String) {
    if let Some(variant) = spec.variants.iter().find(|v| v.name == id) {
        let about = variant
            .about
            .as_deref()
            .unwrap_or("a departure of some client");
        return (
            format!("the signature follows the variant {id}: {about}"),
            format!(
                "choose the variant {id} for this peer, or change the peer to the documented rule"
            ),
        );
    }
    if let Some(prefix) = id.strip_suffix("-headers-left-out") {
        return (
            format!("none of the {prefix} headers was signed"),
            format!(
                "sign every header whose name begins with {prefix}, after all of them were set"
            ),
        );
    }
    if let Some(name) = id
        .strip_prefix("some-")
        .and_then(|r| r.strip_suffix("-header-left-out"))
    {
        return (
            format!("one {name} header was sent but not signed"),
            format!("sign after the last {name} header was set, and let no later layer add one"),
        );
    }
    if let Some(header) = id.strip_suffix("-of-body") {
        return (
            format!(
                "the header {header} holds a digest of the body instead of what the scheme puts there"
            ),
            format!("compute {header} as the scheme describes it"),
        );
    }
    (
        "the message follows another rule than the scheme".to_owned(),
        "follow the scheme's rule".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_texts_are_sentences() {
        let mut seen = std::collections::BTreeSet::new();
        for (id, cause, fix) in [key::TEXTS, signature::TEXTS, string::TEXTS, body::TEXTS].concat()
        {
            assert!(seen.insert(id), "{id} twice");
            assert!(cause.len() > 8 && !cause.ends_with('.'), "{id}");
            assert!(fix.len() > 10 && !fix.ends_with('.'), "{id}");
        }
        assert!(seen.len() > 200, "{}", seen.len());
    }
}
