"""Memory stays flat: what a call takes, it gives back."""

from __future__ import annotations

import gc
import os

import pytest

import paysig
from conftest import SECRET

#: `make nightly` makes a million.
CALLS = int(os.environ.get("PAYSIG_CALLS", 200_000))


def resident() -> int:
    """Bytes in memory, of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def test_many_calls():
    signer = paysig.Signer("stripe", "webhook", credentials={"secret": SECRET})
    verifier = paysig.Verifier("stripe", keys={"secret": SECRET})
    guard = paysig.MemoryReplayGuard(capacity=1)
    signed = signer.sign("POST", "/hook", body=b"{}")
    body = b'{"id":"evt_1"}'

    def calls(count):
        for _ in range(count):
            made = signer.sign("POST", "/hook", body=body)
            verified = verifier.verify("POST", "/hook", made.headers, body)
            guard.release(guard.begin(verified.replay_key))
            with pytest.raises(paysig.SignatureMismatch):
                verifier.verify("POST", "/hook", signed.headers, body)

    calls(CALLS // 20)
    gc.collect()
    before = resident()
    calls(CALLS // 4)
    gc.collect()
    # Four calls of the library each round; a leak of 32 bytes in one of them would show.
    assert resident() - before < 1 << 20
