//! What is signed can be read back: every value that the message takes from a field has one, and the signature exactly one.

use super::{Check, In, wrong};
use crate::recipe::model::*;
use crate::recipe::suggest::suggest;

pub(super) fn check(seen: &In) -> Check {
    signature(seen)?;
    carried(seen)?;
    sources(seen)?;
    for (path, field) in seen.fields() {
        self::field(seen, &path, field)?;
    }
    twins(seen)?;
    variants(seen)?;
    not_inside_itself(seen)
}

fn signature(seen: &In) -> Check {
    let spec = seen.spec;
    let external = spec.algorithm.all().contains(&Algorithm::External);
    let mut with = spec
        .fields
        .iter()
        .enumerate()
        .filter(|(_, f)| f.content.has_signature());
    match (with.next(), with.next()) {
        (None, _) if external => Ok(()),
        (None, _) => Err(seen.wrong("field", "no field holds { signature = true }")),
        (Some(_), Some((i, field))) => {
            let path = seen.path(format_args!("field[{i}]"));
            Err(wrong(
                field.line,
                path,
                "is the second field with the signature; there is one",
            ))
        }
        (Some((i, field)), None) => {
            let path = seen.path(format_args!("field[{i}]"));
            let count = field
                .content
                .holes()
                .filter(|h| *h == Hole::Signature)
                .count();
            let what = match field {
                _ if count > 1 => "holds the signature twice",
                Field {
                    caller: Caller::Adopt | Caller::Require,
                    ..
                } => "a caller cannot set the signature",
                Field { optional: true, .. } => "the signature is never optional",
                Field { when: Some(_), .. } => "the signature is there always, or never",
                _ => return Ok(()),
            };
            Err(wrong(field.line, path, what))
        }
    }
}

// Time, nonce and key id come from the wire when verifying.
fn carried(seen: &In) -> Check {
    let spec = seen.spec;
    let holes: Vec<Hole> = spec.fields.iter().flat_map(|f| f.content.holes()).collect();
    let jws: Vec<&Part> = spec.jws.iter().flat_map(JwsSpec::parts).collect();
    let in_jws = |wanted: &dyn Fn(&Source) -> bool| jws.iter().any(|p| wanted(&p.source));
    let key_id_in_jws = spec
        .jws
        .iter()
        .flat_map(|j| &j.header)
        .any(|(_, v)| matches!(v, JwsHeaderValue::KeyId));

    let is_time = |s: &Source| matches!(s, Source::Timestamp(_));
    let used = spec
        .message
        .iter()
        .chain(spec.lets.iter().flatten())
        .find_map(|p| seen.reach(p, &is_time, 0));
    let time_hole = holes.iter().any(|h| matches!(h, Hole::Timestamp(_)));
    if spec.timestamp.is_none() && (used.is_some() || time_hole) {
        let line = used.map_or(spec.line, |p| p.line);
        return Err(wrong(
            line,
            seen.path("timestamp"),
            "is missing: say how the time is written",
        ));
    }
    let carries_time = holes.contains(&Hole::Timestamp(None)) || in_jws(&is_time);
    if spec.timestamp.is_some() && !carries_time {
        return Err(seen.wrong("timestamp", "no field carries { timestamp = true }"));
    }
    let missing = |wanted: &dyn Fn(&Source) -> bool| {
        spec.message.iter().find_map(|p| seen.reach(p, wanted, 0))
    };
    // A JWS is opened once it is verified: what it alone carries cannot be part of the message.
    let unread = |hole: Hole, part: Option<&Part>, what: &str, source: &str| match part {
        Some(part) if !holes.contains(&hole) => Err(wrong(
            part.line,
            seen.path("message"),
            format!("the {what} is signed, but no field carries {{ {source} = true }}"),
        )),
        _ => Ok(()),
    };
    let nonce = missing(&|s| matches!(s, Source::Nonce));
    unread(Hole::Nonce, nonce, "nonce", "nonce")?;
    unread(
        Hole::Timestamp(None),
        missing(&is_time),
        "time",
        "timestamp",
    )?;
    let carries_id =
        holes.contains(&Hole::KeyId) || key_id_in_jws || in_jws(&|s| matches!(s, Source::KeyId));
    if spec.key_id.is_none() && (carries_id || missing(&|s| matches!(s, Source::KeyId)).is_some()) {
        return Err(seen.wrong("key_id", "is missing: say which credential is the key id"));
    }
    if spec.key_id.is_some() && !carries_id {
        return Err(seen.wrong("key_id", "no field carries { key_id = true }; a value that is only signed is a { credential = .. }"));
    }
    let named = matches!(spec.algorithm, AlgorithmRule::Named { .. });
    match (named, holes.contains(&Hole::Algorithm)) {
        (true, false) => Err(seen.wrong(
            "algorithm",
            "is named by the sender, but no field carries { algorithm = true }",
        )),
        (false, true) => Err(seen.wrong(
            "algorithm",
            "is fixed; { algorithm = true } needs a map { named = .. }",
        )),
        _ => Ok(()),
    }
}

