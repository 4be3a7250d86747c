//! HTTP Message Signatures (RFC 9421): the covered components as they stand in `Signature-Input`, and the signature base
//! that is made of them.
//!
//! What is signed repeats the text of `Signature-Input`. It is read in its canonical form only (RFC 8941, section 4.1), so
//! that there is one text for one meaning.

use crate::plan::sink::Sink;
use crate::plan::{Eval, Plan, split_on, trim_blanks};
use crate::recipe::{Algorithm, Param, SignatureInput, UrlForm};
use crate::text::{form, shown, url};
use crate::{Error, Result, Status};
use std::ops::Range;

/// More components than this, or parameters of one of them or of all, are refused.
const MAX_COMPONENTS: usize = 64;

/// A component identifier: `"@method"`, `"@query-param";name="id"`.
pub(crate) struct Component<'t> {
    /// Without quotes.
    pub(crate) name: &'t str,
    params: Vec<(&'t str, &'t str)>,
    /// As it stands in the text.
    text: &'t str,
}

/// The value of one member of `Signature-Input`.
pub(crate) struct Input<'t> {
    pub(crate) components: Vec<Component<'t>>,
    /// Names and raw values, in order.
    pub(crate) params: Vec<(&'t str, &'t str)>,
}

impl Component<'_> {
    /// Whether the value is signed as a whole; `key` takes one member of a dictionary.
    pub(crate) fn is_whole(&self) -> bool {
        self.params.iter().all(|(name, _)| *name != "key")
    }
}

impl<'t> Input<'t> {
    /// Reads the canonical form, and nothing else.
    pub(crate) fn parse(text: &'t str) -> Option<Input<'t>> {
        let mut rest = text.strip_prefix('(')?;
        let mut components: Vec<Component<'t>> = Vec::new();
        while !rest.starts_with(')') {
            if !components.is_empty() {
                rest = rest.strip_prefix(' ')?;
            }
            let start = rest;
            let (quoted, after) = bare_item(rest)?;
            let name = quoted.strip_prefix('"')?.strip_suffix('"')?;
            let (params, after) = parameters(after)?;
            let text = &start[..start.len() - after.len()];
            let doubled = components.iter().any(|c| c.text == text);
            if doubled || components.len() == MAX_COMPONENTS || name.contains('\\') {
                return None;
            }
            components.push(Component { name, params, text });
            rest = after;
        }
        let (params, rest) = parameters(&rest[1..])?;
        let names: Vec<&str> = params.iter().map(|(n, _)| *n).collect();
        let doubled = (1..names.len()).any(|i| names[..i].contains(&names[i]));
        (rest.is_empty() && !doubled).then_some(Input { components, params })
    }

    /// A parameter's value: the text inside the quotes of a string, digits as they are.
    pub(crate) fn param(&self, name: &str) -> Option<&'t str> {
        let (_, raw) = self.params.iter().find(|(n, _)| *n == name)?;
        let inner = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"'));
        Some(inner.unwrap_or(raw))
    }

    /// Whether a component with this identifier is covered: `@method`, `content-digest`, `@query-param;name="id"`.
    pub(crate) fn covers(&self, identifier: &str) -> bool {
        let (name, params) = identifier.split_once(';').unwrap_or((identifier, ""));
        let wanted = match params {
            "" => format!("\"{name}\""),
            params => format!("\"{name}\";{params}"),
        };
        self.components.iter().any(|c| c.text == wanted)
    }
}

/// Where the member with this label stands in a dictionary.
pub(crate) fn member(text: &str, label: &str) -> Option<Range<usize>> {
    let (mut found, mut start) = (None, 0);
    for end in separators(text) {
        let whole = text.get(start..end)?;
        let piece = whole.trim_matches([' ', '\t']);
        // A member without a value is the boolean true.
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        if key == label {
            let at =
                start + (whole.len() - whole.trim_start_matches([' ', '\t']).len()) + key.len() + 1;
            // The last one counts (RFC 8941, 4.2.2), and here there may be one only.
            if found.replace(at..at + value.len()).is_some() {
                return None;
            }
        }
        start = end + 1;
    }
    found
}

// Where the members of a dictionary end: at commas outside strings and lists.
fn separators(text: &str) -> Vec<usize> {
    let (mut ends, mut depth, mut quoted, mut escaped) = (Vec::new(), 0usize, false, false);
    for (i, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => ends.push(i),
            _ => {}
        }
    }
    ends.push(text.len());
    ends
}

