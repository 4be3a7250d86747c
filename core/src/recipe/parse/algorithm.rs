//! Algorithms, encodings, time and JWS settings.

use super::part::{part, time_format};
use super::{Node, Scope, Table};
use crate::Result;
use crate::crypto::{Asymmetric, Curve, EcdsaForm, Encoding, Hash, JwsAlg};
use crate::recipe::model::*;
use crate::time::TimeFormat;

/// paysig's own tolerance where the provider documents none, in seconds.
pub const DEFAULT_TOLERANCE: u32 = 300;

/// A name, `{ sign, verify }` or `{ named = { "SHA-256" = "hmac-sha256" }, sign = "SHA-256" }`.
pub(super) fn algorithm(node: &Node) -> Result<AlgorithmRule> {
    if node.is_str() {
        let both = one(node)?;
        return Ok(AlgorithmRule::Fixed {
            sign: both,
            verify: both,
        });
    }
    let t = node.table()?;
    let rule = match t.opt("named") {
        Some(named) => named_rule(&named, &t)?,
        None => AlgorithmRule::Fixed {
            sign: one(&t.req("sign")?)?,
            verify: one(&t.req("verify")?)?,
        },
    };
    t.finish()?;
    Ok(rule)
}

fn named_rule(named: &Node, t: &Table) -> Result<AlgorithmRule> {
    let members = named.table()?.members();
    let map = members
        .iter()
        .map(|(name, node)| Ok(((*name).to_owned(), one(node)?)))
        .collect::<Result<Vec<_>>>()?;
    let names: Vec<&str> = map.iter().map(|(name, _)| name.as_str()).collect();
    let find = |wanted: &str| names.iter().position(|n| *n == wanted);
    let sign = t.req("sign")?.choice("algorithm", &names, find)?;
    Ok(AlgorithmRule::Named { map, sign })
}

fn one(node: &Node) -> Result<Algorithm> {
    let name = node.str()?;
    let known = known_algorithms();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    node.choice("algorithm", &known, |_| algorithm_named(name))
}

fn known_algorithms() -> Vec<String> {
    let hashes = Hash::ALL
        .iter()
        .flat_map(|h| [format!("hmac-{}", h.name()), format!("digest-{}", h.name())]);
    hashes
        .chain(PLAIN.iter().map(|(name, _)| (*name).to_owned()))
        .collect()
}

const PLAIN: [(&str, Algorithm); 27] = {
    use Algorithm::Asymmetric as A;
    use Asymmetric::{Ecdsa, Ed25519, RsaPkcs1, RsaPss, RsaType1, RsaType2};
    use Curve::{P256, P384, P521, Secp256k1};
    use EcdsaForm::{Der, P1363};
    use Hash::{Md5, Sha1, Sha256, Sha384, Sha512};
    [
        ("rsa-md5", A(RsaPkcs1(Md5))),
        ("rsa-sha1", A(RsaPkcs1(Sha1))),
        ("rsa-sha256", A(RsaPkcs1(Sha256))),
        ("rsa-sha384", A(RsaPkcs1(Sha384))),
        ("rsa-sha512", A(RsaPkcs1(Sha512))),
        ("rsa-pss-sha256", A(RsaPss(Sha256))),
        ("rsa-pss-sha384", A(RsaPss(Sha384))),
        ("rsa-pss-sha512", A(RsaPss(Sha512))),
        ("ecdsa-p256-sha256", A(Ecdsa(P256, Sha256, Der))),
        ("ecdsa-p256-sha256-p1363", A(Ecdsa(P256, Sha256, P1363))),
        ("ecdsa-p256-sha512", A(Ecdsa(P256, Sha512, Der))),
        ("ecdsa-p384-sha384", A(Ecdsa(P384, Sha384, Der))),
        ("ecdsa-p384-sha384-p1363", A(Ecdsa(P384, Sha384, P1363))),
        ("ecdsa-p521-sha512", A(Ecdsa(P521, Sha512, Der))),
        ("ecdsa-p521-sha512-p1363", A(Ecdsa(P521, Sha512, P1363))),
        ("ecdsa-secp256k1-sha256", A(Ecdsa(Secp256k1, Sha256, Der))),
        (
            "ecdsa-secp256k1-sha256-p1363",
            A(Ecdsa(Secp256k1, Sha256, P1363)),
        ),
        ("ecdsa-p256-sha1", A(Ecdsa(P256, Sha1, Der))),
        ("ed25519", A(Ed25519)),
        ("rsa-type1", A(RsaType1)),
        ("rsa-type2-encrypt", A(RsaType2)),
        ("rsa-type2-decrypt", Algorithm::RsaType2Decrypt),
        ("jws", Algorithm::Jws),
        ("token", Algorithm::Token),
        ("basic", Algorithm::Basic),
        ("client-credentials", Algorithm::ClientCredentials),
        ("external", Algorithm::External),
    ]
};

