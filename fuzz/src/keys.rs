//! Any bytes as a key or a certificate: a key, or a refusal that does not quote it.

use paysig::crypto::certificate::check_chain;
use paysig::crypto::{Asymmetric, Curve, EcdsaForm, Hash, SigningKey, VerifyingKey};

/// Stands in no text of the library, so a refusal that holds it quotes its input. The input itself cannot be searched for: the
/// fuzzer learns the refusals' own words and hands them in.
const MARK: &str = "Qz7#mark#q9";

pub fn run(data: &[u8]) {
    refused(data);
    let middle = data.len() / 2;
    let marked = [&data[..middle], MARK.as_bytes(), &data[middle..]].concat();
    for error in refused(&marked) {
        assert!(!error.contains(MARK), "{error}");
    }
    let _ = check_chain(data, &[String::from("api.example")]);
}

fn refused(data: &[u8]) -> Vec<String> {
    let all = [
        Asymmetric::RsaPkcs1(Hash::Sha256),
        Asymmetric::Ed25519,
        Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::Der),
    ];
    let mut errors = Vec::new();
    for alg in all {
        errors.extend(SigningKey::parse(alg, data).err().map(|e| e.to_string()));
        errors.extend(VerifyingKey::parse(alg, data).err().map(|e| e.to_string()));
    }
    errors
}
