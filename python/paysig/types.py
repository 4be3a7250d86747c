"""Types of arguments, for annotations in your own code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, Union

from ._paysig import Key

__all__ = ["CredentialItems", "Credentials", "Flow", "Headers", "Items", "Keys", "Text", "Time"]

#: Header names and values, targets. Text is sent as UTF-8; bytes as they are.
Text: TypeAlias = Union[str, bytes]

#: Client to provider, provider to client, or the provider's signed answer.
Flow: TypeAlias = Literal["request", "webhook", "response"]

#: Seconds since 1970, or a datetime with a time zone.
Time: TypeAlias = Union[float, datetime]


class Items(Protocol):
    """A mapping of names to values, or to several values."""

    def items(self) -> Iterable[tuple[Text, Text | Sequence[Text]]]:
        """Name and value of each header."""


class CredentialItems(Protocol):
    """A mapping of names to values."""

    def items(self) -> Iterable[tuple[str, Text]]:
        """Name and value of each credential."""


Headers: TypeAlias = Union[Items, Iterable[tuple[Text, Text]]]
Credentials: TypeAlias = Union[CredentialItems, Iterable[tuple[str, Text]]]
Keys: TypeAlias = Union[CredentialItems, Key, Iterable[Union[CredentialItems, Key]]]
