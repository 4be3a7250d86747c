//! `paysig try`: checks a recipe file and tries it on a sample message.

use clap::Args;
use paysig::recipe::Flow;
use paysig::{Scheme, SignOptions, Signer, Takes};

use super::{SigningArgs, check_stdin};
use crate::choose::recipe_file;
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;
use crate::input::flags::MessageArgs;
use crate::output::escape::one_line;
use crate::output::{Output, Tone};
use crate::report::{ExplanationReport, VerifiedReport};
use crate::secrets::CredentialArgs;

/// Options of `try`.
#[derive(Args, Debug)]
pub struct TryArgs {
    /// The recipe file
    recipe: String,
    /// Only this flow; every flow otherwise
    #[arg(long)]
    flow: Option<String>,
    /// A named departure of the scheme; may be given again
    #[arg(long = "variant", value_name = "NAME")]
    variants: Vec<String>,
    #[command(flatten)]
    credentials: CredentialArgs,
    #[command(flatten)]
    message: MessageArgs,
    #[command(flatten)]
    signing: SigningArgs,
    /// As of this time (RFC 3339) instead of now
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

/// Checks and tries the recipe.
pub fn run(args: &TryArgs, out: &Output) -> Result<()> {
    check_stdin(&args.message, &args.credentials)?;
    let scheme = recipe_file(&args.recipe)?;
    if !args.message.any() {
        return checked(&scheme, out);
    }
    let message = args.message.read()?;
    let wanted = match &args.flow {
        Some(name) => vec![
            Flow::from_name(name)
                .filter(|f| scheme.recipe().flow(*f).is_some())
                .ok_or_else(|| Failure::usage(format!("{} has no flow {name:?}", scheme.id())))?,
        ],
        None => scheme.flows().collect(),
    };
    let variants: Vec<&str> = args.variants.iter().map(String::as_str).collect();
    let credentials = args.credentials.credentials(scheme.recipe())?;
    let mut signers = Vec::new();
    for flow in wanted {
        signers.push(scheme.signer_with(flow, &credentials, &variants)?);
    }
    let takes: Vec<Takes> = signers.iter().map(Signer::takes).collect();
    let mut reports = Vec::new();
    for signer in signers {
        let report = round_trip(args, &scheme, &signer, &takes, &message, out)?;
        reports.push(report);
    }
    if out.json {
        return out.object(&reports);
    }
    Ok(())
}

/// The recipe loads; says what it has.
fn checked(scheme: &Scheme, out: &Output) -> Result<()> {
    let names: Vec<&str> = scheme.flows().map(|f| f.name()).collect();
    if out.json {
        return out.object(&serde_json::json!({ "id": scheme.id(), "flows": names }));
    }
    out.text(&format!(
        "{} {} loads; it has {}. Give a message and credentials to try it.\n",
        out.paint(Tone::Good, "ok"),
        scheme.id(),
        names.join(", ")
    ))
}

/// Signs the sample, shows what was signed, and verifies what came out.
fn round_trip(
    args: &TryArgs,
    scheme: &Scheme,
    signer: &Signer,
    takes: &[Takes],
    message: &OwnedMessage,
    out: &Output,
) -> Result<serde_json::Value> {
    let variants: Vec<&str> = args.variants.iter().map(String::as_str).collect();
    let flow = signer.flow();
    let ring = args.credentials.key_ring(scheme.recipe())?;
    let now = clock::now(args.now.as_deref())?;
    let verifier = scheme.verifier_with(flow, &ring, &variants)?;
    let seed = clock::seed()?;
    let made_nonce = match args.signing.nonce {
        None if signer.needs_nonce() => Some(clock::nonce()?),
        _ => None,
    };
    let options = args.signing.options_among(now, signer.takes(), takes);
    let options = SignOptions {
        seed: Some(&seed),
        nonce: made_nonce.as_deref().or(options.nonce),
        ..options
    };
    let headers = message.header_list();
    let borrowed = message.message(&headers);
    let explanation = signer.explain(&borrowed, &options)?;
    let signed = signer.sign(&borrowed, &options)?;
    let sent = super::sign::apply(message, &signed);
    let sent_headers = sent.header_list();
    let sent = sent.message(&sent_headers);
    let verified = VerifiedReport::new(&verifier.verify(&sent, Some(now))?);
    if !out.json {
        let mut text = format!(
            "{} {} {}: signs, and verifies what it signed\n",
            out.paint(Tone::Good, "ok"),
            scheme.id(),
            flow.name()
        );
        text.push_str(&super::explain::text(&explanation, false, out));
        for (name, value) in signed.headers() {
            text.push_str(&out.row("header", format!("{name}: {}", one_line(value))));
        }
        if let Some(target) = signed.target() {
            text.push_str(&out.row("target", one_line(target)));
        }
        if let Some(body) = signed.body() {
            text.push_str(&out.row("body", one_line(body)));
        }
        out.text(&text)?;
    }
    Ok(serde_json::json!({
        "flow": flow.name(),
        "explanation": ExplanationReport::new(&explanation),
        "headers": signed
            .headers()
            .map(|(n, v)| (n, String::from_utf8_lossy(v).into_owned()))
            .collect::<Vec<_>>(),
        "covered": verified.covered,
    }))
}
