//! One message that paysig and the application would read in two ways, and one that two of its own ways would judge differently.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::crypto::{Encoding, Hash};
use paysig::{
    Credentials, Flow, KeyRing, Report, Result, SignOptions, Status, UnixMillis, Verifier,
};
use support::{Wire, credentials};

const NOW: UnixMillis = UnixMillis(1_709_629_687_000);

fn verifier(id: &str, ring: &KeyRing) -> Verifier {
    let scheme = paysig::scheme(id).unwrap();
    scheme.verifier(Flow::Webhook, ring).unwrap()
}

fn signed(id: &str, keys: &Credentials, mut wire: Wire) -> Wire {
    let scheme = paysig::scheme(id).unwrap();
    let signer = scheme.signer(Flow::Webhook, keys).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    wire.sign(&signer, &options);
    wire
}

fn judged(verifier: &Verifier, wire: &Wire) -> Result<Report> {
    wire.with(|m| verifier.verify(m, Some(NOW)).map(|v| v.report()))
}

fn status(verifier: &Verifier, wire: &Wire) -> Status {
    judged(verifier, wire).map_or_else(|error| error.status(), |_| Status::Ok)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    Encoding::Hex.encode_into(bytes, &mut text);
    String::from_utf8(text).unwrap()
}

fn checkout() -> (Verifier, Wire) {
    let keys = credentials(&[("key_secret", "s")]);
    let pairs = [
        ("razorpay_order_id", "order_CHEAP".to_owned()),
        ("razorpay_payment_id", "pay_1".to_owned()),
    ];
    let wire = signed(
        "razorpay-checkout",
        &keys,
        Wire::new("POST", "/").form(&pairs),
    );
    let verifier = verifier("razorpay-checkout", &KeyRing::of(keys));
    assert_eq!(status(&verifier, &wire), Status::Ok);
    (verifier, wire)
}

