//! What stands beside message and fields: requirements, batches, token endpoint, key fetching, handshakes, variants.

use super::algorithm::timestamp;
use super::block::json_path;
use super::field::verdict;
use super::part::{condition, part, parts};
use super::{Node, Scope, Table, name_syntax};
use crate::recipe::model::*;
use crate::{Result, Status};

/// `require = [ { value, equals, status, when, about } ]`
pub(super) fn require(t: &Table, scope: &Scope) -> Result<Vec<Require>> {
    let Some(list) = t.opt("require") else {
        return Ok(Vec::new());
    };
    let one = |node: Node| {
        let t = node.table()?;
        let require = Require {
            value: part(&t.req("value")?, scope)?,
            equals: parts(&t.req("equals")?, scope)?,
            status: t
                .opt("status")
                .map_or(Ok(Status::ContentRejected), |n| verdict(&n))?,
            when: t.opt("when").map(|n| condition(&n)).transpose()?,
            about: t.opt_text("about")?,
        };
        t.finish()?;
        if require.equals.is_empty() {
            return Err(t.error("\"equals\" is empty: no message would be accepted"));
        }
        Ok(require)
    };
    list.list()?.into_iter().map(one).collect()
}

/// `each = { path, item }`
pub(super) fn each(node: &Node) -> Result<Each> {
    let t = node.table()?;
    let each = Each {
        path: json_path(&t.req("path")?)?,
        item: t.opt_text("item")?,
        slot: None,
    };
    t.finish()?;
    Ok(each)
}

/// `token = { method, target, headers, body, token, expires_in, refresh_percent }`
pub(super) fn token(node: &Node, scope: &Scope) -> Result<TokenSpec> {
    let t = node.table()?;
    let method = match t.opt("method") {
        Some(node) => node.choice("method", &["POST", "GET"], |m| {
            matches!(m, "POST" | "GET").then(|| m.to_owned())
        })?,
        None => "POST".to_owned(),
    };
    let target = t.req("target")?;
    if !target.text()?.starts_with('/') {
        return Err(target.error("must begin with /"));
    }
    let headers = match t.opt("headers") {
        None => Vec::new(),
        Some(node) => (node.table()?.members().into_iter())
            .map(|(name, node)| {
                if !crate::text::ByteSet::TOKEN.contains_all(name.as_bytes()) {
                    return Err(node.error("is not the name of a header"));
                }
                Ok((name.to_owned(), parts(&node, scope)?))
            })
            .collect::<Result<_>>()?,
    };
    let member = |key, default: &str| -> Result<String> {
        t.opt(key)
            .map_or_else(|| Ok(default.to_owned()), |n| json_path(&n))
    };
    let spec = TokenSpec {
        method,
        target: target.text()?.to_owned(),
        headers,
        body: t
            .opt("body")
            .map_or_else(|| Ok(Vec::new()), |n| parts(&n, scope))?,
        token: member("token", "access_token")?,
        expires_in: member("expires_in", "expires_in")?,
        refresh_percent: t
            .opt("refresh_percent")
            .map_or(Ok(90), |n| n.integer(1..=100))? as u8,
    };
    t.finish()?;
    Ok(spec)
}

