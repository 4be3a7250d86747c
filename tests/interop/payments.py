"""SDKs of payment providers, both ways: they accept what we sign and refuse what was changed; we accept what they make."""
import base64
import json
import urllib.parse

from kit import BODY, ROOT, Conform, Serve, both_ways, check, mac_of, now_text, post, refused

FORM = "application/x-www-form-urlencoded"
EVENT = '{"event":{"id":"evt_1","type":"charge:created","data":{}},"events":[],"meta":{"webhook_id":"WB1"},"note":"caf\u00e9 \u20ac"}'
RSA_PRIVATE, RSA_PUBLIC = ((ROOT / "tests/vectors" / name).read_text() for name in ("rsa2048-private.pem", "rsa2048-public.pem"))
P521_PRIVATE, P521_PUBLIC = ((ROOT / "core/tests/keys" / name).read_text() for name in ("p521.pkcs8.pem", "p521.spki.pem"))


def adyen(conform):
    from Adyen.util import generate_notification_sig, generate_payload_sig, is_valid_hmac_notification, is_valid_hmac_payload
    keys = {"hmac_key": "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"}
    both_ways(conform, "adyen-platform", keys, lambda body, headers: is_valid_hmac_payload(headers["HmacSignature"], keys["hmac_key"], body.encode()),
              lambda body, _: [("HmacSignature", generate_payload_sig(body.encode(), keys["hmac_key"]).decode())])
    item = {"pspReference": "7914073381342284", "merchantAccountCode": "Shop", "merchantReference": "Caf\u00e9:1\\2", "amount": {"value": 1130, "currency": "EUR"},
            "eventCode": "AUTHORISATION", "success": "true", "originalReference": ""}
    signed = json.loads(conform.sign("adyen-notifications", keys, post(json.dumps(item)), now_text())["body"])
    theirs = {**item, "additionalData": {"hmacSignature": generate_notification_sig(item, keys["hmac_key"]).decode()}}
    check("adyen-notifications: the SDK accepts ours", is_valid_hmac_notification(json.loads(json.dumps(signed)), keys["hmac_key"]), True)
    check("adyen-notifications: the SDK refuses it changed", is_valid_hmac_notification({**signed, "success": "false"}, keys["hmac_key"]), False)
    check("adyen-notifications: we accept the SDK's", conform.verify("adyen-notifications", keys, post(json.dumps(theirs)), now_text()), "ok")
    changed = post(json.dumps({**theirs, "success": "false"}))
    check("adyen-notifications: we refuse it changed", conform.verify("adyen-notifications", keys, changed, now_text()), "signature_mismatch")


def braintree(conform):
    import braintree as sdk
    keys = {"public_key": "integration_public_key", "private_key": "integration_private_key"}
    gateway = sdk.BraintreeGateway(sdk.Configuration(sdk.Environment.Sandbox, "merchant", keys["public_key"], keys["private_key"]))
    sample = gateway.webhook_testing.sample_notification(sdk.WebhookNotification.Kind.Check, "1")
    fields = {k: v.decode() if isinstance(v, bytes) else v for k, v in sample.items()}
    check("braintree: we accept the SDK's", conform.verify("braintree", keys, post(urllib.parse.urlencode(fields), kind=FORM), now_text()), "ok")
    changed = {**fields, "bt_payload": "a" + fields["bt_payload"]}
    check("braintree: we refuse it changed", conform.verify("braintree", keys, post(urllib.parse.urlencode(changed), kind=FORM), now_text()), "signature_mismatch")
    signed = conform.sign("braintree", keys, post(urllib.parse.urlencode({"bt_payload": fields["bt_payload"]}), kind=FORM), now_text())
    made = dict(urllib.parse.parse_qsl(signed["body"]))
    check("braintree: the SDK accepts ours", gateway.webhook_notification.parse(made["bt_signature"], made["bt_payload"]).kind, "check")
    check("braintree: the SDK refuses it changed", refused(lambda: gateway.webhook_notification.parse(made["bt_signature"], "a" + made["bt_payload"])), True)


