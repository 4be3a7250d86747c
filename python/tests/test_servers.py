"""Every integration behind a real server: authentic deliveries arrive unharmed, everything else is answered with a bare status."""

from __future__ import annotations

import asyncio
import base64
import gzip
import itertools
import json
import logging
import time
import urllib.request

import anyio
import httpx
import pytest

import apps
import paysig
from apps import MAX_BODY
from providers import HOOK, HOOK_KEY, URL_HOOK
from serving import gunicorn_server, send, uvicorn_server, waitress_server, wsgiref_server
from test_replay import SlowGuard

# Django's application object configures the whole process, which all its servers share.
SERVERS = {
    "wsgi-waitress": lambda: waitress_server(apps.wsgi_app()),
    "wsgi-gunicorn": lambda: gunicorn_server("wsgi_app"),
    "flask-waitress": lambda: waitress_server(apps.flask_app()),
    "flask-gunicorn": lambda: gunicorn_server("flask_app"),
    "django-waitress": lambda: waitress_server(apps.django_wsgi()),
    "django-gunicorn": lambda: gunicorn_server("django_wsgi"),
    "django-uvicorn": lambda: uvicorn_server(apps.django_asgi()),
    "starlette-uvicorn": lambda: uvicorn_server(apps.starlette_app()),
    "fastapi-uvicorn": lambda: uvicorn_server(apps.fastapi_app()),
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request):
    with SERVERS[request.param]() as port:
        yield request.param, port


@pytest.fixture
def port(server):
    return server[1]


@pytest.fixture
def framework(server):
    return server[0]


signer = paysig.Signer(HOOK, "webhook", credentials=HOOK_KEY)
numbers = itertools.count()


def fresh() -> bytes:
    """A body that no guard has seen."""
    return json.dumps({"amount": next(numbers), "ü": "ß"}, ensure_ascii=False).encode()


def deliver(port, target="/hook", body=None, headers=(), *, sign=True, **how):
    body = fresh() if body is None else body
    signed = signer.sign("POST", target, [], body).headers if sign else []
    return send(port, target, [*signed, *headers], body, **how)


JSON = [("Content-Type", "application/json")]
FORM = [("Content-Type", "application/x-www-form-urlencoded")]
MULTIPART = [("Content-Type", "multipart/form-data; boundary=b")]
MULTIPART_BODY = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n%d\r\n--b--\r\n'


def test_an_authentic_delivery_arrives(port):
    body = fresh()
    status, answer = deliver(port, body=body, headers=JSON)
    assert status == 200, answer
    answer = json.loads(answer)
    assert base64.b64decode(answer["body"]) == body
    assert len(answer["replay_key"]) == 64
    if answer.get("json") is not None:
        assert answer["json"] == json.loads(body)


@pytest.mark.parametrize("target", ["/hook?a=%20b+c&d=%C3%BC", "/hook/%C3%BC", "/hook/a%20b?x"])
def test_targets_are_taken_as_they_were_sent(port, target):
    assert deliver(port, target)[0] == 200


def test_bodies_that_are_not_text(port):
    body = b"\xff\x00" + fresh()
    assert base64.b64decode(json.loads(deliver(port, body=body)[1])["body"]) == body


def test_gzip_stays_as_it_came(port):
    body = gzip.compress(fresh())
    status, answer = deliver(port, body=body, headers=[*JSON, ("Content-Encoding", "gzip")])
    assert status == 200
    assert base64.b64decode(json.loads(answer)["body"]) == body


def test_chunked_bodies(port, framework):
    body = fresh()
    status, answer = deliver(port, body=body, headers=JSON, chunked=True)
    if framework == "django-gunicorn":
        # Django over WSGI would see an empty body; it says so, and paysig.wsgi.VerifyMiddleware reads it.
        assert status == 411
        return
    assert status == 200, answer
    assert base64.b64decode(json.loads(answer)["body"]) == body


@pytest.mark.parametrize(
    ("headers", "body"), [(FORM, b"a=%d&b=%%C3%%BC"), (MULTIPART, MULTIPART_BODY)], ids=["urlencoded", "multipart"]
)
def test_forms_are_still_there(port, headers, body):
    body %= next(numbers)
    status, answer = deliver(port, body=body, headers=headers)
    assert status == 200, answer
    answer = json.loads(answer)
    assert base64.b64decode(answer["body"]) == body
    if "form" in answer:
        assert answer["form"]["a"] in body.decode()


