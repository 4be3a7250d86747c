// The helpers for servers, behind real ones.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import express from "express";
import { MemoryReplayGuard, Signer, Verifier, diagnose } from "paysig";
import { verifyWebhook } from "paysig/express";
import { withVerified } from "paysig/next";

const credentials = { secret: "s" };
const signer = new Signer("stripe", { flow: "webhook", credentials });
const verifier = new Verifier("stripe", { keys: credentials });
const BODY = '{"id":"evt_1","amount":10.00}';

async function delivery(body = BODY, options) {
  const signed = await signer.sign({ method: "POST", url: "/hooks/stripe", body }, options);
  return { method: "POST", headers: { ...Object.fromEntries(signed.headers), "Content-Type": "application/json" }, body };
}

/** Origin of a server that ends with the test. */
async function serve(t, app) {
  const server = createServer(app);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.closeAllConnections() ?? server.close());
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

/** An Express application and what it refused. */
function application(options = {}, handler = (req, res) => res.json({ key: req.paysig.replayKey, body: req.body.toString() })) {
  const refused = [];
  const app = express();
  const router = express.Router();
  router.post("/stripe", verifyWebhook(verifier, { onRefused: (error) => refused.push(error.status), ...options }), handler);
  app.use("/hooks", router);
  return { app, refused };
}

test("Express: an authentic delivery reaches the handler with its raw bytes", async (t) => {
  const { app } = application();
  const origin = await serve(t, app);
  const answer = await fetch(`${origin}/hooks/stripe`, await delivery());
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).body, BODY);
});

test("Express: a refused delivery learns no more than a status", async (t) => {
  const { app, refused } = application({ maxBody: 64 });
  const url = `${await serve(t, app)}/hooks/stripe`;
  const good = await delivery();
  const old = await delivery(BODY, { now: Date.now() - 3_600_000 });
  const cases = [
    [{ ...good, body: "{}" }, 401, "signature_mismatch"],
    [{ method: "POST", body: BODY }, 400, "missing_signature"],
    [{ ...good, headers: { "Stripe-Signature": "nonsense" } }, 400, "malformed_signature"],
    [old, undefined, "timestamp_too_old"],
    [await delivery("x".repeat(65)), 413, "too_large"],
  ];
  for (const [init, status, name] of cases) {
    const answer = await fetch(url, init);
    assert.equal(refused.pop(), name);
    if (status) assert.equal(answer.status, status, name);
    assert.ok(answer.status >= 400);
    assert.doesNotMatch(await answer.text(), /_|signature|timestamp/i);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  }
});

test("Express: a body beyond the limit is refused before it is read, announced or not", async (t) => {
  const { app, refused } = application({ maxBody: 1000 });
  const origin = await serve(t, app);
  for (const head of ["Content-Length: 100000000", "Transfer-Encoding: chunked"]) {
    const socket = connect(new URL(origin).port, "127.0.0.1");
    socket.write(`POST /hooks/stripe HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${"7d0\r\n" + "x".repeat(2000)}`);
    const answer = await new Promise((done) => socket.once("data", (data) => done(String(data))));
    assert.match(answer, /^HTTP\/1\.1 413 /);
    socket.destroy();
  }
  assert.deepEqual(refused, ["too_large", "too_large"]);
});

test("Express: after express.raw() it works, after express.json() it says what is wrong", async (t) => {
  for (const [parser, status, name] of [[express.raw({ type: "*/*" }), 200], [express.json(), 500, "invalid_option"]]) {
    const { app, refused } = application();
    const outer = express().use(parser).use(app);
    const answer = await fetch(`${await serve(t, outer)}/hooks/stripe`, await delivery());
    assert.equal(answer.status, status);
    assert.deepEqual(refused, name ? [name] : []);
  }
});

test("Express: a delivery is handled once; one whose handler failed is handled again", async (t) => {
  let handled = 0;
  let status = 500;
  const { app, refused } = application({ guard: new MemoryReplayGuard({ retentionSeconds: verifier.retentionSeconds }) }, (req, res) => {
    handled += 1;
    res.sendStatus(status);
  });
  const url = `${await serve(t, app)}/hooks/stripe`;
  const init = await delivery();
  assert.equal((await fetch(url, init)).status, 500);
  status = 204;
  assert.equal((await fetch(url, init)).status, 204);
  const again = await fetch(url, init);
  assert.deepEqual([again.status, await again.text()], [200, "OK"]);
  assert.equal(handled, 2);
  assert.deepEqual(refused, []);
});

