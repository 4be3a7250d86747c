"""Threads: shared objects, and other threads running while a large body is read."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import paysig
from conftest import NOW


def test_objects_are_shared_between_threads(stripe_signer, stripe_verifier):
    expected = stripe_signer.sign("POST", "/", [], b"x", now=NOW).headers

    def work(_):
        for _ in range(200):
            headers = stripe_signer.sign("POST", "/", [], b"x", now=NOW).headers
            assert headers == expected
            stripe_verifier.verify("POST", "/", headers, b"x", now=NOW)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_other_threads_run_while_a_large_body_is_signed(stripe_signer):
    body = bytes(64 << 20)
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        while not ticks:
            time.sleep(0.001)
        start = time.perf_counter()
        stripe_signer.sign("POST", "/", [], body, now=NOW)
        end = time.perf_counter()
    finally:
        stop.set()
        thread.join()
    # Signing it takes tens of milliseconds even on a fast machine; with the lock held there would be no tick at all.
    assert len([t for t in ticks if start < t < end]) >= 3


def test_a_body_cannot_change_under_way(stripe_signer):
    """A bytearray is copied before other threads may run."""
    body = bytearray(b"a" * (1 << 20))
    expected = stripe_signer.sign("POST", "/", [], bytes(body), now=NOW).headers
    results = []
    thread = threading.Thread(target=lambda: results.append(stripe_signer.sign("POST", "/", [], body, now=NOW).headers))
    thread.start()
    thread.join()
    body[:] = b"b" * len(body)
    assert results == [expected]


def test_a_token_session_hands_out_one_fetch():
    session = paysig.TokenSession("pledg-token", credentials={"api_key": "k", "api_secret": "s"})
    with ThreadPoolExecutor(8) as pool:
        actions = list(pool.map(lambda _: session.next(now=NOW), range(100)))
    assert sum(isinstance(a, paysig.Fetch) for a in actions) == 1
    assert sum(isinstance(a, paysig.Wait) for a in actions) == 99
