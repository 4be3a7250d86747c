//! Any bytes as a key or a certificate: a key, or a refusal that does not quote it.

use paysig::crypto::certificate::check_chain;
use paysig::crypto::{Asymmetric, Curve, EcdsaForm, Hash, SigningKey, VerifyingKey};

pub fn run(data: &[u8]) {
    let all = [
        Asymmetric::RsaPkcs1(Hash::Sha256),
        Asymmetric::Ed25519,
        Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::Der),
    ];
    for alg in all {
        let error = SigningKey::parse(alg, data).map(|_| ()).err();
        let other = VerifyingKey::parse(alg, data).map(|_| ()).err();
        for error in [error, other].into_iter().flatten() {
            let (said, text) = (error.to_string(), String::from_utf8_lossy(data));
            assert!(
                text.trim().len() < 24 || !said.contains(text.trim()),
                "{said}"
            );
        }
    }
    let _ = check_chain(data, &[String::from("api.example")]);
}
