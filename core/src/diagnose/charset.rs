//! The same text in other character sets.

use super::clue::Clue;

const BOM: &[u8] = b"\xef\xbb\xbf";

type Put<'p> = &'p mut dyn FnMut(&[Clue], Vec<u8>);

/// Other bytes of the same text.
pub(super) fn charset(body: &[u8], put: Put<'_>) {
    match body.strip_prefix(BOM) {
        Some(rest) => put(&[Clue::new("body-bom-added")], rest.to_vec()),
        None => put(&[Clue::new("body-bom-removed")], [BOM, body].concat()),
    }
    match std::str::from_utf8(body) {
        Ok(text) => {
            if !text.is_ascii() {
                if let Some(before) = single_bytes(text).filter(|b| std::str::from_utf8(b).is_ok())
                {
                    put(&[Clue::new("body-mojibake")], before);
                }
                if let Some(latin1) = single_bytes(text) {
                    put(&[differs("ISO-8859-1 or Windows-1252")], latin1);
                }
                // Signed after the damage, sent before it.
                let doubled: String = body.iter().map(|&b| char::from(b)).collect();
                put(&[Clue::new("body-mojibake")], doubled.into_bytes());
                let marks = |mark: &str| {
                    text.chars()
                        .map(|c| {
                            if c.is_ascii() {
                                c.to_string()
                            } else {
                                mark.to_owned()
                            }
                        })
                        .collect::<String>()
                };
                put(
                    &[differs("ASCII with question marks")],
                    marks("?").into_bytes(),
                );
                put(
                    &[differs("text with replacement characters")],
                    marks("\u{fffd}").into_bytes(),
                );
            }
            let units: Vec<u16> = text.encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
            put(&[differs("UTF-16, little-endian")], little.clone());
            put(&[differs("UTF-16, big-endian")], big.clone());
            put(
                &[differs("UTF-16 with a byte order mark")],
                [&b"\xff\xfe"[..], &little].concat(),
            );
            put(
                &[differs("UTF-16 with a byte order mark")],
                [&b"\xfe\xff"[..], &big].concat(),
            );
        }
        Err(_) => {
            let latin1: String = body.iter().map(|&b| char::from(b)).collect();
            put(&[differs("UTF-8")], latin1.into_bytes());
            let windows: String = body.iter().map(|&b| windows_1252(b)).collect();
            put(&[differs("UTF-8")], windows.into_bytes());
            if let Some(text) = utf16(body) {
                put(&[differs("UTF-8")], text.into_bytes());
            }
        }
    }
    if body.contains(&0)
        && let Some(text) = utf16(body)
    {
        put(&[differs("UTF-8")], text.into_bytes());
    }
}

fn differs(about: &'static str) -> Clue {
    Clue::about("body-charset-differs", about)
}

fn utf16(body: &[u8]) -> Option<String> {
    let (little, rest) = match body {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        _ => (body.get(1) == Some(&0), body),
    };
    let unit = |pair: &[u8]| match (pair, little) {
        ([a, b], true) => Some(u16::from_le_bytes([*a, *b])),
        ([a, b], false) => Some(u16::from_be_bytes([*a, *b])),
        _ => None,
    };
    let units: Option<Vec<u16>> = rest.chunks(2).map(unit).collect();
    String::from_utf16(&units?).ok()
}

/// The 32 characters in which Windows-1252 differs from ISO-8859-1; a gap stays a control character.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or('?'),
        _ => char::from(byte),
    }
}

/// The text in ISO-8859-1 or Windows-1252, if every character is in it.
pub(super) fn single_bytes(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| match u8::try_from(u32::from(c)) {
            Ok(byte) => Some(byte),
            Err(_) => {
                let at = WINDOWS.iter().position(|w| *w == c)?;
                u8::try_from(at + 0x80).ok()
            }
        })
        .collect()
}
