// Bodies that come in pieces.

import assert from "node:assert/strict";
import test from "node:test";
import { PaysigError, SignStream, Signer, Verifier, VerifyStream } from "paysig";

const keys = { login: "shop", secret: "s" };
const at = { now: 1767323045000 };
const head = { method: "POST", url: "https://api.example/v3/deposits" };
const signer = new Signer("directa24-deposits", { credentials: keys });
const verifier = new Verifier("directa24-deposits", { flow: "request", keys, maxBody: 1 << 20 });
const body = "a larger body, café\n".repeat(5000);
/** What it is refused with. */
async function refusal(run) {
  const error = await run().then(() => assert.fail("accepted"), (reason) => reason);
  assert.ok(error instanceof PaysigError, String(error));
  return error;
}

/** A body in pieces of so many bytes. */
function* cut(size, bytes = Buffer.from(body)) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

test("streams agree with whole messages, however the body is cut", async () => {
  const whole = await signer.sign({ ...head, body }, at);
  const judged = await verifier.verify({ ...head, headers: whole.headers, body }, at);
  const sources = [[body], cut(1000), cut(70001), ReadableStream.from(cut(65536)), (async function* () { yield* cut(999); })()];
  for (const source of sources) {
    const stream = await signer.stream(head, at);
    assert.ok(stream instanceof SignStream);
    const signed = await stream.finishWith(source);
    assert.deepEqual([signed.headers, signed.url, signed.used], [whole.headers, whole.url, whole.used]);
  }
  const bodyLength = Buffer.byteLength(body);
  const stream = await verifier.stream({ ...head, headers: whole.headers }, { ...at, bodyLength });
  assert.ok(stream instanceof VerifyStream);
  for (const piece of cut(4096)) assert.equal(stream.update(piece), stream);
  const verified = stream.finish();
  assert.deepEqual([verified.keyId, verified.covered, verified.replayKey], ["shop", judged.covered, judged.replayKey]);
  assert.equal(String(verified), String(judged));
  const unannounced = await (await verifier.stream({ ...head, headers: whole.headers }, at)).finishWith([body]);
  assert.equal(unannounced.replayKey, null);
});

test("a body is put aside while it is judged", async () => {
  const { headers } = await signer.sign({ ...head, body }, at);
  const request = new Request(head.url, { method: "POST", headers, body });
  const stream = await verifier.stream({ method: request.method, url: request.url, headers: request.headers }, at);
  const aside = await new Response(request.body.pipeThrough(stream.tap())).text();
  assert.deepEqual([aside, stream.finish().keyId], [body, "shop"]);
});

test("verdicts, limits and what is no stream", async () => {
  const { headers } = await signer.sign({ ...head, body }, at);
  const open = (of = verifier) => of.stream({ ...head, headers }, at);
  const mismatch = await refusal(async () => (await open()).finishWith([body, "!"]));
  assert.deepEqual([mismatch.verdict, mismatch.http], ["signature_mismatch", 401]);
  assert.equal((await refusal(() => verifier.stream(head, at))).verdict, "missing_signature");

  // Who passes over the error of a piece gets no verdict on the others.
  const limited = await open(new Verifier("directa24-deposits", { flow: "request", keys, maxBody: Buffer.byteLength(body) }));
  limited.update(body);
  for (const run of [() => limited.update("!"), () => limited.finish()]) assert.throws(run, (error) => error.verdict === "too_large");
  const spoilt = (await open()).update(body);
  for (const run of [() => spoilt.update(7), () => spoilt.finish()]) assert.throws(run, (error) => error.field === "piece");

  const done = await open();
  done.update(body).finish();
  for (const run of [() => done.update(""), () => done.finish()]) assert.throws(run, (error) => error.field === "stream");

  assert.equal((await refusal(() => signer.stream({ ...head, body }))).field, "body");
  assert.equal((await refusal(() => signer.stream(new Request(head.url)))).field, "message");
  assert.equal((await refusal(() => verifier.stream({ ...head, headers }, { bodyLength: -1 }))).field, "bodyLength");
  const form = new Signer("twilio", { flow: "webhook", credentials: { auth_token: "t" } });
  assert.equal((await refusal(() => form.stream({ ...head, headers: [["Content-Type", "application/x-www-form-urlencoded"]] }))).status, "unsupported");
});

test("a source that fails or is given up is closed", async () => {
  let closed = false;
  const source = new ReadableStream({ pull: (controller) => controller.enqueue(7), cancel: () => void (closed = true) });
  assert.equal((await refusal(async () => (await signer.stream(head, at)).finishWith(source))).field, "piece");
  await new Promise((later) => setTimeout(later));
  assert.ok(closed);
});
