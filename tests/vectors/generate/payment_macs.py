"""Payment providers with a shared secret: Adyen platform, Airwallex, Binance Pay, Braintree, Checkout.com, Coinbase, Flutterwave,
GoCardless, Klarna, Mercado Pago, Modulr, Mollie, NOWPayments, OpenNode, Paystack, PayTabs, PayU, Razorpay, Revolut, Tap, Worldpay."""
import base64
import hashlib
import json
import urllib.parse

from lib import Book, added, b64, mac, message, twice, with_body, with_header, without
from simple_macs import body_mac, hex_of, timed, wrong_hex

ME = "payment_macs.py"
AT = 1_700_000_000_000
STAMP = "2023-11-14T22:13:20.000Z"
JSON_TYPE = ("Content-Type", "application/json")
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")
BODY = '{"id":"evt_1","amount":1050,"note":"caf\u00e9 \u20ac","price":1.50}'
BODIES = {"json": BODY, "empty": "", "line-ends": "a\r\nb\n\n"}


def form(target, fields):
    return message("POST", target, [FORM_TYPE], urllib.parse.urlencode(fields))


def wrong_base64(text):
    return ["", text[:-2], text.replace("=", ""), text + "A", base64.b64decode(text).hex(), text[:-4]]


# The body alone


def adyen_platform():
    key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
    keys = {"hmac_key": key}
    book = Book(ME, "adyen-platform", "webhook")
    raw = bytes.fromhex(key)
    for name, body in BODIES.items():
        header = [("HmacSignature", b64(mac("sha256", raw, body)))]
        book.sign(name, message("POST", "/", [JSON_TYPE], body), {"headers": header, "string_to_sign": body}, credentials=keys)
        book.verify(name, added(message("POST", "/", [JSON_TYPE], body), header), "ok", credentials=keys)
    good = added(message("POST", "/", [JSON_TYPE], BODY), [("HmacSignature", b64(mac("sha256", raw, BODY)))])
    book.refusals(good, "HmacSignature", keys, {"hmac_key": "00" * 32}, wrong_base64(b64(mac("sha256", raw, BODY))))
    book.verify("body", with_body(good, BODY + " "), "signature_mismatch", credentials=keys)
    book.verify("key-in-small-letters", good, "ok", credentials={"hmac_key": key.lower()})
    book.verify("key-not-decoded", with_header(good, "HmacSignature", b64(mac("sha256", key, BODY))), "signature_mismatch", credentials=keys)
    book.add("key-not-hex", "verify", good, "invalid_credentials", credentials={"hmac_key": "not hex"})
    payload = """
        {
            "type": "merchant.created",
            "environment": "test",
            "createdAt": "01-01-2024",
            "data": {
                "capabilities": {
                    "sendToTransferInstrument": {
                        "requested": true,
                        "requestedLevel": "notApplicable"
                    }
                },
                "companyId": "YOUR_COMPANY_ID",
                "merchantId": "YOUR_MERCHANT_ACCOUNT",
                "status": "PreActive"
            }
        }
        """
    published = "fX74xUdztFmaXAn3IusMFFUBUSkLmDQUK0tm8xL6ZTU="
    assert b64(mac("sha256", raw, payload)) == published
    source = "Adyen/adyen-python-api-library test/UtilTest.py, test_is_valid_hmac_payload"
    book.verify("official", message("POST", "/", [("HmacSignature", published)], payload), "ok", credentials=keys, source=source)
    book.verify("official-wrong", message("POST", "/", [("HmacSignature", "MismatchingHmacKey=")], payload), "malformed_signature", credentials=keys, source=source)
    return book


def checkout_com():
    return body_mac("checkout-com", "Cko-Signature", {"secret": "a-signature-key"}, "a-signature-key", hex_of, wrong_hex, me=ME)


def paystack():
    return body_mac("paystack", "X-Paystack-Signature", {"secret": "sk_test_0123"}, "sk_test_0123", hex_of, wrong_hex, "sha512", me=ME)


def paytabs():
    return body_mac("paytabs", "Signature", {"server_key": "SGJNZ96JLG"}, "SGJNZ96JLG", hex_of, wrong_hex, me=ME)


def coinbase_commerce():
    secret = "30291a20-0bd1-4267-9b0f-e6e7b123c0bf"
    return body_mac("coinbase-commerce", "X-CC-Webhook-Signature", {"secret": secret}, secret, hex_of, wrong_hex, me=ME)


def flutterwave_v4():
    return body_mac("flutterwave-v4", "flutterwave-signature", {"secret_hash": "a-secret-hash"}, "a-secret-hash", b64, wrong_base64, me=ME)


def flutterwave_v3():
    book = Book(ME, "flutterwave-v3", "webhook")
    keys = {"secret_hash": "a-secret-hash"}
    plain = message("POST", "/hook", [JSON_TYPE], BODY)
    book.sign("plain", plain, {"headers": [["verif-hash", "a-secret-hash"]]}, credentials=keys)
    good = added(plain, [("verif-hash", "a-secret-hash")])
    book.verify("plain", good, "ok", credentials=keys)
    book.verify("body-is-not-signed", with_body(good, "{}"), "ok", credentials=keys, note="a token protects nothing of the message")
    book.verify("other-secret", good, "signature_mismatch", credentials={"secret_hash": "another"})
    book.verify("longer", with_header(good, "verif-hash", "a-secret-hash-and-more"), "signature_mismatch", credentials=keys)
    book.verify("shorter", with_header(good, "verif-hash", "a-secret"), "signature_mismatch", credentials=keys)
    book.verify("empty", with_header(good, "verif-hash", ""), {"rejected": True}, credentials=keys)
    book.verify("none", plain, "missing_signature", credentials=keys)
    book.verify("two", twice(good, "verif-hash"), "duplicate_field", credentials=keys)
    book.add("empty-secret", "verify", good, "invalid_credentials", credentials={"secret_hash": ""})
    return book


def razorpay():
    secret = "webhook-secret"
    book = body_mac("razorpay", "X-Razorpay-Signature", {"secret": secret}, secret, hex_of, wrong_hex, me=ME)
    event = {"event": "payment.authorized", "entity": "event", "contains": ["payment"], "payload": {"payment": {"entity": {
        "id": "pay_6koWN7bvxujzxM", "entity": "payment", "amount": 1000000, "currency": "INR", "status": "captured", "order_id": "order_100000000order",
        "international": False, "method": "card", "amount_refunded": 0, "refund_status": None, "captured": True, "description": "random description",
        "card_id": "card_6koWNAT6LASUqy", "bank": None, "wallet": None, "vpa": None, "email": "a@b.com", "contact": "+919999999999",
        "notes": {"merchant_order_id": "random order id"}, "fee": 23000, "service_tax": 3000, "error_code": None, "error_description": None,
        "created_at": 1479978483}}}, "created_at": 1400826760}
    body = json.dumps(event, indent=2) + "\n"
    published = "d60e67fd884556c045e9be7dad57903e33efc7172c17c6e3ef77db42d2b366e9"
    assert mac("sha256", "key_secret", body).hex() == published
    book.verify("official", message("POST", "/", [("X-Razorpay-Signature", published)], body), "ok", credentials={"secret": "key_secret"},
                source="razorpay/razorpay-python tests/test_client_utility.py and tests/mocks/fake_payment_authorized_webhook.json")
    return book


