//! Templates of fields: literals and holes, and reading them back in linear time.
//!
//! A literal between two holes must hold a byte that one of its neighbours cannot hold; then there is exactly one way to
//! read a text, and no backtracking is ever needed.

use std::ops::Range;

use super::model::{Hole, Items, Piece, Template};
use crate::text::scan::find;
use crate::text::{ByteSet, ByteTable};
use smallvec::SmallVec;

/// A template has at most this many holes, so that reading needs no allocation.
pub const MAX_HOLES: usize = 8;

/// What holes held: which, and where in the text.
pub type Captures = SmallVec<[(Hole, Range<usize>); MAX_HOLES]>;

/// From which end the next literal can be found.
enum End {
    Left,
    Right,
}

impl Template {
    /// The holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Hole(hole, _) => Some(*hole),
            Piece::Literal(_) => None,
        })
    }

    /// Whether the signature stands in it.
    pub fn has_signature(&self) -> bool {
        self.holes().any(|hole| hole == Hole::Signature)
    }

    /// Reads a text that begins so many bytes into a longer one, and adds where in that each hole's value stands, in the order of the
    /// template. None if the text has another form or a value a byte that its hole cannot hold; what was added is then worth
    /// nothing. Values may be empty.
    pub fn read(&self, text: &[u8], base: usize, found: &mut Captures) -> Option<()> {
        let (mut start, mut end) = (0, text.len());
        let mut pieces = &self.pieces[..];
        if let [Piece::Literal(first), rest @ ..] = pieces {
            if !text.starts_with(first) {
                return None;
            }
            (start, pieces) = (first.len(), rest);
        }
        if let [rest @ .., Piece::Literal(last)] = pieces {
            if !text[start..].ends_with(last) {
                return None;
            }
            (end, pieces) = (end - last.len(), rest);
        }
        let take = |hole: &Hole, class: &ByteTable, range: Range<usize>| {
            let value = text.get(range.clone())?;
            let range = base + range.start..base + range.end;
            class.contains_all(value).then_some((*hole, range))
        };
        // Holes found from the left stand before this place, those found from the right behind it.
        let mut middle = found.len();
        loop {
            match pieces {
                [] => return (start == end).then_some(()),
                [Piece::Hole(hole, class)] => {
                    add(found, middle, take(hole, class, start..end)?);
                    return Some(());
                }
                _ => {}
            }
            match (next_end(pieces)?, pieces) {
                (End::Left, [Piece::Hole(hole, class), Piece::Literal(literal), rest @ ..]) => {
                    let at = start + find(&text[start..end], literal)?;
                    add(found, middle, take(hole, class, start..at)?);
                    (middle, start, pieces) = (middle + 1, at + literal.len(), rest);
                }
                (End::Right, [rest @ .., Piece::Literal(literal), Piece::Hole(hole, class)]) => {
                    let at = start + find_last(&text[start..end], literal)?;
                    add(found, middle, take(hole, class, at + literal.len()..end)?);
                    (end, pieces) = (at, rest);
                }
                _ => return None,
            }
        }
    }

    /// Whether a text has this form but another name in it: `2/SHA512/...` where this is `{}/SHA256/{}`. A provider that moves to
    /// another digest sends both for a while.
    pub fn is_of_another_kind(&self, text: &[u8]) -> bool {
        let (mut rest, mut named_otherwise) = (text, false);
        for piece in &self.pieces {
            let Piece::Literal(literal) = piece else {
                continue;
            };
            named_otherwise |= find(rest, literal).is_none();
            for mark in literal.iter().filter(|b| !b.is_ascii_alphanumeric()) {
                let Some(at) = memchr::memchr(*mark, rest) else {
                    return false;
                };
                rest = &rest[at + 1..];
            }
        }
        named_otherwise && !rest.is_empty()
    }

    /// Whether every text can be read in one way only; what is wrong otherwise.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.pieces.is_empty() {
            return Err("must not be empty".to_owned());
        }
        if self.holes().count() > MAX_HOLES {
            return Err(format!("at most {MAX_HOLES} holes"));
        }
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) if text.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) => {
                    return Err("a literal on the wire holds no CR, LF or NUL".to_owned());
                }
                Piece::Hole(hole, class) if class.is_empty() => {
                    return Err(format!("{} could hold no byte at all", describe(*hole)));
                }
                _ => {}
            }
        }
        for pair in self.pieces.windows(2) {
            if let [Piece::Hole(one, _), Piece::Hole(two, _)] = pair {
                return Err(format!(
                    "{} and {} touch: put a literal between them, or where one ends could not be told",
                    describe(*one),
                    describe(*two)
                ));
            }
        }
        let mut pieces = &self.pieces[..];
        if let [Piece::Literal(_), rest @ ..] = pieces {
            pieces = rest;
        }
        if let [rest @ .., Piece::Literal(_)] = pieces {
            pieces = rest;
        }
        while pieces.len() > 1 {
            pieces = match (next_end(pieces), pieces) {
                (Some(End::Left), [_, _, rest @ ..]) | (Some(End::Right), [rest @ .., _, _]) => {
                    rest
                }
                _ => return Err(ambiguous(pieces)),
            };
        }
        Ok(())
    }
}

