//! A streamed body gives the same answer as the whole one.
#![allow(clippy::unwrap_used, clippy::panic)]

use paysig::{
    Credentials, Flow, Header, KeyRing, Message, SignOptions, Signed, Signer, Status, UnixMillis,
};

const NOW: Option<UnixMillis> = Some(UnixMillis(1_767_323_045_000));

fn options(signer: &Signer) -> SignOptions<'static> {
    let all = SignOptions {
        now: NOW,
        nonce: Some("msg_1"),
        ..SignOptions::default()
    };
    all.taken_by(signer.takes())
}

fn pairs(signed: &Signed) -> Vec<(String, Vec<u8>)> {
    signed
        .headers()
        .map(|(n, v)| (n.to_owned(), v.to_vec()))
        .collect()
}

/// Scheme, flow, credentials, and whether the body is in the string as it is.
fn cases() -> Vec<(&'static str, Flow, Credentials)> {
    let c = |list: &[(&str, &str)]| list.iter().copied().collect::<Credentials>();
    vec![
        ("github", Flow::Webhook, c(&[("secret", "s")])),
        ("stripe", Flow::Webhook, c(&[("secret", "s")])),
        (
            "standard-webhooks",
            Flow::Webhook,
            c(&[("secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")]),
        ),
        (
            "directa24-deposits",
            Flow::Request,
            c(&[("login", "l"), ("secret", "s")]),
        ),
        (
            "ingenico-v1hmac",
            Flow::Request,
            c(&[("key_id", "k"), ("secret", "s")]),
        ),
        (
            "aws-sigv4",
            Flow::Request,
            c(&[
                ("access_key_id", "AKID"),
                ("secret_access_key", "s"),
                ("region", "us-east-1"),
                ("service", "service"),
            ]),
        ),
    ]
}

#[test]
fn streamed_is_whole() {
    let body = vec![b'x'; 300_000];
    for (id, flow, credentials) in cases() {
        let scheme = paysig::scheme(id).unwrap();
        let signer = scheme.signer(flow, &credentials).unwrap();
        let base = [Header::new("Host", "example.com")];
        let whole = signer
            .sign(&Message::new("POST", "/x", &base, &body), &options(&signer))
            .unwrap();
        let mut stream = signer
            .stream(&Message::new("POST", "/x", &base, b""), &options(&signer))
            .unwrap();
        for piece in body.chunks(7_001) {
            stream.update(piece);
        }
        let streamed = stream.finish().unwrap();
        assert_eq!(pairs(&whole), pairs(&streamed), "{id}");

        let added = pairs(&whole);
        let mut headers = base.to_vec();
        headers.extend(added.iter().map(|(name, value)| Header {
            name: name.as_bytes(),
            value,
        }));
        let verifier = scheme.verifier(flow, &KeyRing::of(credentials)).unwrap();
        let message = Message::new("POST", "/x", &headers, &body);
        let wanted = verifier.verify(&message, NOW).unwrap().report();
        let head = Message::new("POST", "/x", &headers, b"");
        let mut stream = verifier
            .stream(&head, NOW, Some(body.len() as u64))
            .unwrap();
        for piece in body.chunks(64 * 1024) {
            stream.update(piece).unwrap();
        }
        let got = stream.finish().unwrap();
        assert_eq!(got, wanted, "{id}");

        // Who passes over the error of the piece that was too much gets no verdict on the others.
        let limited = verifier.clone().max_body(body.len());
        let mut stream = limited.stream(&head, NOW, None).unwrap();
        stream.update(&body).unwrap();
        for error in [
            stream.update(b"!").unwrap_err(),
            stream.finish().unwrap_err(),
        ] {
            assert_eq!(error.status(), Status::TooLarge, "{id}");
        }

        // Of the body, ingenico requests cover nothing.
        if id != "ingenico-v1hmac" {
            let mut stream = verifier.stream(&head, NOW, None).unwrap();
            stream.update(b"tampered").unwrap();
            let error = stream.finish().unwrap_err();
            assert_eq!(error.status(), Status::SignatureMismatch, "{id}");
        }
    }
}

