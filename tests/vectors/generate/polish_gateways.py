"""Polish gateways: Przelewy24, the order forms of PayU Europe."""
import hashlib
import re
import urllib.parse

from checksums import compact, digest, form, hidden, member_refusals, post
from lib import Book, with_body

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


def books():
    return [przelewy24(), payu_eu_forms()]
