"""Django: a decorator for views that take deliveries.

::

    @webhook(verifier)
    def stripe(request):
        event = json.loads(request.body)
        verified = request.paysig
        ...

Works for functions and coroutines, for classes through ``method_decorator(webhook(verifier), name="dispatch")``, and for the
views of Django REST framework, where it goes above ``@api_view``. The view is exempt from CSRF checks: the signature does more.
The body is read first and is still there for ``request.body``, ``request.POST`` and ``request.data``.

The provider's checks of the endpoint are answered without the view. Those of Ingenico and Braintree are GETs, so nothing above the
decorator may refuse these: ``@require_POST`` goes below it, as ``@api_view(["POST"])`` does.

With a guard, a delivery counts as handled only once the transactions around the view (``ATOMIC_REQUESTS``) are committed and a
template or a response of Django REST framework is rendered; whether the answer reaches the sender has no say. If one of these
fails, the delivery is handled again when its lease has run out. The transaction around a ``django.test.TestCase`` never commits:
there, ``captureOnCommitCallbacks(execute=True)`` does what a commit would do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync, iscoroutinefunction
from django.core.exceptions import RequestDataTooBig
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException

from . import asgi, wsgi
from ._receive import DEFAULT_MAX_BODY, Delivery, Headers, Receiver, Refused, is_success
from .errors import ConfigurationError
from .keycache import MessageVerifier
from .replay import ReplayGuard

__all__ = ["webhook"]

View = Callable[..., Any]


def webhook(
    verifier: MessageVerifier, *, public_url: str | None = None, max_body: int = DEFAULT_MAX_BODY, guard: ReplayGuard | None = None
) -> Callable[[View], View]:
    """Decorates a view. Options as in `paysig.wsgi.VerifyMiddleware`; the result is ``request.paysig``."""
    receiver = Receiver(verifier, public_url=public_url, max_body=max_body, guard=guard)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def verified_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                delivery = receiver.judge(*_received(receiver, request))
                request.paysig = delivery.verified  # type: ignore[attr-defined]
                delivery.begin()
            except Refused as refused:
                return _answer(refused)
            try:
                response = view(request, *args, **kwargs)
            except BaseException:
                delivery.end(False)
                raise
            _end(delivery, response)
            return response

        @functools.wraps(view)
        async def verified_coroutine(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                delivery = await receiver.ajudge(*_received(receiver, request))
                request.paysig = delivery.verified  # type: ignore[attr-defined]
                await delivery.abegin()
            except Refused as refused:
                return _answer(refused)
            try:
                response = await view(request, *args, **kwargs)
            except BaseException:
                await delivery.aend(False)
                raise
            await _aend(delivery, response)
            return response

        wrapped: View = verified_view
        if _is_async(view):
            wrapped = verified_coroutine
        else:
            receiver.needs_plain_guard()
        wrapped.csrf_exempt = True  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _is_async(view: View) -> bool:
    # `method_decorator` gives a partial of the bound method: an asynchronous class's dispatch is a plain function.
    owner = getattr(getattr(view, "func", None), "__self__", None)
    return iscoroutinefunction(view) or getattr(owner, "view_is_async", False) is True


def _end(delivery: Delivery, response: HttpResponse | None) -> None:
    """Ends the delivery, if need be after the transactions around the view are committed and the answer is rendered."""
    uncommitted = {c.alias for c in connections.all(initialized_only=True) if c.in_atomic_block}
    if not _succeeded(response):
        delivery.end(False)
    elif uncommitted:

        def committed(alias: str) -> None:
            uncommitted.discard(alias)
            if not uncommitted:
                _end(delivery, response)

        for alias in list(uncommitted):
            transaction.on_commit(functools.partial(committed, alias), using=alias)
    elif _is_rendered(response):
        delivery.end(True)
    else:
        response.add_post_render_callback(functools.partial(_end, delivery))  # type: ignore[union-attr]


async def _aend(delivery: Delivery, response: HttpResponse | None) -> None:
    """The same for a coroutine, which cannot be within a transaction of Django's."""
    if not _succeeded(response) or _is_rendered(response):
        await delivery.aend(_succeeded(response))
        return

    # Django renders in a thread.
    @async_to_sync
    async def rendered(answer: HttpResponse) -> None:
        await delivery.aend(_succeeded(answer))

    response.add_post_render_callback(rendered)  # type: ignore[union-attr]


def _succeeded(response: HttpResponse | None) -> bool:
    return response is not None and is_success(response.status_code)


def _is_rendered(response: HttpResponse | None) -> bool:
    return getattr(response, "is_rendered", True)


def _answer(refused: Refused) -> HttpResponse:
    return HttpResponse(refused.body, status=refused.status, headers=dict(refused.headers()))


def _received(receiver: Receiver, request: HttpRequest) -> tuple[str, bytes, Headers, bytes]:
    """What `Receiver.judge` takes."""
    # Django REST framework wraps the request.
    plain: HttpRequest = getattr(request, "_request", request)
    scope = getattr(plain, "scope", None)
    body = _body(receiver, plain)
    if scope is not None:
        headers = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
        target = asgi.raw_target(scope)
    else:
        headers = wsgi.headers(plain.META)
        target = wsgi.raw_target(plain.META)
    return plain.method or "", target, headers, body


def _body(receiver: Receiver, request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH")
    if length:
        receiver.announced(length)
    elif request.META.get("HTTP_TRANSFER_ENCODING") and not hasattr(request, "scope"):
        # Over WSGI Django takes a body without Content-Length for an empty one; paysig.wsgi.VerifyMiddleware reads it.
        raise Refused(411)
    try:
        return request.body
    except RequestDataTooBig:
        raise Refused(413) from None
    except RawPostDataException:
        raise ConfigurationError(
            "the body was read before the signature was verified, and its bytes are gone: "
            "no middleware may touch request.POST or read() of a multipart delivery, nor request.data before the decorator"
        ) from None
