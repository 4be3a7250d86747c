"""Webhooks and requests with an HMAC in a header over body, time and address: Shopify, Zoom, Paddle, HubSpot, Persona, Onfido,
Coinify, Sumsub, Veriff, Authorize.Net, BlueSnap, Finix, Recurly, Rapyd, CyberSource, Volt, Dwolla, Coinbase CDP,
Lemon Squeezy, DocuSign; and Xendit's plain token."""
import base64

from lib import Book, added, b64, mac, message, sha256, twice, with_body, with_header, without

ME = "simple_macs.py"
AT = 1_700_000_000_000
JSON_TYPE = ("Content-Type", "application/json")
BODY = '{"id":"evt_1","amount":1050,"note":"caf\u00e9 \u20ac","price":1.50}'
BODIES = {"json": BODY, "empty": "", "line-ends": "a\r\nb\n\n", "nul": "a\u0000b", "quotes": '{"a":"$& \\\\ \\u00e9"}'}
SAME_LOOK = BODY.replace("caf\u00e9", "cafe\u0301")


def body_mac(scheme, header, keys, secret, write, malformed, hash_name="sha256", lead="", me=ME):
    """An HMAC over the body alone."""
    book = Book(me, scheme, "webhook")

    def headers(body, key=secret):
        return [(header, lead + write(mac(hash_name, key, body)))]

    for name, body in BODIES.items():
        plain = message("POST", "/hook", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers(body), "string_to_sign": body}, credentials=keys)
        book.verify(name, added(plain, headers(body)), "ok", credentials=keys)
    good = added(message("POST", "/hook", [JSON_TYPE], BODY), headers(BODY))
    name = next(iter(keys))
    book.refusals(good, header, keys, {name: keys[name][::-1]}, malformed(headers(BODY)[0][1]))
    for what, body in {"body": BODY + " ", "amount": BODY.replace("1050", "1051"), "same-to-the-eye": SAME_LOOK, "escaped": BODY.replace("\u00e9", "\\u00e9")}.items():
        book.verify(what, with_body(good, body), "signature_mismatch", credentials=keys)
    book.verify("rest-is-not-signed", {**added(good, [("X-Other", "1")]), "target": "/other?x=1", "method": "PUT"}, "ok", credentials=keys)
    book.verify("lower-case-header-name", {**good, "headers": [[n.lower(), v] for n, v in good["headers"]]}, "ok", credentials=keys)
    old = added(message("POST", "/hook", [JSON_TYPE], BODY), headers(BODY, "old"))
    book.verify("second-key-of-the-ring", old, "ok", keys=[{"credentials": keys}, {"credentials": {name: "old"}}])
    book.add("empty-secret", "verify", good, "invalid_credentials", credentials={name: ""})
    return book


def hex_of(data):
    return data.hex()


def wrong_hex(text):
    return ["", text.upper(), text[:-1], text[:-2], text + "00", "g" + text[1:], " ".join([text, text])]


def shopify():
    keys = {"secret": "hush"}
    book = body_mac("shopify", "X-Shopify-Hmac-Sha256", keys, "hush", b64,
                    lambda t: ["", t[:-2], t.replace("=", ""), sha256(b"").hex(), t + "A"])
    event = '{"topic":"Product","action":"update","handle":"products"}'
    recorded = "tUvkDT6dXYqRkdZWcGCTvbws62vOmX07yluINkfzgvs="
    assert b64(mac("sha256", "hush", event)) == recorded
    good = message("POST", "/hook", [JSON_TYPE, ("shopify-topic", "Product"), ("shopify-webhook-id", "1"), ("shopify-hmac-sha256", recorded)], event)
    book.verify("events", good, "ok", credentials=keys, source="@shopify/shopify-api 13.1.0, webhooks.validate takes it for a valid delivery of Events")
    book.verify("events-body", with_body(good, event + " "), "signature_mismatch", credentials=keys)
    book.verify("events-malformed", with_header(good, "shopify-hmac-sha256", recorded[:-1]), "malformed_signature", credentials=keys)
    book.verify("both-names", added(good, [("X-Shopify-Hmac-Sha256", b64(sha256(b"")))]), "signature_mismatch", credentials=keys,
                note="the older name counts where it is there")
    return book


def onfido():
    secret = "wU99mE6jJ7nXOLFwZ0tJymM1lpI15pZh"
    book = body_mac("onfido", "X-SHA2-Signature", {"webhook_token": secret}, secret, hex_of, wrong_hex)
    event = ('{"payload":{"resource_type":"check","action":"check.completed","object":{"id":"f2302f45-227d-413d-ad61-09ec077a086a","status":"complete",'
             '"completed_at_iso8601":"2024-04-04T09:21:21Z","href":"https://api.onfido.com/v3.6/checks/f2302f45-227d-413d-ad61-09ec077a086a"}}}')
    published = "77ebc3e418f26be6eebb47f7ebe551321de26734fc273961e075fc9ab163d9c7"
    assert mac("sha256", secret, event).hex() == published
    source = "onfido/onfido-python tests/test_classic_webhook_event_verification.py"
    for name, digest, expect in (("official", published, "ok"), ("official-wrong", published[:-1] + "8", "signature_mismatch")):
        book.verify(name, message("POST", "/", [("X-SHA2-Signature", digest)], event), expect, credentials={"webhook_token": secret}, source=source)
    return book


def coinify():
    secret = "my-shared-secret"
    book = body_mac("coinify", "X-Coinify-Webhook-Signature", {"secret": secret}, secret, hex_of, wrong_hex)
    published = "bcdbb89e3031905f3cc1a20d16b5f969a17a7d8fa0c26e4a807c2193402d66f4"
    assert mac("sha256", secret, '{"examplePayload":true}').hex() == published
    book.verify("official", message("POST", "/", [("x-coinify-webhook-signature", published)], '{"examplePayload":true}'), "ok",
                credentials={"secret": secret}, source="coinify.readme.io/docs/webhook-signature")
    return book


def dwolla():
    return body_mac("dwolla", "X-Request-Signature-SHA-256", {"secret": "wallow"}, "wallow", hex_of, wrong_hex)


