// Addresses of the web that a program is configured with.

import { wrong } from "./errors.js";

/** One character at least after the slashes, which `URL` would skip; nothing that `URL` would drop; no query and no fragment. */
const ABSOLUTE = /^https?:\/\/[^/\s\p{C}?#\\][^\s\p{C}?#\\]*$/u;

/** The base to which path and query of a request are appended, without the slash at its end; undefined if none is given. */
export function publicBase(given) {
  if (given === undefined || given === null) return undefined;
  const text = given.href ?? given;
  if (parsed(text) === null) {
    throw wrong("publicUrl", "publicUrl must be absolute without query and fragment, such as https://shop.example; path and query of each request are appended");
  }
  return text.replace(/\/+$/, "");
}

/** Scheme, host and port. */
export function originOf(field, given) {
  const url = parsed(given?.href ?? given);
  if (url === null || url.pathname !== "/" || url.username || url.password) {
    throw wrong(field, `${field} must be scheme, host and port, such as https://api.example`);
  }
  return url.origin;
}

function parsed(text) {
  if (typeof text !== "string" || !ABSOLUTE.test(text)) return null;
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