#[test]
fn an_asymmetric_signature_over_a_stream() {
    let text = |name| {
        std::fs::read_to_string(format!(
            "{}/../tests/vectors/{name}",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap()
    };
    let scheme = paysig::scheme("wise").unwrap();
    let private = Credentials::new().with("private_key", text("rsa2048-private.pem"));
    let signer = scheme.signer(Flow::Webhook, &private).unwrap();
    let signed = signer
        .sign(&Message::new("POST", "/", &[], b"whole"), &options(&signer))
        .unwrap();
    let added = pairs(&signed);
    let headers: Vec<Header<'_>> = added
        .iter()
        .map(|(name, value)| Header {
            name: name.as_bytes(),
            value,
        })
        .collect();
    let public = Credentials::new().with("public_key", text("rsa2048-public.pem"));
    let verifier = scheme
        .verifier(Flow::Webhook, &KeyRing::of(public))
        .unwrap();
    let head = Message::new("POST", "/", &headers, b"");
    for (pieces, matches) in [(["who", "le"], true), (["who", "la"], false)] {
        let mut stream = verifier.stream(&head, NOW, None).unwrap();
        for piece in pieces {
            stream.update(piece.as_bytes()).unwrap();
        }
        let judged = stream.finish();
        assert_eq!(judged.is_ok(), matches);
        // The string to sign is known to the stream alone, and it was not told the length.
        assert!(judged.is_err() || judged.unwrap().replay_key.is_none());
    }
}

#[test]
fn a_token_over_a_stream_makes_no_replay_key() {
    // It would be that of the body, which is gone.
    let scheme = paysig::scheme("http-bearer").unwrap();
    let keys = KeyRing::of(Credentials::new().with("token", "t"));
    let verifier = scheme.verifier(Flow::Request, &keys).unwrap();
    let headers = [Header::new("Authorization", "Bearer t")];
    let head = Message::new("POST", "/", &headers, b"");
    let mut stream = verifier.stream(&head, NOW, Some(4)).unwrap();
    stream.update(b"body").unwrap();
    assert_eq!(stream.finish().unwrap().replay_key, None);
}

#[test]
fn schemes_that_look_into_the_body_say_so() {
    let scheme = paysig::scheme("pledg-notification").unwrap();
    let ring = KeyRing::of(Credentials::new().with("secret", "s"));
    let verifier = scheme.verifier(Flow::Webhook, &ring).unwrap();
    let opened = verifier.stream(&Message::new("POST", "/", &[], b""), NOW, None);
    let Err(error) = opened.map(|_| ()) else {
        panic!("opened");
    };
    assert!(
        matches!(
            error.status(),
            Status::Unsupported | Status::MissingSignature
        ),
        "{error}"
    );
}

#[test]
fn prepare_and_finish_make_the_same_signature() {
    let scheme = paysig::scheme("directa24-deposits").unwrap();
    let credentials = Credentials::new().with("login", "l");
    let elsewhere = scheme
        .signer_without_key(Flow::Request, &credentials, &[])
        .unwrap();
    let message = Message::new("POST", "/v3/deposits", &[], b"{}");
    let options = options(&elsewhere);
    let hex = elsewhere
        .prepare(&message, &options)
        .unwrap()
        .finish(&[b'0'; 64]);
    assert_eq!(hex.unwrap_err().status(), Status::InvalidOption);
    let prepared = elsewhere.prepare(&message, &options).unwrap();
    assert_eq!(prepared.string_to_sign(), b"2026-01-02T03:04:05Zl{}");
    assert_eq!(prepared.algorithm(), "hmac-sha256");
    let mac = paysig::crypto::HmacKey::new(paysig::crypto::Hash::Sha256, b"s")
        .mac(prepared.string_to_sign());
    let outside = prepared.finish(&mac).unwrap();
    let inside = scheme
        .signer(Flow::Request, &credentials.with("secret", "s"))
        .unwrap()
        .sign(&message, &options)
        .unwrap();
    assert_eq!(pairs(&outside), pairs(&inside));
    assert!(elsewhere.sign(&message, &options).is_err());
}

#[test]
fn the_replay_key_is_that_of_the_key_that_matched() {
    let scheme = paysig::Scheme::from_toml(
        r#"
        id = "shops"
        name = "Shops"
        [credentials]
        shop = { public = true }
        secret = {}
        [request]
        algorithm = "hmac-sha256"
        key = { credential = "secret" }
        encoding = "hex"
        message = [{ credential = "shop" }, ".", { body = "raw" }]
        field = [{ header = "X-Signature", value = [{ signature = true }] }]
        "#,
        "shops.toml",
    )
    .unwrap();
    let shop = |name: &str| {
        let secret = format!("secret of {name}");
        Credentials::new().with("shop", name).with("secret", secret)
    };
    let mut keys = KeyRing::new();
    for name in ["first", "other", "second"] {
        keys.add(shop(name));
    }
    let verifier = scheme.verifier(Flow::Request, &keys).unwrap();
    for name in ["first", "second"] {
        let signer = scheme.signer(Flow::Request, &shop(name)).unwrap();
        let signed = signer
            .sign(&Message::new("POST", "/", &[], b"whole"), &options(&signer))
            .unwrap();
        let value = signed.header("X-Signature").unwrap();
        let headers = [Header {
            name: b"X-Signature",
            value,
        }];
        let whole = Message::new("POST", "/", &headers, b"whole");
        let expected = verifier.verify(&whole, NOW).unwrap().report();
        let head = Message::new("POST", "/", &headers, b"");
        let mut stream = verifier.stream(&head, NOW, Some(5)).unwrap();
        stream.update(b"whole").unwrap();
        let report = stream.finish().unwrap();
        assert_eq!(report, expected, "{name}");
        assert!(report.replay_key.is_some());
    }
}

/// A demand or a let that looks at the body cannot be judged before there is one.
#[test]
fn conditions_on_the_body_cannot_be_streamed() {
    let recipe = |more: &str, field: &str| {
        format!(
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
field = [{{ header = "X-Signature", value = {{ signature = true }} }}{field}]
{more}
"#
        )
    };
    let demand = r#"require = [{ when = { body = true }, value = { header = "X-Kind" }, equals = "a", status = "content_rejected" }]"#;
    let by_body =
        r#"let = { kind = { group = ["a", { group = ["b"], when = { body = true } }] } }"#;
    let field = r#", { header = "X-Kind", value = { let = "kind" } }"#;
    for (text, streamed) in [
        (recipe("", ""), Status::Ok),
        (recipe(demand, ""), Status::Unsupported),
        (recipe(by_body, field), Status::Unsupported),
    ] {
        let scheme = paysig::Scheme::from_toml(&text, "x").unwrap();
        let credentials = Credentials::new().with("secret", "s");
        let signer = scheme.signer(Flow::Webhook, &credentials).unwrap();
        let head = Message::new("POST", "/", &[], b"");
        let status = signer.stream(&head, &options(&signer)).err();
        assert_eq!(
            status.map_or(Status::Ok, |e| e.status()),
            streamed,
            "{text}"
        );
    }
}
