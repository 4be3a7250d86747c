"""The guard for one process, and deliveries under guards of every kind."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

import paysig
from conftest import SECRET
from paysig import Began, Lease, MemoryReplayGuard, ReplayGuard
from paysig._receive import Receiver, Refused, is_success


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


def test_begin_commit_release():
    guard = MemoryReplayGuard()
    assert isinstance(guard, ReplayGuard)
    lease = guard.begin("a")
    assert lease == Lease("a", lease.token)
    assert guard.begin("a") is Began.IN_PROGRESS
    guard.release(lease)
    lease = guard.begin("a")
    guard.commit(lease)
    assert guard.begin("a") is Began.DONE
    guard.release(lease)
    assert guard.begin("a") is Began.DONE


def test_a_lease_runs_out_and_its_holder_may_not_commit():
    clock = Clock()
    guard = MemoryReplayGuard(retention_seconds=100, lease_seconds=10, clock=clock)
    late = guard.begin("k")
    clock.now += 9.9
    assert guard.begin("k") is Began.IN_PROGRESS
    clock.now += 0.1
    second = guard.begin("k")
    assert second != late
    with pytest.raises(paysig.PaysigError):
        guard.commit(late)
    guard.commit(second)
    clock.now += 99
    assert guard.begin("k") is Began.DONE
    clock.now += 2
    assert isinstance(guard.begin("k"), Lease)


def test_a_full_guard_refuses_instead_of_forgetting():
    guard = MemoryReplayGuard(capacity=2)
    guard.begin("a")
    guard.begin("b")
    with pytest.raises(paysig.StoreUnavailable):
        guard.begin("c")


@pytest.mark.parametrize("options", [{"capacity": -1}, {"lease_seconds": "5"}, {"clock": 5}])
def test_wrong_options(options):
    with pytest.raises(paysig.ConfigurationError):
        MemoryReplayGuard(**options)
    with pytest.raises(paysig.ConfigurationError):
        MemoryReplayGuard().begin("")


def test_only_one_thread_begins():
    guard = MemoryReplayGuard()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: guard.begin("k"), range(200)))
    assert sum(isinstance(a, Lease) for a in answers) == 1


def test_retention_is_the_verifiers(stripe_verifier):
    assert stripe_verifier.tolerance_seconds == 300
    assert stripe_verifier.retention_seconds == 601


def delivery(guard):
    headers = paysig.Signer("stripe", "webhook", credentials={"secret": SECRET}).sign("POST", "/", [], b"x").raw_headers
    receiver = Receiver(paysig.Verifier("stripe", keys={"secret": SECRET}), guard=guard)
    return receiver.judge("POST", b"/", headers, b"x")


def refused_with(status, call):
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.status == status


def test_a_delivery_that_is_being_handled_comes_again_later():
    guard = MemoryReplayGuard()
    fixed = delivery(guard)
    fixed.begin()
    refused_with(503, fixed.begin)


@pytest.mark.parametrize("answer", [None, "fresh", 5])
def test_guards_that_answer_nonsense(answer):
    class Guard:
        def begin(self, replay_key):
            return answer

        def commit(self, lease):
            raise AssertionError("nothing was begun")

        release = commit

    refused_with(500, delivery(Guard()).begin)


def test_what_is_no_guard_is_refused_at_once(stripe_verifier):
    # A function hears nothing of a handler that failed: its message would never be handled again.
    for wrong in (5, object(), "guard", lambda key: True):
        with pytest.raises(paysig.ConfigurationError) as caught:
            Receiver(stripe_verifier, guard=wrong)
        assert caught.value.field == "guard"


def test_a_guard_whose_store_is_down():
    class Guard:
        def begin(self, replay_key):
            raise ConnectionError("down")

        def commit(self, lease):
            raise ConnectionError("down")

        release = commit

    refused_with(503, delivery(Guard()).begin)

    class HalfDown(Guard):
        def begin(self, replay_key):
            return Lease(replay_key)

    half = delivery(HalfDown())
    half.begin()
    half.end(True)


def test_only_2xx_tells_the_provider_that_the_delivery_was_taken():
    # A redirect, to a login for example, is no success for any provider: it delivers again.
    assert [status for status in (199, 200, 204, 299, 300, 302, 304, 404, 500) if is_success(status)] == [200, 204, 299]


def test_guards_with_coroutines_need_asgi():
    class Guard:
        async def begin(self, replay_key):
            return Lease(replay_key)

        async def commit(self, lease):
            self.committed = lease

        release = commit

    refused_with(500, delivery(Guard()).begin)
    guard = Guard()

    async def main():
        under = delivery(guard)
        await under.abegin()
        await under.aend(True)

    asyncio.run(main())
    assert guard.committed.key


class SlowGuard:
    """Takes its time, as a database does, and notes what it did."""

    def __init__(self, seconds=0.01):
        self.inner = MemoryReplayGuard()
        self.seconds = seconds
        self.done = []

    async def begin(self, replay_key):
        await asyncio.sleep(self.seconds)
        self.done.append("begin")
        return self.inner.begin(replay_key)

    async def commit(self, lease):
        await asyncio.sleep(self.seconds)
        self.inner.commit(lease)
        self.done.append("commit")

    async def release(self, lease):
        await asyncio.sleep(self.seconds)
        self.inner.release(lease)
        self.done.append("release")


def cancelled_by_scope(steps):
    """Runs a coroutine in a scope of anyio, which cancels again whatever waits in it."""

    async def main():
        with anyio.CancelScope() as scope:
            await steps(scope.cancel)
            raise AssertionError("not cancelled")
        assert scope.cancelled_caught

    asyncio.run(main())


def cancelled_as_task(steps):
    async def main():
        task = asyncio.ensure_future(steps(lambda: task.cancel()))
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


CANCELLATIONS = pytest.mark.parametrize("cancelled", [cancelled_by_scope, cancelled_as_task])


@CANCELLATIONS
@pytest.mark.parametrize("success", [True, False])
def test_the_guard_of_a_cancelled_request_is_told_how_it_ended(cancelled, success):
    guard = SlowGuard()

    async def steps(cancel):
        under = delivery(guard)
        await under.abegin()
        cancel()
        await under.aend(success)

    cancelled(steps)
    assert guard.done == ["begin", "commit" if success else "release"]


@CANCELLATIONS
def test_the_lease_of_a_request_cancelled_while_it_begins_is_given_back(cancelled):
    guard = SlowGuard()

    async def steps(cancel):
        asyncio.get_running_loop().call_later(0.001, cancel)
        await delivery(guard).abegin()

    cancelled(steps)
    assert guard.done == ["begin", "release"]
    asyncio.run(delivery(guard).abegin())


@CANCELLATIONS
def test_a_cancelled_request_does_not_wait_for_ever(cancelled, monkeypatch, caplog):
    monkeypatch.setattr("paysig._receive._PATIENCE", 0.05)
    guard = SlowGuard(60)

    async def steps(cancel):
        cancel()
        await delivery(guard).abegin()

    cancelled(steps)
    assert guard.done == []
    assert "runs out by itself" in caplog.text


def test_a_guard_that_fails_after_the_request_was_cancelled(caplog):
    class Guard(SlowGuard):
        async def release(self, lease):
            await asyncio.sleep(0.01)
            raise ConnectionError("down")

    async def steps(cancel):
        under = delivery(Guard())
        await under.abegin()
        cancel()
        await under.aend(False)

    cancelled_by_scope(steps)
    assert "failed after the handler" in caplog.text
