//! JSON as text: what a scheme signs is read out of, put into or re-written from the bytes that were sent, never through a tree
//! that forgets number spelling, order and duplicates. serde_json decides what is JSON.

mod paths;
mod tree;
mod value;

pub(crate) use paths::fold_case;
pub use paths::{JsonPaths, JsonValues, same_but_for_case};
pub use tree::MAX_DEPTH;
pub(crate) use tree::{Member, Tree};
pub(super) use value::scalar_text;
pub(crate) use value::string_text;
pub use value::{NamedValue, Scalar, array_items, is_object, member_count, members, scalar};

use smallvec::SmallVec;
use std::borrow::Cow;

/// Why a JSON text was refused. Holds paths and positions, never content.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JsonError {
    /// Not one whole JSON text in UTF-8; what and where.
    #[error("not JSON: {0}")]
    Malformed(String),
    /// The member at this path is there twice, or again in another case.
    #[error("the JSON member {0} is there more than once")]
    Duplicate(String),
    /// The value at this path (empty: the whole text) is of another kind.
    #[error("the JSON value at '{path}' is not {expected}")]
    Kind {
        /// The path.
        path: String,
        /// What it should be: "an object", "an array".
        expected: &'static str,
    },
    /// Nested deeper than the limit of the operation.
    #[error("JSON nested more than {0} deep")]
    TooDeep(usize),
    /// What would be made of the text is out of proportion to it.
    #[error("JSON that would expand too much")]
    TooLarge,
}

impl JsonError {
    /// A syntax error's own text is a fixed phrase and a position; other kinds could quote the input.
    pub(in crate::text) fn malformed(error: &serde_json::Error) -> Self {
        if error.is_syntax() || error.is_eof() {
            Self::Malformed(error.to_string())
        } else {
            Self::Malformed(format!(
                "unreadable value at line {} column {}",
                error.line(),
                error.column()
            ))
        }
    }
}

/// A name that is there twice, if any is. Sorted, because a stranger chooses how many there are.
pub(crate) fn repeated<'n>(names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut names: SmallVec<[&str; 8]> = names.collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1])?;
    twice.first().copied()
}

/// The names on a path; nearly all paths have one or two.
pub type Segments<'p> = SmallVec<[Cow<'p, str>; 2]>;

/// Splits a dotted path: `\.` is a dot inside a name, `\\` a backslash; any other backslash is itself.
pub fn split_path(path: &str) -> Segments<'_> {
    if !path.contains('\\') {
        return path.split('.').map(Cow::Borrowed).collect();
    }
    let mut segments = Segments::new();
    let mut segment = String::new();
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '.' => segments.push(Cow::Owned(std::mem::take(&mut segment))),
            '\\' => segment.push(chars.next_if(|c| matches!(c, '.' | '\\')).unwrap_or('\\')),
            c => segment.push(c),
        }
    }
    segments.push(Cow::Owned(segment));
    segments
}

pub(in crate::text) fn utf8(text: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(text)
        .map_err(|e| JsonError::Malformed(format!("not UTF-8 at byte {}", e.valid_up_to())))
}

#[cfg(test)]
mod tests;
