//! White space of JSON writers.

use crate::text::json::{Member, Tree};

/// Where a writer puts blanks and line ends.
pub(super) struct Layout {
    /// For people.
    pub(super) name: &'static str,
    comma: &'static [u8],
    colon: &'static [u8],
    /// One level of indent; None: all on one line.
    pub(super) indent: Option<&'static [u8]>,
    newline: &'static [u8],
    /// Jackson writes arrays of a pretty text on one line.
    flat_arrays: bool,
}

impl Layout {
    pub(super) fn is_compact(&self) -> bool {
        self.indent.is_none() && self.comma == b"," && self.colon == b":"
    }
}

const fn line(name: &'static str, comma: &'static [u8], colon: &'static [u8]) -> Layout {
    Layout {
        name,
        comma,
        colon,
        indent: None,
        newline: b"",
        flat_arrays: false,
    }
}

const fn lines(name: &'static str, indent: &'static [u8], newline: &'static [u8]) -> Layout {
    Layout {
        name,
        comma: b",",
        colon: b": ",
        indent: Some(indent),
        newline,
        flat_arrays: false,
    }
}

/// Likely ones first; writers refer to them by index.
pub(super) const LAYOUTS: [Layout; 13] = [
    line("without blanks", b",", b":"),
    line("with a blank after each comma and colon", b", ", b": "),
    line("with a blank after each colon", b",", b": "),
    line("with a blank after each comma", b", ", b":"),
    lines("with an indent of two", b"  ", b"\n"),
    lines("with an indent of four", b"    ", b"\n"),
    lines("with tabs", b"\t", b"\n"),
    lines("with an indent of two and CR LF", b"  ", b"\r\n"),
    lines("with an indent of four and CR LF", b"    ", b"\r\n"),
    lines("with tabs and CR LF", b"\t", b"\r\n"),
    lines("with an indent of one", b" ", b"\n"),
    lines("with line ends and no indent", b"", b"\n"),
    Layout {
        name: "as Jackson's pretty printer",
        comma: b",",
        colon: b" : ",
        indent: Some(b"  "),
        newline: b"\n",
        flat_arrays: true,
    },
];

/// The layout that a text has, if it is one of them throughout.
pub(super) fn layout_of(text: &str, tree: &Tree<'_>) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|l| write(tree, l) == text.as_bytes())
}

/// Scalars and names stay as they are written.
pub(super) fn write(tree: &Tree<'_>, layout: &Layout) -> Vec<u8> {
    let mut out = Vec::new();
    put(tree, layout, 0, &mut out);
    out
}

fn put(tree: &Tree<'_>, layout: &Layout, depth: usize, out: &mut Vec<u8>) {
    match tree {
        Tree::Scalar(text) => out.extend_from_slice(text.as_bytes()),
        Tree::Array(items) if layout.flat_arrays => {
            out.extend_from_slice(b"[ ");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.extend_from_slice(b", ");
                }
                put(item, layout, depth, out);
            }
            out.extend_from_slice(if items.is_empty() { b"]" } else { b" ]" });
        }
        Tree::Array(items) => list(layout, depth, b"[", items, b"]", out, |item, out| {
            put(item, layout, depth + 1, out);
        }),
        Tree::Object(members) => {
            list(
                layout,
                depth,
                b"{",
                members,
                b"}",
                out,
                |member: &Member<'_>, out| {
                    out.extend_from_slice(member.literal.as_bytes());
                    out.extend_from_slice(layout.colon);
                    put(&member.value, layout, depth + 1, out);
                },
            );
        }
    }
}

fn list<T>(
    layout: &Layout,
    depth: usize,
    open: &[u8],
    items: &[T],
    close: &[u8],
    out: &mut Vec<u8>,
    one: impl Fn(&T, &mut Vec<u8>),
) {
    let line_end = |depth: usize, out: &mut Vec<u8>| {
        if let Some(indent) = layout.indent {
            out.extend_from_slice(layout.newline);
            for _ in 0..depth {
                out.extend_from_slice(indent);
            }
        }
    };
    out.extend_from_slice(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(layout.comma);
        }
        line_end(depth + 1, out);
        one(item, out);
    }
    if !items.is_empty() {
        line_end(depth, out);
    }
    out.extend_from_slice(close);
}
