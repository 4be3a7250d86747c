"""What the token clients of httpx and requests share: who refuses a token only once, and how long to wait."""

import contextlib
import threading
from collections.abc import Iterator

from ._paysig import Authorize, Fetch, TokenSession, Wait
from .errors import TokenError

__all__ = ["Tokens"]


class Tokens:
    """A token session that many requests share."""

    def __init__(self, session: TokenSession) -> None:
        self.session = session
        self._changed = threading.Condition()
        self._refused: list[tuple[str, str]] | None = None

    def next(self) -> "Authorize | Fetch | Wait":
        """What to do now."""
        return self.session.next()

    def wait(self, wait: Wait) -> None:
        """Blocks until the fetcher is done, or might have died."""
        with self._changed:
            self._changed.wait(timeout=min(max(wait.seconds, 0.001), 0.25))

    def fetched(self, status: int, content: bytes) -> None:
        """The token endpoint's answer; status 0 if there was none."""
        try:
            self.session.fetched(status, content)
        finally:
            with self._changed:
                self._changed.notify_all()

    def abandoned(self) -> None:
        """The fetch did not come to an end: somebody else may try, without waiting for the lease to run out."""
        with contextlib.suppress(TokenError):
            self.fetched(0, b"")

    def refused(self, headers: "list[tuple[str, str]]") -> bool:
        """The API answered 401 to these headers. Whether another try with a new token makes sense.

        Many requests that were under way with one token are refused together; the token is dropped for the first only.
        """
        with self._changed:
            if headers == self._refused:
                return True
            self._refused = headers
        try:
            self.session.refused()
        except TokenError:
            return False
        return True


def pauses() -> "Iterator[float]":
    """Seconds to sleep between looks at the session, for clients that cannot be woken."""
    seconds = 0.002
    while True:
        yield seconds
        seconds = min(seconds * 2, 0.05)
