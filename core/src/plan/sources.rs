//! Sources that read the target, the URL, forms and JSON.

use super::eval::Eval;
use super::sink::Sink;
use crate::recipe::{
    FieldEscape, JsonPart, Leaves, PathForm, QueryForm, Sorted, SortedFrom, UrlForm,
};
use crate::text::form::FormPairs;
use crate::text::json::{self, JsonError, JsonValues, Scalar};
use crate::text::{JsonPaths, JsonStyle, json_canonical, left_out, shown, url};
use crate::{Error, Message, Result, Status};
use serde_json::value::RawValue;
use std::borrow::Cow;

pub(crate) fn path<S: Sink>(message: &Message<'_>, form: PathForm, out: &mut S) {
    let (path, _) = url::split_target(message.target);
    let mut text = Vec::new();
    match form {
        PathForm::Raw => return out.put(path, false),
        PathForm::Decoded => {
            url::percent_decode_into(path, &mut text);
        }
        PathForm::Aws => url::aws_encode_path_into(path, true, &mut text),
        PathForm::AwsS3 => url::aws_encode_path_into(path, false, &mut text),
    }
    out.put(&text, false);
}

pub(crate) fn query<S: Sink>(message: &Message<'_>, form: QueryForm, lead: &[u8], out: &mut S) {
    let (_, Some(query)) = url::split_target(message.target) else {
        return;
    };
    out.put(lead, false);
    let escaped = match form {
        QueryForm::Raw => false,
        QueryForm::Decoded => query.contains(&b'%'),
        QueryForm::Form => query.iter().any(|b| matches!(b, b'%' | b'+')),
        QueryForm::Sorted => true,
    };
    if !escaped {
        return out.put(query, false);
    }
    let mut text = Vec::with_capacity(query.len());
    match form {
        QueryForm::Raw => {}
        QueryForm::Decoded => {
            url::percent_decode_into(query, &mut text);
        }
        QueryForm::Form => {
            url::form_decode_into(query, &mut text);
        }
        QueryForm::Sorted => url::aws_canonical_query_into(query, &mut text),
    }
    out.put(&text, false);
}

pub(crate) fn url<S: Sink>(message: &Message<'_>, form: UrlForm, out: &mut S) -> Result<()> {
    let Some(text) = message.url.filter(|u| !u.is_empty()) else {
        return Err(Error::field(
            Status::InvalidMessage,
            "url",
            "this scheme signs the public URL: give it from configuration, never from the Host header",
        ));
    };
    // A fragment is never sent, whoever hands it over.
    let text = text.split_once('#').map_or(text, |(sent, _)| sent);
    let parts = url::url_parts(text).ok_or_else(|| {
        Error::field(
            Status::InvalidMessage,
            "url",
            "the public URL must be absolute: http(s)://host/path",
        )
    })?;
    match form {
        UrlForm::Full => out.put(text.as_bytes(), false),
        UrlForm::Scheme => out.put(parts.scheme.to_ascii_lowercase().as_bytes(), false),
        UrlForm::Authority => out.put(parts.authority.to_ascii_lowercase().as_bytes(), false),
        UrlForm::Host => out.put(parts.host_lower().as_bytes(), false),
        UrlForm::NoQuery => {
            let end = text.find('?').unwrap_or(text.len());
            out.put(&text.as_bytes()[..end], false);
        }
    }
    Ok(())
}

pub(crate) fn canonical_json<S: Sink>(
    style: JsonStyle,
    text: &[u8],
    drop: &[String],
    out: &mut S,
) -> Result<()> {
    let mut written = Vec::with_capacity(text.len());
    style
        .write(text, drop, &mut written)
        .map_err(|e| json_error(e, "the body"))?;
    out.put(&written, false);
    Ok(())
}

pub(crate) fn json_error(error: JsonError, what: &str) -> Error {
    match error {
        JsonError::TooLarge | JsonError::TooDeep(_) => {
            Error::field(Status::TooLarge, "body", format!("{what}: {error}"))
        }
        JsonError::Kind { path, expected } if path.is_empty() => Error::field(
            Status::MalformedField,
            "body",
            format!("{what} is not {expected}"),
        ),
        JsonError::Kind { path, expected } => Error::field(
            Status::MalformedField,
            format!("json:{path}"),
            format!("JSON member {path} is not {expected}"),
        ),
        JsonError::Duplicate(path) => Error::field(
            Status::DuplicateField,
            format!("json:{path}"),
            format!("JSON member {path} occurs more than once"),
        ),
        JsonError::Malformed(why) => Error::field(
            Status::MalformedField,
            "body",
            format!("{what} is not the JSON that the scheme needs: {why}"),
        ),
    }
}

