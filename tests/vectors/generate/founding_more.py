"""More lines for the founding schemes whose files hold few."""
import hashlib

from lib import Book, added, b64, mac, message, twice, with_body, with_header, without

ME = "founding_more.py"
FILE = "founding-more.jsonl"
AT = 1_700_000_000_000
JSON_TYPE = ("Content-Type", "application/json")
BODIES = {"json": '{"id":"1","amount":"10.50","name":"Jos\u00e9"}', "empty": "", "spaced": ' { "a" : 1.0 }\r\n', "escaped": '{"a":"\\/\\u00e9"}'}


def dlocal_go():
    book = Book(ME, "dlocal-go", "request", FILE)
    keys = {"login": "key-1", "secret": "secret-1"}
    for flow in ("request", "webhook"):
        for name, body in BODIES.items():
            header = [("Authorization", "V2-HMAC-SHA256, Signature: " + mac("sha256", "secret-1", "key-1" + body).hex())]
            plain = message("POST", "/v1/payments", [JSON_TYPE], body)
            book.sign(name, plain, {"headers": header, "string_to_sign": "key-1" + body}, credentials=keys, flow=flow)
            book.verify(name, added(plain, header), "ok", credentials=keys, flow=flow)
        good = added(message("POST", "/v1/payments", [JSON_TYPE], BODIES["json"]), [("Authorization", "V2-HMAC-SHA256, Signature: " + mac("sha256", "secret-1", "key-1" + BODIES["json"]).hex())])
        digest = good["headers"][-1][1][-64:]
        book.refusals(good, "Authorization", keys, {**keys, "secret": "x"}, ["", digest, "V2-HMAC-SHA256, Signature: " + digest.upper(), "V2-HMAC-SHA256, Signature: " + digest[:-1]], flow=flow)
        book.verify("body", with_body(good, good["body"].replace("10.50", "10.5")), "signature_mismatch", credentials=keys, flow=flow)
        book.verify("other-login", good, "signature_mismatch", credentials={**keys, "login": "key-2"}, flow=flow)
    return book


def dlocal():
    book = Book(ME, "dlocal-payins", "request", FILE)
    keys = {"login": "login-1", "secret": "secret-1"}
    date = "2023-11-14T22:13:20.000Z"

    def headers(body, flow):
        digest = mac("sha256", "secret-1", "login-1" + date + body).hex()
        if flow == "webhook":
            return [("X-Date", date), ("Signature", digest)]
        return [("X-Date", date), ("X-Login", "login-1"), ("Authorization", "V2-HMAC-SHA256, Signature: " + digest)]

    for flow, name_of in (("request", "Authorization"), ("webhook", "Signature")):
        for name, body in BODIES.items():
            plain = message("POST", "/payments", [JSON_TYPE], body)
            book.sign(name, plain, {"headers": headers(body, flow), "string_to_sign": "login-1" + date + body}, credentials=keys, flow=flow, now=AT)
            book.verify(name, added(plain, headers(body, flow)), {"status": "ok", "timestamp": date}, credentials=keys, flow=flow, now=AT)
        good = added(message("POST", "/payments", [JSON_TYPE], BODIES["json"]), headers(BODIES["json"], flow))
        book.refusals(good, name_of, keys, {**keys, "secret": "x"}, ["", "zz", good["headers"][-1][1][:-2]], flow=flow, now=AT)
        book.verify("body", with_body(good, good["body"] + " "), "signature_mismatch", credentials=keys, flow=flow, now=AT)
        book.verify("date-changed", with_header(good, "X-Date", "2023-11-14T22:13:21.000Z"), "signature_mismatch", credentials=keys, flow=flow, now=AT)
        book.verify("no-date", without(good, "X-Date"), "missing_field", credentials=keys, flow=flow, now=AT)
        book.verify("two-dates", twice(good, "X-Date"), "duplicate_field", credentials=keys, flow=flow, now=AT)
        book.verify("odd-date", with_header(good, "X-Date", "14 Nov 2023"), "malformed_field", credentials=keys, flow=flow, now=AT)
        book.time_edges(good, AT, 300, keys, flow=flow)
    book.verify("unknown-login", with_header(added(message("POST", "/payments", [JSON_TYPE], ""), headers("", "request")), "X-Login", "login-2"), "unknown_key", credentials=keys, now=AT)
    return book


