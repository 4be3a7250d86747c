//! JWS compact serialisation (RFC 7515, RFC 7797), with a pinned algorithm.

use crate::crypto::Encoding;
use crate::plan::{Eval, JwsHeader, member_text, split_on};
use crate::recipe::{JwsHeaderValue, JwsSpec};
use crate::text::json::{NamedValue, repeated};
use crate::text::json_edit;
use crate::{Error, Result, Status};

const B64: Encoding = Encoding::Base64Url;

/// Writes the protected header in the order of the recipe.
pub(crate) fn header(eval: &Eval<'_, '_>) -> Result<JwsHeader> {
    let Some(spec) = &eval.plan.spec.jws else {
        return Err(Error::new(Status::InvalidRecipe, "no jws block"));
    };
    let mut json = String::with_capacity(64);
    json.push('{');
    for (name, value) in &spec.header {
        let text = match value {
            JwsHeaderValue::Text(text) => text.clone(),
            JwsHeaderValue::KeyId => {
                let id = eval.plan.spec.key_id;
                let id = id
                    .and_then(|id| eval.credentials.get(id))
                    .unwrap_or_default();
                utf8(name, id.to_vec())?
            }
            JwsHeaderValue::Part(part) => utf8(name, eval.value(part)?.take())?,
        };
        if json.len() > 1 {
            json.push(',');
        }
        json_edit::quote_into(name, &mut json);
        json.push(':');
        json_edit::quote_into(&text, &mut json);
    }
    if spec.unencoded {
        json.push_str(",\"b64\":false,\"crit\":[\"b64\"]");
    }
    json.push('}');
    Ok(JwsHeader {
        json: json.into_bytes(),
    })
}

fn utf8(name: &str, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| {
        Error::field(
            Status::InvalidMessage,
            format!("jws:{name}"),
            format!("{name} in the JWS header is not UTF-8"),
        )
    })
}

/// `header.payload`, the bytes under the signature.
pub(crate) fn signing_input(spec: &JwsSpec, header: &JwsHeader, payload: &[u8]) -> Vec<u8> {
    let mut input = Vec::with_capacity((header.json.len() + payload.len()) * 4 / 3 + 8);
    B64.encode_into(&header.json, &mut input);
    input.push(b'.');
    if spec.unencoded {
        input.extend_from_slice(payload);
    } else {
        B64.encode_into(payload, &mut input);
    }
    input
}

/// The whole token; a detached payload is left out.
pub(crate) fn compact(spec: &JwsSpec, input: &[u8], signature: &[u8]) -> Vec<u8> {
    let dot = input.iter().position(|b| *b == b'.').unwrap_or(input.len());
    let mut token = if spec.detached {
        [&input[..dot], b"."].concat()
    } else {
        input.to_vec()
    };
    token.push(b'.');
    B64.encode_into(signature, &mut token);
    token
}

/// A received JWS, its segments strictly decoded.
pub(crate) struct Received<'t> {
    pub(crate) header: JwsHeader,
    /// `header` segment as received.
    pub(crate) header_text: &'t [u8],
    /// `payload` segment as received; empty where detached.
    pub(crate) payload_text: &'t [u8],
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

fn repeats_a_name(members: &[NamedValue<'_>]) -> bool {
    repeated(members.iter().map(|(name, _)| &**name)).is_some()
}

/// Takes a token apart: three segments, strict base64url, the pinned `alg`, no `crit` beyond the recipe's own.
pub(crate) fn receive<'t>(spec: &JwsSpec, token: &'t [u8]) -> Result<Received<'t>> {
    let malformed =
        |what: &str| Error::field(Status::MalformedSignature, "jws", format!("the JWS {what}"));
    let mut segments = split_on(token, b".");
    let (Some(header_text), Some(payload_text), Some(signature), None) = (
        segments.next(),
        segments.next(),
        segments.next(),
        segments.next(),
    ) else {
        return Err(malformed("does not have three segments"));
    };
    let decode = |text: &[u8]| {
        B64.decode(text)
            .ok_or_else(|| malformed("is not strict base64url"))
    };
    let header = JwsHeader {
        json: decode(header_text)?,
    };
    if spec.detached && !payload_text.is_empty() {
        return Err(malformed("carries a payload, but the scheme detaches it"));
    }
    let text = std::str::from_utf8(&header.json).map_err(|_| malformed("header is not UTF-8"))?;
    let members =
        crate::text::json::members(text).map_err(|_| malformed("header is not a JSON object"))?;
    if repeats_a_name(&members) {
        return Err(malformed("header repeats a member"));
    }
    match member_text(&members, "alg")? {
        Some(alg) if alg == spec.alg.name() => {}
        Some(_) => {
            return Err(Error::field(
                Status::UnsupportedAlgorithm,
                "jws:alg",
                format!(
                    "the JWS does not use {}, the one algorithm of the scheme",
                    spec.alg.name()
                ),
            ));
        }
        None => return Err(malformed("header has no alg")),
    }
    let crit = members.iter().find(|(n, _)| n == "crit");
    let b64 = members.iter().find(|(n, _)| n == "b64");
    let b64_false = b64.is_some_and(|(_, v)| v.get() == "false");
    let crit_is_b64 = crit
        .is_some_and(|(_, v)| v.get().split_ascii_whitespace().collect::<String>() == "[\"b64\"]");
    if spec.unencoded && !(b64_false && crit_is_b64) {
        return Err(malformed("must have an unencoded payload (b64, crit)"));
    }
    if !spec.unencoded && (crit.is_some() || b64_false) {
        return Err(malformed("header has crit, which the scheme does not know"));
    }
    let signature = decode(signature)?;
    let length = spec.alg.signature_len();
    if signature.is_empty() || length.is_some_and(|wanted| wanted != signature.len()) {
        return Err(malformed("has a signature of the wrong length"));
    }
    Ok(Received {
        payload: if spec.detached {
            Vec::new()
        } else {
            decode(payload_text)?
        },
        signature,
        header,
        header_text,
        payload_text,
    })
}