fn parameters(mut rest: &str) -> Option<(Vec<(&str, &str)>, &str)> {
    let mut all = Vec::new();
    while let Some(after) = rest.strip_prefix(';') {
        if all.len() == MAX_COMPONENTS {
            return None;
        }
        let is_key = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.*".contains(&b);
        let end = after
            .bytes()
            .position(|b| !is_key(b))
            .unwrap_or(after.len());
        let (key, after) = after.split_at(end);
        if !key.starts_with(|c: char| c.is_ascii_lowercase() || c == '*') {
            return None;
        }
        rest = match after.strip_prefix('=') {
            Some(value) => {
                let (value, after) = bare_item(value)?;
                all.push((key, value));
                after
            }
            None => {
                all.push((key, ""));
                after
            }
        };
    }
    Some((all, rest))
}

// A string, number, token, byte sequence or boolean, raw, and what follows it.
fn bare_item(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let end = match bytes.first()? {
        b'"' => {
            let mut at = 1;
            loop {
                match bytes.get(at)? {
                    b'"' => break at + 1,
                    b'\\' if matches!(bytes.get(at + 1)?, b'"' | b'\\') => at += 2,
                    b'\\' => return None,
                    0x20..=0x7e => at += 1,
                    _ => return None,
                }
            }
        }
        b':' => text[1..].find(':')? + 2,
        b'?' if matches!(bytes.get(1)?, b'0' | b'1') => 2,
        b'-' | b'0'..=b'9' => {
            let digits = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'-');
            bytes.iter().position(|b| !digits(b)).unwrap_or(bytes.len())
        }
        b'*' | b'a'..=b'z' | b'A'..=b'Z' => {
            let token = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(b);
            bytes.iter().position(|b| !token(b)).unwrap_or(bytes.len())
        }
        _ => return None,
    };
    Some(text.split_at(end))
}

/// Writes the value of `Signature-Input` for a message that is being signed.
pub(crate) fn write_input<S: Sink>(
    eval: &Eval<'_, '_>,
    rule: &SignatureInput,
    out: &mut S,
) -> Result<()> {
    let with_body: &[String] = match eval.message.body.is_empty() {
        true => &[],
        false => &rule.with_body,
    };
    out.put(b"(", false);
    for (i, identifier) in rule.components.iter().chain(with_body).enumerate() {
        let (name, params) = identifier.split_at(identifier.find(';').unwrap_or(identifier.len()));
        let text = format!("{}\"{name}\"{params}", if i > 0 { " " } else { "" });
        out.put(text.as_bytes(), false);
    }
    out.put(b")", false);
    for param in &rule.params {
        let (text, quoted): (Vec<u8>, bool) = match param {
            Param::Created => (eval.bound.timestamp.unwrap_or_default().to_vec(), false),
            Param::Expires(seconds) => {
                let Some(instant) = eval.bound.instant else {
                    continue;
                };
                let at = instant
                    .0
                    .div_euclid(1000)
                    .saturating_add(i64::from(*seconds));
                (at.to_string().into_bytes(), false)
            }
            Param::KeyId => {
                let id = eval
                    .plan
                    .spec
                    .key_id
                    .and_then(|id| eval.credentials.get(id));
                (id.unwrap_or_default().to_vec(), true)
            }
            Param::Nonce => match eval.bound.nonce {
                Some(nonce) => (nonce.to_vec(), true),
                None => {
                    return Err(Error::field(
                        Status::InvalidOption,
                        "nonce",
                        "this scheme needs a nonce (a message id that is used once)",
                    ));
                }
            },
            Param::Alg => (algorithm_name(eval.plan).unwrap_or_default().into(), true),
            Param::Tag(tag) => (tag.clone().into_bytes(), true),
        };
        if quoted
            && !text
                .iter()
                .all(|b| matches!(b, b' '..=b'~') && !b"\"\\".contains(b))
        {
            let what = format!(
                "{} holds a character that its field cannot carry",
                param.name()
            );
            return Err(Error::field(Status::InvalidOption, param.name(), what));
        }
        let quote: &[u8] = if quoted { b"\"" } else { b"" };
        for piece in [b";", param.name().as_bytes(), b"=", quote, &text, quote] {
            out.put(piece, false);
        }
    }
    Ok(())
}

