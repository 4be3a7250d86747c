//! `paysig serve`: a provider on this machine.

use std::io::Write as _;
use std::sync::Arc;

use clap::Args;
use paysig::recipe::Flow;

use crate::choose::{SchemeArgs, usual_flow};
use crate::failure::{Failure, Result};
use crate::output::escape::one_line;
use crate::output::{Output, Tone};
use crate::secrets::CredentialArgs;
use crate::serve::http::Server;
use crate::serve::{Page, Provider, Respond, Settings, loopback_address, respond_body};

/// The flow unless one is given.
const USUAL: Flow = Flow::Request;

/// Options of `serve`.
#[derive(Args, Debug)]
#[command(mut_arg("flow", usual_flow(USUAL)))]
pub struct ServeArgs {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    credentials: CredentialArgs,
    /// Loopback address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    bind: String,
    /// Port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Seconds that a message may be older or newer than the clock, instead of the scheme's
    #[arg(long, value_name = "SECONDS")]
    tolerance: Option<u32>,
    /// What stands before the path in signed URLs, if it is not this server's own address
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Answer a message that was accepted before as replayed, not as accepted; with HTTP status 200, so that nobody sends it once more
    #[arg(long)]
    detect_replays: bool,
    /// Seconds that issued tokens live
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    token_lifetime: u32,
    /// Answer accepted requests with this file or text instead of the verdict
    #[arg(long, value_name = "FILE|TEXT")]
    respond: Option<String>,
    /// HTTP status of accepted requests
    #[arg(long, value_name = "STATUS", default_value_t = 200, value_parser = clap::value_parser!(u16).range(200..600))]
    respond_status: u16,
    /// Sign answers to accepted requests as the provider signs its own
    #[arg(long)]
    respond_signed: bool,
    /// The largest body, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    max_body: usize,
    /// Folder of the page that explains signatures, as web/build.sh writes it; else the one that was installed with this program
    #[arg(long, value_name = "DIR")]
    page: Option<String>,
    /// Do not serve the page, which otherwise stands under a path of its own
    #[arg(long, conflicts_with = "page")]
    no_page: bool,
    /// End after so many requests
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    once: Option<u64>,
    /// Write the server's address to this file as soon as it listens
    #[arg(long, value_name = "FILE")]
    ready_file: Option<String>,
}

/// Serves until it is stopped.
pub fn run(args: &ServeArgs, out: &Output) -> Result<()> {
    let address = loopback_address(&args.bind, args.port)?;
    let scheme = args.scheme.scheme()?;
    let flow = args.scheme.flow(&scheme, USUAL)?;
    let variants = args.scheme.variants();
    let ring = args.credentials.key_ring(scheme.recipe())?;
    let respond = Respond {
        body: args.respond.as_deref().map(respond_body).transpose()?,
        status: args.respond_status,
        signed: args.respond_signed,
    };
    let page = match &args.page {
        Some(dir) => Some(Page::load(dir)?),
        None if args.no_page => None,
        None => Page::installed()?,
    };
    let server = Server::listen(address)?;
    let own_url = format!("http://{}", server.address);
    let provider = Provider::new(Settings {
        scheme,
        flow,
        variants: &variants,
        ring,
        tolerance: args.tolerance,
        public_url: match &args.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => own_url.clone(),
        },
        detect_replays: args.detect_replays,
        token_lifetime: args.token_lifetime,
        respond,
        max_body: args.max_body,
    })?;
    if let Some(path) = &args.ready_file {
        write_ready_file(path, &own_url)?;
    }
    match out.json {
        true => out.text(&format!(
            "{}\n",
            serde_json::json!({ "listening": own_url })
        ))?,
        false => out.text(&format!("listening on {own_url}\n"))?,
    }
    if let Some(page) = &page {
        let url = format!("{own_url}{}", page.path());
        match out.json {
            true => out.text(&format!("{}\n", serde_json::json!({ "page": url })))?,
            false => out.text(&format!("page at {url}\n"))?,
        }
    }
    let out = *out;
    let answer = Arc::new(move |message: crate::input::OwnedMessage| {
        let request = (message.method.clone(), message.target.clone());
        let of_page = page.as_ref().and_then(|page| page.answer(&message));
        let reply = of_page.unwrap_or_else(|| provider.answer(message));
        log(&out, &request.0, &request.1, reply.status, &reply.verdict);
        reply
    });
    server.run(answer, args.max_body, args.once);
    Ok(())
}

/// Written beside it and renamed, so that nobody reads half of it.
fn write_ready_file(path: &str, url: &str) -> Result<()> {
    let part = format!("{path}.part");
    std::fs::write(&part, format!("{url}\n"))
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|e| Failure::file("write", path, &e))
}

/// One line a request. That nobody reads it any more is no reason to stop serving.
fn log(out: &Output, method: &str, target: &[u8], status: u16, verdict: &str) {
    let target = one_line(target);
    let line = match out.json {
        true => serde_json::json!({
            "method": method, "target": target, "http_status": status, "verdict": verdict,
        })
        .to_string(),
        false => {
            let tone = if status < 300 { Tone::Good } else { Tone::Bad };
            let verdict = one_line(verdict.as_bytes());
            format!("{method} {target} {status} {}", out.paint(tone, &verdict))
        }
    };
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
