#!/usr/bin/env python3
"""Writes messages with the mistakes that people make, each with the findings that explain it.

    tests/diagnose/generate.py FILE

Only the standard library and the rules in rules.py, written down from the providers' documents: the signatures are made
without paysig, so that what is diagnosed is not what diagnosed it.

A line is a question of the conformance protocol (op diagnose) and: class, kind (mistake, control or valid), `findings_any_of`
(sets of ids; one finding must have exactly one of these sets), `not_first` where the first finding may be another true one and `alone`
where any other finding would be false.
"""
import base64
import copy
import gzip
import hashlib
import hmac
import json
import pathlib
import random
import sys
import urllib.parse

import every_scheme
import rules
import writers
from rules import SEP, b64

RANDOM = random.Random(20260102)
CASES = []


def question(rule, m, kind, cls, expected, credentials=None, first=True, **more):
    message = {k: m[k] for k in ("method", "target", "url", "headers") if k in m}
    body = m["body"]
    if body is not None:
        try:
            message["body"] = body.decode()
        except UnicodeDecodeError:
            message["body_base64"] = b64(body)
    number = sum(c["class"] == cls and c["scheme"] == rule.scheme for c in CASES)
    case = {
        "id": f"{rule.scheme}/{rule.flow}/{cls}/{number}", "kind": kind, "class": cls, "op": "diagnose", "scheme": rule.scheme, "flow": rule.flow,
        "credentials": credentials or rule.credentials, "message": message, "now": more.pop("now", rule.now),
    }
    case.update(more)
    if kind == "mistake":
        case["findings_any_of"] = [s.split("+") for s in expected]
        if not first:
            case["not_first"] = True
    CASES.append(case)


def start(rule, body=None):
    m = copy.deepcopy(rule.message())
    if body is not None:
        m["body"] = body
    if isinstance(m["body"], str):
        m["body"] = m["body"].encode()
    m["body"] = m["body"] or b""
    return m


def signature(rule, parts, key=None, mac=None):
    text = b"".join(p for _, p in parts)
    key = rule.key(rule.credentials) if key is None else key
    if rule.keyless:
        return (mac or (lambda k, t: hashlib.new(rule.hash, t).digest()))(key, text)
    return (mac or rule.mac)(key, text)


def sent(rule, m, digest, text=None):
    rule.wire(m, rule.encode(digest) if text is None else text)
    return m


def honest(rule, m=None):
    m = m or start(rule)
    return sent(rule, m, signature(rule, rule.parts(m, rule.credentials)))


# Bodies -------------------------------------------------------------------------------------------------------------------

def body_case(rule, cls, signed, seen, *expected, first=True, headers=()):
    """The body was `signed`; the verifier sees `seen`."""
    signed, seen = (x.encode() if isinstance(x, str) else x for x in (signed, seen))
    if signed == seen:
        return
    m = honest(rule, start(rule, signed))
    assert m["body"] == signed
    m["body"] = seen
    m["headers"] += [list(h) for h in headers]
    question(rule, m, "mistake", cls, expected, first=first)


