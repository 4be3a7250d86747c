//! What `explain` prints, for people and as JSON: tests/explain/SCHEME.golden, of messages in tests/vectors.
//!
//! Renewed by `RENEW=1 cargo test -p paysig-cli --test explain`; look at the difference before it is committed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::run_with;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// Blocks of headers, a digest of a canonical request, JSON paths of an item, a secret inside the text, a form behind a URL,
/// a JWS, components of RFC 9421, sorted leaves, a CRC-32; and one that is still to be signed.
const SCHEMES: [(&str, &str, &str); 10] = [
    ("ingenico-v1hmac", "request", "verify"),
    ("aws-sigv4", "request", "verify"),
    ("adyen-notifications", "webhook", "verify"),
    ("pledg-notification", "webhook", "verify"),
    ("twilio", "webhook", "verify"),
    ("truelayer", "request", "verify"),
    ("rfc9421-hmac", "request", "verify"),
    ("trustpay", "webhook", "verify"),
    ("paypal", "webhook", "verify"),
    ("stripe", "webhook", "sign"),
];

/// The first vector of a scheme that is answered with ok.
fn vector(scheme: &str, flow: &str, op: &str) -> Value {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/vectors/{scheme}.jsonl"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap());
    let found = lines.find(|v| {
        v["op"] == op
            && v["flow"] == flow
            && v["expect"]["status"] == "ok"
            && v["credentials"].is_object()
    });
    found.unwrap()
}

fn http(message: &Value) -> String {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let mut out = format!(
        "{} {} HTTP/1.1\r\n",
        text(&message["method"]),
        text(&message["target"])
    );
    for header in message["headers"].as_array().unwrap() {
        let _ = write!(out, "{}: {}\r\n", text(&header[0]), text(&header[1]));
    }
    out + "\r\n" + &text(&message["body"])
}

fn explained(scheme: &str, flow: &str, op: &str) -> String {
    let vector = vector(scheme, flow, op);
    let message = &vector["message"];
    let now = vector["now"].as_str().unwrap_or("2026-01-02T03:04:05Z");
    let mut args: Vec<String> = [
        "explain", scheme, "--flow", flow, "--now", now, "--http", "-",
    ]
    .map(String::from)
    .to_vec();
    for (name, value) in vector["credentials"].as_object().unwrap() {
        args.extend([
            "-c".to_owned(),
            format!("{name}=text:{}", value.as_str().unwrap()),
        ]);
    }
    if let Some(url) = message["url"].as_str() {
        args.extend(["--url".to_owned(), url.to_owned()]);
    }
    let mut out = format!("message: {}\n", vector["id"].as_str().unwrap());
    for more in ["--hex", "--json"] {
        let args: Vec<&str> = args.iter().map(String::as_str).chain([more]).collect();
        let done = run_with(&args, http(message).as_bytes());
        assert_eq!(done.code, 0, "{scheme}: {}", done.stderr);
        let _ = write!(
            out,
            "\n$ paysig explain {scheme} --flow {flow} {more}\n{}",
            done.stdout
        );
    }
    out
}

#[test]
fn explanations_are_those_of_the_golden_files() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/explain");
    let renew = std::env::var_os("RENEW").is_some();
    let mut differ = Vec::new();
    for (scheme, flow, op) in SCHEMES {
        let path = dir.join(format!("{scheme}.golden"));
        let text = explained(scheme, flow, op);
        if renew {
            std::fs::write(&path, &text).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != text {
            differ.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
