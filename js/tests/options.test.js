// Names that are not known are refused: an option that is misspelt might be one that restricts.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  KeySource, MemoryReplayGuard, PaysigError, Scheme, Signer, TokenSession, Verifier, diagnose, explain, readMessage, tokenFetch,
} from "paysig";
import { verifyWebhook } from "paysig/express";
import { withVerified } from "paysig/next";
import { RedisReplayGuard } from "paysig/redis";

const credentials = { secret: "s" };
const signer = new Signer("stripe", { flow: "webhook", credentials });
const verifier = new Verifier("stripe", { keys: credentials });
const session = () => new TokenSession("pledg-token", { credentials: { api_key: "k", api_secret: "s" } });
const message = { method: "POST", url: "/", body: "{}" };
const judged = { scheme: "stripe", flow: "webhook", keys: credentials, message };

/** Every call that takes options, with one that is misspelt, and what was meant. */
const CALLS = [
  ["tolerence", "tolerance", (wrong) => new Verifier("stripe", { keys: credentials, ...wrong })],
  ["keyid", "keyId", (wrong) => new Verifier("stripe", { keys: credentials, ...wrong })],
  ["maxbody", "maxBody", (wrong) => verifier.verify(message, wrong)],
  ["maxbody", "maxBody", (wrong) => verifier.verifyRequest(new Request("https://shop.example/"), wrong)],
  ["publicURL", "publicUrl", (wrong) => verifier.handshake(message, wrong)],
  ["nwo", "now", (wrong) => verifier.explain(message, wrong)],
  ["bodylength", "bodyLength", (wrong) => verifier.stream({ method: "POST", url: "/" }, wrong)],
  ["notafter", "notAfter", (wrong) => new Verifier("stripe", { keys: [{ credentials, ...wrong }] })],
  ["flwo", "flow", (wrong) => new Signer("directa24-deposits", { credentials: { login: "l", secret: "s" }, ...wrong })],
  ["nwo", "now", (wrong) => signer.sign(message, wrong)],
  ["nwo", "now", (wrong) => signer.sign(new Request("https://shop.example/", { method: "POST", body: "{}" }), wrong)],
  ["expiresin", "expiresIn", (wrong) => signer.prepare(message, wrong)],
  ["nonse", "nonce", (wrong) => signer.stream({ method: "POST", url: "/" }, wrong)],
  ["paylaod", "payload", (wrong) => signer.explain(message, wrong)],
  ["headres", "headers", (wrong) => signer.sign({ ...message, ...wrong })],
  ["bdoy", "body", (wrong) => verifier.verify({ ...message, ...wrong })],
  ["varaints", "variants", (wrong) => explain({ ...judged, ...wrong })],
  ["tolerence", "tolerance", (wrong) => diagnose({ ...judged, ...wrong })],
  ["fiel", "file", (wrong) => Scheme.fromToml("", wrong)],
  ["knid", "kind", (wrong) => readMessage("curl h", wrong)],
  ["credential", "credentials", (wrong) => new TokenSession("pledg-token", wrong)],
  ["nwo", "now", (wrong) => session().next(wrong)],
  ["nwo", "now", (wrong) => session().fetched(200, "", wrong)],
  ["nwo", "now", (wrong) => session().refused(wrong)],
  ["orgin", "origin", (wrong) => tokenFetch(session(), { origin: "https://api.example", ...wrong })],
  ["maxbytes", "maxBytes", (wrong) => new KeySource({ credentials: () => null, ...wrong })],
  ["leaseseconds", "leaseSeconds", (wrong) => new MemoryReplayGuard(wrong)],
  ["leaseseconds", "leaseSeconds", (wrong) => new RedisReplayGuard(() => "", wrong)],
  ["gaurd", "guard", (wrong) => verifyWebhook(verifier, wrong)],
  ["maxbody", "maxBody", (wrong) => withVerified(verifier, () => new Response(), wrong)],
];

