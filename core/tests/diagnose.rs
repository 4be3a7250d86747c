//! What is found where the body is not signed itself but by a claim of a token or by a digest in a header: a proof or nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::{Credentials, Flow, KeyRing, Scheme, SignOptions, Status, UnixMillis};
use support::{Wire, credentials};

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);
const COMPACT: &str = r#"{"amount":10,"name":"Zoë","list":[1,2],"count":7}"#;
const PRETTY: &str = "{\n  \"amount\": 10,\n  \"name\": \"Zoë\",\n  \"list\": [\n    1,\n    2\n  ],\n  \"count\": 7\n}";
const CHANGED: &str = r#"{"amount":99,"name":"Zoë","list":[1,2],"count":7}"#;

const TOKEN: &str = r#"id = "x"
name = "X"
[credentials]
kid = { public = true }
secret = {}
[request]
algorithm = "jws"
key = { credential = "secret" }
timestamp = { format = "unix", tolerance = 60 }
jws = { alg = "HS256", header = { typ = "JWT" }, claims = { iat = { timestamp = true }, iss = { credential = "kid" }, CLAIMS } }
field = [{ header = "Authorization", value = ["Bearer ", { signature = true }] }]
"#;
const BODY_AND_TARGET: &str =
    r#"uri = { target = "raw" }, body_hash = { body = "raw", then = ["sha256", "hex"] }"#;

fn token(claims: &str) -> Scheme {
    Scheme::from_toml(&TOKEN.replace("CLAIMS", claims), "x").unwrap()
}

fn keys(secret: &str) -> Credentials {
    credentials(&[("kid", "k1"), ("secret", secret)])
}

fn signed(scheme: &Scheme, keys: &Credentials) -> Wire {
    let mut wire = Wire::new("POST", "/v1/pay?x=1")
        .header("Content-Type", "application/json")
        .body(COMPACT);
    wire.url = Some("https://shop.example/v1/pay?x=1".to_owned());
    let signer = scheme.signer(Flow::Request, keys).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    wire.sign(&signer, &options);
    wire
}

/// The verdict and, for each finding, its ids joined with `+`; then all causes.
fn told(scheme: &Scheme, ring: &KeyRing, wire: &Wire) -> (Status, Vec<String>, String) {
    let found = wire
        .with(|m| paysig::diagnose(scheme, Flow::Request, ring, &[], &[], m, Some(NOW)))
        .unwrap();
    let ids = found.findings.iter().map(|f| f.ids.join("+")).collect();
    let causes: Vec<&str> = found.findings.iter().map(|f| f.cause.as_str()).collect();
    (found.verdict, ids, causes.join("\n"))
}

/// Without the body that its head announces.
fn read_before(wire: &Wire) -> Wire {
    let length = wire.body.len().to_string();
    wire.clone().header("Content-Length", &length).body("")
}

fn with_body(wire: &Wire, body: &str) -> Wire {
    wire.clone().body(body)
}

#[test]
fn a_changed_body_under_a_token_is_no_rewritten_body_but_a_claim_that_is_named() {
    let scheme = token(BODY_AND_TARGET);
    let ring = KeyRing::of(keys("a secret"));
    let wire = signed(&scheme, &keys("a secret"));
    assert_eq!(told(&scheme, &ring, &wire).0, Status::Ok);
    let (verdict, ids, cause) = told(&scheme, &ring, &with_body(&wire, CHANGED));
    assert_eq!(verdict, Status::ContentRejected);
    assert_eq!(ids, ["requirement-not-met"]);
    assert!(cause.contains("claim body_hash is not that"), "{cause}");
}

#[test]
fn a_body_that_was_rewritten_after_its_digest_became_a_claim_is_found_and_nothing_else() {
    let scheme = token(BODY_AND_TARGET);
    let ring = KeyRing::of(keys("a secret"));
    let wire = signed(&scheme, &keys("a secret"));
    let (verdict, ids, _) = told(&scheme, &ring, &with_body(&wire, PRETTY));
    assert_eq!(verdict, Status::ContentRejected);
    assert_eq!(ids, ["body-json-pretty-printed"]);
    let (_, ids, _) = told(&scheme, &ring, &read_before(&wire));
    assert_eq!(ids, ["body-already-consumed"]);
}

