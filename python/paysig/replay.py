"""Replay protection: a message that was handled once is not handled again.

Verifying never writes. A guard remembers replay keys around your handler: ``begin`` before it, ``commit`` after it succeeded,
``release`` after it failed, so that the provider's next delivery is handled. A finished duplicate is answered with 200.
`paysig.MemoryReplayGuard` is one for a single process.
"""

from enum import Enum
from typing import Protocol, runtime_checkable

from ._paysig import Lease

__all__ = ["Began", "ReplayGuard"]


class Began(str, Enum):
    """Why a delivery is not handled now."""

    #: Another delivery of it is being handled; the provider should come again.
    IN_PROGRESS = "in_progress"
    #: It was handled.
    DONE = "done"


@runtime_checkable
class ReplayGuard(Protocol):
    """Where replay keys are kept: a database table, Redis. For ASGI the methods may be coroutines.

    ``begin`` must be atomic over all processes of the service. A lease whose process died must run out. On asyncio each coroutine
    is a task of its own: a request that is cancelled waits for it up to 5 seconds, and gives back a lease that it just took.
    """

    def begin(self, replay_key: str) -> "Lease | Began":
        """Take a lease on the key, or say why not."""

    def commit(self, lease: "Lease") -> object:
        """The message was handled: remember the key for `Verifier.retention_seconds`."""

    def release(self, lease: "Lease") -> object:
        """Handling failed: forget the key, unless the lease has run out and passed to another."""
