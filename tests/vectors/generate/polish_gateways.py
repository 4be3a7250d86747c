"""Polish gateways: Przelewy24, the order forms of PayU Europe, Tpay."""
import hashlib
import re
import urllib.parse

from checksums import FORM_TYPE, JSON_TYPE, compact, digest, form, hidden, member_refusals, post
from lib import Book, b64url, message, with_body, with_header
from payment_keys import rsa
from public_keys import OTHER_PUBLIC, RSA_PRIVATE, RSA_PUBLIC

ME = "polish_gateways.py"


def przelewy24():
    """SHA-384 over JSON that is written anew, the CRC key its last member."""
    book = Book(ME, "przelewy24", "request")
    keys = {"crc": "bar"}
    library = "mnastalski/przelewy24-php "

    def text(names, values, crc=keys["crc"]):
        return compact({**{n: values[n] for n in names}, "crc": crc})

    def signed(names, values, crc=keys["crc"]):
        return {**values, "sign": digest("sha384", text(names, values, crc))}

    def shown(names, values):
        return text(names, values)[:-len(keys["crc"]) - 2] + hidden(keys["crc"]) + '"}'

    def both(name, names, values, **more):
        made = signed(names, values)
        book.sign(name, post(values), {"string_to_sign": shown(names, values), "body_members": {"sign": made["sign"]}}, credentials=keys, **more)
        book.verify(name, post(made), "ok", credentials=keys, **more)
        return made

    register = ("sessionId", "merchantId", "amount", "currency")
    order = {"merchantId": 12345, "posId": 123, "sessionId": "0beec7", "amount": 1500, "currency": "PLN", "description": "za\u017c\u00f3\u0142\u0107", "urlReturn": "https://shop.example/p24", "email": "a@b.pl"}
    both("register", register, order)
    for name, session in {"slash-and-quote": 'a/b "c" \\', "utf8": "\u0105\u017a\u0107\u017c \u20ac", "line-end": "a\nb\tc\u0001", "number-like": "17"}.items():
        both("register-" + name, register, {**order, "sessionId": session})
    escaped = post(signed(register, {**order, "sessionId": "\u0105/1"}))
    book.verify("register-written-with-escapes", with_body(escaped, escaped["body"].replace("\u0105/1", "\\u0105\\/1")), "ok", credentials=keys, note="what is signed is written without escapes")
    good = post(signed(register, order))
    sign = signed(register, order)["sign"]
    member_refusals(book, good, sign, keys, "sign", {"crc": "x"})
    for name, value in {"sessionId": "0beec8", "merchantId": 12346, "amount": 1, "currency": "EUR"}.items():
        book.verify("register-changed-" + name, post({**order, name: value, "sign": sign}), "signature_mismatch", credentials=keys)
        book.verify("register-no-" + name, post({n: v for n, v in {**order, "sign": sign}.items() if n != name}), "missing_field", credentials=keys)
    book.verify("register-amount-as-text", post({**order, "amount": "1500", "sign": sign}), "signature_mismatch", credentials=keys)
    book.verify("register-url-is-not-signed", post({**order, "urlReturn": "https://other.example", "sign": sign}), "ok", credentials=keys)
    book.verify("register-no-sign", post(order), "missing_signature", credentials=keys)
    book.verify("register-amount-twice", with_body(good, good["body"][:-1] + ',"amount":1}'), "duplicate_field", credentials=keys)
    verify = ("sessionId", "orderId", "amount", "currency")
    paid = {"merchantId": 12345, "posId": 123, "sessionId": "0beec7", "amount": 1500, "currency": "PLN", "orderId": 123456789}
    made = both("verify", verify, paid, variants=["transaction-verify"])
    book.verify("verify-unasked", post(made), "signature_mismatch", credentials=keys)
    book.verify("verify-changed", post({**made, "orderId": 1}), "signature_mismatch", credentials=keys, variants=["transaction-verify"])

    note = ("merchantId", "posId", "sessionId", "amount", "originAmount", "currency", "orderId", "methodId", "statement")
    told = {**paid, "originAmount": 1500, "methodId": 32, "statement": "p24-XXX-YYY-ZZZ"}
    asserted = "703e946290d92230297c35d3bc8f554d4a458a4c97c9917665929c5ef5e682f7a868ac36e5dff20184c6a5302ef66c77"
    assert signed(note, told)["sign"] == asserted
    hook = {"flow": "webhook", "source": library + "tests/TransactionStatusNotificationTest.php"}
    both("asserted", note, told, **hook)
    hook = {"flow": "webhook"}
    both("utf8", note, {**told, "statement": "op\u0142ata / \"1\""}, **hook)
    for name, value in {"merchantId": 1, "posId": 1, "sessionId": "x", "amount": 1, "originAmount": 1, "currency": "EUR", "orderId": 1, "methodId": 1, "statement": "x"}.items():
        book.verify("changed-" + name, post({**told, name: value, "sign": asserted}), "signature_mismatch", credentials=keys, **hook)
    book.verify("no-sign", post(told), "missing_signature", credentials=keys, **hook)
    book.verify("other-crc", post({**told, "sign": asserted}), "signature_mismatch", credentials={"crc": "x"}, **hook)
    book.verify("sign-of-a-registration", post({**told, "sign": sign}), "signature_mismatch", credentials=keys, **hook)
    refund = ("orderId", "sessionId", "refundsUuid", "merchantId", "amount", "currency", "status")
    back = {"orderId": 123456789, "sessionId": "0beec7", "merchantId": 12345, "requestId": "ac0efa", "refundsUuid": "dda251", "amount": 1500, "currency": "PLN", "timestamp": 1706389444, "status": 0}
    assert signed(refund, back)["sign"] == "689010bfd5819bcf683ee0556c0412808b760063a6a66ed4d305d9d85b0bb16ab38bc8fcd0808c85f977f5a041344688"
    hook = {"flow": "webhook", "variants": ["refund"]}
    made = both("refund-asserted", refund, back, source=library + "tests/RefundNotificationTest.php", **hook)
    book.verify("refund-status-changed", post({**made, "status": 1}), "signature_mismatch", credentials=keys, **hook)
    book.verify("refund-request-id-is-not-signed", post({**made, "requestId": "x"}), "ok", credentials=keys, **hook)
    book.verify("refund-unasked", post(made), "missing_field", credentials=keys, flow="webhook")
    return book


