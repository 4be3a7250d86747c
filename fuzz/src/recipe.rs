//! Any text as a recipe: it loads, or the error names its file. One that loads is linted, signs, verifies and explains
//! within its limits.

use crate::support::{Wire, credentials};
use paysig::{Flow, KeyRing, Scheme, SignOptions, Status, UnixMillis};

const NOW: UnixMillis = UnixMillis(1_709_629_687_000);

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let scheme = match Scheme::from_toml(text, "fuzz.toml") {
        Ok(scheme) => scheme,
        Err(error) => {
            assert_eq!(error.status(), Status::InvalidRecipe, "{error}");
            assert!(error.message().starts_with("fuzz.toml:"), "{error}");
            return;
        }
    };
    paysig::lint(scheme.recipe());
    let keys: Vec<(&str, &str)> = (scheme.recipe().credentials.iter())
        .map(|c| (&*c.name, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        .collect();
    for flow in Flow::ALL {
        let Ok(signer) = scheme.signer(flow, &credentials(&keys)) else {
            continue;
        };
        let mut wire = Wire::new("POST", "/a/b?c=d&e=%20")
            .header("Content-Type", "application/json")
            .body(r#"{"amount":"1.50","id":7,"timestamp":"1709629687"}"#);
        wire.url = Some("https://shop.example/a/b?c=d&e=%20".into());
        let options = SignOptions {
            now: Some(NOW),
            nonce: Some("nonce-1"),
            payload: Some(b"{}"),
            seed: Some(&[7; 32]),
            ..SignOptions::default()
        };
        let options = options.taken_by(signer.takes());
        let Ok(made) = wire.with(|m| signer.sign(m, &options)) else {
            continue;
        };
        wire.with(|m| signer.explain(m, &options)).unwrap();
        wire.apply(&made);
        if let Ok(verifier) = scheme.verifier(flow, &KeyRing::of(credentials(&keys))) {
            let _ = wire.with(|m| verifier.verify(m, Some(NOW)).map(|v| v.report()));
            let _ = wire.with(|m| verifier.explain(m));
        }
    }
}
