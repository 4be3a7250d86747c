// What happens when the module traps: the call says so, and nothing that comes later is poisoned.

import assert from "node:assert/strict";
import { test } from "node:test";

// A module whose only function is `unreachable`, in place of a fault that nobody can make on purpose.
const { f: trap } = new WebAssembly.Instance(
  new WebAssembly.Module(
    Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11]),
  ),
).exports;

let trapNext = false;
const Instance = WebAssembly.Instance;
let instances = 0;
WebAssembly.Instance = function (...args) {
  instances += 1;
  const { exports } = new Instance(...args);
  const trapping = (call) => (...args) => {
    if (!trapNext) return call(...args);
    trapNext = false;
    return trap();
  };
  const { paysig_call, paysig_sign, paysig_verify } = exports;
  return { exports: { ...exports, paysig_call: trapping(paysig_call), paysig_sign: trapping(paysig_sign), paysig_verify: trapping(paysig_verify) } };
};

const { MemoryReplayGuard, PaysigError, Signer, TokenSession, Verifier } = await import("paysig");

test("an object survives a trap, and a memory that was lost accepts nothing", async () => {
  const credentials = { secret: "s" };
  const signer = new Signer("github", { flow: "webhook", credentials });
  const verifier = new Verifier("github", { keys: credentials });
  const session = new TokenSession("pledg-token", { credentials: { api_key: "i", api_secret: "s" } });
  const guard = new MemoryReplayGuard();
  guard.begin("k");
  const message = { method: "POST", url: "/", body: "{}" };
  const before = await signer.sign(message);
  assert.equal(instances, 1);

  const trapped = (error) => error instanceof PaysigError && error.status === "internal" && error.cause instanceof WebAssembly.RuntimeError;
  for (const call of [() => signer.sign(message), () => verifier.verify(message), () => signer.explain(message)]) {
    trapNext = true;
    await assert.rejects(call, trapped);
  }

  const afterwards = await signer.sign(message);
  assert.deepEqual(afterwards.headers, before.headers);
  await verifier.verify({ ...message, headers: afterwards.headers });
  assert.equal(session.next().action, "fetch");
  assert.equal(instances, 4);
  assert.throws(() => guard.begin("k"), (error) => error.status === "store_unavailable");
  assert.equal(new MemoryReplayGuard().begin("k").state, "fresh");
});
