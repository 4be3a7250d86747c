"""Redsys, version 2 of its signature: the page "Firmar una operación" and its example."""
import base64
import json
import urllib.parse

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from lib import Book, b64, b64url, mac, message, with_body

FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")
KEY = "sq7HjrUOBfKmC576ILgskD5srU870gJ7"
PAGE = "pagosonline.redsys.es, Firmar una operación"
VERSION = "HMAC_SHA512_V2"


def order_key(order, secret=KEY):
    pad = PKCS7(128).padder()
    block = pad.update(order.encode()) + pad.finalize()
    cipher = Cipher(algorithms.AES(secret[:16].encode()), modes.CBC(b"\0" * 16)).encryptor()
    return b64(cipher.update(block) + cipher.finalize())


def signature(text, order, secret=KEY):
    return b64url(mac("sha512", order_key(order, secret), text))


def form(**fields):
    return urllib.parse.urlencode(fields)


def signed(text, digest, version=VERSION):
    return form(Ds_MerchantParameters=text, Ds_SignatureVersion=version, Ds_Signature=digest)


def compact(value):
    return b64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def books():
    book = Book("redsys_v2.py", "redsys-v2", "request")
    keys = {"secret": KEY}

    def post(body, target="/sis/realizarPago"):
        return message("POST", target, [FORM_TYPE], body)

    def both(name, text, order, flow="request", **more):
        digest = signature(text, order)
        plain = post(form(Ds_MerchantParameters=text))
        book.sign(name, plain, {"string_to_sign": text, "body": signed(text, digest)}, credentials=keys, flow=flow, **more)
        book.verify(name, post(signed(text, digest)), "ok", credentials=keys, flow=flow, **more)
        return digest

    example = ('{"DS_MERCHANT_AMOUNT":"999","DS_MERCHANT_ORDER":"1234567890","DS_MERCHANT_MERCHANTCODE":"999008881","DS_MERCHANT_CURRENCY":"978",'
               '"DS_MERCHANT_TRANSACTIONTYPE":"0","DS_MERCHANT_TERMINAL":"1","DS_MERCHANT_MERCHANTURL":"http:\\/\\/www.prueba.com\\/urlNotificacion.php",'
               '"DS_MERCHANT_URLOK":"http:\\/\\/www.prueba.com\\/urlOK.php","DS_MERCHANT_URLKO":"http:\\/\\/www.prueba.com\\/urlKO.php"}')
    assert order_key("1234567890") == "RWt3/IPTzYRMXsQtkiGRKg=="
    made = both("published", b64url(example.encode()), "1234567890", source=PAGE)
    assert made == "Vjo02eSWq249IeZZp3R-ArFnGLhKY0OuzDDlx1BuVtZDC2yhczA7_11uZhsYzLZBCMFAz8u8uzGDX3AErHKmmw", made

    good = {"DS_MERCHANT_AMOUNT": "999", "DS_MERCHANT_ORDER": "20231114A1", "DS_MERCHANT_CURRENCY": "978"}
    for name, order in {"12": "123456789012", "1": "1", "16": "0123456789abcdef", "utf8": "pedido\u00f1"}.items():
        both("order-" + name, compact({**good, "DS_MERCHANT_ORDER": order}), order)
    both("mixed-case", compact({"Ds_Merchant_Order": "1447961844"}), "1447961844", variants=["mixed-case"])
    padded = base64.urlsafe_b64encode(b'{"DS_MERCHANT_ORDER":"1","a":"\xc3\xbf\xc3\xbf\xc3\xbf"}').decode()
    assert padded.endswith("=") and "_" in padded
    both("padded-parameters", padded, "1")

    text, order = compact(good), good["DS_MERCHANT_ORDER"]
    digest = signature(text, order)
    whole = post(signed(text, digest))
    book.verify("padded-signature", post(signed(text, digest + "==")), "ok", credentials=keys, note="Redsys's libraries differ in whether they pad")
    three_des = b64(mac("sha256", "any", text))
    for name, body, expect in (
        ("amount", signed(compact({**good, "DS_MERCHANT_AMOUNT": "1"}), digest), "signature_mismatch"),
        ("no-signature", form(Ds_MerchantParameters=text, Ds_SignatureVersion=VERSION), "missing_signature"),
        ("no-version", form(Ds_MerchantParameters=text, Ds_Signature=digest), "missing_field"),
        ("version-1", signed(text, three_des, "HMAC_SHA256_V1"), "unsupported_version"),
        ("version-3", signed(text, digest, "HMAC_SHA512_V3"), "malformed_field"),
        ("signature-plain-base64", signed(text, "+" * 86), "malformed_signature"),
        ("parameters-twice", signed(text, digest) + "&Ds_MerchantParameters=" + text, "duplicate_field"),
        ("no-parameters", form(Ds_SignatureVersion=VERSION, Ds_Signature=digest), "missing_field"),
        ("not-base64url", signed("3+w", digest), "malformed_field"),
    ):
        book.verify(name, post(body), expect, credentials=keys)
    for name, value, expect in (
        ("no-order", b"{}", "missing_field"),
        ("bad-json", b"{bad}", "malformed_field"),
        ("order-null", b'{"DS_MERCHANT_ORDER":null}', "malformed_field"),
        ("order-twice", b'{"DS_MERCHANT_ORDER":"1","DS_MERCHANT_ORDER":"2"}', "duplicate_field"),
    ):
        book.verify(name, post(signed(b64url(value), digest)), expect, credentials=keys)
    book.verify("other-key", whole, "signature_mismatch", credentials={"secret": "Mk9m98IfEblmPfrpsawt7BmxObt98Jev"})
    book.verify("key-beyond-16", whole, "ok", credentials={"secret": KEY[:16]}, note="of the key the first 16 characters count")
    book.add("short-key", "sign", post(form(Ds_MerchantParameters=text)), "invalid_credentials", credentials={"secret": KEY[:15]})

    both("notification", compact({"Ds_Order": "20231114A1", "Ds_Response": "0000"}), "20231114A1", flow="webhook")
    both("upper-case-order", compact({"DS_ORDER": "666"}), "666", flow="webhook", variants=["mixed-case"])
    plain = b64(b'{"Ds_Order":"666","a":">>>???"}')
    assert "+" in plain or "/" in plain
    both("plain-base64", plain, "666", flow="webhook", variants=["plain-base64"])
    book.verify("response", post(signed(compact({"Ds_Order": "20231114A1", "Ds_Response": "0190"}), signature(
        compact({"Ds_Order": "20231114A1", "Ds_Response": "0000"}), "20231114A1"))), "signature_mismatch", credentials=keys, flow="webhook")
    return [book]
