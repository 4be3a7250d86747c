//! No byte of a secret in anything that is told: errors, explanations, diagnoses, Debug. Of every scheme, in every spelling.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::crypto::{Encoding, Hash};
use paysig::{
    Credentials, DiagnoseOptions, KeyRing, Scheme, SignOptions, TokenSession, UnixMillis,
    diagnose_with, lint_json,
};
use std::fmt::{Debug, Write as _};
use support::table::{Case, NONCE, PAYLOAD, TABLE};
use support::{Rng, Wire, credentials};

const NOW: UnixMillis = UnixMillis(1_709_629_687_000);
/// Its spellings in base64, base64url and percent-encoding all differ.
const CANARY: &str = "Canary~7f??>???Zk%91 +w=";

const OPTIONS: SignOptions<'static> = SignOptions {
    now: Some(NOW),
    nonce: Some(NONCE),
    timestamp_text: None,
    payload: Some(PAYLOAD),
    expires_in: None,
    seed: Some(&[7; 32]),
    padding: None,
};

/// What must not be seen: a name for it, and lower-case text.
struct Needles(Vec<(String, String)>);

impl Needles {
    fn of(secrets: &[(String, String)]) -> Needles {
        let mut all = Vec::new();
        for (name, secret) in secrets {
            let mut add = |what: &str, text: String| all.push((format!("{name} {what}"), text));
            if secret.contains("-----BEGIN") {
                // Any line of a key file.
                let lines = secret.lines().filter(|l| l.len() > 40);
                lines.for_each(|l| add("in PEM", l.to_owned()));
                continue;
            }
            spellings("", secret.as_bytes(), &mut add);
            for encoding in [Encoding::Base64, Encoding::Hex] {
                if let Some(decoded) = encoding.decode(secret.as_bytes()) {
                    spellings("decoded, ", &decoded, &mut add);
                }
            }
            let inner = secret
                .strip_prefix("whsec_")
                .and_then(|s| Encoding::Base64.decode(s.as_bytes()));
            if let Some(decoded) = inner {
                spellings("decoded, ", &decoded, &mut add);
            }
        }
        for (_, text) in &mut all {
            text.make_ascii_lowercase();
        }
        Needles(all)
    }

    #[track_caller]
    fn look(&self, told: &Told) {
        let text = told.text.to_ascii_lowercase();
        for (what, needle) in &self.0 {
            assert!(
                !text.contains(needle),
                "{}: {what} is in:\n{}",
                told.about,
                told.text
            );
        }
    }
}

