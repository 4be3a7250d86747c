"""Digests with the secret in the text and MACs over named or sorted fields: Nuvei, Novalnet, PPRO, Global Payments, TrustPay, Fiuu;
and the two schemes that nothing can verify."""
import hashlib
import json
import urllib.parse

from lib import Book, added, mac, message, with_body

ME = "checksums.py"
JSON_TYPE = ("Content-Type", "application/json")
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest(name, *texts):
    return hashlib.new(name, "".join(texts).encode()).hexdigest()


def post(value, headers=(JSON_TYPE,)):
    return message("POST", "/hook", headers, value if isinstance(value, str) else compact(value))


def form(values):
    return message("POST", "/hook", [FORM_TYPE], urllib.parse.urlencode(values))


def hidden(secret):
    """How the library shows a secret inside a text."""
    return "*" * len(secret)


def member_refusals(book, good, text, keys, label, wrong, **more):
    """The same for every signature in the body: `text` is how it stands there."""
    value = good["body"]
    assert value.count(text) == 1, (text, value)
    for name, changed in {"short": text[:-2], "long": text + "00", "upper": text.upper(), "empty": "", "not-hex": "g" + text[1:]}.items():
        book.verify("%s-%s" % (label, name), with_body(good, value.replace(text, changed)), "malformed_signature", credentials=keys, **more)
    book.verify("%s-of-another" % label, with_body(good, value.replace(text, "0" * len(text))), "signature_mismatch", credentials=keys, **more)
    book.verify("other-key", good, "signature_mismatch", credentials=wrong, **more)


def nuvei():
    book = Book(ME, "nuvei", "request")
    keys = {"secret": "SOMECREDENTIAL"}
    asserted = {"merchantId": "test_merchant_id", "merchantSiteId": "test_merchant_site_id", "clientRequestId": "test_client_request_id", "clientUniqueId": "test_client_unique_id",
                "amount": "100", "currency": "US", "relatedTransactionId": "test_related_transaction_id", "timeStamp": "test_time_stamp"}
    source = "ActiveMerchant test/unit/gateways/nuvei_test.rb: the asserted text"
    texts = {
        (): "test_merchant_idtest_merchant_site_idtest_client_request_id100UStest_time_stamp",
        ("session",): "test_merchant_idtest_merchant_site_idtest_client_request_idtest_time_stamp",
        ("settle",): "test_merchant_idtest_merchant_site_idtest_client_request_idtest_client_unique_id100UStest_related_transaction_idtest_time_stamp",
    }
    for variants, text in texts.items():
        more = {"variants": list(variants)} if variants else {}
        name = variants[0] if variants else "payment"
        checksum = digest("sha256", text, keys["secret"])
        book.sign("official-" + name, post(asserted), {"body_members": {"checksum": checksum}, "string_to_sign": text + hidden(keys["secret"])}, credentials=keys, source=source, **more)
        book.verify("official-" + name, post({**asserted, "checksum": checksum}), "ok", credentials=keys, source=source, **more)
    order = {"merchantId": "427583496191624621", "merchantSiteId": "142033", "clientRequestId": "req-1", "timeStamp": "20231114221320", "amount": "10.50", "currency": "EUR", "items": [{"name": "\u00e9"}]}

    def signed(values, *names):
        return {**values, "checksum": digest("sha256", *[str(values.get(n, "")) for n in names], keys["secret"])}

    common = ("merchantId", "merchantSiteId", "clientRequestId")
    whole = signed(order, *common, "amount", "currency", "timeStamp")
    good = post(whole)
    book.sign("plain", post(order), {"body_members": {"checksum": whole["checksum"]}}, credentials=keys)
    book.verify("plain", good, "ok", credentials=keys)
    number = {**order, "amount": 10.5}
    book.verify("number", post(signed(number, *common, "amount", "currency", "timeStamp")), "ok", credentials=keys)
    settle = {**order, "clientUniqueId": "u1", "relatedTransactionId": "t1", "authCode": "A1", "descriptorMerchantName": "Shop", "descriptorMerchantPhone": "1", "comment": "c"}
    text = digest("sha256", *[settle[n] for n in common], "u1", "10.50", "EUR", "t1", "A1", "Shop", "1", "c", "https://n", "20231114221320", keys["secret"])
    book.verify("settle", post({**settle, "urlDetails": {"notificationUrl": "https://n"}, "checksum": text}), "ok", credentials=keys, variants=["settle"])
    book.verify("settle-unasked", post({**settle, "checksum": text}), "signature_mismatch", credentials=keys)
    member_refusals(book, good, whole["checksum"], keys, "checksum", {"secret": "x"})
    for name in (*common, "amount", "currency", "timeStamp"):
        book.verify("changed-" + name, post({**whole, name: "1"}), "signature_mismatch", credentials=keys)
    book.verify("items-are-not-signed", post({**whole, "items": []}), "ok", credentials=keys)
    book.verify("no-checksum", post(order), "missing_signature", credentials=keys)
    book.verify("no-amount", post({n: v for n, v in whole.items() if n != "amount"}), "missing_field", credentials=keys)
    book.verify("amount-twice", with_body(good, good["body"].replace('{', '{"amount":"1",', 1)), "duplicate_field", credentials=keys)
    dmn = {"ppp_status": "OK", "PPP_TransactionID": "238742868", "totalAmount": "10.50", "currency": "EUR", "responseTimeStamp": "2023-11-14.22:13:20", "Status": "APPROVED", "productId": "T-Shirt & co \u00e9", "nameOnCard": "J"}

    def advanced(values):
        names = ("totalAmount", "currency", "responseTimeStamp", "PPP_TransactionID", "Status", "productId")
        return digest("sha256", keys["secret"], *[values.get(n, "") for n in names])

    hook = {"credentials": keys, "flow": "webhook"}
    book.sign("plain", form(dmn), {"string_to_sign": hidden(keys["secret"]) + "10.50EUR2023-11-14.22:13:20238742868APPROVEDT-Shirt & co \u00e9"}, **hook)
    for name, values in {"plain": dmn, "declined": {**dmn, "Status": "DECLINED"}, "no-product": {n: v for n, v in dmn.items() if n != "productId"}}.items():
        book.verify(name, form({**values, "advanceResponseChecksum": advanced(values)}), "ok", **hook)
    good = form({**dmn, "advanceResponseChecksum": advanced(dmn)})
    member_refusals(book, good, advanced(dmn), keys, "checksum", {"secret": "x"}, flow="webhook")
    for name in ("totalAmount", "currency", "responseTimeStamp", "PPP_TransactionID", "Status", "productId"):
        book.verify("changed-" + name, form({**dmn, name: "1", "advanceResponseChecksum": advanced(dmn)}), "signature_mismatch", **hook)
    book.verify("ppp-status-is-not-signed", form({**dmn, "ppp_status": "FAIL", "advanceResponseChecksum": advanced(dmn)}), "ok", **hook)
    book.verify("no-checksum", form(dmn), "missing_signature", **hook)
    book.verify("status-twice", with_body(good, good["body"] + "&Status=APPROVED"), "duplicate_field", **hook)
    return book