/// The registered name of the flow's algorithm (RFC 9421, section 6.2.2).
pub(crate) fn algorithm_name(plan: &Plan) -> Option<&'static str> {
    use crate::crypto::{Asymmetric, Curve, EcdsaForm, Hash};
    Some(match plan.sign_algorithm() {
        Algorithm::Hmac(Hash::Sha256) => "hmac-sha256",
        Algorithm::Asymmetric(a) => match a {
            Asymmetric::RsaPss(Hash::Sha512) => "rsa-pss-sha512",
            Asymmetric::RsaPkcs1(Hash::Sha256) => "rsa-v1_5-sha256",
            Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::P1363) => "ecdsa-p256-sha256",
            Asymmetric::Ecdsa(Curve::P384, Hash::Sha384, EcdsaForm::P1363) => "ecdsa-p384-sha384",
            Asymmetric::Ed25519 => "ed25519",
            _ => return None,
        },
        _ => return None,
    })
}

/// Writes the signature base of an input (RFC 9421, section 2.5).
pub(crate) fn write_base<S: Sink>(eval: &Eval<'_, '_>, text: &[u8], out: &mut S) -> Result<()> {
    let malformed = || {
        Error::field(
            Status::MalformedField,
            "Signature-Input",
            "Signature-Input is not a list of components and parameters in its canonical form",
        )
    };
    let text = std::str::from_utf8(text).map_err(|_| malformed())?;
    let input = Input::parse(text).ok_or_else(malformed)?;
    for component in &input.components {
        if S::RECORDS {
            out.enter_named("component", component.text.as_bytes());
        }
        out.put(component.text.as_bytes(), false);
        out.put(b": ", false);
        let value = component_value(eval, component)?;
        if value.contains(&b'\n') {
            return Err(malformed());
        }
        out.put(&value, false);
        out.put(b"\n", false);
        if S::RECORDS {
            out.leave();
        }
    }
    out.put(b"\"@signature-params\": ", false);
    out.put(text.as_bytes(), false);
    Ok(())
}

fn unsupported(component: &Component<'_>) -> Error {
    Error::field(
        Status::UnsupportedVersion,
        "Signature-Input",
        format!(
            "the component {} is not supported here",
            shown(component.text)
        ),
    )
}

fn component_value(eval: &Eval<'_, '_>, component: &Component<'_>) -> Result<Vec<u8>> {
    let target = eval.message.target;
    let (path, query) = url::split_target(target);
    if !component.name.starts_with('@') {
        return field_value(eval, component);
    }
    match (component.name, &component.params[..]) {
        ("@query-param", [("name", quoted)]) => {
            let name = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
            let pairs = form::pairs(query.unwrap_or_default());
            let mut values = pairs
                .iter()
                .filter(|(n, _)| Some(encoded(n)).as_deref() == name)
                .map(|(_, v)| encoded(v));
            match (values.next(), values.next()) {
                (Some(value), None) => Ok(value.into_bytes()),
                (None, _) => Err(missing(component)),
                (Some(_), Some(_)) => Err(Error::field(
                    Status::DuplicateField,
                    "query",
                    format!(
                        "{} occurs more than once in the query",
                        shown(component.text)
                    ),
                )),
            }
        }
        (_, [_, ..]) => Err(unsupported(component)),
        ("@method", _) => Ok(eval.message.method.as_bytes().to_vec()),
        ("@request-target", _) => Ok(target.to_vec()),
        ("@path", _) if path.is_empty() => Ok(b"/".to_vec()),
        ("@path", _) => Ok(path.to_vec()),
        ("@query", _) => Ok([b"?", query.unwrap_or_default()].concat()),
        ("@target-uri", _) => of_url(eval, UrlForm::Full),
        ("@scheme", _) => of_url(eval, UrlForm::Scheme),
        ("@authority", _) => {
            let scheme = of_url(eval, UrlForm::Scheme)?;
            let authority = of_url(eval, UrlForm::Authority)?;
            let default: &[u8] = if scheme == b"http" { b":80" } else { b":443" };
            let host = authority.strip_suffix(default);
            Ok(host.unwrap_or(&authority).to_vec())
        }
        _ => Err(unsupported(component)),
    }
}

fn of_url(eval: &Eval<'_, '_>, form: UrlForm) -> Result<Vec<u8>> {
    let mut value = crate::plan::sink::Collect::default();
    crate::plan::write_url(eval.message, form, &mut value)?;
    Ok(value.take())
}

