//! Steps of a pipeline: `then = ["sha256", "hex"]`.

use super::part::parts;
use super::{MAX_SOUGHT, MAX_STEPS, Node, Scope};
use crate::Result;
use crate::crypto::cipher::Cipher;
use crate::crypto::{Encoding, Hash};
use crate::recipe::model::*;

const NAMES: [&str; 28] = [
    "upper",
    "lower",
    "trim",
    "strip-white-space",
    "reverse",
    "md5",
    "sha1",
    "sha256",
    "sha384",
    "sha512",
    "sha3-512",
    "crc32-decimal",
    "hex",
    "HEX",
    "base64",
    "base64url",
    "base64url-padded",
    "hex-decode",
    "base64-decode",
    "base64url-decode",
    "json-string-escape",
    "json-string-escape-net",
    "percent-encode",
    "percent-decode",
    "decimal-integer",
    "latin1-to-utf8",
    "base64-of-hex",
    "base64url-padded-decode",
];

const TABLES: [&str; 14] = [
    "only",
    "decimals",
    "percent-decode-only",
    "piece",
    "currency-decimals",
    "strip-prefix",
    "strip-suffix",
    "remove-first",
    "take",
    "after-last",
    "hmac-with-this-as-key",
    "hmac-of-this",
    "des3-cbc-with-this-as-key",
    "aes128-cbc-with-this-as-key",
];

/// A list of steps, or one step.
pub(super) fn steps(node: &Node, scope: &Scope) -> Result<Vec<Step>> {
    let steps = node.one_or_list()?;
    if steps.len() > MAX_STEPS {
        return Err(node.error(format_args!(
            "a part goes through at most {MAX_STEPS} steps"
        )));
    }
    steps.iter().map(|n| step(n, scope)).collect()
}

/// What a step looks for in a value.
fn sought(node: &Node) -> Result<Box<[u8]>> {
    let text = node.text()?;
    if text.len() > MAX_SOUGHT {
        return Err(node.error(format_args!("must be at most {MAX_SOUGHT} bytes long")));
    }
    Ok(text.as_bytes().into())
}

fn step(node: &Node, scope: &Scope) -> Result<Step> {
    if node.is_str() {
        return node.choice("step", &NAMES, named);
    }
    let t = node.table()?;
    let mut present = TABLES.iter().filter(|s| t.keys().any(|k| k == **s));
    let name = match (present.next(), present.next()) {
        (Some(name), None) => *name,
        (Some(_), Some(two)) => {
            return Err(node.error(format_args!(
                "one step at a time: \"{two}\" is a second one"
            )));
        }
        (None, _) => {
            let wrong = t.keys().next().unwrap_or_default();
            let hint = crate::recipe::suggest(wrong, TABLES);
            return Err(node.error(format_args!("unknown step \"{wrong}\"{hint}")));
        }
    };
    let value = t.req(name)?;
    let step = match name {
        "only" => Step::Only {
            class: value.choice("class", &CharClass::ALL.map(CharClass::name), |name| {
                CharClass::ALL.into_iter().find(|c| c.name() == name)
            })?,
            min: t.req("min")?.integer(1..=1_000_000)? as usize,
            max: t
                .req("max")?
                .integer(t.req("min")?.integer(1..=1_000_000)?..=1_000_000)?
                as usize,
        },
        "decimals" => Step::Decimals(value.integer(0..=18)? as u8),
        "strip-prefix" => Step::StripPrefix {
            prefix: sought(&value)?,
            optional: t.bool("optional")?,
        },
        "strip-suffix" => Step::StripSuffix {
            suffix: sought(&value)?,
            optional: t.bool("optional")?,
        },
        "currency-decimals" => Step::CurrencyDecimals(parts(&value, scope)?),
        "remove-first" => Step::RemoveFirst(sought(&value)?),
        "take" => Step::Take(value.integer(1..=1_000_000)? as usize),
        "after-last" => Step::AfterLast(sought(&value)?),
        "percent-decode-only" => Step::PercentDecodeOnly(sought(&value)?),
        "piece" => Step::Piece {
            index: value.integer(0..=255)? as usize,
            separator: sought(&t.req("of")?)?,
        },
        name => keyed(name, &value, scope)?,
    };
    t.finish()?;
    Ok(step)
}

// The steps that mix the piped value with other parts.
fn keyed(name: &str, node: &Node, scope: &Scope) -> Result<Step> {
    let t = node.table()?;
    let hash = || {
        t.req("hash")?
            .choice("hash", &Hash::ALL.map(Hash::name), Hash::parse)
    };
    let step = match name {
        "hmac-with-this-as-key" => Step::HmacAsKey {
            hash: hash()?,
            data: parts(&t.req("data")?, scope)?,
        },
        "hmac-of-this" => Step::HmacAsData {
            hash: hash()?,
            key: parts(&t.req("key")?, scope)?,
        },
        name => Step::CipherAsKey {
            cipher: match name {
                "des3-cbc-with-this-as-key" => Cipher::Des3,
                _ => Cipher::Aes128,
            },
            data: parts(&t.req("data")?, scope)?,
        },
    };
    t.finish()?;
    Ok(step)
}

fn named(name: &str) -> Option<Step> {
    if let Some(hash) = Hash::parse(name) {
        return Some(Step::Hash(hash));
    }
    Some(match name {
        "upper" => Step::Upper,
        "lower" => Step::Lower,
        "trim" => Step::Trim,
        "strip-white-space" => Step::StripWhiteSpace,
        "reverse" => Step::Reverse,
        "crc32-decimal" => Step::Crc32Decimal,
        "json-string-escape" => Step::JsonStringEscape,
        "json-string-escape-net" => Step::JsonStringEscapeNet,
        "percent-encode" => Step::PercentEncode,
        "percent-decode" => Step::PercentDecode,
        "decimal-integer" => Step::DecimalInteger,
        "latin1-to-utf8" => Step::Latin1ToUtf8,
        "hex" | "HEX" | "base64" | "base64url" | "base64url-padded" | "base64-of-hex" => {
            Step::Encode(Encoding::parse(name)?)
        }
        "hex-decode" | "base64-decode" | "base64url-decode" | "base64url-padded-decode" => {
            Step::Decode(Encoding::parse(name.strip_suffix("-decode")?)?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_step_exists() {
        for name in NAMES {
            assert!(named(name).is_some(), "{name}");
        }
    }

    #[test]
    fn every_step_is_documented() {
        let doc = include_str!("../../../../docs/recipes.md");
        for name in NAMES {
            assert!(
                doc.contains(&format!("`{name}`")) || doc.contains(&format!("\"{name}\"")),
                "{name}"
            );
        }
        for name in TABLES {
            assert!(doc.contains(&format!("{{ {name} = ")), "{name}");
        }
    }
}
