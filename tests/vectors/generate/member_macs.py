"""Signatures that stand in the body or cover named fields: Adyen, Razorpay (checkout, subscriptions, links), PayU India, Redsys, IP2's documents; and plain tokens."""
import base64
import hashlib
import json
import urllib.parse

from cryptography.hazmat.primitives.ciphers import Cipher, modes

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES

from lib import Book, added, b64, b64url, mac, message, with_body, with_header, without

ME = "member_macs.py"
AT = 1_700_000_000_000
JSON_TYPE = ("Content-Type", "application/json")
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def adyen():
    book = Book(ME, "adyen-notifications", "webhook")
    keys = {"hmac_key": "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"}
    order = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference", None, None, "eventCode", "success")

    def item(**changed):
        made = {"pspReference": "7914073381342284", "originalReference": "", "merchantAccountCode": "TestMerchant",
                "merchantReference": "TestPayment-1407325143704", "amount": {"value": 1130, "currency": "EUR"},
                "eventCode": "AUTHORISATION", "success": "true", "reason": "not signed"}
        made.update(changed)
        return made

    def text(made):
        amount = made.get("amount") or {}
        values = [amount.get("value") if n is None else made.get(n) for n in order]
        values[5] = amount.get("currency")
        return ":".join("" if v is None else str(v) for v in values)

    def signature(made, key=keys["hmac_key"]):
        return b64(mac("sha256", bytes.fromhex(key), text(made)))

    def signed(made):
        return {**made, "additionalData": {"hmacSignature": signature(made)}}

    def batch(*items):
        return {"live": "false", "notificationItems": [{"NotificationRequestItem": i} for i in items]}

    def post(value):
        return message("POST", "/adyen", [JSON_TYPE], value if isinstance(value, str) else compact(value))

    published = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="
    assert signature(item()) == published
    book.verify("official", post({**item(), "additionalData": {"hmacSignature": published}}), "ok", credentials=keys,
                source="Adyen/adyen-python-api-library test/UtilTest.py")
    items = {"plain": item(), "utf8": item(merchantReference="Bestellung \u00e9\u20ac"), "colon": item(merchantReference="a:b\\c/d"),
             "no-original": {k: v for k, v in item().items() if k != "originalReference"}, "refund": item(eventCode="REFUND", originalReference="881"),
             "value-0": item(amount={"value": 0, "currency": "JPY"}), "bool": item(success=True)}
    for name, made in items.items():
        if name == "bool":
            book.verify("success-as-boolean", post(signed({**made, "success": "true"}) | {"success": True}), "ok", credentials=keys)
            continue
        book.sign(name, post(made), {"string_to_sign": text(made), "body_members": {"additionalData": {"hmacSignature": signature(made)}}}, credentials=keys)
        book.verify(name, post(signed(made)), "ok", credentials=keys)
        book.verify("batch-of-one-" + name, post(batch(signed(made))), "ok", credentials=keys)
    # Adyen/adyen-java-api-library bca8a14b, HMACValidator.getDataToSign: a null is an empty text in the data; adyen-node-api-library 32.1.0 joins likewise.
    java = "computed from the rule of Adyen/adyen-java-api-library, HMACValidator.getDataToSign, by tests/vectors/generate/%s" % ME
    for path, empty in (("originalReference", ""), ("merchantReference", ""), ("amount", None), ("amount.value", None), ("amount.currency", "")):
        whole, _, inner = path.partition(".")

        def put(value, absent=False):
            made = item()
            place, key = (made["amount"], inner) if inner else (made, whole)
            if absent:
                del place[key]
            else:
                place[key] = value
            return made

        absent, null = put(None, absent=True), put(None)
        assert text(absent) == text(null)
        for kind, made in {"no": absent, "null": null}.items():
            name = "%s-%s" % (kind, path.replace(".", "-").lower())
            book.sign(name, post(made), {"string_to_sign": text(made)}, credentials=keys, source=java)
            book.verify(name, post(signed(made)), "ok", credentials=keys, source=java)
            # Left out of an item that was signed with a value, it is not what was signed; nor the other way round.
            if text(item()) != text(made):
                book.verify(name + "-of-a-signed-value", post({**made, "additionalData": {"hmacSignature": signature(item())}}), "signature_mismatch", credentials=keys)
                book.verify(name + "-given-a-value", post({**item(), "additionalData": {"hmacSignature": signature(made)}}), "signature_mismatch", credentials=keys)
        if empty is not None:
            book.verify("empty-%s" % path.replace(".", "-").lower(), post({**put(empty), "additionalData": {"hmacSignature": signature(null)}}), "ok",
                        credentials=keys, source=java, note="absent, null and empty have one text")
    bare = {k: v for k, v in item().items() if k != "amount"}
    hidden = {"case": {**bare, "Amount": {"value": 5, "currency": "EUR"}}, "case-within": item(amount={"Value": 5, "currency": "EUR"}),
              "reference-case": {**{k: v for k, v in item().items() if k != "merchantReference"}, "MerchantReference": "x"}}
    for name, made in hidden.items():
        book.verify("absent-but-in-another-" + name, post(signed(made)), {"rejected": True}, credentials=keys, note="a reader that folds case would find a value that is not signed")
    twice_over = compact({**bare, "additionalData": {"hmacSignature": signature(bare)}})[:-1]
    book.verify("amount-null-and-again", post(twice_over + ',"amount":null,"amount":{"value":5,"currency":"EUR"}}'), "duplicate_field", credentials=keys)
    for name, value in {"object": {}, "list": [5]}.items():
        book.verify("value-is-a-" + name, post({**item(amount={"value": value, "currency": "EUR"}), "additionalData": {"hmacSignature": signature(item(amount={"currency": "EUR"}))}}),
                    "malformed_field", credentials=keys, note="neither a value nor none")
    book.verify("batch-of-three", post(batch(*(signed(i) for i in list(items.values())[:3]))), "ok", credentials=keys)
    several = list(items.values())[:3]
    book.sign("batch-of-three", post(batch(*several)), {"string_to_sign": text(several[0]), "body": compact(batch(*(signed(i) for i in several)))},
              credentials=keys, note="every item is signed; the string shown is the first item's")
    for name, made in {"batch": batch(*(signed(i) for i in several)), "unsigned-batch": batch(*several)}.items():
        book.add(name, "explain", post(made), {"status": "ok", "string_to_sign": text(several[0])}, credentials=keys, note="of a batch, its first item")
    book.add("empty-batch", "explain", post(batch()), "malformed_field", credentials=keys)
    good = signed(item())
    book.verify("batch-second-changed", post(batch(good, {**good, "success": "false"})), "signature_mismatch", credentials=keys)
    book.verify("batch-second-unsigned", post(batch(good, item())), "missing_signature", credentials=keys)
    book.verify("batch-empty", post(batch()), {"rejected": True}, credentials=keys, note="nothing in it is signed")
    book.verify("batch-not-a-list", post({"live": "false", "notificationItems": {}}), {"rejected": True}, credentials=keys)
    book.verify("batch-item-of-another-name", post({"notificationItems": [{"Other": good}]}), {"rejected": True}, credentials=keys)
    for name, changed in {"psp": {"pspReference": "1"}, "value": {"amount": {"value": 1131, "currency": "EUR"}}, "currency": {"amount": {"value": 1130, "currency": "USD"}},
                          "event": {"eventCode": "REFUND"}, "success": {"success": "false"}, "account": {"merchantAccountCode": "Other"}}.items():
        book.verify("changed-" + name, post({**good, **changed}), "signature_mismatch", credentials=keys)
    book.verify("reason-is-not-signed", post({**good, "reason": "changed"}), "ok", credentials=keys)
    book.verify("no-signature", post(item()), "missing_signature", credentials=keys)
    book.verify("signature-null", post({**good, "additionalData": {"hmacSignature": None}}), "malformed_signature", credentials=keys)
    book.verify("signature-short", post({**good, "additionalData": {"hmacSignature": "AAAA"}}), "malformed_signature", credentials=keys)
    book.verify("no-psp", post({k: v for k, v in good.items() if k != "pspReference"}), "missing_field", credentials=keys)
    book.verify("psp-null", post({**good, "pspReference": None}), "malformed_field", credentials=keys)
    book.verify("amount-a-number", post({**good, "amount": 1130}), {"rejected": True}, credentials=keys)
    book.verify("member-twice", post(compact(good)[:-1] + ',"success":"true"}'), "duplicate_field", credentials=keys)
    book.verify("member-in-another-case", post({**good, "Success": "false"}), {"rejected": True}, credentials=keys)
    book.verify("not-json", post("pspReference=1"), "malformed_field", credentials=keys)
    book.verify("other-key", post(good), "signature_mismatch", credentials={"hmac_key": "00" * 32})
    book.add("key-not-hex", "verify", post(good), "invalid_credentials", credentials={"hmac_key": "not hex"})
    return book


