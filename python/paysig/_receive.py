"""What all servers share: judge a delivery, guard against replays, and say no more than an HTTP status to the other side."""

from __future__ import annotations

import asyncio
import contextlib
import http
import inspect
import logging
import sys
from collections.abc import Awaitable, Collection, Coroutine
from typing import Any

from ._checks import exact_paths, public_base, size_limit
from ._paysig import Lease, Verified
from .errors import ConfigurationError, NeedsKey, PaysigError, Replayed, StoreUnavailable, TooLarge
from .keycache import KeyCache, MessageVerifier
from .replay import Began, ReplayGuard

__all__ = ["DEFAULT_MAX_BODY", "Delivery", "Receiver", "Refused"]

#: Statuses and fields of refused deliveries; no secrets and no bodies.
log = logging.getLogger("paysig")

#: Bytes; deliveries of payment providers are a few kilobytes.
DEFAULT_MAX_BODY = 1 << 20

#: Of a Content-Length; no body is larger, and leading zeros have no use.
_MAX_DIGITS = 18

#: Seconds that a cancelled request waits for the guard; a lease that nobody gave back holds up the provider's next delivery.
_PATIENCE = 5.0

Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """What to answer instead of calling the application."""

    def __init__(
        self, status: int, body: bytes | None = None, content_type: str = "text/plain", *, retry_after: int | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        #: The standard phrase of the status and nothing else, unless the scheme demands an answer.
        self.phrase = http.HTTPStatus(status).phrase
        self.body = self.phrase.encode() if body is None else body
        self.content_type = content_type
        #: Seconds.
        self.retry_after = retry_after

    def headers(self) -> list[tuple[str, str]]:
        """Of the answer."""
        return [("Content-Type", self.content_type), ("Content-Length", str(len(self.body))), *self.headers_of_any_body()]

    def headers_of_any_body(self) -> list[tuple[str, str]]:
        """Of an answer with another body. What a stranger may have written is never read as HTML."""
        headers = [("X-Content-Type-Options", "nosniff")]
        return headers if self.retry_after is None else [*headers, ("Retry-After", str(self.retry_after))]


def refusal(error: Exception) -> Refused:
    """Logs why a delivery is refused, and says what to answer."""
    if isinstance(error, PaysigError):
        if isinstance(error, ConfigurationError):
            log.error("a delivery could not be judged: %s", error)
        elif isinstance(error, NeedsKey) and error.__cause__ is not None:
            log.warning("a delivery waits for its key: %s (%s)", error, _reason(error.__cause__))
        elif not isinstance(error, Replayed):
            log.warning("a delivery is refused: %s", error)
        return Refused(error.status.http)
    log.error("the replay guard failed", exc_info=error)
    return Refused(StoreUnavailable("").status.http)


def _reason(cause: BaseException) -> str:
    """Why a key cannot be had. What functions of the application raise may hold what they read: of that, only the class."""
    return str(cause) if isinstance(cause, OSError | PaysigError) else type(cause).__name__


class Receiver:
    """Judges deliveries. The options are those of every middleware and decorator."""

    def __init__(
        self,
        verifier: MessageVerifier,
        *,
        public_url: str | None = None,
        max_body: int = DEFAULT_MAX_BODY,
        guard: ReplayGuard | None = None,
        paths: Collection[str] | None = None,
    ) -> None:
        if isinstance(verifier, type) or not isinstance(verifier, MessageVerifier):
            raise ConfigurationError("verifier must be a paysig.Verifier or a paysig.KeyCache", field="verifier")
        # A class has the methods, too.
        if guard is not None and (isinstance(guard, type) or not isinstance(guard, ReplayGuard)):
            raise ConfigurationError("guard must be an object with begin, commit and release", field="guard")
        self.verifier = verifier
        self.max_body = size_limit("max_body", max_body)
        self._public_url = public_base("public_url", public_url) if public_url is not None else None
        self._guard = guard
        self._paths = exact_paths("paths", paths) if paths is not None else None

    def needs_plain_guard(self) -> None:
        """Refuses a guard with coroutines, for servers that cannot await them."""
        methods = (getattr(self._guard, name, None) for name in ("begin", "commit", "release"))
        if any(inspect.iscoroutinefunction(method) for method in methods):
            raise _coroutines()

    def applies(self, path: str) -> bool:
        """Whether deliveries to this path are judged."""
        return self._paths is None or path in self._paths

    def check_length(self, length: int) -> None:
        """Refuses a body that is announced or found to be too large."""
        if length > self.max_body:
            raise refusal(TooLarge("the body is larger than the limit", field="body"))

    def announced(self, length: str) -> int:
        """The number that a Content-Length says; refuses one that is no number, or too large."""
        if not (length.isascii() and length.isdigit()):
            raise Refused(http.HTTPStatus.BAD_REQUEST)
        # Python converts no number of thousands of digits.
        number = int(length) if len(length) <= _MAX_DIGITS else sys.maxsize
        self.check_length(number)
        return number

    def judge(self, method: str, target: bytes, headers: Headers, body: bytes) -> Delivery:
        """The delivery if it is authentic; else raises Refused."""
        try:
            verified = self._verify(self.verifier, method, target, headers, body)
        except PaysigError as error:
            raise refusal(error) from None
        return Delivery(verified, self._guard)

    async def ajudge(self, method: str, target: bytes, headers: Headers, body: bytes) -> Delivery:
        """The same; other tasks run while a key is fetched."""
        if not isinstance(self.verifier, KeyCache):
            return self.judge(method, target, headers, body)
        try:
            verified = await self.verifier._arun(lambda verifier: self._verify(verifier, method, target, headers, body))
        except PaysigError as error:
            raise refusal(error) from None
        return Delivery(verified, self._guard)

    def _verify(self, verifier: MessageVerifier, method: str, target: bytes, headers: Headers, body: bytes) -> Verified:
        self.check_length(len(body))
        url = self._public_url.encode() + target if self._public_url is not None else None
        direct = None if url is not None else target
        # Endpoint checks of the provider are answered here; the application never sees them.
        handshake = verifier.handshake(method, url, headers, body, target=direct)
        if handshake is not None:
            raise Refused(200, handshake.body, handshake.content_type)
        return verifier.verify(method, url, headers, body, target=direct)


class Delivery:
    """An authentic delivery on its way through the guard: begin, then commit or release."""

    def __init__(self, verified: Verified, guard: ReplayGuard | None) -> None:
        self.verified = verified
        self._key = verified.replay_key or ""
        self._guard = guard
        self._lease: Lease | None = None

    def begin(self) -> None:
        """Raises Refused unless the delivery is new."""
        if self._guard is None:
            return
        try:
            answer: Any = self._guard.begin(self._key)
        except Exception as error:
            raise refusal(error) from None
        if inspect.isawaitable(answer):
            _close(answer)
            raise refusal(_coroutines())
        self._admit(answer)

    async def abegin(self) -> None:
        """The same; the guard may be asynchronous."""
        if self._guard is None:
            return
        try:
            answer: Any = self._guard.begin(self._key)
            if inspect.isawaitable(answer):
                answer = await self._began(answer)
        except Exception as error:
            raise refusal(error) from None
        self._admit(answer)

    async def _began(self, answer: Awaitable[Any]) -> Any:
        """What an asynchronous guard answers; whoever is cancelled meanwhile gives the lease back."""
        answered: list[Any] = []

        async def begin() -> None:
            answered.append(await answer)

        try:
            await _uncancelled(begin())
        except asyncio.CancelledError:
            if answered and isinstance(answered[0], Lease):
                self._lease = answered[0]
                await self.aend(False)
            raise
        return answered[0]

    def _admit(self, answer: Any) -> None:
        if isinstance(answer, Lease):
            self._lease = answer
            return
        try:
            began = Began(answer)
        except ValueError:
            error = ConfigurationError(f"begin answered {type(answer).__name__}, not a Lease", field="guard")
            raise refusal(error) from None
        if began is Began.DONE:
            # 200: the provider must stop sending it.
            raise refusal(Replayed("this delivery was handled before"))
        # The provider comes again when the other delivery is over, however it ends.
        raise Refused(http.HTTPStatus.SERVICE_UNAVAILABLE, retry_after=1)

    def end(self, success: bool) -> None:
        """The handler is done. What the guard says now cannot change the answer any more."""
        try:
            self._end(success)
        except Exception:
            log.exception("the replay guard failed after the handler was done")

    async def aend(self, success: bool) -> None:
        """The same; the guard may be asynchronous, and is told even if the request is cancelled."""

        async def end() -> None:
            try:
                await done
            except Exception:
                log.exception("the replay guard failed after the handler was done")

        try:
            done = self._end(success)
        except Exception:
            log.exception("the replay guard failed after the handler was done")
            return
        if inspect.isawaitable(done):
            await _uncancelled(end())

    def _end(self, success: bool) -> Any:
        if self._lease is None or self._guard is None:
            return None
        return self._guard.commit(self._lease) if success else self._guard.release(self._lease)


async def _uncancelled(work: Coroutine[Any, Any, None]) -> None:
    """Does the work to its end. A caller that is cancelled, be it again and again as in a scope of anyio, is so afterwards."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        # Not asyncio, but trio for example.
        await work
        return
    # A task of its own belongs to no scope of the caller.
    task = loop.create_task(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        until = loop.time() + _PATIENCE
        while not task.done() and (left := until - loop.time()) > 0:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task}, timeout=left)
        if task.cancel():
            log.warning("the replay guard did not answer a request that was cancelled; its lease runs out by itself")
        elif not task.cancelled():
            # Retrieved; there is nobody left to hear of it.
            task.exception()
        raise
    task.result()


def _coroutines() -> ConfigurationError:
    return ConfigurationError("a guard with coroutines needs an ASGI application", field="guard")


def _close(answer: Awaitable[Any]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def is_success(status: int) -> bool:
    """Whether an answer tells the provider that the delivery was taken; a redirect does not."""
    return 200 <= status < 300
