//! Which blocks, keys and encodings belong to an algorithm.

use super::{Check, In, Wrong, secrets};
use crate::crypto::Encoding;
use crate::recipe::model::*;

/// What an algorithm makes of its key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One secret for both sides.
    Shared,
    /// A key pair.
    Pair,
    /// The key itself is sent.
    Sent,
    Token,
    External,
}

fn kind(algorithm: Algorithm, spec: &FlowSpec) -> Kind {
    match algorithm {
        Algorithm::Hmac(_) | Algorithm::Digest(_) => Kind::Shared,
        Algorithm::Asymmetric(_) | Algorithm::RsaType2Decrypt => Kind::Pair,
        Algorithm::Jws if spec.jws.as_ref().is_some_and(|j| j.alg.hmac().is_some()) => Kind::Shared,
        Algorithm::Jws => Kind::Pair,
        Algorithm::Token | Algorithm::Basic => Kind::Sent,
        Algorithm::ClientCredentials => Kind::Token,
        Algorithm::External => Kind::External,
    }
}

pub(super) fn check(seen: &In) -> Check {
    let spec = seen.spec;
    let all = spec.algorithm.all();
    let Some(kind) = all.first().map(|a| kind(*a, spec)) else {
        return Err(seen.wrong("algorithm", "names no algorithm"));
    };
    if all.iter().any(|a| self::kind(*a, spec) != kind) {
        return Err(seen.wrong(
            "algorithm",
            "a shared secret and a key pair cannot stand for each other: whoever has the public key could sign",
        ));
    }
    pairing(seen)?;
    blocks(seen, kind, &all)?;
    keys(seen, kind)?;
    encodings(seen, kind, &all)
}

// Different algorithms for the two sides exist only for RSA type 2.
fn pairing(seen: &In) -> Check {
    let AlgorithmRule::Fixed { sign, verify } = seen.spec.algorithm else {
        return Ok(());
    };
    let encrypts = |a| {
        matches!(
            a,
            Algorithm::Asymmetric(crate::crypto::Asymmetric::RsaType2)
        )
    };
    let decrypts = |a| a == Algorithm::RsaType2Decrypt;
    let fits = match sign == verify {
        true => !encrypts(sign) && !decrypts(sign),
        false => (encrypts(sign) && decrypts(verify)) || (decrypts(sign) && encrypts(verify)),
    };
    if fits && !decrypts(sign) {
        return Ok(());
    }
    Err(seen.wrong(
        "algorithm",
        "both sides use the same algorithm, unless one writes rsa-type2-encrypt to sign and rsa-type2-decrypt to verify",
    ))
}

fn blocks(seen: &In, kind: Kind, all: &[Algorithm]) -> Check {
    let spec = seen.spec;
    let only = |there: bool, belongs: bool, key: &str, algorithm: &str| -> Check {
        match (there, belongs) {
            (true, false) => Err(seen.wrong(key, format!("is for algorithm \"{algorithm}\" only"))),
            (false, true) => Err(seen.wrong(
                key,
                format!("is missing: algorithm \"{algorithm}\" needs it"),
            )),
            _ => Ok(()),
        }
    };
    only(
        spec.jws.is_some(),
        all.contains(&Algorithm::Jws),
        "jws",
        "jws",
    )?;
    only(
        spec.token.is_some(),
        kind == Kind::Token,
        "token",
        "client-credentials",
    )?;
    only(
        spec.unverifiable.is_some(),
        kind == Kind::External,
        "unverifiable",
        "external",
    )?;
    let signs = matches!(kind, Kind::Shared | Kind::Pair);
    match (signs, spec.message.first()) {
        (true, None) => Err(seen.wrong("message", "is missing: nothing would be signed")),
        (false, Some(part)) => {
            let what = "this algorithm signs no message";
            Err(super::wrong(part.line, seen.path("message"), what))
        }
        _ => Ok(()),
    }?;
    if kind == Kind::External && !spec.fields.is_empty() {
        return Err(seen.wrong(
            "field",
            "algorithm \"external\" neither writes nor reads anything",
        ));
    }
    let named = matches!(spec.algorithm, AlgorithmRule::Named { .. });
    if named && !signs {
        return Err(seen.wrong(
            "algorithm",
            "only algorithms that sign can be named by the sender",
        ));
    }
    if named && all.contains(&Algorithm::Jws) {
        return Err(seen.wrong(
            "algorithm",
            "a JWS algorithm is pinned in the jws block, never named by the sender",
        ));
    }
    Ok(())
}