def razorpay():
    book = Book(ME, "razorpay-checkout", "webhook")
    keys = {"key_secret": "key_secret"}

    def signature(order, payment, key="key_secret"):
        return mac("sha256", key, order + "|" + payment).hex()

    def post(**fields):
        return message("POST", "/callback", [FORM_TYPE], urllib.parse.urlencode(fields))

    for name, (order, payment) in {"plain": ("fake_order_id", "fake_payment_id"), "odd": ("order|1", "p&y=\u20ac")}.items():
        good = {"razorpay_order_id": order, "razorpay_payment_id": payment}
        digest = signature(order, payment)
        book.sign(name, post(**good), {"string_to_sign": order + "|" + payment, "body": post(**good, razorpay_signature=digest)["body"]}, credentials=keys)
        book.verify(name, post(**good, razorpay_signature=digest), "ok", credentials=keys)
        book.verify(name + "-more-fields", post(a="1", razorpay_signature=digest, **good), "ok", credentials=keys)
    good = {"razorpay_order_id": "o", "razorpay_payment_id": "p", "razorpay_signature": signature("o", "p")}
    for name, changed, expect in (
        ("order-changed", {"razorpay_order_id": "o2"}, "signature_mismatch"),
        ("payment-changed", {"razorpay_payment_id": "p2"}, "signature_mismatch"),
        ("signature-empty", {"razorpay_signature": ""}, "malformed_signature"),
        ("signature-upper", {"razorpay_signature": good["razorpay_signature"].upper()}, "malformed_signature"),
    ):
        book.verify(name, post(**{**good, **changed}), expect, credentials=keys)
    book.verify("no-signature", post(razorpay_order_id="o", razorpay_payment_id="p"), "missing_signature", credentials=keys)
    book.verify("no-order", post(razorpay_payment_id="p", razorpay_signature=good["razorpay_signature"]), "missing_field", credentials=keys)
    book.verify("order-twice", with_body(post(**good), post(**good)["body"] + "&razorpay_order_id=o"), "duplicate_field", credentials=keys)
    book.verify("signature-twice", with_body(post(**good), post(**good)["body"] + "&razorpay_signature=" + good["razorpay_signature"]), "duplicate_field", credentials=keys)
    book.verify("other-key", post(**good), "signature_mismatch", credentials={"key_secret": "x"})
    book.verify("moved-bar", post(**{**good, "razorpay_order_id": "o|p", "razorpay_payment_id": ""}), "signature_mismatch", credentials=keys)
    return book


