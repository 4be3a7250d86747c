//! The bytes that a signature text may stand for.

use super::clue::Clue;
use crate::crypto::{Encoding, equal};

/// Shorter pieces of a digest prove nothing.
const SHORTEST: usize = 16;

/// One reading of a signature on the wire.
pub(super) struct Observed {
    /// What is wrong with its text; empty: nothing.
    pub(super) clues: Vec<Clue>,
    pub(super) bytes: Vec<u8>,
    /// Hex text in which bytes below 0x10 may have one digit.
    without_zeros: bool,
}

impl Observed {
    /// The wanted bytes as they are.
    pub(super) fn bytes(clues: Vec<Clue>, bytes: Vec<u8>) -> Observed {
        Observed {
            clues,
            bytes,
            without_zeros: false,
        }
    }

    /// Whether this is the digest, or at least 16 bytes of its beginning.
    pub(super) fn is(&self, digest: &[u8]) -> bool {
        if self.without_zeros {
            // Most digests have another number of such bytes; the text is made for the few that have not.
            let lost = digest.iter().filter(|b| **b < 0x10).count();
            if lost == 0 || digest.len() * 2 - lost != self.bytes.len() {
                return false;
            }
            let text: String = digest.iter().map(|b| format!("{b:x}")).collect();
            return equal(text.as_bytes(), &self.bytes.to_ascii_lowercase());
        }
        let len = self.bytes.len();
        len >= SHORTEST.min(digest.len())
            && digest
                .get(..len)
                .is_some_and(|head| equal(head, &self.bytes))
    }
}

/// How a text is spelled.
struct Spelling {
    name: &'static str,
    read: fn(&[u8]) -> Option<Vec<u8>>,
}

const SPELLINGS: [Spelling; 9] = [
    Spelling {
        name: "hex",
        read: |t| Encoding::Hex.decode(t),
    },
    Spelling {
        name: "HEX",
        read: |t| Encoding::HexUpper.decode(t),
    },
    Spelling {
        name: "base64",
        read: |t| Encoding::Base64.decode(t),
    },
    Spelling {
        name: "base64url",
        read: |t| {
            Encoding::Base64Url
                .decode(t)
                .filter(|_| t.iter().any(|b| b"-_".contains(b)))
        },
    },
    Spelling {
        name: "base64url-padded",
        read: |t| {
            Encoding::Base64UrlPadded
                .decode(t)
                .filter(|_| t.iter().any(|b| b"-_".contains(b)))
        },
    },
    Spelling {
        name: "unpadded",
        read: unpadded,
    },
    Spelling {
        name: "base64-of-hex",
        read: base64_of_hex,
    },
    Spelling {
        name: "dashes",
        read: dashes,
    },
    Spelling {
        name: "hEx",
        read: |t| Encoding::Hex.decode(&t.to_ascii_lowercase()),
    },
];

fn unpadded(text: &[u8]) -> Option<Vec<u8>> {
    if text.ends_with(b"=") {
        return None;
    }
    let mut text = text.to_vec();
    while !text.len().is_multiple_of(4) {
        text.push(b'=');
    }
    Encoding::Base64.decode(&text)
}

fn base64_of_hex(text: &[u8]) -> Option<Vec<u8>> {
    let mut text = text.to_vec();
    while !text.len().is_multiple_of(4) {
        text.push(b'=');
    }
    let hex = Encoding::Base64.decode(&text)?;
    Encoding::Hex.decode(&hex.to_ascii_lowercase())
}

fn dashes(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() < 5
        || !text
            .iter()
            .skip(2)
            .step_by(3)
            .all(|b| matches!(b, b'-' | b':' | b' '))
    {
        return None;
    }
    let hex: Vec<u8> = text
        .iter()
        .filter(|b| b.is_ascii_hexdigit())
        .copied()
        .collect();
    Encoding::Hex.decode(&hex.to_ascii_lowercase())
}

