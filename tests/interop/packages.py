"""The SDKs that are npm packages, both ways.

They run in a process that is given what we signed; it answers with its judgement of that, of the same changed, and with what it
signs itself.
"""
import json
import os
import pathlib
import urllib.parse
import urllib.request

from kit import BODY, ROOT, Conform, Serve, check, client, now_text, post

CLIENT = pathlib.Path(__file__).resolve().parent / "clients" / "packages.js"
FORM = "application/x-www-form-urlencoded"
RSA_PRIVATE, RSA_PUBLIC = ((ROOT / "tests/vectors" / name).read_text() for name in ("rsa2048-private.pem", "rsa2048-public.pem"))
P521_PRIVATE, P521_PUBLIC = ((ROOT / "core/tests/keys" / name).read_text() for name in ("p521.pkcs8.pem", "p521.spki.pem"))


def ask(questions):
    return client(["node", CLIENT], json.dumps(questions), env={"NODE_PATH": os.environ["INTEROP_NODE"]}) or {}


def headers(conform):
    """Webhooks whose signature is in a header over the body: (credentials, other headers, body)."""
    event = '{"event":"meeting.started","event_ts":1,"payload":{"account_id":"evt_1","object":{}}}'
    shopify = [("X-Shopify-Topic", "orders/create"), ("X-Shopify-Shop-Domain", "shop.myshopify.com"), ("X-Shopify-API-Version", "2025-01"), ("X-Shopify-Webhook-Id", "1")]
    cases = {
        "github": ({"secret": "It's a Secret to Everybody"}, (), BODY),
        "shopify": ({"secret": "shop-secret"}, shopify, BODY),
        "zoom": ({"secret": "zoom-secret"}, (), event),
    }
    questions = {}
    for scheme, (keys, others, body) in cases.items():
        made = conform.sign(scheme, keys, post(body, others), now_text())["headers"]
        questions[scheme] = {"keys": keys, "body": body, "headers": [*map(list, others), *made]}
    answers = ask(questions)
    for scheme, (keys, others, body) in cases.items():
        answer = answers.get(scheme, {})
        check(scheme + ": the SDK accepts ours", answer.get("good"), True)
        check(scheme + ": the SDK refuses it changed", answer.get("changed"), False)
        theirs = post(body, [*others, *answer.get("made", [])])
        check(scheme + ": we accept the SDK's", conform.verify(scheme, keys, theirs, now_text()), "ok")
        changed = {**theirs, "body": body.replace("evt_1", "evt_2")}
        check(scheme + ": we refuse it changed", conform.verify(scheme, keys, changed, now_text()), "signature_mismatch")
    # Zoom's check of an endpoint: the SDK's answer is ours.
    question = post('{"event":"endpoint.url_validation","payload":{"plainToken":"evt_1"},"event_ts":1}')
    question["headers"] += conform.sign("zoom", cases["zoom"][0], question, now_text())["headers"]
    with Serve("zoom", cases["zoom"][0], flow="webhook") as server:
        sent = urllib.request.Request(server.address + "/hook", question["body"].encode(), dict(map(tuple, question["headers"])))
        ours = json.load(urllib.request.urlopen(sent, timeout=10))
    theirs = ask({"zoom-handshake": {"keys": cases["zoom"][0], "body": question["body"], "headers": question["headers"]}}).get("zoom-handshake", {})
    check("zoom: the SDK answers the endpoint's check as we do", ours, theirs)


def opennode(conform):
    keys = {"api_key": "a1b2c3d4"}
    signed = dict(urllib.parse.parse_qsl(conform.sign("opennode", keys, post("id=charge-1&status=paid", kind=FORM), now_text())["body"]))
    answer = ask({"opennode": {"keys": keys, **signed}}).get("opennode", {})
    check("opennode: the SDK accepts ours", answer.get("good"), True)
    check("opennode: the SDK refuses it changed", answer.get("changed"), False)
    for charge, wanted in (("charge-1", "ok"), ("charge-2", "signature_mismatch")):
        form = urllib.parse.urlencode({"id": charge, "hashed_order": answer.get("made")})
        check("opennode: the SDK's " + wanted, conform.verify("opennode", keys, post(form, kind=FORM), now_text()), wanted)


