import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { PaysigError, Scheme, Signer, Verifier, catalogue, diagnose, explain, readMessage, schemes, statuses } from "paysig";

const credentials = { secret: "s" };
const github = () => [new Signer("github", { flow: "webhook", credentials }), new Verifier("github", { keys: credentials })];

/** The PaysigError that a promise rejects with. */
async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof PaysigError, String(error?.stack));
    return error;
  }
  throw new Error("nothing was refused");
}

test("what is signed is verified", async () => {
  const [signer, verifier] = github();
  const signed = await signer.sign({ method: "POST", url: "https://shop.example/hook", body: Uint8Array.of(0xff, 0, 0x7b) });
  assert.deepEqual(signed.headers.map(([name]) => name), ["X-Hub-Signature-256"]);
  assert.equal(signed.url, "https://shop.example/hook");
  const message = { method: "POST", url: "/hook", headers: signed.headers, body: signed.body };
  const verified = await verifier.verify(message);
  assert.equal(verified.covered.body, "all");
  assert.match(verified.replayKey, /^[0-9a-f]{64}$/);
  assert.deepEqual([...verified.body], [0xff, 0, 0x7b]);

  const error = await refused(verifier.verify({ ...message, body: "{}" }));
  assert.deepEqual([error.status, error.verdict, error.code, error.http], ["signature_mismatch", "signature_mismatch", 1, 401]);
});

test("headers in every form are the same headers", async () => {
  const [signer, verifier] = github();
  const { headers } = await signer.sign({ method: "POST", url: "/", body: "x" });
  const [[name, value]] = headers;
  const forms = [headers, new Map(headers), { [name.toLowerCase()]: value }, { [name]: [value] }, new Headers(headers), { [name]: Buffer.from(value) }];
  for (const form of forms) await verifier.verify({ method: "POST", url: "/", headers: form, body: "x" });
  const twice = await refused(verifier.verify({ method: "POST", url: "/", headers: [...headers, ...headers], body: "x" }));
  assert.equal(twice.status, "duplicate_field");
});

test("bytes beyond ASCII: text is UTF-8, wire text is Latin-1 where that is said", async () => {
  const signer = new Signer("http-basic", { credentials: { username: "jürgen", password: "p" } });
  const utf8 = await signer.sign({ method: "GET", url: "/ü" });
  const expected = Buffer.from("jürgen:p").toString("base64");
  assert.deepEqual(utf8.headers, [["Authorization", `Basic ${expected}`]]);
  assert.equal(utf8.url, "/ü");
  const error = await refused(signer.sign({ method: "GET", target: "/€", wireEncoding: "latin-1" }));
  assert.deepEqual([error.status, error.field], ["invalid_option", "target"]);
  await refused(signer.sign({ method: "GET", url: "/", body: "\ud800" }));
});

test("arguments of the wrong kind are named, and no secret is repeated", async () => {
  const [signer, verifier] = github();
  const cases = [
    ["body", () => signer.sign({ method: "POST", url: "/", body: { parsed: true } })],
    ["url", () => signer.sign({ method: "POST" })],
    ["url", () => signer.sign({ method: "POST", url: "ftp://x/" })],
    ["method", () => signer.sign({ method: 5, url: "/" })],
    ["headers", () => signer.sign({ method: "GET", url: "/", headers: ["a: b"] })],
    ["now", () => signer.sign({ method: "GET", url: "/" }, { now: "today" })],
    ["now", () => verifier.verify({ method: "GET", url: "/" }, { now: NaN })],
    ["message", () => verifier.verify(undefined)],
    ["scheme", async () => new Signer(7)],
    ["flow", async () => new Signer("github", { flow: "callback" })],
    ["secret", async () => new Signer("github", { flow: "webhook", credentials: { secret: 5 } })],
    ["credentials", async () => new Signer("github", { credentials: "sk_live_secret" })],
    ["tolerance", async () => new Verifier("stripe", { keys: credentials, tolerance: -1 })],
    ["keySource", async () => new Verifier("paypal", { keySource: {} })],
  ];
  for (const [field, run] of cases) {
    const error = await refused(run());
    assert.equal(error.field, field, error.message);
    assert.equal(error.verdict, null);
    assert.doesNotMatch(error.message, /sk_live/);
  }
  assert.equal((await refused((async () => new Signer("nobody"))())).status, "unknown_scheme");
  assert.equal((await refused((async () => new Signer("github", { flow: "webhook" }))())).status, "invalid_credentials");
});

