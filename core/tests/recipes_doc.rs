//! Every recipe and fragment of docs/recipes.md loads.
#![allow(clippy::unwrap_used, clippy::panic)]

const DOC: &str = include_str!("../../docs/recipes.md");

/// Code blocks of a kind: first line of their content and the content.
fn blocks(kind: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = DOC.lines().enumerate();
    while let Some((i, line)) = lines.next() {
        if line != format!("```{kind}") {
            // The content of other blocks holds no fence of this kind.
            continue;
        }
        let content: Vec<&str> = lines
            .by_ref()
            .map(|(_, l)| l)
            .take_while(|l| *l != "```")
            .collect();
        found.push((i + 2, content.join("\n")));
    }
    assert!(!found.is_empty(), "no block of kind {kind}");
    found
}

/// A recipe around a flow, with the credentials of those that the flow reads.
fn around(flow: &str) -> String {
    let mut text = String::from("id = \"example\"\nname = \"Example\"\n");
    for (name, public) in [
        ("login", true),
        ("secret", false),
        ("private_key", false),
        ("public_key", true),
    ] {
        if flow.contains(&format!("\"{name}\"")) {
            text += &format!("credentials.{name} = {{ public = {public} }}\n");
        }
    }
    format!("{text}[request]\n{flow}\n")
}

fn load(line: usize, text: &str) {
    if let Err(error) = paysig::recipe::parse(text, "example.toml") {
        panic!("docs/recipes.md:{line}: {error}\n{text}");
    }
}

#[test]
fn whole_recipes_load() {
    for (line, text) in blocks("toml") {
        load(line, &text);
    }
}

#[test]
fn flows_load() {
    for (line, flow) in blocks("toml flow") {
        load(line, &around(&flow));
    }
}

#[test]
fn parts_load() {
    let wrap = |part: &str| {
        around(&format!(
            r#"algorithm = "hmac-sha256"
key_id = {{ credential = "login" }}
key = {{ credential = "secret" }}
encoding = "hex"
timestamp = {{ format = "unix" }}
message = [{part}, {{ method = true }}, {{ body = "raw" }}]
field = [
  {{ header = "X-Key", value = {{ key_id = true }} }},
  {{ header = "X-Time", value = {{ timestamp = true }} }},
  {{ header = "X-Nonce", value = {{ nonce = true }} }},
  {{ header = "X-Signature", value = {{ signature = true }} }},
]
let = {{ name = {{ header_names = {{ list = ["host"], join = ";" }} }} }}"#
        ))
    };
    let mut count = 0;
    for (first, text) in blocks("toml part") {
        for (i, part) in text.lines().enumerate() {
            load(first + i, &wrap(part));
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}