/// The member of the body that a part or a batch reads. Without a number no other member is taken for it.
#[inline(always)]
pub(crate) fn numbered<'m>(
    values: &JsonValues<'m>,
    slot: Option<usize>,
    path: &str,
) -> Result<Option<&'m RawValue>> {
    match slot {
        Some(slot) => Ok(values.get(slot)),
        None => Err(unnumbered(path)),
    }
}

#[cold]
fn unnumbered(path: &str) -> Error {
    Error::field(
        Status::Internal,
        format!("json:{path}"),
        format!("JSON member {path} is not among those that the plan reads"),
    )
}

/// Writes one JSON scalar by the missing and null policy of its part.
pub(crate) fn json_scalar<S: Sink>(
    json: &JsonPart,
    raw: Option<&RawValue>,
    out: &mut S,
) -> Result<()> {
    let path = &json.path;
    let Some(raw) = raw else {
        match &json.missing {
            Some(text) => out.put(text, false),
            None => {
                return Err(Error::field(
                    Status::MissingField,
                    format!("json:{path}"),
                    format!("JSON member {path} is missing"),
                ));
            }
        }
        return Ok(());
    };
    if json.verbatim {
        out.put(raw.get().as_bytes(), false);
        return Ok(());
    }
    match json::scalar(raw).map_err(|e| json_error(e, "the body"))? {
        Scalar::Null => match &json.null {
            Some(text) => out.put(text, false),
            None => return Err(malformed_member(path, "is null")),
        },
        Scalar::Bool(value) => out.put(if value { b"true" } else { b"false" }, false),
        Scalar::Number(text) => out.put(text.as_bytes(), false),
        Scalar::String(text) => out.put(text.as_bytes(), false),
        Scalar::Other => {
            return Err(malformed_member(path, "is not a text, number or boolean"));
        }
    }
    Ok(())
}

pub(crate) fn malformed_member(path: &str, why: &str) -> Error {
    Error::field(
        Status::MalformedField,
        format!("json:{path}"),
        format!("JSON member {path} {why}"),
    )
}

/// A scalar claim of a JWS payload; absent counts as empty, so that `require` refuses it.
pub(crate) fn claim<S: Sink>(payload: &[u8], path: &str, out: &mut S) -> Result<()> {
    let paths = JsonPaths::new(&[path.to_owned()]);
    let values = paths
        .read(payload, false)
        .map_err(|e| json_error(e, "the JWS payload"))?;
    let part = JsonPart {
        path: path.to_owned(),
        slot: None,
        from: None,
        missing: Some(Box::default()),
        null: Some(Box::default()),
        verbatim: false,
    };
    json_scalar(&part, values.get(0), out)
}

pub(crate) fn leaves<S: Sink>(eval: &Eval<'_, '_>, leaves: &Leaves, out: &mut S) -> Result<()> {
    let all = json_canonical::sorted_leaves(eval.message.body, ".")
        .map_err(|e| json_error(e, "the body"))?;
    let (mut all, left_out): (Vec<Leaf<'_>>, Vec<Leaf<'_>>) = all
        .into_iter()
        .map(|leaf| (leaf.path, leaf.value.into_text().unwrap_or_default()))
        .partition(|(path, value)| {
            !(leaves.drop.contains(path)
                || eval.plan.is_signature_member(path)
                || (leaves.drop_empty && value.is_empty()))
        });
    if !left_out.is_empty() {
        let left_out: Vec<&str> = left_out.iter().map(|(path, _)| path.as_str()).collect();
        let taken = all.iter().map(|(path, _)| path.as_str());
        refuse_twin("json", left_out::json_twin(&left_out, taken, &[]))?;
    }
    if leaves.by_value {
        all.sort_by(|a, b| a.1.cmp(&b.1));
    }
    let mut first = true;
    for (path, value) in &all {
        if !std::mem::take(&mut first) {
            out.put(&leaves.sep, false);
        }
        if S::RECORDS {
            out.enter_named("json", path.as_bytes());
        }
        if let Some(kv) = &leaves.kv {
            out.put(path.as_bytes(), false);
            out.put(kv, false);
        }
        out.put(value.as_bytes(), false);
        if S::RECORDS {
            out.leave();
        }
    }
    Ok(())
}

/// A path and its value.
type Leaf<'a> = (String, Cow<'a, str>);

/// Refuses a field that was left out of what is signed, but that an application may read as one that is in it.
fn refuse_twin(kind: &str, twin: Option<&[u8]>) -> Result<()> {
    let Some(name) = twin else {
        return Ok(());
    };
    let name = String::from_utf8_lossy(name);
    let name = shown(&name);
    Err(Error::field(
        Status::DuplicateField,
        format!("{kind}:{name}"),
        format!("{kind} field {name} is not signed, but may be read as one that is"),
    ))
}

