//! Bad input of every kind: always a verdict that names the field, never a panic, never a secret, never for long.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::recipe::{Caller, Field, Place};
use paysig::{
    Error, Flow, KeyRing, Message, Result, Scheme, SignOptions, Status, UnixMillis, Verifier,
};
use std::time::{Duration, Instant};
use support::table::{Case, NOW, TABLE, options};
use support::{Rng, Wire, credentials};

fn verifier(case: &Case) -> Option<Verifier> {
    let scheme = paysig::scheme(case.id).unwrap();
    let ring = KeyRing::of(credentials(case.verify));
    scheme.verifier(case.flow, &ring).ok()
}

fn judge(verifier: &Verifier, wire: &Wire) -> Result<()> {
    wire.with(|m| verifier.verify(m, Some(NOW)).map(|_| ()))
}

/// A refusal is a verdict, has words for people and holds no secret.
#[track_caller]
fn proper(case: &Case, error: &Error, what: &str) {
    let text = format!("{error} {error:?}");
    assert!(
        error.status().is_verdict(),
        "{} {} {what}: {text}",
        case.id,
        case.flow.name()
    );
    assert!(error.message().len() > 5, "{text}");
    let recipe = paysig::scheme(case.id).unwrap();
    for (name, value) in case.sign.iter().chain(case.verify) {
        let secret = recipe
            .recipe()
            .credentials
            .iter()
            .any(|c| c.name == *name && !c.public);
        assert!(
            !secret || !text.contains(value),
            "{} {what}: {name} stands in {text}",
            case.id
        );
    }
}

/// Runs over every scheme, its own fields and a good message.
fn each_field(test: impl Fn(&Case, &Verifier, &Wire, &Field)) {
    for case in TABLE {
        let Some(verifier) = verifier(case) else {
            continue;
        };
        let scheme = paysig::scheme(case.id).unwrap();
        for seed in 0..if case.slow { 1 } else { 4 } {
            let wire = case.signed(seed);
            judge(&verifier, &wire).unwrap();
            for field in &scheme.recipe().flow(case.flow).unwrap().fields {
                if present(&wire, &field.place) {
                    test(case, &verifier, &wire, field);
                }
            }
        }
    }
}

fn present(wire: &Wire, place: &Place) -> bool {
    match place {
        Place::Header(name) => wire.get(name).is_some(),
        Place::Query(name) => String::from_utf8_lossy(&wire.target).contains(&format!("{name}=")),
        Place::Json(_) => wire.body.first() == Some(&b'{'),
        Place::Form(name) => wire.pairs().iter().any(|(n, _)| n == name),
        Place::Cookie(_) => false,
    }
}

/// The message with the texts of a field replaced: none removes it, two double it.
fn with_texts(wire: &Wire, place: &Place, texts: &[&[u8]]) -> Wire {
    let mut wire = wire.clone();
    let fields = |all: &str, name: &str| {
        let mut kept: Vec<String> = all
            .split('&')
            .filter(|p| !p.starts_with(&format!("{name}=")) && !p.is_empty())
            .map(str::to_owned)
            .collect();
        for text in texts {
            let mut value = Vec::new();
            paysig::text::url::percent_encode_into(text, &mut value);
            kept.push(format!("{name}={}", String::from_utf8(value).unwrap()));
        }
        kept.join("&")
    };
    match place {
        Place::Header(name) => {
            wire.remove(name);
            for text in texts {
                wire.headers.push((name.clone(), text.to_vec()));
            }
        }
        Place::Query(name) => {
            let target = String::from_utf8(wire.target.clone()).unwrap();
            let (path, query) = target.split_once('?').unwrap();
            wire.target = format!("{path}?{}", fields(query, name)).into();
        }
        Place::Form(name) => {
            let body = String::from_utf8(wire.body.clone()).unwrap();
            wire.body = fields(&body, name).into();
        }
        Place::Json(path) => {
            let mut value: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
            let (parent, name) = match path.rsplit_once('.') {
                Some((parent, name)) => (support::at_path(&mut value, parent).unwrap(), name),
                None => (&mut value, &path[..]),
            };
            let object = parent.as_object_mut().unwrap();
            object.remove(name);
            // A marker that is replaced in the text, since a map holds no name twice.
            let members: Vec<String> = texts
                .iter()
                .map(|t| {
                    let text = serde_json::Value::from(String::from_utf8_lossy(t).into_owned());
                    format!("{}:{text}", serde_json::Value::from(name))
                })
                .collect();
            if !members.is_empty() {
                object.insert("zz_marker".into(), 0.into());
            }
            let text = value.to_string();
            let marker = "\"zz_marker\":0";
            wire.body = text.replace(marker, &members.join(",")).into();
        }
        Place::Cookie(_) => {}
    }
    wire
}

