"""Sign requests to payment providers and verify what they send.

A provider is a recipe, not code; the same engine answers, byte for byte alike, in every language.

Sign a request:

>>> import paysig
>>> signer = paysig.Signer("directa24-deposits", credentials={"login": "shop", "secret": "a secret"})
>>> signed = signer.sign("POST", "https://api.example/v3/deposits", [], b'{"amount":10}', now=1700000000)
>>> signed.headers[0]
('X-Date', '2023-11-14T22:13:20Z')

Make a webhook as the provider would, and verify it:

>>> webhook = paysig.Signer("stripe", "webhook", credentials={"secret": "whsec_test"})
>>> body = b'{"id":"evt_1"}'
>>> headers = webhook.sign("POST", "/hook", [], body).headers
>>> verifier = paysig.Verifier("stripe", keys={"secret": "whsec_test"})
>>> verified = verifier.verify("POST", "/hook", headers, body)
>>> verified.covered.body
'all'
>>> verifier.verify("POST", "/hook", headers, body + b" ")
Traceback (most recent call last):
  ...
paysig.errors.SignatureMismatch: signature_mismatch...
"""

from ._paysig import (
    NO_CLOCK,
    Authorize,
    Coverage,
    Diagnosis,
    Explanation,
    Fetch,
    Finding,
    Handshake,
    Key,
    Lease,
    Lint,
    MemoryReplayGuard,
    Nested,
    NoClock,
    Part,
    Prepared,
    Scheme,
    Signed,
    Signer,
    SignStream,
    TokenSession,
    Used,
    Verified,
    Verifier,
    VerifyStream,
    Wait,
    __version__,
    diagnose,
    explain,
    schemes,
)
from .errors import (
    ConfigurationError,
    ContentRejected,
    DuplicateField,
    InvalidMessage,
    KeyExpired,
    KeyNotYetValid,
    MalformedField,
    MalformedSignature,
    MissingField,
    MissingSignature,
    NeedsKey,
    PaysigError,
    Replayed,
    SignatureMismatch,
    StoreUnavailable,
    TimestampTooNew,
    TimestampTooOld,
    TokenError,
    TooLarge,
    UnknownKey,
    UnsupportedAlgorithm,
    UnsupportedVersion,
    Unverifiable,
    VerificationError,
)
from .keycache import KeyCache, MessageVerifier
from .replay import Began, ReplayGuard
from .status import Status

__all__ = [
    "NO_CLOCK",
    "Authorize",
    "Began",
    "ConfigurationError",
    "ContentRejected",
    "Coverage",
    "Diagnosis",
    "DuplicateField",
    "Explanation",
    "Fetch",
    "Finding",
    "Handshake",
    "InvalidMessage",
    "Key",
    "KeyCache",
    "KeyExpired",
    "KeyNotYetValid",
    "Lease",
    "Lint",
    "MalformedField",
    "MalformedSignature",
    "MemoryReplayGuard",
    "MessageVerifier",
    "MissingField",
    "MissingSignature",
    "NeedsKey",
    "Nested",
    "NoClock",
    "Part",
    "PaysigError",
    "Prepared",
    "ReplayGuard",
    "Replayed",
    "Scheme",
    "SignStream",
    "SignatureMismatch",
    "Signed",
    "Signer",
    "Status",
    "StoreUnavailable",
    "TimestampTooNew",
    "TimestampTooOld",
    "TokenError",
    "TokenSession",
    "TooLarge",
    "UnknownKey",
    "UnsupportedAlgorithm",
    "UnsupportedVersion",
    "Unverifiable",
    "Used",
    "Verified",
    "Verifier",
    "VerificationError",
    "VerifyStream",
    "Wait",
    "__version__",
    "diagnose",
    "explain",
    "schemes",
]