REFUSALS = {
    "no signature": (400, {"sign": False}),
    "wrong signature": (401, {"sign": False, "headers": [("X-Time", "1767323045"), ("X-Signature", "0" * 64)]}),
    "malformed signature": (400, {"sign": False, "headers": [("X-Time", "1767323045"), ("X-Signature", "zz")]}),
    "too large": (413, {"body": b"x" * (MAX_BODY + 1)}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_say_nothing_but_the_status(port, name):
    expected, how = REFUSALS[name]
    status, answer = deliver(port, **how)
    assert status == expected
    text = answer.decode().lower()
    assert len(text) < 60
    for word in ("paysig", "mismatch", "signature", "missing", "malformed", "too_large", "field", "x-"):
        assert word not in text


def test_too_large_chunked_bodies_are_cut_off(port, framework):
    status, _ = deliver(port, body=b"x" * (MAX_BODY + 1), chunked=True)
    assert status == (411 if framework == "django-gunicorn" else 413)


LENGTHS = pytest.mark.parametrize(("length", "status"), [("9" * 5000, 413), ("1x", 400), ("-1", 400)])


@LENGTHS
@pytest.mark.parametrize("app", ["wsgi_app", "flask_app", "django_wsgi"])
def test_announced_lengths_that_no_server_checked(app, length, status):
    with wsgiref_server(getattr(apps, app)()) as port:
        assert send(port, "/hook", [("Content-Length", length)], None)[0] == status


@LENGTHS
@pytest.mark.parametrize(
    ("app", "target"),
    [("starlette_app", "/hook"), ("django_asgi", "/hook"), ("fastapi_app", "/hook"), ("fastapi_app", "/route/model")],
)
def test_announced_lengths_that_no_asgi_server_checked(app, target, length, status):
    async def post():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(getattr(apps, app)()), base_url="http://hook") as client:
            return await client.post(target, headers={"Content-Length": length}, content=b"x")

    assert asyncio.run(post()).status_code == status


def test_old_deliveries_are_refused(port):
    body = fresh()
    headers = signer.sign("POST", "/hook", [], body, now=1767323045).headers
    assert send(port, "/hook", headers, body)[0] == 401


def test_a_changed_body_is_refused(port):
    body = fresh()
    headers = signer.sign("POST", "/hook", [], body).headers
    assert send(port, "/hook", headers, body + b" ")[0] == 401
    assert send(port, "/hook?x", headers, body)[0] == 401
    assert send(port, "/hook", headers, body)[0] == 200


def test_a_finished_duplicate_is_answered_with_200_and_not_handled_again(port):
    body = fresh()
    headers = signer.sign("POST", "/hook", [], body).headers
    first = send(port, "/hook", headers, body)
    second = send(port, "/hook", headers, body)
    assert (first[0], second[0]) == (200, 200)
    assert b"replay_key" in first[1]
    assert b"replay_key" not in second[1]


@pytest.mark.parametrize("target", ["/fail", "/raise"])
def test_a_failed_delivery_may_come_again(port, target):
    body = fresh()
    headers = signer.sign("POST", target, [], body).headers
    assert [send(port, target, headers, body)[0] for _ in range(3)] == [500, 500, 500]


def test_get_without_a_body(port, framework):
    # Signed for GET and refused by the route, not by the signature; or taken, where the application takes any method.
    headers = signer.sign("GET", "/hook?x=1", [], b"").headers
    status, _ = send(port, "/hook?x=1", headers, None, method="GET")
    assert status in (200, 405)


def only(prefix, *names):
    return pytest.mark.parametrize("server", [n for n in SERVERS if n.startswith(prefix)], indirect=True)


@only("django")
@pytest.mark.parametrize("target", ["/async", "/class", "/async-class", "/async-as-view", "/drf"])
def test_django_views_of_every_kind(server, target):
    body = fresh()
    status, answer = deliver(server[1], target, body, JSON)
    assert status == 200, answer
    assert base64.b64decode(json.loads(answer)["body"]) == body
    assert deliver(server[1], target, body, JSON, sign=False)[0] == 400


@only("django")
def test_django_body_that_was_read_before(server):
    assert deliver(server[1], "/too-late", headers=JSON)[0] == 500


@only("django")
def test_django_answers_that_fail_after_the_view(server):
    port = server[1]
    deliveries = []
    for target in ("/late/template", "/late/async-template", "/late/drf", "/late/transaction"):
        body = fresh()
        deliveries.append((port, target, signer.sign("POST", target, [], body).headers, body))
    assert [send(*delivery)[0] for delivery in deliveries] == [500] * 4
    for delivery in deliveries:
        # Until the lease has run out.
        while (answer := send(*delivery))[0] == 503:
            time.sleep(0.1)
        assert (answer[0], answer[1].strip(b'"')) == (200, b"taken")
    # Handled, and known at once.
    assert [send(*delivery) for delivery in deliveries] == [(200, b"OK")] * 4


@only("flask")
def test_flask_form_that_was_parsed_before(server):
    assert deliver(server[1], "/too-late", b"a=1", FORM)[0] == 500


@only("fastapi")
def test_fastapi_form_that_was_parsed_before(server):
    assert deliver(server[1], "/too-late", b"a=1", FORM)[0] == 500


@only("fastapi")
def test_fastapi_routes_verify_before_parsing(server):
    port = server[1]
    status, answer = deliver(port, "/route/model", headers=JSON)
    assert status == 200, answer
    assert deliver(port, "/route/form", b"a=%d" % next(numbers), FORM)[0] == 200
    # A stranger sees no validation error, a friend does.
    assert deliver(port, "/route/model", b"{}", JSON, sign=False) == (400, b"Bad Request")
    assert deliver(port, "/route/model", b'{"n":%d}' % next(numbers), JSON)[0] == 422
    body = fresh()
    headers = signer.sign("POST", "/route/fail", [], body).headers
    assert [send(port, "/route/fail", headers, body)[0] for _ in range(2)] == [500, 500]


def test_paths_that_are_not_covered_are_not_verified():
    with uvicorn_server(apps.starlette_app()) as port:
        assert deliver(port, "/open", sign=False)[0] == 200


def test_schemes_that_sign_the_url_use_the_configured_one():
    from paysig.wsgi import VerifyMiddleware

    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"ok"]

    verifier = paysig.Verifier(URL_HOOK, keys={"secret": "s"})
    url_signer = paysig.Signer(URL_HOOK, "webhook", credentials={"secret": "s"})
    headers = url_signer.sign("POST", "https://shop.example/base/hook?a=%20", [], b"x").headers
    with waitress_server(VerifyMiddleware(app, verifier, public_url="https://shop.example/base/")) as port:
        assert send(port, "/hook?a=%20", headers, b"x")[0] == 200
        # The Host header has no say.
        other = url_signer.sign("POST", "https://evil.example/hook", [], b"x").headers
        assert send(port, "/hook", [*other, ("X-Forwarded-Host", "evil.example")], b"x")[0] == 401
    with waitress_server(VerifyMiddleware(app, verifier)) as port:
        assert send(port, "/hook?a=%20", headers, b"x")[0] == 500


