//! The http and tower features.
#![cfg(feature = "tower")]
#![allow(clippy::unwrap_used)]

use http::Request;
use paysig::{Credentials, Flow, KeyRing, SignOptions, Status, UnixMillis};

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

fn options() -> SignOptions<'static> {
    SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    }
}

#[test]
fn headers_query_and_body_are_put_into_the_request() {
    let jwt = paysig::scheme("pledg-jwt").unwrap();
    let credentials = Credentials::new().with("secret", "a secret that is long enough");
    let signer = jwt.signer(Flow::Request, &credentials).unwrap();
    let request = Request::get("https://pledg.example/purchase?lang=fr")
        .body(())
        .unwrap();
    let (mut parts, ()) = request.into_parts();
    let payload = SignOptions {
        payload: Some(b"{\"a\":1}"),
        ..options()
    };
    assert!(
        signer
            .sign_http(&mut parts, b"", &payload)
            .unwrap()
            .is_none()
    );
    let uri = parts.uri.to_string();
    assert!(
        uri.starts_with("https://pledg.example/purchase?lang=fr&signature=ey"),
        "{uri}"
    );

    let smile = paysig::scheme("smile-signature").unwrap();
    let credentials = Credentials::new()
        .with("partner_id", "085")
        .with("api_key", "k");
    let signer = smile.signer(Flow::Request, &credentials).unwrap();
    let request = Request::post("/v1/x")
        .header("content-length", "2")
        .body(())
        .unwrap();
    let (mut parts, ()) = request.into_parts();
    let body = signer
        .sign_http(&mut parts, b"{}", &options())
        .unwrap()
        .unwrap();
    assert_eq!(parts.headers["content-length"], body.len().to_string());
    let verifier = smile
        .verifier(Flow::Request, &KeyRing::of(credentials))
        .unwrap();
    let report = verifier
        .verify_http(&parts, None, &body, Some(NOW))
        .unwrap();
    assert_eq!(report.timestamp, Some(NOW));
}

#[test]
fn a_url_scheme_needs_the_configured_url() {
    let square = paysig::scheme("square").unwrap();
    let credentials = Credentials::new().with("signature_key", "k");
    let signer = square.signer(Flow::Webhook, &credentials).unwrap();
    let request = Request::post("https://shop.example/hooks")
        .body(())
        .unwrap();
    let (mut parts, ()) = request.into_parts();
    signer.sign_http(&mut parts, b"{}", &options()).unwrap();
    let verifier = square
        .verifier(Flow::Webhook, &KeyRing::of(credentials))
        .unwrap();
    let seen = |url: Option<&str>| verifier.verify_http(&parts, url, b"{}", None);
    assert!(seen(Some("https://shop.example/hooks")).is_ok());
    assert_eq!(
        seen(Some("http://internal/hooks")).unwrap_err().status(),
        Status::SignatureMismatch
    );
    assert_eq!(seen(None).unwrap_err().status(), Status::InvalidMessage);
}
