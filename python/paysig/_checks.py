"""Checks of what a program hands over once: found out at the first request only, a mistake would look like the sender's."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ._paysig import Signer
from .errors import ConfigurationError

__all__ = ["check_signing", "exact_paths", "made_by", "origin_of", "public_base", "size_limit"]

_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")


def made_by(cls: type, field: str, given: Any) -> None:
    """Refuses what is no object of a class of the package, the class itself among it."""
    if not isinstance(given, cls):
        raise ConfigurationError(f"{field} must be a paysig.{cls.__name__}, not {_kind(given)}", field=field)


def _kind(given: Any) -> str:
    """Never the value, which may hold a secret."""
    return f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__


def check_signing(signer: Any, options: Any) -> None:
    """Refuses what cannot sign: a signer that is none, options that cannot be asked for each request."""
    made_by(Signer, "signer", signer)
    if options is not None and not callable(options):
        raise ConfigurationError(f"options must be a function of the request, not {_kind(options)}", field="options")


def size_limit(field: str, given: Any) -> int:
    """A number of bytes."""
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        what = given if isinstance(given, int) else _kind(given)
        raise ConfigurationError(f"{field} must be a whole number, 0 or more, not {what}", field=field)
    return given


def exact_paths(field: str, given: Any) -> frozenset[str]:
    """Paths as servers decode them. One that no request can have would leave its route open to everybody."""
    if isinstance(given, str | bytes | bytearray) or not isinstance(given, Collection) or not given:
        raise ConfigurationError(f'{field} must be a list of paths: ["/hook"]', field=field)
    for path in given:
        if not isinstance(path, str):
            raise ConfigurationError(f"{field} must hold text, not {_kind(path)}", field=field)
        if not path.startswith("/") or "?" in path or "#" in path or not path.isprintable():
            raise ConfigurationError(f'{field} must hold paths that begin with "/" and have no query: "/hook"', field=field)
        if _ESCAPE.search(path):
            raise ConfigurationError(f"{field} must hold decoded paths: a space, not %20", field=field)
    return frozenset(given)


def public_base(field: str, given: Any) -> str:
    """What the target of a request is appended to; without the slash at its end, since targets begin with one."""
    if _web_address(given) is None:
        raise ConfigurationError(
            f"{field} must be absolute http or https without query and fragment: https://shop.example; "
            "path and query of each request are appended",
            field=field,
        )
    base: str = given.rstrip("/")
    return base


def origin_of(field: str, given: Any) -> str:
    """Scheme, host and port."""
    parts = _web_address(given)
    if parts is None or parts.path not in ("", "/") or "@" in parts.netloc:
        raise ConfigurationError(f"{field} must be scheme, host and port: https://api.example", field=field)
    return f"{parts.scheme}://{parts.netloc}"


def _web_address(given: Any) -> SplitResult | None:
    """The parts of an absolute http or https URL without query and fragment; None of everything else."""
    if not isinstance(given, str) or not given.startswith(("https://", "http://")):
        return None
    if "?" in given or "#" in given or " " in given or not given.isprintable():
        return None
    try:
        parts = urlsplit(given)
        # Raises if it is no number, or too large.
        parts.port  # noqa: B018
    except ValueError:
        return None
    return parts if parts.hostname else None
