"""What mypy must accept in programs that use paysig, and what types it must find. Never executed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from http.client import HTTPMessage
from typing import Annotated

import fastapi
import flask
import httpx
import requests
from django.http import HttpRequest, HttpResponse
from starlette.applications import Starlette
from typing_extensions import assert_type

import paysig
import paysig.asgi
import paysig.django
import paysig.fastapi
import paysig.flask
import paysig.httpx
import paysig.requests
import paysig.wsgi
from paysig.types import Headers

signer = paysig.Signer("stripe", "webhook", credentials={"secret": "s"}, variants=["a"])
signed = signer.sign("POST", "/", {"A": "b"}, bytearray(b"x"), now=datetime.now(timezone.utc))
assert_type(signed.headers, list[tuple[str, str]])
assert_type(signed.used.nonce, "str | None")
verifier = paysig.Verifier("stripe", keys=[{"secret": "s"}, paysig.Key({"secret": b"t"})], tolerance=timedelta(seconds=5))


def headers_of_many_kinds(message: HTTPMessage, response: requests.Response, request: httpx.Request) -> None:
    kinds: list[Headers] = [
        message,
        response.headers,
        request.headers,
        {"A": ["b", "c"]},
        {b"A": b"b"},
        [("A", "b"), (b"A", b"b")],
        request.headers.raw,
    ]
    for headers in kinds:
        assert_type(verifier.verify("POST", b"/", headers, memoryview(b"x")), paysig.Verified)


def errors() -> str:
    try:
        verifier.verify("POST", "/", None, None)
    except paysig.NeedsKey as error:
        return f"{error.key_id} {error.url}"
    except paysig.VerificationError as error:
        assert_type(error.status, paysig.Status)
        assert_type(error.field, "str | None")
        return error.message
    return ""


def key(key_id: str, url: str, document: bytes) -> dict[str, str | bytes]:
    return {"webhook_id": "w", "certificate": document, "cert_url": url}


def read_url(url: str, max_bytes: int, timeout: float) -> bytes:
    return httpx.get(url, timeout=timeout).raise_for_status().content[: max_bytes + 1]


cache = paysig.KeyCache(verifier, [{"secret": "s"}], key, fetch=read_url, lifetime=timedelta(hours=2), max_keys=3)
assert_type(cache.verify("POST", b"/", {"A": "b"}, memoryview(b"x")), paysig.Verified)
judges: list[paysig.MessageVerifier] = [verifier, cache]


async def waiting() -> None:
    assert_type(await cache.averify("POST", b"/", {"A": "b"}, memoryview(b"x")), paysig.Verified)


def token(session: paysig.TokenSession) -> float:
    match session.next():
        case paysig.Authorize(headers):
            assert_type(headers, list[tuple[str, str]])
        case paysig.Fetch() as fetch:
            assert_type(fetch.body, bytes)
        case paysig.Wait() as wait:
            return wait.seconds
    return 0.0


client = httpx.Client(auth=paysig.httpx.SigningAuth(signer), transport=paysig.httpx.SigningTransport(signer))
requests.get("https://api.example", auth=paysig.requests.SigningAuth(signer))

application = flask.Flask("x")
application.wsgi_app = paysig.wsgi.VerifyMiddleware(application.wsgi_app, verifier)  # type: ignore[method-assign]
Starlette().add_middleware(paysig.asgi.VerifyMiddleware, verifier=cache, guard=paysig.MemoryReplayGuard())


@application.post("/")
@paysig.flask.webhook(verifier, guard=paysig.MemoryReplayGuard())
def flask_view(verified: paysig.Verified) -> str:
    return str(verified.signed_fields)


@paysig.django.webhook(cache)
def django_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


api = fastapi.FastAPI()
dependency = paysig.fastapi.webhook(verifier)


@api.post("/")
async def endpoint(verified: Annotated[paysig.Verified, fastapi.Depends(dependency)]) -> str | None:
    return verified.replay_key