CHECK = [("X-GCS-Webhooks-Endpoint-Verification", "<b>3e1c9e1e</b>")]


def _django(verifier):
    apps.django_setup()
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.views.decorators.http import require_POST

    from paysig.django import webhook

    # What goes below the decorator cannot refuse the check, which is a GET.
    view = webhook(verifier)(require_POST(lambda request: HttpResponse(status=500)))
    answer = view(RequestFactory().get("/hook", headers=dict(CHECK)))
    return answer.status_code, answer.content, answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]


def _flask(verifier):
    import flask

    from paysig.flask import webhook

    app = flask.Flask("check")
    app.get("/hook")(webhook(verifier)(lambda verified: ("", 500)))
    answer = app.test_client().get("/hook", headers=CHECK)
    return answer.status_code, answer.data, answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]


def _wsgi(verifier):
    from paysig.wsgi import VerifyMiddleware

    with waitress_server(VerifyMiddleware(lambda environ, start: [], verifier)) as port:
        return _get(port)


def _asgi(verifier):
    from paysig.asgi import VerifyMiddleware

    with uvicorn_server(VerifyMiddleware(None, verifier)) as port:
        return _get(port)


def _fastapi(verifier):
    from fastapi import APIRouter, FastAPI

    from paysig.fastapi import webhook_route

    router = APIRouter(route_class=webhook_route(verifier))
    router.api_route("/hook", methods=["GET", "POST"])(lambda: 1 / 0)
    app = FastAPI()
    app.include_router(router)
    with uvicorn_server(app) as port:
        return _get(port)


