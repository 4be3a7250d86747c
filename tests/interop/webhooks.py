"""Webhook SDKs, both ways: they accept what the webhook flow signs and refuse what was changed; we accept what they make."""
import json
import time
import urllib.parse

from kit import BODY, Conform, check, now_text, post, refused


def stripe(conform, now):
    import stripe as sdk
    keys = {"secret": "whsec_test_secret"}
    made = conform.sign("stripe", keys, post(), now)["headers"][0][1]
    check("stripe accepts", sdk.Webhook.construct_event(BODY, made, keys["secret"])["id"], "evt_1")
    check("stripe refuses a changed body", refused(lambda: sdk.Webhook.construct_event(BODY + " ", made, keys["secret"])), True)
    check("stripe refuses another key", refused(lambda: sdk.Webhook.construct_event(BODY, made, "whsec_other")), True)
    old = conform.sign("stripe", keys, post(), now_text(time.time() - 301))["headers"][0][1]
    check("stripe finds it too old", refused(lambda: sdk.Webhook.construct_event(BODY, old, keys["secret"])), True)
    stamp = int(time.time())
    theirs = "t=%d,v1=%s" % (stamp, sdk.WebhookSignature._compute_signature("%d.%s" % (stamp, BODY), keys["secret"]))
    check("we accept stripe's", conform.verify("stripe", keys, post(headers=[("Stripe-Signature", theirs)]), now), "ok")
    check("we refuse it changed", conform.verify("stripe", keys, post(BODY + " ", [("Stripe-Signature", theirs)]), now), "signature_mismatch")


def slack(conform, now):
    from slack_sdk.signature import SignatureVerifier
    keys = {"signing_secret": "8f742231b10e8888abcd99yyyzzz85a5"}
    verifier = SignatureVerifier(keys["signing_secret"])
    made = dict(conform.sign("slack", keys, post(), now)["headers"])
    check("slack_sdk accepts", verifier.is_valid_request(BODY, made), True)
    check("slack_sdk refuses a changed body", verifier.is_valid_request(BODY + " ", made), False)
    stamp = str(int(time.time()))
    theirs = [("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", verifier.generate_signature(timestamp=stamp, body=BODY))]
    check("we accept slack_sdk's", conform.verify("slack", keys, post(headers=theirs), now), "ok")
    check("we refuse it changed", conform.verify("slack", keys, post(BODY + " ", theirs), now), "signature_mismatch")


def standard(conform, now):
    import datetime

    import standardwebhooks
    import svix.webhooks
    keys = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    made = dict(conform.sign("standard-webhooks", keys, post(), now, nonce="msg_1")["headers"])
    lower = {n.lower(): v for n, v in made.items()}
    for name, sdk in (("standardwebhooks", standardwebhooks.Webhook(keys["secret"])), ("svix", svix.webhooks.Webhook(keys["secret"]))):
        check(name + " accepts", sdk.verify(BODY, lower)["id"] if name == "standardwebhooks" else accepted(sdk, lower), "evt_1")
        check(name + " refuses a changed body", refused(lambda: sdk.verify(BODY + " ", lower)), True)
        at = datetime.datetime.now(datetime.timezone.utc)
        theirs = sdk.sign(msg_id="msg_2", timestamp=at, data=BODY)
        prefix = "webhook" if name == "standardwebhooks" else "svix"
        headers = [(prefix + "-id", "msg_2"), (prefix + "-timestamp", str(int(at.timestamp()))), (prefix + "-signature", theirs)]
        check("we accept %s's" % name, conform.verify("standard-webhooks", keys, post(headers=headers), now), "ok")
        check("we refuse it changed", conform.verify("standard-webhooks", keys, post(BODY + " ", headers), now), "signature_mismatch")


def accepted(sdk, headers):
    """svix hands the payload out in newer versions only."""
    answer = sdk.verify(BODY, headers)
    return (answer if isinstance(answer, dict) else json.loads(BODY))["id"]


