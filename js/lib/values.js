// What callers hand over, checked and brought into the form of the module: credentials travel as byte strings, one character of U+0000 to
// U+00FF for each byte.

import { unknown, wrong } from "./errors.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOT_ASCII = /[^\x00-\x7f]/;
const NOT_LATIN1 = /[^\x00-\xff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const KEY = ["credentials", "notBefore", "notAfter"];

/** The options of a call, all of them `known`; none are none. */
export function only(known, options) {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null) throw wrong("options", `options must be an object, not ${kind(options)}`);
  return members("option", known, options);
}

/** An object that has no other members than those `known`. */
export function members(what, known, object) {
  for (const name of Object.keys(object)) if (!known.includes(name)) throw unknown(what, name, known);
  return object;
}

/** The byte string of bytes. */
export function fromBytes(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** The bytes of a byte string. */
export function toBytes(text) {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function utf8(field, text) {
  if (LONE_SURROGATE.test(text)) throw wrong(field, `${field} holds a lone surrogate, which has no bytes`);
  return encoder.encode(text);
}

/** The byte string of text or bytes. */
export function byteString(field, value) {
  const given = wireValue(field, value);
  if (typeof given !== "string") return fromBytes(given);
  return NOT_ASCII.test(given) ? fromBytes(utf8(field, given)) : given;
}

/** Text, or the bytes of an array or buffer. */
export function wireValue(field, value) {
  if (typeof value === "string") return value;
  const bytes = view(value);
  if (bytes === undefined) throw wrong(field, `${field} must be text or bytes, not ${kind(value)}`);
  return bytes;
}

/** The bytes of text: UTF-8, or Latin-1. */
export function wireBytes(field, text, latin1) {
  if (!latin1) return utf8(field, text);
  if (NOT_LATIN1.test(text)) throw wrong(field, `${field} holds a character that is not in Latin-1`);
  return toBytes(text);
}

/** Text of the wire: UTF-8 unless the message was given as Latin-1. */
export function wireText(value, latin1) {
  if (typeof value === "string") return value;
  return latin1 ? fromBytes(value) : decoder.decode(value);
}

function view(value) {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  // Of another realm: a frame, a test runner's sandbox.
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]" ? new Uint8Array(value) : undefined;
}

/** The bytes of a body. */
export function bodyBytes(field, value) {
  if (value === undefined || value === null) return new Uint8Array();
  if (typeof value === "string") return utf8(field, value);
  const bytes = view(value);
  if (bytes === undefined) {
    throw wrong(field, `${field} must be bytes or text, not ${kind(value)}: the bytes as they are sent or were received, before any parsing`);
  }
  return bytes;
}

/** What a value is, for messages; never the value. */
export function kind(value) {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return value.constructor?.name ?? "object";
}

/** Text. */
export function text(field, value) {
  if (typeof value !== "string") throw wrong(field, `${field} must be text, not ${kind(value)}`);
  return value;
}

/** Text, or undefined where it is not given. */
export function optionalText(field, value) {
  return value === undefined || value === null ? undefined : text(field, value);
}

/** A list of names. */
export function names(field, value) {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrong(field, `${field} must be a list of names, not ${kind(value)}`);
  return value.map((name) => text(field, name));
}

/** A whole number from 0 to 2^32 - 1, or undefined where it is not given. */
export function whole(field, value) {
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw wrong(field, `${field} must be a whole number from 0 to 4294967295`);
  }
  return value;
}

/** Milliseconds since 1970 from a Date or a number. */
export function instant(field, value) {
  const millis = value instanceof Date ? value.getTime() : value;
  if (typeof millis !== "number" || !Number.isFinite(millis)) {
    throw wrong(field, `${field} must be a Date or milliseconds since 1970`);
  }
  return Math.trunc(millis);
}

/** The time of a call: the system's clock unless given; null stands for no clock at all, which is undefined in a letter. */
export function clock(value) {
  if (value === undefined) return Date.now();
  return value === null ? undefined : instant("now", value);
}

/** Named values as byte strings. No error holds one. */
export function credentials(field, value) {
  if (value === undefined || value === null) return {};
  const isMap = Object.prototype.toString.call(value) === "[object Map]";
  // Other collections and buffers have no members of their own, and would be taken for none.
  if (typeof value !== "object" || (!isMap && (typeof value[Symbol.iterator] === "function" || view(value) !== undefined))) {
    throw wrong(field, `${field} must be an object or a Map of named values, not ${kind(value)}`);
  }
  const given = [...(isMap ? value : Object.entries(value))].filter(([, one]) => one !== undefined);
  return Object.fromEntries(given.map(([name, one]) => [text(field, name), byteString(name, one)]));
}

/** Keys of a verifier: one set of credentials, a key with a window, or a list of these. */
export function keys(value) {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((key) => {
    const windowed = typeof key?.credentials === "object" && key.credentials !== null;
    const time = (field, given) => (given === undefined || given === null ? undefined : instant(field, given));
    if (!windowed) return { credentials: credentials("keys", key) };
    members("member", KEY, key);
    return {
      credentials: credentials("keys", key.credentials),
      not_before: time("notBefore", key.notBefore),
      not_after: time("notAfter", key.notAfter),
    };
  });
}
