"""httpx: what the server received has the right signature, whatever happened on the way."""

from __future__ import annotations

import asyncio
import io
import itertools
import threading

import httpx
import pytest

import paysig
from paysig.httpx import AsyncSigningTransport, SigningAuth, SigningTransport, TokenAuth
from providers import IN_BODY, IN_QUERY, check, everything
from recorder import Request, recorder

BODIES = {
    "none": {},
    "bytes": {"content": b"\x00\xff"},
    "text": {"content": "grün"},
    "json": {"json": {"amount": "1.50", "ü": "ß"}},
    "form": {"data": {"a": "ö&b", "c": "d"}},
    "multipart": {"files": {"f": ("n.txt", io.BytesIO(b"file"))}},
    "generator": {"content": lambda: (b"x" * n for n in range(5))},
}


def arguments(name):
    given = dict(BODIES[name])
    if callable(given.get("content")):
        given["content"] = given["content"]()
    if "files" in given:
        given["files"] = {"f": ("n.txt", io.BytesIO(b"file"))}
    return given


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("how", ["auth", "transport"])
def test_sync(name, how):
    signer, verifier = everything()
    options = {"auth": SigningAuth(signer)} if how == "auth" else {"transport": SigningTransport(signer)}
    with recorder() as server, httpx.Client(base_url=server.origin, **options) as client:
        assert client.post("/pay/ü?q=a b&r=%20+", **arguments(name)).text == "ok"
        assert client.get("/pay").text == "ok"
    for request in server.requests:
        assert check(verifier, request).key_id == "k"
        assert not request.values("transfer-encoding")


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("how", ["auth", "transport"])
def test_async(name, how):
    signer, verifier = everything()

    async def main(origin):
        given = arguments(name)
        if name == "generator":
            chunks = given["content"]

            async def agenerator():
                for chunk in chunks:
                    yield chunk

            given["content"] = agenerator()
        if name == "multipart":
            given = {"files": {"f": b"file"}}
        options = {"auth": SigningAuth(signer)} if how == "auth" else {"transport": AsyncSigningTransport(signer)}
        async with httpx.AsyncClient(base_url=origin, **options) as client:
            assert (await client.post("/pay?q=a b", **given)).text == "ok"

    with recorder() as server:
        asyncio.run(main(server.origin))
    assert check(verifier, server.requests[0])


def redirecting(request: Request):
    if request.target.startswith("/old"):
        return 307, [("Location", "/new?x=1")], b""
    return 200, [], b"ok"


def test_redirects_raise_before_the_wrong_signature_leaves():
    signer, verifier = everything()
    with recorder(redirecting) as server, httpx.Client(auth=SigningAuth(signer), follow_redirects=True) as client:
        with pytest.raises(paysig.InvalidMessage, match="redirect"):
            client.post(server.origin + "/old", content=b"x")
        assert [r.target for r in server.requests] == ["/old"]
        answer = client.post(server.origin + "/old", content=b"x", follow_redirects=False)
        assert answer.status_code == 307
    assert check(verifier, server.requests[0])


def test_redirects_raise_async():
    signer, _ = everything()

    async def main(origin):
        async with httpx.AsyncClient(auth=SigningAuth(signer), follow_redirects=True) as client:
            with pytest.raises(paysig.InvalidMessage, match="redirect"):
                await client.post(origin + "/old", content=b"x")

    with recorder(redirecting) as server:
        asyncio.run(main(server.origin))
        assert [r.target for r in server.requests] == ["/old"]


def test_redirects_raise_with_transports_that_report_nothing():
    signer, _ = everything()

    def handler(request):
        return httpx.Response(307, headers={"Location": "/new"}) if request.url.path == "/old" else httpx.Response(200)

    with (
        httpx.Client(auth=SigningAuth(signer), transport=httpx.MockTransport(handler), follow_redirects=True) as client,
        pytest.raises(paysig.InvalidMessage, match="redirect"),
    ):
        client.get("https://api.example/old")


@pytest.mark.parametrize("status", [301, 303, 307, 308])
def test_the_transport_signs_every_hop(status):
    signer, verifier = everything()

    def answer(request):
        return (status, [("Location", "/new?x=1")], b"") if request.target == "/old" else (200, [], b"ok")

    with recorder(answer) as server, httpx.Client(transport=SigningTransport(signer), follow_redirects=True) as client:
        assert client.post(server.origin + "/old", content=b"body").text == "ok"
    first, second = server.requests
    assert check(verifier, first)
    assert check(verifier, second)
    assert (second.target, second.body) == ("/new?x=1", b"body" if status in (307, 308) else b"")