def bodies(rule):
    text = rule.body
    tree = writers.parse(text)
    compact = writers.dump(tree)
    spaced, pretty = writers.spaced(tree), writers.pretty(tree)
    body_case(rule, "body-json-white-space", spaced, compact, "body-json-compacted")
    body_case(rule, "body-json-white-space", pretty, compact, "body-json-compacted")
    body_case(rule, "body-json-white-space", writers.pretty(tree, "    "), compact, "body-json-compacted")
    body_case(rule, "body-json-white-space", compact, spaced, "body-json-spaced")
    body_case(rule, "body-json-white-space", compact, pretty, "body-json-pretty-printed")
    body_case(rule, "body-json-white-space", compact, writers.pretty(tree, "\t"), "body-json-pretty-printed")
    body_case(rule, "body-json-white-space", pretty, pretty.replace("\n", ""), "body-newlines-removed")
    body_case(rule, "body-json-order", compact, writers.dump(dict(reversed(tree.items()))), "body-json-keys-reordered")
    body_case(rule, "body-json-order", writers.dump(writers.order(tree)), compact, "body-json-keys-reordered")
    body_case(rule, "body-json-escapes", compact, writers.dump(tree, unicode="lower"), "body-unicode-escaped")
    body_case(rule, "body-json-escapes", writers.dump(tree, unicode="lower"), compact, "body-unicode-unescaped")
    body_case(rule, "body-json-escapes", compact, writers.dump(tree, slash=True), "body-slash-escaped")
    body_case(rule, "body-json-escapes", writers.dump(tree, slash=True), compact, "body-slash-unescaped")
    body_case(rule, "body-json-escapes", compact, writers.dump(tree, html="<>&"), "body-html-escaped")
    body_case(rule, "body-json-escapes", writers.dump(tree, html="<>&"), compact, "body-html-unescaped")
    body_case(rule, "body-json-writers", compact, writers.php(tree), "body-unicode-escaped+body-slash-escaped")
    body_case(rule, "body-json-writers", writers.php(tree), compact, "body-unicode-unescaped+body-slash-unescaped")
    body_case(rule, "body-json-writers", compact, writers.python(tree), "body-json-spaced+body-unicode-escaped")
    body_case(rule, "body-json-writers", writers.python(tree), compact, "body-json-compacted+body-unicode-unescaped")
    body_case(rule, "body-json-writers", compact, writers.gson(tree), "body-html-escaped")
    body_case(rule, "body-json-writers", writers.dotnet(tree), compact, "body-html-unescaped+body-unicode-unescaped")
    body_case(rule, "body-json-numbers", compact.replace("10.50", "10.5"), compact.replace("10.50", "10.50"), "body-number-reformatted")
    body_case(rule, "body-json-numbers", compact, compact.replace("10.50", "10.5"), "body-number-reformatted")
    body_case(rule, "body-json-numbers", compact.replace("10.50", "10.0"), compact.replace("10.50", "10"), "body-number-reformatted")
    if "{}" in compact:
        body_case(rule, "body-json-values", compact, writers.dump(writers.objects_as_arrays(tree)), "body-empty-object-became-array")
    body_case(rule, "body-json-values", writers.dump(writers.without_nulls(tree)), compact, "body-null-members-differ")
    raw = compact.encode()
    body_case(rule, "body-ends", raw, raw + b"\n", "body-trailing-newline-added")
    body_case(rule, "body-ends", raw, raw + b"\r\n", "body-trailing-newline-added")
    body_case(rule, "body-ends", raw + b"\n", raw, "body-trailing-newline-removed")
    body_case(rule, "body-ends", b" " + raw + b" \n", raw, "body-trimmed")
    body_case(rule, "body-ends", pretty, pretty.replace("\n", "\r\n"), "body-lf-became-crlf", "body-json-pretty-printed")
    body_case(rule, "body-ends", pretty.replace("\n", "\r\n"), pretty, "body-crlf-became-lf", "body-json-pretty-printed")
    body_case(rule, "body-charset", raw, b"\xef\xbb\xbf" + raw, "body-bom-added")
    body_case(rule, "body-charset", raw, compact.encode("latin-1"), "body-charset-differs")
    body_case(rule, "body-charset", compact.encode("latin-1"), raw, "body-charset-differs")
    body_case(rule, "body-charset", compact.encode("utf-16-le"), raw, "body-charset-differs")
    body_case(rule, "body-charset", raw, raw.decode("latin-1").encode(), "body-mojibake")
    body_case(rule, "body-packed", raw, gzip.compress(raw, mtime=0), "body-signed-before-gzip", headers=[["Content-Encoding", "gzip"]])
    body_case(rule, "body-packed", raw, b64(raw), "body-base64-not-decoded")
    body_case(rule, "body-packed", raw, json.dumps(compact, ensure_ascii=False), "body-json-double-encoded")
    body_case(rule, "body-printed", raw, json.dumps({"type": "Buffer", "data": list(raw)}, separators=(",", ":")), "body-buffer-json")
    body_case(rule, "body-printed", raw, repr(raw), "body-bytes-repr")
    body_case(rule, "body-printed", raw, "[object Object]", "body-object-tostring")
    plain = '{"a": 1, "b": null, "c": true, "d": "x"}'
    if rule.scheme != "ingenico-v1hmac":
        body_case(rule, "body-printed", plain, repr(json.loads(plain)), "body-dict-repr")
    body_case(rule, "body-empty", raw, b"", "body-already-consumed", headers=[["Content-Length", str(len(raw))]])


def forms(rule):
    body = rule.body
    body_case(rule, "body-form", body, writers.form(body, urllib.parse.quote), "body-form-reencoded")
    body_case(rule, "body-form", writers.form(body, urllib.parse.quote), body, "body-form-reencoded")
    body_case(rule, "body-form", body, writers.form(body, lambda t: urllib.parse.quote(t, safe="!'()*~")), "body-form-reencoded")
    body_case(rule, "body-form", body, urllib.parse.unquote(body), "body-form-decoded", "body-form-reencoded")
    pieces = body.split("&")
    body_case(rule, "body-form", body, "&".join(sorted(pieces)), "body-form-reordered")
    body_case(rule, "body-form", "&".join(sorted(pieces)), body, "body-form-reordered")
    inner = '{"type":"block_actions","user":{"name":"Zoë"}}'
    body_case(rule, "body-form", "payload=" + urllib.parse.quote_plus(inner), inner, "body-form-field-extracted")


def empty_bodies(rule):
    for text, found in [("{}", "empty-body-signed-as-braces"), ("null", "empty-body-signed-as-null")]:
        body_case(rule, "body-empty", text, b"", found)
    body_case(rule, "body-empty", b"", b"[]", "body-left-out")
    body_case(rule, "body-empty", b"", b"0", "body-left-out")


# Keys ---------------------------------------------------------------------------------------------------------------------

