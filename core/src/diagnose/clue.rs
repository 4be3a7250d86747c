//! What a departure from the rule is called, and what it leads to.

use crate::Message;
use crate::recipe::Part;
use crate::time::UnixMillis;
use std::borrow::Cow;

/// One departure: its id, and which part, header or writer it concerns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Clue {
    pub(super) id: Cow<'static, str>,
    /// `header content-type`, `PHP json_encode`; may be empty. Never a secret or a signature.
    pub(super) about: Cow<'static, str>,
}

impl Clue {
    pub(super) const fn new(id: &'static str) -> Clue {
        Clue {
            id: Cow::Borrowed(id),
            about: Cow::Borrowed(""),
        }
    }

    pub(super) fn about(
        id: impl Into<Cow<'static, str>>,
        about: impl Into<Cow<'static, str>>,
    ) -> Clue {
        Clue {
            id: id.into(),
            about: about.into(),
        }
    }
}

/// A message and a rule, as somebody may have seen them when signing.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) message: Message<'a>,
    /// The string to sign.
    pub(super) parts: &'a [Part],
    /// Another time than the one on the wire: its text and instant.
    pub(super) time: Option<(&'a [u8], Option<UnixMillis>)>,
    /// Lets on the wire count as they were sent instead of as they are computed.
    pub(super) wire_lets: bool,
}

/// Receives one departure after the other; nothing is kept, so memory stays bounded.
pub(super) type See<'s> = &'s mut dyn FnMut(&[Clue], Scene<'_>);

/// What a family of departures changes. Pairs take each two families in one order only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Family {
    /// The bytes of the body.
    Body,
    /// Target and public URL.
    Address,
    /// Header texts.
    Headers,
    /// The signed time.
    Time,
    /// How one part is written.
    Values,
    /// Which parts, in which order, with what between them.
    Structure,
}

impl Family {
    pub(super) const ALL: [Family; 6] = [
        Family::Body,
        Family::Address,
        Family::Headers,
        Family::Time,
        Family::Values,
        Family::Structure,
    ];

    /// For the report of what was ruled out.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Family::Body => "the body was re-written, re-encoded, cut or extended",
            Family::Address => "another path, query or public URL",
            Family::Headers => "other headers or header texts",
            Family::Time => "another time or notation of the time",
            Family::Values => "a part of the string written in another way",
            Family::Structure => "parts left out, added or in another order, other separators",
        }
    }
}
