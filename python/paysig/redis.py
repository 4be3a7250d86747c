"""Replay protection for several processes and machines: a guard over Redis or Valkey.

::

    guard = paysig.redis.RedisReplayGuard(redis.Redis(host="cache"))
    app.wsgi_app = VerifyMiddleware(app.wsgi_app, verifier, guard=guard)

Takes a client of redis-py or valkey-py, and imports neither. Every step is one script, so that it is atomic; the server's clock
counts. What the server cannot remember raises `paysig.StoreUnavailable`, which a middleware answers with 503: the provider delivers
again.

The server must not forget on its own: ``maxmemory-policy noeviction`` (another policy is refused at the first ``begin``),
``appendonly`` if a restart must not lose what was handled, and no replica that may be promoted without the last writes. What is
stored is what the guards of the other languages store, so that services in several may share a server.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from typing import Any, NoReturn

from ._paysig import Lease
from .errors import ConfigurationError, PaysigError, StoreUnavailable
from .replay import Began

__all__ = ["AsyncRedisReplayGuard", "RedisReplayGuard"]

_MAX_KEY = 512

# Answers one's own lease to the one who may handle the message, else what is stored: "done" or another's lease.
_BEGIN = """
local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
"""
# A lease that ran out but passed to nobody still counts: the message was handled.
_COMMIT = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])
return 1
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

_Call = tuple[Any, ...]


class _Script:
    """What to send and how to read the answers; the same for both clients."""

    def __init__(
        self, client: Any, *, retention_seconds: int = 604_800, lease_seconds: int = 60, prefix: str = "paysig:replay:"
    ) -> None:
        if not callable(getattr(client, "eval", None)):
            raise ConfigurationError("client must be a client of redis-py or valkey-py", field="client")
        for name, seconds in (("retention_seconds", retention_seconds), ("lease_seconds", lease_seconds)):
            if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 1 << 40:
                raise ConfigurationError(f"{name} must be a number of seconds", field=name)
        self._client = client
        self._retention_ms = retention_seconds * 1000
        self._lease_ms = lease_seconds * 1000
        self._prefix = prefix
        self._checked = False

    def __repr__(self) -> str:
        # Not the client's: it may show a password.
        return f"<paysig.redis.{type(self).__name__}>"

    def _begin(self, key: str) -> tuple[Lease, _Call]:
        if not 0 < len(key.encode()) <= _MAX_KEY:
            raise ConfigurationError(f"a replay key has 1 to {_MAX_KEY} bytes", field="replay_key")
        lease = Lease(key, secrets.randbits(63))
        return lease, (_BEGIN, 1, self._prefix + key, _held(lease), self._lease_ms)

    def _commit(self, lease: Lease) -> _Call:
        return (_COMMIT, 1, self._prefix + lease.key, _held(lease), self._retention_ms)

    def _release(self, lease: Lease) -> _Call:
        return (_RELEASE, 1, self._prefix + lease.key, _held(lease))


def _held(lease: Lease) -> str:
    return f"lease:{lease.token}"


def _began(lease: Lease, answer: Any) -> Lease | Began:
    held = answer.decode("latin-1") if isinstance(answer, bytes) else str(answer)
    if held == _held(lease):
        return lease
    if held == "done":
        return Began.DONE
    if held.startswith("lease:"):
        return Began.IN_PROGRESS
    raise StoreUnavailable("the replay store holds under this key what is not the guard's")


def _committed(answer: Any) -> None:
    if not answer:
        raise StoreUnavailable(
            "the lease ran out and passed to another before the handler was done; the message may be handled again"
        )


def _policy(info: Any) -> None:
    policy = info.get("maxmemory_policy", "noeviction")
    if info.get("maxmemory") and policy != "noeviction":
        raise StoreUnavailable(
            f"the replay store would forget messages when it is full (maxmemory-policy {policy}): set maxmemory-policy noeviction"
        )


def _unavailable(error: Exception) -> NoReturn:
    """Everything that the client raises means that the server did not remember."""
    if isinstance(error, PaysigError):
        raise error
    raise StoreUnavailable(f"the replay store did not answer: {type(error).__name__}") from error


class RedisReplayGuard(_Script):
    """A `paysig.ReplayGuard` over a client of redis-py or valkey-py.

    ``retention_seconds``: how long a handled delivery is remembered; `Verifier.retention_seconds` says what a scheme needs.
    ``lease_seconds``: how long a handler may take. ``prefix``: of the keys, so that several services may share a server.
    """

    def begin(self, replay_key: str) -> Lease | Began:
        """Take a lease on the key, or say why not."""
        lease, call = self._begin(replay_key)
        try:
            if not self._checked:
                _policy(self._client.info("memory"))
                self._checked = True
            return _began(lease, self._client.eval(*call))
        except Exception as error:
            _unavailable(error)

    def commit(self, lease: Lease) -> None:
        """The message was handled: remember the key."""
        try:
            _committed(self._client.eval(*self._commit(lease)))
        except Exception as error:
            _unavailable(error)

    def release(self, lease: Lease) -> None:
        """Handling failed: forget the key, unless the lease has passed to another."""
        try:
            self._client.eval(*self._release(lease))
        except Exception as error:
            _unavailable(error)


class AsyncRedisReplayGuard(_Script):
    """The same over a client of ``redis.asyncio`` or ``valkey.asyncio``, for ASGI."""

    async def begin(self, replay_key: str) -> Lease | Began:
        """Take a lease on the key, or say why not."""
        lease, call = self._begin(replay_key)
        try:
            if not self._checked:
                _policy(await _now(self._client.info("memory")))
                self._checked = True
            return _began(lease, await _now(self._client.eval(*call)))
        except Exception as error:
            _unavailable(error)

    async def commit(self, lease: Lease) -> None:
        """The message was handled: remember the key."""
        try:
            _committed(await _now(self._client.eval(*self._commit(lease))))
        except Exception as error:
            _unavailable(error)

    async def release(self, lease: Lease) -> None:
        """Handling failed: forget the key, unless the lease has passed to another."""
        try:
            await _now(self._client.eval(*self._release(lease)))
        except Exception as error:
            _unavailable(error)


async def _now(answer: Awaitable[Any]) -> Any:
    return await answer
