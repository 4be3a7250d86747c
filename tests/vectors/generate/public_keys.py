"""Schemes with public keys: TrueLayer (ES512, detached JWS), WeChat Pay v3 and Alipay (RSA-SHA256)."""
import json
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from lib import VECTORS, Book, added, b64, b64url, message, twice, with_body, with_header, without

ME = "public_keys.py"
AT = 1_700_000_000_000
JSON_TYPE = ("Content-Type", "application/json")
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
RSA_PRIVATE = (VECTORS / "rsa2048-private.pem").read_text()
RSA_PUBLIC = (VECTORS / "rsa2048-public.pem").read_text()
OTHER_PUBLIC = (VECTORS / "rsa1024-public.pem").read_text()
RSA = serialization.load_pem_private_key(RSA_PRIVATE.encode(), None)
# A throw-away key: any number below the order of the curve.
EC = ec.derive_private_key(0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF, ec.SECP521R1())
EC_PRIVATE = EC.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
PUBLIC = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
EC_PUBLIC = EC.public_key().public_bytes(*PUBLIC).decode()
EC_OTHER = ec.derive_private_key(0xFEDCBA0987654321, ec.SECP521R1()).public_key().public_bytes(*PUBLIC).decode()


def rsa(text):
    return b64(RSA.sign(text if isinstance(text, bytes) else text.encode(), padding.PKCS1v15(), hashes.SHA256()))


def es512(data):
    """RFC 6979, so that the same text always has the same signature; R and S side by side (RFC 7518, 3.4)."""
    der = EC.sign(data, ec.ECDSA(hashes.SHA512(), deterministic_signing=True))
    return b"".join(n.to_bytes(66, "big") for n in utils.decode_dss_signature(der))