def authorize_net():
    secret = "3B0D" * 32

    def wrong(text):
        digest = text[7:]
        return ["", digest, "sha512=", "sha512=" + digest[:-2], "sha256=" + digest, "SHA512=" + digest, text + "00"]

    book = body_mac("authorize-net", "X-ANET-Signature", {"signature_key": secret}, secret, lambda d: d.hex().upper(), wrong, "sha512", "sha512=")
    plain = message("POST", "/hook", [JSON_TYPE], BODY)
    keys = {"signature_key": secret}
    lower = added(plain, [("X-ANET-Signature", "sha512=" + mac("sha512", secret, BODY).hex())])
    book.verify("lower-case-digits", lower, "ok", credentials=keys)
    decoded = [("X-ANET-Signature", "sha512=" + mac("sha512", bytes.fromhex(secret), BODY).hex().upper())]
    book.verify("key-decoded", added(plain, decoded), "signature_mismatch", credentials=keys)
    book.verify("key-decoded-variant", added(plain, decoded), "ok", credentials=keys, variants=["hex-key"])
    book.sign("key-decoded-variant", plain, {"headers": decoded}, credentials=keys, variants=["hex-key"])
    book.add("key-not-hex", "sign", plain, "invalid_credentials", credentials={"signature_key": "xyz"}, variants=["hex-key"])
    return book