def twilio(conform, now):
    from twilio.request_validator import RequestValidator
    keys = {"auth_token": "12345"}
    sdk = RequestValidator(keys["auth_token"])
    url = "https://example.com/hook?foo=1"
    fields = {"To": "+18005551212", "Body": "hi & caf\u00e9", "A": ""}
    body = urllib.parse.urlencode(fields)
    kind = "application/x-www-form-urlencoded"
    message = {**post(body, url=url, kind=kind), "target": "/hook?foo=1"}
    made = conform.sign("twilio", keys, message, now)["headers"][0][1]
    check("twilio accepts a form", sdk.validate(url, fields, made), True)
    check("twilio refuses it changed", sdk.validate(url, {**fields, "To": "1"}, made), False)
    theirs = {**message, "headers": message["headers"] + [["X-Twilio-Signature", sdk.compute_signature(url, fields)]]}
    check("we accept twilio's form", conform.verify("twilio", keys, theirs, now), "ok")
    check("we refuse it changed", conform.verify("twilio", keys, {**theirs, "body": body + "&x=1"}, now), "signature_mismatch")
    answer = conform.sign("twilio", keys, {**post(url=url), "target": "/hook?foo=1"}, now)
    signed_url = "https://example.com" + answer["target"]
    check("twilio accepts JSON", sdk.validate(signed_url, BODY, answer["headers"][0][1]), True)
    check("twilio refuses other JSON", sdk.validate(signed_url, BODY + " ", answer["headers"][0][1]), False)


def twilio_shared_key(conform, now):
    from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator, get_signature_algorithm
    keys = {"key_id": "webhooks_sharedkey_1", "secret": "a shared secret"}
    sdk = RequestValidator(keys["secret"])
    url = "https://example.com/hook?foo=1"
    fields = {"To": "+18005551212", "Body": "hi & caf\u00e9", "A": ""}
    body = urllib.parse.urlencode(fields)
    message = {**post(body, url=url, kind="application/x-www-form-urlencoded"), "target": "/hook?foo=1"}
    made = dict(conform.sign("twilio-shared-key", keys, message, now)["headers"])
    named = get_signature_algorithm(made[SIGNATURE_SETTINGS_HEADER])
    check("twilio reads the algorithm", named, "HMAC_SHA256")
    check("twilio accepts a form under a shared key", sdk.validate(url, fields, made["X-Twilio-Signature"], named), True)
    check("twilio refuses it changed", sdk.validate(url, {**fields, "To": "1"}, made["X-Twilio-Signature"], named), False)
    for algorithm in ("HMAC_SHA256", "HMAC_SHA1"):
        theirs = [[SIGNATURE_SETTINGS_HEADER, "key=webhooks_sharedkey_1,algorithm=" + algorithm], ["X-Twilio-Signature", sdk.compute_signature(url, fields, algorithm)]]
        theirs = {**message, "headers": message["headers"] + theirs}
        check("we accept twilio's form, " + algorithm, conform.verify("twilio-shared-key", keys, theirs, now), "ok")
        check("we refuse it changed", conform.verify("twilio-shared-key", keys, {**theirs, "body": body + "&x=1"}, now), "signature_mismatch")
    answer = conform.sign("twilio-shared-key", keys, {**post(url=url), "target": "/hook?foo=1"}, now)
    made = dict(answer["headers"])["X-Twilio-Signature"]
    check("twilio accepts JSON under a shared key", sdk.validate("https://example.com" + answer["target"], BODY, made, named), True)


def razorpay(conform, now):
    import razorpay as sdk
    keys = {"key_secret": "key_secret"}
    client = sdk.Client(auth=("key_id", keys["key_secret"]))
    fields = {"razorpay_order_id": "order_1", "razorpay_payment_id": "pay_1"}
    kind = "application/x-www-form-urlencoded"
    signed = conform.sign("razorpay-checkout", keys, post(urllib.parse.urlencode(fields), kind=kind), now)
    made = dict(urllib.parse.parse_qsl(signed["body"]))
    check("razorpay accepts", client.utility.verify_payment_signature(made), True)
    check("razorpay refuses it changed", refused(lambda: client.utility.verify_payment_signature({**made, "razorpay_payment_id": "pay_2"})), True)


def main():
    conform, now = Conform(), now_text()
    for part in (stripe, slack, standard, twilio, twilio_shared_key, razorpay):
        part(conform, now)
