//! `paysig schemes`: the catalogue.

use clap::Args;
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::output::{Output, Tone};
use paysig::recipe::suggest;

/// Options of `schemes`.
#[derive(Args, Debug)]
pub struct SchemesArgs {
    /// Only schemes whose id or name holds this
    filter: Option<String>,
    /// Print docs/schemes.md
    #[arg(long, hide = true, conflicts_with = "filter")]
    markdown: bool,
}

#[derive(Serialize)]
struct Row {
    id: &'static str,
    name: String,
    flows: Vec<&'static str>,
}

/// Lists the schemes.
pub fn run(args: &SchemesArgs, out: &Output) -> Result<()> {
    if args.markdown {
        return out.text(&super::schemes_doc::page()?);
    }
    let wanted = args.filter.as_deref().unwrap_or_default().to_lowercase();
    let mut rows = Vec::new();
    for (id, _) in paysig::catalogue() {
        let scheme = paysig::scheme(id)?;
        let name = scheme.recipe().name.clone();
        if id.contains(&wanted) || name.to_lowercase().contains(&wanted) {
            rows.push(Row {
                id,
                name,
                flows: scheme.flows().map(|f| f.name()).collect(),
            });
        }
    }
    if rows.is_empty() {
        let ids = paysig::catalogue().iter().map(|(id, _)| *id);
        return Err(Failure::usage(format!(
            "no scheme's id or name holds {wanted:?}{}",
            suggest(&wanted, ids)
        )));
    }
    if out.json {
        return out.object(&rows);
    }
    let width = rows.iter().map(|r| r.id.len()).max().unwrap_or_default();
    let flows: Vec<String> = rows.iter().map(|r| r.flows.join(" ")).collect();
    let flow_width = flows.iter().map(String::len).max().unwrap_or_default();
    let mut text = String::new();
    for (row, flows) in rows.iter().zip(&flows) {
        let id = out.paint(Tone::Label, &format!("{:<width$}", row.id));
        text.push_str(&format!("{id}  {flows:<flow_width$}  {}\n", row.name));
    }
    out.text(&text)
}