def razorpay_subscriptions():
    book = Book(ME, "razorpay-subscriptions", "webhook")
    keys = {"key_secret": "EnLs21M47BllR3X8PSFtjtbd"}
    good = {"razorpay_payment_id": "pay_IDZNwZZFtnjyym", "razorpay_subscription_id": "sub_ID6MOhgkcoHj9I"}

    def signature(fields, key=keys["key_secret"]):
        return mac("sha256", key, fields["razorpay_payment_id"] + "|" + fields["razorpay_subscription_id"]).hex()

    def post(**fields):
        return message("POST", "/callback", [FORM_TYPE], urllib.parse.urlencode(fields))

    published = "601f383334975c714c91a7d97dd723eb56520318355863dcf3821c0d07a17693"
    assert signature(good) == published
    source = "razorpay/razorpay-python tests/test_client_utility.py"
    book.verify("official", post(**good, razorpay_signature=published), "ok", credentials=keys, source=source)
    book.sign("official", post(**good), {"string_to_sign": "pay_IDZNwZZFtnjyym|sub_ID6MOhgkcoHj9I", "body": post(**good, razorpay_signature=published)["body"]}, credentials=keys, source=source)
    whole = {**good, "razorpay_signature": published}
    for name, changed, expect in (
        ("payment-changed", {"razorpay_payment_id": "p2"}, "signature_mismatch"), ("subscription-changed", {"razorpay_subscription_id": "s2"}, "signature_mismatch"),
        ("exchanged", {"razorpay_payment_id": good["razorpay_subscription_id"], "razorpay_subscription_id": good["razorpay_payment_id"]}, "signature_mismatch"),
        ("signature-empty", {"razorpay_signature": ""}, "malformed_signature"), ("signature-upper", {"razorpay_signature": published.upper()}, "malformed_signature"), ("more-fields", {"a": "1"}, "ok"),
    ):
        book.verify(name, post(**{**whole, **changed}), expect, credentials=keys)
    for name in whole:
        book.verify("no-" + name, post(**{n: v for n, v in whole.items() if n != name}), "missing_signature" if "signature" in name else "missing_field", credentials=keys)
        book.verify("twice-" + name, with_body(post(**whole), post(**whole)["body"] + "&%s=1" % name), "duplicate_field", credentials=keys)
    book.verify("other-key", post(**whole), "signature_mismatch", credentials={"key_secret": "x"})
    return book