def mollie(conform):
    from mollie.utils.webhooks.signature_validator import SignatureValidator
    secret = "test_webhook_secret"
    both_ways(conform, "mollie", {"secret": secret}, lambda body, headers: SignatureValidator(secret).validate_payload(body, headers["X-Mollie-Signature"]),
              lambda body, _: [("X-Mollie-Signature", "sha256=" + SignatureValidator.create_signature(body, secret))])


def gocardless(conform):
    from gocardless_pro import webhooks as sdk
    secret = "ED7D658C-D8EB-4941-948B-3973214F2D49"

    def accepts(body, headers):
        return sdk.parse_with_meta(body, secret, headers["Webhook-Signature"]).webhook_id == "WB1"

    both_ways(conform, "gocardless", {"secret": secret}, accepts, lambda body, headers: [("Webhook-Signature", mac_of(lambda: accepts(body, headers)))], post(EVENT))


def razorpay(conform):
    import razorpay as sdk
    secret = "webhook secret"
    utility = sdk.Client(auth=("key_id", "key_secret")).utility

    def accepts(body, headers):
        return utility.verify_webhook_signature(body, headers["X-Razorpay-Signature"], secret)

    both_ways(conform, "razorpay", {"secret": secret}, accepts, lambda body, headers: [("X-Razorpay-Signature", mac_of(lambda: accepts(body, headers)))])


def coinbase(conform):
    from coinbase_commerce.webhook import Webhook, WebhookSignature
    secret = "30291a20-0bd1-4267-9b0f-e6e7b123c0bf"
    both_ways(conform, "coinbase-commerce", {"secret": secret}, lambda body, headers: Webhook.construct_event(body, headers["X-CC-Webhook-Signature"], secret) is not None,
              lambda body, _: [("X-CC-Webhook-Signature", WebhookSignature._compute_signature(body, secret))], post(EVENT))


def square(conform):
    from square.utils.webhooks_helper import verify_signature
    key, url = "asdf1234", "https://example.com/webhook?a=1"
    header = "X-Square-Hmacsha256-Signature"

    def accepts(body, headers):
        return verify_signature(request_body=body, signature_header=headers[header], signature_key=key, notification_url=url)

    def makes(body, headers):
        return [(header, base64.b64encode(bytes.fromhex(mac_of(lambda: accepts(body, headers)))).decode())]

    both_ways(conform, "square", {"signature_key": key}, accepts, makes, post(url=url))


def mercado_pago(conform):
    """The signature is over ids and a time, not the body."""
    from mercadopago.webhook import WebhookSignatureValidator
    keys = {"secret": "a secret signature"}
    for name, target, headers in (("id and request id", "/hook?data.id=123456&type=payment", [("X-Request-Id", "bb56a2f1")]), ("id alone", "/hook?data.id=1", []), ("neither", "/hook", [])):
        message = {**post("{}", headers), "target": target}
        made = conform.sign("mercado-pago", keys, message, now_text())["headers"][0][1]
        request_id = dict(headers).get("X-Request-Id")
        data_id = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query)).get("data.id")

        def accepts(data_id, made=made, request_id=request_id):
            WebhookSignatureValidator.validate(made, request_id, data_id, keys["secret"], tolerance_seconds=300)
            return True

        check("mercado-pago: the SDK accepts " + name, refused(lambda: accepts(data_id)), False)
        check("mercado-pago: the SDK refuses another id, " + name, refused(lambda: accepts("9")), True)
        stamp = made.split(",")[0]
        theirs = {**message, "headers": message["headers"] + [["X-Signature", "%s,v1=%s" % (stamp, mac_of(lambda: accepts(data_id)))]]}
        check("mercado-pago: we accept the SDK's " + name, conform.verify("mercado-pago", keys, theirs, now_text()), "ok")
        check("mercado-pago: we refuse another id, " + name, conform.verify("mercado-pago", keys, {**theirs, "target": "/hook?data.id=9"}, now_text()), "signature_mismatch")


