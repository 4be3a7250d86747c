//! JWS whose payload is the message: beside a copy of the body, or detached from it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::{Flow, KeyRing, Scheme, SignOptions, Status, UnixMillis, Verifier};
use support::{Wire, credentials};

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

/// The scheme's verifier, and a message of it with this body.
fn signed(jws: &str, message: &str, body: &str) -> (Verifier, Wire) {
    let text = format!(
        r#"id = "x"
name = "X"
[credentials]
secret = {{}}
[webhook]
algorithm = "jws"
jws = {{ alg = "HS256"{jws} }}
key = {{ credential = "secret" }}
retention = 60
message = [{message}]
field = [{{ header = "X-Jws", value = [{{ signature = true }}] }}]
"#
    );
    let scheme = Scheme::from_toml(&text, "x").unwrap();
    let keys = credentials(&[("secret", "a secret")]);
    let signer = scheme.signer(Flow::Webhook, &keys).unwrap();
    let mut wire = Wire::new("POST", "/").body(body);
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    wire.sign(&signer, &options);
    let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
    (verifier, wire)
}

fn status(verifier: &Verifier, wire: &Wire) -> Status {
    let judged = wire.with(|m| verifier.verify(m, Some(NOW)).map(|_| ()));
    judged.map_or_else(|error| error.status(), |()| Status::Ok)
}

#[test]
fn a_payload_that_travels_must_be_the_message() {
    let (verifier, mut wire) = signed("", "{ body = \"raw\" }", r#"{"amount":1}"#);
    assert_eq!(status(&verifier, &wire), Status::Ok);
    wire.body = br#"{"amount":2}"#.to_vec();
    assert_eq!(status(&verifier, &wire), Status::SignatureMismatch);
}

#[test]
fn a_detached_payload_makes_the_replay_key_and_what_was_signed() {
    let detached = ", detached = true";
    let (verifier, one) = signed(detached, "{ json = \"a\" }", r#"{"a":1,"b":2}"#);
    let (_, two) = signed(detached, "{ json = \"a\" }", r#"{"a":2,"b":2}"#);
    let report = |wire: &Wire| wire.with(|m| verifier.verify(m, Some(NOW)).unwrap().report());
    let (one, two) = (report(&one), report(&two));
    assert_ne!(one.replay_key, two.replay_key);
    assert_eq!(one.signed_json.as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(two.signed_json.as_deref(), Some(r#"{"a":2}"#));
}

#[test]
fn a_signature_of_another_length_is_malformed() {
    let (verifier, wire) = signed("", "{ body = \"raw\" }", "{}");
    let token = String::from_utf8(wire.get("X-Jws").unwrap().to_vec()).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    for (signature, wanted) in [
        (signature, Status::Ok),
        ("", Status::MalformedSignature),
        (&signature[..4], Status::MalformedSignature),
        ("AAAA", Status::MalformedSignature),
    ] {
        let mut wire = wire.clone();
        wire.set("X-Jws", format!("{input}.{signature}").into_bytes());
        assert_eq!(status(&verifier, &wire), wanted, "{signature}");
    }
}

/// Who cannot sign learns nothing of what else is demanded.
#[test]
fn members_of_the_header_are_judged_once_the_signature_is_right() {
    let body = "{ body = \"raw\" }";
    let (verifier, _) = signed(", header = { use = \"a\" }", body, "{}");
    let (_, mut other) = signed(", header = { use = \"b\" }", body, "{}");
    assert_eq!(status(&verifier, &other), Status::ContentRejected);
    other.body = b"[]".to_vec();
    assert_eq!(status(&verifier, &other), Status::SignatureMismatch);
}

#[test]
fn a_payload_that_is_no_json_object_is_not_signed() {
    let scheme = paysig::scheme("pledg-jwt").unwrap();
    let keys = credentials(&[("secret", "a secret that is long enough")]);
    let signer = scheme.signer(Flow::Request, &keys).unwrap();
    for payload in ["", "[1]", "{'a':1}", "[object Object]", "{", "null", "{}x"] {
        let options = SignOptions {
            now: Some(NOW),
            payload: Some(payload.as_bytes()),
            ..SignOptions::default()
        };
        let made = Wire::new("GET", "/purchase").with(|m| signer.sign(m, &options));
        let error = made.unwrap_err();
        assert_eq!(
            (error.status(), error.field_name()),
            (Status::InvalidOption, Some("payload")),
            "{payload}"
        );
    }
}

#[test]
fn a_header_holds_the_member_that_it_names() {
    let header = r#", detached = true, header = { order = { json = "order" } }"#;
    let read = |message: &str| {
        let (verifier, wire) = signed(header, message, r#"{"amount":"5","order":"o-1"}"#);
        assert_eq!(status(&verifier, &wire), Status::Ok);
        let token = wire.get("X-Jws").unwrap();
        let header = token.split(|b| *b == b'.').next().unwrap();
        let header = paysig::crypto::Encoding::Base64Url.decode(header);
        String::from_utf8(header.unwrap()).unwrap()
    };
    let wanted = r#"{"alg":"HS256","order":"o-1"}"#;
    assert_eq!(read(r#"{ body = "raw" }"#), wanted);
    assert_eq!(read(r#"{ json = "amount" }, { json = "order" }"#), wanted);
    assert_eq!(read(r#"{ json = "amount" }"#), wanted);
}
