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
