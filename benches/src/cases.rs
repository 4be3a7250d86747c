//! What is measured: one typical message a scheme, made ready so that a call does nothing but the call.

use paysig::crypto::{Encoding, Hash, HmacKey, equal};
use paysig::{
    Credentials, Flow, Header, KeyRing, Message, Result, SignOptions, Signed, Signer, UnixMillis,
    Verifier,
};
use std::hint::black_box;

/// 2026-01-02T03:04:05Z.
const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

/// A scheme and a message.
pub struct Case {
    pub name: &'static str,
    scheme: &'static str,
    flow: Flow,
    credentials: &'static [(&'static str, &'static str)],
    target: &'static str,
    headers: Vec<(String, &'static str)>,
    body: Vec<u8>,
    payload: Option<&'static [u8]>,
    /// How the scheme writes its signature.
    encoding: Encoding,
}

const EVENT: &[u8] = br#"{"id":"evt_1","object":"event","amount":1999,"currency":"eur","data":{"a":[1,2,3]},"text":"some text to make it longer"}"#;

fn case(
    name: &'static str,
    scheme: &'static str,
    flow: Flow,
    encoding: Encoding,
    credentials: &'static [(&'static str, &'static str)],
) -> Case {
    Case {
        name,
        scheme,
        flow,
        credentials,
        target: "/v3/deposits",
        headers: vec![("Content-Type".to_owned(), "application/json")],
        body: EVENT.to_vec(),
        payload: None,
        encoding,
    }
}

/// A request to Ingenico with so many signed headers.
fn ingenico(name: &'static str, count: usize) -> Case {
    const KEY: &[(&str, &str)] = &[
        ("key_id", "5e45c937b9db33ae"),
        ("secret", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="),
    ];
    let scheme = "ingenico-v1hmac";
    let mut case = case(name, scheme, Flow::Request, Encoding::Base64, KEY);
    let more = (0..count).map(|i| (format!("X-GCS-Header{i}"), "value of the header"));
    case.headers.extend(more);
    case.target = "/v1/9991/tokens/123456789";
    case.body = br#"{"card":{"alias":"x"}}"#.to_vec();
    case
}

/// All cases.
pub fn all() -> Vec<Case> {
    let (request, webhook) = (Flow::Request, Flow::Webhook);
    vec![
        ingenico("ingenico-0", 0),
        ingenico("ingenico-3", 3),
        ingenico("ingenico-10", 10),
        case(
            "directa24",
            "directa24-deposits",
            request,
            Encoding::Hex,
            &[("login", "shop-login"), ("secret", "api-signature")],
        ),
        case(
            "stripe",
            "stripe",
            webhook,
            Encoding::Hex,
            &[("secret", "whsec_x")],
        ),
        case(
            "standard-webhooks",
            "standard-webhooks",
            webhook,
            Encoding::Base64,
            &[("secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")],
        ),
        Case {
            body: br#"{"user_id":"u1","job_id":"j1"}"#.to_vec(),
            ..case(
                "smile-signature",
                "smile-signature",
                request,
                Encoding::Base64,
                &[("partner_id", "085"), ("api_key", "key-text")],
            )
        },
        Case {
            body: Vec::new(),
            payload: Some(br#"{"reference":"purchase","amount_cents":10000}"#),
            ..case(
                "pledg-jwt",
                "pledg-jwt",
                request,
                Encoding::Base64Url,
                &[("secret", "your-256-bit-secret")],
            )
        },
        Case {
            headers: vec![
                ("Host".to_owned(), "example.amazonaws.com"),
                ("Content-Type".to_owned(), "application/json"),
            ],
            ..case(
                "aws-sigv4",
                "aws-sigv4",
                request,
                Encoding::Hex,
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

/// A Stripe notification with a body of so many bytes.
pub fn of_size(name: &'static str, bytes: usize) -> Case {
    let mut case = case(
        name,
        "stripe",
        Flow::Webhook,
        Encoding::Hex,
        &[("secret", "whsec_x")],
    );
    case.body = vec![b'x'; bytes];
    case
}

/// A case with everything made that is made once; it lives as long as the program.
pub struct Ready {
    signer: Signer,
    verifier: Verifier,
    options: SignOptions<'static>,
    message: Message<'static>,
    /// The same message as it arrives.
    received: Message<'static>,
    /// The bare operation: a prepared key, the bytes under the MAC, and the signature's text.
    key: HmacKey,
    encoding: Encoding,
    pub to_sign: Vec<u8>,
    text: Vec<u8>,
}

impl Ready {
    /// Signs the message once and makes sure that it verifies.
    pub fn new(case: Case) -> Result<Ready> {
        let case: &'static Case = Box::leak(Box::new(case));
        let scheme = paysig::scheme(case.scheme)?;
        let credentials: Credentials = case.credentials.iter().copied().collect();
        let signer = scheme.signer(case.flow, &credentials)?;
        let headers = case.headers.iter().map(|(n, v)| Header::new(n, v));
        let headers: &'static [Header<'static>] = Vec::leak(headers.collect());
        let message = Message::new("POST", case.target, headers, &case.body);
        let nonce = "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj";
        let options = SignOptions {
            now: Some(NOW),
            nonce: signer.needs_nonce().then_some(nonce),
            payload: case.payload,
            ..SignOptions::default()
        };
        let to_sign = signer
            .prepare(&message, &options)?
            .string_to_sign()
            .to_vec();
        let signed: &'static Signed = Box::leak(Box::new(signer.sign(&message, &options)?));
        let added = signed.headers().map(|(name, value)| Header {
            name: name.as_bytes(),
            value,
        });
        let wire = headers.iter().copied().chain(added);
        let received = Message {
            target: signed.target().unwrap_or(message.target),
            headers: Vec::leak(wire.collect()),
            body: signed.body().unwrap_or(message.body),
            ..message
        };
        let verifier = scheme.verifier(case.flow, &KeyRing::of(credentials))?;
        verifier.verify(&received, Some(NOW))?;
        let key = HmacKey::new(Hash::Sha256, b"a key of about the usual length");
        let mut text = Vec::new();
        case.encoding.encode_into(&key.mac(&to_sign), &mut text);
        Ok(Ready {
            signer,
            verifier,
            options,
            message,
            received,
            key,
            encoding: case.encoding,
            to_sign,
            text,
        })
    }

    /// The whole call.
    pub fn sign(&self) -> Result<Signed> {
        self.signer.sign(black_box(&self.message), &self.options)
    }

    /// The whole call.
    pub fn verify(&self) -> bool {
        let verdict = self.verifier.verify(black_box(&self.received), Some(NOW));
        verdict.is_ok()
    }

    /// The MAC over the ready string, and its encoding.
    pub fn bare_sign(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(64);
        let mac = self.key.mac(black_box(&self.to_sign));
        self.encoding.encode_into(&mac, &mut text);
        text
    }

    /// The signature's text decoded and compared with the MAC over the ready string.
    pub fn bare_verify(&self) -> bool {
        let given = self.encoding.decode_digest(black_box(&self.text), 32);
        given.is_some_and(|g| equal(&g, &self.key.mac(black_box(&self.to_sign))))
    }
}
