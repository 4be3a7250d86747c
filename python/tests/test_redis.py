"""The guard over Redis against a real server, which these tests start: races, crashes, restarts, a full server."""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis
import redis.asyncio
from racers import DIED, RACES, die_handling, race

import paysig
from conftest import SECRET
from paysig import Began, Lease, ReplayGuard
from paysig._receive import Delivery, Refused
from paysig.redis import AsyncRedisReplayGuard, RedisReplayGuard


class Server:
    """A server of our own on a free port, which writes everything to disk."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        assert program, "these tests need redis-server or valkey-server"
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory), "--save", ""]
        arguments += ["--appendonly", "yes", "--appendfsync", "always"]
        self.process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                with self.client() as client:
                    client.ping()
            except redis.ConnectionError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server does not answer")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=30, retry=None)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def client(server):
    with server.client() as client:
        client.flushall()
        yield client


def test_begin_commit_release(client):
    guard = RedisReplayGuard(client)
    assert isinstance(guard, ReplayGuard)
    lease = guard.begin("a")
    assert isinstance(lease, Lease)
    assert guard.begin("a") is Began.IN_PROGRESS
    guard.release(lease)
    lease = guard.begin("a")
    guard.commit(lease)
    assert guard.begin("a") is Began.DONE
    guard.release(lease)
    assert guard.begin("a") is Began.DONE
    assert 604_000 < client.ttl("paysig:replay:a") <= 604_800
    assert "password" not in repr(guard)


def test_a_client_that_decodes_is_understood(server):
    with redis.Redis(port=server.port, decode_responses=True) as client:
        client.flushall()
        guard = RedisReplayGuard(client)
        guard.commit(guard.begin("a"))
        assert guard.begin("a") is Began.DONE


def test_two_processes_race_and_exactly_one_wins_each(client, server):
    client.config_set("appendfsync", "no")
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(2), context.Queue()
    racers = [context.Process(target=race, args=(server.port, "race:", ready, results)) for _ in range(2)]
    for racer in racers:
        racer.start()
    first, second = results.get(timeout=300), results.get(timeout=300)
    for racer in racers:
        racer.join()
        assert racer.exitcode == 0
    assert sorted(first + second) == list(range(RACES))
    assert first, "one process did everything: that was no race"
    assert second, "one process did everything: that was no race"
    client.config_set("appendfsync", "always")


def test_a_handler_that_dies_loses_its_lease(client, server):
    context = multiprocessing.get_context("spawn")
    dying = context.Process(target=die_handling, args=(server.port,))
    dying.start()
    dying.join()
    assert dying.exitcode == DIED
    guard = RedisReplayGuard(client)
    answers = []
    for _ in range(100):
        answers.append(guard.begin("k"))
        if isinstance(answers[-1], Lease):
            break
        time.sleep(0.1)
    assert isinstance(answers[-1], Lease)
    assert set(answers[:-1]) <= {Began.IN_PROGRESS}


def test_a_lease_that_passed_to_another_is_not_committed(client):
    guard = RedisReplayGuard(client)
    late = guard.begin("k")
    client.delete("paysig:replay:k")
    second = guard.begin("k")
    with pytest.raises(paysig.StoreUnavailable):
        guard.commit(late)
    guard.release(late)
    assert guard.begin("k") is Began.IN_PROGRESS
    guard.commit(second)
    assert guard.begin("k") is Began.DONE


def test_one_that_ran_out_but_passed_to_nobody_is(client):
    guard = RedisReplayGuard(client)
    lease = guard.begin("k")
    client.delete("paysig:replay:k")
    guard.commit(lease)
    assert guard.begin("k") is Began.DONE


def test_a_server_that_stops_and_comes_back(server, client):
    guard = RedisReplayGuard(client)
    guard.commit(guard.begin("handled"))
    server.stop()
    with pytest.raises(paysig.StoreUnavailable) as caught:
        guard.begin("handled")
    assert caught.value.status.http == 503
    with pytest.raises(paysig.StoreUnavailable):
        guard.begin("new")
    server.start()
    # Nothing that was handled is forgotten, and what was refused is handled now.
    assert guard.begin("handled") is Began.DONE
    assert isinstance(guard.begin("new"), Lease)


def test_a_full_server_refuses_and_loses_nothing(client):
    guard = RedisReplayGuard(client)
    guard.commit(guard.begin("handled"))
    client.config_set("maxmemory", "1")
    try:
        with pytest.raises(paysig.StoreUnavailable):
            guard.begin("new")
        assert guard.begin("handled") is Began.DONE
    finally:
        client.config_set("maxmemory", "0")
    assert isinstance(guard.begin("new"), Lease)


def test_a_server_that_forgets_on_its_own_is_refused(client):
    client.config_set("maxmemory-policy", "allkeys-lru")
    client.config_set("maxmemory", str(1 << 30))
    try:
        with pytest.raises(paysig.StoreUnavailable) as caught:
            RedisReplayGuard(client).begin("k")
        assert "allkeys-lru" in str(caught.value)
    finally:
        client.config_set("maxmemory", "0")
        client.config_set("maxmemory-policy", "noeviction")


@pytest.mark.parametrize("value", ["something", "", "1", "Lease:1"])
def test_a_key_of_somebody_else_is_not_taken_for_a_lease(client, value):
    client.set("paysig:replay:k", value)
    with pytest.raises(paysig.StoreUnavailable):
        RedisReplayGuard(client).begin("k")


def test_through_a_middleware_with_one_option(client, server):
    signed = paysig.Signer("stripe", "webhook", credentials={"secret": SECRET}).sign("POST", "/hook", body=b"{}")
    verifier = paysig.Verifier("stripe", keys={"secret": SECRET})

    def delivery(guard):
        return Delivery(verifier.verify("POST", "/hook", signed.headers, b"{}"), guard)

    guard = RedisReplayGuard(client)
    first = delivery(guard)
    first.begin()
    with pytest.raises(Refused) as caught:
        delivery(guard).begin()
    assert caught.value.status == 503
    assert ("Retry-After", "1") in caught.value.headers()
    first.end(True)
    with pytest.raises(Refused) as caught:
        delivery(guard).begin()
    assert caught.value.status == 200
    assert "Retry-After" not in dict(caught.value.headers())


def test_with_coroutines(client, server):
    async def main():
        async with redis.asyncio.Redis(port=server.port) as asynchronous:
            guard = AsyncRedisReplayGuard(asynchronous)
            lease = await guard.begin("a")
            assert await guard.begin("a") is Began.IN_PROGRESS
            await guard.commit(lease)
            assert await guard.begin("a") is Began.DONE
            other = await guard.begin("b")
            await guard.release(other)
            assert isinstance(await guard.begin("b"), Lease)

    asyncio.run(main())


@pytest.mark.parametrize("options", [{"retention_seconds": 0}, {"lease_seconds": "5"}, {"lease_seconds": True}])
def test_wrong_options(client, options):
    with pytest.raises(paysig.ConfigurationError):
        RedisReplayGuard(client, **options)


def test_what_is_no_client_or_no_key_is_refused(client):
    with pytest.raises(paysig.ConfigurationError):
        RedisReplayGuard("redis://:password@cache")
    for key in ("", "k" * 513):
        with pytest.raises(paysig.ConfigurationError):
            RedisReplayGuard(client).begin(key)
