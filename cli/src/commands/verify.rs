//! `paysig verify`: the verdict on a message.

use clap::Args;
use paysig::recipe::Flow;
use paysig::time::UnixMillis;
use paysig::{CoverageWords, Status, Verifier, signed_in_words};
use serde::Serialize;

use super::{batch, check_stdin, hint_at_now, warn_of_line_end};
use crate::choose::{SchemeArgs, usual_flow};
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::flags::MessageArgs;
use crate::output::escape::one_line;
use crate::output::{Output, Tone};
use crate::report::VerifiedReport;
use crate::secrets::CredentialArgs;

/// The flow unless one is given.
const USUAL: Flow = Flow::Webhook;

/// Options of `verify`.
#[derive(Args, Debug)]
#[command(mut_arg("flow", usual_flow(USUAL)))]
pub struct VerifyArgs {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    credentials: CredentialArgs,
    #[command(flatten)]
    message: MessageArgs,
    /// Judge as of this time (RFC 3339) instead of now
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Seconds that the message may be older or newer than the clock, instead of the scheme's
    #[arg(long, value_name = "SECONDS")]
    tolerance: Option<u32>,
    /// Demand this key id
    #[arg(long, value_name = "ID")]
    expect_key_id: Option<String>,
    /// Verify many messages: a file of JSON objects, one a line, each {"message": {"method", "target", "url"?, "headers", "body" or "body_base64"}, "now"?}; - is standard input
    #[arg(long, value_name = "FILE")]
    batch: Option<String>,
    /// Threads of --batch; as many as there are processors unless given
    #[arg(long, value_name = "COUNT", requires = "batch", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

#[derive(Serialize)]
struct Report<'a> {
    status: &'a str,
    scheme: &'a str,
    flow: &'a str,
    #[serde(flatten)]
    verified: VerifiedReport,
}

/// Verifies the message.
pub fn run(args: &VerifyArgs, out: &Output) -> Result<()> {
    check_stdin(&args.message, &args.credentials)?;
    let scheme = args.scheme.scheme()?;
    let flow = args.scheme.flow(&scheme, USUAL)?;
    let variants = args.scheme.variants();
    let ring = args.credentials.key_ring(scheme.recipe())?;
    let mut verifier = scheme.verifier_with(flow, &ring, &variants)?;
    if let Some(seconds) = args.tolerance {
        verifier = verifier.tolerance(seconds);
    }
    if let Some(id) = &args.expect_key_id {
        verifier = verifier.expect_key_id(id)?;
    }
    let now = clock::now(args.now.as_deref())?;
    if let Some(path) = &args.batch {
        return verify_batch(args, &verifier, path, now, out);
    }
    let message = args.message.received()?;
    let headers = message.header_list();
    let borrowed = message.message(&headers);
    match verifier.verify(&borrowed, Some(now)) {
        Ok(verified) => {
            let verified = VerifiedReport::new(&verified);
            if out.json {
                return out.object(&Report {
                    status: Status::Ok.name(),
                    scheme: scheme.id(),
                    flow: flow.name(),
                    verified,
                });
            }
            out.text(&text(&verified, out))
        }
        Err(error) => {
            if error.status() == Status::SignatureMismatch {
                warn_of_line_end(&message, out);
                out.note(&format!(
                    "`paysig explain --flow {}` with the same scheme, credentials and message prints the bytes that should have been signed",
                    flow.name()
                ));
            }
            hint_at_now(error.status(), args.now.as_deref(), out);
            if let Ok(Some(check)) = verifier.handshake(&borrowed, Some(now))
                && !check.verified
            {
                out.note(&format!(
                    "this is an endpoint check, which carries no signature and is to be answered; the middleware and `paysig serve --flow {}` do",
                    flow.name()
                ));
            }
            Err(Failure::from(error))
        }
    }
}

fn verify_batch(
    args: &VerifyArgs,
    verifier: &Verifier,
    path: &str,
    now: UnixMillis,
    out: &Output,
) -> Result<()> {
    if args.message.any() {
        return Err(Failure::usage(
            "--batch takes its messages from the file: give no message beside it",
        ));
    }
    if path == "-" && args.credentials.reads_stdin() {
        return Err(Failure::usage(
            "standard input can hold the messages or a credential, not both",
        ));
    }
    let threads = match args.threads {
        Some(count) => usize::from(count),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    batch::run(verifier, path, now, threads, out)
}

fn text(verified: &VerifiedReport, out: &Output) -> String {
    let mut text = format!("{}\n", out.paint(Tone::Good, "authentic"));
    if let Some(id) = &verified.key_id {
        text.push_str(&out.row("key id", one_line(id.as_bytes())));
    }
    if let Some(time) = &verified.timestamp {
        text.push_str(&out.row("signed at", time));
    }
    text.push_str(&super::explain::coverage(&verified.covered_words, out));
    if let Some(json) = &verified.signed_json {
        let fields = signed_in_words(json.get());
        text.push_str(&out.row("signed fields", CoverageWords::join(&fields)));
    }
    text.push_str(&out.row("replay key", &verified.replay_key));
    text
}
