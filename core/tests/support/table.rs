//! For every scheme and flow: fitting credentials and messages.

mod gateways;
mod payments;

use super::{Rng, Wire, credentials};
use paysig::crypto::Encoding;
use paysig::{Flow, SignOptions, Signer, UnixMillis};
use serde_json::{Value, json};

/// One scheme and flow.
#[derive(Clone, Copy)]
pub struct Case {
    pub id: &'static str,
    pub flow: Flow,
    pub sign: &'static [(&'static str, &'static str)],
    pub verify: &'static [(&'static str, &'static str)],
    /// An unsigned message that the scheme can sign.
    pub message: fn(&mut Rng) -> Wire,
    /// Signing costs milliseconds: fewer rounds.
    pub slow: bool,
}

/// The clock of every call.
pub const NOW: UnixMillis = UnixMillis(1_709_629_687_000);

/// All options that a signer takes.
pub fn options(signer: &Signer) -> SignOptions<'static> {
    let all = SignOptions {
        now: Some(NOW),
        nonce: Some(NONCE),
        payload: Some(PAYLOAD),
        seed: Some(&[7; 32]),
        ..SignOptions::default()
    };
    all.taken_by(signer.takes())
}

impl Case {
    /// Signs a message.
    #[track_caller]
    pub fn sign(&self, wire: &mut Wire) {
        let scheme = paysig::scheme(self.id).unwrap();
        let signer = scheme.signer(self.flow, &credentials(self.sign)).unwrap();
        wire.sign(&signer, &options(&signer));
    }

    /// One of the messages, signed.
    #[track_caller]
    pub fn signed(&self, seed: u64) -> Wire {
        let mut wire = (self.message)(&mut Rng(seed));
        self.sign(&mut wire);
        wire
    }
}

const RSA_PRIVATE: &str = include_str!("../../../tests/vectors/rsa2048-private.pem");
const RSA_PUBLIC: &str = include_str!("../../../tests/vectors/rsa2048-public.pem");
const P521_PRIVATE: &str = include_str!("../keys/p521.pkcs8.pem");
const P521_PUBLIC: &str = include_str!("../keys/p521.spki.pem");

/// Nonce of every message that needs one.
pub const NONCE: &str = "nonce-0123456789";
/// The payload of schemes that sign one of their own.
pub const PAYLOAD: &[u8] = br#"{"data":{"amountCents":1050,"title":"caf\u00e9"}}"#;