def gocardless():
    secret = "ED7D658C-D8EB-4941-948B-3973214F2D49"
    book = body_mac("gocardless", "Webhook-Signature", {"secret": secret}, secret, hex_of, wrong_hex, me=ME)
    event = {"events": [
        {"id": "EV00BD05S5VM2T", "created_at": "2018-07-05T09:13:51.404Z", "resource_type": "subscriptions", "action": "created",
         "links": {"subscription": "SB0003JJQ2MR06"}, "details": {"origin": "api", "cause": "subscription_created", "description": "Subscription created via the API."}, "metadata": {}},
        {"id": "EV00BD05TB8K63", "created_at": "2018-07-05T09:13:56.893Z", "resource_type": "mandates", "action": "created",
         "links": {"mandate": "MD000AMA19XGEC"}, "details": {"origin": "api", "cause": "mandate_created", "description": "Mandate created via the API."}, "metadata": {}}]}
    body = json.dumps(event, separators=(",", ":"))
    published = "2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e"
    assert mac("sha256", secret, body).hex() == published
    source = "gocardless/gocardless-pro-python tests/webhooks_test.py and its fixture"
    book.verify("official", message("POST", "/", [("Webhook-Signature", published)], body), "ok", credentials={"secret": secret}, source=source)
    book.verify("official-wrong-key", message("POST", "/", [("Webhook-Signature", published)], body), "signature_mismatch", credentials={"secret": "anotherkey"}, source=source)
    return book


def mollie():
    secret = "test_webhook_secret"
    keys = {"secret": secret}
    book = Book(ME, "mollie", "webhook")

    def value(body=BODY, key=secret):
        return "sha256=" + mac("sha256", key, body).hex()

    for name, body in BODIES.items():
        header = [("X-Mollie-Signature", value(body))]
        book.sign(name, message("POST", "/", [JSON_TYPE], body), {"headers": header, "string_to_sign": body}, credentials=keys)
        book.verify(name, added(message("POST", "/", [JSON_TYPE], body), header), "ok", credentials=keys)
    plain = message("POST", "/", [JSON_TYPE], BODY)

    def signed(*values):
        return added(plain, [("X-Mollie-Signature", v) for v in values])

    good, old = value(), value(key="old secret")
    for name, values in {"new-first": (good, old), "old-first": (old, good), "one-line": (good + ", " + old,), "same-twice": (good, good)}.items():
        book.verify("changing-secret-" + name, signed(*values), "ok", credentials=keys)
    book.verify("changing-secret-neither", signed(old, value(key="older")), "signature_mismatch", credentials=keys)
    book.verify("one-of-two-malformed", signed(good, "sha256=zz"), "malformed_signature", credentials=keys)
    for text in ["", good[7:], "sha256=", good.upper(), good[:-1], good[:-2], "sha1=" + good[7:], good + ",", "sha256 = " + good[7:]]:
        book.verify("malformed-%s" % hashlib.sha256(text.encode()).hexdigest()[:6], signed(text), "malformed_signature", credentials=keys)
    book.verify("no-signature", plain, "missing_signature", credentials=keys, note="as classic webhooks are")
    book.verify("body", with_body(signed(good), BODY + " "), "signature_mismatch", credentials=keys)
    book.verify("other-key", signed(good), "signature_mismatch", credentials={"secret": "another"})
    body = '{"id":"tr_12345","event_type":"payment-link.paid"}'
    book.verify("sdk-payload", message("POST", "/", [("X-Mollie-Signature", value(body))], body), "ok", credentials=keys,
                note="payload and secret of mollie-api-php's tests, which make their own signature")
    return book


def klarna():
    key_id = "krn:partner:global:notification:signing-key:120e5b7e"
    keys = {"key_id": key_id, "secret": "krn:secret:0123"}
    book = Book(ME, "klarna", "webhook")

    def headers(body, secret=keys["secret"]):
        return [("Klarna-Signing-Key-Id", key_id), ("Klarna-Signature", mac("sha256", secret, body).hex())]

    for name, body in BODIES.items():
        book.sign(name, message("POST", "/", [JSON_TYPE], body), {"headers": headers(body), "string_to_sign": body}, credentials=keys)
        book.verify(name, added(message("POST", "/", [JSON_TYPE], body), headers(body)), {"status": "ok", "key_id": key_id}, credentials=keys)
    good = added(message("POST", "/", [JSON_TYPE], BODY), headers(BODY))
    book.refusals(good, "Klarna-Signature", keys, {**keys, "secret": "x"}, wrong_hex(headers(BODY)[1][1]))
    book.verify("body", with_body(good, BODY + " "), "signature_mismatch", credentials=keys)
    book.verify("unknown-key", with_header(good, "Klarna-Signing-Key-Id", "krn:other"), "unknown_key", credentials=keys)
    book.verify("no-key-id", without(good, "Klarna-Signing-Key-Id"), "missing_field", credentials=keys)
    book.verify("two-key-ids", twice(good, "Klarna-Signing-Key-Id"), "duplicate_field", credentials=keys)
    ring = [{"credentials": {"key_id": "krn:other", "secret": "x"}}, {"credentials": keys}]
    book.verify("key-of-the-ring", good, {"status": "ok", "key_id": key_id}, keys=ring)
    book.verify("key-of-the-ring-wrong", with_header(good, "Klarna-Signing-Key-Id", "krn:other"), "signature_mismatch", keys=ring)
    user = {"username": "PK12345_abc", "password": "s3cret:x"}
    basic = [["Authorization", "Basic " + b64("PK12345_abc:s3cret:x".encode())]]
    book.sign("basic", message("POST", "/payments/v1/sessions", [JSON_TYPE], "{}"), {"headers": basic}, credentials=user, flow="request")
    book.verify("basic", added(message("GET", "/", []), basic), "ok", credentials=user, flow="request")
    book.verify("basic-other", added(message("GET", "/", []), basic), "signature_mismatch", credentials={**user, "password": "x"}, flow="request")
    return book


# A list of key ids and signatures


