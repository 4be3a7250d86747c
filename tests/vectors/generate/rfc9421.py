"""HTTP Message Signatures (RFC 9421) with components that the sender chooses: the values of its appendix B, and our own."""
import base64
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from key_pairs import P256, P256_OTHER, SEED, OTHER_SEED, ed, pem, raw_public
from lib import Book, added, b64, mac, message, with_body, with_header, without
from public_keys import OTHER_PUBLIC, RSA, RSA_PRIVATE, RSA_PUBLIC

ME = "rfc9421.py"
AT = 1_700_000_000_000
URL = "https://shop.example/v1/pay?b=2&a=%20"
BODY = '{"amount":1050,"note":"\u00e9"}'
PSS_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
"""
ED_KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n"
SHARED = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
B21 = "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q=="
B22 = "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw=="
B23 = "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA=="
B25 = "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
B26 = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="


def quoted(texts):
    return "[%s]" % ", ".join("'%s'" % t for t in texts)


def recipe(label, algorithm, components, params, more=""):
    """A recipe for these components, as somebody would write it who needs just them."""
    secret = "hmac" in algorithm
    keys = 'secret = {}' if secret else 'private_key = { for = ["request.sign"] }\npublic_key = { public = true, for = ["request.verify"] }'
    use = 'key = { credential = "secret", then = "base64-decode" }' if secret else 'sign_key = { credential = "private_key" }\nverify_key = { credential = "public_key" }'
    return "\n".join([
        'id = "rfc9421-%s"' % label, 'name = "RFC 9421 %s"' % label, "[credentials]", "key_id = { public = true }", keys, "[request]", 'algorithm = "%s"' % algorithm,
        'key_id = { credential = "key_id" }', use, 'encoding = "base64"', 'timestamp = { format = "unix" }', 'message = { signature_base = { let = "input" } }',
        "field = [{ header = 'Signature-Input', covered = { label = '%s', let = 'input', require = %s } }," % (label, quoted(components)),
        "{ header = 'Signature', item = ',', kv = '=', list = { %s = [':', { signature = true }, ':'] } }]" % label,
        "[request.let]", "input = { signature_input = { components = %s, params = %s%s } }" % (quoted(components), quoted(params), more),
    ])


def appendix(book):
    request = message("POST", "/foo?param=Value&Pet=dog", [
        ("Host", "example.com"), ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"), ("Content-Type", "application/json"),
        ("Content-Digest", "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"), ("Content-Length", "18"),
    ], '{"hello": "world"}', url="https://example.com/foo?param=Value&Pet=dog")
    at = {"now": 1_618_884_473_000, "flow": "request"}
    pss = {"public_key": PSS_KEY}
    ed_public = raw_public(bytes.fromhex("9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5"))
    for name, algorithm, components, params, more, keys, ours, signature, end in (
        ("sig-b21", "rsa-pss-sha512", [], ["created", "keyid", "nonce"], "", {"key_id": "test-key-rsa-pss", **pss}, None, B21, ';keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"'),
        ("sig-b22", "rsa-pss-sha512", ["@authority", "content-digest", '@query-param;name="Pet"'], ["created", "keyid"], ', tag = "header-example"', {"key_id": "test-key-rsa-pss", **pss}, None, B22, ';keyid="test-key-rsa-pss";tag="header-example"'),
        ("sig-b23", "rsa-pss-sha512", ["date", "@method", "@path", "@query", "@authority", "content-type", "content-digest", "content-length"], ["created", "keyid"], "", {"key_id": "test-key-rsa-pss", **pss}, None, B23, ';keyid="test-key-rsa-pss"'),
        ("sig-b25", "hmac-sha256", ["date", "@authority", "content-type"], ["created", "keyid"], "", {"key_id": "test-shared-secret", "secret": SHARED}, {"key_id": "test-shared-secret", "secret": SHARED}, B25, ';keyid="test-shared-secret"'),
        ("sig-b26", "ed25519", ["date", "@method", "@path", "@authority", "content-type", "content-length"], ["created", "keyid"], "", {"key_id": "test-key-ed25519", "public_key": ed_public.hex()}, {"key_id": "test-key-ed25519", "private_key": ED_KEY}, B26, ';keyid="test-key-ed25519"'),
    ):
        text = recipe(name, algorithm, components, params, more)
        names = " ".join('"%s"%s' % (c.split(";")[0], ";" + c.split(";")[1] if ";" in c else "") for c in components)
        headers = [("Signature-Input", "%s=(%s);created=1618884473%s" % (name, names, end)), ("Signature", "%s=:%s:" % (name, signature))]
        source = "RFC 9421, appendix %s" % {"sig-b21": "B.2.1", "sig-b22": "B.2.2", "sig-b23": "B.2.3", "sig-b25": "B.2.5", "sig-b26": "B.2.6"}[name]
        good = added(request, headers)
        book.add(name, "verify", good, {"status": "ok", "key_id": keys["key_id"], "timestamp": "2021-04-20T02:07:53.000Z"}, credentials=keys, recipe=text, source=source, **at)
        book.add(name + "-time-changed", "verify", with_header(good, "Signature-Input", headers[0][1].replace("473", "474")), "signature_mismatch", credentials=keys, recipe=text, **at)
        if components:
            book.add(name + "-authority-changed", "verify", {**good, "url": "https://example.org/foo?param=Value&Pet=dog"}, "signature_mismatch", credentials=keys, recipe=text, **at)
            book.add(name + "-default-port", "verify", {**good, "url": "https://EXAMPLE.com:443/foo?param=Value&Pet=dog"}, "ok", credentials=keys, recipe=text, **at)
        if "content-type" in components:
            book.add(name + "-header-changed", "verify", with_header(good, "Content-Type", "text/plain"), "signature_mismatch", credentials=keys, recipe=text, **at)
            book.add(name + "-header-gone", "verify", without(good, "Content-Type"), "missing_field", credentials=keys, recipe=text, **at)
        if ours:
            book.add(name, "sign", request, {"status": "ok", "headers": headers}, credentials=ours, recipe=text, source=source, **at)
    # Components with parameters, and what is not supported.
    text = recipe("sig1", "hmac-sha256", ["@method"], ["created"]).replace("key_id = { public = true }\n", "").replace('key_id = { credential = "key_id" }\n', "")
    keys = {"secret": SHARED}
    target = "/a%2Fb?x=1&y=a%20b+c!'(*~&z=&z=2"
    fixed_url = ("target-uri-of-another-query", "authority-of-a-fixed-url")
    plain = message("GET", target, [("X-Dict", "a=1,  b=2;x=1, c=(x   y)"), ("X-Dict", "d"), ("X-Two", " one "), ("X-Two", "two, three"), ("X-Folded", "a\r\n  b"), ("X-Empty", "")], "", url="http://shop.example:80" + target)
    # One member of a dictionary is not the header.
    def covers(*headers):
        return {"status": "ok", "covered": {"method": True, "path": False, "query": False, "headers": list(headers), "body": "none"}}

    for name, lines, expect in (
        ("path", ['"@path": /a%2Fb'], "ok"), ("query", ['"@query": ?x=1&y=a%20b+c!\'(*~&z=&z=2'], "ok"), ("request-target", ['"@request-target": /a%2Fb?x=1&y=a%20b+c!\'(*~&z=&z=2'], "ok"),
        ("scheme", ['"@scheme": http', '"@authority": shop.example', '"@target-uri": http://shop.example:80' + target], "ok"),
        # What is signed is the URL's query, not the one that the message came with.
        ("target-uri-of-another-query", ['"@target-uri": http://shop.example/a%2Fb?x=1'], "content_rejected"),
        ("authority-of-a-fixed-url", ['"@authority": shop.example'], "ok"),
        ("query-param", ['"@query-param";name="x": 1', '"@query-param";name="y": a%20b%20c!\'(*~'], "ok"), ("query-param-twice", ['"@query-param";name="z": 2'], "duplicate_field"),
        ("query-param-missing", ['"@query-param";name="q": '], "missing_field"), ("combined", ['"x-two": one, two, three', '"x-empty": '], "ok"), ("folded", ['"x-folded": a b'], "ok"),
        ("bytes", ['"x-two";bs: :b25l:, :dHdvLCB0aHJlZQ==:'], covers("x-two")), ("key", ['"x-dict";key="b": 2;x=1'], covers()), ("key-missing", ['"x-dict";key="q": '], "missing_field"),
        ("sf", ['"x-dict";sf: a=1'], "unsupported_version"), ("req", ['"x-two";req: one'], "unsupported_version"), ("tr", ['"x-two";tr: one'], "unsupported_version"), ("status", ['"@status": 200'], "unsupported_version"),
        ("unknown", ['"@surprise": 1'], "unsupported_version"), ("capitals", ['"X-Two": one, two, three'], "unsupported_version"), ("twice", ['"@path": /a%2Fb', '"@path": /a%2Fb'], "malformed_field"),
    ):
        names = " ".join(line.split(": ")[0] for line in ['"@method": GET', *lines])
        params = "(%s);created=1700000000" % names
        base = "\n".join(['"@method": GET', *lines, '"@signature-params": ' + params])
        known = {**plain, "url": "http://shop.example/a%2Fb?x=1"} if name in fixed_url else plain
        sent = added(known, [("Signature-Input", "sig1=" + params), ("Signature", "sig1=:%s:" % b64(mac("sha256", base64.b64decode(SHARED), base)))])
        book.add("component-" + name, "verify", sent, expect, credentials=keys, recipe=text, now=AT, flow="request")


# Made once by Python's cryptography with a random salt, for the texts of `scheme` below.
PSS_MADE = {"post": "cjRwS67FNuQ0ibYFf9DwZIPidcc5FzK3Kf3MPvRFSEbVOirY8nOgrLsn0F37QUpsLy5+I0MokuepGZtiFjFOTXVbOPeqoHoe1al8bRkt+wnEoJhLYGaGsf+hR35Fhej6xRDM8DbL/2EhN7KiuyxAVAPZai1tNdIQXhFgIfdp5+kqBjzBgC48UK/Uyqw9wa9eOCuG+YAEfgXXvkmCFdRfLUFzaaY2T3uCmsctNE7atnt5SPOr0BvSAXP0Jg3jyT1E55pzRQfWhIAuwpB/NUJXiTBdCgW/fBhD/mwTRG9Hh5A3js6575VfOuC8ns2rwaKxEUWZbapLCwPABmhF7qGrgQ==", "get": "drXbBqj1sci00LUg0XddPgloxdd3DavCG+raTVqJZLMJ518uWoq2A82bMC85S9mYzPyxT9C9E0+6ekn0SH2P30oT5awEOnvdrRQj2b6L3PhuNaocAVDiJiTqzRhWADk2GlpFEkeOsxUo/1rnWa6RIBklzITwrK5pYFjSOSGk8cHdfvK5J7rMH6gqm//YYTe91X1TvzwaICjKfjmOmZDYRfh2/qFYejf8xG1Cxovd4jJ12vrCk0acZJWfOg6HnYtcg9i1+LBSyVpRdL3lgCtQU09rEHW3MD3ogeV2He/VPo0VQHXYlUSxrakvWzgcfVCqVDTX4ahgWeAg2d4mCtldcg=="}


def scheme(name, registered, keys, sign):
    book = Book(ME, name, "request")
    ours, theirs, wrong = keys
    algorithm = registered

    def make(method, body, digest="sha-256", params=None, components=None, signed=None):
        lines = [('"@method"', method), ('"@target-uri"', URL)]
        headers = []
        if body:
            value = "%s=:%s:" % (digest, b64(hashlib.new(digest.replace("-", ""), body.encode()).digest()))
            headers.append(("Content-Digest", value))
            lines.append(('"content-digest"', value))
        if components is not None:
            lines = [line for line in lines if line[0].strip('"') in components]
        params = params or ';created=1700000000;keyid="key-1";alg="%s"' % algorithm
        text = "(%s)%s" % (" ".join(n for n, _ in lines), params)
        base = "\n".join("%s: %s" % line for line in [*lines, ('"@signature-params"', text)])
        return base, [*headers, ("Signature-Input", "sig1=" + text), ("Signature", "sig1=:%s:" % (signed or sign(base)))]

    def request(method, body):
        return message(method, "/v1/pay?b=2&a=%20", [("Content-Type", "application/json")], body, url=URL)

    at = {"now": AT}
    for kind, (method, body) in {"post": ("POST", BODY), "get": ("GET", "")}.items():
        constant = PSS_MADE[kind] if sign is None else None
        base, headers = make(method, body, signed=constant)
        plain = request(method, body)
        for flow in ("request", "webhook"):
            book.verify(kind, added(plain, headers), {"status": "ok", "key_id": "key-1", "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=theirs, flow=flow, **at)
            # A PSS signature is another one each time, so no two programs can be asked for the same answer.
            if sign is not None:
                book.sign(kind, plain, {"headers": headers, "string_to_sign": base}, credentials=ours, flow=flow, **at)
    _, headers = make("POST", BODY, signed=PSS_MADE["post"] if sign is None else None)
    good = added(request("POST", BODY), headers)
    value = headers[-1][1]
    book.refusals(good, "Signature", theirs, wrong, ["", "sig1=", "sig1", value.replace(":", ""), value[:-3] + ":", "sig1=:%%%:"], **at)
    book.verify("other-label", with_header(good, "Signature", value.replace("sig1", "sig2")), "missing_signature", credentials=theirs, **at)
    book.verify("other-signature-beside", with_header(with_header(good, "Signature", "proxy=:AAAA:, " + value), "Signature-Input", 'proxy=("x" "y, z");keyid="a,b", ' + headers[-2][1]), "ok", credentials=theirs, **at)
    for what, changed in {"method": {**good, "method": "PUT"}, "url": {**good, "url": URL + "x"}, "parameter": with_header(good, "Signature-Input", headers[-2][1].replace("1700000000", "1700000001"))}.items():
        book.verify("changed-" + what, changed, "signature_mismatch", credentials=theirs, **at)
    book.verify("changed-body", with_body(good, BODY + " "), "content_rejected", credentials=theirs, note="the digest is signed, the body is compared with it", **at)
    book.verify("body-gone", with_body(good, ""), "content_rejected", credentials=theirs, **at)
    book.verify("no-digest", without(good, "Content-Digest"), "missing_field", credentials=theirs, **at)
    book.verify("unknown-key", with_header(good, "Signature-Input", headers[-2][1].replace("key-1", "key-2")), "unknown_key", credentials=theirs, **at)
    for what, text in {"two-blanks": headers[-2][1].replace(" ", "  ", 1), "no-list": 'sig1="x"', "component-twice": headers[-2][1].replace('"@method"', '"@method" "@method"'), "parameter-twice": headers[-2][1] + ";created=1"}.items():
        book.verify("input-" + what, with_header(good, "Signature-Input", text), "malformed_field", credentials=theirs, **at)
    for what, text, expect in (("no-label", headers[-2][1].replace("sig1", "sig2"), "missing_field"), ("no-created", headers[-2][1].replace(";created=1700000000", ""), "missing_field"),
                               ("no-keyid", headers[-2][1].replace(';keyid="key-1"', ""), "missing_field"), ("no-alg", headers[-2][1].replace(';alg="%s"' % algorithm, ""), "missing_field"),
                               ("other-alg", headers[-2][1].replace(algorithm, "rsa-v1_5-sha512"), "unsupported_algorithm")):
        book.verify("input-" + what, with_header(good, "Signature-Input", text), expect, credentials=theirs, **at)
    book.verify("no-input", without(good, "Signature-Input"), "missing_field", credentials=theirs, **at)
    book.time_edges(good, AT, 300, theirs)
    if sign is None:
        return book
    _, bare = make("GET", "")
    book.verify("body-added", added(request("GET", "x"), bare), {"rejected": True}, credentials=theirs, **at)
    for what, components in {"no-method": ["@target-uri", "content-digest"], "no-address": ["@method", "content-digest"], "no-body": ["@method", "@target-uri"]}.items():
        book.verify("covers-" + what, added(request("POST", BODY), make("POST", BODY, components=components)[1]), "content_rejected", credentials=theirs, **at)
    end = ';created=1700000000;keyid="key-1";alg="%s"' % algorithm
    for what, params, expect in (("expires-later", end + ";expires=1700000001", "ok"), ("expired", end + ";expires=1699999999", "timestamp_too_old"), ("expires-odd", end + ';expires="x"', "malformed_field"),
                                 ("more-parameters", end + ';nonce="n";tag="t";x=?1', "ok"), ("other-order", ';alg="%s";keyid="key-1";created=1700000000' % algorithm, "ok")):
        book.verify(what, added(request("POST", BODY), make("POST", BODY, params=params)[1]), expect, credentials=theirs, **at)
    base, longer = make("POST", BODY, digest="sha-512")
    book.verify("sha-512", added(request("POST", BODY), longer), "ok", credentials=theirs, variants=["sha-512"], **at)
    book.verify("sha-512-unasked", added(request("POST", BODY), longer), "content_rejected", credentials=theirs, **at)
    book.sign("sha-512", request("POST", BODY), {"headers": longer, "string_to_sign": base}, credentials=ours, variants=["sha-512"], **at)
    return book


def p1363(base):
    der = P256.sign(base.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return b64(b"".join(n.to_bytes(32, "big") for n in utils.decode_dss_signature(der)))


def spki_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def books():
    def both(private, public, wrong):
        return {"key_id": "key-1", "private_key": private}, {"key_id": "key-1", "public_key": public}, {"key_id": "key-1", "public_key": wrong}

    shared = {"key_id": "key-1", "secret": SHARED}
    made = [
        scheme("rfc9421-hmac", "hmac-sha256", (shared, shared, {**shared, "secret": b64(b"another secret")}), lambda base: b64(mac("sha256", base64.b64decode(SHARED), base))),
        scheme("rfc9421-ed25519", "ed25519", both(SEED.hex(), raw_public(SEED).hex(), raw_public(OTHER_SEED).hex()), lambda base: b64(ed(base))),
        scheme("rfc9421-ecdsa-p256-sha256", "ecdsa-p256-sha256", both(pem(P256), spki_pem(P256), spki_pem(P256_OTHER)), p1363),
        scheme("rfc9421-rsa-sha256", "rsa-v1_5-sha256", both(RSA_PRIVATE, RSA_PUBLIC, OTHER_PUBLIC), lambda base: b64(RSA.sign(base.encode(), padding.PKCS1v15(), hashes.SHA256()))),
        scheme("rfc9421-rsa-pss-sha512", "rsa-pss-sha512", both(RSA_PRIVATE, RSA_PUBLIC, PSS_KEY), None),
    ]
    appendix(made[0])
    return made
