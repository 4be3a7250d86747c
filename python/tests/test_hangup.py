"""The application's answer decides whether a delivery was handled; that the sender did not wait for it says nothing."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
import struct
import threading

import pytest

import apps
import paysig
from providers import HOOK, HOOK_KEY
from serving import send, wsgiref_server

signer = paysig.Signer(HOOK, "webhook", credentials=HOOK_KEY)


class Guard:
    """Notes how deliveries ended."""

    def __init__(self):
        self.inner = paysig.MemoryReplayGuard()
        self.ended = []

    def begin(self, replay_key):
        return self.inner.begin(replay_key)

    def commit(self, lease):
        self.inner.commit(lease)
        self.ended.append("commit")

    def release(self, lease):
        self.inner.release(lease)
        self.ended.append("release")


# Over a real server.


def _listed(guard, handle):
    from paysig.wsgi import VerifyMiddleware

    def app(environ, start_response):
        handle()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"handled"]

    return VerifyMiddleware(app, apps.verifier(), guard=guard)


def _generated(guard, handle):
    from paysig.wsgi import VerifyMiddleware

    def app(environ, start_response):
        handle()
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"handled"

    return VerifyMiddleware(app, apps.verifier(), guard=guard)


def _written(guard, handle):
    from paysig.wsgi import VerifyMiddleware

    def app(environ, start_response):
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        handle()
        write(b"hand")
        write(b"led")
        return []

    return VerifyMiddleware(app, apps.verifier(), guard=guard)


def _flask_in_middleware(guard, handle):
    import flask

    from paysig.wsgi import VerifyMiddleware

    app = flask.Flask("test")

    @app.post("/hook")
    def hook():
        handle()
        return "handled"

    return VerifyMiddleware(app.wsgi_app, apps.verifier(), guard=guard)


def _flask(guard, handle):
    import flask

    from paysig.flask import webhook

    app = flask.Flask("test")

    @app.post("/hook")
    @webhook(apps.verifier(), guard=guard)
    def hook(verified):
        handle()
        return "handled"

    return app


def _django(guard, handle):
    apps.django_setup()
    from django.core.handlers.wsgi import WSGIRequest
    from django.http import HttpResponse

    from paysig.django import webhook

    @webhook(apps.verifier(), guard=guard)
    def hook(request):
        handle()
        return HttpResponse("handled")

    def app(environ, start_response):
        answer = hook(WSGIRequest(environ))
        start_response(f"{answer.status_code} OK", list(answer.items()))
        return answer

    return app


@pytest.mark.parametrize("make", [_listed, _generated, _written, _flask_in_middleware, _flask, _django])
def test_a_sender_that_did_not_wait_is_told_that_the_delivery_was_handled(make):
    guard, handling, gone = Guard(), threading.Event(), threading.Event()

    def handle():
        handling.set()
        assert gone.wait(20)

    headers = signer.sign("POST", "/hook", [], b"x").headers
    with wsgiref_server(make(guard, handle)) as port:
        with socket.create_connection(("127.0.0.1", port)) as impatient:
            head = ["POST /hook HTTP/1.1", "Host: h", "Content-Length: 1", *(f"{n}: {v}" for n, v in headers)]
            impatient.sendall(("\r\n".join(head) + "\r\n\r\nx").encode())
            assert handling.wait(20)
            # Closed by a reset, so that the server's next write fails.
            impatient.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.set()
        # The server takes one request at a time.
        assert send(port, "/hook", headers, b"x") == (200, b"OK")
    assert guard.ended == ["commit"]


# As a WSGI server calls it.


def environ():
    signed = signer.sign("POST", "/hook", [], b"").headers
    plain = {"REQUEST_METHOD": "POST", "PATH_INFO": "/hook", "wsgi.input": io.BytesIO()}
    return {**plain, **{f"HTTP_{n.upper().replace('-', '_')}": v for n, v in signed}}


class Page:
    """As frameworks answer: something that can be iterated and closed."""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.closed = False

    def __iter__(self):
        return iter(self.pieces)

    def close(self):
        self.closed = True


def given(answer, pieces):
    """The guard's news after a server took so many pieces and hung up; then the error of close."""
    from paysig.wsgi import VerifyMiddleware

    guard = Guard()
    body = VerifyMiddleware(answer, apps.verifier(), guard=guard)(environ(), lambda *args: None)
    taken = iter(body)
    for _ in range(pieces):
        next(taken)
    error = None
    try:
        if hasattr(body, "close"):
            body.close()
    except RuntimeError as caught:
        error = caught
    return guard.ended, error


def answering(status, make):
    def app(environ, start_response):
        start_response(status, [])
        return make()

    return app


@pytest.mark.parametrize("make", [lambda: [b"a", b"b"], lambda: (b"a", b"b"), lambda: Page(b"a"), lambda: iter([b"a"])])
def test_wsgi_answers_that_were_given_completely(make):
    assert given(answering("200 OK", make), 1) == (["commit"], None)
    assert given(answering("500 Broken", make), 1) == (["release"], None)