#[test]
fn a_changed_path_is_no_fault_of_the_body() {
    let scheme = token(BODY_AND_TARGET);
    let ring = KeyRing::of(keys("a secret"));
    let mut wire = signed(&scheme, &keys("a secret"));
    wire.target = b"/v2/pay?x=1".to_vec();
    wire.url = None;
    let (_, ids, cause) = told(&scheme, &ring, &wire);
    assert_eq!(ids, ["requirement-not-met"]);
    assert!(cause.contains("claim uri is not that"), "{cause}");
    // Together with a fault that can be told.
    let (_, ids, cause) = told(&scheme, &ring, &with_body(&wire, PRETTY));
    assert_eq!(ids, ["requirement-not-met+body-json-pretty-printed"]);
    assert!(cause.contains("claim uri is not that"), "{cause}");
    wire.target = b"/v1/pay/?x=1".to_vec();
    let (_, ids, _) = told(&scheme, &ring, &with_body(&wire, PRETTY));
    assert_eq!(ids, ["trailing-slash-differs+body-json-pretty-printed"]);
}

#[test]
fn claims_are_judged_beside_a_fault_of_the_key() {
    let scheme = token(BODY_AND_TARGET);
    let wire = signed(&scheme, &keys("a secret"));
    let quoted = KeyRing::of(keys("'a secret'"));
    let (_, ids, _) = told(&scheme, &quoted, &wire);
    assert_eq!(ids, ["key-surrounding-quotes"]);
    let (_, ids, _) = told(&scheme, &quoted, &with_body(&wire, PRETTY));
    assert_eq!(ids, ["key-surrounding-quotes+body-json-pretty-printed"]);
    let (_, ids, _) = told(&scheme, &quoted, &with_body(&wire, CHANGED));
    assert_eq!(ids, ["key-surrounding-quotes+requirement-not-met"]);
    // A claim tells nothing when nobody known has signed it.
    let stranger = KeyRing::of(keys("nobody knows this"));
    let (_, ids, _) = told(&scheme, &stranger, &with_body(&wire, PRETTY));
    assert_eq!(ids, [""; 0]);
}

#[test]
fn claims_that_read_credentials_are_those_of_the_key_that_signed() {
    let scheme = token(BODY_AND_TARGET);
    let second = credentials(&[("kid", "k2"), ("secret", "another secret")]);
    let wire = signed(&scheme, &second);
    let mut ring = KeyRing::of(keys("a secret"));
    ring.add(second);
    let (_, ids, _) = told(&scheme, &ring, &with_body(&wire, PRETTY));
    assert_eq!(ids, ["body-json-pretty-printed"]);
}

#[test]
fn a_short_claim_is_not_explained_by_another_member_of_the_same_value() {
    let scheme = token(r#"amount = { json = "amount" }"#);
    let ring = KeyRing::of(keys("a secret"));
    let wire = signed(&scheme, &keys("a secret"));
    let body = COMPACT.replace("10", "99").replace("7", "10");
    let (_, ids, cause) = told(&scheme, &ring, &with_body(&wire, &body));
    assert_eq!(ids, ["requirement-not-met"]);
    assert!(cause.contains("claim amount is not that"), "{cause}");
    let body = COMPACT.replace("10", "10.0");
    let (_, ids, _) = told(&scheme, &ring, &with_body(&wire, &body));
    assert_eq!(ids, ["body-number-reformatted"]);
}

#[test]
fn a_digest_in_a_signed_header_is_what_a_rewritten_body_must_have() {
    let scheme = paysig::scheme("rfc9421-hmac").unwrap();
    let keys = credentials(&[
        ("key_id", "k1"),
        ("secret", "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ="),
    ]);
    let ring = KeyRing::of(keys.clone());
    let wire = signed(&scheme, &keys);
    assert_eq!(told(&scheme, &ring, &wire).0, Status::Ok);
    let (verdict, ids, cause) = told(&scheme, &ring, &with_body(&wire, CHANGED));
    assert_eq!(verdict, Status::ContentRejected);
    assert_eq!(ids, ["requirement-not-met"]);
    assert!(cause.to_lowercase().contains("content-digest"), "{cause}");
    let (_, ids, _) = told(&scheme, &ring, &with_body(&wire, PRETTY));
    assert_eq!(ids, ["body-json-pretty-printed"]);
    let (_, ids, _) = told(&scheme, &ring, &read_before(&wire));
    assert_eq!(ids, ["body-already-consumed"]);
    // The digest is that of neither body, and not the signed one: no body explains that.
    let mut other = with_body(&wire, PRETTY);
    for (name, value) in &mut other.headers {
        if name.eq_ignore_ascii_case("content-digest") {
            *value = b"sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:".to_vec();
        }
    }
    let (verdict, ids, _) = told(&scheme, &ring, &other);
    assert_eq!(verdict, Status::SignatureMismatch);
    assert!(ids.iter().all(|id| !id.starts_with("body-")), "{ids:?}");
}