def deposits():
    """Notifications: the tolerance of 5 s is stated for requests only, and so is the spelling of the time."""
    book = Book(ME, "directa24-deposits", "webhook", FILE)
    keys = {"login": "login-1", "secret": "api-signature"}
    body = '{"deposit_id":3000000001}'

    def signed(date, given=body):
        digest = mac("sha256", "api-signature", date + "login-1" + given).hex()
        return added(message("POST", "/ipn", [JSON_TYPE], given), [("X-Date", date), ("X-Login", "login-1"), ("Authorization", "D24 " + digest)])

    good = signed("2023-11-14T22:13:20Z")
    at = {"credentials": keys, "now": AT}
    book.sign("notification", message("POST", "/ipn", [JSON_TYPE], body), {"headers": good["headers"][1:]}, **at)
    for name, date in {"z": "2023-11-14T22:13:20Z", "offset": "2023-11-14T23:13:20+01:00", "offset-without-colon": "2023-11-14T22:13:20+0000",
                       "fraction": "2023-11-14T22:13:20.000Z", "no-zone": "2023-11-14T22:13:20"}.items():
        book.verify("notification-" + name, signed(date), {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}, **at)
        book.verify("notification-%s-changed" % name, with_body(signed(date), body + " "), "signature_mismatch", **at)
    for name, date in {"http": "Tue, 14 Nov 2023 22:13:20 GMT", "unix": "1700000000", "blank": "2023-11-14 22:13:20Z"}.items():
        book.verify("notification-time-" + name, signed(date), "malformed_field", **at)
    book.verify("notification-respelled", with_header(good, "X-Date", "2023-11-14T22:13:20+00:00"), "signature_mismatch", **at, note="the time is signed as it is spelled")
    book.verify("notification-end-of-the-time-moved", with_header(with_body(good, "Zlogin-1" + body), "X-Date", "2023-11-14T22:13:20"), "signature_mismatch", **at,
                note="what stands behind the time is the login, which is compared first")
    book.verify("notification-end-of-the-time-in-the-login", with_header(with_header(good, "X-Date", "2023-11-14T22:13:20"), "X-Login", "Zlogin-1"), "unknown_key", **at)
    book.time_edges(good, AT, 300, keys)
    return book


def cashouts():
    book = Book(ME, "directa24-cashouts", "request", FILE)
    keys = {"secret": "api-signature"}
    for flow in ("request", "webhook"):
        for name, body in BODIES.items():
            header = [("Payload-Signature", mac("sha256", "api-signature", body).hex())]
            plain = message("POST", "/v3/cashout", [JSON_TYPE], body)
            book.sign("more-" + name, plain, {"headers": header, "string_to_sign": body}, credentials=keys, flow=flow)
            book.verify("more-" + name, added(plain, header), "ok", credentials=keys, flow=flow)
        digest = mac("sha256", "api-signature", BODIES["json"]).hex()
        good = added(message("POST", "/v3/cashout", [JSON_TYPE], BODIES["json"]), [("Payload-Signature", digest)])
        book.refusals(good, "Payload-Signature", keys, {"secret": "x"}, ["", digest.upper(), "D24 " + digest, digest[1:]], flow=flow)
        book.verify("more-body", with_body(good, good["body"] + "\n"), "signature_mismatch", credentials=keys, flow=flow)
    return book


