// Explaining and diagnosing.

import { call } from "./engine.js";
import { isRequest, outgoing, plain } from "./message.js";
import { Scheme } from "./scheme.js";
import { SIGN_OPTIONS, signOptions, uuid } from "./signer.js";
import { credentials, keys, names, only, text, toBytes, whole } from "./values.js";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const JUDGED = ["scheme", "flow", "message", "keys", "variants"];
const EXPLAINED = [...JUDGED, ...SIGN_OPTIONS];
const DIAGNOSED = [...JUDGED, "now", "otherKeys", "tolerance"];

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
  return { head, letter: { message: given, options: signOptions(options, {}) } };
}

/** The string to sign: as a verifier reads it or, where the message carries no signature yet, as a signer would make it. */
export async function explain(options) {
  const { head, letter } = await question(only(EXPLAINED, options));
  const { json, bytes } = call({ op: "explain", ...head, made_nonce: uuid() }, letter);
  return new Explanation(json, bytes);
}

/** Looks for the mistake behind a refused message. An offline tool: it never turns a refusal into an acceptance. */
export async function diagnose(options) {
  const { otherKeys, tolerance, ...judged } = only(DIAGNOSED, options);
  const { head, letter } = await question(judged);
  const others = [otherKeys ?? []].flat().map((one) => credentials("otherKeys", one));
  const { json } = call({ op: "diagnose", ...head, other_keys: others, tolerance: whole("tolerance", tolerance) }, letter);
  const { verdict, hypotheses, exhausted, ruled_out: ruledOut } = json;
  const findings = json.findings.map(({ id, ids = [id], cause, fix, remedies = {} }) => ({ ids, cause, fix, remedies }));
  return { verdict, findings, ruledOut, hypotheses, exhausted };
}