test("an answer that sends the provider elsewhere is no success: the delivery is handled again", async (t) => {
  let handled = 0;
  const guard = new MemoryReplayGuard();
  const { app } = application({ guard }, (req, res) => res.redirect(302, `/login?${(handled += 1)}`));
  const url = `${await serve(t, app)}/hooks/stripe`;
  const init = { ...(await delivery()), redirect: "manual" };
  for (const _ of [1, 2]) assert.equal((await fetch(url, init)).status, 302);
  const POST = withVerified(verifier, () => Response.redirect(`https://x.example/login?${(handled += 1)}`), { guard });
  for (const _ of [1, 2]) assert.equal((await POST(new Request("https://x.example/hooks/stripe", init))).status, 302);
  assert.equal(handled, 4);
});

test("Next: success is the answer's status, whatever class it is of; nothing is no answer", async () => {
  class OtherResponse {
    constructor(status) {
      this.status = status;
    }
  }
  const other = (status) => () => new OtherResponse(status);
  for (const [answer, times] of [[other(500), 2], [other(302), 2], [() => undefined, 2], [() => null, 2], [other(204), 1]]) {
    let handled = 0;
    const POST = withVerified(verifier, () => ((handled += 1), answer()), { guard: new MemoryReplayGuard() });
    const init = await delivery();
    for (const _ of [1, 2]) await POST(new Request("https://x.example/hooks/stripe", init));
    assert.equal(handled, times, JSON.stringify(answer()) ?? "nothing");
  }
});

test("Express: an answer that cannot be sent is no success", async (t) => {
  let handled = 0;
  const { app } = application({ guard: new MemoryReplayGuard() }, (req, res) => res.end({ wrong: (handled += 1) }));
  const url = `${await serve(t, app.use((error, req, res, next) => res.sendStatus(500)))}/hooks/stripe`;
  const init = await delivery();
  for (const _ of [1, 2]) assert.equal((await fetch(url, init)).status, 500);
  assert.equal(handled, 2);
});

test("Express: while a handler runs nobody else handles its delivery, even if the provider hung up", async (t) => {
  let handled = 0;
  let finish;
  const { app } = application({ guard: new MemoryReplayGuard() }, async (req, res) => {
    handled += 1;
    await new Promise((done) => (finish = done));
    res.end();
  });
  let closed;
  const gone = new Promise((done) => (closed = done));
  const url = `${await serve(t, (req, res) => { res.once("close", closed); app(req, res); })}/hooks/stripe`;
  const init = await delivery();
  const impatient = new AbortController();
  const first = fetch(url, { ...init, signal: impatient.signal });
  while (!finish) await new Promise(setImmediate);
  impatient.abort();
  await assert.rejects(first);
  await gone;
  const second = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
  assert.deepEqual([second.status, second.headers.get("retry-after")], [503, "1"], "the first is being handled");
  finish();
  await new Promise(setImmediate);
  assert.equal((await fetch(url, init)).status, 200);
  assert.equal(handled, 1);
});

test("a guard that admits a delivery without a lease lets nothing through, since it could not be told the outcome", async () => {
  const refused = [];
  const guard = { begin: () => ({ state: "fresh" }), commit() {}, release() {} };
  const POST = withVerified(verifier, () => assert.fail("the handler was called"), { guard, onRefused: (error) => refused.push(error.status) });
  const answer = await POST(new Request("https://x.example/hooks/stripe", await delivery()));
  assert.deepEqual([answer.status, refused], [500, ["invalid_option"]]);
});

test("Express: a delivery that is being handled is put off; a guard that fails lets nothing through", async (t) => {
  let release;
  const holding = new Promise((done) => (release = done));
  const { app } = application({ guard: new MemoryReplayGuard() }, async (req, res) => {
    await holding;
    res.end();
  });
  const url = `${await serve(t, app)}/hooks/stripe`;
  const init = await delivery();
  const first = fetch(url, init);
  let second;
  do second = await fetch(url, await delivery(BODY, {})).then((a) => a, () => null);
  while (second === null);
  // The first may have come second.
  assert.ok([200, 503].includes(second.status));
  release();
  await first;

  const broken = { begin: () => { throw new Error("the database is gone"); }, commit() {}, release() {} };
  const failing = application({ guard: broken });
  const answer = await fetch(`${await serve(t, failing.app)}/hooks/stripe`, init);
  assert.deepEqual([answer.status, failing.refused], [503, ["store_unavailable"]]);
});

