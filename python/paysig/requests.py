"""requests: signed requests, and bearer tokens that renew themselves.

::

    import requests, paysig
    from paysig.requests import SigningAuth

    signer = paysig.Signer("directa24-deposits", credentials={"login": "...", "secret": "..."})
    requests.post("https://api.example/v3/deposits", json={"amount": 10}, auth=SigningAuth(signer))

The body is read before it is signed: text, files and generators are collected, so that what is signed is what is sent. requests
follows redirects without asking the auth again; instead of sending a signature that belongs to another request, `SigningAuth`
raises. `SigningAdapter`, mounted on a session, signs every hop, and refuses one to another scheme, host or port: whoever redirects
there must not be handed a valid signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from ._checks import check_signing, origin_of
from ._headers import Pairs, merged
from ._paysig import Fetch, Signer, TokenSession
from ._tokens import Token, Tokens
from .errors import InvalidMessage, TokenError

__all__ = ["SigningAdapter", "SigningAuth", "TokenAuth"]

#: Further keyword arguments of ``Signer.sign`` for one request: a nonce, a payload.
Options = Callable[[requests.PreparedRequest], "dict[str, Any]"]

#: Scheme, host, port.
Origin = tuple[str, "str | None", "int | None"]


def sign_request(signer: Signer, request: requests.PreparedRequest, options: Options | None = None) -> None:
    """Signs a prepared request where it stands."""
    if request.method is None or request.url is None:
        raise InvalidMessage("the request is not prepared", field="url")
    body = _collected(request)
    parts = urlsplit(request.url)
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
    signed = signer.sign(
        request.method,
        url,
        _pairs(request),
        body,
        target=request.path_url,
        **(options(request) if options else {}),
    )
    if signed.new_target is not None:
        request.url = urljoin(request.url, signed.new_target)
        if request.path_url != signed.new_target:
            raise InvalidMessage("requests would send another target than the one that was signed", field="url")
    if signed.new_body is not None:
        _set_body(request, signed.new_body)
    for name, value in merged(_pairs(request), signed.raw_headers):
        # Written as the bytes that were signed; http.client would encode text as Latin-1.
        request.headers[name.decode("latin-1")] = value.decode("latin-1")


def _pairs(request: requests.PreparedRequest) -> Pairs:
    """The headers as http.client writes them."""
    return [(_latin1(name), _latin1(value)) for name, value in request.headers.items()]


def _latin1(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise InvalidMessage("a header holds a character that HTTP cannot carry as Latin-1", field="headers") from None


def _collected(request: requests.PreparedRequest) -> bytes:
    """The body as bytes, put back into the request."""
    body: Any = request.body
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        content = body.encode()
    elif hasattr(body, "read"):
        content = body.read()
        content = content.encode() if isinstance(content, str) else bytes(content)
    elif isinstance(body, Iterable):
        content = b"".join(chunk.encode() if isinstance(chunk, str) else bytes(chunk) for chunk in body)
    else:
        raise InvalidMessage("the body is neither bytes nor something that can be read", field="body")
    _set_body(request, content)
    return content


def _set_body(request: requests.PreparedRequest, body: bytes) -> None:
    request.body = body
    request.headers.pop("Transfer-Encoding", None)
    request.prepare_content_length(body)


class SigningAuth(AuthBase):
    """Signs each request it is given to.

    ``options`` may give further arguments of ``Signer.sign`` for a request, such as ``{"nonce": order_id}``.
    """

    def __init__(self, signer: Signer, *, options: Options | None = None) -> None:
        check_signing(signer, options)
        self._signer = signer
        self._options = options

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Called by requests."""
        sign_request(self._signer, request, self._options)
        request.register_hook("response", _refuse_redirect)  # type: ignore[no-untyped-call]
        return request


def _refuse_redirect(response: requests.Response, *args: object, **kwargs: object) -> None:
    if response.is_redirect:
        response.close()
        raise InvalidMessage(
            f"the answer {response.status_code} leads to another request than the one that was signed: "
            "mount a SigningAdapter, which signs every hop"
        )