def worldpay():
    keys = {"key_id": "1", "secret": "00112233445566778899aabbccddeeff"}
    book = Book(ME, "worldpay-access", "webhook")

    def value(body=BODY, key=keys["secret"], key_id="1"):
        return "%s/SHA256/%s" % (key_id, mac("sha256", bytes.fromhex(key), body).hex())

    def signed(text, body=BODY):
        return message("POST", "/events", [JSON_TYPE, ("Event-Signature", text)], body)

    for name, body in BODIES.items():
        plain = message("POST", "/events", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": [["Event-Signature", value(body)]], "string_to_sign": body}, credentials=keys)
        book.verify(name, signed(value(body), body), {"status": "ok", "key_id": "1"}, credentials=keys)
    good, other = value(), value(key="ff" * 16, key_id="2")
    for name, text in {"first": good + "," + other, "last": other + "," + good, "blank": other + ", " + good, "unknown-beside": good + "," + value(key="aa" * 8, key_id="77")}.items():
        book.verify("two-signatures-" + name, signed(text), {"status": "ok", "key_id": "1"}, credentials=keys)
    book.verify("two-headers", added(signed(other), [("Event-Signature", good)]), "ok", credentials=keys)
    both = [{"credentials": {"key_id": "2", "secret": "ff" * 16}}, {"credentials": keys}]
    book.verify("both-known", signed(good + "," + other), {"status": "ok", "key_id": "2"}, keys=both)
    newer = "1/SHA512/" + mac("sha512", bytes.fromhex(keys["secret"]), BODY).hex()
    for name, text in {"first": newer + "," + good, "last": good + "," + newer}.items():
        book.verify("another-digest-" + name, signed(text), {"status": "ok", "key_id": "1"}, credentials=keys, note="{keyId}/{hashFunction}/{signature}, so that the hash can be changed")
    book.verify("another-digest-alone", signed(newer), "malformed_signature", credentials=keys)
    book.verify("swapped-ids", signed("2" + good[1:]), "signature_mismatch", keys=both, note="a signature counts for the key id beside it only")
    book.verify("swapped-ids-in-a-list", signed("2%s,1%s" % (good[1:], other[1:])), "signature_mismatch", keys=both)
    book.verify("none-known", signed(other), "unknown_key", credentials=keys)
    book.verify("body", signed(good, BODY + " "), "signature_mismatch", credentials=keys)
    book.verify("other-key", signed(good), "signature_mismatch", credentials={**keys, "secret": "ff" * 16})
    book.verify("no-signature", message("POST", "/events", [JSON_TYPE], BODY), "missing_signature", credentials=keys)
    digest = good.split("/")[2]
    for text in ["", digest, "1/SHA256/", "1/SHA512/" + digest, "1/sha256/" + digest, good[:-1], good.upper(), good + ",", "," + good, "1/SHA256/%s/x" % digest, good + ",x"]:
        book.verify("malformed-%s" % hashlib.sha256(text.encode()).hexdigest()[:6], signed(text), "malformed_signature", credentials=keys)
    text = "1/SHA256/" + mac("sha256", keys["secret"], BODY).hex()
    book.verify("text-secret", signed(text), "signature_mismatch", credentials=keys)
    book.verify("text-secret-variant", signed(text), "ok", credentials=keys, variants=["text-secret"])
    book.add("secret-not-hex", "verify", signed(good), "invalid_credentials", credentials={**keys, "secret": "not hex"})
    return book


def braintree():
    keys = {"public_key": "integration_public_key", "private_key": "integration_private_key"}
    book = Book(ME, "braintree", "webhook")
    key = hashlib.sha1(keys["private_key"].encode()).digest()
    payload = base64.encodebytes(b"<notification><kind>check</kind><subject>caf\xc3\xa9</subject></notification>" * 2).decode()

    def value(text=payload, k=key, public="integration_public_key"):
        return "%s|%s" % (public, mac("sha1", k, text).hex())

    def post(signature, text=payload):
        return form("/hook", {"bt_signature": signature, "bt_payload": text})

    for name, text in {"plain": payload, "no-line-end": payload.strip(), "empty": ""}.items():
        made = form("/hook", {"bt_payload": text, "bt_signature": value(text)})
        book.sign(name, form("/hook", {"bt_payload": text}), {"string_to_sign": text, "body": made["body"]}, credentials=keys)
        book.verify(name, post(value(text), text), {"status": "ok", "key_id": keys["public_key"]}, credentials=keys)
    other = value(k=b"x", public="other_public_key")
    book.verify("several-keys", post(other + "&" + value()), "ok", credentials=keys)
    book.verify("several-keys-first", post(value() + "&" + other), "ok", credentials=keys)
    book.verify("other-key-only", post(other), "unknown_key", credentials=keys)
    book.verify("line-end-trimmed", post(value(), payload.strip()), "signature_mismatch", credentials=keys, note="what a framework does that trims form fields")
    book.verify("payload", post(value(), "x" + payload), "signature_mismatch", credentials=keys)
    book.verify("other-private-key", post(value()), "signature_mismatch", credentials={**keys, "private_key": "another"})
    book.verify("key-not-digested", post(value(k=b"integration_private_key")), "signature_mismatch", credentials=keys)
    book.verify("no-signature", form("/hook", {"bt_payload": payload}), "missing_signature", credentials=keys)
    book.verify("no-payload", form("/hook", {"bt_signature": value()}), "missing_field", credentials=keys)
    book.verify("two-payloads", {**post(value()), "body": post(value())["body"] + "&bt_payload=x"}, "duplicate_field", credentials=keys)
    for size, status in ((19, "ok"), (20, "content_rejected"), (32, "content_rejected"), (33, "ok")):
        challenge = ("20f9f8ed05f77439fe955c977e4c8a53" * 2)[:size]
        book.verify("challenge-of-%d-digits" % size, post(value(challenge), challenge), status, credentials=keys,
                    note="the endpoint check authenticates challenges of 20 to 32 hex digits for anybody, so that they are no notifications")
    good = value()
    for text in ["", good.split("|")[1], "integration_public_key|", good.upper(), good[:-1], good + "&", good + "&x", good.replace("|", ":")]:
        book.verify("malformed-%s" % hashlib.sha256(text.encode()).hexdigest()[:6], post(text), "malformed_signature", credentials=keys)
    return book


# Body and time


def airwallex():
    keys = {"secret": "whsec_airwallex"}

    def sign(body, ts, k):
        return ts + body, [("x-timestamp", ts), ("x-signature", mac("sha256", k["secret"], ts + body).hex())]

    book, _ = timed("airwallex", keys, {"secret": "x"}, "x-signature", sign, wrong_hex, ts="1700000000000", clock="x-timestamp", me=ME)
    base, headers = sign(BODY, "1700000000", keys)
    book.verify("seconds-for-milliseconds", added(message("POST", "/", [JSON_TYPE], BODY), headers), "malformed_field", credentials=keys, now=AT)
    return book


def revolut():
    keys = {"secret": "wsk_r59a4HfWVAKycbCaNO1RvgCJec02gRd8"}

    def v1(body, ts, secret):
        return "v1=" + mac("sha256", secret, "v1.%s.%s" % (ts, body)).hex()

    def sign(body, ts, k):
        return "v1.%s.%s" % (ts, body), [("Revolut-Request-Timestamp", ts), ("Revolut-Signature", v1(body, ts, k["secret"]))]

    def wrong(text):
        return ["", text[3:], text[:-2], "v1=", text + ",v1", "v1=" + text[3:].upper()]

    book, good = timed("revolut", keys, {"secret": "x"}, "Revolut-Signature", sign, wrong, ts="1700000000000", clock="Revolut-Request-Timestamp", me=ME)
    new, old = v1(BODY, "1700000000000", keys["secret"]), v1(BODY, "1700000000000", "old")
    for name, text in {"new-first": new + "," + old, "old-first": old + "," + new, "other-version-beside": "v9=x," + new}.items():
        book.verify(name, with_header(good, "Revolut-Signature", text), "ok", credentials=keys, now=AT)
    book.verify("other-version-alone", with_header(good, "Revolut-Signature", "v9=x"), "missing_signature", credentials=keys, now=AT)
    return book


def mercado_pago():
    secret = "a secret signature"
    keys = {"secret": secret}
    book = Book(ME, "mercado-pago", "webhook")
    request_id = ("X-Request-Id", "bb56a2f1-6aae-46ac-982e-9dcd3581d08e")

    def signed(target, headers, parts, ts="1700000000", body="{}", key=secret):
        base = "".join(parts) + "ts:%s;" % ts
        return base, message("POST", target, [JSON_TYPE, *headers], body), [("X-Signature", "ts=%s,v1=%s" % (ts, mac("sha256", key, base).hex()))]

    rid = "request-id:%s;" % request_id[1]
    cases = {
        "payment": ("/hook?data.id=123456&type=payment", [request_id], ["id:123456;", rid]),
        "letters": ("/hook?data.id=ORD01ABC&type=order", [request_id], ["id:ord01abc;", rid]),
        "no-id": ("/hook", [request_id], [rid]),
        "no-request-id": ("/hook?data.id=1", [], ["id:1;"]),
        "neither": ("/hook?id=1&topic=payment", [], []),
    }
    for name, (target, headers, parts) in cases.items():
        base, plain, made = signed(target, headers, parts)
        book.sign(name, plain, {"headers": made, "string_to_sign": base}, credentials=keys, now=AT)
        book.verify(name, added(plain, made), {"status": "ok", "timestamp": STAMP}, credentials=keys, now=AT)
    target, headers, parts = cases["payment"]
    base, plain, made = signed(target, headers, parts)
    good, text = added(plain, made), made[0][1]
    _, plain_ms, made_ms = signed(target, headers, parts, ts="1700000000000")
    book.verify("milliseconds", added(plain_ms, made_ms), {"status": "ok", "timestamp": STAMP}, credentials=keys, now=AT)
    book.refusals(good, "X-Signature", keys, {"secret": "x"}, ["", text.replace("v1=", "v1"), text.upper().replace("TS=", "ts=").replace("V1=", "v1="), text[:-1]], now=AT)
    for name, changed, expect in (
        ("id", {**good, "target": "/hook?data.id=123457&type=payment"}, "signature_mismatch"),
        ("id-taken-away", {**good, "target": "/hook?type=payment"}, "signature_mismatch"),
        ("two-ids", {**good, "target": "/hook?data.id=123456&data.id=9"}, "duplicate_field"),
        ("request-id", with_header(good, "X-Request-Id", "x"), "signature_mismatch"),
        ("request-id-taken-away", without(good, "X-Request-Id"), "signature_mismatch"),
        ("time", with_header(good, "X-Signature", text.replace("1700000000", "1700000001")), "signature_mismatch"),
        ("no-time", with_header(good, "X-Signature", text.split(",")[1]), "missing_field"),
        ("no-v1", with_header(good, "X-Signature", "ts=1700000000"), "missing_signature"),
        ("body-is-not-signed", with_body(good, '{"action":"x"}'), "ok"),
        ("type-is-not-signed", {**good, "target": "/hook?data.id=123456&type=order"}, "ok"),
    ):
        book.verify("changed-" + name, changed, expect, credentials=keys, now=AT)
    for name, (target, headers, parts) in {"request-id": ("/hook?data.id=1", [("X-Request-Id", "")], ["id:1;"]), "id": ("/hook?data.id=", [request_id], [rid])}.items():
        _, plain, made = signed(target, headers, parts)
        book.verify("empty-%s-left-out" % name, added(plain, made), "signature_mismatch", credentials=keys, now=AT, note="Mercado Pago's SDKs accept it")
    sent = signed("/hook?data.id=ORD01ABC", [request_id], ["id:ORD01ABC;", rid])
    book.verify("id-as-sent", added(sent[1], sent[2]), "signature_mismatch", credentials=keys, now=AT)
    book.verify("id-as-sent-variant", added(sent[1], sent[2]), "ok", credentials=keys, now=AT, variants=["id-as-sent"])
    book.time_edges(good, AT, 300, keys)
    return book


# Digests with the secret in the text


def payu_eu():
    keys = {"second_key": "b6ca15b0d1020e8094d9b5f8d163db54"}
    book = Book(ME, "payu-eu", "webhook")
    # Each pair is one that OpenPayU_Util::verifySignature of openpayu_php 7628e2d takes.
    names = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512",
             "SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512", "SHA": "sha256"}

    def digest(body=BODY, name="MD5", key=keys["second_key"]):
        return hashlib.new(names[name], (body + key).encode()).hexdigest()

    def signed(text, body=BODY):
        return message("POST", "/notify", [JSON_TYPE, ("OpenPayu-Signature", text)], body)

    for name, body in BODIES.items():
        made = "signature=%s;algorithm=MD5" % digest(body)
        book.sign(name, message("POST", "/notify", [JSON_TYPE], body), {"headers": [["OpenPayu-Signature", made]]}, credentials=keys)
        book.verify(name, signed(made, body), "ok", credentials=keys)
    for name in names:
        text = "sender=checkout;signature=%s;algorithm=%s;content=DOCUMENT" % (digest(name=name), name)
        book.verify("as-sent-" + name, signed(text), "ok", credentials=keys)
        book.verify("changed-" + name, signed(text, BODY + " "), "signature_mismatch", credentials=keys)
    good = "sender=checkout;signature=%s;algorithm=MD5;content=DOCUMENT" % digest()
    other = message("POST", "/notify", [JSON_TYPE, ("X-OpenPayU-Signature", good)], BODY)
    book.verify("other-header-name", other, "ok", credentials=keys)
    book.verify("separator-at-the-end", signed(good + ";"), "ok", credentials=keys, note="openpayu_php cuts it off")
    book.verify("two-separators-at-the-end", signed(good + ";;"), "malformed_signature", credentials=keys)
    for name, text, expect in (
        ("another-digest-named", good.replace("MD5", "SHA-256"), "signature_mismatch"),
        ("digest-not-in-the-map", good.replace("MD5", "CRC32"), "unsupported_algorithm"),
        ("sha-is-not-sha1", "sender=checkout;signature=%s;algorithm=SHA;content=DOCUMENT" % digest(name="SHA-1"), {"rejected": True}),
        ("digest-none", good.replace("MD5", "none"), "unsupported_algorithm"),
        ("no-algorithm", good.replace(";algorithm=MD5", ""), "missing_field"),
        ("two-algorithms", good + ";algorithm=SHA-256", "duplicate_field"),
        ("no-signature-item", "sender=checkout;algorithm=MD5;content=DOCUMENT", "missing_signature"),
        ("no-items", "", "malformed_signature"),
        ("no-equals", good.replace("signature=", "signature"), "malformed_signature"),
        ("upper", good.replace(digest(), digest().upper()), "malformed_signature"),
        ("short", good.replace(digest(), digest()[:-2]), {"rejected": True}),
    ):
        book.verify(name, signed(text), expect, credentials=keys)
    book.verify("no-header", message("POST", "/notify", [JSON_TYPE], BODY), "missing_signature", credentials=keys)
    book.verify("two-headers", twice(signed(good), "OpenPayu-Signature"), "duplicate_field", credentials=keys)
    book.verify("other-key", signed(good), "signature_mismatch", credentials={"second_key": "x"})
    book.verify("key-moved-into-the-body", signed(good, BODY + keys["second_key"][:4]), "signature_mismatch", credentials=keys)
    asserted = {"MD5": "8375034eb737d520c829fad4026a38aa", "SHA-1": "52bb16149d1a5ccc8ac05f8e435c30d82efd5364", "SHA-256": "8b2fd55b48f150347df56ce18d787335f32ced1d67f214016476f7c0a8f09981"}
    for name, made in asserted.items():
        assert digest("OpenPayUData", name, "SignatureKey") == made
        book.verify("official-" + name, signed("sender=checkout;signature=%s;algorithm=%s" % (made, name), "OpenPayUData"), "ok", credentials={"second_key": "SignatureKey"},
                    source="PayU-EMEA/openpayu_php tests/unit/OpenPayU_UtilTest.php")
    return book


