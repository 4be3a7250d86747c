from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, final

from typing_extensions import Buffer, Self

from .replay import Began
from .status import Status
from .types import Credentials, Flow, Headers, Keys, Text, Time

__all__ = [
    "Authorize",
    "Coverage",
    "Diagnosis",
    "Explanation",
    "Fetch",
    "Finding",
    "Handshake",
    "Key",
    "Lease",
    "Lint",
    "MemoryReplayGuard",
    "NO_CLOCK",
    "Nested",
    "NoClock",
    "Part",
    "Prepared",
    "Scheme",
    "SignStream",
    "Signed",
    "Signer",
    "TokenSession",
    "Used",
    "Verified",
    "Verifier",
    "VerifyStream",
    "Wait",
    "__version__",
    "_statuses",
    "diagnose",
    "explain",
    "schemes",
]

__version__: str

@final
class NoClock:
    def __new__(cls, *args: object, **kwargs: object) -> Self: ...

NO_CLOCK: NoClock

def _statuses() -> list[tuple[str, int, int, bool]]: ...
def schemes() -> list[str]: ...
def explain(
    scheme: str | Scheme,
    flow: Flow,
    method: str,
    url: Text | None,
    headers: Headers | None = None,
    body: Buffer | None = None,
    *,
    credentials: Credentials | None = None,
    keys: Keys | None = None,
    variants: str | Iterable[str] | None = None,
    target: Text | None = None,
    now: Time | NoClock | None = None,
    nonce: str | None = None,
    timestamp_text: str | None = None,
    payload: str | Buffer | None = None,
    expires_in: int | None = None,
) -> Explanation: ...
def diagnose(
    scheme: str | Scheme,
    flow: Flow,
    method: str,
    url: Text | None,
    headers: Headers | None = None,
    body: Buffer | None = None,
    *,
    keys: Keys | None = None,
    other_keys: Iterable[Credentials] | None = None,
    variants: str | Iterable[str] | None = None,
    target: Text | None = None,
    now: Time | NoClock | None = None,
    tolerance: int | timedelta | None = None,
) -> Diagnosis: ...

@final
class Diagnosis:
    @property
    def verdict(self) -> Status: ...
    @property
    def findings(self) -> list[Finding]: ...
    @property
    def ruled_out(self) -> list[tuple[str, int]]: ...
    @property
    def hypotheses(self) -> int: ...
    @property
    def exhausted(self) -> bool: ...

@final
class Finding:
    @property
    def ids(self) -> list[str]: ...
    @property
    def cause(self) -> str: ...
    @property
    def fix(self) -> str: ...
    @property
    def remedies(self) -> list[tuple[str, str]]: ...

@final
class Scheme:
    def __new__(cls, id: str) -> Self: ...
    @classmethod
    def from_toml(cls, recipe: str, *, file: str = "recipe") -> Self: ...
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def flows(self) -> list[str]: ...
    @property
    def credentials(self) -> list[str]: ...
    @property
    def notes(self) -> list[str]: ...
    def lint(self) -> list[Lint]: ...

