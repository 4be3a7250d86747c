"""Schemes that sign a canonical form of the request: AWS Signature Version 4 and one profile of RFC 9421."""
import base64
import re
import urllib.parse

from lib import Book, added, b64, mac, message, sha256, twice, with_body, with_header, without

ME = "canonical.py"
AT = 1_440_938_160_000  # 2015-08-30T12:36:00Z, the time of AWS's examples
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def encoded(text, keep=""):
    return urllib.parse.quote(text, safe="-._~" + keep)


def sigv4(request, secret=SECRET, region="us-east-1", service="service", date="20150830T123600Z"):
    """Header form, from the user guide's page "Create a signed AWS API request"."""
    path, _, query = request["target"].partition("?")
    path = re.sub("/+", "/", path)
    pairs = []
    for piece in query.split("&") if query else []:
        name, _, value = piece.partition("=")
        pairs.append((encoded(urllib.parse.unquote(name)), encoded(urllib.parse.unquote(value))))
    headers = {}
    for name, value in request["headers"]:
        lower = name.lower()
        if lower in ("host", "content-type") or lower.startswith("x-amz-"):
            assert lower not in headers
            headers[lower] = " ".join(value.split())
    headers["x-amz-date"] = date
    names = ";".join(sorted(headers))
    canonical = "\n".join([
        request["method"], encoded(path, "/"), "&".join("%s=%s" % pair for pair in sorted(pairs)),
        "".join("%s:%s\n" % (n, headers[n]) for n in sorted(headers)), names, sha256(request.get("body", "")).hex(),
    ])
    scope = "/".join([date[:8], region, service, "aws4_request"])
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, sha256(canonical).hex()])
    key = ("AWS4" + secret).encode()
    for piece in scope.split("/"):
        key = mac("sha256", key, piece)
    digest = mac("sha256", key, text).hex()
    return text, names, digest, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/%s, SignedHeaders=%s, Signature=%s" % (scope, names, digest)


