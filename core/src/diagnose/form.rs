//! Forms in other orders and with other escapes.

use super::clue::Clue;
use super::order::orders;
use crate::text::url;

/// How a writer escapes names and values.
pub(super) struct Style {
    name: &'static str,
    /// A blank is `+`, else `%20`.
    plus: bool,
    /// Kept beside letters and digits.
    kept: &'static [u8],
    /// Digits of escapes.
    upper: bool,
}

const fn style(name: &'static str, plus: bool, kept: &'static [u8], upper: bool) -> Style {
    Style {
        name,
        plus,
        kept,
        upper,
    }
}

/// Likely ones first.
pub(super) const STYLES: [Style; 10] = [
    style("as browsers and Java's URLEncoder", true, b"*-._", true),
    style("as PHP's http_build_query and Ruby", true, b"-._", true),
    style("as Python's urlencode and Go", true, b"-._~", true),
    style("as RFC 3986", false, b"-._~", true),
    style(
        "as JavaScript's encodeURIComponent",
        false,
        b"-._~!'()*",
        true,
    ),
    style("as .NET's HttpUtility.UrlEncode", true, b"-._!*()", false),
    style("with lower-case digits", true, b"-._~", false),
    style("with lower-case digits and %20", false, b"-._~", false),
    style("with @ and : kept", true, b"-._~@:/,", true),
    style("as Python's quote", false, b"-._~/", true),
];

/// Appends the text as the style writes it.
pub(super) fn encode(text: &[u8], style: &Style, out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b' ' if style.plus => out.push(b'+'),
            b if b.is_ascii_alphanumeric() || style.kept.contains(&b) => out.push(b),
            b if style.upper => out.extend_from_slice(format!("%{b:02X}").as_bytes()),
            b => out.extend_from_slice(format!("%{b:02x}").as_bytes()),
        }
    }
}

/// The decoded pairs written in a style.
pub(super) fn encode_pairs(raw: &[u8], style: &Style) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 16);
    for (index, piece) in raw.split(|b| *b == b'&').enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        let mut halves = piece.splitn(2, |b| *b == b'=');
        for (nth, half) in [halves.next(), halves.next()]
            .into_iter()
            .flatten()
            .enumerate()
        {
            if nth == 1 {
                out.push(b'=');
            }
            let mut text = Vec::with_capacity(half.len());
            url::form_decode_into(half, &mut text);
            encode(&text, style, &mut out);
        }
    }
    out
}

/// The form as it may have been signed.
pub(super) fn form(body: &[u8], wide: bool, put: &mut dyn FnMut(&[Clue], Vec<u8>)) {
    let escaped = body.contains(&b'%') || body.contains(&b'+');
    let id = if escaped {
        "body-form-reencoded"
    } else {
        "body-form-decoded"
    };
    for style in &STYLES {
        put(&[Clue::about(id, style.name)], encode_pairs(body, style));
    }
    if !body.contains(&b'%') && body.contains(&b'+') {
        // Percent-decoded, its + left as it was.
        for style in &STYLES {
            let kept = Style {
                kept: b"*-._+",
                ..*style
            };
            let plain: Vec<Vec<u8>> = body
                .split(|b| matches!(b, b'&' | b'='))
                .map(|half| {
                    let mut out = Vec::new();
                    encode(half, &kept, &mut out);
                    out
                })
                .collect();
            let mut separators = body.iter().filter(|b| matches!(b, b'&' | b'='));
            let mut new = Vec::with_capacity(body.len() + 16);
            for half in plain {
                new.extend_from_slice(&half);
                new.extend(separators.next());
            }
            put(&[Clue::about("body-form-decoded", style.name)], new);
        }
    }
    if escaped {
        let mut text = Vec::new();
        url::percent_decode_into(body, &mut text);
        put(
            &[Clue::about("body-form-reencoded", "percent-decoded")],
            text,
        );
        let mut text = Vec::new();
        url::form_decode_into(body, &mut text);
        put(&[Clue::about("body-form-reencoded", "decoded")], text);
    }
    let pieces: Vec<&[u8]> = body.split(|b| *b == b'&').collect();
    let clue = Clue::new("body-form-reordered");
    let mut sorted = pieces.clone();
    sorted.sort_by_key(|p| p.split(|b| *b == b'=').next());
    put(std::slice::from_ref(&clue), sorted.join(&b'&'));
    orders(pieces.len(), if wide { 6 } else { 3 }, wide, &mut |order| {
        let new: Vec<&[u8]> = order
            .iter()
            .filter_map(|&i| pieces.get(i).copied())
            .collect();
        put(std::slice::from_ref(&clue), new.join(&b'&'));
    });
    let full: Vec<&[u8]> = pieces
        .iter()
        .copied()
        .filter(|p| !p.ends_with(b"="))
        .collect();
    if full.len() < pieces.len() {
        put(
            &[Clue::new("body-form-empty-fields-differ")],
            full.join(&b'&'),
        );
    }
}
