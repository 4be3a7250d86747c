//! The text layer: reading and writing the textual forms that signatures are made of, on borrowed bytes, without I/O.
//! Nothing here knows a provider; every rule is a named function that a recipe's part selects.

pub mod bytes;
pub(crate) mod case;
pub mod form;
pub mod json;
pub mod json_canonical;
pub mod json_edit;
pub(crate) mod left_out;
pub(crate) mod scan;
pub mod table;
pub mod url;

pub use bytes::ByteSet;
pub use json::JsonPaths;
pub use json_canonical::JsonStyle;
pub use table::ByteTable;

use std::borrow::Cow;

/// Controls, and the characters that turn the direction of text or take no room.
pub fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// The same with every hidden character escaped: none may steer the reader's terminal or begin a line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match hidden(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Characters of a name that errors show.
const SHOWN: usize = 64;

/// A name that a stranger may have written, as errors tell it: cut, and with nothing hidden.
pub(crate) fn shown(name: &str) -> Cow<'_, str> {
    match cut(name, SHOWN) {
        None => visible(name),
        Some(begin) => Cow::Owned(format!("{}...", visible(begin))),
    }
}

/// The first so many characters, if there are more.
pub(crate) fn cut(text: &str, chars: usize) -> Option<&str> {
    // Each has a byte at least.
    if text.len() <= chars {
        return None;
    }
    let (at, _) = text.char_indices().nth(chars)?;
    text.get(..at)
}

/// As [`String::from_utf8_lossy`], which takes its time even where nothing is lost.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The same in lower case: a header's name as it is reported.
pub(crate) fn lossy_lower(name: &[u8]) -> String {
    let mut name = lossy(name).into_owned();
    name.make_ascii_lowercase();
    name
}
