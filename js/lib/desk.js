// The module's memory, where questions are written and answers are read with no copy in between. How a letter is laid out, js/src/letter.rs
// says; of answers, js/src/answer.rs.

import { PaysigError } from "./errors.js";
import { fromBytes, wireBytes } from "./values.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Room for a question, in bytes; more is given back after the question that needed it. */
const ROOM = 1 << 16;
/** Up to here, doubled room is asked for; beyond it, no more than is needed. */
const LARGE = 1 << 20;
/** Characters: shorter text is copied one by one, which is quicker than to ask the platform. */
const SHORT = 24;
/** Characters: of longer text the size is found out before there is made room for it. */
const LONG = 1 << 14;

/** Reads an answer piece by piece, in the order in which it was written. */
export class Answer {
  /** `bytes` are a copy, or the memory as it is now, in which case all is read before anything else is asked. */
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  get more() {
    return this.at < this.end;
  }

  word() {
    const word = this.view.getUint32(this.at, true);
    this.at += 4;
    return word;
  }

  double() {
    const double = this.view.getFloat64(this.at, true);
    this.at += 8;
    return double;
  }

  /** A piece as UTF-8, or as Latin-1. */
  text(latin1 = false) {
    const size = this.word();
    const start = this.at;
    this.at += size;
    const piece = this.bytes.subarray(start, this.at);
    return latin1 ? fromBytes(piece) : decoder.decode(piece);
  }

  /** A piece as bytes: a copy. */
  piece() {
    const size = this.word();
    this.at += size;
    return this.bytes.slice(this.at - size, this.at);
  }

  /** The bytes that are left: a copy. */
  rest() {
    return this.bytes.slice(this.at, this.end);
  }
}

/** Writes questions to one instance of the module. No code of a caller runs between the start of a question and the end of its answer. */
export class Desk {
  #exports;
  #bytes;
  #view;
  #answer;
  /** Addresses: where the room begins, where the next byte goes, where the room ends. */
  #start = 0;
  #at = 0;
  #end = 0;

  constructor(exports) {
    this.#exports = exports;
    this.#make(ROOM);
  }

  /** Asks about an object; `op` is one of the module's functions that take a letter. Gives what is read of the answer. */
  ask(op, handle, letter, read) {
    this.#at = this.#start;
    this.#letter(letter);
    return read(this.#answered(op(handle, this.#at - this.#start)).answer);
  }

  /** Asks in JSON, with bytes or a letter behind it. Gives JSON and bytes. */
  call(question, attached) {
    this.#at = this.#start;
    const head = encoder.encode(JSON.stringify(question));
    this.#put(head);
    if (attached instanceof Uint8Array) this.#put(attached);
    else if (attached !== undefined) this.#letter(attached);
    const { json, answer } = this.#answered(this.#exports.paysig_call(head.length, this.#at - this.#start));
    return { json, bytes: answer.rest() };
  }

  /** Forgets a question that could not be written to its end. */
  wipe() {
    this.#current();
    this.#bytes.fill(0, this.#start, this.#at);
    this.#at = this.#start;
  }

  /** The answer of so many bytes, which may be an error. */
  #answered(size) {
    const at = this.#exports.paysig_answer() >>> 0;
    // The question is wiped.
    this.#at = this.#start;
    if (this.#end - this.#start > ROOM) this.#make(ROOM);
    this.#current();
    const answer = this.#answer;
    answer.at = at;
    answer.end = at + (size >>> 0);
    const length = answer.word();
    if (length === 0) return { answer };
    answer.at += length;
    const json = JSON.parse(decoder.decode(this.#bytes.subarray(at + 4, answer.at)));
    if (json.error) throw new PaysigError(json.error);
    return { json, answer };
  }

  /** Room of so many bytes. What was written is kept. */
  #make(bytes) {
    const written = this.#at - this.#start;
    this.#start = this.#exports.paysig_room(bytes) >>> 0;
    this.#at = this.#start + written;
    this.#end = this.#start + bytes;
    this.#current();
  }

  /** Memory that grows is another buffer, and the old one has no length any more. */
  #current() {
    if (this.#bytes?.length) return;
    this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    this.#answer = new Answer(this.#bytes);
    this.#view = this.#answer.view;
  }

  #need(bytes) {
    if (this.#at + bytes <= this.#end) return;
    const needed = this.#at + bytes - this.#start;
    this.#make(needed > LARGE ? needed : Math.max(needed, 2 * (this.#end - this.#start)));
  }

  #letter({ message, options }) {
    const { method, target, url, headers, latin1, headersLatin1, body } = message;
    const { now, expiresIn, nonce, timestampText, payload, padding, seed, signature } = options;
    const optional = [now, expiresIn, target, url, nonce, timestampText, payload, padding, seed, signature];
    let there = 0;
    for (let at = 0; at < optional.length; at += 1) if (optional[at] !== undefined) there |= 1 << at;
    this.#word(there);
    if (now !== undefined) this.#double(now);
    if (expiresIn !== undefined) this.#double(expiresIn);
    if (target !== undefined) this.#piece("target", target, latin1);
    if (url !== undefined) this.#piece("url", url, false);
    if (nonce !== undefined) this.#piece("nonce", nonce, false);
    if (timestampText !== undefined) this.#piece("timestampText", timestampText, false);
    if (payload !== undefined) this.#piece("payload", payload, false);
    if (padding !== undefined) this.#piece("padding", padding, true);
    if (seed !== undefined) this.#piece("seed", seed, false);
    if (signature !== undefined) this.#piece("signature", signature, true);
    this.#piece("method", method, false);
    this.#word(headers.length / 2);
    for (let at = 0; at < headers.length; at += 1) this.#piece("headers", headers[at], headersLatin1);
    this.#piece("body", body, false);
  }

  #word(word) {
    this.#need(4);
    this.#view.setUint32(this.#at, word, true);
    this.#at += 4;
  }

  #double(double) {
    this.#need(8);
    this.#view.setFloat64(this.#at, double, true);
    this.#at += 8;
  }

  #put(bytes) {
    const size = bytes.byteLength;
    this.#need(size);
    this.#bytes.set(bytes, this.#at);
    this.#at += size;
  }

  /** Bytes, or text as UTF-8 or Latin-1. */
  #piece(field, value, latin1) {
    if (typeof value === "string" && this.#ascii(value)) return;
    const bytes = typeof value === "string" ? wireBytes(field, value, latin1) : value;
    this.#word(bytes.byteLength);
    this.#put(bytes);
  }

  /** Writes a piece of ASCII; false for other text, and for text that is long. */
  #ascii(text) {
    const { length } = text;
    if (length > LONG) return false;
    this.#need(4 + 3 * length);
    const bytes = this.#bytes;
    const start = this.#at + 4;
    const end = start + 3 * length;
    let written = 0;
    if (length < SHORT) {
      for (; written < length; written += 1) {
        const code = text.charCodeAt(written);
        if (code > 0x7f) break;
        bytes[start + written] = code;
      }
    } else {
      written = encoder.encodeInto(text, bytes.subarray(start, end)).written;
    }
    if (written !== length) {
      // It is written anew, and may be shorter then, or refused.
      bytes.fill(0, start, end);
      return false;
    }
    this.#view.setUint32(this.#at, length, true);
    this.#at = start + length;
    return true;
  }
}
