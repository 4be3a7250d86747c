//! What a verifier says about itself and about the key that matched, and its limits to the millisecond and the byte.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::crypto::{Encoding, Hash, HmacKey};
use paysig::{
    Credentials, Flow, Header, KeyRing, Message, Scheme, SignOptions, Status, UnixMillis, Verifier,
};
use serde_json::{Value, json};
use support::{Wire, credentials};

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

fn later(millis: i64) -> UnixMillis {
    UnixMillis(NOW.0 + millis)
}

fn secret(text: &str) -> Credentials {
    credentials(&[("secret", text)])
}

fn verifier(id: &str, keys: &KeyRing) -> paysig::Result<Verifier> {
    paysig::scheme(id)?.verifier(Flow::Webhook, keys)
}

fn signed(id: &str, keys: &Credentials, wire: Wire) -> Wire {
    signed_by(&paysig::scheme(id).unwrap(), keys, wire)
}

fn signed_by(scheme: &Scheme, keys: &Credentials, mut wire: Wire) -> Wire {
    let signer = scheme.signer(Flow::Webhook, keys).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    wire.sign(&signer, &options);
    wire
}

fn status(verifier: &Verifier, wire: &Wire, now: UnixMillis) -> Status {
    let judged = wire.with(|m| verifier.verify(m, Some(now)).map(|_| ()));
    judged.map_or_else(|error| error.status(), |()| Status::Ok)
}

#[test]
fn keys_are_needed_unless_they_are_fetched_or_nothing_is_signed() {
    let none = KeyRing::new();
    let error = verifier("github", &none).unwrap_err();
    assert_eq!(error.status(), Status::InvalidCredentials);
    for id in ["plaid", "mollie-classic"] {
        assert!(verifier(id, &none).is_ok(), "{id}");
    }

    let first = verifier("github", &KeyRing::of(secret("one"))).unwrap();
    let second = first.with_keys(&KeyRing::of(secret("two"))).unwrap();
    assert!(first.with_keys(&none).is_err());
    let wire = signed("github", &secret("two"), Wire::new("POST", "/").body("{}"));
    assert_eq!(status(&first, &wire, NOW), Status::SignatureMismatch);
    assert_eq!(status(&second, &wire, NOW), Status::Ok);
}

#[test]
fn who_exchanges_names_and_values_does_not_see_the_secret() {
    for (name, field) in [("whsec_topsecret1", "credentials"), ("secert", "secert")] {
        let ring = KeyRing::of(credentials(&[(name, "secret")]));
        let error = verifier("github", &ring).unwrap_err();
        assert_eq!(error.field_name(), Some(field));
        assert_eq!(error.to_string().contains(name), field == name, "{error}");
    }
}

#[test]
fn it_says_what_it_reads() {
    let timeless = verifier("github", &KeyRing::of(secret("s"))).unwrap();
    assert_eq!(
        (timeless.needs_now(), timeless.tolerance_seconds()),
        (false, None)
    );
    assert_eq!(timeless.tolerance(60).tolerance_seconds(), None);
    let timed = verifier("zoom", &KeyRing::of(secret("s"))).unwrap();
    assert_eq!(
        (timed.needs_now(), timed.tolerance_seconds()),
        (true, Some(300))
    );
    assert_eq!((timed.scheme_id(), timed.flow()), ("zoom", Flow::Webhook));
    assert_eq!(timed.tolerance(60).tolerance_seconds(), Some(60));
}

#[test]
fn the_tolerance_ends_to_the_millisecond() {
    let wire = signed("zoom", &secret("s"), Wire::new("POST", "/").body("{}"));
    let zoom = verifier("zoom", &KeyRing::of(secret("s"))).unwrap();
    for (verifier, limit) in [(zoom.clone(), 300_000), (zoom.tolerance(2), 2_000)] {
        for (age, wanted) in [
            (limit, Status::Ok),
            (limit + 1, Status::TimestampTooOld),
            (-limit, Status::Ok),
            (-limit - 1, Status::TimestampTooNew),
        ] {
            assert_eq!(status(&verifier, &wire, later(age)), wanted, "{age}");
        }
    }
}

#[test]
fn a_key_counts_from_its_first_to_its_last_millisecond() {
    let wire = signed("github", &secret("s"), Wire::new("POST", "/").body("{}"));
    let mut ring = KeyRing::new();
    ring.add_between(secret("s"), Some(NOW), Some(later(10)));
    let verifier = verifier("github", &ring).unwrap();
    for (after, wanted) in [
        (-1, Status::KeyNotYetValid),
        (0, Status::Ok),
        (10, Status::Ok),
        (11, Status::KeyExpired),
    ] {
        assert_eq!(status(&verifier, &wire, later(after)), wanted, "{after}");
    }
}

