//! TOML text to [`Recipe`]. Names are resolved here; what concerns several parts at once is judged by `check`.

mod algorithm;
mod block;
mod covered;
mod extra;
mod field;
mod flow;
mod part;
mod step;

use std::cell::Cell;

use super::model::*;
use super::source::{File, Node};
use super::suggest::suggest;
use super::table::Table;
use crate::{Error, Result, Status};

/// A recipe's text is at most this long, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;
/// A recipe has at most this many parts, those of an inherited flow counted again.
pub const MAX_PARTS: u32 = 512;
/// Parts stand inside each other at most this deep, lets followed.
pub const MAX_DEPTH: u32 = 16;
/// Steps that a part goes through.
const MAX_STEPS: usize = 32;
/// A text that a step looks for is at most this long, in bytes: it is compared at every place of a message.
const MAX_SOUGHT: usize = 256;
/// Names on the path of a JSON member: reading takes some of the stack for each.
const MAX_PATH: usize = 32;
const MAX_NAMES: usize = 64;
/// A flow has at most this many fields; signing keeps one bit for each.
const MAX_FIELDS: usize = 32;

/// Reads and checks a recipe. `file` is the name that errors call it by: `stripe.toml`.
///
/// Errors are of status `invalid_recipe`, their field is the key path, their message begins `file:line: key.path: `.
pub fn parse(text: &str, file: &str) -> Result<Recipe> {
    if text.len() > MAX_TEXT {
        return Err(Error::new(
            Status::InvalidRecipe,
            format!(
                "{file}:1: a recipe is at most {MAX_TEXT} bytes long, this one has {}",
                text.len()
            ),
        ));
    }
    let file = File::new(text, file);
    let document = file.parse()?;
    let top = Table::document(&file, document.get_ref());
    let recipe = recipe(&top)?;
    super::check::check(&recipe, &top)?;
    Ok(recipe)
}

/// What names mean while a flow is read.
struct Scope<'r> {
    credentials: &'r [CredentialSpec],
    /// Names of all lets of the recipe, by [`LetId`].
    lets: &'r [String],
    /// Whether the flow defines them.
    defined: Vec<bool>,
    parts: &'r Cell<u32>,
    depth: Cell<u32>,
}

impl Scope<'_> {
    /// Counts a part; refuses one too many.
    fn count(&self, node: &Node) -> Result<()> {
        self.parts.set(self.parts.get() + 1);
        if self.parts.get() > MAX_PARTS {
            return Err(node.error(format_args!("a recipe has at most {MAX_PARTS} parts")));
        }
        Ok(())
    }

    fn credential(&self, node: &Node) -> Result<CredentialId> {
        let name = node.text()?;
        let index = self.credentials.iter().position(|c| c.name == name);
        index.map(|i| CredentialId(i as u8)).ok_or_else(|| {
            let known = self.credentials.iter().map(|c| c.name.as_str());
            node.error(format_args!(
                "no credential \"{name}\"{}",
                suggest(name, known)
            ))
        })
    }

    fn let_id(&self, node: &Node) -> Result<LetId> {
        self.let_named(node, node.text()?)
    }

    fn let_named(&self, node: &Node, name: &str) -> Result<LetId> {
        let here = |i: &usize| self.defined.get(*i) == Some(&true);
        let index = self.lets.iter().position(|l| l == name).filter(here);
        index.map(|i| LetId(i as u8)).ok_or_else(|| {
            let known = (0..self.lets.len())
                .filter(here)
                .map(|i| self.lets[i].as_str());
            node.error(format_args!(
                "this flow has no let \"{name}\"{}",
                suggest(name, known)
            ))
        })
    }
}

