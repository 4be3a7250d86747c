// What a message says about itself, in words.

import assert from "node:assert/strict";
import test from "node:test";
import { Scheme, Signer, Verifier } from "paysig";

// The same recipe, message and text stand in the tests of every language.
const MINE = String.raw`
id = "mine"
name = "Mine"
[credentials]
secret = {}
[webhook]
algorithm = "hmac-sha256"
encoding = "hex"
key = { credential = "secret" }
message = [ { header = "x-order" }, "\n", { json = "amount.value" }, "\n", { json = "currency" } ]
field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
`;
const WORDS = `Covered: headers x-order; body members amount.value, currency.
Not covered: method; path; query; other headers; the rest of the body.
Signed fields: amount.value = 1.50; currency = "EUR".`;

test("a verified message and an explanation in words", async () => {
  const scheme = Scheme.fromToml(MINE);
  const message = { method: "POST", url: "/hook", headers: [["X-Order", "17"]], body: '{"amount":{"value":1.50},"currency":"EUR","note":"x"}' };
  const signed = await new Signer(scheme, { flow: "webhook", credentials: { secret: "s" } }).sign(message);
  const verifier = new Verifier(scheme, { keys: { secret: "s" } });
  const sent = { ...message, headers: [...message.headers, ...signed.headers] };
  const verified = await verifier.verify(sent);
  assert.equal(String(verified), WORDS);
  const { coveredInWords } = await verifier.explain(sent);
  assert.deepEqual(coveredInWords, {
    covered: ["headers x-order", "body members amount.value, currency"],
    open: ["method", "path", "query", "other headers", "the rest of the body"],
  });
});
