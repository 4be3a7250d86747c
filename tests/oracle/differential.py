"""Seeded random messages through `paysig conform` and through the rules of this folder: the answers must be equal, byte for byte.

    differential.py PROGRAM [--rounds 2000] [--seed 1]
"""
import argparse
import base64
import concurrent.futures
import datetime
import json
import pathlib
import random
import subprocess
import sys

from cryptography.hazmat.primitives import serialization

import rules

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
EPOCH = datetime.datetime(1970, 1, 1)
PIECES = ["a", "B", "7", " ", "  ", "|", ":", ".", ",", ";", "&", "=", "+", "%", "%41", "/", "\\", '"', "\n", "\t", "\r\n", "\u00e9", "\u20ac", "\u65e5\u672c", "\U0001f600", "{}", "e\u0301", "\u0000"]


class Case:
    """Questions for the program with what the rules say about them."""

    def __init__(self, r):
        self.r, self.lines, self.wanted = r, [], []

    def ask(self, wanted, **line):
        line["id"] = str(len(self.lines))
        self.lines.append(line)
        self.wanted.append(wanted)

    # Random things.
    def word(self, longest=12):
        return "".join(self.r.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(self.r.randint(1, longest)))

    def text(self):
        return "".join(self.r.choice(PIECES) for _ in range(self.r.randint(0, 8)))

    def secret(self):
        return self.word(40) + self.r.choice(["", "=", "\u00e9", " x", "+/=="])

    def time(self):
        return EPOCH + datetime.timedelta(milliseconds=self.r.randrange(0, 4_000_000_000_000))

    def target(self):
        path = "/" + "/".join(self.r.choice(["v1", "a%20b", "%C3%89", "%2f", "x.y~z", "", "a+b", "a;v=1", "9991"]) for _ in range(self.r.randint(0, 4)))
        query = "&".join(self.r.choice(["a=1", "q=na%20me", "b=%26%3D", "p=a+b", "flag", "x=%c3%a9", "", "e="]) for _ in range(self.r.randint(0, 4)))
        return path + self.r.choice(["", "?" + query])

    def body(self):
        kind = self.r.random()
        if kind < 0.2:
            return ""
        if kind < 0.5:
            return self.text()
        return json.dumps({self.word(6) + str(i): self.r.choice([self.text(), self.r.randrange(10**9), None, True, self.r.random()]) for i in range(self.r.randint(0, 4))},
                          ensure_ascii=self.r.random() < 0.5, separators=self.r.choice([(",", ":"), (", ", ": ")]))

    def message(self):
        headers = []
        if self.r.random() < 0.6:
            headers.append(["Content-Type", self.r.choice(["application/json", "application/json; charset=utf-8", "text/plain"])])
        if self.r.random() < 0.3:
            headers.append(["User-Agent", "x"])
        return {"method": self.r.choice(["GET", "POST", "PUT", "DELETE", "PATCH"]), "target": self.target(), "headers": headers, "body": self.body()}


def iso(at):
    return rules.iso_millis(at)


def later(at, seconds):
    return at + datetime.timedelta(seconds=seconds)


def signed_and_judged(case, scheme, flow, keys, message, at, rule, tolerance=None, variants=(), covers_body=True, never_mismatch=False):
    """One message signed, then verified as it is and changed in some way."""
    text, headers = rule(message, keys, at, variants)
    more = {"scheme": scheme, "flow": flow}
    if variants:
        more["variants"] = list(variants)
    expect = {"status": "ok", "headers": headers}
    if text is not None:
        try:
            expect["string_to_sign"] = text.decode()
        except UnicodeDecodeError:
            expect["string_to_sign_base64"] = base64.b64encode(text).decode()
    own = [n.lower() for n, _ in message["headers"] if n.lower().startswith("x-gcs")]
    if scheme == "ingenico-v1hmac" and flow == "request" and len(set(own)) < len(own):
        # Some clients send such headers once only, so they are not signed; received, each is a line.
        expect = {"status": "invalid_message"}
    case.ask(expect, op="sign", credentials=keys, message=message, now=iso(at), **more)
    wire = {**message, "headers": message["headers"] + headers}
    name, value = headers[-1]
    change = case.r.randrange(6)
    now, keys, wanted = at, dict(keys), "ok"
    if change == 1 and covers_body:
        wire["body"] = wire["body"] + case.r.choice([" ", "x", "\n"])
        wanted = "signature_mismatch"
    elif change == 1:
        wire["body"] = wire["body"] + "x"
    elif change == 2 and not never_mismatch:
        secret = next(k for k in ("secret", "api_password", "password") if k in keys)
        keys[secret] = keys[secret] + "x"
        wanted = "signature_mismatch"
    elif change == 3:
        # Another digit inside the signature, away from its padding: still well formed.
        place = len(value) - 10 if scheme != "http-basic" else len("Basic ") + 1
        other = "a" if value[place] != "a" else "b"
        wire["headers"] = [[n, v[:place] + other + v[place + 1:] if [n, v] == [name, value] else v] for n, v in wire["headers"]]
        wanted = "signature_mismatch"
    elif change == 4 and tolerance:
        off = case.r.choice([-tolerance - 1, -tolerance, tolerance, tolerance + 1, 86400, -86400])
        signed_at = at.replace(microsecond=0) if scheme in ("ingenico-v1hmac", "directa24-deposits", "ip2-apiauth") else at
        now = later(signed_at, off)
        wanted = "ok" if abs(off) <= tolerance else "timestamp_too_old" if off > 0 else "timestamp_too_new"
    elif change == 5:
        wire["headers"] = [h for h in wire["headers"] if h != [name, value]]
        wanted = "missing_signature"
    case.ask({"status": wanted}, op="verify", credentials=keys, message=wire, now=iso(now), **more)


