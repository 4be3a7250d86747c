//! Any header, payload and signature as a JWS: refused, unless it is the token itself.

use crate::Pieces;
use crate::support::table::{Case, TABLE};
use crate::support::{Rng, Wire, credentials};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use paysig::{Flow, KeyRing, SignOptions, UnixMillis, Verifier};
use std::sync::OnceLock;

const NOW: UnixMillis = UnixMillis(1_709_629_687_000);

/// Flow, verifier, an unsigned message, its own token.
type Ready = (&'static Case, Verifier, Wire, String);

fn ready() -> &'static [Ready] {
    static ALL: OnceLock<Vec<Ready>> = OnceLock::new();
    ALL.get_or_init(|| {
        let ids = [
            ("truelayer", Flow::Webhook),
            ("pledg-jwt", Flow::Webhook),
            ("ebanx", Flow::Request),
        ];
        let made = ids.map(|(id, flow)| {
            let case = TABLE.iter().find(|c| c.id == id && c.flow == flow).unwrap();
            let scheme = paysig::scheme(id).unwrap();
            let signer = scheme.signer(flow, &credentials(case.sign)).unwrap();
            let wire = (case.message)(&mut Rng(1));
            let mut signed = wire.clone();
            let options = SignOptions {
                now: Some(NOW),
                payload: Some(br#"{"a":1}"#),
                seed: Some(&[7; 32]),
                ..SignOptions::default()
            };
            let options = options.taken_by(signer.takes());
            let made = signed.with(|m| signer.sign(m, &options)).unwrap();
            signed.apply(&made);
            let ring = KeyRing::of(credentials(case.verify));
            let verifier = scheme.verifier(flow, &ring).unwrap();
            let token = match header(case) {
                Some(name) => String::from_utf8(signed.get(name).unwrap().to_vec()).unwrap(),
                None => {
                    let body: serde_json::Value = serde_json::from_slice(&signed.body).unwrap();
                    body["signature"].as_str().unwrap().into()
                }
            };
            (case, verifier, wire, token)
        });
        made.into()
    })
}

fn header(case: &Case) -> Option<&'static str> {
    match case.id {
        "truelayer" => Some("Tl-Signature"),
        "ebanx" => Some("X-JWS-Signature"),
        _ => None,
    }
}

pub fn run(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let (case, verifier, wire, own) = &ready()[pieces.number() % 3];
    let raw = pieces.number() % 2 == 1;
    let segment = |piece: &[u8]| match raw {
        true => String::from_utf8_lossy(piece).into_owned(),
        false => URL_SAFE_NO_PAD.encode(piece),
    };
    let token: Vec<String> = (0..3).map(|_| segment(pieces.next())).collect();
    let token = token.join(".");
    let mut wire = wire.clone();
    match header(case) {
        Some(name) => wire.headers.push((name.into(), token.clone().into())),
        None => {
            let body = serde_json::json!({ "signature": token });
            wire.body = serde_json::to_vec(&body).unwrap();
        }
    }
    let result = wire.with(|m| verifier.verify(m, Some(NOW)).map(|v| v.report()));
    match result {
        Ok(_) => assert_eq!(&token, own, "another token was accepted"),
        Err(error) => assert!(error.status().is_verdict(), "{error}"),
    }
}
