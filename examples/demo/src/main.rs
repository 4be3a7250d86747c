//! `make demo`: every founding scheme over real HTTP on this machine.
//!
//! For each scheme and flow a verifying server is started (`paysig serve`), and gets a genuine message, a tampered one, the genuine one
//! once more, and one that was signed an hour ago. The table shows what it answered; anything unexpected makes the demo fail.
//!
//! Usage: paysig-demo PATH-OF-PAYSIG

mod cases;
mod client;
mod server;
mod token;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use paysig::{Credentials, SignOptions, UnixMillis};

use cases::{Case, Expires, Replay};
use client::{Answer, Outgoing};
use server::Server;

/// Result with any error.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let Some(paysig) = std::env::args().nth(1) else {
        eprintln!("usage: paysig-demo PATH-OF-PAYSIG");
        return ExitCode::from(2);
    };
    let mut table = Table::default();
    table.head();
    for case in cases::all() {
        if let Err(error) = run(&paysig, &case, &mut table) {
            table.row(
                case.scheme,
                case.flow.name(),
                "-",
                None,
                &error.to_string(),
                false,
            );
        }
    }
    if let Err(error) = token::run(&paysig, &mut table) {
        table.row(
            "pledg-token",
            "request",
            "-",
            None,
            &error.to_string(),
            false,
        );
    }
    if let Err(error) = cases::signed_answers(&paysig, &mut table) {
        table.row(
            "signed answers",
            "response",
            "-",
            None,
            &error.to_string(),
            false,
        );
    }
    println!("\n{} as expected, {} not", table.right, table.wrong);
    ExitCode::from(u8::from(table.wrong > 0))
}

/// What happened, line by line.
#[derive(Default)]
pub struct Table {
    right: usize,
    wrong: usize,
}

impl Table {
    fn head(&self) {
        println!(
            "{:<19} {:<9} {:<38} {:<4} verdict",
            "scheme", "flow", "sent", "HTTP"
        );
    }

    /// One line; `right` says whether it is what had to happen.
    pub fn row(
        &mut self,
        scheme: &str,
        flow: &str,
        sent: &str,
        http: Option<u16>,
        verdict: &str,
        right: bool,
    ) {
        let http = http.map_or_else(|| "-".to_owned(), |status| status.to_string());
        let mark = if right { "" } else { "   <-- UNEXPECTED" };
        println!("{scheme:<19} {flow:<9} {sent:<38} {http:<4} {verdict}{mark}");
        *if right {
            &mut self.right
        } else {
            &mut self.wrong
        } += 1;
    }

    /// One line about an answer.
    pub fn answer(
        &mut self,
        scheme: &str,
        flow: &str,
        sent: &str,
        answer: &Answer,
        want: (u16, &str),
    ) {
        let right = (answer.status, answer.verdict.as_str()) == want;
        let verdict = match right {
            true => answer.verdict.clone(),
            false => format!("{}, want {} {}", answer.verdict, want.0, want.1),
        };
        self.row(scheme, flow, sent, Some(answer.status), &verdict, right);
    }
}

/// The clock.
pub fn now() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Signs as the sender of the case would.
pub fn sign(case: &Case, now: UnixMillis) -> Result<Outgoing> {
    let scheme = paysig::scheme(case.scheme)?;
    let credentials: Credentials = case
        .sender
        .iter()
        .map(|(n, v)| (*n, v.as_bytes()))
        .collect();
    let signer = scheme.signer(case.flow, &credentials)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let mut message = case.message();
    let options = SignOptions {
        now: Some(now),
        payload: case.payload.map(str::as_bytes),
        seed: Some(&seed),
        ..SignOptions::default()
    };
    let headers = message.header_list();
    let signed = signer.sign(&message.borrow(&headers), &options)?;
    drop(headers);
    message.apply(&signed);
    Ok(message)
}

fn run(paysig: &str, case: &Case, table: &mut Table) -> Result<()> {
    let flow = case.flow.name();
    let server = Server::start(
        paysig,
        case.scheme,
        &case.receiver,
        &["--flow", flow, "--detect-replays"],
    )?;
    let genuine = sign(case, now())?;
    table.answer(
        case.scheme,
        flow,
        "genuine",
        &server.send(&genuine)?,
        (200, "ok"),
    );
    let mut tampered = genuine.clone();
    (case.tamper)(&mut tampered);
    let answer = server.send(&tampered)?;
    table.answer(
        case.scheme,
        flow,
        case.tampered,
        &answer,
        case.tampered_verdict,
    );
    if case.replay == Replay::Detected {
        let answer = server.send(&genuine)?;
        table.answer(
            case.scheme,
            flow,
            "the genuine one again",
            &answer,
            (200, "replayed"),
        );
    }
    if case.expires == Expires::Yes {
        let late = sign(case, UnixMillis(now().0 - 3_600_000))?;
        let answer = server.send(&late)?;
        table.answer(
            case.scheme,
            flow,
            "signed an hour ago",
            &answer,
            (401, "timestamp_too_old"),
        );
    }
    Ok(())
}