class _FirstOrigin:
    """A response hook that does nothing but stay with a request: requests copies hooks to redirects, and nothing else of use."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin

    def __call__(self, response: requests.Response, **kwargs: object) -> None:
        """Called by requests."""


def _hop(request: requests.PreparedRequest) -> None:
    """Refuses a redirect to another place: signing it would hand a valid signature to whoever redirected."""
    origin = _origin(request)
    first = [hook.origin for hook in request.hooks["response"] if isinstance(hook, _FirstOrigin)]
    if not first:
        request.register_hook("response", _FirstOrigin(origin))  # type: ignore[no-untyped-call]
    elif first != [origin]:
        raise InvalidMessage("a redirect to another host is not signed", field="url")


class SigningAdapter(HTTPAdapter):
    """Signs whatever passes, redirects included: ``session.mount("https://api.example/", SigningAdapter(signer))``.

    A redirect to another scheme, host or port raises `paysig.InvalidMessage` instead, where the adapter is mounted for that, too.
    Retries of the adapter itself (``max_retries``) send the same bytes again, so they must stay within the provider's tolerance.
    """

    def __init__(self, signer: Signer, *, options: Options | None = None, **kwargs: Any) -> None:
        check_signing(signer, options)
        self._signer = signer
        self._options = options
        super().__init__(**kwargs)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Called by requests."""
        _hop(request)
        # Redirects start from the request that is not signed, so its body must still be there.
        _collected(request)
        signed = request.copy()
        sign_request(self._signer, signed, self._options)
        return super().send(signed, *args, **kwargs)


class TokenAuth(AuthBase):
    """Bearer tokens of client-credentials schemes.

    One is fetched once however many threads wait for it, renewed before it ends, and fetched anew when the API refuses it. If no
    new one can be had, the old one is used while it lasts.

    ``origin``: scheme, host and port of the token endpoint, such as ``https://api.example``. ``http``: the session that calls it.
    After a redirect to another scheme, host or port, what the answer says of the token does not count, and no other token is sent
    there.
    """

    def __init__(self, session: TokenSession, *, origin: str, http: requests.Session | None = None, timeout: float = 15.0) -> None:
        self._tokens = Tokens(session)
        self._origin = origin_of("origin", origin)
        self._http = http
        self._timeout = timeout

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Called by requests."""
        _collected(request)
        used = self._authorize(request)
        origin = _origin(request)

        def answered(response: requests.Response, **kwargs: Any) -> requests.Response | None:
            # requests calls it for what follows a redirect, too.
            return self._refused(response, used, kwargs) if _origin(response.request) == origin else None

        request.register_hook("response", answered)  # type: ignore[no-untyped-call]
        return request

    def _authorize(self, request: requests.PreparedRequest) -> Token:
        failure: Exception | None = None
        while not isinstance(action := self._tokens.next(failure), Token):
            if isinstance(action, Fetch):
                failure = self._fetch(action)
            else:
                self._tokens.wait(action)
        request.headers.update(action.headers)
        return action

    def _fetch(self, fetch: Fetch) -> Exception | None:
        """Asks the token endpoint; why that brought no token."""
        url = urljoin(self._origin, fetch.target)
        try:
            send = self._http.request if self._http is not None else requests.request
            answer = send(
                fetch.method,
                url,
                data=fetch.body,
                headers=dict(fetch.headers),
                timeout=self._timeout,
                allow_redirects=False,
                auth=_keep_headers,
            )
            status, content = answer.status_code, answer.content
        except Exception as error:
            self._tokens.abandoned()
            if not isinstance(error, requests.RequestException):
                return error
            failure = TokenError("the token endpoint could not be reached", status="token_response_invalid")
            failure.__cause__ = error
            return failure
        except BaseException:
            self._tokens.abandoned()
            raise
        return self._tokens.fetched(status, content)

    def _refused(self, response: requests.Response, used: Token, kwargs: dict[str, Any]) -> requests.Response | None:
        """One more try with a new token where the API answers 401."""
        if response.status_code != requests.codes.unauthorized:
            self._tokens.session.accepted()
            return None
        if not self._tokens.refused(used):
            return None
        response.content  # noqa: B018  read, so that the connection can be used again
        response.close()
        request = response.request.copy()
        request.hooks["response"] = []
        again = self._authorize(request)
        retried: requests.Response = response.connection.send(request, **kwargs)
        retried.history.append(response)
        retried.request = request
        if retried.status_code == requests.codes.unauthorized:
            self._tokens.refused(again)
        else:
            self._tokens.session.accepted()
        return retried


def _origin(request: requests.PreparedRequest) -> Origin:
    parts = urlsplit(request.url or "")
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from replacing the Authorization header by one of ~/.netrc."""
    return request
