//! Project Wycheproof's vectors for the asymmetric algorithms.
#![allow(clippy::unwrap_used)]

use paysig::crypto::{Asymmetric, Curve, EcdsaForm, Hash, VerifyingKey};
use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

fn check(key: &VerifyingKey, msg: &[u8], sig: &[u8], expected: TestResult, what: &str) {
    let verified = key.verify_message(msg, sig);
    match expected {
        TestResult::Valid => assert!(verified, "{what} is valid"),
        TestResult::Invalid => assert!(!verified, "{what} is invalid"),
        // Wycheproof leaves these open; all of them are slips in an encoding, which strict
        // reading refuses.
        TestResult::Acceptable => assert!(!verified, "{what} is not strict"),
    }
}

#[test]
fn rsa_pkcs1() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    let mut cases = 0;
    for (name, hash) in [
        (TestName::Rsa2048Sha256, Hash::Sha256),
        (TestName::Rsa2048Sha384, Hash::Sha384),
        (TestName::Rsa2048Sha512, Hash::Sha512),
        (TestName::Rsa2048Sha3_512, Hash::Sha3_512),
        (TestName::Rsa3072Sha256, Hash::Sha256),
        (TestName::Rsa3072Sha384, Hash::Sha384),
        (TestName::Rsa3072Sha512, Hash::Sha512),
        (TestName::Rsa3072Sha3_512, Hash::Sha3_512),
        (TestName::Rsa4096Sha256, Hash::Sha256),
        (TestName::Rsa4096Sha384, Hash::Sha384),
        (TestName::Rsa4096Sha512, Hash::Sha512),
        (TestName::Rsa8192Sha256, Hash::Sha256),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = VerifyingKey::parse(Asymmetric::RsaPkcs1(hash), &group.der).unwrap();
            assert_eq!(key.signature_len(), Some(group.key_size / 8));
            for test in group.tests {
                check(
                    &key,
                    &test.msg,
                    &test.sig,
                    test.result,
                    &format!("{name:?} {}", test.tc_id),
                );
                cases += 1;
            }
        }
    }
    assert!(cases > 2500, "{cases}");
}

#[test]
fn rsa_pss() {
    use rsa_pss_verify::{TestName, TestSet};
    let mut cases = 0;
    for (name, hash) in [
        (TestName::RsaPss2048Sha1Mgf1SaltLen20, Hash::Sha1),
        (TestName::RsaPss2048Sha256Mgf1SaltLen32, Hash::Sha256),
        (TestName::RsaPss2048Sha384Mgf1SaltLen48, Hash::Sha384),
        (TestName::RsaPss3072Sha256Mgf1SaltLen32, Hash::Sha256),
        (TestName::RsaPss4096Sha256Mgf1SaltLen32, Hash::Sha256),
        (TestName::RsaPss4096Sha384Mgf1SaltLen48, Hash::Sha384),
        (TestName::RsaPss4096Sha512Mgf1SaltLen64, Hash::Sha512),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            assert_eq!(group.salt_size, hash.output_len());
            let key = VerifyingKey::parse(Asymmetric::RsaPss(hash), &group.der).unwrap();
            for test in group.tests {
                check(
                    &key,
                    &test.msg,
                    &test.sig,
                    test.result,
                    &format!("{name:?} {}", test.tc_id),
                );
                cases += 1;
            }
        }
    }
    assert!(cases > 600, "{cases}");
}

/// Signatures that are valid elsewhere, but whose salt does not have the digest's length, or whose mask another hash made.
#[test]
fn rsa_pss_with_other_parameters_is_refused() {
    use rsa_pss_verify::{TestName, TestSet};
    let mut cases = 0;
    for (name, hash) in [
        (TestName::RsaPss2048Sha256Mgf1SaltLen0, Hash::Sha256),
        (TestName::RsaPss4096Sha512Mgf1SaltLen32, Hash::Sha512),
        (TestName::RsaPss2048Sha256Mgf1Sha1_20, Hash::Sha256),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            assert_ne!(group.salt_size, hash.output_len());
            let key = VerifyingKey::parse(Asymmetric::RsaPss(hash), &group.der).unwrap();
            for test in group
                .tests
                .iter()
                .filter(|test| test.result == TestResult::Valid)
            {
                assert!(
                    !key.verify_message(&test.msg, &test.sig),
                    "{name:?} {}",
                    test.tc_id
                );
                cases += 1;
            }
        }
    }
    assert!(cases > 20, "{cases}");
}

