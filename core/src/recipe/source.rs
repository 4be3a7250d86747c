//! Reading TOML with positions: typed values out, and every error names file, line and key path.
//!
//! A [`Table`] remembers which keys were asked for; [`Table::finish`] refuses the others and says which known key
//! was probably meant. serde is not used here: its derived visitors report the wrong line.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::model::Line;
use super::suggest::{is_near, suggest};
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
    value: &'a DeValue<'a>,
    span: Range<usize>,
    path: String,
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

/// A table that remembers which keys were read.
pub(super) struct Table<'a> {
    pub file: &'a File<'a>,
    entries: &'a DeTable<'a>,
    span: Range<usize>,
    path: String,
    used: RefCell<Vec<bool>>,
    known: RefCell<Vec<&'static str>>,
    /// Looked into where a key is missing here (`like`).
    base: Option<Box<Table<'a>>>,
    finished: Cell<bool>,
}

impl<'a> Table<'a> {
    fn new(file: &'a File<'a>, entries: &'a DeTable<'a>, span: Range<usize>, path: String) -> Self {
        Table {
            file,
            entries,
            span,
            path,
            used: RefCell::new(vec![false; entries.len()]),
            known: RefCell::default(),
            base: None,
            finished: Cell::new(false),
        }
    }

    /// The whole document.
    pub fn document(file: &'a File<'a>, entries: &'a DeTable<'a>) -> Self {
        Table::new(file, entries, 0..0, String::new())
    }

    /// The same table, with another one that gives what it lacks.
    pub fn with_base(mut self, base: Table<'a>) -> Self {
        self.base = Some(Box::new(base));
        self
    }

    pub fn line(&self) -> Line {
        self.file.line_at(self.span.start)
    }

    /// The line of a key path like `request.field[0].value`, or of the part of it that is written here.
    pub fn line_of(&self, path: &str) -> Line {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let (key, mut index) = first.split_once('[').unwrap_or((first, ""));
        let Some((_, value)) = self.entries.iter().find(|(name, _)| name.get_ref() == key) else {
            return self.line();
        };
        let mut node = self.node(key, value);
        while let Some((number, more)) = index.split_once(']') {
            let item = node.list().ok().zip(number.parse::<usize>().ok());
            match item.and_then(|(list, i)| list.into_iter().nth(i)) {
                Some(item) => node = item,
                None => break,
            }
            index = more.trim_start_matches('[');
        }
        match node.table() {
            Ok(table) if !rest.is_empty() => table.line_of(rest),
            _ => node.line(),
        }
    }

    /// An error about the table as a whole.
    pub fn error(&self, what: impl std::fmt::Display) -> Error {
        self.file.error(self.line(), &self.path, what)
    }

    fn path_of(&self, key: &str) -> String {
        let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let key = if !key.is_empty() && key.bytes().all(bare) {
            key.to_owned()
        } else {
            format!("\"{key}\"")
        };
        if self.path.is_empty() {
            key
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn node(&self, key: &str, value: &'a toml::Spanned<DeValue<'a>>) -> Node<'a> {
        Node {
            file: self.file,
            value: value.get_ref(),
            span: value.span(),
            path: self.path_of(key),
        }
    }

    /// The value here, without a look into the base.
    pub fn own(&self, key: &'static str) -> Option<Node<'a>> {
        if !self.known.borrow().contains(&key) {
            self.known.borrow_mut().push(key);
        }
        let found =
            |(_, (name, _)): &(usize, (&toml::Spanned<_>, _))| -> bool { *name.get_ref() == key };
        let (index, (_, value)) = self.entries.iter().enumerate().find(found)?;
        if let Some(used) = self.used.borrow_mut().get_mut(index) {
            *used = true;
        }
        Some(self.node(key, value))
    }

    /// The value here or in the base.
    pub fn opt(&self, key: &'static str) -> Option<Node<'a>> {
        self.own(key).or_else(|| self.base.as_ref()?.opt(key))
    }

    /// The value here or in the base; must be there.
    pub fn req(&self, key: &'static str) -> Result<Node<'a>> {
        self.opt(key).ok_or_else(|| self.missing(key))
    }

    /// The error for a missing key; a misspelt one is the likelier cause, and its line the better place to look.
    pub fn missing(&self, key: &str) -> Error {
        let used = self.used.borrow();
        let misspelt = (self.entries.keys().zip(used.iter()))
            .filter(|(name, used)| !**used && is_near(name.get_ref(), key))
            .map(|(name, _)| name)
            .next();
        match misspelt {
            Some(name) => self.file.error(
                self.file.line_at(name.span().start),
                &self.path_of(name.get_ref()),
                format_args!("unknown key, did you mean \"{key}\"?"),
            ),
            None => self.error(format_args!("\"{key}\" is missing")),
        }
    }

    /// The first of several keys that exclude each other here or, none being here, in the base.
    pub fn first_of(&self, keys: &[&'static str]) -> Option<Node<'a>> {
        let here = keys.iter().filter_map(|key| self.own(key)).next();
        here.or_else(|| self.base.as_ref()?.first_of(keys))
    }

    /// The values of a key here and in the base, own first: for tables that merge by name.
    pub fn layers(&self, key: &'static str) -> Vec<Node<'a>> {
        let base = self.base.as_ref().and_then(|base| base.own(key));
        self.own(key).into_iter().chain(base).collect()
    }

    pub fn bool(&self, key: &'static str) -> Result<bool> {
        self.opt(key).map_or(Ok(false), |n| n.bool())
    }

    pub fn bytes_or(&self, key: &'static str, default: &str) -> Result<Box<[u8]>> {
        self.opt(key)
            .map_or_else(|| Ok(default.as_bytes().into()), |n| n.bytes())
    }

    pub fn opt_bytes(&self, key: &'static str) -> Result<Option<Box<[u8]>>> {
        self.opt(key).map(|n| n.bytes()).transpose()
    }

    pub fn opt_text(&self, key: &'static str) -> Result<Option<String>> {
        self.opt(key)
            .map(|n| n.text().map(str::to_owned))
            .transpose()
    }

    pub fn opt_texts(&self, key: &'static str) -> Result<Vec<String>> {
        self.opt(key).map_or_else(|| Ok(Vec::new()), |n| n.texts())
    }

    /// The keys that are here, as written.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.entries.keys().map(|key| -> &'a str { key.get_ref() })
    }

    /// All members of a table whose keys are names of the recipe's own choice.
    pub fn members(&self) -> Vec<(&'a str, Node<'a>)> {
        self.used.borrow_mut().fill(true);
        self.entries
            .iter()
            .map(|(key, value)| -> (&'a str, Node<'a>) {
                (key.get_ref(), self.node(key.get_ref(), value))
            })
            .collect()
    }

    /// Refuses keys that nobody asked for.
    pub fn finish(&self) -> Result<()> {
        if self.finished.replace(true) {
            return Ok(());
        }
        let used = self.used.borrow();
        let unknown = self
            .entries
            .iter()
            .zip(used.iter())
            .find(|(_, used)| !**used);
        let Some(((key, _), _)) = unknown else {
            return Ok(());
        };
        let name: &str = key.get_ref();
        let line = self.file.line_at(key.span().start);
        Err(self.file.error(
            line,
            &self.path_of(name),
            format_args!(
                "unknown key{}",
                suggest(name, self.known.borrow().iter().copied())
            ),
        ))
    }
}
