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
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException

from . import asgi, wsgi
from ._receive import DEFAULT_MAX_BODY, Headers, Receiver, Refused, is_success
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
            response = None
            try:
                response = view(request, *args, **kwargs)
            finally:
                delivery.end(response is not None and is_success(response.status_code))
            return response

        @functools.wraps(view)
        async def verified_coroutine(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                delivery = await receiver.ajudge(*_received(receiver, request))
                request.paysig = delivery.verified  # type: ignore[attr-defined]
                await delivery.abegin()
            except Refused as refused:
                return _answer(refused)
            response = None
            try:
                response = await view(request, *args, **kwargs)
            finally:
                await delivery.aend(response is not None and is_success(response.status_code))
            return response

        wrapped: View = verified_coroutine if _is_async(view) else verified_view
        wrapped.csrf_exempt = True  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _is_async(view: View) -> bool:
    # `method_decorator` gives a partial of the bound method: an asynchronous class's dispatch is a plain function.
    owner = getattr(getattr(view, "func", None), "__self__", None)
    return iscoroutinefunction(view) or getattr(owner, "view_is_async", False) is True


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
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isascii() and length.isdigit():
        receiver.check_length(int(length))
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
