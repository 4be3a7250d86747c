//! `paysig verify --batch` as a user runs it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{TempFile, run, run_with};
use serde_json::{Value, json};

const NOW: &str = "2026-01-02T03:04:05Z";
const BATCH: [&str; 8] = [
    "verify",
    "stripe",
    "-c",
    "secret=env:API_SECRET",
    "--now",
    NOW,
    "--batch",
    "-",
];

/// A notification with this body, signed for `NOW`; made with a standard library's HMAC: the key is `api-signature`.
fn line(body: &str, signature: &str) -> Value {
    let header = format!("t=1767323045,v1={signature}");
    json!({"message": {"method": "POST", "target": "/hook", "headers": [["Stripe-Signature", header]], "body": body}})
}

const BODY: &str = "{\"id\":\"evt_1\"}";
const SIGNATURE: &str = "904eeedb94ccf9c0ebcac86c873c198849d4185d1b4903d4a20e9188cae344e7";

fn batch(args: &[&str], lines: &[String]) -> common::Run {
    run_with(&[&BATCH[..], args].concat(), lines.join("\n").as_bytes())
}

#[test]
fn all_authentic() {
    let good = line(BODY, SIGNATURE).to_string();
    let done = batch(&[], &vec![good; 3000]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.starts_with("3000 messages in "),
        "{}",
        done.stdout
    );
    assert!(
        done.stdout.contains("      3000  ok  key no. 1\n"),
        "{}",
        done.stdout
    );
}

#[test]
fn refusals_are_counted_and_named() {
    let good = line(BODY, SIGNATURE).to_string();
    let forged = line("{}", SIGNATURE).to_string();
    let bare = json!({"message": {"method": "POST", "body": BODY}}).to_string();
    let mut late = line(BODY, SIGNATURE);
    late["now"] = json!("2026-01-02T04:04:05Z");
    let lines = [
        good.clone(),
        forged,
        String::new(),
        bare,
        late.to_string(),
        good,
    ];
    for threads in ["1", "4"] {
        let done = batch(&["--json", "--threads", threads], &lines);
        assert_eq!(done.code, 1, "{}", done.stderr);
        assert!(
            done.stderr.contains("3 of 5 messages are refused"),
            "{}",
            done.stderr
        );
        let report: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(report["messages"], 5);
        let named = report["first_refused"].as_array().unwrap();
        let named: Vec<_> = named
            .iter()
            .map(|r| (r["line"].as_u64().unwrap(), &r["status"]))
            .collect();
        assert_eq!(
            json!(named),
            json!([
                [2, "signature_mismatch"],
                [4, "missing_signature"],
                [5, "timestamp_too_old"]
            ])
        );
        let verdicts = report["verdicts"].as_array().unwrap();
        assert_eq!(
            verdicts[0],
            json!({"status": "ok", "key": "no. 1", "messages": 2})
        );
        assert_eq!(verdicts.len(), 4);
    }
}

#[test]
fn a_line_that_is_no_notification_is_an_error_but_does_not_stop_the_rest() {
    let good = line(BODY, SIGNATURE).to_string();
    let done = batch(
        &[],
        &[good.clone(), "{\"message\":{\"path\":1}}".to_owned(), good],
    );
    assert_eq!(done.code, 2, "{}", done.stdout);
    assert!(done.stdout.contains("         2  ok"), "{}", done.stdout);
    assert!(
        done.stdout
            .contains("line 2: invalid_option: not a notification"),
        "{}",
        done.stdout
    );
    assert!(
        done.stderr.contains("lines that hold no notification: 1"),
        "{}",
        done.stderr
    );
}

#[test]
fn from_a_file_and_beside_other_options() {
    let file = TempFile::new("batch.ndjson", line(BODY, SIGNATURE).to_string());
    let args = [&BATCH[..7], &[file.path()]].concat();
    assert_eq!(run(&args).code, 0);
    let done = run(&[&args[..], &["-d", "{}"]].concat());
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("give no message beside it"),
        "{}",
        done.stderr
    );
    let done = run(&[&BATCH[..7], &["/nonexistent/batch"]].concat());
    assert!(
        done.stderr.contains("cannot read /nonexistent/batch"),
        "{}",
        done.stderr
    );
    let stdin = ["verify", "stripe", "-c", "secret=stdin", "--batch", "-"];
    assert_eq!(run_with(&stdin, b"x").code, 2);
}