fn text_of(wire: &Wire, place: &Place) -> Vec<u8> {
    match place {
        Place::Header(name) => wire.get(name).unwrap().to_vec(),
        Place::Json(path) => {
            let mut value: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
            match support::at_path(&mut value, path).unwrap() {
                serde_json::Value::String(s) => s.clone().into(),
                other => other.to_string().into(),
            }
        }
        Place::Form(name) => find(wire.pairs(), name),
        Place::Query(name) => {
            let at = wire.target.iter().position(|b| *b == b'?').unwrap();
            find(support::pairs(&wire.target[at + 1..]), name)
        }
        Place::Cookie(_) => Vec::new(),
    }
}

fn find(pairs: Vec<(String, String)>, name: &str) -> Vec<u8> {
    pairs.into_iter().find(|(n, _)| n == name).unwrap().1.into()
}

#[test]
fn a_missing_field_is_named() {
    each_field(|case, verifier, wire, field| {
        let label = field.place.label();
        let gone = with_texts(wire, &field.place, &[]);
        match judge(verifier, &gone) {
            Ok(()) => assert!(field.optional, "{} {label}", case.id),
            Err(error) => {
                proper(case, &error, &label);
                assert!(
                    matches!(
                        error.status(),
                        Status::MissingField | Status::MissingSignature
                    ),
                    "{} {label}: {error}",
                    case.id
                );
                assert_eq!(error.field_name(), Some(&label[..]), "{} {error}", case.id);
            }
        }
    });
}

#[test]
fn a_doubled_field_is_named() {
    each_field(|case, verifier, wire, field| {
        let label = field.place.label();
        let text = text_of(wire, &field.place);
        let twice = with_texts(wire, &field.place, &[&text, &text]);
        let may_repeat = field.repeat.as_deref() == Some(b",");
        if may_repeat && matches!(field.place, Place::Header(_)) {
            return judge(verifier, &twice).unwrap();
        }
        let error = judge(verifier, &twice).unwrap_err();
        proper(case, &error, &label);
        assert_eq!(
            error.status(),
            Status::DuplicateField,
            "{} {error}",
            case.id
        );
        assert_eq!(error.field_name(), Some(&label[..]), "{} {error}", case.id);
    });
}

/// What is accepted with any text vouches for nothing, and the report must not say otherwise.
#[track_caller]
fn must_be_unsigned(case: &Case, verifier: &Verifier, wire: &Wire, field: &Field) {
    let covered = wire.with(|m| verifier.verify(m, Some(NOW)).unwrap().covered());
    let label = field.place.label();
    assert!(
        matches!(field.place, Place::Header(_))
            && !covered.headers.contains(&label.to_ascii_lowercase()),
        "{} {label} is accepted with any text",
        case.id
    );
}

#[test]
fn an_empty_or_strange_field_is_refused() {
    let long = vec![b'a'; 70_000];
    let strange: [&[u8]; 13] = [
        b"",
        b" ",
        b",",
        b"=",
        b":::::",
        b"\"",
        b"\x01\x02",
        b"a\r\nX-Injected: 1",
        b"a\0b",
        "\u{feff}\u{202e}é".as_bytes(),
        b"%00",
        b"null",
        &long,
    ];
    each_field(|case, verifier, wire, field| {
        for text in strange {
            let changed = with_texts(wire, &field.place, &[text]);
            let what = format!(
                "{} = {:?}",
                field.place.label(),
                String::from_utf8_lossy(&text[..text.len().min(40)])
            );
            match judge(verifier, &changed) {
                Err(error) => proper(case, &error, &what),
                Ok(()) => must_be_unsigned(case, verifier, wire, field),
            }
        }
    });
}

#[test]
fn bytes_that_are_no_text_are_refused_in_headers() {
    each_field(|case, verifier, wire, field| {
        if let Place::Header(name) = &field.place {
            let mut text = wire.get(name).unwrap().to_vec();
            text.extend_from_slice(&[0xff, 0xfe, 0x80]);
            let changed = with_texts(wire, &field.place, &[&text]);
            match judge(verifier, &changed) {
                Err(error) => proper(case, &error, name),
                Ok(()) => must_be_unsigned(case, verifier, wire, field),
            }
        }
    });
}

