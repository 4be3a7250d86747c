//! Reading TOML with positions: typed values out, and every error names file, line and key path.
//!
//! serde is not used here: its derived visitors report the wrong line.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::model::Line;
use super::suggest::suggest;
use super::table::Table;
use crate::{Error, Result, Status};

/// A recipe's text and its name, for error positions.
pub(super) struct File<'a> {
    text: &'a str,
    name: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> File<'a> {
    /// A text and the name that errors call it by.
    pub fn new(text: &'a str, name: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let line_starts = std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect();
        File {
            text,
            name,
            line_starts,
        }
    }

    /// 1-based line of a byte offset.
    pub fn line_at(&self, offset: usize) -> Line {
        Line(self.line_starts.partition_point(|start| *start <= offset) as u32)
    }

    /// The TOML document as a table.
    pub fn parse(&self) -> Result<toml::Spanned<DeTable<'a>>> {
        DeTable::parse(self.text).map_err(|e| {
            let line = self.line_at(e.span().map_or(0, |s| s.start));
            Error::new(
                Status::InvalidRecipe,
                format!("{}:{}: not TOML: {}", self.name, line.0, e.message()),
            )
        })
    }

    /// An error at a line, about a key path.
    pub fn error(&self, line: Line, path: &str, what: impl std::fmt::Display) -> Error {
        let Line(line) = line;
        let text = if path.is_empty() {
            format!("{}:{line}: {what}", self.name)
        } else {
            format!("{}:{line}: {path}: {what}", self.name)
        };
        if path.is_empty() {
            Error::new(Status::InvalidRecipe, text)
        } else {
            Error::field(Status::InvalidRecipe, path, text)
        }
    }
}

/// A value with its position.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub file: &'a File<'a>,
    pub(super) value: &'a DeValue<'a>,
    pub(super) span: Range<usize>,
    pub(super) path: String,
}

impl<'a> Node<'a> {
    /// Where it stands.
    pub fn line(&self) -> Line {
        self.file.line_at(self.span.start)
    }

    /// An error about this value.
    pub fn error(&self, what: impl std::fmt::Display) -> Error {
        self.file.error(self.line(), &self.path, what)
    }

    fn wrong_type<T>(&self, wanted: &str) -> Result<T> {
        let found = match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        Err(self.error(format_args!("must be {wanted}, not {found}")))
    }

    pub fn is_str(&self) -> bool {
        self.value.is_str()
    }

    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// A string, empty or not.
    pub fn str(&self) -> Result<&'a str> {
        match self.value {
            DeValue::String(s) => Ok(s),
            _ => self.wrong_type("a string"),
        }
    }

    /// A string of at least one character.
    pub fn text(&self) -> Result<&'a str> {
        match self.str()? {
            "" => Err(self.error("must not be empty")),
            text => Ok(text),
        }
    }

    /// A string as bytes.
    pub fn bytes(&self) -> Result<Box<[u8]>> {
        Ok(self.str()?.as_bytes().into())
    }

    pub fn bool(&self) -> Result<bool> {
        match self.value {
            DeValue::Boolean(b) => Ok(*b),
            _ => self.wrong_type("true or false"),
        }
    }

    /// `true`, the only value of a key that is a mere marker.
    pub fn marker(&self) -> Result<()> {
        match self.value {
            DeValue::Boolean(true) => Ok(()),
            _ => Err(self.error("must be true")),
        }
    }

    /// An integer within a range.
    pub fn integer(&self, range: std::ops::RangeInclusive<i64>) -> Result<i64> {
        let DeValue::Integer(i) = self.value else {
            return self.wrong_type("an integer");
        };
        match i64::from_str_radix(i.as_str(), i.radix()) {
            Ok(n) if range.contains(&n) => Ok(n),
            _ => Err(self.error(format_args!(
                "must be between {} and {}",
                range.start(),
                range.end()
            ))),
        }
    }

    /// The elements of a list.
    pub fn list(&self) -> Result<Vec<Node<'a>>> {
        let DeValue::Array(items) = self.value else {
            return self.wrong_type("a list");
        };
        let node = |(i, v): (usize, &'a toml::Spanned<DeValue<'a>>)| Node {
            file: self.file,
            value: v.get_ref(),
            span: v.span(),
            path: format!("{}[{i}]", self.path),
        };
        Ok(items.iter().enumerate().map(node).collect())
    }

    /// The elements of a list, or the value itself as the only one.
    pub fn one_or_list(&self) -> Result<Vec<Node<'a>>> {
        if self.is_list() {
            self.list()
        } else {
            Ok(vec![self.clone()])
        }
    }

    /// One string or a list of strings.
    pub fn texts(&self) -> Result<Vec<String>> {
        self.one_or_list()?
            .iter()
            .map(|n| n.text().map(str::to_owned))
            .collect()
    }

    /// A string that names one of a closed set.
    pub fn choice<T>(
        &self,
        what: &str,
        names: &[&str],
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        let name = self.str()?;
        find(name).ok_or_else(|| {
            self.error(format_args!(
                "unknown {what} \"{name}\"{}",
                suggest(name, names.iter().copied())
            ))
        })
    }

    /// The table.
    pub fn table(&self) -> Result<Table<'a>> {
        match self.value {
            DeValue::Table(entries) => Ok(Table::new(
                self.file,
                entries,
                self.span.clone(),
                self.path.clone(),
            )),
            _ => self.wrong_type("a table"),
        }
    }
}
