//! What `diagnose` takes for one message with 1 kB of JSON, beside one `verify` of the same message.

use paysig::{
    Credentials, DiagnoseOptions, Flow, Header, KeyRing, Message, SignOptions, UnixMillis,
    diagnose_with,
};
use std::hint::black_box;
use std::time::Instant;

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What was signed and what arrives, under which key, and the finding; none where content was changed.
struct Case {
    name: &'static str,
    seen: String,
    key: String,
    finding: Option<&'static str>,
}

fn body() -> String {
    let items: Vec<String> = (0..14)
        .map(|n| {
            format!(r#"{{"sku":"A-{n}","name":"Café crème no. {n}","count":{n},"price":{n}.50}}"#)
        })
        .collect();
    format!(
        r#"{{"id":"evt_1","type":"payment.paid","note":null,"items":[{}]}}"#,
        items.join(",")
    )
}

fn cases(body: &str) -> [Case; 7] {
    let case = |name, seen: String, key: String, finding| Case {
        name,
        seen,
        key,
        finding,
    };
    let right = || SECRET.to_owned();
    [
        case(
            "body spaced",
            body.replace(',', ", ").replace("\":", "\": "),
            right(),
            Some("body-json-spaced"),
        ),
        case(
            "body escaped",
            body.replace('é', "\\u00e9").replace('è', "\\u00e8"),
            right(),
            Some("body-unicode-escaped"),
        ),
        case(
            "body with a line end",
            format!("{body}\n"),
            right(),
            Some("body-trailing-newline-added"),
        ),
        case(
            "key with a line end",
            body.to_owned(),
            format!("{SECRET}\n"),
            Some("key-trailing-newline"),
        ),
        case(
            "key without prefix",
            body.to_owned(),
            SECRET.replace("whsec_", ""),
            Some("key-prefix-kept"),
        ),
        case(
            "two mistakes",
            format!("{body}\n"),
            format!("\"{SECRET}\""),
            Some("body-trailing-newline-added"),
        ),
        case("changed content", body.replace("A-3", "A-4"), right(), None),
    ]
}

/// Milliseconds, the median of some runs.
fn median<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let mut all: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// One table: milliseconds, hypotheses, and the ratio to one verification.
pub fn table() -> Result<(), Box<dyn std::error::Error>> {
    let scheme = paysig::scheme("stripe")?;
    let credentials = |key: &str| -> Credentials { [("secret", key)].into_iter().collect() };
    let body = body();
    let plain = Message::new("POST", "/hooks", &[], body.as_bytes());
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    let signed = scheme
        .signer(Flow::Webhook, &credentials(SECRET))?
        .sign(&plain, &options)?;
    let headers: Vec<Header<'_>> = signed
        .headers()
        .map(|(n, v)| Header {
            name: n.as_bytes(),
            value: v,
        })
        .collect();
    let right = Message::new("POST", "/hooks", &headers, body.as_bytes());
    let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(credentials(SECRET)))?;
    let verify = median(101, || {
        verifier.verify(black_box(&right), Some(NOW)).is_ok()
    });
    println!(
        "{:<22} {:>10} {:>12} {:>14}",
        "diagnose, stripe", "ms", "hypotheses", "x one verify"
    );
    for case in cases(&body) {
        let message = Message::new("POST", "/hooks", &headers, case.seen.as_bytes());
        let ring = KeyRing::of(credentials(&case.key));
        let options = DiagnoseOptions {
            now: Some(NOW),
            ..DiagnoseOptions::default()
        };
        let ask = || diagnose_with(&scheme, Flow::Webhook, &ring, black_box(&message), &options);
        let answer = ask()?;
        let ids: Vec<&String> = answer.findings.iter().flat_map(|f| &f.ids).collect();
        if case.finding.is_some_and(|id| !ids.iter().any(|i| *i == id))
            || case.finding.is_none() && !ids.is_empty()
        {
            return Err(format!("{}: {ids:?}", case.name).into());
        }
        let ms = median(9, ask);
        println!(
            "{:<22} {ms:>10.2} {:>12} {:>14.0}",
            case.name,
            answer.hypotheses,
            ms / verify
        );
    }
    Ok(())
}
