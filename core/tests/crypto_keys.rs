//! The forms a key text comes in, and what the refusals say.
#![allow(clippy::unwrap_used, clippy::panic)]

use paysig::crypto::{Asymmetric, Curve, EcdsaForm, Encoding, Hash, SigningKey, VerifyingKey};

const RS256: Asymmetric = Asymmetric::RsaPkcs1(Hash::Sha256);
const MESSAGE: &[u8] = b"paysig";

fn ecdsa(curve: Curve) -> Asymmetric {
    Asymmetric::Ecdsa(curve, Hash::Sha256, EcdsaForm::P1363)
}

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("keys/", $name))
    };
}

fn base64(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    Encoding::Base64.encode_into(bytes, &mut out);
    String::from_utf8(out).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    Encoding::Base64Url.encode_into(bytes, &mut out);
    String::from_utf8(out).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// The DER inside a PEM file of one or more blocks: of the last one.
fn der(pem: &str) -> Vec<u8> {
    let body = pem.rsplit_once("-----BEGIN").unwrap().1;
    let body: String = body
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with("---"))
        .collect();
    Encoding::Base64.decode(body.as_bytes()).unwrap()
}

fn wrapped(text: &str, width: usize, line_end: &str) -> String {
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(width)
        .map(|line| core::str::from_utf8(line).unwrap())
        .collect();
    lines.join(line_end) + line_end
}

/// Every text wrapping of one key.
fn wrappings(pem: &str) -> Vec<(&'static str, Vec<u8>)> {
    let der = der(pem);
    let of_der = base64(&der);
    let of_pem = base64(pem.as_bytes());
    let one_line = pem.trim_end().replace('\n', "\\n");
    vec![
        ("PEM", pem.into()),
        ("PEM with CRLF", pem.replace('\n', "\r\n").into()),
        ("PEM with blanks around it", format!("\n  {pem}\n\n").into()),
        (
            "PEM with a byte order mark",
            format!("\u{feff}{pem}").into(),
        ),
        (
            "PEM after other text",
            format!("Bag Attributes\n  friendlyName: x\n{pem}").into(),
        ),
        (
            "PEM in one line, blanks for line ends",
            pem.replace('\n', " ").into(),
        ),
        ("PEM with written-out line ends", one_line.into()),
        (
            "PEM with written-out CRLF",
            pem.replace('\n', "\\r\\n").into(),
        ),
        ("DER", der),
        ("base64 of DER", of_der.clone().into()),
        ("base64 of DER at 60", wrapped(&of_der, 60, "\n").into()),
        ("base64 of DER at 76", wrapped(&of_der, 76, "\r\n").into()),
        (
            "base64 of DER with blanks",
            wrapped(&of_der, 10, " ").into(),
        ),
        ("base64 of PEM", of_pem.clone().into()),
        ("base64 of PEM at 60", wrapped(&of_pem, 60, "\n").into()),
        ("base64 of PEM at 76", wrapped(&of_pem, 76, "\r\n").into()),
        (
            "base64 of PEM with blanks",
            wrapped(&of_pem, 13, " ").into(),
        ),
    ]
}

/// The first of the texts in every wrapping, the others, which take the same way, in three.
fn texts(pems: &[&str]) -> Vec<(&'static str, Vec<u8>)> {
    let mut texts = wrappings(pems[0]);
    for pem in &pems[1..] {
        let few = ["PEM", "DER", "base64 of DER"];
        texts.extend(
            wrappings(pem)
                .into_iter()
                .filter(|(what, _)| few.contains(what)),
        );
    }
    texts
}

