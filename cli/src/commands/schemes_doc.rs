//! `docs/schemes.md`: what every built-in scheme signs and what it leaves open, made of the recipes alone.

use paysig::Result;
use paysig::crypto::Encoding;
use paysig::recipe::{EvidenceKind, Flow, FlowSpec, Recipe};
use paysig_words::{describe, recipe as words};

/// The page.
pub fn page() -> Result<String> {
    let mut sections = String::new();
    let mut kinds = [0usize; EvidenceKind::ALL.len()];
    let (mut schemes, mut flows) = (0, 0);
    for (id, _) in paysig::catalogue() {
        let scheme = paysig::scheme(id)?;
        let recipe = scheme.recipe();
        schemes += 1;
        sections.push_str(&format!("\n## `{id}`\n\n{}\n", recipe.name));
        for flow in Flow::ALL {
            if let Some(spec) = recipe.flow(flow) {
                flows += 1;
                sections.push_str(&format!("\n{}", about_flow(recipe, flow, spec)));
            }
        }
        if let Some(evidence) = &recipe.evidence {
            if let Some(count) = kinds.get_mut(evidence.kind as usize) {
                *count += 1;
            }
            let kind = evidence.kind.name();
            sections.push_str(&format!(
                "\nEvidence: `{kind}`: {}\n",
                plain(&evidence.note)
            ));
        }
        if !recipe.notes.is_empty() {
            sections.push('\n');
        }
        for note in &recipe.notes {
            sections.push_str(&format!("* {}\n", plain(note)));
        }
        for document in &recipe.documents {
            sections.push_str(&match document.starts_with("http") {
                true => format!("* <{document}>\n"),
                false => format!("* {}\n", plain(document)),
            });
        }
    }
    let mut page = String::from(
        "# The schemes\n\n\
         Made of the recipes by `paysig schemes --markdown`; a test compares the two. Flows: `request` is you to the provider, \
         `webhook` the provider to you, `response` the provider's signed answer. What is *not covered* may have been changed on \
         the way, whatever the verdict says.\n\n",
    );
    page.push_str(&format!(
        "{schemes} schemes with {flows} flows. How they were confirmed:\n\n"
    ));
    for (kind, count) in EvidenceKind::ALL.into_iter().zip(kinds) {
        let text = words::evidence(kind);
        page.push_str(&format!("* {count}: `{}`, {text}\n", kind.name()));
    }
    page.push_str(&sections);
    Ok(page)
}

fn about_flow(recipe: &Recipe, flow: Flow, spec: &FlowSpec) -> String {
    let mut text = format!("**{}**: {}", flow.name(), words::algorithm(spec));
    if spec.write_encoding != Encoding::Text {
        text.push_str(&format!(", {}", describe::encodings(spec)));
    }
    text.push('\n');
    if let Some(reason) = &spec.unverifiable {
        return format!("{text}\n* never verified: {}\n", plain(reason));
    }
    text.push('\n');
    if !spec.message.is_empty() {
        let signed = words::signed(recipe, spec);
        text.push_str(&format!("* signed: {}\n", plain(&signed)));
        let open = words::Reach::of(spec).open();
        text.push_str(&format!("* not covered: {}\n", plain(&open)));
    }
    for field in &spec.fields {
        text.push_str(&format!(
            "* `{}`\n",
            words::field(recipe, field).replace('`', "'")
        ));
    }
    text.push_str(&format!("* time: {}\n", describe::time(spec)));
    for variant in &spec.variants {
        let about = variant.about.as_deref().unwrap_or_default();
        text.push_str(&format!("* variant `{}`: {}\n", variant.name, plain(about)));
    }
    for handshake in &spec.handshakes {
        let judged = if handshake.signed {
            "verified first"
        } else {
            "not signed"
        };
        text.push_str(&format!(
            "* endpoint check ({judged}): {}\n",
            plain(&handshake.about)
        ));
    }
    for (warning, reason) in &spec.acknowledge {
        text.push_str(&format!(
            "* known weakness `{warning}`: {}\n",
            plain(reason)
        ));
    }
    text
}

/// Markdown's own characters as text.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
