#![allow(clippy::unwrap_used)]
use super::*;

fn files(path: &str) -> Result<Vec<u8>> {
    std::fs::read(path)
        .map_err(|e| Error::new(Status::InvalidOption, format!("cannot read {path}: {e}")))
}

fn ok(command: &str) -> OwnedMessage {
    parse(command.as_bytes(), &files).unwrap()
}

fn refused(command: &str) -> String {
    parse(command.as_bytes(), &files)
        .unwrap_err()
        .message()
        .to_owned()
}

fn header(m: &OwnedMessage, name: &str) -> String {
    String::from_utf8(m.header(name).unwrap_or(b"<absent>").to_vec()).unwrap()
}

#[test]
fn a_command_from_a_document() {
    let m = ok(
        "$ curl -sS -X POST \\\r\n  'https://api.example/v3/deposits?a=1' \\\n -H 'X-Login: me' --header \"X-Date: now\" -d '{\"a\":\"it'\\''s\"}'\n",
    );
    assert_eq!(m.method, "POST");
    assert_eq!(m.target, b"/v3/deposits?a=1");
    assert_eq!(
        m.url.as_deref(),
        Some("https://api.example/v3/deposits?a=1")
    );
    assert_eq!(header(&m, "x-login"), "me");
    assert_eq!(header(&m, "X-Date"), "now");
    assert_eq!(header(&m, "Host"), "api.example");
    assert_eq!(m.body, b"{\"a\":\"it's\"}");
    assert_eq!(
        header(&m, "content-type"),
        "application/x-www-form-urlencoded"
    );
}

#[test]
fn defaults_of_method_and_scheme() {
    assert_eq!(ok("curl h/x").method, "GET");
    assert_eq!(ok("curl h/x").url.as_deref(), Some("http://h/x"));
    assert_eq!(ok("curl -I h").method, "HEAD");
    assert_eq!(ok("curl h -d a").method, "POST");
    assert_eq!(ok("curl -XPUT h -da").method, "PUT");
    assert_eq!(ok("/usr/bin/curl -sSLk h").method, "GET");
}

#[test]
fn data_in_all_its_forms() {
    assert_eq!(ok("curl h -d a=1 -d b=2").body, b"a=1&b=2");
    assert_eq!(ok("curl h --data-raw @x").body, b"@x");
    assert_eq!(
        ok("curl h --data-urlencode 'n=a b&ü' --data-urlencode =x/").body,
        b"n=a%20b%26%C3%BC&x%2F"
    );
    let m = ok("curl -G 'h/p?z=0' -d a=1 --data-urlencode 'b=x y'");
    assert_eq!((m.method.as_str(), &m.body[..]), ("GET", &b""[..]));
    assert_eq!(m.target, b"/p?z=0&a=1&b=x%20y");
    let m = ok("curl h --json '{}'");
    assert_eq!(header(&m, "Content-Type"), "application/json");
    assert_eq!(header(&m, "Accept"), "application/json");
}

#[test]
fn files_with_and_without_their_line_ends() {
    let path = std::env::temp_dir().join(format!("paysig-curl-{}", std::process::id()));
    std::fs::write(&path, "a\r\nb\n").unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(ok(&format!("curl h -d @{path}")).body, b"ab");
    assert_eq!(
        ok(&format!("curl h --data-binary @{path}")).body,
        b"a\r\nb\n"
    );
    assert_eq!(
        ok(&format!("curl h --data-urlencode n@{path}")).body,
        b"n=a%0D%0Ab%0A"
    );
    std::fs::remove_file(path).unwrap();
    assert!(refused("curl h -d @/does/not/exist").contains("/does/not/exist"));
}

#[test]
fn browsers_quote_with_dollar() {
    let m = ok(r#"curl 'h' --data-raw $'{"a":"it\'s \u00fc \x41\n\101"}' -H $'X: \ty'"#);
    assert_eq!(m.body, "{\"a\":\"it's ü A\nA\"}".as_bytes());
    assert_eq!(header(&m, "X"), "y");
    assert_eq!(ok("curl h -d '$'").body, b"$");
    assert_eq!(ok("curl h -d \"\\$'x'\"").body, b"$'x'");
    for bad in ["curl h -d $'x", "curl h -d $'\\x'", "curl h -d $'\\ud800'"] {
        refused(bad);
    }
}

#[test]
fn credentials_and_other_shorthands() {
    assert_eq!(
        header(&ok("curl -u me:pw h"), "authorization"),
        "Basic bWU6cHc="
    );
    assert_eq!(
        header(&ok("curl http://me:pw@h/"), "authorization"),
        "Basic bWU6cHc="
    );
    assert_eq!(ok("curl http://me:pw@h/").url.as_deref(), Some("http://h/"));
    assert_eq!(header(&ok("curl -A x -e y -b k=v h"), "cookie"), "k=v");
    assert_eq!(
        header(&ok("curl --oauth2-bearer t h"), "authorization"),
        "Bearer t"
    );
    let m = ok("curl h -H 'X-Empty;' -H 'Host:'");
    assert_eq!(m.headers, [(b"X-Empty".to_vec(), vec![])]);
}

#[test]
fn what_cannot_be_reproduced_is_refused() {
    assert!(refused("curl h -F a=b").contains("multipart"));
    assert!(refused("curl h -T f").contains("--upload-file"));
    assert!(refused("wget h").contains("begin with the word curl"));
    assert!(refused("").contains("begin with the word curl"));
    assert!(refused("curl").contains("no URL"));
    assert!(refused("curl a b").contains("two URLs"));
    assert!(refused("curl h -d 'x").contains("not closed"));
    assert!(refused("curl h --no-such").contains("--no-such"));
    assert!(refused("curl h -y").contains("-y"));
    assert!(refused("curl h -X").contains("lacks its value"));
    assert!(refused("curl ftp://h").contains("no http or https URL"));
    assert!(refused("curl ^\"h^\"").contains("bash"));
    assert!(refused("curl h -u me").contains("password"));
    assert!(refused("curl h -H nocolon").contains("Name: value"));
    assert!(refused("curl h --next g").contains("--next"));
}