/// Every private text signs what every public text verifies.
fn check(alg: Asymmetric, private: &[&str], public: &[&str]) {
    let verifier = VerifyingKey::parse(alg, public[0].as_bytes()).unwrap();
    let mut signature = Vec::new();
    for (what, text) in texts(private) {
        let key = SigningKey::parse(alg, &text).unwrap_or_else(|e| panic!("{what}: {e}"));
        signature = key.sign_message(MESSAGE, Some(&[1; 32]), None).unwrap();
        assert!(
            verifier.verify_message(MESSAGE, &signature),
            "{alg:?} {what}"
        );
    }
    // A private key where a public one is wanted gives its public half.
    for (what, text) in texts(public).into_iter().chain(texts(private)) {
        let key = VerifyingKey::parse(alg, &text).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!(key.verify_message(MESSAGE, &signature), "{alg:?} {what}");
    }
}

#[test]
fn rsa() {
    check(
        RS256,
        &[key!("rsa1024.pkcs8.pem"), key!("rsa1024.pkcs1.pem")],
        &[
            key!("rsa1024.spki.pem"),
            key!("rsa1024.pkcs1-public.pem"),
            key!("rsa1024.cert.pem"),
        ],
    );
}

#[test]
fn ec() {
    // The SEC1 files begin with an EC PARAMETERS block, as OpenSSL writes them.
    assert!(key!("p256.sec1.pem").starts_with("-----BEGIN EC PARAMETERS-----"));
    check(
        ecdsa(Curve::P256),
        &[key!("p256.pkcs8.pem"), key!("p256.sec1.pem")],
        &[key!("p256.spki.pem")],
    );
    check(
        ecdsa(Curve::P384),
        &[key!("p384.pkcs8.pem"), key!("p384.sec1.pem")],
        &[key!("p384.spki.pem")],
    );
    check(
        ecdsa(Curve::P521),
        &[key!("p521.pkcs8.pem"), key!("p521.sec1.pem")],
        &[key!("p521.spki.pem")],
    );
    let alg = ecdsa(Curve::Secp256k1);
    check(
        alg,
        &[key!("secp256k1.sec1.pem")],
        &[key!("secp256k1.spki.pem")],
    );
    // The number alone, as BitPay's tools write it.
    let scalar = "742f45cda95b597c81c7439148f010cd52a52af85c992abcb8b456c01cdabab9";
    let public = VerifyingKey::parse(alg, key!("secp256k1.spki.pem").as_bytes()).unwrap();
    for text in [scalar, &scalar.to_uppercase()] {
        let key = SigningKey::parse(alg, text.as_bytes()).unwrap();
        let signature = key.sign_message(MESSAGE, None, None).unwrap();
        assert!(public.verify_message(MESSAGE, &signature));
    }
    for text in [&scalar[2..], &"0".repeat(64), &"f".repeat(64)] {
        assert!(SigningKey::parse(alg, text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn ed25519() {
    check(
        Asymmetric::Ed25519,
        &[key!("ed25519.pkcs8.pem")],
        &[key!("ed25519.spki.pem")],
    );
}

#[test]
fn ed25519_bare() {
    let alg = Asymmetric::Ed25519;
    let pkcs8 = der(key!("ed25519.pkcs8.pem"));
    let spki = der(key!("ed25519.spki.pem"));
    let (seed, public) = (&pkcs8[pkcs8.len() - 32..], &spki[spki.len() - 32..]);
    let pair = [seed, public].concat();
    let expected = SigningKey::parse(alg, &pkcs8)
        .unwrap()
        .sign_message(MESSAGE, None, None)
        .unwrap();

    let private = [
        hex(seed),
        hex(seed).to_uppercase(),
        base64(seed),
        base64(seed).trim_end_matches('=').into(),
        base64url(seed),
        format!("whsk_{}", base64(seed)),
        hex(&pair),
        base64(&pair),
        format!("whsk_{}", base64(&pair)),
        format!(" {}\n", base64(seed)),
    ];
    for text in &private {
        let key = SigningKey::parse(alg, text.as_bytes()).unwrap();
        assert_eq!(
            key.sign_message(MESSAGE, None, None).unwrap(),
            expected,
            "{text}"
        );
    }
    for text in [
        hex(public),
        base64(public),
        base64url(public),
        format!("whpk_{}", base64(public)),
        format!("whsk_{}", base64(seed)),
        base64(&pair),
    ] {
        let key = VerifyingKey::parse(alg, text.as_bytes()).unwrap();
        assert!(key.verify_message(MESSAGE, &expected), "{text}");
    }
    let mixed = [seed, seed].concat();
    for (text, why) in [
        (base64(&mixed), "two halves"),
        ("whsk_AAAA".into(), "whsk_ or whpk_"),
        ("whpk_".into(), "whsk_ or whpk_"),
        (
            format!("whpk_{}", base64(public)),
            "an Ed25519 public key was given where an Ed25519 private key is needed",
        ),
        (hex(&seed[1..]), "32 bytes in hexadecimal or base64"),
    ] {
        let error = SigningKey::parse(alg, text.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn ec_points() {
    for (curve, pem, field_len) in [
        (Curve::P256, key!("p256.spki.pem"), 32),
        (Curve::P384, key!("p384.spki.pem"), 48),
        (Curve::P521, key!("p521.spki.pem"), 66),
        (Curve::Secp256k1, key!("secp256k1.spki.pem"), 32),
    ] {
        let spki = der(pem);
        let point = &spki[spki.len() - 2 * field_len - 1..];
        let compressed = [&[2 + (point[2 * field_len] & 1)], &point[1..=field_len]].concat();
        let private = match curve {
            Curve::P256 => key!("p256.pkcs8.pem"),
            Curve::P384 => key!("p384.pkcs8.pem"),
            Curve::P521 => key!("p521.pkcs8.pem"),
            Curve::Secp256k1 => key!("secp256k1.sec1.pem"),
        };
        let signature = SigningKey::parse(ecdsa(curve), private.as_bytes())
            .unwrap()
            .sign_message(MESSAGE, None, None)
            .unwrap();
        for text in [
            hex(point),
            hex(point).to_uppercase(),
            hex(&compressed),
            base64(point),
            base64(&compressed),
        ] {
            let key = VerifyingKey::parse(ecdsa(curve), text.as_bytes()).unwrap();
            assert!(key.verify_message(MESSAGE, &signature), "{curve:?} {text}");
        }
        let mut off_curve = point.to_vec();
        off_curve[2 * field_len] ^= 1;
        assert!(VerifyingKey::parse(ecdsa(curve), hex(&off_curve).as_bytes()).is_err());
        assert!(SigningKey::parse(ecdsa(curve), hex(point).as_bytes()).is_err());
    }
}

#[test]
fn jwk_ec_and_okp() {
    let spki = der(key!("p256.spki.pem"));
    let (x, y) = (base64url(&spki[27..59]), base64url(&spki[59..]));
    let d = base64url(&der(key!("p256.sec1.pem"))[7..39]);
    let public = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","kid":"1"}}"#);
    let private = format!(r#" {{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","d":"{d}"}} "#);
    let alg = ecdsa(Curve::P256);
    let signature = SigningKey::parse(alg, private.as_bytes())
        .unwrap()
        .sign_message(MESSAGE, None, None)
        .unwrap();
    for text in [&public, &private] {
        assert!(
            VerifyingKey::parse(alg, text.as_bytes())
                .unwrap()
                .verify_message(MESSAGE, &signature)
        );
    }

    let pkcs8 = der(key!("ed25519.pkcs8.pem"));
    let spki = der(key!("ed25519.spki.pem"));
    let (seed, point) = (base64url(&pkcs8[16..]), base64url(&spki[12..]));
    let okp_public = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{point}"}}"#);
    let okp_private = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{point}","d":"{seed}"}}"#);
    let signature = SigningKey::parse(Asymmetric::Ed25519, okp_private.as_bytes())
        .unwrap()
        .sign_message(MESSAGE, None, None)
        .unwrap();
    for text in [&okp_public, &okp_private] {
        let key = VerifyingKey::parse(Asymmetric::Ed25519, text.as_bytes()).unwrap();
        assert!(key.verify_message(MESSAGE, &signature));
    }

    for (alg, text, why) in [
        (alg, public.replace("P-256", "P-384"), "curve's length"),
        (alg, public.replace("P-256", "brainpoolP256r1"), "\"crv\""),
        (alg, public.replace("P-256", "secp256k1"), "no point"),
        (alg, public.replace(&x, &y), "no point"),
        (alg, private.replace(&d, &x), "does not belong"),
        (alg, public.replace("\"y\"", "\"z\""), "no member \"y\""),
        (alg, public.replace("\"kid\"", "\"x\""), "not a JWK"),
        (alg, public.replace(&x, &format!("{x}=")), "not a JWK"),
        (alg, "{\"keys\":[]}".into(), "not a JWK"),
        (alg, "{\"kty\":\"oct\",\"k\":\"AAAA\"}".into(), "\"kty\""),
        (alg, public.clone() + "x", "not a JWK"),
        (alg, okp_public.clone(), "an Ed25519 public key was given"),
        (
            Asymmetric::Ed25519,
            okp_private.replace(&seed, &point),
            "does not belong",
        ),
        (
            Asymmetric::Ed25519,
            okp_public.replace("Ed25519", "X25519"),
            "\"crv\"",
        ),
        (
            Asymmetric::Ed25519,
            okp_public.replace(&point, "AAAA"),
            "32 bytes",
        ),
    ] {
        let error = VerifyingKey::parse(alg, text.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{text}: {error}");
        assert!(!error.contains(&d) && !error.contains(&seed), "{error}");
    }
}

/// RFC 7515, appendix A.2: an RSA JWK and the RS256 signature made with it.
#[test]
fn jwk_rsa() {
    let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    let d = "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ";
    let p = "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc";
    let q = "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc";
    let message = b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    let public = format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"}}"#);
    let with_primes =
        format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","d":"{d}","p":"{p}","q":"{q}"}}"#);
    let without_primes = format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","d":"{d}"}}"#);
    for text in [&with_primes, &without_primes] {
        let key = SigningKey::parse(RS256, text.as_bytes()).unwrap();
        assert_eq!(
            base64url(&key.sign_message(message, None, None).unwrap()),
            signature
        );
    }
    for text in [&public, &with_primes, &without_primes] {
        let key = VerifyingKey::parse(RS256, text.as_bytes()).unwrap();
        assert!(key.verify_message(
            message,
            &Encoding::Base64Url.decode(signature.as_bytes()).unwrap()
        ));
    }
    for (text, why) in [
        (with_primes.replace(p, q), "do not fit together"),
        (with_primes.replace("\"q\"", "\"r\""), "no member \"q\""),
        (public.replace("AQAB", "AQAA"), "not valid"),
        (public.replace("AQAB", "AgAAAAE"), "larger than"),
        (public.replace(n, "AQAB"), "an RSA key of 17 bits"),
        (public.replace(n, ""), "an RSA key of 0 bits"),
    ] {
        let error = SigningKey::parse(RS256, text.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{error}");
        assert!(!error.contains(d), "{error}");
    }
}

#[test]
fn refusals_say_what_was_expected() {
    let p256 = ecdsa(Curve::P256);
    for (alg, text, expected) in [
        (RS256, "", "the key is empty: expected an RSA public key"),
        (RS256, " \n", "the key is empty: expected an RSA public key"),
        (
            RS256,
            "hunter2hunter2",
            "not an RSA public key: neither PEM, DER, JWK nor base64 of PEM or DER",
        ),
        (
            p256,
            "04abcd",
            "not an EC public key on P-256: neither PEM, DER, JWK, a point in hexadecimal nor base64 of any of these",
        ),
        (
            Asymmetric::Ed25519,
            "AAAA",
            "not an Ed25519 public key: neither PEM, DER, JWK, base64 of PEM or DER, nor 32 bytes in hexadecimal or base64",
        ),
        (
            RS256,
            key!("p256.spki.pem"),
            "an EC public key on P-256 was given where an RSA public key is needed",
        ),
        (
            p256,
            key!("p384.spki.pem"),
            "an EC public key on P-384 was given where an EC public key on P-256 is needed",
        ),
        (
            p256,
            key!("rsa1024.cert.pem"),
            "an RSA public key was given where an EC public key on P-256 is needed",
        ),
        (
            Asymmetric::Ed25519,
            key!("rsa1024.spki.pem"),
            "an RSA public key was given where an Ed25519 public key is needed",
        ),
        (
            RS256,
            key!("rsa768.pkcs8.pem"),
            "an RSA key of 768 bits: 1024 to 8192 are taken",
        ),
        (
            p256,
            key!("brainpoolp256r1.spki.pem"),
            "the EC key is on a curve other than P-256, P-384, P-521 and secp256k1",
        ),
        (
            Asymmetric::Ed25519,
            key!("x25519.pkcs8.pem"),
            "the key is neither RSA, EC nor Ed25519",
        ),
        (
            RS256,
            key!("rsa1024.encrypted.pem"),
            "the private key is encrypted with a passphrase: decrypt it first",
        ),
        (
            RS256,
            key!("rsa1024.legacy-encrypted.pem"),
            "the private key is encrypted with a passphrase: decrypt it first",
        ),
    ] {
        let error = VerifyingKey::parse(alg, text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let error = SigningKey::parse(RS256, key!("rsa1024.spki.pem").as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an RSA public key was given where an RSA private key is needed"
    );
    let error = SigningKey::parse(p256, key!("brainpoolp256r1.sec1.pem").as_bytes()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("SEC1 on P-256, P-384, P-521 or secp256k1"),
        "{error}"
    );
}

/// Whatever is cut from or changed in a key text gives an answer, never a panic, and no error
/// quotes the key.
#[test]
fn damaged_keys_are_refused_quietly() {
    let body: String = key!("rsa1024.pkcs8.pem").lines().nth(3).unwrap().into();
    for pem in [
        key!("rsa1024.pkcs8.pem"),
        key!("rsa1024.pkcs1.pem"),
        key!("p256.sec1.pem"),
        key!("ed25519.pkcs8.pem"),
        key!("rsa1024.cert.pem"),
    ] {
        let der = der(pem);
        for alg in [
            RS256,
            ecdsa(Curve::P256),
            Asymmetric::Ed25519,
            Asymmetric::RsaType2,
        ] {
            for cut in 0..der.len() {
                assert!(SigningKey::parse(alg, &der[..cut]).is_err());
            }
            for cut in (0..pem.len()).step_by(7) {
                if let Err(error) = SigningKey::parse(alg, &pem.as_bytes()[..cut]) {
                    assert!(!error.to_string().contains(&body[..10]));
                }
            }
        }
        // Headers and lengths are where a parser would stumble.
        for at in 0..der.len().min(40) {
            for value in [0, 0x80, 0xff] {
                let mut changed = der.clone();
                changed[at] = value;
                let _ = SigningKey::parse(RS256, &changed);
                let _ = VerifyingKey::parse(ecdsa(Curve::P256), &changed);
            }
        }
    }
    for text in [
        "-----BEGIN ",
        "-----BEGIN X-----",
        "-----BEGIN X-----AAAA-----END Y-----",
        "{",
        "0",
        "whsk_",
        "\u{feff}",
    ] {
        assert!(SigningKey::parse(RS256, text.as_bytes()).is_err());
        assert!(SigningKey::parse(Asymmetric::Ed25519, text.as_bytes()).is_err());
    }
}
