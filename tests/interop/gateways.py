"""SDKs of shops, messengers, gateways and identity providers, and RFC 9421, both ways."""
import base64
import hashlib
import time

from kit import BODY, ROOT, Conform, both_ways, check, mac_of, now_text, post, refused

KEYS = ROOT / "core/tests/keys"
ED_SEED = bytes(range(32)).hex()
P256_PRIVATE, P256_PUBLIC = (KEYS / "p256.pkcs8.pem").read_text(), (KEYS / "p256.spki.pem").read_text()


def bare(pem):
    return "".join(line for line in pem.splitlines() if "-----" not in line)


class Request:
    def __init__(self, headers, body):
        self.headers, self.body = headers, body.encode()


def paddle(conform):
    from paddle_billing.Notifications import Secret, Verifier
    keys = {"secret": "pdl_ntfset_01"}

    def accepts(body, headers):
        return Verifier().verify(Request(headers, body), Secret(keys["secret"]))

    def makes(body, headers):
        return [("Paddle-Signature", headers["Paddle-Signature"].split(";")[0] + ";h1=" + mac_of(lambda: accepts(body, headers)))]

    both_ways(conform, "paddle", keys, accepts, makes)
    old = dict(conform.sign("paddle", keys, post(), now_text(time.time() - 7))["headers"])
    check("paddle: the SDK finds it too old", refused(lambda: accepts(BODY, old)), True)


def sendgrid(conform):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from sendgrid.helpers.eventwebhook import EventWebhook, EventWebhookHeader
    sdk = EventWebhook(bare(P256_PUBLIC))

    def makes(body, headers):
        """The SDK only verifies; its library signs what it verifies."""
        stamp = headers[EventWebhookHeader.TIMESTAMP]
        key = serialization.load_pem_private_key(P256_PRIVATE.encode(), None)
        signature = base64.b64encode(key.sign((stamp + body).encode(), ec.ECDSA(hashes.SHA256()))).decode()
        check("sendgrid: the SDK accepts what its library signed", sdk.verify_signature(body, signature, stamp), True)
        return [(EventWebhookHeader.TIMESTAMP, stamp), (EventWebhookHeader.SIGNATURE, signature)]

    both_ways(conform, "sendgrid", {"private_key": P256_PRIVATE},
              lambda body, headers: sdk.verify_signature(body, headers[EventWebhookHeader.SIGNATURE], headers[EventWebhookHeader.TIMESTAMP]), makes,
              verify={"public_key": P256_PUBLIC})


def discord(conform):
    from discord_interactions import verify_key
    from nacl.signing import SigningKey
    key = SigningKey(bytes.fromhex(ED_SEED))
    public = key.verify_key.encode().hex()

    def makes(body, headers):
        """The SDK only verifies; its library signs what it verifies."""
        stamp = headers["X-Signature-Timestamp"]
        return [("X-Signature-Timestamp", stamp), ("X-Signature-Ed25519", key.sign(stamp.encode() + body.encode()).signature.hex())]

    both_ways(conform, "discord", {"private_key": ED_SEED},
              lambda body, headers: verify_key(body.encode(), headers["X-Signature-Ed25519"], headers["X-Signature-Timestamp"], public), makes,
              verify={"public_key": public})


def hubspot(conform):
    from hubspot.utils.signature import Signature
    secret, url = "client-secret", "https://app.example.com/hook?x=1&y=2"

    def accepts(body, headers):
        return Signature.is_valid(headers["X-HubSpot-Signature-v3"], secret, body, url, "POST", "v3", headers["X-HubSpot-Request-Timestamp"])

    def makes(body, headers):
        stamp = headers["X-HubSpot-Request-Timestamp"]
        return [("X-HubSpot-Request-Timestamp", stamp), ("X-HubSpot-Signature-v3", Signature.get_signature(secret, body, "v3", url, "POST", stamp))]

    both_ways(conform, "hubspot-v3", {"secret": secret}, accepts, makes, post(url=url))


def onfido(conform):
    from onfido.webhook_event_verifier import WebhookEventVerifier
    event = '{"payload":{"resource_type":"check","action":"check.completed","object":{"id":"evt_1","status":"complete","completed_at_iso8601":"2024-04-04T09:21:21Z","href":"https://api.onfido.com/v3.6/checks/1"}}}'

    def accepts(body, headers):
        return WebhookEventVerifier("token").read_payload(body, headers["X-SHA2-Signature"]) is not None

    both_ways(conform, "onfido", {"webhook_token": "token"}, accepts, lambda body, headers: [("X-SHA2-Signature", mac_of(lambda: accepts(body, headers)))], post(event))


