"""Real servers on loopback, and a client that sends exactly what it is told."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import wsgiref.simple_server
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
import waitress

HERE = Path(__file__).parent


@contextlib.contextmanager
def uvicorn_server(app: Any) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextlib.contextmanager
def waitress_server(app: Any) -> Iterator[int]:
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    stopped = threading.Event()

    def loop() -> None:
        while not stopped.is_set():
            server.asyncore.loop(timeout=0.05, map=server._map, count=1)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # The trigger by which handlers wake the loop is closed when neither is left.
        stopped.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map)


class _Silent(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def wsgiref_server(app: Any) -> Iterator[int]:
    """A server that hands over Content-Length unread."""
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def gunicorn_server(name: str) -> Iterator[int]:
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--workers", "1", "--threads", "4", f"apps:{name}()"]
    # Outside the source tree of the package, so that the installed one is imported.
    process = subprocess.Popen(command, cwd=HERE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONSAFEPATH": ""})
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            raise AssertionError("gunicorn did not start")
        drain = threading.Thread(target=process.stderr.read)
        drain.start()
        yield int(found[1])
    finally:
        process.terminate()
        process.wait(timeout=20)
        drain.join()
        process.stderr.close()


def send(
    port: int, target: str, headers: Iterable[tuple[str, str]], body: bytes | None, *, chunked: bool = False, method: str = "POST"
) -> tuple[int, bytes]:
    """Status and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
            middle = len(body or b"") // 2
            pieces = [p for p in ((body or b"")[:middle], (body or b"")[middle:]) if p]
            connection.endheaders(iter(pieces), encode_chunked=True)
        else:
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