def payu_latam(scheme="payu-latam", keys=None, sign=None):
    keys = keys or {"api_key": "4Vj8eK4rloUd272L48hsrarnUA"}
    sign = sign or (lambda text, k: hashlib.md5(text.encode()).hexdigest())
    book = Book(ME, scheme, "webhook")
    key = keys["api_key"]
    wrong = {**keys, list(keys)[-1]: "another"}

    def confirmation(value="150.00", **more):
        return {"merchant_id": "508029", "reference_sale": "PayUTest01", "value": value, "currency": "USD", "state_pol": "4", "extra1": "caf\u00e9", **more}

    def text(fields, shown):
        return "~".join([key, fields["merchant_id"], fields["reference_sale"], shown, fields["currency"], fields["state_pol"]])

    for value, shown in {"150.00": "150.0", "150.26": "150.26", "150.20": "150.2", "150": "150.0", "150.5": "150.5", "0.00": "0.0", "1500000.10": "1500000.1"}.items():
        fields = confirmation(value)
        made = {**fields, "sign": sign(text(fields, shown), keys)}
        more = {} if scheme.endswith("hmac") else {}
        book.verify("amount-" + value, form("/confirmation", made), "ok", credentials=keys, **more)
        book.sign("amount-" + value, form("/confirmation", fields), {"body": form("/confirmation", made)["body"]}, credentials=keys)
    fields = confirmation()
    good = {**fields, "sign": sign(text(fields, "150.0"), keys)}
    book.verify("same-amount-in-another-spelling", form("/confirmation", {**good, "value": "150.0"}), "ok", credentials=keys)
    for name in ("merchant_id", "reference_sale", "value", "currency", "state_pol"):
        book.verify("changed-" + name, form("/confirmation", {**good, name: good[name] + "1"}), {"rejected": True}, credentials=keys)
        book.verify("no-" + name, form("/confirmation", {k: v for k, v in good.items() if k != name}), "missing_field", credentials=keys)
    book.verify("extra-is-not-signed", form("/confirmation", {**good, "extra1": "x"}), "ok", credentials=keys)
    book.verify("value-no-number", form("/confirmation", {**good, "value": "1e3"}), {"rejected": True}, credentials=keys)
    book.verify("value-three-digits", form("/confirmation", {**good, "value": "150.005"}), {"rejected": True}, credentials=keys)
    book.verify("other-key", form("/confirmation", good), "signature_mismatch", credentials=wrong)
    book.verify("no-signature", form("/confirmation", fields), "missing_signature", credentials=keys)
    book.verify("signature-upper", form("/confirmation", {**good, "sign": good["sign"].upper()}), "malformed_signature", credentials=keys)
    book.verify("signature-short", form("/confirmation", {**good, "sign": good["sign"][:-2]}), "malformed_signature", credentials=keys)
    order = {"merchantId": "508029", "referenceCode": "TestPayU", "amount": "20000", "currency": "COP", "accountId": "512326", "buyerEmail": "test@test.com"}
    base = key + "~508029~TestPayU~20000~COP"
    made = {**order, "signature": sign(base, keys)}
    source = {}
    if scheme == "payu-latam":
        assert made["signature"] == "7ee7cf808ce6a39b17481c54f2c57acc"
        source = {"source": "PayU Latam documentation, payment form: the printed MD5 signature"}
    book.sign("order", form("/pay", order), {"body": form("/pay", made)["body"]}, credentials=keys, flow="request", **source)
    book.verify("order", form("/pay", made), "ok", credentials=keys, flow="request", **source)
    book.verify("order-amount-spelled-anew", form("/pay", {**made, "amount": "20000.00"}), "signature_mismatch", credentials=keys, flow="request")
    book.verify("order-no-signature", form("/pay", order), "missing_signature", credentials=keys, flow="request")
    return book


