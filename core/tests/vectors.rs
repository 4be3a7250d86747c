//! Every line of tests/vectors through the library: what must be in the answer is in the answer.
#![allow(clippy::unwrap_used, clippy::panic)]

use paysig::{Credentials, Flow, Header, KeyRing, Message, Scheme, SignOptions, UnixMillis};
use serde_json::{Value, json};
use std::path::Path;

fn b64(text: &str) -> Vec<u8> {
    paysig::crypto::Encoding::Base64
        .decode(text.as_bytes())
        .unwrap()
}

fn credentials(value: &Value) -> Credentials {
    let members = value.as_object().unwrap();
    members
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str().unwrap()))
        .collect()
}

fn time(value: &Value) -> Option<UnixMillis> {
    value.as_str().map(|t| UnixMillis::from_rfc3339(t).unwrap())
}

fn ring(case: &Value) -> KeyRing {
    let mut ring = KeyRing::new();
    match case["keys"].as_array() {
        Some(keys) => {
            for key in keys {
                ring.add_between(
                    credentials(&key["credentials"]),
                    time(&key["not_before"]),
                    time(&key["not_after"]),
                );
            }
        }
        None => {
            ring.add(credentials(&case["credentials"]));
        }
    }
    ring
}

/// The answer of the protocol, as far as the vectors compare it.
fn run(case: &Value) -> paysig::Result<Value> {
    let wire = |v: &Value| -> Vec<u8> {
        let text = v.as_str().unwrap_or_default();
        if case["wire_encoding"] == "latin-1" {
            text.chars()
                .map(|c| u8::try_from(c as u32).unwrap())
                .collect()
        } else {
            text.as_bytes().to_vec()
        }
    };
    let m = &case["message"];
    let pairs: Vec<(Vec<u8>, Vec<u8>)> = m["headers"]
        .as_array()
        .map(|h| h.iter().map(|p| (wire(&p[0]), wire(&p[1]))).collect())
        .unwrap_or_default();
    let headers: Vec<Header<'_>> = pairs
        .iter()
        .map(|(name, value)| Header { name, value })
        .collect();
    let body = match m["body_base64"].as_str() {
        Some(text) => b64(text),
        None => m["body"].as_str().unwrap_or_default().as_bytes().to_vec(),
    };
    let target = wire(&m["target"]);
    let message = Message {
        method: m["method"].as_str().unwrap(),
        target: &target,
        url: m["url"].as_str(),
        headers: &headers,
        body: &body,
    };
    let scheme = match case["recipe"].as_str() {
        Some(text) => Scheme::from_toml(text, "recipe")?,
        None => paysig::scheme(case["scheme"].as_str().unwrap())?,
    };
    let flow = Flow::from_name(case["flow"].as_str().unwrap()).unwrap();
    let variants: Vec<&str> = case["variants"]
        .as_array()
        .map(|v| v.iter().map(|n| n.as_str().unwrap()).collect())
        .unwrap_or_default();
    let now = time(&case["now"]);
    match case["op"].as_str().unwrap() {
        "sign" => {
            let signer = scheme.signer_with(flow, &credentials(&case["credentials"]), &variants)?;
            let padding = case["padding_hex"]
                .as_str()
                .map(|h| paysig::crypto::Encoding::Hex.decode(h.as_bytes()).unwrap());
            let options = SignOptions {
                now,
                nonce: case["nonce"].as_str(),
                timestamp_text: case["timestamp_text"].as_str(),
                payload: case["payload"].as_str().map(str::as_bytes),
                expires_in: case["expires_in"].as_u64().map(|n| n as u32),
                seed: Some(&[7; 32]),
                padding: padding.as_deref(),
            };
            let signed = signer.sign(&message, &options)?;
            let headers: Vec<Value> = signed
                .headers()
                .map(|(n, v)| json!([n, String::from_utf8_lossy(v)]))
                .collect();
            let explained = signer.explain(&message, &options)?;
            let members = signed.body_members();
            Ok(json!({
                "status": "ok",
                "headers": headers,
                "target": signed.target().map(String::from_utf8_lossy),
                "body": signed.body().map(String::from_utf8_lossy),
                "body_members": members.map(|t| serde_json::from_str::<Value>(&t).unwrap()),
                "string_to_sign": String::from_utf8_lossy(explained.string_to_sign()),
            }))
        }
        "verify" => {
            let mut verifier = scheme.verifier_with(flow, &ring(case), &variants)?;
            if let Some(seconds) = case["tolerance_seconds"].as_u64() {
                verifier = verifier.tolerance(seconds as u32);
            }
            let verified = verifier.verify(&message, now)?;
            let signed = verified.signed_json();
            Ok(json!({
                "status": "ok",
                "key_id": verified.key_id(),
                "timestamp": verified.timestamp().map(UnixMillis::to_rfc3339_millis),
                "signed_json": signed.map(|t| serde_json::from_str::<Value>(&t).unwrap()),
                "covered": serde_json::from_str::<Value>(&verified.covered().to_json()).unwrap(),
                "replay_key": verified.replay_key(),
            }))
        }
        "token_request" => {
            let session = paysig::TokenSession::new(&scheme, &credentials(&case["credentials"]))?;
            let request = session.request(now.unwrap())?;
            Ok(json!({
                "status": "ok",
                "method": request.method,
                "target": request.target,
                "headers": request.headers,
                "body": String::from_utf8_lossy(&request.body),
            }))
        }
        "diagnose" => {
            let others: Vec<Credentials> = case["other_keys"]
                .as_array()
                .map(|all| all.iter().map(credentials).collect())
                .unwrap_or_default();
            let ring = ring(case);
            let diagnosis =
                paysig::diagnose(&scheme, flow, &ring, &variants, &others, &message, now)?;
            let findings: Vec<Value> = diagnosis
                .findings
                .iter()
                .map(|f| json!({"ids": f.ids, "cause": f.cause, "fix": f.fix}))
                .collect();
            Ok(json!({
                "status": "ok",
                "verdict": diagnosis.verdict.name(),
                "findings": findings,
            }))
        }
        other => panic!("op {other}"),
    }
}

