//! Reads named members out of raw JSON text in one pass, without a tree; a member that is written twice is an error wherever a
//! read path goes through. Skipped values cost no stack.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::{JsonError, split_path, utf8};

/// The paths to read, as a trie. Built once, used for every message.
#[derive(Clone, Debug)]
pub struct JsonPaths {
    /// The first node is the whole text.
    nodes: Vec<Node>,
    len: usize,
}

#[derive(Clone, Debug, Default)]
struct Node {
    name: String,
    /// The path that led here, for errors.
    path: String,
    children: Vec<usize>,
    /// Which of the given paths end here.
    wanted: Vec<usize>,
}

impl JsonPaths {
    /// Paths like `a.b.c` (see [`split_path`]). A segment that is a number also indexes an array.
    pub fn new(paths: &[String]) -> Self {
        let mut nodes = vec![Node::default()];
        for (i, path) in paths.iter().enumerate() {
            let mut at = 0;
            for name in split_path(path) {
                let found = nodes[at]
                    .children
                    .iter()
                    .copied()
                    .find(|child| nodes[*child].name == name);
                at = found.unwrap_or_else(|| {
                    let escaped = name.replace('\\', "\\\\").replace('.', "\\.");
                    let path = if at == 0 {
                        escaped
                    } else {
                        format!("{}.{escaped}", nodes[at].path)
                    };
                    let child = nodes.len();
                    nodes[at].children.push(child);
                    nodes.push(Node {
                        name: name.into_owned(),
                        path,
                        ..Node::default()
                    });
                    child
                });
            }
            nodes[at].wanted.push(i);
        }
        Self {
            nodes,
            len: paths.len(),
        }
    }

    /// Reads all paths in one pass. The text must be whole, valid JSON in UTF-8 without a byte order mark. A path through
    /// something that is not an object (or, for a number, an array) is absent. A member written twice, also with escapes in its
    /// name, is [`JsonError::Duplicate`] in every object that a path goes through; with `check_case_twins` so is a member that
    /// differs from a read name only in case, which readers that ignore case (Go's) would take for it.
    pub fn read<'a>(
        &self,
        text: &'a [u8],
        check_case_twins: bool,
    ) -> Result<JsonValues<'a>, JsonError> {
        let text = utf8(text)?;
        let mut reading = Reading::new(self, check_case_twins, false);
        let mut json = serde_json::Deserializer::from_str(text);
        let read = Walk {
            reading: &mut reading,
            node: 0,
        }
        .deserialize(&mut json)
        .and_then(|()| json.end());
        if let Some(node) = reading.duplicate {
            return Err(JsonError::Duplicate(self.nodes[node].path.clone()));
        }
        if read.is_ok() {
            return Ok(reading.values);
        }
        // A value that serde_json cannot represent, such as 1e999 where a path goes through, is still JSON: read again,
        // looking at each value's raw text first.
        let whole: &RawValue = serde_json::from_str(text).map_err(|e| JsonError::malformed(&e))?;
        let mut reading = Reading::new(self, check_case_twins, true);
        let read = reading.descend(0, whole.get());
        match reading.duplicate {
            Some(node) => Err(JsonError::Duplicate(self.nodes[node].path.clone())),
            None => read.map(|()| reading.values),
        }
    }
}

/// So many values need no allocation.
const FEW: usize = 16;

/// What was found at each path, in the order the paths were given.
#[derive(Clone, Debug)]
pub struct JsonValues<'a> {
    few: [Option<&'a RawValue>; FEW],
    /// Used when there are more.
    many: Vec<Option<&'a RawValue>>,
}

impl<'a> JsonValues<'a> {
    fn new(len: usize) -> Self {
        Self {
            few: [None; FEW],
            many: if len > FEW { vec![None; len] } else { vec![] },
        }
    }

    fn set(&mut self, i: usize, value: &'a RawValue) {
        let values = if self.many.is_empty() {
            &mut self.few[..]
        } else {
            &mut self.many[..]
        };
        if let Some(slot) = values.get_mut(i) {
            *slot = Some(value);
        }
    }

    /// The value at the path of that number; `None` if it is absent.
    pub fn get(&self, i: usize) -> Option<&'a RawValue> {
        let values = if self.many.is_empty() {
            &self.few[..]
        } else {
            &self.many[..]
        };
        values.get(i).copied().flatten()
    }
}

/// The state of one pass.
struct Reading<'p, 'a> {
    paths: &'p JsonPaths,
    case_twins: bool,
    /// Take every value's raw text before looking into it.
    raw_first: bool,
    values: JsonValues<'a>,
    seen: u128,
    /// In place of `seen` when there are more nodes than bits.
    seen_many: Vec<bool>,
    duplicate: Option<usize>,
}

impl<'p, 'a> Reading<'p, 'a> {
    fn new(paths: &'p JsonPaths, case_twins: bool, raw_first: bool) -> Self {
        let nodes = paths.nodes.len();
        Self {
            paths,
            case_twins,
            raw_first,
            values: JsonValues::new(paths.len),
            seen: 0,
            seen_many: if nodes > 128 {
                vec![false; nodes]
            } else {
                vec![]
            },
            duplicate: None,
        }
    }

