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

#[test]
fn slashes_of_aws_paths_are_single_but_for_s3() {
    for (path, single) in [
        ("//", "/"),
        ("//example//", "/example/"),
        ("/a///b//c", "/a/b/c"),
        ("/a/../b", "/a/../b"),
    ] {
        assert_eq!(aws_path(path.as_bytes(), true), single);
    }
    assert_eq!(aws_path(b"//a/./b/", false), "//a/./b/");
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
fn php_forms() {
    let mut out = Vec::new();
    php_urlencode_into(b"aZ09 -_.~+/%\xe9\n", &mut out);
    assert_eq!(out, b"aZ09+-_.%7E%2B%2F%25%E9%0A");
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
    assert_eq!(aws_path(b"/a/b//c", false), "/a/b//c");
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
    assert_eq!(at("/p?a&"), "/p?a&X-Sig=a%2B%2F%3D~%20%FF");
    assert_eq!(at("/p?a=b"), "/p?a=b&X-Sig=a%2B%2F%3D~%20%FF");
    assert_eq!(at("/p#a?b"), "/p?X-Sig=a%2B%2F%3D~%20%FF");
    assert_eq!(at("/p?a=b#"), "/p?a=b&X-Sig=a%2B%2F%3D~%20%FF");
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
        "https://h/\x7f",
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
