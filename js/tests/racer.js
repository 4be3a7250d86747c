// One of several processes that race for the same messages (tests/replay/race.py says how): node racer.js PORT PREFIX MESSAGES LAP.

import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { RedisReplayGuard } from "paysig/redis";

const [port, prefix, messages, lap] = process.argv.slice(2);
const client = new Redis(Number(port), "127.0.0.1");
const guard = new RedisReplayGuard(client, { prefix, timeoutSeconds: 60 });
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

await client.ping();
for (let start = 0; start < Number(messages); start += Number(lap)) {
  console.log("ready");
  await lines.next();
  const won = [];
  for (let n = start; n < start + Number(lap); n += 1) {
    const begun = await guard.begin(String(n));
    if (begun.state !== "fresh") continue;
    won.push(n);
    await guard.commit(begun.lease);
  }
  console.log(won.join(" "));
}
await lines.next();
let done = 0;
for (let n = 0; n < Number(messages); n += 1) done += (await guard.begin(String(n))).state === "done";
console.log(done, (await guard.begin("held")).state);
client.disconnect();
process.exit();
