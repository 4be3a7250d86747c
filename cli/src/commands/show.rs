//! `paysig show`: a scheme's rule in words.

use clap::Args;
use paysig::Scheme;
use paysig::crypto::Encoding;
use paysig::recipe::{Caller, Direction, Flow, FlowSpec, Part, Recipe};

use crate::choose::{by_id, recipe_file};
use crate::failure::{Failure, Result};
use crate::output::{Output, Tone};
use paysig_words::{describe, recipe as words};

/// Options of `show`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Id of the scheme
    #[arg(required_unless_present = "recipe", conflicts_with = "recipe")]
    scheme: Option<String>,
    /// A recipe file instead
    #[arg(long, value_name = "FILE")]
    recipe: Option<String>,
    /// Print the recipe itself
    #[arg(long, conflicts_with = "json")]
    toml: bool,
}

/// Shows the scheme.
pub fn run(args: &ShowArgs, out: &Output) -> Result<()> {
    let scheme = match (&args.scheme, &args.recipe) {
        (_, Some(path)) => recipe_file(path)?,
        (Some(id), _) => by_id(id)?,
        _ => return Err(Failure::usage("give the id of a scheme or --recipe")),
    };
    if args.toml {
        return out.text(&toml(args, &scheme)?);
    }
    if out.json {
        return out.object(&describe::scheme(&scheme));
    }
    out.text(&text(&scheme, out))
}

fn toml(args: &ShowArgs, scheme: &Scheme) -> Result<String> {
    if let Some(path) = &args.recipe {
        return std::fs::read_to_string(path).map_err(|e| Failure::file("read", path, &e));
    }
    let text = paysig::catalogue()
        .iter()
        .find(|(id, _)| *id == scheme.id())
        .map(|(_, text)| (*text).to_owned());
    Ok(text.unwrap_or_default())
}

fn text(scheme: &Scheme, out: &Output) -> String {
    let recipe = scheme.recipe();
    let mut text = format!("{}  {}\n", out.paint(Tone::Label, &recipe.id), recipe.name);
    for flow in Flow::ALL {
        if let Some(spec) = recipe.flow(flow) {
            text.push('\n');
            text.push_str(&flow_text(recipe, flow, spec, out));
        }
    }
    text.push_str(&format!("\n{}\n", out.paint(Tone::Label, "credentials")));
    for c in &recipe.credentials {
        let kind = if c.public { "public" } else { "secret" };
        let optional = if c.optional { ", optional" } else { "" };
        let about = c.about.as_deref().unwrap_or_default();
        let line = format!(
            "  {} ({kind}{optional}{}) {about}",
            c.name,
            needed(&c.needed_for)
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if let Some(evidence) = &recipe.evidence {
        text.push_str(&format!("\n{}\n", out.paint(Tone::Label, "evidence")));
        text.push_str(&format!("  {}\n", words::evidence(evidence.kind)));
        text.push_str(&format!("  {}\n", evidence.note));
    }
    for (caption, lines) in [("documents", &recipe.documents), ("notes", &recipe.notes)] {
        if !lines.is_empty() {
            text.push_str(&format!("\n{}\n", out.paint(Tone::Label, caption)));
            for line in lines {
                text.push_str(&format!("  {line}\n"));
            }
        }
    }
    text
}

fn needed(list: &[(Flow, Direction)]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let words: Vec<String> = list
        .iter()
        .map(|(flow, direction)| {
            let verb = match direction {
                Direction::Sign => "sign",
                Direction::Verify => "verify",
            };
            format!("to {verb} a {}", flow.name())
        })
        .collect();
    format!(", {}", words.join(" and "))
}

fn flow_text(recipe: &Recipe, flow: Flow, spec: &FlowSpec, out: &Output) -> String {
    let who = match flow {
        Flow::Request => "you to the provider",
        Flow::Webhook => "the provider to you",
        Flow::Response => "the provider's signed answer",
    };
    let mut text = format!("{} ({who})\n", out.paint(Tone::Label, flow.name()));
    let mut row = |label: &str, value: String| {
        text.push_str("  ");
        text.push_str(&out.row(label, value));
    };
    row("algorithm", words::algorithm(spec));
    if let Some(key) = &spec.sign_key {
        row("key", words::part(recipe, spec, key));
    }
    // `key` gives both; the two are shown apart only where they are written apart.
    let line = |key: &Option<Part>| key.as_ref().map(|k| k.line);
    match &spec.verify_key {
        Some(key) if line(&spec.sign_key) != line(&spec.verify_key) => {
            row("key to verify", words::part(recipe, spec, key));
        }
        _ => {}
    }
    if spec.write_encoding != Encoding::Text {
        row("encoding", describe::encodings(spec));
    }
    if !spec.message.is_empty() {
        row("signed", words::signed(recipe, spec));
        row("NOT covered", words::Reach::of(spec).open());
    }
    for field in &spec.fields {
        let caller = match field.caller {
            Caller::Refuse => "",
            Caller::Adopt => " (your own text is kept)",
            Caller::Require => " (you set it)",
        };
        row(
            "on the wire",
            format!("{}{caller}", words::field(recipe, field)),
        );
    }
    row("time", describe::time(spec));
    if let Some(token) = &spec.token {
        row("token from", format!("{} {}", token.method, token.target));
    }
    for rule in &spec.require {
        let equals: Vec<String> = rule
            .equals
            .iter()
            .map(|p| words::part(recipe, spec, p))
            .collect();
        let value = words::part(recipe, spec, &rule.value);
        row(
            "then",
            format!(
                "{value} must be {}, else {}",
                equals.join(" or "),
                rule.status
            ),
        );
    }
    for variant in &spec.variants {
        let about = variant.about.as_deref().unwrap_or_default();
        row(
            "variant",
            format!("{}  {about}", variant.name).trim_end().to_owned(),
        );
    }
    for handshake in &spec.handshakes {
        row(
            "handshake",
            format!("{} ({})", handshake.about, words::handshake(handshake)),
        );
    }
    for (warning, reason) in &spec.acknowledge {
        row("known weakness", format!("{warning}: {reason}"));
    }
    text
}