// Sources that exist in some places only.
fn sources(seen: &In) -> Check {
    let jws = seen.spec.jws.is_some();
    let beside = [seen.path("handshake["), seen.path("token.")];
    for (path, part) in seen.parts() {
        let mut found: Option<(Line, String)> = None;
        part.each(&mut |p| {
            let what = match &p.source {
                Source::Claim(_) if !jws => {
                    "a claim is a member of a JWS payload: only with algorithm \"jws\""
                }
                Source::Claim(_) if !path.contains(".require[") => {
                    "a claim is known after verification only: use it in \"require\""
                }
                Source::Payload if !jws => {
                    "a payload of its own exists only with algorithm \"jws\""
                }
                Source::JwsHeader(_) if !jws => "a JWS header exists only with algorithm \"jws\"",
                _ => return,
            };
            found.get_or_insert((p.line, what.to_owned()));
        });
        if let Some((line, what)) = found {
            return Err(wrong(line, path, what));
        }
        let unread = |s: &Source| {
            matches!(
                s,
                Source::Timestamp(_) | Source::Nonce | Source::Payload | Source::JwsHeader(_)
            )
        };
        if beside.iter().any(|place| path.starts_with(place))
            && let Some(unread) = seen.reach(part, &unread, 0)
        {
            let what = "is no message, and has no time, nonce, payload or JWS header";
            return Err(wrong(unread.line, path, what));
        }
    }
    Ok(())
}

fn field(seen: &In, path: &str, field: &Field) -> Check {
    let wrong = |key: &str, what: String| Err(wrong(field.line, format!("{path}{key}"), what));
    let holes: Vec<Hole> = field.content.holes().collect();
    for take in &field.take {
        if !holes.contains(&Hole::Let(take.let_id)) {
            let name = seen.recipe.let_name(take.let_id);
            return wrong(
                ".take",
                format!("the field holds no {{ let = \"{name}\" }}"),
            );
        }
    }
    if field.number
        && !matches!(&field.content, Content::Template(t) if matches!(t.pieces[..], [Piece::Hole(..)]))
    {
        return wrong(".type", "a number is one hole and nothing else".to_owned());
    }
    let key_id = |s: &Source| matches!(s, Source::KeyId);
    if field.repeat.is_some()
        && holes.contains(&Hole::KeyId)
        && seen.reaches(&seen.spec.message, &key_id).is_some()
    {
        let what = "a key id that is signed stands there once";
        return wrong(".repeat", what.to_owned());
    }
    if field.optional {
        let signed =
            |wanted: &dyn Fn(&Source) -> bool| seen.reaches(&seen.spec.message, wanted).is_some();
        let is_signed = holes.iter().any(|hole| match hole {
            Hole::Timestamp(_) => signed(&|s| matches!(s, Source::Timestamp(_))),
            Hole::Nonce => signed(&|s| matches!(s, Source::Nonce)),
            Hole::KeyId => signed(&|s| matches!(s, Source::KeyId)),
            _ => false,
        });
        if is_signed {
            return wrong(".optional", "what is signed must be there".to_owned());
        }
    }
    Ok(())
}

