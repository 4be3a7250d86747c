"""What cannot work is refused when it is configured, not at the first request."""

from __future__ import annotations

import httpx
import pytest

import paysig
import paysig.asgi
import paysig.flask
import paysig.httpx
import paysig.requests
import paysig.wsgi
from conftest import SECRET

VERIFIER = paysig.Verifier("stripe", keys={"secret": SECRET})
SIGNER = paysig.Signer("stripe", "webhook", credentials={"secret": SECRET})


def asgi(**options):
    return paysig.asgi.VerifyMiddleware(application, VERIFIER, **options)


def wsgi(**options):
    return paysig.wsgi.VerifyMiddleware(application, VERIFIER, **options)


def view(**options):
    return paysig.flask.webhook(VERIFIER, **options)


def application(*args):
    raise AssertionError("nothing is sent here")


def refused(field, call):
    with pytest.raises(paysig.ConfigurationError) as caught:
        call()
    assert (caught.value.status, caught.value.field) == (paysig.Status.INVALID_OPTION, field)
    assert field in caught.value.message
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("middleware", [asgi, wsgi])
@pytest.mark.parametrize(
    "paths",
    [
        [],
        "/hook",
        b"/hook",
        5,
        ["hook"],
        ["/hook", "other"],
        [""],
        ["https://shop.example/hook"],
        ["/hook?x=1"],
        ["/hook#top"],
        [b"/hook"],
        [None],
        ["/hook\n"],
        ["/h%C3%B6ok"],
        (path for path in ["/hook"]),
    ],
)
def test_paths_that_no_request_has_would_let_everything_through(middleware, paths):
    refused("paths", lambda: middleware(paths=paths))


@pytest.mark.parametrize("paths", [["/hook"], ("/hook", "/"), {"/höok 100%"}, frozenset({"/hook"}), {"/hook": 1}.keys()])
def test_paths_of_every_collection(paths):
    asgi(paths=paths)
    wsgi(paths=paths)


WRONG_ADDRESSES = [
    "",
    "shop.example",
    "/hook",
    "ftp://shop.example",
    "https://",
    "https:///hook",
    "https://:443",
    "https://shop.example:port",
    "https://shop.example:70000",
    "https://[shop.example",
    "https://shop.example?",
    "https://shop.example/hook?token=s3cret",
    "https://shop.example/#",
    "https://shop.example/hook#top",
    "https://shop.example\n",
    "https://shop .example",
    b"https://shop.example",
    httpx.URL("https://shop.example"),
]


@pytest.mark.parametrize("middleware", [asgi, wsgi, view])
@pytest.mark.parametrize("url", WRONG_ADDRESSES)
def test_public_url_is_a_base(middleware, url):
    refused("public_url", lambda: middleware(public_url=url))


@pytest.mark.parametrize("url", ["https://shop.example", "http://[::1]:8000/", "https://user:word@shop.example/base/", None])
def test_public_urls(url):
    for middleware in (asgi, wsgi, view):
        middleware(public_url=url)


@pytest.mark.parametrize("middleware", [asgi, wsgi, view])
@pytest.mark.parametrize("limit", [None, "100", 1.5, True, -1])
def test_max_body_is_a_number_of_bytes(middleware, limit):
    refused("max_body", lambda: middleware(max_body=limit))


@pytest.mark.parametrize("middleware", [asgi, wsgi, view])
def test_a_class_is_no_guard(middleware):
    refused("guard", lambda: middleware(guard=paysig.MemoryReplayGuard))


@pytest.mark.parametrize("middleware", [wsgi, view])
def test_what_cannot_await_takes_no_guard_with_coroutines(middleware):
    class Guard:
        def begin(self, replay_key):
            raise AssertionError

        async def commit(self, lease):
            raise AssertionError

        release = commit

    refused("guard", lambda: middleware(guard=Guard()))
    asgi(guard=Guard())


@pytest.mark.parametrize(
    "client",
    [
        paysig.httpx.SigningAuth,
        paysig.httpx.SigningTransport,
        paysig.httpx.AsyncSigningTransport,
        paysig.requests.SigningAuth,
        paysig.requests.SigningAdapter,
    ],
)
def test_clients_sign_with_a_signer(client):
    for wrong in ("s3cret", None, VERIFIER, paysig.Signer):
        refused("signer", lambda wrong=wrong: client(wrong))
    refused("options", lambda: client(SIGNER, options={"nonce": "s3cret"}))


def session():
    return paysig.TokenSession("pledg-token", credentials={"api_key": "k", "api_secret": "s"})


@pytest.mark.parametrize("auth", [paysig.httpx.TokenAuth, paysig.requests.TokenAuth])
def test_token_clients_take_a_session_and_an_origin(auth):
    for wrong in ("s3cret", None, VERIFIER, SIGNER, paysig.TokenSession):
        refused("session", lambda wrong=wrong: auth(wrong, origin="https://api.example"))
    for wrong in [None, *WRONG_ADDRESSES, "https://api.example/v2", "https://user:s3cret@api.example"]:
        refused("origin", lambda wrong=wrong: auth(session(), origin=wrong))
    for origin in ("https://api.example", "https://api.example/", "http://[::1]:8000"):
        auth(session(), origin=origin)
