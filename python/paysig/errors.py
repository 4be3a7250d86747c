"""Exceptions. Every verdict on a message has a class of its own, named after its status.

::

    PaysigError
      VerificationError        the message is refused; one class for each verdict
        SignatureMismatch, TimestampTooOld, MissingSignature, ...
      ConfigurationError       (also a ValueError) scheme, recipe, credentials, options, or a message that cannot be signed
      TokenError               the token endpoint refused or answered nonsense
      StoreUnavailable         the replay store did not answer
"""

from .status import Status

__all__ = [
    "PaysigError",
    "VerificationError",
    "SignatureMismatch",
    "TimestampTooOld",
    "TimestampTooNew",
    "MissingSignature",
    "MalformedSignature",
    "MissingField",
    "MalformedField",
    "DuplicateField",
    "UnknownKey",
    "KeyExpired",
    "KeyNotYetValid",
    "UnsupportedVersion",
    "UnsupportedAlgorithm",
    "ContentRejected",
    "TooLarge",
    "NeedsKey",
    "Unverifiable",
    "Replayed",
    "ConfigurationError",
    "InvalidMessage",
    "TokenError",
    "StoreUnavailable",
]


class PaysigError(Exception):
    """Anything that paysig raises. Holds no secret, no expected signature and no body.

    >>> import paysig
    >>> try:
    ...     paysig.Scheme("strype")
    ... except paysig.PaysigError as error:
    ...     print(error.status, error.field)
    unknown_scheme scheme
    """

    #: What happened; of a fixed list.
    status: Status
    #: What it concerns: a header, ``json:path``, a credential, an option. None if it concerns no single field.
    field: "str | None"
    #: A sentence for people.
    message: str

    def __init__(self, message: str, *, status: "Status | str | None" = None, field: "str | None" = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        given = status if status is not None else _status_of(type(self))
        self.status = Status(given)

    def __str__(self) -> str:
        where = f" ({self.field})" if self.field else ""
        return f"{self.status}{where}: {self.message}"

    def __reduce__(self) -> "tuple[object, ...]":
        # Exceptions travel between processes (task queues, test runners).
        return _restored, (type(self), self.message, self.status.value, self.field, self.__dict__)


class VerificationError(PaysigError):
    """The message is refused. The other side is told no more than ``status.http``."""


class SignatureMismatch(VerificationError):
    """The signature is not that of this message under any key of the ring."""


class TimestampTooOld(VerificationError):
    """Authentic, but older than the tolerance, or an expired JWT."""


class TimestampTooNew(VerificationError):
    """Authentic, but further ahead of the clock than the tolerance."""


class MissingSignature(VerificationError):
    """There is no signature in the message."""


class MalformedSignature(VerificationError):
    """There is a signature, but its syntax, encoding or length is wrong."""


class MissingField(VerificationError):
    """A field that the scheme reads is absent."""


class MalformedField(VerificationError):
    """A field that the scheme reads has the wrong syntax."""


class DuplicateField(VerificationError):
    """A field that the scheme reads occurs more than once."""


class UnknownKey(VerificationError):
    """The key id in the message is none of the ring's."""


class KeyExpired(VerificationError):
    """Authentic under a key whose validity has ended."""


class KeyNotYetValid(VerificationError):
    """Authentic under a key whose validity has not begun."""


class UnsupportedVersion(VerificationError):
    """The message uses a version of the scheme that is not supported."""


class UnsupportedAlgorithm(VerificationError):
    """The message names an algorithm that the recipe or the caller does not allow."""


class ContentRejected(VerificationError):
    """Authentic, but a value that the scheme demands is another one."""


class TooLarge(VerificationError):
    """The message is larger than the limit."""


class NeedsKey(VerificationError):
    """The key that the message names must be fetched first: ``key_id``, and ``url`` where the recipe allows one."""

    #: The key id that the message names.
    key_id: "str | None" = None
    #: Where to get it, if the recipe allows exactly this address.
    url: "str | None" = None


class Unverifiable(VerificationError):
    """The scheme has nothing that could be verified."""


class Replayed(VerificationError):
    """The message was accepted before."""


class ConfigurationError(PaysigError, ValueError):
    """Scheme, recipe, credentials, flow or an option cannot be used."""


class InvalidMessage(ConfigurationError):
    """The message cannot be signed as it is."""


class TokenError(PaysigError):
    """The token endpoint refused the credentials, or its answer could not be used."""


class StoreUnavailable(PaysigError):
    """The replay store did not answer."""


_CLASSES: "dict[Status, type[PaysigError]]" = {
    Status.SIGNATURE_MISMATCH: SignatureMismatch,
    Status.TIMESTAMP_TOO_OLD: TimestampTooOld,
    Status.TIMESTAMP_TOO_NEW: TimestampTooNew,
    Status.MISSING_SIGNATURE: MissingSignature,
    Status.MALFORMED_SIGNATURE: MalformedSignature,
    Status.MISSING_FIELD: MissingField,
    Status.MALFORMED_FIELD: MalformedField,
    Status.DUPLICATE_FIELD: DuplicateField,
    Status.UNKNOWN_KEY: UnknownKey,
    Status.KEY_EXPIRED: KeyExpired,
    Status.KEY_NOT_YET_VALID: KeyNotYetValid,
    Status.UNSUPPORTED_VERSION: UnsupportedVersion,
    Status.UNSUPPORTED_ALGORITHM: UnsupportedAlgorithm,
    Status.CONTENT_REJECTED: ContentRejected,
    Status.TOO_LARGE: TooLarge,
    Status.NEEDS_KEY: NeedsKey,
    Status.UNVERIFIABLE: Unverifiable,
    Status.REPLAYED: Replayed,
    Status.UNKNOWN_SCHEME: ConfigurationError,
    Status.INVALID_RECIPE: ConfigurationError,
    Status.INVALID_CREDENTIALS: ConfigurationError,
    Status.UNSUPPORTED_FLOW: ConfigurationError,
    Status.INVALID_MESSAGE: InvalidMessage,
    Status.UNSUPPORTED: ConfigurationError,
    Status.INVALID_OPTION: ConfigurationError,
    Status.TOKEN_REFUSED: TokenError,
    Status.TOKEN_RESPONSE_INVALID: TokenError,
    Status.STORE_UNAVAILABLE: StoreUnavailable,
    Status.NULL_ARGUMENT: PaysigError,
    Status.INVALID_UTF8: PaysigError,
    Status.BUFFER_TOO_SMALL: PaysigError,
    Status.ABI_MISMATCH: PaysigError,
    Status.INTERNAL: PaysigError,
}


#: Of classes that stand for several statuses.
_DEFAULTS: "dict[type[PaysigError], Status]" = {
    ConfigurationError: Status.INVALID_OPTION,
    TokenError: Status.TOKEN_RESPONSE_INVALID,
}


def _status_of(cls: "type[PaysigError]") -> Status:
    """The status of a class where none is given; ``internal`` for the bases."""
    for base in cls.__mro__:
        if base in _DEFAULTS:
            return _DEFAULTS[base]
        for status, known in _CLASSES.items():
            if known is base and known is not PaysigError:
                return status
    return Status.INTERNAL


def _of(status: str, field: "str | None", message: str, key_id: "str | None", url: "str | None") -> PaysigError:
    """The exception for an error of the core."""
    error = _CLASSES[Status(status)](message, status=status, field=field)
    if isinstance(error, NeedsKey):
        error.key_id, error.url = key_id, url
    return error


def _restored(cls: "type[PaysigError]", message: str, status: str, field: "str | None", state: "dict[str, object]") -> PaysigError:
    error = cls(message, status=status, field=field)
    error.__dict__.update(state)
    return error
