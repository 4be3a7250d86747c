"""Signs a deposit, verifies it, and sees a tampered one refused."""

import paysig

KEYS = {"login": "shop-login", "secret": "api-signature"}
signed = paysig.Signer("directa24-deposits", "request", credentials=KEYS).sign("POST", "/v3/deposits", [], b'{"amount":"1.50"}')
verifier = paysig.Verifier("directa24-deposits", "request", keys=KEYS)
verifier.verify("POST", "/v3/deposits", signed.headers, b'{"amount":"1.50"}')
try:
    verifier.verify("POST", "/v3/deposits", signed.headers, b'{"amount":"9.50"}')
except paysig.SignatureMismatch:
    print("signs and verifies with", paysig.__file__)
