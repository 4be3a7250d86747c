"""The conformance program of the Python binding: one JSON object a line in, one out, in order."""

from __future__ import annotations

import base64
import binascii
import json
import re
import sys
from datetime import datetime, timezone
from typing import Any

import paysig
from paysig import ConfigurationError, PaysigError, Scheme, Signer, Verifier

LINE = {
    "id", "op", "scheme", "recipe", "flow", "variants", "credentials", "keys", "other_keys", "message", "wire_encoding", "now",
    "tolerance_seconds", "nonce", "timestamp_text", "payload", "expires_in", "padding_hex",
}  # fmt: skip
MESSAGE = {"method", "target", "url", "headers", "body", "body_base64", "status"}
# Stands for a nonce that the line does not give; one that the message carries takes precedence.
NOT_GIVEN = "not-given"
KEY = {"credentials", "not_before", "not_after"}
RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?")


def wrong(message: str) -> ConfigurationError:
    return ConfigurationError(message, status="invalid_option")


def known(value: Any, names: set[str]) -> dict[str, Any]:
    """An object that has no other members than these."""
    if not isinstance(value, dict):
        raise wrong("not an object")
    for name in value:
        if name not in names:
            raise wrong(f"unknown member {name!r}")
    return value


def time(text: str) -> datetime:
    match = RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise wrong(f"{text!r} is not an RFC 3339 time")
    fraction = (match[2] or ".0")[1:4].ljust(3, "0")
    zone = (match[3] or "Z").replace("Z", "+00:00")
    if ":" not in zone:
        zone = zone[:3] + ":" + zone[3:]
    try:
        return datetime.fromisoformat(f"{match[1]}.{fraction}{zone}")
    except ValueError:
        raise wrong(f"{text!r} is not an RFC 3339 time") from None


def wire(text: str, latin1: bool) -> bytes:
    try:
        return text.encode("latin-1" if latin1 else "utf-8")
    except UnicodeEncodeError:
        raise wrong("a character is not in Latin-1") from None


def text_of(value: bytes, latin1: bool) -> str:
    return value.decode("latin-1") if latin1 else value.decode("utf-8", "replace")


def content(name: str, value: bytes) -> dict[str, str]:
    """Text if it is text, else base64."""
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(value).decode()}