def timed(scheme, keys, wrong, header, sign, malformed, ts="1700000000", tolerance=300, items=None, clock=None, note="", me=ME):
    """A MAC over time and body. `sign(body, ts, keys)` gives the string to sign and the headers."""
    book = Book(me, scheme, "webhook")
    for name, body in BODIES.items():
        plain = message("POST", "/hook", [JSON_TYPE], body)
        base, headers = sign(body, ts, keys)
        book.sign(name, plain, {"headers": headers, "string_to_sign": base}, credentials=keys, now=AT)
        book.verify(name, added(plain, headers), {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT)
    base, headers = sign(BODY, ts, keys)
    good = added(message("POST", "/hook", [JSON_TYPE], BODY), headers)
    book.refusals(good, header, keys, wrong, malformed(dict(headers)[header]), now=AT)
    for what, body in {"body": BODY + "\n", "amount": BODY.replace("1050", "1051"), "same-to-the-eye": SAME_LOOK}.items():
        book.verify(what, with_body(good, body), "signature_mismatch", credentials=keys, now=AT)
    later = str(int(ts) + 1)
    if clock:
        book.verify("time-changed", with_header(good, clock, later), "signature_mismatch", credentials=keys, now=AT)
        book.verify("no-time", without(good, clock), "missing_field", credentials=keys, now=AT)
        book.verify("two-times", twice(good, clock), "duplicate_field", credentials=keys, now=AT)
        for n, text in enumerate(["", "17e8", "-1700000000", ts + ".5", "9" * 20, "Tue, 14 Nov 2023 22:13:20 GMT"]):
            book.verify("odd-time-%d" % n, with_header(good, clock, text), "malformed_field", credentials=keys, now=AT)
    else:
        book.verify("time-changed", with_header(good, header, dict(headers)[header].replace(ts, later)), "signature_mismatch", credentials=keys, now=AT)
    book.verify("target-is-not-signed", {**good, "target": "/elsewhere?x=1"}, "ok", credentials=keys, now=AT)
    book.time_edges(good, AT, tolerance, keys)
    return book, good


def zoom():
    keys = {"secret": "zm-secret-token"}

    def sign(body, ts, k):
        base = "v0:%s:%s" % (ts, body)
        return base, [("X-Zm-Request-Timestamp", ts), ("X-Zm-Signature", "v0=" + mac("sha256", k["secret"], base).hex())]

    def wrong(text):
        return ["", "v0=", text[3:], text.upper(), "v1=" + text[3:], text[:-2]]

    book, _ = timed("zoom", keys, {"secret": "x"}, "X-Zm-Signature", sign, wrong, clock="X-Zm-Request-Timestamp")
    check = '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1700000000000,"event":"endpoint.url_validation"}'
    base, headers = sign(check, "1700000000", keys)
    book.verify("endpoint-check", added(message("POST", "/hook", [JSON_TYPE], check), headers), "ok", credentials=keys, now=AT,
                note="also a message like others; its answer is the handshake's")
    return book


def paddle():
    keys = {"secret": "pdl_ntfset_01hbpjmytsa32fhr36nqgc3kgb_TjIG2BXbm83HPXqNfziwe506sBEdqL"}

    def sign(body, ts, k):
        base = "%s:%s" % (ts, body)
        return base, [("Paddle-Signature", "ts=%s;h1=%s" % (ts, mac("sha256", k["secret"], base).hex()))]

    def wrong(text):
        return ["", text.replace(";", ","), text.replace("h1=", "h1"), text[:-1], text + "0"]

    book, good = timed("paddle", keys, {"secret": "x"}, "Paddle-Signature", sign, wrong, tolerance=5)
    text = good["headers"][-1][1]
    h1, old = text[14:], "h1=" + "0" * 64
    for name, value, expect in (
        ("new-first", "ts=1700000000;%s;%s" % (h1, old), "ok"), ("old-first", "ts=1700000000;%s;%s" % (old, h1), "ok"),
        ("time-last", h1 + ";ts=1700000000", "ok"), ("other-items", "ts=1700000000;h9=x;" + h1, "ok"),
        ("no-h1", "ts=1700000000", "missing_signature"), ("no-ts", h1, "missing_field"), ("two-ts", "ts=1;ts=1700000000;" + h1, "duplicate_field"),
    ):
        book.verify(name, with_header(good, "Paddle-Signature", value), expect, credentials=keys, now=AT)
    dollar = '{"a":"$& $1 $$"}'
    book.verify("dollar-signs", added(message("POST", "/", [], dollar), sign(dollar, "1700000000", keys)[1]), "ok", credentials=keys, now=AT,
                note="a verifier that builds its text with a replacing function refuses this one")
    official = {"secret": "pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_WvRO0eL4Bj9rgYYIBZY6wZhG4EHy9jzh"}
    published = "d96299976a6eb066f484d7fde011ac56fc32b38fc9940bc419d6e537fdc6ef02"
    assert mac("sha256", official["secret"], "1696195954:hello-world").hex() == published
    source = "PaddleHQ/paddle-python-sdk tests/Unit/Notification/test_Verifier.py"
    value = "ts=1696195954;h1=" + published
    others = ["pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_TjIG2BXbm83HPXqNfziwe506sBEdqL/4", "pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_vB/yIOnTOCWIvpBadM5jzBZPHc7OmdSo"]
    ring = [{"credentials": {"secret": s}} for s in [*others, official["secret"]]]
    book.verify("official", message("POST", "/", [("Paddle-Signature", value)], "hello-world"), "ok", keys=ring, now=1_696_195_954_000, source=source)
    book.verify("official-dummy", message("POST", "/", [("Paddle-Signature", value.replace(";h1", ";h1=dummy;h1"))], "hello-world"), "malformed_signature",
                keys=ring, now=1_696_195_954_000, source=source, note="Paddle's SDK ignores the item that is no digest; here every signature must be one")
    return book


def hubspot():
    keys = {"secret": "hub-secret"}
    url = "https://app.example.com/hook%3Aa?x=%2Fb&y=%21%24%27%28%29%2A%2C%3B%40&z=%20%25%E2%82%AC%zz"
    decoded = "https://app.example.com/hook:a?x=/b&y=!$'()*,;@&z=%20%25%E2%82%AC%zz"
    book = Book(ME, "hubspot-v3", "webhook")

    def sign(body, ts="1700000000000", where=decoded, method="POST"):
        base = "%s%s%s%s" % (method, where, body, ts)
        return base, [("X-HubSpot-Request-Timestamp", ts), ("X-HubSpot-Signature-v3", b64(mac("sha256", keys["secret"], base)))]

    def post(body, where=url, method="POST"):
        return message(method, "/hook", [JSON_TYPE], body, url=where)

    for name, body in BODIES.items():
        base, headers = sign(body)
        book.sign(name, post(body), {"headers": headers, "string_to_sign": base}, credentials=keys, now=AT)
        book.verify(name, added(post(body), headers), {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT)
    plain = "https://app.example.com/crm-card?userId=1&email=a.b%40c.d"
    base, headers = sign("", where="https://app.example.com/crm-card?userId=1&email=a.b@c.d", method="GET")
    book.verify("get", added(post("", plain, "GET"), headers), "ok", credentials=keys, now=AT)
    _, headers = sign(BODY, where=url)
    book.verify("url-not-decoded", added(post(BODY), headers), "signature_mismatch", credentials=keys, now=AT)
    _, headers = sign(BODY)
    good = added(post(BODY), headers)
    text = headers[1][1]
    book.refusals(good, "X-HubSpot-Signature-v3", keys, {"secret": "x"}, ["", text[:-1], sha256(b"").hex(), "v3=" + text], now=AT)
    for what, changed in {"body": with_body(good, BODY + " "), "method": {**good, "method": "PUT"}, "url": {**good, "url": url + "x"},
                          "time": with_header(good, "X-HubSpot-Request-Timestamp", "1700000000001")}.items():
        book.verify("changed-" + what, changed, "signature_mismatch", credentials=keys, now=AT)
    book.verify("no-time", without(good, "X-HubSpot-Request-Timestamp"), "missing_field", credentials=keys, now=AT)
    book.verify("seconds", with_header(good, "X-HubSpot-Request-Timestamp", "1700000000"), "malformed_field", credentials=keys, now=AT)
    book.verify("no-url", {k: v for k, v in good.items() if k != "url"}, "invalid_message", credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)
    return book


def persona():
    keys = {"secret": "wbhsec_7d0e7ef0-6e2f-4a5e-9c63-1b9f1d7b0f11"}

    def sign(body, ts, k):
        base = "%s.%s" % (ts, body)
        return base, [("Persona-Signature", "t=%s,v1=%s" % (ts, mac("sha256", k["secret"], base).hex()))]

    def wrong(text):
        return ["", text.replace(",", ";"), text[:-1], text[:-2] + "GG", text + " x", text + " "]

    book, good = timed("persona", keys, {"secret": "x"}, "Persona-Signature", sign, wrong)
    text, old = good["headers"][-1][1], "t=1700000000,v1=" + "0" * 64
    for name, value, expect in (
        ("new-first", text + " " + old, "ok"), ("old-first", old + " " + text, "ok"), ("order-inside", ",".join(reversed(text.split(","))) + " " + old, "ok"),
        ("times-differ", text + " " + old.replace("1700000000", "1700000001"), "malformed_field"), ("second-without-v1", text + " t=1700000000", "missing_signature"),
        ("second-without-time", text + " v1=" + "0" * 64, "missing_field"), ("two-in-one-list", text + ",v1=" + "0" * 64, "ok"),
        ("two-times-in-one-list", text + ",t=1700000000", "duplicate_field"), ("both-old", old + " " + old, "signature_mismatch"),
    ):
        book.verify(name, with_header(good, "Persona-Signature", value), expect, credentials=keys, now=AT)
    return book


def finix():
    keys = {"secret": "finix-signing"}

    def sign(body, ts, k):
        base = "%s:%s" % (ts, body)
        return base, [("Finix-Signature", "timestamp=%s,sig=%s" % (ts, mac("sha256", k["secret"], base).hex()))]

    book, good = timed("finix", keys, {"secret": "x"}, "Finix-Signature", sign, lambda t: ["", t.replace("=", ":"), t[:-1], t[:-2] + "GG", t + "00"])
    book.verify("blank-after-comma", with_header(good, "Finix-Signature", good["headers"][-1][1].replace(",", ", ")), "ok", credentials=keys, now=AT)
    return book


def recurly():
    keys = {"secret": "recurly-key"}

    def sign(body, ts, k):
        base = "%s.%s" % (ts, body)
        return base, [("Recurly-Signature", "%s,%s" % (ts, mac("sha256", k["secret"], base).hex()))]

    def wrong(text):
        return ["", text.replace(",", ";"), text[:13], text[:13] + ",", text + ",", text[:-1], text.upper(), text + "," + text[14:-2], text.replace(",", ", ")]

    book, good = timed("recurly", keys, {"secret": "x"}, "Recurly-Signature", sign, wrong, ts="1700000000000")
    ts, good_sig = good["headers"][-1][1].split(",")
    old = "0" * 64
    for name, value, expect in (
        ("new-first", ",".join([ts, good_sig, old]), "ok"), ("old-first", ",".join([ts, old, good_sig]), "ok"), ("all-old", ",".join([ts, old, old]), "signature_mismatch"),
        ("nine-signatures", ",".join([ts, *[old] * 8, good_sig]), "signature_mismatch"), ("eight-signatures", ",".join([ts, *[old] * 7, good_sig]), "ok"),
        ("seconds", "1700000000," + good_sig, "malformed_field"),
    ):
        book.verify(name, with_header(good, "Recurly-Signature", value), expect, credentials=keys, now=AT)
    return book


def text_timed(scheme, header, clock, join, extra=()):
    """A time that is signed as a text and not judged: BlueSnap, Volt."""
    book = Book(ME, scheme, "webhook")
    keys = {"secret": "sign-key"}
    for name, body in BODIES.items():
        plain = message("POST", "/hook", [JSON_TYPE, *extra, (clock, "2023-11-14T22:13:20Z")], body)
        base = join("2023-11-14T22:13:20Z", body)
        headers = [(header, mac("sha256", keys["secret"], base).hex())]
        book.sign(name, plain, {"headers": headers, "string_to_sign": base}, credentials=keys)
        book.verify(name, added(plain, headers), "ok", credentials=keys)
    plain = message("POST", "/hook", [JSON_TYPE, *extra, (clock, "1700000000")], BODY)
    good = added(plain, [(header, mac("sha256", keys["secret"], join("1700000000", BODY)).hex())])
    book.refusals(good, header, keys, {"secret": "x"}, wrong_hex(good["headers"][-1][1]))
    book.verify("body", with_body(good, BODY + " "), "signature_mismatch", credentials=keys)
    book.verify("time-changed", with_header(good, clock, "1700000001"), "signature_mismatch", credentials=keys)
    book.verify("no-time", without(good, clock), "missing_field", credentials=keys)
    book.verify("two-times", twice(good, clock), "duplicate_field", credentials=keys)
    return book, good, keys


def bluesnap():
    return text_timed("bluesnap", "bls-signature", "bls-ipn-timestamp", lambda ts, body: ts + body)[0]


def volt():
    book, good, keys = text_timed("volt", "X-Volt-Signed", "X-Volt-Timed", lambda ts, body: "%s|%s|1.0" % (body, ts), [("User-Agent", "Volt/1.0")])
    book.verify("agent-version", with_header(good, "User-Agent", "Volt/1.1"), "signature_mismatch", credentials=keys)
    book.verify("agent-name-is-not-signed", with_header(good, "User-Agent", "Volt.io/x/1.0"), "ok", credentials=keys, note="only what follows the last slash is signed")
    book.verify("agent-without-slash", with_header(good, "User-Agent", "1.0"), "ok", credentials=keys)
    book.verify("no-agent", without(good, "User-Agent"), "missing_field", credentials=keys)
    return book


def sumsub():
    book = Book(ME, "sumsub", "request")
    keys = {"app_token": "sbx:uY0CgwELmgUAEyl4hNWxLngb", "secret": "Hej2ch71kG2kTd1iIUDZFNsO5C1lh5Gq"}

    def sign(method, target, body, ts="1700000000"):
        base = ts + method + target + body
        return base, [("X-App-Token", keys["app_token"]), ("X-App-Access-Ts", ts), ("X-App-Access-Sig", mac("sha256", keys["secret"], base).hex())]

    for name, (method, target, body) in {"create": ("POST", "/resources/applicants?levelName=basic-kyc", BODY), "status": ("GET", "/resources/applicants/1/status", ""),
                                         "encoded": ("GET", "/resources/applicants/-;externalUserId=a%20b%2Fc/one", "")}.items():
        base, headers = sign(method, target, body)
        plain = message(method, target, [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers, "string_to_sign": base}, credentials=keys, now=AT)
        book.verify(name, added(plain, headers), {"status": "ok", "key_id": keys["app_token"]}, credentials=keys, now=AT)
    base, headers = sign("POST", "/resources/x?a=1", BODY)
    good = added(message("POST", "/resources/x?a=1", [JSON_TYPE], BODY), headers)
    book.refusals(good, "X-App-Access-Sig", keys, {**keys, "secret": "x"}, wrong_hex(headers[2][1]), now=AT)
    for what, changed in {"method": {**good, "method": "PUT"}, "target": {**good, "target": "/resources/x?a=2"}, "body": with_body(good, BODY + " "),
                          "time": with_header(good, "X-App-Access-Ts", "1700000001")}.items():
        book.verify("changed-" + what, changed, "signature_mismatch", credentials=keys, now=AT)
    book.verify("unknown-token", with_header(good, "X-App-Token", "sbx:other"), "unknown_key", credentials=keys, now=AT)
    book.verify("no-token", without(good, "X-App-Token"), "missing_field", credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)
    hook = {"webhook_secret": "whs"}
    names = {"sha1": "HMAC_SHA1_HEX", "sha256": "HMAC_SHA256_HEX", "sha512": "HMAC_SHA512_HEX"}

    def digest(body, hash_name="sha256", key="whs"):
        return [("X-Payload-Digest-Alg", names[hash_name]), ("X-Payload-Digest", mac(hash_name, key, body).hex())]

    for name, body in BODIES.items():
        plain = message("POST", "/hook", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": digest(body), "string_to_sign": body}, credentials=hook, flow="webhook")
        for hash_name in names:
            book.verify(name + "-" + hash_name, added(plain, digest(body, hash_name)), "ok", credentials=hook, flow="webhook")
    good = added(message("POST", "/hook", [JSON_TYPE], BODY), digest(BODY))
    book.refusals(good, "X-Payload-Digest", hook, {"webhook_secret": "x"}, ["", "zz", good["headers"][-1][1].upper()], flow="webhook")
    for name, alg in {"unknown": "HMAC_MD5_HEX", "none": "none", "lower": "hmac_sha256_hex"}.items():
        book.verify("algorithm-" + name, with_header(good, "X-Payload-Digest-Alg", alg), "unsupported_algorithm", credentials=hook, flow="webhook")
    book.verify("no-algorithm", without(good, "X-Payload-Digest-Alg"), "missing_field", credentials=hook, flow="webhook")
    book.verify("algorithm-changed", with_header(good, "X-Payload-Digest-Alg", "HMAC_SHA512_HEX"), {"rejected": True}, credentials=hook, flow="webhook")
    book.verify("body", with_body(good, BODY + " "), "signature_mismatch", credentials=hook, flow="webhook")
    return book


def veriff():
    book = Book(ME, "veriff", "request")
    keys = {"key_id": "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "secret": "abcdef12-abcd-abcd-abcd-abcdef012345"}
    session = "f04bdb47-d3be-4b28-b028-a652feb060b5"

    def headers(text):
        return [("X-AUTH-CLIENT", keys["key_id"]), ("X-HMAC-SIGNATURE", mac("sha256", keys["secret"], text).hex())]

    for name, (method, target, body, text) in {
        "patch": ("PATCH", "/v1/sessions/" + session, BODY, BODY), "media": ("POST", "/v1/sessions/%s/media" % session, BODY, BODY),
        "decision": ("GET", "/v1/sessions/%s/decision" % session, "", session), "delete": ("DELETE", "/v1/sessions/" + session, "", session),
        "query": ("GET", "/v1/sessions/%s/watchlist-screening?x=1" % session, "", session),
    }.items():
        plain = message(method, target, [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers(text), "string_to_sign": text}, credentials=keys)
        book.verify(name, added(plain, headers(text)), {"status": "ok", "key_id": keys["key_id"]}, credentials=keys)
    good = added(message("GET", "/v1/sessions/%s/decision" % session, [], ""), headers(session))
    book.refusals(good, "X-HMAC-SIGNATURE", keys, {**keys, "secret": "x"}, wrong_hex(headers(session)[1][1]))
    book.verify("other-session", {**good, "target": "/v1/sessions/other/decision"}, "signature_mismatch", credentials=keys)
    book.verify("rest-of-the-path-is-not-signed", {**good, "target": "/v1/sessions/%s/person" % session}, "ok", credentials=keys)
    book.verify("body-added", with_body(good, "{}"), "signature_mismatch", credentials=keys)
    book.verify("no-session", {**good, "target": "/v1/sessions"}, "malformed_field", credentials=keys)
    book.verify("empty-session", {**good, "target": "/v1/sessions//decision"}, "malformed_field", credentials=keys)
    book.add("no-session", "sign", message("GET", "/v1/sessions", [], ""), "invalid_message", credentials=keys)
    book.verify("unknown-client", with_header(good, "X-AUTH-CLIENT", "other"), "unknown_key", credentials=keys)
    for name, body in BODIES.items():
        plain = message("POST", "/hook/a/b/c", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers(body), "string_to_sign": body}, credentials=keys, flow="webhook")
        book.verify(name, added(plain, headers(body)), "ok", credentials=keys, flow="webhook")
    hook = added(message("POST", "/hook", [JSON_TYPE], BODY), headers(BODY))
    book.refusals(hook, "X-HMAC-SIGNATURE", keys, {**keys, "secret": "x"}, ["", "zz"], flow="webhook")
    book.verify("body", with_body(hook, BODY + " "), "signature_mismatch", credentials=keys, flow="webhook")
    return book


def rapyd():
    book = Book(ME, "rapyd", "request")
    keys = {"access_key": "rak_0123456789", "secret_key": "rsk_abcdef"}
    salt = "d0d65f8b8a4f"

    def signature(text, key=keys["secret_key"]):
        return base64.b64encode(mac("sha256", key, text).hex().encode()).decode()

    def sign(method, target, body, ts="1700000000"):
        base = method.lower() + target + salt + ts + keys["access_key"] + keys["secret_key"] + body
        return base, [("access_key", keys["access_key"]), ("salt", salt), ("timestamp", ts), ("signature", signature(base))]

    for name, (method, target, body) in {"post": ("POST", "/v1/payments", BODY), "get": ("GET", "/v1/data/countries", ""), "query": ("GET", "/v1/payments?limit=2&a=%20b", ""),
                                         "delete": ("DELETE", "/v1/customers/cus_1", "")}.items():
        base, headers = sign(method, target, body)
        plain = message(method, target, [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers}, credentials=keys, now=AT, nonce=salt)
        book.verify(name, added(plain, headers), {"status": "ok", "key_id": keys["access_key"], "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT)
    _, headers = sign("POST", "/v1/payments", BODY)
    good = added(message("POST", "/v1/payments", [JSON_TYPE], BODY), headers)
    raw = mac("sha256", keys["secret_key"], sign("POST", "/v1/payments", BODY)[0])
    book.refusals(good, "signature", keys, {**keys, "secret_key": "x"}, ["", headers[3][1][:-1], headers[3][1].rstrip("="), b64(raw), raw.hex(), b64(raw.hex().upper().encode())], now=AT)
    for what, changed in {"method": {**good, "method": "PUT"}, "target": {**good, "target": "/v1/payments?x"}, "body": with_body(good, BODY + " "),
                          "salt": with_header(good, "salt", salt[::-1]), "time": with_header(good, "timestamp", "1700000001")}.items():
        book.verify("changed-" + what, changed, "signature_mismatch", credentials=keys, now=AT)
    book.verify("unknown-access-key", with_header(good, "access_key", "rak_other"), "unknown_key", credentials=keys, now=AT)
    for name in ("salt", "timestamp"):
        book.verify("no-" + name, without(good, name), "missing_field", credentials=keys, now=AT)
    book.time_edges(good, AT, 60, keys)
    book.add("no-salt", "sign", message("GET", "/v1/x", [], ""), "invalid_option", credentials=keys, now=AT)
    url = "https://shop.example.com/hooks/rapyd?shop=1"

    def hook(body, where=url):
        base = where + salt + "1700000000" + keys["access_key"] + keys["secret_key"] + body
        return [("salt", salt), ("timestamp", "1700000000"), ("signature", signature(base))]

    for name, body in BODIES.items():
        plain = message("POST", "/hooks/rapyd?shop=1", [JSON_TYPE], body, url=url)
        book.sign(name, plain, {"headers": hook(body)}, credentials=keys, now=AT, nonce=salt, flow="webhook")
        book.verify(name, added(plain, hook(body)), "ok", credentials=keys, now=AT, flow="webhook")
    good = added(message("POST", "/hooks/rapyd?shop=1", [JSON_TYPE], BODY, url=url), hook(BODY))
    at = {"now": AT, "flow": "webhook"}
    book.refusals(good, "signature", keys, {**keys, "secret_key": "x"}, ["", "zz"], **at)
    book.verify("body", with_body(good, BODY + " "), "signature_mismatch", credentials=keys, **at)
    book.verify("url", {**good, "url": url + "2"}, "signature_mismatch", credentials=keys, **at)
    book.verify("other-access-key", good, "signature_mismatch", credentials={**keys, "access_key": "rak_x"}, **at)
    book.time_edges(good, AT, 300, keys, flow="webhook")
    return book


def cybersource():
    book = Book(ME, "cybersource", "request")
    keys = {"merchant_id": "testrest", "key_id": "08c94330-f618-42a3-b09d-e1e43be5efda", "secret": "yBJxy6LjM2TmcPGu+GaJrHtkke25fPpUX+UY6/L/1tE="}
    date = "Tue, 14 Nov 2023 22:13:20 GMT"

    def sign(method, target, body, name="request-target", host="apitest.cybersource.com"):
        lines = ["host: " + host, "date: " + date, "%s: %s %s" % (name, method.lower(), target)]
        headers = [("V-C-Merchant-Id", keys["merchant_id"]), ("Date", date)]
        names = "host date " + name
        if body:
            digest = "SHA-256=" + b64(sha256(body))
            lines.append("digest: " + digest)
            headers.append(("Digest", digest))
            names += " digest"
        lines.append("v-c-merchant-id: " + keys["merchant_id"])
        base = "\n".join(lines)
        made = b64(mac("sha256", base64.b64decode(keys["secret"]), base))
        value = 'keyid="%s",algorithm="HmacSHA256",headers="%s v-c-merchant-id",signature="%s"' % (keys["key_id"], names, made)
        return base, [*headers, ("Signature", value)]

    def request(method, target, body):
        return message(method, target, [JSON_TYPE], body, url="https://apitest.cybersource.com" + target)

    for name, (method, target, body) in {"post": ("POST", "/pts/v2/payments", BODY), "get": ("GET", "/tss/v2/transactions/1", ""), "query": ("GET", "/reporting/v3/reports?a=1&b=%20", "")}.items():
        base, headers = sign(method, target, body)
        plain = request(method, target, body)
        book.sign(name, plain, {"headers": headers, "string_to_sign": base}, credentials=keys, now=AT)
        spaced = [(n, v.replace('",', '", ')) if n == "Signature" else (n, v) for n, v in headers]
        book.verify(name, added(plain, spaced), {"status": "ok", "key_id": keys["key_id"], "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT, note="blanks after the commas, as the SDK writes them")
        base, headers = sign(method, target, body, "(request-target)")
        book.sign(name + "-parentheses", plain, {"headers": headers, "string_to_sign": base}, credentials=keys, now=AT, variants=["parentheses"])
        book.verify(name + "-parentheses", added(plain, headers), "ok", credentials=keys, now=AT, variants=["parentheses"])
        book.verify(name + "-parentheses-unasked", added(plain, headers), {"rejected": True}, credentials=keys, now=AT)
    base, headers = sign("POST", "/pts/v2/payments", BODY)
    good = added(request("POST", "/pts/v2/payments", BODY), headers)
    text = headers[-1][1]
    book.refusals(good, "Signature", keys, {**keys, "secret": b64(b"another secret")}, ["", text.replace('"', ""), text[:-2] + '"', text.replace("=", ":")], now=AT)
    for what, changed in {"method": {**good, "method": "PUT"}, "target": {**good, "target": "/pts/v2/refunds"}, "body": with_body(good, BODY + " "),
                          "host": {**good, "url": "https://api.cybersource.com/pts/v2/payments"}, "date": with_header(good, "Date", date.replace(":20 ", ":21 "))}.items():
        book.verify("changed-" + what, changed, "signature_mismatch", credentials=keys, now=AT)
    for what, changed, expect in (
        ("digest", with_header(good, "Digest", "SHA-256=" + b64(sha256(b"x"))), {"rejected": True}), ("no-digest", without(good, "Digest"), "missing_field"),
        ("no-date", without(good, "Date"), "missing_field"), ("no-merchant", without(good, "V-C-Merchant-Id"), "missing_field"),
        ("other-merchant", with_header(good, "V-C-Merchant-Id", "other"), "unknown_key"), ("unknown-key", with_header(good, "Signature", text.replace("08c9", "18c9")), "unknown_key"),
        ("algorithm", with_header(good, "Signature", text.replace("HmacSHA256", "HmacSHA1")), {"rejected": True}),
        ("fewer-headers", with_header(good, "Signature", text.replace(" digest", "")), {"rejected": True}),
    ):
        book.verify(what, changed, expect, credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)
    return book


def xendit():
    book = Book(ME, "xendit", "webhook")
    keys = {"callback_token": "x-callback-0123456789abcdef"}
    header = [("X-CALLBACK-TOKEN", keys["callback_token"])]
    plain = message("POST", "/hook", [JSON_TYPE], BODY)
    book.sign("plain", plain, {"headers": header}, credentials=keys)
    good = added(plain, header)
    book.verify("plain", good, "ok", credentials=keys)
    book.verify("nothing-is-covered", {**with_body(good, "{}"), "target": "/x"}, "ok", credentials=keys)
    book.verify("no-token", without(good, "X-CALLBACK-TOKEN"), "missing_signature", credentials=keys)
    book.verify("two-tokens", twice(good, "X-CALLBACK-TOKEN"), "duplicate_field", credentials=keys)
    book.verify("other-token", good, "signature_mismatch", credentials={"callback_token": "other"})
    book.verify("prefix", with_header(good, "X-CALLBACK-TOKEN", keys["callback_token"][:-1]), "signature_mismatch", credentials=keys)
    book.verify("empty", with_header(good, "X-CALLBACK-TOKEN", ""), {"rejected": True}, credentials=keys)
    book.verify("blank-inside", with_header(good, "X-CALLBACK-TOKEN", "x callback"), "malformed_signature", credentials=keys)
    return book


def cybersource_webhooks():
    """Time in milliseconds, a dot, the member payload of the body."""
    book = Book(ME, "cybersource-webhooks", "webhook")
    keys, variant = {"key_id": "bf44c857-b182-bb05-e053-34b8d30a7a72", "secret": "dGVzdF9rZXk="}, {"variants": ["whole-body"]}
    ts = "1700000000123"

    def header(text, ts=ts, key=keys["secret"]):
        return [("V-C-Signature", "t=%s;keyId=%s;sig=%s" % (ts, keys["key_id"], b64(mac("sha256", base64.b64decode(key), ts + "." + text))))]

    def post(payload, before='{"notificationId":"b47c82ac","eventType":"tms.networktoken.updated","payload":', after="}"):
        return message("POST", "/hook", [JSON_TYPE], before + payload + after)

    at = {"credentials": keys, "now": AT}
    payloads = {"list": '[{"data":{"_links":{"customers":[{"href":"/tms/v2/customers/1"}]},"type":"tokenizedCardUpdates"},"organizationId":"org"}]', "object": '{"status":"COMPLETED","note":"caf\u00e9 \u20ac"}',
                "blanks": '{ "amount" : 1.50,\n  "note":"\\u00e9\\/" }', "text": '"abc"', "number": "10.50"}
    for name, payload in payloads.items():
        plain = post(payload)
        book.sign(name, plain, {"headers": header(payload), "string_to_sign": ts + "." + payload}, **{**at, "now": AT + 123})
        book.verify(name, added(plain, header(payload)), {"status": "ok", "key_id": keys["key_id"], "timestamp": "2023-11-14T22:13:20.123Z"}, **at)
        book.sign(name + "-whole-body", plain, {"headers": header(plain["body"])}, **{**at, "now": AT + 123}, **variant)
        book.verify(name + "-whole-body", added(plain, header(plain["body"])), "ok", **at, **variant)
        book.verify(name + "-whole-body-unasked", added(plain, header(plain["body"])), "signature_mismatch", **at)
    payload = payloads["object"]
    good = added(post(payload), header(payload))
    text = good["headers"][-1][1]
    book.refusals(good, "V-C-Signature", keys, {**keys, "secret": b64(b"other")}, ["", text.replace(";", ","), text[:-1], text + "A", text.split(";sig=")[0] + ";sig=" + sha256(b"").hex()], now=AT)
    for what, changed, expect in (
        ("payload", with_body(good, good["body"].replace("COMPLETED", "DECLINED")), "signature_mismatch"), ("blank-inside", with_body(good, good["body"].replace('":"C', '": "C')), "signature_mismatch"),
        ("payload-as-text", post('"%s"' % payload.replace('"', '\\"')), "signature_mismatch"), ("payload-twice", post(payload, after=',"payload":{}}'), "duplicate_field"), ("payload-missing", post('1', '{"Payload":'), None),
        ("envelope", with_body(good, good["body"].replace("updated", "deleted")), "ok"), ("time", with_header(good, "V-C-Signature", text.replace(ts, "1700000000124")), "signature_mismatch"),
        ("unknown-key", with_header(good, "V-C-Signature", text.replace("bf44", "af44")), "unknown_key"), ("no-key-id", with_header(good, "V-C-Signature", text.replace("keyId", "key")), "missing_field"),
        ("no-time", with_header(good, "V-C-Signature", text[text.index("keyId"):]), "missing_field"), ("seconds", with_header(good, "V-C-Signature", text.replace(ts, ts[:10])), "malformed_field"),
        ("not-json", with_body(good, "payload=1"), "malformed_field"),
    ):
        changed = changed if "V-C-Signature" in dict(changed["headers"]) else added(changed, header(payload))
        book.verify("changed-" + what, changed, expect or {"rejected": True}, **at)
    # The example of the documents: what its script is given as the payload stands here for the whole body.
    example = message("POST", "/", [("v-c-signature", "t=1617830804768;keyId=bf44c857-b182-bb05-e053-34b8d30a7a72;sig=CzHY47nzJgCSD/BREtSIb+9l/vfkaaL4qf9n8MNJ4CY=")], "this is a decrypted payload")
    assert header("this is a decrypted payload", "1617830804768")[0][1] == example["headers"][0][1]
    source = "developer.cybersource.com, Example: Validating a Notification"
    book.verify("official", example, "ok", credentials=keys, now=1_617_830_804_768, source=source, **variant)
    book.sign("official", {**example, "headers": []}, {"headers": [("V-C-Signature", example["headers"][0][1])]}, credentials=keys, now=1_617_830_804_768, source=source, **variant)
    for name, now, expect in (("oldest", 3_600_000, "ok"), ("too-old", 3_601_000, "timestamp_too_old"), ("newest", -3_600_000, "ok"), ("too-new", -3_601_000, "timestamp_too_new")):
        book.verify(name, good, expect, credentials=keys, now=AT + 123 + now)
    return book


def lemon_squeezy():
    return body_mac("lemon-squeezy", "X-Signature", {"secret": "lemon-signing-secret"}, "lemon-signing-secret", hex_of, wrong_hex)


def docusign():
    # It looks like base64 and is used as text.
    key, header = "4+zGvDtRCs5dm3kUrTp0cR1TqY0Zp6KcVwZ9uS3pPuE=", "X-DocuSign-Signature-1"
    keys = {"secret": key}
    book = body_mac("docusign", header, keys, key, b64, lambda t: ["", t[:-2], t.replace("=", ""), sha256(b"").hex(), t + "A"])
    event = '{"event":"envelope-completed","data":{"envelopeId":"a1"},"note":"caf\u00e9 \u20ac"}'
    published = "R9Txcamh6iRoVwgmevE/hWn/rg/eGvxSd9Gj7pGKPk0="
    assert b64(mac("sha256", key, event)) == published
    source = "docusign/code-examples-python app/connect/examples/eg001_validate_webhook_message.py, run"
    good = message("POST", "/", [JSON_TYPE, (header, published)], event)
    book.verify("example", good, "ok", credentials=keys, source=source)
    book.sign("example", message("POST", "/", [JSON_TYPE], event), {"headers": [(header, published)]}, credentials=keys, source=source)
    book.verify("key-decoded", with_header(good, header, b64(mac("sha256", base64.b64decode(key), event))), "signature_mismatch", credentials=keys)
    # One header for each key of the account: the first is read, under every key of the ring.
    other = "m0Q2oN5dAjC2u5m2k0Q5cR1TqY0Zp6KcVwZ9uS3pPuE="
    two = added(with_header(good, header, b64(mac("sha256", other, event))), [("X-DocuSign-Signature-2", published)])
    book.verify("two-keys", two, "ok", keys=[{"credentials": keys}, {"credentials": {"secret": other}}])
    book.verify("two-keys-second-known-only", two, "signature_mismatch", credentials=keys, note="the ring must hold every active key")
    return book


def coinbase_cdp():
    """v1 over time, names, values and body; v0 over time and body. What Hook0 asserts of itself stands under `official`."""
    book = Book(ME, "coinbase-cdp", "webhook")
    keys, variant = {"secret": "3f0c6f2a-cdp-secret"}, {"variants": ["body-only"]}
    event = [JSON_TYPE, ("X-Event-Id", "1a01cb48-5142-4d9b-8f90-d20cca61f0ee"), ("X-Event-Type", "onchain.activity.detected")]

    def base_of(body, names, values, ts="1700000000"):
        return ".".join([ts, " ".join(names), *values, body])

    def items(body, names, values, ts="1700000000", key=keys["secret"]):
        v0, v1 = (mac("sha256", key, base).hex() for base in (ts + "." + body, base_of(body, names, values, ts)))
        return "t=%s,h=%s,v1=%s" % (ts, " ".join(names), v1), "t=%s,v0=%s" % (ts, v0), "t=%s,v0=%s,h=%s,v1=%s" % (ts, v0, " ".join(names), v1)

    def with_signature(plain, text):
        return added(plain, [("X-Hook0-Signature", text)])

    names, values = [n.lower() for n, _ in event], [v for _, v in event]
    for name, body in BODIES.items():
        plain = message("POST", "/hook", event, body)
        v1, v0, both = items(body, names, values)
        book.sign(name, plain, {"headers": [("X-Hook0-Signature", v1)], "string_to_sign": base_of(body, names, values)}, credentials=keys, now=AT)
        book.sign(name + "-v0", plain, {"headers": [("X-Hook0-Signature", v0)], "string_to_sign": "1700000000." + body}, credentials=keys, now=AT, **variant)
        book.verify(name, with_signature(plain, v1), {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=keys, now=AT)
        book.verify(name + "-both", with_signature(plain, both), "ok", credentials=keys, now=AT)
        book.verify(name + "-both-read-as-v0", with_signature(plain, both), "ok", credentials=keys, now=AT, **variant)
    v1, v0, both = items(BODY, names, values)
    plain = message("POST", "/hook", event, BODY)
    good, weak = with_signature(plain, v1), with_signature(plain, v0)
    book.refusals(good, "X-Hook0-Signature", keys, {"secret": "x"}, ["", v1[:-1], v1[:-2] + "GG", v1 + "00", v1.replace(",", ";")], now=AT)
    for what, changed in {"body": with_body(good, BODY + " "), "type": with_header(good, "X-Event-Type", "onchain.activity"), "id": with_header(good, "X-Event-Id", "2"),
                          "content-type": with_header(good, "Content-Type", "application/json; charset=utf-8"), "time": with_signature(plain, v1.replace("1700000000", "1700000001")),
                          "order-of-names": with_signature(plain, v1.replace("content-type x-event-id", "x-event-id content-type"))}.items():
        book.verify("changed-" + what, changed, "signature_mismatch", credentials=keys, now=AT)
    book.verify("v0-content-type", with_header(weak, "Content-Type", "application/json; charset=utf-8"), "ok", credentials=keys, now=AT, **variant)
    book.verify("v0-body", with_body(weak, BODY + " "), "signature_mismatch", credentials=keys, now=AT, **variant)
    book.verify("v0-alone", weak, "missing_field", credentials=keys, now=AT, note="h is missing, and v1")
    book.verify("v1-alone-read-as-v0", good, "missing_signature", credentials=keys, now=AT, **variant)
    book.verify("header-lost", without(good, "X-Event-Id"), "missing_field", credentials=keys, now=AT, note="Coinbase's example takes an empty value for it; Hook0's own clients refuse it, too")
    book.verify("header-twice", twice(good, "X-Event-Id"), "signature_mismatch", credentials=keys, now=AT)
    older = [JSON_TYPE, ("X-Hook0-Id", "5142")]
    text = items(BODY, [n.lower() for n, _ in older], [v for _, v in older])[0]
    book.verify("older-names", with_signature(message("POST", "/hook", older, BODY), text), "ok", credentials=keys, now=AT, note="h=content-type x-hook0-id, as older pages of the documents show")
    book.verify("target-is-not-signed", {**good, "target": "/elsewhere"}, "ok", credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)

    source = "hook0/hook0 clients/conformance/signature.json"
    body, secret = '{"event":"user.created"}', {"secret": "a-subscription-secret"}
    sent = message("POST", "/", [("x-event-id", "evt-1"), ("x-delivery-id", "dlv-1"), ("content-type", "application/json")], body)
    of_body, of_headers, of_others = ("d17d66b66fca89390c5b967c45e8928fc732db07a0aabe8167b1e98213081ffe", "19a6fb8f6581715b241a93af02a58611c3b0ac7b747a8d2a5b120ee418d0c347",
                                      "bf5f4e5fe0c9143510ae192f983316a09ed392d0104d2ce0faa3d7bce3687acb")
    assert items(body, ["x-event-id", "x-delivery-id"], ["evt-1", "dlv-1"], "1800000000", secret["secret"])[2] == "t=1800000000,v0=%s,h=x-event-id x-delivery-id,v1=%s" % (of_body, of_headers)
    for name, text, expect in (
        ("headers", "t=1800000000,h=x-event-id x-delivery-id,v1=" + of_headers, "ok"),
        ("both", "t=1800000000,h=x-event-id x-delivery-id,v0=%s,v1=%s" % (of_others, of_headers), "ok"),
        ("right-v0-wrong-v1", "t=1800000000,h=x-event-id x-delivery-id,v0=%s,v1=%s" % (of_body, of_others), "signature_mismatch"),
        ("order-changed", "t=1800000000,h=x-delivery-id x-event-id,v1=" + of_headers, "signature_mismatch"),
        ("order-of-its-own", "t=1800000000,h=x-delivery-id x-event-id,v1=" + of_others, "ok"),
        ("header-missing", "t=1800000000,h=x-event-id x-missing,v1=" + of_headers, "missing_field"),
    ):
        book.verify("official-" + name, with_signature(sent, text), expect, credentials=secret, now=1_800_000_000_000, source=source)
    for name, ts, code, expect in (
        ("v0", "1800000000", of_body, "ok"), ("v0-not-hex", "1800000000", of_body[:-1] + "z", "malformed_signature"), ("v0-cut", "1800000000", of_body[:-2], "malformed_signature"),
        ("v0-too-old", "1799999699", "4168cc6c683357e103055b48584715f12e2baa4e679b8e076254247f11edf34d", "timestamp_too_old"),
        ("v0-too-new", "1800000301", "ba4b79e449ae52edb505b6baa07380be2baa6e0c4c6fec3b9a01c85d47a4935f", "timestamp_too_new"),
        ("v0-oldest", "1799999700", "f9689580483e051113d28de23c1658c509da2b00e7bc15a5aaa83b8bdf83ff81", "ok"),
    ):
        book.verify("official-" + name, with_signature(sent, "t=%s,v0=%s" % (ts, code)), expect, credentials=secret, now=1_800_000_000_000, source=source, **variant)
    sent = message("POST", "/", [("X-Event-Type", "service.resource.verb"), ("X-Event-Id", "1a01cb48-5142-4d9b-8f90-d20cca61f0ee")], "hello !")
    text = "t=1636936200,h=x-event-id x-event-type,v1=bc521546ba5de381b12f135782d2008b028c3065c191760b12b76850a8fc8f51"
    source = "hook0/hook0 output-worker/src/work.rs"
    book.sign("official-sender", sent, {"headers": [("X-Hook0-Signature", text)]}, credentials={"secret": "secret"}, now=1_636_936_200_000, source=source)
    text = "t=1636936200,v0=1b3d69df55f1e52f05224ba94a5162abeb17ef52cd7f4948c390f810d6a87e98"
    book.sign("official-sender-v0", sent, {"headers": [("X-Hook0-Signature", text)]}, credentials={"secret": "secret"}, now=1_636_936_200_000, source=source, **variant)
    return book


def books():
    return [shopify(), zoom(), paddle(), hubspot(), persona(), onfido(), coinify(), sumsub(), veriff(), authorize_net(), bluesnap(), finix(), recurly(), rapyd(),
            xendit(), cybersource(), volt(), dwolla(), coinbase_cdp(), lemon_squeezy(), docusign(),
            cybersource_webhooks()]