def payu_latam_hmac():
    keys = {"api_key": "4Vj8eK4rloUd272L48hsrarnUA", "secret": "test123"}
    book = payu_latam("payu-latam-hmac", keys, lambda text, k: mac("sha256", k["secret"], text).hex())
    for value, published in {"150.00": "65fb2b3452572784e23e7d6480359fd2507c54dd285ca3c4dceffb8764cfb66f",
                             "150.25": "7770a7933b90570a078fcacce1790eb13079cdf8f8a6e900b79f4f5eb96b8024"}.items():
        fields = {"merchant_id": "508029", "reference_sale": "PayUTest01", "value": value, "currency": "USD", "state_pol": "4", "sign": published}
        book.verify("official-" + value, form("/confirmation", fields), "ok", credentials=keys, source="PayU Latam documentation, confirmation page: the printed signatures")
    return book


# Chosen members


def opennode():
    keys = {"api_key": "a1b2c3d4-0000-4000-8000-000000000000"}
    book = Book(ME, "opennode", "webhook")

    def digest(charge, key=keys["api_key"]):
        return mac("sha256", key, charge).hex()

    for name, charge in {"plain": "d1d1e7b8-7a4b-4d3c-9f4e-2b6d2f0c0d11", "odd": "a&b=c \u20ac"}.items():
        fields = {"id": charge, "status": "paid", "price": "1000"}
        made = form("/hook", {**fields, "hashed_order": digest(charge)})
        book.sign(name, form("/hook", fields), {"string_to_sign": charge, "body": made["body"]}, credentials=keys)
        book.verify(name, made, "ok", credentials=keys)
    good = {"id": "charge-1", "status": "paid", "hashed_order": digest("charge-1")}
    book.verify("status-is-not-signed", form("/hook", {**good, "status": "processing"}), "ok", credentials=keys)
    book.verify("id", form("/hook", {**good, "id": "charge-2"}), "signature_mismatch", credentials=keys)
    book.verify("whole-body-signed", form("/hook", {**good, "hashed_order": digest("id=charge-1&status=paid")}), "signature_mismatch", credentials=keys)
    book.verify("other-key", form("/hook", good), "signature_mismatch", credentials={"api_key": "x"})
    book.verify("no-id", form("/hook", {"hashed_order": good["hashed_order"]}), "missing_field", credentials=keys)
    book.verify("no-signature", form("/hook", {"id": "charge-1"}), "missing_signature", credentials=keys)
    book.verify("two-ids", {**form("/hook", good), "body": form("/hook", good)["body"] + "&id=charge-2"}, "duplicate_field", credentials=keys)
    for text in ["", good["hashed_order"].upper(), good["hashed_order"][:-1], "zz"]:
        book.verify("malformed-%s" % hashlib.sha256(text.encode()).hexdigest()[:6], form("/hook", {**good, "hashed_order": text}), "malformed_signature", credentials=keys)
    return book


