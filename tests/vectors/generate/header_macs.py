"""Webhooks whose MAC stands in a header: Slack, Stripe, Standard Webhooks, GitHub, Square, Twilio with either kind of key."""
import urllib.parse

from lib import Book, added, b64, mac, message, sha256, twice, with_body, with_header, without

ME = "header_macs.py"
AT = 1_700_000_000_000
JSON_TYPE = ("Content-Type", "application/json")
BODY = '{"id":"evt_1","amount":1050,"note":"caf\u00e9 \u20ac","price":1.50}'
BODIES = {"json": BODY, "empty": "", "line-ends": "a\r\nb\nc\r\n\n", "nul": "a\u0000b", "quotes": '{"a":"$& \\\\ \\u00e9"}'}


def slack():
    book = Book(ME, "slack", "webhook")
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    keys = {"signing_secret": secret}

    def headers(body, ts="1700000000", key=secret):
        return [("X-Slack-Request-Timestamp", ts), ("X-Slack-Signature", "v0=" + mac("sha256", key, "v0:%s:%s" % (ts, body)).hex())]

    for name, body in BODIES.items():
        plain = message("POST", "/slack", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers(body), "string_to_sign": "v0:1700000000:" + body}, credentials=keys, now=AT)
        book.verify(name, added(plain, headers(body)), {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT)
    good = added(message("POST", "/slack", [JSON_TYPE], BODY), headers(BODY))
    bad = mac("sha256", secret, "v0:1700000000:" + BODY).hex()
    book.refusals(good, "X-Slack-Signature", keys, {"signing_secret": "another"},
                  ["", "v0=", bad, "v0=" + bad[:-1], "v0=" + bad[:-2], "v0=" + bad.upper(), "v0=" + "g" * 64, "v1=" + bad, "v0=%s " % bad + bad], now=AT)
    book.verify("body", with_body(good, BODY + " "), "signature_mismatch", credentials=keys, now=AT)
    book.verify("time-changed", with_header(good, "X-Slack-Request-Timestamp", "1700000001"), "signature_mismatch", credentials=keys, now=AT)
    book.verify("no-time", without(good, "X-Slack-Request-Timestamp"), "missing_field", credentials=keys, now=AT)
    book.verify("two-times", twice(good, "X-Slack-Request-Timestamp"), "duplicate_field", credentials=keys, now=AT)
    for n, text in enumerate(["", "17e8", "-1700000000", "1700000000.5", "99999999999999999999", "\u0661\u0667"]):
        book.verify("odd-time-%d" % n, with_header(good, "X-Slack-Request-Timestamp", text), "malformed_field", credentials=keys, now=AT)
    book.verify("target-is-not-signed", {**good, "target": "/elsewhere?x=1"}, "ok", credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)
    old = added(message("POST", "/slack", [JSON_TYPE], BODY), headers(BODY, key="old"))
    book.verify("second-key-of-the-ring", old, "ok", keys=[{"credentials": keys}, {"credentials": {"signing_secret": "old"}}], now=AT)
    return book


def stripe():
    book = Book(ME, "stripe", "webhook")
    secret = "whsec_test_secret"
    keys = {"secret": secret}

    def v1(body=BODY, ts="1700000000", key=secret):
        return mac("sha256", key, "%s.%s" % (ts, body)).hex()

    def signed(text, body=BODY):
        return added(message("POST", "/stripe", [JSON_TYPE], body), [("Stripe-Signature", text)])

    for name, body in BODIES.items():
        text = "t=1700000000,v1=" + v1(body)
        book.sign(name, message("POST", "/stripe", [JSON_TYPE], body), {"headers": [("Stripe-Signature", text)], "string_to_sign": "1700000000." + body},
                  credentials=keys, now=AT)
        book.verify(name, signed(text, body), {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT)
    good, old = v1(), v1(key="whsec_old")
    for name, text in {
        "rolled-new-first": "t=1700000000,v1=%s,v1=%s" % (good, old),
        "rolled-old-first": "t=1700000000,v1=%s,v1=%s" % (old, good),
        "v0-beside": "t=1700000000,v1=%s,v0=%s" % (good, "0" * 64),
        "time-last": "v1=%s,t=1700000000" % good,
        "unknown-item": "t=1700000000,x9=whatever,v1=" + good,
    }.items():
        book.verify(name, signed(text), "ok", credentials=keys, now=AT)
    for name, text, expect in (
        ("v0-alone", "t=1700000000,v0=" + good, "missing_signature"),
        ("no-time", "v1=" + good, "missing_field"),
        ("two-times", "t=1700000000,t=1700000001,v1=" + good, "duplicate_field"),
        ("no-items", "", "malformed_signature"),
        ("item-without-value", "t=1700000000,v1", "malformed_signature"),
        ("hex-upper", "t=1700000000,v1=" + good.upper(), "malformed_signature"),
        ("short", "t=1700000000,v1=" + good[:-2], "malformed_signature"),
        ("other-time", "t=1700000001,v1=" + good, "signature_mismatch"),
    ):
        book.verify(name, signed(text), expect, credentials=keys, now=AT)
    whole = signed("t=1700000000,v1=" + good)
    book.verify("no-header", without(whole, "Stripe-Signature"), "missing_signature", credentials=keys, now=AT)
    book.verify("two-headers", twice(whole, "Stripe-Signature"), "duplicate_field", credentials=keys, now=AT)
    book.verify("body", with_body(whole, BODY.replace("1050", "1051")), "signature_mismatch", credentials=keys, now=AT)
    book.verify("key-without-its-prefix", whole, "signature_mismatch", credentials={"secret": "test_secret"}, now=AT)
    book.time_edges(whole, AT, 300, keys)
    return book


def standard():
    book = Book(ME, "standard-webhooks", "webhook")
    raw = bytes(range(24))
    keys = {"secret": "whsec_" + b64(raw)}

    def v1(body=BODY, msg="msg_1", ts="1700000000", key=raw):
        return "v1," + b64(mac("sha256", key, "%s.%s.%s" % (msg, ts, body)))

    def signed(text, body=BODY, prefix="Webhook", msg="msg_1", ts="1700000000"):
        return added(message("POST", "/hook", [JSON_TYPE], body),
                     [(prefix + "-Id", msg), (prefix + "-Timestamp", ts), (prefix + "-Signature", text)])

    for name, body in BODIES.items():
        plain = message("POST", "/hook", [JSON_TYPE], body)
        expect = {"headers": [("Webhook-Id", "msg_1"), ("Webhook-Timestamp", "1700000000"), ("Webhook-Signature", v1(body))],
                  "string_to_sign": "msg_1.1700000000." + body}
        book.sign(name, plain, expect, credentials=keys, now=AT, nonce="msg_1")
        book.verify(name, signed(v1(body), body), {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT)
    other = v1(key=b"another key of 24 bytes.")
    for name, text in {
        "old-beside": other + " " + v1(),
        "new-first": v1() + " " + other,
        "asymmetric-beside": "v1a,AAAA " + v1(),
    }.items():
        book.verify(name, signed(text), "ok", credentials=keys, now=AT)
    book.verify("svix-names", signed(v1(), prefix="Svix"), "ok", credentials=keys, now=AT)
    good = signed(v1())
    book.refusals(good, "Webhook-Signature", keys, {"secret": "whsec_" + b64(b"x" * 24)},
                  ["", "v1", "v1," + v1()[3:-1], v1().replace("v1,", "v1,="), v1()[3:]], now=AT)
    book.verify("asymmetric-alone", signed("v1a,AAAA"), "missing_signature", credentials=keys, now=AT)
    book.verify("body", with_body(good, BODY + "\n"), "signature_mismatch", credentials=keys, now=AT)
    book.verify("id-changed", with_header(good, "Webhook-Id", "msg_2"), "signature_mismatch", credentials=keys, now=AT)
    book.verify("no-id", without(good, "Webhook-Id"), "missing_field", credentials=keys, now=AT)
    book.verify("no-time", without(good, "Webhook-Timestamp"), "missing_field", credentials=keys, now=AT)
    book.verify("odd-time", with_header(good, "Webhook-Timestamp", "2023-11-14T22:13:20Z"), "malformed_field", credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)
    book.add("key-without-prefix", "sign", message("POST", "/", [], ""), "invalid_credentials", credentials={"secret": b64(raw)}, now=AT, nonce="m")
    book.add("key-not-base64", "sign", message("POST", "/", [], ""), "invalid_credentials", credentials={"secret": "whsec_%%%"}, now=AT, nonce="m")
    book.add("no-message-id", "sign", message("POST", "/", [], ""), "invalid_option", credentials=keys, now=AT)
    return book


def github():
    book = Book(ME, "github", "webhook")
    secret = "It's a Secret to Everybody"
    keys = {"secret": secret}
    published = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert mac("sha256", secret, "Hello, World!").hex() == published
    book.verify("documentation", message("POST", "/", [("X-Hub-Signature-256", "sha256=" + published)], "Hello, World!"), "ok", credentials=keys,
                source="docs.github.com, Validating webhook deliveries, Testing the webhook payload validation")
    for name, body in BODIES.items():
        header = [("X-Hub-Signature-256", "sha256=" + mac("sha256", secret, body).hex())]
        plain = message("POST", "/gh", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": header, "string_to_sign": body}, credentials=keys)
        book.verify(name, added(plain, header), "ok", credentials=keys)
    digest = mac("sha256", secret, BODY).hex()
    good = added(message("POST", "/gh", [JSON_TYPE], BODY), [("X-Hub-Signature-256", "sha256=" + digest)])
    book.refusals(good, "X-Hub-Signature-256", keys, {"secret": "x"}, ["", "sha256=", digest, "sha1=" + digest[:40], "sha256=" + digest.upper(), "sha256=" + digest + "00"])
    book.verify("body", with_body(good, BODY.replace("caf\u00e9", "cafe\u0301")), "signature_mismatch", credentials=keys,
                note="the same text to the eye, other bytes")
    book.verify("lower-case-header-name", {**good, "headers": [[n.lower(), v] for n, v in good["headers"]]}, "ok", credentials=keys)
    book.add("empty-secret", "verify", good, "invalid_credentials", credentials={"secret": ""})
    for option, value in {"nonce": "n-1", "timestamp_text": "1", "payload": "{}", "expires_in": 60}.items():
        book.add("no-use-for-" + option.replace("_", "-"), "sign", plain, "invalid_option", credentials=keys, now=AT, **{option: value}, note="it would be dropped")
    return book


def square():
    book = Book(ME, "square", "webhook")
    keys = {"signature_key": "5ybXa1xXtS2nFxwH4Ah9zA"}
    url = "https://example.com/square?a=1"
    for name, body in BODIES.items():
        header = [("X-Square-Hmacsha256-Signature", b64(mac("sha256", keys["signature_key"], url + body)))]
        plain = message("POST", "/square?a=1", [JSON_TYPE], body, url)
        book.sign(name, plain, {"headers": header, "string_to_sign": url + body}, credentials=keys)
        book.verify(name, added(plain, header), "ok", credentials=keys)
    digest = b64(mac("sha256", keys["signature_key"], url + BODY))
    good = added(message("POST", "/square?a=1", [JSON_TYPE], BODY, url), [("X-Square-Hmacsha256-Signature", digest)])
    book.refusals(good, "X-Square-Hmacsha256-Signature", keys, {"signature_key": "other"}, ["", digest[:-1], "!" + digest[1:], digest + "="])
    book.verify("body", with_body(good, BODY + "x"), "signature_mismatch", credentials=keys)
    for name, changed in {"port": "https://example.com:443/square?a=1", "scheme": "http://example.com/square?a=1", "no-query": "https://example.com/square"}.items():
        book.verify("url-" + name, {**good, "url": changed}, "signature_mismatch", credentials=keys)
    book.verify("url-with-fragment", {**good, "url": url + "#top"}, "ok", credentials=keys, note="a fragment is never sent")
    for name, target in {"changed": "/square?a=2", "longer": "/square?a=1&b=2", "empty": "/square?"}.items():
        book.verify("target-query-" + name, {**good, "target": target}, "content_rejected", credentials=keys, note="the URL's query is signed, and the message came with another")
        book.add("target-query-" + name, "sign", {**plain, "target": target}, "invalid_message", credentials=keys)
    book.verify("target-without-query", {**good, "target": "/square"}, "ok", credentials=keys, note="many hosts hand the URL alone")
    no_url = {k: v for k, v in good.items() if k != "url"}
    book.verify("no-url", {**no_url, "headers": good["headers"] + [["Host", "example.com"]]}, "invalid_message", credentials=keys,
                note="the address is never made from the Host header")
    return book


def twilio():
    book = Book(ME, "twilio", "webhook")
    token = "12345"
    keys = {"auth_token": token}
    form_type = ("Content-Type", "application/x-www-form-urlencoded")
    url = "https://example.com/sms?foo=1"

    def signature(address, pairs=()):
        return b64(mac("sha1", token, address + "".join(n + v for n, v in sorted(set(pairs)))))

    forms = {
        "form": [("To", "+18005551212"), ("From", "+14158675310"), ("Body", "hi & bye"), ("CallSid", "CA1")],
        "utf8": [("Body", "\u00fcber \u20ac"), ("A", "")],
        "same-name": [("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b"), ("X", "1")],
        "case": [("b", "1"), ("B", "2"), ("a", "3")],
        "empty": [],
    }
    for name, pairs in forms.items():
        body = urllib.parse.urlencode(pairs)
        header = [("X-Twilio-Signature", signature(url, pairs))]
        plain = message("POST", "/sms?foo=1", [form_type], body, url)
        book.sign(name, plain, {"headers": header}, credentials=keys)
        book.verify(name, added(plain, header), "ok", credentials=keys)
    json_url = url + "&bodySHA256=" + sha256(BODY).hex()
    plain = message("POST", "/sms?foo=1", [JSON_TYPE], BODY, url)
    book.sign("json", plain, {"headers": [("X-Twilio-Signature", signature(json_url))], "target": "/sms?foo=1&bodySHA256=" + sha256(BODY).hex()}, credentials=keys)
    good_json = message("POST", "/sms?foo=1&bodySHA256=" + sha256(BODY).hex(), [JSON_TYPE, ("X-Twilio-Signature", signature(json_url))], BODY, json_url)
    book.verify("json", good_json, "ok", credentials=keys)
    book.verify("json-body", with_body(good_json, BODY + " "), "content_rejected", credentials=keys, note="the digest in the address is not the body's")
    bare = message("POST", "/sms?foo=1", [JSON_TYPE, ("X-Twilio-Signature", signature(url))], BODY, url)
    book.verify("json-without-digest", bare, "missing_field", credentials=keys, note="the body would not be covered")
    body = urllib.parse.urlencode(forms["form"])
    good = added(message("POST", "/sms?foo=1", [form_type], body, url), [("X-Twilio-Signature", signature(url, forms["form"]))])
    book.refusals(good, "X-Twilio-Signature", keys, {"auth_token": "54321"}, ["", "abc", signature(url, forms["form"])[:-1]])
    book.verify("form-order", with_body(good, urllib.parse.urlencode(forms["form"][::-1])), "ok", credentials=keys, note="fields are signed sorted")
    book.verify("form-value", with_body(good, body.replace("CA1", "CA2")), "signature_mismatch", credentials=keys)
    book.verify("form-more", with_body(good, body + "&Extra=1"), "signature_mismatch", credentials=keys)
    book.verify("url-port", {**good, "url": "https://example.com:443/sms?foo=1"}, "signature_mismatch", credentials=keys)
    get = message("GET", "/sms?foo=1", [("X-Twilio-Signature", signature(url))], None, url)
    book.verify("get", get, "ok", credentials=keys)
    return book


# What RequestValidator.compute_signature of twilio 9.13.0 for Python gave for these messages.
TWILIO_MADE = {
    "form": "EsoiHDRdcRBfYVXVVVTsRTEeZMwBqq1xptpQclz2QvM=",
    "utf8": "+sUAnRApS3nbzg1mIuJcDb6R0Wa2MRB3o01TzFSQ04Y=",
    "same-name": "F71idLb0JYgI9oIZglrBsc2XoKegpsQF/cFpvrpfNEU=",
    "empty": "gE+MHUrbDkyf8AZ/rHWdjBHhMtZscnoggRqA2RRdRIY=",
    "json": "rwB8mI3deqmJ3et6Z90p1GEWQ1Ih3YSyaHQ4inC2y0Y=",
    "form-sha1": "uTy0q8mCw7F8Ahq7IZQil/ObJNA=",
}


def twilio_shared_key():
    book = Book(ME, "twilio-shared-key", "webhook")
    keys = {"key_id": "webhooks_sharedkey_01k4test", "secret": "alert-signing-secret"}
    form_type = ("Content-Type", "application/x-www-form-urlencoded")
    url = "https://example.com/sms?foo=1"
    named, source = "X-Twilio-Webhooks-Signature-Settings", "twilio 9.13.0 for Python, RequestValidator.compute_signature"

    def signature(address, pairs=(), hash_name="sha256", key=keys["secret"]):
        return b64(mac(hash_name, key, address + "".join(n + v for n, v in sorted(set(pairs)))))

    def headers(digest, algorithm="HMAC_SHA256", key_id=keys["key_id"]):
        return [(named, "key=%s,algorithm=%s" % (key_id, algorithm)), ("X-Twilio-Signature", digest)]

    forms = {
        "form": [("To", "+18005551212"), ("From", "+14158675310"), ("Body", "hi & bye"), ("CallSid", "CA1")],
        "utf8": [("Body", "\u00fcber \u20ac"), ("A", "")],
        "same-name": [("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b"), ("X", "1")],
        "empty": [],
    }
    for name, pairs in forms.items():
        assert signature(url, pairs) == TWILIO_MADE[name], name
        plain = message("POST", "/sms?foo=1", [form_type], urllib.parse.urlencode(pairs), url)
        book.sign(name, plain, {"headers": headers(TWILIO_MADE[name])}, credentials=keys, source=source)
        book.verify(name, added(plain, headers(TWILIO_MADE[name])), {"status": "ok", "key_id": keys["key_id"]}, credentials=keys, source=source)
    digest = sha256(BODY).hex()
    json_url = url + "&bodySHA256=" + digest
    assert signature(json_url) == TWILIO_MADE["json"]
    plain = message("POST", "/sms?foo=1", [JSON_TYPE], BODY, url)
    book.sign("json", plain, {"headers": headers(TWILIO_MADE["json"]), "target": "/sms?foo=1&bodySHA256=" + digest}, credentials=keys, source=source)
    good_json = added(message("POST", "/sms?foo=1&bodySHA256=" + digest, [JSON_TYPE], BODY, json_url), headers(TWILIO_MADE["json"]))
    book.verify("json", good_json, "ok", credentials=keys, source=source)
    book.verify("json-body", with_body(good_json, BODY + " "), "content_rejected", credentials=keys, note="the digest in the address is not the body's")
    bare = added(message("POST", "/sms?foo=1", [JSON_TYPE], BODY, url), headers(signature(url)))
    book.verify("json-without-digest", bare, "missing_field", credentials=keys, note="the body would not be covered")
    form = message("POST", "/sms?foo=1", [form_type], urllib.parse.urlencode(forms["form"]), url)
    sha1 = TWILIO_MADE["form-sha1"]
    assert signature(url, forms["form"], "sha1") == sha1
    book.verify("sha1", added(form, headers(sha1, "HMAC_SHA1")), "ok", credentials=keys, source=source)
    good = added(form, headers(TWILIO_MADE["form"]))
    book.refusals(good, "X-Twilio-Signature", keys, {**keys, "secret": "another"}, ["", "abc", TWILIO_MADE["form"][:-1], TWILIO_MADE["form"] + "="])
    book.verify("other-digest", added(form, headers(sha1)), {"rejected": True}, credentials=keys)
    settings = good["headers"][1][1]
    for name, text, expect in (
        ("items-in-the-other-order", ",".join(settings.split(",")[::-1]), "ok"),
        ("another-item", settings + ",version=1", "ok"),
        ("other-algorithm", settings.replace("256", "1"), {"rejected": True}),
        ("unknown-algorithm", settings.replace("256", "512"), "unsupported_algorithm"),
        ("algorithm-in-small-letters", settings.replace("HMAC_SHA", "hmac_sha"), "unsupported_algorithm"),
        ("no-algorithm", settings.split(",")[0], "missing_field"),
        ("no-key", settings.split(",")[1], "missing_field"),
        ("two-keys", settings + ",key=other", "duplicate_field"),
        ("unknown-key", settings.replace("test", "next"), "unknown_key"),
    ):
        book.verify(name, with_header(good, named, text), expect, credentials=keys)
    book.verify("no-settings", without(good, named), "missing_field", credentials=keys, note="signed with the auth token: the scheme twilio")
    book.verify("two-settings", twice(good, named), "duplicate_field", credentials=keys)
    ring = [{"credentials": keys}, {"credentials": {"key_id": "webhooks_sharedkey_01k4next", "secret": "next"}}]
    book.verify("rotated", good, {"status": "ok", "key_id": keys["key_id"]}, keys=ring[::-1])
    book.verify("rotated-next", added(form, headers(signature(url, forms["form"], key="next"), key_id="webhooks_sharedkey_01k4next")), "ok", keys=ring)
    book.verify("rotated-key-of-the-other-id", added(form, headers(signature(url, forms["form"], key="next"))), "signature_mismatch", keys=ring)
    book.verify("form-order", with_body(good, urllib.parse.urlencode(forms["form"][::-1])), "ok", credentials=keys, note="fields are signed sorted")
    book.verify("form-value", with_body(good, form["body"].replace("CA1", "CA2")), "signature_mismatch", credentials=keys)
    book.verify("form-more", with_body(good, form["body"] + "&Extra=1"), "signature_mismatch", credentials=keys)
    book.verify("url-port", {**good, "url": "https://example.com:443/sms?foo=1"}, "signature_mismatch", credentials=keys)
    get = message("GET", "/sms?foo=1", headers(TWILIO_MADE["empty"]), None, url)
    book.verify("get", get, "ok", credentials=keys, source=source)
    return book


def books():
    return [slack(), stripe(), standard(), github(), square(), twilio(), twilio_shared_key()]
