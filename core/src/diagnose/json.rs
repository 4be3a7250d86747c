//! What a JSON body may have been before somebody parsed it and wrote it again, or after.

use super::clue::Clue;
use super::escapes;
use super::json_layout::{LAYOUTS, Layout, layout_of, write};
use super::json_tokens;
use super::order::orders;
use crate::text::json::{Member, Tree};

/// A larger text is only re-written as a whole, not member by member.
const WIDE_BYTES: usize = 16 * 1024;

type Put<'p> = &'p mut dyn FnMut(&[Clue], Vec<u8>);

/// Every text that some JSON writer could have made of the same values.
pub(super) fn json(body: &[u8], wide: bool, put: Put<'_>) {
    let Ok(text) = std::str::from_utf8(body) else {
        return;
    };
    let trimmed = text.trim();
    if !trimmed.starts_with(['{', '[']) {
        return;
    }
    let Ok(tree) = Tree::read(body) else {
        return;
    };
    let wide = wide && body.len() <= WIDE_BYTES;
    let now = Now {
        text: trimmed,
        tree: &tree,
        layout: layout_of(trimmed, &tree),
    };
    layouts(&now, put);
    escapes::each(text, put);
    writers(&now, put);
    key_orders(&now, wide, put);
    json_tokens::each(text, wide, put);
    nulls(&now, put);
}

/// The text as it is.
struct Now<'n, 'a> {
    text: &'a str,
    tree: &'n Tree<'a>,
    /// None: no layout throughout.
    layout: Option<&'static Layout>,
}

impl Now<'_, '_> {
    /// The layout to keep while something else changes.
    fn kept(&self) -> &'static Layout {
        self.layout.unwrap_or(&LAYOUTS[0])
    }
}

/// What was done to the white space, said of the text that is there.
fn layout_clue(now: &Now<'_, '_>) -> Clue {
    let id = match now.layout {
        Some(layout) if layout.indent.is_some() => "body-json-pretty-printed",
        Some(layout) if layout.is_compact() => "body-json-compacted",
        _ if now.text.contains('\n') => "body-json-pretty-printed",
        _ => "body-json-spaced",
    };
    Clue::new(id)
}

fn layouts(now: &Now<'_, '_>, put: Put<'_>) {
    let (text, tree) = (now.text, now.tree);
    let clue = layout_clue(now);
    for layout in &LAYOUTS {
        let other = write(tree, layout);
        if layout.indent.is_some() {
            // Line ends taken out, their indent left.
            let flat: Vec<u8> = other
                .iter()
                .copied()
                .filter(|b| !matches!(b, b'\r' | b'\n'))
                .collect();
            if flat == text.as_bytes() {
                put(&[Clue::new("body-newlines-removed")], other.clone());
            }
        }
        let mut clue = clue.clone();
        clue.about = layout.name.into();
        put(&[clue], other);
    }
    // Squeezed by something that knows no JSON: every blank gone, also in texts.
    if text.contains(' ') {
        let squeezed = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        put(
            &[Clue::about(clue.id.clone(), "without any blank")],
            squeezed,
        );
    }
    let flat: Vec<u8> = text
        .bytes()
        .filter(|b| !matches!(b, b'\r' | b'\n'))
        .collect();
    put(
        &[Clue::about(
            "body-json-pretty-printed",
            "with the line ends taken out",
        )],
        flat,
    );
}

/// A writer that people use: layout, order and escapes together.
struct Writer {
    name: &'static str,
    layout: usize,
    sorted: bool,
    escapes: &'static [escapes::Escape],
}

use escapes::Escape::{Html, Slash, Unicode};
use escapes::{DOT_NET, GO, GSON, RAILS};

const WRITERS: [Writer; 13] = [
    Writer {
        name: "JavaScript's JSON.stringify",
        layout: 0,
        sorted: false,
        escapes: &[],
    },
    Writer {
        name: "PHP's json_encode",
        layout: 0,
        sorted: false,
        escapes: &[Slash, Unicode(false)],
    },
    Writer {
        name: "PHP's json_encode with JSON_UNESCAPED_SLASHES",
        layout: 0,
        sorted: false,
        escapes: &[Unicode(false)],
    },
    Writer {
        name: "PHP's json_encode with JSON_UNESCAPED_UNICODE",
        layout: 0,
        sorted: false,
        escapes: &[Slash],
    },
    Writer {
        name: "PHP's json_encode with JSON_PRETTY_PRINT",
        layout: 5,
        sorted: false,
        escapes: &[Slash, Unicode(false)],
    },
    Writer {
        name: "Python's json.dumps",
        layout: 1,
        sorted: false,
        escapes: &[Unicode(false)],
    },
    Writer {
        name: "Python's json.dumps with ensure_ascii=False",
        layout: 1,
        sorted: false,
        escapes: &[],
    },
    Writer {
        name: "Python's json.dumps with sort_keys=True",
        layout: 1,
        sorted: true,
        escapes: &[Unicode(false)],
    },
    Writer {
        name: "Go's json.Marshal of a struct",
        layout: 0,
        sorted: false,
        escapes: &[Html(&GO)],
    },
    Writer {
        name: "Go's json.Marshal of a map",
        layout: 0,
        sorted: true,
        escapes: &[Html(&GO)],
    },
    Writer {
        name: "Java's Gson",
        layout: 0,
        sorted: false,
        escapes: &[Html(&GSON)],
    },
    Writer {
        name: ".NET's System.Text.Json",
        layout: 0,
        sorted: false,
        escapes: &[Html(&DOT_NET), Unicode(true)],
    },
    Writer {
        name: "Ruby on Rails' to_json",
        layout: 0,
        sorted: false,
        escapes: &[Html(&RAILS)],
    },
];

