"""WSGI: verifies deliveries before any framework reads them (Flask, Django, Pyramid, Bottle).

::

    app.wsgi_app = VerifyMiddleware(app.wsgi_app, verifier, paths=["/hooks/stripe"])

The application finds the result with `verified(environ)`, which raises where nothing was verified. The provider's checks of the
endpoint are answered before the application routes anything: those of Ingenico and Braintree are GETs to the same path.

With a guard, a delivery counts as handled once the application has given a whole answer of 2xx, be there anybody left to read it or
not: a list, or a body that is computed piece by piece once it has come to its end. If the sender hangs up in the middle of such a
body, one more step shows whether that was its end; if it was not, the delivery may come again.
"""

from __future__ import annotations

import http
import io
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from ._paysig import Verified
from ._receive import DEFAULT_MAX_BODY, Delivery, Receiver, Refused, is_success
from .errors import ConfigurationError
from .keycache import MessageVerifier
from .replay import ReplayGuard

__all__ = ["VerifyMiddleware", "verified"]

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_KEY = "paysig.verified"
_CHUNK = 64 * 1024


def verified(environ: Environ) -> Verified:
    """The verified delivery of a request."""
    found = environ.get(_KEY)
    if not isinstance(found, Verified):
        raise ConfigurationError("this request was not verified: no VerifyMiddleware covers its path")
    return found


def raw_target(environ: Environ) -> bytes:
    """Path and query as they were on the request line, where the server tells; else as close as WSGI comes."""
    # gunicorn; uWSGI, mod_wsgi, waitress and others; Werkzeug's server sets both.
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        target = raw.encode("latin-1", "replace")
        if not target.startswith(b"/") and b"://" in target:
            rest = target.split(b"://", 1)[1]
            slash = rest.find(b"/")
            target = rest[slash:] if slash >= 0 else b"/"
        return bytes(target)
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    query = environ.get("QUERY_STRING", "").encode("latin-1", "replace")
    target = quote(path, safe="/:@!$&'()*+,;=~").encode()
    return target + b"?" + query if query else target


def headers(environ: Environ) -> list[tuple[bytes, bytes]]:
    """The headers of a request. WSGI has joined lines of the same name."""
    found = []
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            found.append((name[5:], value))
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            found.append((name, value))
    return [(n.replace("_", "-").encode("latin-1", "replace"), v.encode("latin-1", "replace")) for n, v in found]


def read_body(receiver: Receiver, environ: Environ) -> bytes:
    """The whole body, within the limit."""
    stream = environ["wsgi.input"]
    announced = environ.get("CONTENT_LENGTH")
    if not announced:
        if environ.get("wsgi.input_terminated"):
            return _read(receiver, stream, None)
        if environ.get("HTTP_TRANSFER_ENCODING"):
            # The server leaves decoding to nobody: the body cannot be told from what follows.
            raise Refused(http.HTTPStatus.LENGTH_REQUIRED)
        return b""
    return _read(receiver, stream, receiver.announced(announced))


def _read(receiver: Receiver, stream: Any, length: int | None) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while length is None or size < length:
        chunk = stream.read(_CHUNK if length is None else min(_CHUNK, length - size))
        if not chunk:
            break
        size += len(chunk)
        receiver.check_length(size)
        chunks.append(chunk)
    if length is not None and size < length:
        raise Refused(http.HTTPStatus.BAD_REQUEST)
    return b"".join(chunks)


class VerifyMiddleware:
    """Calls the application only with authentic deliveries, and answers all others.

    ``verifier``: a `paysig.Verifier`, or a `paysig.KeyCache` where keys are fetched.
    ``paths``: the exact paths that are covered, decoded and without a query; all if not given. ``public_url``: where the provider
    reaches this server, for schemes that sign the URL: ``https://shop.example``, and a path if a proxy strips one. The path and
    query of each request are appended; the Host header has no say. ``max_body``: bytes. ``guard``: a `paysig.ReplayGuard`.
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
        self._receiver.needs_plain_guard()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        path = (
            (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace")
        )
        if not self._receiver.applies(path):
            return self.app(environ, start_response)
        try:
            body = read_body(self._receiver, environ)
            delivery = self._receiver.judge(environ["REQUEST_METHOD"], raw_target(environ), headers(environ), body)
            delivery.begin()
        except Refused as refused:
            start_response(f"{refused.status} {refused.phrase}", refused.headers())
            return [refused.body]
        inner = dict(environ)
        inner["wsgi.input"] = io.BytesIO(body)
        inner["CONTENT_LENGTH"] = str(len(body))
        # The body is no longer chunked.
        inner.pop("HTTP_TRANSFER_ENCODING", None)
        inner[_KEY] = delivery.verified
        return _Call(start_response, delivery).run(self.app, inner)


class _Call:
    """One call of the application: what it answers, and the guard is told how it went.

    That the server cannot send something says nothing about the application, which therefore does not hear of it from `write`.
    """

    def __init__(self, start_response: StartResponse, delivery: Delivery) -> None:
        self._start_response = start_response
        self._delivery = delivery
        self._status = 500
        #: Of the sending, not of the application.
        self._failure: Exception | None = None

    def run(self, app: Application, environ: Environ) -> Iterable[bytes]:
        """What the server is to send."""
        try:
            answer = app(environ, self._start)
        except BaseException:
            self.end(False)
            raise
        if type(answer) in (list, tuple):
            self.end(True)
        else:
            answer = _Answer(answer, self)
        if self._failure is not None:
            if isinstance(answer, _Answer):
                answer.close()
            raise self._failure
        return answer

    def _start(self, line: str, *args: Any) -> Callable[[bytes], Any]:
        self._status = int(line[:3])
        write = self._start_response(line, *args)

        def attempt(data: bytes) -> None:
            if self._failure is None:
                try:
                    write(data)
                except Exception as error:
                    self._failure = error

        return attempt

    def end(self, complete: bool) -> None:
        """The answer was given, completely or not."""
        self._delivery.end(complete and self.is_successful())

    def is_successful(self) -> bool:
        """Whether the application has begun an answer of 2xx."""
        return is_success(self._status)


class _Answer:
    """A body that is computed while it is sent."""

    def __init__(self, answer: Iterable[bytes], call: _Call) -> None:
        self._answer = answer
        self._pieces: Iterator[bytes] | None = None
        self._call: _Call | None = call

    # No generator: whoever drops one that is not exhausted ends the application's, too, before `close` can look.
    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            if self._pieces is None:
                self._pieces = iter(self._answer)
            return next(self._pieces)
        except StopIteration:
            self._end(True)
            raise
        except BaseException:
            self._end(False)
            raise

    def _end(self, complete: bool) -> None:
        if self._call is not None:
            self._call.end(complete)
            self._call = None

    def close(self) -> None:
        """Called by the server, also if it stopped early: maybe after the last piece, which only the next step tells."""
        try:
            if self._call is not None and self._call.is_successful():
                next(self, None)
        finally:
            try:
                close = getattr(self._answer, "close", None)
                if close is not None:
                    close()
            finally:
                self._end(False)
