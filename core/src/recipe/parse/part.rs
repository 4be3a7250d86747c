//! Parts: where bytes come from.

use super::block::{canonical_json, header_block, header_names, json, json_path, leaves, sorted};
use super::covered::signature_input;
use super::step::steps;
use super::{MAX_DEPTH, Node, Scope, Table};
use crate::Result;
use crate::recipe::model::*;
use crate::recipe::suggest;
use crate::time::TimeFormat;

/// Every key that says where bytes come from; a part has exactly one.
const SOURCES: [&str; 26] = [
    "method",
    "path",
    "query",
    "target",
    "url",
    "header",
    "headers",
    "header_names",
    "body",
    "canonical_json",
    "json",
    "leaves",
    "form",
    "query_field",
    "sorted",
    "timestamp",
    "nonce",
    "key_id",
    "credential",
    "payload",
    "jws_header",
    "claim",
    "signature_input",
    "signature_base",
    "let",
    "group",
];

/// A list of parts, or one part.
pub(super) fn parts(node: &Node, scope: &Scope) -> Result<Vec<Part>> {
    node.one_or_list()?.iter().map(|n| part(n, scope)).collect()
}

/// A key: one part, or several one after the other.
pub(super) fn key(node: &Node, scope: &Scope) -> Result<Part> {
    if !node.is_list() {
        return part(node, scope);
    }
    scope.count(node)?;
    Ok(Part {
        source: Source::Group(parts(node, scope)?),
        when: None,
        then: Vec::new(),
        line: node.line(),
    })
}

/// One part: a string or a table with one source.
pub(super) fn part(node: &Node, scope: &Scope) -> Result<Part> {
    scope.count(node)?;
    if scope.depth.get() >= MAX_DEPTH {
        return Err(node.error(format_args!(
            "parts stand more than {MAX_DEPTH} deep in each other"
        )));
    }
    scope.depth.set(scope.depth.get() + 1);
    let part = part_inside(node, scope);
    scope.depth.set(scope.depth.get() - 1);
    part
}

fn part_inside(node: &Node, scope: &Scope) -> Result<Part> {
    if node.is_str() {
        return Ok(Part {
            source: Source::Literal(node.bytes()?),
            when: None,
            then: Vec::new(),
            line: node.line(),
        });
    }
    if !node.is_table() {
        return Err(node.error("a part is a string or a table like { body = \"raw\" }"));
    }
    let table = node.table()?;
    let source = source(&table, scope)?;
    let part = Part {
        source,
        when: table.opt("when").map(|n| condition(&n)).transpose()?,
        then: table
            .opt("then")
            .map_or_else(|| Ok(Vec::new()), |n| steps(&n, scope))?,
        line: node.line(),
    };
    table.finish()?;
    Ok(part)
}

fn source(t: &Table, scope: &Scope) -> Result<Source> {
    let mut present = SOURCES.iter().filter(|s| t.keys().any(|k| k == **s));
    let name = match (present.next(), present.next()) {
        (Some(name), None) => *name,
        (Some(one), Some(two)) => {
            return Err(t.error(format_args!(
                "a part has one source, this one has \"{one}\" and \"{two}\""
            )));
        }
        (None, _) => return Err(no_source(t)),
    };
    let node = t.req(name)?;
    Ok(match name {
        "method" => Source::Method.marked(&node)?,
        "nonce" => Source::Nonce.marked(&node)?,
        "key_id" => Source::KeyId.marked(&node)?,
        "payload" => Source::Payload.marked(&node)?,
        "path" => Source::Path(path_form(&node)?),
        "query" => Source::Query {
            form: query_form(&node)?,
            lead: t.bytes_or("lead", "")?,
        },
        "target" => node.choice("form", &["raw"], |n| (n == "raw").then_some(Source::Target))?,
        "body" => node.choice("form", &["raw"], |n| (n == "raw").then_some(Source::Body))?,
        "url" => Source::Url(url_form(&node)?),
        "header" => Source::Header {
            name: header_name(&node)?.to_ascii_lowercase(),
            missing: t.opt_bytes("missing")?,
        },
        "headers" => Source::Headers(header_block(&node, scope)?),
        "header_names" => Source::HeaderNames(header_names(&node)?),
        "canonical_json" => canonical_json(&node, t, scope)?,
        "json" => Source::Json(json(&node, t, scope)?),
        "leaves" => Source::Leaves(leaves(&node)?),
        "form" => Source::Form {
            name: node.text()?.to_owned(),
            missing: t.opt_bytes("missing")?,
        },
        "query_field" => Source::QueryField {
            name: node.text()?.to_owned(),
            missing: t.opt_bytes("missing")?,
        },
        "sorted" => Source::Sorted(sorted(&node)?),
        "timestamp" => Source::Timestamp(timestamp_form(&node)?),
        "credential" => Source::Credential(scope.credential(&node)?),
        "jws_header" => Source::JwsHeader(node.text()?.to_owned()),
        "claim" => Source::Claim(json_path(&node)?),
        "signature_input" => Source::SignatureInput(signature_input(&node)?),
        "signature_base" => Source::SignatureBase(Box::new(part(&node, scope)?)),
        "let" => Source::Let(scope.let_id(&node)?),
        _ => Source::Group(
            node.list()?
                .iter()
                .map(|n| part(n, scope))
                .collect::<Result<_>>()?,
        ),
    })
}