def tap():
    keys = {"secret": "sk_test_XKokBfNWv6FIYuTMg5sLPjhJ"}
    book = Book(ME, "tap", "webhook")

    def charge(amount="1.5", currency="KWD", **reference):
        links = {"gateway": "gw_123", "payment": "3421234567", **reference}
        links = json.dumps({k: v for k, v in links.items() if v != "-"})
        return ('{"id":"chg_TS02A5720231433s2LF0410197","object":"charge","amount":%s,"currency":"%s","status":"CAPTURED","reference":%s,'
                '"transaction":{"created":"1700000000"},"note":"caf\u00e9"}' % (amount, currency, links))

    def base(shown="1.500", currency="KWD", gateway="gw_123"):
        return ("x_idchg_TS02A5720231433s2LF0410197x_amount%sx_currency%sx_gateway_reference%sx_payment_reference3421234567"
                "x_statusCAPTUREDx_created1700000000" % (shown, currency, gateway))

    def signed(body, text, key=keys["secret"]):
        return message("POST", "/tap", [JSON_TYPE, ("hashstring", mac("sha256", key, text).hex())], body)

    amounts = [("1.5", "KWD", "1.500"), ("10", "SAR", "10.00"), ("10.5", "USD", "10.50"), ("1", "BHD", "1.000"), ("7", "JPY", "7"), ("0.1", "OMR", "0.100"), ("1.50", "EGP", "1.50")]
    for amount, currency, shown in amounts:
        body, text = charge(amount, currency), base(shown, currency)
        book.verify("%s-%s" % (amount, currency), signed(body, text), "ok", credentials=keys)
        book.sign("%s-%s" % (amount, currency), message("POST", "/tap", [JSON_TYPE], body), {"string_to_sign": text, "headers": [["hashstring", mac("sha256", keys["secret"], text).hex()]]}, credentials=keys)
    book.verify("no-gateway-reference", signed(charge(gateway="-"), base(gateway="")), "ok", credentials=keys)
    book.verify("null-gateway-reference", signed(charge(gateway=None), base(gateway="")), "ok", credentials=keys)
    good = signed(charge(), base())
    book.refusals(good, "hashstring", keys, {"secret": "x"}, wrong_hex(good["headers"][1][1]))
    book.verify("amount-as-in-the-body", signed(charge(), base("1.5")), "signature_mismatch", credentials=keys, note="the amount has its currency's digits")
    book.verify("amount-does-not-fit", signed(charge("1.5", "JPY"), base("1.5", "JPY")), {"rejected": True}, credentials=keys)
    book.verify("amount-text", signed(charge('"1.5"'), base()), "ok", credentials=keys)
    book.verify("amount-exponent", signed(charge("15e-1"), base()), {"rejected": True}, credentials=keys)
    for name, (old, new) in {"status": ("CAPTURED", "FAILED"), "amount": ("1.5", "1.6"), "currency": ("KWD", "BHD"), "created": ("1700000000", "1700000001"), "id": ("chg_", "chg_x")}.items():
        book.verify("changed-" + name, with_body(good, charge().replace(old, new)), "signature_mismatch", credentials=keys)
    book.verify("note-is-not-signed", with_body(good, charge().replace("caf\u00e9", "x")), "ok", credentials=keys)
    book.verify("no-status", with_body(good, charge().replace('"status"', '"state"')), "missing_field", credentials=keys)
    book.verify("status-twice", with_body(good, charge()[:-1] + ',"status":"CAPTURED"}'), "duplicate_field", credentials=keys)
    book.verify("not-json", with_body(good, "x"), "malformed_field", credentials=keys)
    return book