def _get(port):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/hook", headers=dict(CHECK))) as answer:
        return answer.status, answer.read(), answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]


@pytest.mark.parametrize("ask", [_django, _flask, _wsgi, _asgi, _fastapi])
def test_endpoint_checks_are_answered_without_the_application(ask):
    verifier = paysig.Verifier("ingenico-v1hmac", keys={"key_id": "k", "secret": "s"})
    assert verifier.handshake("GET", "/hook") is None
    status, body, content_type, options = ask(verifier)
    assert (status, body, options) == (200, b"<b>3e1c9e1e</b>", "nosniff")
    assert content_type.startswith("text/plain")


def test_fastapi_says_when_a_delivery_may_come_again():
    from fastapi import APIRouter, Depends, FastAPI

    from paysig.fastapi import webhook, webhook_route

    class Busy:
        def begin(self, replay_key):
            return paysig.Began.IN_PROGRESS

        def commit(self, lease):
            raise AssertionError("nothing was begun")

        release = commit

    app = FastAPI()
    router = APIRouter(route_class=webhook_route(apps.verifier(), guard=Busy()))
    router.post("/route")(lambda: None)
    app.include_router(router)
    dependency = Depends(webhook(apps.verifier(), guard=Busy()))

    @app.post("/dependency")
    def hook(verified=dependency):
        raise AssertionError("not reached")

    with uvicorn_server(app) as port:
        for target in ("/route", "/dependency"):
            headers = signer.sign("POST", target, [], b"x").headers
            answer = httpx.post(f"http://127.0.0.1:{port}{target}", headers=headers, content=b"x", trust_env=False)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def _asgi_within(limit, guard, handle):
    from paysig.asgi import VerifyMiddleware

    async def app(scope, receive, send):
        await handle()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"handled"})

    return limit(VerifyMiddleware(app, apps.verifier(), guard=guard))


def _dependency_within(limit, guard, handle):
    from fastapi import Depends, FastAPI, Response

    from paysig.fastapi import webhook

    app = FastAPI()

    @app.post("/hook")
    async def hook(verified=Depends(webhook(apps.verifier(), guard=guard))):  # noqa: B008
        await handle()
        return Response(b"handled")

    return limit(app)


def _route_within(limit, guard, handle):
    from fastapi import APIRouter, FastAPI, Response

    from paysig.fastapi import webhook_route

    router = APIRouter(route_class=webhook_route(apps.verifier(), guard=guard))

    @router.post("/hook")
    async def hook():
        await handle()
        return Response(b"handled")

    app = FastAPI()
    app.include_router(router)
    return limit(app)


@pytest.mark.parametrize("make", [_asgi_within, _dependency_within, _route_within])
def test_a_delivery_cut_off_by_a_time_limit_may_come_again(make):
    guard = SlowGuard()
    scopes = []

    async def handle():
        if len(scopes) == 1:
            # The time is up.
            scopes[0].cancel()
            await anyio.sleep(60)

    def limit(app):
        async def limited(scope, receive, send):
            with anyio.CancelScope() as cut_off:
                scopes.append(cut_off)
                await app(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": 504, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return limited

    headers = signer.sign("POST", "/hook", [], b"x").headers
    with uvicorn_server(make(limit, guard, handle)) as port:
        assert [send(port, "/hook", headers, b"x") for _ in range(2)] == [(504, b""), (200, b"handled")]
    assert guard.done == ["begin", "release", "begin", "commit"]


def test_why_is_logged_and_nothing_secret(caplog):
    caplog.set_level(logging.INFO, "paysig")
    with waitress_server(apps.wsgi_app()) as port:
        deliver(port, sign=False)
    assert "missing_signature" in caplog.text
    assert HOOK_KEY["secret"] not in caplog.text