def razorpay_payment_links():
    book = Book(ME, "razorpay-payment-links", "webhook")
    keys, names = {"key_secret": "EnLs21M47BllR3X8PSFtjtbd"}, ("payment_link_id", "payment_link_reference_id", "payment_link_status", "payment_id")
    good = dict(zip(("razorpay_" + n for n in names), ("plink_IH3cNucfVEgV68", "TSsd1989", "paid", "pay_IH3d0ara9bSsjQ")))

    def text(fields):
        return "|".join(fields.get("razorpay_" + n, "") for n in names)

    def get(fields, sig=None):
        return message("GET", "/return?" + urllib.parse.urlencode({**fields, **({} if sig is None else {"razorpay_signature": sig})}), [])

    def signature(fields):
        return mac("sha256", keys["key_secret"], text(fields)).hex()

    published = "07ae18789e35093e51d0a491eb9922646f3f82773547e5b0f67ee3f2d3bf7d5b"
    assert signature(good) == published
    source = "razorpay/razorpay-python tests/test_client_utility.py"
    book.verify("official", get(good, published), "ok", credentials=keys, source=source)
    book.sign("official", get(good), {"string_to_sign": text(good), "target": get(good, published)["target"]}, credentials=keys, source=source)
    for name, changed in {"partially-paid": {"razorpay_payment_link_status": "partially_paid"}, "reference-empty": {"razorpay_payment_link_reference_id": ""},
                          "reference-utf8": {"razorpay_payment_link_reference_id": "caf\u00e9 \u20ac+&"}}.items():
        fields = {**good, **changed}
        book.sign(name, get(fields), {"string_to_sign": text(fields), "target": get(fields, signature(fields))["target"]}, credentials=keys)
        book.verify(name, get(fields, signature(fields)), "ok", credentials=keys)
    unnamed = {n: v for n, v in good.items() if "reference" not in n}
    book.verify("no-reference", get(unnamed, signature(unnamed)), "ok", credentials=keys)
    book.verify("reference-lost", get(unnamed, published), "signature_mismatch", credentials=keys)
    book.verify("more-parameters", get({"shop": "1", **good}, published), "ok", credentials=keys)
    for name in good:
        book.verify("changed-" + name, get({**good, name: good[name] + "x"}, published), "signature_mismatch", credentials=keys)
        if "reference" not in name:
            book.verify("no-" + name, get({n: v for n, v in good.items() if n != name}, published), "missing_field", credentials=keys)
        twice = get(good, published)
        book.verify("twice-" + name, {**twice, "target": twice["target"] + "&%s=1" % name}, "duplicate_field", credentials=keys)
    book.verify("no-signature", get(good), "missing_signature", credentials=keys)
    book.verify("signature-upper", get(good, published.upper()), "malformed_signature", credentials=keys)
    book.verify("other-key", get(good, published), "signature_mismatch", credentials={"key_secret": "x"})
    return book


