// The guard over Redis against a real server, which these tests start, through both common clients: races, crashes, a restart, a full server.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, beforeEach, test } from "node:test";
import { Redis } from "ioredis";
import { Signer, Verifier } from "paysig";
import { withVerified } from "paysig/next";
import { RedisReplayGuard } from "paysig/redis";
import { createClient } from "redis";

const MESSAGES = 10_000;
const PREFIX = "paysig:replay:";
const directory = mkdtempSync(join(tmpdir(), "paysig-js-redis-"));
let port;
let server;
/** For commands of the tests themselves. */
let admin;
let clients;

/** Below those that the system gives to connections: one that looks for a server which does not run yet could get its port. */
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const listener = createServer().listen(port, "127.0.0.1");
    const error = await once(listener, "listening").catch((error) => error);
    if (error instanceof Error) continue;
    await new Promise((closed) => listener.close(closed));
    return port;
  }
}

/** A server of our own, which writes everything to disk. */
async function start() {
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  server = spawn("redis-server", options, { stdio: "ignore" });
  const probe = new Redis(port, "127.0.0.1", { retryStrategy: () => 50, maxRetriesPerRequest: 600 });
  probe.on("error", () => {});
  await probe.ping();
  probe.disconnect();
}

/** Ends the server as a power cut does. */
async function stop() {
  server.kill("SIGKILL");
  await once(server, "exit");
}

before(async () => {
  port = await freePort();
  await start();
  admin = new Redis(port, "127.0.0.1", { retryStrategy: () => 50 });
  admin.on("error", () => {});
  const other = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: () => 50 } });
  other.on("error", () => {});
  await other.connect();
  clients = { ioredis: admin, "node-redis": other, "a function": ([name, ...given]) => admin.callBuffer(name, ...given) };
});

after(async () => {
  admin.disconnect();
  clients["node-redis"].destroy();
  await stop();
});

beforeEach(() => admin.flushall());

const unavailable = (message) => (error) => error.status === "store_unavailable" && error.http === 503 && message.test(error.message);

async function fresh(guard, key) {
  const { state, lease } = await guard.begin(key);
  assert.equal(state, "fresh");
  return lease;
}

test("begin, release, commit, through each kind of client", async () => {
  for (const [name, client] of Object.entries(clients)) {
    const guard = new RedisReplayGuard(client);
    let lease = await fresh(guard, name);
    assert.equal((await guard.begin(name)).state, "in_progress");
    await guard.release(lease);
    lease = await fresh(guard, name);
    await guard.commit(lease);
    assert.deepEqual(await guard.begin(name), { state: "done" });
    await guard.release(lease);
    assert.equal((await guard.begin(name)).state, "done", "what was handled stays so");
    const left = await admin.ttl(PREFIX + name);
    assert.ok(left > 604_000 && left <= 604_800, String(left));
  }
});

/** Two other processes that wait for their first line. */
async function racers(count) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const racer = spawn(process.execPath, [join(import.meta.dirname, "racer.js"), String(port), "race:", String(MESSAGES), String(MESSAGES)], { stdio: ["pipe", "pipe", "inherit"] });
      const lines = createInterface({ input: racer.stdout })[Symbol.asyncIterator]();
      assert.equal((await lines.next()).value, "ready");
      return { racer, lines };
    }),
  );
}

test("two processes race, and exactly one wins each message", async () => {
  await admin.config("SET", "appendfsync", "no");
  const both = await racers(2);
  for (const { racer } of both) racer.stdin.write("race\n");
  const [first, second] = await Promise.all(both.map(async ({ lines }) => (await lines.next()).value.split(" ").map(Number)));
  assert.deepEqual([...first, ...second].sort((a, b) => a - b), Array.from({ length: MESSAGES }, (_, n) => n));
  assert.ok(first.length > 1 && second.length > 1, "one process did everything: that was no race");
  await fresh(new RedisReplayGuard(admin, { prefix: "race:" }), "held");
  for (const { racer, lines } of both) {
    racer.stdin.write("again\n");
    assert.equal((await lines.next()).value, `${MESSAGES} in_progress`);
  }
  await admin.config("SET", "appendfsync", "always");
});

test("a handler that dies loses its lease", async () => {
  await fresh(new RedisReplayGuard(admin, { leaseSeconds: 1 }), "k");
  const guard = new RedisReplayGuard(admin);
  const states = [];
  for (let tries = 0; tries < 100 && states.at(-1) !== "fresh"; tries += 1) {
    states.push((await guard.begin("k")).state);
    if (states.at(-1) !== "fresh") await new Promise((done) => setTimeout(done, 50));
  }
  assert.equal(states.pop(), "fresh");
  assert.ok(states.length > 0 && states.every((state) => state === "in_progress"));
});

