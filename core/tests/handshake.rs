//! Endpoint checks: answered where the scheme has them, verified first where the provider signs them.
#![allow(clippy::unwrap_used)]

use paysig::{
    Credentials, Flow, Header, KeyRing, Message, Scheme, SignOptions, Status, UnixMillis, Verifier,
    scheme,
};

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

fn verifier(id: &str, credentials: &Credentials) -> Verifier {
    let ring = KeyRing::of(credentials.clone());
    scheme(id).unwrap().verifier(Flow::Webhook, &ring).unwrap()
}

#[test]
fn an_unsigned_check_is_answered_with_what_it_brings() {
    let credentials = Credentials::new().with("key_id", "k").with("secret", "s");
    let verifier = verifier("ingenico-v1hmac", &credentials);
    let headers = [Header::new(
        "x-gcs-webhooks-endpoint-verification",
        "a1b2<c>",
    )];
    let answer = |method| {
        let message = Message::new(method, "/hook", &headers, b"");
        verifier.handshake(&message, Some(NOW)).unwrap()
    };
    let given = answer("GET").unwrap();
    assert_eq!(given.body, b"a1b2<c>");
    assert_eq!(given.content_type, "text/plain");
    assert!(!given.verified);
    assert_eq!(answer("POST"), None);
    let plain = Message::new("GET", "/hook", &[], b"");
    assert_eq!(verifier.handshake(&plain, Some(NOW)).unwrap(), None);
}

#[test]
fn braintree_gets_a_mac_of_its_challenge_and_of_nothing_else() {
    let credentials = Credentials::new()
        .with("public_key", "integration_public_key")
        .with("private_key", "integration_private_key");
    let verifier = verifier("braintree", &credentials);
    let answer = |challenge: &str| {
        let target = format!("/hook?bt_challenge={challenge}");
        verifier.handshake(&Message::new("GET", &target, &[], b""), Some(NOW))
    };
    // The value of the tests of Braintree's SDKs.
    let given = answer("20f9f8ed05f77439fe955c977e4c8a53").unwrap().unwrap();
    let wanted = "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4";
    assert_eq!(given.body, wanted.as_bytes());
    // A payload: the answer would be the signature of a forged notification.
    let payload = "PG5vdGlmaWNhdGlvbi8+";
    for odd in [
        payload,
        "",
        "20f9f8ed05f77439fe9",
        &"a".repeat(33),
        "20F9F8ED05F77439FE955C977E4C8A53",
    ] {
        let error = answer(odd).unwrap_err();
        assert_eq!(error.status(), Status::MalformedField, "{odd}");
        assert_eq!(error.field_name(), Some("query:bt_challenge"));
    }
}

#[test]
fn a_signed_check_is_verified_first() {
    let credentials = Credentials::new().with("signing_secret", "s");
    let verifier = verifier("slack", &credentials);
    let signer = scheme("slack")
        .unwrap()
        .signer(Flow::Webhook, &credentials)
        .unwrap();
    let judge = |signed: &[u8], sent: &[u8]| {
        let message = Message::new("POST", "/", &[], signed);
        let options = SignOptions {
            now: Some(NOW),
            ..SignOptions::default()
        };
        let made = signer.sign(&message, &options).unwrap();
        let headers: Vec<Header<'_>> = made
            .headers()
            .map(|(name, value)| Header {
                name: name.as_bytes(),
                value,
            })
            .collect();
        verifier.handshake(&Message::new("POST", "/", &headers, sent), Some(NOW))
    };
    let check = br#"{"type":"url_verification","challenge":"3eZb"}"#;
    let given = judge(check, check).unwrap().unwrap();
    assert_eq!(given.body, b"3eZb");
    assert!(given.verified);
    let forged = br#"{"type":"url_verification","challenge":"evil"}"#;
    assert_eq!(
        judge(check, forged).unwrap_err().status(),
        Status::SignatureMismatch
    );
    let event = br#"{"type":"event_callback"}"#;
    assert_eq!(judge(event, event).unwrap(), None);
    for odd in [&b"type=url_verification"[..], b"{\"type\":1}", b"", b"[]"] {
        assert_eq!(judge(odd, odd).unwrap(), None);
    }
}

