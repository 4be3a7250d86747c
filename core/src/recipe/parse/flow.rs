//! One flow: `[request]`, `[webhook]` or `[response]`.

use super::algorithm::{algorithm, encoding, jws, timestamp};
use super::extra::{each, fetch, handshakes, require, token, variants};
use super::field::fields;
use super::part::{part, parts};
use super::{Node, Scope, Table};
use crate::Result;
use crate::crypto::Encoding;
use crate::recipe::model::*;

const RETENTION: std::ops::RangeInclusive<i64> = 1..=366 * 86_400;

/// The flow's table, with the table of the flow it is `like` behind it.
pub(super) fn table<'a>(
    flow: Flow,
    node: &Node<'a>,
    all: &[(Flow, Option<Node<'a>>); 3],
) -> Result<Table<'a>> {
    let table = node.table()?;
    let Some(like) = table.own("like") else {
        return Ok(table);
    };
    let names = Flow::ALL.map(Flow::name);
    let other = like.choice("flow", &names, Flow::from_name)?;
    let Some(base) = &all[other as usize].1 else {
        return Err(like.error(format_args!("there is no [{}]", other.name())));
    };
    if other == flow {
        return Err(like.error("a flow cannot be like itself"));
    }
    let base = base.table()?;
    if base.own("like").is_some() {
        return Err(like.error(format_args!(
            "[{}] is itself like another flow",
            other.name()
        )));
    }
    Ok(table.with_base(base))
}

/// Which of the recipe's lets this flow defines, itself or through `like`.
pub(super) fn defined_lets(flow: &Table, lets: &[String]) -> Result<Vec<bool>> {
    let mut defined = vec![false; lets.len()];
    for node in flow.layers("let") {
        for (name, _) in node.table()?.members() {
            if let Some(i) = lets.iter().position(|l| l == name) {
                defined[i] = true;
            }
        }
    }
    Ok(defined)
}

pub(super) fn flow(t: &Table, scope: &Scope) -> Result<FlowSpec> {
    t.own("like");
    let algorithm = algorithm(&t.req("algorithm")?)?;
    let key = |name| {
        t.first_of(&[name, "key"])
            .map(|n| super::part::key(&n, scope))
            .transpose()
    };
    let sign_key = key("sign_key")?;
    let verify_key = key("verify_key")?;
    // A flow that overrides one of the two keys alone would otherwise leave `key` unread.
    t.own("key");
    let key_id = t.opt("key_id").map(|n| key_id(&n, scope)).transpose()?;
    let (write_encoding, read_encodings) = match t.opt("encoding") {
        Some(node) => encoding(&node)?,
        None => {
            let text = |a: &Algorithm| {
                use Algorithm::{ClientCredentials, External, Jws, Token};
                matches!(a, Jws | Token | ClientCredentials | External)
            };
            let all = algorithm.all();
            let default = if all.iter().all(text) {
                Encoding::Text
            } else if all.iter().all(|a| *a == Algorithm::Basic) {
                Encoding::Base64
            } else {
                return Err(t.missing("encoding"));
            };
            (default, vec![default])
        }
    };
    let jws_require = t.opt("jws_require");
    let jws = match (t.opt("jws"), &jws_require) {
        (Some(node), _) => Some(jws(&node, jws_require, scope)?),
        (None, Some(node)) => return Err(node.error("is for algorithm \"jws\" only")),
        (None, None) => None,
    };
    let mut message = t
        .opt("message")
        .map_or_else(|| Ok(Vec::new()), |n| parts(&n, scope))?;
    if let Some(jws) = jws.as_ref().filter(|j| !j.claims.is_empty()) {
        if let Some(node) = t.opt("message") {
            return Err(node.error("is the payload, which the claims make: leave it out"));
        }
        message.push(Part {
            source: Source::Payload,
            when: None,
            then: Vec::new(),
            line: jws.claims[0].1.line,
        });
    }
    let lets = lets(t, scope)?;
    let variants = variants(t, scope)?;
    let mut spec = FlowSpec {
        algorithm,
        key_id,
        sign_key,
        verify_key,
        write_encoding,
        read_encodings,
        timestamp: t.opt("timestamp").map(|n| timestamp(&n)).transpose()?,
        retention_seconds: (t
            .opt("retention")
            .map(|n| n.integer(RETENTION))
            .transpose()?)
        .map(|n| n as u64),
        message,
        lets,
        fields: Vec::new(),
        require: require(t, scope)?,
        jws,
        each: t.opt("each").map(|n| each(&n)).transpose()?,
        token: t.opt("token").map(|n| token(&n, scope)).transpose()?,
        fetch: t.opt("fetch").map(|n| fetch(&n, scope)).transpose()?,
        handshakes: handshakes(t, scope)?,
        unverifiable: t.opt_text("unverifiable")?,
        target: TargetRule::Any,
        variants: Vec::new(),
        acknowledge: acknowledge(t)?,
        line: t.line(),
    };
    // Fields last: the character class of a hole follows from what the lets and their variants can hold.
    let (variants, variant_fields) = variants;
    spec.variants = variants;
    let nodes = t
        .opt("field")
        .map_or_else(|| Ok(Vec::new()), |n| n.list())?;
    spec.fields = fields(&nodes, scope, &spec)?;
    for (i, nodes) in variant_fields.iter().enumerate() {
        spec.variants[i].fields = fields(nodes, scope, &spec)?;
    }
    spec.target = match t.opt("target") {
        Some(node) => node.choice("target rule", &["strict", "any"], |name| match name {
            "strict" => Some(TargetRule::Strict),
            "any" => Some(TargetRule::Any),
            _ => None,
        })?,
        None => default_target(&spec),
    };
    t.finish()?;
    Ok(spec)
}

fn key_id(node: &Node, scope: &Scope) -> Result<CredentialId> {
    let table = node.table()?;
    let id = scope.credential(&table.req("credential")?)?;
    table.finish()?;
    Ok(id)
}

fn lets(t: &Table, scope: &Scope) -> Result<Vec<Option<Part>>> {
    let mut lets = vec![None; scope.lets.len()];
    for node in t.layers("let") {
        for (name, node) in node.table()?.members() {
            let id = scope.let_named(&node, name)?;
            // Layers come own first: what is there stays.
            if lets[usize::from(id.0)].is_none() {
                lets[usize::from(id.0)] = Some(part(&node, scope)?);
            }
        }
    }
    Ok(lets)
}

fn acknowledge(t: &Table) -> Result<Vec<(String, String)>> {
    let Some(node) = t.opt("acknowledge") else {
        return Ok(Vec::new());
    };
    (node.table()?.members().into_iter())
        .map(|(id, reason)| Ok((id.to_owned(), reason.text()?.to_owned())))
        .collect()
}

// A path with dot segments or a fragment is rewritten on its way; that matters only where it is signed.
fn default_target(spec: &FlowSpec) -> TargetRule {
    let reads_target = |part: &Part| {
        matches!(
            part.source,
            Source::Path(_)
                | Source::Query { .. }
                | Source::Target
                | Source::Url(_)
                | Source::SignatureBase(_)
        )
    };
    let mut strict = false;
    spec.each_part(&mut |part| strict |= reads_target(part));
    if strict {
        TargetRule::Strict
    } else {
        TargetRule::Any
    }
}
