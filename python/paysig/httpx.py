"""httpx: signed requests, and bearer tokens that renew themselves.

::

    import httpx, paysig
    from paysig.httpx import SigningAuth

    signer = paysig.Signer("directa24-deposits", credentials={"login": "...", "secret": "..."})
    client = httpx.Client(auth=SigningAuth(signer))          # or httpx.AsyncClient

What is signed is what is sent: the body is read before it is signed (a generator is collected), and the target is the one on the
request line. httpx follows redirects (only where ``follow_redirects`` asks for it) without asking the auth again; instead of
sending a signature that belongs to another request, `SigningAuth` then raises. `SigningTransport` signs every hop, and refuses one
to another scheme, host or port: whoever redirects there must not be handed a valid signature.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

import anyio
import httpx

from ._checks import check_signing, origin_of
from ._headers import FRAMING, merged, without
from ._paysig import Fetch, Signed, Signer, TokenSession
from ._tokens import Token, Tokens, pauses
from .errors import InvalidMessage, TokenError

__all__ = ["AsyncSigningTransport", "SigningAuth", "SigningTransport", "TokenAuth"]

#: Further keyword arguments of ``Signer.sign`` for one request: a nonce, a payload.
Options = Callable[[httpx.Request], "dict[str, Any]"]


def sign_request(signer: Signer, request: httpx.Request, options: Options | None = None) -> httpx.Request:
    """A signed copy of a request whose body was read."""
    body = request.content
    # Built anew without Transfer-Encoding, so that the headers that are signed are those of the whole body.
    plain = _request(request, request.url, without(request.headers.raw, FRAMING), body)
    url = plain.url.copy_with(userinfo=b"", fragment=None) if plain.url.userinfo or plain.url.fragment else plain.url
    signed: Signed = signer.sign(
        plain.method,
        str(url),
        plain.headers.raw,
        body,
        target=plain.url.raw_path,
        **(options(request) if options else {}),
    )
    target = signed.new_target
    url = plain.url if target is None else plain.url.copy_with(raw_path=_bytes(target))
    if target is not None and url.raw_path != _bytes(target):
        raise InvalidMessage("httpx would send another target than the one that was signed", field="url")
    headers = plain.headers.raw if signed.new_body is None else without(plain.headers.raw, FRAMING)
    return _request(request, url, merged(headers, signed.raw_headers), signed.body)


def _request(like: httpx.Request, url: httpx.URL, headers: list[tuple[bytes, bytes]], body: bytes) -> httpx.Request:
    # No body is not the same as an empty one: httpx sends Content-Length: 0 only for methods that have a body.
    return httpx.Request(like.method, url, headers=headers, content=body or None, extensions=dict(like.extensions))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class SigningAuth(httpx.Auth):
    """Signs each request of a client, sync or async.

    ``options`` may give further arguments of ``Signer.sign`` for a request, such as ``{"nonce": order_id}``.
    """

    requires_request_body = True

    def __init__(self, signer: Signer, *, options: Options | None = None) -> None:
        check_signing(signer, options)
        self._signer = signer
        self._options = options

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Called by httpx."""
        request.read()
        signed = sign_request(self._signer, request, self._options)
        response = yield _alone(signed, _redirected)
        _answers(signed, response, _redirected)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Called by httpx."""
        await request.aread()
        signed = sign_request(self._signer, request, self._options)
        response = yield _alone_async(signed, _redirected)
        _answers(signed, response, _redirected)


#: Why a request must not be followed by another one.
Why = Callable[[], Exception]


def _redirected() -> InvalidMessage:
    return InvalidMessage(
        "a redirect leads to another request than the one that was signed: sign every hop with SigningTransport, "
        "or do not follow redirects"
    )


def _alone(request: httpx.Request, why: Why) -> httpx.Request:
    """The request, whose redirects raise before they leave: httpx copies extensions to them, and its transports trace each."""
    outer = request.extensions.get("trace")

    def trace(event: str, info: dict[str, Any]) -> None:
        if not _is_allowed(request, event, info):
            raise why()
        if outer is not None:
            outer(event, info)

    request.extensions["trace"] = trace
    return request


def _alone_async(request: httpx.Request, why: Why) -> httpx.Request:
    """The same for the transports of ``httpx.AsyncClient``."""
    outer = request.extensions.get("trace")

    async def trace(event: str, info: dict[str, Any]) -> None:
        if not _is_allowed(request, event, info):
            raise why()
        if outer is not None:
            await outer(event, info)

    request.extensions["trace"] = trace
    return request


def _is_allowed(request: httpx.Request, event: str, info: dict[str, Any]) -> bool:
    """Whether what a transport reports is not that the head of another request goes out."""
    if not event.endswith(".send_request_headers.started"):
        return True
    sent = info["request"]
    if sent.method == b"CONNECT":
        return True
    host = [value for name, value in sent.headers if name.lower() == b"host"]
    wanted = [value for name, value in request.headers.raw if name.lower() == b"host"]
    scheme, target = sent.url.scheme, sent.url.target
    if target.startswith(b"http"):
        # Through a forward proxy the target is absolute.
        scheme = target.partition(b"://")[0]
        same_target = target.endswith(request.url.raw_path)
    else:
        same_target = target == request.url.raw_path
    return sent.method == request.method.encode() and scheme == request.url.raw_scheme and same_target and host == wanted


def _answers(request: httpx.Request, response: httpx.Response, why: Why) -> None:
    """Raises if a redirect was answered after all: not every transport reports what it sends."""
    if response.request is not request:
        raise why()


#: The extension that says where a request began.
_FIRST_ORIGIN = "paysig.origin"


def _hop(request: httpx.Request) -> None:
    """Refuses a redirect to another place: signing it would hand a valid signature to whoever redirected."""
    origin = _origin(request.url)
    # httpx copies extensions to redirects, and to nothing else.
    if request.extensions.get(_FIRST_ORIGIN, origin) != origin:
        raise InvalidMessage("a redirect to another host is not signed", field="url")
    request.extensions = {**request.extensions, _FIRST_ORIGIN: origin}


class SigningTransport(httpx.BaseTransport):
    """Signs whatever passes, redirects and retries of the layers above included: ``httpx.Client(transport=...)``.

    A redirect to another scheme, host or port raises `paysig.InvalidMessage` instead.
    """

    def __init__(self, signer: Signer, transport: httpx.BaseTransport | None = None, *, options: Options | None = None) -> None:
        check_signing(signer, options)
        self._signer = signer
        self._options = options
        self._transport = transport if transport is not None else httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Called by httpx."""
        _hop(request)
        request.read()
        return self._transport.handle_request(sign_request(self._signer, request, self._options))

    def close(self) -> None:
        """Closes the transport below."""
        self._transport.close()


