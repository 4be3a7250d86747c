//! Request targets, queries and absolute URLs by slicing: what is on the wire stays as it is, decoded forms are made only
//! where a scheme signs them. Nothing is normalised silently.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// Everything but RFC 3986's unreserved characters is escaped, with upper-case hexadecimal digits.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same, with the slash kept: a whole path.
const ESCAPED_PATH: &AsciiSet = &ESCAPED.remove(b'/');

/// Path and query of a request target, cut at the first `?`; `/a?` has the empty query, `/a` has none.
pub fn split_target(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr(b'?', target) {
        Some(at) => (&target[..at], Some(&target[at + 1..])),
        None => (target, None),
    }
}

/// Appends the text with `%XX` decoded. A `%` without two hexadecimal digits is kept as it is; returns whether there was one.
pub fn percent_decode_into(text: &[u8], out: &mut Vec<u8>) -> bool {
    if memchr(b'%', text).is_none() {
        out.extend_from_slice(text);
        return false;
    }
    out.reserve(text.len());
    out.extend(percent_decode(text));
    has_invalid_escape(text)
}

/// As [`percent_decode_into`], and `+` is a blank (application/x-www-form-urlencoded).
pub fn form_decode_into(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut invalid = false;
    for (i, piece) in text.split(|b| *b == b'+').enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        invalid |= percent_decode_into(piece, out);
    }
    invalid
}

/// Whether a `%` is not followed by two hexadecimal digits.
pub fn has_invalid_escape(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(i, b)| {
        *b == b'%'
            && !text
                .get(i + 1..i + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Escapes as PHP's `urlencode`: a blank becomes `+`, letters, digits and `-_.` stay.
pub fn php_urlencode_into(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b' ' => out.push(b'+'),
            b'-' | b'_' | b'.' => out.push(*byte),
            b if b.is_ascii_alphanumeric() => out.push(*b),
            b => out.extend_from_slice(format!("%{b:02X}").as_bytes()),
        }
    }
}

/// Appends the text with everything but letters, digits and `-._~` as `%XX`, upper-case.
pub fn percent_encode_into(text: &[u8], out: &mut Vec<u8>) {
    for piece in percent_encode(text, ESCAPED) {
        out.extend_from_slice(piece.as_bytes());
    }
}

/// Whether a segment of the path is `.` or `..`, also written with `%2e`: libraries and proxies rewrite such paths after signing.
pub fn has_dot_segments(path: &[u8]) -> bool {
    path.split(|b| *b == b'/').any(|segment| {
        // "%2e%2e" is the longest spelling.
        (1..=6).contains(&segment.len())
            && matches!(decoded(segment, Plus::Kept).as_ref(), b"." | b"..")
    })
}

/// What a `+` in a query means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plus {
    /// Itself (RFC 3986).
    Kept,
    /// A blank (application/x-www-form-urlencoded).
    Blank,
}

/// Decodes, borrowing when there is nothing to decode. Invalid escapes are kept.
pub fn decoded(text: &[u8], plus: Plus) -> Cow<'_, [u8]> {
    let first = match plus {
        Plus::Kept => memchr(b'%', text),
        Plus::Blank => memchr2(b'%', b'+', text),
    };
    if first.is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    match plus {
        Plus::Kept => percent_decode_into(text, &mut out),
        Plus::Blank => form_decode_into(text, &mut out),
    };
    Cow::Owned(out)
}

/// The raw `(name, value)` pairs of a query: split on `&` only, then at the first `=`. Empty pieces are skipped, a piece
/// without `=` has the empty value.
pub fn query_pairs(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query
        .split(|b| *b == b'&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| match memchr(b'=', piece) {
            Some(at) => (&piece[..at], &piece[at + 1..]),
            None => (piece, &piece[piece.len()..]),
        })
}

/// A decoded name and its decoded value.
pub type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The pairs of [`query_pairs`], decoded; they are cut before they are decoded, so `%26` never splits.
pub fn query_pairs_decoded(query: &[u8], plus: Plus) -> impl Iterator<Item = Pair<'_>> {
    query_pairs(query).map(move |(name, value)| (decoded(name, plus), decoded(value, plus)))
}

