// Messages from text that people paste.

import { call } from "./engine.js";
import { bodyBytes, only, optionalText } from "./values.js";

/** A message from a raw HTTP request or a curl command; which of them, its first word says unless `kind` does. */
export function readMessage(source, options) {
  const { kind } = only(["kind"], options);
  const { json, bytes } = call({ op: "read", kind: optionalText("kind", kind) }, bodyBytes("source", source));
  const { status, url, ...message } = json;
  return { ...message, ...(url === null ? {} : { url }), ...(status === null ? {} : { status }), body: bytes, wireEncoding: "latin-1" };
}
