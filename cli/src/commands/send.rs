//! `paysig send`: signed webhooks (or requests) to an endpoint, genuine or deliberately wrong, to see what it answers.

use std::time::Duration;

use clap::Args;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use paysig::recipe::Flow;
use paysig::time::UnixMillis;
use paysig::{KeyRing, SignOptions, Signer, Verifier};
use serde::Serialize;

use super::sign::apply;
use super::spoil::{Tamper, Wanted, spoil};
use super::{SigningArgs, check_stdin};
use crate::choose::{SchemeArgs, usual_flow};
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;
use crate::input::flags::MessageArgs;
use crate::input::url;
use crate::output::Output;
use crate::secrets::CredentialArgs;

/// As much of an answer as is read.
const MAX_ANSWER: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(30);

/// The flow unless one is given.
const USUAL: Flow = Flow::Webhook;

/// Options of `send`.
#[derive(Args, Debug)]
#[command(mut_arg("flow", usual_flow(USUAL)))]
pub struct SendArgs {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    credentials: CredentialArgs,
    #[command(flatten)]
    message: MessageArgs,
    #[command(flatten)]
    signing: SigningArgs,
    /// Send it so many times, each signed anew
    #[arg(long, default_value_t = 1, value_name = "N")]
    repeat: u32,
    /// Sign as of so many seconds from now: -400 is too old for most endpoints
    #[arg(
        long,
        default_value_t = 0,
        value_name = "SECONDS",
        allow_hyphen_values = true
    )]
    skew: i64,
    /// Spoil the message after it was signed
    #[arg(long, value_enum)]
    tamper: Option<Tamper>,
    /// The HTTP status that the endpoint should answer; default 200 to 299, and 400 to 499 with --tamper or --skew
    #[arg(long, value_name = "STATUS")]
    expect: Option<u16>,
}

/// What is the same for every message that is sent.
struct Sender<'a> {
    signer: Signer,
    /// Where the signing credentials verify as well.
    verifier: Option<Verifier>,
    has_time: bool,
    message: &'a OwnedMessage,
}

#[derive(Serialize)]
struct Answer {
    http_status: u16,
    as_expected: bool,
    body: String,
}

/// Signs and sends.
pub fn run(args: &SendArgs, out: &Output) -> Result<()> {
    check_stdin(&args.message, &args.credentials)?;
    let scheme = args.scheme.scheme()?;
    let flow = args.scheme.flow(&scheme, USUAL)?;
    let credentials = args.credentials.credentials(scheme.recipe())?;
    let variants = args.scheme.variants();
    let signer = scheme.signer_with(flow, &credentials, &variants)?;
    let message = args.message.read()?;
    let mut ring = KeyRing::new();
    ring.add(credentials);
    let sender = Sender {
        signer,
        verifier: scheme.verifier_with(flow, &ring, &variants).ok(),
        has_time: scheme
            .recipe()
            .flow(flow)
            .is_some_and(|spec| spec.timestamp.is_some()),
        message: &message,
    };
    let address = address(&message)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::usage(format!("no runtime for the network: {e}")))?;
    let mut wrong = 0;
    for _ in 0..args.repeat.max(1) {
        let sent = make(&sender, args)?;
        let (status, body) = runtime.block_on(post(&address, &sent))?;
        let answer = Answer {
            http_status: status,
            as_expected: expected(args, status),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        wrong += u32::from(!answer.as_expected);
        if out.json {
            out.object(&answer)?;
        } else {
            let verdict = if answer.as_expected {
                "as expected"
            } else {
                "NOT as expected"
            };
            out.text(&format!("{status} {verdict}\n"))?;
        }
    }
    if wrong > 0 {
        return Err(Failure::finding(format!(
            "{wrong} of {} answers were not as expected",
            args.repeat.max(1)
        )));
    }
    Ok(())
}

fn expected(args: &SendArgs, status: u16) -> bool {
    match args.expect {
        Some(wanted) => status == wanted,
        None if args.tamper.is_some() || args.skew != 0 => (400..500).contains(&status),
        None => (200..300).contains(&status),
    }
}

/// The message to send: signed, spoiled if that is wanted, and then seen to be so.
fn make(sender: &Sender<'_>, args: &SendArgs) -> Result<OwnedMessage> {
    let Sender {
        signer, message, ..
    } = sender;
    let made_nonce = match args.signing.nonce {
        None if signer.needs_nonce() => Some(clock::nonce()?),
        _ => None,
    };
    let seed = clock::seed()?;
    let now = UnixMillis(
        clock::system()
            .0
            .saturating_add(args.skew.saturating_mul(1000)),
    );
    let options = args.signing.options(now);
    let options = SignOptions {
        seed: Some(&seed),
        nonce: made_nonce.as_deref().or(options.nonce),
        ..options
    };
    let headers = message.header_list();
    let borrowed = message.message(&headers);
    let signed = signer.sign(&borrowed, &options)?;
    let genuine = apply(message, &signed);
    if args.tamper.is_none() && args.skew == 0 {
        return Ok(genuine);
    }
    let explanation = signer.explain(&borrowed, &options)?;
    let wanted = Wanted {
        scheme: signer.scheme_id(),
        tamper: args.tamper,
        skew: args.skew,
        signs_time: sender.has_time || args.signing.expires_in.is_some(),
        covered: &explanation.covered().body,
    };
    wanted.check_possible(&signed)?;
    let sent = match args.tamper {
        Some(how) => spoil(genuine, message, how),
        None => genuine,
    };
    if args.expect.is_none() {
        let headers = sent.header_list();
        wanted.check_spoiled(&signed, &sent.message(&headers), sender.verifier.as_ref())?;
    }
    Ok(sent)
}

/// `host:port` of the message's URL.
fn address(message: &OwnedMessage) -> Result<String> {
    let url = message
        .url
        .as_deref()
        .ok_or_else(|| Failure::usage("send needs --url http://HOST:PORT/PATH"))?;
    if !url.starts_with("http://") {
        return Err(Failure::usage(
            "send speaks plain http to an endpoint that you run; for https, pipe `paysig sign --curl-out` to a shell",
        ));
    }
    let cut = url::cut(url).ok_or_else(|| Failure::usage(format!("{url:?} is not a URL")))?;
    let authority = cut.authority;
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    Ok(if has_port {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    })
}

async fn post(address: &str, message: &OwnedMessage) -> Result<(u16, Bytes)> {
    let failed =
        |e: &dyn std::fmt::Display| Failure::usage(format!("cannot send to {address}: {e}"));
    let exchange = async {
        let stream = tokio::net::TcpStream::connect(address)
            .await
            .map_err(|e| failed(&e))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| failed(&e))?;
        tokio::spawn(connection);
        let mut request = hyper::Request::builder()
            .method(message.method.as_str())
            .uri(message.target.as_slice());
        if message.header("host").is_none() {
            request = request.header("Host", address);
        }
        for (name, value) in &message.headers {
            if !name.eq_ignore_ascii_case(b"content-length") {
                request = request.header(name.as_slice(), value.as_slice());
            }
        }
        let request = request
            .body(Full::new(Bytes::from(message.body.clone())))
            .map_err(|e| failed(&e))?;
        let answer = sender.send_request(request).await.map_err(|e| failed(&e))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), MAX_ANSWER)
            .collect()
            .await
            .map_or_else(|_| Bytes::new(), |body| body.to_bytes());
        Ok((status, body))
    };
    tokio::time::timeout(TIMEOUT, exchange)
        .await
        .map_err(|_| failed(&"no answer within 30 s"))?
}
