"""What other processes of the Redis tests run: a module that they find by its name, as they do not find pytest's."""

from __future__ import annotations

import os

import redis

from paysig import Lease
from paysig.redis import RedisReplayGuard

RACES = 10_000

# The exit code of a process that died on purpose.
DIED = 7


def race(port, key_prefix, ready, results):
    guard = RedisReplayGuard(redis.Redis(port=port, socket_timeout=60), prefix=key_prefix)
    ready.wait()
    won = []
    for number in range(RACES):
        lease = guard.begin(f"notification {number}")
        if isinstance(lease, Lease):
            won.append(number)
            guard.commit(lease)
    results.put(won)


def die_handling(port):
    guard = RedisReplayGuard(redis.Redis(port=port), lease_seconds=1)
    assert isinstance(guard.begin("k"), Lease)
    os._exit(DIED)