def novalnet():
    book = Book(ME, "novalnet", "webhook")
    keys = {"access_key": "a87ff679a2f3e71d9181a67b7542122c"}

    def event(**changed):
        return {"event": {"checksum": "", "tid": 14923200001210101, "type": "PAYMENT", **changed.pop("event", {})}, "result": {"status": "SUCCESS", "status_code": 100},
                "transaction": {"amount": 1050, "currency": "EUR", "order_no": "\u00e9", **changed.pop("transaction", {})}, **changed}

    def checksum(made, key=keys["access_key"]):
        amount = made.get("transaction", {})
        return digest("sha256", str(made["event"]["tid"]), made["event"]["type"], made["result"]["status"], str(amount.get("amount", "")), amount.get("currency", ""), key[::-1])

    def signed(made):
        return {**made, "event": {**made["event"], "checksum": checksum(made)}}

    plain = event()
    without_checksum = {**plain, "event": {n: v for n, v in plain["event"].items() if n != "checksum"}}
    book.sign("plain", post(without_checksum), {"string_to_sign": "14923200001210101PAYMENTSUCCESS1050EUR" + hidden(keys["access_key"])}, credentials=keys)
    no_amount = {**plain, "transaction": {"order_no": "1"}}
    for name, made in {"plain": plain, "text-tid": event(event={"tid": "14923200001210101"}), "no-amount": no_amount, "no-transaction": {"event": plain["event"], "result": plain["result"]}}.items():
        book.verify(name, post(signed(made)), "ok", credentials=keys)
    good = post(signed(plain))
    member_refusals(book, good, checksum(plain), keys, "checksum", {"access_key": keys["access_key"][::-1]})
    for name, old, new in (("tid", "14923200001210101", "14923200001210102"), ("type", "PAYMENT", "CREDIT"), ("status", "SUCCESS", "FAILURE"), ("amount", "1050", "1051"), ("currency", "EUR", "USD")):
        book.verify("changed-" + name, with_body(good, good["body"].replace(old, new, 1)), "signature_mismatch", credentials=keys)
    book.verify("order-is-not-signed", with_body(good, good["body"].replace("\u00e9", "e")), "ok", credentials=keys)
    book.verify("no-checksum", post(without_checksum), "missing_signature", credentials=keys)
    book.verify("no-tid", with_body(good, good["body"].replace('"tid":14923200001210101,', "")), "missing_field", credentials=keys)
    book.verify("key-not-reversed", post({**plain, "event": {**plain["event"], "checksum": checksum(plain, keys["access_key"][::-1])}}), "signature_mismatch", credentials=keys)
    return book


