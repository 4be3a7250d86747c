//! A TOML table that remembers which keys were asked for; [`Table::finish`] refuses the others and says which known key was
//! probably meant.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::model::Line;
use super::source::{File, Node};
use super::suggest::{is_near, suggest};
use crate::{Error, Result};

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
    pub(super) fn new(
        file: &'a File<'a>,
        entries: &'a DeTable<'a>,
        span: Range<usize>,
        path: String,
    ) -> Self {
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
