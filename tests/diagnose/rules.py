"""Signing rules of schemes in plain Python, written down from the providers' documents: nothing here asks paysig."""
import base64
import hashlib
import hmac
import json
import urllib.parse

SEP = "separator"


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Rule:
    """One flow of one scheme. `parts` gives what is signed as a list of (name, bytes)."""

    encoding = "hex"
    hash = "sha256"
    keyless = False
    secret = "secret"
    flow = "webhook"
    method = "POST"
    target = "/hooks/paysig"
    url = None
    now = "2026-01-02T03:04:05.000Z"
    time = None
    time_header = None
    body = None
    content_type = "application/json"

    def headers(self, m):
        return []

    def key(self, credentials):
        return credentials[self.secret].encode()

    def mac(self, key, text):
        return hmac.new(key, text, self.hash).digest()

    def encode(self, digest):
        return {"hex": digest.hex, "HEX": lambda: digest.hex().upper(), "base64": lambda: b64(digest)}[self.encoding]()

    def message(self):
        m = {"method": self.method, "target": self.target, "headers": [], "body": self.body, "time": self.time}
        if self.url:
            m["url"] = self.url
        if self.content_type and self.body is not None:
            m["headers"].append(["Content-Type", self.content_type])
        return m

    def wire(self, m, signature):
        """Adds time and signature where the scheme sends them."""
        raise NotImplementedError


BODY = (
    '{"id":"evt_1","type":"payment.paid","amount":10.50,"customer":{"name":"Zoë Müller","url":"https://shop.example/a?b=1&c=<2>"},'
    '"items":[{"sku":"A-1","count":3}],"meta":{},"note":null,"ok":true}'
)
PLAIN = '{"order":"4711","amount":1250,"currency":"EUR","state":"paid"}'


class BodyMac(Rule):
    """HMAC over the body in one header."""

    body = BODY

    def __init__(self, scheme, header, credentials, secret, encoding="hex", hash="sha256", prefix="", flow="webhook", more=()):
        self.scheme, self.header, self.credentials, self.secret = scheme, header, credentials, secret
        self.encoding, self.hash, self.prefix, self.flow, self.more = encoding, hash, prefix, flow, list(more)

    def parts(self, m, c):
        return [("body", m["body"])]

    def wire(self, m, signature):
        m["headers"] += [*self.more, [self.header, self.prefix + signature]]


class Slack(Rule):
    scheme, credentials, secret = "slack", {"signing_secret": "8f742231b10e8888abcd99yyyzzz85a5"}, "signing_secret"
    body, time = BODY, "1767323045"
    header, prefix = "X-Slack-Signature", "v0="

    def parts(self, m, c):
        return [("literal", b"v0"), (SEP, b":"), ("timestamp", m["time"].encode()), (SEP, b":"), ("body", m["body"])]

    def wire(self, m, signature):
        m["headers"] += [["X-Slack-Request-Timestamp", m["time"]], [self.header, self.prefix + signature]]


class SlackForm(Slack):
    content_type = "application/x-www-form-urlencoded"
    body = "token=abc&team_id=T1&text=94070+caf%C3%A9&user_name=Steve%27s&command=%2Fweather&response_url=https%3A%2F%2Fhooks.example%2F1"