def test_the_transport_signs_no_redirect_to_another_host():
    signer, verifier = everything()

    async def main(origin):
        async with httpx.AsyncClient(transport=AsyncSigningTransport(signer), follow_redirects=True) as client:
            with pytest.raises(paysig.InvalidMessage, match="another host"):
                await client.post(origin + "/old", content=b"body")

    extensions = {"timeout": httpx.Timeout(5).as_dict()}
    with recorder() as other, recorder(lambda request: (307, [("Location", other.origin + "/new")], b"")) as server:
        with httpx.Client(transport=SigningTransport(signer), follow_redirects=True, trust_env=False) as client:
            with pytest.raises(paysig.InvalidMessage, match="another host") as caught:
                client.post(server.origin + "/old", content=b"body", extensions=extensions)
            assert caught.value.field == "url"
            assert other.requests == []
            # What is no redirect may go anywhere.
            assert client.post(other.origin + "/new", content=b"body", extensions=extensions).text == "ok"
        asyncio.run(main(server.origin))
        assert len(other.requests) == 1
    assert all(check(verifier, r) for r in [*server.requests, *other.requests])


def test_a_request_can_be_sent_twice():
    signer, verifier = everything()
    with recorder() as server, httpx.Client(auth=SigningAuth(signer)) as client:
        request = client.build_request("POST", server.origin + "/pay", content=b"x")
        client.send(request)
        client.send(request)
        assert "X-Signature" not in request.headers
    assert all(check(verifier, r) for r in server.requests)
    assert len(server.requests) == 2


def test_signatures_in_the_query_and_in_the_body():
    for scheme, body in ((IN_QUERY, b"x"), (IN_BODY, b'{"amount":1}')):
        signer = paysig.Signer(scheme, credentials={"secret": "s"})
        verifier = paysig.Verifier(scheme, "request", keys={"secret": "s"})
        with recorder() as server, httpx.Client(auth=SigningAuth(signer)) as client:
            client.post(server.origin + "/pay?a=%20", content=body)
        assert check(verifier, server.requests[0])


def test_options_and_other_traces():
    signer, verifier = everything()
    events = []
    auth = SigningAuth(signer, options=lambda request: {"timestamp_text": "1767323045"})
    with recorder() as server, httpx.Client(auth=auth) as client:
        client.get(server.origin + "/", extensions={"trace": lambda name, info: events.append(name)})
    assert server.requests[0].values("X-Time") == ["1767323045"]
    assert "http11.send_request_headers.started" in events
    with pytest.raises(paysig.TimestampTooOld):
        check(verifier, server.requests[0])


def test_a_field_that_the_caller_set_is_refused():
    signer, _ = everything()
    with recorder() as server, httpx.Client(auth=SigningAuth(signer)) as client:
        with pytest.raises(paysig.InvalidMessage) as caught:
            client.get(server.origin + "/", headers={"X-Signature": "mine"})
        assert server.requests == []
    assert caught.value.field == "X-Signature"


class Provider:
    """A token endpoint and an API behind it."""

    def __init__(self, lifetime=3600):
        self.tokens = itertools.count(1)
        self.valid = None
        self.fetches = 0
        self.lifetime = lifetime
        self.broken = 0
        self.refuse = False
        self.lock = threading.Lock()

    def __call__(self, request):
        with self.lock:
            if request.target == "/api/token":
                self.fetches += 1
                assert request.body == b"grant_type=client_credentials"
                assert request.values("Authorization") == ["Basic a2V5OnNlY3JldA=="]
                if self.broken:
                    self.broken -= 1
                    return 500, [], b""
                self.valid = f"token-{next(self.tokens)}"
                return 200, [], b'{"access_token":"%s","expires_in":%d}' % (self.valid.encode(), self.lifetime)
            if not self.refuse and request.values("Authorization") == [f"Bearer {self.valid}"]:
                return 200, [], b"ok"
            return 401, [], b"no"


def session():
    return paysig.TokenSession("pledg-token", credentials={"api_key": "key", "api_secret": "secret"})


def test_one_fetch_for_a_hundred_coroutines():
    provider = Provider()

    async def main(origin):
        async with httpx.AsyncClient(base_url=origin, auth=TokenAuth(session(), origin=origin), timeout=30) as client:
            answers = await asyncio.gather(*(client.post("/pay", content=b"x") for _ in range(100)))
            assert {a.status_code for a in answers} == {200}
            assert provider.fetches == 1
            # The provider drops the token while a hundred requests are under way.
            provider.valid = "another"
            answers = await asyncio.gather(*(client.post("/pay", content=b"x") for _ in range(100)))
            assert {a.status_code for a in answers} == {200}
            assert provider.fetches == 2

    with recorder(provider) as server:
        asyncio.run(main(server.origin))


