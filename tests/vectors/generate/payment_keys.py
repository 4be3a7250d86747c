"""Payment providers with key pairs: Antom, BitPay, Binance Pay's webhooks, EBANX, GoCardless's signed requests, Plaid, Wise."""
import hashlib
import json
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from lib import Book, added, b64, b64url, message, sha256, twice, with_body, with_header, without
from key_pairs import P256, P256_OTHER, pem, spki
from public_keys import EC, EC_OTHER, EC_PRIVATE, EC_PUBLIC, OTHER_PUBLIC, RSA, RSA_PRIVATE, RSA_PUBLIC

ME = "payment_keys.py"
AT = 1_700_000_000_000
STAMP = "2023-11-14T22:13:20.000Z"
JSON_TYPE = ("Content-Type", "application/json")
BODY = '{"id":"evt_1","amount":1050,"note":"caf\u00e9 \u20ac","price":1.50}'
BODIES = {"json": BODY, "empty": "", "line-ends": "a\r\nb\n"}


def rsa(text, digest=None):
    return RSA.sign(text.encode(), padding.PKCS1v15(), digest or hashes.SHA256())


def antom():
    ours = {"client_id": "SANDBOX_5Y3A2N", "key_version": "1", "private_key": RSA_PRIVATE}
    theirs = {"client_id": "SANDBOX_5Y3A2N", "public_key": RSA_PUBLIC}
    book = Book(ME, "antom", "request")

    def headers(body, flow="request", target="/ams/api/v1/payments/pay", ts="2023-11-14T22:13:20Z", method="POST", escape=urllib.parse.quote, version="1"):
        base = "%s %s\nSANDBOX_5Y3A2N.%s.%s" % (method, target, ts, body)
        text = "algorithm=RSA256,keyVersion=%s,signature=%s" % (version, escape(b64(rsa(base)), safe=""))
        clock = "Response-Time" if flow == "response" else "Request-Time"
        return base, [("Client-Id", "SANDBOX_5Y3A2N"), (clock, ts), ("Signature", text)]

    def small(text, safe):
        return text.replace("+", "%2b").replace("/", "%2f").replace("=", "%3d")

    target = "/ams/api/v1/payments/pay"
    for flow in ("request", "webhook", "response"):
        for name, body in BODIES.items():
            base, made = headers(body, flow)
            plain = message("POST", target, [JSON_TYPE], body)
            book.sign(name, plain, {"headers": made, "string_to_sign": base}, credentials=ours, now=AT, flow=flow)
            book.verify(name, added(plain, made), {"status": "ok", "timestamp": STAMP}, credentials=theirs, now=AT, flow=flow)
        clock = headers("", flow)[1][1][0]
        plain = message("POST", target, [JSON_TYPE], BODY)
        good = added(plain, headers(BODY, flow)[1])
        text = good["headers"][-1][1]
        escaped = text.split("signature=")[1]
        book.refusals(good, "Signature", theirs, {**theirs, "public_key": OTHER_PUBLIC}, [
            "", escaped, text.replace("=", ":"), text.replace(escaped, urllib.parse.unquote(escaped)), text.replace("%", "%25"), text[:-1]], now=AT, flow=flow)
        for name, changed in {"body": with_body(good, BODY + " "), "path": {**good, "target": "/ams/api/v1/payments/refund"}, "query": {**good, "target": target + "?x=1"},
                              "method": {**good, "method": "PUT"}, "time": with_header(good, clock, "2023-11-14T22:13:21Z")}.items():
            book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT, flow=flow)
        book.verify("small-escapes", added(plain, headers(BODY, flow, escape=small)[1]), "ok", credentials=theirs, now=AT, flow=flow)
        book.verify("other-client", with_header(good, "Client-Id", "OTHER"), "unknown_key", credentials=theirs, now=AT, flow=flow)
        book.verify("no-client", without(good, "Client-Id"), "missing_field", credentials=theirs, now=AT, flow=flow)
        book.verify("no-time", without(good, clock), "missing_field", credentials=theirs, now=AT, flow=flow)
        book.time_edges(good, AT, 300, theirs, flow=flow)
    plain = message("POST", target, [JSON_TYPE], BODY)
    zoned = added(plain, headers(BODY, ts="2023-11-15T06:13:20.000+08:00")[1])
    book.verify("time-with-a-zone", zoned, {"status": "ok", "timestamp": STAMP}, credentials=theirs, now=AT)
    book.verify("time-in-milliseconds", added(plain, headers(BODY, ts="1700000000000")[1]), {"status": "ok", "timestamp": STAMP}, credentials=theirs, now=AT)
    good = added(plain, headers(BODY)[1])
    text = good["headers"][-1][1]
    for name, changed, expect in (
        ("other-algorithm", text.replace("RSA256", "RSA1"), "unsupported_algorithm"),
        ("no-algorithm", text.replace("algorithm=RSA256,", ""), "missing_field"),
        ("no-signature-item", text.split(",signature")[0], "missing_signature"),
        ("blanks-after-commas", text.replace(",", ", "), "ok"),
        ("other-order", ",".join(reversed(text.split(","))), "ok"),
    ):
        book.verify(name, with_header(good, "Signature", changed), expect, credentials=theirs, now=AT)
    second = added(plain, headers(BODY, version="2")[1])
    book.verify("any-version", second, "ok", credentials=theirs, now=AT)
    book.verify("unknown-version", second, "unknown_key", credentials={**theirs, "key_version": "1"}, now=AT)
    book.verify("notification-as-answer", good, "missing_field", credentials=theirs, now=AT, flow="response")
    return book