class Stripe(Rule):
    scheme, credentials = "stripe", {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    body, time = BODY, "1767323045"
    header = "Stripe-Signature"

    def parts(self, m, c):
        return [("timestamp", m["time"].encode()), (SEP, b"."), ("body", m["body"])]

    def wire(self, m, signature):
        m["headers"].append([self.header, f"t={m['time']},v1={signature}"])


class StandardWebhooks(Rule):
    scheme, credentials = "standard-webhooks", {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    encoding, body, time = "base64", BODY, "1767323045"
    header, prefix = "Webhook-Signature", "v1,"

    def key(self, credentials):
        return base64.b64decode(credentials["secret"].removeprefix("whsec_"))

    def parts(self, m, c):
        return [("message-id", b"msg_2b"), (SEP, b"."), ("timestamp", m["time"].encode()), (SEP, b"."), ("body", m["body"])]

    def wire(self, m, signature):
        m["headers"] += [["Webhook-Id", "msg_2b"], ["Webhook-Timestamp", m["time"]], [self.header, self.prefix + signature]]


class D24(Rule):
    scheme, flow, credentials = "directa24-deposits", "request", {"login": "shop-login", "secret": "Dx7!kQ2vLm9pRt4w"}
    target, body, time = "/v3/deposits", BODY, "2026-01-02T03:04:05Z"
    header, prefix, time_header = "Authorization", "D24 ", "X-Date"

    def parts(self, m, c):
        return [("timestamp", m["time"].encode()), ("account-id", c["login"].encode()), ("body", m["body"])]

    def wire(self, m, signature):
        m["headers"] += [["X-Date", m["time"]], ["X-Login", self.credentials["login"]], [self.header, self.prefix + signature]]


class DlocalPayins(D24):
    scheme, time = "dlocal-payins", "2026-01-02T03:04:05.000Z"
    prefix = "V2-HMAC-SHA256, Signature: "

    def parts(self, m, c):
        return [("account-id", c["login"].encode()), ("timestamp", m["time"].encode()), ("body", m["body"])]


class DlocalGo(Rule):
    scheme, credentials = "dlocal-go", {"login": "shop-login", "secret": "Dx7!kQ2vLm9pRt4w"}
    body, header, prefix = BODY, "Authorization", "V2-HMAC-SHA256, Signature: "

    def parts(self, m, c):
        return [("account-id", c["login"].encode()), ("body", m["body"])]

    def wire(self, m, signature):
        m["headers"].append([self.header, self.prefix + signature])


class Ingenico(Rule):
    scheme, flow, encoding = "ingenico-v1hmac", "request", "base64"
    credentials = {"key_id": "5e45c937b9db33ae", "secret": "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="}
    target, time = "/v1/9991/payments/00%2F1?q=na%20me&page=2&d=%C3%A9", "Fri, 02 Jan 2026 03:04:05 GMT"
    method, content_type = "POST", "application/json; charset=utf-8"
    body = PLAIN
    header, prefix, time_header = "Authorization", "GCS v1HMAC:5e45c937b9db33ae:", "Date"
    gcs = [["X-GCS-ServerMetaInfo", "eyJwIjoiTGludXgifQ=="], ["X-GCS-Idempotence-Key", "idem 1"], ["X-GCS-ClientMetaInfo", "aHR0cA=="]]

    def message(self):
        m = super().message()
        m["headers"] += [list(h) for h in self.gcs]
        return m

    def lines(self, m):
        found = [(n.lower(), v.strip()) for n, v in m["headers"] if n.lower().startswith("x-gcs")]
        return [f"{n}:{v}\n".encode() for n, v in sorted(found, key=lambda h: h[0])]

    def parts(self, m, c):
        path, _, query = m["target"].partition("?")
        kind = next((v for n, v in m["headers"] if n.lower() == "content-type"), "")
        return [
            ("method", m["method"].upper().encode()), (SEP, b"\n"), ("content-type", kind.encode()), (SEP, b"\n"),
            ("timestamp", m["time"].encode()), (SEP, b"\n"), ("headers", b"".join(self.lines(m))), ("path", path.encode()),
            ("query", b"?" + urllib.parse.unquote_to_bytes(query) if query else b""), (SEP, b"\n"),
        ]

    def wire(self, m, signature):
        m["headers"] += [["Date", m["time"]], [self.header, self.prefix + signature]]


class IngenicoGet(Ingenico):
    method, body, content_type, gcs = "GET", None, None, []


class Ip2(Rule):
    scheme, flow, encoding, hash = "ip2-apiauth", "request", "base64", "sha512"
    credentials, secret = {"api_key": "7kPq2", "api_password": "s3cret pass"}, "api_password"
    target, body, time = "/api/v2/Subscriptions/7?full=1", PLAIN, "Friday, 02 January 2026 03:04:05 GMT"
    header, prefix, time_header = "Authorization", "ApiAuth ", "X-Date"
    kind = "application/json; charset=utf-8"

    def key(self, credentials):
        return b64(hashlib.sha512(credentials["api_password"].encode()).digest()).encode()

    def md5(self, m):
        text = f'{{"Content-Type":"{self.kind}","Method":"{m["method"]}","Request-Uri":"{m["target"]}"}}'
        return b64(hashlib.md5(text.encode()).digest())

    def parts(self, m, c):
        path, _, query = m["target"].partition("?")
        return [
            ("method", m["method"].encode()), (SEP, b"\n"), ("content-md5", m.get("md5", self.md5(m)).encode()), (SEP, b"\n"),
            ("timestamp", m["time"].encode()), (SEP, b"\n"), ("account-id", c["api_key"].encode()), (SEP, b"\n"),
            ("path", path.encode()), ("query", f"?{query}".encode()),
        ]

    def wire(self, m, signature):
        m["headers"] += [
            ["X-ApiAuth-ApiKey", self.credentials["api_key"]], ["X-Date", m["time"]], ["X-Content-Type", self.kind],
            ["Content-MD5", m.get("md5", self.md5(m))], [self.header, self.prefix + signature],
        ]


class Aws(Rule):
    scheme, flow = "aws-sigv4", "request"
    credentials = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "region": "eu-west-1", "service": "execute-api"}
    secret, target, body, time = "secret_access_key", "/v1/orders%20x?b=2&a=1", BODY, "20260102T030405Z"
    header, time_header = "Authorization", "X-Amz-Date"
    now = "2026-01-02T03:04:05.000Z"

    def key(self, c):
        key = b"AWS4" + c["secret_access_key"].encode()
        for text in [self.time[:8], c["region"], c["service"], "aws4_request"]:
            key = hmac.new(key, text.encode(), "sha256").digest()
        return key

    def message(self):
        m = super().message()
        m["headers"].append(["Host", "api.shop.example"])
        return m

    def signed(self, m):
        return sorted(n.lower() for n, _ in m["headers"] + [["X-Amz-Date", ""]] if n.lower() in ("host", "content-type") or n.lower().startswith("x-amz-"))

    def canonical(self, m):
        path, _, query = m["target"].partition("?")
        pairs = sorted(p.split("=") for p in query.split("&"))
        values = {n.lower(): v for n, v in m["headers"]} | {"x-amz-date": m["time"]}
        lines = "".join(f"{n}:{values[n]}\n" for n in self.signed(m))
        return "\n".join([
            m["method"], urllib.parse.quote(path, safe="/-._~"), "&".join(f"{a}={b}" for a, b in pairs), lines, ";".join(self.signed(m)),
            hashlib.sha256(m["body"]).hexdigest(),
        ])

    def scope(self, m):
        return f"{m['time'][:8]}/eu-west-1/execute-api/aws4_request"

    def parts(self, m, c):
        return [
            ("literal", b"AWS4-HMAC-SHA256"), (SEP, b"\n"), ("timestamp", m["time"].encode()), (SEP, b"\n"),
            ("scope", self.scope(m).encode()), (SEP, b"\n"), ("canonical", hashlib.sha256(self.canonical(m).encode()).hexdigest().encode()),
        ]

    def wire(self, m, signature):
        names = ";".join(self.signed(m))
        text = f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{self.scope(m)}, SignedHeaders={names}, Signature={signature}"
        m["headers"] += [["X-Amz-Date", m["time"]], [self.header, text]]


class Square(Rule):
    scheme, credentials, secret, encoding = "square", {"signature_key": "asdfTESTkey123"}, "signature_key", "base64"
    url, target, body, header, prefix = "https://shop.example/hooks/square?tenant=7", "/hooks/square?tenant=7", BODY, "X-Square-Hmacsha256-Signature", ""

    def parts(self, m, c):
        return [("url", m["url"].encode()), ("body", m["body"])]

    def wire(self, m, signature):
        m["headers"].append([self.header, self.prefix + signature])


class Twilio(Rule):
    scheme, credentials, secret, encoding, hash = "twilio", {"auth_token": "12345678901234567890123456789012"}, "auth_token", "base64", "sha1"
    url, target = "https://mycompany.example/myapp.php?foo=1&bar=a%20b", "/myapp.php?foo=1&bar=a%20b"
    content_type = "application/x-www-form-urlencoded"
    body, header, prefix = "CallSid=CA1&To=%2B18005551212&From=%2B14158675309&Digits=1234&Caller=Zo%C3%AB+M", "X-Twilio-Signature", ""

    def parts(self, m, c):
        pairs = sorted(set(urllib.parse.parse_qsl(m["body"].decode(), keep_blank_values=True)))
        return [("url", m["url"].encode()), ("form-params", "".join(n + v for n, v in pairs).encode())]

    def wire(self, m, signature):
        m["headers"].append([self.header, self.prefix + signature])


class RazorpayCheckout(Rule):
    scheme, credentials, secret = "razorpay-checkout", {"key_secret": "EnLs21M47BllR3X8PSFtjtbd"}, "key_secret"
    content_type, fields = "application/x-www-form-urlencoded", {"razorpay_order_id": "order_IluGWxBm9U8zJ8", "razorpay_payment_id": "pay_IH4NVgf4Dreq1l"}
    body = urllib.parse.urlencode(fields)

    def parts(self, m, c):
        return [("field", self.fields["razorpay_order_id"].encode()), (SEP, b"|"), ("field", self.fields["razorpay_payment_id"].encode())]

    def wire(self, m, signature):
        m["body"] += b"&razorpay_signature=" + urllib.parse.quote_plus(signature).encode()


class Adyen(Rule):
    scheme, credentials, secret, encoding = "adyen-notifications", {"hmac_key": "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"}, "hmac_key", "base64"
    item = {"pspReference": "7914073381342284", "originalReference": None, "merchantAccountCode": "TestMerchant", "merchantReference": "TestPayment-1407325143704",
            "amount": {"value": 1130, "currency": "EUR"}, "eventCode": "AUTHORISATION", "success": "true"}
    body = ""

    def key(self, credentials):
        return bytes.fromhex(credentials["hmac_key"])

    def parts(self, m, c):
        i = self.item
        values = [i["pspReference"], i["originalReference"] or "", i["merchantAccountCode"], i["merchantReference"], str(i["amount"]["value"]),
                  i["amount"]["currency"], i["eventCode"], i["success"]]
        out = []
        for value in values:
            out += [(SEP, b":"), ("field", value.encode())]
        return out[1:]

    def wire(self, m, signature):
        item = {k: v for k, v in self.item.items() if v is not None} | {"additionalData": {"hmacSignature": signature}}
        m["body"] = json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}).encode()


