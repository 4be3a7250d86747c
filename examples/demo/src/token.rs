//! Pledg's access token: fetched, used, expired, fetched again, and the same when the API refuses it earlier than expected.

use std::thread::sleep;
use std::time::Duration;

use paysig::token::Action;
use paysig::{Credentials, TokenSession};

use crate::client::{Answer, Outgoing};
use crate::server::Server;
use crate::{Result, Table, now};

const SCHEME: &str = "pledg-token";

fn api_call(headers: Vec<(String, String)>) -> Outgoing {
    Outgoing {
        method: "GET",
        target: "/api/purchases".into(),
        headers,
        body: Vec::new(),
    }
}

/// What a client does on each call: ask the session, fetch if it says so, send. Also tells whether it fetched.
fn call(session: &mut TokenSession, server: &Server) -> Result<(bool, Answer)> {
    let mut fetched = false;
    loop {
        match session.next(now())? {
            Action::Authorize(headers) => return Ok((fetched, server.send(&api_call(headers))?)),
            Action::Wait { until } => {
                let millis = until.saturating_since(now()).max(1);
                sleep(Duration::from_millis(u64::try_from(millis)?));
            }
            Action::Fetch(request) => {
                let answer = server.send(&Outgoing {
                    method: "POST",
                    target: request.target,
                    headers: request.headers,
                    body: request.body,
                })?;
                session.fetched(answer.status, &answer.body, now())?;
                fetched = true;
            }
        }
    }
}

/// The whole life of two tokens.
pub fn run(paysig: &str, table: &mut Table) -> Result<()> {
    let keys = [
        ("api_key", "your_key".to_owned()),
        ("api_secret", "your_secret".to_owned()),
    ];
    let credentials: Credentials = keys.iter().map(|(n, v)| (*n, v.as_bytes())).collect();
    let scheme = paysig::scheme(SCHEME)?;
    let server = Server::start(paysig, SCHEME, &keys, &["--token-lifetime", "2"])?;
    let mut session = TokenSession::new(&scheme, &credentials)?;
    let mut step = |sent: &str, answer: (bool, Answer), fetch: bool| {
        let (fetched, answer) = answer;
        let verdict = format!(
            "{}{}",
            answer.verdict,
            if fetched { " (token fetched)" } else { "" }
        );
        let right = answer.status == 200 && fetched == fetch;
        table.row(
            SCHEME,
            "request",
            sent,
            Some(answer.status),
            &verdict,
            right,
        );
    };
    step("first call", call(&mut session, &server)?, true);
    step(
        "second call, same token",
        call(&mut session, &server)?,
        false,
    );
    let old = session.next(now())?;
    sleep(Duration::from_millis(2100));
    step(
        "call after its lifetime",
        call(&mut session, &server)?,
        true,
    );
    // A client that does not look at the clock is told, and fetches again.
    if let Action::Authorize(headers) = old {
        let answer = server.send(&api_call(headers))?;
        table.answer(
            SCHEME,
            "request",
            "the expired token",
            &answer,
            (401, "token_refused"),
        );
        session.refused(now())?;
    }
    let mut step = |sent: &str, (fetched, answer): (bool, Answer)| {
        let right = answer.status == 200 && fetched;
        table.row(
            SCHEME,
            "request",
            sent,
            Some(answer.status),
            &answer.verdict,
            right,
        );
    };
    step(
        "call after a refusal, token fetched",
        call(&mut session, &server)?,
    );
    let forged = api_call(vec![("Authorization".into(), "Bearer invented".into())]);
    table.answer(
        SCHEME,
        "request",
        "an invented token",
        &server.send(&forged)?,
        (401, "token_refused"),
    );
    let wrong: Credentials = [("api_key", "your_key"), ("api_secret", "wrong")]
        .into_iter()
        .collect();
    let mut stranger = TokenSession::new(&scheme, &wrong)?;
    let refused = call(&mut stranger, &server)
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default();
    let right = refused.starts_with("token_refused");
    table.row(
        SCHEME,
        "request",
        "token request, wrong secret",
        Some(401),
        &refused,
        right,
    );
    Ok(())
}