fn missing(component: &Component<'_>) -> Error {
    Error::field(
        Status::MissingField,
        shown(component.name),
        format!(
            "{} is signed, but the message does not have it",
            shown(component.text)
        ),
    )
}

// The values of a header, combined (RFC 9421, section 2.1).
fn field_value(eval: &Eval<'_, '_>, component: &Component<'_>) -> Result<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = Vec::new();
    let name = component.name.as_bytes();
    if name.iter().any(u8::is_ascii_uppercase) {
        return Err(unsupported(component));
    }
    for header in eval.message.headers.iter().filter(|h| h.is(name)) {
        values.push(unfolded(header.value));
    }
    if let Some(value) = eval
        .added
        .and_then(|added| added.header(component.name.as_bytes()))
    {
        values.push(value.to_vec());
    }
    if values.is_empty() {
        return Err(missing(component));
    }
    match &component.params[..] {
        [] => Ok(values.join(&b", "[..])),
        [("bs", "")] => {
            let wrap = |value: &Vec<u8>| {
                let mut text = vec![b':'];
                crate::crypto::Encoding::Base64.encode_into(value, &mut text);
                text.push(b':');
                text
            };
            let wrapped: Vec<Vec<u8>> = values.iter().map(wrap).collect();
            Ok(wrapped.join(&b", "[..]))
        }
        [("key", quoted)] => {
            let key = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
            let whole = values.join(&b", "[..]);
            let text = std::str::from_utf8(&whole).map_err(|_| missing(component))?;
            let range = key.and_then(|key| member(text, key));
            let value = range.and_then(|range| text.get(range));
            let value = value.ok_or_else(|| missing(component))?;
            Ok(value.as_bytes().to_vec())
        }
        _ => Err(unsupported(component)),
    }
}

// Outer blanks go; a line break inside, with the blanks around it, is one blank.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = split_on(value, b"\n")
        .map(|line| trim_blanks(line.strip_suffix(b"\r").unwrap_or(line)))
        .collect();
    trim_blanks(&lines.join(&b" "[..])).to_vec()
}

// "percent-encode after encoding" with the component percent-encode set (RFC 9421, section 2.2.8).
fn encoded(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text {
        if byte.is_ascii_alphanumeric() || b"-_.~!'()*".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_the_canonical_form_only() {
        let text = r#"("@method" "@query-param";name="a\"b" "x";key="k";bs);created=1;keyid="k 1";nonce=":a:";tag="t";b=?1;c=:YQ==:;d=tok/x;e=-1.5"#;
        let input = Input::parse(text).unwrap();
        assert_eq!(input.components.len(), 3);
        assert_eq!(input.param("keyid"), Some("k 1"));
        assert_eq!(input.param("created"), Some("1"));
        assert!(input.covers("@method") && !input.covers("@query-param"));
        assert!(input.covers(r#"@query-param;name="a\"b""#));
        assert!(Input::parse("()").unwrap().components.is_empty());
        for bad in [
            "",
            "(",
            ")",
            r#"("a""#,
            r#"("a"  "b")"#,
            r#"( "a")"#,
            r#"("a" )"#,
            r#"("a""b")"#,
            r#"("a" "a")"#,
            r#"(a)"#,
            r#"("a");"#,
            r#"("a"); created=1"#,
            r#"("a");created=1;created=2"#,
            r#"("a");Created=1"#,
            r#"("a")x"#,
            r#"("a");b="x"#,
            r#"("a");b="\n""#,
            r#"("a\\");b=1"#,
            "(\"a\u{e9}\")",
            r#"("a");b=:YQ"#,
            r#"("a");b=?2"#,
            r#"("a");b="#,
        ] {
            assert!(Input::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn finds_members() {
        let text = r#"a=("x, y" "b"), sig1=("a");keyid="a,\"b" , c=:YQ==:"#;
        assert_eq!(
            &text[member(text, "sig1").unwrap()],
            r#"("a");keyid="a,\"b""#
        );
        assert_eq!(&text[member(text, "a").unwrap()], r#"("x, y" "b")"#);
        assert_eq!(&text[member(text, "c").unwrap()], ":YQ==:");
        assert_eq!(member(text, "b"), None);
        assert_eq!(member("a=1, a=2", "a"), None);
        assert_eq!(member("a, b=1", "b"), Some(5..6));
    }
}