def paytabs_return():
    keys = {"server_key": "SGJNZ96JLG-JDMKHGRWT9-RWRK2KJNRJ"}
    book = Book(ME, "paytabs-return", "webhook")
    fields = {"acquirerMessage": "", "acquirerRRN": "", "cartId": "cart_11111", "customerEmail": "email@domain.com", "respCode": "G84718",
              "respMessage": "Authorised", "respStatus": "A", "token": "", "tranRef": "TST2215201242166"}

    def php(text):
        """urlencode() of PHP, which escapes the tilde."""
        return urllib.parse.quote_plus(text, safe="-_.").replace("~", "%7E")

    def digest(values, key=keys["server_key"]):
        return mac("sha256", key, "&".join("%s=%s" % (php(k), php(v)) for k, v in sorted(values.items()) if v)).hex()

    published = "7a181a32c768621eb6966107752ee70205a01f1c4403a3d13c0ff604f591f988"
    assert digest(fields) == published
    official = ("acquirerMessage=&acquirerRRN=&cartId=cart_11111&customerEmail=email%40domain.com&respCode=G84718&respMessage=Authorised&respStatus=A"
                "&signature=" + published + "&token=&tranRef=TST2215201242166")
    book.verify("official", message("POST", "/return", [FORM_TYPE], official), "ok", credentials=keys, source="PayTabs support article 60000718961, the example of a return")
    for name, more in {"blank": {"respMessage": "Not authorised + more"}, "letters": {"cartId": "caf\u00e9 \u20ac/&=~*"}, "names": {"z 1": "0", "A[b]": "0"}}.items():
        values = {**fields, **more}
        made = form("/return", {**values, "signature": digest(values)})
        book.verify(name, made, "ok", credentials=keys)
        book.sign(name, form("/return", values), {"body": made["body"]}, credentials=keys)
    good = {**fields, "signature": published}
    book.verify("other-order", form("/return", dict(reversed(good.items()))), "ok", credentials=keys)
    for name in ("cartId", "respStatus", "tranRef"):
        book.verify("changed-" + name, form("/return", {**good, name: "x"}), "signature_mismatch", credentials=keys)
        book.verify("no-" + name, form("/return", {k: v for k, v in good.items() if k != name}), "signature_mismatch", credentials=keys)
    book.verify("one-more-field", form("/return", {**good, "extra": "1"}), "signature_mismatch", credentials=keys)
    book.verify("one-more-empty-field", form("/return", {**good, "extra": ""}), "ok", credentials=keys, note="empty fields are not signed")
    book.verify("other-key", form("/return", good), "signature_mismatch", credentials={"server_key": "x"})
    book.verify("no-signature", form("/return", fields), "missing_signature", credentials=keys)
    for text in ["", published.upper(), published[:-1]]:
        book.verify("malformed-%s" % hashlib.sha256(text.encode()).hexdigest()[:6], form("/return", {**good, "signature": text}), "malformed_signature", credentials=keys)
    return book


def nowpayments():
    keys = {"ipn_secret": "an-ipn-secret"}
    book = Book(ME, "nowpayments", "webhook")

    def digest(canonical, key=keys["ipn_secret"]):
        return mac("sha512", key, canonical).hex()

    sent = '{ "payment_id": 123456789, "payment_status":"finished", "actually_paid": 0.50, "fee": {"withdrawalFee":0,"currency":"btc"}, "order_id":null, "desc":"caf\u00e9 \\"a\\/b\\"", "list":[{"b":1,"a":2}] }'
    canonical = '{"actually_paid":0.50,"desc":"caf\u00e9 \\"a/b\\"","fee":{"currency":"btc","withdrawalFee":0},"list":[{"a":2,"b":1}],"order_id":null,"payment_id":123456789,"payment_status":"finished"}'
    cases = {"sorted-on-all-levels": (sent, canonical), "sorted-already": ('{"a":1,"b":{"c":2}}', '{"a":1,"b":{"c":2}}'), "empty": ("{}", "{}"),
             "capitals-first": ('{"b":1,"B":2,"a":3}', '{"B":2,"a":3,"b":1}')}
    for name, (body, text) in cases.items():
        header = [("x-nowpayments-sig", digest(text))]
        book.sign(name, message("POST", "/ipn", [JSON_TYPE], body), {"headers": header, "string_to_sign": text}, credentials=keys)
        book.verify(name, added(message("POST", "/ipn", [JSON_TYPE], body), header), "ok", credentials=keys)
    good = added(message("POST", "/ipn", [JSON_TYPE], sent), [("x-nowpayments-sig", digest(canonical))])
    book.refusals(good, "x-nowpayments-sig", keys, {"ipn_secret": "x"}, wrong_hex(digest(canonical)))
    book.verify("members-in-another-order", with_body(good, canonical), "ok", credentials=keys)
    book.verify("body-as-sent-signed", with_header(good, "x-nowpayments-sig", digest(sent)), "signature_mismatch", credentials=keys)
    for name, (old, new) in {"status": ("finished", "waiting"), "inner": ('"btc"', '"eth"'), "number-spelled-anew": ("0.50", "0.5"), "one-more": ('{ "payment_id"', '{ "x":1, "payment_id"')}.items():
        book.verify("changed-" + name, with_body(good, sent.replace(old, new)), "signature_mismatch", credentials=keys)
    book.verify("member-twice", with_body(good, sent[:-1] + ',"payment_status":"finished"}'), "duplicate_field", credentials=keys)
    for name, body in {"not-json": "payment_id=1", "no-body": "", "two-values": "{}{}"}.items():
        book.verify(name, with_body(good, body), {"rejected": True}, credentials=keys)
    return book


# Requests


def coinbase_exchange():
    secret = base64.b64encode(bytes(range(64))).decode()
    keys = {"key_id": "aaaa1111", "secret": secret, "passphrase": "ph4se"}
    book = Book(ME, "coinbase-exchange", "request")

    def headers(method, target, body, ts="1700000000", key=bytes(range(64))):
        base = ts + method + target + body
        return base, [("CB-ACCESS-KEY", "aaaa1111"), ("CB-ACCESS-TIMESTAMP", ts), ("CB-ACCESS-PASSPHRASE", "ph4se"), ("CB-ACCESS-SIGN", b64(mac("sha256", key, base)))]

    for name, (method, target, body) in {"post": ("POST", "/orders", BODY), "get": ("GET", "/orders?status=open&product_id=BTC-USD", ""), "delete": ("DELETE", "/orders/1", "")}.items():
        base, made = headers(method, target, body)
        plain = message(method, target, [JSON_TYPE], body)
        book.sign(name, plain, {"headers": made, "string_to_sign": base}, credentials=keys, now=AT)
        book.verify(name, added(plain, made), {"status": "ok", "key_id": "aaaa1111", "timestamp": STAMP}, credentials=keys, now=AT)
    base, made = headers("POST", "/orders?x=1", BODY)
    good = added(message("POST", "/orders?x=1", [JSON_TYPE], BODY), made)
    book.refusals(good, "CB-ACCESS-SIGN", keys, {**keys, "secret": b64(b"another")}, wrong_base64(made[3][1]), now=AT)
    for name, changed in {"method": {**good, "method": "PUT"}, "path": {**good, "target": "/order?x=1"}, "query": {**good, "target": "/orders?x=2"}, "body": with_body(good, BODY + " "),
                          "time": with_header(good, "CB-ACCESS-TIMESTAMP", "1700000001")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=keys, now=AT)
    book.verify("unknown-key", with_header(good, "CB-ACCESS-KEY", "bbbb"), "unknown_key", credentials=keys, now=AT)
    book.verify("other-passphrase", with_header(good, "CB-ACCESS-PASSPHRASE", "x"), "unknown_key", credentials=keys, now=AT)
    book.verify("no-passphrase", without(good, "CB-ACCESS-PASSPHRASE"), "missing_field", credentials=keys, now=AT)
    book.verify("key-not-decoded", with_header(good, "CB-ACCESS-SIGN", b64(mac("sha256", secret, base))), "signature_mismatch", credentials=keys, now=AT)
    book.add("secret-not-base64", "sign", message("GET", "/", []), "invalid_credentials", credentials={**keys, "secret": "!"}, now=AT)
    book.time_edges(good, AT, 30, keys)
    return book


