//! Replay keys tell messages apart, also where a scheme signs nothing of them.
#![allow(clippy::unwrap_used)]

use paysig::{Credentials, Flow, Header, KeyRing, Message, SignOptions, UnixMillis};

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

/// Of the string that was kept, of its pieces, and of a stream.
#[test]
fn a_message_has_one_key_however_large_its_body() {
    let now = Some(UnixMillis(1_767_323_045_000));
    let options = SignOptions {
        now,
        ..SignOptions::default()
    };
    for (id, credentials) in [
        (
            "directa24-deposits",
            Credentials::new().with("login", "l").with("secret", "s"),
        ),
        ("stripe", Credentials::new().with("secret", "s")),
        ("github", Credentials::new().with("secret", "s")),
    ] {
        let scheme = paysig::scheme(id).unwrap();
        let signer = scheme.signer(Flow::Webhook, &credentials).unwrap();
        let ring = KeyRing::of(credentials);
        let verifier = scheme.verifier(Flow::Webhook, &ring).unwrap();
        for size in [0, 10, 4096, 4097, 100_000] {
            let body = vec![b'x'; size];
            let signed = signer.sign(&Message::new("POST", "/", &[], &body), &options);
            let signed = signed.unwrap();
            let headers: Vec<Header<'_>> = signed
                .headers()
                .map(|(name, value)| Header {
                    name: name.as_bytes(),
                    value,
                })
                .collect();
            let message = Message::new("POST", "/", &headers, &body);
            let key = verifier.verify(&message, now).unwrap().replay_key();
            let kept = verifier.verify_keeping(&message, now).unwrap();
            assert_eq!(kept.replay_key(), key, "{id} {size}");
            let head = Message::new("POST", "/", &headers, b"");
            let mut stream = verifier.stream(&head, now, Some(size as u64)).unwrap();
            stream.update(&body).unwrap();
            let streamed = stream.finish().unwrap().replay_key;
            assert_eq!(streamed, Some(key), "{id} {size}");
        }
    }
}