class AsyncSigningTransport(httpx.AsyncBaseTransport):
    """The same for ``httpx.AsyncClient(transport=...)``."""

    def __init__(
        self, signer: Signer, transport: httpx.AsyncBaseTransport | None = None, *, options: Options | None = None
    ) -> None:
        check_signing(signer, options)
        self._signer = signer
        self._options = options
        self._transport = transport if transport is not None else httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Called by httpx."""
        _hop(request)
        await request.aread()
        return await self._transport.handle_async_request(sign_request(self._signer, request, self._options))

    async def aclose(self) -> None:
        """Closes the transport below."""
        await self._transport.aclose()


class TokenAuth(httpx.Auth):
    """Bearer tokens of client-credentials schemes.

    One is fetched once however many requests wait for it, renewed before it ends, and fetched anew when the API refuses it. If the
    token endpoint answers no new one, the old one is used while it lasts. If the endpoint cannot be reached, httpx fails the one
    request that tried, without asking the auth; the others use the old token.

    ``origin``: scheme, host and port of the token endpoint, such as ``https://api.example``. Its redirects are not followed,
    whatever ``follow_redirects`` says: the credentials are for nobody else. After a redirect of another request to another scheme,
    host or port, what the answer says of the token does not count.
    """

    requires_request_body = True

    def __init__(self, session: TokenSession, *, origin: str) -> None:
        self._tokens = Tokens(session)
        self._origin = httpx.URL(origin_of("origin", origin))

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Called by httpx."""
        request.read()
        for last in (False, True):
            failure: Exception | None = None
            while not isinstance(action := self._tokens.next(failure), Token):
                if not isinstance(action, Fetch):
                    self._tokens.wait(action)
                    continue
                try:
                    asking = _alone(self._token_request(action), _token_redirected)
                    answer = yield asking
                    _answers(asking, answer, _token_redirected)
                    content = answer.read()
                except Exception as error:
                    self._tokens.abandoned()
                    failure = error
                    continue
                except BaseException:
                    self._tokens.abandoned()
                    raise
                failure = self._tokens.fetched(answer.status_code, content)
            response = yield _authorized(request, action)
            if not self._again(request, response, action) or last:
                return

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Called by httpx."""
        await request.aread()
        for last in (False, True):
            pause = pauses()
            failure: Exception | None = None
            while not isinstance(action := self._tokens.next(failure), Token):
                if not isinstance(action, Fetch):
                    await anyio.sleep(next(pause))
                    continue
                try:
                    asking = _alone_async(self._token_request(action), _token_redirected)
                    answer = yield asking
                    _answers(asking, answer, _token_redirected)
                    content = await answer.aread()
                except Exception as error:
                    self._tokens.abandoned()
                    failure = error
                    continue
                except BaseException:
                    self._tokens.abandoned()
                    raise
                failure = self._tokens.fetched(answer.status_code, content)
            response = yield _authorized(request, action)
            if not self._again(request, response, action) or last:
                return

    def _token_request(self, fetch: Fetch) -> httpx.Request:
        url = self._origin.copy_with(raw_path=fetch.target.encode())
        return httpx.Request(fetch.method, url, headers=fetch.headers, content=fetch.body)

    def _again(self, request: httpx.Request, response: httpx.Response, used: Token) -> bool:
        if _origin(response.url) != _origin(request.url):
            return False
        if response.status_code != httpx.codes.UNAUTHORIZED:
            self._tokens.session.accepted()
            return False
        return self._tokens.refused(used)


def _token_redirected() -> TokenError:
    return TokenError("the token endpoint redirects, which is not followed", status="token_response_invalid")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    # httpx leaves out the port of the scheme.
    return url.scheme, url.host, url.port


def _authorized(request: httpx.Request, token: Token) -> httpx.Request:
    for name, value in token.headers:
        request.headers[name] = value
    return request