def binance(conform):
    from binance.pay.api import API
    from binance.pay.lib.utils import hashing
    keys = {"key_id": "certificate-1", "secret": "a-secret-key"}
    with Serve("binance-pay", keys, respond="{}") as server:
        api = API(key=keys["key_id"], secret=keys["secret"], base_url=server.address)
        api.send_signed_request("POST", "/binancepay/openapi/v2/order", {"merchantTradeNo": "1", "note": "caf\u00e9"})
        API(key=keys["key_id"], secret="another", base_url=server.address).send_signed_request("POST", "/x", {})
        check("binance-pay: the connector's requests", server.after(2), ["ok", "signature_mismatch"])
    # What it would sign for the same body, time and nonce is what we sign.
    signed = dict(conform.sign("binance-pay", keys, post(), now_text(), flow="request", nonce="n" * 32)["headers"])
    payload = "%s\n%s\n%s\n" % (signed["BinancePay-Timestamp"], signed["BinancePay-Nonce"], BODY)
    check("binance-pay: the connector signs alike", hashing(keys["secret"], payload).upper(), signed["BinancePay-Signature"])


def truelayer(conform):
    import truelayer_signing as sdk
    private, public = {"key_id": "kid-1", "private_key": P521_PRIVATE}, {"key_id": "kid-1", "public_key": P521_PUBLIC}
    plain = {**post(headers=[("Idempotency-Key", "idemp-1")]), "target": "/payments?a=%20b"}
    made = dict(conform.sign("truelayer", private, plain, now_text(), flow="request")["headers"])["Tl-Signature"]

    def accepts(body):
        judge = sdk.verify_with_pem(P521_PUBLIC).set_method(sdk.HttpMethod.POST).set_path("/payments").add_header("Idempotency-Key", "idemp-1").set_body(body)
        judge.add_required_header("Idempotency-Key").verify(made)
        return True

    check("truelayer: the SDK accepts ours", refused(lambda: accepts(BODY)), False)
    check("truelayer: the SDK refuses it changed", refused(lambda: accepts(BODY + " ")), True)
    theirs = sdk.sign_with_pem("kid-1", P521_PRIVATE).set_method(sdk.HttpMethod.POST).set_path("/payments").add_header("Idempotency-Key", "idemp-1").set_body(BODY).sign()
    sent = {**plain, "headers": plain["headers"] + [["Tl-Signature", theirs]]}
    check("truelayer: we accept the SDK's", conform.verify("truelayer", public, sent, now_text(), flow="request"), "ok")
    check("truelayer: we refuse it changed", conform.verify("truelayer", public, {**sent, "body": BODY + " "}, now_text(), flow="request"), "signature_mismatch")


def antom(conform):
    from com.alipay.ams.api.tools.signature_tool import sign
    from com.alipay.ams.api.tools.webhook_tool import check_signature
    from cryptography.hazmat.primitives import serialization
    key = serialization.load_pem_private_key(RSA_PRIVATE.encode(), None)
    pkcs1 = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()).decode()
    ours = {"client_id": "SANDBOX_1", "key_version": "1", "private_key": RSA_PRIVATE}
    public = {"client_id": "SANDBOX_1", "public_key": RSA_PUBLIC}
    for flow in ("request", "webhook"):
        plain = {**post(), "target": "/ams/api/v1/payments/pay"}
        made = dict(conform.sign("antom", ours, plain, now_text(), flow=flow)["headers"])

        def accepts(body, made=made):
            return check_signature("POST", plain["target"], "SANDBOX_1", made["Request-Time"], body, made["Signature"], RSA_PUBLIC)

        check("antom %s: the SDK accepts ours" % flow, refused(lambda: accepts(BODY)), False)
        check("antom %s: the SDK refuses it changed" % flow, refused(lambda: accepts(BODY + " ")), True)
        signature = sign("POST", plain["target"], "SANDBOX_1", made["Request-Time"], BODY, pkcs1)
        headers = {**made, "Signature": "algorithm=RSA256,keyVersion=1,signature=" + signature}
        sent = {**plain, "headers": [*plain["headers"], *map(list, headers.items())]}
        check("antom %s: we accept the SDK's" % flow, conform.verify("antom", public, sent, now_text(), flow=flow), "ok")
        check("antom %s: we refuse it changed" % flow, conform.verify("antom", public, {**sent, "body": BODY + " "}, now_text(), flow=flow), "signature_mismatch")


def main():
    conform = Conform()
    for part in (adyen, braintree, mollie, gocardless, razorpay, coinbase, square, mercado_pago, binance, truelayer, antom):
        part(conform)
