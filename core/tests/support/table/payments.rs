//! Payment providers, from Adyen to Wise.

use super::{Case, Pairs, RSA_PRIVATE, RSA_PUBLIC, any, case, pair, with_url};
use super::{P521_PRIVATE, P521_PUBLIC, SECRET};
use crate::support::{Rng, Wire};
use paysig::Flow::{Request, Response, Webhook};
use serde_json::json;

const HMAC_KEY: Pairs = &[(
    "hmac_key",
    "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
)];
const ANTOM_SIGN: Pairs = &[
    ("client_id", "SANDBOX_5Y3A2N"),
    ("key_version", "1"),
    ("private_key", RSA_PRIVATE),
];
const ANTOM_VERIFY: Pairs = &[("client_id", "SANDBOX_5Y3A2N"), ("public_key", RSA_PUBLIC)];
const BINANCE: Pairs = &[("key_id", "key-1"), ("secret", "a secret")];
const BINANCE_SIGN: Pairs = &[("certificate_sn", "98d6"), ("private_key", RSA_PRIVATE)];
const BINANCE_VERIFY: Pairs = &[("certificate_sn", "98d6"), ("public_key", RSA_PUBLIC)];
const BITPAY_ID: &str = "03f329902fbe1aad98edd1ff4a22e7af84d8060cd5c028ab209b7c90d35a5ab762";
const BITPAY_SIGN: Pairs = &[
    ("public_key", BITPAY_ID),
    (
        "private_key",
        "742f45cda95b597c81c7439148f010cd52a52af85c992abcb8b456c01cdabab9",
    ),
];
const BITPAY_VERIFY: Pairs = &[("public_key", BITPAY_ID)];
const BRAINTREE: Pairs = &[
    ("public_key", "integration_public_key"),
    ("private_key", "integration_private_key"),
];
const CRC: Pairs = &[("crc", "a \"crc\" key")];
const EBANX_SIGN: Pairs = &[("key_id", "kid-1"), ("private_key", RSA_PRIVATE)];
const EBANX_VERIFY: Pairs = &[("key_id", "kid-1"), ("public_key", RSA_PUBLIC)];
const EBANX_HOOK_SIGN: Pairs = &[("fingerprint", "4ABAD89C"), ("private_key", RSA_PRIVATE)];
const EBANX_HOOK_VERIFY: Pairs = &[("fingerprint", "4ABAD89C"), ("public_key", RSA_PUBLIC)];
const EXCHANGE: Pairs = &[
    ("key_id", "key-1"),
    ("secret", "AAECAwQFBgcICQoLDA0ODw=="),
    ("passphrase", "a-phrase"),
];
const GC_SIGN: Pairs = &[("key_id", "kid-1"), ("private_key", P521_PRIVATE)];
const GC_VERIFY: Pairs = &[("key_id", "kid-1"), ("public_key", P521_PUBLIC)];
const KEY_ID: Pairs = &[("key_id", "krn:key:1"), ("secret", "a secret")];
const KEY_SECRET: Pairs = &[("key_secret", "a secret")];
const LATAM: Pairs = &[("api_key", "4Vj8eK4rloUd272L48hsrarnUA")];
const LATAM_HMAC: Pairs = &[
    ("api_key", "4Vj8eK4rloUd272L48hsrarnUA"),
    ("secret", "a secret"),
];
const P256_PRIVATE: &str = include_str!("../../keys/p256.pkcs8.pem");
const P256_PUBLIC: &str = include_str!("../../keys/p256.spki.pem");
const PAYU_FORM: Pairs = &[("second_key", "a second key"), ("pos_id", "145227")];
const PLAID_SIGN: Pairs = &[("key_id", "kid-1"), ("private_key", P256_PRIVATE)];
const PLAID_VERIFY: Pairs = &[("key_id", "kid-1"), ("public_key", P256_PUBLIC)];
const RSA_SIGN: Pairs = &[("private_key", RSA_PRIVATE)];
const RSA_VERIFY: Pairs = &[("public_key", RSA_PUBLIC)];
const SECRET_HASH: Pairs = &[("secret_hash", "a-secret-hash")];
const SERVER_KEY: Pairs = &[("server_key", "SGJNZ96JLG-JDMKHGRWT9")];
const SECURITY_CODE: Pairs = &[("security_code", "a code")];
const TPAY_SIGN: Pairs = &[("cert_url", TPAY_URL), ("private_key", RSA_PRIVATE)];
const TPAY_VERIFY: Pairs = &[("cert_url", TPAY_URL), ("public_key", RSA_PUBLIC)];
const TPAY_URL: &str = "https://secure.tpay.com/x509/notifications-jws.pem";
const USER: Pairs = &[("username", "PK123"), ("password", "pass:word")];
const WORLDPAY: Pairs = &[
    ("key_id", "1"),
    ("secret", "00112233445566778899aabbccddeeff"),
];