#[test]
fn junk_for_a_time_is_malformed() {
    let times = [
        "",
        "0x10",
        "-1",
        "+1709629687",
        "1e9",
        "NaN",
        "inf",
        "99999999999999999999",
        "1709629687.0",
        "170962968７",
        "1709629687 ",
        "today",
        "2024-02-30T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-03-05T24:00:00Z",
        "2024-03-05T09:08:61Z",
        "9999-99-99T99:99:99.999Z",
        "2024-03-05T09:08:07+99:99",
        "99991231T235960Z",
        "Tue, 05 Mar 2024 09:08:07 CET",
        "Wed, 05 Mar 2024 09:08:07 GMT",
        "mardi, 05 mars 2024 09:08:07 GMT",
    ];
    let mut checked = 0;
    each_field(|case, verifier, wire, field| {
        use paysig::recipe::{Content, Hole, Piece};
        let Content::Template(template) = &field.content else {
            return;
        };
        if !matches!(template.pieces[..], [Piece::Hole(Hole::Timestamp(None), _)]) {
            return;
        }
        for time in times {
            let changed = with_texts(wire, &field.place, &[time.as_bytes()]);
            let error = judge(verifier, &changed).unwrap_err();
            proper(case, &error, time);
            assert_eq!(
                error.status(),
                Status::MalformedField,
                "{} {time:?}: {error}",
                case.id
            );
            assert_eq!(
                error.field_name(),
                Some(&field.place.label()[..]),
                "{error}"
            );
        }
    });
    // At least the schemes whose time has a field of its own.
    for case in TABLE {
        checked += usize::from(
            paysig::scheme(case.id)
                .unwrap()
                .recipe()
                .flow(case.flow)
                .unwrap()
                .timestamp
                .is_some(),
        );
    }
    assert!(checked >= 15);
}

#[test]
fn clocks_at_the_end_of_time_do_no_harm() {
    for case in TABLE {
        let wire = case.signed(1);
        let scheme = paysig::scheme(case.id).unwrap();
        let signer = scheme.signer(case.flow, &credentials(case.sign)).unwrap();
        for now in [i64::MIN, -1, 0, 253_402_300_800_000, i64::MAX] {
            if let Some(verifier) = verifier(case)
                && let Err(error) =
                    wire.with(|m| verifier.verify(m, Some(UnixMillis(now))).map(|_| ()))
            {
                proper(case, &error, "clock");
                assert!(
                    matches!(
                        error.status(),
                        Status::TimestampTooOld
                            | Status::TimestampTooNew
                            | Status::KeyExpired
                            | Status::KeyNotYetValid
                    ),
                    "{error}"
                );
            }
            let fresh = (case.message)(&mut Rng(1));
            let options = SignOptions {
                now: Some(UnixMillis(now)),
                expires_in: Some(u32::MAX),
                ..options(&signer)
            };
            let options = options.taken_by(signer.takes());
            if let Err(error) = fresh.with(|m| signer.sign(m, &options).map(|_| ())) {
                assert_eq!(error.status(), Status::InvalidOption, "{} {error}", case.id);
            }
        }
    }
}

/// Bodies that are no JSON, or JSON that nobody should read.
fn bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str, close: &str| {
        let mut text = format!("{{\"a\":{}", open.repeat(10_000));
        text.push_str(&close.repeat(10_000));
        text.into_bytes()
    };
    let mut all: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "1",
        "\"x\"",
        "[]",
        "[1,2]",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{'a':1}",
        "{\"a\":1}x",
        "{\"a\":1}{\"a\":1}",
        "\u{feff}{}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":NaN}",
        "{\"a\":\"\\ud800\"}",
        "{\"timestamp\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x41\"}",
        "{\"a\":tru}",
        "{\"\":{}}",
        "a=1&b=%zz&=&&",
        "%",
        "=&=",
        "<xml/>",
        "{\"a\":1e999999999}",
    ]
    .iter()
    .map(|t| t.as_bytes().to_vec())
    .collect();
    all.push(deep("[", "]"));
    all.push(deep("[", ""));
    all.push(deep("{\"a\":", "}"));
    all.push(vec![0; 100]);
    all.push(b"{\"a\":\"\0\"}".to_vec());
    all.push(vec![0xff, 0xfe, b'{', 0, b'}', 0]);
    all.push(b"{\"a\":\"\xc3\x28\"}".to_vec());
    all.push(b"{\"a\":\"\xed\xa0\x80\"}".to_vec());
    all.push(
        format!(
            "{{{}}}",
            (0..50_000)
                .map(|i| format!("\"k{i}\":{i}"))
                .collect::<Vec<_>>()
                .join(",")
        )
        .into_bytes(),
    );
    all.push([b"a=".to_vec(), vec![b'%'; 30_000]].concat());
    all.push("&".repeat(30_000).into_bytes());
    all
}