def test_a_wsgi_body_that_was_not_run_to_its_end():
    ran = []

    def lazy(status, *, fails=False):
        def app(environ, start_response):
            start_response(status, [])
            try:
                yield b"a"
                ran.append("b")
                if fails:
                    raise RuntimeError("broken")
                yield b"b"
                ran.append("c")
            finally:
                ran.append("closed")

        return app

    assert given(lazy("200 OK"), 1) == (["release"], None)
    assert given(lazy("200 OK"), 2) == (["commit"], None)
    ended, error = given(lazy("200 OK", fails=True), 1)
    assert (ended, str(error)) == (["release"], "broken")
    assert ran == ["b", "closed", "b", "c", "closed", "b", "closed"]
    ran.clear()
    # What has failed anyway, or was never begun, goes no step further.
    assert given(lazy("500 Broken"), 1) == (["release"], None)
    assert given(lazy("200 OK"), 0) == (["release"], None)
    assert ran == ["closed"]
    page = Page(b"a", b"b")
    assert given(answering("200 OK", lambda: page), 1) == (["release"], None)
    assert page.closed


def test_a_wsgi_application_that_fails_after_the_sender_hung_up():
    from paysig.wsgi import VerifyMiddleware

    def hung_up(*args):
        def write(data):
            raise BrokenPipeError

        return write

    def app(environ, start_response):
        start_response("200 OK", [])(b"a")
        raise RuntimeError("broken")

    guard = Guard()
    with pytest.raises(RuntimeError):
        VerifyMiddleware(app, apps.verifier(), guard=guard)(environ(), hung_up)
    assert guard.ended == ["release"]


# As an ASGI server calls it. Since version 2.4 of its specification `send` raises OSError when the client has left.


def _bare(guard):
    from paysig.asgi import VerifyMiddleware

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    return VerifyMiddleware(app, apps.verifier(), guard=guard)


def _starlette(guard):
    from starlette.responses import PlainTextResponse

    from paysig.asgi import VerifyMiddleware

    return VerifyMiddleware(PlainTextResponse("handled"), apps.verifier(), guard=guard)


def _streaming(guard):
    from starlette.responses import StreamingResponse

    from paysig.asgi import VerifyMiddleware

    async def app(scope, receive, send):
        await StreamingResponse(iter([b"a", b"b"]))(scope, receive, send)

    return VerifyMiddleware(app, apps.verifier(), guard=guard)


def _dependency(guard):
    from fastapi import Depends, FastAPI

    from paysig.fastapi import webhook

    app = FastAPI()

    @app.post("/hook")
    async def hook(verified=Depends(webhook(apps.verifier(), guard=guard))):  # noqa: B008
        return "handled"

    return app


def _route(guard):
    from fastapi import APIRouter, FastAPI

    from paysig.fastapi import webhook_route

    router = APIRouter(route_class=webhook_route(apps.verifier(), guard=guard))
    router.post("/hook")(lambda: "handled")
    app = FastAPI()
    app.include_router(router)
    return app


def call(app, send):
    """One delivery to an application whose server sends like this."""
    signed = signer.sign("POST", "/hook", [], b"x").headers
    scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "POST"}
    scope |= {"path": "/hook", "raw_path": b"/hook", "root_path": "", "query_string": b"", "scheme": "http"}
    scope["headers"] = [(n.lower().encode(), v.encode()) for n, v in signed]

    async def receive():
        return {"type": "http.request", "body": b"x", "more_body": False}

    asyncio.run(app(scope, receive, send))


def hung_up(after):
    """A `send` that fails after so many messages."""
    messages = []

    async def send(message):
        messages.append(message)
        if len(messages) > after:
            raise OSError("the client left")

    return send


@pytest.mark.parametrize(
    ("make", "after", "ended"),
    [
        (_bare, 0, "release"),
        (_bare, 1, "release"),
        (_bare, 2, "commit"),
        (_starlette, 0, "commit"),
        (_starlette, 1, "commit"),
        (_streaming, 0, "release"),
        (_streaming, 1, "release"),
        (_streaming, 3, "commit"),
        (_dependency, 0, "commit"),
        (_dependency, 1, "commit"),
        (_route, 0, "commit"),
        (_route, 1, "commit"),
    ],
)
def test_an_asgi_answer_that_could_not_be_sent(make, after, ended):
    guard = Guard()
    # Starlette makes an exception of its own of it when a stream breaks.
    with pytest.raises(Exception, match=r"the client left|^$"):
        call(make(guard), hung_up(after))
    assert guard.ended == [ended]


def asgi_ended(app):
    from paysig.asgi import VerifyMiddleware

    guard = Guard()
    with contextlib.suppress(RuntimeError):
        call(VerifyMiddleware(app, apps.verifier(), guard=guard), hung_up(99))
    return guard.ended


def test_asgi_applications_that_do_not_answer_as_a_whole():
    async def begun(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def fails(scope, receive, send):
        await begun(scope, receive, send)
        raise RuntimeError("broken")

    async def fails_afterwards(scope, receive, send):
        await begun(scope, receive, send)
        await send({"type": "http.response.body", "body": b"handled"})
        raise RuntimeError("a background task")

    async def refuses(scope, receive, send):
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert [asgi_ended(app) for app in (begun, fails, fails_afterwards, refuses)] == [
        ["release"],
        ["release"],
        ["commit"],
        ["release"],
    ]


def test_a_server_hears_of_its_failure_to_send_the_start_from_an_application_that_sends_nothing_else():
    from paysig.asgi import VerifyMiddleware

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    with pytest.raises(OSError, match="the client left"):
        call(VerifyMiddleware(app, apps.verifier()), hung_up(0))