def cybersource(conform):
    from authenticationsdk.http.HTTPSignatureToken import HTTPSignatureToken
    keys = {"merchant_id": "testrest", "key_id": "08c94330-f618-42a3-b09d-e1e43be5efda", "secret": "yBJxy6LjM2TmcPGu+GaJrHtkke25fPpUX+UY6/L/1tE="}
    host = "apitest.cybersource.com"

    class Config:
        merchant_keyid, merchant_secretkey, merchant_id, request_host, use_metakey = keys["key_id"], keys["secret"], keys["merchant_id"], host, False

    for method, target, body in (("POST", "/pts/v2/payments", BODY), ("GET", "/tss/v2/transactions/1?a=%20b", ""), ("PUT", "/x", BODY), ("PATCH", "/x", BODY), ("DELETE", "/x", "")):
        plain = {"method": method, "target": target, "url": "https://" + host + target, "headers": [], "body": body}
        made = dict(conform.sign("cybersource", keys, plain, now_text(), flow="request")["headers"])
        token = HTTPSignatureToken()
        token.http_signature_token(Config, made["Date"], method, target, body)
        theirs = token.get_token()
        check("cybersource signs %s alike" % method, theirs.replace(", ", ","), made["Signature"])
        sent = {**plain, "headers": [[n, theirs if n == "Signature" else v] for n, v in made.items()]}
        check("cybersource: we accept the SDK's " + method, conform.verify("cybersource", keys, sent, now_text(), flow="request"), "ok")
        check("cybersource: we refuse it changed, " + method, conform.verify("cybersource", keys, {**sent, "target": "/other", "url": "https://" + host + "/other"}, now_text(), flow="request"), "signature_mismatch")


def http_signatures(conform):
    """http-message-signatures: five algorithms of RFC 9421."""
    import http_message_signatures as sdk
    import requests
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
    vectors = ROOT / "tests/vectors"
    rsa, rsa_public = (vectors / "rsa2048-private.pem").read_text(), (vectors / "rsa2048-public.pem").read_text()
    ed, ed_public = (KEYS / "ed25519.pkcs8.pem").read_text(), (KEYS / "ed25519.spki.pem").read_text()
    secret = bytes(range(32))
    url = "https://shop.example/v1/pay?a=1&b=%20"
    for scheme, algorithm, private, public in (
        ("rfc9421-hmac", sdk.algorithms.HMAC_SHA256, secret, secret), ("rfc9421-ed25519", sdk.algorithms.ED25519, ed, ed_public),
        ("rfc9421-ecdsa-p256-sha256", sdk.algorithms.ECDSA_P256_SHA256, P256_PRIVATE, P256_PUBLIC),
        ("rfc9421-rsa-pss-sha512", sdk.algorithms.RSA_PSS_SHA512, rsa, rsa_public), ("rfc9421-rsa-sha256", sdk.algorithms.RSA_V1_5_SHA256, rsa, rsa_public),
    ):
        class Keys(sdk.HTTPSignatureKeyResolver):
            def resolve_public_key(self, key_id):
                return public if isinstance(public, bytes) else load_pem_public_key(public.encode())

            def resolve_private_key(self, key_id):
                return private if isinstance(private, bytes) else load_pem_private_key(private.encode(), None)

        if isinstance(private, bytes):
            ours = theirs = {"key_id": "key-1", "secret": base64.b64encode(private).decode()}
        else:
            ours, theirs = {"key_id": "key-1", "private_key": private}, {"key_id": "key-1", "public_key": public}
        plain = {"method": "POST", "target": "/v1/pay?a=1&b=%20", "url": url, "headers": [["Content-Type", "application/json"]], "body": BODY}
        made = conform.sign(scheme, ours, plain, now_text(), flow="request")["headers"]
        request = requests.Request("POST", url, data=BODY.encode(), headers={"Content-Type": "application/json", **dict(made)}).prepare()
        verifier = sdk.HTTPMessageVerifier(signature_algorithm=algorithm, key_resolver=Keys())
        check(scheme + ": the library accepts ours", verifier.verify(request)[0].parameters["keyid"], "key-1")
        request.method = "PUT"
        check(scheme + ": the library refuses another method", refused(lambda: verifier.verify(request)), True)
        digest = "sha-256=:%s:" % base64.b64encode(hashlib.sha256(BODY.encode()).digest()).decode()
        request = requests.Request("POST", url, data=BODY.encode(), headers={"Content-Type": "application/json", "Content-Digest": digest}).prepare()
        signer = sdk.HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=Keys())
        signer.sign(request, key_id="key-1", covered_component_ids=("@method", "@authority", "@target-uri", "content-type", "content-digest"), label="sig1", use_existing_digest=True)
        headers = [[n, v if isinstance(v, str) else v.decode()] for n, v in request.headers.items()]
        sent = {**plain, "headers": headers}
        check(scheme + ": we accept the library's", conform.verify(scheme, theirs, sent, now_text(), flow="request"), "ok")
        check(scheme + ": we refuse another method", conform.verify(scheme, theirs, {**sent, "method": "PUT"}, now_text(), flow="request"), "signature_mismatch")


def main():
    conform = Conform()
    for part in (paddle, sendgrid, discord, hubspot, onfido, cybersource, http_signatures):
        part(conform)
