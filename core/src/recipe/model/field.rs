//! Places on the wire, and the templates that fill them.

use super::{Condition, CredentialId, LetId, Line, Param};
use crate::Status;
use crate::text::ByteTable;
use crate::time::TimeFormat;

/// A place on the wire that is written when signing and read when verifying.
#[derive(Clone, Debug)]
pub struct Field {
    /// So that variants can replace it.
    pub name: Option<String>,
    /// Where.
    pub place: Place,
    /// Other names of the same kind of place, tried when reading.
    pub or: Vec<String>,
    /// What.
    pub content: Content,
    /// What a value that the caller set means when signing.
    pub caller: Caller,
    /// Only then.
    pub when: Option<Condition>,
    /// May be absent when reading; made when signing only if its nonce was given.
    pub optional: bool,
    /// `repeat = ","`: the value may stand there several times with this between, one that is right is enough; with a comma
    /// a header may itself occur several times too (RFC 9110, 5.3). Written once.
    pub repeat: Option<Box<[u8]>>,
    /// JSON: no other top-level member may stand beside it.
    pub alone: bool,
    /// JSON: written as a number if it is one.
    pub number: bool,
    /// The signature's hole may hold several signatures, separated so, of which one must fit.
    pub several: Option<Box<[u8]>>,
    /// Texts that get a verdict of their own.
    pub reject: Vec<Reject>,
    /// Lets whose value is taken from the wire instead of compared ...
    pub take: Vec<Take>,
    /// Where it stands.
    pub line: Line,
}

/// A let taken from the wire, and what the taken list must hold.
#[derive(Clone, Debug)]
pub struct Take {
    /// Which.
    pub let_id: LetId,
    /// Separator of the list.
    pub split: Box<[u8]>,
    /// Names that must be in it (lower case), whether or not the header is there.
    pub list: Vec<String>,
    /// Every present header with one of these prefixes must be in it.
    pub prefix: Vec<String>,
}

/// A place on the wire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// As the recipe spells it.
    Header(String),
    /// A query field.
    Query(String),
    /// A JSON member by dotted path.
    Json(String),
    /// A form field.
    Form(String),
    /// A cookie of the Cookie header.
    Cookie(String),
}

impl Place {
    /// The name of the header, parameter, form field or cookie; the path of the JSON member.
    pub fn name(&self) -> &str {
        match self {
            Place::Header(name)
            | Place::Query(name)
            | Place::Json(name)
            | Place::Form(name)
            | Place::Cookie(name) => name,
        }
    }

    /// For errors and reports: `X-Date`, `json:sec_key`, `query:signature`.
    pub fn label(&self) -> String {
        match self {
            Place::Header(name) => name.clone(),
            Place::Query(name) => format!("query:{name}"),
            Place::Json(path) => format!("json:{path}"),
            Place::Form(name) => format!("form:{name}"),
            Place::Cookie(name) => format!("cookie:{name}"),
        }
    }
}

/// What stands in a field.
#[derive(Clone, Debug)]
pub enum Content {
    /// One value.
    Template(Template),
    /// Items with keys: `t=...,v1=...`.
    Items(Items),
    /// `covered = { label, let, require, with_body }`: one member of `Signature-Input` (RFC 9421).
    Covered(Covered),
}

impl Content {
    /// The holes of the value or of all items.
    pub fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        let (templates, covered): (Vec<&Template>, _) = match self {
            Content::Template(template) => (vec![template], None),
            Content::Items(items) => (items.entries.iter().map(|(_, t)| t).collect(), None),
            Content::Covered(covered) => (Vec::new(), Some(covered)),
        };
        let holes = templates.into_iter().flat_map(Template::holes);
        holes.chain(covered.into_iter().flat_map(Covered::holes))
    }

    /// Whether the signature stands in it.
    pub fn has_signature(&self) -> bool {
        self.holes().any(|hole| hole == Hole::Signature)
    }
}

/// The member of `Signature-Input` that belongs to this flow's signature.
#[derive(Clone, Debug)]
pub struct Covered {
    /// `sig1`
    pub label: String,
    /// What it holds: computed when signing, taken from the wire when verifying.
    pub input: LetId,
    /// Components that must be covered.
    pub require: Vec<String>,
    /// Components that must be covered where there is a body.
    pub with_body: Vec<String>,
    /// Parameters that must be there.
    pub params: Vec<Param>,
}

impl Covered {
    fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        let of_params = self.params.iter().filter_map(|param| match param {
            Param::Created => Some(Hole::Timestamp(None)),
            Param::KeyId => Some(Hole::KeyId),
            Param::Nonce => Some(Hole::Nonce),
            _ => None,
        });
        std::iter::once(Hole::Let(self.input)).chain(of_params)
    }
}

/// A list of keyed items inside one field.
#[derive(Clone, Debug)]
pub struct Items {
    /// Before the list: `Signature `.
    pub lead: Box<[u8]>,
    /// Between whole lists, where a sender may write several that agree in all but the signature.
    pub groups: Option<Box<[u8]>>,
    /// Between items: `,` or a blank. Blanks after it are allowed when reading.
    pub item: Box<[u8]>,
    /// Between key and value.
    pub kv: Box<[u8]>,
    /// Values stand in double quotes.
    pub quoted: bool,
    /// In the order of writing.
    pub entries: Vec<(String, Template)>,
}

/// Literals and holes, alternating as the recipe has them; two holes never touch.
#[derive(Clone, Debug)]
pub struct Template {
    /// In order.
    pub pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Must stand there.
    Literal(Box<[u8]>),
    /// Is filled in, and read back.
    Hole(Hole, ByteTable),
}

/// What fills a hole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hole {
    /// The encoded signature.
    Signature,
    /// The time text, or the same instant in another format.
    Timestamp(Option<TimeFormat>),
    /// The nonce.
    Nonce,
    /// The key id.
    KeyId,
    /// A public credential (any in token and Basic schemes).
    Credential(CredentialId),
    /// A let: compared when reading, unless the field takes it.
    Let(LetId),
    /// The sender's name of the algorithm.
    Algorithm,
}

/// What a value that the caller set means when signing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Caller {
    /// `refuse` (default): the caller must not set it.
    #[default]
    Refuse,
    /// `adopt`: the caller's text is kept verbatim; made where absent.
    Adopt,
    /// `require`: the caller must set it.
    Require,
}

/// A text at the beginning of a field that gets a verdict of its own.
#[derive(Clone, Debug)]
pub struct Reject {
    /// `GCS v1Client:`
    pub prefix: Box<[u8]>,
    /// The verdict.
    pub status: Status,
    /// For people.
    pub about: String,
}
