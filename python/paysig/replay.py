"""Replay protection: a message that was handled once is not handled again.

Verifying never writes. A guard remembers replay keys around your handler: ``begin`` before it, ``commit`` after it succeeded,
``release`` after it failed, so that the provider's next delivery is handled. A finished duplicate is answered with 200.
"""

import threading
import time
from collections.abc import Callable
from enum import Enum
from typing import Protocol, runtime_checkable

__all__ = ["Began", "ReplayGuard", "MemoryReplayGuard"]


class Began(str, Enum):
    """What a guard knows about a replay key."""

    #: Not seen, or released: handle the message. The guard holds a lease on the key until commit or release.
    FRESH = "fresh"
    #: Another delivery of it is being handled now.
    IN_PROGRESS = "in_progress"
    #: It was handled.
    DONE = "done"


@runtime_checkable
class ReplayGuard(Protocol):
    """Where replay keys are kept: a database table, Redis. For ASGI the methods may be coroutines.

    ``begin`` must be atomic over all processes of the service. A lease whose process died must run out.
    """

    def begin(self, replay_key: str) -> "Began | str":
        """Takes a lease on the key, or says who has it."""

    def commit(self, replay_key: str) -> object:
        """The message was handled: remember the key at least as long as its signature is accepted."""

    def release(self, replay_key: str) -> object:
        """Handling failed: forget the key."""


class MemoryReplayGuard:
    """A guard for one process, and for tests: several workers each remember only what they saw themselves.

    >>> guard = MemoryReplayGuard()
    >>> guard.begin("k").value, guard.begin("k").value
    ('fresh', 'in_progress')
    >>> guard.commit("k")
    >>> guard.begin("k").value
    'done'
    """

    def __init__(
        self, *, keep_seconds: float = 86_400, lease_seconds: float = 60, clock: "Callable[[], float]" = time.monotonic
    ) -> None:
        self._keep = keep_seconds
        self._lease = lease_seconds
        self._clock = clock
        self._lock = threading.Lock()
        # Key to (finished, forgotten after). Both kinds are added in the order of their time, so old ones come first.
        self._known: dict[str, tuple[bool, float]] = {}

    def begin(self, replay_key: str) -> Began:
        """Takes a lease on the key, or says who has it."""
        now = self._clock()
        with self._lock:
            self._forget(now)
            known = self._known.get(replay_key)
            if known is not None and now < known[1]:
                return Began.DONE if known[0] else Began.IN_PROGRESS
            self._known.pop(replay_key, None)
            self._known[replay_key] = (False, now + self._lease)
        return Began.FRESH

    def commit(self, replay_key: str) -> None:
        """The message was handled."""
        with self._lock:
            self._known.pop(replay_key, None)
            self._known[replay_key] = (True, self._clock() + self._keep)

    def release(self, replay_key: str) -> None:
        """Handling failed."""
        with self._lock:
            self._known.pop(replay_key, None)

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._known)

    def _forget(self, now: float) -> None:
        # A few each time: constant work for a call, and nothing is kept for ever.
        for key in list(self._oldest(8)):
            if now >= self._known[key][1]:
                del self._known[key]

    def _oldest(self, count: int) -> "list[str]":
        keys = iter(self._known)
        return [key for key, _ in zip(keys, range(count), strict=False)]