/// Appends the canonical path of AWS Signature Version 4. `double`: with single slashes, and escaped as it is on the wire
/// once more (every service but S3); otherwise each segment is decoded and escaped once (S3). An empty path is `/`.
pub fn aws_encode_path_into(path: &[u8], double: bool, out: &mut Vec<u8>) {
    if path.is_empty() {
        out.push(b'/');
    } else if double {
        for piece in percent_encode(&aws_single_slashes(path), ESCAPED_PATH) {
            out.extend_from_slice(piece.as_bytes());
        }
    } else {
        for (i, segment) in path.split(|b| *b == b'/').enumerate() {
            if i > 0 {
                out.push(b'/');
            }
            percent_encode_into(&decoded(segment, Plus::Kept), out);
        }
    }
}

/// The path with one slash for several, as AWS's services read it. They resolve dot segments as well, which paysig does not: signing
/// refuses them, and whoever routes by the path as it came must not be shown another one than the signed.
fn aws_single_slashes(path: &[u8]) -> Cow<'_, [u8]> {
    if !path.windows(2).any(|two| two == b"//") {
        return Cow::Borrowed(path);
    }
    let mut single = path.to_vec();
    single.dedup_by(|a, b| (*a, *b) == (b'/', b'/'));
    Cow::Owned(single)
}

/// Appends the canonical query of AWS Signature Version 4: each name and value decoded and escaped again, sorted by escaped
/// name and then by escaped value. `+` is itself.
pub fn aws_canonical_query_into(query: &[u8], out: &mut Vec<u8>) {
    let escaped = |text: &[u8]| {
        let mut out = Vec::with_capacity(text.len());
        percent_encode_into(&decoded(text, Plus::Kept), &mut out);
        out
    };
    let mut pairs: Vec<_> = query_pairs(query)
        .map(|(name, value)| (escaped(name), escaped(value)))
        .collect();
    pairs.sort_unstable();
    for (i, (name, value)) in pairs.iter().enumerate() {
        if i > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

/// The target with one more query parameter at its end; name and value are escaped but for letters, digits and `-._~`. A fragment
/// is left out: it is never sent, and nor would be what stands behind it.
pub fn append_query(target: &[u8], name: &str, value: &[u8]) -> Vec<u8> {
    let target = memchr(b'#', target).map_or(target, |end| &target[..end]);
    let mut out = Vec::with_capacity(target.len() + name.len() + value.len() + 16);
    out.extend_from_slice(target);
    match split_target(target).1 {
        None => out.push(b'?'),
        Some(query) if query.is_empty() || query.ends_with(b"&") => {}
        Some(_) => out.push(b'&'),
    }
    percent_encode_into(name.as_bytes(), &mut out);
    out.push(b'=');
    percent_encode_into(value, &mut out);
    out
}

/// Slices of an absolute `http` or `https` URL, as written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UrlParts<'a> {
    /// `http` or `https`, in the case it was written in.
    pub scheme: &'a str,
    /// The host without user information and port; an IPv6 address keeps its brackets.
    pub host: &'a str,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// Everything between `//` and the path: user information, host and port.
    pub authority: &'a str,
    /// The path, empty or from its first slash.
    pub path: &'a str,
    /// What follows the first `?`, without the fragment.
    pub query: Option<&'a str>,
    /// What follows the first `#`.
    pub fragment: Option<&'a str>,
}

impl UrlParts<'_> {
    /// The host in lower case (ASCII; host names on the wire are ASCII).
    pub fn host_lower(&self) -> String {
        self.host.to_ascii_lowercase()
    }

    /// The port that is written or the scheme's own: 80 or 443.
    pub fn port_or_default(&self) -> u16 {
        self.port
            .unwrap_or(if self.scheme.eq_ignore_ascii_case("https") {
                443
            } else {
                80
            })
    }
}

/// Slices an absolute `http` or `https` URL. `None` for another scheme, no host, a port that is not a number up to 65535, or
/// blanks and control characters anywhere.
pub fn url_parts(url: &str) -> Option<UrlParts<'_>> {
    if url.bytes().any(|b| b <= b' ' || b == 0x7f) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    // Browsers take a backslash for a slash and others do not: no reading is right.
    if path.starts_with('\\') {
        return None;
    }
    let host_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host_end = match host_port.strip_prefix('[') {
        Some(address) => address.find(']')? + 2,
        None => host_port.find(':').unwrap_or(host_port.len()),
    };
    let (host, port) = host_port.split_at(host_end);
    let port = match port.strip_prefix(':') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse().ok()?)
        }
        None if port.is_empty() => None,
        _ => return None,
    };
    (!host.is_empty()).then_some(UrlParts {
        scheme,
        host,
        port,
        authority,
        path,
        query,
        fragment,
    })
}

#[cfg(test)]
mod tests;