type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The top-level scalars of a JSON body; nulls count as empty, and so do the objects and arrays that the rule leaves out.
fn json_pairs<'b>(body: &'b [u8], rule: &Sorted) -> Result<Vec<Pair<'b>>> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Error::field(Status::MalformedField, "body", "the body is not UTF-8"))?;
    let members = json::members(text).map_err(|e| json_error(e, "the body"))?;
    if let Some(name) = json::repeated(members.iter().map(|(name, _)| &**name)) {
        return Err(json_error(
            JsonError::Duplicate(shown(name).into_owned()),
            "the body",
        ));
    }
    let mut pairs: Vec<Pair<'_>> = Vec::with_capacity(members.len());
    for (name, raw) in members {
        let value = match json::scalar(raw).map_err(|e| json_error(e, "the body"))? {
            Scalar::Other if !rule.takes(&name) => Cow::default(),
            Scalar::Other => {
                return Err(malformed_member(
                    &shown(&name),
                    "is an object or a list, and only a flat object is signed",
                ));
            }
            scalar => scalar.into_text().unwrap_or_default(),
        };
        let name = Cow::Owned(name.into_owned().into_bytes());
        pairs.push((name, Cow::Owned(value.into_owned().into_bytes())));
    }
    Ok(pairs)
}

fn refuse_left_out_twin(rule: &Sorted, taken: &[Pair<'_>], left_out: &[&[u8]]) -> Result<()> {
    let taken = taken.iter().map(|(name, _)| &**name);
    let kind = match rule.from {
        SortedFrom::Json => {
            fn text(name: &[u8]) -> &str {
                std::str::from_utf8(name).unwrap_or_default()
            }
            let left_out: Vec<&str> = left_out.iter().map(|name| text(name)).collect();
            let twin = left_out::json_twin(&left_out, taken.map(text), &rule.prefix);
            return refuse_twin("json", twin);
        }
        SortedFrom::Query => "query",
        SortedFrom::Form | SortedFrom::QueryAndForm => "form",
    };
    refuse_twin(kind, left_out::form_twin(left_out, taken, &rule.prefix))
}

pub(crate) fn sorted<S: Sink>(eval: &Eval<'_, '_>, rule: &Sorted, out: &mut S) -> Result<()> {
    let of_query = || eval.cache.query(eval.plan, eval.message);
    let of_form = || eval.cache.form(eval.message);
    let fields = match rule.from {
        SortedFrom::Form => [Some(of_form()?), None],
        SortedFrom::Query => [Some(of_query()), None],
        SortedFrom::QueryAndForm => [Some(of_query()), Some(of_form()?)],
        SortedFrom::Json => [None, None],
    };
    let fields = || fields.into_iter().flatten();
    let all: Vec<Pair<'_>> = match rule.from {
        SortedFrom::Json => json_pairs(eval.message.body, rule)?,
        _ => fields().flat_map(FormPairs::pairs).cloned().collect(),
    };
    let is_taken = |(name, value): &Pair<'_>| {
        !(rule.drop.iter().any(|d| d.as_bytes() == &**name)
            || eval.plan.is_signature_field(name)
            || (rule.drop_empty && value.is_empty())
            || (!rule.prefix.is_empty()
                && !rule.prefix.iter().any(|p| name.starts_with(p.as_bytes()))))
    };
    let (mut pairs, left_out): (Vec<Pair<'_>>, Vec<Pair<'_>>) = all.into_iter().partition(is_taken);
    if !left_out.is_empty() {
        let hidden = fields().flat_map(FormPairs::behind_semicolons);
        let hidden = hidden.filter(|(pair, _)| !is_taken(pair));
        let left_out = left_out.iter().map(|(name, _)| &**name);
        let left_out: Vec<&[u8]> = left_out.chain(hidden.map(|(_, name)| name)).collect();
        refuse_left_out_twin(rule, &pairs, &left_out)?;
    }
    pairs.sort();
    if rule.unique {
        pairs.dedup();
    }
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.put(&rule.sep, false);
        }
        if S::RECORDS {
            out.enter_named("field", name);
        }
        let mut put = |text: &[u8], escape: FieldEscape| {
            let mut escaped = Vec::new();
            match escape {
                FieldEscape::None => return out.put(text, false),
                FieldEscape::Percent => url::percent_encode_into(text, &mut escaped),
                FieldEscape::Php => url::php_urlencode_into(text, &mut escaped),
            }
            out.put(&escaped, false);
        };
        if !rule.only_values {
            let names = match rule.encode {
                FieldEscape::Php => FieldEscape::Php,
                FieldEscape::Percent | FieldEscape::None => FieldEscape::None,
            };
            put(name, names);
            put(&rule.kv, FieldEscape::None);
        }
        put(value, rule.encode);
        if S::RECORDS {
            out.leave();
        }
    }
    Ok(())
}