def payu():
    book = Book(ME, "payu-india", "request")
    keys = {"salt": "eCwWELxi"}
    base = {"key": "gtKFFx", "txnid": "T-1", "amount": "10.00", "productinfo": "iPhone", "firstname": "Ashish", "email": "a@b.in"}

    def digest(fields, salt="eCwWELxi"):
        named = [fields[n] for n in base] + [fields.get("udf%d" % i, "") for i in range(1, 6)]
        return hashlib.sha512(("|".join(named) + "||||||" + salt).encode()).hexdigest()

    def post(fields):
        return message("POST", "/_payment", [FORM_TYPE], urllib.parse.urlencode(fields))

    for name, fields in {"plain": base, "udf": {**base, "udf1": "x", "udf5": "y|z"}, "utf8": {**base, "firstname": "\u0905\u0936\u0940\u0937"}, "unsigned-beside": {**base, "phone": "1"}}.items():
        book.sign(name, post(fields), {"body": post({**fields, "hash": digest(fields)})["body"]}, credentials=keys)
        book.verify(name, post({**fields, "hash": digest(fields)}), "ok", credentials=keys)
    good = {**base, "hash": digest(base)}
    for name in base:
        book.verify("changed-" + name, post({**good, name: good[name] + "0"}), "signature_mismatch", credentials=keys)
    book.verify("udf-added", post({**good, "udf3": "x"}), "signature_mismatch", credentials=keys)
    book.verify("no-amount", post({k: v for k, v in good.items() if k != "amount"}), "missing_field", credentials=keys)
    book.verify("amount-twice", with_body(post(good), post(good)["body"] + "&amount=1"), "duplicate_field", credentials=keys)
    book.verify("no-hash", post(base), "missing_signature", credentials=keys)
    book.verify("hash-upper", post({**good, "hash": good["hash"].upper()}), "malformed_signature", credentials=keys)
    book.verify("hash-of-another-digest", post({**good, "hash": hashlib.sha256(b"").hexdigest()}), "malformed_signature", credentials=keys)
    book.verify("other-salt", post(good), "signature_mismatch", credentials={"salt": "x"})
    book.add("already-signed", "sign", post(good), "invalid_message", credentials=keys)
    sdk = "payu-india/payu-sdk-node tests/payu/hasher.test.js"
    made = {"key": "bjg$121", "txnid": "3123", "amount": "1000", "productinfo": "mobile", "firstname": "Jacob", "email": "test@payu.in"}
    asserted = "19d0822939b32b371847521c89aba3521de3a9bfeabeee5dab2d6f41962ff9fcdcee87067bb3a3de870acce488f9ff88a3511bb78c6143344a277b1b91ad38b8"
    assert digest(made, "vhgvs75") == asserted
    book.verify("official", post({**made, "hash": asserted}), "ok", credentials={"salt": "vhgvs75"}, source=sdk)

    # PayU's answer: the same backwards, the salt first, and before it the charges that PayU added.
    ours = {**keys, "merchant_key": "gtKFFx"}

    def answer(fields, salt="eCwWELxi", charges=None):
        named = [fields["status"], "", "", "", "", ""] + [fields.get("udf%d" % i, "") for i in range(5, 0, -1)] + [fields[n] for n in reversed(base)]
        return hashlib.sha512("|".join(([fields[charges]] if charges else []) + [salt, *named]).encode()).hexdigest()

    def verify(name, fields, expect="ok", **more):
        book.verify(name, post(fields), expect, **{"credentials": ours, "flow": "webhook", **more})

    paid = {"mihpayid": "403993715508030204", "status": "success", **base, "discount": "0.00"}
    for name, fields in {"plain": paid, "udf": {**paid, "udf1": "x", "udf5": "y"}, "utf8": {**paid, "firstname": "\u0905\u0936\u0940\u0937"}, "failure": {**paid, "status": "failure"},
                         "empty-udf": {**paid, **{"udf%d" % i: "" for i in range(1, 11)}}}.items():
        book.sign(name, post(fields), {"body": post({**fields, "hash": answer(fields)})["body"]}, credentials=keys, flow="webhook")
        verify(name, {**fields, "hash": answer(fields)})
    for name, variant in (("additionalCharges", "additional-charges"), ("additional_charges", "additional-charges-underscore")):
        fields = {**paid, name: "2.50"}
        book.sign(variant, post(fields), {"body": post({**fields, "hash": answer(fields, charges=name)})["body"]}, credentials=keys, flow="webhook", variants=[variant])
        verify(variant, {**fields, "hash": answer(fields, charges=name)}, variants=[variant])
        verify(variant + "-unasked", {**fields, "hash": answer(fields, charges=name)}, "signature_mismatch")
        verify(variant + "-changed", {**fields, name: "0.50", "hash": answer(fields, charges=name)}, "signature_mismatch", variants=[variant])
        verify(variant + "-missing", {**paid, "hash": answer(paid)}, "missing_field", variants=[variant])
    good = {**paid, "hash": answer(paid)}
    for name in ("status", *base):
        verify("changed-" + name, {**good, name: good[name] + "0"}, "signature_mismatch")
    verify("mihpayid-is-not-signed", {**good, "mihpayid": "1"})
    verify("udf-added", {**good, "udf3": "x"}, "signature_mismatch")
    verify("no-status", {k: v for k, v in good.items() if k != "status"}, "missing_field")
    verify("no-hash", paid, "missing_signature")
    verify("hash-of-the-request", {**good, "hash": digest(base)}, "signature_mismatch")
    verify("other-salt", good, "signature_mismatch", credentials={**ours, "salt": "x"})
    verify("other-merchant", good, "content_rejected", credentials={**ours, "merchant_key": "other"})
    longer = {**paid, "key": "gtKFFx\x80more"}
    verify("lengthened", {**longer, "hash": answer(longer)}, "content_rejected", note="what who knows one answer could append to it, were key not compared")
    answers = ((sdk, {**made, "status": "success"}, "vhgvs75", "687c82156a84271a7a6c63d0e8774d5ac567d9b894a334a47d72e47b72392a5167a1b2add5b253490b70731d9eb3e3a3b7225e0c5f26829befafbbee71977c4c"),
               ("activemerchant/offsite_payments test/unit/integrations/payu_in/payu_in_notification_test.rb", {
                   "mihpayid": "403993715508030204", "mode": "CC", "status": "success", "key": "merchant_id", "txnid": "4ba4afe87f7e73468f2a", "amount": "10.00", "productinfo": "Product Info",
                   "firstname": "Payu-Admin", "lastname": "", "email": "test@example.com", **{"udf%d" % i: "" for i in range(1, 11)}}, "secret",
                "d6a5544072d036dc422d1c6393a8da75233d5e30ffc848f11682f121d67cd80c0d4fed1067b99918b5a377b7dcf1c8c9c79975abdf9f444692b35bf34d494105"))
    for name, (source, fields, salt, asserted) in zip(("official", "active-merchant"), answers):
        assert answer(fields, salt) == asserted
        verify(name, {**fields, "hash": asserted}, credentials={"salt": salt, "merchant_key": fields["key"]}, source=source)
    return book