@final
class Lint:
    @property
    def id(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def flow(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def message(self) -> str: ...
    @property
    def witness(self) -> str: ...
    @property
    def acknowledged(self) -> str | None: ...

@final
class Signer:
    def __new__(
        cls,
        scheme: str | Scheme,
        flow: Flow = "request",
        *,
        credentials: Credentials | None = None,
        variants: str | Iterable[str] | None = None,
        key_elsewhere: bool = False,
    ) -> Self: ...
    @property
    def scheme_id(self) -> str: ...
    @property
    def flow(self) -> str: ...
    @property
    def needs_nonce(self) -> bool: ...
    def sign(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
        nonce: str | None = None,
        timestamp_text: str | None = None,
        payload: str | Buffer | None = None,
        expires_in: int | None = None,
        padding: Buffer | None = None,
    ) -> Signed: ...
    def prepare(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
        nonce: str | None = None,
        timestamp_text: str | None = None,
        payload: str | Buffer | None = None,
        expires_in: int | None = None,
    ) -> Prepared: ...
    def explain(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
        nonce: str | None = None,
        timestamp_text: str | None = None,
        payload: str | Buffer | None = None,
        expires_in: int | None = None,
    ) -> Explanation: ...
    def stream(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
        nonce: str | None = None,
        timestamp_text: str | None = None,
    ) -> SignStream: ...

@final
class Signed:
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]: ...
    @property
    def url(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def new_target(self) -> str | None: ...
    @property
    def new_body(self) -> bytes | None: ...
    @property
    def body_members(self) -> str | None: ...
    @property
    def used(self) -> Used: ...

@final
class Used:
    __match_args__: ClassVar[tuple[Literal["timestamp"], Literal["nonce"], Literal["key_id"]]]
    @property
    def timestamp(self) -> str | None: ...
    @property
    def nonce(self) -> str | None: ...
    @property
    def key_id(self) -> str | None: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Prepared:
    @property
    def string_to_sign(self) -> bytes: ...
    @property
    def algorithm(self) -> str: ...
    def finish(self, signature: Buffer) -> Signed: ...

@final
class SignStream:
    def update(self, data: Buffer) -> None: ...
    def finish(self) -> Signed: ...

@final
class Key:
    def __new__(cls, credentials: Credentials, *, not_before: Time | None = None, not_after: Time | None = None) -> Self: ...

@final
class Verifier:
    def __new__(
        cls,
        scheme: str | Scheme,
        flow: Flow = "webhook",
        *,
        keys: Keys | None = None,
        variants: str | Iterable[str] | None = None,
        tolerance: int | timedelta | None = None,
        key_id: str | None = None,
        algorithms: str | Iterable[str] | None = None,
        max_body: int | None = None,
    ) -> Self: ...
    @property
    def scheme_id(self) -> str: ...
    @property
    def flow(self) -> str: ...
    @property
    def tolerance_seconds(self) -> int | None: ...
    @property
    def retention_seconds(self) -> int: ...
    def handshake(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
    ) -> Handshake | None: ...
    def with_keys(self, keys: Keys) -> Self: ...
    def verify(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
    ) -> Verified: ...
    def explain(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        body: Buffer | None = None,
        *,
        target: Text | None = None,
    ) -> Explanation: ...
    def stream(
        self,
        method: str,
        url: Text | None,
        headers: Headers | None = None,
        *,
        target: Text | None = None,
        now: Time | NoClock | None = None,
        body_length: int | None = None,
    ) -> VerifyStream: ...

@final
class Handshake:
    @property
    def content_type(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def verified(self) -> bool: ...

@final
class Lease:
    def __new__(cls, key: str, token: int = 0) -> Self: ...
    @property
    def key(self) -> str: ...
    @property
    def token(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class MemoryReplayGuard:
    def __new__(
        cls,
        *,
        retention_seconds: int | timedelta | None = None,
        lease_seconds: int | timedelta | None = None,
        capacity: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> Self: ...
    def begin(self, replay_key: str) -> Lease | Began: ...
    def commit(self, lease: Lease) -> None: ...
    def release(self, lease: Lease) -> None: ...

@final
class Verified:
    @property
    def status(self) -> Status: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def key_index(self) -> int: ...
    @property
    def timestamp(self) -> datetime | None: ...
    @property
    def items(self) -> int: ...
    @property
    def covered(self) -> Coverage: ...
    @property
    def signed_json(self) -> str | None: ...
    @property
    def signed_fields(self) -> Any: ...
    @property
    def replay_key(self) -> str | None: ...

@final
class VerifyStream:
    def update(self, data: Buffer) -> None: ...
    def finish(self) -> Verified: ...

@final
class Coverage:
    @property
    def method(self) -> bool: ...
    @property
    def path(self) -> bool: ...
    @property
    def query(self) -> bool: ...
    @property
    def headers(self) -> tuple[str, ...]: ...
    @property
    def body(self) -> Literal["all", "none"] | tuple[str, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Explanation:
    @property
    def string_to_sign(self) -> bytes: ...
    @property
    def parts(self) -> list[Part]: ...
    @property
    def nested(self) -> list[Nested]: ...
    @property
    def covered(self) -> Coverage: ...

@final
class Nested:
    @property
    def part(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def input(self) -> bytes: ...
    @property
    def parts(self) -> list[Part]: ...

@final
class Part:
    __match_args__: ClassVar[tuple[Literal["part"], Literal["start"], Literal["end"]]]
    @property
    def part(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class TokenSession:
    def __new__(cls, scheme: str | Scheme, *, credentials: Credentials | None = None) -> Self: ...
    def next(self, *, now: Time | None = None) -> Authorize | Fetch | Wait: ...
    def fetched(self, status: int, content: Buffer | None, *, now: Time | None = None) -> None: ...
    def refused(self, *, now: Time | None = None) -> None: ...
    def accepted(self) -> None: ...
    def save(self) -> str: ...
    def load(self, state: str) -> None: ...

@final
class Authorize:
    __match_args__: ClassVar[tuple[Literal["headers"]]]
    @property
    def headers(self) -> list[tuple[str, str]]: ...

@final
class Fetch:
    @property
    def method(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def lease_until(self) -> datetime: ...

@final
class Wait:
    @property
    def until(self) -> datetime: ...
    @property
    def seconds(self) -> float: ...