def payu_eu_forms():
    """Every field by its name, values as PHP's urlencode writes them, and the second key behind the last &."""
    book = Book(ME, "payu-eu", "request", file="payu-eu-request.jsonl")
    keys = {"second_key": "13a980d4f851f3d9a1cfc792fb1f5e50", "pos_id": "145227"}
    digests = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}

    def php(value):
        return re.sub(rb"[^A-Za-z0-9_.\- ]", lambda m: b"%%%02X" % m[0][0], value.encode()).replace(b" ", b"+").decode()

    def text(fields):
        return "".join("%s=%s&" % (n, php(fields[n])) for n in sorted(fields))

    def signature(fields, name="SHA-256", key=keys["second_key"], pos=keys["pos_id"]):
        return "sender=%s;algorithm=%s;signature=%s" % (pos, name, hashlib.new(digests[name], (text(fields) + key).encode()).hexdigest())

    def signed(fields, value=None):
        return form({**fields, "OpenPayu-Signature": value or signature(fields)})

    # The form of OpenPayU_OrderTest, in the order of its page.
    order = {"continueUrl": "http://localhost/", "notifyUrl": "http://localhost/", "customerIp": "127.0.0.1", "merchantPosId": "45654", "description": "New order", "currencyCode": "PLN",
             "totalAmount": "1000", "extOrderId": "1342", "validityTime": "48000", "products[0].name": "Product1", "products[0].unitPrice": "1000", "products[0].quantity": "1",
             "paymentMethods[0].type": "PBL", "buyer.email": "dd@ddd.pl", "buyer.phone": "123123123", "buyer.firstName": "Jan", "buyer.lastName": "Kowalski", "buyer.language": "pl_PL", "buyer.nIN": "123456"}
    source = "PayU-EMEA/openpayu_php tests/unit/v2/OpenPayU_OrderTest.php"
    assert signature(order) == "sender=145227;algorithm=SHA-256;signature=ca4bfe95e849e154bdf4c90b78791d90e342fe1669cec7874c1619635bbf1127"
    book.sign("official", form(order), {"string_to_sign": text(order) + hidden(keys["second_key"]), "body": signed(order)["body"]}, credentials=keys, source=source)
    book.verify("official", signed(order), "ok", credentials=keys, source=source)
    asserted = {"SHA-256": "e4c8315c9ab2e097ef1221f3fbd1e761405d961760e538fb2e0055d3d90b5e35",
                "SHA-384": "ef1f0258e004b4ade604115289a374a0cb54899ff48fc65ca6a23d5dfc6332dfd5a3a63de88b65743cff5ecf8db4fda2",
                "SHA-512": "3ebb7cd2b9f60dacda25835f323fb15adda3eb729da71fd61c9bfd41b97c6eeea47949cee0aaf5fa1a4d8fa9c065369aaeffd34afc4f376bd11dd8bfdd3c564d"}
    for name, made in asserted.items():
        value = "sender=MerchantPosId;algorithm=%s;signature=%s" % (name, made)
        assert signature({"test": "OpenPayUData"}, name, "SignatureKey", "MerchantPosId") == value
        book.verify("official-" + name, signed({"test": "OpenPayUData"}, value), "ok", credentials={"second_key": "SignatureKey", "pos_id": "MerchantPosId"},
                    source="PayU-EMEA/openpayu_php tests/unit/OpenPayU_UtilTest.php")
    for name, value in {"utf8": "Zam\u00f3wienie \u20ac", "signs": "a+b&c=d;e%f~g*h'(i)!/?#@,:$", "line-ends": "a\r\nb", "percent": "%5B%20", "empty": ""}.items():
        fields = {**order, "description": value}
        book.sign(name, form(fields), {"body": signed(fields)["body"]}, credentials=keys)
        book.verify(name, signed(fields), "ok", credentials=keys)
    good = signature(order)
    for name in order:
        book.verify("changed-" + name, signed({**order, name: order[name] + "1"}, good), "signature_mismatch", credentials=keys)
    book.verify("field-added", signed({**order, "additionalDescription": "x"}, good), "signature_mismatch", credentials=keys)
    book.verify("field-lost", signed({n: v for n, v in order.items() if n != "validityTime"}, good), "signature_mismatch", credentials=keys)
    for name, value, expect in (
        ("md5", good.replace("SHA-256", "MD5"), "unsupported_algorithm"), ("another-digest-named", good.replace("SHA-256", "SHA-384"), "signature_mismatch"), ("other-sender", good.replace("145227", "145228"), "unknown_key"),
        ("no-sender", good[good.index("algorithm"):], "missing_field"), ("no-signature", good[:good.index(";signature")], "missing_signature"), ("upper", good[:-64] + good[-64:].upper(), "malformed_signature"),
    ):
        book.verify(name, signed(order, value), expect, credentials=keys)
    book.verify("no-field", form(order), "missing_signature", credentials=keys)
    book.verify("other-key", signed(order), "signature_mismatch", credentials={**keys, "second_key": "x"})
    return book


