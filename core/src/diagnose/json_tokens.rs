//! Numbers and empty objects in a JSON text, written in another way.

use super::clue::Clue;
use std::ops::Range;

/// At most so many tokens are changed one by one.
const EACH: usize = 16;

/// Numbers all at once and one by one; `[]` for `{}` and the other way round.
pub(super) fn each(text: &str, wide: bool, put: &mut dyn FnMut(&[Clue], Vec<u8>)) {
    let (numbers, empties) = tokens(text);
    let number = Clue::new("body-number-reformatted");
    for rule in RULES {
        let new = rewritten(text, &numbers, rule);
        put(std::slice::from_ref(&number), new);
    }
    if wide && numbers.len() > 1 {
        for one in numbers.iter().take(EACH) {
            for rule in RULES {
                let new = rewritten(text, std::slice::from_ref(one), rule);
                put(std::slice::from_ref(&number), new);
            }
        }
    }
    if !empties.is_empty() {
        let clue = Clue::new("body-empty-object-became-array");
        let swap = |token: &str| match token.starts_with('[') {
            true => Some("{}".to_owned()),
            false => Some("[]".to_owned()),
        };
        put(std::slice::from_ref(&clue), rewritten(text, &empties, swap));
        for one in empties.iter().take(EACH) {
            let new = rewritten(text, std::slice::from_ref(one), swap);
            put(std::slice::from_ref(&clue), new);
        }
    }
}

type Rule = fn(&str) -> Option<String>;

/// How writers differ; None: this number stays.
const RULES: [Rule; 9] = [
    // 10.50 -> 10.5, 10.0 -> 10
    |n| {
        let (whole, fraction) = plain(n)?;
        Some(join(whole, fraction.trim_end_matches('0')))
    },
    // 10.50 -> 10.5, 10.00 -> 10.0
    |n| {
        let (whole, fraction) = plain(n)?;
        let fraction = fraction.trim_end_matches('0');
        (!fraction.is_empty() || n.contains('.'))
            .then(|| join(whole, if fraction.is_empty() { "0" } else { fraction }))
    },
    // 10 -> 10.0
    |n| {
        let (whole, fraction) = plain(n)?;
        fraction.is_empty().then(|| join(whole, "0"))
    },
    // 10.5 -> 10.50, but 10 stays
    |n| {
        let (whole, fraction) = plain(n)?;
        (fraction.len() == 1).then(|| join(whole, &format!("{fraction}0")))
    },
    // 10 -> 10.00, 10.5 -> 10.50
    |n| {
        let (whole, fraction) = plain(n)?;
        (fraction.len() < 2).then(|| join(whole, &format!("{fraction:0<2}")))
    },
    // As a double: 1e3 -> 1000
    |n| {
        n.parse::<f64>()
            .ok()
            .filter(|f| f.is_finite())
            .map(|f| format!("{f}"))
    },
    // 1000 -> 1E3 and the like
    |n| {
        n.parse::<f64>()
            .ok()
            .filter(|f| f.is_finite())
            .map(|f| format!("{f:E}"))
    },
    |n| {
        n.parse::<f64>()
            .ok()
            .filter(|f| f.is_finite())
            .map(|f| format!("{f:e}"))
    },
    // As text.
    |n| Some(format!("\"{n}\"")),
];

/// Whole part and fraction of a number without exponent.
fn plain(number: &str) -> Option<(&str, &str)> {
    if number.contains(['e', 'E']) {
        return None;
    }
    Some(number.split_once('.').unwrap_or((number, "")))
}

fn join(whole: &str, fraction: &str) -> String {
    match fraction {
        "" => whole.to_owned(),
        _ => format!("{whole}.{fraction}"),
    }
}

fn rewritten(text: &str, at: &[Range<usize>], rule: impl Fn(&str) -> Option<String>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    let mut copied = 0;
    for range in at {
        let token = text.get(range.clone()).unwrap_or_default();
        if let Some(new) = rule(token) {
            out.extend_from_slice(&text.as_bytes()[copied..range.start]);
            out.extend_from_slice(new.as_bytes());
            copied = range.end;
        }
    }
    out.extend_from_slice(&text.as_bytes()[copied..]);
    out
}

/// Where numbers, and empty objects and arrays, stand in a valid JSON text.
fn tokens(text: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let (mut numbers, mut empties) = (Vec::new(), Vec::new());
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let rest = &bytes[i..];
        let len = match byte {
            b'"' => {
                let mut escaped = false;
                let end = rest.iter().skip(1).position(|b| {
                    let closes = *b == b'"' && !escaped;
                    escaped = *b == b'\\' && !escaped;
                    closes
                });
                end.map_or(rest.len(), |end| end + 2)
            }
            b'-' | b'0'..=b'9' => {
                let in_number =
                    |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
                let len = rest.iter().take_while(|b| in_number(b)).count();
                numbers.push(i..i + len);
                len
            }
            b'{' | b'[' if rest.get(1) == Some(&(byte + 2)) => {
                empties.push(i..i + 2);
                2
            }
            _ => 1,
        };
        i += len;
    }
    (numbers, empties)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_empties() {
        let text = r#"{"a":[],"b 1":10.50,"c":{},"d\"2":-3}"#;
        let mut all: Vec<String> = Vec::new();
        each(text, true, &mut |_, new| {
            all.push(String::from_utf8_lossy(&new).into_owned())
        });
        for wanted in [
            r#"{"a":[],"b 1":10.5,"c":{},"d\"2":-3}"#,
            r#"{"a":[],"b 1":10.50,"c":{},"d\"2":-3.0}"#,
            r#"{"a":[],"b 1":10.50,"c":{},"d\"2":-3.00}"#,
            r#"{"a":[],"b 1":10.50,"c":[],"d\"2":-3}"#,
            r#"{"a":{},"b 1":10.50,"c":{},"d\"2":-3}"#,
        ] {
            assert!(all.iter().any(|t| t == wanted), "{wanted}");
        }
    }
}