fn ecdsa(curve: Curve, sets: &[(ecdsa::TestName, Hash, EcdsaForm)]) {
    let mut cases = 0;
    for (name, hash, form) in sets {
        for group in ecdsa::TestSet::load(*name).unwrap().test_groups {
            let key =
                VerifyingKey::parse(Asymmetric::Ecdsa(curve, *hash, *form), &group.der).unwrap();
            for test in group.tests {
                check(
                    &key,
                    &test.msg,
                    &test.sig,
                    test.result,
                    &format!("{name:?} {}", test.tc_id),
                );
                cases += 1;
            }
        }
    }
    assert!(cases > 500, "{cases}");
}

// One test a curve, so that they run side by side.
#[test]
fn ecdsa_p256() {
    ecdsa(
        Curve::P256,
        &[
            (
                ecdsa::TestName::EcdsaSecp256r1Sha256,
                Hash::Sha256,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp256r1Sha256P1363,
                Hash::Sha256,
                EcdsaForm::P1363,
            ),
            (
                ecdsa::TestName::EcdsaSecp256r1Sha512,
                Hash::Sha512,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp256r1Sha512P1363,
                Hash::Sha512,
                EcdsaForm::P1363,
            ),
            (
                ecdsa::TestName::EcdsaSecp256r1Sha3_512,
                Hash::Sha3_512,
                EcdsaForm::Der,
            ),
        ],
    );
}

#[test]
fn ecdsa_p384() {
    ecdsa(
        Curve::P384,
        &[
            (
                ecdsa::TestName::EcdsaSecp384r1Sha384,
                Hash::Sha384,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp384r1Sha384P1363,
                Hash::Sha384,
                EcdsaForm::P1363,
            ),
            (
                ecdsa::TestName::EcdsaSecp384r1Sha256,
                Hash::Sha256,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp384r1Sha512,
                Hash::Sha512,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp384r1Sha512P1363,
                Hash::Sha512,
                EcdsaForm::P1363,
            ),
            (
                ecdsa::TestName::EcdsaSecp384r1Sha3_512,
                Hash::Sha3_512,
                EcdsaForm::Der,
            ),
        ],
    );
}

#[test]
fn ecdsa_p521() {
    ecdsa(
        Curve::P521,
        &[
            (
                ecdsa::TestName::EcdsaSecp521r1Sha512,
                Hash::Sha512,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp521r1Sha512P1363,
                Hash::Sha512,
                EcdsaForm::P1363,
            ),
            (
                ecdsa::TestName::EcdsaSecp521r1Sha3_512,
                Hash::Sha3_512,
                EcdsaForm::Der,
            ),
        ],
    );
}

#[test]
fn ecdsa_secp256k1() {
    ecdsa(
        Curve::Secp256k1,
        &[
            (
                ecdsa::TestName::EcdsaSecp256k1Sha256,
                Hash::Sha256,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp256k1Sha256P1363,
                Hash::Sha256,
                EcdsaForm::P1363,
            ),
            (
                ecdsa::TestName::EcdsaSecp256k1Sha512,
                Hash::Sha512,
                EcdsaForm::Der,
            ),
            (
                ecdsa::TestName::EcdsaSecp256k1Sha512P1363,
                Hash::Sha512,
                EcdsaForm::P1363,
            ),
            (
                ecdsa::TestName::EcdsaSecp256k1Sha3_512,
                Hash::Sha3_512,
                EcdsaForm::Der,
            ),
        ],
    );
}

#[test]
fn ed25519() {
    use eddsa::{TestName, TestSet};
    let mut cases = 0;
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key = VerifyingKey::parse(Asymmetric::Ed25519, &group.der).unwrap();
        for test in group.tests {
            check(
                &key,
                &test.msg,
                &test.sig,
                test.result,
                &format!("case {}", test.tc_id),
            );
            cases += 1;
        }
    }
    assert!(cases > 100, "{cases}");
}