fn algorithm_named(name: &str) -> Option<Algorithm> {
    let hash = |prefix| name.strip_prefix(prefix).and_then(Hash::parse);
    hash("hmac-")
        .map(Algorithm::Hmac)
        .or_else(|| hash("digest-").map(Algorithm::Digest))
        .or_else(|| PLAIN.iter().find(|(n, _)| *n == name).map(|(_, a)| *a))
}

/// A name or `{ write, read = [..] }`: how it is written, and what is read; the written form is always read.
pub(super) fn encoding(node: &Node) -> Result<(Encoding, Vec<Encoding>)> {
    let one = |n: &Node| {
        n.choice(
            "encoding",
            &Encoding::ALL.map(Encoding::name),
            Encoding::parse,
        )
    };
    if node.is_str() {
        return one(node).map(|e| (e, vec![e]));
    }
    let t = node.table()?;
    let write = one(&t.req("write")?)?;
    let mut read = vec![write];
    for node in t.req("read")?.one_or_list()? {
        let encoding = one(&node)?;
        if !read.contains(&encoding) {
            read.push(encoding);
        }
    }
    t.finish()?;
    Ok((write, read))
}

/// `timestamp = { format, accept, tolerance, tolerance_by }`
pub(super) fn timestamp(node: &Node) -> Result<TimestampSpec> {
    let t = node.table()?;
    let format = time_format(&t.req("format")?)?;
    let mut accept: Vec<TimeFormat> = Vec::new();
    if let Some(list) = t.opt("accept") {
        for node in list.one_or_list()? {
            accept.push(time_format(&node)?);
        }
    }
    if !accept.contains(&format) {
        accept.insert(0, format);
    }
    let stated = t
        .opt("tolerance")
        .map(|n| n.integer(1..=7 * 86_400))
        .transpose()?;
    let by = |name: &str| match name {
        "provider" => Some(ToleranceBy::Provider),
        "paysig" => Some(ToleranceBy::Paysig),
        _ => None,
    };
    let whose = t.opt("tolerance_by");
    let tolerance_by = match &whose {
        Some(node) => node.choice("owner of a tolerance", &["provider", "paysig"], by)?,
        None if stated.is_some() => ToleranceBy::Provider,
        None => ToleranceBy::Paysig,
    };
    if let (Some(node), None, ToleranceBy::Provider) = (&whose, stated, tolerance_by) {
        return Err(node.error("a tolerance of the provider needs its value: add \"tolerance\""));
    }
    t.finish()?;
    Ok(TimestampSpec {
        format,
        accept,
        tolerance_seconds: stated.map_or(DEFAULT_TOLERANCE, |n| n as u32),
        tolerance_by,
    })
}