#[test]
fn it_says_which_key_matched() {
    let wire = signed("github", &secret("s"), Wire::new("POST", "/").body("{}"));
    let mut ring = KeyRing::of(secret("another"));
    ring.add_between(secret("s"), None, Some(later(-1)));
    for index in [2, 3] {
        ring.add(secret("s"));
        let verifier = verifier("github", &ring).unwrap();
        wire.with(|m| {
            let verified = verifier.verify(m, Some(NOW)).unwrap();
            // The first that matches and is valid.
            assert_eq!((verified.key_index(), verified.items()), (2, 1), "{index}");
            assert_eq!((verified.key_id(), verified.timestamp()), (None, None));
            assert_eq!(verified.report().key_index, 2);
        });
    }
}

#[test]
fn a_batch_says_how_many_items_it_has() {
    let key = credentials(&[("hmac_key", "44782DEF")]);
    let item = |reference: &str| {
        json!({"NotificationRequestItem": {
            "pspReference": reference, "merchantAccountCode": "m", "merchantReference": "r", "eventCode": "AUTHORISATION",
            "success": "true", "amount": {"value": 1, "currency": "EUR"}, "additionalData": {},
        }})
    };
    let verifier = verifier("adyen-notifications", &KeyRing::of(key.clone())).unwrap();
    for count in 1..=3 {
        let items: Vec<Value> = (0..count).map(|i| item(&format!("psp-{i}"))).collect();
        let wire = Wire::new("POST", "/").json(&json!({ "notificationItems": items }));
        let wire = signed("adyen-notifications", &key, wire);
        wire.with(|m| {
            let report = verifier.verify(m, None).unwrap().report();
            assert_eq!(report.items, count);
            let signed: Value = serde_json::from_str(&report.signed_json.unwrap()).unwrap();
            assert_eq!(signed.as_array().map_or(1, Vec::len), count);
        });
    }
}

#[test]
fn the_limit_of_the_body_is_the_last_byte_that_is_taken() {
    let wire = signed("github", &secret("s"), Wire::new("POST", "/").body("{}"));
    let verifier = verifier("github", &KeyRing::of(secret("s"))).unwrap();
    let limited = |bytes| status(&verifier.clone().max_body(bytes), &wire, NOW);
    assert_eq!((limited(1), limited(2)), (Status::TooLarge, Status::Ok));
}

/// Key and message of a test vector.
fn vector(lines: &str, id: &str) -> (Credentials, Wire) {
    let line = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|case| case["id"] == id)
        .unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let named = line["credentials"].as_object().unwrap();
    let key = named.iter().map(|(name, value)| (name, text(value)));
    let message = &line["message"];
    let mut wire = Wire::new(&text(&message["method"]), &text(&message["target"]));
    wire = wire.body(text(&message["body"]));
    wire.url = message["url"].as_str().map(str::to_owned);
    for header in message["headers"].as_array().unwrap() {
        wire = wire.header(&text(&header[0]), &text(&header[1]));
    }
    (key.collect(), wire)
}

#[test]
fn a_signature_that_names_its_end_counts_to_that_millisecond() {
    let (key, wire) = vector(
        include_str!("../../tests/vectors/rfc9421-ed25519.jsonl"),
        "rfc9421-ed25519-request-expires-later/verify",
    );
    let scheme = paysig::scheme("rfc9421-ed25519").unwrap();
    let verifier = scheme.verifier(Flow::Request, &KeyRing::of(key)).unwrap();
    let expires = 1_700_000_001_000;
    for (now, wanted) in [
        (expires, Status::Ok),
        (expires + 1, Status::TimestampTooOld),
    ] {
        assert_eq!(status(&verifier, &wire, UnixMillis(now)), wanted);
    }
}

#[test]
fn a_certificate_ends_what_the_ring_leaves_open() {
    let (key, wire) = vector(
        include_str!("../../tests/vectors/paypal.jsonl"),
        "paypal-webhook-json/verify",
    );
    let at = |text: &str| UnixMillis::from_rfc3339(text).unwrap();
    // The certificate counts in 2023, and the message is of November.
    let (november, year) = (at("2023-11-14T22:13:20Z"), at("2024-01-01T00:00:00Z"));
    let judged = |from: Option<UnixMillis>, until: Option<UnixMillis>, now: UnixMillis| {
        let mut ring = KeyRing::new();
        ring.add_between(key.clone(), from, until);
        let verifier = verifier("paypal", &ring).unwrap().tolerance(u32::MAX);
        status(&verifier, &wire, now)
    };
    let before = at("2022-12-31T23:59:59Z");
    let after = UnixMillis(year.0 + 1);
    for (from, until) in [
        (None, None),
        (Some(UnixMillis(0)), Some(at("2030-01-01T00:00:00Z"))),
    ] {
        assert_eq!(judged(from, until, before), Status::KeyNotYetValid);
        assert_eq!(judged(from, until, november), Status::Ok);
        assert_eq!(judged(from, until, after), Status::KeyExpired);
    }
    assert_eq!(judged(Some(after), None, november), Status::KeyNotYetValid);
    assert_eq!(judged(None, Some(before), november), Status::KeyExpired);

    let broken = KeyRing::of(key.with("certificate", "no certificate"));
    let error = verifier("paypal", &broken).unwrap_err();
    assert_eq!(error.status(), Status::InvalidCredentials);
    assert_eq!(error.field_name(), Some("certificate"), "{error}");
}