class Line:
    """A question, read strictly."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.line = known(line, LINE)
        self.m = known(line.get("message", {}), MESSAGE)
        encoding = line.get("wire_encoding")
        if encoding not in (None, "utf-8", "latin-1"):
            raise wrong(f"wire_encoding {encoding!r} is not known")
        self.latin1 = encoding == "latin-1"
        self.flow: Any = line.get("flow", "request")
        if self.flow not in ("request", "webhook", "response"):
            raise wrong(f"flow {self.flow!r} is not known")

    def scheme(self) -> Scheme:
        by_id, recipe = self.line.get("scheme"), self.line.get("recipe")
        if (by_id is None) == (recipe is None):
            raise wrong("give either scheme or recipe")
        return Scheme(by_id) if by_id is not None else Scheme.from_toml(recipe or "")

    def body(self) -> bytes:
        if "body" in self.m and "body_base64" in self.m:
            raise wrong("body and body_base64 exclude each other")
        if "body_base64" not in self.m:
            return str(self.m.get("body", "")).encode()
        try:
            return base64.b64decode(self.m["body_base64"], validate=True)
        except binascii.Error:
            raise wrong("body_base64 is not base64") from None

    def message(self) -> dict[str, Any]:
        """The arguments that sign, verify and explain share."""
        pairs = self.m.get("headers", [])
        return {
            "method": self.m.get("method", ""),
            "url": self.m.get("url"),
            "target": wire(self.m.get("target", ""), self.latin1),
            "headers": [(wire(n, self.latin1), wire(v, self.latin1)) for n, v in pairs],
            "body": self.body(),
        }

    def credentials(self) -> dict[str, str]:
        given, keys = self.line.get("credentials"), self.line.get("keys")
        if keys is not None:
            raise wrong("credentials and keys exclude each other" if given is not None else "this op takes credentials, not keys")
        return given or {}

    def keys(self) -> Any:
        if self.line.get("keys") is None:
            return self.credentials()
        if self.line.get("credentials") is not None:
            raise wrong("credentials and keys exclude each other")
        return [
            paysig.Key(
                known(key, KEY)["credentials"],
                **{name: time(key[name]) for name in ("not_before", "not_after") if key.get(name) is not None},
            )
            for key in self.line["keys"]
        ]

    def now(self) -> Any:
        return time(self.line["now"]) if self.line.get("now") is not None else paysig.NO_CLOCK

    def options(self) -> dict[str, Any]:
        names = ("nonce", "timestamp_text", "payload", "expires_in")
        options = {"now": self.now(), **{name: self.line.get(name) for name in names}}
        if options["nonce"] is None:
            options["nonce"] = NOT_GIVEN if self.needs_nonce() else None
        return options

    def needs_nonce(self) -> bool:
        """The library makes a nonce where one is needed and absent; this program never invents one."""
        try:
            return self.signer().needs_nonce
        except PaysigError:
            return False

    def variants(self) -> list[str]:
        return self.line.get("variants", [])

    def signer(self) -> Signer:
        return Signer(self.scheme(), self.flow, credentials=self.credentials(), variants=self.variants())

    def verifier(self) -> Verifier:
        seconds = self.line.get("tolerance_seconds")
        return Verifier(self.scheme(), self.flow, keys=self.keys(), variants=self.variants(), tolerance=seconds)


def sign(line: Line) -> dict[str, Any]:
    signer = line.signer()
    try:
        padding = bytes.fromhex(line.line["padding_hex"]) if line.line.get("padding_hex") is not None else None
    except ValueError:
        raise wrong("padding_hex is not hex") from None
    message = line.message()
    signed = signer.sign(**message, **line.options(), padding=padding)
    if signed.used.nonce == NOT_GIVEN:
        raise wrong("this scheme needs a nonce")
    explained = signer.explain(**message, **line.options())
    answer: dict[str, Any] = {
        "headers": [[text_of(n, line.latin1), text_of(v, line.latin1)] for n, v in signed.raw_headers],
        **content("string_to_sign", explained.string_to_sign),
    }
    if signed.new_target is not None:
        answer["target"] = text_of(signed.new_target.encode("utf-8", "surrogateescape"), line.latin1)
    if signed.new_body is not None:
        answer |= content("body", signed.new_body)
    if signed.body_members is not None:
        answer["body_members"] = RawJson(signed.body_members)
    return answer


def verify(line: Line) -> dict[str, Any]:
    verified = line.verifier().verify(**line.message(), now=line.now())
    covered = verified.covered
    answer: dict[str, Any] = {
        "covered": {
            "method": covered.method,
            "path": covered.path,
            "query": covered.query,
            "headers": list(covered.headers),
            "body": covered.body if isinstance(covered.body, str) else list(covered.body),
        },
        "replay_key": verified.replay_key,
    }
    if verified.key_id is not None:
        answer["key_id"] = verified.key_id
    if verified.timestamp is not None:
        answer["timestamp"] = verified.timestamp.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if verified.signed_json is not None:
        answer["signed_json"] = RawJson(verified.signed_json)
    return answer


def explain(line: Line) -> dict[str, Any]:
    explained = paysig.explain(
        line.scheme(), line.flow, **line.message(), keys=line.keys(), variants=line.variants(), **line.options()
    )
    if line.line.get("nonce") is None and NOT_GIVEN.encode() in explained.string_to_sign:
        raise wrong("this scheme needs a nonce")
    parts = [{"part": p.part, "start": p.start, "end": p.end} for p in explained.parts]
    return {**content("string_to_sign", explained.string_to_sign), "parts": parts}


def token_request(line: Line) -> dict[str, Any]:
    session = paysig.TokenSession(line.scheme(), credentials=line.credentials())
    if line.line.get("now") is None:
        raise wrong("token_request needs now")
    request = session.next(now=line.now())
    assert isinstance(request, paysig.Fetch)
    return {"method": request.method, "target": request.target, "headers": request.headers, **content("body", request.body)}


def diagnose(line: Line) -> dict[str, Any]:
    diagnosis = paysig.diagnose(
        line.scheme(), line.flow, **line.message(), keys=line.keys(), other_keys=line.line.get("other_keys"),
        variants=line.variants(), now=line.now(), tolerance=line.line.get("tolerance_seconds"),
    )  # fmt: skip
    findings = []
    for finding in diagnosis.findings:
        ids = finding.ids
        combined = {"ids": ids} if len(ids) > 1 else {}
        findings.append({"id": ids[0], **combined, "cause": finding.cause, "fix": finding.fix})
    return {"verdict": str(diagnosis.verdict), "findings": findings}


class RawJson:
    """JSON text that is written as it stands, on one line of ASCII: numbers keep their spelling."""

    def __init__(self, text: str) -> None:
        # Line ends stand between tokens only, other characters than ASCII in strings only.
        self.text = re.sub(r"[^ -~]", lambda c: " " if c[0] in "\n\r\t" else json.dumps(c[0])[1:-1], text)


def dumps(answer: dict[str, Any]) -> str:
    members = (
        f"{json.dumps(name)}:{value.text if isinstance(value, RawJson) else json.dumps(value)}" for name, value in answer.items()
    )
    return "{" + ",".join(members) + "}"


OPS = {"sign": sign, "verify": verify, "explain": explain, "diagnose": diagnose, "token_request": token_request}


def answer(text: bytes) -> dict[str, Any]:
    question: Any = None
    try:
        try:
            question = json.loads(text)
        except ValueError:
            raise wrong("not JSON") from None
        line = Line(known(question, LINE))
        op = question.get("op")
        if op not in OPS:
            raise wrong(f"op {op!r} is not known")
        found = {"status": "ok", **OPS[op](line)}
    except PaysigError as error:
        found = {"status": str(error.status), "detail": str(error)}
    identity = question.get("id") if isinstance(question, dict) else None
    return {"id": identity, **found}


def main() -> None:
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        if line.strip():
            out.write(dumps(answer(line)).encode("ascii") + b"\n")
            out.flush()


if __name__ == "__main__":
    main()
