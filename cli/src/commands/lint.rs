//! `paysig lint`: what is weak about a scheme itself.

use clap::Args;
use paysig::{Lint, Scheme};
use serde_json::Value;

use crate::choose::recipe_file;
use crate::failure::{Failure, Result};
use crate::output::{Output, Tone};

/// Options of `lint`.
#[derive(Args, Debug)]
pub struct LintArgs {
    /// Recipe files or ids of the catalogue; the whole catalogue if none is given
    #[arg(value_name = "FILE|ID")]
    schemes: Vec<String>,
    /// Show acknowledged warnings as well
    #[arg(long)]
    all: bool,
}

/// Lints recipes. Exit code 1 if a warning is not acknowledged.
pub fn run(args: &LintArgs, out: &Output) -> Result<()> {
    let mut schemes = Vec::new();
    for name in &args.schemes {
        schemes.push(match paysig::scheme(name) {
            Ok(scheme) => scheme,
            Err(_) => recipe_file(name)?,
        });
    }
    if args.schemes.is_empty() {
        for (id, _) in paysig::catalogue() {
            schemes.push(paysig::scheme(id)?);
        }
    }
    let mut lints: Vec<(&Scheme, Lint)> = Vec::new();
    for scheme in &schemes {
        let found = paysig::lint(scheme.recipe());
        lints.extend(found.into_iter().map(|l| (scheme, l)));
    }
    let open = lints.iter().filter(|(_, l)| l.acknowledged.is_none());
    let open = open.count();
    if out.json {
        let rows = schemes.iter().flat_map(rows);
        let shown = rows.filter(|row| args.all || row["acknowledged"].is_null());
        out.object(&shown.collect::<Vec<_>>())?;
    } else {
        let shown = lints
            .iter()
            .filter(|(_, l)| args.all || l.acknowledged.is_none());
        let text: String = shown
            .map(|(scheme, lint)| text(scheme, lint, out))
            .collect();
        out.text(&text)?;
    }
    match open {
        0 => Ok(()),
        1 => Err(Failure::finding("1 warning is not acknowledged")),
        count => Err(Failure::finding(format!(
            "{count} warnings are not acknowledged"
        ))),
    }
}

/// As the core writes them.
fn rows(scheme: &Scheme) -> Vec<Value> {
    serde_json::from_str(&paysig::lint_json(scheme)).unwrap_or_default()
}

fn text(scheme: &Scheme, lint: &Lint, out: &Output) -> String {
    let tone = if lint.acknowledged.is_some() {
        Tone::Notice
    } else {
        Tone::Bad
    };
    let mut text = format!(
        "{} {} line {}: {}\n",
        scheme.id(),
        lint.flow.name(),
        lint.line.0,
        out.paint(tone, lint.id)
    );
    text.push_str(&out.row("  what", &lint.message));
    text.push_str(&out.row("  witness", &lint.witness));
    if let Some(reason) = &lint.acknowledged {
        text.push_str(&out.row("  kept since", reason));
    }
    text
}
