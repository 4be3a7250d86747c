//! `cargo run --release -p paysig-bench [filter]`: one table of ratios.

mod measure;

use measure::{Pair, pair};
use paysig::crypto::{Encoding, Hash, HmacKey};
use paysig::{Credentials, Flow, Header, KeyRing, Message, SignOptions, UnixMillis};
use std::hint::black_box;

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

struct Case {
    name: &'static str,
    scheme: &'static str,
    flow: Flow,
    credentials: &'static [(&'static str, &'static str)],
    target: &'static str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn credentials(list: &[(&str, &str)]) -> Credentials {
    list.iter().copied().collect()
}

const GCS: &[(&str, &str)] = &[
    ("key_id", "5e45c937b9db33ae"),
    ("secret", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="),
];

fn gcs(name: &'static str, count: usize) -> Case {
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    for i in 0..count {
        headers.push((
            format!("X-GCS-Header{i}"),
            format!("value {i} of the header"),
        ));
    }
    Case {
        name,
        scheme: "ingenico-v1hmac",
        flow: Flow::Request,
        credentials: GCS,
        target: "/v1/9991/tokens/123456789",
        headers,
        body: b"{\"card\":{\"alias\":\"x\"}}".to_vec(),
    }
}

fn cases() -> Vec<Case> {
    let body = br#"{"id":"evt_1","object":"event","amount":1999,"currency":"eur","data":{"a":[1,2,3]},"text":"some text to make it longer"}"#.to_vec();
    let simple = |name, scheme, flow, credentials| Case {
        name,
        scheme,
        flow,
        credentials,
        target: "/v3/deposits",
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.clone(),
    };
    vec![
        gcs("ingenico 0 headers", 0),
        gcs("ingenico 3 headers", 3),
        gcs("ingenico 10 headers", 10),
        simple(
            "directa24",
            "directa24-deposits",
            Flow::Request,
            &[("login", "shop-login"), ("secret", "api-signature")],
        ),
        simple("stripe", "stripe", Flow::Webhook, &[("secret", "whsec_x")]),
        simple(
            "standard-webhooks",
            "standard-webhooks",
            Flow::Webhook,
            &[("secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")],
        ),
        Case {
            body: br#"{"user_id":"u1","job_id":"j1"}"#.to_vec(),
            ..simple(
                "smile-signature",
                "smile-signature",
                Flow::Request,
                &[("partner_id", "085"), ("api_key", "key-text")],
            )
        },
        Case {
            headers: vec![
                ("Host".to_owned(), "example.amazonaws.com".to_owned()),
                ("Content-Type".to_owned(), "application/json".to_owned()),
            ],
            ..simple(
                "aws-sigv4",
                "aws-sigv4",
                Flow::Request,
                &[
                    ("access_key_id", "AKIDEXAMPLE"),
                    (
                        "secret_access_key",
                        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                    ),
                    ("region", "us-east-1"),
                    ("service", "service"),
                ],
            )
        },
    ]
}

fn row(name: &str, what: &str, pair: &Pair, note: &str) {
    println!(
        "{name:<24} {what:<8} {:>9.0} ns {:>9.0} ns  {:>5.2} x  ({:.2}-{:.2})  {:>3} alloc  {note}",
        pair.ours, pair.bare, pair.ratio, pair.spread.0, pair.spread.1, pair.allocations
    );
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, name, call, count] = &arguments[..]
        && mode == "repeat"
    {
        return repeat(name, call, count.parse()?);
    }
    let filter = arguments.first().cloned().unwrap_or_default();
    println!(
        "{:<24} {:<8} {:>12} {:>12} {:>8}",
        "scheme", "call", "paysig", "bare", "ratio"
    );
    for case in cases().iter().filter(|c| c.name.contains(&filter)) {
        let scheme = paysig::scheme(case.scheme)?;
        let credentials = credentials(case.credentials);
        let signer = scheme.signer(case.flow, &credentials)?;
        let headers: Vec<Header<'_>> = case
            .headers
            .iter()
            .map(|(n, v)| Header::new(n, v))
            .collect();
        let message = Message::new("POST", case.target, &headers, &case.body);
        let options = SignOptions {
            now: Some(NOW),
            nonce: signer
                .needs_nonce()
                .then_some("msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"),
            ..SignOptions::default()
        };
        // Bare: the prepared MAC over the ready string, and its encoding.
        let ready = signer
            .explain(&message, &options)?
            .string_to_sign()
            .to_vec();
        let key = HmacKey::new(Hash::Sha256, b"a key of about the usual length");
        let encoding = if case.scheme.starts_with("directa24")
            || case.scheme == "stripe"
            || case.scheme == "aws-sigv4"
        {
            Encoding::Hex
        } else {
            Encoding::Base64
        };
        let bare = || {
            let mut text = Vec::with_capacity(64);
            encoding.encode_into(&key.mac(black_box(&ready)), &mut text);
            text
        };
        let sign = pair(|| signer.sign(black_box(&message), &options), bare);
        row(
            case.name,
            "sign",
            &sign,
            &format!("{} B signed", ready.len()),
        );

        let signed = signer.sign(&message, &options)?;
        let mut wire = headers.clone();
        let added: Vec<(String, Vec<u8>)> = signed
            .headers()
            .map(|(n, v)| (n.to_owned(), v.to_vec()))
            .collect();
        wire.extend(added.iter().map(|(n, v)| Header {
            name: n.as_bytes(),
            value: v,
        }));
        let body = signed.body().unwrap_or(&case.body).to_vec();
        let received = Message::new("POST", case.target, &wire, &body);
        let verifier = scheme.verifier(case.flow, &KeyRing::of(credentials))?;
        verifier.verify(&received, Some(NOW))?;
        let mac = key.mac(&ready);
        let mut text = Vec::new();
        encoding.encode_into(&mac, &mut text);
        let bare = || {
            let given = encoding.decode_digest(black_box(&text), 32);
            given.is_some_and(|g| paysig::crypto::equal(&g, &key.mac(black_box(&ready))))
        };
        let verify = pair(
            || verifier.verify(black_box(&received), Some(NOW)).is_ok(),
            bare,
        );
        row(case.name, "verify", &verify, "");
    }
    Ok(())
}