impl Template {
    /// Whether the text can hold this one.
    fn can_hold(&self, text: &[u8]) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Literal(literal) => find(literal, text).is_some(),
            Piece::Hole(_, class) => class.contains_all(text),
        })
    }

    /// Whether several such texts can be told apart by a separator; what is wrong otherwise.
    pub(super) fn check_within(&self, separator: &[u8]) -> Result<(), &'static str> {
        if separator.is_empty() || self.can_hold(separator) {
            return Err("can stand inside the value: narrow its holes with \"not\" or \"class\"");
        }
        Ok(())
    }
}

impl Items {
    /// Whether the list can be read back; what is wrong otherwise.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.entries.is_empty() {
            return Err("\"list\" is empty".to_owned());
        }
        if self.item == self.kv {
            return Err("\"item\" and \"kv\" are the same".to_owned());
        }
        if let Some(groups) = &self.groups
            && (groups.is_empty() || *groups == self.item || *groups == self.kv)
        {
            return Err("\"groups\" is empty, or the same as \"item\" or \"kv\"".to_owned());
        }
        for (key, template) in &self.entries {
            let separators = [&self.item[..], &self.kv[..]].concat();
            if key.is_empty()
                || key
                    .bytes()
                    .any(|b| separators.contains(&b) || !ByteSet::VISIBLE.contains(b))
            {
                return Err(format!(
                    "the item key \"{}\" holds a separator or a blank",
                    key.escape_debug()
                ));
            }
            let closed = if self.quoted {
                &b"\""[..]
            } else {
                &self.item[..]
            };
            let mut ends = std::iter::once(closed).chain(self.groups.as_deref());
            if let Some(end) = ends.find(|end| template.can_hold(end)) {
                return Err(format!(
                    "the value of \"{key}\" can hold {:?}, which ends it: narrow it with \"not\" or \"class\"",
                    String::from_utf8_lossy(end)
                ));
            }
        }
        Ok(())
    }
}

// Pieces begin and end with a hole here and alternate. A literal that the hole before it cannot hold begins at its first
// occurrence; one that the hole after it cannot hold, at its last.
fn next_end(pieces: &[Piece]) -> Option<End> {
    match pieces {
        [Piece::Hole(_, class), Piece::Literal(literal), ..] if !class.contains_all(literal) => {
            Some(End::Left)
        }
        [.., Piece::Literal(literal), Piece::Hole(_, class)] if !class.contains_all(literal) => {
            Some(End::Right)
        }
        _ => None,
    }
}

/// Nearly always at the end, which is much cheaper than making room.
fn add(found: &mut Captures, at: usize, capture: (Hole, Range<usize>)) {
    if at == found.len() {
        found.push(capture);
    } else {
        found.insert(at, capture);
    }
}

fn find_last(text: &[u8], literal: &[u8]) -> Option<usize> {
    match literal {
        [byte] => memchr::memrchr(*byte, text),
        _ => text
            .windows(literal.len().max(1))
            .rposition(|w| w == literal),
    }
}

fn describe(hole: Hole) -> &'static str {
    match hole {
        Hole::Signature => "the signature",
        Hole::Timestamp(_) => "the timestamp",
        Hole::Nonce => "the nonce",
        Hole::KeyId => "the key id",
        Hole::Credential(_) => "a credential",
        Hole::Let(_) => "a let",
        Hole::Algorithm => "the algorithm's name",
    }
}

fn ambiguous(pieces: &[Piece]) -> String {
    if let [
        Piece::Hole(one, _),
        Piece::Literal(literal),
        Piece::Hole(two, _),
        ..,
    ] = pieces
    {
        return format!(
            "{:?} between {} and {} can stand inside both: narrow one with \"not\" or \"class\"",
            String::from_utf8_lossy(literal),
            describe(*one),
            describe(*two)
        );
    }
    "cannot be read back in one way only".to_owned()
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
