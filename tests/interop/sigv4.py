"""AWS Signature Version 4: botocore signs, we verify over HTTP; we sign, and botocore's signer comes to the same signature."""
import base64
import datetime
import http.client
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.session

from kit import Conform, Serve, check, now_text

KEYS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "region": "eu-west-1", "service": "execute-api"}
IDENTITY = botocore.credentials.Credentials(KEYS["access_key_id"], KEYS["secret_access_key"])
CASES = {
    "get": ("GET", "/prod/items", {}, b""),
    "query": ("GET", "/prod/items?b=2&a=1&a=0&empty=&q=na%20me%2Fx", {}, b""),
    "json": ("POST", "/prod/items", {"Content-Type": "application/json"}, '{"a":"caf\u00e9"}'.encode()),
    "binary": ("PUT", "/prod/items/1", {"Content-Type": "application/octet-stream"}, bytes(range(256))),
    "path": ("GET", "/prod/a%20b/%C3%A9/x", {}, b""),
    "amz-headers": ("POST", "/prod/x", {"X-Amz-Target": "Service.Call", "X-Amz-Meta-A": "a   b"}, b"x"),
    "delete": ("DELETE", "/prod/items/1", {}, b""),
}


def by_botocore(method, target, headers, body, port):
    request = botocore.awsrequest.AWSRequest(method, "http://127.0.0.1:%d%s" % (port, target), headers=headers, data=body or None)
    botocore.auth.SigV4Auth(IDENTITY, KEYS["service"], KEYS["region"]).add_auth(request)
    return request.prepare()


def send(port, method, target, headers, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, target, body=body, headers={n: v.decode() if isinstance(v, bytes) else v for n, v in headers.items()})
    status = connection.getresponse().status
    connection.close()
    return status


def main():
    with Serve("aws-sigv4", KEYS) as serve:
        for number, (name, (method, target, headers, body)) in enumerate(CASES.items()):
            made = by_botocore(method, target, headers, body, serve.port)
            where = urllib.parse.urlsplit(made.url)
            sent = where.path + ("?" + where.query if where.query else "")
            check("botocore %s over HTTP" % name, (send(serve.port, method, sent, dict(made.headers), body), serve.after(number + 1)[-1]), (200, "ok"))
        count = len(CASES)
        made = by_botocore("POST", "/prod/items", {"Content-Type": "application/json"}, b"{}", serve.port)
        send(serve.port, "POST", "/prod/items", dict(made.headers), b'{"changed":1}')
        check("botocore, body changed", serve.after(count + 1)[-1], "signature_mismatch")
        send(serve.port, "POST", "/prod/items", {**dict(made.headers), "X-Amz-Acl": "public-read"}, b"{}")
        check("botocore, header added", serve.after(count + 2)[-1] in ("signature_mismatch", "content_rejected"), True)

    # The service client itself, with its own endpoint.
    keys = {**KEYS, "service": "dynamodb"}
    with Serve("aws-sigv4", keys, respond='{"TableNames":[]}') as serve:
        session = botocore.session.get_session()
        session.set_credentials(KEYS["access_key_id"], KEYS["secret_access_key"])
        client = session.create_client("dynamodb", region_name=KEYS["region"], endpoint_url=serve.address)
        check("botocore's DynamoDB client", (client.list_tables()["TableNames"], serve.after(1)), ([], ["ok"]))

    # The same time and headers through both.
    conform = Conform()
    at = datetime.datetime(2024, 3, 5, 9, 8, 7, tzinfo=datetime.timezone.utc)
    for name, (method, target, headers, body) in CASES.items():
        request = botocore.awsrequest.AWSRequest(method, "https://example.amazonaws.com" + target, headers=headers, data=body or None)
        signer = botocore.auth.SigV4Auth(IDENTITY, KEYS["service"], KEYS["region"])
        request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        canonical = signer.canonical_request(request)
        text = signer.string_to_sign(request, canonical)
        message = {"method": method, "target": target, "headers": [["Host", "example.amazonaws.com"], *([n, v] for n, v in headers.items())]}
        try:
            message["body"] = body.decode()
        except UnicodeDecodeError:

            message["body_base64"] = base64.b64encode(body).decode()
        answer = conform.sign("aws-sigv4", KEYS, message, now_text(at.timestamp()), flow="request")
        check("string to sign as botocore's, %s" % name, answer["string_to_sign"], text)
        check("signature as botocore's, %s" % name, answer["headers"][-1][1].rsplit("=", 1)[1], signer.signature(text, request))
