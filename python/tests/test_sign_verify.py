"""Signing and verifying through the extension module."""

from __future__ import annotations

import array
import json
from collections import UserDict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from email.message import Message
from types import MappingProxyType

import pytest

import paysig
from conftest import NOW, SECRET

INGENICO = {"key_id": "key", "secret": "secret"}
D24 = {"login": "login", "secret": "secret"}


def ingenico():
    return paysig.Signer("ingenico-v1hmac", credentials=INGENICO)


HEADERS = [("X-GCS-Idempotence-Key", "1"), ("Content-Type", "application/json")]


class MultiItems:
    """As httpx.Headers: items() joins what multi_items() keeps apart."""

    def __init__(self, pairs):
        self.pairs = pairs

    def multi_items(self):
        return self.pairs

    def items(self):
        raise AssertionError("multi_items comes first")


def email(pairs):
    message = Message()
    for name, value in pairs:
        message[name] = value
    return message


@pytest.mark.parametrize(
    "headers",
    [
        HEADERS,
        tuple(HEADERS),
        [list(pair) for pair in HEADERS],
        iter(HEADERS),
        dict(HEADERS),
        UserDict(HEADERS),
        MappingProxyType(dict(HEADERS)),
        MultiItems(HEADERS),
        email(HEADERS),
        {n.encode(): v.encode() for n, v in HEADERS},
        {n: [v] for n, v in HEADERS},
        {n: (v,) for n, v in HEADERS},
    ],
    ids=lambda h: type(h).__name__,
)
def test_headers_of_any_kind(headers):
    expected = ingenico().sign("POST", "/v1/1/payments", HEADERS, b"{}", now=NOW)
    assert ingenico().sign("POST", "/v1/1/payments", headers, b"{}", now=NOW).headers == expected.headers


def test_repeated_headers_are_kept_apart():
    verifier = paysig.Verifier("github", keys={"secret": "s"})
    signed = paysig.Signer("github", "webhook", credentials={"secret": "s"}).sign("POST", "/", [], b"{}").headers
    name, value = signed[0]
    with pytest.raises(paysig.DuplicateField):
        verifier.verify("POST", "/", {name: [value, value]}, b"{}")


@pytest.mark.parametrize(
    "body",
    [bytearray(b"abc"), memoryview(b"abc"), memoryview(b"aXbXcX")[::2], array.array("B", b"abc")],
    ids=["bytearray", "memoryview", "strided", "array"],
)
def test_bodies_of_any_kind(stripe_signer, body):
    expected = stripe_signer.sign("POST", "/", [], b"abc", now=NOW)
    signed = stripe_signer.sign("POST", "/", [], body, now=NOW)
    assert signed.headers == expected.headers
    assert signed.body == b"abc"


def test_no_body_is_the_empty_body(stripe_signer):
    assert stripe_signer.sign("POST", "/", now=NOW).headers == stripe_signer.sign("POST", "/", [], b"", now=NOW).headers


@pytest.mark.parametrize("body", ["text", 5, [1, 2], {"a": 1}, object()], ids=lambda b: type(b).__name__)
def test_a_body_that_is_not_bytes_is_refused(stripe_signer, body):
    with pytest.raises(paysig.ConfigurationError, match="body must be bytes") as caught:
        stripe_signer.sign("POST", "/", [], body)
    assert caught.value.status == "invalid_option"
    assert caught.value.field == "body"


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        float(NOW),
        datetime.fromtimestamp(NOW, timezone.utc),
        datetime.fromtimestamp(NOW, timezone(timedelta(hours=2))),
    ],
    ids=["int", "float", "utc", "offset"],
)
def test_times_of_any_kind(now):
    assert ingenico().sign("GET", "/", now=now).used.timestamp == "Fri, 02 Jan 2026 03:04:05 GMT"


def test_a_datetime_keeps_its_milliseconds():
    scheme = paysig.Scheme.from_toml(
        'id = "t"\nname = "T"\n[credentials]\nsecret = {}\n[request]\nalgorithm = "hmac-sha256"\nkey = { credential = "secret" }\n'
        'encoding = "hex"\ntimestamp = { format = "unix-ms", tolerance = 5 }\n'
        'message = [{ timestamp = true }, { body = "raw" }]\n'
        'field = [{ header = "X-T", value = [{ timestamp = true }] }, { header = "X-S", value = [{ signature = true }] }]\n'
    )
    signer = paysig.Signer(scheme, credentials={"secret": "s"})
    for millis in (0, 1, 499, 999):
        now = datetime.fromtimestamp(NOW, timezone.utc).replace(microsecond=millis * 1000)
        assert signer.sign("GET", "/", now=now).used.timestamp == f"{NOW}{millis:03}"
    verifier = paysig.Verifier(scheme, "request", keys={"secret": "s"})
    verified = verifier.verify("GET", "/", signer.sign("GET", "/", now=now).headers, b"", now=now)
    assert verified.timestamp == now


