// Express, and whatever else hands out Node's requests and responses.

import { PaysigError, wrong } from "./errors.js";
import { address, joined, tooLarge } from "./message.js";
import { Receiver, Refused, isSuccess } from "./receive.js";

/**
 * Middleware that lets only authentic deliveries through. Mount it before express.json(), or after express.raw(): it needs the bytes as
 * they were received. The handler finds the result in `req.paysig` and the raw bytes in `req.body`.
 * Providers that check an endpoint before they send are answered, and the handler never sees that. Some check with a GET
 * (Ingenico, Braintree): mount it with `app.all` or `app.get` as well.
 */
export function verifyWebhook(verifier, options) {
  const receiver = new Receiver(verifier, options);
  return function paysig(req, res, next) {
    handle(receiver, req, res).then((ready) => ready && next(), next);
  };
}

async function handle(receiver, req, res) {
  let delivery;
  let body;
  try {
    body = await rawBody(req, receiver).catch((error) => {
      throw receiver.refusal(error);
    });
    delivery = await receiver.judge({
      method: req.method,
      // Express cuts the path where a router is mounted.
      ...address(req.originalUrl ?? req.url, receiver.publicUrl),
      headers: rawHeaders(req),
      body,
      wireEncoding: "latin-1",
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (res.headersSent || res.destroyed) return false;
    // What was not read of the body is not waited for.
    if (!req.readableEnded) res.setHeader("connection", "close");
    res.writeHead(error.status, { ...error.headers, "content-length": error.body.length });
    res.end(error.body);
    return false;
  }
  req.paysig = delivery.verified;
  req.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (delivery.lease !== undefined) whenAnswered(res, () => receiver.end(delivery.lease, isSuccess(res.statusCode)));
  return true;
}

/**
 * Calls back once, when the handler has answered. That the connection broke says nothing about the handler, which goes on: the lease
 * stays its own until it answers, or runs out if it never does.
 */
function whenAnswered(res, done) {
  const end = res.end;
  let answered = false;
  res.end = function (...given) {
    // What throws is no answer: an error handler gives another.
    const result = end.apply(this, given);
    if (!answered) done();
    answered = true;
    return result;
  };
}

/** Pairs of all header lines, duplicates included. */
function rawHeaders(req) {
  const pairs = [];
  for (let at = 0; at < req.rawHeaders.length; at += 2) pairs.push([req.rawHeaders[at], req.rawHeaders[at + 1]]);
  return pairs;
}

async function rawBody(req, { maxBody }) {
  const read = [req.body, req.rawBody].find((bytes) => bytes instanceof Uint8Array);
  if (read !== undefined) {
    if (read.length > maxBody) throw tooLarge();
    return read;
  }
  if (req.readableDidRead || req.readableEnded) {
    throw wrong("body", "something read the body before: mount verifyWebhook before express.json(), or use express.raw() on this path");
  }
  if (Number(req.headers["content-length"]) > maxBody) throw tooLarge();
  const chunks = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const failed = (error) => {
      req.off("data", onData);
      req.pause();
      reject(error);
    };
    const onData = (chunk) => {
      size += chunk.length;
      if (size > maxBody) failed(tooLarge());
      else chunks.push(chunk);
    };
    req.on("data", onData);
    req.once("end", () => resolve(joined(chunks, size)));
    const broken = () => failed(new PaysigError({ status: "invalid_message", field: "body", message: "the connection broke before the body was complete" }));
    req.once("error", broken);
    req.once("close", broken);
  });
}