/// What is wrong with an answer, if anything.
fn judge(case: &Value, answer: &Value) -> Option<String> {
    let expect = case["expect"].as_object().unwrap();
    let status = answer["status"].as_str().unwrap();
    if expect.contains_key("rejected") {
        let verdict = paysig::Status::from_name(status).unwrap().is_verdict();
        return (!verdict).then(|| format!("not refused: {answer}"));
    }
    for (name, wanted) in expect {
        let got = &answer[name];
        let fits = match name.as_str() {
            // A diagnose line with only such a note wants a finding.
            "explained_by" | "matched_by_researched_variant" => {
                case["op"] != "diagnose"
                    || answer["findings"].as_array().is_some_and(|f| !f.is_empty())
            }
            "findings_any_of" => {
                let ids = |set: &Value| {
                    let mut ids: Vec<String> = set
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|id| id.as_str().unwrap().to_owned())
                        .collect();
                    ids.sort();
                    ids
                };
                let found: Vec<Vec<String>> = answer["findings"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|f| ids(&f["ids"]))
                    .collect();
                let wanted = wanted.as_array().unwrap();
                wanted.iter().any(|set| found.contains(&ids(set)))
            }
            "status" => status == wanted,
            "headers" => {
                let lower = |pair: &Value| {
                    (
                        pair[0].as_str().unwrap().to_ascii_lowercase(),
                        pair[1].clone(),
                    )
                };
                let mut have: Vec<_> = got.as_array().into_iter().flatten().map(lower).collect();
                have.extend(
                    case["message"]["headers"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(lower),
                );
                let wanted = wanted.as_array().unwrap();
                wanted.iter().all(|w| have.contains(&lower(w)))
            }
            "body_members" => {
                let wanted = wanted.as_object().unwrap();
                wanted.iter().all(|(n, w)| &got[n] == w)
            }
            _ => got == wanted,
        };
        if !fits {
            return Some(format!("{name}: wanted {wanted}, got {got} in {answer}"));
        }
    }
    None
}

#[test]
fn all_vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    files.sort();
    for file in files {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            if matches!(case["op"].as_str(), Some("explain")) {
                continue;
            }
            let answer = run(&case)
                .unwrap_or_else(|e| json!({"status": e.status().name(), "detail": e.to_string()}));
            // Decrypting is the provider's side, which this build may lack.
            if answer["status"] == "unsupported"
                && case["flow"] == "request"
                && case["scheme"] == "smile-sec-key"
            {
                continue;
            }
            count += 1;
            if let Some(why) = judge(&case, &answer) {
                wrong.push(format!("{}: {why}", case["id"]));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 250, "only {count} cases were found");
}
