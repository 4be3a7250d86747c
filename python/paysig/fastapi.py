"""FastAPI: a dependency for endpoints that take deliveries, and a route class for endpoints with a body model.

::

    verified_stripe = webhook(verifier)

    @app.post("/hooks/stripe")
    async def stripe(request: Request, verified: Annotated[Verified, Depends(verified_stripe)]):
        event = await request.json()
        ...

FastAPI parses a body model before it calls dependencies, so that a stranger would get to see its validation errors. For endpoints
with models or forms use the route class, which verifies first::

    router = APIRouter(route_class=webhook_route(verifier))

    @router.post("/hooks/stripe")
    async def stripe(request: Request, event: Event):
        verified = paysig.asgi.verified(request)

The provider's checks of the endpoint are answered by the route class only. Those of Ingenico and Braintree are GETs::

    @router.api_route("/hooks/ingenico", methods=["GET", "POST"])

With a guard: an endpoint has failed if it raises, an ``HTTPException`` for example; the route class also looks at the status of the
answer. Whether the answer reaches the sender has no say.
"""

from __future__ import annotations

import http
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from . import asgi
from ._paysig import Verified
from ._receive import DEFAULT_MAX_BODY, Receiver, Refused, is_success
from .errors import ConfigurationError
from .keycache import MessageVerifier
from .replay import ReplayGuard

__all__ = ["webhook", "webhook_route"]


def webhook(
    verifier: MessageVerifier, *, public_url: str | None = None, max_body: int = DEFAULT_MAX_BODY, guard: ReplayGuard | None = None
) -> Callable[[Request], AsyncIterator[Verified]]:
    """A dependency that gives the `paysig.Verified`. Options as in `paysig.asgi.VerifyMiddleware`."""
    receiver = Receiver(verifier, public_url=public_url, max_body=max_body, guard=guard)

    async def verified(request: Request) -> AsyncIterator[Verified]:
        try:
            body = await _body(receiver, request)
            delivery = await asgi.judge(receiver, request.scope, body)
        except Refused as refused:
            if refused.status == http.HTTPStatus.OK and refused.body != refused.phrase.encode():
                raise ConfigurationError("an endpoint check of the provider can be answered only by webhook_route") from None
            raise HTTPException(refused.status, refused.phrase, dict(refused.headers_of_any_body())) from None
        endpoint = request.scope.get("fastapi_function_astack")
        if isinstance(endpoint, AsyncExitStack):
            # Since 0.118 a dependency is resumed only after the answer was sent, and hears of senders that hung up as if the
            # endpoint had failed. This stack is left when the endpoint is done.
            async def done(kind: object, error: BaseException | None, trace: object) -> None:
                await delivery.aend(error is None)

            endpoint.push_async_exit(done)
            yield delivery.verified
            return
        success = False
        try:
            yield delivery.verified
            success = True
        finally:
            await delivery.aend(success)

    return verified


async def _body(receiver: Receiver, request: Request) -> bytes:
    """The body, kept for the endpoint."""
    length = request.headers.get("content-length")
    if length:
        receiver.announced(length)
    elif not hasattr(request, "_body") and not getattr(request, "_stream_consumed", False):
        size = 0
        chunks = []
        async for chunk in request.stream():
            size += len(chunk)
            receiver.check_length(size)
            chunks.append(chunk)
        # Where Request.body() keeps it.
        request._body = b"".join(chunks)
    try:
        return await request.body()
    except RuntimeError:
        raise ConfigurationError(
            "FastAPI read the form before the signature was verified, and the raw body is gone: use webhook_route for this endpoint"
        ) from None


def webhook_route(
    verifier: MessageVerifier, *, public_url: str | None = None, max_body: int = DEFAULT_MAX_BODY, guard: ReplayGuard | None = None
) -> type[APIRoute]:
    """A route class that verifies before FastAPI parses anything; `paysig.asgi.verified` finds the result."""
    receiver = Receiver(verifier, public_url=public_url, max_body=max_body, guard=guard)

    class WebhookRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def verified_first(request: Request) -> Response:
                try:
                    body = await asgi.read_body(receiver, request.scope, request.receive)
                    delivery = await asgi.judge(receiver, request.scope, body)
                except asgi.Disconnected:
                    raise ClientDisconnect from None
                except Refused as refused:
                    return Response(refused.body, refused.status, dict(refused.headers()))
                request.scope["paysig.verified"] = delivery.verified
                success = False
                try:
                    response = await handle(Request(request.scope, asgi.replaying(body, request.receive)))
                    success = is_success(response.status_code)
                finally:
                    await delivery.aend(success)
                return response

            return verified_first

    return WebhookRoute