/// Which mistake turns the scheme's encoding into this spelling; None: none.
fn mistake(expected: Encoding, spelling: &str) -> Option<&'static str> {
    use Encoding::{Base64, Base64Crlf, Base64OfHex, Base64Url, Base64UrlPadded, Hex, HexUpper};
    let url = matches!(expected, Base64Url | Base64UrlPadded);
    Some(match (expected, spelling) {
        (Hex, "hex") | (HexUpper, "HEX") | (Base64 | Base64Crlf, "base64") => return None,
        (Base64OfHex, "base64-of-hex") | (Base64UrlPadded, "base64url-padded") => return None,
        (Base64Url, "base64url" | "unpadded") => return None,
        (Hex, "HEX" | "hEx") => "upper-case-hex",
        (HexUpper, "hex" | "hEx") => "lower-case-hex",
        (_, "dashes") => "hex-with-dashes",
        (_, "base64-of-hex") => "base64-of-hex-text",
        (_, "hex" | "HEX" | "hEx") => "hex-instead-of-base64",
        (Hex | HexUpper, _) => "base64-instead-of-hex",
        (Base64Url, "base64url-padded") => "base64-padding-kept",
        (_, "unpadded") => "base64-padding-removed",
        (_, "base64") if url => "base64-instead-of-base64url",
        (_, "base64url" | "base64url-padded") if !url => "base64url-instead-of-base64",
        (_, "base64url") => "base64-padding-removed",
        _ => "signature-encoding-differs",
    })
}

/// Every reading of one signature text, the right one first. `clues`: what was done to the text before.
pub(super) fn observe(text: &[u8], expected: &[Encoding], clues: &[Clue], out: &mut Vec<Observed>) {
    let Some(&first) = expected.first() else {
        return;
    };
    if expected.contains(&Encoding::Text) {
        out.push(Observed::bytes(clues.to_vec(), text.to_vec()));
        return;
    }
    // Escaped by the scheme itself: no mistake of the sender.
    for escaped in expected {
        if matches!(
            escaped,
            Encoding::Base64Percent | Encoding::Base64PercentLower
        ) && let Some(bytes) = escaped.decode(text)
        {
            out.push(Observed::bytes(clues.to_vec(), bytes));
        }
    }
    let mut put = |text: &[u8], more: &[Clue]| {
        for spelling in &SPELLINGS {
            let Some(bytes) = (spelling.read)(text).filter(|b| !b.is_empty()) else {
                continue;
            };
            let wrong = expected
                .iter()
                .try_fold(None, |_, e| mistake(*e, spelling.name).map(Some));
            let mut all = [clues, more].concat();
            if let Some(id) = wrong.flatten() {
                // Without + and / only the padding tells the alphabets apart.
                let same = !text.iter().any(|b| b"+/".contains(b));
                let id = match id {
                    "base64-instead-of-base64url" if same => "base64-padding-kept",
                    id => id,
                };
                all.push(Clue::new(id));
            }
            out.push(Observed::bytes(all, bytes));
        }
        let hex = text.len() >= 2 * SHORTEST - 8 && text.iter().all(u8::is_ascii_hexdigit);
        if hex {
            let mut all = [clues, more].concat();
            all.push(Clue::new("hex-leading-zeros-lost"));
            out.push(Observed {
                clues: all,
                bytes: text.to_vec(),
                without_zeros: true,
            });
        }
    };
    put(text, &[]);
    let trimmed = text.trim_ascii();
    if trimmed.len() < text.len() {
        put(trimmed, &[Clue::new("signature-trailing-newline")]);
    }
    let joined: Vec<u8> = text
        .iter()
        .copied()
        .filter(|b| !matches!(b, b'\r' | b'\n'))
        .collect();
    if joined.len() < text.len() && joined != trimmed {
        put(&joined, &[Clue::new("signature-trailing-newline")]);
    }
    for escape in [&b"\\n"[..], b"\\r\\n"] {
        if let Some(rest) = trimmed.strip_suffix(escape) {
            put(rest, &[Clue::new("signature-trailing-newline")]);
        }
    }
    if trimmed.contains(&b'%') {
        let mut decoded = Vec::new();
        crate::text::url::percent_decode_into(trimmed, &mut decoded);
        put(decoded.trim_ascii(), &[Clue::new("signature-url-encoded")]);
    }
    if trimmed.contains(&b' ') && !matches!(first, Encoding::Hex | Encoding::HexUpper) {
        let plus: Vec<u8> = trimmed
            .iter()
            .map(|b| if *b == b' ' { b'+' } else { *b })
            .collect();
        put(&plus, &[Clue::new("base64-plus-became-blank")]);
    }
    for quote in [b'"', b'\''] {
        if let Some(inner) = trimmed
            .strip_prefix(&[quote])
            .and_then(|t| t.strip_suffix(&[quote]))
        {
            put(inner, &[Clue::new("signature-surrounding-quotes")]);
        }
    }
}

/// Whether a text could be a signature at all.
pub(super) fn plausible(text: &[u8], expected: &[Encoding]) -> bool {
    let mut all = Vec::new();
    observe(text, expected, &[], &mut all);
    all.iter()
        .any(|o| matches!(o.bytes.len(), 16 | 20 | 32 | 48 | 64..))
}
