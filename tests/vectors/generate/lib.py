"""What every generator of vectors needs: messages, cases, and the refusals that every scheme has in common.

The rules of the schemes are written out by hand in the other files of this folder, from the providers' documents and with
Python's own hmac and hashlib (and `cryptography` for public keys), so that they say nothing about paysig's engine.
"""
import base64
import copy
import datetime
import hashlib
import hmac
import json
import pathlib

VECTORS = pathlib.Path(__file__).resolve().parent.parent
COMPUTED = "computed from the documented rule by tests/vectors/generate/%s"


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def mac(hash_name, key, data):
    if isinstance(key, str):
        key = key.encode()
    if isinstance(data, str):
        data = data.encode()
    return hmac.new(key, data, hash_name).digest()


def sha256(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).digest()


def iso(unix_ms):
    """RFC 3339 with milliseconds, as the protocol writes times."""
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=unix_ms)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (unix_ms % 1000)


def message(method, target, headers=(), body=None, url=None):
    made = {"method": method, "target": target, "headers": [list(h) for h in headers]}
    if body is not None:
        made["body"] = body
    if url is not None:
        made["url"] = url
    return made


def added(case_message, headers):
    """A copy of the message with these headers put after its own."""
    made = copy.deepcopy(case_message)
    made["headers"] += [list(h) for h in headers]
    return made


def without(case_message, name):
    made = copy.deepcopy(case_message)
    made["headers"] = [h for h in made["headers"] if h[0].lower() != name.lower()]
    return made


def with_header(case_message, name, value):
    made = copy.deepcopy(case_message)
    made["headers"] = [[n, value if n.lower() == name.lower() else v] for n, v in made["headers"]]
    return made


def twice(case_message, name):
    made = copy.deepcopy(case_message)
    made["headers"] += [h for h in made["headers"] if h[0].lower() == name.lower()][:1]
    return made


def with_body(case_message, body):
    made = copy.deepcopy(case_message)
    made["body"] = body
    return made


class Book:
    """The cases of one file."""

    def __init__(self, generator, scheme, flow, file=None):
        self.generator, self.scheme, self.flow = generator, scheme, flow
        self.file = file or scheme + ".jsonl"
        self.lines = []

    def add(self, name, op, case_message, expect, *, now=None, note="", source=None, scheme=None, flow=None, **more):
        flow = flow or self.flow
        case = {"id": "%s-%s-%s/%s" % (scheme or self.scheme, flow, name, op), "op": op}
        if "recipe" not in more:
            case["scheme"] = scheme or self.scheme
        case["flow"] = flow
        case.update(more)
        case["message"] = case_message
        if now is not None:
            case["now"] = iso(now)
        case["expect"] = {"status": expect} if isinstance(expect, str) else expect
        case["source"] = source or COMPUTED % self.generator
        if note:
            case["note"] = note
        self.lines.append(case)

    def sign(self, name, case_message, expect, **more):
        self.add(name, "sign", case_message, {"status": "ok", **expect}, **more)

    def verify(self, name, case_message, expect="ok", **more):
        self.add(name, "verify", case_message, expect, **more)

    def refusals(self, good, signature, credentials, wrong, malformed, **more):
        """Missing, doubled, malformed, under another key: the same for every scheme with its signature in a header."""
        for text in malformed:
            self.verify("malformed-signature-%s" % hashlib.sha256(text.encode()).hexdigest()[:6],
                        with_header(good, signature, text), "malformed_signature", credentials=credentials, **more)
        self.verify("no-signature", without(good, signature), "missing_signature", credentials=credentials, **more)
        self.verify("two-signatures", twice(good, signature), "duplicate_field", credentials=credentials, **more)
        self.verify("other-key", good, "signature_mismatch", credentials=wrong, **more)

    def time_edges(self, good, now, tolerance, credentials, **more):
        """Just inside and just outside, on both sides."""
        edge = tolerance * 1000
        for name, at, expect in (
            ("oldest", now + edge, "ok"),
            ("too-old", now + edge + 1000, "timestamp_too_old"),
            ("newest", now - edge, "ok"),
            ("too-new", now - edge - 1000, "timestamp_too_new"),
        ):
            self.verify(name, good, expect, credentials=credentials, now=at, **more)


def render(book):
    ids = [case["id"] for case in book.lines]
    doubled = {i for i in ids if ids.count(i) > 1}
    assert not doubled, doubled
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in book.lines)