/// `jws = { alg, header = {..}, claims = {..}, detached, unencoded }` and the flow's `jws_require`.
pub(super) fn jws(node: &Node, require: Option<Node>, scope: &Scope) -> Result<JwsSpec> {
    let t = node.table()?;
    let alg_node = t.req("alg")?;
    let alg = alg_node.choice(
        "JWS algorithm",
        &JwsAlg::ALL.map(JwsAlg::name),
        JwsAlg::parse,
    )?;
    let mut header = Vec::new();
    if let Some(members) = t.opt("header") {
        for (name, node) in members.table()?.members() {
            if matches!(name, "crit" | "b64") {
                return Err(node.error("is written by `unencoded = true`, not by hand"));
            }
            let value = header_value(&node, scope)?;
            if name == "alg" && !matches!(&value, JwsHeaderValue::Text(text) if text == alg.name())
            {
                return Err(node.error(format_args!(
                    "must be the pinned algorithm, \"{}\"",
                    alg.name()
                )));
            }
            header.push((name.to_owned(), value));
        }
    }
    if !header.iter().any(|(name, _)| name == "alg") {
        header.insert(
            0,
            (
                "alg".to_owned(),
                JwsHeaderValue::Text(alg.name().to_owned()),
            ),
        );
    }
    let mut claims = Vec::new();
    let listed = t.opt("claims");
    for (name, node) in listed
        .iter()
        .map(Node::table)
        .collect::<Result<Vec<_>>>()?
        .iter()
        .flat_map(Table::members)
    {
        if matches!(name, "exp" | "nbf") {
            return Err(node.error("is honoured without being named; expires_in writes exp"));
        }
        if name.is_empty() {
            return Err(node.error("a claim has a name"));
        }
        claims.push((name.to_owned(), part(&node, scope)?));
    }
    let spec = JwsSpec {
        claims,
        alg,
        header,
        detached: t.bool("detached")?,
        unencoded: t.bool("unencoded")?,
        require: require.map_or_else(|| Ok(Vec::new()), |n| jws_require(&n))?,
    };
    t.finish()?;
    if spec.unencoded && !spec.detached {
        return Err(
            node.error("\"unencoded\" only with \"detached\": a text as it is ends no segment")
        );
    }
    if let (Some(node), true) = (&listed, spec.detached) {
        return Err(node.error("are members of a payload that travels: not with \"detached\""));
    }
    Ok(spec)
}

fn header_value(node: &Node, scope: &Scope) -> Result<JwsHeaderValue> {
    if node.is_str() {
        return Ok(JwsHeaderValue::Text(node.str()?.to_owned()));
    }
    let part = part(node, scope)?;
    Ok(match part {
        Part {
            source: Source::KeyId,
            when: None,
            then,
            ..
        } if then.is_empty() => JwsHeaderValue::KeyId,
        part => JwsHeaderValue::Part(part),
    })
}

fn jws_require(node: &Node) -> Result<Vec<JwsRequire>> {
    let item = |node: Node| {
        let t = node.table()?;
        let require = JwsRequire {
            member: t.req("in")?.text()?.to_owned(),
            holds: t.req("header")?.text()?.to_owned(),
        };
        t.finish()?;
        Ok(require)
    };
    node.list()?.into_iter().map(item).collect()
}

impl Algorithm {
    /// The name as recipes write it: `hmac-sha256`, `rsa-type1`.
    pub fn name(self) -> String {
        match self {
            Algorithm::Hmac(hash) => format!("hmac-{}", hash.name()),
            Algorithm::Digest(hash) => format!("digest-{}", hash.name()),
            other => PLAIN
                .iter()
                .find(|(_, algorithm)| *algorithm == other)
                .map_or_else(|| "unknown".to_owned(), |(name, _)| (*name).to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_documented() {
        let doc = include_str!("../../../../docs/recipes.md");
        let algorithms = known_algorithms()
            .into_iter()
            .filter(|name| !name.starts_with("digest-"));
        let formats = TimeFormat::ALL.iter().map(|f| f.name().to_owned());
        let encodings = Encoding::ALL.iter().map(|e| e.name().to_owned());
        for name in algorithms.chain(formats).chain(encodings) {
            let quoted = [format!("`{name}`"), format!("\"{name}\"")];
            assert!(quoted.iter().any(|q| doc.contains(q)), "{name}");
        }
    }

    #[test]
    fn names_lead_back() {
        for name in known_algorithms() {
            assert_eq!(algorithm_named(&name).map(Algorithm::name), Some(name));
        }
    }
}
