"""Polish gateways: Przelewy24."""
from checksums import compact, digest, hidden, member_refusals, post
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


def books():
    return [przelewy24()]