/// Only calls, for instruction counters: `repeat "stripe" verify 1000`.
fn repeat(name: &str, call: &str, count: u32) -> Result<(), Box<dyn std::error::Error>> {
    let cases = cases();
    let case = cases
        .iter()
        .find(|c| c.name == name)
        .ok_or("there is no such case")?;
    let scheme = paysig::scheme(case.scheme)?;
    let credentials = credentials(case.credentials);
    let signer = scheme.signer(case.flow, &credentials)?;
    let headers: Vec<Header<'_>> = case
        .headers
        .iter()
        .map(|(n, v)| Header::new(n, v))
        .collect();
    let message = Message::new("POST", case.target, &headers, &case.body);
    let options = SignOptions {
        now: Some(NOW),
        nonce: signer
            .needs_nonce()
            .then_some("msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"),
        ..SignOptions::default()
    };
    let signed = signer.sign(&message, &options)?;
    let mut wire = headers.clone();
    wire.extend(signed.headers().map(|(n, v)| Header {
        name: n.as_bytes(),
        value: v,
    }));
    let body = signed.body().unwrap_or(&case.body);
    let received = Message::new("POST", case.target, &wire, body);
    let verifier = scheme.verifier(case.flow, &KeyRing::of(credentials))?;
    for _ in 0..count {
        match call {
            "sign" => drop(black_box(signer.sign(black_box(&message), &options)?)),
            "verify" => drop(black_box(verifier.verify(black_box(&received), Some(NOW))?)),
            _ => return Err("call is sign or verify".into()),
        }
    }
    Ok(())
}