/// A secret raw, encoded and digested; base64 also where it stands behind other bytes.
fn spellings(how: &str, secret: &[u8], add: &mut impl FnMut(&str, String)) {
    let encode = |bytes: &[u8], encoding: Encoding| {
        let mut text = Vec::new();
        encoding.encode_into(bytes, &mut text);
        String::from_utf8(text).unwrap()
    };
    if let Ok(text) = std::str::from_utf8(secret) {
        add(&format!("{how}raw"), text.to_owned());
        let debug = format!("{text:?}");
        add(
            &format!("{how}in Debug"),
            debug.trim_matches('"').to_owned(),
        );
    }
    let bytes = format!("{secret:?}");
    add(
        &format!("{how}as a list of bytes"),
        bytes.trim_matches(['[', ']']).to_owned(),
    );
    let percent: String = secret
        .iter()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(b) => char::from(*b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    add(&format!("{how}percent-encoded"), percent);
    add(&format!("{how}in hex"), encode(secret, Encoding::Hex));
    for encoding in [Encoding::Base64, Encoding::Base64Url] {
        for skip in 0..3.min(secret.len()) {
            let text = encode(&secret[skip..], encoding);
            // The end depends on what follows.
            add(
                &format!("{how}in base64"),
                text[..text.trim_end_matches('=').len().saturating_sub(1)].to_owned(),
            );
        }
    }
    for hash in [Hash::Md5, Hash::Sha1, Hash::Sha256, Hash::Sha512] {
        let digest = hash.digest(secret);
        add(
            &format!("{how}{} in hex", hash.name()),
            encode(&digest, Encoding::Hex),
        );
        add(
            &format!("{how}{} in base64", hash.name()),
            encode(&digest, Encoding::Base64),
        );
    }
}

/// Everything that was said about one case.
#[derive(Default)]
struct Told {
    about: String,
    text: String,
}

impl Told {
    fn add(&mut self, what: impl Debug) {
        let _ = writeln!(self.text, "{what:?}\n{what:#?}");
    }

    /// A result as it is shown: errors also in words.
    fn result<T: Debug, E: Debug + std::fmt::Display>(&mut self, result: &Result<T, E>) {
        self.add(result);
        if let Err(error) = result {
            let _ = writeln!(self.text, "{error}");
        }
    }
}

fn is_secret(scheme: &Scheme, name: &str) -> bool {
    scheme
        .recipe()
        .credentials
        .iter()
        .any(|c| c.name == name && !c.public)
}

/// The pairs with the canary for every secret that can be any text: a message can be signed with it.
fn with_canary(
    scheme: &Scheme,
    case: &Case,
    wire: &Wire,
    told: &mut Told,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = case
        .sign
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    for index in 0..all.len() {
        if !is_secret(scheme, &all[index].0) || all[index].1.contains("-----") {
            continue;
        }
        let before = std::mem::replace(&mut all[index].1, CANARY.to_owned());
        let signed = scheme
            .signer(case.flow, &made(&all))
            .and_then(|signer| wire.with(|m| signer.sign(m, &OPTIONS.taken_by(signer.takes()))));
        told.result(&signed);
        if signed.is_err() {
            all[index].1 = before;
        }
    }
    all
}

/// The verifier's credentials: the canary where the signer has it.
fn verifying(scheme: &Scheme, case: &Case, sign: &[(String, String)]) -> Vec<(String, String)> {
    let value = |name: &str, value: &str| match sign
        .iter()
        .find(|(n, _)| n == name && is_secret(scheme, n))
    {
        Some((_, signed)) => signed.clone(),
        None => value.to_owned(),
    };
    case.verify
        .iter()
        .map(|(n, v)| ((*n).to_owned(), value(n, v)))
        .collect()
}

fn made(pairs: &[(String, String)]) -> Credentials {
    pairs
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect()
}

fn changed(
    pairs: &[(String, String)],
    scheme: &Scheme,
    change: impl Fn(&str) -> String,
) -> Credentials {
    let change = |(n, v): &(String, String)| match is_secret(scheme, n) {
        true => (n.clone(), change(v)),
        false => (n.clone(), v.clone()),
    };
    made(&pairs.iter().map(change).collect::<Vec<_>>())
}

/// Everything that can be said about a scheme, in right and wrong use.
fn tell(case: &Case) -> (Told, Needles) {
    let mut told = Told {
        about: format!("{} {}", case.id, case.flow.name()),
        text: String::new(),
    };
    let scheme = paysig::scheme(case.id).unwrap();
    let mut wire = (case.message)(&mut Rng(7));
    let sign = with_canary(&scheme, case, &wire, &mut told);
    let verify = verifying(&scheme, case, &sign);
    let secrets: Vec<(String, String)> = sign
        .iter()
        .chain(&verify)
        .filter(|(n, _)| is_secret(&scheme, n))
        .cloned()
        .chain([("canary".to_owned(), CANARY.to_owned())])
        .collect();
    told.add(OPTIONS);
    told.add(made(&sign));

    let plain = wire.clone();
    let signer = scheme.signer(case.flow, &made(&sign)).unwrap();
    let options = OPTIONS.taken_by(signer.takes());
    told.add(&signer);
    let signed = wire.with(|m| signer.sign(m, &options));
    told.result(&signed);
    let explained = wire.with(|m| signer.explain(m, &options));
    explanation(&mut told, explained);
    // Without what it needs.
    told.result(&wire.with(|m| signer.sign(m, &SignOptions::default())));
    wire.apply(&signed.unwrap());

    let ring = KeyRing::of(made(&verify));
    told.add(&ring);
    let again = wire.with(|m| scheme.explain(case.flow, &ring, &[], m, &options));
    explanation(&mut told, again);
    let nothing = Wire::new("GET", "/");
    let tampered = wire.clone().body([&wire.body[..], b"x"].concat());
    if let Ok(verifier) = scheme.verifier(case.flow, &ring) {
        told.add(&verifier);
        told.result(&wire.with(|m| verifier.verify(m, Some(NOW)).map(|v| format!("{v:?}"))));
        for message in [&plain, &nothing, &tampered] {
            told.result(&message.with(|m| verifier.verify(m, Some(NOW)).map(|v| format!("{v:?}"))));
            told.result(&message.with(|m| verifier.verify(m, None).map(|v| format!("{v:?}"))));
        }
    }
    // Wrong keys: of another form, of another product, none at all.
    let wrong = changed(&verify, &scheme, |v| format!("{v}\n"));
    let other = changed(&verify, &scheme, |_| "another key".to_owned());
    // Public keys hold no secret, and trying many of them takes long.
    let text = verify
        .iter()
        .any(|(n, v)| is_secret(&scheme, n) && !v.contains("-----"));
    let mut given = vec![(made(&verify), &plain)];
    if text {
        given.extend([(wrong, &wire), (other.clone(), &wire)]);
    }
    for (keys, message) in given {
        let known = [made(&verify)];
        let options = DiagnoseOptions {
            other_keys: &known,
            now: Some(NOW),
            ..DiagnoseOptions::default()
        };
        let ring = KeyRing::of(keys);
        let found = message.with(|m| diagnose_with(&scheme, case.flow, &ring, m, &options));
        told.result(&found);
        if let Ok(found) = found {
            let _ = writeln!(told.text, "{}", found.to_json());
        }
    }
    for given in [Credentials::new(), other] {
        told.result(&scheme.signer(case.flow, &given));
        told.result(&scheme.verifier(case.flow, &KeyRing::of(given)));
    }
    let _ = writeln!(told.text, "{}", lint_json(&scheme));
    (told, Needles::of(&secrets))
}

fn explanation(told: &mut Told, explained: paysig::Result<paysig::Explanation>) {
    told.result(&explained);
    if let Ok(explained) = explained {
        let _ = writeln!(
            told.text,
            "{}\n{}",
            explained.to_full_json(),
            paysig::explain::visible(explained.string_to_sign())
        );
        for inner in explained.nested() {
            let _ = writeln!(told.text, "{}", paysig::explain::visible(&inner.bytes));
        }
    }
}

#[test]
fn no_secret_is_told_of_any_scheme() {
    for case in TABLE {
        // The provider's side of RSA encryption is no part of this build.
        if case.id == "smile-sec-key" && !cfg!(feature = "provider-side") {
            continue;
        }
        let (told, needles) = tell(case);
        needles.look(&told);
    }
}

#[test]
fn no_secret_is_told_by_token_sessions() {
    let scheme = paysig::scheme("pledg-token").unwrap();
    let pairs = [("api_key", "login"), ("api_secret", CANARY)];
    let mut told = Told {
        about: "pledg-token".to_owned(),
        ..Told::default()
    };
    let session = TokenSession::new(&scheme, &credentials(&pairs));
    told.result(&session);
    let mut session = session.unwrap();
    told.add(session.next(NOW));
    told.result(&session.fetched(200, b"{\"access_token\":1}", NOW));
    told.add(&session);
    Needles::of(&[("api_secret".to_owned(), CANARY.to_owned())]).look(&told);
}

#[test]
fn the_needles_prick() {
    let needles = Needles::of(&[("secret".to_owned(), CANARY.to_owned())]);
    for (_, needle) in &needles.0 {
        let told = Told {
            about: String::new(),
            text: format!("before {needle} after"),
        };
        assert!(
            std::panic::catch_unwind(|| needles.look(&told)).is_err(),
            "{needle}"
        );
    }
    needles.look(&Told {
        about: String::new(),
        text: "signature_mismatch".to_owned(),
    });
}