def key_case(rule, cls, used, given, *expected, first=True, **more):
    """The signer used the text `used` as secret, the user has configured `given`."""
    name = rule.secret
    m = start(rule)
    credentials = rule.credentials | {name: used if isinstance(used, str) else used.decode("latin-1")}
    try:
        key = rule.key(credentials) if isinstance(used, str) else used
        digest = signature(rule, rule.parts(m, credentials), key)
    except ValueError:
        return
    question(rule, sent(rule, m, digest), "mistake", cls, expected, rule.credentials | {name: given}, first, **more)


def keys(rule):
    name, secret = rule.secret, rule.credentials[rule.secret]
    decoded = rule.scheme in ("standard-webhooks", "adyen-notifications")
    if decoded:
        m = start(rule)
        plain = secret.removeprefix("whsec_").encode()
        for key, found in [(plain, ["key-not-base64-decoded", "key-not-hex-decoded"]), (secret.encode(), ["key-not-base64-decoded", "key-not-hex-decoded", "key-prefix-kept"])]:
            digest = signature(rule, rule.parts(m, rule.credentials), key)
            question(rule, sent(rule, copy.deepcopy(m), digest), "mistake", "key-decoding", found, first=True)
        for given in (secret + "\n", f" {secret}", f'"{secret}"'):
            found = {"\n": "key-trailing-newline", " ": "key-surrounding-blanks", '"': "key-surrounding-quotes"}[given[-1] if given[-1] in '\n"' else " "]
            key_case(rule, "key-copied", secret, given, found)
        if secret.startswith("whsec_"):
            key_case(rule, "key-decoding", secret, secret.removeprefix("whsec_"), "key-prefix-stripped", "key-prefix-kept")
        return
    key_case(rule, "key-copied", secret, secret + "\n", "key-trailing-newline")
    key_case(rule, "key-copied", secret + "\n", secret, "key-trailing-newline")
    key_case(rule, "key-copied", secret, f" {secret}", "key-surrounding-blanks")
    key_case(rule, "key-copied", secret + " ", secret, "key-surrounding-blanks")
    key_case(rule, "key-copied", secret, f'"{secret}"', "key-surrounding-quotes")
    key_case(rule, "key-copied", f"'{secret}'", secret, "key-surrounding-quotes")
    key_case(rule, "key-copied", secret, f"API_SECRET={secret}", "key-with-variable-name")
    key_case(rule, "key-copied", f"{name.upper()}={secret}", secret, "key-with-variable-name")
    if secret.upper() != secret:
        key_case(rule, "key-copied", secret.upper(), secret, "key-case-changed")
    key_case(rule, "key-decoding", secret, b64(secret.encode()), "key-base64-encoded")
    key_case(rule, "key-decoding", b64(secret.encode()), secret, "key-base64-encoded")
    if not rule.keyless and rule.scheme not in ("ip2-apiauth", "aws-sigv4"):
        key_case(rule, "key-decoding", secret.encode("utf-16-le"), secret, "key-utf16")
    special = "Dx7#kQ+2vL$m9pRt4w"
    key_case(rule, "key-copied", special.split("#")[0], special, "key-cut-at-special-character")
    key_case(rule, "key-decoding", urllib.parse.unquote_plus(special), special, "key-url-decoded")
    text = b64(bytes(range(60, 92)))
    if not rule.keyless and rule.scheme != "ip2-apiauth" and rule.scheme != "aws-sigv4":
        key_case(rule, "key-decoding", base64.b64decode(text), text, "key-base64-decoded", "key-base64-encoded")
        key_case(rule, "key-decoding", bytes.fromhex("00112233445566778899aabbccddeeff"), "00112233445566778899aabbccddeeff", "key-hex-decoded")
        key_case(rule, "key-decoding", "live_5f2b", "sk_live_5f2b", "key-prefix-stripped")
    other = "another-Secret-77"
    key_case(rule, "key-other", other, secret, "other-known-key", other_keys=[rule.credentials | {name: other}])


def swapped(rule, public):
    c = rule.credentials
    m = start(rule)
    wrong = c | {public: c[rule.secret], rule.secret: c[public]}
    digest = signature(rule, rule.parts(m, wrong), rule.key(wrong))
    sender = copy.copy(rule)
    sender.credentials = wrong
    question(rule, sent(sender, m, digest), "mistake", "key-swapped", ["key-id-and-secret-swapped"])


def derivations(rule):
    m, c = start(rule), rule.credentials
    password = c["api_password"].encode()
    for key, found in [
        (password, "key-derivation-skipped"),
        (b64(hashlib.md5(password).digest()).encode(), "key-derivation-wrong-hash"),
        (b64(hashlib.sha256(password).digest()).encode(), "key-derivation-wrong-hash"),
        (hashlib.sha512(password).digest(), "key-derivation-wrong-encoding"),
        (hashlib.sha512(password).hexdigest().encode(), "key-derivation-wrong-encoding"),
    ]:
        digest = signature(rule, rule.parts(m, c), key)
        question(rule, sent(rule, copy.deepcopy(m), digest), "mistake", "key-derivation", [found])


# Algorithms and encodings -------------------------------------------------------------------------------------------------

