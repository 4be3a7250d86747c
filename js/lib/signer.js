// Signing.

import { Answer } from "./desk.js";
import { Kept } from "./engine.js";
import { PaysigError } from "./errors.js";
import { Explanation } from "./explain.js";
import { isRequest, outgoing, plain } from "./message.js";
import { Scheme } from "./scheme.js";
import { SignStream, headOf, opened } from "./stream.js";
import { clock, credentials, names, only, optionalText, text, wireText, wireValue, whole } from "./values.js";

const SETTINGS = ["flow", "credentials", "variants", "keyElsewhere"];
/** The options of signing. */
export const SIGN_OPTIONS = ["now", "nonce", "timestampText", "payload", "expiresIn", "padding"];

/** Signs messages of one flow under one set of credentials. */
export class Signer {
  #kept;

  constructor(scheme, options) {
    const { flow = "request", credentials: values, variants, keyElsewhere = false } = only(SETTINGS, options);
    this.#kept = new Kept({
      op: "signer",
      ...Scheme.choice(scheme),
      flow: text("flow", flow),
      credentials: credentials("credentials", values),
      variants: names("variants", variants),
      key_elsewhere: Boolean(keyElsewhere),
    });
  }

  get schemeId() {
    return this.#kept.about.scheme_id;
  }

  get flow() {
    return this.#kept.about.flow;
  }

  /** Whether the scheme signs a message id; one is made where none is given. */
  get needsNonce() {
    return this.#kept.about.needs_nonce;
  }

  /** Signs. A plain message gives a `Signed`; a Request gives the Request to send. */
  async sign(message, options) {
    if (isRequest(message)) return this.#signRequest(message, options);
    return this.#signed(plain(message), options);
  }

  #signed(message, options) {
    return this.#kept.ask("paysig_sign", { message, options: this.#options(options) }, (answer) => new Signed(answer, message));
  }

  async #signRequest(request, options) {
    const signed = this.#signed(plain(await outgoing(request)), options);
    const headers = new Headers(request.headers);
    for (const [name, value] of signed.headers) headers.set(name, value);
    const init = { headers };
    // A redirect leads to another request than the one that was signed.
    if (request.redirect !== "manual") init.redirect = "error";
    if (signed.body.length) init.body = signed.body;
    const sent = signed.url === request.url ? new Request(request.clone(), init) : new Request(signed.url, { ...settings(request), ...init });
    if (sent.url !== signed.url) {
      throw new PaysigError({ status: "unsupported", field: "url", message: "fetch would send another URL than the one that was signed" });
    }
    for (const [name, value] of signed.headers) {
      if (sent.headers.get(name) === value || name.toLowerCase() === "host") continue;
      throw new PaysigError({ status: "unsupported", field: name, message: `this platform's fetch does not send the header ${name}` });
    }
    return sent;
  }

  /** The first half of signing with a key that lives elsewhere: `keyElsewhere` and no secret. */
  async prepare(message, options) {
    const given = plain(isRequest(message) ? await outgoing(message) : message);
    const letter = { message: given, options: this.#options(options) };
    const { json, bytes } = this.#kept.call({ op: "prepare" }, letter);
    const finish = async (signature) => {
      const signed = { message: given, options: { ...letter.options, signature: wireValue("signature", signature) } };
      return new Signed(new Answer(this.#kept.call({ op: "finish" }, signed).bytes), given);
    };
    return { algorithm: json.algorithm, stringToSign: bytes, finish };
  }

  /** Signs a body that comes in pieces: `message` is plain and has none. `unsupported` where the scheme looks into the body. */
  async stream(message, options) {
    const head = headOf(message);
    return new SignStream(opened(this.#kept, { op: "sign_stream" }, { message: head, options: this.#options(options) }), head);
  }

  /** What would be signed, byte by byte; secrets as asterisks. */
  async explain(message, options) {
    const given = plain(isRequest(message) ? await outgoing(message) : message);
    const { json, bytes } = this.#kept.call({ op: "explain_signer" }, { message: given, options: this.#options(options) });
    return new Explanation(json, bytes);
  }

  #options(options) {
    const { needs_nonce: nonce, needs_seed: seed } = this.#kept.about;
    return signOptions(only(SIGN_OPTIONS, options), { nonce, seed });
  }
}

/** What a Request with another URL takes over. The whole Request would bring its body, which not every platform sends as a stream. */
function settings(request) {
  const names = ["method", "referrer", "referrerPolicy", "mode", "credentials", "cache", "integrity", "keepalive", "signal"];
  const given = names.map((name) => [name, request[name]]).filter(([, value]) => value !== undefined && value !== "navigate");
  return Object.fromEntries(given);
}

/** The options of signing as a letter takes them; what is needed and absent is made. */
export function signOptions(options, needs) {
  const { now, nonce, timestampText, payload, expiresIn, padding } = options;
  const made = needs.nonce && (nonce === undefined || nonce === null);
  return {
    now: clock(now),
    expiresIn: whole("expiresIn", expiresIn),
    nonce: made ? uuid() : optionalText("nonce", nonce),
    timestampText: optionalText("timestampText", timestampText),
    payload: payload === undefined || payload === null ? undefined : wireValue("payload", payload),
    padding: padding === undefined || padding === null ? undefined : wireValue("padding", padding),
    seed: needs.seed ? crypto.getRandomValues(new Uint8Array(32)) : undefined,
    signature: undefined,
  };
}

/** RFC 9562, version 4. Not crypto.randomUUID, which pages without https lack. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What to send, and everything that signing used. */
export class Signed {
  /** Of the module's answer about a message of `plain`. */
  constructor(answer, { target, url, latin1, body }) {
    const there = answer.word();
    const newTarget = there & 1 ? answer.text(latin1) : null;
    const newUrl = there & 2 ? answer.text() : url;
    const newBody = there & 4 ? answer.piece() : null;
    const bodyMembers = there & 8 ? answer.text() : null;
    const used = {
      timestamp: there & 16 ? answer.text() : null,
      nonce: there & 32 ? answer.text() : null,
      keyId: there & 64 ? answer.text() : null,
    };
    /** The headers to add, in the order of the recipe. */
    this.headers = [];
    while (answer.more) this.headers.push([answer.text(), answer.text(latin1)]);
    /** The target to send, if something was added to it. */
    this.newTarget = newTarget;
    /** The body to send, if something was added to it. */
    this.newBody = newBody;
    /** The JSON members that were added to the body, as the text of a JSON object. */
    this.bodyMembers = bodyMembers;
    /** Time, nonce and key id as used. */
    this.used = used;
    /** The URL (or target) to send to, with what was added to its query. */
    this.url = newUrl ?? newTarget ?? wireText(target, latin1);
    /** The body to send, with what was added to it. */
    this.body = newBody ?? body;
  }
}
