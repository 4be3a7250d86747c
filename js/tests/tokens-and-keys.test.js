// Token sessions and fetched keys, against real servers where something is sent.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { KeySource, PaysigError, TokenSession, Verifier, tokenFetch } from "paysig";

const pledg = () => new TokenSession("pledg-token", { credentials: { api_key: "k", api_secret: "s" } });

test("a session fetches, authorizes, waits, is refused, saved and loaded", () => {
  const session = pledg();
  const at = (seconds) => ({ now: 1_767_323_045_000 + seconds * 1000 });
  const fetching = session.next(at(0));
  assert.deepEqual([fetching.action, fetching.method], ["fetch", "POST"]);
  assert.ok(fetching.leaseUntil > new Date(at(0).now));
  assert.equal(session.next(at(1)).action, "wait");
  session.fetched(200, '{"access_token":"abc","expires_in":3600}', at(1));
  assert.deepEqual(session.next(at(2)), { action: "authorize", headers: [["Authorization", "Bearer abc"]] });
  const other = pledg();
  other.load(session.save());
  assert.equal(other.next(at(3)).action, "authorize");
  session.refused(at(3));
  assert.equal(session.next(at(4)).action, "fetch");
  assert.throws(() => session.fetched(401, "", at(5)), (error) => error.status === "token_refused");
  assert.throws(() => session.load("{}"), (error) => error.status === "invalid_option");
});

test("tokenFetch fetches one token for many requests, and one more when the API refuses it", async (t) => {
  let tokens = 0;
  let valid = "t1";
  const server = createServer((req, res) => {
    if (req.method === "POST" && req.headers.authorization?.startsWith("Bearer ") !== true) {
      tokens += 1;
      return res.end(JSON.stringify({ access_token: `t${tokens}`, expires_in: 3600 }));
    }
    res.writeHead(req.headers.authorization === `Bearer ${valid}` ? 200 : 401).end(req.headers.authorization);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const origin = `http://127.0.0.1:${server.address().port}`;
  const api = tokenFetch(pledg(), { origin });
  const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await api(`${origin}/x`)).status));
  assert.deepEqual([new Set(statuses), tokens], [new Set([200]), 1]);
  valid = "t2";
  const answers = await Promise.all(Array.from({ length: 4 }, async () => (await api(`${origin}/x`, { method: "PUT", body: "b" })).status));
  assert.deepEqual([new Set(answers), tokens], [new Set([200]), 2]);
  valid = "none";
  for (const _ of [1, 2]) assert.equal((await api(`${origin}/x`)).status, 401, "fresh tokens are not fetched for ever");
  assert.ok(tokens <= 4, String(tokens));
});

test("tokenFetch passes on why there is no token", async () => {
  const down = tokenFetch(pledg(), { origin: "https://api.example", fetch: async () => { throw new TypeError("no route"); } });
  await assert.rejects(down("https://api.example/x"), /no route/);
  const refusing = tokenFetch(pledg(), { origin: "https://api.example", fetch: async () => new Response("", { status: 401 }) });
  await assert.rejects(refusing("https://api.example/x"), (error) => error instanceof PaysigError && error.status === "token_refused");
});

test("tokenFetch reads no answer that is larger than any token's", async () => {
  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 4096;
      controller.enqueue(new Uint8Array(4096));
    },
    cancel() {
      cancelled = true;
    },
  });
  const api = tokenFetch(pledg(), { origin: "https://api.example", fetch: async () => new Response(endless) });
  await assert.rejects(api("https://api.example/x"), /more than 65536 bytes/);
  assert.ok(cancelled && pulled < 200_000, String(pulled));
});

