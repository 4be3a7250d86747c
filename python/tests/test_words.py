"""What a message and a recipe say about themselves, in words."""

from __future__ import annotations

import paysig

# The same recipe, message and text stand in the tests of every language.
MINE = r"""
id = "mine"
name = "Mine"
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
encoding = "hex"
key = { credential = "secret" }
message = [ { header = "x-order" }, "\n", { json = "amount.value" }, "\n", { json = "currency" } ]
field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
"""
COVERED = """Covered: headers x-order; body members amount.value, currency.
Not covered: method; path; query; other headers; the rest of the body."""
WORDS = COVERED + '\nSigned fields: amount.value = 1.50; currency = "EUR".'


def test_verified_and_coverage():
    scheme = paysig.Scheme.from_toml(MINE)
    body = b'{"amount":{"value":1.50},"currency":"EUR","note":"x"}'
    order = [("X-Order", "17")]
    signed = paysig.Signer(scheme, "webhook", credentials={"secret": "s"}).sign("POST", "/hook", order, body)
    verified = paysig.Verifier(scheme, keys={"secret": "s"}).verify("POST", "/hook", order + signed.headers, body)
    assert str(verified) == WORDS
    assert str(verified.covered) == COVERED
    assert repr(verified).startswith("<paysig.Verified")


def test_explanation():
    aws = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "s", "region": "eu-west-1", "service": "execute-api"}
    explained = paysig.explain("aws-sigv4", "request", "POST", "/a", {"Host": "api.example"}, b"\xff", credentials=aws, now=0)
    canonical = [n for n in explained.nested if n.input.startswith(b"POST\n/a\n")]
    assert [(n.step, n.parts[-1].end) for n in canonical] == [("sha256", len(canonical[0].input))]
    assert "POST" in str(canonical[0])
    assert explained.covered.method
    assert str(explained).endswith(f"\n{explained.covered}")


def test_lint():
    lints = paysig.Scheme.from_toml(MINE).lint()
    assert "unsigned-body" in [lint.id for lint in lints]
    for lint in lints:
        assert (lint.scheme, lint.flow, lint.acknowledged) == ("mine", "webhook", None)
        assert lint.line > 0
        assert lint.message
        assert lint.witness
        assert str(lint) == f"mine webhook:{lint.line}: {lint.id}: {lint.message}\n  {lint.witness}"
        assert repr(lint) == f"<paysig.Lint mine {lint.id}>"
    known = paysig.Scheme("github").lint()
    assert known
    assert all(lint.acknowledged and lint.acknowledged in str(lint) for lint in known)