#[test]
fn bodies_that_are_not_what_the_scheme_reads_are_verdicts() {
    let bodies = bodies();
    for case in TABLE {
        let Some(verifier) = verifier(case) else {
            continue;
        };
        let good = case.signed(2);
        let scheme = paysig::scheme(case.id).unwrap();
        let signer = scheme.signer(case.flow, &credentials(case.sign)).unwrap();
        let started = Instant::now();
        for body in &bodies {
            let mut wire = good.clone();
            wire.body.clone_from(body);
            let what = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
            if let Err(error) = judge(&verifier, &wire) {
                proper(case, &error, &what);
            }
            // Signing it either works or says why it cannot.
            let mut plain = (case.message)(&mut Rng(2));
            plain.body.clone_from(body);
            if let Err(error) = plain.with(|m| signer.sign(m, &options(&signer)).map(|_| ())) {
                assert_eq!(
                    error.status(),
                    Status::InvalidMessage,
                    "{} {what}: {error}",
                    case.id
                );
            }
        }
        let limit = Duration::from_secs(120);
        assert!(
            started.elapsed() < limit,
            "{} took {:?}",
            case.id,
            started.elapsed()
        );
    }
}

#[test]
fn a_doubled_member_that_is_read_is_a_duplicate_field() {
    for case in TABLE.iter().filter(|c| {
        [
            "pledg-notification",
            "adyen-notifications",
            "ingenico-v1hmac",
        ]
        .contains(&c.id)
    }) {
        if case.flow != Flow::Webhook {
            continue;
        }
        let path = match case.id {
            "pledg-notification" => "status",
            "adyen-notifications" => "success",
            _ => "apiVersion",
        };
        let mut wire = case.signed(3);
        let text = String::from_utf8(wire.body.clone()).unwrap();
        wire.body = text
            .replacen('{', &format!("{{\"{path}\":\"x\","), 1)
            .into();
        if case.id == "ingenico-v1hmac" {
            // The raw body is signed, so the doubled one must be signed as well.
            wire.headers.retain(|(n, _)| !n.starts_with("X-GCS"));
            case.sign(&mut wire);
        }
        let error = judge(&verifier(case).unwrap(), &wire).unwrap_err();
        assert_eq!(
            error.status(),
            Status::DuplicateField,
            "{} {error}",
            case.id
        );
        assert_eq!(
            error.field_name(),
            Some(&format!("json:{path}")[..]),
            "{error}"
        );
    }
}

#[test]
fn very_large_messages_are_judged_or_called_too_large() {
    for case in TABLE {
        let Some(verifier) = verifier(case) else {
            continue;
        };
        let good = case.signed(4);
        let started = Instant::now();
        let mut wire = good.clone();
        wire.headers.push(("X-Big".into(), vec![b'x'; 1 << 20]));
        judge(&verifier, &wire).unwrap_or_else(|e| panic!("{}: {e}", case.id));
        wire = good.clone();
        wire.headers
            .extend((0..10_000).map(|i| (format!("X-Many-{i}"), b"1".to_vec())));
        judge(&verifier, &wire).unwrap_or_else(|e| panic!("{}: {e}", case.id));
        wire = good.clone();
        wire.extend_query(&format!("zz={}", "a".repeat(1 << 20)));
        if let Err(error) = judge(&verifier, &wire) {
            proper(case, &error, "query");
        }
        let small = verifier.clone().max_body(10);
        wire = good.clone();
        wire.body = vec![b' '; 11];
        let error = judge(&small, &wire).unwrap_err();
        assert_eq!(error.status(), Status::TooLarge, "{}", case.id);
        assert_eq!(error.field_name(), Some("body"));
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "{} took {:?}",
            case.id,
            started.elapsed()
        );
    }
}

#[test]
fn lists_whose_length_a_stranger_chooses_are_bounded() {
    let case = TABLE.iter().find(|c| c.id == "braintree").unwrap();
    let pairs = |count: usize| {
        let text = vec![format!("another|{}", "0".repeat(40)); count].join("&");
        let wire =
            Wire::new("POST", "/").form(&[("bt_payload", "PGE+".into()), ("bt_signature", text)]);
        judge(&verifier(case).unwrap(), &wire).unwrap_err().status()
    };
    assert_eq!(pairs(16), Status::UnknownKey);
    assert_eq!(pairs(17), Status::MalformedSignature);

    let case = TABLE.iter().find(|c| c.id == "aws-sigv4").unwrap();
    let good = case.signed(5);
    let text = String::from_utf8(good.get("Authorization").unwrap().to_vec()).unwrap();
    let named = |more: &str| {
        let mut wire = good.clone();
        wire.set(
            "Authorization",
            text.replace("SignedHeaders=", &format!("SignedHeaders={more}"))
                .into(),
        );
        let error = judge(&verifier(case).unwrap(), &wire).unwrap_err();
        (error.status(), error.message().contains("twice"))
    };
    assert_eq!(named("host;Host;"), (Status::MalformedField, true));
    let named_all = |count: usize| {
        let mut wire = good.clone();
        let names: Vec<String> = (0..count).map(|i| format!("x-{i}")).collect();
        for name in &names {
            wire = wire.header(name, "v");
        }
        let list = format!("SignedHeaders={};", names.join(";"));
        wire.set(
            "Authorization",
            text.replace("SignedHeaders=", &list).into(),
        );
        judge(&verifier(case).unwrap(), &wire).unwrap_err().status()
    };
    // The signature's own stand behind them.
    assert_eq!(named_all(10), Status::SignatureMismatch);
    assert_eq!(named_all(65), Status::MalformedField);
}

