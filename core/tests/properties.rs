//! What must hold of every scheme and flow, whatever the message: a signed message verifies; a change of anything that
//! is covered is refused; a change of anything that is not never looks like a wrong signature; no bit of the
//! signature's field can be flipped.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use paysig::recipe::{Content, Field, Hole, Piece, Place};
use paysig::{BodyCoverage, Flow, KeyRing, Result, Status, Verifier};
use serde_json::Value;
use support::table::{Case, NOW, TABLE, options};
use support::{Rng, Wire, at_path, credentials, pairs};

/// A signed message, its verifier, and what the signature covers.
struct Signed {
    wire: Wire,
    verifier: Verifier,
    covered: paysig::Coverage,
    name: String,
}

impl Signed {
    fn status(&self, wire: &Wire) -> Status {
        status(verdict(&self.verifier, wire))
    }

    #[track_caller]
    fn must_refuse(&self, wire: &Wire, what: &str) {
        let status = self.status(wire);
        assert!(
            status.is_verdict() || status == Status::InvalidMessage,
            "{}: {what} was changed and the verdict is {status}\nsigned: {}\nchanged: {}",
            self.name,
            show(&self.wire),
            show(wire)
        );
    }

    #[track_caller]
    fn must_not_mismatch(&self, wire: &Wire, what: &str) {
        let status = self.status(wire);
        assert!(
            status != Status::SignatureMismatch && status != Status::Internal,
            "{}: {what} is not covered, but a change is {status}\nsigned: {}\nchanged: {}",
            self.name,
            show(&self.wire),
            show(wire)
        );
    }
}

fn show(wire: &Wire) -> String {
    let headers: Vec<String> = wire
        .headers
        .iter()
        .map(|(n, v)| format!("{n}: {}", String::from_utf8_lossy(v)))
        .collect();
    format!(
        "{} {} {:?} {headers:?} {}",
        wire.method,
        String::from_utf8_lossy(&wire.target),
        wire.url,
        String::from_utf8_lossy(&wire.body)
    )
}

fn verdict(verifier: &Verifier, wire: &Wire) -> Result<()> {
    wire.with(|m| verifier.verify(m, Some(NOW)).map(|_| ()))
}

fn status(result: Result<()>) -> Status {
    result.err().map_or(Status::Ok, |e| e.status())
}

/// Signs one random message and verifies it. None where this build lacks the provider's side.
fn signed(case: &Case, variants: &[&str], seed: u64) -> Option<Signed> {
    let name = format!("{} {} {variants:?} seed {seed}", case.id, case.flow.name());
    let scheme = paysig::scheme(case.id).unwrap();
    let mut rng = Rng(seed);
    let mut wire = (case.message)(&mut rng);
    let signer = scheme
        .signer_with(case.flow, &credentials(case.sign), variants)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    let options = options(&signer);
    let made = wire
        .with(|m| signer.sign(m, &options))
        .unwrap_or_else(|e| panic!("{name}: {e}\n{}", show(&wire)));
    wire.apply(&made);
    let ring = KeyRing::of(credentials(case.verify));
    let verifier = match scheme.verifier_with(case.flow, &ring, variants) {
        Ok(verifier) => verifier,
        Err(e) => {
            let lacking = case.id == "smile-sec-key" && case.flow == Flow::Request;
            assert!(
                lacking && e.status() == Status::Unsupported && !cfg!(feature = "provider-side"),
                "{name}: {e}"
            );
            return None;
        }
    };
    let covered = wire.with(|m| match verifier.verify(m, Some(NOW)) {
        Ok(verified) => verified.covered(),
        Err(e) => panic!("{name}: {e}\n{}", show(&wire)),
    });
    Some(Signed {
        wire,
        verifier,
        covered,
        name,
    })
}

/// Every case with every single variant, each with some seeds.
fn each(rounds: u64, test: impl Fn(&Case, &Signed, &mut Rng)) {
    for case in TABLE {
        let scheme = paysig::scheme(case.id).unwrap();
        let flow = scheme.recipe().flow(case.flow).unwrap();
        let mut choices: Vec<Vec<&str>> = vec![vec![]];
        choices.extend(flow.variants.iter().map(|v| vec![v.name.as_str()]));
        for variants in &choices {
            let rounds = if case.slow {
                rounds.div_ceil(8)
            } else {
                rounds
            };
            for seed in 0..rounds {
                if let Some(signed) = signed(case, variants, seed) {
                    test(case, &signed, &mut Rng(seed ^ 0xDEAD_BEEF));
                }
            }
        }
    }
}