pub const CASES: &[Case] = &[
    case("adyen-platform", Webhook, HMAC_KEY, any),
    case("airwallex", Webhook, SECRET, any),
    pair("antom", Request, ANTOM_SIGN, ANTOM_VERIFY, any),
    pair("antom", Webhook, ANTOM_SIGN, ANTOM_VERIFY, any),
    pair("antom", Response, ANTOM_SIGN, ANTOM_VERIFY, any),
    case("binance-pay", Request, BINANCE, any),
    pair("binance-pay", Webhook, BINANCE_SIGN, BINANCE_VERIFY, any),
    pair("bitpay", Request, BITPAY_SIGN, BITPAY_VERIFY, with_url),
    case("braintree", Webhook, BRAINTREE, braintree),
    case("checkout-com", Webhook, SECRET, any),
    case("coinbase-cdp", Webhook, SECRET, cdp),
    case("coinbase-commerce", Webhook, SECRET, any),
    case("coinbase-exchange", Request, EXCHANGE, any),
    pair("ebanx", Request, EBANX_SIGN, EBANX_VERIFY, any),
    pair("ebanx", Webhook, EBANX_HOOK_SIGN, EBANX_HOOK_VERIFY, any),
    case("flutterwave-v3", Webhook, SECRET_HASH, any),
    case("flutterwave-v4", Webhook, SECRET_HASH, any),
    pair("gocardless", Request, GC_SIGN, GC_VERIFY, gocardless),
    case("gocardless", Webhook, SECRET, any),
    case("klarna", Request, USER, any),
    case("klarna", Webhook, KEY_ID, any),
    case("mercado-pago", Webhook, SECRET, mercado_pago),
    case("modulr", Request, KEY_ID, any),
    case("mollie", Webhook, SECRET, any),
    case(
        "nowpayments",
        Webhook,
        &[("ipn_secret", "a secret")],
        nowpayments,
    ),
    case("opennode", Webhook, &[("api_key", "a key")], opennode),
    case("paystack", Webhook, SECRET, any),
    case("paytabs", Webhook, SERVER_KEY, any),
    case("paytabs-return", Webhook, SERVER_KEY, paytabs_return),
    case("payu-eu", Request, PAYU_FORM, payu_form),
    case("payu-eu", Webhook, &[("second_key", "a second key")], any),
    case("payu-latam", Request, LATAM, latam_form),
    case("payu-latam", Webhook, LATAM, latam_confirmation),
    case("payu-latam-hmac", Request, LATAM_HMAC, latam_form),
    case("payu-latam-hmac", Webhook, LATAM_HMAC, latam_confirmation),
    pair("plaid", Webhook, PLAID_SIGN, PLAID_VERIFY, any),
    case("przelewy24", Request, CRC, p24_order),
    case("przelewy24", Webhook, CRC, p24_notification),
    case("razorpay", Webhook, SECRET, any),
    case("razorpay-payment-links", Webhook, KEY_SECRET, razorpay_link),
    case(
        "razorpay-subscriptions",
        Webhook,
        KEY_SECRET,
        razorpay_subscription,
    ),
    case("revolut", Webhook, SECRET, any),
    case("tap", Webhook, SECRET, tap),
    pair("tpay", Webhook, TPAY_SIGN, TPAY_VERIFY, any),
    case("tpay-md5sum", Webhook, SECURITY_CODE, tpay_md5sum),
    pair("wise", Request, RSA_SIGN, RSA_VERIFY, wise_approval),
    pair("wise", Webhook, RSA_SIGN, RSA_VERIFY, any),
    case("worldpay-access", Webhook, WORLDPAY, any),
];

fn cdp(r: &mut Rng) -> Wire {
    let wire = any(r);
    match r.below(2) {
        0 => wire,
        _ => wire
            .header("X-Event-Id", &r.word(36))
            .header("X-Event-Type", "onchain.activity.detected"),
    }
}

fn braintree(r: &mut Rng) -> Wire {
    let payload = format!("{}\n", r.word(60));
    Wire::new("POST", "/braintree").form(&[("bt_payload", payload), ("other", r.word(5))])
}

fn gocardless(r: &mut Rng) -> Wire {
    let wire = with_url(r);
    let length = wire.body.len().to_string();
    match wire.body.is_empty() {
        true => wire,
        false => wire.header("Content-Length", &length),
    }
}

