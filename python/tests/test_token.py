"""The token session."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

import paysig
from conftest import NOW

CREDENTIALS = {"api_key": "key", "api_secret": "secret"}


def session():
    return paysig.TokenSession("pledg-token", credentials=CREDENTIALS)


def test_fetch_then_authorize_then_renew():
    s = session()
    fetch = s.next(now=NOW)
    assert isinstance(fetch, paysig.Fetch)
    assert (fetch.method, fetch.target, fetch.body) == ("POST", "/api/token", b"grant_type=client_credentials")
    assert ("Authorization", "Basic a2V5OnNlY3JldA==") in fetch.headers
    assert fetch.lease_until > datetime.fromtimestamp(NOW, timezone.utc)
    match s.next(now=NOW):
        case paysig.Wait() as wait:
            assert wait.seconds > 0
            assert wait.until == fetch.lease_until
    s.fetched(200, b'{"access_token":"t1","expires_in":100}', now=NOW)
    assert s.next(now=NOW + 1).headers == [("Authorization", "Bearer t1")]
    assert isinstance(s.next(now=NOW + 95), paysig.Fetch)
    assert isinstance(s.next(now=NOW + 95), paysig.Authorize)


def test_failures():
    s = session()
    s.next(now=NOW)
    with pytest.raises(paysig.TokenError) as caught:
        s.fetched(401, b"", now=NOW)
    assert caught.value.status is paysig.Status.TOKEN_REFUSED
    with pytest.raises(paysig.TokenError):
        s.next(now=NOW)
    assert isinstance(s.next(now=NOW + 2), paysig.Fetch)
    with pytest.raises(paysig.TokenError) as caught:
        s.fetched(0, None, now=NOW + 2)
    assert caught.value.status is paysig.Status.TOKEN_RESPONSE_INVALID
    for status in (-1, 70000, "200", None):
        with pytest.raises(paysig.ConfigurationError):
            s.fetched(status, b"")


def test_refused_tokens_are_fetched_anew_once():
    s = session()
    s.next(now=NOW)
    s.fetched(200, b'{"access_token":"t1","expires_in":100}', now=NOW)
    s.refused(now=NOW)
    assert isinstance(s.next(now=NOW), paysig.Fetch)
    s.fetched(200, b'{"access_token":"t2","expires_in":100}', now=NOW)
    with pytest.raises(paysig.TokenError):
        s.refused(now=NOW)


def test_save_and_load():
    s = session()
    s.next(now=NOW)
    s.fetched(200, b'{"access_token":"t1","expires_in":100}', now=NOW)
    other = session()
    other.load(s.save())
    assert other.next(now=NOW).headers == [("Authorization", "Bearer t1")]
    for wrong in ("", "{}", "[1]", "\ud800", None):
        with pytest.raises(paysig.ConfigurationError):
            other.load(wrong)


def test_only_token_schemes_have_one():
    with pytest.raises(paysig.ConfigurationError) as caught:
        paysig.TokenSession("http-basic", credentials={"username": "u", "password": "p"})
    assert caught.value.status is paysig.Status.UNSUPPORTED
