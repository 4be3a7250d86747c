"""requests: what the server received has the right signature, whatever happened on the way."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from urllib3.util import Retry

import paysig
from paysig.requests import SigningAdapter, SigningAuth, TokenAuth
from providers import IN_BODY, IN_QUERY, check, everything
from recorder import recorder
from test_httpx import Provider, redirecting, session

BODIES = {
    "none": lambda: {},
    "bytes": lambda: {"data": b"\x00\xff"},
    "text": lambda: {"data": "grün"},
    "json": lambda: {"json": {"amount": "1.50", "ü": "ß"}},
    "form": lambda: {"data": {"a": "ö&b", "c": "d"}},
    "multipart": lambda: {"files": {"f": ("n.txt", io.BytesIO(b"file"))}},
    "file": lambda: {"data": io.BytesIO(b"content")},
    "file in the middle": lambda: {"data": _at(io.BytesIO(b"content"), 3)},
    "text file": lambda: {"data": io.StringIO("grün")},
    "generator": lambda: {"data": (b"x" * n for n in range(5))},
}


def _at(file, position):
    file.seek(position)
    return file


def clients(signer, how, **adapter):
    client = requests.Session()
    client.trust_env = False
    if how == "auth":
        client.auth = SigningAuth(signer)
    else:
        client.mount("http://", SigningAdapter(signer, **adapter))
    return client


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("how", ["auth", "adapter"])
def test_bodies(name, how):
    signer, verifier = everything()
    with recorder() as server, clients(signer, how) as client:
        assert client.post(server.origin + "/pay/ü?q=a b&r=%20+", **BODIES[name]()).text == "ok"
        assert client.get(server.origin + "/pay", params={"a": "ü"}).text == "ok"
    for request in server.requests:
        assert check(verifier, request).key_id == "k"
        assert not request.values("transfer-encoding")
    if name == "file in the middle":
        assert server.requests[0].body == b"tent"


def test_redirects_raise_before_the_wrong_signature_leaves():
    signer, verifier = everything()
    with recorder(redirecting) as server, clients(signer, "auth") as client:
        with pytest.raises(paysig.InvalidMessage, match="SigningAdapter"):
            client.post(server.origin + "/old", data=b"x")
        assert [r.target for r in server.requests] == ["/old"]
    assert check(verifier, server.requests[0])


@pytest.mark.parametrize("status", [301, 303, 307, 308])
@pytest.mark.parametrize("body", [b"body", "generator"])
def test_the_adapter_signs_every_hop(status, body):
    signer, verifier = everything()

    def answer(request):
        return (status, [("Location", "/new?x=1")], b"") if request.target == "/old" else (200, [], b"ok")

    data = (chunk for chunk in (b"bo", b"dy")) if body == "generator" else body
    with recorder(answer) as server, clients(signer, "adapter") as client:
        assert client.post(server.origin + "/old", data=data).text == "ok"
    first, second = server.requests
    assert check(verifier, first)
    assert check(verifier, second)
    assert (second.target, second.body) == ("/new?x=1", b"body" if status in (307, 308) else b"")


def test_the_adapter_signs_no_redirect_to_another_host():
    signer, verifier = everything()
    with (
        recorder() as other,
        recorder(lambda request: (307, [("Location", other.origin + "/new")], b"")) as server,
        clients(signer, "adapter") as client,
    ):
        with pytest.raises(paysig.InvalidMessage, match="another host"):
            client.post(server.origin + "/old", data=b"body")
        assert other.requests == []
        # What is no redirect may go anywhere.
        assert client.post(other.origin + "/new", data=b"body").text == "ok"
        # And a request may be sent twice.
        request = client.prepare_request(requests.Request("GET", other.origin + "/new"))
        assert [client.send(request).text for _ in range(2)] == ["ok", "ok"]
    assert all(check(verifier, r) for r in [*server.requests, *other.requests])


def test_retries_send_the_signed_bytes_again():
    signer, verifier = everything()
    failures = iter([503, 503])

    def answer(request):
        return next(failures, 200), [], b"ok"

    retry = Retry(total=3, status_forcelist=[503], allowed_methods=None, backoff_factor=0)
    with recorder(answer) as server, clients(signer, "adapter", max_retries=retry) as client:
        assert client.post(server.origin + "/pay", data=b"x").status_code == 200
    assert len(server.requests) == 3
    assert len({str(r) for r in server.requests}) == 1
    assert check(verifier, server.requests[2])


def test_signatures_in_the_query_and_in_the_body():
    for how in ("auth", "adapter"):
        for scheme, body in ((IN_QUERY, b"x"), (IN_BODY, b'{"amount":1}')):
            signer = paysig.Signer(scheme, credentials={"secret": "s"})
            verifier = paysig.Verifier(scheme, "request", keys={"secret": "s"})
            with recorder() as server, clients(signer, how) as client:
                client.post(server.origin + "/pay?a=%20", data=body)
            assert check(verifier, server.requests[0])


def test_options():
    signer, _ = everything()
    auth = SigningAuth(signer, options=lambda request: {"timestamp_text": "1767323045"})
    with recorder() as server:
        requests.get(server.origin + "/", auth=auth)
    assert server.requests[0].values("X-Time") == ["1767323045"]


def test_headers_that_http_cannot_carry():
    signer, _ = everything()
    with pytest.raises(paysig.InvalidMessage) as caught:
        requests.get("http://127.0.0.1:1/", auth=SigningAuth(signer), headers={"X-Name": "€"})
    assert caught.value.field == "headers"


def test_one_fetch_for_many_threads():
    provider = Provider()
    with recorder(provider) as server:
        auth = TokenAuth(session(), origin=server.origin)

        def call(_):
            return requests.post(server.origin + "/pay", data=b"x", auth=auth, timeout=30).status_code

        with ThreadPoolExecutor(32) as pool:
            assert set(pool.map(call, range(100))) == {200}
            assert provider.fetches == 1
            provider.valid = None
            assert set(pool.map(call, range(100))) == {200}
            assert provider.fetches == 2


def test_a_second_refusal_is_handed_over():
    provider = Provider()
    with recorder(provider) as server:
        auth = TokenAuth(session(), origin=server.origin)
        assert requests.get(server.origin + "/pay", auth=auth).status_code == 200
        provider.refuse = True
        provider.valid = None
        answer = requests.post(server.origin + "/pay", data=(b"x" for _ in range(3)), auth=auth)
        assert answer.status_code == 401
        assert len(answer.history) == 1
        assert server.requests[-1].body == b"xxx"


def test_no_token_for_another_host_that_refuses_after_a_redirect():
    provider = Provider()
    with recorder(lambda request: (401, [], b"no")) as other:

        def answer(request):
            return (302, [("Location", other.origin + "/steal")], b"") if request.target == "/pay" else provider(request)

        with recorder(answer) as server:
            auth = TokenAuth(session(), origin=server.origin)
            assert requests.get(server.origin + "/pay", auth=auth).status_code == 401
            # The token was not dropped.
            assert requests.get(server.origin + "/other", auth=auth).status_code == 200
        assert provider.fetches == 1
    assert [(r.target, r.values("Authorization")) for r in other.requests] == [("/steal", [])]


def test_token_endpoint_fails():
    provider = Provider()
    provider.broken = 1
    with recorder(provider) as server:
        auth = TokenAuth(session(), origin=server.origin)
        with pytest.raises(paysig.TokenError):
            requests.get(server.origin + "/pay", auth=auth)
    with pytest.raises(paysig.TokenError) as caught:
        requests.get("http://127.0.0.1:1/", auth=TokenAuth(session(), origin="http://127.0.0.1:1"))
    assert "secret" not in str(caught.value)
    with pytest.raises(paysig.ConfigurationError):
        TokenAuth(session(), origin="api.example")
