// Compiled, not run: what a program may and may not write.

import express from "express";
import {
  KeySource, MemoryReplayGuard, PaysigError, Scheme, Signer, TokenSession, Verifier,
  diagnose, explain, provide, readMessage, scheme, schemes, statuses, tokenFetch,
  type Diagnosis, type ReplayGuard, type Signed, type StreamVerified, type Verdict, type Verified,
} from "paysig";
import { verifyWebhook } from "paysig/express";
import { withVerified } from "paysig/next";
import { RedisReplayGuard } from "paysig/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";

const signer = new Signer("directa24-deposits", { credentials: { login: "shop", secret: new Uint8Array(8) } });
const signed: Signed = await signer.sign({ method: "POST", url: "https://api.example/v3/deposits", headers: [["X-A", "b"]], body: "{}" });
const request: Request = await signer.sign(new Request("https://api.example/"), { nonce: "n", now: new Date() });
const [name, value]: [string, string] = signed.headers[0] ?? ["", ""];
const prepared = await signer.prepare({ method: "GET", target: "/" });
await prepared.finish(prepared.stringToSign);
// @ts-expect-error  no such option
await signer.sign({ method: "POST", url: "/" }, { nwo: 1 });
// @ts-expect-error  no such member
await signer.sign({ method: "POST", url: "/", bdy: "" });
// @ts-expect-error  a body is bytes or text
await signer.sign({ method: "POST", url: "/", body: { a: 1 } });
// @ts-expect-error  no such flow
new Signer("stripe", { flow: "callback" });
// @ts-expect-error  secrets are text or bytes
new Signer("stripe", { credentials: { secret: 5 } });
const vault: ReadonlyMap<string, string> = new Map([["secret", "s"]]);
new Signer("stripe", { flow: "webhook", credentials: vault });
new Verifier("stripe", { keys: [vault, { credentials: vault, notAfter: 0 }, { secret: "s" }] });
// @ts-expect-error  the same in a Map
new Signer("stripe", { credentials: new Map([["secret", 5]]) });

const source = new KeySource({ credentials: (text, { url }) => ({ certificate: text, cert_url: url, webhook_id: "w" }) });
const verifier = new Verifier(scheme("stripe"), { keys: [{ credentials: { secret: "s" }, notAfter: Date.now() }], keySource: source });
try {
  const verified: Verified = await verifier.verifyRequest(request, { publicUrl: "https://shop.example" });
  const limit: number | null = verifier.maxBody;
  const members: "all" | "none" | string[] = verified.covered.body;
  const when: Date | null = verified.timestamp;
} catch (error) {
  if (error instanceof PaysigError) {
    const verdict: Verdict | null = error.verdict;
    const http: number = error.http;
    // @ts-expect-error  no such verdict
    if (error.verdict === "bad_signature") throw error;
  }
}

const guard: ReplayGuard = new MemoryReplayGuard({ retentionSeconds: verifier.retentionSeconds });
const app = express();
app.post("/hooks/stripe", verifyWebhook(verifier, { guard, onRefused: (error) => console.error(error.status) }), (req, res) => {
  res.send(req.paysig?.keyId ?? "");
});
export const POST = withVerified(verifier, async (incoming: Request, verified, context: { params: Promise<{ id: string }> }) => {
  await context.params;
  return Response.json({ key: verified.replayKey });
});

const shared: ReplayGuard = new RedisReplayGuard(createClient(), { retentionSeconds: verifier.retentionSeconds, prefix: "shop:" });
for (const client of [new Redis(), (command: string[]) => Promise.resolve(command.length)]) verifyWebhook(verifier, { guard: new RedisReplayGuard(client) });
// @ts-expect-error  a client, not an address
new RedisReplayGuard("redis://cache");

const pieces = await verifier.stream({ method: request.method, url: request.url, headers: request.headers }, { bodyLength: 5 });
const aside = request.body?.pipeThrough(pieces.tap());
const judged: StreamVerified = pieces.update("x").finish();
const replayKey: string | null = judged.replayKey;
const toSend: Signed = await (await signer.stream({ method: "POST", url: "/" })).finishWith([new Uint8Array(1), "x"]);
// @ts-expect-error  the body comes in pieces
await signer.stream({ method: "POST", url: "/", body: "{}" });
const phrases: string[] = (await verifier.explain(request)).coveredInWords.open;

const session = new TokenSession("pledg-token", { credentials: {} });
const next = session.next();
if (next.action === "fetch") session.fetched(200, next.body);
const authorized = tokenFetch(session, { origin: "https://api.example" });
await authorized("https://api.example/x", { method: "POST" });

const found: Diagnosis = await diagnose({ scheme: Scheme.fromToml(""), flow: "webhook", message: readMessage("curl h"), otherKeys: [{ secret: "x" }, vault] });
// Every verdict, and nothing else.
const told: Verdict | "ok" | "invalid_credentials" = found.verdict;
if (found.verdict === "invalid_credentials") console.error(found.findings, told);
const text: string = `${await explain({ scheme: "stripe", flow: "webhook", message: { method: "POST" } })}`;
const ids: string[] = schemes().concat(statuses().map((s) => s.name), found.findings.flatMap((f) => f.ids), name, value, text);
export { aside, ids, phrases, provide, replayKey, toSend };