const LOGIN: &[(&str, &str)] = &[("login", "login-1"), ("secret", "a secret")];
const SECRET: &[(&str, &str)] = &[("secret", "a secret")];
const GCS: &[(&str, &str)] = &[
    ("key_id", "5e45c937b9db33ae"),
    ("secret", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/s3nZR8Xg="),
];
const IP2: &[(&str, &str)] = &[("api_key", "key-1"), ("api_password", "a password")];
const REDSYS: &[(&str, &str)] = &[("secret", "Mk9m98IfEblmPfrpsawt7BmxObt98Jev")];
/// Only so many characters count.
const REDSYS_V2: &[(&str, &str)] = &[("secret", "sq7HjrUOBfKmC576")];
const SMILE: &[(&str, &str)] = &[("partner_id", "085"), ("api_key", "an api key")];
const AWS: &[(&str, &str)] = &[
    ("access_key_id", "AKIDEXAMPLE"),
    (
        "secret_access_key",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    ),
    ("region", "eu-west-1"),
    ("service", "execute-api"),
];
const RFC9421: &[(&str, &str)] = &[("key_id", "key-1"), ("secret", "AAECAwQFBgcICQoLDA0ODw==")];
const TWILIO_KEY: &[(&str, &str)] = &[("key_id", "webhooks_sharedkey_1"), ("secret", "a key")];
const TL_SIGN: &[(&str, &str)] = &[("key_id", "kid-1"), ("private_key", P521_PRIVATE)];
const TL_VERIFY: &[(&str, &str)] = &[("key_id", "kid-1"), ("public_key", P521_PUBLIC)];
const RSA_SIGN: &[(&str, &str)] = &[("private_key", RSA_PRIVATE)];
const RSA_VERIFY: &[(&str, &str)] = &[("public_key", RSA_PUBLIC)];
const WECHAT_SIGN: &[(&str, &str)] = &[
    ("mchid", "1900009191"),
    ("serial_no", "1DDE55AD98ED"),
    ("private_key", RSA_PRIVATE),
];
const WECHAT_VERIFY: &[(&str, &str)] = &[
    ("mchid", "1900009191"),
    ("serial_no", "1DDE55AD98ED"),
    ("public_key", RSA_PUBLIC),
];
const WECHAT_HOOK_SIGN: &[(&str, &str)] =
    &[("serial_no", "1DDE55AD98ED"), ("private_key", RSA_PRIVATE)];
const WECHAT_HOOK_VERIFY: &[(&str, &str)] =
    &[("serial_no", "1DDE55AD98ED"), ("public_key", RSA_PUBLIC)];
const SEC_KEY_OURS: &[(&str, &str)] = &[("partner_id", "085"), ("api_key", RSA_PUBLIC)];
const SEC_KEY_THEIRS: &[(&str, &str)] = &[("partner_id", "085"), ("private_key", RSA_PRIVATE)];

/// Every scheme and flow of the catalogue but token sessions, which sign no message.
pub static TABLE: &[Case] = &joined::<
    { FOUNDING.len() + gateways::CASES.len() + payments::CASES.len() },
>(&[FOUNDING, gateways::CASES, payments::CASES]);

const fn joined<const N: usize>(parts: &[&[Case]]) -> [Case; N] {
    let mut all = [FOUNDING[0]; N];
    let (mut part, mut count) = (0, 0);
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            all[count] = parts[part][i];
            (i, count) = (i + 1, count + 1);
        }
        part += 1;
    }
    all
}