fn mercado_pago(r: &mut Rng) -> Wire {
    let id = r.word(12);
    let target = match r.below(3) {
        0 => "/hook".to_owned(),
        1 => format!("/hook?data.id={id}&type=payment"),
        _ => format!("/hook?type=order&data.id=ORD{id}"),
    };
    let wire =
        Wire::new("POST", &target).json(&json!({"action": "payment.created", "more": r.json(2)}));
    match r.below(2) {
        0 => wire,
        _ => wire.header("X-Request-Id", &r.word(36)),
    }
}

fn nowpayments(r: &mut Rng) -> Wire {
    Wire::new("POST", "/ipn").json(&json!({
        "payment_id": r.next() as u32, "actually_paid": 0.5, "fee": {"currency": "btc", "a": r.text()}, "order": r.text(),
    }))
}

fn opennode(r: &mut Rng) -> Wire {
    Wire::new("POST", "/opennode").form(&[("id", r.word(36)), ("status", "paid".to_owned())])
}

fn paytabs_return(r: &mut Rng) -> Wire {
    Wire::new("POST", "/return").form(&[
        ("tranRef", r.word(16)),
        ("cartId", r.text()),
        ("token", String::new()),
        ("respMessage", r.text()),
    ])
}

fn latam_form(r: &mut Rng) -> Wire {
    Wire::new("POST", "/ppp-web-gateway-payu").form(&[
        ("merchantId", "508029".to_owned()),
        ("referenceCode", r.text()),
        ("amount", "20000".to_owned()),
        ("currency", "COP".to_owned()),
        ("buyerEmail", "test@test.com".to_owned()),
    ])
}

fn latam_confirmation(r: &mut Rng) -> Wire {
    Wire::new("POST", "/confirmation").form(&[
        ("merchant_id", "508029".to_owned()),
        ("reference_sale", r.text()),
        (
            "value",
            r.pick(&["150.00", "150.20", "150.25", "150"]).to_owned(),
        ),
        ("currency", "USD".to_owned()),
        ("state_pol", "4".to_owned()),
        ("extra1", r.text()),
    ])
}

fn p24_order(r: &mut Rng) -> Wire {
    Wire::new("POST", "/api/v1/transaction/register").json(&json!({
        "sessionId": r.text(), "merchantId": r.next() as u32, "amount": r.next() as u32, "currency": "PLN", "orderId": 123456789, "description": r.text(),
    }))
}

fn p24_notification(r: &mut Rng) -> Wire {
    Wire::new("POST", "/p24").json(&json!({
        "merchantId": r.next() as u32, "posId": 123, "sessionId": r.text(), "amount": r.next() as u32, "originAmount": 1500,
        "currency": "PLN", "orderId": r.next() as u32, "methodId": 32, "statement": r.text(), "refundsUuid": r.text(), "status": 0,
    }))
}

fn payu_form(r: &mut Rng) -> Wire {
    Wire::new("POST", "/api/v2_1/orders").form(&[
        ("customerIp", "127.0.0.1".to_owned()),
        ("description", r.text()),
        ("totalAmount", "1000".to_owned()),
        ("products[0].name", r.text()),
    ])
}

fn razorpay_link(r: &mut Rng) -> Wire {
    let (link, payment) = (r.word(14), r.word(14));
    let reference = r.pick(&["", "&razorpay_payment_link_reference_id=a%20b+c"]);
    let target = format!(
        "/return?shop=1&razorpay_payment_id=pay_{payment}&razorpay_payment_link_id=plink_{link}{reference}&razorpay_payment_link_status=paid"
    );
    Wire::new("GET", &target)
}

fn razorpay_subscription(r: &mut Rng) -> Wire {
    Wire::new("POST", "/callback").form(&[
        ("razorpay_payment_id", r.text()),
        ("razorpay_subscription_id", r.text()),
        ("note", r.text()),
    ])
}

fn tap(r: &mut Rng) -> Wire {
    let mut charge = json!({
        "id": format!("chg_{}", r.word(20)), "amount": 1.5, "currency": r.pick(&["KWD", "SAR", "USD"]), "status": "CAPTURED",
        "reference": {"payment": r.word(20)}, "transaction": {"created": "1571573840"}, "description": r.text(),
    });
    if r.below(2) == 0 {
        charge["reference"]["gateway"] = r.word(20).into();
    }
    Wire::new("POST", "/tap").json(&charge)
}

fn tpay_md5sum(r: &mut Rng) -> Wire {
    Wire::new("POST", "/tpay").form(&[
        ("id", "12345".to_owned()),
        ("tr_id", r.word(20)),
        ("tr_amount", r.pick(&["144.69", "144", "0.5"]).to_owned()),
        ("tr_crc", r.text()),
        ("tr_status", "TRUE".to_owned()),
    ])
}

fn wise_approval(r: &mut Rng) -> Wire {
    any(r).header("x-2fa-approval", "be2f4b25-d8ce-4d3a-8d5b-3f4d5e6a7b8c")
}