# A notification of February 2024 with the certificate of those days, as przpl/tpay-webhook-auth holds them.
TPAY_CERTIFICATE = (
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDGzCCAgOgAwIBAgIBATANBgkqhkiG9w0BAQsFADBHMSowKAYDVQQKDCFLcmFq\n"
    "b3d5IEludGVncmF0b3IgUGxhdG5vc2NpIFMuQS4xGTAXBgNVBAMMEFRwYXkgSldT\n"
    "IFJvb3QgQ0EwHhcNMjIwODAzMDYxMzIyWhcNMjQwODAyMDYxMzIyWjBHMSowKAYD\n"
    "VQQKDCFLcmFqb3d5IEludGVncmF0b3IgUGxhdG5vc2NpIFMuQS4xGTAXBgNVBAMM\n"
    "EG5vdGlmaWNhdGlvbi1qd3MwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIB\n"
    "AQCzEEHnEktSm5+D/F0a248qw4LC7q+lLPIbV5fo7b9lKpa8KynCA7lK1G+o8H3i\n"
    "rdUbWlgaYg+sM6P036bEGlb/Ou68yQ/Km7zfGX/dUk9xIveAwsYq2NYC94cm1md7\n"
    "ONCzHkGvz2CVZXDv/MV8uaUv7N93g0zF4hDJsA0+i7FNJCL02ulmJW2caXAdIERx\n"
    "KJfk3MthKyQprR0/YcUHC9KtFpwD4HBcLPgoprzUv+y9C2DErADmtYiaUUzkEIWP\n"
    "cz38AAB5zADDRIwlrmNIrwyZ32xKFlu1lQBIoiGJF6jdtBOjWdRUpH7eQcvM6OaJ\n"
    "8/QntqeHovxARp+wuXdV2wSPAgMBAAGjEjAQMA4GA1UdDwEB/wQEAwIHgDANBgkq\n"
    "hkiG9w0BAQsFAAOCAQEAvLj3nmPhWeV4dGs4tkMJVaz6HYBBULUWGCyB7GNL1hIh\n"
    "2ozxIyESXmdEQ2VIAhKxlE404z4cpQiWAlk9/I9OfvdtiX43KKmi8gYdC3VPtlro\n"
    "eUFroyY1MHxc6Sq+jfX6jWD6PLpbOf8OfyrapD4NTZm05n1hd8sqA8kuPrhsO5mR\n"
    "VLanuTp6S7Q2f+8ix+i2921+QkRuALJ5LlT7wfaoOTQihS5kBqayseblT2dtrSER\n"
    "M0mfVnkuMUXFymGLG3a9eBO9Wj/0LqkXA87nl/5DxxsYRNR+UZFSITyyefwmcTBD\n"
    "OcxtKLmlcbFJPWQjYkDunPklLj7HwBIeiVEZrAKMjA==\n"
    "-----END CERTIFICATE-----\n"
)
TPAY_BODY = ("id=123912&tr_id=TR-3HFD-TST24X&tr_date=2024-02-23+07%3A58%3A30&tr_crc=123456789&tr_amount=123.00&tr_paid=123.00&tr_desc=Test+transaction&tr_status=TRUE"
             "&tr_error=none&tr_email=user%40example.com&md5sum=4fb89b9bec9974c0e5daf3ad0af7ca1c")