/// `fetch = { url, hosts, certificate_names }`
pub(super) fn fetch(node: &Node, scope: &Scope) -> Result<FetchSpec> {
    let t = node.table()?;
    let hosts = t.opt("hosts");
    let spec = FetchSpec {
        url: t.opt("url").map(|n| part(&n, scope)).transpose()?,
        hosts: hosts.as_ref().map_or_else(|| Ok(Vec::new()), Node::texts)?,
        certificate_names: t.opt_texts("certificate_names")?,
    };
    t.finish()?;
    if spec.url.is_some() && spec.hosts.is_empty() {
        return Err(t.error("an address from the wire needs \"hosts\" that it may name"));
    }
    for host in &spec.hosts {
        let name = host.strip_prefix("*.").unwrap_or(host);
        let label = |l: &str| {
            !l.is_empty()
                && l.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !(name.contains('.') && name.split('.').all(label)) {
            let node = hosts.as_ref().unwrap_or(node);
            return Err(node.error(format_args!(
                "\"{}\" is not a host name like api.example.com or *.example.com",
                host.escape_debug()
            )));
        }
    }
    Ok(spec)
}

/// `handshake = [ { about, when, json, without, signed, content_type, answer } ]`
pub(super) fn handshakes(t: &Table, scope: &Scope) -> Result<Vec<Handshake>> {
    let Some(list) = t.opt("handshake") else {
        return Ok(Vec::new());
    };
    list.one_or_list()?
        .iter()
        .map(|n| handshake(n, scope))
        .collect()
}

fn handshake(node: &Node, scope: &Scope) -> Result<Handshake> {
    let t = node.table()?;
    let json = match t.opt("json") {
        None => None,
        Some(node) => {
            let t = node.table()?;
            let pair = (
                json_path(&t.req("path")?)?,
                t.req("equals")?.str()?.to_owned(),
            );
            t.finish()?;
            Some(pair)
        }
    };
    let when = t
        .opt("when")
        .map_or_else(|| Ok(Condition::default()), |n| condition(&n))?;
    if json.is_none() && when == Condition::default() {
        return Err(t.error("needs \"when\" or \"json\" to tell it from ordinary messages"));
    }
    let handshake = Handshake {
        about: t.req("about")?.text()?.to_owned(),
        when,
        json,
        without: t.opt("without").map(|n| json_path(&n)).transpose()?,
        signed: t.bool("signed")?,
        content_type: media_type(&t.req("content_type")?)?,
        answer: parts(&t.req("answer")?, scope)?,
    };
    t.finish()?;
    Ok(handshake)
}

/// `text/plain; charset=utf-8`: it becomes a header's value as it is.
fn media_type(node: &Node) -> Result<String> {
    let text = node.text()?;
    let value = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    let named = text
        .split_once('/')
        .is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty());
    if value && named {
        return Ok(text.to_owned());
    }
    Err(node.error("must be a media type like text/plain, in visible ASCII"))
}

/// All variants, and the nodes of their fields, which are read when all lets are known.
pub(super) type Variants<'a> = (Vec<Variant>, Vec<Vec<Node<'a>>>);

/// `[request.variants]`: by name, an inherited one replaced as a whole.
pub(super) fn variants<'a>(t: &Table<'a>, scope: &Scope) -> Result<Variants<'a>> {
    let mut all: Variants = (Vec::new(), Vec::new());
    for layer in t.layers("variants") {
        for (name, node) in layer.table()?.members() {
            if all.0.iter().any(|v| v.name == name) {
                continue;
            }
            super::id_syntax_of(&node, name)?;
            let t = node.table()?;
            let key = |name| {
                t.first_of(&[name, "key"])
                    .map(|n| super::part::key(&n, scope))
                    .transpose()
            };
            let variant = Variant {
                name: name.to_owned(),
                about: t.opt_text("about")?,
                lets: variant_lets(&t, scope)?,
                fields: Vec::new(),
                sign_key: key("sign_key")?,
                verify_key: key("verify_key")?,
                timestamp: t.opt("timestamp").map(|n| timestamp(&n)).transpose()?,
                line: node.line(),
            };
            t.own("key");
            let fields = t
                .opt("field")
                .map_or_else(|| Ok(Vec::new()), |n| n.one_or_list())?;
            t.finish()?;
            all.0.push(variant);
            all.1.push(fields);
        }
    }
    Ok(all)
}

fn variant_lets(t: &Table, scope: &Scope) -> Result<Vec<(LetId, Part)>> {
    let Some(lets) = t.opt("let") else {
        return Ok(Vec::new());
    };
    (lets.table()?.members().into_iter())
        .map(|(name, node)| {
            name_syntax(&node, name)?;
            Ok((scope.let_named(&node, name)?, part(&node, scope)?))
        })
        .collect()
}