def gcs(case):
    keys = {"key_id": case.word(16), "secret": case.secret()}
    message = case.message()
    for _ in range(case.r.randint(0, 3)):
        name = case.r.choice(["X-GCS-ClientMetaInfo", "x-gcs-Idempotence-Key", "X-GCSFoo", "X-gcs_a", "X-GCS-a", "My-X-GCS-H"])
        message["headers"].append([name, case.r.choice(["", "v", "a  b", "caf\u00e9", case.word()])])
    at = case.time()
    if case.r.random() < 0.3:
        message["headers"].append(["Date", rules.http_date(at)])
    variants = case.r.choice([(), (), (), ("query-raw",), ("query-form-decoded",), ("path-decoded",), ("content-type-empty",), ("query-raw", "content-type-empty")])
    signed_and_judged(case, "ingenico-v1hmac", "request", keys, message, at, rules.gcs_request, 300, variants, covers_body=False)


def gcs_event(case):
    keys = {"key_id": case.word(16), "secret": case.secret()}
    message = {**case.message(), "method": "POST", "body": json.dumps({"apiVersion": "v1", "id": case.text(), "n": case.r.random()}, ensure_ascii=case.r.random() < 0.5)}
    # A body with anything behind it is no JSON, which is found after the signature.
    signed_and_judged(case, "ingenico-v1hmac", "webhook", keys, message, case.time(), rules.gcs_webhook)


def with_login(scheme, flow, rule, tolerance):
    def run(case):
        keys = {"login": case.word(16), "secret": case.secret()}
        signed_and_judged(case, scheme, flow, keys, case.message(), case.time(), rule, tolerance)
    return run


def cashout(flow):
    def run(case):
        signed_and_judged(case, "directa24-cashouts", flow, {"secret": case.secret()}, case.message(), case.time(), rules.cashouts)
    return run


def ip2(flow, rule):
    def run(case):
        keys = {"api_key": case.word(16), "api_password": case.secret()}
        message = case.message()
        message["body"] = message["body"].replace("\0", "") if flow == "response" else message["body"]
        if flow == "request" and case.r.random() < 0.3:
            message["headers"].append(["X-Content-Type", "application/json"])
        variants = case.r.choice([(), ("username-header",)])
        signed_and_judged(case, "ip2-apiauth", flow, keys, message, case.time(), rule, 300, variants, covers_body=False, never_mismatch=flow == "response")
        if flow == "response" and case.lines[-1]["op"] == "verify" and case.lines[-1]["message"]["body"] != message["body"]:
            case.wanted[-1] = {"status": "signature_mismatch"}
    return run


def basic(case):
    keys = {"username": case.word() + case.r.choice(["", "@x.org", "\u00e9"]), "password": case.secret() + ":x"}
    signed_and_judged(case, "http-basic", "request", keys, case.message(), case.time(), rules.basic, covers_body=False)


def pledg_request(case):
    secret, message, at = case.secret(), {**case.message(), "body": ""}, case.time()
    payload = json.dumps({"data": {"amountCents": case.r.randrange(10**6), "title": case.text()}}, ensure_ascii=case.r.random() < 0.5)
    text, token = rules.jwt(payload, secret)
    more = {"scheme": "pledg-jwt", "flow": "request", "credentials": {"secret": secret}, "now": iso(at)}
    query = message["target"].partition("?")[2]
    joint = "?" if "?" not in message["target"] else "&" if query and not query.endswith("&") else ""
    target = message["target"] + joint + "signature=" + token
    case.ask({"status": "ok", "target": target, "string_to_sign": text}, op="sign", message=message, payload=payload, **more)
    wanted, wire = "ok", {**message, "target": target}
    if case.r.random() < 0.5:
        other = payload.replace("data", "date")
        wire["target"] = target.replace(rules.b64url(payload.encode()), rules.b64url(other.encode()))
        wanted = "signature_mismatch"
    case.ask({"status": wanted}, op="verify", message=wire, **more)


