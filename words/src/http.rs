//! Raw HTTP text: a request or an answer as it stands in a document, a proxy's log or a browser's network panel.
//!
//! Lines may end in CR LF or LF. The body is taken byte for byte. A request line may lack its version, name HTTP/2 or 3, or hold
//! an absolute URL, which is then also the public URL.

use crate::message::OwnedMessage;
use crate::url;
use paysig::{Error, Result, Status};

/// More headers than any real message has.
const MAX_HEADERS: usize = 256;

/// Reads one message.
pub fn parse(text: &[u8]) -> Result<OwnedMessage> {
    let text = skip_blank_lines(text);
    if text.is_empty() {
        return Err(wrong("there is no HTTP message in it"));
    }
    let (head, body) = split_head(text);
    let head = normalise(head)?;
    let mut message = if head.starts_with(b"HTTP/") {
        parse_answer(&head)?
    } else {
        parse_request(&head)?
    };
    message.body = frame_body(&message, body)?;
    Ok(message)
}

fn wrong(what: impl std::fmt::Display) -> Error {
    Error::new(
        Status::InvalidOption,
        format!("this is not a raw HTTP message: {what}"),
    )
}

fn skip_blank_lines(text: &[u8]) -> &[u8] {
    let start = text
        .iter()
        .position(|b| !matches!(b, b'\r' | b'\n'))
        .unwrap_or(text.len());
    &text[start..]
}

/// The lines up to the first empty one, and what follows it. Without an empty line everything is head.
fn split_head(text: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    while let Some(length) = text[start..].iter().position(|b| *b == b'\n') {
        let line = &text[start..start + length];
        let next = start + length + 1;
        if line.is_empty() || line == b"\r" {
            return (&text[..start], &text[next..]);
        }
        start = next;
    }
    (text, b"")
}

/// CR LF after every line, folded lines joined by one blank (RFC 9112, 5.2), a start line that httparse reads, an empty line at the end.
fn normalise(head: &[u8]) -> Result<Vec<u8>> {
    let mut out: Vec<u8> = Vec::with_capacity(head.len() + 16);
    for (index, line) in head.split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if index == 0 {
            out.extend_from_slice(&start_line(line)?);
        } else if line.is_empty() {
            continue;
        } else if line[0] == b' ' || line[0] == b'\t' {
            out.push(b' ');
            out.extend_from_slice(line.trim_ascii());
            continue_line(&mut out);
            continue;
        } else {
            out.extend_from_slice(line.trim_ascii_end());
        }
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    Ok(out)
}

/// Moves the CR LF of the line before a fold behind what was just appended.
fn continue_line(out: &mut Vec<u8>) {
    if let Some(end) = out.windows(2).rposition(|w| w == b"\r\n") {
        out.drain(end..end + 2);
        out.extend_from_slice(b"\r\n");
    }
}

fn start_line(line: &[u8]) -> Result<Vec<u8>> {
    let words: Vec<&[u8]> = line
        .split(|b| *b == b' ')
        .filter(|word| !word.is_empty())
        .collect();
    let newer = |version: &[u8]| version.starts_with(b"HTTP/2") || version.starts_with(b"HTTP/3");
    Ok(match words[..] {
        // An answer: its reason is of no use here, and may be missing.
        [version, status, ..] if version.starts_with(b"HTTP/") => {
            let version = if newer(version) { b"HTTP/1.1" } else { version };
            [version, b" ", status, b" "].concat()
        }
        [method, target] => [method, b" ", target, b" HTTP/1.1"].concat(),
        [method, target, version] if newer(version) => {
            [method, b" ", target, b" HTTP/1.1"].concat()
        }
        [method, target, version] if version.starts_with(b"HTTP/") => {
            [method, b" ", target, b" ", version].concat()
        }
        [_, _, ..] => {
            return Err(wrong(
                "the request line must be METHOD, target and version; a blank in the target is written %20",
            ));
        }
        _ => return Err(wrong("the first line is no request or status line")),
    })
}

fn parse_request(head: &[u8]) -> Result<OwnedMessage> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(head).map_err(parse_error)?;
    let target = request.path.unwrap_or_default();
    let cut = url::cut(target);
    let mut message = OwnedMessage {
        method: request.method.unwrap_or_default().to_owned(),
        headers: owned(request.headers),
        url: cut.is_some().then(|| target.to_owned()),
        target: match cut {
            Some(cut) => cut.target.into_bytes(),
            None => target.as_bytes().to_vec(),
        },
        ..OwnedMessage::default()
    };
    if let Some(url) = &mut message.url {
        // The fragment never travels.
        if let Some(hash) = url.find('#') {
            url.truncate(hash);
        }
    }
    Ok(message)
}

fn parse_answer(head: &[u8]) -> Result<OwnedMessage> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    response.parse(head).map_err(parse_error)?;
    Ok(OwnedMessage {
        headers: owned(response.headers),
        status: response.code,
        ..OwnedMessage::default()
    })
}

fn parse_error(error: httparse::Error) -> Error {
    wrong(error)
}

fn owned(headers: &[httparse::Header<'_>]) -> Vec<(Vec<u8>, Vec<u8>)> {
    headers
        .iter()
        .map(|h| (h.name.as_bytes().to_vec(), h.value.to_vec()))
        .collect()
}

/// What of the rest of the text is the body.
fn frame_body(message: &OwnedMessage, rest: &[u8]) -> Result<Vec<u8>> {
    if let Some(coding) = message.header("transfer-encoding")
        && coding.to_ascii_lowercase().ends_with(b"chunked")
    {
        // Panels and logs often show the body already put together.
        return Ok(dechunk(rest).unwrap_or_else(|| rest.to_vec()));
    }
    let Some(length) = message.header("content-length") else {
        return Ok(rest.to_vec());
    };
    let length: usize = std::str::from_utf8(length)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| wrong("Content-Length is not a number"))?;
    let surplus = rest.get(length..);
    match surplus {
        // Editors put a line end behind the last line.
        Some(b"" | b"\n" | b"\r\n") => Ok(rest[..length].to_vec()),
        _ => Err(wrong(format!(
            "Content-Length says {length} bytes, but {} follow the empty line; correct the file or leave the header out",
            rest.len()
        ))),
    }
}

/// The chunks put together, if these are chunks to the last.
fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((head, size))) = httparse::parse_chunk_size(rest) else {
            return None;
        };
        let size = usize::try_from(size).ok()?;
        rest = rest.get(head..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