fn keys(seen: &In, kind: Kind) -> Check {
    let spec = seen.spec;
    let needs = matches!(kind, Kind::Shared | Kind::Pair | Kind::Sent);
    for (name, key) in [
        ("sign_key", &spec.sign_key),
        ("verify_key", &spec.verify_key),
    ] {
        match (needs, key) {
            (true, None) => {
                let what = format!("is missing: give it, or \"key\" for both {}", "sides");
                return Err(seen.wrong(name, what));
            }
            (false, Some(part)) => {
                return Err(super::wrong(
                    part.line,
                    seen.path("key"),
                    "this algorithm takes no key",
                ));
            }
            _ => {}
        }
    }
    for (path, part) in seen.parts() {
        let last = path.rsplit('.').next().unwrap_or_default();
        if matches!(last, "key" | "sign_key" | "verify_key") {
            key(seen, kind, path, part)?;
        }
    }
    let one = matches!((&spec.sign_key, &spec.verify_key), (Some(s), Some(v)) if s.line == v.line && s.line != Line(0));
    if kind == Kind::Pair && one && same_credential(spec) {
        return Err(seen.wrong(
            "key",
            "a key pair has two keys: give \"sign_key\" for the private and \"verify_key\" for the public one",
        ));
    }
    Ok(())
}

fn same_credential(spec: &FlowSpec) -> bool {
    let credential = |key: &Option<Part>| match key.as_ref().map(|p| &p.source) {
        Some(Source::Credential(id)) => Some(*id),
        _ => None,
    };
    credential(&spec.sign_key).is_some()
        && credential(&spec.sign_key) == credential(&spec.verify_key)
}

fn key(seen: &In, kind: Kind, path: String, part: &Part) -> Check {
    let wrong =
        |what: &str| -> Result<(), Wrong> { Err(super::wrong(part.line, path.clone(), what)) };
    if !secrets::mentions(seen, part, &|_| true) {
        return wrong("a key needs at least one credential");
    }
    let secret = |id: CredentialId| !secrets::is_public(seen, id);
    if matches!(kind, Kind::Shared | Kind::Sent) && !secrets::mentions(seen, part, &secret) {
        return wrong("holds public credentials only: everybody could sign");
    }
    Ok(())
}

fn encodings(seen: &In, kind: Kind, all: &[Algorithm]) -> Check {
    let spec = seen.spec;
    let mut used = std::iter::once(&spec.write_encoding).chain(&spec.read_encodings);
    let fits = if all.contains(&Algorithm::Jws) {
        used.all(|e| *e == Encoding::Text)
    } else if kind == Kind::Pair || kind == Kind::Shared {
        used.all(|e| *e != Encoding::Text)
    } else if all.contains(&Algorithm::Basic) {
        used.all(|e| *e == Encoding::Base64)
    } else {
        used.all(|e| *e == Encoding::Text)
    };
    if fits {
        return Ok(());
    }
    let what = match kind {
        Kind::Shared | Kind::Pair if !all.contains(&Algorithm::Jws) => {
            "a signature is bytes: give it an encoding like \"hex\" or \"base64\""
        }
        _ => "this algorithm has its own encoding: leave it out",
    };
    Err(seen.wrong("encoding", what))
}
