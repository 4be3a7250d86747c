//! `paysig lint`: what is weak about a scheme itself.

use clap::Args;
use paysig::{Lint, Scheme};
use serde::Serialize;

use crate::choose::recipe_file;
use crate::failure::Result;
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

#[derive(Serialize)]
struct Report {
    scheme: String,
    flow: &'static str,
    line: u32,
    id: &'static str,
    message: String,
    witness: String,
    acknowledged: Option<String>,
}

impl Report {
    fn new(scheme: &Scheme, lint: Lint) -> Self {
        Report {
            scheme: scheme.id().to_owned(),
            flow: lint.flow.name(),
            line: lint.line.0,
            id: lint.id,
            message: lint.message,
            witness: lint.witness,
            acknowledged: lint.acknowledged,
        }
    }
}

/// Lints recipes. Refused (exit code 1) if a warning is not acknowledged.
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
    let mut reports = Vec::new();
    for scheme in &schemes {
        let lints = paysig::lint(scheme.recipe());
        reports.extend(lints.into_iter().map(|l| Report::new(scheme, l)));
    }
    let open = reports.iter().filter(|r| r.acknowledged.is_none()).count();
    reports.retain(|r| args.all || r.acknowledged.is_none());
    if out.json {
        out.object(&reports)?;
    } else {
        let text: String = reports.iter().map(|r| text(r, out)).collect();
        out.text(&text)?;
    }
    match open {
        0 => Ok(()),
        count => Err(crate::failure::Failure::new(
            paysig::Status::ContentRejected,
            format!("{count} warnings are not acknowledged"),
        )
        .after_output()),
    }
}

fn text(report: &Report, out: &Output) -> String {
    let tone = if report.acknowledged.is_some() {
        Tone::Notice
    } else {
        Tone::Bad
    };
    let mut text = format!(
        "{} {} line {}: {}\n",
        report.scheme,
        report.flow,
        report.line,
        out.paint(tone, report.id)
    );
    text.push_str(&out.row("  what", &report.message));
    text.push_str(&out.row("  witness", &report.witness));
    if let Some(reason) = &report.acknowledged {
        text.push_str(&out.row("  kept since", reason));
    }
    text
}
