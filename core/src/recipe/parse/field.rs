//! Fields: places on the wire and what stands in them.

use super::block::json_path;
use super::covered::covered;
use super::part::{condition, header_name, timestamp_form};
use super::{MAX_FIELDS, Node, Scope, Table};
use crate::recipe::class;
use crate::recipe::model::*;
use crate::recipe::suggest;
use crate::text::ByteSet;
use crate::{Result, Status};

const PLACES: [&str; 5] = ["header", "query_field", "json", "form", "cookie"];
const HOLES: [&str; 7] = [
    "signature",
    "timestamp",
    "nonce",
    "key_id",
    "credential",
    "let",
    "algorithm",
];
/// Names that narrow a hole: `class = "digits"`.
const CLASSES: [(&str, ByteSet); 8] = [
    ("digits", ByteSet::DIGITS),
    ("letters", ByteSet::LETTERS),
    ("alphanumeric", ByteSet::ALPHANUMERIC),
    ("hex", ByteSet::HEX),
    ("base64", ByteSet::BASE64),
    ("base64url", ByteSet::BASE64URL),
    ("token", ByteSet::TOKEN),
    ("visible", ByteSet::VISIBLE),
];

/// All fields of a flow or of a variant. `flow` gives what the character classes of holes depend on.
pub(super) fn fields(nodes: &[Node], scope: &Scope, flow: &FlowSpec) -> Result<Vec<Field>> {
    if let Some(node) = nodes.get(MAX_FIELDS) {
        return Err(node.error(format_args!("a flow has at most {MAX_FIELDS} fields")));
    }
    nodes.iter().map(|n| field(n, scope, flow)).collect()
}

fn field(node: &Node, scope: &Scope, flow: &FlowSpec) -> Result<Field> {
    let t = node.table()?;
    let place = place(&t)?;
    let number = match t.opt("type") {
        Some(node) => node.choice("type", &["number", "string"], |name| match name {
            "number" => Some(true),
            "string" => Some(false),
            _ => None,
        })?,
        None => false,
    };
    let alone = t.bool("alone")?;
    if !matches!(place, Place::Json(_)) && (number || alone) {
        let key = if alone { "alone" } else { "type" };
        return Err(t.error(format_args!("\"{key}\" is for json fields only")));
    }
    let repeat = t.opt("repeat");
    let mut field = Field {
        name: t.opt_text("name")?,
        or: or(&t, &place)?,
        content: content(&t, scope, flow)?,
        caller: caller(&t)?,
        when: t.opt("when").map(|n| condition(&n)).transpose()?,
        optional: t.bool("optional")?,
        repeat: match &repeat {
            Some(node) => Some(node.text()?.as_bytes().into()),
            None => None,
        },
        alone,
        number,
        several: t.opt_text("several")?.map(|s| s.into_bytes().into()),
        reject: reject(&t)?,
        take: take(&t, scope, flow)?,
        place,
        line: node.line(),
    };
    t.finish()?;
    if let Content::Covered(covered) = &field.content {
        if !matches!(field.place, Place::Header(_)) || !field.take.is_empty() {
            return Err(t.error("\"covered\" is for a header, and takes its let by itself"));
        }
        field.take.push(Take {
            let_id: covered.input,
            split: Box::default(),
            list: Vec::new(),
            prefix: Vec::new(),
        });
    }
    if let (Some(node), Err(what)) = (&repeat, repeatable(&field)) {
        return Err(node.error(what));
    }
    match (&field.several, &field.content) {
        (Some(sep), _) if sep.is_empty() => Err(t.error("\"several\" must not be empty")),
        (Some(_), Content::Template(template)) if template.has_signature() => Ok(field),
        (Some(_), _) => Err(t.error("\"several\" is for a value that holds the signature")),
        (None, _) => Ok(field),
    }
}

// What stands there several times is told apart by the separator alone, and belongs to one signature each.
fn repeatable(field: &Field) -> std::result::Result<(), &'static str> {
    let (Content::Template(template), Some(separator)) = (&field.content, &field.repeat) else {
        return Err("is for a field with a \"value\" only");
    };
    if field.several.is_some() {
        return Err("and \"several\" are two ways to say the same: give one");
    }
    let mut holes = template.holes();
    if !template.has_signature() || holes.any(|h| !matches!(h, Hole::Signature | Hole::KeyId)) {
        return Err("is for a value of the signature, and at most the key id");
    }
    template.check_within(separator)
}