def binance():
    ours = {"certificate_sn": "98d6cd3a", "private_key": RSA_PRIVATE}
    theirs = {"certificate_sn": "98d6cd3a", "public_key": RSA_PUBLIC}
    nonce = "UQqpI9yTk2Yo6DK6YVyaTNl8ZyZpiJdh"
    book = Book(ME, "binance-pay", "webhook")

    def headers(body, ts="1700000000000"):
        base = "%s\n%s\n%s\n" % (ts, nonce, body)
        return base, [("BinancePay-Timestamp", ts), ("BinancePay-Nonce", nonce), ("BinancePay-Certificate-SN", "98d6cd3a"), ("BinancePay-Signature", b64(rsa(base)))]

    for name, body in BODIES.items():
        base, made = headers(body)
        plain = message("POST", "/hook", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": made, "string_to_sign": base}, credentials=ours, now=AT, nonce=nonce)
        book.verify(name, added(plain, made), {"status": "ok", "key_id": "98d6cd3a", "timestamp": STAMP}, credentials=theirs, now=AT)
    good = added(message("POST", "/hook", [JSON_TYPE], BODY), headers(BODY)[1])
    text = good["headers"][-1][1]
    book.refusals(good, "BinancePay-Signature", theirs, {**theirs, "public_key": OTHER_PUBLIC}, ["", "!" + text[1:], text[:-1]], now=AT)
    for name, changed in {"body": with_body(good, BODY + " "), "nonce": with_header(good, "BinancePay-Nonce", nonce[::-1]), "time": with_header(good, "BinancePay-Timestamp", "1700000000001")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.verify("unknown-certificate", with_header(good, "BinancePay-Certificate-SN", "00"), "needs_key", credentials=theirs, now=AT)
    book.verify("hmac-under-the-public-key", with_header(good, "BinancePay-Signature", b64(hashlib.sha256(RSA_PUBLIC.encode()).digest())), {"rejected": True}, credentials=theirs, now=AT)
    book.verify("no-nonce", without(good, "BinancePay-Nonce"), "missing_field", credentials=theirs, now=AT)
    book.time_edges(good, AT, 300, theirs)
    return book


def ebanx():
    print_ = "4ABAD89CF66B99998465470550EB15E3E271A246"
    book = Book(ME, "ebanx", "webhook")
    ours, theirs = {"fingerprint": print_, "private_key": RSA_PRIVATE}, {"fingerprint": print_, "public_key": RSA_PUBLIC}
    body = "operation=payment_status_change&notification_type=update&hash_codes=591b803da5549b6a1bac524b31e6eef55c2e67af8e40e1e4"

    def headers(text):
        return [("X-SignatureType", "rsa,sha1"), ("X-SignatureFingerprint", print_), ("X-SignatureContent", b64(rsa(text, hashes.SHA1())))]

    kind = ("Content-Type", "application/x-www-form-urlencoded")
    for name, text in {**BODIES, "form": body}.items():
        plain = message("POST", "/ebanx", [kind], text)
        book.sign(name, plain, {"headers": headers(text), "string_to_sign": text}, credentials=ours)
        book.verify(name, added(plain, headers(text)), {"status": "ok", "key_id": print_}, credentials=theirs)
    good = added(message("POST", "/ebanx", [kind], body), headers(body))
    text = good["headers"][-1][1]
    book.refusals(good, "X-SignatureContent", theirs, {**theirs, "public_key": OTHER_PUBLIC}, ["", "!" + text[1:], text[:-1]])
    book.verify("body", with_body(good, body + "&x=1"), "signature_mismatch", credentials=theirs)
    book.verify("sha256-instead", with_header(good, "X-SignatureContent", b64(rsa(body))), "signature_mismatch", credentials=theirs)
    book.verify("other-type", with_header(good, "X-SignatureType", "rsa,sha256"), "malformed_field", credentials=theirs)
    book.verify("no-type", without(good, "X-SignatureType"), "missing_field", credentials=theirs)
    book.verify("unknown-certificate", with_header(good, "X-SignatureFingerprint", "00"), "unknown_key", credentials=theirs)
    # Requests: a detached JWS over the body as it is sent (RFC 7797).
    signer, server = {"key_id": "kid-1", "private_key": RSA_PRIVATE}, {"public_key": RSA_PUBLIC}

    def jws(text, header=None):
        head = b64url(json.dumps(header or {"alg": "RS256", "kid": "kid-1", "b64": False, "crit": ["b64"]}, separators=(",", ":")).encode())
        return head + "." + text, "%s..%s" % (head, b64url(rsa(head + "." + text)))

    for name, text in BODIES.items():
        base, made = jws(text)
        plain = message("POST", "/ws/direct", [JSON_TYPE], text)
        book.sign("jws-" + name, plain, {"headers": [["X-JWS-Signature", made]], "string_to_sign": base}, credentials=signer, flow="request")
        book.verify("jws-" + name, added(plain, [("X-JWS-Signature", made)]), "ok", credentials=server, flow="request")
    plain = message("POST", "/ws/direct", [JSON_TYPE], BODY)
    good = added(plain, [("X-JWS-Signature", jws(BODY)[1])])
    head, _, signature = jws(BODY)[1].split(".")
    book.refusals(good, "X-JWS-Signature", server, {"public_key": OTHER_PUBLIC}, ["", "a.b", head + "..", head + "." + b64url(BODY.encode()) + "." + signature, head + ".." + signature + "="], flow="request")
    book.verify("jws-body", with_body(good, BODY + " "), "signature_mismatch", credentials=server, flow="request")
    book.verify("jws-other-kid", good, "unknown_key", credentials={**server, "key_id": "kid-2"}, flow="request")
    for name, header in {"alg-none": {"alg": "none", "kid": "kid-1", "b64": False, "crit": ["b64"]}, "alg-hs256": {"alg": "HS256", "kid": "kid-1", "b64": False, "crit": ["b64"]},
                         "encoded": {"alg": "RS256", "kid": "kid-1"}, "crit-missing": {"alg": "RS256", "kid": "kid-1", "b64": False},
                         "more-crit": {"alg": "RS256", "kid": "kid-1", "b64": False, "crit": ["b64", "x"]}}.items():
        book.verify("jws-" + name, with_header(good, "X-JWS-Signature", jws(BODY, header)[1]), {"rejected": True}, credentials=server, flow="request")
    return book


def gocardless_request():
    ours, theirs = {"key_id": "PK0001", "private_key": EC_PRIVATE}, {"key_id": "PK0001", "public_key": EC_PUBLIC}
    nonce = "cd2ab3d4-7a56-4d3c-8b1f-0f6d2c1a9e77"
    book = Book(ME, "gocardless", "request", "gocardless-request.jsonl")

    def headers(method, target, body, ts=1_700_000_000, key_id="PK0001"):
        names = '"@method" "@authority" "@request-target"' + (' "content-digest" "content-type" "content-length"' if body else "")
        parameters = '(%s);keyid="%s";created=%d;nonce="%s"' % (names, key_id, ts, nonce)
        digest = "sha256=:%s:" % b64(sha256(body))
        lines = ['"@method": ' + method, '"@authority": api.gocardless.com', '"@request-target": ' + target]
        if body:
            lines += ['"content-digest": ' + digest, '"content-type": application/json', '"content-length": %d' % len(body.encode())]
        base = "\n".join([*lines, '"@signature-params": ' + parameters])
        signature = EC.sign(base.encode(), ec.ECDSA(hashes.SHA512(), deterministic_signing=True))
        made = [("Gc-Signature-Input", "sig-1=" + parameters), ("Gc-Signature", "sig-1=:%s:" % b64(signature))]
        return base, ([("Content-Digest", digest)] if body else []) + made

    def plain(method, target, body):
        own = [JSON_TYPE, ("Content-Length", str(len(body.encode())))] if body else []
        return message(method, target, own, body, url="https://api.gocardless.com" + target)

    for name, (method, target, body) in {"post": ("POST", "/outbound_payments", BODY), "get": ("GET", "/outbound_payments?limit=10", ""), "cancel": ("POST", "/outbound_payments/OP1/actions/cancel", "")}.items():
        base, made = headers(method, target, body)
        book.sign(name, plain(method, target, body), {"headers": made, "string_to_sign": base}, credentials=ours, now=AT, nonce=nonce)
        book.verify(name, added(plain(method, target, body), made), {"status": "ok", "key_id": "PK0001", "timestamp": STAMP}, credentials=theirs, now=AT)
    good = added(plain("POST", "/outbound_payments", BODY), headers("POST", "/outbound_payments", BODY)[1])
    text = good["headers"][-1][1]
    book.refusals(good, "Gc-Signature", theirs, {**theirs, "public_key": EC_OTHER}, ["", text[6:], text.replace(":", ""), "sig-2" + text[5:], "sig-1=::"], now=AT)
    for name, changed in {"method": {**good, "method": "PUT"}, "path": {**good, "target": "/payments"}, "query": {**good, "target": "/outbound_payments?x=1"},
                          "host": {**good, "url": "https://api-sandbox.gocardless.com/outbound_payments"}, "type": with_header(good, "Content-Type", "text/plain"),
                          "body": with_body(good, BODY.replace("1050", "1051")), "body-gone": with_body(good, ""),
                          "body-and-digest": with_header(with_body(good, "{}"), "Content-Digest", "sha256=:%s:" % b64(sha256("{}"))),
                          "time": with_header(good, "Gc-Signature-Input", good["headers"][-2][1].replace("1700000000", "1700000001")),
                          "nonce": with_header(good, "Gc-Signature-Input", good["headers"][-2][1].replace(nonce, "x"))}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.verify("body-added", with_body(added(plain("GET", "/x", ""), headers("GET", "/x", "")[1]), "{}"), {"rejected": True}, credentials=theirs, now=AT)
    book.verify("unknown-key", with_header(good, "Gc-Signature-Input", good["headers"][-2][1].replace("PK0001", "PK0002")), "unknown_key", credentials=theirs, now=AT)
    book.verify("no-digest", without(good, "Content-Digest"), "missing_field", credentials=theirs, now=AT)
    book.verify("no-input", without(good, "Gc-Signature-Input"), "missing_field", credentials=theirs, now=AT)
    book.verify("fewer-components", with_header(good, "Gc-Signature-Input", good["headers"][-2][1].replace(' "content-digest"', "")), {"rejected": True}, credentials=theirs, now=AT)
    book.time_edges(good, AT, 300, theirs)
    return book


def wise():
    book = Book(ME, "wise", "webhook")
    ours, theirs = {"private_key": RSA_PRIVATE}, {"public_key": RSA_PUBLIC}
    for name, body in BODIES.items():
        plain = message("POST", "/wise", [JSON_TYPE], body)
        header = [("X-Signature-SHA256", b64(rsa(body)))]
        book.sign(name, plain, {"headers": header, "string_to_sign": body}, credentials=ours)
        book.verify(name, added(plain, header), "ok", credentials=theirs)
    good = added(message("POST", "/wise", [JSON_TYPE], BODY), [("X-Signature-SHA256", b64(rsa(BODY)))])
    text = good["headers"][-1][1]
    book.refusals(good, "X-Signature-SHA256", theirs, {"public_key": OTHER_PUBLIC}, ["", "!" + text[1:], text[:-1], text.replace("=", "")])
    book.verify("body", with_body(good, BODY + " "), "signature_mismatch", credentials=theirs)
    book.verify("sha1-instead", with_header(good, "X-Signature-SHA256", b64(rsa(BODY, hashes.SHA1()))), "signature_mismatch", credentials=theirs)
    book.verify("old-header-name", added(message("POST", "/wise", [JSON_TYPE], BODY), [("X-Signature", text)]), "missing_signature", credentials=theirs)
    token = "be2f4b25-d8ce-4d3a-8d5b-3f4d5e6a7b8c"
    again = message("POST", "/v3/profiles/1/transfers/2/payments", [JSON_TYPE, ("x-2fa-approval", token)], '{"type":"BALANCE"}')
    made = [("X-Signature", b64(rsa(token)))]
    book.sign("approval", again, {"headers": made, "string_to_sign": token}, credentials=ours, flow="request")
    book.verify("approval", added(again, made), "ok", credentials=theirs, flow="request")
    book.verify("approval-other-token", with_header(added(again, made), "x-2fa-approval", "x"), "signature_mismatch", credentials=theirs, flow="request")
    book.verify("approval-no-token", without(added(again, made), "x-2fa-approval"), "missing_field", credentials=theirs, flow="request")
    book.verify("approval-two-tokens", twice(added(again, made), "x-2fa-approval"), "duplicate_field", credentials=theirs, flow="request")
    book.add("approval-without-token", "sign", without(again, "x-2fa-approval"), "invalid_message", credentials=ours, flow="request")
    return book


def jwk(key, kid):
    numbers = key.public_key().public_numbers()
    return json.dumps({"alg": "ES256", "crv": "P-256", "kid": kid, "kty": "EC", "use": "sig",
                       "x": b64url(numbers.x.to_bytes(32, "big")), "y": b64url(numbers.y.to_bytes(32, "big"))})


SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def bitpay():
    scalar = 0x742F45CDA95B597C81C7439148F010CD52A52AF85C992ABCB8B456C01CDABAB9
    key, other = ec.derive_private_key(scalar, ec.SECP256K1()), ec.derive_private_key(scalar - 1, ec.SECP256K1())

    def identity(key):
        return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint).hex()

    ours, theirs = {"public_key": identity(key), "private_key": "%064x" % scalar}, {"public_key": identity(key)}
    book = Book(ME, "bitpay", "request")

    def signature(text, key=key, high=False):
        r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        low = min(s, SECP256K1_ORDER - s)
        return utils.encode_dss_signature(r, SECP256K1_ORDER - low if high else low).hex()

    def call(target, body, **more):
        method = "POST" if body else "GET"
        plain = message(method, target, [JSON_TYPE] if body else [], body, "https://bitpay.com" + target)
        text = "https://bitpay.com" + target + body
        return text, plain, [("X-Identity", identity(key)), ("X-Signature", signature(text, **more))]

    example = '{"price":500,"currency":"USD","token":"MqA2wX15qHCbG7FBtJZRAxQunrRjAvGBRVJedsiTnZY"}'
    for name, target, body in (("documented-text", "/invoices", example), ("query", "/invoices?token=abc&offset=0", ""), ("utf-8", "/refunds", BODY)):
        text, plain, made = call(target, body)
        book.sign(name, plain, {"headers": made, "string_to_sign": text}, credentials=ours)
        book.sign(name + "-pem", plain, {"headers": made}, credentials={**ours, "private_key": pem(key)})
        book.verify(name, added(plain, made), {"status": "ok", "key_id": identity(key)}, credentials=theirs)
    text, plain, made = call("/invoices", example)
    good = added(plain, made)
    book.verify("the-higher-s", added(plain, call("/invoices", example, high=True)[2]), "ok", credentials=theirs, note="a signature's s and n - s are both right; BitPay's SDKs write either")
    text = made[1][1]
    for name, broken in (("empty", ""), ("upper", text.upper()), ("short", text[:-2]), ("more", text + "00"), ("p1363", "00" * 64), ("base64", b64(bytes.fromhex(text)))):
        book.verify("signature-" + name, with_header(good, "X-Signature", broken), {"rejected": True}, credentials=theirs)
    for name, changed in (("body", with_body(good, example + " ")), ("query", {**good, "target": "/invoices?x=1", "url": "https://bitpay.com/invoices?x=1"}), ("host", {**good, "url": "https://test.bitpay.com/invoices"}),
                          ("key", with_header(good, "X-Signature", call("/invoices", example, key=other)[2][1][1]))):
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs)
    book.verify("other-method", {**good, "method": "PUT"}, "ok", credentials=theirs, note="the method is not signed")
    book.verify("unknown-identity", with_header(good, "X-Identity", identity(other)), "unknown_key", credentials=theirs)
    book.verify("no-identity", without(good, "X-Identity"), "missing_field", credentials=theirs)
    book.verify("no-signature", without(good, "X-Signature"), "missing_signature", credentials=theirs)
    book.verify("two-signatures", twice(good, "X-Signature"), "duplicate_field", credentials=theirs)
    return book