/** A token endpoint that takes requests (`asked`: the first came) and answers when it is told to, and the API behind it. */
async function slowEndpoint(t) {
  const held = [];
  let came;
  const asked = new Promise((done) => (came = done));
  const server = createServer((req, res) => {
    if (req.headers.authorization?.startsWith("Bearer ")) return res.end("ok");
    held.push(() => res.end('{"access_token":"t","expires_in":3600}'));
    return came();
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  return { held, asked, origin: `http://127.0.0.1:${server.address().port}` };
}

test("a request whose signal is aborted does not wait for the token, and the others get it", async (t) => {
  const { held, asked, origin } = await slowEndpoint(t);
  const api = tokenFetch(pledg(), { origin });
  const giveUp = new AbortController();
  const impatient = () => assert.rejects(api(`${origin}/x`, { signal: giveUp.signal }), { name: "AbortError" });
  const first = impatient();
  const patient = api(`${origin}/x`);
  const second = impatient();
  await asked;
  giveUp.abort();
  await Promise.all([first, second]);
  await assert.rejects(api(`${origin}/x`, { signal: AbortSignal.abort(new Error("given up before")) }), /given up before/);
  assert.equal(held.length, 1);
  held[0]();
  assert.equal((await patient).status, 200);
  assert.equal((await api(new Request(`${origin}/x`))).status, 200);

  // Nobody in this program fetches: the session waits for somebody else.
  const shared = pledg();
  shared.next();
  await assert.rejects(tokenFetch(shared, { origin })(`${origin}/x`, { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  assert.equal(held.length, 1);
});

test("a token request that hangs ends with the session's lease, also where fetch or the body does not listen", async (t) => {
  const { held, origin } = await slowEndpoint(t);
  const timeout = AbortSignal.timeout;
  const leases = [];
  t.mock.method(AbortSignal, "timeout", (left) => (leases.push(left), timeout.call(AbortSignal, 100)));
  const body = () => new Promise(() => {});
  const silent = () => new Response(new ReadableStream({ pull: body }));
  for (const fetch of [globalThis.fetch, () => new Promise(() => {}), async () => silent(), async () => ({ status: 200, arrayBuffer: body })]) {
    const session = pledg();
    // Keeps the process awake as a connection would.
    const awake = setTimeout(() => {}, 10_000);
    const api = tokenFetch(session, { origin, fetch });
    await Promise.all([1, 2].map(() => assert.rejects(api(`${origin}/x`), { name: "TimeoutError" })));
    clearTimeout(awake);
    assert.throws(() => session.next(), /the token endpoint's answer never came/);
    assert.equal(session.next({ now: Date.now() + 2000 }).action, "fetch");
  }
  assert.ok(held.length <= 1, "one token request for both");
  assert.equal(leases.length, 4);
  for (const left of leases) assert.ok(left > 25_000 && left <= 30_000, String(left));
});

/**
 * A token endpoint that answers what it is told to, the API behind it (which takes tokens that `accepts` says) and a clock that is set
 * forward. Of `asked`: how many tokens were asked for.
 */
function renewing(t) {
  const now = Date.now;
  const given = { later: 0, asked: 0, answer: undefined, accepts: () => true };
  t.mock.method(Date, "now", () => now() + given.later);
  const api = tokenFetch(pledg(), {
    origin: "https://api.example",
    fetch: async (input) => {
      if (!(input instanceof Request)) return (given.asked += 1, given.answer());
      const token = input.headers.get("authorization");
      return new Response(token, { status: given.accepts(token) ? 200 : 401 });
    },
  });
  given.used = async () => (await api("https://api.example/x")).text();
  return given;
}
const token = (name) => Response.json({ access_token: name, expires_in: 3600 });
const settled = () => new Promise((done) => setTimeout(done, 20));

test("a token that is renewed early is used until it expires, however long the renewal takes and whether or not it succeeds", async (t) => {
  const given = renewing(t);
  given.answer = () => token("old");
  assert.equal(await given.used(), "Bearer old");
  given.later = 3_590_000;
  let answered;
  given.answer = () => new Promise((done) => (answered = done));
  const three = () => Promise.all([1, 2, 3].map(given.used));
  assert.deepEqual(await three(), Array(3).fill("Bearer old"), "while it is under way");
  assert.equal(given.asked, 2);
  answered(new Response("", { status: 503 }));
  await settled();
  assert.deepEqual(await three(), Array(3).fill("Bearer old"), "when it has failed");
  for (const failing of [() => new Response("", { status: 401 }), () => { throw new TypeError("no route"); }]) {
    given.later += 1100;
    given.answer = failing;
    assert.deepEqual(await three(), Array(3).fill("Bearer old"));
    await settled();
  }
  assert.equal(given.asked, 4);

  given.later += 1100;
  given.answer = () => token("new");
  await given.used();
  await settled();
  assert.deepEqual([await given.used(), given.asked], ["Bearer new", 5]);

  given.later += 4_000_000;
  given.answer = () => new Response("", { status: 503 });
  for (const found of await Promise.allSettled([1, 2, 3].map(given.used))) assert.match(String(found.reason), /has HTTP status 503/);
  assert.equal(given.asked, 6);
});

test("a token that the API refuses while it is renewed is not sent again", async (t) => {
  const given = renewing(t);
  given.answer = () => token("old");
  await given.used();
  given.later = 3_590_000;
  given.accepts = (name) => name === "Bearer new";
  given.answer = () => settled().then(() => token("new"));
  assert.deepEqual(await Promise.all([1, 2, 3].map(given.used)), Array(3).fill("Bearer new"));
  assert.equal(given.asked, 2);
});

test("a token request that the platform forgot holds up nobody beyond its lease, and its late answer changes nothing", async (t) => {
  const given = renewing(t);
  t.mock.method(AbortSignal, "timeout", () => new AbortController().signal);
  let answered;
  given.answer = () => new Promise((done) => (answered = done));
  const first = given.used();
  await settled();
  given.later = 31_000;
  given.answer = () => token("second");
  assert.equal(await given.used(), "Bearer second");
  answered(new Response("", { status: 503 }));
  assert.equal(await first, "Bearer second");
  assert.deepEqual([await given.used(), given.asked], ["Bearer second", 2]);
});

// PayPal's vectors (PAYSIG_VECTORS names the file): real certificates of a test authority.
const cases = readFileSync(process.env.PAYSIG_VECTORS, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const good = cases.find((c) => c.op === "verify" && (c.expect.status ?? "ok") === "ok" && (c.credentials ?? c.keys?.[0]?.credentials)?.certificate);
const known = good.credentials ?? good.keys[0].credentials;
const message = { ...good.message, body: good.message.body ?? Buffer.from(good.message.body_base64, "base64") };
const now = new Date(good.now);

function source(fetch, options = {}) {
  const asked = [];
  const credentials = (text, { url }) => ({ ...known, certificate: text, cert_url: url });
  const keySource = new KeySource({ credentials, fetch: (url, init) => (asked.push([String(url), init.redirect]), fetch(url)), ...options });
  return { asked, verifier: new Verifier("paypal", { keySource, keys: [] }) };
}

test("a key that a message names is fetched once, from where the recipe allows", async () => {
  const { asked, verifier } = source(async () => new Response(known.certificate));
  for (const _ of [1, 2]) await verifier.verify(message, { now });
  const header = message.headers.find(([name]) => name.toLowerCase() === "paypal-cert-url");
  assert.deepEqual(asked, [[header[1], "manual"]]);

  const elsewhere = { ...message, headers: message.headers.map(([n, v]) => [n, n === header[0] ? "https://evil.example/cert" : v]) };
  await assert.rejects(verifier.verify(elsewhere, { now }), (error) => error.status === "content_rejected");
  assert.equal(asked.length, 1, "an address that the recipe does not allow is never asked");
});

test("failures are remembered, redirects and large answers are failures, fetches are counted", async () => {
  let time = 0;
  const clock = () => time;
  const needsKey = (error) => error.status === "needs_key" && error.http === 503;
  const bad = [
    async () => new Response("", { status: 404 }),
    async () => Response.redirect("https://evil.example/", 302),
    async () => new Response("x".repeat(70_000)),
    async () => new Response("<h1>no certificate</h1>"),
    async () => { throw new TypeError("no route"); },
  ];
  for (const answer of bad) {
    const { asked, verifier } = source(answer, { clock });
    for (const _ of [1, 2]) await assert.rejects(verifier.verify(message, { now }), needsKey);
    assert.equal(asked.length, 1);
    time += 61_000;
    await assert.rejects(verifier.verify(message, { now }), needsKey);
    assert.equal(asked.length, 2);
  }
});

test("keys are told apart by id and address, the oldest goes first, and a minute has so many fetches", async () => {
  let time = 0;
  let asked = 0;
  const keySource = new KeySource({
    credentials: (text, { keyId }) => ({ key: `${keyId} of ${text}` }),
    locate: (keyId) => {
      if (keyId === "broken") throw new TypeError("locate failed");
      return keyId === "lost" ? null : `https://keys.example/${keyId}`;
    },
    fetch: async (url) => new Response(`${(asked += 1)} ${url}`),
    perMinute: 3,
    maxKeys: 2,
    lifetime: 600,
    clock: () => time,
  });
  const jwks = "https://keys.example/jwks";
  const [a, again] = await Promise.all([1, 2].map(() => keySource.find({ keyId: "a", keyUrl: jwks })));
  assert.equal(a, again, "one fetch for all who wait");
  assert.match((await keySource.find({ keyId: "b", keyUrl: jwks })).credentials.key, /^b of 2/);
  assert.match((await keySource.find({ keyId: "c", keyUrl: null })).credentials.key, /keys\.example\/c$/);
  assert.equal(asked, 3);
  assert.equal(await keySource.find({ keyId: "lost", keyUrl: null }), null);
  assert.equal(await keySource.find({ keyId: "broken", keyUrl: null }), null, "a locate that fails is a key that cannot be had");
  assert.equal(await keySource.find({ keyId: "a", keyUrl: jwks }), null, "the oldest was forgotten, and the minute is full");
  assert.ok(await keySource.find({ keyId: "b", keyUrl: jwks }), "known ones are had at once");
  time += 60_000;
  assert.ok(await keySource.find({ keyId: "a", keyUrl: jwks }));
});