#[test]
fn the_table_has_every_flow_of_the_catalogue() {
    for (id, _) in paysig::catalogue() {
        let scheme = paysig::scheme(id).unwrap();
        for flow in scheme.flows() {
            let spec = scheme.recipe().flow(flow).unwrap();
            let signs_nothing = spec.token.is_some() || spec.unverifiable.is_some();
            let listed = TABLE.iter().any(|c| c.id == *id && c.flow == flow);
            assert!(
                listed != signs_nothing,
                "{id} {} is not in the table",
                flow.name()
            );
        }
    }
}

#[test]
fn what_is_signed_verifies() {
    each(24, |_, _, _| {});
}

#[test]
fn a_change_of_what_is_covered_is_refused() {
    each(10, |_, s, rng| {
        let change = |run: &dyn Fn(&mut Wire)| {
            let mut wire = s.wire.clone();
            run(&mut wire);
            wire
        };
        if s.covered.method {
            let other = if s.wire.method == "PATCH" {
                "POST"
            } else {
                "PATCH"
            };
            s.must_refuse(&change(&|w| w.method = other.into()), "the method");
        }
        if s.covered.path {
            s.must_refuse(&change(&|w| w.extend_path("x")), "the path");
        }
        if s.covered.query {
            s.must_refuse(&change(&|w| w.extend_query("zz=1")), "the query");
        }
        for name in &s.covered.headers {
            let value = s.wire.get(name).unwrap().to_vec();
            s.must_refuse(
                &change(&|w| w.set(name, [&value[..], b"0"].concat())),
                &format!("header {name}"),
            );
            s.must_refuse(
                &change(&|w| w.remove(name)),
                &format!("header {name} (gone)"),
            );
            s.must_refuse(
                &change(&|w| w.headers.push((name.clone(), value.clone()))),
                &format!("header {name} (twice)"),
            );
        }
        match &s.covered.body {
            BodyCoverage::None => {}
            BodyCoverage::All => {
                s.must_refuse(&change(&|w| w.body.push(b' ')), "the body's end");
                if !s.wire.body.is_empty() {
                    let (at, bit) = (rng.below(s.wire.body.len()), rng.below(8));
                    s.must_refuse(&change(&|w| w.body[at] ^= 1 << bit), "a bit of the body");
                    s.must_refuse(&change(&|w| w.body.truncate(at)), "the body's length");
                }
            }
            BodyCoverage::Members(names) => {
                for name in names {
                    if let Some(wire) = with_member_changed(&s.wire, name) {
                        s.must_refuse(&wire, &format!("member {name}"));
                    }
                }
            }
        }
    });
}

/// A member or form field with another value; `*` stands for all.
fn with_member_changed(wire: &Wire, name: &str) -> Option<Wire> {
    let mut changed = wire.clone();
    if let Ok(mut value) = serde_json::from_slice::<Value>(&wire.body) {
        let member = match name {
            "*" => value.as_object_mut()?.values_mut().next()?,
            _ => at_path(&mut value, name)?,
        };
        *member = match &*member {
            Value::Bool(b) => Value::Bool(!*b),
            Value::Number(n) => Value::String(format!("{n}7")),
            Value::String(s) => Value::String(format!("{s}7")),
            _ => Value::String("7".into()),
        };
        changed.body = serde_json::to_vec(&value).unwrap();
        return Some(changed);
    }
    let mut fields = wire.pairs();
    let field = fields.iter_mut().find(|(n, _)| name == "*" || n == name)?;
    field.1.push('7');
    changed.set_pairs(&fields);
    Some(changed)
}