    /// Notes that the node's member was met; whether it was met before.
    fn met_before(&mut self, node: usize) -> bool {
        if let Some(seen) = self.seen_many.get_mut(node) {
            return std::mem::replace(seen, true);
        }
        let bit = 1_u128.rotate_left(node as u32);
        let before = self.seen & bit != 0;
        self.seen |= bit;
        before
    }

    /// Looks into a value whose raw text is known.
    fn descend(&mut self, node: usize, text: &'a str) -> Result<(), JsonError> {
        let paths = self.paths;
        let mut json = serde_json::Deserializer::from_str(text);
        let read = match text.as_bytes().first() {
            Some(b'{') => json.deserialize_map(Walk {
                reading: self,
                node,
            }),
            Some(b'[') => json.deserialize_seq(Walk {
                reading: self,
                node,
            }),
            _ => Ok(()),
        };
        // The text is known to be JSON: only a name that is no text (a lone surrogate) is left to fail.
        read.map_err(|_| {
            JsonError::Malformed(format!(
                "a member name in '{}' is not Unicode text",
                paths.nodes[node].path
            ))
        })
    }

    fn child(&self, node: usize, name: &str) -> Member {
        let children = &self.paths.nodes[node].children;
        if let Some(child) = children
            .iter()
            .find(|child| self.paths.nodes[**child].name == name)
        {
            return Member::Read(*child);
        }
        if self.case_twins
            && let Some(child) = children
                .iter()
                .find(|child| same_but_for_case(&self.paths.nodes[**child].name, name))
        {
            return Member::CaseTwin(*child);
        }
        Member::Skipped
    }
}

enum Member {
    Read(usize),
    CaseTwin(usize),
    Skipped,
}

/// Equal after Unicode's simple upper- and then lower-casing of each character, so that U+017F is an s and U+212A a k.
pub fn same_but_for_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    fold_case(a).eq(fold_case(b))
}

/// What texts that are [`same_but_for_case`] have in common.
pub(crate) fn fold_case(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .flat_map(|c| c.to_uppercase().flat_map(char::to_lowercase))
}

/// Visits the value at a node.
struct Walk<'r, 'p, 'a> {
    reading: &'r mut Reading<'p, 'a>,
    node: usize,
}

impl<'a> DeserializeSeed<'a> for Walk<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Walk<'_, '_, 'a> {
    /// What to do with the value of a child: the caller passes it as raw text or lets it be visited.
    fn takes_raw(&self, child: usize) -> bool {
        self.reading.raw_first || !self.reading.paths.nodes[child].wanted.is_empty()
    }

    fn raw(&mut self, child: usize, value: &'a RawValue) -> Result<(), JsonError> {
        let paths = self.reading.paths;
        for i in &paths.nodes[child].wanted {
            self.reading.values.set(*i, value);
        }
        if paths.nodes[child].children.is_empty() {
            Ok(())
        } else {
            self.reading.descend(child, value.get())
        }
    }
}

impl<'a> Visitor<'a> for Walk<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(member) = map.next_key_seed(Name {
            reading: self.reading,
            node: self.node,
        })? {
            let child = match member {
                Member::Skipped => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                Member::CaseTwin(child) => {
                    self.reading.duplicate = Some(child);
                    return Err(A::Error::custom("duplicate"));
                }
                Member::Read(child) => child,
            };
            if self.reading.met_before(child) {
                self.reading.duplicate = Some(child);
                return Err(A::Error::custom("duplicate"));
            }
            if self.takes_raw(child) {
                let value = map.next_value::<&RawValue>()?;
                self.raw(child, value).map_err(A::Error::custom)?;
            } else {
                map.next_value_seed(Walk {
                    reading: self.reading,
                    node: child,
                })?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            let paths = self.reading.paths;
            let mut children = paths.nodes[self.node].children.iter().copied();
            let more = match children.find(|child| is_index(&paths.nodes[*child].name, index)) {
                None => items.next_element::<IgnoredAny>()?.is_some(),
                Some(child) if self.takes_raw(child) => match items.next_element::<&RawValue>()? {
                    None => false,
                    Some(value) => {
                        self.raw(child, value).map_err(A::Error::custom)?;
                        true
                    }
                },
                Some(child) => items
                    .next_element_seed(Walk {
                        reading: self.reading,
                        node: child,
                    })?
                    .is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    // A path that goes through a scalar is absent.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// Whether the name is the number, written without leading zeros.
fn is_index(name: &str, index: usize) -> bool {
    name.bytes().all(|b| b.is_ascii_digit())
        && (name.len() == 1 || !name.starts_with('0'))
        && name.parse() == Ok(index)
}

/// Finds a member's name among a node's children.
struct Name<'r, 'p, 'a> {
    reading: &'r Reading<'p, 'a>,
    node: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_, '_> {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Member, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_, '_, '_> {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        Ok(self.reading.child(self.node, name))
    }
}
