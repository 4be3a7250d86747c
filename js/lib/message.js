// Messages: plain objects and fetch's Request.

import { PaysigError, wrong } from "./errors.js";
import { bodyBytes, kind, text, wireValue } from "./values.js";

/** Whether this is fetch's Request, of whatever realm. */
export function isRequest(value) {
  return typeof value?.arrayBuffer === "function" && typeof value.headers?.get === "function" && typeof value.url === "string";
}

/** The message as a letter takes it: checked, and no more than text and bytes, which run no code of the caller's when they are written. */
export function plain(message) {
  if (typeof message !== "object" || message === null) throw wrong("message", `a message must be an object or a Request, not ${kind(message)}`);
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
  return { method, target, url, headers, latin1, headersLatin1: latin1 || fetched, body: bodyBytes("body", message.body) };
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
export async function incoming(request, { publicUrl, maxBody } = {}) {
  const url = request.url.split("#", 1)[0];
  const path = url.indexOf("/", url.indexOf("//") + 2);
  return {
    method: request.method,
    ...address(path < 0 ? "/" : url.slice(path), publicUrl),
    headers: [...request.headers.entries()],
    body: await readBody(request, maxBody),
    wireEncoding: "latin-1",
  };
}

/** Where a message went: its target and, if it is known, the public URL. */
export function address(target, publicUrl) {
  if (publicUrl === undefined || publicUrl === null) return { target };
  const base = String(publicUrl);
  if (!/^https?:\/\//.test(base)) throw wrong("publicUrl", "publicUrl must be absolute, such as https://shop.example");
  return { target, url: base.replace(/\/+$/, "") + target };
}

async function readBody(request, maxBody) {
  if (request.bodyUsed) {
    throw wrong("body", "the body was read already: verify the request before anything reads it, or pass a message with the raw bytes");
  }
  const body = request.clone().body;
  if (!body) return new Uint8Array(await request.clone().arrayBuffer());
  const chunks = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (maxBody !== undefined && size > maxBody) {
      // The other half of the clone is the caller's.
      reader.cancel().catch(() => {});
      throw tooLarge();
    }
    chunks.push(value);
  }
  return joined(chunks, size);
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
