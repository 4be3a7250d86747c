"""What the token clients make of renewals that fail, and of tokens that are refused."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
import requests

import paysig
from paysig._tokens import Token, Tokens
from paysig.httpx import TokenAuth as HttpxAuth
from paysig.requests import TokenAuth as RequestsAuth
from recorder import recorder
from test_httpx import Provider, session


def _httpx(tokens, origin, url):
    with httpx.Client(auth=HttpxAuth(tokens, origin=origin)) as client:
        return client.get(url).status_code


def _httpx_async(tokens, origin, url):
    async def main():
        async with httpx.AsyncClient(auth=HttpxAuth(tokens, origin=origin)) as client:
            return (await client.get(url)).status_code

    return asyncio.run(main())


def _requests(tokens, origin, url):
    return requests.get(url, auth=RequestsAuth(tokens, origin=origin)).status_code


CLIENTS = pytest.mark.parametrize("get", [_httpx, _httpx_async, _requests])


def change(tokens, **state):
    tokens.load(json.dumps(json.loads(tokens.save()) | state))


@CLIENTS
def test_the_old_token_serves_while_the_token_endpoint_fails(get):
    provider = Provider()
    tokens = session()
    with recorder(provider) as server:
        url = server.origin + "/pay"
        assert get(tokens, server.origin, url) == 200
        # Time for a new one, though the old one lasts.
        change(tokens, refresh_at=0)
        provider.broken = 99
        assert get(tokens, server.origin, url) == 200
        assert provider.fetches > 1
        # The old one is over, too.
        change(tokens, expires_at=0, retry_at=None)
        with pytest.raises(paysig.TokenError, match="500") as caught:
            get(tokens, server.origin, url)
        assert caught.value.status is paysig.Status.TOKEN_RESPONSE_INVALID
        provider.broken = 0
        change(tokens, retry_at=None)
        assert get(tokens, server.origin, url) == 200


@CLIENTS
def test_the_old_token_serves_while_the_token_endpoint_cannot_be_reached(get):
    tokens = session()
    with recorder(Provider()) as server:
        url = server.origin + "/pay"
        assert get(tokens, server.origin, url) == 200
        change(tokens, refresh_at=0)
        if get is not _requests:
            # httpx does not tell an auth that a request of its own failed.
            with pytest.raises(httpx.ConnectError):
                get(tokens, "http://127.0.0.1:1", url)
            # However long this took, it is not tried again at once.
            assert json.loads(tokens.save())["retry_at"] is not None
            change(tokens, retry_at=1 << 60)
        assert get(tokens, "http://127.0.0.1:1", url) == 200


def new(tokens, text):
    """The next token, fetched if need be; its text."""
    if isinstance(action := tokens.next(), paysig.Fetch):
        assert tokens.fetched(200, b'{"access_token":"%s","expires_in":3600}' % text.encode()) is None
        action = tokens.next()
    assert isinstance(action, Token)
    return action, action.headers[0][1].removeprefix("Bearer ")


def test_the_same_text_is_another_token_when_it_is_handed_out_again():
    tokens = Tokens(session())
    first, _ = new(tokens, "same")
    assert tokens.refused(first)
    again, text = new(tokens, "same")
    assert text == "same"
    # Of those that were under way with the first.
    assert tokens.refused(first)
    assert new(tokens, "not fetched")[1] == "same"
    tokens.session.accepted()
    # Later it is revoked.
    assert tokens.refused(again)
    assert new(tokens, "other")[1] == "other"


def test_late_refusals_of_older_tokens_drop_nothing():
    tokens = Tokens(session())
    used = []
    for text in ("first", "second", "third"):
        token, held = new(tokens, text)
        assert held == text
        used.append(token)
        tokens.session.accepted()
        if text != "third":
            assert tokens.refused(token)
    assert all(tokens.refused(token) for token in used[:2])
    assert new(tokens, "not fetched")[1] == "third"
    assert "third" not in repr(used)


def test_a_token_that_somebody_else_fetched_can_be_refused():
    shared = session()
    tokens, other = Tokens(shared), Tokens(shared)
    assert tokens.refused(new(tokens, "first")[0])
    new(other, "second")
    shared.accepted()
    token, text = new(tokens, "not fetched")
    assert text == "second"
    assert tokens.refused(token)
    assert new(tokens, "third")[1] == "third"


def test_a_second_refusal_in_a_row_ends_it():
    tokens = Tokens(session())
    assert tokens.refused(new(tokens, "first")[0])
    assert not tokens.refused(new(tokens, "second")[0])
