"""The faults that were measured or read in other libraries of this kind: what they got wrong is asked of every binding here.

Each line's note names the library and the fault. Two of their faults have no line: comparisons that take a time of their own (here
there is one comparison, core/src/crypto/compare.rs) and an address rebuilt from the Host header (core/tests/attacks.rs, and the
lines named `host` below).
"""
import urllib.parse

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lib import Book, added, b64, mac, message

ME = "peers.py"
FILE = "peer-faults.jsonl"
AT = 1_764_547_200_000
STAMP = str(AT // 1000)
JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
BODY = '{"id":"evt_1","amount":10.50,"note":"caf\\u00e9 \u20ac","links":["a\\/b"]}'


def post(headers=(), body=BODY, url=None):
    return message("POST", "/hook", [JSON, *headers], body, url)


def tern():
    book = Book(ME, "stripe", "webhook", FILE)
    keys = {"secret": "whsec_test"}
    good, old = mac("sha256", "whsec_test", STAMP + "." + BODY).hex(), mac("sha256", "whsec_old", STAMP + "." + BODY).hex()
    for name, items in (("good-first", (good, old)), ("good-last", (old, good))):
        header = "t=%s,v1=%s,v1=%s" % (STAMP, *items)
        book.verify("rotation-" + name, post([("Stripe-Signature", header)]), credentials=keys, now=AT, note="tern 4.1.0: of several v1 the last one counted")
    dollar = '{"price":"$&","other":"$1 $$ $`"}'
    header = "ts=%s;h1=%s" % (STAMP, mac("sha256", "pdl", STAMP + ":" + dollar).hex())
    book.verify("dollar-in-body", post([("Paddle-Signature", header)], dollar), scheme="paddle", credentials={"secret": "pdl"}, now=AT, note="tern 4.1.0: the body was put into a template by String.replace, which reads $&")
    digest = mac("sha256", "s3cret", BODY).hex()
    for scheme, name, stamp, key, sign in (
        ("slack", "X-Slack-Signature", "X-Slack-Request-Timestamp", "signing_secret", "v0="),
        ("zoom", "X-Zm-Signature", "X-Zm-Request-Timestamp", "secret", "v0="),
        ("airwallex", "x-signature", "x-timestamp", "secret", ""),
    ):
        note = "tern 4.1.0 (Grafana): without the time's header a signature over the body alone was accepted"
        book.verify("time-stripped", post([(name, sign + digest)]), "missing_field", scheme=scheme, credentials={key: "s3cret"}, now=AT, note=note)
        book.verify("time-emptied", post([(stamp, ""), (name, sign + digest)]), {"rejected": True}, scheme=scheme, credentials={key: "s3cret"}, now=AT, note=note)
    vercel = 'id = "vercel"\nname = "Vercel"\n[credentials]\nsecret = {}\n[webhook]\nalgorithm = "hmac-sha1"\nkey = { credential = "secret" }\nencoding = "hex"\nretention = 604800\nmessage = { body = "raw" }\nfield = [{ header = "X-Vercel-Signature", value = { signature = true } }]\n'
    note = "tern 4.1.0: a genuine Vercel signature (HMAC-SHA1) was refused, for its entry said SHA-256"
    book.verify("vercel-sha1", post([("X-Vercel-Signature", mac("sha1", "v", BODY).hex())]), scheme="vercel", recipe=vercel, credentials={"secret": "v"}, note=note)
    book.verify("vercel-sha256", post([("X-Vercel-Signature", mac("sha256", "v", BODY).hex())]), {"rejected": True}, scheme="vercel", recipe=vercel, credentials={"secret": "v"}, note=note)
    upper = mac("sha512", "ABCDEF", BODY).hex().upper()
    for name, digest in (("upper", upper), ("lower", upper.lower())):
        book.verify("hex-" + name, post([("X-ANET-Signature", "sha512=" + digest)]), scheme="authorize-net", credentials={"signature_key": "ABCDEF"}, note="tern 4.1.0: upper-case hexadecimal was refused; here a recipe says what its provider writes")
    return book


def hyperswitch():
    book = Book(ME, "opennode", "webhook", FILE)
    form = urllib.parse.urlencode({"id": "charge-1", "status": "paid", "hashed_order": mac("sha256", "api-key", "charge-1").hex()})
    whole = urllib.parse.urlencode({"id": "charge-1", "status": "paid", "hashed_order": mac("sha256", "api-key", "id=charge-1&status=paid").hex()})
    note = "Hyperswitch: the whole form was the message, so that no genuine notification could verify"
    for name, body, expect in (("id", form, "ok"), ("form", whole, "signature_mismatch")):
        book.verify("signs-the-" + name, message("POST", "/hook", [FORM], body), expect, credentials={"api_key": "api-key"}, note=note)
    url = "https://shop.example/hook"
    digest = b64(mac("sha256", "key", url + BODY))
    for name, configured, expect in (("configured", url, "ok"), ("other", "https://evil.example/hook", "signature_mismatch")):
        case = post([("Host", "shop.example"), ("X-Square-Hmacsha256-Signature", digest)], url=configured)
        book.verify("host-" + name, case, expect, scheme="square", credentials={"signature_key": "key"}, note="Hyperswitch (Square, Rapyd): the signed address was rebuilt from the Host header")
    nmi = 'id = "nmi"\nname = "NMI"\n[credentials]\nsecret = {}\n[webhook]\nalgorithm = "hmac-sha256"\nkey = { credential = "secret" }\nencoding = "hex"\nmessage = [{ nonce = true }, ".", { body = "raw" }]\nfield = [{ header = "Webhook-Signature", item = ",", kv = "=", list = { t = { nonce = true, not = "," }, s = { signature = true } } }]\nretention = 604800\n'
    digest = mac("sha256", "key", "n0nce." + BODY).hex()
    for name, text, expect in (("nonce-first", "t=n0nce,s=" + digest, "ok"), ("signature-first", "s=%s,t=n0nce" % digest, "ok"), ("swapped", "t=%s,s=n0nce" % digest, {"rejected": True})):
        book.verify("nmi-" + name, post([("Webhook-Signature", text)]), expect, scheme="nmi", recipe=nmi, credentials={"secret": "key"}, note="Hyperswitch (NMI): nonce and signature were taken for each other")
    good = mac("sha256", "secret", BODY).hex()
    for name, headers, expect in (("signed", [("X-Razorpay-Signature", good)], "ok"), ("unsigned", [], "missing_signature"), ("empty", [("X-Razorpay-Signature", "")], {"rejected": True})):
        book.verify("razorpay-" + name, post(headers), expect, scheme="razorpay", credentials={"secret": "secret"}, note="Hyperswitch: verification answered false for every message, or was optional")
    return book


def other_sdks():
    book = Book(ME, "adyen-platform", "webhook", FILE)
    key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
    keys = {"hmac_key": key}
    right = b64(mac("sha256", bytes.fromhex(key), BODY))
    swapped = b64(mac("sha256", BODY, bytes.fromhex(key)))
    for name, digest, expect in (("right", right, "ok"), ("swapped", swapped, "signature_mismatch")):
        book.verify("arguments-" + name, post([("HmacSignature", digest)]), expect, credentials=keys, note="Adyen's Node SDK: key and message of the banking HMAC were swapped")
    note = "WorkOS's Node SDK: the body was written again before it was verified"
    spaced = '{ "b" : 1.0, "a" : "\\u00e9\\/" }\r\n'
    digest = mac("sha256", "secret", spaced).hex()
    book.verify("bytes-as-received", post([("X-Hub-Signature-256", "sha256=" + digest)], spaced), scheme="github", credentials={"secret": "secret"}, note=note)
    rewritten = post([("X-Hub-Signature-256", "sha256=" + digest)], '{"b":1,"a":"\u00e9/"}')
    book.verify("bytes-rewritten", rewritten, "signature_mismatch", scheme="github", credentials={"secret": "secret"}, note=note)
    # What an HMAC under the public key's bytes would be, in the place of an Ed25519 signature.
    public = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    digest = mac("sha512", bytes.fromhex(public), STAMP + BODY).hex()
    forged = post([("X-Signature-Ed25519", digest), ("X-Signature-Timestamp", STAMP)])
    book.verify("mac-for-ed25519", forged, "signature_mismatch", scheme="discord", credentials={"public_key": public}, now=AT, note="Telnyx's SDK: an HMAC scheme judged what the API signs with Ed25519")
    return book


def standard_webhooks():
    """The reference libraries, by what they did with the same input."""
    book = Book(ME, "standard-webhooks", "webhook", FILE)
    key = b"a key of sixteen"
    keys = {"secret": "whsec_" + b64(key)}

    def signed(body=BODY, stamp=STAMP, signature=None):
        value = signature if signature is not None else "v1," + b64(mac("sha256", key, "msg_1.%s." % stamp + body))
        return post([("webhook-id", "msg_1"), ("webhook-timestamp", stamp), ("webhook-signature", value)], body)

    good = signed()
    book.verify("reference-good", good, credentials=keys, now=AT)
    # Strict here: a secret without the prefix is refused when the verifier is built, not when the first message comes.
    book.verify("secret-without-prefix", good, "invalid_credentials", credentials={"secret": b64(key)}, now=AT, note="PHP: the constructor for a secret without the prefix always threw")
    for name, text in (("no-comma", "v1"), ("two-commas", "v1,a,b"), ("no-base64", "v1,x"), ("padding-only", "v1,="), ("empty-item", "v1,")):
        book.verify("signature-" + name, signed(signature=text), "malformed_signature", credentials=keys, now=AT, note="PHP: TypeError; Python: ValueError or binascii.Error instead of a refusal")
    for name, stamp in (("tail", STAMP + "abc"), ("blank", " " + STAMP), ("plus", "+" + STAMP), ("fraction", STAMP + ".0"), ("hex", "0x692CDA00")):
        book.verify("time-" + name, signed(stamp=stamp), "malformed_field", credentials=keys, now=AT, note="PHP: intval dropped the tail of the time and accepted it")
    # A body that is no UTF-8.
    raw = b"\xff\xfe{\x00}"
    case = added(message("POST", "/hook", [("Content-Type", "application/octet-stream")]), [
        ("webhook-id", "msg_1"), ("webhook-timestamp", STAMP), ("webhook-signature", "v1," + b64(mac("sha256", key, b"msg_1." + STAMP.encode() + b"." + raw)))])
    note = "Python: a body that is no UTF-8 raised UnicodeDecodeError"
    book.verify("body-bytes", {**case, "body_base64": b64(raw)}, credentials=keys, now=AT, note=note)
    book.verify("body-bytes-changed", {**case, "body_base64": b64(raw + b"\xff")}, "signature_mismatch", credentials=keys, now=AT, note=note)
    return book


def standard_webhooks_own_tests():
    """What the reference libraries' own tests ask: webhook.test.ts of JavaScript, webhook_asymmetric_test.go of Go."""
    source = "github.com/standard-webhooks/standard-webhooks, libraries/%s"
    identity, body, stamp = "msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', "1614265330"
    at = 1_614_265_330_000
    # 32 bytes: a MAC of something else, and half of what Ed25519 makes.
    other = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
    symmetric = ("standard-webhooks", "v1", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
                 {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, source % "javascript/src/webhook.test.ts")
    seed = b"TESTSIGNINGKEYDONOTUSETHISFORANY"
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    asymmetric = ("standard-webhooks-ed25519", "v1a", "tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==",
                  {"private_key": "whsk_" + b64(seed)}, {"public_key": "whpk_" + b64(public)}, source % "go/webhook_asymmetric_test.go")
    book = Book(ME, "standard-webhooks", "webhook", FILE)
    for scheme, tag, signature, signing, verifying, source in (symmetric, asymmetric):
        book.sign("own-tests", message("POST", "/hook", [JSON], body), {"headers": [
            ["Webhook-Id", identity], ["Webhook-Timestamp", stamp], ["Webhook-Signature", "%s,%s" % (tag, signature)]]},
            scheme=scheme, credentials=signing, nonce=identity, now=at, source=source)
        good = {"webhook-id": identity, "webhook-timestamp": stamp, "webhook-signature": "%s,%s" % (tag, signature)}
        several = " ".join(("v1," + other, "v2," + other, good["webhook-signature"], "v1," + other)) if tag == "v1" else \
            " ".join(("v1," + other, "v2," + other, good["webhook-signature"]))
        for name, changed, expect in (
            ("valid", {}, "ok"),
            ("several", {"webhook-signature": several}, "ok"),
            ("no-id", {"webhook-id": None}, "missing_field"),
            ("no-time", {"webhook-timestamp": None}, "missing_field"),
            ("no-signature", {"webhook-signature": None}, "missing_signature"),
            ("time-hello", {"webhook-timestamp": "hello"}, "malformed_field"),
            ("time-2000", {"webhook-timestamp": "946684800"}, "signature_mismatch"),
            ("signature-of-letters", {"webhook-signature": tag + ",dawfeoifkpqwoekfpqoekf"}, "malformed_signature"),
            ("signature-of-five", {"webhook-signature": "%s,%s" % (tag, signature[:5])}, "malformed_signature"),
            ("signature-empty", {"webhook-signature": tag + ","}, "malformed_signature"),
            ("signature-other", {"webhook-signature": "%s,%s" % (tag, other)}, "signature_mismatch"),
        ):
            headers = [pair for pair in {**good, **changed}.items() if pair[1] is not None]
            book.verify("own-tests-" + name, post(headers, body), expect, scheme=scheme, credentials=verifying, now=at, source=source)
        for name, now, expect in (("old", at + 301_000, "timestamp_too_old"), ("new", at - 301_000, "timestamp_too_new")):
            book.verify("own-tests-" + name, post(good.items(), body), expect, scheme=scheme, credentials=verifying, now=now, source=source)
    return book


def books():
    made = [tern(), hyperswitch(), other_sdks(), standard_webhooks(), standard_webhooks_own_tests()]
    first = made[0]
    for book in made[1:]:
        first.lines += book.lines
    return [first]
