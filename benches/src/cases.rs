//! What is measured: one typical message a scheme, made ready so that a call does nothing but the call.

use paysig::crypto::{
    Asymmetric, Curve, EcdsaForm, Encoding, Hash, HmacKey, SigningKey, VerifyingKey, equal,
};
use paysig::{
    Credentials, Flow, Header, KeyRing, Message, Report, Result, Scheme, SignOptions, Signed,
    Signer, UnixMillis, Verifier,
};
use std::error::Error;
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
    /// The algorithm of schemes with a key pair, and the pair's private key.
    pair: Option<(Asymmetric, &'static str)>,
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
        pair: None,
    }
}

/// A webhook that is signed with a key pair; a public key can be read out of a private one.
fn of_pair(
    name: &'static str,
    scheme: &'static str,
    encoding: Encoding,
    credentials: &'static [(&'static str, &'static str)],
    algorithm: Asymmetric,
    private_key: &'static str,
) -> Case {
    Case {
        pair: Some((algorithm, private_key)),
        ..case(name, scheme, Flow::Webhook, encoding, credentials)
    }
}

const RSA_1024: &str = include_str!("../../tests/vectors/rsa1024-private.pem");
const RSA_2048: &str = include_str!("../../tests/vectors/rsa2048-private.pem");
const P_256: &str = include_str!("../../core/tests/keys/p256.pkcs8.pem");
const ED25519: &str = include_str!("../../core/tests/keys/ed25519.pkcs8.pem");

/// Cases with key pairs.
pub fn of_pairs() -> Vec<Case> {
    vec![
        of_pair(
            "smile-sec-key (RSA 1024)",
            "smile-sec-key",
            Encoding::Base64Crlf,
            &[
                ("partner_id", "085"),
                ("private_key", RSA_1024),
                ("api_key", RSA_1024),
            ],
            Asymmetric::RsaType1,
            RSA_1024,
        ),
        of_pair(
            "wise (RSA 2048)",
            "wise",
            Encoding::Base64,
            &[("private_key", RSA_2048), ("public_key", RSA_2048)],
            Asymmetric::RsaPkcs1(Hash::Sha256),
            RSA_2048,
        ),
        of_pair(
            "sendgrid (ECDSA P-256)",
            "sendgrid",
            Encoding::Base64,
            &[("private_key", P_256), ("public_key", P_256)],
            Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::Der),
            P_256,
        ),
        of_pair(
            "discord (Ed25519)",
            "discord",
            Encoding::Hex,
            &[("private_key", ED25519), ("public_key", ED25519)],
            Asymmetric::Ed25519,
            ED25519,
        ),
    ]
}

/// Key id and secret.
pub const INGENICO_KEY: &[(&str, &str); 2] = &[
    ("key_id", "5e45c937b9db33ae"),
    ("secret", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="),
];

/// The secret.
pub const STRIPE_KEY: &[(&str, &str); 1] = &[("secret", "whsec_x")];

/// A request to Ingenico with so many signed headers.
fn ingenico(name: &'static str, count: usize) -> Case {
    let scheme = "ingenico-v1hmac";
    let mut case = case(name, scheme, Flow::Request, Encoding::Base64, INGENICO_KEY);
    let more = (0..count).map(|i| (format!("X-GCS-Header{i}"), "value of the header"));
    case.headers.extend(more);
    case.target = "/v1/9991/tokens/123456789";
    case.body = br#"{"card":{"alias":"x"}}"#.to_vec();
    case
}

impl Case {
    /// Reads the recipe.
    pub fn scheme(&self) -> Result<Scheme> {
        paysig::scheme(self.scheme)
    }

    /// Makes the signer.
    pub fn signer(&self, scheme: &Scheme) -> Result<Signer> {
        scheme.signer(self.flow, &self.credentials())
    }

    /// Signs the message.
    pub fn sign_first(&self, signer: &Signer) -> Result<Signed> {
        let headers = self.headers.iter().map(|(n, v)| Header::new(n, v));
        let headers: Vec<Header<'_>> = headers.collect();
        let message = Message::new("POST", self.target, &headers, &self.body);
        signer.sign(&message, &self.options(signer))
    }

    fn credentials(&self) -> Credentials {
        self.credentials.iter().copied().collect()
    }

    fn options(&self, signer: &Signer) -> SignOptions<'static> {
        SignOptions {
            now: Some(NOW),
            nonce: signer.needs_nonce().then_some(NONCE),
            payload: self.payload,
            seed: self.pair.is_some().then_some(&SEED),
            ..SignOptions::default()
        }
    }
}

