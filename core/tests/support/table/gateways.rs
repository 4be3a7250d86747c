//! Shops, gateways and identity providers, from Authorize.Net to Zoom.

use super::{
    Case, Pairs, RFC9421, RSA_PRIVATE, RSA_PUBLIC, RSA_SIGN, RSA_VERIFY, SECRET, any, case, pair,
    with_url,
};
use crate::support::{Rng, Wire};
use paysig::Flow::{Request, Response, Webhook};
use serde_json::json;

const P256_PRIVATE: &str = include_str!("../../keys/p256.pkcs8.pem");
const P256_PUBLIC: &str = include_str!("../../keys/p256.spki.pem");
const ED_PRIVATE: &str = include_str!("../../keys/ed25519.pkcs8.pem");
const ED_PUBLIC: &str = include_str!("../../keys/ed25519.spki.pem");
const STANDARD_SIGN: Pairs = &[(
    "private_key",
    "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
)];
const STANDARD_VERIFY: Pairs = &[(
    "public_key",
    "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
)];
const CYBERSOURCE: Pairs = &[
    ("merchant_id", "testrest"),
    ("key_id", "08c94330-f618"),
    ("secret", "yBJxy6LjM2TmcPGu+GaJrHtkke25fPpUX+UY6/L/1tE="),
];
const CYBERSOURCE_HOOK: Pairs = &[("key_id", "bf44c857-b182"), ("secret", "dGVzdF9rZXk=")];
const PAYPAL_SIGN: Pairs = &[
    ("webhook_id", "1JE4291016473214C"),
    ("private_key", RSA_PRIVATE),
    ("cert_url", PAYPAL_URL),
];
const PAYPAL_VERIFY: Pairs = &[
    ("webhook_id", "1JE4291016473214C"),
    ("certificate", PAYPAL_CERTIFICATE),
    ("cert_url", PAYPAL_URL),
];
const PAYPAL_URL: &str = "https://api.paypal.com/v1/notifications/certs/CERT-1";
const PAYPAL_CERTIFICATE: &str = include_str!("../../keys/paypal-like.cert.pem");
const RAPYD: Pairs = &[("access_key", "rak_1"), ("secret_key", "rsk_1")];
const RFC_ED_SIGN: Pairs = &[("key_id", "key-1"), ("private_key", ED_PRIVATE)];
const RFC_ED_VERIFY: Pairs = &[("key_id", "key-1"), ("public_key", ED_PUBLIC)];
const RFC_EC_SIGN: Pairs = &[("key_id", "key-1"), ("private_key", P256_PRIVATE)];
const RFC_EC_VERIFY: Pairs = &[("key_id", "key-1"), ("public_key", P256_PUBLIC)];
const RFC_RSA_SIGN: Pairs = &[("key_id", "key-1"), ("private_key", RSA_PRIVATE)];
const RFC_RSA_VERIFY: Pairs = &[("key_id", "key-1"), ("public_key", RSA_PUBLIC)];
const SUMSUB: Pairs = &[("app_token", "sbx:1"), ("secret", "a secret")];
const VERIFF: Pairs = &[("key_id", "8e4f7cd8-7a19"), ("secret", "a secret")];

pub const CASES: &[Case] = &[
    case(
        "authorize-net",
        Webhook,
        &[("signature_key", "3B0D3B0D")],
        any,
    ),
    case("bluesnap", Webhook, SECRET, bluesnap),
    case("coinify", Webhook, SECRET, any),
    case("cybersource", Request, CYBERSOURCE, with_url),
    case(
        "cybersource-webhooks",
        Webhook,
        CYBERSOURCE_HOOK,
        cybersource,
    ),
    pair(
        "discord",
        Webhook,
        &[("private_key", ED_PRIVATE)],
        &[("public_key", ED_PUBLIC)],
        any,
    ),
    case("docusign", Webhook, SECRET, any),
    case("dwolla", Webhook, SECRET, any),
    case("finix", Webhook, SECRET, any),
    case("fiuu", Webhook, SECRET, fiuu),
    case("globalpay", Webhook, &[("app_key", "an app key")], object),
    case("hubspot-v3", Webhook, SECRET, with_url),
    case("lemon-squeezy", Webhook, SECRET, any),
    case("novalnet", Webhook, &[("access_key", "a key")], novalnet),
    case("nuvei", Request, SECRET, nuvei),
    case("nuvei", Webhook, SECRET, nuvei_notification),
    case("onfido", Webhook, &[("webhook_token", "a token")], any),
    case("paddle", Webhook, SECRET, any),
    pair("paypal", Webhook, PAYPAL_SIGN, PAYPAL_VERIFY, any),
    case("persona", Webhook, SECRET, any),
    case("ppro", Webhook, SECRET, any),
    case("rapyd", Request, RAPYD, any),
    case("rapyd", Webhook, RAPYD, with_url),
    case("recurly", Webhook, SECRET, any),
    pair(
        "sendgrid",
        Webhook,
        &[("private_key", P256_PRIVATE)],
        &[("public_key", P256_PUBLIC)],
        any,
    ),
    case("rfc9421-hmac", Request, RFC9421, with_url),
    case("rfc9421-hmac", Webhook, RFC9421, with_url),
    pair(
        "rfc9421-ed25519",
        Request,
        RFC_ED_SIGN,
        RFC_ED_VERIFY,
        with_url,
    ),
    pair(
        "rfc9421-ed25519",
        Webhook,
        RFC_ED_SIGN,
        RFC_ED_VERIFY,
        with_url,
    ),
    pair(
        "rfc9421-ecdsa-p256-sha256",
        Request,
        RFC_EC_SIGN,
        RFC_EC_VERIFY,
        with_url,
    ),
    pair(
        "rfc9421-ecdsa-p256-sha256",
        Webhook,
        RFC_EC_SIGN,
        RFC_EC_VERIFY,
        with_url,
    ),
    pair(
        "rfc9421-rsa-pss-sha512",
        Request,
        RFC_RSA_SIGN,
        RFC_RSA_VERIFY,
        with_url,
    ),
    pair(
        "rfc9421-rsa-pss-sha512",
        Webhook,
        RFC_RSA_SIGN,
        RFC_RSA_VERIFY,
        with_url,
    ),
    pair(
        "rfc9421-rsa-sha256",
        Request,
        RFC_RSA_SIGN,
        RFC_RSA_VERIFY,
        with_url,
    ),
    pair(
        "rfc9421-rsa-sha256",
        Webhook,
        RFC_RSA_SIGN,
        RFC_RSA_VERIFY,
        with_url,
    ),
    case("shopify", Webhook, SECRET, any),
    pair(
        "standard-webhooks-ed25519",
        Webhook,
        STANDARD_SIGN,
        STANDARD_VERIFY,
        any,
    ),
    case("sumsub", Request, SUMSUB, any),
    case(
        "sumsub",
        Webhook,
        &[("webhook_secret", "another secret")],
        any,
    ),
    pair("trustly", Request, RSA_SIGN, RSA_VERIFY, trustly),
    pair("trustly", Webhook, RSA_SIGN, RSA_VERIFY, trustly_event),
    pair("trustly", Response, RSA_SIGN, RSA_VERIFY, trustly_answer),
    case("trustpay", Webhook, SECRET, object),
    case("veriff", Request, VERIFF, veriff),
    case("veriff", Webhook, VERIFF, any),
    case("volt", Webhook, SECRET, volt),
    case("xendit", Webhook, &[("callback_token", "a-token")], any),
    case("zoom", Webhook, SECRET, any),
];