#[test]
fn many_signatures_and_many_keys_are_bounded() {
    let scheme = paysig::scheme("stripe").unwrap();
    let case = TABLE.iter().find(|c| c.id == "stripe").unwrap();
    let good = case.signed(5);
    let text = String::from_utf8(good.get("Stripe-Signature").unwrap().to_vec()).unwrap();
    let wrong = format!(",v1={}", "0".repeat(64));
    let (time, right) = text.split_once(",v1=").unwrap();
    let with = |before: usize| {
        let mut wire = good.clone();
        wire.set(
            "Stripe-Signature",
            format!("{time}{},v1={right}", wrong.repeat(before)).into(),
        );
        judge(&verifier(case).unwrap(), &wire)
            .err()
            .map(|e| e.status())
    };
    assert_eq!(with(7), None);
    assert_eq!(with(8), Some(Status::SignatureMismatch));
    assert_eq!(with(900), Some(Status::SignatureMismatch));
    let ring = |before: usize| {
        let mut ring = KeyRing::new();
        for i in 0..before {
            ring.add(credentials(&[("secret", &format!("other {i}"))]));
        }
        ring.add(credentials(case.verify));
        judge(&scheme.verifier(Flow::Webhook, &ring).unwrap(), &good)
            .err()
            .map(|e| e.status())
    };
    assert_eq!(ring(15), None);
    assert_eq!(ring(16), Some(Status::SignatureMismatch));
}

#[test]
fn what_cannot_be_sent_is_not_signed() {
    for case in TABLE {
        let scheme = paysig::scheme(case.id).unwrap();
        let signer = scheme.signer(case.flow, &credentials(case.sign)).unwrap();
        let sign = |wire: &Wire| wire.with(|m| signer.sign(m, &options(&signer)).map(|_| ()));
        for field in &scheme.recipe().flow(case.flow).unwrap().fields {
            if let Place::Header(name) = &field.place
                && field.caller == Caller::Refuse
                && field.when.is_none()
            {
                let wire = (case.message)(&mut Rng(6)).header(name, "x");
                let error = sign(&wire).unwrap_err();
                assert_eq!(
                    error.status(),
                    Status::InvalidMessage,
                    "{} {name}: {error}",
                    case.id
                );
                assert_eq!(error.field_name(), Some(&name[..]));
            }
        }
        for (method, target) in [
            ("GE T", "/"),
            ("", "/"),
            ("GET\r\n", "/"),
            ("GET", ""),
            ("GET", "/a b"),
            ("GET", "/a\r\nX: 1"),
            ("GET", "/a\0"),
        ] {
            let mut wire = (case.message)(&mut Rng(6));
            wire.method = method.into();
            wire.target = target.into();
            if let Err(error) = sign(&wire) {
                assert_eq!(
                    error.status(),
                    Status::InvalidMessage,
                    "{} {method:?} {target:?} {error}",
                    case.id
                );
            } else {
                assert!(
                    !method.contains(['\r', ' ']) && !target.contains(['\r', '\0']),
                    "{} {method:?} {target:?} was signed",
                    case.id
                );
            }
        }
    }
}

