"""What a whole call of paysig costs in Python beside the bare HMAC of the ready string, and beside the genuine SDK: ratios.

Run it in an environment with paysig and benches/python/requirements.txt; `make bench` does.
"""

import hmac
import statistics
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from urllib.parse import urlsplit

import paysig
import stripe
from onlinepayments.sdk.authentication.v1hmac_authenticator import V1HmacAuthenticator
from onlinepayments.sdk.communication.request_header import RequestHeader
from onlinepayments.sdk.communicator_configuration import CommunicatorConfiguration
from smile_id_core import Signature
from standardwebhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook
from worldline.connect.sdk.authentication.v1hmac_authenticator import V1HMACAuthenticator as ConnectAuthenticator
from worldline.connect.sdk.communication.request_header import RequestHeader as ConnectHeader

ROUNDS = 41
BODY = b'{"id":"evt_1","object":"event","amount":1999,"currency":"eur","data":{"a":[1,2,3]},"text":"some text"}'


def timed(call: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls * 1e9


def compare(case: str, ours: Callable[[], object], others: dict[str, Callable[[], object]]) -> None:
    """Prints one line for each pair: both in turn, many short rounds, the median of the rounds' ratios."""
    for name, other in others.items():
        calls = max(20, int(2e6 / max(timed(ours, 20), timed(other, 20))))
        pairs = [(timed(ours, calls), timed(other, calls)) for _ in range(ROUNDS)]
        ratios = sorted(a / b for a, b in pairs)
        mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        low, high = ratios[ROUNDS // 10], ratios[-1 - ROUNDS // 10]
        print(
            f"| {case} | {name} | {mine:.0f} | {theirs:.0f} | **{statistics.median(ratios):.2f}** | {low:.2f} to {high:.2f} |"
        )


def ingenico() -> None:
    key_id, secret = "5e45c937b9db33ae", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg="
    url = "https://payment.example/v1/9991/tokens/123456789"
    headers = [("Content-Type", "application/json")] + [(f"X-GCS-Header{i}", "value of the header") for i in range(3)]
    signer = paysig.Signer("ingenico-v1hmac", credentials={"key_id": key_id, "secret": secret})
    now = time.time()
    signed = signer.sign("POST", url, headers, BODY, now=now)
    text = signer.explain("POST", url, headers, BODY, now=now).string_to_sign
    key = secret.encode()

    configuration = CommunicatorConfiguration(
        connect_timeout=1,
        socket_timeout=1,
        max_connections=1,
        api_key_id=key_id,
        secret_api_key=secret,
        authorization_type="v1HMAC",
    )
    genuine = V1HmacAuthenticator(configuration)
    date = dict(signed.headers)["Date"]
    lines = [RequestHeader(name, value) for name, value in [*headers, ("Date", date)]]
    parsed = urlsplit(url)
    connect = ConnectAuthenticator(key_id, secret)
    connect_lines = [ConnectHeader(name, value) for name, value in [*headers, ("Date", date)]]
    assert genuine.get_authorization("POST", parsed, lines) == dict(signed.headers)["Authorization"]
    assert connect.get_authorization("POST", parsed, connect_lines) == dict(signed.headers)["Authorization"]
    compare(
        "ingenico, 3 headers, sign",
        lambda: signer.sign("POST", url, headers, BODY).headers,
        {
            "hmac.digest + base64": lambda: b64encode(hmac.digest(key, text, "sha256")),
            "onlinepayments": lambda: genuine.get_authorization("POST", parsed, lines),
            "connect": lambda: connect.get_authorization("POST", parsed, connect_lines),
        },
    )
    verifier = paysig.Verifier("ingenico-v1hmac", "request", keys=[{"key_id": key_id, "secret": secret}])
    wire = [*headers, *signed.headers]
    signature = dict(signed.headers)["Authorization"].rsplit(":", 1)[1]
    compare(
        "ingenico, 3 headers, verify",
        lambda: verifier.verify("POST", url, wire, BODY),
        {
            "hmac.digest + base64": lambda: hmac.compare_digest(
                b64decode(signature), hmac.digest(key, text, "sha256")
            )
        },
    )


def webhooks() -> None:
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    signer = paysig.Signer("stripe", "webhook", credentials={"secret": secret})
    verifier = paysig.Verifier("stripe", keys=[{"secret": secret}])
    headers = signer.sign("POST", "/", [], BODY).headers
    line = dict(headers)["Stripe-Signature"]
    moment, signature = (item.split("=")[1] for item in line.split(","))
    text, key = moment.encode() + b"." + BODY, secret.encode()
    body = BODY.decode()
    compare(
        "stripe, verify",
        lambda: verifier.verify("POST", "/", headers, BODY),
        {
            "hmac.digest + hex": lambda: hmac.compare_digest(signature, hmac.digest(key, text, "sha256").hex()),
            "stripe": lambda: stripe.WebhookSignature.verify_header(body, line, secret, 300),
        },
    )
    signer = paysig.Signer("standard-webhooks", "webhook", credentials={"secret": secret})
    verifier = paysig.Verifier("standard-webhooks", keys=[{"secret": secret}])
    signed = signer.sign("POST", "/", [], BODY)
    given = {name.lower(): value for name, value in signed.headers}
    genuine, hosted = Webhook(secret), SvixWebhook(secret)
    text = f"{given['webhook-id']}.{given['webhook-timestamp']}.".encode() + BODY
    key = b64decode(secret.removeprefix("whsec_"))
    signature = given["webhook-signature"].split(",")[1]
    compare(
        "standard-webhooks, verify",
        lambda: verifier.verify("POST", "/", signed.headers, BODY),
        {
            "hmac.digest + base64": lambda: hmac.compare_digest(
                b64decode(signature), hmac.digest(key, text, "sha256")
            ),
            "standardwebhooks": lambda: genuine.verify(BODY, given, json_parse=False),
            "svix": lambda: hosted.verify(BODY, given),
        },
    )


def smile() -> None:
    partner, key = "085", "a-secret-of-some-length"
    signer = paysig.Signer("smile-signature", credentials={"partner_id": partner, "api_key": key})
    genuine = Signature(partner, key)
    headers = [("Content-Type", "application/json")]
    compare(
        "smile-signature, sign and place in the body",
        lambda: signer.sign("POST", "https://api.example/v1/services", headers, b'{"partner_params":{"job_id":"1"}}'),
        {"smile-id-core, signature alone": lambda: genuine.generate_signature()},
    )


if __name__ == "__main__":
    print("| Python | beside | paysig, ns | other, ns | ratio | 10 to 90 % |")
    print("|---|---|--:|--:|--:|--:|")
    ingenico()
    webhooks()
    smile()