def plaid():
    kid = "bfbd5111-8e33-4643-8ced-b2e642a72f3c"
    ours, theirs = {"key_id": kid, "private_key": pem(P256)}, {"key_id": kid, "public_key": jwk(P256, kid)}
    book = Book(ME, "plaid", "webhook")

    def token(body, at=1_700_000_000, header=None, claims=None, key=P256):
        header = {"alg": "ES256", "kid": kid, "typ": "JWT", **(header or {})}
        claims = claims if claims is not None else {"iat": at, "request_body_sha256": sha256(body).hex()}
        text = ".".join(b64url(part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return text, text + "." + b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def hook(text, body=BODY):
        return message("POST", "/plaid", [JSON_TYPE, ("Plaid-Verification", text)], body)

    for name, body in BODIES.items():
        base, made = token(body)
        book.sign(name, message("POST", "/plaid", [JSON_TYPE], body), {"headers": [["Plaid-Verification", made]], "string_to_sign": base}, credentials=ours, now=AT)
        book.verify(name, hook(made, body), {"status": "ok", "key_id": kid, "timestamp": STAMP}, credentials=theirs, now=AT)
    digest = sha256(BODY).hex()
    made = token(BODY)[1]
    book.verify("key-as-pem", hook(made), "ok", credentials={**theirs, "public_key": spki(P256)}, now=AT)
    book.verify("claims-in-another-order", hook(token(BODY, claims={"request_body_sha256": digest, "more": {"a": 1}, "iat": 1_700_000_000})[1]), "ok", credentials=theirs, now=AT)
    book.verify("claims-with-blanks", hook(token(BODY, claims=json.dumps({"iat": 1_700_000_000, "request_body_sha256": digest}).encode())[1]), "ok", credentials=theirs, now=AT)
    head, payload, signature = made.split(".")
    book.refusals(hook(made), "Plaid-Verification", theirs, {**theirs, "public_key": jwk(P256_OTHER, kid)},
                  ["", "a.b", head + "." + payload, made + "=", made + ".x", head + "." + payload + "."], now=AT)
    book.verify("payload-taken-away", hook(head + ".." + signature), "signature_mismatch", credentials=theirs, now=AT)
    for name, text, expect in (
        ("body-changed", made, "content_rejected"),
        ("claims-changed", "%s.%s.%s" % (head, b64url(json.dumps({"iat": 1_700_000_000, "request_body_sha256": sha256(BODY + " ").hex()}).encode()), signature), "signature_mismatch"),
    ):
        book.verify(name, hook(text, BODY + " "), expect, credentials=theirs, now=AT)
    for name, header, expect in (
        ("alg-none", {"alg": "none"}, "unsupported_algorithm"), ("alg-hs256", {"alg": "HS256"}, "unsupported_algorithm"), ("alg-es384", {"alg": "ES384"}, "unsupported_algorithm"),
        ("other-kid", {"kid": "x"}, "needs_key"), ("other-typ", {"typ": "JOSE"}, "ok"), ("crit", {"crit": ["exp"]}, "malformed_signature"), ("jwk-in-the-header", {"jwk": json.loads(jwk(P256_OTHER, kid))}, "ok"),
    ):
        book.verify(name, hook(token(BODY, header=header)[1]), expect, credentials=theirs, now=AT)
    for name, claims, expect in (
        ("no-iat", {"request_body_sha256": digest}, "missing_field"),
        ("no-digest", {"iat": 1_700_000_000}, "missing_field"),
        ("digest-upper", {"iat": 1_700_000_000, "request_body_sha256": digest.upper()}, "content_rejected"),
        ("digest-null", {"iat": 1_700_000_000, "request_body_sha256": None}, "malformed_field"),
        ("iat-text", {"iat": "1700000000", "request_body_sha256": digest}, "ok"),
        ("iat-fraction", {"iat": 1_700_000_000.5, "request_body_sha256": digest}, "malformed_field"),
        ("iat-negative", {"iat": -1, "request_body_sha256": digest}, "malformed_field"),
        ("expired-by-exp", {"iat": 1_700_000_000, "request_body_sha256": digest, "exp": 1_699_999_999}, "timestamp_too_old"),
        ("not-yet-by-nbf", {"iat": 1_700_000_000, "request_body_sha256": digest, "nbf": 1_700_000_001}, "timestamp_too_new"),
        ("iat-twice", b'{"iat":1,"iat":1700000000,"request_body_sha256":"%s"}' % digest.encode(), "duplicate_field"),
        ("no-object", b"[1]", {"rejected": True}),
        ("no-json", b"x", {"rejected": True}),
    ):
        book.verify(name, hook(token(BODY, claims=claims)[1]), expect, credentials=theirs, now=AT)
    book.verify("forged-by-another-key", hook(token(BODY, key=P256_OTHER)[1]), "signature_mismatch", credentials=theirs, now=AT)
    for name, payload in {"no-object": "[1]", "with-a-claim": '{"iat":1}'}.items():
        book.add("payload-" + name, "sign", message("POST", "/plaid", [JSON_TYPE], BODY), "invalid_option", credentials=ours, now=AT, payload=payload)
    more = token(BODY, claims={"more": 1, "iat": 1_700_000_000, "request_body_sha256": digest})
    book.sign("payload-with-more", message("POST", "/plaid", [JSON_TYPE], BODY), {"string_to_sign": more[0]}, credentials=ours, now=AT, payload='{"more":1}')
    book.add("no-clock", "verify", hook(made), "invalid_option", credentials=theirs)
    book.time_edges(hook(made), AT, 300, theirs)
    return book


def books():
    return [antom(), binance(), bitpay(), ebanx(), gocardless_request(), plaid(), wise()]