def algorithms(rule):
    def put(cls, mac, *expected):
        m = start(rule)
        digest = signature(rule, rule.parts(m, rule.credentials), mac=mac)
        question(rule, sent(rule, m, digest), "mistake", cls, expected)

    for other in ("sha1", "sha256", "sha512", "md5"):
        if other != rule.hash:
            if rule.keyless:
                put("algorithm", lambda k, t, h=other: hashlib.new(h, t).digest(), f"wrong-hash-{other}")
            else:
                put("algorithm", lambda k, t, h=other: hmac.new(k, t, h).digest(), f"wrong-hash-{other}")
    if rule.keyless:
        put("algorithm", lambda k, t: hmac.new(k, t, rule.hash).digest(), "hmac-instead-of-plain-hash")
        return
    put("algorithm", lambda k, t: hashlib.new(rule.hash, k + t).digest(), "plain-hash-instead-of-hmac")
    put("algorithm", lambda k, t: hashlib.new(rule.hash, t + k).digest(), "plain-hash-instead-of-hmac")
    put("algorithm", lambda k, t: hmac.new(t, k, rule.hash).digest(), "key-and-message-swapped")
    put("algorithm", lambda k, t: hmac.new(k, b"", rule.hash).digest(), "mac-of-empty-message")
    m = start(rule)
    parts = rule.parts(m, rule.credentials)
    if any(n == "body" for n, _ in parts):
        for form in (lambda b: hashlib.sha256(b).hexdigest().encode(), lambda b: hashlib.sha256(b).digest()):
            hashed = [(n, form(p) if n == "body" else p) for n, p in parts]
            question(rule, sent(rule, copy.deepcopy(m), signature(rule, hashed)), "mistake", "algorithm", ["body-hashed-first"])


def encodings(rule):
    def put(text, *expected, cls="encoding"):
        m = start(rule)
        digest = signature(rule, rule.parts(m, rule.credentials))
        question(rule, sent(rule, m, digest, text(digest)), "mistake", cls, expected)

    expected = rule.encoding
    if expected == "base64":
        put(lambda d: d.hex(), "hex-instead-of-base64")
        put(lambda d: d.hex().upper(), "hex-instead-of-base64")
        put(lambda d: b64(d).rstrip("="), "base64-padding-removed")
        m = start(rule)
        digest = signature(rule, rule.parts(m, rule.credentials))
        if any(c in b64(digest) for c in "+/"):
            put(lambda d: base64.urlsafe_b64encode(d).decode(), "base64url-instead-of-base64")
        if "+" in b64(digest) and rule.scheme not in ("aws-sigv4",):
            put(lambda d: b64(d).replace("+", " "), "base64-plus-became-blank")
        put(lambda d: urllib.parse.quote(b64(d), safe=""), "signature-url-encoded")
    else:
        put(lambda d: b64(d), "base64-instead-of-hex")
        put(lambda d: d.hex().upper() if expected == "hex" else d.hex(), "upper-case-hex" if expected == "hex" else "lower-case-hex")
        put(lambda d: "-".join(f"{b:02X}" for b in d), "hex-with-dashes")
        m = start(rule)
        digest = signature(rule, rule.parts(m, rule.credentials))
        if any(b < 16 for b in digest):
            put(lambda d: "".join(f"{b:x}" if expected == "hex" else f"{b:X}" for b in d), "hex-leading-zeros-lost")
    put(lambda d: b64(d.hex().encode()), "base64-of-hex-text")


def places(rule):
    """The signature's header: missing, twice, elsewhere, without its word."""
    header, prefix = rule.header, getattr(rule, "prefix", "")

    def edit(change, *expected):
        m = honest(rule)
        value = next(v for n, v in m["headers"] if n == header)
        rest = [h for h in m["headers"] if h[0] != header]
        m["headers"] = rest + change(value)
        question(rule, m, "mistake", "signature-place", expected)

    edit(lambda v: [], "signature-missing")
    edit(lambda v: [[header, v], [header, v]], "signature-header-duplicated")
    edit(lambda v: [["X-Signature-Copy", v]], "signature-in-wrong-header")
    if prefix:
        edit(lambda v: [[header, v.removeprefix(prefix)]], "signature-prefix-missing")
        word, colon, rest = prefix.partition(":")
        if word.upper() != word:
            edit(lambda v: [[header, word.upper() + colon + rest + v.removeprefix(prefix)]], "signature-prefix-wrong")
    if header == "Stripe-Signature":
        edit(lambda v: [[header, v.split(",")[0]]], "signature-header-truncated")
        edit(lambda v: [[header, v.replace("v1=", "v9=")]], "signature-prefix-wrong")
    m = honest(rule)
    others = [n for n, _ in m["headers"] if n not in (header, "Content-Type", "Host") and not n.lower().startswith("x-gcs-") or n == "X-GCS-KeyId"]
    if others:
        m["headers"] = [h for h in m["headers"] if h[0] != others[0]]
        question(rule, m, "mistake", "signature-place", ["required-header-missing"])


# The string to sign -------------------------------------------------------------------------------------------------------