test("a Request is signed as it will stand on the wire", async (t) => {
  const signer = new Signer("directa24-deposits", { credentials: { login: "shop", secret: "s" } });
  const verifier = new Verifier("directa24-deposits", { flow: "request", keys: { login: "shop", secret: "s" } });
  const server = createServer(async (req, res) => {
    if (req.url === "/moved") return res.writeHead(307, { location: "/other" }).end();
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const pairs = req.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [[name, all[at + 1]]]));
    try {
      const verified = await verifier.verify({ method: req.method, url: req.url, headers: pairs, body: Buffer.concat(chunks), wireEncoding: "latin-1" });
      res.end(verified.keyId);
    } catch (error) {
      res.writeHead(error.http ?? 500).end(error.status);
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const origin = `http://127.0.0.1:${server.address().port}`;

  const request = new Request(`${origin}/v3/deposits?x=%20`, { method: "POST", body: '{"amount":1}', headers: { "Content-Type": "application/json" } });
  const signed = await signer.sign(request);
  assert.equal(await request.text(), '{"amount":1}', "the Request that was given can still be read");
  const answer = await fetch(signed);
  assert.deepEqual([answer.status, await answer.text()], [200, "shop"]);

  const moved = await signer.sign(new Request(`${origin}/moved`, { method: "POST", body: "{}" }));
  await assert.rejects(fetch(moved), TypeError, "a redirect is not followed with a signature of another request");
});

test("of a Request's body no more is read than the smaller of the verifier's limit and the call's, or 1 MiB", async () => {
  const chunk = new Uint8Array(1 << 16);
  const signature = { "X-Hub-Signature-256": `sha256=${"0".repeat(64)}` };
  const calls = ["verify", "verifyRequest", "handshake", "explain"];
  for (const [verifiers, ofCall, limit] of [[1000, undefined, 1000], [1000, 5000, 1000], [1 << 24, 1000, 1000], [undefined, 1000, 1000], [undefined, undefined, 1 << 20], [1 << 21, undefined, 1 << 21]]) {
    const verifier = new Verifier("github", { keys: credentials, maxBody: verifiers });
    assert.equal(verifier.maxBody, verifiers ?? null);
    for (const call of calls) {
      let read = 0;
      const body = new ReadableStream({ pull: (to) => (read > 1 << 23 ? to.close() : to.enqueue(chunk), void (read += chunk.length)) });
      const request = new Request("https://shop.example/", { method: "POST", body, duplex: "half", headers: signature });
      const error = await refused(verifier[call](request, { maxBody: ofCall }));
      assert.deepEqual([error.status, error.http], ["too_large", 413], call);
      assert.ok(read > limit && read <= limit + 4 * chunk.length, `${call} read ${read} bytes of at most ${limit}`);
    }
  }
  // As many bytes as the limit says are no more than that; and of a body that somebody else read, the same limits count.
  const [signer] = github();
  const body = "x".repeat(1 << 20);
  const { headers } = await signer.sign({ method: "POST", url: "/", body });
  const verifier = new Verifier("github", { keys: credentials });
  await verifier.verify(new Request("https://shop.example/", { method: "POST", body, headers }));
  await verifier.verify({ method: "POST", url: "/", body: body, headers }, { maxBody: 1 << 20 });
  assert.equal((await refused(verifier.verify({ method: "POST", url: "/", body, headers }, { maxBody: 1000 }))).status, "too_large");
});

test("what goes into the query is part of the Request's URL", async () => {
  const recipe = `
    id = "in-query"
    name = "In the query"
    [credentials]
    secret = {}
    [request]
    algorithm = "hmac-sha256"
    key = { credential = "secret" }
    encoding = "hex"
    message = [{ method = true }, { path = "raw" }]
    field = [{ query_field = "sig", value = [{ signature = true }] }]
  `;
  const signer = new Signer(Scheme.fromToml(recipe), { credentials });
  const signed = await signer.sign(new Request("https://api.example/a?b=1"));
  assert.match(signed.url, /^https:\/\/api\.example\/a\?b=1&sig=[0-9a-f]{64}$/);
  const stop = new AbortController();
  const post = await signer.sign(new Request("https://api.example/a", { method: "POST", body: "{}", headers: { "X-A": "b" }, signal: stop.signal }));
  stop.abort();
  assert.deepEqual([post.method, await post.text(), post.headers.get("x-a"), post.redirect, post.signal.aborted], ["POST", "{}", "b", "error", true]);
  assert.equal((await signer.sign({ method: "GET", url: "/a?b=1" })).url, new URL(signed.url).pathname + new URL(signed.url).search);
});

test("a nonce is made where one is needed", async () => {
  const signer = new Signer("standard-webhooks", { flow: "webhook", credentials: { secret: "whsec_AAAA" } });
  assert.ok(signer.needsNonce);
  const message = { method: "POST", url: "/", body: "{}" };
  const [one, two] = [await signer.sign(message), await signer.sign(message)];
  assert.match(one.used.nonce, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(one.used.nonce, two.used.nonce);
  assert.equal((await signer.sign(message, { nonce: "msg_1" })).used.nonce, "msg_1");
});

test("a key that lives elsewhere signs in two halves", async () => {
  const { createHmac } = await import("node:crypto");
  const given = { login: "shop" };
  const message = { method: "POST", url: "/v3/deposits", body: "{}" };
  const prepared = await new Signer("directa24-deposits", { credentials: given, keyElsewhere: true }).prepare(message, { now: 0 });
  assert.equal(prepared.algorithm, "hmac-sha256");
  const signed = await prepared.finish(createHmac("sha256", "s").update(prepared.stringToSign).digest());
  const whole = await new Signer("directa24-deposits", { credentials: { ...given, secret: "s" } }).sign(message, { now: 0 });
  assert.deepEqual(signed.headers, whole.headers);
  assert.equal((await refused(prepared.finish(Uint8Array.of(1)))).field, "signature");
});

test("explain names the origin of every byte", async () => {
  const message = { method: "POST", url: "/v3/deposits", body: "{}" };
  const explained = await explain({ scheme: "directa24-deposits", flow: "request", keys: { login: "shop", secret: "s" }, message, now: 0 });
  assert.equal(String(explained), "1970-01-01T00:00:00Zshop{}");
  assert.deepEqual(explained.parts.map(({ part, start, end }) => [part, start, end]), [["timestamp", 0, 20], ["key id", 20, 24], ["body", 24, 26]]);
  assert.deepEqual([explained.nested, explained.covered.body, explained.covered.method], [[], "all", false]);

  const aws = { access_key_id: "AKIDEXAMPLE", secret_access_key: "s", region: "eu-west-1", service: "execute-api" };
  const names = new Scheme("aws-sigv4").about.credentials.map((c) => c.name);
  const keys = Object.fromEntries(names.map((name) => [name, aws[name] ?? "x"]));
  const request = { method: "POST", url: "https://api.example/a", headers: { host: "api.example" }, body: Uint8Array.of(0xff) };
  const digested = await explain({ scheme: "aws-sigv4", flow: "request", keys, message: request, now: 0 });
  assert.ok(digested.nested.some((one) => /^POST\n\/a\n/.test(Buffer.from(one.bytes).toString())), "the canonical request stands below the string to sign");
});

test("diagnose finds what a JSON parser did to the body", async () => {
  const [signer] = github();
  const { headers } = await signer.sign({ method: "POST", url: "/hook", body: '{"a":1}' });
  const found = await diagnose({ scheme: "github", flow: "webhook", keys: credentials, message: { method: "POST", url: "/hook", headers, body: '{"a": 1}' } });
  assert.deepEqual([found.verdict, found.findings[0].ids], ["signature_mismatch", ["body-json-spaced"]]);
  assert.ok(found.hypotheses > 0);
});

test("the catalogue is in words, and pasted messages are read", () => {
  const rows = catalogue();
  assert.deepEqual(rows.map((row) => row.id), schemes());
  const stripe = rows.find((row) => row.id === "stripe");
  assert.match(stripe.flows.webhook.time, /tolerance 300 s/);
  assert.match(stripe.flows.webhook.not_covered, /method/);
  assert.ok(stripe.evidence.note.length > 0);

  const curl = readMessage("$ curl -X POST https://api.example/a -H 'X-A: \u00e9' -d '{}'");
  assert.deepEqual([curl.method, curl.target, curl.url], ["POST", "/a", "https://api.example/a"]);
  assert.equal(Buffer.from(curl.body).toString(), "{}");
  assert.equal(Buffer.from(curl.headers[0][1], "latin1").toString(), "\u00e9", "header text is bytes");
  const raw = readMessage("POST /hook HTTP/1.1\nX-A: b\n\n{}\n");
  assert.deepEqual([raw.method, raw.target, raw.headers], ["POST", "/hook", [["X-A", "b"]]]);
  assert.throws(() => readMessage("curl h -d @secret.txt"), /only the command line can read/);
});

test("mistakes in a recipe name file, line and key", () => {
  assert.throws(() => Scheme.fromToml("id = 3", { file: "mine.toml" }), (error) => error.status === "invalid_recipe" && /mine\.toml:1/.test(error.message));
});

test("the list of statuses is the core's", () => {
  const all = statuses();
  assert.deepEqual(all.find((s) => s.name === "signature_mismatch"), { name: "signature_mismatch", code: 1, http: 401, verdict: true });
  assert.ok(all.length > 30);
});

test("lint says what is weak about a recipe", () => {
  const weak = Scheme.fromToml(`
    id = "weak"
    name = "Weak"
    [credentials]
    secret = {}
    [request]
    algorithm = "hmac-sha256"
    key = { credential = "secret" }
    encoding = "hex"
    message = [{ method = true }, { path = "raw" }]
    field = [{ header = "X-Sig", value = [{ signature = true }] }]
  `);
  const lints = weak.lint();
  assert.ok(lints.length > 0 && lints.every((l) => l.acknowledged === null && l.witness.length > 0));
  assert.ok(new Scheme("stripe").lint().every((l) => l.acknowledged !== null));
});