fn writers(now: &Now<'_, '_>, put: Put<'_>) {
    let mut sorted = None;
    for writer in &WRITERS {
        let Some(layout) = LAYOUTS.get(writer.layout) else {
            continue;
        };
        let tree = match writer.sorted {
            false => now.tree,
            true => sorted.get_or_insert_with(|| sort(now.tree)),
        };
        let mut other = String::from_utf8_lossy(&write(tree, layout)).into_owned();
        other = escapes::none(&other);
        for escape in writer.escapes {
            other = escape.apply(&other);
        }
        let mut clues = escapes::compare(now.text, &other);
        if now.layout.is_none_or(|l| l.name != layout.name) {
            clues.insert(0, layout_clue(now));
        }
        if writer.sorted {
            clues.push(Clue::new("body-json-keys-reordered"));
        }
        if let Some(first) = clues.first_mut() {
            first.about = writer.name.into();
            put(&clues, other.into_bytes());
        }
    }
}

fn sort<'a>(tree: &Tree<'a>) -> Tree<'a> {
    sorted_by(tree, &|a, b| a.name.cmp(&b.name))
}

fn sorted_by<'a>(
    tree: &Tree<'a>,
    compare: &dyn Fn(&Member<'a>, &Member<'a>) -> std::cmp::Ordering,
) -> Tree<'a> {
    match tree {
        Tree::Scalar(text) => Tree::Scalar(text),
        Tree::Array(items) => Tree::Array(items.iter().map(|i| sorted_by(i, compare)).collect()),
        Tree::Object(members) => {
            let mut members: Vec<Member<'a>> = members
                .iter()
                .map(|m| Member {
                    value: sorted_by(&m.value, compare),
                    ..m.clone()
                })
                .collect();
            members.sort_by(compare);
            Tree::Object(members)
        }
    }
}

fn key_orders(now: &Now<'_, '_>, wide: bool, put: Put<'_>) {
    let (tree, layout) = (now.tree, now.kept());
    let clue = |about| [Clue::about("body-json-keys-reordered", about)];
    let mut out = |tree: &Tree<'_>, about: &'static str| put(&clue(about), write(tree, layout));
    out(&sort(tree), "sorted by name");
    let by_length = |a: &Member<'_>, b: &Member<'_>| {
        (a.name.len(), a.name.as_bytes()).cmp(&(b.name.len(), b.name.as_bytes()))
    };
    out(
        &sorted_by(tree, &by_length),
        "as PostgreSQL's jsonb keeps them",
    );
    let lower = |m: &Member<'_>| m.name.to_ascii_lowercase();
    out(
        &sorted_by(tree, &|a, b| lower(a).cmp(&lower(b))),
        "sorted by name without case",
    );
    if let Tree::Object(members) = tree {
        let mut top = members.clone();
        top.sort_by(|a, b| a.name.cmp(&b.name));
        out(&Tree::Object(top), "the outermost sorted by name");
    }
    // Each object on its own.
    let mut left = if wide { 12 } else { 1 };
    at_objects(tree, &mut left, &mut |members, rebuild| {
        orders(
            members.len(),
            if wide { 5 } else { 3 },
            wide,
            &mut |order| {
                let new = order.iter().filter_map(|&i| members.get(i).cloned());
                out(&rebuild(new.collect()), "");
            },
        );
    });
}

type Rebuild<'r, 'a> = &'r dyn Fn(Vec<Member<'a>>) -> Tree<'a>;

/// Calls back with the members of each object, at most `left` of them, and a way to put others in their place.
fn at_objects<'a>(
    tree: &Tree<'a>,
    left: &mut usize,
    see: &mut dyn FnMut(&[Member<'a>], Rebuild<'_, 'a>),
) {
    if *left == 0 {
        return;
    }
    match tree {
        Tree::Scalar(_) => {}
        Tree::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                at_objects(item, left, &mut |members, rebuild| {
                    see(members, &|new| {
                        let mut items = items.clone();
                        items[index] = rebuild(new);
                        Tree::Array(items)
                    });
                });
            }
        }
        Tree::Object(members) => {
            *left -= 1;
            see(members, &|new| Tree::Object(new));
            for (index, member) in members.iter().enumerate() {
                at_objects(&member.value, left, &mut |inner, rebuild| {
                    see(inner, &|new| {
                        let mut members = members.clone();
                        members[index].value = rebuild(new);
                        Tree::Object(members)
                    });
                });
            }
        }
    }
}

/// Members without value left out.
fn nulls(now: &Now<'_, '_>, put: Put<'_>) {
    if !now.text.contains("null") && !now.text.contains("\"\"") {
        return;
    }
    for empty in [&["null"][..], &["null", "\"\""]] {
        let new = write(&dropped(now.tree, empty), now.kept());
        put(&[Clue::new("body-null-members-differ")], new);
    }
}

fn dropped<'a>(tree: &Tree<'a>, empty: &[&str]) -> Tree<'a> {
    match tree {
        Tree::Scalar(text) => Tree::Scalar(text),
        Tree::Array(items) => Tree::Array(items.iter().map(|i| dropped(i, empty)).collect()),
        Tree::Object(members) => Tree::Object(
            members
                .iter()
                .filter(|m| !matches!(m.value, Tree::Scalar(text) if empty.contains(&text)))
                .map(|m| Member {
                    value: dropped(&m.value, empty),
                    ..m.clone()
                })
                .collect(),
        ),
    }
}
