//! The conformance protocol: one JSON object a line in, one out, in order. Every binding has the same program, and their answers are
//! compared; so nothing here is invented (no nonce, no clock) and nothing is left out.

mod answer;
pub mod line;

use std::io::{BufRead, Write};

use paysig::recipe::Flow;
use paysig::token::{Action, TokenSession};
use paysig::{Credentials, DiagnoseOptions, Scheme, SignOptions, Status};
use serde_json::Value;

use crate::clock;
use crate::failure::{Failure, Result};
use answer::Answer;
use line::Line;

/// Answers every line; each answer is flushed before the next line is read.
pub fn run(input: impl BufRead, mut output: impl Write) -> Result<()> {
    for line in input.split(b'\n') {
        let line = line.map_err(|e| Failure::file("read", "standard input", &e))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mut text = serde_json::to_vec(&answer_line(&line))
            .map_err(|e| Failure::new(Status::Internal, format!("cannot write JSON: {e}")))?;
        // JSON that was signed is handed on as it was sent, pretty-printed perhaps; an answer is one line.
        text.iter_mut()
            .filter(|byte| matches!(byte, b'\r' | b'\n'))
            .for_each(|byte| *byte = b' ');
        text.push(b'\n');
        let written = output.write_all(&text).and_then(|()| output.flush());
        written.map_err(|e| Failure::file("write", "standard output", &e))?;
    }
    Ok(())
}

fn answer_line(text: &[u8]) -> Answer {
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(e) => return Answer::failed(Value::Null, &wrong(format!("not JSON: {e}"))),
    };
    let id = value.get("id").cloned().unwrap_or_default();
    let line: Line = match serde_json::from_value(value) {
        Ok(line) => line,
        Err(e) => return Answer::failed(id, &wrong(e.to_string())),
    };
    match answer(&line) {
        Ok(answer) => answer,
        Err(failure) => Answer::failed(line.id, &failure),
    }
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Status::InvalidOption, message)
}

fn answer(line: &Line) -> Result<Answer> {
    match line.op.as_str() {
        "sign" => sign(line),
        "verify" => verify(line),
        "explain" => explain(line),
        "token_request" => token_request(line),
        "diagnose" => diagnose(line),
        other => Err(wrong(format!("op {other:?} is not known"))),
    }
}

fn scheme(line: &Line) -> Result<Scheme> {
    match (&line.scheme, &line.recipe) {
        (Some(id), None) => Ok(paysig::scheme(id)?),
        (None, Some(text)) => Ok(Scheme::from_toml(text, "recipe")?),
        _ => Err(wrong("give either scheme or recipe")),
    }
}

fn flow(line: &Line) -> Result<Flow> {
    let name = line.flow.as_deref().unwrap_or("request");
    Flow::from_name(name).ok_or_else(|| wrong(format!("flow {name:?} is not known")))
}

fn variants(line: &Line) -> Vec<&str> {
    line.variants.iter().map(String::as_str).collect()
}

fn sign(line: &Line) -> Result<Answer> {
    let signer = scheme(line)?.signer_with(flow(line)?, &line.one_key()?, &variants(line))?;
    let message = line.wire_message()?;
    let headers = message.header_list();
    let message = message.message(&headers);
    let (seed, padding) = (clock::seed()?, line.padding()?);
    let options = SignOptions {
        seed: Some(&seed),
        padding: padding.as_deref(),
        ..options(line)?
    };
    let signed = signer.sign(&message, &options)?;
    let explanation = signer.explain(&message, &options)?;
    Answer::signed(line, &signed, &explanation)
}

fn options(line: &Line) -> Result<SignOptions<'_>> {
    Ok(SignOptions {
        now: line.time()?,
        nonce: line.nonce.as_deref(),
        timestamp_text: line.timestamp_text.as_deref(),
        payload: line.payload.as_deref().map(str::as_bytes),
        expires_in: line.expires_in,
        ..SignOptions::default()
    })
}

fn verify(line: &Line) -> Result<Answer> {
    let mut verifier =
        scheme(line)?.verifier_with(flow(line)?, &line.key_ring()?, &variants(line))?;
    if let Some(seconds) = line.tolerance_seconds {
        verifier = verifier.tolerance(seconds);
    }
    let message = line.wire_message()?;
    let headers = message.header_list();
    let message = message.message(&headers);
    let verified = verifier.verify(&message, line.time()?)?;
    Ok(Answer::verified(line.id.clone(), &verified))
}

fn diagnose(line: &Line) -> Result<Answer> {
    let variants = variants(line);
    let other_keys: Vec<Credentials> = line.other_keys.iter().map(|k| k.iter().collect()).collect();
    let options = DiagnoseOptions {
        variants: &variants,
        other_keys: &other_keys,
        now: line.time()?,
        tolerance_seconds: line.tolerance_seconds,
    };
    let message = line.wire_message()?;
    let headers = message.header_list();
    let message = message.message(&headers);
    let (scheme, flow, ring) = (scheme(line)?, flow(line)?, line.key_ring()?);
    let diagnosis = paysig::diagnose_with(&scheme, flow, &ring, &message, &options)?;
    Ok(Answer::diagnosed(line.id.clone(), &diagnosis))
}

/// What a verifier would authenticate if the message is signed, else what a signer would sign.
fn explain(line: &Line) -> Result<Answer> {
    let scheme = scheme(line)?;
    let flow = flow(line)?;
    let message = line.wire_message()?;
    let headers = message.header_list();
    let message = message.message(&headers);
    let ring = line.key_ring()?;
    let explanation = scheme.explain(flow, &ring, &variants(line), &message, &options(line)?)?;
    Ok(Answer::explained(line.id.clone(), &explanation))
}

fn token_request(line: &Line) -> Result<Answer> {
    let mut session = TokenSession::new(&scheme(line)?, &line.one_key()?)?;
    let now = line
        .time()?
        .ok_or_else(|| wrong("token_request needs now"))?;
    match session.next(now)? {
        Action::Fetch(request) => Ok(Answer::token_request(line.id.clone(), &request)),
        _ => Err(Failure::new(
            Status::Internal,
            "a new token session must fetch",
        )),
    }
}
