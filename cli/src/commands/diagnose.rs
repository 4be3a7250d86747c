//! `paysig diagnose`: why a signature does not match.

use clap::Args;
use paysig::recipe::Flow;
use paysig::{Credentials, DiagnoseOptions, Diagnosis, Status};

use super::{check_stdin, hint_at_now, warn_of_line_end};
use crate::choose::{SchemeArgs, usual_flow};
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::flags::MessageArgs;
use crate::output::{Output, Tone};
use crate::report::diagnosis;
use crate::secrets::CredentialArgs;

/// The flow unless one is given.
const USUAL: Flow = Flow::Webhook;

/// Options of `diagnose`.
#[derive(Args, Debug)]
#[command(mut_arg("flow", usual_flow(USUAL)))]
pub struct DiagnoseArgs {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    credentials: CredentialArgs,
    /// A file of further keys that you have, of other environments or endpoints, as --credentials-file has them
    #[arg(long, value_name = "FILE", help_heading = "Credentials")]
    other_keys: Option<String>,
    #[command(flatten)]
    message: MessageArgs,
    /// Judge as of this time (RFC 3339) instead of now
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Seconds that the message may be older or newer than the clock, instead of the scheme's
    #[arg(long, value_name = "SECONDS")]
    tolerance: Option<u32>,
}

/// Diagnoses the message.
pub fn run(args: &DiagnoseArgs, out: &Output) -> Result<()> {
    check_stdin(&args.message, &args.credentials)?;
    let scheme = args.scheme.scheme()?;
    let flow = args.scheme.flow(&scheme, USUAL)?;
    let variants = args.scheme.variants();
    let ring = args.credentials.key_ring(scheme.recipe())?;
    let other_keys: Vec<Credentials> = match &args.other_keys {
        None => Vec::new(),
        Some(path) => {
            let file = CredentialArgs {
                credentials: Vec::new(),
                credentials_file: Some(path.clone()),
            };
            let ring = file.key_ring(scheme.recipe())?;
            ring.keys().iter().map(|k| k.credentials.clone()).collect()
        }
    };
    let options = DiagnoseOptions {
        variants: &variants,
        other_keys: &other_keys,
        now: Some(clock::now(args.now.as_deref())?),
        tolerance_seconds: args.tolerance,
    };
    let message = args.message.received()?;
    let headers = message.header_list();
    let borrowed = message.message(&headers);
    let found = paysig::diagnose_with(&scheme, flow, &ring, &borrowed, &options)?;
    if out.json {
        out.object(&diagnosis::full(&found))?;
    } else {
        if found.findings.is_empty() && found.verdict == Status::SignatureMismatch {
            warn_of_line_end(&message, out);
        }
        hint_at_now(found.verdict, args.now.as_deref(), out);
        out.text(&text(&found, out))?;
    }
    match found.verdict {
        Status::Ok => Ok(()),
        verdict => Err(Failure::new(verdict, "the message is refused").after_output()),
    }
}

fn text(diagnosis: &Diagnosis, out: &Output) -> String {
    if diagnosis.verdict == Status::Ok {
        return format!(
            "{}: nothing to explain\n",
            out.paint(Tone::Good, "authentic")
        );
    }
    let mut text = out.row("verdict", diagnosis.verdict.name());
    for finding in &diagnosis.findings {
        text.push('\n');
        text.push_str(&out.row("finding", out.paint(Tone::Bad, &finding.ids.join(" + "))));
        text.push_str(&out.row("cause", &finding.cause));
        text.push_str(&out.row("fix", &finding.fix));
        for remedy in &finding.remedies {
            text.push_str(&out.row(&format!("  {}", remedy.framework), remedy.text));
        }
    }
    if diagnosis.findings.is_empty() {
        let words = match diagnosis.verdict {
            Status::SignatureMismatch => {
                "nothing explains it: another key, or content that was changed"
            }
            _ => "nothing explains it",
        };
        text.push_str(&out.row("finding", out.paint(Tone::Notice, words)));
        for ruled_out in &diagnosis.ruled_out {
            let tried = format!("{} tried: {}", ruled_out.hypotheses, ruled_out.what);
            text.push_str(&out.row("ruled out", tried));
        }
    }
    let more = if diagnosis.exhausted {
        ", then the budget ended"
    } else {
        ""
    };
    text.push_str(&out.row("hypotheses", format!("{}{more}", diagnosis.hypotheses)));
    text
}
