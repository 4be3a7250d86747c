//! What is sent to whom.

use paysig::{Flow, Header, KeyRing, Message};

use crate::client::Outgoing;
use crate::server::Server;
use crate::{Result, Table, now, sign};

/// Throw-away key pair of the tests; the private half plays the provider.
const PRIVATE_KEY: &str = include_str!("../../../tests/vectors/rsa2048-private.pem");
const PUBLIC_KEY: &str = include_str!("../../../tests/vectors/rsa2048-public.pem");

/// Whether a second delivery can be told from the first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    Detected,
    /// Nothing in the message differs from one request to the next (HTTP Basic).
    NotApplicable,
}

/// Whether the scheme signs a time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    Yes,
    No,
}

/// One scheme and flow.
pub struct Case {
    pub scheme: &'static str,
    pub flow: Flow,
    pub method: &'static str,
    pub target: &'static str,
    pub headers: &'static [(&'static str, &'static str)],
    pub body: &'static str,
    pub payload: Option<&'static str>,
    pub sender: Vec<(&'static str, String)>,
    pub receiver: Vec<(&'static str, String)>,
    /// What the tampering does, and how.
    pub tampered: &'static str,
    pub tamper: fn(&mut Outgoing),
    pub tampered_verdict: (u16, &'static str),
    pub replay: Replay,
    pub expires: Expires,
}

impl Case {
    /// The message before it is signed.
    pub fn message(&self) -> Outgoing {
        Outgoing {
            method: self.method,
            target: self.target.to_owned(),
            headers: self
                .headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            body: self.body.as_bytes().to_vec(),
        }
    }
}

fn values(list: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    list.iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];
const MISMATCH: (u16, &str) = (401, "signature_mismatch");

/// A POST with a JSON body whose amount is changed on the way, under one set of credentials.
fn post(
    scheme: &'static str,
    flow: Flow,
    target: &'static str,
    body: &'static str,
    keys: &[(&'static str, &str)],
) -> Case {
    Case {
        scheme,
        flow,
        method: "POST",
        target,
        headers: JSON,
        body,
        payload: None,
        sender: values(keys),
        receiver: values(keys),
        tampered: "amount changed",
        tamper: |m| m.replace_in_body("100", "999"),
        tampered_verdict: MISMATCH,
        replay: Replay::Detected,
        expires: Expires::Yes,
    }
}

/// The founding schemes.
pub fn all() -> Vec<Case> {
    let ingenico = [
        ("key_id", "5e45c937b9db33ae"),
        ("secret", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="),
    ];
    let directa24 = [("login", "shop-login"), ("secret", "api-signature")];
    let ip2 = [
        ("api_key", "TESTAPIKEY0123456789"),
        ("api_password", "s3cr3t-P@ss"),
    ];
    let smile = [
        ("partner_id", "085"),
        ("api_key", "5f3c9f0e-6d0b-4c1e-9a57-0d7f2b1f8a44"),
    ];
    let provider_key = || {
        [
            values(&[("partner_id", "085")]),
            vec![("private_key", PRIVATE_KEY.to_owned())],
        ]
        .concat()
    };
    let client_key = || {
        [
            values(&[("partner_id", "085")]),
            vec![("api_key", PUBLIC_KEY.to_owned())],
        ]
        .concat()
    };
    vec![
        Case {
            method: "GET",
            headers: &[("X-GCS-ClientMetaInfo", "demo")],
            body: "",
            tampered: "path changed",
            tamper: |m| m.target = m.target.replace("9991", "9992"),
            ..post(
                "ingenico-v1hmac",
                Flow::Request,
                "/v1/9991/tokens/123456789?locale=na%20me",
                "",
                &ingenico,
            )
        },
        Case {
            expires: Expires::No,
            ..post(
                "ingenico-v1hmac",
                Flow::Webhook,
                "/hook",
                r#"{"apiVersion":"v1","id":"8ee793f6","amount":100}"#,
                &ingenico,
            )
        },
        post(
            "directa24-deposits",
            Flow::Request,
            "/v3/deposits",
            r#"{"amount":"100.00","country":"BR"}"#,
            &directa24,
        ),
        Case {
            tampered: "deposit changed",
            tamper: |m| m.replace_in_body("3000000001", "3000000002"),
            ..post(
                "directa24-deposits",
                Flow::Webhook,
                "/notify",
                r#"{"deposit_id":3000000001}"#,
                &directa24,
            )
        },
        Case {
            expires: Expires::No,
            ..post(
                "directa24-cashouts",
                Flow::Request,
                "/v3/cashout",
                r#"{"login":"l","pass":"p","amount":100}"#,
                &directa24[1..],
            )
        },
        Case {
            expires: Expires::No,
            ..post(
                "directa24-cashouts",
                Flow::Webhook,
                "/notify",
                r#"{"cashout_id":11954,"amount":100}"#,
                &directa24[1..],
            )
        },
        Case {
            method: "GET",
            body: "",
            tampered: "wrong password",
            // merchant:wrong
            tamper: |m| m.set_header("Authorization", "Basic bWVyY2hhbnQ6d3Jvbmc="),
            replay: Replay::NotApplicable,
            expires: Expires::No,
            ..post(
                "http-basic",
                Flow::Request,
                "/api/purchases",
                "",
                &[("username", "merchant"), ("password", "pa:ss:word")],
            )
        },
        Case {
            method: "GET",
            body: "",
            payload: Some(r#"{"data":{"merchantUid":"mer_1","amountCents":100}}"#),
            tampered: "payload of another token",
            // {"data":{"amountCents":1}} between the same header and signature.
            tamper: |m| {
                let mut segments: Vec<&str> = m.target.split('.').collect();
                segments[1] = "eyJkYXRhIjp7ImFtb3VudENlbnRzIjoxfX0";
                m.target = segments.join(".");
            },
            expires: Expires::No,
            ..post(
                "pledg-jwt",
                Flow::Request,
                "/purchase",
                "",
                &[("secret", "demo-secret-of-32-characters-0000")],
            )
        },
        Case {
            body: "{}",
            payload: Some(
                r#"{"reference":"order-1","transfer_order_item_uid":"tri_1","amount_cents":100}"#,
            ),
            tampered: "signature dropped",
            tamper: |m| m.body = br#"{"reference":"order-1","amount_cents":100}"#.to_vec(),
            tampered_verdict: (400, "missing_signature"),
            expires: Expires::No,
            ..post(
                "pledg-jwt",
                Flow::Webhook,
                "/ipn",
                "{}",
                &[("secret", "demo-secret-of-32-characters-0000")],
            )
        },
        Case {
            tampered: "status changed",
            tamper: |m| m.replace_in_body("completed", "cancelled"),
            expires: Expires::No,
            ..post(
                "pledg-notification",
                Flow::Webhook,
                "/ipn",
                r#"{"created_at":"2019-04-04T12:20:34.97138Z","id":"test-valid","status":"completed","sandbox":"true","error":"","reference":"PLEDG_1"}"#,
                &[("secret", "SECRET")],
            )
        },
        Case {
            method: "GET",
            headers: &[],
            body: "",
            tampered: "account changed",
            tamper: |m| m.target = m.target.replace("SUB0001", "SUB0002"),
            ..post(
                "ip2-apiauth",
                Flow::Request,
                "/api/v2/accounts/SUB0001/256700000000",
                "",
                &ip2,
            )
        },
        Case {
            tampered: "time changed",
            tamper: shift_time,
            ..post(
                "smile-signature",
                Flow::Request,
                "/v1/id_verification",
                r#"{"country":"KE","id_type":"PASSPORT"}"#,
                &smile,
            )
        },
        Case {
            tampered: "time changed",
            tamper: shift_time,
            ..post(
                "smile-signature",
                Flow::Webhook,
                "/callback",
                r#"{"ResultCode":"1012","SmileJobID":"1"}"#,
                &smile,
            )
        },
        Case {
            tampered: "digest changed",
            tamper: change_hash,
            sender: client_key(),
            receiver: provider_key(),
            ..post(
                "smile-sec-key",
                Flow::Request,
                "/v1/upload",
                r#"{"file_name":"selfie.zip"}"#,
                &[],
            )
        },
        Case {
            tampered: "digest changed",
            tamper: change_hash,
            sender: provider_key(),
            receiver: client_key(),
            ..post(
                "smile-sec-key",
                Flow::Webhook,
                "/callback",
                r#"{"ResultCode":"1012","SmileJobID":"1"}"#,
                &[],
            )
        },
    ]
}

/// One millisecond earlier or later: well within the tolerance.
fn shift_time(message: &mut Outgoing) {
    let text = String::from_utf8_lossy(&message.body).into_owned();
    if let Some(end) = text.find("Z\"") {
        let last = if text.as_bytes()[end - 1] == b'0' {
            "1"
        } else {
            "0"
        };
        message.body = format!("{}{last}{}", &text[..end - 1], &text[end..]).into_bytes();
    }
}

/// Another digest behind the pipe of a sec_key.
fn change_hash(message: &mut Outgoing) {
    let text = String::from_utf8_lossy(&message.body).into_owned();
    if let Some(pipe) = text.find('|') {
        let first = if text.as_bytes()[pipe + 1] == b'0' {
            "1"
        } else {
            "0"
        };
        message.body = format!("{}{first}{}", &text[..=pipe], &text[pipe + 2..]).into_bytes();
    }
}

/// Providers that sign their answers: the server signs, the client verifies, once as received and once with the answer changed.
pub fn signed_answers(paysig: &str, table: &mut Table) -> Result<()> {
    for (scheme, flow) in [
        ("ip2-apiauth", Flow::Response),
        ("smile-signature", Flow::Webhook),
    ] {
        let case = all()
            .into_iter()
            .find(|c| c.scheme == scheme && c.flow == Flow::Request)
            .ok_or("no such case")?;
        let body = r#"{"job_complete":true,"balance":100}"#;
        let server = Server::start(
            paysig,
            scheme,
            &case.receiver,
            &["--flow", "request", "--respond-signed", "--respond", body],
        )?;
        let request = sign(&case, now())?;
        let answer = server.send(&request)?;
        let keys = case
            .sender
            .iter()
            .map(|(n, v)| (*n, v.as_bytes()))
            .collect();
        let verifier = paysig::scheme(scheme)?.verifier(flow, &KeyRing::of(keys))?;
        let verdict = |body: &[u8]| {
            let headers: Vec<Header<'_>> = answer
                .headers
                .iter()
                .map(|(name, value)| Header {
                    name: name.as_bytes(),
                    value,
                })
                .collect();
            let message = Message::new(request.method, &request.target, &headers, body);
            match verifier.verify(&message, Some(now())) {
                Ok(_) => "ok".to_owned(),
                Err(error) => error.status().to_string(),
            }
        };
        let genuine = verdict(&answer.body);
        table.row(
            scheme,
            "answer",
            "signed answer",
            Some(answer.status),
            &genuine,
            genuine == "ok",
        );
        let mut tampered = Outgoing {
            body: answer.body.clone(),
            ..request.clone()
        };
        // Smile ID's signature covers the time only, IP2's the whole body.
        let what = match flow {
            Flow::Webhook => {
                shift_time(&mut tampered);
                "answer's time changed"
            }
            _ => {
                tampered.replace_in_body("100", "999");
                "answer's balance changed"
            }
        };
        let changed = verdict(&tampered.body);
        let right = changed == "signature_mismatch";
        table.row(scheme, "answer", what, Some(answer.status), &changed, right);
    }
    Ok(())
}
