"""The founding schemes' rules, written out by hand from their documents: what is signed, under which key, and how it is written.

Nothing here comes from paysig. HMAC, digests and base64 are Python's own; RSA is modular arithmetic on the numbers of the key.
"""
import base64
import hashlib
import hmac
import json

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def mac(name, key, data):
    return hmac.new(key.encode(), data if isinstance(data, bytes) else data.encode(), name).digest()


def http_date(at):
    return "%s, %02d %s %d %02d:%02d:%02d GMT" % (DAYS[at.weekday()][:3], at.day, MONTHS[at.month - 1][:3], at.year, at.hour, at.minute, at.second)


def long_date(at):
    return "%s, %02d %s %d %02d:%02d:%02d GMT" % (DAYS[at.weekday()], at.day, MONTHS[at.month - 1], at.year, at.hour, at.minute, at.second)


def iso_seconds(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_millis(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (at.microsecond // 1000)


def unquote(text, plus=False):
    """Percent-decoding over bytes; what is no escape stays."""
    data = text.encode()
    if plus:
        data = data.replace(b"+", b" ")
    out, i = bytearray(), 0
    while i < len(data):
        pair = data[i + 1:i + 3]
        if data[i] == 0x25 and len(pair) == 2 and all(c in b"0123456789abcdefABCDEF" for c in pair):
            out.append(int(pair, 16))
            i += 3
        else:
            out.append(data[i])
            i += 1
    return bytes(out)


def header(message, name):
    values = [v for n, v in message["headers"] if n.lower() == name.lower()]
    return values[0].strip(" \t") if values else None


# --- Ingenico / Worldline -------------------------------------------------------------------------------------------------------

def gcs_text(message, date, variants=()):
    path, mark, query = message["target"].partition("?")
    path = unquote(path) if "path-decoded" in variants else path.encode()
    if "query-raw" in variants:
        query = query.encode()
    else:
        query = unquote(query, plus="query-form-decoded" in variants)
    kind = "" if "content-type-empty" in variants else header(message, "Content-Type") or ""
    own = [(n.lower(), v.strip(" \t")) for n, v in message["headers"] if n.lower().startswith("x-gcs")]
    own.sort(key=lambda pair: pair[0])
    lines = [message["method"].upper(), kind, date] + ["%s:%s" % pair for pair in own]
    return ("\n".join(lines) + "\n").encode() + path + (b"?" + query if mark else b"") + b"\n"


def gcs_request(message, keys, at, variants=()):
    given = header(message, "Date")
    date = given or http_date(at)
    text = gcs_text(message, date, variants)
    made = [] if given else [["Date", date]]
    return text, made + [["Authorization", "GCS v1HMAC:%s:%s" % (keys["key_id"], b64(mac("sha256", keys["secret"], text)))]]


def gcs_webhook(message, keys, at, variants=()):
    body = message.get("body", "").encode()
    return body, [["X-GCS-KeyId", keys["key_id"]], ["X-GCS-Signature", b64(mac("sha256", keys["secret"], body))]]


# --- Directa24, dLocal ----------------------------------------------------------------------------------------------------------

def d24(message, keys, at, variants=()):
    date = iso_seconds(at)
    text = (date + keys["login"] + message.get("body", "")).encode()
    return text, [["X-Date", date], ["X-Login", keys["login"]], ["Authorization", "D24 " + mac("sha256", keys["secret"], text).hex()]]


def cashouts(message, keys, at, variants=()):
    text = message.get("body", "").encode()
    return text, [["Payload-Signature", mac("sha256", keys["secret"], text).hex()]]


def dlocal_request(message, keys, at, variants=()):
    date = iso_millis(at)
    text = (keys["login"] + date + message.get("body", "")).encode()
    return text, [["X-Date", date], ["X-Login", keys["login"]], ["Authorization", "V2-HMAC-SHA256, Signature: " + mac("sha256", keys["secret"], text).hex()]]


def dlocal_webhook(message, keys, at, variants=()):
    text, made = dlocal_request(message, keys, at)
    return text, [made[0], ["Signature", made[2][1][-64:]]]


def dlocal_go(message, keys, at, variants=()):
    text = (keys["login"] + message.get("body", "")).encode()
    return text, [["Authorization", "V2-HMAC-SHA256, Signature: " + mac("sha256", keys["secret"], text).hex()]]


# --- Intelworld IP2 -------------------------------------------------------------------------------------------------------------

IP2_TYPE = "application/json; charset=utf-8"


def json_inner(text):
    return json.dumps(text, ensure_ascii=False)[1:-1]


def ip2(message, keys, at, variants=(), answer=False):
    escape = json_inner if "username-header" in variants else str
    kind = IP2_TYPE if answer else header(message, "X-Content-Type") or IP2_TYPE
    plain = '{"Content-Type":"%s","Method":"%s","Request-Uri":"%s"' % (kind, message["method"], escape(message["target"]))
    if answer:
        plain += ',"Response-Data":"%s"' % json_inner(message.get("body", ""))
    md5 = b64(hashlib.md5((plain + "}").encode()).digest())
    date = long_date(at)
    text = "\n".join([message["method"], md5, date, keys["api_key"], message["target"]]).encode()
    key = b64(hashlib.sha512(keys["api_password"].encode()).digest())
    name = "X-ApiAuth-Username" if "username-header" in variants else "X-ApiAuth-ApiKey"
    made = [] if answer else [[name, keys["api_key"]]]
    made.append(["X-Date", date])
    if answer or not header(message, "X-Content-Type"):
        made.append(["X-Content-Type", kind])
    return text, made + [["Content-MD5", md5], ["Authorization", "ApiAuth " + b64(mac("sha512", key, text))]]


def ip2_answer(message, keys, at, variants=()):
    return ip2(message, keys, at, variants, answer=True)


# --- Pledg ----------------------------------------------------------------------------------------------------------------------

def jwt(payload, secret):
    text = b64url(b'{"alg":"HS256","typ":"JWT"}') + "." + b64url(payload.encode())
    return text, text + "." + b64url(mac("sha256", secret, text))


PLEDG = ("created_at", "error", "id", "reference", "sandbox", "status")


def pledg_text(value):
    return "" if value is None else {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def pledg(body, secret):
    return secret.join("%s=%s" % (n, pledg_text(body[n])) for n in PLEDG)


def pledg_signature(body, secret):
    return hashlib.sha256(pledg(body, secret).encode()).hexdigest().upper()


# --- Smile ID -------------------------------------------------------------------------------------------------------------------

def smile_text(partner, time):
    return time + partner + "sid_request"


def smile_signature(partner, key, time):
    return b64(mac("sha256", key, smile_text(partner, time)))


def sec_key_hash(partner, time):
    return hashlib.sha256(("%d:%s" % (int(partner), time)).encode()).hexdigest()


def type_2(n, e, text, padding):
    """RFC 8017, 7.2.1: 00 02 PS 00 M."""
    size = (n.bit_length() + 7) // 8
    block = b"\0\2" + padding + b"\0" + text
    assert len(block) == size and 0 not in padding
    return pow(int.from_bytes(block, "big"), e, n).to_bytes(size, "big")


def type_1(n, d, text):
    """A bare block 00 01 FF.. 00 M under the private key: no DigestInfo."""
    size = (n.bit_length() + 7) // 8
    block = b"\0\1" + b"\xff" * (size - 3 - len(text)) + b"\0" + text
    return pow(int.from_bytes(block, "big"), d, n).to_bytes(size, "big")


# --- HTTP Basic -----------------------------------------------------------------------------------------------------------------

def basic(message, keys, at, variants=()):
    return None, [["Authorization", "Basic " + b64(("%s:%s" % (keys["username"], keys["password"])).encode())]]