def test_one_fetch_for_a_hundred_threads():
    from concurrent.futures import ThreadPoolExecutor

    provider = Provider()
    with (
        recorder(provider) as server,
        httpx.Client(base_url=server.origin, auth=TokenAuth(session(), origin=server.origin), timeout=30) as client,
        ThreadPoolExecutor(100) as pool,
    ):
        assert set(pool.map(lambda _: client.get("/pay").status_code, range(100))) == {200}
        assert provider.fetches == 1


def test_a_dropped_token_is_fetched_anew_and_a_second_refusal_is_handed_over():
    provider = Provider()
    with (
        recorder(provider) as server,
        httpx.Client(base_url=server.origin, auth=TokenAuth(session(), origin=server.origin)) as client,
    ):
        assert client.get("/pay").status_code == 200
        provider.valid = None
        assert client.get("/pay").status_code == 200
        assert provider.fetches == 2
        provider.refuse = True
        provider.valid = None
        assert client.get("/pay").status_code == 401
        assert provider.fetches == 3


@pytest.mark.parametrize("status", [302, 307])
def test_redirects_of_the_token_endpoint_are_not_followed(status):
    def evil(request):
        return 200, [], b'{"access_token":"evil","expires_in":3600}'

    def options(origin):
        return {"auth": TokenAuth(session(), origin=origin), "base_url": origin, "follow_redirects": True}

    async def main(origin):
        async with httpx.AsyncClient(**options(origin)) as client:
            with pytest.raises(paysig.TokenError, match="redirect"):
                await client.get("/pay")

    with recorder(evil) as other, recorder(lambda request: (status, [("Location", other.origin + "/t")], b"")) as server:
        with httpx.Client(**options(server.origin)) as client, pytest.raises(paysig.TokenError, match="redirect"):
            client.get("/pay")
        asyncio.run(main(server.origin))
        assert [r.target for r in server.requests] == ["/api/token"] * 2
        assert other.requests == []


def test_a_token_that_a_redirect_led_to_is_not_taken():
    tokens = session()

    # Over a transport that does not report what it sends.
    def handler(request):
        if request.url.host == "api.example":
            return httpx.Response(307, headers={"Location": "https://evil.example/t"})
        return httpx.Response(200, content=b'{"access_token":"evil","expires_in":3600}')

    auth = TokenAuth(tokens, origin="https://api.example")
    with (
        httpx.Client(auth=auth, transport=httpx.MockTransport(handler), follow_redirects=True) as client,
        pytest.raises(paysig.TokenError, match="redirect"),
    ):
        client.get("https://api.example/pay")
    with pytest.raises(paysig.TokenError):
        tokens.next()


def test_another_host_that_refuses_after_a_redirect_has_no_say():
    provider = Provider()
    with recorder(lambda request: (401, [], b"no")) as other:

        def answer(request):
            return (302, [("Location", other.origin + "/steal")], b"") if request.target == "/pay" else provider(request)

        with recorder(answer) as server:
            options = {"auth": TokenAuth(session(), origin=server.origin), "base_url": server.origin, "follow_redirects": True}
            with httpx.Client(**options) as client:
                assert client.get("/pay").status_code == 401
                assert client.get("/other").status_code == 200

            async def main():
                async with httpx.AsyncClient(**options) as client:
                    assert (await client.get("/pay")).status_code == 401
                    assert (await client.get("/other")).status_code == 200

            asyncio.run(main())
        assert provider.fetches == 1
    assert [(r.target, r.values("Authorization")) for r in other.requests] == [("/steal", [])] * 2


def test_a_failing_token_endpoint():
    provider = Provider()
    provider.broken = 1
    with (
        recorder(provider) as server,
        httpx.Client(base_url=server.origin, auth=TokenAuth(session(), origin=server.origin)) as client,
    ):
        with pytest.raises(paysig.TokenError):
            client.get("/pay")
        with pytest.raises(paysig.TokenError):
            client.get("/pay")
        assert provider.fetches == 1


def test_a_fetch_that_dies_frees_its_lease():
    tokens = session()
    with httpx.Client(auth=TokenAuth(tokens, origin="http://127.0.0.1:1")) as client, pytest.raises(httpx.ConnectError):
        client.get("http://127.0.0.1:1/pay")
    with pytest.raises(paysig.TokenError):
        tokens.next()
    import time

    assert isinstance(tokens.next(now=time.time() + 2), paysig.Fetch)


def test_a_cancelled_fetch_frees_its_lease():
    async def main():
        tokens = session()
        stuck = asyncio.Event()

        async def handler(request):
            stuck.set()
            await asyncio.sleep(60)
            raise AssertionError("cancelled")

        async with httpx.AsyncClient(auth=TokenAuth(tokens, origin="http://h"), transport=httpx.MockTransport(handler)) as client:
            task = asyncio.ensure_future(client.get("http://h/pay"))
            await stuck.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        import time

        assert isinstance(tokens.next(now=time.time() + 2), paysig.Fetch)

    asyncio.run(main())
