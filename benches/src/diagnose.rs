//! What `diagnose` takes for messages with 1 kB of body, by scheme and mistake, beside one `verify` of the genuine message.

use paysig::{
    Credentials, DiagnoseOptions, Flow, Header, KeyRing, Message, SignOptions, UnixMillis,
    diagnose_with,
};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

type AnyResult<T> = Result<T, Box<dyn std::error::Error>>;

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

/// A message and a key as they are seen where the signature does not match.
#[derive(Clone)]
struct Seen {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    credentials: BTreeMap<String, String>,
}

/// What went wrong: its name, what it does, and whether a search must find it. Several, where there is more than one step.
struct Mistake(&'static str, &'static [fn(&mut Seen)], bool);

/// A scheme, what it signs, and the mistakes that are made with it.
struct Case {
    scheme: &'static str,
    flow: Flow,
    seen: Seen,
    mistakes: &'static [Mistake],
}

fn body_spaced(seen: &mut Seen) {
    seen.body = seen.body.replace(',', ", ").replace("\":", "\": ");
}

fn body_line_end(seen: &mut Seen) {
    seen.body.push('\n');
}

fn body_changed(seen: &mut Seen) {
    seen.body = seen.body.replace("A-3", "A-4");
}

fn key(seen: &mut Seen, change: impl Fn(&str) -> String) {
    for name in ["secret", "secret_access_key", "api_key", "auth_token"] {
        if let Some(value) = seen.credentials.get_mut(name) {
            *value = change(value);
        }
    }
}

fn key_line_end(seen: &mut Seen) {
    key(seen, |key| format!("{key}\n"));
}

fn key_quoted(seen: &mut Seen) {
    key(seen, |key| format!("\"{key}\""));
}

fn key_unknown(seen: &mut Seen) {
    key(seen, |key| key.chars().rev().collect());
}

fn path_prefix(seen: &mut Seen) {
    seen.url = seen.url.replace("example/", "example/api/");
}

fn scheme_of_proxy(seen: &mut Seen) {
    seen.url = seen.url.replace("https:", "http:");
}

fn charset(seen: &mut Seen) {
    for (name, value) in &mut seen.headers {
        if name == "Content-Type" {
            value.push_str("; charset=utf-8");
        }
    }
}

const HMAC_OF_BODY: &[Mistake] = &[
    Mistake("body spaced", &[body_spaced], true),
    Mistake("key with a line end", &[key_line_end], true),
    Mistake("body and key", &[body_line_end, key_quoted], true),
    Mistake("content changed", &[body_changed], false),
];
const PUBLIC_KEY: &[Mistake] = &[
    Mistake("body spaced", &[body_spaced], true),
    Mistake("body with a line end", &[body_line_end], true),
    Mistake("content changed", &[body_changed], false),
];

/// The credentials of the first vectors that sign and verify: a pair of keys.
fn pair_of_keys(scheme: &str) -> AnyResult<BTreeMap<String, String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = std::fs::read_to_string(root.join(format!("{scheme}.jsonl")))?;
    let mut keys = BTreeMap::new();
    for line in text.lines() {
        let vector: serde_json::Value = serde_json::from_str(line)?;
        for given in [&vector["credentials"], &vector["keys"][0]["credentials"]] {
            for (name, value) in given.as_object().into_iter().flatten() {
                let value = value.as_str().unwrap_or_default().to_owned();
                keys.entry(name.clone()).or_insert(value);
            }
        }
    }
    Ok(keys)
}