fn no_source(t: &Table) -> crate::Error {
    match t.keys().find(|k| *k != "then" && *k != "when") {
        Some("signature") => t.error("the signature can stand in a field only"),
        Some(key) => t.error(format_args!("no source \"{key}\"{}", suggest(key, SOURCES))),
        None => t.error(format_args!(
            "a part needs a source; known: {}",
            SOURCES.join(", ")
        )),
    }
}

impl Source {
    fn marked(self, node: &Node) -> Result<Source> {
        node.marker().map(|()| self)
    }
}

/// `true`: the text that travels; a format's name: the same instant written so.
pub(super) fn timestamp_form(node: &Node) -> Result<Option<TimeFormat>> {
    if node.is_str() {
        return time_format(node).map(Some);
    }
    node.marker()
        .map_err(|_| node.error("must be true or the name of a time format"))?;
    Ok(None)
}

pub(super) fn time_format(node: &Node) -> Result<TimeFormat> {
    node.choice(
        "time format",
        &TimeFormat::ALL.map(TimeFormat::name),
        TimeFormat::parse_name,
    )
}

fn path_form(node: &Node) -> Result<PathForm> {
    node.choice(
        "form",
        &["raw", "decoded", "aws", "aws-s3"],
        |name| match name {
            "raw" => Some(PathForm::Raw),
            "decoded" => Some(PathForm::Decoded),
            "aws" => Some(PathForm::Aws),
            "aws-s3" => Some(PathForm::AwsS3),
            _ => None,
        },
    )
}

fn query_form(node: &Node) -> Result<QueryForm> {
    node.choice(
        "form",
        &["raw", "decoded", "form", "sorted"],
        |name| match name {
            "raw" => Some(QueryForm::Raw),
            "decoded" => Some(QueryForm::Decoded),
            "form" => Some(QueryForm::Form),
            "sorted" => Some(QueryForm::Sorted),
            _ => None,
        },
    )
}

fn url_form(node: &Node) -> Result<UrlForm> {
    if !node.is_str() {
        node.marker().map_err(|_| {
            node.error("must be true or a piece of the URL: scheme, authority, host, no-query")
        })?;
        return Ok(UrlForm::Full);
    }
    node.choice(
        "piece of the URL",
        &["scheme", "authority", "host", "no-query"],
        |name| match name {
            "scheme" => Some(UrlForm::Scheme),
            "authority" => Some(UrlForm::Authority),
            "host" => Some(UrlForm::Host),
            "no-query" => Some(UrlForm::NoQuery),
            _ => None,
        },
    )
}

/// The name of a header (RFC 9110, 5.1), as written.
pub(super) fn header_name<'a>(node: &Node<'a>) -> Result<&'a str> {
    let name = node.text()?;
    if crate::text::ByteSet::TOKEN.contains_all(name.as_bytes()) {
        return Ok(name);
    }
    Err(node.error(format_args!(
        "\"{}\" is not the name of a header",
        name.escape_debug()
    )))
}

/// `when = { method, form, body, query, no_query, header, no_header }`
pub(super) fn condition(node: &Node) -> Result<Condition> {
    let t = node.table()?;
    let method = match t.opt("method") {
        Some(node) => Some(methods(&node)?),
        None => None,
    };
    let header = |key| -> Result<Option<String>> {
        let Some(node) = t.opt(key) else {
            return Ok(None);
        };
        header_name(&node).map(|n| Some(n.to_ascii_lowercase()))
    };
    let condition = Condition {
        method,
        form: t.opt("form").map(|n| n.bool()).transpose()?,
        body: t.opt("body").map(|n| n.bool()).transpose()?,
        query: t.opt_text("query")?,
        no_query: t.opt_text("no_query")?,
        header: header("header")?,
        no_header: header("no_header")?,
    };
    t.finish()?;
    if condition == Condition::default() {
        return Err(node.error("an empty condition always holds: name what it depends on"));
    }
    Ok(condition)
}

fn methods(node: &Node) -> Result<Vec<String>> {
    let methods = node.texts()?;
    if methods.is_empty() {
        return Err(node.error("must name a method"));
    }
    match methods
        .iter()
        .find(|m| !m.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'))
    {
        Some(m) => Err(node.error(format_args!(
            "a method is written in capitals, not \"{}\"",
            m.escape_debug()
        ))),
        None => Ok(methods),
    }
}

#[cfg(test)]
mod tests {
    const DOC: &str = include_str!("../../../../docs/recipes.md");

    #[test]
    fn every_source_is_documented() {
        for source in super::SOURCES {
            assert!(DOC.contains(&format!("{{ {source} = ")), "{source}");
        }
    }
}