test("a lease that passed to another is neither committed nor released; one that passed to nobody is committed", async () => {
  const guard = new RedisReplayGuard(admin);
  const late = await fresh(guard, "k");
  await admin.del(`${PREFIX}k`);
  const second = await fresh(guard, "k");
  await assert.rejects(guard.commit(late), unavailable(/passed to another/));
  await guard.release(late);
  assert.equal((await guard.begin("k")).state, "in_progress");
  await admin.del(`${PREFIX}k`);
  await guard.commit(second);
  assert.equal((await guard.begin("k")).state, "done");
});

test("a command that a client repeats after a broken connection still takes the lease", async () => {
  const twice = async ([name, ...given]) => {
    if (name === "EVAL") await admin.call(name, ...given);
    return admin.call(name, ...given);
  };
  await fresh(new RedisReplayGuard(twice), "k");
});

test("a server that stops and comes back: refused meanwhile, nothing forgotten", async () => {
  for (const name of ["ioredis", "node-redis"]) {
    const guard = new RedisReplayGuard(clients[name], { timeoutSeconds: 1 });
    await guard.commit(await fresh(guard, "handled"));
    await stop();
    await assert.rejects(guard.begin("handled"), unavailable(/did not answer/), name);
    await assert.rejects(guard.begin("new"), unavailable(/did not answer/), name);
    await start();
    const patient = new RedisReplayGuard(clients[name], { timeoutSeconds: 30 });
    assert.equal((await patient.begin("handled")).state, "done", name);
    // A client may have kept the refused command back and sent it now: then its lease must run out first, but it is never done.
    assert.notEqual((await patient.begin("new")).state, "done", name);
    await fresh(patient, "newer");
    await admin.flushall();
  }
});

test("a full server refuses and loses nothing", async () => {
  const guard = new RedisReplayGuard(admin);
  await guard.commit(await fresh(guard, "handled"));
  await admin.config("SET", "maxmemory", "1");
  try {
    await assert.rejects(guard.begin("new"), unavailable(/full/));
    assert.equal((await guard.begin("handled")).state, "done");
  } finally {
    await admin.config("SET", "maxmemory", "0");
  }
  await fresh(guard, "new");
});

test("a server that forgets on its own is refused", async () => {
  await admin.config("SET", "maxmemory-policy", "allkeys-lru", "maxmemory", String(1 << 30));
  try {
    await assert.rejects(new RedisReplayGuard(admin).begin("k"), unavailable(/allkeys-lru/));
  } finally {
    await admin.config("SET", "maxmemory", "0", "maxmemory-policy", "noeviction");
  }
});

test("a value of somebody else is no lease, nor is an empty one", async () => {
  for (const value of ["something", "", "1", "Lease:x"]) {
    await admin.set(`${PREFIX}k`, value);
    await assert.rejects(new RedisReplayGuard(admin).begin("k"), unavailable(/not the guard's/), value);
  }
  await admin.del(`${PREFIX}k`);
  await admin.rpush(`${PREFIX}k`, "a list");
  await assert.rejects(new RedisReplayGuard(admin).begin("k"), unavailable(/did not answer/));
});

test("through a helper with one option", async () => {
  const verifier = new Verifier("stripe", { keys: { secret: "s" } });
  const signed = await new Signer("stripe", { flow: "webhook", credentials: { secret: "s" } }).sign({ method: "POST", url: "/", body: "{}" });
  const guard = new RedisReplayGuard(clients["node-redis"], { retentionSeconds: verifier.retentionSeconds });
  const send = (POST) => POST(new Request("https://x.example/", { method: "POST", headers: signed.headers, body: "{}" }));
  let meanwhile;
  const POST = withVerified(verifier, async () => {
    meanwhile = await send(withVerified(verifier, () => assert.fail("handled twice"), { guard }));
    return new Response("thanks");
  }, { guard });
  assert.equal(await (await send(POST)).text(), "thanks");
  assert.deepEqual([meanwhile.status, meanwhile.headers.get("retry-after")], [503, "1"]);
  const again = await send(withVerified(verifier, () => assert.fail("handled twice"), { guard }));
  assert.deepEqual([again.status, again.headers.get("retry-after")], [200, null]);
});

test("wrong clients, options and keys are named", async () => {
  assert.throws(() => new RedisReplayGuard("redis://:password@cache"), (error) => error.field === "client" && !/password@/.test(error.message));
  for (const options of [{ retentionSeconds: 0 }, { leaseSeconds: "5" }, { timeoutSeconds: 1 << 30 }, { prefix: 5 }]) {
    assert.throws(() => new RedisReplayGuard(admin, options), { field: Object.keys(options)[0] });
  }
  const guard = new RedisReplayGuard(admin);
  for (const key of ["", "é".repeat(257), 5]) await assert.rejects(guard.begin(key), { status: "invalid_option", field: "replayKey" });
  await assert.rejects(guard.commit({}), { field: "lease" });
});
