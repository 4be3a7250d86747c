//! Known attacks on signed messages, one test each, named after the attack. Those that other files hold already:
//! forgeries of PKCS#1 v1.5, PSS, ECDSA and EdDSA in crypto_wycheproof.rs; Smile ID's RSA blocks in crypto_asymmetric.rs;
//! oversize, deeply nested and doubled input and recipe bombs in hostile.rs; flipped bits in properties.rs.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::crypto::{Encoding, Hash, HmacKey};
use paysig::recipe::Place;
use paysig::replay::{Begin, Guard, MemoryStore};
use paysig::{Error, Flow, KeyRing, Scheme, Status, Verifier};
use support::table::{Case, NOW, TABLE, options};
use support::{Rng, Wire, at_path, credentials};

fn case(id: &str, flow: Flow) -> &'static Case {
    let mut all = TABLE.iter();
    all.find(|c| c.id == id && c.flow == flow)
        .unwrap_or_else(|| panic!("{id}"))
}

fn verifier(case: &Case) -> Verifier {
    let ring = KeyRing::of(credentials(case.verify));
    let scheme = paysig::scheme(case.id).unwrap();
    scheme.verifier(case.flow, &ring).unwrap()
}

fn judge(verifier: &Verifier, wire: &Wire) -> Result<(), Error> {
    wire.with(|m| verifier.verify(m, Some(NOW)).map(|_| ()))
}

#[track_caller]
fn refused(verifier: &Verifier, wire: &Wire, what: &str) -> Error {
    match judge(verifier, wire) {
        Err(error) => {
            assert!(error.status().is_verdict(), "{what}: {error}");
            error
        }
        Ok(()) => panic!("{what} was accepted: {wire:?}"),
    }
}

fn base64url(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    Encoding::Base64Url.encode_into(bytes, &mut text);
    String::from_utf8(text).unwrap()
}

/// The flows whose signature is a JWS: where its token stands, and the key that a confused verifier would use.
fn jws_flows() -> Vec<(&'static Case, Wire, String)> {
    let flows = [
        ("truelayer", Flow::Request),
        ("truelayer", Flow::Webhook),
        ("ebanx", Flow::Request),
        ("pledg-jwt", Flow::Webhook),
    ];
    let found = flows.map(|(id, flow)| {
        let case = case(id, flow);
        let wire = case.signed(1);
        judge(&verifier(case), &wire).unwrap();
        let token = token_of(&wire, &place(case));
        (case, wire, token)
    });
    found.into()
}

/// Where a flow's signature stands.
fn place(case: &Case) -> Place {
    let scheme = paysig::scheme(case.id).unwrap();
    let fields = &scheme.recipe().flow(case.flow).unwrap().fields;
    fields[0].place.clone()
}

fn token_of(wire: &Wire, place: &Place) -> String {
    match place {
        Place::Header(name) => String::from_utf8(wire.get(name).unwrap().to_vec()).unwrap(),
        Place::Json(path) => {
            let mut body: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
            at_path(&mut body, path).unwrap().as_str().unwrap().into()
        }
        other => panic!("{}", other.label()),
    }
}

fn with_token(wire: &Wire, place: &Place, token: &str) -> Wire {
    let mut wire = wire.clone();
    match place {
        Place::Header(name) => wire.set(name, token.into()),
        Place::Json(path) => {
            let mut body: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
            *at_path(&mut body, path).unwrap() = token.into();
            wire.body = serde_json::to_vec(&body).unwrap();
        }
        other => panic!("{}", other.label()),
    }
    wire
}

/// The token's header as text, changed.
fn with_header(token: &str, change: impl FnOnce(String) -> String) -> String {
    let (header, rest) = token.split_once('.').unwrap();
    let header = Encoding::Base64Url.decode(header.as_bytes()).unwrap();
    let header = change(String::from_utf8(header).unwrap());
    format!("{}.{rest}", base64url(header.as_bytes()))
}

fn with_alg(token: &str, alg: &str) -> String {
    with_header(token, |header| {
        let (before, rest) = header.split_once("\"alg\":\"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        format!("{before}\"alg\":\"{alg}\"{after}")
    })
}

fn without_signature(token: &str) -> String {
    format!("{}.", token.rsplit_once('.').unwrap().0)
}

