"""What the token clients of httpx and requests share: who refuses a token only once, and how long to wait."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from ._checks import made_by
from ._paysig import Authorize, Fetch, TokenSession, Wait
from .errors import TokenError

__all__ = ["Token", "Tokens"]


@dataclass(frozen=True)
class Token:
    """What authorizes a request."""

    headers: "list[tuple[str, str]]" = field(repr=False)
    #: Of the token: a provider may hand out the same text again, but what was said of the former does not hold for the latter.
    number: int


class Tokens:
    """A token session that many requests share."""

    def __init__(self, session: TokenSession) -> None:
        made_by(TokenSession, "session", session)
        self.session = session
        self._changed = threading.Condition()
        self._headers: list[tuple[str, str]] = []
        self._number = 0
        #: The last token that was dropped after a 401.
        self._dropped = 0

    def next(self, failure: "Exception | None" = None) -> "Token | Fetch | Wait":
        """What to do now. ``failure``: of one's own fetch, raised if no older token is left."""
        with self._changed:
            try:
                action = self.session.next()
            except TokenError as stored:
                raise failure or stored  # noqa: B904  the stored one says the same
            if not isinstance(action, Authorize):
                return action
            if action.headers != self._headers:
                # Fetched by whoever else has the session.
                self._headers = action.headers
                self._number += 1
            return Token(action.headers, self._number)

    def wait(self, wait: Wait) -> None:
        """Blocks until the fetcher is done, or might have died."""
        with self._changed:
            self._changed.wait(timeout=min(max(wait.seconds, 0.001), 0.25))

    def fetched(self, status: int, content: bytes) -> "TokenError | None":
        """The token endpoint's answer; status 0 if there was none. Why it brought no token."""
        with self._changed:
            try:
                self.session.fetched(status, content)
            except TokenError as failure:
                return failure
            finally:
                self._changed.notify_all()
            self._headers = []
            return None

    def abandoned(self) -> None:
        """The fetch did not come to an end: somebody else may try, without waiting for the lease to run out."""
        self.fetched(0, b"")

    def refused(self, token: Token) -> bool:
        """The API answered 401 to a request with this token. Whether another try with a new token makes sense.

        Many requests that were under way with one token are refused together; the token is dropped for the first only.
        """
        with self._changed:
            if token.number == self._dropped or token.number != self._number:
                return True
            try:
                self.session.refused()
            except TokenError:
                return False
            self._dropped = token.number
            return True


def pauses() -> "Iterator[float]":
    """Seconds to sleep between looks at the session, for clients that cannot be woken."""
    seconds = 0.002
    while True:
        yield seconds
        seconds = min(seconds * 2, 0.05)
