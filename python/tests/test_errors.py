"""Exceptions: complete, clear, and silent about secrets."""

from __future__ import annotations

import pickle
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paysig
from conftest import NOW, SECRET
from paysig import errors
from paysig._paysig import _statuses


def test_every_status_of_the_core_is_handled():
    """Fails when the core has a status that Python does not."""
    core = {name: (code, http, verdict) for name, code, http, verdict in _statuses()}
    assert {s.value for s in paysig.Status} == set(core)
    assert set(errors._CLASSES) | {paysig.Status.OK} == set(paysig.Status)
    for status in paysig.Status:
        assert (status.code, status.http, status.is_verdict) == core[status.value]


def test_every_verdict_has_a_class_of_its_own_named_after_it():
    verdicts = [s for s in paysig.Status if s.is_verdict]
    assert len(verdicts) == 18
    for status in verdicts:
        cls = errors._CLASSES[status]
        assert cls.__name__ == "".join(word.title() for word in status.value.split("_"))
        assert issubclass(cls, paysig.VerificationError)
        assert getattr(paysig, cls.__name__) is cls
        error = errors._of(status.value, "X-Field", "a sentence", "k", None)
        assert (type(error), error.status, error.field) == (cls, status, "X-Field")
    assert len({errors._CLASSES[s] for s in verdicts}) == 18
    assert not [s for s in paysig.Status if not s.is_verdict and issubclass(errors._CLASSES.get(s, int), paysig.VerificationError)]


def test_configuration_errors_are_value_errors():
    with pytest.raises(ValueError, match="there is no scheme") as caught:
        paysig.Scheme("nothing")
    assert isinstance(caught.value, paysig.ConfigurationError)
    assert str(caught.value).startswith("unknown_scheme (scheme): ")


def test_exceptions_travel_between_processes():
    error = errors._of("needs_key", "kid", "fetch it", "key-1", "https://keys.example/1")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.key_id, copy.url) == (paysig.NeedsKey, str(error), "key-1", "https://keys.example/1")


def test_classes_know_their_status_when_others_raise_them():
    assert paysig.Replayed("again").status is paysig.Status.REPLAYED
    assert paysig.StoreUnavailable("down").status.http == 503
    assert paysig.PaysigError("odd").status is paysig.Status.INTERNAL


@pytest.mark.parametrize(
    "credentials",
    [
        {"secret": 5},
        {"secret": None},
        {"secret": "\ud800" + SECRET},
        {"secret": ""},
        {},
        {"wrong": SECRET},
        SECRET,
        SECRET.encode(),
        5,
        [SECRET],
        [("secret", SECRET, "x")],
    ],
    ids=lambda c: type(c).__name__,
)
def test_wrong_credentials(credentials):
    with pytest.raises(paysig.ConfigurationError) as caught:
        paysig.Signer("stripe", "webhook", credentials=credentials)
    with pytest.raises(paysig.ConfigurationError) as as_keys:
        paysig.Verifier("stripe", keys=credentials)
    for error in (caught.value, as_keys.value):
        assert SECRET not in "".join(traceback.format_exception(error, chain=True)).replace(repr(credentials), "")
        assert SECRET not in str(error)


def test_representations_hold_no_secret(stripe_signer, stripe_verifier):
    session = paysig.TokenSession("pledg-token", credentials={"api_key": "public", "api_secret": SECRET})
    fetch = session.next()
    prepared = stripe_signer.prepare("POST", "/", [], b"{}")
    things = [
        stripe_signer, stripe_verifier, paysig.Key({"secret": SECRET}), session, fetch, prepared,
        stripe_signer.sign("POST", "/", [], b"{}"), stripe_signer.explain("POST", "/", [], b"{}"),
    ]  # fmt: skip
    things.append(paysig.MemoryReplayGuard())
    session.fetched(200, b'{"access_token":"' + SECRET.encode() + b'","expires_in":3600}')
    things += [session, session.next()]
    for thing in things:
        assert SECRET not in repr(thing) + str(thing), type(thing)
        with pytest.raises(TypeError):
            pickle.dumps(thing)


def test_classes_are_frozen(stripe_signer):
    for thing in (stripe_signer, stripe_signer.sign("POST", "/"), paysig.Key({"secret": "s"})):
        with pytest.raises(AttributeError):
            thing.scheme_id = "other"
        with pytest.raises(AttributeError):
            thing.new_attribute = 1


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.lists(st.text() | st.binary() | st.integers())
)
pairs = st.lists(st.tuples(st.text() | st.binary(), st.text() | st.binary())) | st.dictionaries(
    st.text(), st.text() | st.lists(st.text())
)


@settings(max_examples=400, deadline=None)
@given(
    scheme=st.sampled_from(["stripe", "slack", "directa24-deposits", "twilio", "adyen-notifications", "pledg-jwt", "truelayer"]),
    method=st.text() | anything,
    url=st.text().map(lambda t: "/" + t) | st.binary().map(lambda t: b"/" + t) | anything,
    headers=pairs | anything,
    body=st.binary() | anything,
    now=st.integers() | st.floats() | anything,
)
def test_no_input_raises_anything_else(scheme, method, url, headers, body, now):
    known = paysig.Scheme(scheme)
    credentials = dict.fromkeys(known.credentials, "c2VjcmV0")
    flow = "webhook" if "webhook" in known.flows else "request"
    for make, call in (
        (lambda: paysig.Signer(known, flow, credentials=credentials), lambda s: s.sign(method, url, headers, body, now=now)),
        (lambda: paysig.Verifier(known, flow, keys=credentials), lambda v: v.verify(method, url, headers, body, now=now)),
    ):
        try:
            ready = make()
        except paysig.ConfigurationError:
            continue
        try:
            call(ready)
        except paysig.PaysigError as error:
            assert error.status is not paysig.Status.INTERNAL


def test_headers_with_surrogates(stripe_verifier):
    with pytest.raises(paysig.MissingSignature):
        stripe_verifier.verify("POST", "/", {"X-Other": "\udce9"}, b"", now=NOW)
    with pytest.raises(paysig.ConfigurationError):
        stripe_verifier.verify("POST", "/", {"X-Other": "\ud800"}, b"", now=NOW)
