//! What is refused before anything is signed: text that could not be sent as it was signed.

use crate::plan::Plan;
use crate::recipe::{Field, Place, TargetRule};
use crate::text::case::starts_in_any_case;
use crate::text::{ByteSet, lossy, scan, shown, url};
use crate::{Error, Message, Result, Status};

/// What HTTP libraries send as it is: RFC 3986's characters, and what is beyond ASCII.
const TARGET: ByteSet = ByteSet::UNRESERVED
    .union(ByteSet::of(b"/?:@!$&'()*+,;=%[]|"))
    .union(ByteSet::range(0x80, 0xff));

// What a byte may not be or must be looked at for, as bits: one pass over a text finds all that it holds.
const NOT_IN_TOKEN: u8 = 1;
const NOT_IN_TARGET: u8 = 1 << 1;
const CONTROL: u8 = 1 << 2;
const FRAGMENT: u8 = 1 << 3;
const PERCENT: u8 = 1 << 4;
const DOT: u8 = 1 << 5;

static TRAITS: [u8; 256] = {
    const fn bit(holds: bool, bit: u8) -> u8 {
        if holds { bit } else { 0 }
    }
    let mut traits = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        traits[at] = bit(!ByteSet::TOKEN.contains(byte), NOT_IN_TOKEN)
            | bit(!TARGET.contains(byte), NOT_IN_TARGET)
            | bit(byte < b' ' || byte == 0x7f, CONTROL)
            | bit(byte == b'#', FRAGMENT)
            | bit(byte == b'%', PERCENT)
            | bit(byte == b'.', DOT);
        at += 1;
    }
    traits
};

/// The traits of all bytes of the text.
#[inline]
fn traits(text: &[u8]) -> u8 {
    let traits = |seen: u8, byte: &u8| seen | TRAITS[usize::from(*byte)];
    // By eights, so that a byte costs a load and not the steps of a loop. The last eight overlap with the ones before them.
    let Some(last) = text.last_chunk::<8>() else {
        return text.iter().fold(0, traits);
    };
    let (chunks, _) = text.as_chunks::<8>();
    let last = last.iter().fold(0, traits);
    (chunks.iter()).fold(last, |seen, chunk| chunk.iter().fold(seen, traits))
}

fn invalid(field: &str, why: &str) -> Error {
    Error::field(Status::InvalidMessage, field, format!("{field} {why}"))
}

/// Checks method, target and headers of a message that is to be signed.
pub(crate) fn message(plan: &Plan, message: &Message<'_>) -> Result<()> {
    let is_token = |text: &[u8]| !text.is_empty() && traits(text) & NOT_IN_TOKEN == 0;
    if !is_token(message.method.as_bytes()) {
        return Err(invalid("method", "is not an HTTP method"));
    }
    target(plan, message)?;
    plan.check_declared(message)?;
    if plan.signs_url {
        message.check_query_is_the_urls()?;
    }
    for header in message.headers {
        if !is_token(header.name) {
            return Err(invalid("headers", "hold a name that is not a token"));
        }
        if scan::has_line_break(header.value) {
            let name = lossy(header.name);
            return Err(invalid(&shown(&name), "holds a line break or NUL"));
        }
    }
    twins(plan, message)
}

fn target(plan: &Plan, message: &Message<'_>) -> Result<()> {
    let target = message.target;
    let holds = traits(target);
    if holds & CONTROL != 0 {
        return Err(invalid("target", "holds a control character"));
    }
    if plan.spec.target != TargetRule::Strict || !plan.reads_target {
        return Ok(());
    }
    if target.first() != Some(&b'/') {
        return Err(invalid("target", "must start with a slash"));
    }
    if holds & FRAGMENT != 0 {
        return Err(invalid("target", "holds a fragment, which is never sent"));
    }
    if holds & NOT_IN_TARGET != 0 {
        return Err(invalid(
            "target",
            "holds a character that HTTP libraries percent-encode: sign it as it is sent",
        ));
    }
    if holds & PERCENT != 0 && url::has_invalid_escape(target) {
        return Err(invalid(
            "target",
            "holds a percent sign without two hex digits",
        ));
    }
    if holds & (DOT | PERCENT) != 0 && url::has_dot_segments(url::split_target(target).0) {
        return Err(invalid(
            "target",
            "holds a dot segment, which HTTP libraries resolve",
        ));
    }
    Ok(())
}

/// Two headers of one name cannot be signed: most HTTP libraries send only one of them.
fn twins(plan: &Plan, message: &Message<'_>) -> Result<()> {
    for (index, header) in message.headers.iter().enumerate() {
        let earlier = &message.headers[..index];
        if earlier.iter().any(|h| h.is(header.name)) && is_signed(plan, header.name) {
            let name = lossy(header.name);
            return Err(invalid(&shown(&name), "occurs twice, but is signed"));
        }
    }
    Ok(())
}

fn is_signed(plan: &Plan, name: &[u8]) -> bool {
    let starts = |prefix: &String| starts_in_any_case(name, prefix.as_bytes());
    plan.signs_any_header
        || plan
            .signed_names
            .iter()
            .any(|n| n.as_bytes().eq_ignore_ascii_case(name))
        || plan.signed_prefixes.iter().any(starts)
}

/// Checks an option that becomes part of a field.
pub(crate) fn option_text(name: &str, text: Option<&str>) -> Result<()> {
    match text {
        Some("") => Err(Error::field(
            Status::InvalidOption,
            name,
            format!("{name} is empty"),
        )),
        Some(text) if text.len() > 4096 || text.bytes().any(|b| b < b' ' || b == 0x7f) => {
            Err(Error::field(
                Status::InvalidOption,
                name,
                format!("{name} holds control characters or is longer than 4096 bytes"),
            ))
        }
        _ => Ok(()),
    }
}

/// The last check of every header value that signing writes.
pub(crate) fn field_text(field: &Field, value: &[u8]) -> Result<()> {
    let in_header = matches!(field.place, Place::Header(_) | Place::Cookie(_));
    if in_header && scan::has_line_break(value) {
        return Err(invalid(
            &field.place.label(),
            "would hold a line break or NUL",
        ));
    }
    Ok(())
}