/// Signs a webhook of the scheme and asks for the answer to it.
fn answer_to(id: &str, sign: &Credentials, verify: &Credentials, body: &[u8]) -> String {
    let signer = scheme(id).unwrap().signer(Flow::Webhook, sign).unwrap();
    let options = SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    };
    let made = signer
        .sign(&Message::new("POST", "/", &[], body), &options)
        .unwrap();
    let headers: Vec<Header<'_>> = made
        .headers()
        .map(|(name, value)| Header {
            name: name.as_bytes(),
            value,
        })
        .collect();
    // The key that matched makes the answer, wherever it stands in the ring.
    let mut ring = KeyRing::new();
    let other = match verify.get("secret") {
        Some(_) => Credentials::new().with("secret", "an older secret"),
        None => verify.clone(),
    };
    ring.add(other).add(verify.clone());
    let verifier = scheme(id).unwrap().verifier(Flow::Webhook, &ring).unwrap();
    let unsigned = verifier.handshake(&Message::new("POST", "/", &[], body), Some(NOW));
    assert!(unsigned.unwrap_err().status().is_verdict());
    let message = Message::new("POST", "/", &headers, body);
    let given = verifier.handshake(&message, Some(NOW)).unwrap().unwrap();
    assert!(given.verified);
    assert_eq!(given.content_type, "application/json");
    String::from_utf8(given.body.clone()).unwrap()
}

#[test]
fn zoom_gets_its_token_and_the_mac_of_it() {
    let keys = Credentials::new().with("secret", "zm-secret-token");
    let body = br#"{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw\u0022x"},"event_ts":1654503849680,"event":"endpoint.url_validation"}"#;
    assert_eq!(
        answer_to("zoom", &keys, &keys, body),
        r#"{"plainToken":"qgg8vlvZRS6UYooatFL8Aw\"x","encryptedToken":"e974bfc887d35d522879d4c35acf5432a7f2243ece53f8ef381ab44ccb27a262"}"#
    );
}