REDSYS_KEY = "Mk9m98IfEblmPfrpsawt7BmxObt98Jev"


def redsys():
    book = Book(ME, "redsys", "request")
    keys = {"secret": REDSYS_KEY}

    def order_key(order, secret=REDSYS_KEY):
        block = order.encode()
        block += b"\0" * (-len(block) % 8)
        cipher = Cipher(TripleDES(base64.b64decode(secret)), modes.CBC(b"\0" * 8)).encryptor()
        return cipher.update(block) + cipher.finalize()

    def raw(parameters, order):
        return mac("sha256", order_key(order), parameters)

    def request(value, order, **variant):
        text = value if isinstance(value, str) else b64(compact(value).encode())
        body = urllib.parse.urlencode({"Ds_MerchantParameters": text})
        return text, message("POST", "/sis/realizarPago", [FORM_TYPE], body), b64(raw(text, order))

    def with_signature(case_message, digest, version="HMAC_SHA256_V1"):
        more = urllib.parse.urlencode({"Ds_SignatureVersion": version, "Ds_Signature": digest})
        return with_body(case_message, case_message["body"] + "&" + more)

    published = [
        ("php-example", '{"DS_MERCHANT_AMOUNT":"145","DS_MERCHANT_ORDER":"1447961844","DS_MERCHANT_MERCHANTCODE":"999008881","DS_MERCHANT_CURRENCY":"978",'
         '"DS_MERCHANT_TRANSACTIONTYPE":"0","DS_MERCHANT_TERMINAL":"871","DS_MERCHANT_MERCHANTURL":"","DS_MERCHANT_URLOK":"","DS_MERCHANT_URLKO":""}',
         "Ejse86yr96Xbr1mf6UvQLoTPwwTyFiLXM+2uT09i9nY=", []),
        ("mixed-case", json.dumps({
            "Ds_Merchant_Amount": "10000", "Ds_Merchant_ConsumerLanguage": "001", "Ds_Merchant_MerchantCode": "123456789", "Ds_Merchant_MerchantData": "COBRAMENT QUOTA SOCI",
            "Ds_Merchant_MerchantName": "the_merchant_name", "Ds_Merchant_MerchantURL": "the_url_to_be_notified_at", "Ds_Merchant_Order": "1447961844",
            "Ds_Merchant_ProductDescription": "the_name_of_the_product", "Ds_Merchant_SumTotal": "10000", "Ds_Merchant_Terminal": "1",
            "Ds_Merchant_Titular": "the_owner_of_the_account", "Ds_Merchant_TransactionType": "0", "Ds_Merchant_UrlKO": "the_url_for_failure",
            "Ds_Merchant_UrlOK": "the_url_for_success"}), "/kyUzlJHCwu/oSDr011tDjmJbvuUtIRP5EE3iiZ/Acg=", ["mixed-case"]),
    ]
    for name, text, digest, variants in published:
        text, plain, made = request(b64(text.encode()), "1447961844")
        assert made == digest, (name, made)
        more = {"variants": variants} if variants else {}
        origin = "Som-Energia/sermepa, sermepa/tests (the first from Redsys's PHP example)"
        book.sign("published-" + name, plain, {"string_to_sign": text, "body": with_signature(plain, digest)["body"]}, credentials=keys, source=origin, **more)
        book.verify("published-" + name, with_signature(plain, digest), "ok", credentials=keys, source=origin, **more)
    good = {"DS_MERCHANT_AMOUNT": "999", "DS_MERCHANT_ORDER": "20231114A1", "DS_MERCHANT_CURRENCY": "978"}
    for name, order in {"8": "12345678", "12": "123456789012", "1": "1", "utf8": "pedido\u00f1"}.items():
        text, plain, digest = request({**good, "DS_MERCHANT_ORDER": order}, order)
        book.sign("order-" + name, plain, {"string_to_sign": text, "body": with_signature(plain, digest)["body"]}, credentials=keys)
        book.verify("order-" + name, with_signature(plain, digest), "ok", credentials=keys)
    text, plain, digest = request(good, good["DS_MERCHANT_ORDER"])
    whole = with_signature(plain, digest)
    other = b64(compact({**good, "DS_MERCHANT_AMOUNT": "1"}).encode())
    for name, body, expect in (
        ("amount", whole["body"].replace(urllib.parse.quote_plus(text), urllib.parse.quote_plus(other)), "signature_mismatch"),
        ("no-signature", plain["body"] + "&Ds_SignatureVersion=HMAC_SHA256_V1", "missing_signature"),
        ("no-version", plain["body"] + "&Ds_Signature=" + urllib.parse.quote_plus(digest), "missing_field"),
        ("version-2", whole["body"].replace("HMAC_SHA256_V1", "HMAC_SHA512_V2"), "unsupported_version"),
        ("version-2-signature", with_signature(plain, b64url(mac("sha512", "any", text)), "HMAC_SHA512_V2")["body"], "unsupported_version"),
        ("signature-base64url", plain["body"] + "&Ds_SignatureVersion=HMAC_SHA256_V1&Ds_Signature=" + "-" * 43 + "%3D", "malformed_signature"),
        ("parameters-twice", whole["body"] + "&Ds_MerchantParameters=" + urllib.parse.quote_plus(text), "duplicate_field"),
        ("no-parameters", "Ds_SignatureVersion=HMAC_SHA256_V1&Ds_Signature=" + urllib.parse.quote_plus(digest), "missing_field"),
    ):
        book.verify(name, with_body(whole, body), expect, credentials=keys)
    for name, value, expect in (("no-order", "{}", "missing_field"), ("bad-json", "{bad}", "malformed_field"), ("order-null", '{"DS_MERCHANT_ORDER":null}', "malformed_field"),
                                ("order-empty", '{"DS_MERCHANT_ORDER":""}', "malformed_field"), ("order-twice", '{"DS_MERCHANT_ORDER":"1","DS_MERCHANT_ORDER":"2"}', "duplicate_field")):
        text = b64(value.encode())
        body = urllib.parse.urlencode({"Ds_MerchantParameters": text, "Ds_SignatureVersion": "HMAC_SHA256_V1", "Ds_Signature": digest})
        book.verify(name, with_body(whole, body), expect, credentials=keys)
    body = urllib.parse.urlencode({"Ds_MerchantParameters": "3ww", "Ds_SignatureVersion": "HMAC_SHA256_V1", "Ds_Signature": digest})
    book.verify("not-base64", with_body(whole, body), "malformed_field", credentials=keys)
    book.verify("other-key", whole, "signature_mismatch", credentials={"secret": "sq7HjrUOBfKmC576ILgskD5srU870gJ7"})
    book.add("key-of-8-bytes", "sign", plain, "invalid_credentials", credentials={"secret": b64(b"12345678")})

    # Notifications: base64url with padding, order under another name.
    text = "eyJEc19PcmRlciI6ICI2NjYifQ=="
    digest = base64.urlsafe_b64encode(raw(text, "666")).decode()
    assert digest == "BskiXgq875tls56oClRVg72-ppcLpOSW0JUY9riQEKs="
    body = urllib.parse.urlencode({"Ds_MerchantParameters": text, "Ds_SignatureVersion": "HMAC_SHA256_V1", "Ds_Signature": digest})
    note = message("POST", "/notify", [FORM_TYPE], body)
    origin = "Som-Energia/sermepa, sermepa/tests"
    book.verify("published", note, "ok", credentials=keys, source=origin, flow="webhook")
    book.sign("published", with_body(note, urllib.parse.urlencode({"Ds_MerchantParameters": text})), {"string_to_sign": text, "body": urllib.parse.urlencode(
        {"Ds_MerchantParameters": text, "Ds_SignatureVersion": "HMAC_SHA256_V1", "Ds_Signature": digest})}, credentials=keys, source=origin, flow="webhook")
    book.verify("plain-base64-signature", with_body(note, body.replace(urllib.parse.quote_plus(digest), urllib.parse.quote_plus(b64(raw(text, "666"))))),
                {"rejected": True}, credentials=keys, flow="webhook", note="a plus instead of a minus: the text is not base64url")
    book.verify("request-order-name", note, "missing_field", credentials=keys, variants=["mixed-case"], flow="webhook")
    upper = b64(b'{"DS_ORDER":"666"}')
    body = urllib.parse.urlencode({"Ds_MerchantParameters": upper, "Ds_SignatureVersion": "HMAC_SHA256_V1", "Ds_Signature": base64.urlsafe_b64encode(raw(upper, "666")).decode()})
    book.verify("upper-case-order", with_body(note, body), "ok", credentials=keys, variants=["mixed-case"], flow="webhook")
    return book


