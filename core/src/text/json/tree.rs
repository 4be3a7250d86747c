//! The structure of a whole text, for what must see all of it: re-writing and listing. Scalars stay slices of the text.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{JsonError, repeated, string_text, utf8};
use crate::text::shown;

/// How deep objects and arrays may be nested.
pub const MAX_DEPTH: usize = 128;

/// The text's structure, with every scalar as it is written.
#[derive(Clone)]
pub(crate) enum Tree<'a> {
    Scalar(&'a str),
    Array(Vec<Tree<'a>>),
    Object(Vec<Member<'a>>),
}

#[derive(Clone)]
pub(crate) struct Member<'a> {
    pub name: Cow<'a, str>,
    /// The name as it is written, with its quotes.
    pub literal: &'a str,
    pub value: Tree<'a>,
}

impl<'a> Tree<'a> {
    /// Reads a whole text. Nested at most [`MAX_DEPTH`] deep, no member twice in one object.
    pub fn read(text: &'a [u8]) -> Result<Self, JsonError> {
        let text: &RawValue =
            serde_json::from_str(utf8(text)?).map_err(|e| JsonError::malformed(&e))?;
        Tokens(text.get()).value(0)
    }
}

/// What is left of a text that serde_json found valid: it needs cutting only, no further judgement.
struct Tokens<'a>(&'a str);

impl<'a> Tokens<'a> {
    fn value(&mut self, depth: usize) -> Result<Tree<'a>, JsonError> {
        if self.skip('{') {
            check_depth(depth)?;
            let mut members = vec![];
            while !self.skip('}') {
                members.push(self.member(depth)?);
                self.skip(',');
            }
            no_duplicates(&members)?;
            Ok(Tree::Object(members))
        } else if self.skip('[') {
            check_depth(depth)?;
            let mut items = vec![];
            while !self.skip(']') {
                items.push(self.value(depth + 1)?);
                self.skip(',');
            }
            Ok(Tree::Array(items))
        } else {
            self.scalar().map(Tree::Scalar)
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member<'a>, JsonError> {
        let literal = self.scalar()?;
        let name = string_text(literal)?;
        self.skip(':');
        match self.value(depth + 1) {
            Ok(value) => Ok(Member {
                name,
                literal,
                value,
            }),
            Err(JsonError::Duplicate(path)) => Err(JsonError::Duplicate(below(&name, &path))),
            Err(e) => Err(e),
        }
    }

    /// Takes the character, and the blanks before it, if it comes next.
    fn skip(&mut self, token: char) -> bool {
        self.0 = self.0.trim_start_matches([' ', '\t', '\n', '\r']);
        match self.0.strip_prefix(token) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a string with its quotes, a number or a word.
    fn scalar(&mut self) -> Result<&'a str, JsonError> {
        self.0 = self.0.trim_start_matches([' ', '\t', '\n', '\r']);
        let end = if self.0.starts_with('"') {
            let mut escaped = false;
            let quote = self.0.bytes().skip(1).position(|b| {
                let closes = b == b'"' && !escaped;
                escaped = b == b'\\' && !escaped;
                closes
            });
            quote.map(|quote| quote + 2)
        } else {
            let end = self
                .0
                .find([',', ']', '}', ':', ' ', '\t', '\n', '\r'])
                .unwrap_or(self.0.len());
            (end > 0).then_some(end)
        };
        // Only a text that is not JSON has no token here.
        let Some((token, rest)) = end.and_then(|end| self.0.split_at_checked(end)) else {
            return Err(JsonError::Malformed("a value is missing".into()));
        };
        self.0 = rest;
        Ok(token)
    }
}

/// Whether one more object or array may begin inside of so many.
fn check_depth(outer: usize) -> Result<(), JsonError> {
    match outer < MAX_DEPTH {
        true => Ok(()),
        false => Err(JsonError::TooDeep(MAX_DEPTH)),
    }
}

/// Bytes of a path that errors show: strangers choose how many names it has.
const MAX_PATH: usize = 200;

/// The path of a member inside of another.
fn below(name: &str, path: &str) -> String {
    let name = shown(name);
    match path.starts_with("...") || name.len() + path.len() > MAX_PATH {
        false => format!("{name}.{path}"),
        true => format!("...{}", path.trim_start_matches('.')),
    }
}

fn no_duplicates(members: &[Member<'_>]) -> Result<(), JsonError> {
    match repeated(members.iter().map(|member| &*member.name)) {
        Some(name) => Err(JsonError::Duplicate(shown(name).into_owned())),
        None => Ok(()),
    }
}