def ppro():
    book = Book(ME, "ppro", "webhook")
    keys = {"secret": "ppro-signing-secret"}
    bodies = {"json": '{"specversion":"1.0","type":"PAYMENT_CHARGE_SUCCESS","data":{"amount":1050,"note":"\u00e9"}}', "empty": "", "line-ends": "a\r\n"}

    def headers(body):
        return [("Webhook-Signature", digest("sha256", body, ".", keys["secret"]))]

    for name, body in bodies.items():
        book.sign(name, post(body), {"headers": headers(body), "string_to_sign": body + "." + hidden(keys["secret"])}, credentials=keys)
        book.verify(name, added(post(body), headers(body)), "ok", credentials=keys)
    good = added(post(bodies["json"]), headers(bodies["json"]))
    text = headers(bodies["json"])[0][1]
    book.refusals(good, "Webhook-Signature", keys, {"secret": "x"}, ["", text.upper(), text[:-1], text[:-2], "sha256=" + text])
    book.verify("body", with_body(good, bodies["json"] + " "), "signature_mismatch", credentials=keys)
    mac_instead = added(post(bodies["json"]), [("Webhook-Signature", mac("sha256", keys["secret"], bodies["json"]).hex())])
    book.verify("mac-instead", mac_instead, "signature_mismatch", credentials=keys, note="an HMAC of the body, as most providers would send")
    return book


def globalpay():
    book = Book(ME, "globalpay", "webhook")
    keys = {"app_key": "qM31FmlFiyXRHGYh"}
    spaced = '{ "id" : "TRN_1",\n  "amount" : "1.50", "rate": 1.50, "note":"\u00e9 \\/ a b" }'
    tight = '{"id":"TRN_1","amount":"1.50","rate":1.50,"note":"\u00e9 \\/ a b"}'

    def headers(text):
        return [("X-GP-Signature", digest("sha512", text, keys["app_key"]))]

    for name, body in {"tight": tight, "spaced": spaced}.items():
        book.sign(name, post(body), {"headers": headers(tight), "string_to_sign": tight + hidden(keys["app_key"])}, credentials=keys)
        book.verify(name, added(post(body), headers(tight)), "ok", credentials=keys)
    good = added(post(spaced), headers(tight))
    text = headers(tight)[0][1]
    book.refusals(good, "X-GP-Signature", keys, {"app_key": "x"}, ["", text.upper(), text[:-2], digest("sha256", tight, keys["app_key"])])
    for name, body in {"blank-inside-a-text": spaced.replace("a b", "ab"), "number": spaced.replace(": 1.50", ": 1.5"), "order": '{"amount":"1.50","id":"TRN_1","rate":1.50,"note":"\u00e9 \\/ a b"}'}.items():
        book.verify(name, with_body(good, body), "signature_mismatch", credentials=keys)
    book.verify("blanks-are-not-signed", with_body(good, tight.replace(",", " , ")), "ok", credentials=keys)
    for name, body, expect in (("not-json", "a=1", "malformed_field"), ("member-twice", tight.replace("{", '{"id":"x",'), "duplicate_field"), ("empty", "", "malformed_field")):
        book.verify(name, with_body(good, body), expect, credentials=keys)
    return book