def ip2_documents():
    book = Book(ME, "ip2-apiauth-doc", "request")
    keys = {"api_key": "test-key", "api_password": "test-password"}
    names = ("SubscriptionId", "AccountId", "RequestId", "BatchId", "Amount", "PaymentMethodId", "ProductId", "CurrencyCode", "CountryCode", "Memo", "ChannelId", "Reference")
    date = "Tuesday, 14 November 2023 22:13:20 GMT"

    def headers(body, password="test-password"):
        fields = json.loads(body, parse_float=str, parse_int=str)
        joined = "".join(fields.get(n, "") for n in names).lower()
        key = b64(hashlib.md5(password.encode()).digest())
        return [("X-ApiAuth-ApiKey", "test-key"), ("X-Date", date), ("X-Content-Type", "application/json; charset=utf-8"),
                ("Content-MD5", b64(hashlib.md5(body.encode()).digest())), ("Authorization", "ApiAuth " + b64(mac("sha512", key, joined + date)))], joined + date

    for name, body in {"all": compact({n: "V-%d" % i for i, n in enumerate(names)}), "some": '{"Amount":500.50,"Memo":"Caf\u00c9"}', "none": "{}"}.items():
        made, text = headers(body)
        plain = message("POST", "/api/v1/transactions", [], body)
        if name != "some":
            book.sign(name, plain, {"headers": made, "string_to_sign": text}, credentials=keys, now=AT)
            book.verify(name, added(plain, made), "ok", credentials=keys, now=AT)
    body = '{"Amount":500,"Memo":"ABC"}'
    made, text = headers(body)
    good = added(message("POST", "/api", [], body), made)
    book.sign("numbers", message("POST", "/api", [], body), {"headers": made, "string_to_sign": text}, credentials=keys, now=AT)
    book.refusals(good, "Authorization", keys, {"api_key": "test-key", "api_password": "x"}, ["ApiAuth ", "ApiAuth AAAA", "Basic AAAA"], now=AT)
    book.verify("body", with_body(good, body.replace("500", "501")), {"rejected": True}, credentials=keys, now=AT)
    book.verify("key-unknown", with_header(good, "X-ApiAuth-ApiKey", "other"), "unknown_key", credentials=keys, now=AT)
    book.verify("no-date", without(good, "X-Date"), "missing_field", credentials=keys, now=AT)
    book.verify("wrong-weekday", with_header(good, "X-Date", date.replace("Tues", "Mon")), "malformed_field", credentials=keys, now=AT)
    book.time_edges(good, AT, 300, keys)
    return book


