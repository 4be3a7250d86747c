//! Endpoint checks: answered where the scheme has them, verified first where the provider signs them.
#![allow(clippy::unwrap_used)]

use paysig::{
    Credentials, Flow, Header, KeyRing, Message, SignOptions, Status, UnixMillis, Verifier, scheme,
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