test("a scheme that signs the URL gets the configured one, never the Host header's", async (t) => {
  const id = "twilio";
  const given = { auth_token: "t" };
  const twilio = new Signer(id, { flow: "webhook", credentials: given });
  const app = express();
  const publicUrl = "https://shop.example";
  app.post("/sms", verifyWebhook(new Verifier(id, { keys: given }), { publicUrl, onRefused() {} }), (req, res) => res.end("ok"));
  const origin = await serve(t, app);
  const body = "From=%2B1&Body=hi";
  const type = { "Content-Type": "application/x-www-form-urlencoded" };
  for (const [url, status] of [[`${publicUrl}/sms`, 200], [`${origin}/sms`, 401]]) {
    const signed = await twilio.sign({ method: "POST", url, headers: type, body });
    const answer = await fetch(`${origin}/sms`, { method: "POST", headers: { ...type, ...Object.fromEntries(signed.headers) }, body });
    assert.equal(answer.status, status, url);
  }
});

test("whoever writes an absolute target does not choose the URL that is judged", async (t) => {
  const given = { auth_token: "t" };
  const publicUrl = "https://shop.example";
  const guarded = verifyWebhook(new Verifier("twilio", { keys: given }), { publicUrl, onRefused() {} });
  const origin = await serve(t, (req, res) => guarded(req, res, (error) => res.writeHead(error ? 500 : 200, { connection: "close" }).end()));
  const twilio = new Signer("twilio", { flow: "webhook", credentials: given });
  const { port } = new URL(origin);
  for (const [target, path] of [["http://other.example/sms?a=//b", "/sms?a=//b"], ["HTTPS://other.example:8443?a=1", "/?a=1"], ["http://other.example", "/"], ["//sms?a=http://b/c", "//sms?a=http://b/c"]]) {
    for (const [url, status] of [[publicUrl + path, 200], ["http://other.example/sms?a=//b", 401]]) {
      const { headers } = await twilio.sign({ method: "GET", url });
      const socket = connect(port, "127.0.0.1");
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n${headers.map((pair) => pair.join(": ")).join("\r\n")}\r\n\r\n`);
      const answer = await new Promise((done) => socket.once("data", (data) => done(String(data))));
      socket.destroy();
      assert.equal(Number(answer.split(" ")[1]), status, `${target} signed as ${url}`);
    }
  }
});

test("a Request's URL may be a target, as some frameworks' are", async () => {
  const given = { auth_token: "t" };
  const twilio = new Signer("twilio", { flow: "webhook", credentials: given });
  const verify = new Verifier("twilio", { keys: given });
  const { headers } = await twilio.sign({ method: "GET", url: "https://shop.example/hooks/sms" });
  for (const url of ["/hooks/sms", "http://10.0.0.1:3000/hooks/sms", "http://10.0.0.1/hooks/sms#top"]) {
    const request = new Request("http://10.0.0.1:3000/hooks/sms", { headers });
    Object.defineProperty(request, "url", { value: url });
    await verify.verifyRequest(request, { publicUrl: "https://shop.example/" });
  }
});

test("an endpoint check that is a GET is answered where GETs are mounted as well", async (t) => {
  const ingenico = new Verifier("ingenico-v1hmac", { flow: "webhook", keys: { key_id: "k", secret: "s" } });
  const app = express();
  app.all("/hooks/ingenico", verifyWebhook(ingenico, { onRefused() {} }), () => assert.fail("the handler was called"));
  const url = `${await serve(t, app)}/hooks/ingenico`;
  const check = { headers: { "X-GCS-Webhooks-Endpoint-Verification": "probe-1" } };
  const GET = withVerified(ingenico, () => assert.fail("the handler was called"), { onRefused() {} });
  for (const ask of [(init) => fetch(url, init), (init) => GET(new Request(url, init))]) {
    const answer = await ask(check);
    assert.deepEqual([answer.status, await answer.text()], [200, "probe-1"]);
    assert.equal((await ask({})).status, 400, "what is no check is judged as a delivery");
  }
});

test("an endpoint check is answered, and the handler never sees it", async (t) => {
  const slack = new Verifier("slack", { keys: { signing_secret: "s" } });
  const sign = new Signer("slack", { flow: "webhook", credentials: { signing_secret: "s" } });
  const body = '{"type":"url_verification","challenge":"<b>3eZbrw1a</b>"}';
  const signed = await sign.sign({ method: "POST", url: "/", headers: { "Content-Type": "application/json" }, body });
  const request = new Request("https://shop.example/", { method: "POST", headers: { ...Object.fromEntries(signed.headers), "Content-Type": "application/json" }, body });
  const answer = await withVerified(slack, () => assert.fail("the handler was called"))(request);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /3eZbrw1a/);
  assert.doesNotMatch(answer.headers.get("content-type"), /html/);
});

test("Next: the handler gets the request, the verified delivery and the context", async () => {
  const refused = [];
  const options = { guard: new MemoryReplayGuard(), maxBody: 100, onRefused: (error) => refused.push(error.status) };
  const POST = withVerified(
    verifier,
    async (request, verified, context) => Response.json({ text: await request.text(), body: verified.text(), id: (await context.params).id }),
    options,
  );
  const send = async (init) => POST(new Request("https://x.example/hooks/stripe", init), { params: Promise.resolve({ id: "7" }) });
  const good = await delivery();
  const answer = await send(good);
  assert.deepEqual([answer.status, await answer.json()], [200, { text: BODY, body: BODY, id: "7" }]);
  assert.equal((await send(good)).status, 200, "a duplicate is answered, not handled");
  assert.equal((await send({ ...good, body: "{}" })).status, 401);
  assert.equal((await send(await delivery("x".repeat(101)))).status, 413);
  assert.deepEqual(refused, ["signature_mismatch", "too_large"]);

  let calls = 0;
  const failing = withVerified(verifier, () => { calls += 1; throw new Error("the handler failed"); }, options);
  const next = await delivery('{"id":"evt_2"}');
  for (const _ of [1, 2]) await assert.rejects(failing(new Request("https://x.example/hooks/stripe", next)), /the handler failed/);
  assert.equal(calls, 2, "what failed is handled again");
});

test("the limit is the verifier's or the helper's, whichever is smaller", async (t) => {
  const init = await delivery("x".repeat(2 << 20));
  for (const [verifiers, maxBody, status] of [[undefined, undefined, 413], [4 << 20, undefined, 200], [4 << 20, 1000, 413], [1000, 4 << 20, 413], [undefined, 4 << 20, 200]]) {
    const limited = new Verifier("stripe", { keys: credentials, maxBody: verifiers });
    const options = { maxBody, onRefused() {} };
    const POST = withVerified(limited, () => new Response("taken"), options);
    assert.equal((await POST(new Request("https://x.example/hooks/stripe", init))).status, status);
    const app = express().post("/hooks/stripe", verifyWebhook(limited, options), (req, res) => res.send("taken"));
    assert.equal((await fetch(`${await serve(t, app)}/hooks/stripe`, init)).status, status, JSON.stringify([verifiers, maxBody]));
  }
});

test("a request of Node is judged by hand with the body that was read, and not without", async (t) => {
  const about = async (given) => verifier.verify(given).then(() => "ok", (error) => [error.status, error.field, error.reason]);
  const app = express();
  const unread = [];
  app.post("/unread", async (req, res) => {
    // As Koa and Fastify wrap it.
    for (const message of [req, Object.create({ req, method: "POST", headers: req.headers }), Object.create({ raw: req, method: "POST", headers: req.headers })]) {
      unread.push(await about(message));
    }
    await diagnose({ scheme: "stripe", flow: "webhook", keys: credentials, message: req }).catch((error) => unread.push([error.status, error.field, error.reason]));
    res.end();
  });
  app.post("/raw", express.raw({ type: "*/*" }), async (req, res) => res.json(await about(req)));
  app.post("/pieces", async (req, res) => {
    const pieces = await verifier.stream(req);
    res.json(await pieces.finishWith(req).then(() => "ok"));
  });
  app.all("/none", async (req, res) => res.json(await about(req)));
  const origin = await serve(t, app);
  const good = await delivery();
  assert.equal((await fetch(`${origin}/unread`, good)).status, 200);
  assert.equal(unread.length, 4);
  for (const [status, field, reason] of unread) {
    assert.deepEqual([status, field], ["invalid_option", "body"]);
    assert.match(reason, /verifyWebhook.*express\.raw\(\)/);
  }
  for (const path of ["/raw", "/pieces"]) assert.equal(await (await fetch(origin + path, good)).json(), "ok", path);
  // In pieces of which nobody knows how many come.
  const chunked = { ...good, body: new Blob([good.body]).stream(), duplex: "half" };
  assert.equal((await (await fetch(`${origin}/none`, chunked)).json())[1], "body");
  const { headers } = await delivery("");
  for (const method of ["GET", "POST"]) assert.equal(await (await fetch(`${origin}/none`, { method, headers })).json(), "ok", `${method} without a body`);
});

test("options are checked when the helper is made", () => {
  assert.throws(() => verifyWebhook({}), /verifier must be a Verifier/);
  assert.throws(() => verifyWebhook(verifier, { guard: { begin() {} } }), /guard has no commit/);
  assert.throws(() => withVerified(verifier, () => {}, { publicUrl: "shop.example" }), /publicUrl must be absolute/);
});