#[test]
fn alg_none_is_refused_however_it_is_written() {
    for (case, wire, token) in jws_flows() {
        let verifier = verifier(case);
        for alg in [
            "none",
            "None",
            "NONE",
            "nOnE",
            "none\\u0000",
            "",
            " ",
            "null",
        ] {
            for token in [
                with_alg(&token, alg),
                without_signature(&with_alg(&token, alg)),
            ] {
                let wire = with_token(&wire, &place(case), &token);
                let error = refused(&verifier, &wire, &format!("{} alg {alg}", case.id));
                assert_eq!(error.status(), Status::UnsupportedAlgorithm, "{error}");
            }
        }
        // The right name and nothing under it; two segments; none at all.
        for token in [
            without_signature(&token),
            token.rsplit_once('.').unwrap().0.to_owned(),
            String::from(".."),
            String::new(),
        ] {
            let wire = with_token(&wire, &place(case), &token);
            refused(&verifier, &wire, &format!("{} {token:?}", case.id));
        }
        // An alg that two readers read differently.
        let twins: [fn(String) -> String; 3] = [
            |h| h.replacen('{', "{\"alg\":\"none\",", 1),
            |h| h.replacen('{', "{\"\\u0061lg\":\"none\",", 1),
            |h| h.replacen("\"alg\":\"", "\"alg\":[\"none\"],\"x\":\"", 1),
        ];
        for twin in twins {
            let wire = with_token(&wire, &place(case), &with_header(&token, twin));
            let error = refused(&verifier, &wire, &format!("{} twin", case.id));
            assert!(
                matches!(
                    error.status(),
                    Status::MalformedSignature | Status::UnsupportedAlgorithm
                ),
                "{error}"
            );
        }
    }
}

#[test]
fn algorithm_confusion_a_public_key_is_no_mac_secret() {
    for (case, wire, token) in jws_flows() {
        let verifier = verifier(case);
        let (_, key) = case.verify.last().unwrap();
        let stripped: String = key.lines().filter(|l| !l.starts_with('-')).collect();
        for alg in ["HS256", "HS384", "HS512"] {
            if case.id == "pledg-jwt" && alg == "HS256" {
                continue; // its own
            }
            let hash = match alg {
                "HS256" => Hash::Sha256,
                "HS384" => Hash::Sha384,
                _ => Hash::Sha512,
            };
            for secret in [key, key.trim_end(), &stripped[..]] {
                let token = with_alg(&token, alg);
                let mut segments = token.splitn(3, '.');
                let (header, payload) = (segments.next().unwrap(), segments.next().unwrap());
                let message = match payload {
                    "" => base64url(&wire.body),
                    inside => inside.to_owned(),
                };
                let mac = HmacKey::new(hash, secret.as_bytes())
                    .mac(format!("{header}.{message}").as_bytes());
                let forged = format!("{header}.{payload}.{}", base64url(&mac));
                let wire = with_token(&wire, &place(case), &forged);
                let error = refused(&verifier, &wire, &format!("{} as {alg}", case.id));
                assert_eq!(error.status(), Status::UnsupportedAlgorithm, "{error}");
            }
        }
        // Another algorithm of the same family is another algorithm, too.
        for alg in ["ES256", "RS512", "PS256", "EdDSA", "hs256", "HS256 "] {
            let wire = with_token(&wire, &place(case), &with_alg(&token, alg));
            let error = refused(&verifier, &wire, &format!("{} as {alg}", case.id));
            assert_eq!(error.status(), Status::UnsupportedAlgorithm, "{error}");
        }
    }
}

#[test]
fn a_sender_names_only_algorithms_of_the_recipe_and_of_the_caller() {
    let text = r#"id = "x"
name = "X"
[credentials]
secret = {}
[webhook]
algorithm = { named = { strong = "hmac-sha256", weak = "hmac-sha1" }, sign = "weak" }
key = { credential = "secret" }
encoding = "hex"
retention = 60
message = [{ body = "raw" }]
field = [
  { header = "X-Algorithm", value = [{ algorithm = true }] },
  { header = "X-Sig", value = [{ signature = true }] },
]
"#;
    let scheme = Scheme::from_toml(text, "x").unwrap();
    let keys = credentials(&[("secret", "s")]);
    let signer = scheme.signer(Flow::Webhook, &keys).unwrap();
    let mut wire = Wire::new("POST", "/").body("b");
    wire.sign(&signer, &options(&signer));
    let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
    judge(&verifier, &wire).unwrap();
    let narrowed = verifier.clone().only_algorithms(&["strong"]).unwrap();
    let error = refused(&narrowed, &wire, "an algorithm that the caller excludes");
    assert_eq!(error.status(), Status::UnsupportedAlgorithm);
    for name in [
        "none",
        "",
        "WEAK",
        "weak ",
        "hmac-sha1",
        "md5",
        "strong,weak",
    ] {
        let mut other = wire.clone();
        other.set("X-Algorithm", name.into());
        refused(&verifier, &other, name);
    }
}

