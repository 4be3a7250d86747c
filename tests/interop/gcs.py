"""Ingenico / Worldline: the genuine SDKs for Python and Node, both families, against `paysig serve`."""
import importlib
import json
import os
import urllib.parse

from kit import ROOT, Conform, Serve, check, client, now_text

KEYS = {"key_id": "5e45c937b9db33ae", "secret": "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/s3nZR8Xg="}
SCHEME = "ingenico-v1hmac"
PYTHON = {"connect": "worldline.connect.sdk", "direct": "onlinepayments.sdk"}


def load(family, path, name):
    return getattr(importlib.import_module(PYTHON[family] + "." + path), name)


def python_client(family, port):
    configuration = load(family, "communicator_configuration", "CommunicatorConfiguration")(
        api_endpoint="http://127.0.0.1:%d" % port, api_key_id=KEYS["key_id"], secret_api_key=KEYS["secret"], authorization_type="v1HMAC",
        connect_timeout=5, socket_timeout=5, max_connections=2, integrator="paysig interop")
    return load(family, "factory", "Factory").create_communicator_from_configuration(configuration)


class Parameters:
    """Query parameters as the SDK takes them."""

    def __init__(self, family, *pairs):
        self.pairs = [load(family, "communication.request_param", "RequestParam")(n, v) for n, v in pairs]

    def to_request_parameters(self):
        return self.pairs


def python_calls(family, communicator):
    """Name and call; each makes one request."""
    header = load(family, "communication.request_header", "RequestHeader")
    context = load(family, "call_context", "CallContext")
    base = "/v1/9991" if family == "connect" else "/v2/9991"

    def extra(*pairs):
        return [header(n, v) for n, v in pairs]

    query = lambda *pairs: Parameters(family, *pairs)
    body = {"order": {"amountOfMoney": {"amount": 1050, "currencyCode": "EUR"}, "note": "caf\u00e9 \u20ac"}}
    return {
        "get": lambda: communicator.get(base + "/tokens/123", None, None, dict, None),
        "get-with-query": lambda: communicator.get(base + "/products", None, query(("countryCode", "NL"), ("amount", "1000")), dict, None),
        "post": lambda: communicator.post(base + "/payments", None, None, body, dict, None),
        "post-without-body": lambda: communicator.post(base + "/payments/1/cancel", None, None, None, dict, None),
        "put": lambda: communicator.put(base + "/tokens/123", None, None, body, dict, None),
        "idempotence": lambda: communicator.post(base + "/payments", None, None, body, dict, context("idem-1")),
        "client-meta-info": lambda: communicator.get(base + "/tokens/1", extra(("X-GCS-ClientMetaInfo", "eyJhIjoxfQ==")), None, dict, None),
        "encoded-query": lambda: communicator.get(base + "/products", None, query(("q", "na me"), ("r", "a&b=c")), dict, None),
        "encoded-path": lambda: communicator.get(base + "/tokens/ANDR%C3%89E", None, None, dict, None),
        "semicolon-in-path": lambda: communicator.get(base + "/tokens/1;v=1", None, None, dict, None),
        "dot-segments": lambda: communicator.get(base + "/x/../tokens/1", None, None, dict, None),
        "lower-case-escape": lambda: communicator.get(base + "/tokens/%c3%89", None, None, dict, None),
        "not-ascii-header": lambda: communicator.get(base + "/tokens/1", extra(("X-GCS-Note", "caf\u00e9")), None, dict, None),
        "header-to-trim": lambda: communicator.get(base + "/tokens/1", extra(("X-GCS-Note", "a  b")), None, dict, None),
    }


# What the server finds under the documented rule, and under the variants that explain a departure.
DEPARTURES = {
    "encoded-query": ("signature_mismatch", ["query-raw"], "ok"),
    "semicolon-in-path": ("signature_mismatch", ["query-raw"], "signature_mismatch"),
    "dot-segments": ("signature_mismatch", ["query-raw"], "signature_mismatch"),
    "lower-case-escape": ("signature_mismatch", ["query-raw"], "signature_mismatch"),
    "not-ascii-header": ("signature_mismatch", ["query-raw"], "signature_mismatch"),
}


def run_calls(calls, serve):
    found = {}
    for name, call in calls.items():
        before = len(serve.verdicts)
        try:
            call()
        except Exception as error:  # The SDK's own opinion of the answer is not the question.
            if len(serve.after(before + 1)) == before:
                found[name] = "not sent: %s" % error
                continue
        found[name] = serve.after(before + 1)[-1]
    return found