fn place(t: &Table) -> Result<Place> {
    let mut present = PLACES.iter().filter(|p| t.keys().any(|k| k == **p));
    let key = match (present.next(), present.next()) {
        (Some(key), None) => *key,
        (Some(one), Some(two)) => {
            return Err(t.error(format_args!(
                "a field has one place, this one has \"{one}\" and \"{two}\""
            )));
        }
        (None, _) => {
            return Err(t.error(format_args!(
                "a field needs a place: one of {}",
                PLACES.join(", ")
            )));
        }
    };
    named_place(key, &t.req(key)?)
}

fn named_place(key: &str, node: &Node) -> Result<Place> {
    Ok(match key {
        "header" => Place::Header(header_name(node)?.to_owned()),
        "json" => Place::Json(json_path(node)?),
        "query_field" => Place::Query(node.text()?.to_owned()),
        "form" => Place::Form(node.text()?.to_owned()),
        _ => Place::Cookie(header_name(node)?.to_owned()),
    })
}

// Other names of the same kind of place.
fn or(t: &Table, place: &Place) -> Result<Vec<String>> {
    let Some(list) = t.opt("or") else {
        return Ok(Vec::new());
    };
    for node in list.one_or_list()? {
        match place {
            Place::Header(_) | Place::Cookie(_) => header_name(&node).map(|_| ())?,
            Place::Json(_) => json_path(&node).map(|_| ())?,
            _ => node.text().map(|_| ())?,
        }
    }
    list.texts()
}

fn content(t: &Table, scope: &Scope, flow: &FlowSpec) -> Result<Content> {
    if let Some(node) = t.opt("covered") {
        return covered(&node, scope, flow).map(Content::Covered);
    }
    match (t.opt("value"), t.opt("item")) {
        (Some(value), None) => {
            let several = t.opt_text("several")?.unwrap_or_default();
            let several = ByteSet::of(several.as_bytes());
            template(&value, scope, flow, several).map(Content::Template)
        }
        (None, Some(item)) => items(t, &item, scope, flow).map(Content::Items),
        (Some(_), Some(item)) => {
            Err(item.error("a field has a \"value\" or a list of items, not both"))
        }
        (None, None) => t.req("value").and(Err(t.error("\"value\" is missing"))),
    }
}

fn items(t: &Table, item: &Node, scope: &Scope, flow: &FlowSpec) -> Result<Items> {
    let entries: Vec<(String, Template)> = (t.req("list")?.table()?.members().into_iter())
        .map(|(key, node)| {
            Ok((
                key.to_owned(),
                template(&node, scope, flow, ByteSet::EMPTY)?,
            ))
        })
        .collect::<Result<_>>()?;
    let items = Items {
        lead: t.bytes_or("lead", "")?,
        groups: t.opt_text("groups")?.map(|g| g.into_bytes().into()),
        item: item.text()?.as_bytes().into(),
        kv: t.req("kv")?.text()?.as_bytes().into(),
        quoted: t.bool("quoted")?,
        entries,
    };
    items.check().map_err(|what| t.error(what))?;
    Ok(items)
}

// `several`: what may also stand in the signature's hole.
fn template(node: &Node, scope: &Scope, flow: &FlowSpec, several: ByteSet) -> Result<Template> {
    let mut pieces: Vec<Piece> = Vec::new();
    for node in node.one_or_list()? {
        scope.count(&node)?;
        match (node.is_str(), pieces.last_mut()) {
            // Two literals in a row are one.
            (true, Some(Piece::Literal(last))) => {
                *last = [&last[..], &node.bytes()?].concat().into()
            }
            (true, _) => pieces.push(Piece::Literal(node.text()?.as_bytes().into())),
            (false, _) => pieces.push(hole(&node, scope, flow, several)?),
        }
    }
    let template = Template { pieces };
    template.check().map_err(|what| node.error(what))?;
    Ok(template)
}

