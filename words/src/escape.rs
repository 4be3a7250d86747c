//! Bytes made visible: nothing that a message holds may steer the reader's terminal.

use paysig::text::hidden;
use std::fmt::Write as _;

/// The bytes as text, with `\n`, `\t`, `\xNN` for what could not be seen or is not UTF-8. A backslash is doubled.
pub fn visible(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if hidden(c) => {
                    let _ = write!(out, "\\u{{{:x}}}", c as u32);
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// Text for one line of a terminal: like [`visible`], but a backslash stays one.
pub fn one_line(bytes: &[u8]) -> String {
    visible(bytes).replace("\\\\", "\\")
}

/// Rows of offset, 16 bytes in hex and their ASCII.
pub fn hex_rows(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (row, chunk) in bytes.chunks(16).enumerate() {
        let hex: Vec<String> = chunk.iter().map(|b| format!("{b:02x}")).collect();
        let ascii: String = chunk
            .iter()
            .map(|b| match b {
                b' '..=b'~' => char::from(*b),
                _ => '.',
            })
            .collect();
        let _ = writeln!(out, "{:06x}  {:<47}  {ascii}", row * 16, hex.join(" "));
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(visible(b"a\n\x1b[31m\\\xff"), "a\\n\\u{1b}[31m\\\\\\xff");
        assert_eq!(visible("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(visible("Andrée".as_bytes()), "Andrée");
    }

    #[test]
    fn hex_view() {
        assert_eq!(
            hex_rows(b"GET\n/v1/9991/tokens"),
            "000000  47 45 54 0a 2f 76 31 2f 39 39 39 31 2f 74 6f 6b  GET./v1/9991/tok\n\
             000010  65 6e 73                                         ens\n"
        );
    }
}