test("a misspelt option is named, with those that there are, and its value is not repeated", async () => {
  for (const [name, meant, call] of CALLS) {
    const error = await (async () => call({ [name]: "sk_live_5" }))().then(() => null, (thrown) => thrown);
    assert.ok(error instanceof PaysigError, `${name}: ${error}`);
    assert.deepEqual([error.status, error.field], ["invalid_option", name], `${call}`);
    const [what, known] = error.reason.split(" here; known: ");
    assert.match(what, new RegExp(`^there is no (option|member) ${name}$`));
    assert.ok(known.split(", ").includes(meant), error.reason);
    assert.doesNotMatch(error.message, /sk_live/);
  }
});

test("credentials are no options; options are an object", async () => {
  assert.throws(() => new Signer("stripe", credentials), {
    field: "secret",
    message: "invalid_option (secret): there is no option secret here; known: flow, credentials, variants, keyElsewhere",
  });
  for (const options of [null, "webhook", 5]) {
    assert.throws(() => new Verifier("stripe", options), { status: "invalid_option", field: "options" });
    await assert.rejects(signer.sign(message, options), { status: "invalid_option", field: "options" });
  }
});

test("messages of readMessage, of other classes and with members of no value are messages", async () => {
  const { headers } = await signer.sign(message);
  const lines = ["POST / HTTP/1.1", ...headers.map((pair) => pair.join(": ")), "", "{}"];
  await verifier.verify(readMessage(lines.join("\r\n")));
  class FrameworkRequest {
    method = "POST";
    url = "/";
    headers = headers;
    body = "{}";
    params = {};
  }
  await verifier.verify(new FrameworkRequest());
  await verifier.verify(Object.assign(Object.create(null), { ...message, target: undefined, headers }));
  await verifier.verify({ ...message, headers }, { now: undefined, publicUrl: undefined, maxBody: undefined });
});

const ADDRESSES = [
  "", "shop.example", "/hook", "ftp://shop.example", "HTTPS://shop.example", "https://", "https:///hook", "https://:443", "https://shop.example:70000",
  "https://[shop.example", "https://shop.example?", "https://shop.example/y?token=s3cret#q", "https://shop.example/#", "https://shop.example\n",
  "https://shop .example", 5, {}, Object.create(null), new URL("https://shop.example/?a"),
];

/** What a call throws or rejects with is `invalid_option` of this field, and shows no value. */
async function refused(field, call) {
  const error = await (async () => call())().then(() => null, (thrown) => thrown);
  assert.ok(error instanceof PaysigError, String(error));
  assert.deepEqual([error.status, error.field], ["invalid_option", field]);
  assert.doesNotMatch(error.message, /s3cret/);
  return error;
}

test("publicUrl is a base, since path and query of each request are appended", async () => {
  for (const publicUrl of ADDRESSES) {
    await refused("publicUrl", () => verifyWebhook(verifier, { publicUrl }));
    await refused("publicUrl", () => withVerified(verifier, () => {}, { publicUrl }));
    await refused("publicUrl", () => verifier.verifyRequest(new Request("https://shop.example/"), { publicUrl }));
  }
  const given = { auth_token: "t" };
  const twilio = new Signer("twilio", { flow: "webhook", credentials: given });
  const bases = [["https://shop.example", ""], ["https://shop.example/", ""], ["http://[::1]:80/base/", "http://[::1]:80/base"], [new URL("https://shop.example"), ""]];
  for (const [publicUrl, base] of bases) {
    const { headers } = await twilio.sign({ method: "GET", url: `${base || "https://shop.example"}/sms?a=1` });
    const request = new Request("http://10.0.0.1/sms?a=1", { headers });
    await new Verifier("twilio", { keys: given }).verifyRequest(request, { publicUrl });
    for (const sent of [{ target: "/sms?a=1" }, { url: "/sms?a=1" }, { target: new TextEncoder().encode("/sms?a=1") }]) {
      await new Verifier("twilio", { keys: given }).verify({ method: "GET", headers, ...sent }, { publicUrl });
    }
    const GET = withVerified(new Verifier("twilio", { keys: given }), () => new Response("taken"), { publicUrl });
    assert.equal((await GET(request)).status, 200);
  }
});

