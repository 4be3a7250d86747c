//! Escapes inside JSON strings, changed in the text itself so that everything else stays as it is.

use super::clue::Clue;

/// Characters that a writer escapes because of HTML, and whether its hexadecimal digits are upper case.
pub(super) struct HtmlSet {
    chars: &'static str,
    upper: bool,
}

/// Go's encoding/json.
pub(super) const GO: HtmlSet = HtmlSet {
    chars: "<>&\u{2028}\u{2029}",
    upper: false,
};
/// Java's Gson.
pub(super) const GSON: HtmlSet = HtmlSet {
    chars: "<>&='\u{2028}\u{2029}",
    upper: false,
};
/// .NET's System.Text.Json.
pub(super) const DOT_NET: HtmlSet = HtmlSet {
    chars: "<>&'+`",
    upper: true,
};
/// ActiveSupport's JSON encoding.
pub(super) const RAILS: HtmlSet = HtmlSet {
    chars: "<>&\u{2028}\u{2029}",
    upper: false,
};
/// PHP's JSON_HEX_TAG, _AMP and _APOS.
const PHP_HEX: HtmlSet = HtmlSet {
    chars: "<>&'",
    upper: true,
};

const EVERY_HTML: &str = "<>&'+=`\u{2028}\u{2029}";

/// One thing that writers escape.
#[derive(Clone, Copy)]
pub(super) enum Escape {
    /// `\/`
    Slash,
    /// `\u00e9`, digits upper case or not.
    Unicode(bool),
    Html(&'static HtmlSet),
}

impl Escape {
    /// The text with it escaped.
    pub(super) fn apply(self, text: &str) -> String {
        match self {
            Escape::Slash => {
                let plain = unescape(text, |c| c == '/');
                plain.replace('/', "\\/")
            }
            Escape::Unicode(upper) => escape(text, upper, |c| !c.is_ascii()),
            Escape::Html(set) => escape(text, set.upper, |c| set.chars.contains(c)),
        }
    }
}

/// The text with no escape that could be left out.
pub(super) fn none(text: &str) -> String {
    unescape(text, |c| {
        c == '/' || !c.is_ascii() || EVERY_HTML.contains(c)
    })
}

fn escape(text: &str, upper: bool, which: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut inside = false;
    let mut escaped = false;
    for c in text.chars() {
        if inside && which(c) && !escaped {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&match upper {
                    true => format!("\\u{unit:04X}"),
                    false => format!("\\u{unit:04x}"),
                });
            }
            continue;
        }
        if c == '"' && !escaped {
            inside = !inside;
        }
        escaped = inside && c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// Escapes of such characters become the characters.
fn unescape(text: &str, which: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, len) = match rest.as_bytes().get(1) {
            Some(b'u') => unit_at(rest),
            Some(b'/') => (Some('/'), 2),
            _ => (
                None,
                rest.char_indices().nth(2).map_or(rest.len(), |(i, _)| i),
            ),
        };
        match c.filter(|c| which(*c)) {
            Some(c) => out.push(c),
            None => out.push_str(&rest[..len]),
        }
        rest = &rest[len..];
    }
    out.push_str(rest);
    out
}

/// The character of `\uXXXX`, or of two of them, and the length of the escape.
fn unit_at(text: &str) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    let whole = |len: usize| text.char_indices().nth(len).map_or(text.len(), |(i, _)| i);
    let Some(first) = unit(0) else {
        return (None, whole(2));
    };
    match (char::from_u32(u32::from(first)), unit(6)) {
        (Some(c), _) => (Some(c), 6),
        (None, Some(second)) => match char::decode_utf16([first, second]).next() {
            Some(Ok(c)) => (Some(c), 12),
            _ => (None, 6),
        },
        (None, None) => (None, 6),
    }
}

/// One kind of escape made or undone.
pub(super) fn each(text: &str, put: &mut dyn FnMut(&[Clue], Vec<u8>)) {
    let mut changed = |id, new: String| {
        if new != text {
            put(&[Clue::new(id)], new.into_bytes());
        }
    };
    let html = |c: char| EVERY_HTML.contains(c);
    changed(
        "body-unicode-escaped",
        unescape(text, |c| !c.is_ascii() && !html(c)),
    );
    changed("body-unicode-escaped", unescape(text, |c| !c.is_ascii()));
    changed("body-slash-escaped", unescape(text, |c| c == '/'));
    changed("body-html-escaped", unescape(text, html));
    changed(
        "body-html-escaped",
        unescape(text, |c| html(c) || !c.is_ascii()),
    );
    for upper in [false, true] {
        changed("body-unicode-unescaped", Escape::Unicode(upper).apply(text));
    }
    // The other case of the digits.
    for upper in [false, true] {
        let plain = unescape(text, |c| !c.is_ascii());
        changed("body-unicode-escaped", Escape::Unicode(upper).apply(&plain));
    }
    changed("body-slash-unescaped", Escape::Slash.apply(text));
    for set in [&GO, &GSON, &DOT_NET, &PHP_HEX] {
        changed("body-html-unescaped", Escape::Html(set).apply(text));
    }
}

/// Which characters, and the ids of escaping them and of not doing so.
type Kind = (fn(char) -> bool, &'static str, &'static str);

/// What is done to `text` that is not done to `other`, by kinds of escapes.
pub(super) fn compare(text: &str, other: &str) -> Vec<Clue> {
    let kinds: [Kind; 3] = [
        (
            |c| !c.is_ascii() && !EVERY_HTML.contains(c),
            "body-unicode-escaped",
            "body-unicode-unescaped",
        ),
        (|c| c == '/', "body-slash-escaped", "body-slash-unescaped"),
        (
            |c| EVERY_HTML.contains(c),
            "body-html-escaped",
            "body-html-unescaped",
        ),
    ];
    let mut clues = Vec::new();
    for (which, escaped, unescaped) in kinds {
        let has = |text: &str| unescape(text, which) != text;
        match (has(text), has(other)) {
            (true, false) => clues.push(Clue::new(escaped)),
            (false, true) => clues.push(Clue::new(unescaped)),
            _ => {}
        }
    }
    clues
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_made_and_undone() {
        let text = r#"{"a":"é<\/\u003e\\u00e9\n😀/"}"#;
        assert_eq!(none(text), r#"{"a":"é</>\\u00e9\n😀/"}"#);
        assert_eq!(
            Escape::Unicode(false).apply(&none(text)),
            r#"{"a":"\u00e9</>\\u00e9\n\ud83d\ude00/"}"#
        );
        assert_eq!(
            Escape::Slash.apply(text),
            r#"{"a":"é<\/\u003e\\u00e9\n😀\/"}"#
        );
        assert_eq!(
            Escape::Html(&DOT_NET).apply("[\"<\",1e+5]"),
            "[\"\\u003C\",1e+5]"
        );
        assert_eq!(none("\\u12"), "\\u12");
        assert_eq!(none("\\"), "\\");
        assert_eq!(none("\\é\\ud83d"), "\\é\\ud83d");
    }
}
