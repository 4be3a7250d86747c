"""Header lists of outgoing requests."""

from collections.abc import Iterable

Pairs = list[tuple[bytes, bytes]]

#: Written anew by the client once the whole body is known.
FRAMING = frozenset({b"content-length", b"transfer-encoding"})


def without(headers: "Iterable[tuple[bytes, bytes]]", names: "Iterable[bytes]") -> Pairs:
    """The headers that have none of these names (lower case)."""
    dropped = frozenset(names)
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def merged(headers: Pairs, added: Pairs) -> Pairs:
    """The headers with those that signing added; one Cookie line holds all cookies."""
    cookies = [value for name, value in [*headers, *added] if name.lower() == b"cookie"]
    if len(cookies) > 1:
        first, rest = without(headers, {b"cookie"}), without(added, {b"cookie"})
        return [*without(first, {name.lower() for name, _ in rest}), *rest, (b"Cookie", b"; ".join(cookies))]
    return [*without(headers, {name.lower() for name, _ in added}), *added]