const NONCE: &str = "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj";

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
        case("stripe", "stripe", webhook, Encoding::Hex, STRIPE_KEY),
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
    let mut case = case(name, "stripe", Flow::Webhook, Encoding::Hex, STRIPE_KEY);
    case.body = vec![b'x'; bytes];
    case
}

/// What the bare operation works with.
enum BareKey {
    Mac(Box<HmacKey>),
    Pair(SigningKey, VerifyingKey),
}

/// Of the bindings' 32 random bytes, which blind an RSA key.
const SEED: [u8; 32] = [7; 32];

impl BareKey {
    fn new(pair: Option<(Asymmetric, &str)>) -> std::result::Result<BareKey, Box<dyn Error>> {
        Ok(match pair {
            None => BareKey::Mac(Box::new(HmacKey::new(
                Hash::Sha256,
                b"a key of about the usual length",
            ))),
            Some((algorithm, key)) => BareKey::Pair(
                SigningKey::parse(algorithm, key.as_bytes())?,
                VerifyingKey::parse(algorithm, key.as_bytes())?,
            ),
        })
    }

    fn sign_into(&self, encoding: Encoding, to_sign: &[u8], text: &mut Vec<u8>) {
        match self {
            BareKey::Mac(key) => encoding.encode_into(&key.mac(to_sign), text),
            BareKey::Pair(key, _) => {
                let signature = key.sign_message(to_sign, Some(&SEED), None);
                encoding.encode_into(&signature.unwrap_or_default(), text);
            }
        }
    }

    fn verify(&self, encoding: Encoding, to_sign: &[u8], text: &[u8]) -> bool {
        match self {
            BareKey::Mac(key) => encoding
                .decode_digest(text, 32)
                .is_some_and(|g| equal(&g, &key.mac(to_sign))),
            BareKey::Pair(_, key) => encoding
                .decode(text)
                .is_some_and(|s| key.verify_message(to_sign, &s)),
        }
    }
}

/// A case with everything made that is made once; it lives as long as the program.
pub struct Ready {
    signer: Signer,
    verifier: Verifier,
    pub options: SignOptions<'static>,
    pub message: Message<'static>,
    /// The same message as it arrives.
    pub received: Message<'static>,
    /// The bare operation: a prepared key, the bytes under the MAC, and the signature's text.
    key: BareKey,
    encoding: Encoding,
    pub to_sign: Vec<u8>,
    text: Vec<u8>,
}

impl Ready {
    /// Signs the message once and makes sure that it verifies.
    pub fn new(case: Case) -> std::result::Result<Ready, Box<dyn Error>> {
        let case: &'static Case = Box::leak(Box::new(case));
        let scheme = case.scheme()?;
        let signer = case.signer(&scheme)?;
        let headers = case.headers.iter().map(|(n, v)| Header::new(n, v));
        let headers: &'static [Header<'static>] = Vec::leak(headers.collect());
        let message = Message::new("POST", case.target, headers, &case.body);
        let options = case.options(&signer);
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
        let verifier = scheme.verifier(case.flow, &KeyRing::of(case.credentials()))?;
        verifier.verify(&received, Some(NOW))?;
        let key = BareKey::new(case.pair)?;
        let mut text = Vec::new();
        key.sign_into(case.encoding, &to_sign, &mut text);
        if !key.verify(case.encoding, &to_sign, &text) {
            return Err("the bare operations do not agree".into());
        }
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

    /// The whole call, and everything that a verdict says of the message, as the bindings ask for it.
    pub fn report(&self) -> Option<Report> {
        let verdict = self
            .verifier
            .verify_keeping(black_box(&self.received), Some(NOW));
        verdict.ok().map(|verified| verified.report())
    }

    /// The MAC or signature of the ready string, and its encoding.
    pub fn bare_sign(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(64);
        self.key
            .sign_into(self.encoding, black_box(&self.to_sign), &mut text);
        text
    }

    /// The signature's text decoded, and compared with the MAC over the ready string or verified.
    pub fn bare_verify(&self) -> bool {
        let to_sign = black_box(&self.to_sign);
        self.key
            .verify(self.encoding, to_sign, black_box(&self.text))
    }
}
