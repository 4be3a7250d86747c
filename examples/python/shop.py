"""A shop that takes deposits through Directa24: it sends a signed deposit, receives webhooks, prints the verdict on each."""

#   D24_SECRET=api-signature paysig serve directa24-deposits -c login=shop-login -c secret=env:D24_SECRET
#   D24_SECRET=api-signature python shop.py http://127.0.0.1:PORT 1
#   D24_SECRET=api-signature paysig send directa24-deposits -c login=shop-login -c secret=env:D24_SECRET \
#       --url http://127.0.0.1:PORT/webhook -d '{}'

import http.server
import os
import sys

import httpx

import paysig
import paysig.httpx

provider, webhooks = sys.argv[1], int(sys.argv[2])
keys = {"login": "shop-login", "secret": os.environ["D24_SECRET"]}

# The client: everything that goes through it is signed.
signer = paysig.Signer("directa24-deposits", "request", credentials=keys)
with httpx.Client(auth=paysig.httpx.SigningAuth(signer)) as client:
    answer = client.post(f"{provider}/v3/deposits", json={"amount": "1.50"})
print("deposit:", answer.status_code, flush=True)

verifier = paysig.Verifier("directa24-deposits", "webhook", keys=keys)


class Webhook(http.server.BaseHTTPRequestHandler):
    """The endpoint: nothing is parsed before the message is judged. Why one is refused is for the log only.

    Directa24 does not check it first. Others do: answer what ``verifier.handshake`` gives, for Ingenico and Braintree to a GET.
    """

    def do_POST(self) -> None:
        """Judges one webhook."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            verified = verifier.verify("POST", self.path, self.headers.items(), body)
            covered = str(verified.covered.body == "all").lower()
            print(f"webhook: authentic, signed with {verified.key_id}, body covered: {covered}", flush=True)
            self.send_response(200)
        except paysig.VerificationError as refused:
            print(f"webhook: refused: {refused.status}", flush=True)
            self.send_response(refused.status.http)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The verdict is log enough."""


with http.server.HTTPServer(("127.0.0.1", 0), Webhook) as server:
    print(f"listening on http://127.0.0.1:{server.server_port}/webhook", flush=True)
    for _ in range(webhooks):
        server.handle_request()