#[test]
fn a_form_must_be_declared_as_one() {
    let (verifier, wire) = checkout();
    let declared = |types: &[&str]| {
        let mut wire = wire.clone();
        wire.headers.retain(|(name, _)| name != "Content-Type");
        for media in types {
            wire = wire.header("content-type", media);
        }
        status(&verifier, &wire)
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(declared(&[]), Status::Ok);
    assert_eq!(
        declared(&["Application/X-WWW-Form-Urlencoded ; charset=UTF-8"]),
        Status::Ok
    );
    for other in [
        "multipart/form-data; boundary=X",
        "application/json",
        "text/plain",
        "",
    ] {
        assert_eq!(declared(&[other]), Status::MalformedField, "{other:?}");
    }
    assert_eq!(declared(&[form, form]), Status::DuplicateField);
    // Where the kind of body decides what is signed, it may not be said twice either.
    let token = credentials(&[("auth_token", "12345")]);
    let url = "https://shop.example/sms";
    let mut sms = Wire::new("POST", "/sms").form(&[("Body", "hi".to_owned())]);
    sms.url = Some(url.to_owned());
    let sms = signed("twilio", &token, sms);
    let twilio = self::verifier("twilio", &KeyRing::of(token.clone()));
    assert_eq!(status(&twilio, &sms), Status::Ok);
    let twice = sms.clone().header("Content-Type", "application/json");
    assert_eq!(status(&twilio, &twice), Status::DuplicateField);
    // A body whose digest the signed URL holds is not a form because somebody says so.
    let mut event = Wire::new("POST", "/sms").json(&serde_json::json!({"a": 1}));
    event.url = Some(url.to_owned());
    let mut event = signed("twilio", &token, event);
    assert_eq!(status(&twilio, &event), Status::Ok);
    event.headers[0].1 = form.into();
    assert_eq!(
        status(&twilio, &event.clone().body("")),
        Status::ContentRejected
    );
}

#[test]
fn a_form_or_json_is_in_a_charset_that_leaves_its_fields_alone() {
    let (checkout, form) = checkout();
    let declared = |verifier: &Verifier, wire: &Wire, media: &str| {
        let mut wire = wire.clone();
        wire.headers.retain(|(name, _)| name != "Content-Type");
        status(verifier, &wire.header("Content-Type", media))
    };
    let json = Wire::new("POST", "/").body("{\"amount\":\"5\",\"name\":\"é\"}");
    let (sorted, all) = signed_by(r#"{ sorted = { from = "json" } }"#, json.clone());
    let (members, json) = signed_by(r#"{ json = "amount" }"#, json);
    let media = "application/x-www-form-urlencoded";
    for (parameters, of_form, of_json) in [
        ("", true, true),
        (";charset=UTF-8", true, true),
        ("; Charset = \"utf-8\"", true, true),
        ("; charset=utf8; charset=UTF-8", true, true),
        ("; text/html; charset=utf-8", true, true),
        ("; charset=us-ascii; x=y", true, true),
        ("; charset=ISO-8859-1", true, true),
        ("; charset=windows-1251", true, true),
        ("; charset=GBK", true, false),
        ("; charset=\"Shift_JIS\"", true, false),
        ("; charset=utf-7", false, false),
        ("; charset=\"UTF-7\"", false, false),
        ("; charset='utf-8'", false, false),
        (";\tcharset\t=\tutf_7", false, false),
        ("; charset=utf-8; charset=utf-7", false, false),
        ("; charset=utf-7; charset=utf-8", false, false),
        ("; charset*=utf-8''utf-7", false, false),
        ("; charset*0=utf-; charset*1=7", false, false),
        ("; x=\"; charset=utf-7\"", false, false),
        (
            "; x=\"y;charset=utf-8\"z; charset=\"u\\tf-7\"",
            false,
            false,
        ),
        ("; \"charset\"=utf-7", false, false),
        ("; charset=utf-16", false, false),
        ("; charset=cp037", false, false),
        ("; charset=unicode_escape", false, false),
        ("; charset=", false, false),
        ("; charset", false, false),
        ("; charset=utf-8, text/plain; charset=utf-7", false, false),
    ] {
        let wanted = |known| match known {
            true => Status::Ok,
            false => Status::MalformedField,
        };
        let of = |media| format!("{media}{parameters}");
        assert_eq!(
            declared(&checkout, &form, &of(media)),
            wanted(of_form),
            "{parameters}"
        );
        assert_eq!(
            declared(&members, &json, &of("application/json")),
            wanted(of_json),
            "{parameters}"
        );
        assert_eq!(
            declared(&sorted, &all, &of("application/json")),
            wanted(of_json),
            "{parameters}"
        );
    }
    let other = json.clone().header("Content-Type", "application/json");
    let other = other.header("content-type", "application/json; charset=utf-7");
    assert_eq!(status(&members, &other), Status::MalformedField);
    // A character of two bytes takes an ASCII letter with it where a form is not escaped.
    let raw = [&form.body[..], b"&note=\x81x"].concat();
    let raw = form.clone().body(raw);
    assert_eq!(declared(&checkout, &raw, media), Status::Ok);
    let gbk = format!("{media}; charset=gbk");
    assert_eq!(declared(&checkout, &raw, &gbk), Status::MalformedField);

    // The same where a condition asks whether there is a form.
    let token = credentials(&[("auth_token", "12345")]);
    let mut sms = Wire::new("POST", "/sms").form(&[("Body", "hi".to_owned())]);
    sms.url = Some("https://shop.example/sms".to_owned());
    let sms = signed("twilio", &token, sms);
    let twilio = verifier("twilio", &KeyRing::of(token));
    for (charset, wanted) in [("utf-8", Status::Ok), ("utf-7", Status::MalformedField)] {
        let media = format!("{media}; charset={charset}");
        assert_eq!(declared(&twilio, &sms, &media), wanted);
    }
}

#[test]
fn the_query_of_a_signed_url_counts_where_the_target_has_none() {
    let token = credentials(&[("auth_token", "t")]);
    let mut event = Wire::new("POST", "/b").json(&serde_json::json!({"a": 1}));
    event.url = Some("https://shop.example/b".to_owned());
    let event = signed("twilio", &token, event);
    assert!(event.url.as_ref().unwrap().contains("?bodySHA256="));
    let twilio = verifier("twilio", &KeyRing::of(token));
    let form = "application/x-www-form-urlencoded";
    for with_query in [true, false] {
        let mut event = event.clone();
        if !with_query {
            event.target = b"/b".to_vec();
        }
        assert_eq!(status(&twilio, &event), Status::Ok, "{with_query}");
        let mut other = event.clone().body(r#"{"a":2}"#);
        assert_eq!(status(&twilio, &other), Status::ContentRejected);
        // The body taken away, and what is left passed off as a form.
        other.headers[0].1 = form.into();
        assert_eq!(status(&twilio, &other.body("")), Status::ContentRejected);
    }
}

#[test]
fn names_that_a_framework_takes_for_a_signed_one_are_duplicates() {
    let (verifier, wire) = checkout();
    for twin in [
        "razorpay.order_id",
        "razorpay%20order_id",
        "razorpay%5Border_id",
        "%20razorpay_order_id",
        "razorpay_order_id%00",
        "razorpay_order_id%5B%5D",
        "razorpay_order_id%00%5D",
        "razorpay_order_id%5B%00%5D",
        "%5Brazorpay_order_id%5D",
        "razorpay_order_id%5B",
        "razorpay_order_id%5Bx%5Dy",
        "RAZORPAY_ORDER_ID",
    ] {
        let body = |text: String| wire.clone().body(text);
        let genuine = String::from_utf8(wire.body.clone()).unwrap();
        for forged in [
            format!("{genuine}&{twin}=order_DEAR"),
            format!("{twin}=order_DEAR&{genuine}"),
        ] {
            assert_eq!(
                status(&verifier, &body(forged)),
                Status::DuplicateField,
                "{twin}"
            );
        }
    }
}

#[test]
fn a_field_that_may_be_missing_is_not_there_in_another_spelling() {
    let keys = credentials(&[("secret", "s")]);
    let pairs = [
        ("totalAmount", "10.00"),
        ("currency", "EUR"),
        ("responseTimeStamp", "2024-03-05.09:08:07"),
        ("PPP_TransactionID", "77"),
        ("Status", "APPROVED"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let wire = signed("nuvei", &keys, Wire::new("POST", "/cb").form(&pairs));
    let nuvei = verifier("nuvei", &KeyRing::of(keys));
    assert_eq!(status(&nuvei, &wire), Status::Ok);
    let genuine = String::from_utf8(wire.body.clone()).unwrap();
    for twin in [
        "+productId",
        "productid",
        "productId%5B%5D",
        "%5BproductId%5D",
        "productId%00",
        "x=1;productId",
        "x=1;y;%20productid",
    ] {
        let forged = wire.clone().body(format!("{genuine}&{twin}=GOLD"));
        assert_eq!(status(&nuvei, &forged), Status::DuplicateField, "{twin}");
    }

    let scheme = paysig::Scheme::from_toml(
        r#"
id = "query-fields"
name = "Query fields"
documents = ["https://example.com"]
evidence = { kind = "unconfirmed", note = "made for this test" }
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [{ body = "raw" }, { query_field = "order", missing = "" }]
field = [{ query_field = "sig", or = ["SIG"], value = [{ signature = true }] }]
"#,
        "query-fields.toml",
    )
    .unwrap();
    let keys = credentials(&[("secret", "s")]);
    let mut wire = Wire::new("POST", "/cb").body("{}");
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    wire.sign(&scheme.signer(Flow::Webhook, &keys).unwrap(), &options);
    let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
    let target = String::from_utf8(wire.target.clone()).unwrap();
    for (target, wanted) in [
        (target.clone(), Status::Ok),
        (target.replace("sig=", "SIG="), Status::Ok),
        (target.replace("sig=", "Sig="), Status::DuplicateField),
        (format!("{target}&Sig=0"), Status::DuplicateField),
        (
            target.replace("sig=", "sig[]=0&SIG="),
            Status::DuplicateField,
        ),
        (format!("{target}&Order=DEAR"), Status::DuplicateField),
        (format!("{target}&order[]=DEAR"), Status::DuplicateField),
    ] {
        let mut wire = wire.clone();
        wire.target = target.clone().into();
        assert_eq!(status(&verifier, &wire), wanted, "{target}");
    }
}

/// A signed message of a scheme that signs with HMAC-SHA256 what `message` says, and a verifier for it.
fn signed_by(message: &str, mut wire: Wire) -> (Verifier, Wire) {
    let recipe = format!(
        r#"
id = "of-a-test"
name = "Of a test"
documents = ["https://example.com"]
evidence = {{ kind = "unconfirmed", note = "made for this test" }}
[credentials]
secret = {{}}
[webhook]
algorithm = "hmac-sha256"
key = {{ credential = "secret" }}
encoding = "hex"
message = [{message}]
field = [{{ header = "X-Signature", value = [{{ signature = true }}] }}]
"#
    );
    let scheme = paysig::Scheme::from_toml(&recipe, "of-a-test.toml").unwrap();
    let keys = credentials(&[("secret", "s")]);
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    wire.sign(&scheme.signer(Flow::Webhook, &keys).unwrap(), &options);
    let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
    assert_eq!(status(&verifier, &wire), Status::Ok);
    (verifier, wire)
}

#[test]
fn what_is_left_out_of_all_fields_is_no_twin_of_one_that_is_in() {
    let post = |body: &str| {
        Wire::new("POST", "/cb")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
    };
    let keys = credentials(&[("server_key", "k")]);
    let genuine = "acquirerMessage=&cartId=order-1&respStatus=D&items%5B0%5D=a";
    let wire = signed("paytabs-return", &keys, post(genuine));
    let paytabs = verifier("paytabs-return", &KeyRing::of(keys));
    assert_eq!(status(&paytabs, &wire), Status::Ok);
    let genuine = String::from_utf8(wire.body.clone()).unwrap();
    for (more, wanted) in [
        ("customer_id=", Status::Ok),
        ("items%5B1%5D=", Status::Ok),
        ("respStatus=", Status::DuplicateField),
        ("+RespStatus=", Status::DuplicateField),
        ("respStatus%00%5D=", Status::DuplicateField),
        ("cartId%5B%5D=", Status::DuplicateField),
        ("items=", Status::DuplicateField),
    ] {
        for body in [format!("{genuine}&{more}"), format!("{more}&{genuine}")] {
            assert_eq!(status(&paytabs, &wire.clone().body(body)), wanted, "{more}");
        }
    }

    let form = r#"{ sorted = { from = "form", prefix = ["x_"], drop_empty = true } }"#;
    let (verifier, wire) = signed_by(form, post("x_amount=1&x_note=&y=2"));
    for (more, wanted) in [
        ("z=3", Status::Ok),
        ("x_more=", Status::Ok),
        ("x.amount=9", Status::DuplicateField),
        ("X_amount=9", Status::DuplicateField),
        ("%20x_amount=9", Status::DuplicateField),
        ("x.tip=9", Status::DuplicateField),
        ("x_amount=", Status::DuplicateField),
        ("x_more=9", Status::SignatureMismatch),
        ("z=3;y=4;v", Status::Ok),
        ("z=3;x_amount=9", Status::DuplicateField),
        ("z=3;w;x.tip=9", Status::DuplicateField),
    ] {
        let body = format!("x_amount=1&x_note=&y=2&{more}");
        assert_eq!(
            status(&verifier, &wire.clone().body(body)),
            wanted,
            "{more}"
        );
    }

    // What is signed holds it as a text.
    let form = r#"{ sorted = { from = "form", prefix = ["x_"] } }"#;
    signed_by(form, post("x_amount=1;x_note=2&y=2"));

    let query = r#"{ sorted = { from = "query", drop = ["t"], drop_empty = true } }"#;
    let (verifier, wire) = signed_by(query, Wire::new("GET", "/cb?amount=1&t=2"));
    for (target, wanted) in [
        ("/cb?amount=1&t=3&u=", Status::Ok),
        ("/cb?amount=1&t=2&Amount=", Status::DuplicateField),
    ] {
        let mut wire = wire.clone();
        wire.target = target.into();
        assert_eq!(status(&verifier, &wire), wanted, "{target}");
    }
}

#[test]
fn what_is_left_out_of_a_json_body_is_no_twin_of_what_is_in() {
    let leaves = r#"{ leaves = { sep = ";", kv = "=", drop_empty = true } }"#;
    let sorted = r#"{ sorted = { from = "json", drop_empty = true } }"#;
    let prefixed = r#"{ sorted = { from = "json", prefix = ["a", "s"] } }"#;
    let genuine = r#"{"amount":"5","status":"OPEN""#;
    for (message, more, wanted) in [
        (
            leaves,
            r#""note":"","a":[],"o":{"status":null}"#,
            Status::Ok,
        ),
        (leaves, r#""Status":"""#, Status::DuplicateField),
        (leaves, r#""\u017ftatus":null"#, Status::DuplicateField),
        (leaves, r#""Status":{"x":""}"#, Status::DuplicateField),
        (sorted, r#""note":"","x":null"#, Status::Ok),
        (sorted, r#""Status":"""#, Status::DuplicateField),
        (sorted, r#""STATUS":null"#, Status::DuplicateField),
        (prefixed, r#""note":{"status":"PAID"}"#, Status::Ok),
        (prefixed, r#""Status":"PAID""#, Status::DuplicateField),
        (prefixed, r#""Status":{}"#, Status::DuplicateField),
        (prefixed, r#""Statuses":"PAID""#, Status::DuplicateField),
    ] {
        let wire = Wire::new("POST", "/")
            .header("Content-Type", "application/json")
            .body(format!("{genuine}}}"));
        let (verifier, wire) = signed_by(message, wire);
        let wire = wire.body(format!("{genuine},{more}}}"));
        assert_eq!(status(&verifier, &wire), wanted, "{message} {more}");
    }
}

fn item(reference: &str) -> serde_json::Value {
    serde_json::json!({"NotificationRequestItem": {
        "pspReference": reference, "originalReference": "", "merchantAccountCode": "Shop", "merchantReference": "order",
        "amount": {"value": 1130, "currency": "EUR"}, "eventCode": "AUTHORISATION", "success": "true",
        "additionalData": {},
    }})
}

#[test]
fn batches_have_one_key_and_no_second_item_beside_an_item() {
    let (ours, theirs) = ("0".repeat(64), "1".repeat(64));
    let key = |hex: &str| credentials(&[("hmac_key", hex)]);
    let batch = |items: Vec<serde_json::Value>, hex: &str| {
        let body = serde_json::json!({"live": "false", "notificationItems": items});
        signed(
            "adyen-notifications",
            &key(hex),
            Wire::new("POST", "/").json(&body),
        )
    };
    let items = |wire: &Wire| {
        let body: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
        body["notificationItems"].as_array().unwrap().clone()
    };
    let mut ring = KeyRing::of(key(&ours));
    ring.add(key(&theirs));
    let verifier = verifier("adyen-notifications", &ring);
    for hex in [&ours, &theirs] {
        assert_eq!(
            status(&verifier, &batch(vec![item("1"), item("2")], hex)),
            Status::Ok
        );
    }
    let (one, other) = (
        batch(vec![item("1")], &ours),
        batch(vec![item("2")], &theirs),
    );
    let mixed = serde_json::json!({"notificationItems": [items(&one)[0], items(&other)[0]]});
    let mixed = Wire::new("POST", "/").json(&mixed);
    assert_eq!(status(&verifier, &mixed), Status::SignatureMismatch);

    let mut twin = items(&one);
    twin[0]["notificationRequestItem"] = serde_json::json!({"amount": {"value": 999_999}});
    let twin = Wire::new("POST", "/").json(&serde_json::json!({"notificationItems": twin}));
    assert_eq!(status(&verifier, &twin), Status::DuplicateField);
}

#[test]
fn a_stream_uses_the_algorithm_that_the_message_names() {
    let keys = credentials(&[("second_key", "k")]);
    let wide = verifier("payu-eu", &KeyRing::of(keys));
    let narrow = wide.clone().only_algorithms(&["SHA-256"]).unwrap();
    let text = [&b"{}"[..], b"k"].concat();
    let wire = |digest: &[u8], name: &str| {
        let value = format!("signature={};algorithm={name}", hex(digest));
        Wire::new("POST", "/")
            .header("OpenPayu-Signature", &value)
            .body("{}")
    };
    let streamed = |verifier: &Verifier, wire: &Wire| {
        let head = wire.clone().body("");
        let stream = head.with(|m| verifier.stream(m, Some(NOW), Some(2)));
        let finished = stream.and_then(|mut stream| {
            stream.update(b"{}")?;
            stream.finish()
        });
        finished.map_or_else(|error| error.status(), |_| Status::Ok)
    };
    let (md5, sha256) = (Hash::Md5.digest(&text), Hash::Sha256.digest(&text));
    for (digest, name, with_wide, with_narrow) in [
        (&md5[..], "MD5", Status::Ok, Status::UnsupportedAlgorithm),
        (&sha256[..], "SHA-256", Status::Ok, Status::Ok),
        (
            &md5[..],
            "SHA-256",
            Status::SignatureMismatch,
            Status::SignatureMismatch,
        ),
        (
            &sha256[..],
            "MD5",
            Status::SignatureMismatch,
            Status::UnsupportedAlgorithm,
        ),
    ] {
        let wire = wire(digest, name);
        for (verifier, wanted) in [(&wide, with_wide), (&narrow, with_narrow)] {
            let whole = status(verifier, &wire);
            assert_eq!(
                (whole, streamed(verifier, &wire)),
                (wanted, wanted),
                "{name}"
            );
        }
    }
}

#[test]
fn what_stands_in_the_body_cannot_be_streamed() {
    for (id, keys) in [
        (
            "adyen-notifications",
            credentials(&[("hmac_key", &"0".repeat(64))]),
        ),
        ("razorpay-checkout", credentials(&[("key_secret", "s")])),
    ] {
        let verifier = verifier(id, &KeyRing::of(keys));
        let stream = Wire::new("POST", "/").with(|m| verifier.stream(m, Some(NOW), None));
        assert_eq!(stream.err().unwrap().status(), Status::Unsupported, "{id}");
    }
}

#[test]
fn a_separator_between_quotes_is_text() {
    let keys = credentials(&[
        ("merchant_id", "m"),
        ("key_id", "a,b=c"),
        ("secret", "c2VjcmV0"),
    ]);
    let scheme = paysig::scheme("cybersource").unwrap();
    let signer = scheme.signer(Flow::Request, &keys).unwrap();
    let mut wire = Wire::new("POST", "/pts/v2/payments").json(&serde_json::json!({"a": 1}));
    wire.url = Some("https://apitest.cybersource.com/pts/v2/payments".to_owned());
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    wire.sign(&signer, &options);
    let verifier = scheme.verifier(Flow::Request, &KeyRing::of(keys)).unwrap();
    assert_eq!(
        judged(&verifier, &wire).unwrap().key_id.as_deref(),
        Some("a,b=c")
    );
    // An item that the scheme does not read, with a comma in it.
    let signature = wire
        .headers
        .iter_mut()
        .find(|(name, _)| name == "Signature")
        .unwrap();
    let with_date = [b"expires=\"Mon, 01 Jan 2035\",", &signature.1[..]].concat();
    signature.1 = with_date;
    assert_eq!(status(&verifier, &wire), Status::Ok);
    let open = wire
        .headers
        .iter_mut()
        .find(|(name, _)| name == "Signature")
        .unwrap();
    open.1.push(b'"');
    assert_eq!(status(&verifier, &wire), Status::MalformedSignature);
}

#[test]
fn a_nonce_that_the_message_has_no_place_for_was_not_used() {
    let keys = credentials(&[("login", "l"), ("secret", "s")]);
    let scheme = paysig::scheme("directa24-deposits").unwrap();
    let signer = scheme.signer(Flow::Request, &keys).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        nonce: Some("order-1"),
        ..SignOptions::default()
    };
    for (method, used) in [("POST", Some("order-1")), ("GET", None)] {
        let made = Wire::new(method, "/v3/deposits")
            .with(|m| signer.sign(m, &options))
            .unwrap();
        assert_eq!(made.used().nonce.as_deref(), used);
        assert_eq!(made.header("X-Idempotency-Key").is_some(), used.is_some());
    }
}