def pledg():
    book = Book(ME, "pledg-notification", "webhook", FILE)
    keys = {"secret": "pledg-secret"}
    fields = ("created_at", "error", "id", "reference", "sandbox", "status")

    def signature(values, secret="pledg-secret"):
        return hashlib.sha256(secret.join("%s=%s" % (n, values[n]) for n in fields).encode()).hexdigest().upper()

    def post(**changed):
        values = {"created_at": '"2023-11-14 22:13:20"', "error": '""', "id": '"pur_1"', "reference": '"ref-\u00e9"', "sandbox": "true", "status": '"completed"', **changed}
        texts = {n: v if v in ("true", "false") else "" if v == "null" else v.strip('"') for n, v in values.items()}
        text = ",".join('"%s":%s' % (n, v) for n, v in values.items())
        return message("POST", "/notify", [JSON_TYPE], "{%s}" % text), signature(texts)

    for name, changed in {"plain": {}, "error-null": {"error": "null"}, "production": {"sandbox": "false"}, "number": {"id": "12345"}, "failed": {"error": '"declined"', "status": '"failed"'}}.items():
        plain, digest = post(**changed)
        book.sign("more-" + name, plain, {"body_members": {"signature": digest}}, credentials=keys)
        book.verify("more-" + name, with_body(plain, plain["body"][:-1] + ',"signature":"%s","metadata":{"x":1}}' % digest), "ok", credentials=keys)
    plain, digest = post()
    whole = with_body(plain, plain["body"][:-1] + ',"signature":"%s"}' % digest)
    for name, old, new, expect in (
        ("reference", "ref-\u00e9", "ref-e", "signature_mismatch"), ("status", "completed", "failed", "signature_mismatch"), ("sandbox", "true", "false", "signature_mismatch"),
        ("sandbox-text", "true", '"true"', "ok"), ("id-object", '"pur_1"', "{}", "malformed_field"), ("lower-hex", digest, digest.lower(), "malformed_signature"),
        ("no-signature", ',"signature":"%s"' % digest, "", "missing_signature"), ("no-status", ',"status":"completed"', "", "missing_field"),
        ("status-twice", '"status"', '"status":"completed","status"', "duplicate_field"), ("not-json", "{", "", "malformed_field"),
        ("deep", '"completed"', "[" * 9000 + "]" * 9000, {"rejected": True}),
    ):
        book.verify("more-" + name, with_body(whole, whole["body"].replace(old, new, 1)), expect, credentials=keys)
    book.verify("more-other-secret", whole, "signature_mismatch", credentials={"secret": "x"})
    return book


def pledg_token():
    book = Book(ME, "pledg-token", "request", FILE)
    nothing = message("GET", "/", [])
    for name, key, secret in (("plain", "key-1", "secret-1"), ("colon-in-secret", "key-1", "a:b"), ("utf8", "cl\u00e9", "\u20ac")):
        expect = {"status": "ok", "method": "POST", "target": "/api/token", "body": "grant_type=client_credentials", "headers": [
            ["Content-Type", "application/x-www-form-urlencoded"], ["Authorization", "Basic " + b64(("%s:%s" % (key, secret)).encode())]]}
        book.add(name, "token_request", nothing, expect, credentials={"api_key": key, "api_secret": secret}, now=AT)
    for name, keys in {"colon-in-key": {"api_key": "a:b", "api_secret": "s"}, "no-secret": {"api_key": "a"}, "empty-secret": {"api_key": "a", "api_secret": ""},
                       "line-feed": {"api_key": "a", "api_secret": "s\ns"}, "unknown": {"api_key": "a", "api_secret": "s", "scope": "x"}}.items():
        book.add(name, "token_request", nothing, "invalid_credentials", credentials=keys, now=AT)
    keys = {"api_key": "a", "api_secret": "s"}
    book.add("no-signature", "sign", nothing, "unsupported", credentials=keys, now=AT)
    book.add("no-judge", "verify", added(nothing, [("Authorization", "Bearer x")]), "unsupported", credentials=keys, now=AT)
    return book


def books():
    one = dlocal_go()
    for book in (dlocal(), deposits(), cashouts(), pledg(), pledg_token()):
        one.lines += book.lines
    return [one]
