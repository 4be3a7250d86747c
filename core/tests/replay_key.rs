//! Replay keys tell messages apart, also where a scheme signs nothing of them.
#![allow(clippy::unwrap_used)]

use paysig::{Credentials, Flow, Header, KeyRing, Message};

#[test]
fn notifications_under_one_token_are_not_repetitions_of_each_other() {
    let scheme = paysig::scheme("http-basic").unwrap();
    let credentials = Credentials::new()
        .with("username", "Aladdin")
        .with("password", "open sesame");
    let verifier = scheme
        .verifier(Flow::Request, &KeyRing::of(credentials))
        .unwrap();
    let headers = [Header::new(
        "Authorization",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    )];
    let key = |target: &str, body: &[u8]| {
        let message = Message::new("POST", target, &headers, body);
        verifier.verify(&message, None).unwrap().replay_key()
    };
    assert_eq!(key("/a", b"1"), key("/a", b"1"));
    assert_ne!(key("/a", b"1"), key("/a", b"2"));
    assert_ne!(key("/a", b"1"), key("/b", b"1"));
}