#[test]
fn key_id_injection_finds_no_key_and_is_not_repeated() {
    const IDS: [&str; 14] = [
        "../../../../dev/null",
        "/dev/null",
        "' OR '1'='1",
        "login-1' --",
        "login-1\u{0}",
        "login-1\t",
        "LOGIN-1",
        "login-1,login-1",
        "login-",
        "*",
        "%6Cogin-1",
        "https://evil.example/jwks.json",
        "__proto__",
        "${jndi:ldap://evil.example}",
    ];
    let case = case("directa24-deposits", Flow::Request);
    let verifier = verifier(case);
    let good = case.signed(1);
    for id in IDS
        .map(str::to_owned)
        .into_iter()
        .chain(["k".repeat(60_000)])
    {
        let mut wire = good.clone();
        wire.set("X-Login", id.clone().into());
        let error = refused(&verifier, &wire, &id);
        assert!(
            matches!(error.status(), Status::UnknownKey | Status::MalformedField),
            "{id}: {error}"
        );
        assert!(!error.to_string().contains(&id[..]) || id == "*", "{error}");
    }
}

#[test]
fn a_key_that_the_message_brings_along_is_not_used() {
    let attacker = include_str!("keys/p521.pkcs8.pem").replace('\n', "");
    for (case, wire, token) in jws_flows() {
        let verifier = verifier(case);
        for extra in [
            r#""jwk":{"kty":"oct","k":"AAAA"},"#,
            r#""jku":"https://evil.example/jwks.json","#,
            r#""x5u":"https://evil.example/cert.pem","#,
            &format!(r#""x5c":["{attacker}"],"#)[..],
            r#""crit":["exp"],"exp":1,"#,
            r#""b64":false,"crit":["b64"],"#,
            r#""zip":"DEF","#,
        ] {
            let token = with_header(&token, |h| h.replacen('{', &format!("{{{extra}"), 1));
            let error = refused(
                &verifier,
                &with_token(&wire, &place(case), &token),
                &format!("{} {extra}", case.id),
            );
            assert!(error.key_request().is_none(), "{error}");
        }
    }
}

#[test]
fn the_address_of_a_key_is_on_the_recipe_s_hosts_or_refused() {
    // No key of the ring fits, so the message's own address is what counts.
    let case = case("truelayer", Flow::Webhook);
    let ring = KeyRing::new();
    let verifier = paysig::scheme("truelayer")
        .unwrap()
        .verifier(Flow::Webhook, &ring)
        .unwrap();
    let wire = case.signed(1);
    let token = token_of(&wire, &place(case));
    let with_jku = |url: &str| {
        let token = with_header(&token, |h| {
            h.replacen('{', &format!("{{\"jku\":\"{url}\","), 1)
        });
        judge(&verifier, &with_token(&wire, &place(case), &token)).unwrap_err()
    };
    let good = "https://webhooks.truelayer.com/.well-known/jwks";
    assert_eq!(
        with_jku(good).key_request().unwrap().url.as_deref(),
        Some(good)
    );
    for evil in [
        "http://webhooks.truelayer.com/jwks",
        "https://evil.example/jwks",
        "https://webhooks.truelayer.com.evil.example/jwks",
        "https://evil.example/webhooks.truelayer.com",
        "https://evil.example#webhooks.truelayer.com",
        "https://evil.example?webhooks.truelayer.com",
        "https://webhooks.truelayer.com@evil.example/jwks",
        "https://evil.example\\\\@webhooks.truelayer.com/jwks",
        "https://webhooks.truelayer.com:8443/jwks",
        "https://webhooks.truelayer.com%2eevil.example/jwks",
        "https://evilwebhooks.truelayer.com/jwks",
        "https://127.0.0.1/jwks",
        "https:///webhooks.truelayer.com",
        "file:///etc/passwd",
        "//webhooks.truelayer.com/jwks",
        "javascript:alert(1)",
        "https://webhooks.truelayer.com/\\r\\nHost: evil",
        // One key under many addresses would make one message many.
        "https://webhooks.truelayer.com/.well-known/jwks?1",
        "https://Webhooks.truelayer.com/.well-known/jwks",
        "https://webhooks.truelayer.com//.well-known/jwks",
        "https://webhooks.truelayer.com/./.well-known/jwks",
        "https://webhooks.truelayer.com/a/../.well-known/jwks",
        "https://webhooks.truelayer.com/.well-known/jwk%73",
        "https://webhooks.truelayer.com./.well-known/jwks",
        "",
    ] {
        let error = with_jku(evil);
        assert!(error.status().is_verdict(), "{evil}: {error}");
        assert!(error.key_request().is_none(), "{evil}: {error}");
        assert!(!error.to_string().contains("evil"), "{error}");
    }
}

#[test]
fn prototype_names_are_names_like_others() {
    for name in ["__proto__", "constructor", "prototype", "toString"] {
        assert_eq!(
            paysig::scheme(name).unwrap_err().status(),
            Status::UnknownScheme
        );
        let keys = credentials(&[("secret", "s"), (name, "x")]);
        let refused = paysig::scheme("stripe").unwrap();
        let error = refused.signer(Flow::Webhook, &keys).unwrap_err();
        assert_eq!(error.status(), Status::InvalidCredentials, "{error}");

        // In a body they change nothing that is signed, and what was not signed is not handed out.
        let case = case("pledg-notification", Flow::Webhook);
        let mut wire = case.signed(1);
        let text = String::from_utf8(wire.body.clone()).unwrap();
        let extra = format!("{{\"{name}\":{{\"status\":\"completed\",\"polluted\":true}},");
        wire.body = text.replacen('{', &extra, 1).into();
        let verifier = verifier(case);
        let json = wire.with(|m| verifier.verify(m, Some(NOW)).unwrap().signed_json());
        let json = json.unwrap();
        assert!(!json.contains(name) && !json.contains("polluted"), "{json}");
    }
}

#[test]
fn json_twins_are_refused_however_they_are_spelled() {
    let case = case("pledg-notification", Flow::Webhook);
    let verifier = verifier(case);
    let good = case.signed(1);
    let text = String::from_utf8(good.body.clone()).unwrap();
    for twin in [
        "\"status\"",
        "\"\\u0073tatus\"",
        "\"st\\u0061tus\"",
        "\"Status\"",
        "\"STATUS\"",
    ] {
        // Before and after the signed one: first-wins and last-wins readers.
        for body in [
            text.replacen('{', &format!("{{{twin}:\"paid\","), 1),
            format!("{},{twin}:\"paid\"}}", text.strip_suffix('}').unwrap()),
        ] {
            let wire = good.clone().body(body);
            let error = refused(&verifier, &wire, twin);
            assert!(
                matches!(
                    error.status(),
                    Status::DuplicateField | Status::MalformedField | Status::ContentRejected
                ),
                "{twin}: {error}"
            );
        }
    }
}

#[test]
fn header_smuggling_twins_folds_and_line_breaks_are_refused() {
    let case = case("directa24-deposits", Flow::Request);
    let verifier = verifier(case);
    let good = case.signed(1);
    for name in ["X-Date", "X-Login", "Authorization"] {
        let value = good.get(name).unwrap().to_vec();
        // A second line, in any case, before or after.
        for twin in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            for at in [0, good.headers.len()] {
                let mut wire = good.clone();
                wire.headers.insert(at, (twin.clone(), value.clone()));
                let error = refused(&verifier, &wire, &twin);
                assert_eq!(error.status(), Status::DuplicateField, "{error}");
            }
        }
        // What a lax server passes on: a folded or broken line, joined lines, a blank in the name.
        for broken in ["\r\nX-Evil: 1", "\n", "\r", "\0", ", x", "\r\n folded"] {
            let mut wire = good.clone();
            wire.set(name, [&value[..], broken.as_bytes()].concat());
            refused(&verifier, &wire, broken);
        }
        for other in [
            name.replace('-', "_"),
            format!("{name} "),
            format!(" {name}"),
        ] {
            if other == name {
                continue;
            }
            let mut wire = good.clone();
            wire.remove(name);
            wire.headers.push((other.clone(), value.clone()));
            refused(&verifier, &wire, &other);
        }
    }
}

