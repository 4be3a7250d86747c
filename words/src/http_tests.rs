#![allow(clippy::unwrap_used)]
use super::*;

fn header<'a>(m: &'a OwnedMessage, name: &str) -> &'a str {
    std::str::from_utf8(m.header(name).unwrap()).unwrap()
}

#[test]
fn a_request_with_either_line_end() {
    for end in ["\r\n", "\n"] {
        let text = format!(
            "POST /v1/pay?x=%20 HTTP/1.1{end}Host: api.example{end}X-Date:  today {end}{end}{{\"a\":1}}\r\n\n"
        );
        let m = parse(text.as_bytes()).unwrap();
        assert_eq!(m.method, "POST");
        assert_eq!(m.target, b"/v1/pay?x=%20");
        assert_eq!(header(&m, "x-date"), "today");
        assert_eq!(m.body, b"{\"a\":1}\r\n\n", "the body is taken as it is");
        assert_eq!(m.url, None);
    }
}

#[test]
fn header_bytes_beyond_ascii_survive() {
    let m = parse(b"GET / HTTP/1.1\nX-Name: Andr\xe9e\n\n").unwrap();
    assert_eq!(m.header("X-Name"), Some(&b"Andr\xe9e"[..]));
}

#[test]
fn duplicates_keep_their_order() {
    let m = parse(b"GET / HTTP/1.1\nX-A: 1\nx-a: 2\n\n").unwrap();
    assert_eq!(m.headers.len(), 2);
    assert_eq!(m.headers[1], (b"x-a".to_vec(), b"2".to_vec()));
}

#[test]
fn folded_lines_become_one() {
    let m = parse(b"GET / HTTP/1.1\r\nX-A: one\r\n\t two\r\n three\r\nX-B: b\r\n\r\n").unwrap();
    assert_eq!(header(&m, "X-A"), "one two three");
    assert_eq!(header(&m, "X-B"), "b");
}

#[test]
fn start_lines_as_people_write_them() {
    for line in [
        "GET /x",
        "GET /x HTTP/1.0",
        "GET /x HTTP/2",
        "GET /x HTTP/2.0",
        "GET /x HTTP/3",
    ] {
        let m = parse(format!("{line}\nA: b\n\n").as_bytes()).unwrap();
        assert_eq!((m.method.as_str(), &m.target[..]), ("GET", &b"/x"[..]));
    }
    let m = parse(b"\r\n\nPOST https://h:8/p?q#f HTTP/1.1\n\n").unwrap();
    assert_eq!(m.target, b"/p?q");
    assert_eq!(m.url.as_deref(), Some("https://h:8/p?q"));
}

#[test]
fn answers() {
    for line in ["HTTP/1.1 401 Unauthorized", "HTTP/2 401", "HTTP/1.1 401"] {
        let m = parse(format!("{line}\r\nX: y\r\n\r\nno").as_bytes()).unwrap();
        assert_eq!((m.status, &m.body[..]), (Some(401), &b"no"[..]));
        assert_eq!(m.method, "");
    }
}

#[test]
fn content_length_is_the_judge_of_the_body() {
    let of = |body: &str| {
        parse(format!("POST / HTTP/1.1\nContent-Length: 2\n\n{body}").as_bytes()).map(|m| m.body)
    };
    for body in ["{}", "{}\n", "{}\r\n"] {
        assert_eq!(of(body).unwrap(), b"{}");
    }
    for body in ["{", "{}x", "{}\n\n"] {
        let message = of(body).unwrap_err().message().to_owned();
        assert!(message.contains("Content-Length says 2"), "{message}");
    }
    assert!(parse(b"POST / HTTP/1.1\nContent-Length: -1\n\n").is_err());
}

#[test]
fn chunks_are_put_together_where_they_are_chunks() {
    let head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let of = |body: &[u8]| parse(&[&head[..], body].concat()).unwrap().body;
    assert_eq!(of(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), b"abcde");
    assert_eq!(of(b"{\"already\":1}"), b"{\"already\":1}");
    assert_eq!(of(b"ff\r\nshort"), b"ff\r\nshort");
}

#[test]
fn what_is_no_message_gets_a_sentence() {
    for text in [
        &b""[..],
        b"\n\n",
        b"hello",
        b"GET /a b HTTP/1.1\n\n",
        b"GET / HTTP/1.1\nno colon\n\n",
        b"GET / HTTP/1.1\nX\x00: 1\n\n",
        b"{\"json\": true}",
        b"\xff\xfe\n\n",
    ] {
        let message = parse(text).unwrap_err().message().to_owned();
        assert!(message.starts_with("this is not a raw HTTP message"));
    }
    let many = format!("GET / HTTP/1.1\n{}\n", "A: b\n".repeat(257));
    assert!(parse(many.as_bytes()).is_err());
}