class PayuIndia(Rule):
    scheme, flow, credentials, secret, hash, keyless = "payu-india", "request", {"salt": "eCwWELxi"}, "salt", "sha512", True
    content_type = "application/x-www-form-urlencoded"
    fields = {"key": "gtKFFx", "txnid": "t1", "amount": "10.00", "productinfo": "Shoe: black", "firstname": "Ashish", "email": "a@b.example"}
    body = urllib.parse.urlencode(fields)

    def parts(self, m, c):
        out = []
        for value in [*self.fields.values(), "", "", "", "", ""]:
            out += [("field", value.encode()), (SEP, b"|")]
        return out[:-1] + [(SEP, b"||||||"), ("secret", c["salt"].encode())]

    def wire(self, m, signature):
        m["body"] += b"&hash=" + urllib.parse.quote_plus(signature).encode()


class PledgNotification(Rule):
    scheme, credentials, encoding, keyless = "pledg-notification", {"secret": "pledg-secret-1"}, "HEX", True
    fields = {"created_at": "2026-01-02 03:04:05.000000", "error": None, "id": "test-valid", "reference": "order_123", "sandbox": True, "status": "completed"}
    body = ""

    def text(self, value):
        return "" if value is None else str(value).lower() if isinstance(value, bool) else value

    def parts(self, m, c):
        out = []
        for name, value in self.fields.items():
            out += [("literal", name.encode()), (SEP, b"="), ("field", self.text(value).encode()), ("secret", c["secret"].encode())]
        return out[:-1]

    def wire(self, m, signature):
        m["body"] = json.dumps(self.fields | {"signature": signature}).encode()