#[test]
fn strange_credentials_are_refused_without_showing_them() {
    for case in TABLE {
        let scheme = paysig::scheme(case.id).unwrap();
        for (name, value) in case.sign {
            let mut without = credentials(&[]);
            for (n, v) in case.sign.iter().filter(|(n, _)| n != name) {
                without.set(n, v);
            }
            let error = scheme.signer(case.flow, &without).unwrap_err();
            assert_eq!(
                error.status(),
                Status::InvalidCredentials,
                "{} {error}",
                case.id
            );
            assert_eq!(error.field_name(), Some(*name), "{error}");
            let mut empty = credentials(case.sign);
            empty.set(name, "");
            let error = scheme.signer(case.flow, &empty).unwrap_err();
            assert_eq!(
                error.status(),
                Status::InvalidCredentials,
                "{} {error}",
                case.id
            );
            let public = scheme
                .recipe()
                .credentials
                .iter()
                .any(|c| c.name == *name && c.public);
            assert!(public || !format!("{error:?}").contains(value), "{error:?}");
        }
        let mut more = credentials(case.sign);
        more.set("no_such_credential", "hush-hush");
        let error = scheme.signer(case.flow, &more).unwrap_err();
        assert_eq!(error.status(), Status::InvalidCredentials, "{error}");
        assert!(!format!("{error:?}").contains("hush-hush"));
        assert!(!format!("{more:?}").contains("hush-hush"));
    }
}

fn recipe(message: &str) -> String {
    format!(
        "id = \"x\"\nname = \"X\"\n[credentials]\nsecret = {{}}\n[webhook]\nalgorithm = \"hmac-sha256\"\nkey = {{ credential = \"secret\" }}\nencoding = \"hex\"\nretention = 60\nmessage = [{message}]\nfield = [{{ header = \"X-Sig\", value = [{{ signature = true }}] }}]\n"
    )
}

#[test]
fn a_recipe_cannot_make_the_engine_work_for_long() {
    // The body four hundred times over is much more than the body.
    let text = recipe(&vec!["{ body = \"raw\" }"; 400].join(","));
    let Ok(scheme) = Scheme::from_toml(&text, "x") else {
        return;
    };
    let keys = credentials(&[("secret", "s")]);
    let body = vec![b'x'; 4 << 20];
    let message = Message::new("POST", "/", &[], &body);
    let started = Instant::now();
    let error = scheme
        .signer(Flow::Webhook, &keys)
        .and_then(|s| s.sign(&message, &options(&s)).map(|_| ()))
        .unwrap_err();
    assert_eq!(error.status(), Status::InvalidMessage, "{error}");
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn lets_that_double_each_other_are_bounded() {
    let mut text = recipe("{ let = \"a29\" }, { body = \"raw\" }");
    text.push_str("[webhook.let]\na0 = \"0123456789\"\n");
    for i in 1..30 {
        text.push_str(&format!(
            "a{i} = {{ group = [{{ let = \"a{}\" }}, {{ let = \"a{}\" }}] }}\n",
            i - 1,
            i - 1
        ));
    }
    let started = Instant::now();
    let result = Scheme::from_toml(&text, "x").and_then(|scheme| {
        let signer = scheme.signer(Flow::Webhook, &credentials(&[("secret", "s")]))?;
        signer
            .sign(&Message::new("POST", "/", &[], b""), &options(&signer))
            .map(|_| ())
    });
    assert!(result.is_err());
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
}

/// What comes of signing a body by a recipe, and how long it took.
fn signs(text: &str, body: &[u8]) -> Result<()> {
    let scheme = Scheme::from_toml(text, "x")?;
    let signer = scheme.signer(Flow::Webhook, &credentials(&[("secret", "s")]))?;
    let message = Message::new("POST", "/", &[], body);
    let started = Instant::now();
    let result = signer.sign(&message, &options(&signer)).map(|_| ());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(60), "{took:?}");
    result
}

#[track_caller]
fn wants(text: &str, body: &[u8], status: Status, words: &str) {
    let error = signs(text, body).unwrap_err();
    assert_eq!(error.status(), status, "{error}");
    assert!(error.message().contains(words), "{error}");
}

const LONGER: &str = "would be much longer than the message";

/// A digest of the body after so many times a step.
fn repeated(step: &str, times: usize) -> String {
    let steps = vec![format!("\"{step}\""); times].join(", ");
    recipe(&format!(
        "{{ body = \"raw\", then = [{steps}, \"sha256\", \"hex\"] }}"
    ))
}

#[test]
fn steps_that_expand_cannot_grow_a_value_without_end() {
    assert_eq!(signs(&repeated("hex", 10), b"ab"), Ok(()));
    wants(&repeated("hex", 30), b"ab", Status::InvalidMessage, LONGER);
    wants(
        &repeated("json-string-escape", 30),
        b"\\",
        Status::InvalidMessage,
        LONGER,
    );
    let (more, what) = (Status::InvalidRecipe, "at most 32 steps");
    assert_eq!(signs(&repeated("reverse", 30), b"ab"), Ok(()));
    wants(&repeated("reverse", 31), b"ab", more, what);
    wants(&repeated("hex", 40), b"ab", more, what);
    // Those of the key run when the signer is made.
    let key = |times: usize| {
        let steps = vec!["\"base64\""; times].join(", ");
        recipe("{ body = \"raw\" }").replace(
            "key = { credential = \"secret\" }",
            &format!("key = {{ credential = \"secret\", then = [{steps}] }}"),
        )
    };
    assert_eq!(signs(&key(20), b""), Ok(()));
    wants(
        &key(32).replace("base64", "hex"),
        b"",
        Status::TooLarge,
        LONGER,
    );
    wants(&key(80), b"", more, what);
    // A long credential is what its key is made of.
    let mut long = credentials(&[]);
    long.set("secret", vec![b's'; 200 << 10]);
    let scheme = Scheme::from_toml(&key(3), "x").unwrap();
    assert!(scheme.signer(Flow::Webhook, &long).is_ok());
}

