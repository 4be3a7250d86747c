//! Blocks of header lines and lists of header names.

use super::eval::Eval;
use super::sink::Sink;
use crate::recipe::{HeaderBlock, HeaderNames, HeaderSelect};
use crate::text::case::{compare_lower, starts_in_any_case};
use crate::text::{lossy_lower, scan, shown};
use crate::{Error, Result, Status};
use smallvec::SmallVec;

/// So many headers a message may name as signed.
const MAX_LISTED: usize = 64;
/// More matching headers than this are kept on the heap.
const ON_STACK: usize = 16;

type Line<'a> = (&'a [u8], &'a [u8]);

pub(crate) fn block<S: Sink>(eval: &Eval<'_, '_>, block: &HeaderBlock, out: &mut S) -> Result<()> {
    match &block.select {
        HeaderSelect::Prefix(prefix) => {
            by_prefix(eval, block, prefix.as_bytes(), out);
            Ok(())
        }
        HeaderSelect::List {
            names,
            split,
            pseudo,
        } => {
            let list = eval.value(names)?;
            let mut seen: SmallVec<[&[u8]; ON_STACK]> = SmallVec::new();
            let mut first = true;
            for name in split_on(&list.bytes, split) {
                let name = name.trim_ascii();
                if name.is_empty() {
                    continue;
                }
                // A stranger chooses the list, and each name may be that of a large header.
                if seen.len() == MAX_LISTED || seen.iter().any(|n| n.eq_ignore_ascii_case(name)) {
                    return Err(Error::field(
                        Status::MalformedField,
                        eval.plan.field_of(names),
                        "the list of signed headers names one twice, or more than any provider signs",
                    ));
                }
                seen.push(name);
                if block.join && !std::mem::take(&mut first) {
                    out.put(&block.end, false);
                }
                if S::RECORDS {
                    out.enter_named("header", name);
                }
                let is_pseudo = |(p, _): &&(String, _)| p.as_bytes().eq_ignore_ascii_case(name);
                if let Some((_, part)) = pseudo.iter().find(is_pseudo) {
                    name_and_kv(block, name, out);
                    eval.part(part, out)?;
                } else {
                    listed(eval, block, name, out)?;
                }
                if !block.join {
                    out.put(&block.end, false);
                }
                if S::RECORDS {
                    out.leave();
                }
            }
            Ok(())
        }
    }
}

/// One listed header: all its lines, joined by a comma.
fn listed<S: Sink>(
    eval: &Eval<'_, '_>,
    block: &HeaderBlock,
    name: &[u8],
    out: &mut S,
) -> Result<()> {
    let mut found = false;
    let mut line = |value: &[u8], out: &mut S| {
        if std::mem::replace(&mut found, true) {
            out.put(b",", false);
        } else {
            name_and_kv(block, name, out);
        }
        write_value(block, value, out);
    };
    for header in eval.message.headers.iter().filter(|h| h.is(name)) {
        line(header.value, out);
    }
    if let Some(value) = eval.added.and_then(|a| a.header(name)) {
        line(value, out);
    }
    if !found {
        let lower = lossy_lower(name);
        let lower = shown(&lower);
        return Err(Error::field(
            Status::MissingField,
            &*lower,
            format!("header {lower} is named as signed but is missing"),
        ));
    }
    Ok(())
}