def binance_request():
    keys = {"key_id": "certificate-1", "secret": "a-secret-key"}
    nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
    book = Book(ME, "binance-pay", "request", "binance-pay-request.jsonl")

    def headers(body, ts="1700000000000", key=keys["secret"]):
        base = "%s\n%s\n%s\n" % (ts, nonce, body)
        return base, [("BinancePay-Timestamp", ts), ("BinancePay-Nonce", nonce), ("BinancePay-Certificate-SN", "certificate-1"), ("BinancePay-Signature", mac("sha512", key, base).hex().upper())]

    for name, body in BODIES.items():
        base, made = headers(body)
        plain = message("POST", "/binancepay/openapi/v3/order", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": made, "string_to_sign": base}, credentials=keys, now=AT, nonce=nonce)
        book.verify(name, added(plain, made), {"status": "ok", "key_id": "certificate-1", "timestamp": STAMP}, credentials=keys, now=AT)
    good = added(message("POST", "/binancepay/openapi/v3/order", [JSON_TYPE], BODY), headers(BODY)[1])
    text = headers(BODY)[1][3][1]
    book.refusals(good, "BinancePay-Signature", keys, {**keys, "secret": "x"}, ["", text.lower(), text[:-1], text[:-2], "Z" + text[1:]], now=AT)
    for name, changed in {"body": with_body(good, BODY + " "), "nonce": with_header(good, "BinancePay-Nonce", nonce[::-1]), "time": with_header(good, "BinancePay-Timestamp", "1700000000001")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=keys, now=AT)
    book.verify("no-nonce", without(good, "BinancePay-Nonce"), "missing_field", credentials=keys, now=AT)
    book.verify("unknown-key", with_header(good, "BinancePay-Certificate-SN", "x"), "unknown_key", credentials=keys, now=AT)
    book.add("no-nonce-given", "sign", message("POST", "/", []), "invalid_option", credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)
    return book


def modulr():
    keys = {"key_id": "57502612d1bb2c0001000025fd53850cd9a94861507a5f7cca236882", "secret": "NzAwZmIwMGQ0YTJiNDhkMzZjYzc3YjQ5OGQyYWMzOTI="}
    at = 1_469_464_567_000
    date, nonce = "Mon, 25 Jul 2016 16:36:07 GMT", "28154b2-9c62b93cc22a-24c9e2-5536d7d"
    book = Book(ME, "modulr", "request")

    def value(date=date, nonce=nonce, key=keys["secret"], name="sha1", key_id=keys["key_id"]):
        base = "date: %s\nx-mod-nonce: %s" % (date, nonce)
        text = urllib.parse.quote(b64(mac(name, key, base)), safe="")
        return base, 'Signature keyId="%s",algorithm="hmac-%s",headers="date x-mod-nonce",signature="%s"' % (key_id, name, text)

    base, published = value()
    assert published.endswith('signature="WBMr%2FYdhysbmiIEkdTrf2hP7SfA%3D"')
    plain = message("GET", "/api-sandbox/accounts", [])
    made = [("Date", date), ("x-mod-nonce", nonce), ("Authorization", published)]
    source = "Modulr documentation, authentication: the worked example"
    book.sign("official", plain, {"headers": made, "string_to_sign": base}, credentials=keys, now=at, nonce=nonce, source=source)
    good = added(plain, made)
    book.verify("official", good, {"status": "ok", "key_id": keys["key_id"], "timestamp": "2016-07-25T16:36:07.000Z"}, credentials=keys, now=at, source=source)
    samples = value(key_id="KNOWN-TOKEN")[1]
    book.verify("official-samples", with_header(good, "Authorization", samples), "ok", credentials={**keys, "key_id": "KNOWN-TOKEN"}, now=at,
                source="the tests of Modulr's samples for Java, .NET, Node, Python and Ruby assert this header")
    for name in ("sha256", "sha512"):
        book.verify("named-" + name, with_header(good, "Authorization", value(name=name)[1]), "ok", credentials=keys, now=at)
    book.verify("named-otherwise", with_header(good, "Authorization", published.replace("hmac-sha1", "hmac-sha512")), "signature_mismatch", credentials=keys, now=at)
    book.verify("not-in-the-map", with_header(good, "Authorization", published.replace("hmac-sha1", "hmac-md5")), "unsupported_algorithm", credentials=keys, now=at)
    plain_text = urllib.parse.unquote(published.split('signature="')[1][:-1])
    escaped = published.split('signature="')[1][:-1]
    book.refusals(good, "Authorization", keys, {**keys, "secret": "x"}, [
        "", published[10:], published.replace('"', ""), published.replace(escaped, plain_text), published.replace("%2F", "%2f"), published.replace("%3D", ""),
        published.replace("%", "%25"), published.replace("date x-mod-nonce", "date"), published.replace(escaped, "")], now=at)
    for name, changed, expect in (
        ("date", with_header(good, "Date", "Mon, 25 Jul 2016 16:36:08 GMT"), "signature_mismatch"),
        ("nonce", with_header(good, "x-mod-nonce", "x"), "signature_mismatch"),
        ("no-nonce", without(good, "x-mod-nonce"), "missing_field"),
        ("two-nonces", twice(good, "x-mod-nonce"), "duplicate_field"),
        ("unknown-key", with_header(good, "Authorization", samples), "unknown_key"),
        ("no-signature-item", with_header(good, "Authorization", published.split(",signature=")[0]), "missing_signature"),
        ("no-algorithm", with_header(good, "Authorization", published.replace('algorithm="hmac-sha1",', "")), "missing_field"),
        ("body-is-not-signed", with_body(good, "x"), "ok"),
        ("blanks-after-commas", with_header(good, "Authorization", published.replace('",', '", ')), "ok"),
    ):
        book.verify(name, changed, expect, credentials=keys, now=at)
    adopted = message("POST", "/payments", [("Date", date), ("x-mod-nonce", nonce)], "{}")
    book.sign("date-and-nonce-kept", adopted, {"headers": [["Authorization", published]]}, credentials=keys, now=at)
    book.time_edges(good, at, 300, keys)
    return book


def books():
    return [adyen_platform(), checkout_com(), paystack(), paytabs(), coinbase_commerce(), flutterwave_v4(), flutterwave_v3(), razorpay(), gocardless(), mollie(), klarna(),
            worldpay(), braintree(), airwallex(), revolut(), mercado_pago(), payu_eu(), payu_latam(), payu_latam_hmac(), opennode(), tap(), paytabs_return(),
            nowpayments(), coinbase_exchange(), binance_request(), modulr()]