/// SHA-256 continued from a digest, as if it were an inner state: what a forger computes without the secret.
fn extend_sha256(digest: &[u8], hashed_len: usize, more: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let glue = |length: usize| {
        let mut glue = vec![0x80];
        while !(length + glue.len() + 8).is_multiple_of(64) {
            glue.push(0);
        }
        glue.extend_from_slice(&(length as u64 * 8).to_be_bytes());
        glue
    };
    let first = glue(hashed_len);
    let mut state = [0u32; 8];
    for (word, bytes) in state.iter_mut().zip(digest.chunks(4)) {
        *word = u32::from_be_bytes(bytes.try_into().unwrap());
    }
    let total = hashed_len + first.len() + more.len();
    let rest = [more, &glue(total)].concat();
    let blocks: Vec<[u8; 64]> = rest.chunks(64).map(|c| c.try_into().unwrap()).collect();
    sha2::block_api::compress256(&mut state, &blocks);
    let digest = state.iter().flat_map(|w| w.to_be_bytes()).collect();
    (first, digest)
}

#[test]
fn length_extension_works_on_secret_first_digests_only_and_lint_says_so() {
    let recipe = |algorithm: &str, rest: &str| {
        let text = format!(
            "id = \"x\"\nname = \"X\"\n[credentials]\nsecret = {{}}\n[webhook]\nalgorithm = \"{algorithm}\"\nencoding = \"hex\"\nretention = 60\n{rest}\nfield = [{{ header = \"X-Sig\", value = [{{ signature = true }}] }}]\n"
        );
        Scheme::from_toml(&text, "x").unwrap()
    };
    let digest = recipe(
        "digest-sha256",
        "key = { credential = \"secret\" }\nmessage = [{ credential = \"secret\" }, { body = \"raw\" }]",
    );
    let hmac = recipe(
        "hmac-sha256",
        "key = { credential = \"secret\" }\nmessage = [{ body = \"raw\" }]",
    );
    let last = recipe(
        "digest-sha256",
        "key = { credential = \"secret\" }\nmessage = [{ body = \"raw\" }, { credential = \"secret\" }]",
    );
    let forged = |scheme: &Scheme| {
        let secret = "eleven byte";
        let keys = credentials(&[("secret", secret)]);
        let signer = scheme.signer(Flow::Webhook, &keys).unwrap();
        let mut wire = Wire::new("POST", "/").body("amount=1");
        wire.sign(&signer, &options(&signer));
        let verifier = scheme.verifier(Flow::Webhook, &KeyRing::of(keys)).unwrap();
        judge(&verifier, &wire).unwrap();
        let known = Encoding::Hex.decode(wire.get("X-Sig").unwrap()).unwrap();
        let more = b"&amount=1000000";
        let (glue, mac) = extend_sha256(&known, secret.len() + wire.body.len(), more);
        wire.body = [&wire.body[..], &glue, more].concat();
        let mut text = Vec::new();
        Encoding::Hex.encode_into(&mac, &mut text);
        wire.set("X-Sig", text);
        judge(&verifier, &wire)
    };
    let warned = |scheme: &Scheme| {
        let all = paysig::lint(scheme.recipe());
        all.iter().any(|l| l.id == "secret-first-digest")
    };
    // That the attack is real is what gives the refusals their meaning.
    forged(&digest).unwrap();
    assert!(warned(&digest));
    for scheme in [&hmac, &last] {
        assert_eq!(
            forged(scheme).unwrap_err().status(),
            Status::SignatureMismatch
        );
        assert!(!warned(scheme));
    }
}