def alipay(conform):
    """Requests are the SDK's own, notifications what Alipay would send it."""
    keys = {"private_key": RSA_PRIVATE}
    notice = {"trade_no": "1", "total_amount": "10.00", "subject": "caf\u00e9 100%", "charset": "utf-8"}
    signed = conform.sign("alipay-rsa2", keys, post(urllib.parse.urlencode(notice), kind=FORM), now_text())["body"]
    answer = ask({"alipay": {"private": RSA_PRIVATE, "public": RSA_PUBLIC, "fields": dict(urllib.parse.parse_qsl(signed))}}).get("alipay", {})
    check("alipay-rsa2: the SDK accepts ours", answer.get("good"), True)
    check("alipay-rsa2: the SDK refuses it changed", answer.get("changed"), False)
    url = urllib.parse.urlsplit(answer.get("made", ""))
    message = {"method": "GET", "target": url.path + "?" + url.query, "headers": [], "body": ""}
    public = {"public_key": RSA_PUBLIC}
    check("alipay-rsa2: we accept the SDK's request", conform.verify("alipay-rsa2", public, message, now_text(), flow="request"), "ok")
    changed = {**message, "target": message["target"].replace("evt_1", "evt_2")}
    check("alipay-rsa2: we refuse it changed", conform.verify("alipay-rsa2", public, changed, now_text(), flow="request"), "signature_mismatch")


def gocardless(conform):
    """Signed requests: the Node SDK makes the headers, we judge them."""
    for body in ('{"outbound_payments":{"amount":100}}', ""):
        question = {"private": P521_PRIVATE, "public": P521_PUBLIC, "method": "POST", "path": "/outbound_payments?x=1", "body": body, "nonce": "nonce-1"}
        answer = ask({"request-signing": question}).get("request-signing", {})
        sent = [("Content-Length", str(len(body))), *answer.get("headers", [])] if body else answer.get("headers", [])
        message = {**post(body, sent, url="https://api.gocardless.com/outbound_payments?x=1"), "target": "/outbound_payments?x=1"}
        name = "gocardless: a signed request %s body" % ("with" if body else "without")
        theirs = {"key_id": "PK1", "public_key": P521_PUBLIC}
        check(name, conform.verify("gocardless", theirs, message, now_text(), flow="request"), "ok")
        check(name + ", path changed", conform.verify("gocardless", theirs, {**message, "target": "/payments"}, now_text(), flow="request"), "signature_mismatch")


def nuvei(conform):
    keys = {"secret": "secret-key"}
    for method, variants in (("payment", []), ("getSessionToken", ["session"]), ("settleTransaction", ["settle"]), ("refundTransaction", ["settle"]), ("voidTransaction", ["settle"])):
        sent = ask({"nuvei": {"method": method, "keys": keys}}).get("nuvei", {})
        message = {"method": "POST", "target": "/ppp/api/v1/x.do", "headers": [["Content-Type", "application/json"]], "body": json.dumps(sent)}
        check("nuvei: we accept the SDK's " + method, conform.verify("nuvei", keys, message, now_text(), flow="request", variants=variants), "ok")
        changed = {**message, "body": json.dumps({**sent, "clientRequestId": "x"})}
        check("nuvei: we refuse it changed, " + method, conform.verify("nuvei", keys, changed, now_text(), flow="request", variants=variants), "signature_mismatch")
        mine = {n: v for n, v in sent.items() if n != "checksum"}
        signed = conform.sign("nuvei", keys, {**message, "body": json.dumps(mine)}, now_text(), flow="request", variants=variants)
        check("nuvei: the SDK signs %s alike" % method, json.loads(signed["body"]).get("checksum"), sent.get("checksum"))


def bitpay(conform):
    """Requests: the SDK's key and signature are ours, byte for byte where its s is the lower one."""
    scalar = "742f45cda95b597c81c7439148f010cd52a52af85c992abcb8b456c01cdabab9"
    for number, body in enumerate((BODY, "", '{"token":"x"}')):
        target = "/invoices?x=%d" % number
        plain = {**post(body, url="https://test.bitpay.com" + target), "target": target, "method": "POST" if body else "GET"}
        answer = ask({"bitpay": {"key": scalar, "text": "https://test.bitpay.com" + target + body}}).get("bitpay", {})
        keys = {"public_key": answer.get("identity"), "private_key": scalar}
        theirs = {**plain, "headers": [["X-Identity", answer.get("identity")], ["X-Signature", answer.get("made")]]}
        check("bitpay: we accept the SDK's", conform.verify("bitpay", keys, theirs, now_text(), flow="request"), "ok")
        check("bitpay: we refuse it changed", conform.verify("bitpay", keys, {**theirs, "body": body + " "}, now_text(), flow="request"), "signature_mismatch")
        made = dict(conform.sign("bitpay", keys, plain, now_text(), flow="request")["headers"])
        judged = ask({"bitpay": {"key": scalar, "text": "https://test.bitpay.com" + target + body, "signature": made["X-Signature"]}}).get("bitpay", {})
        check("bitpay: the SDK's library accepts ours", (judged.get("good"), judged.get("changed")), (True, False))
        check("bitpay: the same identity", made["X-Identity"], answer.get("identity"))


def main():
    conform = Conform()
    for part in (headers, opennode, alipay, bitpay, gocardless, nuvei):
        part(conform)