def tokens():
    made = []
    for scheme, credential in (("http-bearer", "token"), ("directa24-readonly", "read_only_key")):
        book = Book(ME, scheme, "request")
        keys = {credential: "tok-123._~+/="}
        plain = message("GET", "/v3/x", [])
        good = added(plain, [("Authorization", "Bearer tok-123._~+/=")])
        book.sign("plain", plain, {"headers": [("Authorization", "Bearer tok-123._~+/=")]}, credentials=keys)
        book.verify("plain", good, "ok", credentials=keys)
        book.verify("second-key", good, "ok", keys=[{"credentials": {credential: "other"}}, {"credentials": keys}])
        book.verify("any-target", {**good, "target": "/other", "body": "x"}, "ok", credentials=keys)
        book.refusals(good, "Authorization", keys, {credential: "tok-124._~+/="}, ["Basic dTpw", "bearer-x"])
        book.verify("longer", with_header(good, "Authorization", "Bearer tok-123._~+/=x"), "signature_mismatch", credentials=keys)
        book.verify("shorter", with_header(good, "Authorization", "Bearer tok-123._~+/"), "signature_mismatch", credentials=keys)
        book.verify("empty", with_header(good, "Authorization", "Bearer "), {"rejected": True}, credentials=keys)
        book.add("line-feed", "sign", plain, "invalid_credentials", credentials={credential: "a\nb"})
        book.add("empty", "sign", plain, "invalid_credentials", credentials={credential: ""})
        made.append(book)
    return made


def books():
    return [adyen(), razorpay(), razorpay_subscriptions(), razorpay_payment_links(), payu(), redsys(), ip2_documents(), *tokens()]
