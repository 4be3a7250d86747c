"""Statuses: one list, the same names and numbers in every language."""

from enum import Enum

from ._paysig import _statuses

__all__ = ["Status"]

_CODES = {name: (code, http, verdict) for name, code, http, verdict in _statuses()}


class Status(str, Enum):
    """What a call came to; equal to its name.

    >>> Status.SIGNATURE_MISMATCH == "signature_mismatch"
    True
    >>> Status.SIGNATURE_MISMATCH.code, Status.SIGNATURE_MISMATCH.http
    (1, 401)
    """

    OK = "ok"
    SIGNATURE_MISMATCH = "signature_mismatch"
    TIMESTAMP_TOO_OLD = "timestamp_too_old"
    TIMESTAMP_TOO_NEW = "timestamp_too_new"
    MISSING_SIGNATURE = "missing_signature"
    MALFORMED_SIGNATURE = "malformed_signature"
    MISSING_FIELD = "missing_field"
    MALFORMED_FIELD = "malformed_field"
    DUPLICATE_FIELD = "duplicate_field"
    UNKNOWN_KEY = "unknown_key"
    KEY_EXPIRED = "key_expired"
    KEY_NOT_YET_VALID = "key_not_yet_valid"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNSUPPORTED_ALGORITHM = "unsupported_algorithm"
    CONTENT_REJECTED = "content_rejected"
    TOO_LARGE = "too_large"
    NEEDS_KEY = "needs_key"
    UNVERIFIABLE = "unverifiable"
    REPLAYED = "replayed"
    UNKNOWN_SCHEME = "unknown_scheme"
    INVALID_RECIPE = "invalid_recipe"
    INVALID_CREDENTIALS = "invalid_credentials"
    UNSUPPORTED_FLOW = "unsupported_flow"
    INVALID_MESSAGE = "invalid_message"
    UNSUPPORTED = "unsupported"
    INVALID_OPTION = "invalid_option"
    TOKEN_REFUSED = "token_refused"  # noqa: S105  a status, not a token
    TOKEN_RESPONSE_INVALID = "token_response_invalid"  # noqa: S105
    STORE_UNAVAILABLE = "store_unavailable"
    NULL_ARGUMENT = "null_argument"
    INVALID_UTF8 = "invalid_utf8"
    BUFFER_TOO_SMALL = "buffer_too_small"
    ABI_MISMATCH = "abi_mismatch"
    INTERNAL = "internal"

    @property
    def code(self) -> int:
        """The number, the same in every language."""
        return _CODES[self.value][0]

    @property
    def http(self) -> int:
        """The HTTP status that middleware answers; the name itself is never sent to the other side."""
        return _CODES[self.value][1]

    @property
    def is_verdict(self) -> bool:
        """Whether this is a verdict on a message and not a fault of the caller."""
        return _CODES[self.value][2]

    def __str__(self) -> str:
        return self.value