LEFT_OUT = {
    "method": "method-left-out", "timestamp": "timestamp-left-out", "account-id": "account-id-left-out", "message-id": "message-id-left-out",
    "literal": "literal-left-out", "body": "body-left-out", "url": "url-left-out", "query": "query-left-out", "form-params": "form-params-left-out",
    "headers": "x-gcs-headers-left-out",
}


def string_case(rule, cls, parts, *expected, first=True, m=None):
    m = copy.deepcopy(m) if m else start(rule)
    if parts == rule.parts(m, rule.credentials) or not b"".join(p for _, p in parts):
        return
    if b"".join(p for _, p in parts) == b"".join(p for _, p in rule.parts(m, rule.credentials)):
        return
    question(rule, sent(rule, m, signature(rule, parts)), "mistake", cls, expected, first=first)


def strings(rule):
    m = start(rule)
    parts = rule.parts(m, rule.credentials)
    contents = [i for i, (n, _) in enumerate(parts) if n != SEP]
    for i in contents:
        name = parts[i][0]
        if name in LEFT_OUT and len(contents) > 1 and parts[i][1]:
            string_case(rule, "part-left-out", parts[:i] + parts[i + 1:], LEFT_OUT[name], *(["field-left-out"] if name == "field" else []))
    if len(contents) > 1:
        a, b = contents[0], contents[-1]
        swapped_parts = list(parts)
        swapped_parts[a], swapped_parts[b] = parts[b], parts[a]
        string_case(rule, "order", swapped_parts, "part-order-wrong", *(["secret-placement-wrong"] if rule.keyless else []))
    separators = [i for i, (n, _) in enumerate(parts) if n == SEP]
    if separators:
        string_case(rule, "separators", [p for p in parts if p[0] != SEP], "separator-missing")
        other = b"-" if parts[separators[0]][1] != b"-" else b"+"
        string_case(rule, "separators", [(n, other if n == SEP else p) for n, p in parts], "separator-wrong")
        if any(b"\n" in p for _, p in parts):
            string_case(rule, "separators", [(n, p.replace(b"\n", b"\r\n") if n != "body" else p) for n, p in parts], "separator-crlf")
            string_case(rule, "separators", [(n, p.replace(b"\n", b"\\n") if n in (SEP,) else p) for n, p in parts],
                        "literal-backslash-n", "headers-unsorted+literal-backslash-n") if not any(n == "headers" and p for n, p in parts) else None
    elif len(contents) > 1:
        for sep in (b".", b":", b"\n"):
            joined = [x for p in parts for x in ((SEP, sep), p)][1:]
            string_case(rule, "separators", joined, "separator-added")
    string_case(rule, "separators", parts + [(SEP, b"\n")], "trailing-newline-added", *(["body-trailing-newline-removed"] if parts[-1][0] == "body" else ["key-trailing-newline"] if parts[-1][0] == "secret" else []))
    if parts[-1] == (SEP, b"\n"):
        string_case(rule, "separators", parts[:-1], "trailing-newline-missing")


def placement(rule):
    m, c = start(rule), rule.credentials
    rest = [p for p in rule.parts(m, c) if p[0] != "secret"]
    secret = ("secret", c[rule.secret].encode())
    string_case(rule, "secret-placement", [secret, *rest], "secret-placement-wrong", "part-order-wrong")
    string_case(rule, "secret-placement", [*rest, secret], "secret-placement-wrong")


def times(rule):
    m = start(rule)
    text = m["time"]
    index = [i for i, (n, _) in enumerate(rule.parts(m, rule.credentials)) if n == "timestamp"][0]

    def put(other, *expected):
        parts = rule.parts(m, rule.credentials)
        parts[index] = ("timestamp", other.encode())
        string_case(rule, "time", parts, *expected)

    if text.isdigit():
        put(text + "000", "timestamp-unit-differs")
        put(str(int(text) + 1), "timestamp-regenerated")
        put(str(int(text) - 2), "timestamp-regenerated")
        put("2026-01-02T03:04:05Z", "timestamp-format-differs")
        put(str(int(text) + 3600), "date-signed-in-local-time")
        late = honest(rule)
        question(rule, late, "mistake", "time", ["timestamp-too-old"], now="2026-01-02T03:17:06.000Z")
        question(rule, late, "mistake", "time", ["timestamp-in-future"], now="2026-01-02T02:47:51.000Z")
        question(rule, late, "mistake", "time", ["timestamp-in-local-time"], now="2026-01-02T05:04:05.000Z")
        ms = copy.copy(rule)
        ms.time = text + "000"
        question(ms, honest(ms), "mistake", "time", ["timestamp-in-milliseconds"])
    elif "GMT" in text:
        put(text.replace("03:04:05", "03:04:06"), "timestamp-regenerated")
        put("2026-01-02T03:04:05Z", "timestamp-format-differs")
        put(text.replace("03:04:05", "04:04:05"), "date-signed-in-local-time")
        put(text.replace("Fri,", "Fr,").replace("Friday,", "Freitag,").replace("Jan ", "Jan ").replace("January", "Januar"), "date-not-english")
        local = copy.copy(rule)
        local.time = text.replace("Fri,", "ven.,").replace("Jan ", "janv. ").replace("Friday,", "vendredi,").replace("January", "janvier")
        question(local, honest(local), "mistake", "time", ["date-not-english"])
    else:
        put(text.replace("05Z", "06Z").replace("05.000Z", "06.000Z"), "timestamp-regenerated")
        put("1767323045", "timestamp-format-differs")
        put(text.replace("03:04", "05:04"), "date-signed-in-local-time")
        question(rule, honest(rule), "mistake", "time", ["timestamp-too-old"], now="2026-01-02T03:17:06.000Z")


