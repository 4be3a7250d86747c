"""Diagnosis of refused messages."""

from __future__ import annotations

import pytest

import paysig
from conftest import NOW, SECRET


def diagnose(headers, body, **more):
    more.setdefault("keys", {"secret": SECRET})
    return paysig.diagnose("stripe", "webhook", "POST", "/", headers, body, now=NOW, **more)


def test_a_reserialised_body(stripe_signer):
    headers = stripe_signer.sign("POST", "/", [], b'{"a":1}', now=NOW).headers
    diagnosis = diagnose(headers, b'{"a": 1}')
    assert diagnosis.verdict is paysig.Status.SIGNATURE_MISMATCH
    finding = diagnosis.findings[0]
    assert finding.ids == ["body-json-spaced"]
    assert finding.cause
    assert finding.fix
    assert all(framework and text for framework, text in finding.remedies)
    assert "body-json-spaced" in str(diagnosis)
    assert SECRET not in str(diagnosis) + repr(diagnosis)
    assert diagnosis.hypotheses > 0


def test_another_key(stripe_signer):
    headers = stripe_signer.sign("POST", "/", [], b"x", now=NOW).headers
    wrong = {"secret": "whsec_other"}
    with_it = diagnose(headers, b"x", keys=wrong, other_keys=[{"secret": SECRET}])
    assert with_it.findings
    assert with_it.verdict == "signature_mismatch"
    without = diagnose(headers, b"something else entirely", keys=wrong)
    assert without.findings == []
    assert without.ruled_out
    assert all(what and count >= 0 for what, count in without.ruled_out)


def test_nothing_is_wrong(stripe_signer):
    headers = stripe_signer.sign("POST", "/", [], b"x", now=NOW - 500).headers
    assert diagnose(headers, b"x", tolerance=600).verdict is paysig.Status.OK
    assert diagnose(headers, b"x").verdict is paysig.Status.TIMESTAMP_TOO_OLD


@pytest.mark.parametrize("other_keys", [5, "secret", [5], [{"secret": 5}]])
def test_wrong_arguments(other_keys):
    with pytest.raises(paysig.ConfigurationError):
        diagnose([], b"x", other_keys=other_keys)
