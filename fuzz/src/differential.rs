//! An independent signer: five schemes written out by hand over another HMAC. Both must sign alike, and each accept the other.

use crate::Pieces;
use crate::support::{Wire, credentials};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paysig::{Flow, KeyRing, SignOptions, UnixMillis};

const SECONDS: i64 = 1_709_629_687;
const TEXT_TIME: &str = "2024-03-05T09:08:07Z";
const NONCE: &str = "msg_1";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hmac = hmac_sha256::HMAC::new(key);
    parts.iter().for_each(|p| hmac.update(p));
    hmac.finalize()
}

/// Scheme, flow, names of credentials; then headers by name from secret and body.
type Rule = (
    &'static str,
    Flow,
    &'static str,
    fn(&[u8], &[u8]) -> Vec<(&'static str, String)>,
);

const RULES: [Rule; 5] = [
    ("stripe", Flow::Webhook, "secret", |key, body| {
        let time = SECONDS.to_string();
        let mac = mac(key, &[time.as_bytes(), b".", body]);
        vec![("Stripe-Signature", format!("t={time},v1={}", hex(&mac)))]
    }),
    ("github", Flow::Webhook, "secret", |key, body| {
        vec![(
            "X-Hub-Signature-256",
            format!("sha256={}", hex(&mac(key, &[body]))),
        )]
    }),
    ("slack", Flow::Webhook, "signing_secret", |key, body| {
        let time = SECONDS.to_string();
        let mac = mac(key, &[b"v0:", time.as_bytes(), b":", body]);
        vec![
            ("X-Slack-Request-Timestamp", time),
            ("X-Slack-Signature", format!("v0={}", hex(&mac))),
        ]
    }),
    ("standard-webhooks", Flow::Webhook, "secret", |key, body| {
        let time = SECONDS.to_string();
        let mac = mac(key, &[NONCE.as_bytes(), b".", time.as_bytes(), b".", body]);
        vec![
            ("webhook-id", NONCE.into()),
            ("webhook-timestamp", time),
            ("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
        ]
    }),
    (
        "directa24-deposits",
        Flow::Request,
        "secret",
        |key, body| {
            let mac = mac(key, &[TEXT_TIME.as_bytes(), b"shop", body]);
            vec![
                ("X-Date", TEXT_TIME.into()),
                ("X-Login", "shop".into()),
                ("Authorization", format!("D24 {}", hex(&mac))),
            ]
        },
    ),
];

pub fn run(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let (id, flow, name, rule) = RULES[pieces.number() % RULES.len()];
    let (key, body) = (pieces.next(), pieces.next());
    if key.is_empty() || (id == "standard-webhooks" && key.len() > 64) {
        return;
    }
    let text = match id {
        "standard-webhooks" => format!("whsec_{}", STANDARD.encode(key)).into_bytes(),
        _ => key.to_vec(),
    };
    let mut keys = credentials(&[]);
    keys.set(name, &text);
    if id.starts_with("directa24") {
        keys.set("login", "shop");
    }
    let now = Some(UnixMillis(SECONDS * 1000));
    let scheme = paysig::scheme(id).unwrap();
    let Ok(signer) = scheme.signer(flow, &keys) else {
        return; // not every text is a secret
    };
    let plain = Wire::new("POST", "/hook").body(body);
    let options = SignOptions {
        now,
        nonce: Some(NONCE),
        ..SignOptions::default()
    };
    let options = options.taken_by(signer.takes());
    let made = plain.with(|m| signer.sign(m, &options)).unwrap();
    let mut theirs = plain.clone();
    for (name, value) in rule(key, body) {
        let ours = made.headers().find(|(n, _)| n.eq_ignore_ascii_case(name));
        if let Some((_, ours)) = ours {
            assert_eq!(String::from_utf8_lossy(ours), value, "{id}: {name}");
        } else {
            panic!("{id}: no {name}");
        }
        theirs.headers.push((name.into(), value.into()));
    }
    let verifier = scheme.verifier(flow, &KeyRing::of(keys)).unwrap();
    theirs
        .with(|m| verifier.verify(m, now).map(|_| ()))
        .unwrap();
}