fn object(r: &mut Rng) -> Wire {
    Wire::new("POST", "/hook")
        .json(&json!({"id": r.word(9), "amount": {"value": 10.5}, "more": r.json(3)}))
}

fn bluesnap(r: &mut Rng) -> Wire {
    any(r).header("bls-ipn-timestamp", "2024-03-05T09:08:07Z")
}

fn cybersource(r: &mut Rng) -> Wire {
    Wire::new("POST", "/hook")
        .json(&json!({"eventType": "payments.payments.updated", "payload": r.json(3), "webhookId": r.word(9)}))
}

fn volt(r: &mut Rng) -> Wire {
    let mut wire = any(r).header("X-Volt-Timed", "1709629687");
    wire.set("User-Agent", b"Volt/1.0".to_vec());
    wire
}

fn fiuu(r: &mut Rng) -> Wire {
    let mut fields = vec![("nbcb", r.word(1))];
    for name in [
        "tranID", "orderid", "status", "domain", "amount", "currency", "paydate",
    ] {
        fields.push((name, r.word(12)));
    }
    if r.below(2) == 0 {
        fields.push(("appcode", r.text()));
    }
    Wire::new("POST", "/hook").form(&fields)
}

fn novalnet(r: &mut Rng) -> Wire {
    let mut event = json!({
        "event": {"tid": r.next() as u32, "type": "PAYMENT"}, "result": {"status": r.word(9)}, "custom": r.json(2),
    });
    if r.below(2) == 0 {
        event["transaction"] = json!({"amount": r.next() as u32, "currency": "EUR"});
    }
    Wire::new("POST", "/hook").json(&event)
}

fn nuvei(r: &mut Rng) -> Wire {
    Wire::new("POST", "/ppp/api/v1/payment.do").json(&json!({
        "merchantId": r.word(9), "merchantSiteId": "142033", "clientRequestId": r.word(9), "clientUniqueId": r.text(),
        "amount": "10.50", "currency": "EUR", "relatedTransactionId": r.word(9), "timeStamp": "20240305090807", "items": r.json(2),
    }))
}

fn nuvei_notification(r: &mut Rng) -> Wire {
    let mut fields = vec![("ppp_status", "OK".to_owned())];
    for name in [
        "totalAmount",
        "currency",
        "responseTimeStamp",
        "PPP_TransactionID",
        "Status",
    ] {
        fields.push((name, r.word(12)));
    }
    if r.below(2) == 0 {
        fields.push(("productId", r.text()));
    }
    Wire::new("POST", "/hook").form(&fields)
}

fn trustly(r: &mut Rng) -> Wire {
    Wire::new("POST", "/api/1").json(&json!({
        "method": "Deposit", "params": {"UUID": r.word(20), "Data": {"Amount": "1.00", "Attributes": r.json(2)}}, "version": "1.1",
    }))
}

fn trustly_event(r: &mut Rng) -> Wire {
    Wire::new("POST", "/hook").json(&json!({
        "method": "credit", "params": {"uuid": r.word(20), "data": {"amount": "1.00", "more": r.json(2)}}, "version": "1.1",
    }))
}

fn trustly_answer(r: &mut Rng) -> Wire {
    Wire::new("POST", "/api/1").json(&json!({
        "result": {"method": "Deposit", "uuid": r.word(20), "data": {"status": "OK", "more": r.json(2)}}, "version": "1.1",
    }))
}

fn veriff(r: &mut Rng) -> Wire {
    let session = r.word(20);
    let body = r.json(2).to_string();
    match r.below(2) {
        0 => Wire::new("GET", &format!("/v1/sessions/{session}/decision")),
        _ => Wire::new("PATCH", &format!("/v1/sessions/{session}")).body(body),
    }
}