#[test]
fn a_change_of_what_is_not_covered_is_no_wrong_signature() {
    each(10, |case, s, _| {
        let change = |run: &dyn Fn(&mut Wire)| {
            let mut wire = s.wire.clone();
            run(&mut wire);
            wire
        };
        if !s.covered.method {
            for method in ["PATCH", "POST", "GET"] {
                s.must_not_mismatch(&change(&|w| w.method = method.into()), "the method");
            }
        }
        if !s.covered.path {
            s.must_not_mismatch(&change(&|w| w.extend_path("x")), "the path");
        }
        if !s.covered.query {
            s.must_not_mismatch(&change(&|w| w.extend_query("zz=1")), "the query");
        }
        s.must_not_mismatch(
            &change(&|w| w.headers.push(("X-Unrelated".into(), b"1".to_vec()))),
            "another header",
        );
        s.must_not_mismatch(&change(&|w| w.remove("User-Agent")), "the user agent");
        if !s.covered.headers.iter().any(|h| h == "content-type") && !case.id.starts_with("twilio")
        {
            s.must_not_mismatch(&change(&|w| w.remove("Content-Type")), "the type");
        }
        match &s.covered.body {
            BodyCoverage::All => {}
            BodyCoverage::None => {
                s.must_not_mismatch(&change(&|w| w.body.push(b' ')), "the body");
                s.must_not_mismatch(&change(&|w| w.body.clear()), "the body");
            }
            BodyCoverage::Members(names) if names.iter().any(|n| n == "*") => {}
            BodyCoverage::Members(_) => {
                let mut wire = s.wire.clone();
                match serde_json::from_slice::<Value>(&wire.body) {
                    Ok(mut value) => {
                        value["zz"] = Value::from(1);
                        wire.body = serde_json::to_vec(&value).unwrap();
                    }
                    Err(_) => wire.body.extend_from_slice(b"&zz=1"),
                }
                s.must_not_mismatch(&wire, "another member");
            }
        }
    });
}

/// The field that holds the signature.
fn signature_field(case: &Case) -> Field {
    let scheme = paysig::scheme(case.id).unwrap();
    let flow = scheme.recipe().flow(case.flow).unwrap();
    let holds = |f: &&Field| {
        let templates: Vec<_> = match &f.content {
            Content::Template(t) => vec![t],
            Content::Items(items) => items.entries.iter().map(|(_, t)| t).collect(),
            Content::Covered(_) => Vec::new(),
        };
        templates.iter().any(|t| {
            t.pieces
                .iter()
                .any(|p| matches!(p, Piece::Hole(Hole::Signature, _)))
        })
    };
    flow.fields.iter().find(holds).unwrap().clone()
}

/// The text of a field, and the message with another text in it; None if no such text can be sent.
fn field_text(wire: &Wire, place: &Place) -> Vec<u8> {
    match place {
        Place::Header(name) => wire.get(name).unwrap().to_vec(),
        Place::Json(path) => {
            let mut value: Value = serde_json::from_slice(&wire.body).unwrap();
            at_path(&mut value, path).unwrap().as_str().unwrap().into()
        }
        Place::Form(name) => lookup(wire.pairs(), name),
        Place::Query(name) => {
            let target = &wire.target;
            let at = target.iter().position(|b| *b == b'?').unwrap();
            lookup(pairs(&target[at + 1..]), name)
        }
        Place::Cookie(_) => panic!("no built-in scheme signs a cookie"),
    }
}

fn lookup(pairs: Vec<(String, String)>, name: &str) -> Vec<u8> {
    let found = pairs.into_iter().find(|(n, _)| n == name);
    found.unwrap().1.into_bytes()
}

fn with_field_text(wire: &Wire, place: &Place, text: &[u8]) -> Option<Wire> {
    let mut wire = wire.clone();
    let string = || std::str::from_utf8(text).ok().map(str::to_owned);
    match place {
        Place::Header(name) => wire.set(name, text.to_vec()),
        Place::Json(path) => {
            let mut value: Value = serde_json::from_slice(&wire.body).unwrap();
            *at_path(&mut value, path).unwrap() = Value::String(string()?);
            wire.body = serde_json::to_vec(&value).unwrap();
        }
        Place::Form(name) => {
            let mut all = wire.pairs();
            all.iter_mut().find(|(n, _)| n == name)?.1 = string()?;
            wire.set_pairs(&all);
        }
        Place::Query(name) => {
            let at = wire.target.iter().position(|b| *b == b'?')?;
            let mut all = pairs(&wire.target[at + 1..]);
            all.iter_mut().find(|(n, _)| n == name)?.1 = string()?;
            wire.target.truncate(at + 1);
            let query = support::form_urlencoded(all.iter().map(|(n, v)| (&n[..], &v[..])));
            wire.target.extend_from_slice(query.as_bytes());
        }
        Place::Cookie(_) => return None,
    }
    Some(wire)
}