/// A recipe of HMAC-SHA256 over the body with these fields, and what else its flow says.
fn recipe(fields: &str, more: &str) -> Scheme {
    let text = format!(
        r#"id = "x"
name = "X"
[credentials]
secret = {{}}
[webhook]
algorithm = "hmac-sha256"
key = {{ credential = "secret" }}
encoding = "hex"
retention = 60
message = [{{ body = "raw" }}]
field = [{fields}]
{more}
"#
    );
    Scheme::from_toml(&text, "x").unwrap()
}

#[test]
fn a_second_time_is_the_first() {
    let scheme = recipe(
        r#"{ header = "X-Time", value = [{ timestamp = true }] },
        { header = "X-Day", value = [{ timestamp = "ymd" }] },
        { header = "X-Sig", value = [{ signature = true }] }"#,
        r#"timestamp = { format = "unix" }"#,
    );
    let keys = secret("s");
    let mut wire = signed_by(&scheme, &keys, Wire::new("POST", "/").body("{}"));
    let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
    assert_eq!(wire.get("X-Day"), Some(&b"20260102"[..]));
    assert_eq!(status(&verifier, &wire, NOW), Status::Ok);
    wire.set("X-Day", b"20260103".to_vec());
    assert_eq!(status(&verifier, &wire, NOW), Status::ContentRejected);
}

