"""Schemes that the client tests sign with: one that covers everything, and catalogue ones."""

from __future__ import annotations

import paysig

#: Covers method, target and body, so that any difference between what was signed and what was sent is found.
EVERYTHING = paysig.Scheme.from_toml("""
id = "everything"
name = "Everything"
[credentials]
key_id = { public = true }
secret = {}
[request]
algorithm = "hmac-sha256"
key_id = { credential = "key_id" }
key = { credential = "secret" }
encoding = "hex"
timestamp = { format = "unix", tolerance = 300 }
message = [
  { method = true }, "\\n", { target = "raw" }, "\\n", { timestamp = true }, "\\n",
  { header = "Content-Type", missing = "" }, "\\n", { body = "raw" },
]
field = [
  { header = "X-Time", value = [{ timestamp = true }] },
  { header = "X-Signature", value = [{ key_id = true }, ":", { signature = true }] },
]
""")
CREDENTIALS = {"key_id": "k", "secret": "s"}

#: Adds to the query.
IN_QUERY = paysig.Scheme.from_toml("""
id = "in-query"
name = "In the query"
[credentials]
secret = {}
[request]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [{ path = "raw" }, "\\n", { body = "raw" }]
field = [{ query_field = "sig", value = [{ signature = true }] }]
""")

#: Adds to the body.
IN_BODY = paysig.Scheme.from_toml("""
id = "in-body"
name = "In the body"
[credentials]
secret = {}
[request]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [{ json = "amount" }]
field = [{ json = "sig", value = [{ signature = true }] }]
""")


def everything() -> tuple[paysig.Signer, paysig.Verifier]:
    return paysig.Signer(EVERYTHING, credentials=CREDENTIALS), paysig.Verifier(EVERYTHING, "request", keys=CREDENTIALS)


def check(verifier: paysig.Verifier, request) -> paysig.Verified:
    """Judges what a recorder received."""
    return verifier.verify(request.method, request.target, request.headers, request.body)


#: A webhook that covers method, target and body.
HOOK = paysig.Scheme.from_toml("""
id = "hook"
name = "Hook"
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
timestamp = { format = "unix", tolerance = 300 }
message = [{ method = true }, "\\n", { target = "raw" }, "\\n", { timestamp = true }, "\\n", { body = "raw" }]
field = [
  { header = "X-Time", value = [{ timestamp = true }] },
  { header = "X-Signature", value = [{ signature = true }] },
]
""")
HOOK_KEY = {"secret": "hook-secret"}

#: A webhook that covers the public URL.
URL_HOOK = paysig.Scheme.from_toml("""
id = "url-hook"
name = "Hook with URL"
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
retention = 86400
message = [{ url = true }, "\\n", { body = "raw" }]
field = [{ header = "X-Signature", value = [{ signature = true }] }]
""")