fn json() -> String {
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

fn form() -> String {
    let fields: Vec<String> = (0..40)
        .map(|n| format!("Field{n}=A-{n}+caf%C3%A9"))
        .collect();
    fields.join("&")
}

fn cases() -> AnyResult<Vec<Case>> {
    let case = |scheme, flow, credentials: &[(&str, &str)], mistakes| Case {
        scheme,
        flow,
        seen: Seen {
            url: "https://shop.example/v1/hooks".to_owned(),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: json(),
            credentials: credentials
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        },
        mistakes,
    };
    let (request, webhook) = (Flow::Request, Flow::Webhook);
    let whsec = [("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
    let mut all = vec![
        case("stripe", webhook, &whsec, HMAC_OF_BODY),
        case("standard-webhooks", webhook, &whsec, HMAC_OF_BODY),
        case(
            "directa24-deposits",
            webhook,
            &[("login", "shop-login"), ("secret", "api-signature")],
            HMAC_OF_BODY,
        ),
        case(
            "ingenico-v1hmac",
            request,
            &[
                ("key_id", "5e45c937b9db33ae"),
                ("secret", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="),
            ],
            &[
                Mistake("content type with charset", &[charset], true),
                Mistake("key with a line end", &[key_line_end], true),
                Mistake("path and key", &[path_prefix, key_quoted], true),
                Mistake("another key", &[key_unknown], false),
            ],
        ),
        case(
            "smile-signature",
            request,
            &[("partner_id", "085"), ("api_key", "a key of the portal")],
            &[
                Mistake("key with a line end", &[key_line_end], true),
                Mistake(
                    "key quoted, with a line end",
                    &[key_quoted, key_line_end],
                    true,
                ),
                Mistake("another key", &[key_unknown], false),
            ],
        ),
        case(
            "aws-sigv4",
            request,
            &[
                ("access_key_id", "AKIDEXAMPLE"),
                (
                    "secret_access_key",
                    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                ),
                ("region", "us-east-1"),
                ("service", "execute-api"),
            ],
            &[
                Mistake("body spaced", &[body_spaced], true),
                Mistake("path with a prefix", &[path_prefix], true),
                Mistake("path and key", &[path_prefix, key_line_end], true),
                Mistake("another key", &[key_unknown], false),
            ],
        ),
        case(
            "twilio",
            webhook,
            &[("auth_token", "0123456789abcdef0123456789abcdef")],
            &[
                Mistake("http instead of https", &[scheme_of_proxy], true),
                Mistake("key with a line end", &[key_line_end], true),
                Mistake("address and key", &[scheme_of_proxy, key_line_end], true),
                Mistake("content changed", &[body_changed], false),
            ],
        ),
        case("wise", webhook, &[], PUBLIC_KEY),
        case("sendgrid", webhook, &[], PUBLIC_KEY),
    ];
    for case in &mut all {
        match case.scheme {
            "twilio" => {
                case.seen.body = form();
                case.seen.headers[0].1 = "application/x-www-form-urlencoded".to_owned();
            }
            "aws-sigv4" => case
                .seen
                .headers
                .push(("Host".to_owned(), "shop.example".to_owned())),
            "wise" | "sendgrid" => case.seen.credentials = pair_of_keys(case.scheme)?,
            _ => {}
        }
    }
    Ok(all)
}

impl Seen {
    fn credentials(&self) -> Credentials {
        let named = self.credentials.iter();
        named.map(|(n, v)| (n.as_str(), v.as_str())).collect()
    }

    fn with<T>(&self, run: impl FnOnce(&Message<'_>) -> T) -> T {
        let headers: Vec<Header<'_>> = self
            .headers
            .iter()
            .map(|(name, value)| Header::new(name, value))
            .collect();
        let path = self.url.splitn(4, '/').nth(3).unwrap_or_default();
        run(&Message {
            url: Some(&self.url),
            ..Message::new("POST", &format!("/{path}"), &headers, self.body.as_bytes())
        })
    }
}

/// Milliseconds of the fastest of some runs: what else the machine does only adds to it.
fn fastest<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    (0..runs)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64() * 1e3
        })
        .fold(f64::INFINITY, f64::min)
}

/// One table for all schemes, or for those whose name holds the text: milliseconds, hypotheses, the ratio to one verification.
pub fn table(filter: &str) -> AnyResult<()> {
    println!("| scheme | mistake | found | ms | hypotheses | x one verify |");
    println!("|---|---|---|--:|--:|--:|");
    for case in cases()?.into_iter().filter(|c| c.scheme.contains(filter)) {
        rows(case)?;
    }
    Ok(())
}

fn rows(case: Case) -> AnyResult<()> {
    let Case {
        scheme: id,
        flow,
        seen: mut genuine,
        mistakes,
    } = case;
    let scheme = paysig::scheme(id)?;
    let signer = scheme.signer(flow, &genuine.credentials())?;
    let options = SignOptions {
        now: Some(NOW),
        nonce: signer
            .needs_nonce()
            .then_some("msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"),
        seed: signer.needs_seed().then_some(&[7; 32]),
        ..SignOptions::default()
    };
    let signed = genuine.with(|message| signer.sign(message, &options))?;
    for (name, value) in signed.headers() {
        let value = String::from_utf8_lossy(value).into_owned();
        genuine.headers.push((name.to_owned(), value));
    }
    if let Some(body) = signed.body() {
        genuine.body = String::from_utf8_lossy(body).into_owned();
    }
    let verifier = scheme.verifier(flow, &KeyRing::of(genuine.credentials()))?;
    let verify = genuine.with(|message| -> AnyResult<f64> {
        verifier.verify(message, Some(NOW))?;
        Ok(fastest(101, || {
            verifier.verify(black_box(message), Some(NOW)).is_ok()
        }))
    })?;
    let options = DiagnoseOptions {
        now: Some(NOW),
        ..DiagnoseOptions::default()
    };
    for Mistake(name, steps, must_be_found) in mistakes {
        let mut seen = genuine.clone();
        for step in *steps {
            step(&mut seen);
        }
        let ring = KeyRing::of(seen.credentials());
        let (answer, ms) = seen.with(|message| -> AnyResult<_> {
            let ask = || diagnose_with(&scheme, flow, &ring, black_box(message), &options);
            Ok((ask()?, fastest(9, ask)))
        })?;
        let found = match answer.findings.first() {
            Some(finding) => finding.ids.join(" + "),
            None => "nothing".to_owned(),
        };
        if answer.findings.is_empty() == *must_be_found {
            return Err(format!("{id}, {name}: {found}").into());
        }
        let (hypotheses, ratio) = (answer.hypotheses, ms / verify);
        println!("| {id} | {name} | {found} | {ms:.2} | {hypotheses} | {ratio:.0} |");
    }
    Ok(())
}