TPAY_JWS = (
    "eyJhbGciOiJSUzI1NiIsIng1dSI6Imh0dHBzOlwvXC9zZWN1cmUudHBheS5jb21cL3g1MDlcL25vdGlmaWNhdGlvbnMtandzLnBlbSJ9..Xr5042YfUu0C42fdao3pH9TLoAuFL3lgr8f13-PLuIdF"
    "0SeZb4AAppcvVeB9cCVclBPh7tgWxrUF3aHxhVxX5tmCU9rVB33KvzeJAdlQ40-kasoWYtEZxX7rdDgcqxQEww_QZlX2r1g8SAhw3o6x0OT0thpyOy817gxRpl7Nk-QrLttx6ks4qJOw1rWXmOqC3_"
    "LbS0VswXMPdg-al6rrknhjf755M0WtMWGkrAvwJFhuIfhIjKuISxWdsSrpz6ZeuT1SfOAwlM7DEZtrE7q3Rhu3I9JlTO79a4-HwRLaBoai0tMJjrnPYU5IOXcycF1jAQlQ1BNNfuN9MgWX8AEBGg"
)
TPAY_URL = "https://secure.tpay.com/x509/notifications-jws.pem"


def tpay():
    """A detached JWS over the body; its header says where the certificate is."""
    book = Book(ME, "tpay", "webhook")
    ours, theirs = {"private_key": RSA_PRIVATE, "cert_url": TPAY_URL}, {"public_key": RSA_PUBLIC, "cert_url": TPAY_URL}

    def jws(body, header=None):
        head = b64url(compact(header or {"alg": "RS256", "x5u": TPAY_URL}).encode())
        text = head + "." + b64url(body.encode())
        return text, "%s..%s" % (head, b64url(rsa(text)))

    def told(body, value, kind=FORM_TYPE):
        return message("POST", "/tpay", [kind, ("X-JWS-Signature", value)], body)

    source = "przpl/tpay-webhook-auth src/tpayWebhookAuth.spec.ts: a recorded notification"
    recorded = told(TPAY_BODY, TPAY_JWS)
    book.verify("recorded", recorded, {"status": "ok", "key_id": TPAY_URL}, credentials={"public_key": TPAY_CERTIFICATE, "cert_url": TPAY_URL}, source=source)
    book.verify("recorded-any-address", recorded, "ok", credentials={"public_key": TPAY_CERTIFICATE}, source=source)
    book.verify("recorded-key-to-fetch", recorded, "needs_key", keys=[], note="the address is one that the recipe allows")
    book.verify("recorded-changed", with_body(recorded, TPAY_BODY.replace("tr_paid=123.00", "tr_paid=923.00")), "signature_mismatch", credentials={"public_key": TPAY_CERTIFICATE})
    book.verify("recorded-md5sum-is-covered", with_body(recorded, TPAY_BODY[:-1] + "d"), "signature_mismatch", credentials={"public_key": TPAY_CERTIFICATE})
    for name, body, kind in (("form", "tr_id=TR-1&tr_amount=1.00&tr_status=TRUE", FORM_TYPE), ("json", '{"type":"tokenization","data":{"token":"caf\u00e9 \u20ac"}}', JSON_TYPE), ("line-ends", "a\r\nb\n", FORM_TYPE)):
        text, made = jws(body)
        book.sign(name, message("POST", "/tpay", [kind], body), {"headers": [["X-JWS-Signature", made]], "string_to_sign": text}, credentials=ours)
        book.verify(name, told(body, made, kind), {"status": "ok", "key_id": TPAY_URL}, credentials=theirs)
    body = "tr_id=TR-1&tr_status=TRUE"
    good = told(body, jws(body)[1])
    head, _, signature = jws(body)[1].split(".")
    book.refusals(good, "X-JWS-Signature", theirs, {**theirs, "public_key": OTHER_PUBLIC}, ["", "a.b", head + "..", "%s.%s.%s" % (head, b64url(body.encode()), signature), head + ".." + signature + "="])
    book.verify("status-changed", with_body(good, body.replace("TRUE", "FALSE")), "signature_mismatch", credentials=theirs)
    book.verify("target-is-not-signed", {**good, "target": "/other"}, "ok", credentials=theirs)
    for name, header in {"alg-none": {"alg": "none", "x5u": TPAY_URL}, "alg-hs256": {"alg": "HS256", "x5u": TPAY_URL}, "alg-rs512": {"alg": "RS512", "x5u": TPAY_URL},
                         "crit": {"alg": "RS256", "x5u": TPAY_URL, "crit": ["exp"]}}.items():
        book.verify(name, with_header(good, "X-JWS-Signature", jws(body, header)[1]), {"rejected": True}, credentials=theirs)
    book.verify("no-address", with_header(good, "X-JWS-Signature", jws(body, {"alg": "RS256"})[1]), "ok", credentials=theirs, note="under a key that is at hand; Tpay's SDK wants x5u")
    for name, url in {"sandbox": "https://secure.sandbox.tpay.com/x509/notifications-jws.pem", "longer-host": "https://secure.tpay.com.example.com/x509/a.pem", "user": "https://secure.tpay.com@example.com/a.pem",
                      "http": "http://secure.tpay.com/x509/notifications-jws.pem", "dots": "https://secure.tpay.com/../etc/passwd", "query": TPAY_URL + "?v=1", "fragment": TPAY_URL + "#v1"}.items():
        other = with_header(good, "X-JWS-Signature", jws(body, {"alg": "RS256", "x5u": url})[1])
        book.verify("address-" + name, other, "content_rejected", keys=[], note="as tpay-webhook-auth refuses it")
        book.verify("address-%s-with-a-key" % name, other, {"rejected": True}, credentials=theirs)
    return book


