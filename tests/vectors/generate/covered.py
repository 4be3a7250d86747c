"""What the signature of a message covers, from the providers' documents: added to what is expected of accepted messages.

One message of each kind of rule: the body alone, the body with headers, the whole request, members of a form or of JSON, a parameter of
the query, nothing.
"""


def covers(body, *, method=False, path=False, query=False, headers=()):
    return {"method": method, "path": path, "query": query, "headers": sorted(headers), "body": body if isinstance(body, str) else sorted(body)}


request = {"method": True, "path": True, "query": True}

COVERED = {
    # docs.github.com, "Validating webhook deliveries": the payload body.
    "github-webhook-json/verify": covers("all"),
    # docs.stripe.com, "Verify manually": timestamp, a dot, the payload; the timestamp is one item of the signature's own header.
    "stripe-webhook-json/verify": covers("all"),
    # docs.slack.dev: v0, the timestamp's header, the body.
    "slack-webhook-json/verify": covers("all", headers=["x-slack-request-timestamp"]),
    # The specification of Standard Webhooks: id, timestamp, payload.
    "standard-webhooks-webhook-json/verify": covers("all", headers=["webhook-id", "webhook-timestamp"]),
    # docs.discord.com: timestamp and body.
    "discord-webhook-json/verify": covers("all", headers=["x-signature-timestamp"]),
    # developers.binance.com, "Binance Pay Webhook": timestamp, nonce, body; neither the certificate's number nor the address.
    "binance-pay-webhook-json/verify": covers("all", headers=["binancepay-nonce", "binancepay-timestamp"]),
    # developer.paypal.com: transmission id, time, webhook id and the CRC-32 of the body.
    "paypal-webhook-json/verify": covers("all", headers=["paypal-transmission-id", "paypal-transmission-time"]),
    # developer.squareup.com: the notification URL, then the body.
    "square-webhook-json/verify": covers("all", path=True, query=True),
    # www.twilio.com/docs/usage/security: the URL with its query, and every parameter of the form (`*`), though not the form's bytes.
    "twilio-webhook-form/verify": covers(["*"], path=True, query=True),
    "twilio-shared-key-webhook-form/verify": covers(["*"], path=True, query=True),
    # developers.hubspot.com: method, URI, body, timestamp.
    "hubspot-v3-webhook-json/verify": covers("all", **request, headers=["x-hubspot-request-timestamp"]),
    # docs.aws.amazon.com, "Create a signed request": the canonical request with its signed headers and the payload's hash.
    "aws-sigv4-request-post-vanilla/verify": covers("all", **request, headers=["host", "x-amz-date"]),
    # docs.sumsub.com, "Authentication": time, method, URL with query, body; not the token.
    "sumsub-request-create/verify": covers("all", **request, headers=["x-app-access-ts"]),
    # docs.rapyd.net, "Request signatures": method, path, salt, timestamp, access key, body.
    "rapyd-request-post/verify": covers("all", **request, headers=["access_key", "salt", "timestamp"]),
    # pay.weixin.qq.com: method, URL, body; time and nonce are items of the signature's own header.
    "wechatpay-v3-request-post/verify": covers("all", **request),
    # www.mercadopago.com: data.id of the query, which is not all of it, the request's id, the time.
    "mercado-pago-webhook-payment/verify": covers("none", headers=["x-request-id"]),
    # docs.adyen.com, "Verify HMAC signatures": eight members of the notification item.
    "adyen-notifications-webhook-plain/verify": covers([
        "amount.currency", "amount.value", "eventCode", "merchantAccountCode", "merchantReference", "originalReference", "pspReference", "success",
    ]),
    # razorpay.com/docs, "Verify payment signature": order id and payment id.
    "razorpay-checkout-webhook-plain/verify": covers(["razorpay_order_id", "razorpay_payment_id"]),
    # developers.opennode.com: the charge's id alone; neither status nor price.
    "opennode-webhook-plain/verify": covers(["id"]),
    # pagosonline.redsys.es: the parameters, as they are encoded.
    "redsys-request-order-12/verify": covers(["Ds_MerchantParameters"]),
    # docs.xendit.co: a token, no signature.
    "xendit-webhook-plain/verify": covers("none"),
}


def claim(books):
    """Adds them to the cases of these books."""
    cases = {case["id"]: case for book in books for case in book.lines}
    for name, covered in COVERED.items():
        expect = cases[name]["expect"]
        assert expect["status"] == "ok" and "covered" not in expect, name
        expect["covered"] = covered
