//! Request targets, queries and absolute URLs by slicing: what is on the wire stays as it is, decoded forms are made only
//! where a scheme signs them. Nothing is normalised silently.

use std::borrow::Cow;

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
    match target.iter().position(|b| *b == b'?') {
        Some(at) => (&target[..at], Some(&target[at + 1..])),
        None => (target, None),
    }
}

/// Whether the target holds a `#`: a fragment is never sent, so a target with one is a caller's mistake.
pub fn has_fragment(target: &[u8]) -> bool {
    target.contains(&b'#')
}

/// Appends the text with `%XX` decoded. A `%` without two hexadecimal digits is kept as it is; returns whether there was one.
pub fn percent_decode_into(text: &[u8], out: &mut Vec<u8>) -> bool {
    if !text.contains(&b'%') {
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
    if !text
        .iter()
        .any(|b| *b == b'%' || (*b == b'+' && plus == Plus::Blank))
    {
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
        .map(|piece| match piece.iter().position(|b| *b == b'=') {
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

/// Appends the canonical path of AWS Signature Version 4. `double` escapes the path as it is on the wire once more (every
/// service but S3); otherwise each segment is decoded and escaped once (S3). An empty path is `/`.
pub fn aws_encode_path_into(path: &[u8], double: bool, out: &mut Vec<u8>) {
    if path.is_empty() {
        out.push(b'/');
    } else if double {
        for piece in percent_encode(path, ESCAPED_PATH) {
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

/// The target with one more query parameter at its end; name and value are escaped but for letters, digits and `-._~`.
pub fn append_query(target: &[u8], name: &str, value: &[u8]) -> Vec<u8> {
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
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn percent(text: &[u8]) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let invalid = percent_decode_into(text, &mut out);
        (out, invalid)
    }

    fn form(text: &[u8]) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let invalid = form_decode_into(text, &mut out);
        (out, invalid)
    }

    fn aws_path(path: &[u8], double: bool) -> String {
        let mut out = Vec::new();
        aws_encode_path_into(path, double, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn aws_query(query: &[u8]) -> String {
        let mut out = Vec::new();
        aws_canonical_query_into(query, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn targets() {
        assert_eq!(split_target(b"/a?b?c"), (&b"/a"[..], Some(&b"b?c"[..])));
        assert_eq!(split_target(b"/a?"), (&b"/a"[..], Some(&b""[..])));
        assert_eq!(split_target(b"/a"), (&b"/a"[..], None));
        assert_eq!(split_target(b""), (&b""[..], None));
        assert!(has_fragment(b"/a#b") && !has_fragment(b"/a%23b"));
    }

    #[test]
    fn decoding() {
        assert_eq!(percent(b"q=na%20me+x%0a"), (b"q=na me+x\n".to_vec(), false));
        assert_eq!(
            percent(b"%C3%89%ff%00"),
            (b"\xc3\x89\xff\0".to_vec(), false)
        );
        for kept in ["%", "%4", "%zz", "a%", "%+1", "%%"] {
            assert_eq!(percent(kept.as_bytes()), (kept.as_bytes().to_vec(), true));
        }
        // Not decoded twice.
        assert_eq!(percent(b"%2541"), (b"%41".to_vec(), false));
        assert_eq!(percent(b"%%41"), (b"%A".to_vec(), true));
        assert_eq!(form(b"a+b%2Bc"), (b"a b+c".to_vec(), false));
        assert_eq!(form(b"+%+1"), (b" % 1".to_vec(), true));
    }

    #[test]
    fn dot_segments() {
        for path in ["/..", "/a/../b", "/./", ".", "/%2e%2E/b", "/.%2e", "/%2e"] {
            assert!(has_dot_segments(path.as_bytes()), "{path}");
        }
        for path in ["", "/", "//", "/...", "/a..b", "/.a", "/%2ea", "/%252e"] {
            assert!(!has_dot_segments(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn pairs() {
        let raw: Vec<_> = query_pairs(b"a=1&&b&=c&d=e=f;g=h&").collect();
        assert_eq!(
            raw,
            [
                (&b"a"[..], &b"1"[..]),
                (b"b", b""),
                (b"", b"c"),
                (b"d", b"e=f;g=h")
            ]
        );
        let decoded: Vec<_> = query_pairs_decoded(b"a%26b=c%3Dd+e", Plus::Kept)
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect();
        assert_eq!(decoded, [(b"a&b".to_vec(), b"c=d+e".to_vec())]);
        assert!(query_pairs_decoded(b"x=+", Plus::Blank).any(|(_, v)| v.as_ref() == b" "));
        assert_eq!(query_pairs(b"").count(), 0);
    }

    #[test]
    fn aws_forms() {
        // From AWS's published test suite: get-utf8, get-space, get-vanilla-query-order-value, get-vanilla-query-unreserved.
        assert_eq!(aws_path("/ሴ".as_bytes(), true), "/%E1%88%B4");
        assert_eq!(aws_path(b"/example space/", true), "/example%20space/");
        assert_eq!(aws_path(b"/a%20b%2Fc", true), "/a%2520b%252Fc");
        assert_eq!(aws_path(b"/a%20b%2fc+~", false), "/a%20b%2Fc%2B~");
        assert_eq!(aws_path(b"", true), "/");
        assert_eq!(aws_path(b"", false), "/");
        assert_eq!(
            aws_query(b"Param1=value2&Param1=Value1"),
            "Param1=Value1&Param1=value2"
        );
        assert_eq!(aws_query("ሴ=bar".as_bytes()), "%E1%88%B4=bar");
        assert_eq!(aws_query(b"b&a=%2f&a=+&%61-=z"), "a=%2B&a=%2F&a-=z&b=");
        assert_eq!(aws_query(b""), "");
    }

    #[test]
    fn appending() {
        let at = |target: &str| {
            String::from_utf8(append_query(target.as_bytes(), "X-Sig", b"a+/=~ \xff")).unwrap()
        };
        assert_eq!(at("/p"), "/p?X-Sig=a%2B%2F%3D~%20%FF");
        assert_eq!(at("/p?"), "/p?X-Sig=a%2B%2F%3D~%20%FF");
        assert_eq!(at("/p?a=b"), "/p?a=b&X-Sig=a%2B%2F%3D~%20%FF");
    }

    #[test]
    fn urls() {
        let url = url_parts("https://u:p@Api.Example.com:8443/a/b?c=d?e#f").unwrap();
        assert_eq!(
            (url.scheme, url.host, url.port),
            ("https", "Api.Example.com", Some(8443))
        );
        assert_eq!(
            (url.authority, url.path, url.query, url.fragment),
            ("u:p@Api.Example.com:8443", "/a/b", Some("c=d?e"), Some("f"))
        );
        assert_eq!(url.host_lower(), "api.example.com");
        let bare = url_parts("HTTP://[::1]").unwrap();
        assert_eq!(
            (
                bare.host,
                bare.port,
                bare.port_or_default(),
                bare.path,
                bare.query
            ),
            ("[::1]", None, 80, "", None)
        );
        let query = url_parts("https://h?x").unwrap();
        assert_eq!(
            (query.path, query.query, query.port_or_default()),
            ("", Some("x"), 443)
        );
        assert_eq!(url_parts("https://h/#a?b").unwrap().query, None);
        for bad in [
            "",
            "/a",
            "h/a",
            "ftp://h/",
            "https://",
            "https:///a",
            "https://:80/",
            "https://h:/",
            "https://h:99999/",
            "https://h:+1/",
            "https://h: 1/",
            "https://[::1/",
            "https://[::1]x/",
            "https://h/a b",
            "https://h/\n",
            "https://h/\0",
            "https://h\\@evil/",
        ] {
            assert_eq!(url_parts(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn encoding_is_undone(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut out = Vec::new();
            percent_encode_into(&text, &mut out);
            prop_assert_eq!(percent(&out), (text, false));
        }

        #[test]
        fn invalid_is_reported_exactly(text in "[%0-9a-z+]{0,12}") {
            // Decoding and asking must agree on an independent definition: every % consumed left to right is an escape.
            let bytes = text.as_bytes();
            let invalid = (0..bytes.len()).any(|i| bytes[i] == b'%' && (i + 2 >= bytes.len()
                || !bytes[i + 1].is_ascii_hexdigit() || !bytes[i + 2].is_ascii_hexdigit()));
            prop_assert_eq!(percent(bytes).1, invalid);
        }

        #[test]
        fn aws_query_is_stable(query in "[a-c=&%2+0]{0,24}") {
            let once = aws_query(query.as_bytes());
            prop_assert_eq!(aws_query(once.as_bytes()), once);
        }

        #[test]
        fn no_url_panics(url in "(https?://)?[\\PC]{0,40}") {
            if let Some(parts) = url_parts(&url) {
                prop_assert!(url.contains(parts.authority) && parts.authority.contains(parts.host));
            }
        }
    }
}
