"""The key cache, against a TLS server on loopback that stands for example.com, the only host that the recipe allows."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import http.server
import logging
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

import apps
import paysig
from paysig.keycache import fetch_https
from serving import send, uvicorn_server, waitress_server

LOCATED = """
id = "fetching"
name = "Fetching"
[credentials]
kid = { public = true }
secret = {}
[webhook]
algorithm = "hmac-sha256"
key_id = { credential = "kid" }
key = { credential = "secret" }
encoding = "hex"
message = [ { body = "raw" } ]
field = [
  { header = "X-Key", value = [ { key_id = true } ] },
  { header = "X-Signature", value = [ { signature = true } ] },
]
fetch = {}
"""
NAMED = LOCATED.replace("fetch = {}", 'fetch = { url = { header = "X-Key-Url" }, hosts = [ "example.com" ] }')
BODY = b'{"mode":"live"}'


class Answers(http.server.BaseHTTPRequestHandler):
    """/k1 answers the secret of k1."""

    def do_GET(self):
        self.server.asked[self.path] += 1
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/k1")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/missing":
            self.send_error(404)
        elif self.path == "/slow":
            self.server.hold.wait(20)
        elif self.path == "/drip":
            self.drip()
        elif self.path == "/short":
            self.answer(b"secret", length=40)
        elif self.path == "/large":
            self.answer(b"x" * 100)
        elif self.path.startswith("/k"):
            self.answer(b"secret of " + self.path[1:].encode())
        else:
            self.answer(b"?")

    def answer(self, body, length=None):
        self.send_response(200)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while not self.server.hold.wait(0.05):
                self.wfile.write(b"x")

    def log_message(self, *args):
        pass


class KeyServer(http.server.ThreadingHTTPServer):
    def __init__(self, certificate):
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked = Counter()
        self.hold = threading.Event()
        self.trusting = ssl.create_default_context(cafile=certificate)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate)

    def finish_request(self, request, client_address):
        # In the thread of the connection; who refuses the certificate is gone.
        with contextlib.suppress(OSError), self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    @property
    def count(self):
        return sum(self.asked.values())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    file = tmp_path_factory.mktemp("tls") / "example.pem"
    names = ["-subj", "/CN=example.com", "-addext", "subjectAltName=DNS:example.com"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-keyout",
        file,
        "-out",
        f"{file}.crt",
        *names,
    ]
    subprocess.run(command, check=True, capture_output=True)
    with file.open("a") as both:
        both.write((file.parent / f"{file.name}.crt").read_text())
    return file


@pytest.fixture
def server(certificate, monkeypatch):
    """The server; connections to example.com lead there, and none elsewhere."""
    found = KeyServer(certificate)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    connect = socket.create_connection

    def only_there(address, *args, **kwargs):
        if address == ("example.com", 443):
            return connect(found.server_address, *args, **kwargs)
        if address[0] == "127.0.0.1":
            return connect(address, *args, **kwargs)
        raise OSError(f"no way to {address}")

    monkeypatch.setattr(socket, "create_connection", only_there)
    monkeypatch.setenv("no_proxy", "*")
    yield found
    found.hold.set()
    found.shutdown()
    thread.join()
    found.server_close()


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def read(key_id, url, document):
    if not document.startswith(b"secret of "):
        raise ValueError("no key in the document")
    return {"kid": key_id, "secret": document}


def verifier(recipe=NAMED):
    return paysig.Verifier(paysig.Scheme.from_toml(recipe))


def caching(server, recipe=NAMED, **options):
    options.setdefault("fetch", functools.partial(fetch_https, context=server.trusting))
    return paysig.KeyCache(verifier(recipe), [], options.pop("key", read), **options)


def headers(key_id, url=None, recipe=NAMED):
    signer = paysig.Signer(paysig.Scheme.from_toml(recipe), "webhook", credentials={"kid": key_id, "secret": f"secret of {key_id}"})
    return signer.sign("POST", "/hook", [], BODY).headers + ([("X-Key-Url", url)] if url else [])


def verify(cache, key_id, path=None, body=BODY):
    return cache.verify("POST", "/hook", headers(key_id, f"https://example.com{path or '/' + key_id}"), body)


def refused(call, *args):
    """The cause of needs_key."""
    with pytest.raises(paysig.NeedsKey) as caught:
        call(*args)
    assert caught.value.status.http == 503
    return caught.value.__cause__


def test_it_fetches_once_in_a_lifetime(server):
    clock = Clock()
    cache = caching(server, clock=clock)
    with ThreadPoolExecutor(8) as pool:
        assert [v.key_id for v in pool.map(lambda _: verify(cache, "k1"), range(16))] == ["k1"] * 16
    assert server.count == 1
    clock.now += 3599.9
    verify(cache, "k1")
    assert server.count == 1
    clock.now += 0.1
    verify(cache, "k1")
    assert server.count == 2
    with pytest.raises(paysig.SignatureMismatch):
        verify(cache, "k1", body=b"{}")
    assert repr(cache) == "<paysig.KeyCache fetching webhook>"


def test_keys_that_are_there_are_not_fetched(server):
    own = {"kid": "k1", "secret": "secret of k1"}
    for keys in (own, [own], paysig.Key(own), (paysig.Key(own),)):
        cache = paysig.KeyCache(verifier(LOCATED), keys, read)
        assert cache.verify("POST", "/hook", headers("k1", recipe=LOCATED), BODY).key_index == 0
    assert server.count == 0


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/moved", "answered 302"),
        ("/missing", "answered 404"),
        ("/large", "larger than 20"),
        ("/short", "ended early"),
        ("/other", "no key"),
        ("/slow", ""),
        ("/drip", ""),
    ],
)
def test_what_failed_is_not_asked_for_again_at_once(server, path, why):
    clock = Clock()
    timeout = 0.3 if path in ("/slow", "/drip") else 5
    cache = caching(server, clock=clock, max_bytes=20, timeout=timeout)
    for _ in range(3):
        cause = refused(verify, cache, "k1", path)
        assert isinstance(cause, ValueError if path == "/other" else OSError)
        assert why in str(cause)
    assert server.asked == {path: 1}
    clock.now += 60
    refused(verify, cache, "k1", path)
    assert server.asked == {path: 2}


def test_addresses_that_the_recipe_does_not_allow_are_never_asked_for(server):
    cache = caching(server)
    for url in ("https://evil.example/k1", "http://example.com/k1", "https://example.com:444/k1", "https://u@example.com/k1"):
        with pytest.raises(paysig.ContentRejected):
            cache.verify("POST", "/hook", headers("k1", url), BODY)
    assert server.count == 0


@pytest.mark.parametrize("timeout", [1, 0.2])
def test_a_slow_document_ends_with_the_time(server, timeout):
    """Though every piece of it comes in time."""
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        fetch_https("https://example.com/drip", 1000, timeout, context=server.trusting)
    assert timeout <= time.monotonic() - started < timeout + 3


def test_tls_is_verified_and_other_protocols_are_refused(server, tmp_path):
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_https("https://example.com/k1", 1000, 5)
    assert isinstance(refused(verify, caching(server, fetch=fetch_https), "k1"), OSError)
    secret = tmp_path / "file"
    secret.write_text("secret of file")
    for url in (secret.as_uri(), "http://example.com/k1", "ftp://example.com/k1", "data:,x"):
        with pytest.raises(OSError, match="not https"):
            fetch_https(url, 1000, 5, context=server.trusting)
    assert server.count == 0
    assert fetch_https("https://example.com/k1", 1000, 5, context=server.trusting) == b"secret of k1"


@pytest.mark.parametrize("key", [{"kid": "another", "secret": "s"}, {"no": "key"}, None, [{"kid": "k1", "secret": "s"}], "text"])
def test_a_document_of_no_use_is_not_fetched_at_every_message(server, key):
    cache = caching(server, key=lambda *given: key)
    for _ in range(3):
        cause = refused(verify, cache, "k1")
        # A key of another id is in the ring; of the others no verifier can be made.
        assert (cause is None) == (isinstance(key, dict) and "kid" in key)
        assert cause is None or isinstance(cause, paysig.ConfigurationError)
    assert server.count == 1
    verify(paysig.KeyCache(verifier(), [], read, fetch=cache._fetch), "k1")


def test_there_are_limits(server):
    clock = Clock()
    cache = caching(server, clock=clock, max_keys=2, per_minute=3)
    for key_id in ("k1", "k2", "k3"):
        verify(cache, key_id)
    assert "in a minute" in str(refused(verify, cache, "k4"))
    # The oldest had to go; known keys do not count.
    assert "in a minute" in str(refused(verify, cache, "k1"))
    verify(cache, "k2")
    verify(cache, "k3")
    clock.now += 60
    verify(cache, "k4")
    assert server.asked == {"/k1": 1, "/k2": 1, "/k3": 1, "/k4": 1}


def test_the_host_locates_and_fetches():
    asked = []

    def locate(key_id):
        if key_id == "kx":
            raise KeyError(key_id)
        return f"https://keys.example/{key_id}"

    def fetch(url, max_bytes, timeout):
        asked.append((url, max_bytes, timeout))
        if url.endswith("/k2"):
            return b"x" * (max_bytes + 1)
        if url.endswith("/k3"):
            raise SystemExit
        return b"secret of " + url.rpartition("/")[2].encode()

    def ask(cache, key_id):
        return cache.verify("POST", "/hook", headers(key_id, recipe=LOCATED), BODY)

    cache = paysig.KeyCache(verifier(LOCATED), None, read, locate=locate, fetch=fetch, timeout=timedelta(seconds=3))
    assert ask(cache, "k1").key_id == "k1"
    assert asked == [("https://keys.example/k1", 65536, 3.0)]
    assert "larger than 65536" in str(refused(ask, cache, "k2"))
    assert isinstance(refused(ask, cache, "k3"), SystemExit)
    assert isinstance(refused(ask, cache, "kx"), KeyError)
    without = paysig.KeyCache(verifier(LOCATED), [], read, fetch=fetch)
    assert "names no address" in str(refused(ask, without, "k1"))


def test_nobody_waits_longer_than_the_timeout():
    release, asked = threading.Event(), []

    def fetch(url, max_bytes, timeout):
        asked.append(url)
        release.wait(20)
        return b"secret of k1"

    clock = Clock()
    cache = paysig.KeyCache(verifier(), [], read, fetch=fetch, timeout=0.2, clock=clock)
    try:
        started = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            causes = list(pool.map(lambda _: refused(verify, cache, "k1"), range(4)))
        assert all(isinstance(cause, TimeoutError) for cause in causes)
        assert time.monotonic() - started < 5
        assert isinstance(refused(verify, cache, "k1"), TimeoutError)
        assert len(asked) == 1
    finally:
        release.set()
    clock.now += 60
    verify(cache, "k1")
    assert len(asked) == 2


def test_other_tasks_run_while_a_key_is_fetched():
    release = threading.Event()

    def fetch(url, max_bytes, timeout):
        assert release.wait(20)
        return b"secret of k1"

    cache = paysig.KeyCache(verifier(), [], read, fetch=fetch)
    message = ("POST", "/hook", headers("k1", "https://example.com/k1"), BODY)

    async def main():
        tasks = [asyncio.create_task(cache.averify(*message)) for _ in range(3)]
        await asyncio.sleep(0.05)
        # Who gives up does not end the fetch for the others.
        tasks[0].cancel()
        await asyncio.sleep(0.05)
        release.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, *others = asyncio.run(main())
    assert isinstance(first, asyncio.CancelledError)
    assert [v.key_id for v in others] == ["k1", "k1"]
    late = paysig.KeyCache(verifier(), [], read, fetch=lambda *given: time.sleep(0.4), timeout=0.1)
    with pytest.raises(paysig.NeedsKey) as caught:
        asyncio.run(late.averify(*message))
    assert isinstance(caught.value.__cause__, TimeoutError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"verifier": None},
        {"keys": "text"},
        {"keys": 7},
        {"keys": [7]},
        {"key": None},
        {"locate": "https://example.com"},
        {"fetch": None},
        {"clock": 7},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"lifetime": "1"},
        {"retry_after": True},
        {"max_bytes": 0},
        {"per_minute": 1.5},
        {"max_keys": True},
    ],
    ids=str,
)
def test_wrong_options_are_named(wrong):
    given = {"verifier": verifier(), "keys": [], "key": read, **wrong}
    with pytest.raises(paysig.ConfigurationError) as caught:
        paysig.KeyCache(**given)
    assert caught.value.field == next(iter(wrong))


def _wsgi(cache):
    from paysig.wsgi import VerifyMiddleware, verified

    def app(environ, start):
        start("200 OK", [])
        return [verified(environ).key_id.encode()]

    return waitress_server(VerifyMiddleware(app, cache))


def _asgi(cache):
    from paysig.asgi import VerifyMiddleware, verified

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": verified(scope).key_id.encode()})

    return uvicorn_server(VerifyMiddleware(app, cache))


def _flask(cache):
    import flask

    from paysig.flask import webhook

    app = flask.Flask("keys")
    app.post("/hook")(webhook(cache)(lambda verified: verified.key_id))
    return waitress_server(app)


def _fastapi(cache):
    from fastapi import Depends, FastAPI
    from fastapi.responses import PlainTextResponse

    from paysig.fastapi import webhook

    app = FastAPI()
    app.post("/hook", response_class=PlainTextResponse)(_endpoint(Depends(webhook(cache))))
    return uvicorn_server(app)


def _endpoint(dependency):
    def endpoint(verified=dependency):
        return verified.key_id

    return endpoint


def _fastapi_route(cache):
    from fastapi import APIRouter, FastAPI, Request, Response

    from paysig.asgi import verified
    from paysig.fastapi import webhook_route

    router = APIRouter(route_class=webhook_route(cache))

    def endpoint(request):
        return Response(verified(request).key_id)

    endpoint.__annotations__ = {"request": Request}
    router.post("/hook")(endpoint)
    app = FastAPI()
    app.include_router(router)
    return uvicorn_server(app)


SERVERS = {"wsgi": _wsgi, "asgi": _asgi, "flask": _flask, "fastapi": _fastapi, "fastapi-route": _fastapi_route}


@pytest.mark.parametrize("name", SERVERS)
def test_every_receiver_takes_it(server, caplog, name):
    caplog.set_level(logging.WARNING, "paysig")
    with SERVERS[name](caching(server)) as port:
        for _ in range(2):
            assert send(port, "/hook", headers("k1", "https://example.com/k1"), BODY) == (200, b"k1")
            status, answer = send(port, "/hook", headers("k2", "https://example.com/missing"), BODY)
            assert status == 503
            assert len(answer) < 60
            assert b"key" not in answer.lower()
        assert send(port, "/hook", headers("k1", "https://example.com/k1"), b"{}")[0] == 401
        assert send(port, "/hook", headers("k3", "https://example.com/other"), BODY)[0] == 503
    assert server.asked == {"/k1": 1, "/missing": 1, "/other": 1}
    assert "answered 404" in caplog.text
    # What the application raises may hold what it read.
    assert "ValueError" in caplog.text
    assert "no key in" not in caplog.text


def test_an_asgi_application_goes_on_meanwhile():
    from paysig.asgi import VerifyMiddleware

    release = threading.Event()
    statuses = []

    def fetch(url, max_bytes, timeout):
        release.wait(20)
        return b"secret of k1"

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        statuses.append(message.get("status"))

    async def receive():
        return {"type": "http.request", "body": BODY}

    async def main():
        sent = [(name.lower().encode(), value.encode()) for name, value in headers("k1", "https://example.com/k1")]
        scope = {"type": "http", "method": "POST", "path": "/hook", "query_string": b"", "headers": sent}
        waiting = asyncio.create_task(middleware(scope, receive, send))
        await asyncio.sleep(0.05)
        # Only another task lets the fetch come to its end.
        release.set()
        await waiting

    middleware = VerifyMiddleware(app, paysig.KeyCache(verifier(), [], read, fetch=fetch, timeout=2))
    asyncio.run(main())
    assert statuses == [200]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_django_takes_it(server, asynchronous):
    apps.django_setup()
    from django.http import HttpResponse
    from django.test import AsyncRequestFactory, RequestFactory

    from paysig.django import webhook

    @webhook(caching(server))
    def view(request):
        return HttpResponse(request.paysig.key_id)

    @webhook(caching(server))
    async def coroutine(request):
        return HttpResponse(request.paysig.key_id)

    for key_id, path, expected in (("k1", "k1", 200), ("k2", "missing", 503)):
        given = {"data": BODY, "content_type": "application/json", "headers": dict(headers(key_id, f"https://example.com/{path}"))}
        if asynchronous:
            answer = asyncio.run(coroutine(AsyncRequestFactory().post("/hook", **given)))
        else:
            answer = view(RequestFactory().post("/hook", **given))
        assert answer.status_code == expected
        assert expected != 200 or answer.content == b"k1"


def test_receivers_take_verifiers_of_your_own_and_nothing_else():
    from paysig.wsgi import VerifyMiddleware

    class Counting:
        def __init__(self):
            self.inner = verifier()

        def verify(self, *args, **kwargs):
            return self.inner.verify(*args, **kwargs)

        def handshake(self, *args, **kwargs):
            return self.inner.handshake(*args, **kwargs)

    VerifyMiddleware(None, Counting())
    for wrong in (None, "stripe", paysig.Verifier, paysig.Scheme("stripe")):
        with pytest.raises(paysig.ConfigurationError) as caught:
            VerifyMiddleware(None, wrong)
        assert caught.value.field == "verifier"