#[test]
fn a_demanded_value_that_is_missing_is_refused_as_a_wrong_one() {
    let scheme = recipe(
        r#"{ header = "X-Sig", value = [{ signature = true }] }"#,
        r#"require = [{ value = { json = "version" }, equals = "v1", status = "unsupported_version" }]"#,
    );
    let keys = secret("s");
    let verifier = scheme
        .verifier(Flow::Webhook, &KeyRing::of(keys.clone()))
        .unwrap();
    for (body, wanted) in [
        (r#"{"version":"v1"}"#, Status::Ok),
        (r#"{"version":"v2"}"#, Status::UnsupportedVersion),
        ("{}", Status::UnsupportedVersion),
        (r#"{"version":"v1","version":"v1"}"#, Status::DuplicateField),
    ] {
        let wire = signed_by(&scheme, &keys, Wire::new("POST", "/").body(body));
        assert_eq!(status(&verifier, &wire, NOW), wanted, "{body}");
    }
}

/// The webhook's key id is a login that is not secret.
fn shop(login: &str) -> Credentials {
    secret("s").with("login", login)
}

#[test]
fn an_unknown_key_is_called_that_before_other_fields_are_missed() {
    let scheme = paysig::scheme("directa24-deposits").unwrap();
    let keys = shop("l");
    let signed = signed_by(&scheme, &keys, Wire::new("POST", "/").body("{}"));
    let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
    assert_eq!(status(&verifier, &signed, NOW), Status::Ok);
    let mut wire = signed.clone();
    wire.remove("X-Date");
    assert_eq!(status(&verifier, &wire, NOW), Status::MissingField);
    wire.set("X-Login", b"another".to_vec());
    assert_eq!(status(&verifier, &wire, NOW), Status::UnknownKey);
    wire.set("Authorization", b"D24 junk".to_vec());
    assert_eq!(status(&verifier, &wire, NOW), Status::MalformedSignature);
}

#[test]
fn one_shop_of_several_may_be_expected() {
    let scheme = paysig::scheme("directa24-deposits").unwrap();
    let mut ring = KeyRing::of(shop("one"));
    ring.add(shop("two"));
    let any = scheme.verifier(Flow::Webhook, &ring).unwrap();
    let two = any.clone().expect_key_id("two").unwrap();
    for (login, wanted) in [("one", Status::UnknownKey), ("two", Status::Ok)] {
        let wire = signed_by(&scheme, &shop(login), Wire::new("POST", "/").body("{}"));
        assert_eq!(status(&any, &wire, NOW), Status::Ok);
        assert_eq!(status(&two, &wire, NOW), wanted, "{login}");
    }
}

#[test]
fn a_token_that_names_no_key_is_not_another_shop_s() {
    let scheme = paysig::Scheme::from_toml(
        r#"id = "shops"
name = "Shops"
documents = ["https://example.com"]
[credentials]
shop = { public = true }
secret = {}
[request]
algorithm = "jws"
key_id = { credential = "shop" }
key = { credential = "secret" }
jws = { alg = "HS256", header = { alg = "HS256", kid = { key_id = true } } }
message = { payload = true }
field = [{ header = "Authorization", value = ["Bearer ", { signature = true }] }]
acknowledge = { no-replay-protection = "a test" }
"#,
        "shops.toml",
    )
    .unwrap();
    let keys = |shop: &str| {
        Credentials::new()
            .with("shop", shop)
            .with("secret", format!("secret of {shop}"))
    };
    let mut ring = KeyRing::of(keys("one"));
    ring.add(keys("two"));
    let any = scheme.verifier(Flow::Request, &ring).unwrap();
    let one = any.clone().expect_key_id("one").unwrap();
    let bare = |shop: &str| {
        let b64 = |bytes: &[u8]| {
            let mut text = Vec::new();
            Encoding::Base64Url.encode_into(bytes, &mut text);
            String::from_utf8(text).unwrap()
        };
        let input = format!("{}.{}", b64(br#"{"alg":"HS256"}"#), b64(b"{}"));
        let key = HmacKey::new(Hash::Sha256, format!("secret of {shop}").as_bytes());
        let token = format!("Bearer {input}.{}", b64(&key.mac(input.as_bytes())));
        Wire::new("GET", "/").header("Authorization", &token)
    };
    assert_eq!(status(&any, &bare("two"), NOW), Status::Ok);
    assert_eq!(status(&one, &bare("one"), NOW), Status::Ok);
    assert_eq!(status(&one, &bare("two"), NOW), Status::SignatureMismatch);

    let nameless = verifier("github", &KeyRing::of(secret("s"))).unwrap();
    let refused = nameless.expect_key_id("one").unwrap_err();
    assert_eq!(refused.status(), Status::InvalidOption);
    assert_eq!(refused.field_name(), Some("expected_key_id"));
}

#[test]
fn a_key_with_a_window_needs_a_clock() {
    let mut ring = KeyRing::new();
    ring.add_between(secret("s"), None, Some(UnixMillis(1)));
    let github = verifier("github", &ring).unwrap();
    assert!(github.needs_now());
    let wire = signed("github", &secret("s"), Wire::new("POST", "/").body("{}"));
    assert_eq!(status(&github, &wire, NOW), Status::KeyExpired);
    let error = wire.with(|m| github.verify(m, None).map(|_| ()).unwrap_err());
    assert_eq!(error.status(), Status::InvalidOption);
    assert_eq!(error.field_name(), Some("now"));
}

/// A scheme of one request flow over a header, a time and a nonce.
fn small(message: &str) -> Scheme {
    let text = format!(
        r#"id = "small"
name = "Small"
documents = ["https://example.com"]
[credentials]
secret = {{}}
[request]
algorithm = "hmac-sha256"
key = {{ credential = "secret" }}
encoding = "hex"
timestamp = {{ format = "unix", tolerance = 300 }}
message = [{message}]
field = [
  {{ header = "X-Time", value = [{{ timestamp = true }}] }},
  {{ header = "X-Nonce", caller = "adopt", value = [{{ nonce = true }}] }},
  {{ header = "X-Signature", value = [{{ signature = true }}] }},
]
"#
    );
    Scheme::from_toml(&text, "small.toml").unwrap()
}

fn explained(scheme: &Scheme, method: &str) -> paysig::Explanation {
    let signer = scheme.signer(Flow::Request, &secret("hush-hush")).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        nonce: Some("nonce-1"),
        ..SignOptions::default()
    };
    let wire = Wire::new(method, "/").header("X-N", "value");
    wire.with(|m| signer.explain(m, &options)).unwrap()
}

#[test]
fn what_is_signed_in_part_or_not_always_is_not_covered() {
    let headers = |message: &str| explained(&small(message), "GET").covered().headers.clone();
    let time = "{ timestamp = true }";
    assert_eq!(
        headers(&format!("{time}, {{ nonce = true }}")),
        ["x-nonce", "x-time"]
    );
    for part in [
        r#"{ nonce = true, when = { method = "POST" } }"#,
        "{ nonce = true, then = [{ take = 2 }] }",
        r#"{ group = [{ nonce = true }], then = [{ piece = 0, of = "-" }] }"#,
    ] {
        assert_eq!(headers(&format!("{time}, {part}")), ["x-time"], "{part}");
    }
    assert_eq!(
        headers(r#"{ timestamp = "ymd" }, { nonce = true }"#),
        ["x-nonce"]
    );
}

/// Covered, and handed out: `body` is what is signed, `sent` what arrives under the same signature.
fn handed_out(part: &str, body: &str, sent: &str) -> (String, Option<String>) {
    let scheme = small(&format!("{{ timestamp = true }}, {part}"));
    let key = secret("s");
    let signer = scheme.signer(Flow::Request, &key).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        nonce: Some("n"),
        ..SignOptions::default()
    };
    let mut wire = Wire::new("POST", "/").body(body);
    wire.sign(&signer, &options);
    wire.body = sent.into();
    let verifier = scheme.verifier(Flow::Request, &KeyRing::of(key)).unwrap();
    wire.with(|m| {
        let report = verifier.verify(m, Some(NOW)).unwrap().report();
        let covered: Value = serde_json::from_str(&report.covered.to_json()).unwrap();
        (covered["body"].to_string(), report.signed_json)
    })
}

#[test]
fn fields_that_were_signed_in_part_are_not_handed_out() {
    let sent = r#"{"amount":"1000","id":"7"}"#;
    for (step, body) in [
        ("{ take = 1 }", "1"),
        (r#"{ piece = 0, of = "000" }"#, "1"),
        (r#"{ after-last = "1" }"#, "9991000"),
        (r#"{ remove-first = "0" }"#, "0100"),
        (r#"{ strip-suffix = "00", optional = true }"#, "10"),
        (r#"{ strip-prefix = "1", optional = true }"#, "000"),
    ] {
        let body = format!(r#"{{"amount":"{body}","id":"7"}}"#);
        for part in [
            format!(r#"{{ json = "amount", then = [{step}] }}"#),
            format!(r#"{{ group = [{{ json = "amount" }}], then = [{step}] }}"#),
        ] {
            let nothing = (r#""none""#.to_owned(), None);
            assert_eq!(handed_out(&part, &body, sent), nothing, "{part}");
            let with_id = format!(r#"{part}, {{ json = "id" }}"#);
            let id = (r#"["id"]"#.to_owned(), Some(r#"{"id":"7"}"#.to_owned()));
            assert_eq!(handed_out(&with_id, &body, sent), id, "{part}");
        }
    }
    // A condition that does not hold signs nothing.
    let other = r#"{ method = true }, { json = "amount", when = { method = "PUT" } }"#;
    let body = r#"{"amount":"1","id":"7"}"#;
    assert_eq!(
        handed_out(other, body, sent),
        (r#""none""#.to_owned(), None)
    );
    // The currency only says how many digits there are; of the text below only one member is read.
    let currency =
        "{ json = \"amount\", then = [{ currency-decimals = { json = \"currency\" } }] }";
    let of = |currency: &str| format!(r#"{{"amount":"1","currency":"{currency}"}}"#);
    let amount = (
        r#"["amount"]"#.to_owned(),
        Some(r#"{"amount":"1"}"#.to_owned()),
    );
    assert_eq!(handed_out(currency, &of("EUR"), &of("USD")), amount);
    let inner = "{ json = \"id\", from = { json = \"inner\" } }";
    let of = |more: &str| format!(r#"{{"inner":"{{\"id\":7{more}}}"}}"#);
    let nothing = ("\"none\"".to_owned(), None);
    assert_eq!(handed_out(inner, &of(""), &of(r#",\"a\":1"#)), nothing);
    // The value is what counts, not its spelling.
    let lower = "{ json = \"id\", then = [\"lower\"] }";
    let wanted = (r#"["id"]"#.to_owned(), Some(r#"{"id":"aB"}"#.to_owned()));
    assert_eq!(
        handed_out(lower, r#"{"id":"Ab"}"#, r#"{"id":"aB"}"#),
        wanted
    );
    // A list of some names covers those.
    let some = r#"{ sorted = { from = "json", prefix = ["x_"] } }"#;
    let covered = handed_out(some, r#"{"x_a":1,"b":1}"#, r#"{"x_a":1,"b":2}"#).0;
    assert_eq!(covered, r#"["x_*"]"#);
    // A member is whole where another part signs it whole.
    let both = "{ json = \"id\", then = [{ take = 1 }] }, { json = \"id\" }";
    let body = r#"{"id":"12"}"#;
    let wanted = (r#"["id"]"#.to_owned(), Some(body.to_owned()));
    assert_eq!(handed_out(both, body, body), wanted);
}

#[test]
fn a_list_that_leaves_something_out_does_not_cover_the_query() {
    for (list, covered) in [
        (r#"{ sorted = { from = "query" } }"#, true),
        (r#"{ sorted = { from = "query", drop = ["x"] } }"#, false),
        (r#"{ sorted = { from = "query", prefix = ["x"] } }"#, false),
        (
            r#"{ sorted = { from = "query", only_values = true } }"#,
            false,
        ),
    ] {
        let scheme = small(&format!("{{ timestamp = true }}, {list}"));
        let signer = scheme.signer(Flow::Request, &secret("s")).unwrap();
        let options = SignOptions {
            now: Some(NOW),
            nonce: Some("n"),
            ..SignOptions::default()
        };
        let explained = Wire::new("GET", "/?x=1").with(|m| signer.explain(m, &options));
        assert_eq!(explained.unwrap().covered().query, covered, "{list}");
    }
}

#[test]
fn members_that_are_there_twice_are_refused_whatever_they_hold() {
    let scheme =
        small(r#"{ timestamp = true }, { sorted = { from = "json", kv = "=", sep = "&" } }"#);
    let signer = scheme.signer(Flow::Request, &secret("s")).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        nonce: Some("n"),
        ..SignOptions::default()
    };
    let signed = |body: &str| {
        let wire = Wire::new("POST", "/").body(body);
        wire.with(|m| signer.sign(m, &options).map(|_| ()))
    };
    assert!(signed(r#"{"a":1,"b":2,"A":2}"#).is_ok());
    // What is no text cannot be among them, and may not be left out in silence.
    let nested = signed(r#"{"a":1,"b":{"c":2}}"#).unwrap_err();
    assert_eq!(nested.field_name(), Some("json:b"), "{nested}");
    for twice in [
        r#"{"a":1,"b":2,"a":1}"#,
        r#"{"a":1,"b":2,"a":{}}"#,
        r#"{"a":[],"a":[]}"#,
    ] {
        let message = signed(twice).unwrap_err().to_string();
        assert!(message.contains("more than once"), "{twice}: {message}");
    }
}

#[test]
fn net_s_json_escapes_more_line_ends() {
    let signed = |step: &str| {
        let message = format!(r#"{{ timestamp = true }}, {{ body = "raw", then = ["{step}"] }}"#);
        let signer = small(&message).signer(Flow::Request, &secret("s")).unwrap();
        let options = SignOptions {
            now: Some(NOW),
            nonce: Some("n"),
            ..SignOptions::default()
        };
        let wire = Wire::new("POST", "/").body("a\u{85}\u{2028}\u{2029}\n\u{1f}\"é");
        let explained = wire.with(|m| signer.explain(m, &options)).unwrap();
        String::from_utf8(explained.string_to_sign().to_vec()).unwrap()
    };
    let plain = "1767323045a\u{85}\u{2028}\u{2029}\\n\\u001f\\\"é";
    assert_eq!(signed("json-string-escape"), plain);
    let net = "1767323045a\\u0085\\u2028\\u2029\\n\\u001f\\\"é";
    assert_eq!(signed("json-string-escape-net"), net);
}

#[test]
fn what_a_secret_went_into_is_not_shown() {
    let mac = r#"{ header = "X-N", then = [{ hmac-with-this-as-key = { hash = "sha256", data = { credential = "secret" } } }, "hex"] }"#;
    let text = explained(&small(&format!("{{ timestamp = true }}, {mac}")), "GET");
    let shown = String::from_utf8_lossy(text.string_to_sign()).into_owned();
    let hidden = shown.strip_prefix("1767323045").unwrap();
    assert!(
        !hidden.is_empty() && hidden.bytes().all(|b| b == b'*'),
        "{shown}"
    );
}

#[test]
fn what_is_verified_is_explained() {
    let zoom = verifier("zoom", &KeyRing::of(secret("s"))).unwrap();
    let wire = signed("zoom", &secret("s"), Wire::new("POST", "/").body("{}"));
    let explained = wire.with(|m| zoom.explain(m)).unwrap();
    assert_eq!(explained.string_to_sign(), b"v0:1767323045:{}");

    let key = secret("a secret that is long enough");
    let (scheme, flow) = (paysig::scheme("pledg-jwt").unwrap(), Flow::Request);
    let signer = scheme.signer(flow, &key).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        payload: Some(b"{\"a\":1}"),
        ..SignOptions::default()
    };
    let mut wire = Wire::new("GET", "/purchase");
    wire.sign(&signer, &options);
    let verifier = scheme.verifier(flow, &KeyRing::of(key)).unwrap();
    let explained = wire.with(|m| verifier.explain(m)).unwrap();
    let token = String::from_utf8(wire.target.clone()).unwrap();
    let token = token.split_once("signature=").unwrap().1;
    let input = token.rsplit_once('.').unwrap().0;
    assert_eq!(explained.string_to_sign(), input.as_bytes());
}

#[test]
fn a_key_is_fetched_from_the_member_that_names_its_address() {
    let text = r#"id = "x"
name = "X"
[credentials]
cert_url = { public = true }
secret = {}
[webhook]
algorithm = "hmac-sha256"
key = { credential = "secret" }
key_id = { credential = "cert_url" }
encoding = "hex"
retention = 60
message = [{ json = "first" }, { json = "second" }]
field = [
  { json = "cert", value = { key_id = true } },
  { header = "X-Sig", value = [{ signature = true }] },
]
fetch = { url = { ADDRESS }, hosts = ["*.example.com"] }
let = { address = { json = "cert" } }
"#;
    for address in [r#"json = "cert""#, r#"let = "address""#] {
        let scheme = Scheme::from_toml(&text.replace("ADDRESS", address), "x").unwrap();
        let verifier = scheme.verifier(Flow::Webhook, &KeyRing::new()).unwrap();
        let body = r#"{"first":"https://evil.example.com/a","second":"2","cert":"https://a.example.com/b"}"#;
        let wire = Wire::new("POST", "/")
            .body(body)
            .header("X-Sig", &"0".repeat(64));
        let error = wire.with(|m| verifier.verify(m, None).map(|_| ()).unwrap_err());
        assert_eq!(error.status(), Status::NeedsKey, "{error}");
        let request = error.key_request().unwrap();
        assert_eq!(request.url.as_deref(), Some("https://a.example.com/b"));
    }
}

#[test]
fn a_fragment_of_the_url_changes_nothing() {
    let keys = Credentials::new().with("auth_token", "t");
    let scheme = paysig::scheme("twilio").unwrap();
    let signer = scheme.signer(Flow::Webhook, &keys).unwrap();
    let headers = [Header::new("Content-Type", "application/json")];
    let signed = |url: &str| {
        let message = Message::new("POST", "/b", &headers, b"{}").with_url(url);
        let signed = signer.sign(&message, &SignOptions::default()).unwrap();
        let header = signed.headers().next().map(|(_, value)| value.to_vec());
        (
            header,
            signed.url().map(str::to_owned),
            signed.target().map(<[u8]>::to_vec),
        )
    };
    let plain = signed("https://a.example/b");
    assert!(plain.0.is_some() && plain.2.is_some());
    assert_eq!(signed("https://a.example/b#c"), plain);
    assert_eq!(signed("https://a.example/b#c?d"), plain);
}

/// The headers that are covered of a message with these, whose signature is right.
fn covered_headers(message: &str, more: &str, fields: &str, sent: &[(&str, &str)]) -> Vec<String> {
    let text = format!(
        r#"id = "x"
name = "X"
[credentials]
secret = {{}}
[webhook]
algorithm = "hmac-sha256"
key = {{ credential = "secret" }}
encoding = "hex"
timestamp = {{ format = "unix" }}
message = [{message}]
field = [{fields}, {{ header = "X-Sig", value = [{{ signature = true }}] }}]
{more}
"#
    );
    let scheme = Scheme::from_toml(&text, "x").unwrap();
    let keys = KeyRing::of(secret("s"));
    let verifier = scheme.verifier(Flow::Webhook, &keys).unwrap();
    let mut wire = Wire::new("POST", "/").body("b");
    for (name, value) in sent {
        wire = wire.header(name, value);
    }
    wire = wire.header("X-Sig", &"0".repeat(64));
    let explained = wire.with(|m| verifier.explain(m)).unwrap();
    let mut mac = Vec::new();
    let key = HmacKey::new(Hash::Sha256, b"s");
    Encoding::Hex.encode_into(&key.mac(explained.string_to_sign()), &mut mac);
    wire.set("X-Sig", mac);
    wire.with(|m| {
        let verified = verifier.verify(m, Some(NOW)).unwrap();
        assert_eq!(verified.covered(), *explained.covered());
        verified.covered().headers
    })
}

#[test]
fn headers_that_nobody_compared_are_not_covered() {
    let now = "1767323045";
    let body = r#"{ timestamp = true }, ".", { body = "raw" }"#;
    let covered = |fields: &str, sent: &[(&str, &str)]| covered_headers(body, "", fields, sent);
    // Of two fields one is read: whatever stands in the other.
    let either = r#"{ header = "X-Date", when = { no_header = "X-Time" }, value = { timestamp = true } },
        { header = "X-Time", when = { header = "X-Time" }, value = { timestamp = true } }"#;
    assert_eq!(covered(either, &[("X-Date", now)]), ["x-date"]);
    assert_eq!(
        covered(either, &[("X-Date", "1"), ("X-Time", now)]),
        ["x-time"]
    );
    // The name that was found.
    let names = r#"{ header = "X-Date", or = ["X-Old-Date"], value = { timestamp = true } }"#;
    assert_eq!(covered(names, &[("X-Old-Date", now)]), ["x-old-date"]);
    assert_eq!(
        covered(names, &[("X-Old-Date", "1"), ("X-Date", now)]),
        ["x-date"]
    );
    // Lists may hold more than what was read.
    let list =
        r#"{ header = "X-Date", item = ",", kv = "=", list = { t = { timestamp = true } } }"#;
    assert!(covered(list, &[("X-Date", &format!("t={now},u=1"))]).is_empty());
    // Lines that the sender's list need not name.
    let lines = r#"{ headers = { list = { let = "names" }, split = " ", join = true,
        pseudo = { "(created)" = { timestamp = true }, "(target)" = { target = "raw" } } } }, "\n", { body = "raw" }"#;
    let fields = r#"{ header = "X-Date", value = { timestamp = true } }, { header = "X-Names", value = { let = "names" }, take = ["names"] }"#;
    let names = r#"let = { names = "(target) (created)" }"#;
    let listed =
        |list: &str| covered_headers(lines, names, fields, &[("X-Date", now), ("X-Names", list)]);
    assert_eq!(listed("(target)"), ["x-names"]);
    assert_eq!(listed("(target) (created)"), ["x-date", "x-names"]);
}

#[test]
fn a_digest_that_the_sender_names_covers_no_body() {
    let text = r#"id = "x"
name = "X"
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
retention = 60
message = [{ let = "digest" }]
field = [
  { header = "X-Digest", value = { let = "digest" }TAKE },
  { header = "X-Sig", value = [{ signature = true }] },
]
let = { digest = { body = "raw", then = ["sha256", "hex"] } }
"#;
    let covered = |take: &str, sent: &str| {
        let scheme = Scheme::from_toml(&text.replace("TAKE", take), "x").unwrap();
        let keys = secret("s");
        let mut wire = Wire::new("POST", "/").body("b");
        let signer = scheme.signer(Flow::Webhook, &keys).unwrap();
        wire.sign(&signer, &SignOptions::default());
        wire.body = sent.into();
        let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
        wire.with(|m| verifier.verify(m, None).map(|v| v.covered().body))
    };
    assert_eq!(covered("", "b").unwrap(), paysig::BodyCoverage::All);
    assert_eq!(
        covered("", "c").unwrap_err().status(),
        Status::SignatureMismatch
    );
    let taken = r#", take = ["digest"]"#;
    assert_eq!(covered(taken, "b").unwrap(), paysig::BodyCoverage::None);
    assert_eq!(covered(taken, "c").unwrap(), paysig::BodyCoverage::None);
}

#[test]
fn a_signed_value_in_a_field_that_is_not_read_is_missing() {
    let date = r#"timestamp = { format = "unix" }"#;
    let unless = r#"when = { no_header = "X-Other" }"#;
    for (settings, source, message) in [
        (date, "timestamp = true", r#"{ timestamp = true }"#),
        (date, "timestamp = true", r#"{ timestamp = "ymd" }"#),
        ("retention = 60", "nonce = true", r#"{ nonce = true }"#),
    ] {
        let text = format!(
            r#"id = "x"
name = "X"
[credentials]
secret = {{}}
[webhook]
algorithm = "hmac-sha256"
key = {{ credential = "secret" }}
encoding = "hex"
{settings}
message = [{message}, {{ body = "raw" }}]
field = [
  {{ header = "X-Value", {unless}, value = {{ {source} }} }},
  {{ header = "X-Sig", value = {{ signature = true }} }},
]
"#
        );
        let scheme = Scheme::from_toml(&text, "x").unwrap();
        let keys = KeyRing::of(secret("s"));
        let verifier = scheme.verifier(Flow::Webhook, &keys).unwrap();
        let wire = (Wire::new("POST", "/").header("X-Other", "1"))
            .header("X-Value", "1767323045")
            .header("X-Sig", &"0".repeat(64));
        let error = wire.with(|m| verifier.verify(m, Some(NOW)).map(|_| ()).unwrap_err());
        assert_eq!(error.status(), Status::MissingField, "{message}: {error}");
        assert_eq!(error.field_name(), Some("X-Value"));
        // Who signs forgot to give it.
        let signer = scheme.signer(Flow::Webhook, &secret("s")).unwrap();
        let error = Wire::new("POST", "/").header("X-Other", "1");
        let error = error.with(|m| signer.sign(m, &SignOptions::default()).unwrap_err());
        assert_eq!(error.status(), Status::InvalidOption);
    }
}

#[test]
fn an_error_names_its_field_once() {
    let refused = |field: &str, wire: Wire| {
        let scheme = recipe(
            &format!(r#"{field}, {{ header = "X-Sig", value = {{ signature = true }} }}"#),
            "",
        );
        let signer = scheme.signer(Flow::Webhook, &secret("s")).unwrap();
        let error = wire.with(|m| signer.sign(m, &SignOptions::default()).unwrap_err());
        assert_eq!(error.status(), Status::InvalidMessage);
        let field = error.field_name().unwrap_or_default();
        format!("{field}: {}", error.message())
    };
    let wire = || Wire::new("POST", "/");
    // Taken over, but not as the scheme writes it.
    let id = r#"{ header = "X-Id", caller = "adopt", value = ["n-", { nonce = true }] }"#;
    assert_eq!(
        refused(id, wire().header("X-Id", "1")),
        "X-Id: X-Id does not have the form that the scheme gives it"
    );
    // A member that is to be added to what it cannot be added to.
    let member = r#"{ json = "m", value = "1" }"#;
    for (body, says) in [
        (
            r#"{"m":1,"m":2}"#,
            "json:m: JSON member m occurs more than once",
        ),
        ("[]", "body: the body is not an object"),
        ("x", "body: the body is not the JSON"),
    ] {
        let error = refused(member, wire().body(body));
        assert!(error.starts_with(says), "{error}");
    }
}