def ingenico(rule):
    """Headers, path and query of the GCS rule."""
    m = start(rule)

    def put(cls, change, *expected, first=True):
        parts = change(rule.parts(m, rule.credentials))
        string_case(rule, cls, parts, *expected, first=first)

    def with_(name, text):
        return lambda parts: [(n, text if n == name else p) for n, p in parts]

    path, query = m["target"].split("?")
    put("query", with_("query", b"?" + query.encode()), "query-raw")
    put("query", with_("query", b"?" + "&".join(sorted(urllib.parse.unquote(query).split("&"))).encode()), "query-sorted")
    put("path", with_("path", urllib.parse.unquote_to_bytes(path)), "path-decoded")
    put("path", with_("path", path.removeprefix("/").encode()), "leading-slash-missing")
    put("path", with_("path", path.removeprefix("/v1/9991").encode()), "base-path-left-out")
    put("path", with_("path", path.lower().encode()), "path-lower-cased", "percent-case-differs") if path != path.lower() else None
    put("path", with_("path", (path + "/").encode()), "trailing-slash-differs")
    put("path", with_("path", path.replace("%2F", "%2f").encode()), "percent-case-differs")
    put("method", with_("method", m["method"].lower().encode()), "method-lower-case")
    put("content-type", with_("content-type", b"application/json"), "content-type-parameters-differ")
    put("content-type", with_("content-type", b""), "content-type-empty")
    put("content-type", lambda parts: parts[:2] + parts[4:], "content-type-line-left-out")
    put("body-too", lambda parts: parts + [("body", m["body"])], "body-signed-too")
    lines = rule.lines(m)
    put("headers", with_("headers", b"".join(lines[::-1])), "headers-unsorted")
    put("headers", with_("headers", b"".join(lines[1:])), "some-x-gcs-header-left-out")
    put("headers", with_("headers", b"".join(l.replace(b":", b": ", 1) for l in lines)), "header-colon-blank")
    named = sorted(((n, v) for n, v in rule.gcs), key=lambda h: h[0].lower())
    put("headers", with_("headers", "".join(f"{n}:{v}\n" for n, v in named).encode()), "header-names-not-lower-cased")
    put("headers", with_("headers", b"".join(lines[:1]).rstrip(b"\n") + b" \n" + b"".join(lines[1:])), "header-value-not-trimmed")
    utf8 = copy.copy(rule)
    utf8.gcs = [["X-GCS-Note", "Zoë"]]
    m8 = start(utf8)
    parts = utf8.parts(m8, utf8.credentials)
    sent(utf8, m8, signature(utf8, parts))
    # On the wire each header is Latin-1.
    question(utf8, m8, "mistake", "headers", ["header-latin1"], wire_encoding="latin-1")


def ingenico_get(rule):
    m = start(rule)
    string_case(rule, "content-type", [p for i, p in enumerate(rule.parts(m, rule.credentials)) if i not in (2, 3)], "content-type-line-left-out")
    twice = copy.copy(rule)
    twice.target = "/v1/9991/caf%25C3%25A9"
    m = start(twice)
    parts = [(n, b"/v1/9991/caf%C3%A9" if n == "path" else p) for n, p in twice.parts(m, twice.credentials)]
    string_case(twice, "path", parts, "path-double-encoded", m=m)
    plus = copy.copy(rule)
    plus.target = "/v1/9991/p?q=a+b"
    m = start(plus)
    parts = [(n, b"?q=a b" if n == "query" else p) for n, p in plus.parts(m, plus.credentials)]
    string_case(plus, "query", parts, "query-form-decoded", m=m)
    two = [(n, b"" if n == "content-type" else b"?q=a b" if n == "query" else p) for n, p in plus.parts(m, plus.credentials)]
    two[0] = ("method", b"get")
    string_case(plus, "two-mistakes", two, "query-form-decoded+method-lower-case", m=m)