def pledg_transfer(case):
    secret, at = case.secret(), case.time()
    payload = json.dumps({"reference": case.text(), "amount_cents": case.r.randrange(10**6)}, ensure_ascii=False)
    claims = {}
    offset = case.r.choice([None, -3600, 3600])
    if offset is not None:
        claims = {"exp": int((at - EPOCH).total_seconds()) + offset}
        payload = json.dumps({"reference": "r", **claims})
    _, token = rules.jwt(payload, secret)
    message = {"method": "POST", "target": "/notify", "headers": [], "body": json.dumps({"signature": token})}
    wanted = {"status": "timestamp_too_old"} if offset == -3600 else {"status": "ok", "signed_json": json.loads(payload)}
    case.ask(wanted, op="verify", scheme="pledg-jwt", flow="webhook", credentials={"secret": secret}, now=iso(at), message=message)


def pledg_back(case):
    secret = case.secret()
    body = {"created_at": case.text(), "error": case.r.choice([None, "", case.text()]), "id": case.word(), "reference": case.text(), "sandbox": case.r.random() < 0.5,
            "status": case.r.choice(["completed", "failed"]), "amount_cents": case.r.randrange(10**6), "metadata": {"x": case.text()}}
    signature = rules.pledg_signature(body, secret)
    ascii_only = case.r.random() < 0.5
    message = {"method": "POST", "target": "/notify", "headers": [], "body": json.dumps(body, ensure_ascii=ascii_only)}
    more = {"scheme": "pledg-notification", "flow": "webhook", "credentials": {"secret": secret}}
    case.ask({"status": "ok", "body_members": {"signature": signature}}, op="sign", message=message, **more)
    wanted = "ok"
    whole = {**body, "signature": signature}
    if case.r.random() < 0.5:
        name = case.r.choice([*rules.PLEDG, "amount_cents", "metadata"])
        whole[name] = "changed" if name != "sandbox" else not whole[name]
        wanted = "signature_mismatch" if name in rules.PLEDG else "ok"
    case.ask({"status": wanted}, op="verify", message={**message, "body": json.dumps(whole, ensure_ascii=ascii_only)}, **more)


def smile(case):
    keys, at = {"partner_id": case.r.choice(["085", "85", case.word(6)]), "api_key": case.secret()}, case.time()
    message = {"method": "POST", "target": "/v1/upload", "headers": [], "body": json.dumps({"x": case.text()})}
    time = rules.iso_millis(at)
    signature = rules.smile_signature(keys["partner_id"], keys["api_key"], time)
    for flow in ("request", "webhook"):
        more = {"scheme": "smile-signature", "flow": flow, "credentials": keys}
        members = {"timestamp": time, "signature": signature, **({"partner_id": keys["partner_id"]} if flow == "request" else {})}
        case.ask({"status": "ok", "body_members": members, "string_to_sign": rules.smile_text(keys["partner_id"], time)}, op="sign", message=message, now=iso(at), **more)
        spelled = case.r.choice([time, iso_offset(at), at.strftime("%Y-%m-%dT%H:%M:%S"), str(int((at - EPOCH).total_seconds()))])
        body = {**members, "timestamp": spelled, "signature": rules.smile_signature(keys["partner_id"], keys["api_key"], spelled)}
        wanted, now = "ok", at
        kind = case.r.randrange(3)
        if kind == 1:
            body["timestamp"] = spelled[:-1] + ("0" if spelled[-1] != "0" else "1") if spelled.isdigit() else iso_offset(later(at, 61))
            wanted = "signature_mismatch"
        elif kind == 2:
            now, wanted = later(at, 400), "timestamp_too_old"
        case.ask({"status": wanted}, op="verify", message={**message, "body": json.dumps(body)}, now=iso(now), **more)


