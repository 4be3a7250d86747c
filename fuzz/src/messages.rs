//! Messages of every scheme of the catalogue: what is signed verifies; what is changed is refused, unless it is the same
//! message by the scheme's own rule (the same replay key); no verdict quotes a secret; diagnose keeps within its budget.

use crate::Pieces;
use crate::support::table::{Case, NONCE, PAYLOAD, TABLE};
use crate::support::{Rng, Wire, credentials};
use paysig::{
    DiagnoseOptions, Error, KeyRing, Scheme, SignOptions, Signer, Status, UnixMillis, Verifier,
};
use std::sync::OnceLock;

const NOW: UnixMillis = UnixMillis(1_709_629_687_000);

struct Ready {
    case: &'static Case,
    scheme: Scheme,
    ring: KeyRing,
    /// Whoever sends the credential itself may send what they like.
    bearer: bool,
    signer: Signer,
    verifier: Option<Verifier>,
    plain: Wire,
    signed: Wire,
    replay_key: Option<String>,
}

fn options(signer: &Signer) -> SignOptions<'static> {
    let all = SignOptions {
        now: Some(NOW),
        nonce: Some(NONCE),
        payload: Some(PAYLOAD),
        seed: Some(&[7; 32]),
        ..SignOptions::default()
    };
    all.taken_by(signer.takes())
}

/// A flow of the table that costs microseconds; keys are parsed once.
fn ready(number: usize) -> &'static Ready {
    static READY: OnceLock<Vec<OnceLock<Ready>>> = OnceLock::new();
    let quick = TABLE.iter().filter(|c| !c.slow).count();
    let all = READY.get_or_init(|| (0..quick).map(|_| OnceLock::new()).collect());
    all[number % quick].get_or_init(|| make(number % quick))
}

fn make(number: usize) -> Ready {
    let case = TABLE.iter().filter(|c| !c.slow).nth(number).unwrap();
    let scheme = paysig::scheme(case.id).unwrap();
    let signer = scheme.signer(case.flow, &credentials(case.sign)).unwrap();
    let ring = KeyRing::of(credentials(case.verify));
    let verifier = scheme.verifier(case.flow, &ring).ok();
    let plain = (case.message)(&mut Rng(3));
    let mut signed = plain.clone();
    let made = signed.with(|m| signer.sign(m, &options(&signer))).unwrap();
    signed.apply(&made);
    let replay_key = verifier
        .as_ref()
        .map(|v| signed.with(|m| v.verify(m, Some(NOW)).unwrap().replay_key()));
    let lints = paysig::lint(scheme.recipe());
    let bearer = (lints.iter()).any(|l| l.id == "bearer-credential" && l.flow == case.flow);
    Ready {
        case,
        scheme,
        ring,
        bearer,
        signer,
        verifier,
        plain,
        signed,
        replay_key,
    }
}

/// The message with what the input says put in place of its own.
fn changed(wire: &Wire, pieces: &mut Pieces<'_>) -> Wire {
    let mut wire = wire.clone();
    let text = |piece: &[u8]| String::from_utf8_lossy(piece).into_owned();
    for (name, value) in pieces.pairs() {
        match name {
            b":method" => wire.method = text(value),
            b":target" => wire.target = value.into(),
            b":url" => wire.url = Some(text(value)),
            b":body" => wire.body = value.into(),
            b":body+" => wire.body.extend_from_slice(value),
            b":query" => wire.target.extend([b"&", value].concat()),
            [b'-', name @ ..] => wire.remove(&text(name)),
            [b'+', name @ ..] => wire.headers.push((text(name), value.into())),
            // The n-th header, so that one corpus serves every scheme.
            [digit @ b'0'..=b'9'] => {
                let at = usize::from(digit - b'0');
                if let Some(header) = wire.headers.get_mut(at) {
                    header.1 = value.into();
                }
            }
            name => wire.headers.push((text(name), value.into())),
        }
    }
    wire
}

fn proper(ready: &Ready, data: &[u8], error: &Error) {
    no_secret(ready, data, &format!("{error} {error:?}"));
}

/// No credential in what is said. One that the fuzzer itself wrote into the message, which it learns from this comparison, may be
/// quoted from there.
fn no_secret(ready: &Ready, data: &[u8], text: &str) {
    let data = String::from_utf8_lossy(data);
    for (name, value) in ready.case.verify {
        let public = value.len() < 8 || ["login", "key_id"].contains(name) || data.contains(value);
        assert!(public || !text.contains(value), "{name} in {text}");
    }
}

pub fn sign(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let ready = ready(pieces.number());
    let mut wire = changed(&ready.plain, &mut pieces);
    let made = match wire.with(|m| ready.signer.sign(m, &options(&ready.signer))) {
        Ok(made) => made,
        Err(error) => {
            assert!(
                matches!(
                    error.status(),
                    Status::InvalidMessage | Status::InvalidOption
                ),
                "{error}"
            );
            return proper(ready, data, &error);
        }
    };
    wire.with(|m| ready.signer.explain(m, &options(&ready.signer)))
        .unwrap();
    for (name, value) in made.headers() {
        assert!(!name.contains(['\r', '\n', '\0']), "{name:?}");
        assert!(
            !value.iter().any(|b| b"\r\n\0".contains(b)),
            "{name}: {value:?}"
        );
    }
    wire.apply(&made);
    if let Some(verifier) = &ready.verifier {
        let verified = wire.with(|m| verifier.verify(m, Some(NOW)).map(|v| v.report()));
        // A signer does not judge the content that a verifier demands.
        if let Err(error) = verified {
            assert_ne!(
                error.status(),
                Status::SignatureMismatch,
                "{}: {wire:?}",
                ready.case.id
            );
        }
    }
}

pub fn verify(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let ready = ready(pieces.number());
    let wire = changed(&ready.signed, &mut pieces);
    let Some(verifier) = &ready.verifier else {
        return;
    };
    let _ = wire.with(|m| verifier.handshake(m, Some(NOW)).map(|_| ()));
    let _ = wire.with(|m| verifier.explain(m).map(|_| ()));
    match wire.with(|m| verifier.verify(m, Some(NOW)).map(|v| v.report())) {
        Ok(report) => {
            assert!(
                ready.bearer || report.replay_key == ready.replay_key,
                "{}: another message was accepted: {wire:?}",
                ready.case.id
            );
        }
        Err(error) => {
            assert!(error.status().is_verdict(), "{error}");
            proper(ready, data, &error);
        }
    }
}

pub fn diagnose(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let ready = ready(pieces.number());
    let wire = changed(&ready.signed, &mut pieces);
    let options = DiagnoseOptions {
        now: Some(NOW),
        ..DiagnoseOptions::default()
    };
    let result = wire
        .with(|m| paysig::diagnose_with(&ready.scheme, ready.case.flow, &ready.ring, m, &options));
    match result {
        Ok(diagnosis) => {
            no_secret(ready, data, &format!("{:?}", diagnosis.findings));
        }
        Err(error) => proper(ready, data, &error),
    }
}