fn by_prefix<S: Sink>(eval: &Eval<'_, '_>, block: &HeaderBlock, prefix: &[u8], out: &mut S) {
    let mut lines: SmallVec<[Line<'_>; ON_STACK]> = SmallVec::new();
    for header in eval.message.headers {
        if starts_in_any_case(header.name, prefix) {
            lines.push((header.name, header.value));
        }
    }
    if let Some(added) = eval.added {
        added.each(&mut |name, value| {
            if starts_in_any_case(name, prefix) {
                lines.push((name, value));
            }
        });
    }
    // Stable: duplicates stay in the order of the wire.
    lines.sort_by(|a, b| compare_lower(&a.0[prefix.len()..], &b.0[prefix.len()..]));
    for (index, (name, value)) in lines.iter().enumerate() {
        if block.join && index > 0 {
            out.put(&block.end, false);
        }
        if S::RECORDS {
            out.enter_named("header", name);
        }
        name_and_kv(block, name, out);
        write_value(block, value, out);
        if !block.join {
            out.put(&block.end, false);
        }
        if S::RECORDS {
            out.leave();
        }
    }
}

fn name_and_kv<S: Sink>(block: &HeaderBlock, name: &[u8], out: &mut S) {
    if !block.with_names {
        return;
    }
    if block.names_as_written {
        out.put(name, false);
    } else {
        out.put_in_case(name, false, false);
    }
    out.put(&block.kv, false);
}

/// Unfolds, collapses and trims as the block says.
fn write_value<S: Sink>(block: &HeaderBlock, value: &[u8], out: &mut S) {
    if block.unfold && scan::has_line_break(value) {
        let unfolded = unfold(value);
        write_collapsed(block, trim_blanks(&unfolded), out);
    } else {
        write_collapsed(block, trim_blanks(value), out);
    }
}

fn write_collapsed<S: Sink>(block: &HeaderBlock, value: &[u8], out: &mut S) {
    if !block.collapse {
        return out.put(value, false);
    }
    let mut words = value
        .split(|b| matches!(b, b' ' | b'\t'))
        .filter(|w| !w.is_empty());
    if let Some(word) = words.next() {
        out.put(word, false);
    }
    for word in words {
        out.put(b" ", false);
        out.put(word, false);
    }
}

#[inline]
pub(crate) fn trim_blanks(value: &[u8]) -> &[u8] {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    if let ([first, ..], [.., last]) = (value, value)
        && !is_blank(first)
        && !is_blank(last)
    {
        return value;
    }
    let start = value
        .iter()
        .position(|b| !is_blank(b))
        .unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(|b| !is_blank(b))
        .map_or(start, |e| e + 1);
    &value[start..end]
}

/// Each line break and the white space after it (but no further line break) becomes one blank; a bare CR stays.
fn unfold(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        let after_break = match byte {
            b'\n' => Some(after),
            b'\r' => after.strip_prefix(b"\n"),
            _ => None,
        };
        match after_break {
            Some(mut tail) => {
                out.push(b' ');
                while let Some((b' ' | b'\t' | 0x0b | 0x0c, next)) = tail.split_first() {
                    tail = next;
                }
                rest = tail;
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

/// Pieces between separators; an empty separator gives the whole.
pub(crate) fn split_on<'a>(text: &'a [u8], separator: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match scan::find(text, separator) {
            Some(at) => {
                rest = Some(&text[at + separator.len()..]);
                Some(&text[..at])
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}

/// The items of a list. A separator between double quotes is text where values are quoted.
pub(crate) fn split_items<'a>(
    text: &'a [u8],
    separator: &'a [u8],
    quoted: bool,
) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut from, mut open) = (0, false);
        while let Some(next) = scan::find(&text[from..], separator) {
            let quotes = || memchr::memchr_iter(b'"', &text[from..from + next]).count();
            open ^= quoted && quotes() % 2 == 1;
            if !open {
                rest = Some(&text[from + next + separator.len()..]);
                return Some(&text[..from + next]);
            }
            from += next + separator.len();
        }
        rest = None;
        Some(text)
    })
}

pub(crate) fn names<S: Sink>(eval: &Eval<'_, '_>, rule: &HeaderNames, out: &mut S) {
    let is_present = |name: &str| {
        let name = name.as_bytes();
        eval.message.headers.iter().any(|h| h.is(name))
            || eval.added.is_some_and(|a| a.header(name).is_some())
    };
    let mut first = true;
    let mut put = |name: &[u8], out: &mut S| {
        if !std::mem::take(&mut first) {
            out.put(&rule.join, false);
        }
        out.put(name, false);
    };
    if rule.as_written {
        for name in rule.list.iter().filter(|n| is_present(n)) {
            put(name.as_bytes(), out);
        }
        return;
    }
    let is_signed = |name: &[u8]| {
        let mut list = rule.list.iter().map(String::as_bytes);
        let mut prefixes = rule.prefix.iter().map(String::as_bytes);
        list.any(|n| n.eq_ignore_ascii_case(name)) || prefixes.any(|p| starts_in_any_case(name, p))
    };
    let mut signed: SmallVec<[Vec<u8>; 8]> = SmallVec::new();
    let own = eval.message.headers.iter().map(|h| h.name);
    signed.extend(own.filter(|n| is_signed(n)).map(<[u8]>::to_ascii_lowercase));
    if let Some(added) = eval.added {
        added.each(&mut |name, _| {
            if is_signed(name) {
                signed.push(name.to_ascii_lowercase());
            }
        });
    }
    signed.sort();
    signed.dedup();
    for name in &signed {
        put(name, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfolds_as_the_gcs_rule_says() {
        let value = b" some value  \r\n \n with  some \r\n  spaces ";
        assert_eq!(
            trim_blanks(&unfold(value)),
            b"some value    with  some  spaces"
        );
        assert_eq!(unfold(b"a\rb"), b"a\rb");
    }
}
