// Messages on their way into the module: whatever text or bytes, however long, whoever asks in between.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

let memory;
const Instance = WebAssembly.Instance;
WebAssembly.Instance = function (...args) {
  const instance = new Instance(...args);
  memory = instance.exports.memory;
  return instance;
};
const { PaysigError, Scheme, Signer, Verifier } = await import("paysig");

const credentials = { secret: "s" };
const github = new Signer("github", { flow: "webhook", credentials });
const verifier = new Verifier("github", { keys: credentials });
const mac = (bytes) => `sha256=${createHmac("sha256", "s").update(bytes).digest("hex")}`;
const ofHeader = Scheme.fromToml(`
  id = "of-a-header"
  name = "Of a header"
  [credentials]
  secret = {}
  [request]
  algorithm = "hmac-sha256"
  key = { credential = "secret" }
  encoding = "hex"
  message = [{ method = true }, { path = "raw" }, { header = "X-Text" }]
  field = [{ header = "X-Signature", value = [{ signature = true }] }]
`);
const signer = new Signer(ofHeader, { credentials });
const signature = async (message) => (await signer.sign(message)).headers[0][1];
const expected = (bytes) => createHmac("sha256", "s").update("POST/").update(bytes).digest("hex");

test("text of every length and script is signed as the bytes that it stands for", async () => {
  const lengths = [0, 1, 22, 23, 24, 25, 1000, 16_383, 16_384, 16_385, 70_000];
  for (const length of lengths) {
    for (const [text, encoding] of [["x", "utf-8"], ["x", "latin-1"], ["é", "utf-8"], ["é", "latin-1"], ["€", "utf-8"], ["😀", "utf-8"]]) {
      const value = `a${text.repeat(length)}`;
      const bytes = Buffer.from(value, encoding === "utf-8" ? "utf8" : "latin1");
      for (const given of [value, bytes]) {
        // The string to sign may not be much longer than target and body.
        const body = new Uint8Array(bytes.length);
        const message = { method: "POST", url: "/", headers: [["X-Text", given]], body, wireEncoding: encoding };
        assert.equal(await signature(message), expected(bytes), `${length} of ${text} in ${encoding}`);
      }
    }
    const body = "€".repeat(length);
    assert.equal((await github.sign({ method: "POST", url: "/", body })).headers[0][1], mac(body));
  }
});

test("what has no bytes is refused by name, wherever it stands, and the next question is not disturbed", async () => {
  const lone = "\ud800";
  const cases = [
    ["method", { method: lone }],
    ["target", { url: `/${lone}` }],
    ["url", { url: `https://h/${lone}` }],
    ["headers", { headers: [["X", lone]] }],
    ["headers", { headers: [[lone, "x"]] }],
    ["headers", { headers: { x: 1n } }],
    ["headers", { headers: { x: 5 } }],
    ["headers", { headers: { x: null } }],
    ["headers", { headers: { x: [Symbol("s")] } }],
    ["headers", { headers: [["X", "€"]], wireEncoding: "latin-1" }],
    ["body", { body: lone }],
    ["body", { body: 1n }],
    ["nonce", {}, { nonce: lone }],
    ["timestampText", {}, { timestampText: lone }],
    ["payload", {}, { payload: lone }],
    ["padding", {}, { padding: "€" }],
    ["now", {}, { now: 1e300 }],
  ];
  for (const [field, part, options] of cases) {
    const error = await github.sign({ method: "POST", url: "/", headers: [], body: "", ...part }, options).catch((e) => e);
    assert.ok(error instanceof PaysigError, String(error?.stack));
    assert.deepEqual([error.status, error.field], ["invalid_option", field]);
    assert.equal((await github.sign({ method: "POST", url: "/", body: "x" })).headers[0][1], mac("x"));
  }
});

test("headers whose making asks the module as well", async () => {
  const asked = [];
  function* headers() {
    yield ["X-Text", "a"];
    asked.push(github.sign({ method: "POST", url: "/", body: "in between" }));
    yield ["X-Other", "b"];
  }
  assert.equal(await signature({ method: "POST", url: "/", headers: headers() }), expected("a"));
  assert.equal((await asked[0]).headers[0][1], mac("in between"));
});

test("large bodies pass, and the room for them is given back", async () => {
  const sizes = [1 << 16, (1 << 16) + 1, 1 << 20, 6 << 20];
  const run = async () => {
    for (const size of sizes) {
      const body = new Uint8Array(size).fill(size % 251);
      const { headers } = await github.sign({ method: "POST", url: "/", body });
      assert.equal(headers[0][1], mac(body));
      const verified = await verifier.verify({ method: "POST", url: "/", headers, body });
      assert.equal(verified.body, body);
      await verifier.verify({ method: "POST", url: "/", headers, body: "small" }).then(assert.fail, (e) => assert.equal(e.status, "signature_mismatch"));
    }
  };
  await run();
  const before = memory.buffer.byteLength;
  await run();
  assert.equal(memory.buffer.byteLength, before);
});

test("a question leaves nothing behind, whether it is answered or refused while it is written", async () => {
  const long = "a-text-that-only-this-test-has";
  const short = "only-this-test";
  const message = { method: "POST", url: "/", headers: [], body: "", wireEncoding: "latin-1" };
  const refused = async (field, part, options) => {
    const error = await github.sign({ ...message, ...part }, options).catch((e) => e);
    assert.equal(error.field, field);
  };
  await refused("headers", { headers: [["X-A", long], ["X-B", "€"]] }, { nonce: short });
  for (const mark of [long, short]) await refused("padding", {}, { padding: `${mark}€` });
  // As UTF-8 it would take more room than it does.
  await github.sign({ ...message, headers: [["X-A", `${"é".repeat(60)}${long}`]] });
  for (const mark of [long, short]) assert.equal(Buffer.from(memory.buffer).indexOf(mark), -1, mark);
});