def aws():
    book = Book(ME, "aws-sigv4", "request")
    keys = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": SECRET, "region": "us-east-1", "service": "service"}
    host = ("Host", "example.amazonaws.com")
    date = ("X-Amz-Date", "20150830T123600Z")
    cases = {
        "get-vanilla": message("GET", "/", [host]),
        "post-vanilla": message("POST", "/", [host], ""),
        "query-order": message("GET", "/?Param2=value2&Param1=value1&Param1=Value0", [host]),
        "query-encoded": message("GET", "/?a=b%20c&%C3%A9=%2F&plus=a%2Bb", [host]),
        "query-without-value": message("GET", "/?flag&b=", [host]),
        "query-unreserved": message("GET", "/?-._~0189AZaz=-._~0189AZaz", [host]),
        "path-space": message("GET", "/example%20space/", [host]),
        "path-utf8": message("GET", "/%E1%88%B4", [host]),
        "headers-trimmed": message("GET", "/", [host, ("X-Amz-Meta-A", "a   b  c"), ("X-Amz-Meta-B", "value")]),
        "json-body": message("POST", "/v1/x?y=1", [host, ("Content-Type", "application/json")], '{"a":"\u00e9"}'),
        "form-body": message("POST", "/", [host, ("Content-Type", "application/x-www-form-urlencoded")], "Param1=value1"),
        "slash": message("GET", "//", [host]),
        "slashes": message("GET", "//example//", [host]),
        "session-token": message("GET", "/", [host, ("X-Amz-Security-Token", "AQoDYXdzEPT//////////wEXAMPLE")]),
    }
    published = {"get-vanilla": "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", "slash": "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                 "slashes": "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"}
    assert all(sigv4(cases[name])[2] == digest for name, digest in published.items())
    listed = message("GET", "/?Action=ListUsers&Version=2010-05-08", [
        ("Host", "iam.amazonaws.com"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")])
    text, _, digest, header = sigv4(listed, service="iam")
    assert digest == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    iam = {**keys, "service": "iam"}
    origin = "AWS documentation, Examples of the complete Signature Version 4 signing process (ListUsers)"
    book.sign("list-users", listed, {"headers": [["X-Amz-Date", date[1]], ["Authorization", header]], "string_to_sign": text}, credentials=iam, now=AT, source=origin)
    book.verify("list-users", added(listed, [date, ("Authorization", header)]), {"status": "ok", "key_id": "AKIDEXAMPLE", "timestamp": "2015-08-30T12:36:00.000Z"},
                credentials=iam, now=AT, source=origin)
    for name, plain in cases.items():
        text, _, digest, header = sigv4(plain)
        more = {"source": "awslabs/aws-c-auth tests/aws-signing-test-suite/v4: the published signature, asserted in " + ME} if name in published else {}
        book.sign(name, plain, {"headers": [["X-Amz-Date", date[1]], ["Authorization", header]], "string_to_sign": text}, credentials=keys, now=AT, **more)
        book.verify(name, added(plain, [date, ("Authorization", header)]), {"status": "ok", "key_id": "AKIDEXAMPLE", "timestamp": "2015-08-30T12:36:00.000Z"},
                    credentials=keys, now=AT, **more)
    plain = cases["json-body"]
    text, names, digest, header = sigv4(plain)
    good = added(plain, [date, ("Authorization", header)])
    book.refusals(good, "Authorization", keys, {**keys, "secret_access_key": "x"}, [
        "", "AWS4-HMAC-SHA256 " + digest, header[:-1], header.replace("Signature=", "Signature=0")], now=AT)
    book.verify("scope-without-end", with_header(good, "Authorization", header.replace("/aws4_request", "")), {"rejected": True}, credentials=keys, now=AT)
    for name, changed in {
        "method": {**good, "method": "PUT"}, "path": {**good, "target": "/v1/z?y=1"}, "query": {**good, "target": "/v1/x?y=2"}, "more-query": {**good, "target": "/v1/x?y=1&z"},
        "body": with_body(good, "{}"), "host": with_header(good, "Host", "evil.example"), "type": with_header(good, "Content-Type", "text/plain"),
    }.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=keys, now=AT)
    book.verify("more-amz-header", added(good, [("X-Amz-Acl", "public-read")]), {"rejected": True}, credentials=keys, now=AT, note="SignedHeaders must hold every x-amz- header")
    book.verify("host-not-signed", with_header(good, "Authorization", header.replace("content-type;host;x-amz-date", "content-type;x-amz-date")), {"rejected": True}, credentials=keys, now=AT)
    book.verify("signed-header-missing", without(good, "Content-Type"), {"rejected": True}, credentials=keys, now=AT)
    book.verify("other-header", added(good, [("User-Agent", "x")]), "ok", credentials=keys, now=AT)
    book.verify("unknown-key", with_header(good, "Authorization", header.replace("AKIDEXAMPLE", "AKIDOTHER")), "unknown_key", credentials=keys, now=AT)
    book.verify("other-region", with_header(good, "Authorization", header.replace("us-east-1", "eu-west-1")), {"rejected": True}, credentials=keys, now=AT)
    book.verify("other-day", with_header(good, "Authorization", header.replace("/20150830/", "/20150831/")), {"rejected": True}, credentials=keys, now=AT)
    book.verify("no-date", without(good, "X-Amz-Date"), "missing_field", credentials=keys, now=AT)
    book.verify("odd-date", with_header(good, "X-Amz-Date", "20150830T123660Z"), "malformed_field", credentials=keys, now=AT)
    book.time_edges(good, AT, 900, keys)
    return book


def rfc9421():
    book = Book(ME, "rfc9421-hmac-sha256", "request")
    secret = bytes(range(32))
    keys = {"key_id": "my-key", "secret": b64(secret)}
    created = 1_618_884_473

    def signed(method, target, body, url, key=secret, key_id="my-key", ts=created):
        path, mark, query = target.partition("?")
        parameters = '("@method" "@authority" "@path" "@query" "content-digest");created=%d;keyid="%s";alg="hmac-sha256"' % (ts, key_id)
        digest = "sha-256=:%s:" % b64(sha256(body))
        authority = url.split("/")[2].lower()
        base = "\n".join(['"@method": ' + method, '"@authority": ' + authority, '"@path": ' + path, '"@query": ?' + query,
                          '"content-digest": ' + digest, '"@signature-params": ' + parameters])
        return base, [("Content-Digest", digest), ("Signature-Input", "sig1=" + parameters), ("Signature", "sig1=:%s:" % b64(mac("sha256", key, base)))]

    at = created * 1000
    cases = {
        "post": ("POST", "/foo?param=Value&Pet=dog", '{"hello": "world"}', "https://example.com/foo?param=Value&Pet=dog"),
        "get": ("GET", "/foo", "", "https://example.com/foo"),
        "empty-query": ("GET", "/foo?", "", "https://example.com/foo?"),
        "encoded": ("PUT", "/a%20b/%C3%A9?q=%26+x", "\u20ac", "https://Example.COM:8443/a%20b/%C3%A9?q=%26+x"),
    }
    for name, (method, target, body, url) in cases.items():
        base, headers = signed(method, target, body, url)
        plain = message(method, target, [], body, url)
        book.sign(name, plain, {"headers": headers, "string_to_sign": base}, credentials=keys, now=at)
        book.verify(name, added(plain, headers), {"status": "ok", "key_id": "my-key", "timestamp": "2021-04-20T02:07:53.000Z"}, credentials=keys, now=at)
    method, target, body, url = cases["post"]
    base, headers = signed(*cases["post"])
    good = added(message(method, target, [], body, url), headers)
    book.refusals(good, "Signature", keys, {**keys, "secret": b64(b"x" * 32)}, ["", "sig1=", "sig1=:AAAA:", headers[2][1][:-1], headers[2][1].replace("sig1", "sig2")], now=at)
    for name, changed in {"method": {**good, "method": "PUT"}, "path": {**good, "target": "/bar?param=Value&Pet=dog"}, "query": {**good, "target": "/foo?param=Value&Pet=cat"},
                          "authority": {**good, "url": "https://other.example/foo?param=Value&Pet=dog"}}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=keys, now=at)
    book.verify("body", with_body(good, body + " "), {"rejected": True}, credentials=keys, now=at, note="Content-Digest is not the body's")
    book.verify("body-and-digest", with_header(with_body(good, "x"), "Content-Digest", "sha-256=:%s:" % b64(sha256("x"))), "signature_mismatch", credentials=keys, now=at)
    inputs = headers[1][1]
    for name, text, expect in (
        ("other-components", inputs.replace('"@query" ', ""), "malformed_field"),
        ("another-algorithm", inputs.replace("hmac-sha256", "rsa-v1_5-sha256"), "malformed_field"),
        ("no-created", inputs.replace(";created=%d" % created, ""), "malformed_field"),
        ("unknown-key", inputs.replace("my-key", "other"), "unknown_key"),
        ("created-changed", inputs.replace(str(created), str(created + 1)), "signature_mismatch"),
        ("created-text", inputs.replace(str(created), "today"), "malformed_field"),
    ):
        book.verify(name, with_header(good, "Signature-Input", text), expect, credentials=keys, now=at)
    book.verify("no-input", without(good, "Signature-Input"), "missing_field", credentials=keys, now=at)
    book.verify("two-inputs", twice(good, "Signature-Input"), "duplicate_field", credentials=keys, now=at)
    book.verify("no-digest", without(good, "Content-Digest"), "missing_field", credentials=keys, now=at)
    book.verify("host-header-is-not-asked", added(good, [("Host", "evil.example")]), "ok", credentials=keys, now=at)
    no_url = {k: v for k, v in good.items() if k != "url"}
    book.verify("no-url", no_url, "invalid_message", credentials=keys, now=at)
    book.time_edges(good, at, 300, keys)

    # RFC 9421, B.2.5: other components, so a recipe of its own.
    recipe = "\n".join([
        'id = "rfc9421-b-2-5"', 'name = "RFC 9421, B.2.5"', "[credentials]", "key_id = { public = true }", "secret = {}", "[request]",
        'algorithm = "hmac-sha256"', 'key_id = { credential = "key_id" }', 'key = { credential = "secret", then = ["base64-decode"] }', 'encoding = "base64"',
        'timestamp = { format = "unix" }',
        "message = [ '\"date\": ', { header = \"Date\" }, \"\\n\", '\"@authority\": ', { url = \"authority\" }, \"\\n\", '\"content-type\": ', { header = \"Content-Type\" }, \"\\n\",",
        " '\"@signature-params\": (\"date\" \"@authority\" \"content-type\");created=', { timestamp = true }, ';keyid=\"', { key_id = true }, '\"' ]",
        "field = [ { header = \"Signature-Input\", value = ['sig-b25=(\"date\" \"@authority\" \"content-type\");created=', { timestamp = true }, ';keyid=\"', { key_id = true, not = '\"' }, '\"'] },",
        ' { header = "Signature", value = ["sig-b25=:", { signature = true }, ":"] } ]',
    ]) + "\n"
    published = {"key_id": "test-shared-secret", "secret": "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="}
    plain = message("POST", "/foo?param=Value&Pet=dog", [("Host", "example.com"), ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"), ("Content-Type", "application/json"),
                    ("Content-Digest", "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"), ("Content-Length", "18")],
                    '{"hello": "world"}', "https://example.com/foo?param=Value&Pet=dog")
    value = "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
    base = '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": application/json\n"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    assert b64(mac("sha256", base64.b64decode(published["secret"]), base)) == value
    made = [("Signature-Input", 'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'), ("Signature", "sig-b25=:%s:" % value)]
    book.sign("rfc-b-2-5", plain, {"headers": made, "string_to_sign": base}, credentials=published, now=at, recipe=recipe, source="RFC 9421, B.2.5")
    book.verify("rfc-b-2-5", added(plain, made), "ok", credentials=published, now=at, recipe=recipe, source="RFC 9421, B.2.5")
    return book


def books():
    return [aws(), rfc9421()]
