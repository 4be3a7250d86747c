//! A branch on an unsigned value must not drop the body: a sender could otherwise choose the arm that signs less.

use super::{Check, In, wrong};
use crate::recipe::model::*;

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

pub(super) fn check(seen: &In) -> Check {
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
    let lets = seen.spec.lets.iter().flatten();
    for part in seen.spec.message.iter().chain(lets) {
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
        is_covered(seen, &holds)
    };
    let worlds = 0..1u32 << atoms.len();
    let covered: Vec<bool> = worlds.clone().map(covers).collect();
    for world in worlds.clone() {
        let bare = !covered[world as usize];
        if bare
            && worlds
                .clone()
                .any(|other| other & mask == world & mask && covered[other as usize])
        {
            return Err(wrong(
                line,
                seen.path("message"),
                "a condition on an unsigned value decides whether the body is signed: a sender could choose the arm without it",
            ));
        }
    }
    Ok(())
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
    seen.spec
        .message
        .iter()
        .any(|p| reaches(seen, p, source, &|_| false, true, 0))
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

// Whether a source is reached in this world; `plain`: without any condition on the way.
fn reaches(
    seen: &In,
    part: &Part,
    wanted: &dyn Fn(&Source) -> bool,
    world: World,
    plain: bool,
    depth: u32,
) -> bool {
    let open = if plain {
        part.when.is_none()
    } else {
        holds(part.when.as_ref(), world)
    };
    if !open || depth > crate::recipe::MAX_DEPTH {
        return false;
    }
    if wanted(&part.source) {
        return true;
    }
    let named = match part.source {
        Source::Let(id) => seen.spec.let_part(id),
        _ => None,
    };
    part.children()
        .into_iter()
        .chain(named)
        .any(|p| reaches(seen, p, wanted, world, plain, depth + 1))
}

fn reads_body(source: &Source) -> bool {
    match source {
        Source::Body | Source::Leaves(_) | Source::Form { .. } | Source::Payload => true,
        Source::CanonicalJson { from, .. } => from.is_none(),
        Source::Json(json) => json.from.is_none(),
        Source::Sorted(sorted) => sorted.from != SortedFrom::Query,
        _ => false,
    }
}

fn is_covered(seen: &In, world: World) -> bool {
    let in_message = seen
        .spec
        .message
        .iter()
        .any(|p| reaches(seen, p, &reads_body, world, false, 0));
    in_message
        || seen
            .spec
            .fields
            .iter()
            .any(|f| covers_through(seen, f, world))
}

// A let over the body that is compared with a field which is itself signed.
fn covers_through(seen: &In, field: &Field, world: World) -> bool {
    if field.optional || !holds(field.when.as_ref(), world) {
        return false;
    }
    let carries = field.content.holes().any(|hole| match hole {
        Hole::Let(id) if field.take.iter().all(|t| t.let_id != id) => seen
            .spec
            .let_part(id)
            .is_some_and(|p| reaches(seen, p, &reads_body, world, false, 0)),
        _ => false,
    });
    let is_field = |source: &Source| match (&field.place, source) {
        (Place::Query(_), Source::Query { .. } | Source::Target | Source::Url(UrlForm::Full)) => {
            true
        }
        (Place::Query(name), Source::QueryField { name: read, .. }) => name == read,
        (Place::Header(name), Source::Header { name: read, .. }) => name.eq_ignore_ascii_case(read),
        (Place::Header(name), Source::Headers(block)) => match &block.select {
            HeaderSelect::Prefix(prefix) => name.to_ascii_lowercase().starts_with(prefix.as_str()),
            HeaderSelect::List { .. } => true,
        },
        _ => false,
    };
    carries
        && seen
            .spec
            .message
            .iter()
            .any(|p| reaches(seen, p, &is_field, world, false, 0))
}