#[test]
fn no_bit_of_the_signature_can_be_flipped() {
    each(3, |case, s, rng| {
        let field = signature_field(case);
        let text = field_text(&s.wire, &field.place);
        let bits = text.len() * 8;
        // All of a short field, some of a long one: public keys take their time.
        let chosen: Vec<usize> = match case.slow {
            true => (0..60).map(|_| rng.below(bits)).collect(),
            false => (0..bits).collect(),
        };
        for bit in chosen {
            let mut flipped = text.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Some(wire) = with_field_text(&s.wire, &field.place, &flipped) {
                s.must_refuse(&wire, &format!("bit {bit} of {}", field.place.label()));
            }
        }
    });
}

#[test]
fn a_missing_shortened_or_lengthened_signature_is_refused() {
    each(3, |case, s, rng| {
        let field = signature_field(case);
        let text = field_text(&s.wire, &field.place);
        let mut texts = vec![
            Vec::new(),
            [&text[..], b"A"].concat(),
            [b"A", &text[..]].concat(),
        ];
        texts.push([&text[..], b"="].concat());
        texts.push([&text[..], b"\n"].concat());
        texts.push([&text[..], &text[..]].concat());
        for _ in 0..4 {
            texts.push(text[..rng.below(text.len())].to_vec());
        }
        for text in texts {
            if let Some(wire) = with_field_text(&s.wire, &field.place, &text) {
                s.must_refuse(&wire, &format!("{:?}", String::from_utf8_lossy(&text)));
            }
        }
    });
}

#[test]
fn another_key_is_refused() {
    each(2, |case, s, _| {
        for (name, value) in case.verify {
            let spec = paysig::scheme(case.id).unwrap();
            let secret = spec
                .recipe()
                .credentials
                .iter()
                .any(|c| c.name == *name && !c.public);
            if !secret || value.contains("-----BEGIN") {
                continue;
            }
            // Keys have a syntax: another letter in the middle keeps it.
            let mut other = value.as_bytes().to_vec();
            let at = other.len() - 2;
            other[at] = if other[at] == b'3' { b'2' } else { b'3' };
            let mut keys = credentials(case.verify);
            keys.set(name, &other);
            let ring = KeyRing::of(keys);
            let Ok(verifier) = spec.verifier(case.flow, &ring) else {
                continue;
            };
            if s.name.contains("[]") {
                assert_eq!(
                    status(verdict(&verifier, &s.wire)),
                    Status::SignatureMismatch,
                    "{} under another {name}",
                    s.name
                );
            }
        }
    });
}

#[test]
fn the_replay_key_is_the_message_s_and_not_the_signature_s() {
    each(2, |case, s, _| {
        let key =
            |wire: &Wire| wire.with(|m| s.verifier.verify(m, Some(NOW)).unwrap().replay_key());
        let first = key(&s.wire);
        assert_eq!(first.len(), 64, "{}", s.name);
        assert_eq!(first, key(&s.wire), "{}", s.name);
        if case.id == "stripe" {
            let mut more = s.wire.clone();
            let text = more.get("Stripe-Signature").unwrap().to_vec();
            more.set(
                "Stripe-Signature",
                [&text[..], b",v1=", &[b'0'; 64][..]].concat(),
            );
            assert_eq!(first, key(&more));
        }
    });
}

#[test]
fn what_is_handed_out_as_signed_is_json_on_one_line() {
    each(6, |_, s, _| {
        let mut wire = s.wire.clone();
        if let Ok(value) = serde_json::from_slice::<Value>(&wire.body)
            && !matches!(s.covered.body, BodyCoverage::All)
        {
            wire.body = serde_json::to_vec_pretty(&value).unwrap();
        }
        let handed_out =
            |wire: &Wire| wire.with(|m| s.verifier.verify(m, Some(NOW)).map(|v| v.signed_json()));
        // Another spelling of the body may be another body to the scheme.
        let json = handed_out(&wire).unwrap_or_else(|_| handed_out(&s.wire).unwrap());
        if let Some(json) = json {
            assert!(!json.contains(['\r', '\n']), "{}: {json}", s.name);
            let value = serde_json::from_str::<Value>(&json);
            assert!(
                value.is_ok_and(|v| v.is_object() || v.is_array()),
                "{}: {json}",
                s.name
            );
        }
    });
}