def tpay_md5sum():
    book = Book(ME, "tpay-md5sum", "webhook")
    keys = {"security_code": "1234567890"}
    paid = {"id": "12345", "tr_id": "TR-1234-89012345678901234567890", "tr_date": "2024-12-10 09:27:59", "tr_crc": "65f1c2", "tr_amount": "144.69", "tr_paid": "144.69", "tr_desc": "Order #123456", "tr_status": "PAID"}

    def md5sum(v, code=keys["security_code"]):
        return digest("md5", v["id"], v["tr_id"], "%.2f" % float(v["tr_amount"]), v["tr_crc"], code)

    for name, changed in {"plain": {}, "no-fraction": {"tr_amount": "144"}, "one-digit": {"tr_amount": "144.5"}, "crc-empty": {"tr_crc": ""}, "crc-utf8": {"tr_crc": "zam\u00f3wienie 1+1"}}.items():
        v = {**paid, **changed}
        text = v["id"] + v["tr_id"] + "%.2f" % float(v["tr_amount"]) + v["tr_crc"] + hidden(keys["security_code"])
        book.sign(name, form(v), {"string_to_sign": text, "body": form({**v, "md5sum": md5sum(v)})["body"]}, credentials=keys)
        book.verify(name, form({**v, "md5sum": md5sum(v)}), "ok", credentials=keys)
    good = form({**paid, "md5sum": md5sum(paid)})
    member_refusals(book, good, md5sum(paid), keys, "md5sum", {"security_code": "x"})
    for name, value in {"id": "1", "tr_id": "TR-2", "tr_amount": "1.00", "tr_crc": "x"}.items():
        book.verify("changed-" + name, form({**paid, name: value, "md5sum": md5sum(paid)}), "signature_mismatch", credentials=keys)
        book.verify("no-" + name, form({n: v for n, v in {**paid, "md5sum": md5sum(paid)}.items() if n != name}), "missing_field", credentials=keys)
    book.verify("three-digits", form({**paid, "tr_amount": "144.691", "md5sum": md5sum(paid)}), "malformed_field", credentials=keys)
    book.verify("status-is-not-signed", form({**paid, "tr_status": "FALSE", "md5sum": md5sum(paid)}), "ok", credentials=keys, note="the JWS covers it")
    book.verify("no-md5sum", form(paid), "missing_signature", credentials=keys)
    book.verify("amount-twice", with_body(good, good["body"] + "&tr_amount=1.00"), "duplicate_field", credentials=keys)
    return book


def books():
    return [przelewy24(), payu_eu_forms(), tpay(), tpay_md5sum()]