def urls(rule):
    """The application sees another URL than the provider signed."""
    def put(seen, *expected, headers=(), target=None):
        m = honest(rule)
        m["url"] = seen
        m["headers"] += [list(h) for h in headers]
        if target:
            m["target"] = target
        question(rule, m, "mistake", "url", expected)

    url = rule.url
    host = urllib.parse.urlsplit(url).netloc
    put(url.replace("https:", "http:"), "url-scheme-differs")
    put(url.replace(host, host + ":8080"), "url-port-differs")
    put(url.replace(host, "internal-7"), "url-host-differs", headers=[["X-Forwarded-Host", host]])
    put(url.replace("https:", "http:").replace(host, "app:3000"), "url-scheme-differs+url-host-differs+url-port-differs", headers=[["X-Forwarded-Host", host]])
    path = urllib.parse.urlsplit(url).path
    if path.count("/") > 1:
        put(url.replace(path, "/" + path.split("/")[-1]), "url-path-prefix-differs", headers=[["X-Forwarded-Uri", rule.target]])
    put(url.replace("?", "/?"), "trailing-slash-differs")
    if "%20" in url:
        put(url.replace("%20", "+"), "url-query-reencoded")
        put(url.replace("%20", " ").replace(" ", "%20").replace("a%20b", "a+b"), "url-query-reencoded")


def twilio(rule):
    m = start(rule)
    pairs = urllib.parse.parse_qsl(rule.body)
    string_case(rule, "form", [("url", m["url"].encode()), ("form-params", "".join(n + v for n, v in pairs).encode())], "form-params-unsorted")
    raw = sorted(tuple(p.split("=")) for p in rule.body.split("&"))
    string_case(rule, "form", [("url", m["url"].encode()), ("form-params", "".join(n + v for n, v in raw).encode())], "form-values-not-decoded")
    string_case(rule, "query", [("url", m["url"].split("?")[0].encode()), rule.parts(m, rule.credentials)[1]], "query-left-out")


def fields(rule):
    """Values of single fields."""
    parts = rule.parts(start(rule), rule.credentials)

    def put(cls, old, new, *expected):
        changed = [(n, new if n == "field" and p == old else p) for n, p in parts]
        string_case(rule, cls, changed, *expected)

    if rule.scheme == "pledg-notification":
        changed, seen = [], 0
        for n, p in parts:
            seen += n == "field"
            changed.append((n, b"None" if n == "field" and seen == 2 else p))
        string_case(rule, "values", changed, "null-as-text")
        changed = [(n, b"null" if (n, p) == ("field", b"") else p) for n, p in parts]
        string_case(rule, "values", changed, "null-as-text")
        put("values", b"true", b"True", "boolean-capitalised")
        put("values", b"true", b"1", "boolean-as-number")
    if rule.scheme == "adyen-notifications":
        put("values", b"1130", b"11.30", "amount-in-major-units")
        put("values", b"1130", b"11.3", "amount-in-major-units")
    if rule.scheme == "payu-india":
        put("values", b"Shoe: black", b"Shoe%3A%20black", "field-escaped")
        put("values", b"10.00", b"10.0", "body-number-reformatted")
        put("values", b"10.00", b"10", "body-number-reformatted")


def tokens(rule):
    m = start(rule)
    header, _, payload = (p for _, p in rule.parts(m, {}))
    key = rule.key(rule.credentials)
    for text, found in [(payload, "jwt-payload-only-signed"), (b'{"typ":"JWT","alg":"HS256"}.' + json.dumps(rule.payload, separators=(",", ":")).encode(), "jwt-raw-json-signed")]:
        question(rule, sent(rule, copy.deepcopy(m), rule.mac(key, text)), "mistake", "token", [found])
    digest = rule.mac(key, header + b"." + payload)
    question(rule, sent(rule, copy.deepcopy(m), digest, base64.urlsafe_b64encode(digest).decode()), "mistake", "token", ["base64-padding-kept"])
    question(rule, sent(rule, copy.deepcopy(m), digest, b64(digest)), "mistake", "token", ["base64-instead-of-base64url", "base64-padding-kept"])
    question(rule, honest(rule), "mistake", "token", ["token-expired"], now="2026-01-02T05:04:05.000Z")


def content_md5(rule):
    m = start(rule)
    m["md5"] = b64(hashlib.md5(m["body"]).digest())
    question(rule, honest(rule, m), "mistake", "content-md5", ["content-md5-of-body"])


def siblings():
    """The rule of a sister product."""
    for rule, other in [(rules.D24(), rules.DlocalPayins()), (rules.DlocalPayins(), rules.D24())]:
        m = start(rule)
        question(rule, sent(rule, m, signature(rule, other.parts(m, rule.credentials))), "mistake", "sibling", ["sibling-scheme-rule", "part-order-wrong"])
    rule = rules.Stripe()
    m = start(rule)
    slack = [("literal", b"v0:"), ("timestamp", m["time"].encode()), (SEP, b":"), ("body", m["body"])]
    question(rule, sent(rule, m, signature(rule, slack)), "mistake", "sibling", ["sibling-scheme-rule"])