#[test]
fn ecdsa_malleability_makes_no_second_message() {
    // (r, s) and (r, n - s) are both signatures; the guard must see one message.
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let case = case("rfc9421-ecdsa-p256-sha256", Flow::Request);
    let verifier = verifier(case);
    let first = case.signed(1);
    let text = String::from_utf8(first.get("Signature").unwrap().to_vec()).unwrap();
    let (label, value) = text.split_once(":").unwrap();
    let mut raw = Encoding::Base64
        .decode(value.trim_end_matches(':').as_bytes())
        .unwrap();
    let mut borrow = 0i32;
    for i in (0..32).rev() {
        let difference = i32::from(N[i]) - i32::from(raw[32 + i]) - borrow;
        borrow = i32::from(difference < 0);
        raw[32 + i] = difference.rem_euclid(256) as u8;
    }
    let mut other = Vec::new();
    Encoding::Base64.encode_into(&raw, &mut other);
    let mut second = first.clone();
    second.set(
        "Signature",
        format!("{label}:{}:", String::from_utf8(other).unwrap()).into(),
    );
    assert_ne!(first.get("Signature"), second.get("Signature"));

    let key = |wire: &Wire| wire.with(|m| verifier.verify(m, Some(NOW)).unwrap().replay_key());
    let guard = Guard::new(MemoryStore::new(10), 600);
    let Begin::Fresh(lease) = guard.begin(&key(&first), NOW).unwrap() else {
        panic!("the first delivery is not fresh");
    };
    guard.commit(&lease, NOW).unwrap();
    assert_eq!(guard.begin(&key(&second), NOW).unwrap(), Begin::Done);
}