#[test]
fn a_value_on_the_way_holds_no_more_than_the_string_to_sign() {
    let grown = |then: &str| {
        let mut text = recipe(&format!(
            "{{ let = \"a3\", then = [{then}\"sha256\", \"hex\"] }}"
        ));
        text.push_str("[webhook.let]\na0 = { body = \"raw\" }\n");
        for i in 1..=3 {
            let below = vec![format!("{{ let = \"a{}\" }}", i - 1); 7].join(", ");
            text.push_str(&format!("a{i} = {{ group = [{below}] }}\n"));
        }
        text
    };
    let body = vec![b'x'; 4 << 20];
    for then in ["", "\"lower\", "] {
        wants(&grown(then), &body, Status::InvalidMessage, LONGER);
        assert_eq!(signs(&grown(then), b"x"), Ok(()));
    }
    for step in [
        "{ hmac-with-this-as-key = { hash = \"sha256\", data = { let = \"a3\" } } }",
        "{ hmac-of-this = { hash = \"sha256\", key = { let = \"a3\" } } }",
        "{ currency-decimals = { let = \"a3\" } }",
    ] {
        let text = grown("").replace(
            "{ let = \"a3\", then = [",
            &format!("{{ body = \"raw\", then = [{step}, "),
        );
        wants(&text, &body, Status::InvalidMessage, LONGER);
    }
}

#[test]
fn values_that_are_made_many_times_are_bounded_together() {
    let many = |value: &str, times: usize| {
        let mut text = recipe(&vec!["{ let = \"a\" }"; times].join(", "));
        text.push_str(&format!("[webhook.let]\na = {value}\n"));
        text
    };
    let steps = format!(
        "{{ body = \"raw\", then = [{}\"sha256\", \"hex\"] }}",
        "\"reverse\", ".repeat(30)
    );
    let body = vec![b'x'; 1 << 20];
    wants(&many(&steps, 400), &body, Status::InvalidMessage, LONGER);
    assert_eq!(signs(&many(&steps, 400), b"x"), Ok(()));
    let digest = "{ body = \"raw\", then = [\"sha256\", \"hex\"] }";
    wants(&many(digest, 400), &body, Status::InvalidMessage, LONGER);
    assert_eq!(signs(&many(digest, 32), &body), Ok(()));
    // What reads the whole body and leaves little of it.
    let object = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    for value in [
        "{ canonical_json = \"compact\", drop = [\"a\"] }",
        "{ leaves = { sep = \",\", drop = \"a\" } }",
        "{ sorted = { from = \"json\", kv = \"=\", sep = \",\", drop = [\"a\"] } }",
    ] {
        wants(
            &many(value, 400),
            object.as_bytes(),
            Status::InvalidMessage,
            LONGER,
        );
    }
}

#[test]
fn json_paths_and_sought_texts_are_bounded() {
    let path = |names: usize| vec!["a"; names].join(".");
    let member = |names: usize| recipe(&format!("{{ json = \"{}\" }}", path(names)));
    let body = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert_eq!(signs(&member(32), body(32).as_bytes()), Ok(()));
    for names in [33, 8_000, 30_000] {
        let what = "at most 32 names";
        let (deep, error) = (body(names), Status::InvalidRecipe);
        wants(&member(names), deep.as_bytes(), error, what);
        let field = recipe("{ body = \"raw\" }").replace(
            "{ header = \"X-Sig\", ",
            &format!("{{ json = \"{}\", ", path(names)),
        );
        wants(&field, deep.as_bytes(), error, what);
        let claim = recipe(&format!("{{ claim = \"{}\" }}", path(names)));
        wants(&claim, deep.as_bytes(), error, what);
    }
    for step in [
        "{ remove-first = \"?\" }",
        "{ after-last = \"?\" }",
        "{ strip-prefix = \"?\", optional = true }",
        "{ strip-suffix = \"?\", optional = true }",
        "{ percent-decode-only = \"?\" }",
        "{ piece = 0, of = \"?\" }",
    ] {
        let text = |len: usize| {
            let step = step.replace('?', &"a".repeat(len));
            recipe(&format!(
                "{{ body = \"raw\", then = [{step}, \"sha256\"] }}"
            ))
        };
        assert!(Scheme::from_toml(&text(256), "x").is_ok(), "{step}");
        wants(&text(257), b"x", Status::InvalidRecipe, "at most 256 bytes");
    }
}