@pytest.mark.parametrize(
    "now",
    [datetime(2026, 1, 2), "2026-01-02", True, float("nan"), float("inf"), 10**400, -(10**400), 1e18, object()],
    ids=repr,
)
def test_times_that_are_none(now):
    with pytest.raises(paysig.ConfigurationError) as caught:
        ingenico().sign("GET", "/", now=now)
    assert caught.value.field == "now"


def test_the_clock_is_the_systems(stripe_signer, stripe_verifier):
    headers = stripe_signer.sign("POST", "/", [], b"x").headers
    verified = stripe_verifier.verify("POST", "/", headers, b"x")
    assert abs((datetime.now(timezone.utc) - verified.timestamp).total_seconds()) < 10


def test_no_clock(stripe_signer, stripe_verifier):
    with pytest.raises(paysig.ConfigurationError):
        stripe_signer.sign("POST", "/", [], b"x", now=paysig.NO_CLOCK)
    headers = stripe_signer.sign("POST", "/", [], b"x").headers
    with pytest.raises(paysig.ConfigurationError) as caught:
        stripe_verifier.verify("POST", "/", headers, b"x", now=paysig.NO_CLOCK)
    assert caught.value.field == "now"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://api.example/v1/a?b=c", "/v1/a?b=c"),
        ("https://api.example/v1/a?b=c#part", "/v1/a?b=c"),
        ("https://api.example?b=c", "/?b=c"),
        ("https://api.example", "/"),
        ("https://api.example#part", "/"),
        (b"https://api.example/v1/a", "/v1/a"),
        (b"/v1/a", "/v1/a"),
    ],
)
def test_an_absolute_url_holds_the_target(url, target):
    expected = ingenico().explain("GET", target, now=NOW).string_to_sign
    assert ingenico().explain("GET", url, now=NOW).string_to_sign == expected


@pytest.mark.parametrize("url", ["v1/a", "api.example/v1", None, 5, "\ud800"])
def test_a_url_that_is_none(url):
    with pytest.raises(paysig.ConfigurationError) as caught:
        ingenico().sign("GET", url, now=NOW)
    assert caught.value.field == "url"


def test_schemes_that_sign_the_url_want_it_absolute():
    signer = paysig.Signer("twilio", "webhook", credentials=_any("twilio"))
    form = b"a=1"
    headers = [("Content-Type", "application/x-www-form-urlencoded")]
    assert signer.sign("POST", "https://shop.example/hook", headers, form).headers
    with pytest.raises(paysig.InvalidMessage) as caught:
        signer.sign("POST", "/hook", headers, form)
    assert caught.value.field == "url"


def _any(scheme):
    return dict.fromkeys(paysig.Scheme(scheme).credentials, "value")


def test_signed_says_what_to_send():
    signed = paysig.Signer("directa24-deposits", credentials=D24).sign("POST", "https://h.example/v3/deposits", [], b"{}", now=NOW)
    assert [name for name, _ in signed.headers] == ["X-Date", "X-Login", "Authorization"]
    assert signed.raw_headers == [(n.encode(), v.encode()) for n, v in signed.headers]
    assert (signed.url, signed.body) == ("https://h.example/v3/deposits", b"{}")
    assert (signed.new_target, signed.new_body, signed.body_members) == (None, None, None)
    assert signed.used == signed.used
    assert signed.used.timestamp == "2026-01-02T03:04:05Z"
    assert signed.used.key_id == "login"


QUERY_RECIPE = """
id = "query"
name = "Query"
[credentials]
secret = {}
[request]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [{ path = "raw" }, { body = "raw" }]
field = [{ query_field = "sig", value = [{ signature = true }] }]
"""


def test_a_signature_in_the_query():
    signer = paysig.Signer(paysig.Scheme.from_toml(QUERY_RECIPE), credentials={"secret": "s"})
    signed = signer.sign("GET", "https://h.example/a?b=c")
    assert signed.url.startswith("https://h.example/a?b=c&sig=")
    assert signed.new_target == signed.url.removeprefix("https://h.example")
    signed = signer.sign("GET", "/a")
    assert signed.url == signed.new_target
    verifier = paysig.Verifier(paysig.Scheme.from_toml(QUERY_RECIPE), "request", keys={"secret": "s"})
    assert verifier.verify("GET", signed.url).covered.path