#[test]
fn a_reflected_request_is_no_webhook_or_lint_says_so() {
    let mut pairs = 0;
    for request in TABLE.iter().filter(|c| c.flow == Flow::Request) {
        let mut all = TABLE.iter();
        let Some(webhook) = all.find(|c| c.id == request.id && c.flow == Flow::Webhook) else {
            continue;
        };
        pairs += 1;
        if request.sign != request.verify {
            continue; // each side has its own key pair
        }
        let scheme = paysig::scheme(request.id).unwrap();
        let ring = KeyRing::of(credentials(webhook.verify));
        let verifier = scheme.verifier(Flow::Webhook, &ring).unwrap();
        // One key in both directions is the worst case, and what the recipes' tests use.
        let accepted = (0..8).any(|seed| judge(&verifier, &request.signed(seed)).is_ok());
        let lints = paysig::lint(scheme.recipe());
        let says = lints.iter().any(|l| l.id == "reflection");
        assert!(
            !accepted || says,
            "{}: a request verifies as a webhook, and lint does not say so",
            request.id
        );
    }
    assert!(pairs >= 10, "{pairs}");
}

#[test]
fn downgrade_to_unsigned_is_refused() {
    for case in TABLE {
        let scheme = paysig::scheme(case.id).unwrap();
        let ring = KeyRing::of(credentials(case.verify));
        let Ok(verifier) = scheme.verifier(case.flow, &ring) else {
            continue; // it would need to decrypt
        };
        for seed in 0..4 {
            let mut plain = (case.message)(&mut Rng(seed));
            refused(&verifier, &plain, &format!("{} unsigned", case.id));
            // The signature's header there, but empty, and the same with a scheme's name only.
            for field in &scheme.recipe().flow(case.flow).unwrap().fields {
                if let Place::Header(name) = &field.place {
                    for value in ["", " ", "none", "Bearer ", "v1=", "t=1709629687,v1="] {
                        plain.remove(name);
                        plain.headers.push((name.clone(), value.into()));
                        refused(&verifier, &plain, &format!("{} {name}: {value}", case.id));
                    }
                    plain.remove(name);
                }
            }
        }
    }
    // An older version of the signature beside or instead of the one that counts.
    let case = case("stripe", Flow::Webhook);
    let verifier = verifier(case);
    let good = case.signed(1);
    let text = String::from_utf8(good.get("Stripe-Signature").unwrap().to_vec()).unwrap();
    for other in ["v0=", "v2=", "V1=", "v01=", "v1v1="] {
        let mut wire = good.clone();
        wire.set("Stripe-Signature", text.replace("v1=", other).into());
        refused(&verifier, &wire, other);
    }
}

#[test]
fn the_host_header_never_makes_a_url() {
    for id in ["twilio", "twilio-shared-key", "square"] {
        let case = case(id, Flow::Webhook);
        let verifier = verifier(case);
        let good = case.signed(1);
        let host = good.url.as_ref().unwrap().split('/').nth(2).unwrap();
        // Without the configured address nothing is accepted, whatever headers claim to know it.
        let mut wire = good.clone();
        wire.url = None;
        for (name, value) in [
            ("Host", host),
            ("X-Forwarded-Host", host),
            ("X-Forwarded-Proto", "https"),
            ("Forwarded", "proto=https"),
            ("X-Original-URL", good.url.as_deref().unwrap()),
        ] {
            wire.headers.push((name.into(), value.into()));
            assert!(judge(&verifier, &wire).is_err(), "{id} {name}");
        }
        // With it, a forged Host changes nothing.
        let forged = good.clone().header("Host", "evil.example");
        judge(&verifier, &forged).unwrap();
        let mut moved = good.clone();
        moved.url = Some(good.url.as_ref().unwrap().replace(host, "evil.example"));
        refused(&verifier, &moved, id);
    }
}
