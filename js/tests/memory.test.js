// Memory stays flat: what a call takes, it gives back, in the module and in JavaScript; so do objects that nobody holds any more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// `make nightly` makes a million.
const CALLS = Number(process.env.PAYSIG_CALLS ?? 200_000);

let memory;
const Instance = WebAssembly.Instance;
WebAssembly.Instance = function (...args) {
  const instance = new Instance(...args);
  memory = instance.exports.memory;
  return instance;
};
const { MemoryReplayGuard, Signer, Verifier } = await import("paysig");

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

/** Bytes: of the module, which never shrinks, and of JavaScript's live objects. */
async function inUse() {
  for (let turns = 0; turns < 5; turns += 1) {
    gc();
    // Dropped objects are given back in a task of their own.
    await new Promise((done) => setTimeout(done, 10));
  }
  return { module: memory.buffer.byteLength, heap: process.memoryUsage().heapUsed };
}

const credentials = { secret: "s" };
const BODY = '{"id":"evt_1","amount":10.00}';

test("many calls", async () => {
  const signer = new Signer("stripe", { flow: "webhook", credentials });
  const verifier = new Verifier("stripe", { keys: credentials });
  const guard = new MemoryReplayGuard({ capacity: 1 });
  const { headers } = await signer.sign({ method: "POST", url: "/", body: "{}" });
  const run = async (calls) => {
    for (let n = 0; n < calls; n += 4) {
      const signed = await signer.sign({ method: "POST", url: "/", body: BODY });
      const { replayKey } = await verifier.verify({ method: "POST", url: "/", headers: signed.headers, body: BODY });
      guard.release(guard.begin(replayKey).lease);
      await assert.rejects(verifier.verify({ method: "POST", url: "/", headers, body: BODY }), { status: "signature_mismatch" });
    }
  };
  await run(CALLS / 20);
  const before = await inUse();
  await run(CALLS);
  const after = await inUse();
  // A leak of 32 bytes in one of the calls would be 1.6 MB.
  assert.ok(after.module - before.module < 1 << 20, `the module grew by ${after.module - before.module} bytes`);
  assert.ok(after.heap - before.heap < 1 << 20, `the heap grew by ${after.heap - before.heap} bytes`);
});

test("four thousand verifiers that nobody holds any more", async () => {
  const run = async (count) => {
    for (let n = 0; n < count; n += 1) {
      new Verifier("stripe", { keys: credentials });
      if (n % 250 === 0) await inUse();
    }
  };
  await run(1000);
  const before = await inUse();
  await run(4000);
  const after = await inUse();
  // Each is some kilobytes in the module.
  assert.ok(after.module - before.module < 2 << 20, `the module grew by ${after.module - before.module} bytes`);
  assert.ok(after.heap - before.heap < 1 << 20, `the heap grew by ${after.heap - before.heap} bytes`);
});
