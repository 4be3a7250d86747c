"""The racer in Python (race.py says what it does): racer.py PORT PREFIX MESSAGES LAP."""

import sys

import redis

from paysig import Began, Lease
from paysig.redis import RedisReplayGuard

port, prefix, messages, lap = sys.argv[1:]
guard = RedisReplayGuard(redis.Redis(port=int(port), socket_timeout=60), prefix=prefix)
for start in range(0, int(messages), int(lap)):
    print("ready", flush=True)
    sys.stdin.readline()
    won = []
    for number in map(str, range(start, start + int(lap))):
        lease = guard.begin(number)
        if isinstance(lease, Lease):
            won.append(number)
            guard.commit(lease)
    print(*won, flush=True)
sys.stdin.readline()
done = sum(guard.begin(number) is Began.DONE for number in map(str, range(int(messages))))
held = guard.begin("held")
print(done, "fresh" if isinstance(held, Lease) else held.value, flush=True)