const FOUNDING: &[Case] = &[
    case(
        "adyen-notifications",
        Flow::Webhook,
        &[(
            "hmac_key",
            "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        )],
        adyen,
    ),
    pair("alipay-rsa2", Flow::Request, RSA_SIGN, RSA_VERIFY, alipay),
    pair(
        "alipay-rsa2",
        Flow::Webhook,
        RSA_SIGN,
        RSA_VERIFY,
        alipay_notification,
    ),
    case("aws-sigv4", Flow::Request, AWS, aws),
    case("directa24-cashouts", Flow::Request, SECRET, any),
    case("directa24-cashouts", Flow::Webhook, SECRET, any),
    case("directa24-deposits", Flow::Request, LOGIN, any),
    case("directa24-deposits", Flow::Webhook, LOGIN, any),
    case(
        "directa24-readonly",
        Flow::Request,
        &[("read_only_key", "token-1")],
        any,
    ),
    case("dlocal-go", Flow::Request, LOGIN, any),
    case("dlocal-go", Flow::Webhook, LOGIN, any),
    case("dlocal-payins", Flow::Request, LOGIN, any),
    case("dlocal-payins", Flow::Webhook, LOGIN, any),
    case("github", Flow::Webhook, SECRET, any),
    case(
        "http-basic",
        Flow::Request,
        &[("username", "user"), ("password", "pass:word é")],
        any,
    ),
    case("http-bearer", Flow::Request, &[("token", "tok_1")], any),
    case("ingenico-v1hmac", Flow::Request, GCS, gcs),
    case("ingenico-v1hmac", Flow::Webhook, GCS, gcs_event),
    case("ip2-apiauth", Flow::Request, IP2, any),
    case("ip2-apiauth", Flow::Response, IP2, any_text),
    case("ip2-apiauth-doc", Flow::Request, IP2, ip2_doc),
    case("payu-india", Flow::Request, &[("salt", "a salt")], payu),
    Case {
        id: "payu-india",
        flow: Flow::Webhook,
        sign: &[("salt", "a salt")],
        verify: &[("salt", "a salt"), ("merchant_key", "gtKFFx")],
        message: payu_answer,
        slow: false,
    },
    case("pledg-jwt", Flow::Request, SECRET, any),
    case("pledg-jwt", Flow::Webhook, SECRET, empty_object),
    case("pledg-notification", Flow::Webhook, SECRET, pledg),
    case(
        "razorpay-checkout",
        Flow::Webhook,
        &[("key_secret", "a secret")],
        razorpay,
    ),
    case("redsys", Flow::Request, REDSYS, redsys),
    case("redsys", Flow::Webhook, REDSYS, redsys_notification),
    case("redsys-v2", Flow::Request, REDSYS_V2, redsys_v2),
    case(
        "redsys-v2",
        Flow::Webhook,
        REDSYS_V2,
        redsys_v2_notification,
    ),
    case("rfc9421-hmac-sha256", Flow::Request, RFC9421, with_url),
    case("rfc9421-hmac-sha256", Flow::Webhook, RFC9421, with_url),
    case(
        "slack",
        Flow::Webhook,
        &[("signing_secret", "a secret")],
        any,
    ),
    pair(
        "smile-sec-key",
        Flow::Request,
        SEC_KEY_OURS,
        SEC_KEY_THEIRS,
        object,
    ),
    pair(
        "smile-sec-key",
        Flow::Webhook,
        SEC_KEY_THEIRS,
        SEC_KEY_OURS,
        object,
    ),
    case("smile-signature", Flow::Request, SMILE, object),
    case("smile-signature", Flow::Webhook, SMILE, object),
    case(
        "square",
        Flow::Webhook,
        &[("signature_key", "a key")],
        with_url,
    ),
    case(
        "standard-webhooks",
        Flow::Webhook,
        &[("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
        any,
    ),
    case("stripe", Flow::Webhook, &[("secret", "whsec_1")], any),
    pair("truelayer", Flow::Request, TL_SIGN, TL_VERIFY, truelayer),
    pair(
        "truelayer",
        Flow::Webhook,
        TL_SIGN,
        TL_VERIFY,
        truelayer_event,
    ),
    case("twilio", Flow::Webhook, &[("auth_token", "12345")], twilio),
    case("twilio-shared-key", Flow::Webhook, TWILIO_KEY, twilio),
    pair(
        "wechatpay-v3",
        Flow::Request,
        WECHAT_SIGN,
        WECHAT_VERIFY,
        any,
    ),
    pair(
        "wechatpay-v3",
        Flow::Webhook,
        WECHAT_HOOK_SIGN,
        WECHAT_HOOK_VERIFY,
        any,
    ),
    pair(
        "wechatpay-v3",
        Flow::Response,
        WECHAT_HOOK_SIGN,
        WECHAT_HOOK_VERIFY,
        any,
    ),
];

type Pairs = &'static [(&'static str, &'static str)];

const fn case(id: &'static str, flow: Flow, both: Pairs, message: fn(&mut Rng) -> Wire) -> Case {
    Case {
        id,
        flow,
        sign: both,
        verify: both,
        message,
        slow: false,
    }
}

const fn pair(
    id: &'static str,
    flow: Flow,
    sign: Pairs,
    verify: Pairs,
    message: fn(&mut Rng) -> Wire,
) -> Case {
    Case {
        id,
        flow,
        sign,
        verify,
        message,
        slow: true,
    }
}

fn target(r: &mut Rng) -> String {
    let path = r.pick(&["/", "/v1/payments", "/v1/a%20b/%C3%89/", "/v3/x.y~z/%2F"]);
    let query = r.pick(&[
        "",
        "?",
        "?a=1",
        "?q=na%20me&b=%26",
        "?b=2&a=1&a=0",
        "?plus=a+b&flag",
    ]);
    format!("{path}{query}")
}

/// A message whose body is anything.
fn any(r: &mut Rng) -> Wire {
    let target = target(r);
    let method = r.pick(&["GET", "POST", "PUT", "DELETE"]);
    let wire = Wire::new(method, &target).header("User-Agent", "test/1");
    match r.below(4) {
        0 => wire,
        1 => wire
            .header("Content-Type", "application/octet-stream")
            .body(
                (0..r.below(300))
                    .map(|_| r.next() as u8)
                    .collect::<Vec<_>>(),
            ),
        2 => wire.header("Content-Type", "text/plain").body(r.text()),
        _ => {
            let value = r.json(3);
            wire.json(&value)
        }
    }
}

/// A message whose body is text: the scheme escapes it as in JSON.
fn any_text(r: &mut Rng) -> Wire {
    let text = r.text();
    any(r).body(text)
}

fn with_url(r: &mut Rng) -> Wire {
    let mut wire = any(r);
    let target = String::from_utf8(wire.target.clone()).unwrap_or_default();
    wire.url = Some(format!("https://shop.example:8443{target}"));
    wire
}

fn aws(r: &mut Rng) -> Wire {
    let wire = any(r).header("Host", "example.amazonaws.com");
    match r.below(2) {
        0 => wire,
        _ => wire.header("X-Amz-Meta-Note", "a   b"),
    }
}

fn gcs(r: &mut Rng) -> Wire {
    let wire = any(r);
    match r.below(3) {
        0 => wire,
        1 => wire.header("X-GCS-Idempotence-Key", &r.word(20)),
        _ => wire
            .header("x-gcs-servermetainfo", &r.word(40))
            .header("X-GCS-ClientMetaInfo", "  a  b  "),
    }
}

fn gcs_event(r: &mut Rng) -> Wire {
    Wire::new("POST", "/hook")
        .json(&json!({"apiVersion": "v1", "id": r.word(9), "payment": r.json(3)}))
}

fn object(r: &mut Rng) -> Wire {
    Wire::new("POST", "/v1/upload").json(&json!({"source_sdk": "rest", "more": r.json(3)}))
}

fn empty_object(_: &mut Rng) -> Wire {
    Wire::new("POST", "/notify").json(&json!({}))
}

fn text_or_number(r: &mut Rng) -> Value {
    match r.below(2) {
        0 => Value::String(r.text()),
        _ => Value::from(r.next() as u32),
    }
}

fn adyen(r: &mut Rng) -> Wire {
    let mut item = json!({
        "pspReference": r.word(16), "merchantAccountCode": r.text(), "merchantReference": r.text(),
        "amount": {"value": r.next() as u32, "currency": "EUR"}, "eventCode": "AUTHORISATION", "success": "true", "reason": r.text(),
    });
    if r.below(2) == 0 {
        item["originalReference"] = r.word(16).into();
    }
    Wire::new("POST", "/adyen").json(&item)
}

fn ip2_doc(r: &mut Rng) -> Wire {
    Wire::new("POST", "/api/v1/transactions").json(&json!({
        "SubscriptionId": r.word(8), "Amount": text_or_number(r), "CurrencyCode": "UGX", "Memo": r.text(), "Other": r.json(2),
    }))
}

fn pledg(r: &mut Rng) -> Wire {
    let error = match r.below(2) {
        0 => Value::Null,
        _ => Value::String(r.text()),
    };
    Wire::new("POST", "/notify").json(&json!({
        "created_at": r.text(), "error": error, "id": r.word(12), "reference": r.text(), "sandbox": r.below(2) == 0,
        "status": "completed", "metadata": r.json(2), "amount_cents": r.next() as u32,
    }))
}

fn payu(r: &mut Rng) -> Wire {
    let mut fields = Vec::new();
    for name in [
        "key",
        "txnid",
        "amount",
        "productinfo",
        "firstname",
        "email",
    ] {
        fields.push((name, r.text()));
    }
    if r.below(2) == 0 {
        fields.push(("udf2", r.text()));
    }
    fields.push(("phone", r.word(10)));
    Wire::new("POST", "/_payment").form(&fields)
}

fn payu_answer(r: &mut Rng) -> Wire {
    let mut fields = vec![
        ("key", "gtKFFx".to_owned()),
        ("mihpayid", r.word(18)),
        ("status", "success".to_owned()),
        ("additionalCharges", "2.50".to_owned()),
        ("additional_charges", "2.50".to_owned()),
    ];
    for name in ["txnid", "amount", "productinfo", "firstname", "email"] {
        fields.push((name, r.text()));
    }
    if r.below(2) == 0 {
        fields.push(("udf5", r.text()));
    }
    Wire::new("POST", "/answer").form(&fields)
}

fn razorpay(r: &mut Rng) -> Wire {
    Wire::new("POST", "/callback").form(&[
        ("razorpay_payment_id", r.text()),
        ("razorpay_order_id", r.text()),
        ("note", r.text()),
    ])
}

fn redsys_form(r: &mut Rng, names: [&str; 2], encoding: Encoding) -> Wire {
    let order = r.word(12);
    let parameters = json!({names[0]: order, names[1]: order, "DS_MERCHANT_AMOUNT": "145", "Ds_Extra": r.word(20)});
    let mut text = Vec::new();
    encoding.encode_into(parameters.to_string().as_bytes(), &mut text);
    let text = String::from_utf8(text).unwrap_or_default();
    Wire::new("POST", "/sis/realizarPago")
        .form(&[("Ds_MerchantParameters", text), ("other", r.word(5))])
}

fn redsys(r: &mut Rng) -> Wire {
    redsys_form(
        r,
        ["DS_MERCHANT_ORDER", "Ds_Merchant_Order"],
        Encoding::Base64,
    )
}

fn redsys_v2(r: &mut Rng) -> Wire {
    redsys_form(
        r,
        ["DS_MERCHANT_ORDER", "Ds_Merchant_Order"],
        Encoding::Base64Url,
    )
}

fn redsys_v2_notification(r: &mut Rng) -> Wire {
    redsys_form(r, ["Ds_Order", "DS_ORDER"], Encoding::Base64UrlPadded)
}

fn redsys_notification(r: &mut Rng) -> Wire {
    redsys_form(r, ["Ds_Order", "DS_ORDER"], Encoding::Base64)
}

fn alipay(r: &mut Rng) -> Wire {
    let query = super::form_urlencoded(
        [
            ("app_id", "2014"),
            ("sign_type", "RSA2"),
            ("note", &r.text()[..]),
        ]
        .into_iter(),
    );
    Wire::new("POST", &format!("/gateway.do?{query}")).form(&[("biz_content", r.text())])
}

fn alipay_notification(r: &mut Rng) -> Wire {
    Wire::new("POST", "/notify").form(&[
        ("trade_no", r.word(20)),
        ("subject", r.text()),
        ("a", r.text()),
    ])
}

fn truelayer(r: &mut Rng) -> Wire {
    slashed(any(r)).header("Idempotency-Key", &r.word(20))
}

fn truelayer_event(r: &mut Rng) -> Wire {
    slashed(any(r)).header("X-Tl-Webhook-Timestamp", "2024-03-05T09:08:07Z")
}

/// With a slash at the end of the path, which one of the variants takes away.
fn slashed(mut wire: Wire) -> Wire {
    let end = wire.target.iter().position(|b| *b == b'?');
    let end = end.unwrap_or(wire.target.len());
    if !wire.target[..end].ends_with(b"/") {
        wire.target.insert(end, b'/');
    }
    wire
}

fn twilio(r: &mut Rng) -> Wire {
    let mut wire = match r.below(2) {
        0 => {
            let value = r.json(2);
            Wire::new("POST", "/sms?foo=1").json(&value)
        }
        _ => Wire::new("POST", "/sms?foo=1").form(&[
            ("To", r.text()),
            ("Body", r.text()),
            ("Body", r.text()),
            ("a", r.word(3)),
        ]),
    };
    wire.url = Some("https://shop.example/sms?foo=1".into());
    wire
}
