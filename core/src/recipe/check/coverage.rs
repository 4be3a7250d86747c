//! A branch on an unsigned value must not drop the body, nor a part of it: a sender could otherwise choose the arm that signs less.

use super::{Check, In, wrong};
use crate::recipe::OfBody;
use crate::recipe::model::*;
use std::collections::BTreeSet;

/// Every combination is tried.
const MAX_ATOMS: usize = 6;

/// One thing that conditions ask.
#[derive(Clone, PartialEq)]
enum Atom {
    Form,
    Method(Vec<String>),
    Query(String),
    Header(String),
}

/// Atoms and their truth; a body is always there.
type World<'w> = &'w dyn Fn(&Atom) -> bool;

/// What of the body is signed.
#[derive(Default, PartialEq)]
struct Extent {
    all: bool,
    /// Members by their paths, lists of fields by their rule.
    members: BTreeSet<String>,
}

/// The flow as it is, and with each variant.
pub(super) fn check(seen: &In) -> Check {
    plan(seen)?;
    for variant in &seen.spec.variants {
        // Variants that do not end were refused before.
        if let Ok(spec) = seen.spec.with_variants(&[&variant.name]) {
            plan(&In {
                spec: &spec,
                ..*seen
            })?;
        }
    }
    Ok(())
}

fn plan(seen: &In) -> Check {
    let mut atoms = Vec::new();
    let mut first = None;
    let mut collect = |when: &Condition, line: Line| {
        first.get_or_insert(line);
        for atom in atoms_of(when) {
            if !atoms.contains(&atom) {
                atoms.push(atom);
            }
        }
    };
    for part in roots(seen).chain(seen.spec.lets.iter().flatten()) {
        part.each(&mut |p| {
            if let Some(when) = &p.when {
                collect(when, p.line);
            }
        });
    }
    for field in &seen.spec.fields {
        if let Some(when) = field
            .when
            .as_ref()
            .filter(|_| field.content.holes().any(|h| matches!(h, Hole::Let(_))))
        {
            collect(when, field.line);
        }
    }
    let Some(line) = first else { return Ok(()) };
    if atoms.len() > MAX_ATOMS {
        return Err(wrong(
            line,
            seen.path("message"),
            format!("depends on more than {MAX_ATOMS} conditions"),
        ));
    }
    // Arms that a signed value chooses may differ: group by those, and compare within a group.
    let signed: Vec<bool> = atoms.iter().map(|a| is_signed(seen, a)).collect();
    let mask = (0..atoms.len())
        .filter(|i| signed[*i])
        .fold(0u32, |mask, i| mask | 1 << i);
    let covers = |world: u32| {
        let holds = |atom: &Atom| {
            atoms
                .iter()
                .position(|a| a == atom)
                .is_some_and(|i| world >> i & 1 == 1)
        };
        extent(seen, &holds)
    };
    let worlds = 0..1u32 << atoms.len();
    let extents: Vec<Extent> = worlds.clone().map(covers).collect();
    let mut seen_by_mask: Vec<(u32, &Extent)> = Vec::new();
    for (world, extent) in worlds.zip(&extents) {
        let group = world & mask;
        match seen_by_mask.iter().find(|(other, _)| *other == group) {
            None => seen_by_mask.push((group, extent)),
            Some((_, first)) if *first == extent => {}
            Some((_, first)) => {
                let nothing = Extent::default();
                let what = match nothing == *extent || nothing == **first {
                    true => "whether the body is signed: a sender could choose the arm without it",
                    false => {
                        "how much of the body is signed: a sender could choose the arm that signs less"
                    }
                };
                return Err(wrong(
                    line,
                    seen.path("message"),
                    format!("a condition on an unsigned value decides {what}"),
                ));
            }
        }
    }
    Ok(())
}

/// What is signed; claims are compared with what they are made of.
fn roots<'r>(seen: &In<'r>) -> impl Iterator<Item = &'r Part> {
    let claims = seen.spec.jws.iter().flat_map(|j| &j.claims);
    seen.spec.message.iter().chain(claims.map(|(_, part)| part))
}

fn atoms_of(when: &Condition) -> Vec<Atom> {
    let mut atoms = Vec::new();
    atoms.extend(when.form.map(|_| Atom::Form));
    atoms.extend(when.method.clone().map(Atom::Method));
    atoms.extend(when.query.clone().map(Atom::Query));
    atoms.extend(when.no_query.clone().map(Atom::Query));
    atoms.extend(when.header.clone().map(Atom::Header));
    atoms.extend(when.no_header.clone().map(Atom::Header));
    atoms
}

fn holds(when: Option<&Condition>, world: World) -> bool {
    let Some(when) = when else { return true };
    when.form.is_none_or(|wanted| world(&Atom::Form) == wanted)
        && when.body.is_none_or(|wanted| wanted)
        && when
            .method
            .as_ref()
            .is_none_or(|m| world(&Atom::Method(m.clone())))
        && when
            .query
            .as_ref()
            .is_none_or(|q| world(&Atom::Query(q.clone())))
        && when
            .no_query
            .as_ref()
            .is_none_or(|q| !world(&Atom::Query(q.clone())))
        && when
            .header
            .as_ref()
            .is_none_or(|h| world(&Atom::Header(h.clone())))
        && when
            .no_header
            .as_ref()
            .is_none_or(|h| !world(&Atom::Header(h.clone())))
}

