//! Sources that gather many values: header blocks, JSON, sorted fields.

use super::part::{header_name, part};
use super::{MAX_PATH, Node, Scope, Table};
use crate::Result;
use crate::recipe::model::*;
use crate::text::{JsonPaths, JsonStyle};

/// `headers = { prefix | list, split, pseudo, unfold, collapse, names, names_as_written, kv, end, join }`
pub(super) fn header_block(node: &Node, scope: &Scope) -> Result<HeaderBlock> {
    let t = node.table()?;
    let select = match (t.opt("prefix"), t.opt("list")) {
        (Some(prefix), None) => HeaderSelect::Prefix(header_name(&prefix)?.to_ascii_lowercase()),
        (None, Some(list)) => header_list(&list, &t, scope)?,
        _ => return Err(t.error("takes either \"prefix\" or \"list\"")),
    };
    let block = HeaderBlock {
        select,
        unfold: t.bool("unfold")?,
        collapse: t.bool("collapse")?,
        names_as_written: t.bool("names_as_written")?,
        kv: t.bytes_or("kv", ":")?,
        end: t.bytes_or("end", "\n")?,
        join: t.bool("join")?,
        with_names: t.opt("names").map_or(Ok(true), |n| n.bool())?,
    };
    t.finish()?;
    Ok(block)
}

// `list = ["host", "date"]` or `list = { let = "signed" }`, split at `split`.
fn header_list(node: &Node, t: &Table, scope: &Scope) -> Result<HeaderSelect> {
    let split: Box<[u8]> = match t.opt("split") {
        Some(node) => node.text()?.as_bytes().into(),
        None => Box::from(&b";"[..]),
    };
    let names = if node.is_list() {
        let mut names = Vec::new();
        for node in node.list()? {
            // The pseudo headers of HTTP signatures stand in parentheses or after an @.
            let name = node.text()?;
            if !name.starts_with(['(', '@']) {
                header_name(&node)?;
            }
            names.push(name.as_bytes());
        }
        scope.count(node)?;
        Part {
            source: Source::Literal(names.join(&split[..]).into()),
            when: None,
            then: Vec::new(),
            line: node.line(),
        }
    } else {
        part(node, scope)?
    };
    let pseudo = match t.opt("pseudo") {
        None => Vec::new(),
        Some(node) => (node.table()?.members().into_iter())
            .map(|(name, node)| Ok((name.to_owned(), part(&node, scope)?)))
            .collect::<Result<_>>()?,
    };
    Ok(HeaderSelect::List {
        names: Box::new(names),
        split,
        pseudo,
    })
}

/// `header_names = { list, prefix, join, as_written }`
pub(super) fn header_names(node: &Node) -> Result<HeaderNames> {
    let t = node.table()?;
    let names = |key| -> Result<Vec<String>> {
        let Some(list) = t.opt(key) else {
            return Ok(Vec::new());
        };
        list.list()?
            .iter()
            .map(|n| header_name(n).map(str::to_owned))
            .collect()
    };
    let names = HeaderNames {
        list: names("list")?,
        prefix: names("prefix")?
            .iter()
            .map(|p| p.to_ascii_lowercase())
            .collect(),
        join: t.req("join")?.text()?.as_bytes().into(),
        as_written: t.bool("as_written")?,
    };
    t.finish()?;
    if names.list.is_empty() && names.prefix.is_empty() {
        return Err(node.error("needs a \"list\" or a \"prefix\""));
    }
    Ok(names)
}

/// `{ canonical_json = "style", from, drop }`
pub(super) fn canonical_json(node: &Node, t: &Table, scope: &Scope) -> Result<Source> {
    Ok(Source::CanonicalJson {
        style: node.choice(
            "JSON style",
            &JsonStyle::ALL.map(JsonStyle::name),
            JsonStyle::parse_name,
        )?,
        from: t
            .opt("from")
            .map(|n| part(&n, scope).map(Box::new))
            .transpose()?,
        drop: t.opt_texts("drop")?,
    })
}

/// `{ json = "a.b", missing, null, verbatim, from }`
pub(super) fn json(node: &Node, t: &Table, scope: &Scope) -> Result<JsonPart> {
    let path = json_path(node)?;
    let from = match t.opt("from") {
        None => None,
        Some(node) => Some(Box::new((
            part(&node, scope)?,
            JsonPaths::new(std::slice::from_ref(&path)),
        ))),
    };
    Ok(JsonPart {
        path,
        slot: None,
        from,
        missing: t.opt_bytes("missing")?,
        null: t.opt_bytes("null")?,
        verbatim: t.bool("verbatim")?,
    })
}

/// A dotted path, `\.` for a dot inside a name.
pub(super) fn json_path(node: &Node) -> Result<String> {
    let path = node.text()?;
    let names = crate::text::json::split_path(path);
    if names.iter().any(|name| name.is_empty()) {
        return Err(node.error("a path is names joined by single dots: amount.value"));
    }
    if names.len() > MAX_PATH {
        return Err(node.error(format_args!("a path has at most {MAX_PATH} names")));
    }
    Ok(path.to_owned())
}

/// `leaves = { sep, kv, drop, drop_empty, order }`; without `kv` values only.
pub(super) fn leaves(node: &Node) -> Result<Leaves> {
    let t = node.table()?;
    let leaves = Leaves {
        sep: t.req("sep")?.bytes()?,
        kv: t.opt_bytes("kv")?,
        drop: match t.opt("drop") {
            None => Vec::new(),
            Some(list) => list
                .one_or_list()?
                .iter()
                .map(json_path)
                .collect::<Result<_>>()?,
        },
        drop_empty: t.bool("drop_empty")?,
        by_value: match t.opt("order") {
            None => false,
            Some(node) => node.choice("order", &["paths", "values"], |name| match name {
                "paths" => Some(false),
                "values" => Some(true),
                _ => None,
            })?,
        },
    };
    t.finish()?;
    Ok(leaves)
}

/// `sorted = { from, kv, sep, drop, drop_empty, unique, only_values, prefix, encode }`
pub(super) fn sorted(node: &Node) -> Result<Sorted> {
    let t = node.table()?;
    let names = ["form", "query", "query-and-form", "json"];
    let from = t.req("from")?.choice("source", &names, |name| match name {
        "form" => Some(SortedFrom::Form),
        "query" => Some(SortedFrom::Query),
        "query-and-form" => Some(SortedFrom::QueryAndForm),
        "json" => Some(SortedFrom::Json),
        _ => None,
    })?;
    let sorted = Sorted {
        from,
        kv: t.bytes_or("kv", "=")?,
        sep: t.bytes_or("sep", "&")?,
        drop: t.opt_texts("drop")?,
        drop_empty: t.bool("drop_empty")?,
        unique: t.bool("unique")?,
        only_values: t.bool("only_values")?,
        prefix: t.opt_texts("prefix")?,
        encode: match t.opt("encode") {
            None => FieldEscape::None,
            Some(node) if node.is_str() => node.choice("escaping", &["php"], |n| {
                (n == "php").then_some(FieldEscape::Php)
            })?,
            Some(node) if node.bool()? => FieldEscape::Percent,
            Some(_) => FieldEscape::None,
        },
    };
    t.finish()?;
    Ok(sorted)
}