fn hole(node: &Node, scope: &Scope, flow: &FlowSpec, several: ByteSet) -> Result<Piece> {
    let t = node.table()?;
    let mut present = HOLES.iter().filter(|h| t.keys().any(|k| k == **h));
    let name = match (present.next(), present.next()) {
        (Some(name), None) => *name,
        (Some(one), Some(two)) => {
            return Err(t.error(format_args!(
                "a hole is one thing, this one is \"{one}\" and \"{two}\""
            )));
        }
        (None, _) => {
            let wrong = t.keys().next().unwrap_or_default();
            let hint = suggest(wrong, HOLES);
            return Err(t.error(format_args!(
                "\"{wrong}\" cannot stand in a field as it is, only as a let{hint}"
            )));
        }
    };
    let value = t.req(name)?;
    let marker = |hole| value.marker().map(|()| hole);
    let hole = match name {
        "signature" => marker(Hole::Signature)?,
        "timestamp" => Hole::Timestamp(timestamp_form(&value)?),
        "nonce" => marker(Hole::Nonce)?,
        "key_id" => marker(Hole::KeyId)?,
        "credential" => Hole::Credential(scope.credential(&value)?),
        "let" => Hole::Let(scope.let_id(&value)?),
        _ => marker(Hole::Algorithm)?,
    };
    let mut set = class::of_hole(hole, flow);
    if let Some(node) = t.opt("class") {
        let names = CLASSES.map(|(name, _)| name);
        let find = |name: &str| {
            CLASSES
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, set)| *set)
        };
        set = set.intersection(node.choice("class", &names, find)?);
    }
    if let Some(node) = t.opt("not") {
        set = set.without(ByteSet::of(node.text()?.as_bytes()));
    }
    if hole == Hole::Signature {
        set = set.union(several);
    }
    t.finish()?;
    Ok(Piece::Hole(hole, set.into()))
}

fn caller(t: &Table) -> Result<Caller> {
    let Some(node) = t.opt("caller") else {
        return Ok(Caller::default());
    };
    node.choice("rule", &["refuse", "adopt", "require"], |name| match name {
        "refuse" => Some(Caller::Refuse),
        "adopt" => Some(Caller::Adopt),
        "require" => Some(Caller::Require),
        _ => None,
    })
}

fn reject(t: &Table) -> Result<Vec<Reject>> {
    let Some(list) = t.opt("reject") else {
        return Ok(Vec::new());
    };
    let one = |node: Node| {
        let t = node.table()?;
        let reject = Reject {
            prefix: t.req("prefix")?.text()?.as_bytes().into(),
            status: verdict(&t.req("status")?)?,
            about: t.req("about")?.text()?.to_owned(),
        };
        t.finish()?;
        Ok(reject)
    };
    list.one_or_list()?.into_iter().map(one).collect()
}

/// The name of a verdict (statuses 1 to 18).
pub(super) fn verdict(node: &Node) -> Result<Status> {
    let names: Vec<&str> = Status::ALL
        .iter()
        .filter(|s| s.is_verdict())
        .map(|s| s.name())
        .collect();
    node.choice("verdict", &names, |name| {
        Status::from_name(name).filter(|s| s.is_verdict())
    })
}

// `take = ["signed"]`, `take_must_hold = { signed = { list, prefix, split } }`
fn take(t: &Table, scope: &Scope, flow: &FlowSpec) -> Result<Vec<Take>> {
    let Some(list) = t.opt("take") else {
        return match t.opt("take_must_hold") {
            Some(node) => {
                Err(node.error("says what a taken let must hold, but there is no \"take\""))
            }
            None => Ok(Vec::new()),
        };
    };
    let mut takes: Vec<Take> = Vec::new();
    for node in list.one_or_list()? {
        let let_id = scope.let_id(&node)?;
        takes.push(Take {
            let_id,
            split: class::list_separator(let_id, flow),
            list: Vec::new(),
            prefix: Vec::new(),
        });
    }
    let Some(must) = t.opt("take_must_hold") else {
        return Ok(takes);
    };
    for (name, node) in must.table()?.members() {
        let let_id = scope.let_named(&node, name)?;
        let Some(take) = takes.iter_mut().find(|take| take.let_id == let_id) else {
            return Err(node.error(format_args!("\"{name}\" is not taken: name it in \"take\"")));
        };
        let t = node.table()?;
        let lower = |key| -> Result<Vec<String>> {
            Ok(t.opt_texts(key)?
                .iter()
                .map(|n| n.to_ascii_lowercase())
                .collect())
        };
        take.list = lower("list")?;
        take.prefix = lower("prefix")?;
        if let Some(split) = t.opt("split") {
            take.split = split.text()?.as_bytes().into();
        }
        t.finish()?;
    }
    Ok(takes)
}