// The same place twice, or the same name.
fn twins(seen: &In) -> Check {
    let fields = &seen.spec.fields;
    for (i, field) in fields.iter().enumerate() {
        let path = || seen.path(format_args!("field[{i}]"));
        let same = |other: &&Field| {
            other
                .place
                .label()
                .eq_ignore_ascii_case(&field.place.label())
        };
        if let Some(other) = fields[..i].iter().find(same)
            && (field.when.is_none() || field.when == other.when)
        {
            return Err(wrong(
                field.line,
                path(),
                format!("{} is written twice", field.place.label()),
            ));
        }
        if field.name.is_some() && fields[..i].iter().any(|f| f.name == field.name) {
            return Err(wrong(
                field.line,
                path() + ".name",
                "is the name of another field too",
            ));
        }
    }
    Ok(())
}

fn variants(seen: &In) -> Check {
    let spec = seen.spec;
    for variant in &spec.variants {
        let path = seen.path(format_args!("variants.{}", variant.name));
        let changes = variant.lets.len() + variant.fields.len();
        let others = variant.sign_key.is_some()
            || variant.verify_key.is_some()
            || variant.timestamp.is_some();
        if changes == 0 && !others {
            return Err(wrong(variant.line, path, "changes nothing"));
        }
        for (i, field) in variant.fields.iter().enumerate() {
            let path = format!("{path}.field[{i}]");
            let known = || spec.fields.iter().filter_map(|f| f.name.as_deref());
            let Some(name) = &field.name else {
                return Err(wrong(
                    field.line,
                    path,
                    "needs the \"name\" of the field that it replaces",
                ));
            };
            let Some(old) = spec.fields.iter().find(|f| f.name.as_ref() == Some(name)) else {
                let what = format!("no field has the name \"{name}\"{}", suggest(name, known()));
                return Err(wrong(field.line, path + ".name", what));
            };
            if old.content.has_signature() != field.content.has_signature() {
                return Err(wrong(
                    field.line,
                    path,
                    "the signature stays where it is: in the field that had it",
                ));
            }
        }
    }
    Ok(())
}

// A signature cannot stand inside the bytes that it signs.
fn not_inside_itself(seen: &In) -> Check {
    let Some(field) = seen.spec.fields.iter().find(|f| f.content.has_signature()) else {
        return Ok(());
    };
    let holds = |source: &Source| match (&field.place, source) {
        (Place::Json(_) | Place::Form(_), Source::Body) => true,
        (Place::Json(path), Source::Json(json)) => json.from.is_none() && json.path == *path,
        (
            Place::Json(path),
            Source::CanonicalJson {
                from: None, drop, ..
            },
        ) => {
            let top = crate::text::json::split_path(path).into_iter().next();
            !top.is_some_and(|name| drop.iter().any(|d| *d == name))
        }
        (Place::Form(name), Source::Form { name: read, .. }) => name == read,
        (Place::Query(_), Source::Query { .. } | Source::Target | Source::Url(UrlForm::Full)) => {
            true
        }
        (Place::Query(name), Source::QueryField { name: read, .. }) => name == read,
        (Place::Header(name), Source::Header { name: read, .. }) => name.eq_ignore_ascii_case(read),
        (
            Place::Header(name),
            Source::Headers(HeaderBlock {
                select: HeaderSelect::Prefix(prefix),
                ..
            }),
        ) => name.to_ascii_lowercase().starts_with(prefix.as_str()),
        _ => false,
    };
    match seen.reaches(&seen.spec.message, &holds) {
        None => Ok(()),
        Some(part) => Err(wrong(
            part.line,
            seen.path("message"),
            format!(
                "the signature in {} would stand inside what it signs",
                field.place.label()
            ),
        )),
    }
}