test("a message has one public URL", async () => {
  const message = { method: "GET", url: "https://shop.example/sms", headers: [] };
  await refused("publicUrl", () => verifier.verify(message, { publicUrl: "https://shop.example" }));
});

test("tokenFetch needs an origin and a fetch", async () => {
  for (const origin of [undefined, null, ...ADDRESSES, "https://api.example/v2", "https://user:s3cret@api.example"]) {
    const error = await refused("origin", () => tokenFetch(session(), { origin }));
    assert.match(error.reason, /^origin must be scheme, host and port/);
  }
  await refused("origin", () => tokenFetch(session()));
  await refused("fetch", () => tokenFetch(session(), { origin: "https://api.example", fetch: "s3cret" }));
  for (const origin of ["https://api.example", "https://api.example/", new URL("http://[::1]:8000")]) tokenFetch(session(), { origin });
});

test("credentials in a Map are credentials, and no other collection is taken for none", async () => {
  const map = new Map([["secret", "s"], ["unused", undefined]]);
  const { headers } = await new Signer("stripe", { flow: "webhook", credentials: map }).sign(message);
  for (const keys of [map, [map], [{ secret: "other" }, { credentials: map, notAfter: Date.now() + 60_000 }]]) {
    const verified = await new Verifier("stripe", { keys }).verify({ ...message, headers });
    assert.equal(verified.keyIndex, Array.isArray(keys) ? keys.length - 1 : 0);
  }
  new TokenSession("pledg-token", { credentials: new Map([["api_key", "k"], ["api_secret", new TextEncoder().encode("s")]]) });
  assert.ok(String(await explain({ ...judged, keys: map })).endsWith(".{}"));
  const mixedUp = { ...judged, message: { ...message, headers }, keys: new Map([["secret", "other"]]) };
  for (const otherKeys of [[map], map, [credentials], credentials]) {
    const { verdict, findings } = await diagnose({ ...mixedUp, otherKeys });
    assert.deepEqual([verdict, findings[0]?.ids], ["signature_mismatch", ["other-known-key"]]);
  }
  for (const wrong of [new Set(["s3cret"]), new Headers({ secret: "s3cret" }), new URLSearchParams("secret=s3cret"), [["secret", "s3cret"]], new Uint8Array(8), "s3cret"]) {
    await refused("credentials", () => new Signer("stripe", { flow: "webhook", credentials: wrong }));
    await refused("otherKeys", () => diagnose({ ...mixedUp, otherKeys: [wrong] }));
    if (!Array.isArray(wrong)) await refused("keys", () => new Verifier("stripe", { keys: wrong }));
  }
  await refused("credentials", () => new Signer("stripe", { flow: "webhook", credentials: new Map([[5, "s3cret"]]) }));
  await refused("secret", () => new Signer("stripe", { flow: "webhook", credentials: new Map([["secret", 5]]) }));
});

test("what is wrong with a key that cannot be read is found, and one that is missing is an error", async () => {
  const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
  const sent = { method: "POST", target: "/", headers: {}, body: "{}" };
  const { headers } = await new Signer("standard-webhooks", { flow: "webhook", credentials: { secret } }).sign(sent);
  const judged = { scheme: "standard-webhooks", flow: "webhook", message: { ...sent, headers } };
  const { verdict, findings } = await diagnose({ ...judged, keys: { secret: `${secret}\n` } });
  assert.deepEqual([verdict, findings[0]?.ids], ["invalid_credentials", ["key-trailing-newline"]]);
  for (const keys of [{ secert: secret }, {}]) {
    await assert.rejects(diagnose({ ...judged, keys }), { status: "invalid_credentials" });
  }
});