def test_bytes_that_are_not_text_survive():
    signer = paysig.Signer(paysig.Scheme.from_toml(QUERY_RECIPE), credentials={"secret": b"\xff\xfe"})
    signed = signer.sign("GET", b"/\xe9")
    verifier = paysig.Verifier(paysig.Scheme.from_toml(QUERY_RECIPE), "request", keys={"secret": b"\xff\xfe"})
    assert signed.url.startswith("/\udce9?sig=")
    assert verifier.verify("GET", signed.url, [], b"").covered.path


def test_nonces_are_made_where_one_is_needed():
    signer = paysig.Signer("standard-webhooks", "webhook", credentials={"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    assert signer.needs_nonce
    made = {signer.sign("POST", "/", [], b"{}").used.nonce for _ in range(50)}
    assert len(made) == 50
    assert all(len(nonce) == 36 and nonce[14] == "4" and nonce[19] in "89ab" for nonce in made)
    assert signer.sign("POST", "/", [], b"{}", nonce="msg_1").used.nonce == "msg_1"
    assert not ingenico().needs_nonce


def test_verified(stripe_signer, stripe_verifier):
    body = json.dumps({"id": "evt_1"}).encode()
    headers = stripe_signer.sign("POST", "/", [], body, now=NOW).headers
    verified = stripe_verifier.verify("POST", "/", headers, body, now=NOW)
    assert verified.status is paysig.Status.OK
    assert verified.covered.body == "all"
    assert not verified.covered.method
    assert (verified.key_index, verified.items, verified.signed_json, verified.signed_fields) == (0, 1, None, None)
    assert verified.timestamp == datetime.fromtimestamp(NOW, timezone.utc)
    assert len(verified.replay_key) == 64
    again = stripe_verifier.verify("POST", "/other", headers, body, now=NOW + 1)
    assert again.replay_key == verified.replay_key
    assert again.covered == verified.covered


MEMBERS_RECIPE = """
id = "members"
name = "Members"
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [{ json = "amount" }, "|", { json = "id" }]
field = [{ header = "X-S", value = [{ signature = true }] }]
"""


def test_signed_fields_hold_only_what_was_signed():
    scheme = paysig.Scheme.from_toml(MEMBERS_RECIPE)
    body = b'{"id": 12345678901234567890, "amount": 10.10, "evil": "x"}'
    headers = paysig.Signer(scheme, "webhook", credentials={"secret": "s"}).sign("POST", "/", [], body).headers
    verified = paysig.Verifier(scheme, keys={"secret": "s"}).verify("POST", "/", headers, body)
    assert verified.signed_fields == {"amount": Decimal("10.10"), "id": 12345678901234567890}
    assert "10.10" in verified.signed_json
    assert set(verified.covered.body) == {"amount", "id"}


def test_keys_rotate():
    old = paysig.Key({"secret": "old"}, not_after=NOW)
    verifier = paysig.Verifier("stripe", keys=[{"secret": "new"}, old])
    headers = paysig.Signer("stripe", "webhook", credentials={"secret": "old"}).sign("POST", "/", [], b"x", now=NOW).headers
    assert verifier.verify("POST", "/", headers, b"x", now=NOW).key_index == 1
    with pytest.raises(paysig.KeyExpired):
        verifier.verify("POST", "/", headers, b"x", now=NOW + 1)
    with pytest.raises(paysig.SignatureMismatch):
        verifier.with_keys({"secret": "newer"}).verify("POST", "/", headers, b"x", now=NOW)
    early = verifier.with_keys(paysig.Key([("secret", "old")], not_before=datetime.fromtimestamp(NOW + 5, timezone.utc)))
    with pytest.raises(paysig.KeyNotYetValid):
        early.verify("POST", "/", headers, b"x", now=NOW)


@pytest.mark.parametrize("tolerance", [5, timedelta(seconds=5)])
def test_tolerance(stripe_signer, tolerance):
    verifier = paysig.Verifier("stripe", keys={"secret": SECRET}, tolerance=tolerance)
    headers = stripe_signer.sign("POST", "/", [], b"x", now=NOW).headers
    assert verifier.verify("POST", "/", headers, b"x", now=NOW + 5)
    with pytest.raises(paysig.TimestampTooOld):
        verifier.verify("POST", "/", headers, b"x", now=NOW + 6)
    with pytest.raises(paysig.TimestampTooNew):
        verifier.verify("POST", "/", headers, b"x", now=NOW - 6)


def test_verifier_options(stripe_signer):
    headers = stripe_signer.sign("POST", "/", [], b"x" * 11, now=NOW).headers
    with pytest.raises(paysig.TooLarge):
        paysig.Verifier("stripe", keys={"secret": SECRET}, max_body=10).verify("POST", "/", headers, b"x" * 11, now=NOW)
    for wrong in ({"tolerance": -1}, {"tolerance": "5"}, {"tolerance": 1.5}, {"max_body": True}, {"algorithms": ["none"]}):
        with pytest.raises(paysig.ConfigurationError):
            paysig.Verifier("stripe", keys={"secret": SECRET}, **wrong)
    ring = [{"key_id": "a", "secret": "s"}, {"key_id": "b", "secret": "s"}]
    only_b = paysig.Verifier("ingenico-v1hmac", keys=ring, key_id="b")
    body = b'{"apiVersion":"v1"}'
    from_a = paysig.Signer("ingenico-v1hmac", "webhook", credentials=ring[0]).sign("POST", "/", [], body)
    with pytest.raises(paysig.UnknownKey):
        only_b.verify("POST", "/", from_a.headers, body)


def test_prepare_and_finish():
    import hashlib
    import hmac

    whole = paysig.Signer("directa24-deposits", credentials=D24).sign("POST", "/v3/deposits", [], b"{}", now=NOW)
    signer = paysig.Signer("directa24-deposits", credentials={"login": "login"}, key_elsewhere=True)
    prepared = signer.prepare("POST", "/v3/deposits", [], b"{}", now=NOW)
    assert prepared.algorithm == "hmac-sha256"
    signature = hmac.digest(b"secret", prepared.string_to_sign, hashlib.sha256)
    assert prepared.finish(signature).headers == whole.headers
    with pytest.raises(paysig.ConfigurationError):
        prepared.finish(b"")


def test_streams(stripe_signer, stripe_verifier):
    stream = stripe_signer.stream("POST", "/", now=NOW)
    for piece in (b"ab", b"", bytearray(b"c")):
        stream.update(piece)
    headers = stream.finish().headers
    assert headers == stripe_signer.sign("POST", "/", [], b"abc", now=NOW).headers
    with pytest.raises(paysig.ConfigurationError):
        stream.update(b"x")
    check = stripe_verifier.stream("POST", "/", headers, now=NOW, body_length=3)
    check.update(b"a")
    check.update(b"bc")
    whole = stripe_verifier.verify("POST", "/", headers, b"abc", now=NOW)
    assert check.finish().replay_key == whole.replay_key
    other = stripe_verifier.stream("POST", "/", headers, now=NOW)
    other.update(b"abd")
    with pytest.raises(paysig.SignatureMismatch):
        other.finish()
    with pytest.raises(paysig.ConfigurationError):
        other.finish()


def test_explain():
    explained = ingenico().explain("GET", "/v1/1/payments?a=b", [("X-GCS-A", "1")], now=NOW)
    assert explained.string_to_sign == b"GET\n\nFri, 02 Jan 2026 03:04:05 GMT\nx-gcs-a:1\n/v1/1/payments?a=b\n"
    ends = [0, *(p.end for p in explained.parts)]
    assert [p.start for p in explained.parts] == ends[:-1]
    assert ends[-1] == len(explained.string_to_sign)
    assert "GET" in str(explained)
    signed = ingenico().sign("GET", "/x", now=NOW)
    as_signed = paysig.explain("ingenico-v1hmac", "request", "GET", "/x", signed.headers, keys=INGENICO)
    unsigned = paysig.explain("ingenico-v1hmac", "request", "GET", "/x", credentials=INGENICO, now=NOW)
    assert as_signed.string_to_sign == unsigned.string_to_sign
    match explained.parts[0]:
        case paysig.Part(part, start, _):
            assert (part[:6], start) == ("method", 0)


def test_schemes():
    ids = paysig.schemes()
    assert ids == sorted(ids)
    assert len(ids) > 20
    for scheme in map(paysig.Scheme, ids):
        assert scheme.id in ids
        assert scheme.flows
        assert scheme.name
    with pytest.raises(paysig.ConfigurationError, match="stripe"):
        paysig.Scheme("strip")


def test_a_recipe_that_does_not_load_names_file_and_line():
    with pytest.raises(paysig.ConfigurationError, match=r"mine\.toml:2") as caught:
        paysig.Scheme.from_toml('id = "x"\nnamed = "y"\n', file="mine.toml")
    assert caught.value.status is paysig.Status.INVALID_RECIPE


def test_variants():
    raw = paysig.Signer("ingenico-v1hmac", credentials=INGENICO, variants="query-raw")
    listed = paysig.Signer("ingenico-v1hmac", credentials=INGENICO, variants=["query-raw"])
    assert b"%20" in raw.explain("GET", "/?a=%20", now=NOW).string_to_sign
    assert b"%20" in listed.explain("GET", "/?a=%20", now=NOW).string_to_sign
    assert b"%20" not in ingenico().explain("GET", "/?a=%20", now=NOW).string_to_sign
    with pytest.raises(paysig.ConfigurationError):
        paysig.Signer("ingenico-v1hmac", credentials=INGENICO, variants=["loose"])
