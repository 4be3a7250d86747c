//! The string to sign as one flat list: lets put in where they are used, groups dissolved, separators apart from words.

use crate::plan::Eval;
use crate::recipe::{LetId, Part, PathForm, QueryForm, Source};

/// More parts than this are not unfolded: a recipe may double itself with every let.
const MAX_PARTS: usize = 1024;

/// Unfolds parts for one message: conditions decided, and every let but the `kept` ones replaced by what it stands for.
pub(super) fn inlined(eval: &Eval<'_, '_>, parts: &[Part], kept: &[LetId]) -> Vec<Part> {
    let mut unfold = Unfold {
        eval,
        kept,
        left: MAX_PARTS,
    };
    let mut out = Vec::new();
    unfold.list(parts, &mut out, 0);
    out
}

struct Unfold<'u, 'e, 'm> {
    eval: &'u Eval<'e, 'm>,
    kept: &'u [LetId],
    left: usize,
}

impl Unfold<'_, '_, '_> {
    fn list(&mut self, parts: &[Part], out: &mut Vec<Part>, depth: u32) {
        for part in parts {
            self.part(part, out, depth);
        }
    }

    fn part(&mut self, part: &Part, out: &mut Vec<Part>, depth: u32) {
        if part.when.as_ref().is_some_and(|w| !self.eval.holds(w)) {
            return;
        }
        let mut part = Part {
            when: None,
            ..part.clone()
        };
        if self.left == 0 || depth > 16 {
            return out.push(part);
        }
        self.left -= 1;
        match &part.source {
            Source::Let(id) if !self.kept.contains(id) => {
                let Some(inner) = self.eval.plan.spec.let_part(*id).cloned() else {
                    return out.push(part);
                };
                self.group(part, &[inner], out, depth);
            }
            Source::Group(inner) => {
                let inner = inner.clone();
                self.group(part, &inner, out, depth);
            }
            Source::Target if part.then.is_empty() => {
                out.push(plain(Source::Path(PathForm::Raw)));
                out.push(plain(Source::Query {
                    form: QueryForm::Raw,
                    lead: b"?"[..].into(),
                }));
            }
            Source::Literal(text) if part.then.is_empty() => split(text, out),
            _ => {
                if let Source::CanonicalJson {
                    from: Some(from), ..
                } = &mut part.source
                {
                    let mut inner = Vec::new();
                    self.part(&from.clone(), &mut inner, depth + 1);
                    **from = plain(Source::Group(inner));
                }
                out.push(part);
            }
        }
    }

    fn group(&mut self, part: Part, inner: &[Part], out: &mut Vec<Part>, depth: u32) {
        if part.then.is_empty() {
            return self.list(inner, out, depth + 1);
        }
        let mut list = Vec::new();
        self.list(inner, &mut list, depth + 1);
        // A pipeline around one part with a pipeline is one longer pipeline.
        if let [only] = &mut list[..]
            && !matches!(only.source, Source::Literal(_))
        {
            only.then.extend(part.then);
            return out.append(&mut list);
        }
        out.push(Part {
            source: Source::Group(list),
            ..part
        });
    }
}

/// A part without condition and pipeline.
pub(super) fn plain(source: Source) -> Part {
    Part {
        source,
        when: None,
        then: Vec::new(),
        line: crate::recipe::Line::default(),
    }
}

pub(super) fn literal(text: &[u8]) -> Part {
    plain(Source::Literal(text.into()))
}

/// `v0:` is the word `v0` and the separator `:`.
fn split(text: &[u8], out: &mut Vec<Part>) {
    let word = |b: &u8| b.is_ascii_alphanumeric();
    let (Some(first), Some(last)) = (text.iter().position(word), text.iter().rposition(word))
    else {
        out.push(literal(text));
        return;
    };
    for piece in [&text[..first], &text[first..=last], &text[last + 1..]] {
        if !piece.is_empty() {
            out.push(literal(piece));
        }
    }
}

/// Whether a part stands between others: a constant without letters and digits.
pub(super) fn is_separator(part: &Part) -> bool {
    matches!(&part.source, Source::Literal(text)
        if part.then.is_empty() && !text.is_empty() && !text.iter().any(u8::is_ascii_alphanumeric))
}

/// Receives a list, and a way to put another one in its place.
type SeeList<'s> = &'s mut dyn FnMut(&[Part], &dyn Fn(Vec<Part>) -> Vec<Part>);

/// Calls back with every list of parts, those inside digested groups included, and with a way to put another list in its place.
pub(super) fn each_list(root: &[Part], see: SeeList<'_>) {
    visit(root, &mut Vec::new(), root, see);
}

fn visit(root: &[Part], path: &mut Vec<usize>, list: &[Part], see: SeeList<'_>) {
    see(list, &|new| replaced(root, path, new));
    for (index, part) in list.iter().enumerate() {
        if let Source::Group(inner) = &part.source {
            path.push(index);
            visit(root, path, inner, see);
            path.pop();
        }
    }
}

fn replaced(root: &[Part], path: &[usize], new: Vec<Part>) -> Vec<Part> {
    let Some((&first, rest)) = path.split_first() else {
        return new;
    };
    let mut list = root.to_vec();
    if let Some(Part {
        source: Source::Group(inner),
        ..
    }) = list.get_mut(first)
    {
        *inner = replaced(inner, rest, new);
    }
    list
}