#[test]
fn events_of_discord_are_no_checks() {
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let verify = Credentials::new().with("public_key", public);
    let verifier = verifier("discord", &verify);
    let event =
        br#"{"version":1,"application_id":"1","type":1,"event":{"type":"ENTITLEMENT_CREATE"}}"#;
    let message = Message::new("POST", "/", &[], event);
    assert_eq!(verifier.handshake(&message, Some(NOW)).unwrap(), None);
    // That of the interactions endpoint is one, and is judged as such.
    let ping = Message::new("POST", "/", &[], br#"{"type":1,"token":"t"}"#);
    let refused = verifier.handshake(&ping, Some(NOW)).unwrap_err();
    assert_eq!(refused.status(), Status::MissingSignature);
}

#[test]
fn discord_gets_a_pong() {
    let sign = Credentials::new().with(
        "private_key",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    );
    let verify = Credentials::new().with(
        "public_key",
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
    );
    let body = br#"{"id":"1","type":1,"version":1}"#;
    assert_eq!(answer_to("discord", &sign, &verify, body), r#"{"type":1}"#);
}

#[test]
fn what_a_check_authenticates_for_anybody_is_no_message() {
    let credentials = Credentials::new()
        .with("public_key", "integration_public_key")
        .with("private_key", "integration_private_key");
    let verifier = verifier("braintree", &credentials);
    let challenge = "20f9f8ed05f77439fe955c977e4c8a53";
    let target = format!("/hook?bt_challenge={challenge}");
    let asked = verifier
        .handshake(&Message::new("GET", &target, &[], b""), Some(NOW))
        .unwrap();
    let signature = String::from_utf8(asked.unwrap().body).unwrap();
    let signature = signature.replace('|', "%7C");
    let headers = [Header::new(
        "Content-Type",
        "application/x-www-form-urlencoded",
    )];
    let judge = |payload: &str| {
        let body = format!("bt_signature={signature}&bt_payload={payload}");
        let message = Message::new("POST", "/hook", &headers, body.as_bytes());
        verifier.verify(&message, Some(NOW)).map(|_| ())
    };
    let error = judge(challenge).unwrap_err();
    assert_eq!(error.status(), Status::ContentRejected);
    let other = judge(&challenge.replace('2', "3")).unwrap_err();
    assert_eq!(other.status(), Status::SignatureMismatch);
}

#[test]
fn an_unsigned_check_is_answered_with_a_key_that_may_be_used() {
    let key = |id: &str| {
        Credentials::new()
            .with("public_key", id)
            .with("private_key", "p")
    };
    let mut ring = KeyRing::new();
    ring.add_between(key("old"), None, Some(UnixMillis(NOW.0 - 1)))
        .add(key("new"))
        .add(key("newer"));
    let braintree = scheme("braintree").unwrap();
    let verifier = braintree.verifier(Flow::Webhook, &ring).unwrap();
    let target = "/hook?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53";
    let answered = |verifier: &Verifier| {
        let given = verifier.handshake(&Message::new("GET", target, &[], b""), Some(NOW));
        let body = String::from_utf8(given.unwrap().unwrap().body).unwrap();
        body.split('|').next().unwrap().to_owned()
    };
    assert_eq!(answered(&verifier), "new");
    let expecting = verifier.clone().expect_key_id("newer").unwrap();
    assert_eq!(answered(&expecting), "newer");
}

/// A scheme that signs two members and answers a check with `answer`.
fn answering(answer: &str) -> Scheme {
    let text = format!(
        r#"id = "x"
name = "X"
[credentials]
secret = {{}}
other = {{}}
[webhook]
algorithm = "hmac-sha256"
key = {{ credential = "secret" }}
encoding = "hex"
retention = 60
message = [{{ json = "amount" }}, {{ json = "id" }}]
field = [{{ header = "X-Sig", value = [{{ signature = true }}] }}]
let = {{ ch = {{ json = "challenge" }}, mac = {{ json = "challenge", then = [
  {{ only = "hex", min = 1, max = 9 }}, {{ hmac-of-this = {{ hash = "sha256", key = {{ credential = "other" }} }} }}, "hex",
] }} }}
handshake = [{{ about = "a check", json = {{ path = "type", equals = "check" }}, content_type = "text/plain", answer = {answer} }}]
"#
    );
    Scheme::from_toml(&text, "x").unwrap()
}

#[test]
fn an_answer_holds_the_member_that_its_let_names() {
    let keys = Credentials::new().with("secret", "s");
    let ring = KeyRing::of(keys.clone().with("other", "o"));
    let verifier = answering(r#"[{ let = "ch" }, "|", { let = "mac" }]"#)
        .verifier(Flow::Webhook, &ring)
        .unwrap();
    let body = br#"{"type":"check","amount":"5","id":"7","challenge":"c0"}"#;
    let message = Message::new("POST", "/", &[], body);
    let given = verifier.handshake(&message, Some(NOW)).unwrap().unwrap();
    let text = String::from_utf8(given.body).unwrap();
    assert!(text.starts_with("c0|") && text.len() == 67, "{text}");
    // A secret that the answer alone needs is asked for when the verifier is built; without it nothing is.
    let missing = answering(r#"[{ let = "mac" }]"#);
    let refused = missing.verifier(Flow::Webhook, &KeyRing::of(keys.clone()));
    assert_eq!(refused.unwrap_err().field_name(), Some("other"));
    let unread = answering(r#"[{ let = "ch" }]"#);
    assert!(
        unread
            .verifier(Flow::Webhook, &KeyRing::of(keys.clone()))
            .is_ok()
    );
    assert!(missing.signer(Flow::Webhook, &keys).is_ok());
}