def iso_offset(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


class SecKey:
    """RSA with the test key; public half to sign requests, private half for answers."""

    def __init__(self):
        private = serialization.load_pem_private_key((VECTORS / "rsa1024-private.pem").read_bytes(), None)
        numbers = private.private_numbers()
        self.n, self.e, self.d = numbers.public_numbers.n, numbers.public_numbers.e, numbers.d
        self.private = (VECTORS / "rsa1024-private.pem").read_text()
        self.api_key = base64.b64encode((VECTORS / "rsa1024-public.pem").read_bytes()).decode()

    def __call__(self, case):
        partner, at = case.r.choice(["085", "85", "010", str(case.r.randrange(10**6))]), case.time()
        time = str(int((at - EPOCH).total_seconds()))
        digest = rules.sec_key_hash(partner, time)
        padding = bytes(case.r.randrange(1, 256) for _ in range(128 - 3 - 64))
        sec_key = rules.b64(rules.type_2(self.n, self.e, digest.encode(), padding)) + "|" + digest
        message = {"method": "POST", "target": "/v1/upload", "headers": [], "body": "{}"}
        ours = {"partner_id": partner, "api_key": self.api_key}
        theirs = {"partner_id": partner, "private_key": self.private}
        case.ask({"status": "ok", "body_members": {"timestamp": int(time), "sec_key": sec_key}}, op="sign", scheme="smile-sec-key", flow="request", credentials=ours,
                 message=message, now=iso(at), timestamp_text=time, padding_hex=padding.hex())
        signed = {**message, "body": json.dumps({"timestamp": int(time), "sec_key": sec_key})}
        case.ask({"status": "ok"}, op="verify", scheme="smile-sec-key", flow="request", credentials=theirs, message=signed, now=iso(at))
        millis = str(int((at - EPOCH).total_seconds() * 1000))
        digest = rules.sec_key_hash(partner, millis)
        sec_key = rules.b64(rules.type_1(self.n, self.d, digest.encode())) + "|" + digest
        body, wanted = {"timestamp": int(millis), "sec_key": sec_key}, "ok"
        kind = case.r.randrange(4)
        if kind == 1:
            body["timestamp"] = int(millis) + 1
            wanted = "signature_mismatch"
        elif kind == 2:
            body["sec_key"] = rules.b64(rules.type_1(self.n, self.d, rules.sec_key_hash(partner, "1").encode())) + "|" + digest
            wanted = "signature_mismatch"
        elif kind == 3:
            body["signature"] = body.pop("sec_key")
        if millis.isdigit() and 12 <= len(millis) <= 14:
            case.ask({"status": wanted}, op="verify", scheme="smile-sec-key", flow="webhook", credentials=ours, message={**message, "body": json.dumps(body)}, now=iso(at))


SCHEMES = {
    "ingenico-v1hmac/request": gcs,
    "ingenico-v1hmac/webhook": gcs_event,
    "directa24-deposits/request": with_login("directa24-deposits", "request", rules.d24, 5),
    "directa24-deposits/webhook": with_login("directa24-deposits", "webhook", rules.d24, 300),
    "directa24-cashouts/request": cashout("request"),
    "directa24-cashouts/webhook": cashout("webhook"),
    "dlocal-payins/request": with_login("dlocal-payins", "request", rules.dlocal_request, 300),
    "dlocal-payins/webhook": with_login("dlocal-payins", "webhook", rules.dlocal_webhook, 300),
    "dlocal-go/request": with_login("dlocal-go", "request", rules.dlocal_go, None),
    "ip2-apiauth/request": ip2("request", rules.ip2),
    "ip2-apiauth/response": ip2("response", rules.ip2_answer),
    "http-basic/request": basic,
    "pledg-jwt/request": pledg_request,
    "pledg-jwt/webhook": pledg_transfer,
    "pledg-notification/webhook": pledg_back,
    "smile-signature": smile,
    "smile-sec-key": SecKey(),
}


def differs(wanted, answer):
    """The first member that is not as the rules say."""
    for name, value in wanted.items():
        got = answer.get(name)
        if name == "headers":
            got = [list(h) for h in got or []]
        if name == "body_members" and isinstance(got, dict):
            # The time may travel as a number or as its text.
            if {k: str(v) for k, v in got.items()} == {k: str(v) for k, v in value.items()}:
                continue
        if got != value:
            return "%s: the rule says %r, paysig %r" % (name, value, got)
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    names = [name for name in SCHEMES if options.only in name]
    passed = failed = 0
    # Two at a time: while the program answers one scheme, the questions of the next are made.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for right, wrong in pool.map(lambda name: compare(name, options), names):
            passed += right
            failed += wrong
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


def compare(name, options):
    """How many answers of one scheme are right and wrong; says what differs in the first three."""
    case = Case(random.Random("%d %s" % (options.seed, name)))
    for _ in range(options.rounds):
        SCHEMES[name](case)
    asked = "".join(json.dumps(line) + "\n" for line in case.lines)
    done = subprocess.run([options.program, "conform"], input=asked, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.removesuffix("\n").split("\n")]
    if len(answers) != len(case.lines):
        print("FAILED %s: %d answers to %d questions" % (name, len(answers), len(case.lines)))
        return 0, len(case.lines)
    wrong = 0
    for line, wanted, answer in zip(case.lines, case.wanted, answers):
        what = differs(wanted, answer)
        if what:
            wrong += 1
            if wrong <= 3:
                print("FAILED %s seed %d: %s\n  asked %s\n  answer %s" % (name, options.seed, what, json.dumps(line), json.dumps(answer)[:600]))
    return len(answers) - wrong, wrong


main()