def python_sdk(family):
    with Serve(SCHEME, KEYS, respond="{}") as plain, Serve(SCHEME, KEYS, "--variant", "query-raw", respond="{}") as variant:
        found = run_calls(python_calls(family, python_client(family, plain.port)), plain)
        under = run_calls(python_calls(family, python_client(family, variant.port)), variant)
        for name, got in found.items():
            wanted, _, explained = DEPARTURES.get(name, ("ok", [], "ok"))
            check("python %s %s" % (family, name), got, wanted)
            check("python %s %s, query-raw" % (family, name), under[name], explained)
    with Serve(SCHEME, KEYS, status=204, respond="") as serve:
        communicator = python_client(family, serve.port)
        base = "/v1/9991" if family == "connect" else "/v2/9991"
        calls = {"delete": lambda: communicator.delete(base + "/tokens/123", None, None, None, None)}
        check("python %s delete" % family, run_calls(calls, serve), {"delete": "ok"})
    # Lists that the SDK appends to: the second call signs ServerMetaInfo twice and sends it once.
    with Serve(SCHEME, KEYS, respond="{}") as serve:
        communicator = python_client(family, serve.port)
        shared = [load(family, "communication.request_header", "RequestHeader")("X-GCS-Note", "1")]
        calls = {n: lambda: communicator.get("/v1/9991/tokens/1", shared, None, dict, None) for n in ("first", "second")}
        check("python %s one list for two calls" % family, run_calls(calls, serve), {"first": "ok", "second": "signature_mismatch"})
    with Serve(SCHEME, {**KEYS, "secret": "another"}, respond="{}") as serve:
        calls = {"get": lambda: python_client(family, serve.port).get("/v1/x", None, None, dict, None)}
        check("python %s wrong secret" % family, run_calls(calls, serve), {"get": "signature_mismatch"})
    with Serve(SCHEME, {**KEYS, "key_id": "another"}, respond="{}") as serve:
        calls = {"get": lambda: python_client(family, serve.port).get("/v1/x", None, None, dict, None)}
        check("python %s unknown key" % family, run_calls(calls, serve), {"get": "unknown_key"})


def node_sdk(family):
    program = ["node", str(ROOT / "tests/interop/clients/gcs.js")]
    modules = {"NODE_PATH": os.environ["INTEROP_NODE"]}
    variants = [(), ("query-raw",), ("content-type-empty",), ("query-raw", "content-type-empty")]
    found = {}
    for chosen in variants:
        options = [o for v in chosen for o in ("--variant", v)]
        with Serve(SCHEME, KEYS, *options, respond="{}") as serve:
            names = client(program, family, serve.port, KEYS["key_id"], KEYS["secret"], env=modules)
            found[chosen] = dict(zip(names or [], serve.after(len(names or []))))
    for name, got in found[()].items():
        # Direct's Node SDK signs an empty line for the Content-Type that it sends with every GET.
        empty = family == "direct" and name in ("get", "get-with-query", "encoded-query")
        raw = name == "encoded-query"
        check("node %s %s" % (family, name), got, "signature_mismatch" if empty or raw else "ok")
        explained = tuple(v for v, on in (("query-raw", raw), ("content-type-empty", empty)) if on)
        check("node %s %s, %s" % (family, name, explained), found[explained].get(name), "ok")
    check("node %s calls" % family, len(found[()]), 7)


def webhooks():
    """The SDKs' helpers accept what the webhook flow signs and refuse what was changed."""
    conform = Conform()
    event = {"apiVersion": "v1", "id": "34b8a607-1fce-4003-b3ae-a4d29e92b232", "created": "2017-02-10T16:34:56.000+0100", "merchantId": "1", "type": "payment.paid",
             "payment": {"id": "1", "status": "PAID", "paymentOutput": {"references": {"merchantReference": "caf\u00e9"}}}}
    body = json.dumps(event, ensure_ascii=False)
    made = conform.sign(SCHEME, KEYS, {"method": "POST", "target": "/hook", "headers": [], "body": body}, now_text())
    for family in PYTHON:
        header = load(family, "communication.request_header", "RequestHeader")
        helper_module = "v1.webhooks.v1_webhooks_factory" if family == "connect" else "webhooks.webhooks"
        store = load(family, "webhooks.in_memory_secret_key_store", "InMemorySecretKeyStore").instance()
        store.store_secret_key(KEYS["key_id"], KEYS["secret"])
        if family == "connect":
            helper = load(family, helper_module, "V1WebhooksFactory")().create_helper(store)
        else:
            helper = load(family, "webhooks.webhooks_helper", "WebhooksHelper")(load(family, "json.default_marshaller", "DefaultMarshaller").instance(), store)
        headers = [header(n, v) for n, v in made["headers"]]
        check("python %s webhook" % family, helper.unmarshal(body.encode(), headers).id, event["id"])
        try:
            helper.unmarshal(body.encode() + b" ", headers)
            refused = False
        except Exception as error:
            refused = "signature" in str(type(error)).lower() + str(error).lower()
        check("python %s changed webhook" % family, refused, True)
    for family in PYTHON:
        program = ["node", str(ROOT / "tests/interop/clients/gcs_webhook.js")]
        answer = client(program, family, json.dumps({"keys": KEYS, "headers": made["headers"], "body": body}), env={"NODE_PATH": os.environ["INTEROP_NODE"]})
        check("node %s webhook" % family, answer, {"good": event["id"], "changed": "refused"})


def main():
    for family in PYTHON:
        python_sdk(family)
        node_sdk(family)
    webhooks()