class Smile(Rule):
    scheme, credentials, secret, encoding = "smile-signature", {"partner_id": "085", "api_key": "a1b2c3d4-e5f6-7890-abcd-ef0123456789"}, "api_key", "base64"
    time, body = "2026-01-02T03:04:05.000Z", ""

    def parts(self, m, c):
        return [("timestamp", m["time"].encode()), ("account-id", c["partner_id"].encode()), ("literal", b"sid_request")]

    def wire(self, m, signature):
        m["body"] = json.dumps({"timestamp": m["time"], "signature": signature, "job": 1}).encode()


class PledgJwt(Rule):
    scheme, credentials, body = "pledg-jwt", {"secret": "pledg-secret-1"}, ""
    payload = {"id": "p1", "amount_cents": 6500, "exp": 1767323945}

    def encode(self, digest):
        return b64url(digest)

    def parts(self, m, c):
        payload = m.get("payload", self.payload)
        header = {"typ": "JWT", "alg": "HS256"}
        return [("header", b64url(json.dumps(header, separators=(",", ":")).encode()).encode()), (SEP, b"."),
                ("payload", b64url(json.dumps(payload, separators=(",", ":")).encode()).encode())]

    def wire(self, m, signature):
        token = b"".join(p for _, p in self.parts(m, self.credentials)).decode()
        m["body"] = json.dumps({"signature": f"{token}.{signature}"}).encode()


ALL = [
    BodyMac("github", "X-Hub-Signature-256", {"secret": "It's a Secret to Everybody"}, "secret", prefix="sha256="),
    BodyMac("shopify", "X-Shopify-Hmac-Sha256", {"secret": "hush-6f3a"}, "secret", encoding="base64"),
    BodyMac("paystack", "X-Paystack-Signature", {"secret": "sk_live_0f9e8d7c6b5a"}, "secret", hash="sha512"),
    BodyMac("directa24-cashouts", "Payload-Signature", {"secret": "Dx7!kQ2vLm9pRt4w"}, "secret", flow="request"),
    BodyMac("ingenico-v1hmac", "X-GCS-Signature", Ingenico.credentials, "secret", encoding="base64", more=[["X-GCS-KeyId", "5e45c937b9db33ae"]]),
    Slack(), SlackForm(), Stripe(), StandardWebhooks(), D24(), DlocalPayins(), DlocalGo(), Ingenico(), IngenicoGet(), Ip2(), Aws(), Square(), Twilio(),
    RazorpayCheckout(), Adyen(), PayuIndia(), PledgNotification(), Smile(), PledgJwt(),
]
ALL[4].body = '{"apiVersion":"v1","id":"e1","type":"payment.paid","payment":{"amount":10.50,"name":"Zoë","url":"https://a.example/?b=1&c=<2>"},"note":null}'
