//! HTTP Message Signatures (RFC 9421): which components are covered, and by what parameters.

use super::{Node, Scope};
use crate::Result;
use crate::recipe::model::*;

/// `signature_input = { components, with_body, params, expires, tag }`
pub(super) fn signature_input(node: &Node) -> Result<SignatureInput> {
    let t = node.table()?;
    let mut params = Vec::new();
    for node in t.req("params")?.one_or_list()? {
        let names = ["created", "keyid", "nonce", "alg"];
        params.push(node.choice("parameter", &names, |name| match name {
            "created" => Some(Param::Created),
            "keyid" => Some(Param::KeyId),
            "nonce" => Some(Param::Nonce),
            "alg" => Some(Param::Alg),
            _ => None,
        })?);
    }
    if let Some(node) = t.opt("expires") {
        params.push(Param::Expires(node.integer(1..=86_400)? as u32));
    }
    if let Some(node) = t.opt("tag") {
        params.push(Param::Tag(node.text()?.to_owned()));
    }
    let input = SignatureInput {
        components: components(&t.req("components")?)?,
        with_body: t
            .opt("with_body")
            .map_or_else(|| Ok(Vec::new()), |n| components(&n))?,
        params,
    };
    t.finish()?;
    let doubled = (1..input.params.len()).any(|i| input.params[..i].contains(&input.params[i]));
    if doubled {
        return Err(node.error("names a parameter twice"));
    }
    Ok(input)
}

/// `covered = { label, let, require, with_body }`; what is written with a body must be covered with a body.
pub(super) fn covered(node: &Node, scope: &Scope, flow: &FlowSpec) -> Result<Covered> {
    let t = node.table()?;
    let name = t.req("let")?;
    let input = scope.let_id(&name)?;
    let Some(Source::SignatureInput(rule)) = flow.let_part(input).map(|p| &p.source) else {
        return Err(name.error("is not a { signature_input = .. }"));
    };
    let label = t.req("label")?;
    let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.*".contains(c);
    if !label.text()?.chars().all(is_key) {
        return Err(label.error("a label is lower-case letters, digits, and _ - . *"));
    }
    let covered = Covered {
        label: label.text()?.to_owned(),
        input,
        require: t
            .opt("require")
            .map_or_else(|| Ok(Vec::new()), |n| components(&n))?,
        with_body: match t.opt("with_body") {
            Some(node) => components(&node)?,
            None => rule.with_body.clone(),
        },
        params: rule.params.clone(),
    };
    t.finish()?;
    let written = |name: &String| rule.components.contains(name);
    if let Some(name) = covered.require.iter().find(|n| !written(n)) {
        return Err(node.error(format_args!(
            "\"{name}\" is required, but not written when signing"
        )));
    }
    Ok(covered)
}

// `@method`, `content-digest`, `@query-param;name="id"`
fn components(node: &Node) -> Result<Vec<String>> {
    let names = node.texts()?;
    for name in &names {
        let (plain, params) = name.split_once(';').unwrap_or((name, ""));
        let token = plain.strip_prefix('@').unwrap_or(plain);
        let good =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "!#$%&'*+-.^_`|~".contains(c);
        if token.is_empty() || !token.chars().all(good) || params.contains(['\r', '\n', '(', ')']) {
            return Err(node.error(format_args!(
                "\"{}\" is not a component: a header's name in lower case, @method, @query-param;name=\"id\"",
                name.escape_debug()
            )));
        }
    }
    Ok(names)
}
