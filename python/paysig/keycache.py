"""Keys that are not configured but fetched: providers that change them name the new one in their messages (PayPal, TrueLayer).

::

    def certificate(key_id, url, document):
        return {"webhook_id": "WH-1", "certificate": document, "cert_url": url}

    verifier = KeyCache(Verifier("paypal"), [], certificate)

A `KeyCache` goes wherever a verifier goes. A verifier only raises `paysig.NeedsKey`; the cache fetches what that asks for.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypeVar, Union, cast, runtime_checkable

from ._paysig import Handshake, Key, NoClock, Verified, Verifier
from .errors import ConfigurationError, NeedsKey
from .types import CredentialItems, Headers, Keys, Text, Time

if TYPE_CHECKING:
    import ssl
    from concurrent.futures import Future

    from typing_extensions import Buffer

__all__ = ["KeyCache", "MessageVerifier", "fetch_https"]

T = TypeVar("T")

#: What a ring is made of.
RingKey: TypeAlias = Union[CredentialItems, Key]


@runtime_checkable
class MessageVerifier(Protocol):
    """What middleware and decorators need: `paysig.Verifier`, `KeyCache`, or one of yours around them."""

    def verify(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
    ) -> Verified:
        """Judges one message, as `paysig.Verifier.verify` does."""

    def handshake(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
    ) -> Handshake | None:
        """The answer to an endpoint check, as `paysig.Verifier.handshake` gives it."""


def fetch_https(url: str, max_bytes: int, timeout: float, *, context: ssl.SSLContext | None = None) -> bytes:
    """The document at an address: https only, verified, without redirects; the proxy that the environment names is used.

    ``timeout``: seconds for the whole fetch. ``context``: another than the standard one, for a private root. Raises OSError for
    every answer but 200, and for a document that is larger than ``max_bytes`` or ends early.
    """
    # Here, as elsewhere in this file, since they load slowly and most programs fetch nothing.
    import ssl
    from urllib import request as web

    asked = web.Request(url, headers={"User-Agent": "paysig", "Accept": "*/*"})  # noqa: S310  https is demanded below
    if asked.type != "https":
        raise OSError("the key's address is not https")
    # Not build_opener: it would follow redirects, and read files.
    opener = web.OpenerDirector()
    for handler in (web.ProxyHandler(), web.HTTPSHandler(context=context or ssl.create_default_context())):
        opener.add_handler(handler)
    ends = time.monotonic() + timeout
    with opener.open(asked, timeout=timeout) as answer:
        if answer.status != 200:
            raise OSError(f"the key's address answered {answer.status}")
        announced: int | None = answer.length
        document = b""
        while piece := answer.read1(max_bytes + 1 - len(document)):
            document += piece
            if len(document) > max_bytes:
                raise OSError(f"the key's document is larger than {max_bytes} bytes")
            # Each read alone may take as long as the timeout.
            if time.monotonic() > ends:
                raise TimeoutError("the key's document came too slowly")
        if announced is not None and len(document) < announced:
            raise OSError("the key's document ended early")
    return document


class _Name(NamedTuple):
    """What `NeedsKey` asks for; empty where it names none."""

    key_id: str
    url: str


class _Fetched(NamedTuple):
    name: _Name
    key: RingKey
    until: float


class _Failed(NamedTuple):
    why: BaseException
    until: float


class _Flight:
    """A fetch under way."""

    def __init__(self, seconds: float) -> None:
        from concurrent.futures import Future

        #: What went wrong, if anything.
        self.done: Future[BaseException | None] = Future()
        self._until = time.monotonic() + seconds

    @property
    def _remaining(self) -> float:
        return max(self._until - time.monotonic(), 0.0)

    def wait(self) -> None:
        """Until it is over or its time is."""
        from concurrent.futures import wait

        wait([self.done], self._remaining)

    async def await_(self) -> None:
        """The same; a task that is cancelled meanwhile does not end it for the others."""
        import asyncio

        await asyncio.wait([asyncio.wrap_future(self.done)], timeout=self._remaining)


class KeyCache:
    """Verifies, and fetches the keys that `NeedsKey` asks for. Which addresses a message may name is the recipe's to say.

    What goes wrong is `NeedsKey` with the cause as ``__cause__``; middleware answers 503, so that the sender comes again. Safe for
    many threads: a key is fetched once for all that wait for it. In asyncio applications other tasks run meanwhile.

    ``keys``: those that you have, as for `Verifier` and instead of the verifier's; may be empty. ``key``: makes a key of the ring
    of key id (``""`` if the message names none), address and document; what it cannot read it raises, and the fetch counts as
    failed. ``locate``: the address of a key where messages do not name it. ``fetch``: the document at an address, given the
    address, the most bytes and the most seconds; it must verify certificates, follow no redirects and raise for every answer but
    200.

    ``timeout``: seconds (or a timedelta) that a message waits for its key. ``max_bytes`` of one document. ``lifetime``: seconds,
    after which a key is fetched again when it is asked for. ``retry_after``: seconds in which a fetch that failed is not tried
    again. ``per_minute``: how many fetches there may be in a minute, whatever messages ask for. ``max_keys``: how many fetched keys
    are kept; the oldest goes first. ``clock``: seconds from any start, never going back.

    >>> def key(key_id, url, document):
    ...     return {"webhook_id": "WH-1", "certificate": document, "cert_url": url}
    >>> cache = paysig.KeyCache(paysig.Verifier("paypal"), [], key)
    >>> cache.verify("POST", "/hook", [], b"{}")
    Traceback (most recent call last):
      ...
    paysig.errors.MissingSignature: missing_signature ...
    """

    def __init__(
        self,
        verifier: Verifier,
        keys: Keys | None,
        key: Callable[[str, str, bytes], RingKey],
        *,
        locate: Callable[[str], str] | None = None,
        fetch: Callable[[str, int, float], bytes] = fetch_https,
        timeout: float | timedelta = 5,
        max_bytes: int = 64 << 10,
        lifetime: float | timedelta = 3600,
        retry_after: float | timedelta = 60,
        per_minute: int = 10,
        max_keys: int = 8,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not isinstance(verifier, Verifier):
            raise ConfigurationError("verifier must be a paysig.Verifier", field="verifier")
        for name, given in (("key", key), ("locate", locate), ("fetch", fetch), ("clock", clock)):
            if not callable(given) and not (name == "locate" and given is None):
                raise ConfigurationError(f"{name} must be callable", field=name)
        self._own = _listed(keys)
        self._verifier = verifier.with_keys(self._own)
        self._key, self._locate, self._fetch, self._clock = key, locate, fetch, clock
        self._timeout = _seconds("timeout", timeout)
        self._lifetime = _seconds("lifetime", lifetime)
        self._retry_after = _seconds("retry_after", retry_after)
        self._max_bytes = _count("max_bytes", max_bytes)
        self._per_minute = _count("per_minute", per_minute)
        self._max_keys = _count("max_keys", max_keys)
        self._lock = threading.Lock()
        #: In the verifier, oldest first.
        self._fetched: list[_Fetched] = []
        self._failed: dict[_Name, _Failed] = {}
        self._flights: dict[_Name, _Flight] = {}
        #: When the fetches of the last minute began.
        self._started: deque[float] = deque()

    def verify(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
    ) -> Verified:
        """Judges one message, as `Verifier.verify` does, after fetching the key if that is what is missing."""
        return self._run(lambda verifier: verifier.verify(method, url, headers, body, target=target, now=now))

    async def averify(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
    ) -> Verified:
        """The same for asyncio: other tasks run while the key is fetched."""
        return await self._arun(lambda verifier: verifier.verify(method, url, headers, body, target=target, now=now))

    def handshake(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
    ) -> Handshake | None:
        """The answer to an endpoint check, as `Verifier.handshake` gives it, after fetching the key if that is what is missing."""
        return self._run(lambda verifier: verifier.handshake(method, url, headers, body, target=target, now=now))

    def __repr__(self) -> str:
        return f"<paysig.KeyCache {self._verifier.scheme_id} {self._verifier.flow}>"

    def _run(self, call: Callable[[Verifier], T]) -> T:
        """What the call gives; it is repeated when the key that it lacked is there."""
        try:
            return call(self._current())
        except NeedsKey as error:
            need = error
        name = _Name(need.key_id or "", need.url or "")
        flight = self._flight(name)
        flight.wait()
        self._check(need, name, flight)
        return call(self._current())

    async def _arun(self, call: Callable[[Verifier], T]) -> T:
        try:
            return call(self._current())
        except NeedsKey as error:
            need = error
        name = _Name(need.key_id or "", need.url or "")
        flight = self._flight(name)
        await flight.await_()
        self._check(need, name, flight)
        return call(self._current())

    def _check(self, need: NeedsKey, name: _Name, flight: _Flight) -> None:
        """Raises unless the flight brought the key. One that was waited for long enough has failed, though its thread may go on."""
        if not flight.done.done():
            self._land(name, flight, None, TimeoutError(f"the key was not there within {self._timeout:g} s"))
        if (why := flight.done.result()) is not None:
            raise need from why

    def _current(self) -> Verifier:
        """A verifier without keys whose time is over."""
        with self._lock:
            now = self._clock()
            kept = [fetched for fetched in self._fetched if fetched.until > now]
            if len(kept) < len(self._fetched):
                self._take(kept)
            return self._verifier

    def _take(self, fetched: list[_Fetched]) -> None:
        self._verifier = self._verifier.with_keys([*self._own, *(f.key for f in fetched)])
        self._fetched = fetched

    def _flight(self, name: _Name) -> _Flight:
        """A fetch of this key; one that is over if there is nothing to wait for."""
        with self._lock:
            if (under := self._flights.get(name)) is not None:
                return under
            now = self._clock()
            if any(f.name == name and f.until > now for f in self._fetched):
                # It came meanwhile. A key that does not fit the messages that ask for it is not fetched again either.
                return _landed(None)
            self._failed = {other: failed for other, failed in self._failed.items() if failed.until > now}
            if (failed := self._failed.get(name)) is not None:
                return _landed(failed.why)
            while self._started and now - self._started[0] >= 60:
                self._started.popleft()
            if len(self._started) >= self._per_minute:
                return _landed(OSError(f"more than {self._per_minute} keys were asked for in a minute"))
            self._started.append(now)
            flight = self._flights[name] = _Flight(self._timeout)
        try:
            # Whoever gives up waiting does not end it for the others, and the end of the program does not wait for it.
            threading.Thread(target=self._fly, args=(name, flight), name="paysig-key", daemon=True).start()
        except RuntimeError as why:
            self._land(name, flight, None, why)
        return flight

    def _fly(self, name: _Name, flight: _Flight) -> None:
        try:
            key = self._get(name)
        except BaseException as why:
            # Whatever the caller's functions raise: nobody may be left waiting.
            self._land(name, flight, None, why)
        else:
            self._land(name, flight, key, None)

    def _get(self, name: _Name) -> RingKey:
        url = name.url
        if not url:
            if self._locate is None:
                raise OSError("the message names no address of the key, and locate is not given")
            url = self._locate(name.key_id)
        document = self._fetch(url, self._max_bytes, self._timeout)
        if len(document) > self._max_bytes:
            raise OSError(f"the key's document is larger than {self._max_bytes} bytes")
        return self._key(name.key_id, url, document)

    def _land(self, name: _Name, flight: _Flight, key: RingKey | None, why: BaseException | None) -> None:
        """Notes what came of a fetch."""
        with self._lock:
            if self._flights.get(name) is not flight:
                # Too late: it was called failed.
                return
            del self._flights[name]
            if why is None:
                why = self._keep(name, key)
            if why is not None:
                # Its frames would keep the document, and show it to whoever prints them.
                why = why.with_traceback(None)
                self._failed[name] = _Failed(why, self._clock() + self._retry_after)
            flight.done.set_result(why)

    def _keep(self, name: _Name, key: RingKey | None) -> Exception | None:
        """Takes the key into the ring, or says why no verifier can be made of it."""
        kept = [fetched for fetched in self._fetched if fetched.name != name]
        kept.append(_Fetched(name, cast(RingKey, key), self._clock() + self._lifetime))
        try:
            self._take(kept[-self._max_keys :])
        except Exception as why:
            return why
        return None


def _landed(why: BaseException | None) -> _Flight:
    flight = _Flight(0)
    flight.done.set_result(why)
    return flight


def _listed(keys: Keys | None) -> list[RingKey]:
    if keys is None:
        return []
    if isinstance(keys, Key) or hasattr(keys, "items"):
        return [cast(RingKey, keys)]
    if isinstance(keys, str | bytes) or not isinstance(keys, Iterable):
        raise ConfigurationError("keys must be a mapping of credentials, a Key, or a list of these", field="keys")
    return list(keys)


def _seconds(name: str, value: float | timedelta) -> float:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= threading.TIMEOUT_MAX:
        raise ConfigurationError(f"{name} must be a number of seconds above 0", field=name)
    return float(seconds)


def _count(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigurationError(f"{name} must be a whole number, 1 or more", field=name)
    return value
