//! `paysig sign`: what to add to a message.

use clap::Args;
use paysig::recipe::Flow;
use paysig::{SignOptions, Signed};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{SigningArgs, check_stdin};
use crate::choose::{SchemeArgs, usual_flow};
use crate::clock;
use crate::failure::Result;
use crate::input::OwnedMessage;
use crate::input::flags::MessageArgs;
use crate::output::escape::one_line;
use crate::output::{Output, Tone, message as render};
use crate::report::{TextOrBase64, raw_json};
use crate::secrets::CredentialArgs;

/// The flow unless one is given.
const USUAL: Flow = Flow::Request;

/// Options of `sign`.
#[derive(Args, Debug)]
#[command(mut_arg("flow", usual_flow(USUAL)))]
pub struct SignArgs {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    credentials: CredentialArgs,
    #[command(flatten)]
    message: MessageArgs,
    #[command(flatten)]
    signing: SigningArgs,
    /// Sign as of this time (RFC 3339) instead of now
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Print the whole signed message as raw HTTP
    #[arg(long, conflicts_with_all = ["curl_out", "json"])]
    http_out: bool,
    /// Print a curl command that sends the signed message
    #[arg(long, conflicts_with = "json")]
    curl_out: bool,
}

#[derive(Serialize)]
struct Report {
    headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_members: Option<Box<RawValue>>,
    used: Used,
}

#[derive(Serialize)]
struct Used {
    timestamp: Option<String>,
    nonce: Option<String>,
    key_id: Option<String>,
}

/// Signs the message.
pub fn run(args: &SignArgs, out: &Output) -> Result<()> {
    check_stdin(&args.message, &args.credentials)?;
    let scheme = args.scheme.scheme()?;
    let flow = args.scheme.flow(&scheme, USUAL)?;
    let variants = args.scheme.variants();
    let credentials = args.credentials.credentials(scheme.recipe())?;
    let signer = scheme.signer_with(flow, &credentials, &variants)?;
    let message = args.message.read()?;
    let headers = message.header_list();
    let seed = clock::seed()?;
    let made_nonce = match args.signing.nonce {
        None if signer.needs_nonce() => Some(clock::nonce()?),
        _ => None,
    };
    let options = args.signing.options(clock::now(args.now.as_deref())?);
    let options = SignOptions {
        seed: Some(&seed),
        nonce: made_nonce.as_deref().or(options.nonce),
        ..options
    };
    let signed = signer.sign(&message.message(&headers), &options)?;
    if args.http_out {
        return out.bytes(&render::raw_http(&apply(&message, &signed)));
    }
    if args.curl_out {
        let command = render::curl(&apply(&message, &signed))?;
        return out.text(&format!("{command}\n"));
    }
    if out.json {
        return out.object(&report(&signed));
    }
    out.text(&text(&signed, out))
}

/// The message as it is to be sent.
pub fn apply(message: &OwnedMessage, signed: &Signed) -> OwnedMessage {
    let mut message = message.clone();
    for (name, value) in signed.headers() {
        message.push_header(name, value);
    }
    if let Some(target) = signed.target() {
        message.target = target.to_vec();
    }
    if let Some(body) = signed.body() {
        message.body = body.to_vec();
    }
    message
}

fn report(signed: &Signed) -> Report {
    let (body, body_base64) = signed.body().map(TextOrBase64::members).unwrap_or_default();
    let used = signed.used();
    Report {
        headers: signed
            .headers()
            .map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value).into_owned()))
            .collect(),
        target: signed
            .target()
            .map(|t| String::from_utf8_lossy(t).into_owned()),
        url: signed.url().map(str::to_owned),
        body,
        body_base64,
        body_members: signed.body_members().and_then(raw_json),
        used: Used {
            timestamp: used.timestamp.clone(),
            nonce: used.nonce.clone(),
            key_id: used.key_id.clone(),
        },
    }
}

/// The headers to add, one a line; a changed target or body under a caption of its own.
fn text(signed: &Signed, out: &Output) -> String {
    let mut text = String::new();
    for (name, value) in signed.headers() {
        text.push_str(&format!(
            "{}: {}\n",
            out.paint(Tone::Label, name),
            one_line(value)
        ));
    }
    let mut caption = |words: &str, value: &[u8]| {
        text.push_str(&out.paint(Tone::Notice, &format!("# {words}")));
        text.push('\n');
        text.push_str(&one_line(value));
        text.push('\n');
    };
    if let Some(target) = signed.target() {
        caption("send this path and query instead", target);
    }
    if let Some(url) = signed.url() {
        caption("which makes this URL", url.as_bytes());
    }
    if let Some(body) = signed.body() {
        caption("send this body instead", body);
    }
    text
}