fn always(source: &dyn Fn(&Source) -> bool, seen: &In) -> bool {
    roots(seen).any(|p| reaches(seen, p, source, 0))
}

fn is_signed(seen: &In, atom: &Atom) -> bool {
    match atom {
        Atom::Form => always(
            &|s| matches!(s, Source::Header { name, .. } if name == "content-type"),
            seen,
        ),
        Atom::Method(_) => always(&|s| matches!(s, Source::Method), seen),
        Atom::Query(_) => always(
            &|s| {
                matches!(
                    s,
                    Source::Query { .. } | Source::Target | Source::Url(UrlForm::Full)
                )
            },
            seen,
        ),
        Atom::Header(name) => always(
            &|s| matches!(s, Source::Header { name: n, .. } if n == name),
            seen,
        ),
    }
}

// Whether a source is signed whole and of every message.
fn reaches(seen: &In, part: &Part, wanted: &dyn Fn(&Source) -> bool, depth: u32) -> bool {
    if part.when.is_some() || part.is_cut() || depth > crate::recipe::MAX_DEPTH {
        return false;
    }
    let named = match part.source {
        Source::Let(id) => seen.spec.let_part(id),
        _ => None,
    };
    let mut inside = part.whole_children().into_iter().chain(named);
    wanted(&part.source) || inside.any(|p| reaches(seen, p, wanted, depth + 1))
}

fn extent(seen: &In, world: World) -> Extent {
    let mut walk = Walk {
        seen,
        world,
        lets: BTreeSet::new(),
        extent: Extent::default(),
        places: Places::default(),
    };
    roots(seen).for_each(|part| walk.add(part));
    // Lets over the body that are compared with fields which are themselves signed.
    let places = std::mem::take(&mut walk.places);
    for field in &seen.spec.fields {
        if field.optional || !holds(field.when.as_ref(), world) || !places.hold(&field.place) {
            continue;
        }
        for hole in field.content.holes() {
            if let Hole::Let(id) = hole
                && field.take.iter().all(|t| t.let_id != id)
            {
                walk.add_let(id);
            }
        }
    }
    let mut extent = walk.extent;
    if extent.all {
        extent.members.clear();
    }
    extent
}

/// Everything that is signed in one world; a let once, for a second time adds nothing.
struct Walk<'r, 'w> {
    seen: &'w In<'r>,
    world: World<'w>,
    lets: BTreeSet<u8>,
    extent: Extent,
    places: Places<'r>,
}

impl<'r> Walk<'r, '_> {
    fn add(&mut self, part: &'r Part) {
        if !holds(part.when.as_ref(), self.world) || part.is_cut() {
            return;
        }
        match part.source.of_body(self.seen.spec) {
            Some(OfBody::All) => self.extent.all = true,
            Some(OfBody::Some(list)) => {
                self.extent.members.insert(format!("{list:?}"));
            }
            Some(OfBody::Member(name)) => {
                self.extent.members.insert(name.to_owned());
            }
            None => {}
        }
        self.places.add(&part.source);
        for inner in part.whole_children() {
            self.add(inner);
        }
        if let Source::Let(id) = part.source {
            self.add_let(id);
        }
    }

    fn add_let(&mut self, id: LetId) {
        if self.lets.insert(id.0)
            && let Some(part) = self.seen.spec.let_part(id)
        {
            self.add(part);
        }
    }
}

/// Where what is signed stands on the wire.
#[derive(Default)]
struct Places<'r> {
    query: bool,
    query_fields: BTreeSet<&'r str>,
    headers: BTreeSet<&'r str>,
    prefixes: BTreeSet<&'r str>,
    listed_headers: bool,
}

impl<'r> Places<'r> {
    fn add(&mut self, source: &'r Source) {
        match source {
            Source::Query { .. } | Source::Target | Source::Url(UrlForm::Full) => self.query = true,
            Source::QueryField { name, .. } => {
                self.query_fields.insert(name);
            }
            Source::Header { name, .. } => {
                self.headers.insert(name);
            }
            Source::Headers(block) => match &block.select {
                HeaderSelect::Prefix(prefix) => {
                    self.prefixes.insert(prefix);
                }
                HeaderSelect::List { .. } => self.listed_headers = true,
            },
            _ => {}
        }
    }

    fn hold(&self, place: &Place) -> bool {
        match place {
            Place::Query(name) => self.query || self.query_fields.contains(name.as_str()),
            Place::Header(name) => {
                let name = name.to_ascii_lowercase();
                self.listed_headers
                    || self.headers.contains(name.as_str())
                    || self.prefixes.iter().any(|p| name.starts_with(p))
            }
            _ => false,
        }
    }
}
