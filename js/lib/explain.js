// Explaining and diagnosing.

import { call } from "./engine.js";
import { isRequest, outgoing, plain } from "./message.js";
import { Scheme } from "./scheme.js";
import { credentials, keys, names, text, toBytes, whole } from "./values.js";
import { signOptions } from "./signer.js";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The string to sign with the origin of every byte. */
export class Explanation {
  constructor(json, bytes) {
    /** Bytes. */
    this.stringToSign = bytes;
    /** `part` names the origin of the bytes from `start` to before `end`. */
    this.parts = json.parts;
    /** What was digested on the way: the bytes that went into the `step` of a `part`, and their origin. */
    this.nested = json.nested.map(({ part, step, parts, string_to_sign: text, string_to_sign_base64: base64 }) => ({
      part,
      step,
      bytes: text === undefined ? toBytes(atob(base64)) : encoder.encode(text),
      parts,
    }));
    /** What of the message is covered. */
    this.covered = json.covered;
    /** The same in words for people, and what is `open`: what may have been changed on the way. */
    this.coveredInWords = json.covered_in_words;
  }

  /** The string to sign as text; what is not UTF-8 is shown as U+FFFD. */
  toString() {
    return decoder.decode(this.stringToSign);
  }
}

async function question({ scheme, flow, message, keys: ring, variants, ...options }) {
  const given = plain(isRequest(message) ? await outgoing(message) : message);
  const head = {
    ...Scheme.choice(scheme),
    flow: text("flow", flow),
    keys: keys(ring),
    variants: names("variants", variants),
  };
  return { head, letter: { message: given, options: signOptions(options, { nonce: options.makeNonce, seed: false }) } };
}

/** The string to sign: as a verifier reads it or, where the message carries no signature yet, as a signer would make it. */
export async function explain(options) {
  const { head, letter } = await question({ makeNonce: true, ...options });
  const { json, bytes } = call({ op: "explain", ...head }, letter);
  return new Explanation(json, bytes);
}

/** Looks for the mistake behind a refused message. An offline tool: it never turns a refusal into an acceptance. */
export async function diagnose({ otherKeys = [], tolerance, ...options }) {
  const { head, letter } = await question(options);
  const others = otherKeys.map((one) => credentials("otherKeys", one));
  const { json } = call({ op: "diagnose", ...head, other_keys: others, tolerance: whole("tolerance", tolerance) }, letter);
  const { verdict, hypotheses, exhausted, ruled_out: ruledOut } = json;
  const findings = json.findings.map(({ id, ids = [id], cause, fix, remedies = {} }) => ({ ids, cause, fix, remedies }));
  return { verdict, findings, ruledOut, hypotheses, exhausted };
}
