"""What the tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import paysig

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

SECRET = "whsec_very-secret-value"
NOW = 1_767_323_045


@pytest.fixture
def stripe_signer() -> paysig.Signer:
    return paysig.Signer("stripe", "webhook", credentials={"secret": SECRET})


@pytest.fixture
def stripe_verifier() -> paysig.Verifier:
    return paysig.Verifier("stripe", keys={"secret": SECRET})
