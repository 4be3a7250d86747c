"""ASGI: verifies deliveries before any framework reads them (Starlette, FastAPI, Django, Litestar, Quart).

::

    app = VerifyMiddleware(app, verifier, paths=["/hooks/stripe"])

The application finds the result with `verified(scope)`, which raises where nothing was verified, so that a route that the
middleware does not cover cannot mistake a message for an authentic one. The provider's checks of the endpoint are answered before
the application routes anything: those of Ingenico and Braintree are GETs to the same path.

With a guard, a delivery counts as handled once the application has given a whole answer of 2xx, be there anybody left to read it or
not. If the sender hangs up while the body is still being computed, or if the application fails before its end, the delivery may
come again. What happens after the answer, in background tasks for example, has no say.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import quote

from ._paysig import Verified
from ._receive import DEFAULT_MAX_BODY, Delivery, Receiver, Refused, is_success
from .errors import ConfigurationError
from .keycache import MessageVerifier
from .replay import ReplayGuard

__all__ = ["VerifyMiddleware", "verified"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_KEY = "paysig.verified"

#: Messages that may be the last of a body; the latter two are extensions of ASGI.
_BODIES = frozenset({"http.response.body", "http.response.zerocopysend", "http.response.pathsend"})


def verified(scope: Any) -> Verified:
    """The verified delivery of a scope, or of a request that has one (Starlette's, FastAPI's)."""
    found = getattr(scope, "scope", scope).get(_KEY)
    if not isinstance(found, Verified):
        raise ConfigurationError("this request was not verified: no VerifyMiddleware covers its path")
    return found


def raw_target(scope: Scope) -> bytes:
    """Path and query as they were on the request line."""
    path: bytes = scope.get("raw_path") or quote(scope["path"], safe="/:@!$&'()*+,;=~").encode()
    # Some servers leave the query in raw_path.
    path = path.partition(b"?")[0]
    query: bytes = scope.get("query_string", b"")
    return path + b"?" + query if query else path


class Disconnected(Exception):
    """The client left before the body was complete."""


async def read_body(receiver: Receiver, scope: Scope, receive: Receive) -> bytes:
    """The whole body, within the limit."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-length":
            receiver.announced(value.decode("latin-1"))
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        receiver.check_length(size)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def replaying(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once more, and then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def judge(receiver: Receiver, scope: Scope, body: bytes) -> Delivery:
    """The delivery, admitted by the guard; else raises Refused."""
    headers = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
    delivery = await receiver.ajudge(scope["method"], raw_target(scope), headers, body)
    await delivery.abegin()
    return delivery


class VerifyMiddleware:
    """Calls the application only with authentic deliveries, and answers all others.

    ``verifier``: a `paysig.Verifier`, or a `paysig.KeyCache` where keys are fetched.
    ``paths``: the exact paths that are covered, decoded and without a query; all if not given. ``public_url``: where the provider
    reaches this server, for schemes that sign the URL: ``https://shop.example``, and a path if a proxy strips one. The path and
    query of each request are appended; the Host header has no say. ``max_body``: bytes. ``guard``: a `paysig.ReplayGuard`; its
    methods may be coroutines.
    """

    def __init__(
        self,
        app: Application,
        verifier: MessageVerifier,
        *,
        public_url: str | None = None,
        max_body: int = DEFAULT_MAX_BODY,
        guard: ReplayGuard | None = None,
        paths: Collection[str] | None = None,
    ) -> None:
        self.app = app
        self._receiver = Receiver(verifier, public_url=public_url, max_body=max_body, guard=guard, paths=paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http" or not self._receiver.applies(scope["path"]):
            await self.app(scope, receive, send)
            return
        try:
            body = await read_body(self._receiver, scope, receive)
            delivery = await judge(self._receiver, scope, body)
        except Disconnected:
            return
        except Refused as refused:
            await _answer(send, refused)
            return
        await self._run(delivery, dict(scope), replaying(body, receive), send)

    async def _run(self, delivery: Delivery, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_KEY] = delivery.verified
        answer = _Answer(send)
        try:
            await self.app(scope, receive, answer.send)
        finally:
            await delivery.aend(answer.is_whole and is_success(answer.status))
        if answer.failure is not None:
            raise answer.failure


class _Answer:
    """What the application answers, whether or not there is somebody left to read it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500
        #: The last piece was given.
        self.is_whole = False
        #: Why the start could not be sent, until the application is told.
        self.failure: Exception | None = None

    async def send(self, message: Message) -> None:
        """Given to the application."""
        if message["type"] == "http.response.start" and not self.is_whole:
            self.status = message["status"]
            try:
                await self._send(message)
            except Exception as error:
                # The application is stopped at its next message only, which tells whether its answer is complete.
                self.failure = error
            return
        if message["type"] in _BODIES and not message.get("more_body", False):
            self.is_whole = True
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        await self._send(message)


async def _answer(send: Send, refused: Refused) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in refused.headers()]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": refused.body})