def pairs(rule):
    """Two mistakes at once."""
    tree = writers.parse(rule.body)
    compact, spaced = writers.dump(tree), writers.spaced(tree)

    def put(signed, seen, used, given, mac=None, text=None, *expected):
        m = start(rule, signed)
        credentials = rule.credentials | {rule.secret: used}
        digest = signature(rule, rule.parts(m, credentials), rule.key(credentials), mac)
        sent(rule, m, digest, text and text(digest))
        m["body"] = seen.encode()
        question(rule, m, "mistake", "two-mistakes", expected, rule.credentials | {rule.secret: given})

    secret = rule.credentials[rule.secret]
    put(spaced.encode(), compact, secret, secret + "\n", None, None, "body-json-compacted+key-trailing-newline")
    put(compact.encode(), compact + "\n", secret, f'"{secret}"', None, None, "body-trailing-newline-added+key-surrounding-quotes")
    if not rule.scheme == "standard-webhooks":
        put(compact.encode(), spaced, b64(secret.encode()), secret, None, None, "body-json-spaced+key-base64-encoded")
    put(spaced.encode(), compact, secret, secret, lambda k, t: hmac.new(k, t, "sha1").digest(), None, "body-json-compacted+wrong-hash-sha1")
    wrong = (lambda d: d.hex(), "hex-instead-of-base64") if rule.encoding == "base64" else (b64, "base64-instead-of-hex")
    put(spaced.encode(), compact, secret, secret, None, wrong[0], f"body-json-compacted+{wrong[1]}")
    if rule.scheme != "standard-webhooks":
        put(compact.encode(), compact + "\n", secret + "\n", secret, None, None, "body-trailing-newline-added+key-trailing-newline")


def controls(rule):
    """Content that was changed, and keys nobody knows: nothing may be found."""
    m = honest(rule)
    body = m["body"]
    for old, new in [(b"10.50", b"99.50"), (b"paid", b"lost"), (b"4711", b"4712"), (b"1234", b"1235"), (b"TestPayment", b"TestPaymend"), (b"completed", b"cancelled"), (b"test-valid", b"test-walid"), (b"10.00", b"11.00")]:
        if old in body and any(n in ("body", "form-params", "field", "canonical") for n, _ in rule.parts(start(rule), rule.credentials)):
            changed = copy.deepcopy(m)
            changed["body"] = body.replace(old, new)
            question(rule, changed, "control", "tampered-body", [])
            break
    digest = signature(rule, rule.parts(start(rule), rule.credentials), bytes(RANDOM.randrange(256) for _ in range(32))) if not rule.keyless else hashlib.new(rule.hash, RANDOM.randbytes(32)).digest()
    question(rule, sent(rule, start(rule), digest), "control", "random-key", [])


def main():
    every = rules.ALL
    for rule in every:
        question(rule, honest(rule), "valid", "valid", [])
        controls(rule)
    by = {}
    for rule in every:
        by.setdefault((rule.scheme, rule.flow), rule)
    json_body = [r for r in every if r.body and r.body.startswith("{") and r.scheme in ("github", "slack", "stripe", "standard-webhooks", "directa24-deposits", "shopify", "square")]
    for rule in json_body:
        bodies(rule)
        pairs(rule)
    some = [r for r in every if r.scheme in ("paystack", "dlocal-go", "dlocal-payins", "directa24-cashouts")]
    for rule in some:
        pairs(rule)
    forms(every[6])
    empty_bodies(rules.D24())
    for rule in every:
        if rule.scheme not in ("pledg-jwt",):
            keys(rule)
        algorithms(rule)
        if rule.scheme != "pledg-jwt":
            encodings(rule)
        if hasattr(rule, "header"):
            places(rule)
        if rule.scheme not in ("aws-sigv4", "pledg-jwt"):
            strings(rule)
        if rule.time and rule.scheme not in ("aws-sigv4", "smile-signature"):
            times(rule)
        if rule.url:
            urls(rule)
        if rule.keyless:
            placement(rule)
        fields(rule)
    for rule, public in [(rules.D24(), "login"), (rules.DlocalGo(), "login"), (rules.Smile(), "partner_id")]:
        swapped(rule, public)
    derivations(rules.Ip2())
    content_md5(rules.Ip2())
    ingenico(rules.Ingenico())
    ingenico_get(rules.IngenicoGet())
    twilio(rules.Twilio())
    tokens(rules.PledgJwt())
    siblings()
    smile = rules.Smile()
    parts = [(n, b"85" if n == "account-id" else p) for n, p in smile.parts(start(smile), smile.credentials)]
    string_case(smile, "values", parts, "leading-zeros-dropped")
    extra_controls()
    CASES.extend(every_scheme.cases())
    text = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in CASES)
    pathlib.Path(sys.argv[1]).write_text(text)
    count = {kind: sum(c["kind"] == kind for c in CASES) for kind in ("mistake", "control", "valid")}
    print(count)


def extra_controls():
    """Changes that look harmless and are none."""
    rule = rules.Stripe()
    for old, new in [(b"Zo", b"zo"), (b"payment.paid", b"payment.void"), (b'"count":3', b'"count":4'), (b"true", b"false"), (b"evt_1", b"evt_2"), (b"A-1", b"A_1")]:
        m = honest(rule)
        m["body"] = m["body"].replace(old, new)
        question(rule, m, "control", "tampered-body", [])
    rule = rules.Ingenico()
    for old, new in [("page=2", "page=3"), ("9991", "9992")]:
        m = honest(rule)
        m["target"] = m["target"].replace(old, new)
        question(rule, m, "control", "tampered-target", [])


if __name__ == "__main__":
    main()