def trustpay():
    book = Book(ME, "trustpay", "webhook")
    keys = {"secret": "1234567890abcdef"}
    body = {"PaymentMethod": "Wire", "PaymentInformation": {"CreditDebitIndicator": "CRDT", "References": {"MerchantReference": "ref-\u00e9", "EndToEndId": ""},
            "Amount": {"Amount": 1.50, "Currency": "EUR"}, "Status": "Paid", "Steps": ["b", "a"], "Nothing": None}}

    def signature(*values, key=keys["secret"]):
        return mac("sha256", key, "/".join(sorted(values))).hex()

    values = ("Wire", "CRDT", "ref-\u00e9", "1.5", "EUR", "Paid", "b", "a")
    text = "/".join(["1.5", "CRDT", "EUR", "Paid", "Wire", "a", "b", "ref-\u00e9"])
    assert "/".join(sorted(values)) == text
    made = signature(*values)
    book.sign("plain", post(body), {"string_to_sign": text, "body_members": {"Signature": made}}, credentials=keys)
    good = post({**body, "Signature": made})
    book.verify("plain", good, "ok", credentials=keys)
    book.verify("upper-case-digits", with_body(good, good["body"].replace(made, made.upper())), "ok", credentials=keys)
    spelled = compact(body).replace("1.5", "1.50")
    book.verify("number-as-spelled", post(spelled[:-1] + ',"Signature":"%s"}' % signature(*[v.replace("1.5", "1.50") for v in values])), "ok", credentials=keys)
    for name, changed in {"short": made[:-2], "empty": "", "not-hex": "g" + made[1:], "mixed-case": made[:32].upper() + made[32:]}.items():
        book.verify("signature-" + name, with_body(good, good["body"].replace(made, changed)), "malformed_signature", credentials=keys)
    book.verify("other-key", good, "signature_mismatch", credentials={"secret": "x"})
    for name, old, new in (("amount", ":1.5,", ":1.6,"), ("status", "Paid", "Rejected"), ("reference", "ref-\u00e9", "ref-e"), ("more", '"Wire"', '"Wire","Extra":"x"')):
        book.verify("changed-" + name, with_body(good, good["body"].replace(old, new)), "signature_mismatch", credentials=keys)
    book.verify("names-are-not-signed", with_body(good, good["body"].replace("CreditDebitIndicator", "Other")), "ok", credentials=keys)
    book.verify("empty-values-are-not-signed", with_body(good, good["body"].replace('"Nothing":null', '"Nothing":""')), "ok", credentials=keys)
    book.verify("no-signature", post(body), "missing_signature", credentials=keys)
    book.verify("not-json", post("Signature=" + made), "malformed_field", credentials=keys)
    return book


def fiuu():
    book = Book(ME, "fiuu", "webhook")
    keys = {"secret": "fiuu-secret"}
    values = {"nbcb": "1", "tranID": "30815286", "orderid": "ord-\u00e9 1", "status": "00", "domain": "shop_Dev", "amount": "1.50", "currency": "MYR", "paydate": "2023-11-14 22:13:20", "appcode": "ABC123", "channel": "FPX"}

    def skey(v, secret=keys["secret"]):
        inner = digest("md5", v["tranID"], v["orderid"], v["status"], v["domain"], v["amount"], v["currency"])
        return digest("md5", v["paydate"], v["domain"], inner, v.get("appcode", ""), secret)

    inner = digest("md5", "30815286ord-\u00e9 100shop_Dev1.50MYR")
    book.sign("plain", form(values), {"string_to_sign": "2023-11-14 22:13:20shop_Dev" + inner + "ABC123" + hidden(keys["secret"])}, credentials=keys)
    for name, v in {"plain": values, "failed": {**values, "status": "11", "appcode": ""}, "no-appcode": {n: x for n, x in values.items() if n != "appcode"}}.items():
        book.verify(name, form({**v, "skey": skey(v)}), "ok", credentials=keys)
    good = form({**values, "skey": skey(values)})
    member_refusals(book, good, skey(values), keys, "skey", {"secret": "x"})
    for name in ("tranID", "orderid", "status", "domain", "amount", "currency", "paydate", "appcode"):
        book.verify("changed-" + name, form({**values, name: "9", "skey": skey(values)}), "signature_mismatch", credentials=keys)
    book.verify("channel-is-not-signed", form({**values, "channel": "x", "skey": skey(values)}), "ok", credentials=keys)
    book.verify("no-skey", form(values), "missing_signature", credentials=keys)
    book.verify("no-amount", form({n: x for n, x in {**values, "skey": skey(values)}.items() if n != "amount"}), "missing_field", credentials=keys)
    book.verify("status-twice", with_body(good, good["body"] + "&status=00"), "duplicate_field", credentials=keys)
    return book


def nothing_to_verify(scheme, body, headers):
    book = Book(ME, scheme, "webhook")
    book.verify("plain", message("POST", "/hook", headers, body), "unverifiable", keys=[])
    book.verify("any-key", message("POST", "/hook", headers, body), "unverifiable", credentials={})
    book.verify("signature-of-its-own-making", message("POST", "/hook", [*headers, ("X-Signature", "0" * 64)], body), "unverifiable", credentials={})
    return book


def books():
    return [nuvei(), novalnet(), ppro(), globalpay(), trustpay(), fiuu(), nothing_to_verify("worldpay-xml", "<?xml version=\"1.0\"?><paymentService/>", [("Content-Type", "text/xml")]),
            nothing_to_verify("mollie-classic", "id=tr_d0b0E3EA3v", [FORM_TYPE])]
