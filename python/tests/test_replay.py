"""The guard for one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from paysig import Began, MemoryReplayGuard, ReplayGuard


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_begin_commit_release():
    guard = MemoryReplayGuard()
    assert isinstance(guard, ReplayGuard)
    assert guard.begin("a") is Began.FRESH
    assert guard.begin("a") is Began.IN_PROGRESS
    guard.release("a")
    assert guard.begin("a") is Began.FRESH
    guard.commit("a")
    assert guard.begin("a") is Began.DONE
    guard.release("never begun")


def test_a_lease_runs_out_and_nothing_is_kept_for_ever():
    clock = Clock()
    guard = MemoryReplayGuard(keep_seconds=100, lease_seconds=10, clock=clock)
    guard.begin("dead")
    clock.now = 9.9
    assert guard.begin("dead") is Began.IN_PROGRESS
    clock.now = 10
    assert guard.begin("dead") is Began.FRESH
    for i in range(1000):
        guard.begin(str(i))
        guard.commit(str(i))
    clock.now = 200
    for i in range(1000):
        guard.begin(f"later {i}")
        guard.commit(f"later {i}")
    assert len(guard) == 1000


def test_only_one_thread_begins():
    guard = MemoryReplayGuard()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: guard.begin("k"), range(200)))
    assert answers.count(Began.FRESH) == 1