/// An error's texts, which must be short and stand on one line whatever a stranger called things.
#[track_caller]
fn told(error: &Error) -> (String, String) {
    let field = error.field_name().unwrap_or_default();
    for text in [error.message(), field] {
        assert!(text.len() < 600, "{} bytes: {text:.100}", text.len());
        assert!(!text.contains(paysig::text::hidden), "{text:?}");
    }
    (field.to_owned(), error.message().to_owned())
}

#[test]
fn names_that_a_stranger_wrote_are_cut_and_escaped_in_errors() {
    let refused = |id: &str, body: String| {
        let case = TABLE.iter().find(|c| c.id == id).unwrap();
        let mut wire = case.signed(5);
        wire.body = body.into();
        let error = judge(&verifier(case).unwrap(), &wire).unwrap_err();
        assert_eq!(error.status(), Status::DuplicateField, "{id} {error}");
        told(&error)
    };
    let signature = "0".repeat(64);
    let twice = |name: &str| format!("\"{name}\":1,\"{name}\":2");
    for (name, shown) in [
        ("plain", "plain".to_owned()),
        (r"x\ny", r"x\u{a}y".to_owned()),
        (r"x\u001b[31m", r"x\u{1b}[31m".to_owned()),
        (
            "a\u{2028}b\u{202e}c\u{85}",
            r"a\u{2028}b\u{202e}c\u{85}".to_owned(),
        ),
        (&"é".repeat(1 << 20), format!("{}...", "é".repeat(64))),
    ] {
        let (field, message) = refused("nowpayments", format!("{{{}}}", twice(name)));
        assert_eq!(field, format!("json:{shown}"));
        assert_eq!(
            message,
            format!("JSON member {shown} occurs more than once")
        );
        let body = format!(
            "{{\"Signature\":\"{signature}\",\"a\":{{{}}}}}",
            twice(name)
        );
        let (field, message) = refused("trustpay", body);
        assert_eq!(field, format!("json:a.{shown}"));
        assert_eq!(
            message,
            format!("JSON member a.{shown} occurs more than once")
        );
    }
    // Each level adds a name.
    let level = format!("{{\"{}\":", "k".repeat(20_000));
    let nested = format!(
        "{}{{\"z\":1,\"z\":2}}{}",
        level.repeat(100),
        "}".repeat(100)
    );
    let body = format!("{{\"Signature\":\"{signature}\",\"a\":{nested}}}");
    let (field, _) = refused("trustpay", body);
    assert!(
        field.starts_with("json:...kkk") && field.ends_with("k....z"),
        "{field}"
    );

    let case = TABLE.iter().find(|c| c.id == "aws-sigv4").unwrap();
    let mut wire = case.signed(5);
    let text = String::from_utf8(wire.get("Authorization").unwrap().to_vec()).unwrap();
    let listed = format!("SignedHeaders=x-{};", "y".repeat(20_000));
    wire.set(
        "Authorization",
        text.replace("SignedHeaders=", &listed).into(),
    );
    let error = judge(&verifier(case).unwrap(), &wire).unwrap_err();
    assert_eq!(error.status(), Status::MissingField, "{error}");
    told(&error);
    // Whatever else becomes part of an error.
    told(&Error::field(
        Status::InvalidMessage,
        "a\nb",
        "c\r\nd\u{2029}",
    ));
}

#[test]
fn random_bytes_as_a_recipe_are_errors() {
    let mut rng = Rng(9);
    let good = paysig::catalogue();
    for round in 0..400 {
        let (_, text) = good[rng.below(good.len())];
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..1 + rng.below(4) {
            let at = rng.below(bytes.len());
            match rng.below(4) {
                0 => bytes[at] = rng.next() as u8,
                1 => {
                    bytes.remove(at);
                }
                2 => bytes.insert(at, b"\"{}[]=,.\n\\"[rng.below(10)]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        // A changed recipe may be another right one; a wrong one names the file.
        let text = String::from_utf8_lossy(&bytes);
        if let Err(error) = Scheme::from_toml(&text, "x.toml") {
            assert_eq!(
                error.status(),
                Status::InvalidRecipe,
                "round {round}: {error}"
            );
            assert!(error.message().starts_with("x.toml:"), "{error}");
        }
    }
}