def truelayer():
    book = Book(ME, "truelayer", "request")
    keys = {"key_id": "45fc75cf-5649-4134-84b3-192c2c78e990", "private_key": EC_PRIVATE, "public_key": EC_PUBLIC}
    ours = {"private_key": EC_PRIVATE, "key_id": keys["key_id"]}
    theirs = {"public_key": EC_PUBLIC}

    def tl(method, path, headers, body, header=None, **change):
        names = ",".join(n for n, _ in headers)
        header = header or {"alg": "ES512", "kid": keys["key_id"], "tl_version": "2", "tl_headers": names}
        header = {**header, **change}
        head = b64url(json.dumps(header, separators=(",", ":")).encode())
        payload = "%s %s\n%s%s" % (method.upper(), path, "".join("%s: %s\n" % h for h in headers), body)
        text = head + "." + b64url(payload.encode())
        return text, head + ".." + b64url(es512(text.encode()))

    idem = ("Idempotency-Key", "idemp-2076717c-9005-4811-a321-9e0787fa0382")
    body = '{"currency":"GBP","max_amount_in_minor":5000000,"note":"\u00e9"}'
    for name, (method, path, text) in {"post": ("POST", "/merchant_accounts/a61acaef/sweeping", body), "no-body": ("POST", "/v3/payments/1/cancel", ""), "delete": ("DELETE", "/v3/x", "")}.items():
        plain = message(method, path, [idem], text)
        base, made = tl(method, path, [idem], text)
        book.sign(name, plain, {"headers": [["Tl-Signature", made]], "string_to_sign": base}, credentials=ours, now=AT)
        book.verify(name, added(plain, [("Tl-Signature", made)]), "ok", credentials=theirs, now=AT)
        book.verify(name + "-by-key-id", added(plain, [("Tl-Signature", made)]), {"status": "ok", "key_id": keys["key_id"]}, credentials={**theirs, "key_id": keys["key_id"]}, now=AT)
    base, made = tl("POST", "/v3/x", [idem], body)
    plain = message("POST", "/v3/x", [idem], body)
    good = added(plain, [("Tl-Signature", made)])
    head, _, signature = made.split(".")
    book.refusals(good, "Tl-Signature", theirs, {"public_key": EC_OTHER}, ["", "a.b", head + "." + signature, head + "..", head + ".x." + signature, head + ".." + signature + "=", "!" + made], now=AT)
    for name, changed in {"method": {**good, "method": "PUT"}, "path": {**good, "target": "/v3/y"}, "body": with_body(good, body + " "), "header": with_header(good, "Idempotency-Key", "other")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.verify("query-is-not-signed", {**good, "target": "/v3/x?y=1"}, "ok", credentials=theirs, now=AT)
    book.verify("other-header-is-not-signed", added(good, [("X-Other", "1")]), "ok", credentials=theirs, now=AT)
    book.verify("signed-header-missing", without(good, "Idempotency-Key"), {"rejected": True}, credentials=theirs, now=AT)
    book.verify("signed-header-twice", twice(good, "Idempotency-Key"), {"rejected": True}, credentials=theirs, now=AT)
    for name, change in {"alg-none": {"alg": "none"}, "alg-hs512": {"alg": "HS512"}, "crit": {"crit": ["exp"]}, "version-1": {"tl_version": "1"}}.items():
        book.verify(name, with_header(good, "Tl-Signature", tl("POST", "/v3/x", [idem], body, **change)[1]), {"rejected": True}, credentials=theirs, now=AT)
    book.verify("idempotency-key-not-covered", with_header(good, "Tl-Signature", tl("POST", "/v3/x", [], body)[1]), {"rejected": True}, credentials=theirs, now=AT,
                note="tl_headers must hold it")
    book.verify("unknown-kid", good, "unknown_key", credentials={**theirs, "key_id": "another"}, now=AT)
    stamp = ("X-Tl-Webhook-Timestamp", "2023-11-14T22:13:20Z")
    hook = message("POST", "/tl-webhook", [stamp, JSON_TYPE], body)
    base, made = tl("POST", "/tl-webhook", [stamp], body)
    book.sign("plain", hook, {"headers": [["Tl-Signature", made]], "string_to_sign": base}, credentials=ours, now=AT, flow="webhook")
    book.verify("plain", added(hook, [("Tl-Signature", made)]), "ok", credentials=theirs, now=AT, flow="webhook")
    book.verify("body", with_body(added(hook, [("Tl-Signature", made)]), "{}"), "signature_mismatch", credentials=theirs, now=AT, flow="webhook")
    # The verifier of truelayer-signing 0.4.0 for Python accepts both ways, and without being told.
    for variant, seen, signed in (("slash-added", "/tl-webhook", "/tl-webhook/"), ("slash-removed", "/tl-webhook/", "/tl-webhook")):
        plain = message("POST", seen, [stamp, JSON_TYPE], body)
        base, made = tl("POST", signed, [stamp], body)
        hook_of = {"now": AT, "flow": "webhook"}
        book.sign(variant, plain, {"headers": [["Tl-Signature", made]], "string_to_sign": base}, credentials=ours, variants=[variant], **hook_of)
        whole = added(plain, [("Tl-Signature", made)])
        book.verify(variant, whole, "ok", credentials=theirs, variants=[variant], **hook_of)
        book.verify(variant + "-unasked", whole, "signature_mismatch", credentials=theirs, **hook_of)
        book.verify(variant + "-as-it-came", {**whole, "target": signed}, {"rejected": True}, credentials=theirs, variants=[variant], **hook_of)
        book.verify(variant + "-other-path", {**whole, "target": seen.replace("hook", "hooks")}, "signature_mismatch", credentials=theirs, variants=[variant], **hook_of)
    book.verify("request-reflected", good, {"rejected": True}, credentials=theirs, now=AT, flow="webhook")
    return book


def wechat():
    book = Book(ME, "wechatpay-v3", "request")
    serial = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
    nonce = "593BEC0C930BF1AFEB40B4A08C8FB242"
    ours = {"mchid": "1900009191", "serial_no": serial, "private_key": RSA_PRIVATE}
    theirs = {"mchid": "1900009191", "serial_no": serial, "public_key": RSA_PUBLIC}

    def token(method, target, body, ts=1_700_000_000):
        text = "%s\n%s\n%d\n%s\n%s\n" % (method, target, ts, nonce, body)
        return text, 'WECHATPAY2-SHA256-RSA2048 mchid="1900009191",nonce_str="%s",timestamp="%d",serial_no="%s",signature="%s"' % (nonce, ts, serial, rsa(text))

    body = '{"appid":"wx","description":"\u6d4b\u8bd5","amount":{"total":1}}'
    for name, (method, target, text) in {"post": ("POST", "/v3/pay/transactions/jsapi", body), "get": ("GET", "/v3/certificates", ""), "query": ("GET", "/v3/pay/transactions/id/1?mchid=1900009191&a=%20", "")}.items():
        plain = message(method, target, [JSON_TYPE], text)
        base, made = token(method, target, text)
        book.sign(name, plain, {"headers": [["Authorization", made]], "string_to_sign": base}, credentials=ours, now=AT, nonce=nonce)
        book.verify(name, added(plain, [("Authorization", made)]), {"status": "ok", "key_id": serial, "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=theirs, now=AT)
    sdk = "GET\n/v3/pay/transactions/id/1217752501201407033233368018?mchid=1230000109\n1652750623\neBYqCOxa0QudMnPvVilkTzOg3gHh5Z3u\n\n"
    book.sign("sdk-string", message("GET", "/v3/pay/transactions/id/1217752501201407033233368018?mchid=1230000109", []), {"string_to_sign": sdk},
              credentials=ours, now=1_652_750_623_000, nonce="eBYqCOxa0QudMnPvVilkTzOg3gHh5Z3u", source="wechatpay-java, core/src/test, WechatPay2CredentialTest: the asserted message")
    base, made = token("POST", "/v3/x", body)
    good = added(message("POST", "/v3/x", [JSON_TYPE], body), [("Authorization", made)])
    value = made.split('signature="')[1][:-1]
    book.refusals(good, "Authorization", theirs, {**theirs, "public_key": OTHER_PUBLIC}, ["", "WECHATPAY2-SHA256-RSA2048 x", made.replace('"', ""), made.replace(value, "!" + value), made.replace("SHA256", "SHA1")], now=AT)
    order = 'WECHATPAY2-SHA256-RSA2048 mchid="1900009191",nonce_str="%s",signature="%s",timestamp="1700000000",serial_no="%s"' % (nonce, value, serial)
    book.verify("other-order-of-items", with_header(good, "Authorization", order), "ok", credentials=theirs, now=AT, note="as the documents print it")
    book.verify("blank-after-comma", with_header(good, "Authorization", made.replace('",', '", ')), "ok", credentials=theirs, now=AT)
    for name, text, expect in (
        ("sm2", made.replace("SHA256-RSA2048", "SM2-WITH-SM3"), "unsupported_algorithm"),
        ("no-serial", made.replace(',serial_no="%s"' % serial, ""), "missing_field"),
        ("no-signature-item", made.replace(',signature="%s"' % value, ""), "missing_signature"),
        ("two-times", made + ',timestamp="1700000001"', "duplicate_field"),
        ("unknown-serial", made.replace(serial, "00"), "unknown_key"),
        ("other-merchant", made.replace("1900009191", "1900009192"), "unknown_key"),
        ("nonce-changed", made.replace(nonce, nonce[::-1]), "signature_mismatch"),
    ):
        book.verify(name, with_header(good, "Authorization", text), expect, credentials=theirs, now=AT)
    for name, changed in {"method": {**good, "method": "PUT"}, "query": {**good, "target": "/v3/x?y"}, "body": with_body(good, body + "\n")}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.time_edges(good, AT, 300, theirs)
    book.add("no-nonce", "sign", message("GET", "/", []), "invalid_option", credentials=ours, now=AT)

    platform = {"serial_no": serial, "public_key": RSA_PUBLIC}

    def hook(text=body, ts="1700000000", n=nonce):
        return [("Wechatpay-Serial", serial), ("Wechatpay-Timestamp", ts), ("Wechatpay-Nonce", n), ("Wechatpay-Signature", rsa("%s\n%s\n%s\n" % (ts, n, text)))]

    for flow in ("webhook", "response"):
        plain = message("POST", "/notify", [JSON_TYPE], body)
        book.sign("plain", plain, {"headers": hook(), "string_to_sign": "1700000000\n%s\n%s\n" % (nonce, body)}, flow=flow,
                  credentials={"serial_no": serial, "private_key": RSA_PRIVATE}, now=AT, nonce=nonce)
        book.verify("plain", added(plain, hook()), {"status": "ok", "key_id": serial}, credentials=platform, now=AT, flow=flow)
    good = added(message("POST", "/notify", [JSON_TYPE], body), hook())
    at = {"now": AT, "flow": "webhook"}
    book.refusals(good, "Wechatpay-Signature", platform, {**platform, "public_key": OTHER_PUBLIC}, ["", "%%%", hook()[3][1][:-1]], **at)
    book.verify("probe", with_header(good, "Wechatpay-Signature", "WECHATPAY/SIGNTEST/" + hook()[3][1][19:]), "signature_mismatch", credentials=platform, note="wrong on purpose", **at)
    book.verify("body", with_body(good, body + " "), "signature_mismatch", credentials=platform, **at)
    book.verify("unknown-serial", with_header(good, "Wechatpay-Serial", "5157F09EFDC096DE15EBE81A47057A72"), "needs_key", credentials=platform, **at)
    for header in ("Wechatpay-Nonce", "Wechatpay-Timestamp", "Wechatpay-Serial"):
        book.verify("no-" + header.lower(), without(good, header), "missing_field", credentials=platform, **at)
        book.verify("two-" + header.lower(), twice(good, header), "duplicate_field", credentials=platform, **at)
    return book


def alipay():
    book = Book(ME, "alipay-rsa2", "request")
    private = {"private_key": RSA_PRIVATE}
    public = {"public_key": RSA_PUBLIC}
    bare = "".join(RSA_PUBLIC.split("-----")[2].split())

    def joined(pairs, keep_empty=False):
        return "&".join("%s=%s" % p for p in sorted(pairs) if keep_empty or p[1])

    common = [("app_id", "2014072300007148"), ("method", "alipay.trade.create"), ("charset", "utf-8"), ("sign_type", "RSA2"), ("timestamp", "2023-11-15 06:13:20"), ("version", "1.0")]
    content = [("biz_content", '{"out_trade_no":"1","total_amount":"88.88","subject":"\u6d4b\u8bd5 a+b&c=d"}')]
    cases = {
        "all-in-query": (common + content, []), "content-in-form": (common, content), "empty-field": (common + [("return_url", "")] + content, []),
        "all-in-form": ([], common + content),
    }
    for name, (query, form) in cases.items():
        target = "/gateway.do" + ("?" + urllib.parse.urlencode(query) if query else "")
        plain = message("POST", target, [FORM_TYPE], urllib.parse.urlencode(form))
        base = joined(query + form)
        value = urllib.parse.quote_plus(rsa(base))
        book.sign(name, plain, {"string_to_sign": base}, credentials=private)
        made = {**plain, "target": target + ("&" if query else "?") + "sign=" + value}
        book.verify(name, made, "ok", credentials=public)
    good = made
    query_form = message("POST", "/gateway.do?" + urllib.parse.urlencode(common) + "&sign=" + urllib.parse.quote_plus(rsa(joined(common + content))), [FORM_TYPE], urllib.parse.urlencode(content))
    book.verify("bare-key", query_form, "ok", credentials={"public_key": bare}, note="as Alipay's tool gives it")
    book.verify("moved-between-query-and-form", {**query_form, "target": query_form["target"] + "&" + urllib.parse.urlencode(content), "body": ""}, "ok", credentials=public)
    for name, changed, expect in (
        ("content", with_body(query_form, urllib.parse.urlencode([("biz_content", "{}")])), "signature_mismatch"),
        ("app", {**query_form, "target": query_form["target"].replace("2014072300007148", "2014072300007149")}, "signature_mismatch"),
        ("field-added", {**query_form, "target": query_form["target"] + "&x=1"}, "signature_mismatch"),
        ("no-sign", {**query_form, "target": query_form["target"].split("&sign=")[0]}, "missing_signature"),
        ("two-signs", {**query_form, "target": query_form["target"] + "&sign=AAAA"}, "duplicate_field"),
        ("sign-not-base64", {**query_form, "target": query_form["target"].split("&sign=")[0] + "&sign=%25"}, "malformed_signature"),
    ):
        book.verify(name, changed, expect, credentials=public)
    book.verify("other-key", query_form, "signature_mismatch", credentials={"public_key": OTHER_PUBLIC})
    sha1 = [(n, "RSA" if n == "sign_type" else v) for n, v in common] + content
    weak = "/gateway.do?" + urllib.parse.urlencode(sha1) + "&sign=" + urllib.parse.quote_plus(rsa(joined(sha1)))
    book.verify("sign-type-rsa", message("POST", weak, [FORM_TYPE], ""), "unsupported_algorithm", credentials=public)

    notify = [("notify_time", "2023-11-15 06:13:20"), ("trade_no", "2014040311001004370000361525"), ("subject", "\u6d4b\u8bd5 x"), ("trade_status", "TRADE_SUCCESS"), ("total_amount", "88.88")]
    base = joined(notify, keep_empty=True)
    plain = message("POST", "/notify", [FORM_TYPE], urllib.parse.urlencode(notify))
    tail = "&sign_type=RSA2&sign=" + urllib.parse.quote_plus(rsa(base))
    book.sign("plain", plain, {"string_to_sign": base}, credentials=private, flow="webhook")
    good = with_body(plain, plain["body"] + tail)
    book.verify("plain", good, "ok", credentials=public, flow="webhook")
    book.verify("reordered", with_body(good, "sign=" + urllib.parse.quote_plus(rsa(base)) + "&" + urllib.parse.urlencode(notify[::-1]) + "&sign_type=RSA2"), "ok", credentials=public, flow="webhook")
    for name, body, expect in (
        ("amount", good["body"].replace("88.88", "88.89"), "signature_mismatch"),
        ("status", good["body"].replace("TRADE_SUCCESS", "TRADE_CLOSED"), "signature_mismatch"),
        ("more", good["body"] + "&x=1", "signature_mismatch"),
        ("sign-type-rsa", good["body"].replace("RSA2", "RSA"), "unsupported_algorithm"),
        ("no-sign-type", good["body"].replace("&sign_type=RSA2", ""), "missing_field"),
        ("no-sign", plain["body"] + "&sign_type=RSA2", "missing_signature"),
    ):
        book.verify(name, with_body(good, body), expect, credentials=public, flow="webhook")
    # rsaCheckV2: sign_type stays among the fields. Alipay's check for Node, checkNotifySignV2 of alipay-sdk 4.14.0, takes both kinds.
    whole, hook = joined([*notify, ("sign_type", "RSA2")], keep_empty=True), {"flow": "webhook", "variants": ["sign-type-signed"]}
    source = "computed by tests/vectors/generate/%s; alipay-sdk 4.14.0 for Node takes it" % ME
    book.sign("sign-type-signed", plain, {"string_to_sign": whole}, credentials=private, **hook)
    second = with_body(plain, plain["body"] + "&sign_type=RSA2&sign=" + urllib.parse.quote_plus(rsa(whole)))
    book.verify("sign-type-signed", second, "ok", credentials=public, source=source, **hook)
    book.verify("sign-type-signed-unasked", second, "signature_mismatch", credentials=public, flow="webhook")
    book.verify("sign-type-not-signed", good, "signature_mismatch", credentials=public, **hook)
    book.verify("sign-type-signed-amount", with_body(second, second["body"].replace("88.88", "88.89")), "signature_mismatch", credentials=public, **hook)
    book.verify("sign-type-signed-rsa", with_body(second, second["body"].replace("RSA2", "RSA")), "unsupported_algorithm", credentials=public, **hook)
    return book


def books():
    return [truelayer(), wechat(), alipay()]
