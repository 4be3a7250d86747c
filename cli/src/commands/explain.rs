//! `paysig explain`: the string to sign, byte by byte.

use clap::Args;
use paysig::recipe::Flow;
use paysig::{CoverageWords, ExplainedPart, Explanation, Status};
use serde_json::{Map, Value, json};

use super::{SigningArgs, check_stdin, warn_of_line_end};
use crate::choose::{SchemeArgs, usual_flow};
use crate::clock;
use crate::failure::Result;
use crate::input::flags::MessageArgs;
use crate::output::escape::{hex_rows, one_line, visible};
use crate::output::{Output, Tone};
use crate::report::raw_json;
use crate::secrets::CredentialArgs;

/// The flow unless one is given.
const USUAL: Flow = Flow::Request;

/// Options of `explain`.
#[derive(Args, Debug)]
#[command(mut_arg("flow", usual_flow(USUAL)))]
pub struct ExplainArgs {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    credentials: CredentialArgs,
    #[command(flatten)]
    message: MessageArgs,
    #[command(flatten)]
    signing: SigningArgs,
    /// As of this time (RFC 3339) instead of now
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Show the bytes in hex as well
    #[arg(long)]
    hex: bool,
}

/// Explains the message.
pub fn run(args: &ExplainArgs, out: &Output) -> Result<()> {
    check_stdin(&args.message, &args.credentials)?;
    let scheme = args.scheme.scheme()?;
    let flow = args.scheme.flow(&scheme, USUAL)?;
    let variants = args.scheme.variants();
    let ring = args.credentials.key_ring(scheme.recipe())?;
    let now = clock::now(args.now.as_deref())?;
    let message = args.message.read()?;
    let headers = message.header_list();
    let borrowed = message.message(&headers);
    let options = args.signing.options(now);
    let explained = scheme.explain(flow, &ring, &variants, &borrowed, &options);
    let explanation = explained.inspect_err(|error| {
        if error.status() == Status::MalformedSignature {
            out.note(
                "without the field that cannot be read, explain shows what a signer would sign",
            );
        }
    })?;
    let items = explanation.items();
    if out.json {
        let json = explanation.to_full_json();
        return match items {
            None => out.object(&raw_json(json)),
            Some(count) => out.object(&of_batch(&json, count)),
        };
    }
    warn_of_line_end(&message, out);
    if let Some(count) = items {
        out.note(&format!(
            "the message is a batch whose items are signed one by one: this is item 1 of {count}"
        ));
    }
    out.text(&text(&explanation, args.hex, out))
}

/// The explanation with the item that it is of.
fn of_batch(explanation: &str, count: usize) -> Map<String, Value> {
    let mut members: Map<String, Value> = serde_json::from_str(explanation).unwrap_or_default();
    members.insert("item".to_owned(), json!({ "number": 1, "of": count }));
    members
}

/// A table of the parts, the whole in hex if wanted, the inputs of digests inside, and what is not covered.
pub fn text(explanation: &Explanation, hex: bool, out: &Output) -> String {
    let bytes = explanation.string_to_sign();
    let mut text = out.row("string to sign", format!("{} bytes", bytes.len()));
    text.push_str(&rows(bytes, explanation.parts(), hex, out));
    for inner in explanation.nested() {
        let size = format!("{} of {} bytes", inner.step, inner.bytes.len());
        text.push_str(&out.row(
            "input of",
            format!("{} ({size})", one_line(inner.part.as_bytes())),
        ));
        text.push_str(&rows(&inner.bytes, &inner.parts, hex, out));
    }
    text.push_str(&coverage(&explanation.covered().in_words(), out));
    text
}

/// What is covered, and what is not.
pub fn coverage(words: &CoverageWords, out: &Output) -> String {
    let covered = out.row("covered", CoverageWords::join(&words.covered));
    covered + &out.row("NOT covered", CoverageWords::join(&words.open))
}

/// One line a part: where it stands, where it comes from, what it is.
fn rows(bytes: &[u8], parts: &[ExplainedPart], hex: bool, out: &Output) -> String {
    let mut text = String::new();
    let width = parts
        .iter()
        .map(|p| p.part.chars().count())
        .max()
        .unwrap_or_default();
    for part in parts {
        let piece = bytes.get(part.start..part.end).unwrap_or_default();
        let name = format!("{:<width$}", one_line(part.part.as_bytes()));
        let name = out.paint(Tone::Label, &name);
        text.push_str(&format!(
            "{:>6}..{:<6} {name}  {}\n",
            part.start,
            part.end,
            visible(piece)
        ));
    }
    if hex {
        text.push_str(&hex_rows(bytes));
    }
    text
}
