// Messages: plain objects and fetch's Request.

import { PaysigError, wrong } from "./errors.js";
import { bodyBytes, kind, members, text, whole, wireValue } from "./values.js";

/** Bytes; deliveries of payment providers are a few kilobytes. */
const DEFAULT_MAX_BODY = 1 << 20;
/** `status` and `kind` are what `readMessage` says of a message besides. */
const MEMBERS = ["method", "url", "target", "headers", "body", "wireEncoding", "status", "kind"];
const NO_BODY = new Uint8Array();

/** Whether this is fetch's Request, of whatever realm. */
export function isRequest(value) {
  return typeof value?.arrayBuffer === "function" && typeof value.headers?.get === "function" && typeof value.url === "string";
}

/** Whether somebody wrote this object down, of whatever realm; a framework's request has more members than a message. */
function isPlainObject(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The message as a letter takes it: checked, and no more than text and bytes, which run no code of the caller's when they are written. */
export function plain(message) {
  const head = plainHead(message);
  const body = message.body ?? undefined;
  if (body === undefined && awaitsReading(message)) {
    throw wrong("body", "nobody has read the body of this request: use verifyWebhook of paysig/express, or express.raw() before this");
  }
  head.body = bodyBytes("body", body);
  return head;
}

/** The same where the body is given elsewhere. */
export function plainHead(message) {
  if (typeof message !== "object" || message === null) throw wrong("message", `a message must be an object or a Request, not ${kind(message)}`);
  if (isPlainObject(message)) members("member", MEMBERS, message);
  const encoding = message.wireEncoding ?? "utf-8";
  if (encoding !== "utf-8" && encoding !== "latin-1") throw wrong("wireEncoding", "wireEncoding must be utf-8 or latin-1");
  const latin1 = encoding === "latin-1";
  const method = text("method", message.method ?? "");
  const { headers, fetched } = headerList(message.headers);
  let target = message.target ?? undefined;
  if (target !== undefined) target = wireValue("target", target);
  let url = message.url ?? undefined;
  if (url !== undefined) {
    url = text("url", String(url));
    const isTarget = url === "" || url[0] === "/" || url[0] === "*";
    if (isTarget && target !== undefined) throw wrong("url", "url must be absolute where target is given as well");
    if (isTarget) [target, url] = [url, undefined];
  }
  // fetch hands out bytes as Latin-1.
  return { method, target, url, headers, latin1, headersLatin1: latin1 || fetched, body: NO_BODY };
}

/** Whether this is a request of Node, or a framework's around one, that has a body: judged without it, it would be another message. */
function awaitsReading(message) {
  const node = [message, message.req, message.raw].find((one) => typeof one?.pipe === "function" || Array.isArray(one?.rawHeaders));
  if (node === undefined) return false;
  // HTTP/1 says where there is none (RFC 9112, section 6.3).
  const { "content-length": length = "0", "transfer-encoding": coding } = node.headers ?? {};
  return node.httpVersionMajor !== 1 || coding !== undefined || Number(length) !== 0;
}

/** Name and value of every header one after the other, in order, duplicates included; and whether they come from fetch's Headers. */
function headerList(given) {
  const headers = [];
  if (given === undefined || given === null) return { headers, fetched: false };
  if (typeof given !== "object") throw wrong("headers", `headers must be pairs or an object, not ${kind(given)}`);
  const fetched = typeof given.get === "function" && typeof given.entries === "function" && !(given instanceof Map);
  const pairs = fetched ? given.entries() : typeof given[Symbol.iterator] === "function" ? given : Object.entries(given);
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) throw wrong("headers", "headers must hold pairs of name and value");
    const [name, value] = pair;
    if (value === undefined) continue;
    if (!Array.isArray(value)) headers.push(wireValue("headers", name), wireValue("headers", value));
    else for (const one of value) headers.push(wireValue("headers", name), wireValue("headers", one));
  }
  return { headers, fetched };
}

/** A Request that is about to be sent, as it will stand on the wire. It can still be read afterwards. */
export async function outgoing(request) {
  const headers = [...request.headers.entries()];
  // fetch adds it when it sends.
  if (!request.headers.has("host")) headers.unshift(["host", new URL(request.url).host]);
  return { method: request.method, url: request.url, headers, body: await readBody(request), wireEncoding: "latin-1" };
}

/**
 * A Request that was received. Its URL was made of the Host header, which anybody can write: schemes that sign the URL get the
 * configured one, or none.
 */
export async function incoming(request, { publicUrl, maxBody }) {
  return {
    method: request.method,
    ...address(request.url.split("#", 1)[0], publicUrl),
    headers: [...request.headers.entries()],
    body: await readBody(request, maxBody),
    wireEncoding: "latin-1",
  };
}

/** Bytes that are read of a body at most: the smallest of the limits that are given. */
export function readLimit(...limits) {
  const given = limits.map((limit) => whole("maxBody", limit)).filter((limit) => limit !== undefined);
  return given.length ? Math.min(...given) : DEFAULT_MAX_BODY;
}

/** Where a message went, by its URL or the target of its request line: its target and, with a `publicBase`, the public URL. */
export function address(given, base) {
  const target = originForm(given);
  return base === undefined ? { target } : { target, url: base + target };
}

/** Path and query. Whoever writes an absolute target (RFC 9112, section 3.2.2) must not choose the host that is judged. */
function originForm(target) {
  if (target[0] === "/" || target === "*") return target;
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
  return path[0] === "/" ? path : `/${path}`;
}

async function readBody(request, maxBody) {
  if (request.bodyUsed) {
    throw wrong("body", "the body was read already: verify the request before anything reads it, or pass a message with the raw bytes");
  }
  const body = request.clone().body;
  // Some platforms' requests have no stream to be read piece by piece.
  const all = body ? await gathered(body, maxBody) : new Uint8Array(await request.clone().arrayBuffer());
  if (all === null || all.byteLength > maxBody) throw tooLarge();
  return all;
}

/** All bytes of a stream; null if there are more than the limit, and it is read no further. */
export async function gathered(stream, limit = Infinity) {
  const chunks = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, size);
    size += value.byteLength;
    if (size > limit) {
      // Not waited for: the other half of a clone is the caller's.
      reader.cancel().catch(() => {});
      return null;
    }
    chunks.push(value);
  }
}

/** A body beyond the limit. */
export function tooLarge() {
  return new PaysigError({ status: "too_large", field: "body", message: "the body is larger than the limit" });
}

/** One array of several. */
export function joined(chunks, size) {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
