"""A loopback HTTP server that keeps what came in, byte for byte, and answers as it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Request:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for n, value in self.headers if n.lower() == name.lower()]


@dataclass
class Recorder:
    origin: str
    requests: list[Request] = field(default_factory=list)


#: Given a request: status, headers, body.
Answer = Callable[[Request], "tuple[int, list[tuple[str, str]], bytes]"]


def ok(_: Request) -> tuple[int, list[tuple[str, str]], bytes]:
    return 200, [], b"ok"


@contextlib.contextmanager
def recorder(answer: Answer = ok) -> Iterator[Recorder]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    found = Recorder(f"http://127.0.0.1:{listener.getsockname()[1]}")
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            while (request := _read(stream)) is not None:
                found.requests.append(request)
                status, headers, body = answer(request)
                lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *(f"{n}: {v}" for n, v in headers)]
                connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + (b"" if request.method == "HEAD" else body))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            thread = threading.Thread(target=serve, args=(connection,))
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield found
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def _read(stream) -> Request | None:
    line = stream.readline()
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ")
    headers = []
    while (line := stream.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
    lower = {n.lower(): v for n, v in headers}
    if lower.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(stream.readline(), 16):
            body += stream.read(size)
            stream.readline()
        stream.readline()
    else:
        body = stream.read(int(lower.get("content-length", 0)))
    return Request(method, target, headers, body)
