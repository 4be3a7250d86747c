"""More schemes with key pairs: SendGrid (ECDSA), Discord and asymmetric Standard Webhooks (Ed25519), Trustly (RSA-SHA1)."""
import base64
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding

from lib import Book, added, b64, message, twice, with_body, with_header, without
from public_keys import OTHER_PUBLIC, RSA, RSA_PRIVATE, RSA_PUBLIC

ME = "key_pairs.py"
AT = 1_700_000_000_000
STAMP = "2023-11-14T22:13:20.000Z"
JSON_TYPE = ("Content-Type", "application/json")
BODY = '{"id":"evt_1","amount":1050,"note":"caf\u00e9 \u20ac"}'
BODIES = {"json": BODY, "empty": "", "line-ends": "a\r\nb\r\n"}
# Throw-away keys.
P256 = ec.derive_private_key(0x1234567890ABCDEF1234567890ABCDEF, ec.SECP256R1())
P256_OTHER = ec.derive_private_key(0xFEDCBA0987654321, ec.SECP256R1())
SEED, OTHER_SEED = bytes(range(32)), bytes(range(1, 33))


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def spki(key):
    return b64(key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def raw_public(seed):
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def ed(text, seed=SEED):
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())


def sendgrid():
    book = Book(ME, "sendgrid", "webhook")
    head, clock = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"
    ours, theirs = {"private_key": pem(P256)}, {"public_key": spki(P256)}

    def headers(body, ts="1700000000"):
        return [(clock, ts), (head, b64(P256.sign((ts + body).encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))))]

    for name, body in BODIES.items():
        plain = message("POST", "/sg", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers(body), "string_to_sign": "1700000000" + body}, credentials=ours, now=AT)
        book.verify(name, added(plain, headers(body)), {"status": "ok", "timestamp": STAMP}, credentials=theirs, now=AT)
    good = added(message("POST", "/sg", [JSON_TYPE], BODY), headers(BODY))
    text = headers(BODY)[1][1]
    book.refusals(good, head, theirs, {"public_key": spki(P256_OTHER)}, ["", "%%%", text[:-1], text + " "], now=AT)
    book.verify("other-encoding-of-the-same", with_header(good, head, b64(b"\x30\x81" + base64.b64decode(text)[1:])), {"rejected": True}, credentials=theirs, now=AT)
    for name, changed in {"body": with_body(good, BODY + " "), "time": with_header(good, clock, "1700000001")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.verify("no-time", without(good, clock), "missing_field", credentials=theirs, now=AT)
    book.time_edges(good, AT, 300, theirs)
    event = [{"email": "hello@world.com", "event": "dropped", "reason": "Bounced Address", "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
              "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0", "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>", "timestamp": 1600112492}]
    payload = json.dumps(event, sort_keys=True, separators=(",", ":")) + "\r\n"
    published = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
    key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
    other = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA=="
    at = {"now": 1_600_112_502_000, "source": "sendgrid/sendgrid-python test/unit/test_eventwebhook.py"}
    official = message("POST", "/", [(clock, "1600112502"), (head, published)], payload)
    book.verify("official", official, "ok", credentials={"public_key": key}, **at)
    book.verify("official-bad-key", official, "signature_mismatch", credentials={"public_key": other}, **at)
    book.verify("official-bad-payload", with_body(official, "payload"), "signature_mismatch", credentials={"public_key": key}, **at)
    bad = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0="
    book.verify("official-bad-signature", with_header(official, head, bad), "signature_mismatch", credentials={"public_key": key}, **at)
    book.verify("official-bad-timestamp", with_header(official, clock, "timestamp"), "malformed_field", credentials={"public_key": key}, **at)
    book.verify("trimmed-body", with_body(official, payload.strip()), "signature_mismatch", credentials={"public_key": key}, now=at["now"])
    return book


def discord():
    book = Book(ME, "discord", "webhook")
    head, clock = "X-Signature-Ed25519", "X-Signature-Timestamp"
    ours, theirs = {"private_key": SEED.hex()}, {"public_key": raw_public(SEED).hex()}

    def headers(body, ts="1700000000"):
        return [(clock, ts), (head, ed(ts + body).hex())]

    for name, body in {**BODIES, "ping": '{"type":1,"id":"1"}'}.items():
        plain = message("POST", "/discord", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": headers(body), "string_to_sign": "1700000000" + body}, credentials=ours, now=AT)
        book.verify(name, added(plain, headers(body)), {"status": "ok", "timestamp": STAMP}, credentials=theirs, now=AT)
    good = added(message("POST", "/discord", [JSON_TYPE], BODY), headers(BODY))
    text = headers(BODY)[1][1]
    book.refusals(good, head, theirs, {"public_key": raw_public(OTHER_SEED).hex()}, ["", "zz", text.upper(), text[:-1]], now=AT)
    book.verify("short-signature", with_header(good, head, text[:-2]), {"rejected": True}, credentials=theirs, now=AT)
    order = 2**252 + 27742317777372353535851937790883648493
    raw = bytes.fromhex(text)
    above = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    book.verify("malleable", with_header(good, head, above.hex()), {"rejected": True}, credentials=theirs, now=AT, note="RFC 8032, 5.1.7: S must be below the order")
    for name, changed in {"body": with_body(good, BODY + " "), "time": with_header(good, clock, "1700000001")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.verify("no-time", without(good, clock), "missing_field", credentials=theirs, now=AT)
    book.verify("two-times", twice(good, clock), "duplicate_field", credentials=theirs, now=AT)
    book.time_edges(good, AT, 300, theirs)
    book.add("key-not-hex", "verify", good, "invalid_credentials", credentials={"public_key": "xyz"}, now=AT)
    book.add("key-too-short", "verify", good, "invalid_credentials", credentials={"public_key": "00" * 31}, now=AT)
    return book


def standard():
    book = Book(ME, "standard-webhooks-ed25519", "webhook")
    ours, theirs = {"private_key": "whsk_" + b64(SEED + raw_public(SEED))}, {"public_key": "whpk_" + b64(raw_public(SEED))}

    def v1a(body=BODY, msg="msg_1", ts="1700000000", seed=SEED):
        return "v1a," + b64(ed("%s.%s.%s" % (msg, ts, body), seed))

    def signed(text, body=BODY, prefix="Webhook", msg="msg_1", ts="1700000000"):
        return added(message("POST", "/hook", [JSON_TYPE], body), [(prefix + "-Id", msg), (prefix + "-Timestamp", ts), (prefix + "-Signature", text)])

    for name, body in BODIES.items():
        expect = {"headers": [("Webhook-Id", "msg_1"), ("Webhook-Timestamp", "1700000000"), ("Webhook-Signature", v1a(body))], "string_to_sign": "msg_1.1700000000." + body}
        for kind, keys in {"": ours, "-seed-alone": {"private_key": "whsk_" + b64(SEED)}}.items():
            book.sign(name + kind, message("POST", "/hook", [JSON_TYPE], body), expect, credentials=keys, now=AT, nonce="msg_1")
        book.verify(name, signed(v1a(body), body), {"status": "ok", "timestamp": STAMP}, credentials=theirs, now=AT)
    other = v1a(seed=OTHER_SEED)
    for name, text in {"old-beside": other + " " + v1a(), "new-first": v1a() + " " + other, "symmetric-beside": "v1,AAAA " + v1a()}.items():
        book.verify(name, signed(text), "ok", credentials=theirs, now=AT)
    book.verify("svix-names", signed(v1a(), prefix="Svix"), "ok", credentials=theirs, now=AT)
    good = signed(v1a())
    book.refusals(good, "Webhook-Signature", theirs, {"public_key": "whpk_" + b64(raw_public(OTHER_SEED))}, ["", "v1a", "v1a,%%%", v1a()[:-1], v1a()[4:]], now=AT)
    book.verify("symmetric-alone", signed("v1,AAAA"), "missing_signature", credentials=theirs, now=AT)
    for name, changed in {"body": with_body(good, BODY + " "), "id": with_header(good, "Webhook-Id", "msg_2"), "time": with_header(good, "Webhook-Timestamp", "1700000001")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.verify("no-id", without(good, "Webhook-Id"), "missing_field", credentials=theirs, now=AT)
    book.time_edges(good, AT, 300, theirs)
    book.add("key-without-prefix", "verify", good, "invalid_credentials", credentials={"public_key": b64(raw_public(SEED))}, now=AT)
    book.add("secret-as-public-key", "verify", good, "invalid_credentials", credentials={"public_key": "whsk_" + b64(SEED)}, now=AT)
    return book


TRUSTLY_TEST_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAy7h/yX8DEA2m588SrWye
AC8rTMbErwHt2hoTiP9fte/iOo0FXIZSmNsNu422L+iJyvZQu19ebeL7XgB0UXqt
zA6KtXBMXIKwuMCZhbdeR8sb7OKbX2nlWM+e2Hmrr9CTfkZkFBeSC+iN9fAU6PoR
X0i5PWm0uZnaoWXcZnk5CxQCgnfYgsx7xsd8Au+mrqE8SHeT8zi/Inw0Xp6ba25G
YsZhHfIPD2rcZQOpWbmHRS4Jk4aGzSOBHbAZhKlP97PxoVfUcPI3iCA1+3jMs1l2
PYsHUbP60NMVwkGPjFOTv4m1a1wKsue0mhspDdvswZUeKE+POGOuewqTQJ+gIhXw
mQIDAQAB
-----END PUBLIC KEY-----
"""


def trustly():
    book = Book(ME, "trustly", "request")
    ours, theirs = {"private_key": RSA_PRIVATE}, {"public_key": RSA_PUBLIC}
    uuid = "258a2184-2842-b485-25ca-293525152425"
    data = {"Username": "merchant", "Password": "pw", "Amount": "10.50", "Attributes": {"Locale": "sv_SE", "Email": "a\u00e5@b.c", "Empty": None}, "List": ["b", "a", {"k": "v"}]}
    # Names sorted by code point, everything side by side.
    bare = "Amount10.50AttributesEmaila\u00e5@b.cEmptyLocalesv_SEListbakvPasswordpwUsernamemerchant"
    shapes = {
        "request": lambda d, s: {"method": "Deposit", "params": {**({"Signature": s} if s else {}), "UUID": uuid, "Data": d}, "version": "1.1"},
        "webhook": lambda d, s: {"method": "Deposit", "params": {**({"signature": s} if s else {}), "uuid": uuid, "data": d}, "version": "1.1"},
        "response": lambda d, s: {"result": {**({"signature": s} if s else {}), "uuid": uuid, "method": "Deposit", "data": d}, "version": "1.1"},
    }

    def sign(text):
        return b64(RSA.sign(("Deposit" + uuid + text).encode(), padding.PKCS1v15(), hashes.SHA1()))

    def post(value, **style):
        return message("POST", "/api/1", [JSON_TYPE], json.dumps(value, ensure_ascii=False, **style))

    for flow, shape in shapes.items():
        at = {"flow": flow}
        made = sign(bare)
        book.sign("plain", post(shape(data, None)), {"string_to_sign": "Deposit" + uuid + bare}, credentials=ours, **at)
        good = post(shape(data, made))
        book.verify("plain", good, "ok", credentials=theirs, **at)
        for name, style in {"indented": {"indent": 2}, "other-order": {"sort_keys": True}, "compact": {"separators": (",", ":")}}.items():
            book.verify(name, post(shape(data, made), **style), "ok", credentials=theirs, **at)
        for name, text in {"empty": "", "not-base64": "%%%", "short": made[:-1], "with-algorithm": "alg=RS256;" + made}.items():
            book.verify("signature-" + name, with_body(good, good["body"].replace(made, text)), "malformed_signature", credentials=theirs, **at)
        book.verify("other-key", good, {"rejected": True}, credentials={"public_key": OTHER_PUBLIC}, **at)
        book.verify("no-signature", post(shape(data, None)), "missing_signature", credentials=theirs, **at)
        for name, old, new in (("amount", "10.50", "10.51"), ("uuid", uuid, uuid[::-1]), ("method", "Deposit", "Refund"), ("order-of-list", '"b", "a"', '"a", "b"'), ("member-added", '"Amount"', '"A": "1", "Amount"')):
            book.verify("changed-" + name, with_body(good, good["body"].replace(old, new)), "signature_mismatch", credentials=theirs, **at)
        book.verify("version-is-not-signed", with_body(good, good["body"].replace('"1.1"', '"2.0"')), "ok", credentials=theirs, **at)
        book.verify("null-is-empty", with_body(good, good["body"].replace("null", '""')), "ok", credentials=theirs, **at)
        book.verify("data-twice", with_body(good, good["body"].replace('"Amount"', '"Amount": "1", "Amount"')), {"rejected": True}, credentials=theirs, **at)
        book.verify("no-uuid", with_body(good, good["body"].replace("uuid", "other").replace("UUID", "other")), "missing_field", credentials=theirs, **at)
    source = "trustly/trustly-client-python tests/test-api.py, signed by Trustly's test system"
    key = {"public_key": TRUSTLY_TEST_KEY}
    answer = {"result": {"data": {"orderid": "1371798227", "url": "https://test.trustly.com/_/orderclient.php?SessionID=11139ac4-f0c1-4594-8211-7f4c10e61212&OrderID=1371798227&Locale=sv_SE"}, "method": "Deposit",
              "signature": "mB/GNR5LmDGPsCDXgoaZOmEN3KKj0Q/UwpmUf4WwHht2Y0ISPJ/r9htgegWjCCvkNrTUZNHcSZCn3fPaiF9h0QY1zoTbrgCeYE7SLqPoPY5ineKCYvE4xwnJRc41QRqeYwkQmDRz6tN1vi2iKetcRBH4vtILgldO0LdR4dyjiI6w2MNSQiZCwZnO2kr81KD3Kaqr9NxPyt1LI+VxkXwdcUhWcVFfLvUZZWWZLZS4vlQR5/XjDRo7ngGqEC6fceAjZE1NPptmXrFuafvkvWIRdTleEioNPyV4yua9pAyRnDurzfG0T0A73vAgfmWCBddhz/aAGxNLWR9PWofSawGj9g==",
              "uuid": "a4d1578e-6c00-11e5-9d5e-0800279bcb51"}, "version": "1.1"}
    notification = {"method": "credit", "params": {"data": {"currency": "SEK", "enduserid": "leecS", "messageid": "5001_655548", "timestamp": "2015-03-12 15:14:18.61671+00", "notificationid": "3653956920", "amount": "20.00", "orderid": "3931155141"},
                    "signature": "jzsoXu5OtwfMe20l5AXGk0sdQsxo8/xe+RKtSEMfdQ9RjqDW6tF+xHdsyTH04xwU1aVXOqBVOnOaIZX6PbgASEhG1GDxq2tY533ptBn9P6dAp8njWBvp2qidb8tNd2Z+Gwx8hyTBcNWtL/AxO5gZOwlJvgNwtpWFaDW7ejYcVZ+V/tsPk93odzo40lGZqJsZar7927s1Z2ewkrCl9sM39obZqSswsF41THC0uDL5CAXDoRafrQC63KbF4zMV7HaudNJcnzQIGCr/+yGLEZoARHJZHNb0fIlVMCroKk+rsHg9P3/QglAJD34U2SrQW5CM+qgVWgcoscJHEhAlmwyoTQ==",
                    "uuid": "f1b77aac-516d-4b89-a125-c005f4c020f0"}, "version": "1.1"}
    for flow, value, old, new in (("response", answer, "1371798227", "1371798228"), ("webhook", notification, "5001_655548", "5001_655549")):
        good = post(value, indent=4)
        book.verify("official", good, "ok", credentials=key, flow=flow, source=source)
        book.verify("official-changed", with_body(good, good["body"].replace(old, new, 1)), "signature_mismatch", credentials=key, flow=flow, source=source)
    return book


def books():
    return [sendgrid(), discord(), standard(), trustly()]
