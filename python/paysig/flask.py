"""Flask: a decorator for views that take deliveries.

::

    @app.post("/hooks/stripe")
    @webhook(verifier)
    def stripe(verified):
        event = flask.request.get_json()
        ...

The view is called only with authentic deliveries and is given the `paysig.Verified` as ``verified``. The body is read before
Flask parses forms, and is still there for ``request.get_json()``, ``request.form`` and ``request.get_data()``.

The provider's checks of the endpoint are answered without the view. Those of Ingenico and Braintree are GETs::

    @app.route("/hooks/ingenico", methods=["GET", "POST"])

With a guard, a delivery counts as handled once the view has answered 2xx, whether or not the answer reaches the sender.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from . import wsgi
from ._receive import DEFAULT_MAX_BODY, Receiver, Refused, is_success
from .errors import ConfigurationError
from .keycache import MessageVerifier
from .replay import ReplayGuard

__all__ = ["webhook"]

View = Callable[..., Any]


def webhook(
    verifier: MessageVerifier, *, public_url: str | None = None, max_body: int = DEFAULT_MAX_BODY, guard: ReplayGuard | None = None
) -> Callable[[View], View]:
    """Decorates a view; goes below ``@app.post`` or ``@app.route``. Options as in `paysig.wsgi.VerifyMiddleware`."""
    receiver = Receiver(verifier, public_url=public_url, max_body=max_body, guard=guard)
    receiver.needs_plain_guard()

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def verified_view(*args: Any, **kwargs: Any) -> Any:
            request = flask.request
            try:
                body = _body(receiver, request)
                delivery = receiver.judge(request.method, wsgi.raw_target(request.environ), wsgi.headers(request.environ), body)
                delivery.begin()
            except Refused as refused:
                return flask.Response(refused.body, refused.status, refused.headers())
            success = False
            try:
                view_sync = flask.current_app.ensure_sync(view)
                response = flask.make_response(view_sync(*args, verified=delivery.verified, **kwargs))
                success = is_success(response.status_code)
            finally:
                delivery.end(success)
            return response

        return verified_view

    return decorate


def _body(receiver: Receiver, request: flask.Request) -> bytes:
    length = request.environ.get("CONTENT_LENGTH")
    if length:
        receiver.announced(length)
    limit = receiver.max_body if request.max_content_length is None else min(receiver.max_body, request.max_content_length)
    # A body without announced length is cut off silently at Werkzeug's limit, so that must be one more than ours.
    request.max_content_length = limit + 1
    if "form" in request.__dict__:
        raise ConfigurationError(
            "the form was parsed before the signature was verified, and the raw body is gone: "
            "do not touch request.form, request.files or request.values before the view"
        )
    if request.environ.get("HTTP_TRANSFER_ENCODING") and not request.environ.get("wsgi.input_terminated"):
        raise Refused(411)
    try:
        body = request.get_data(cache=True, parse_form_data=False)
    except RequestEntityTooLarge:
        raise Refused(413) from None
    if len(body) > limit:
        raise Refused(413)
    return body