fn recipe(top: &Table) -> Result<Recipe> {
    let id = top.req("id")?;
    id_syntax(&id)?;
    let name = top.req("name")?.text()?.to_owned();
    let documents = top.opt_texts("documents")?;
    let notes = top.opt_texts("notes")?;
    let evidence = top.opt("evidence").map(|n| evidence(&n)).transpose()?;
    let credentials = match top.opt("credentials") {
        Some(node) => credentials(&node)?,
        None => Vec::new(),
    };
    let tables = Flow::ALL.map(|flow| (flow, top.opt(flow.name())));
    top.finish()?;
    let lets = let_names(&tables)?;
    let parts = Cell::new(0);
    let mut flows = [None, None, None];
    for (flow, node) in &tables {
        let Some(node) = node else { continue };
        let table = flow::table(*flow, node, &tables)?;
        let scope = Scope {
            credentials: &credentials,
            defined: flow::defined_lets(&table, &lets)?,
            lets: &lets,
            parts: &parts,
            depth: Cell::new(0),
        };
        flows[*flow as usize] = Some(flow::flow(&table, &scope)?);
    }
    if flows.iter().all(Option::is_none) {
        return Err(top.error("a recipe needs a [request], a [webhook] or a [response]"));
    }
    Ok(Recipe {
        id: id.text()?.to_owned(),
        name,
        documents,
        evidence,
        notes,
        credentials,
        lets,
        flows,
    })
}

fn id_syntax(node: &Node) -> Result<()> {
    id_syntax_of(node, node.text()?)
}

/// Ids of recipes, names of variants.
fn id_syntax_of(node: &Node, id: &str) -> Result<()> {
    let fits = id.len() <= 64
        && id.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
    if fits {
        return Ok(());
    }
    Err(node.error("must be lower-case letters and digits, words joined by single hyphens, at most 64 characters"))
}

/// Names of credentials and lets.
fn name_syntax(node: &Node, name: &str) -> Result<()> {
    let fits = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits {
        return Ok(());
    }
    Err(node.error("a name is lower-case letters, digits and underscores, begins with a letter, at most 64 characters"))
}

fn evidence(node: &Node) -> Result<Evidence> {
    let table = node.table()?;
    let kind = table.req("kind")?.choice(
        "kind of evidence",
        &EvidenceKind::ALL.map(EvidenceKind::name),
        EvidenceKind::from_name,
    )?;
    let note = table.req("note")?.text()?.to_owned();
    table.finish()?;
    Ok(Evidence { kind, note })
}

fn credentials(node: &Node) -> Result<Vec<CredentialSpec>> {
    let members = node.table()?.members();
    if members.len() > MAX_NAMES {
        return Err(node.error(format_args!("at most {MAX_NAMES} credentials")));
    }
    members
        .iter()
        .map(|(name, node)| credential(name, node))
        .collect()
}

fn credential(name: &str, node: &Node) -> Result<CredentialSpec> {
    name_syntax(node, name)?;
    let table = node.table()?;
    let spec = CredentialSpec {
        name: name.to_owned(),
        public: table.bool("public")?,
        needed_for: needed_for(&table)?,
        optional: table.bool("optional")?,
        no_colon: table.bool("no_colon")?,
        no_control: table.bool("no_control")?,
        about: table.opt_text("about")?,
        line: node.line(),
    };
    table.finish()?;
    Ok(spec)
}

fn needed_for(table: &Table) -> Result<Vec<(Flow, Direction)>> {
    let Some(list) = table.opt("for") else {
        return Ok(Vec::new());
    };
    let both = |name: &str| {
        let (flow, direction) = name.split_once('.')?;
        let direction = match direction {
            "sign" => Direction::Sign,
            "verify" => Direction::Verify,
            _ => return None,
        };
        Some((Flow::from_name(flow)?, direction))
    };
    let names = [
        "request.sign",
        "request.verify",
        "webhook.sign",
        "webhook.verify",
        "response.sign",
        "response.verify",
    ];
    list.list()?
        .iter()
        .map(|n| n.choice("use", &names, both))
        .collect()
}

/// The names of all lets of all flows; variants only replace.
fn let_names(flows: &[(Flow, Option<Node>); 3]) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for node in flows.iter().filter_map(|(_, node)| node.as_ref()) {
        let Some(lets) = node.table()?.own("let") else {
            continue;
        };
        for (name, node) in lets.table()?.members() {
            name_syntax(&node, name)?;
            if !names.iter().any(|n| n == name) {
                names.push(name.to_owned());
            }
        }
        if names.len() > MAX_NAMES {
            return Err(lets.error(format_args!("at most {MAX_NAMES} names of lets")));
        }
    }
    Ok(names)
}
