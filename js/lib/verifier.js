// Verifying.

import { publicBase } from "./address.js";
import { Kept, call } from "./engine.js";
import { PaysigError, wrong } from "./errors.js";
import { Explanation } from "./explain.js";
import { KeySource } from "./keysource.js";
import { address, incoming, isRequest, plain, readLimit, tooLarge } from "./message.js";
import { Scheme } from "./scheme.js";
import { VerifyStream, headOf, opened } from "./stream.js";
import { clock, keys, names, only, optionalText, text, whole, wireText } from "./values.js";

const SETTINGS = ["flow", "keys", "variants", "tolerance", "keyId", "algorithms", "maxBody", "keySource"];
const OPTIONS = ["now", "publicUrl", "maxBody"];
const STREAM_OPTIONS = ["now", "bodyLength"];

/** Judges messages of one flow against a ring of keys. */
export class Verifier {
  #question;
  #kept;
  #source;
  /** Verifiers with a fetched key. */
  #fetched = new WeakMap();

  constructor(scheme, options) {
    const { flow = "webhook", keys: ring, variants, tolerance, keyId, algorithms, maxBody, keySource } = only(SETTINGS, options);
    if (keySource !== undefined && !(keySource instanceof KeySource)) throw wrong("keySource", "keySource must be a KeySource");
    this.#source = keySource;
    this.#question = {
      op: "verifier",
      ...Scheme.choice(scheme),
      flow: text("flow", flow),
      keys: keys(ring),
      variants: names("variants", variants),
      tolerance: whole("tolerance", tolerance),
      key_id: optionalText("keyId", keyId),
      algorithms: names("algorithms", algorithms),
      max_body: whole("maxBody", maxBody),
    };
    this.#kept = new Kept(this.#question);
  }

  get schemeId() {
    return this.#kept.about.scheme_id;
  }

  get flow() {
    return this.#kept.about.flow;
  }

  /** Seconds that a message may be older or newer than the clock; null where the scheme carries no time. */
  get toleranceSeconds() {
    return this.#kept.about.tolerance_seconds;
  }

  /** How long replay keys must be remembered. */
  get retentionSeconds() {
    return this.#kept.about.retention_seconds;
  }

  /** Bytes that a body may have, as given; null if nothing was. */
  get maxBody() {
    return this.#question.max_body ?? null;
  }

  /** Judges a message: the `Verified`, or a PaysigError whose `verdict` says why it is refused. */
  async verify(message, options) {
    const letter = isRequest(message) ? await this.#received(message, options) : this.#letter(message, options);
    return this.#with((kept) => kept.ask("paysig_verify", letter, (answer) => new Verified(answer, letter.message.body)));
  }

  /** Judges a Request that was received; its body can still be read. `publicUrl`: the base of its URL, for schemes that sign it. */
  async verifyRequest(request, options) {
    if (!isRequest(request)) throw wrong("request", "verifyRequest takes a Request; verify takes plain messages");
    return this.verify(request, options);
  }

  /**
   * Judges a body that comes in pieces: `message` is plain and has none. With `bodyLength` (the Content-Length) the result has a replay
   * key. `unsupported` where the scheme looks into the body.
   */
  async stream(message, options) {
    const { now, bodyLength } = only(STREAM_OPTIONS, options);
    if (bodyLength !== undefined && bodyLength !== null && !(Number.isSafeInteger(bodyLength) && bodyLength >= 0)) {
      throw wrong("bodyLength", "bodyLength must be a whole number of bytes");
    }
    const letter = { message: headOf(message), options: { now: clock(now) } };
    return new VerifyStream(await this.#with((kept) => opened(kept, { op: "verify_stream", body_length: bodyLength }, letter)));
  }

  /** The answer to the provider's check of an endpoint, if the message is one; null for ordinary messages. */
  async handshake(message, options) {
    const letter = isRequest(message) ? await this.#received(message, options) : this.#letter(message, options);
    return this.#with((kept) => kept.ask("paysig_handshake", letter, endpointCheck));
  }

  /** What would be verified, byte by byte. */
  async explain(message, options) {
    const letter = isRequest(message) ? await this.#received(message, options) : this.#letter(message, options);
    const { json, bytes } = this.#kept.call({ op: "explain_verifier" }, letter);
    return new Explanation(json, bytes);
  }

  /** The letter of a Request. No more is read of it than the smaller limit, the verifier's or the call's. */
  async #received(request, options) {
    const { publicUrl, ...others } = only(OPTIONS, options);
    const limits = { publicUrl: publicBase(publicUrl), maxBody: readLimit(this.maxBody, others.maxBody) };
    return this.#letter(await incoming(request, limits), others);
  }

  /** The message and the time of a call. */
  #letter(message, options) {
    const { now, publicUrl, maxBody } = only(OPTIONS, options);
    const given = plain(message);
    const base = publicBase(publicUrl);
    if (base !== undefined) {
      if (given.url !== undefined) throw wrong("publicUrl", "publicUrl and the message's own absolute url must not both be given");
      if (given.target !== undefined) Object.assign(given, address(wireText(given.target, given.latin1), base));
    }
    if (given.body.byteLength > (whole("maxBody", maxBody) ?? Infinity)) throw tooLarge();
    return { message: given, options: { now: clock(now) } };
  }

  /** Runs with this verifier, and where it needs a key, with that one. */
  #with(run) {
    try {
      return run(this.#kept);
    } catch (error) {
      // The address is one that the recipe allows, or there is none.
      if (!(error instanceof PaysigError) || error.status !== "needs_key" || this.#source === undefined) throw error;
      return this.#withFetched(run, error);
    }
  }

  async #withFetched(run, error) {
    const found = await this.#source.find(error);
    if (found === null) throw error;
    return run(this.#knowing(found, error));
  }

  /** This verifier with a fetched key. */
  #knowing(found, { keyId, keyUrl }) {
    let kept = this.#fetched.get(found);
    if (kept !== undefined) return kept;
    try {
      kept = new Kept({ ...this.#question, keys: [...this.#question.keys, ...keys(found.credentials)] });
    } catch (cause) {
      this.#source.reject(found);
      throw new PaysigError({ status: "needs_key", message: "what was fetched is no key", key_id: keyId, key_url: keyUrl }, { cause });
    }
    this.#fetched.set(found, kept);
    return kept;
  }
}

/** The answer to a provider's check of an endpoint. */
function endpointCheck(answer) {
  const there = answer.word();
  if (!(there & 1)) return null;
  return { contentType: answer.text(), verified: Boolean(there & 2), body: answer.piece() };
}

/** An authentic message: what it says about itself. Trust only what `covered` names. */
export class Verified {
  #fields;

  /** Of the module's answer. */
  constructor(answer, body) {
    const there = answer.word();
    this.keyIndex = answer.word();
    this.items = answer.word();
    const time = answer.double();
    this.timestamp = there & 8 ? new Date(time) : null;
    let count = answer.word();
    this.keyId = there & 1 ? answer.text() : null;
    /** The fields that were signed by name, or a JWT's payload, as JSON text; numbers as they were spelled. */
    this.signedJson = there & 2 ? answer.text() : null;
    /** The same for every delivery of one message. */
    this.replayKey = there & 4 ? answer.text() : null;
    const headers = [];
    for (; count > 0; count -= 1) headers.push(answer.text());
    const members = [];
    while (answer.more) members.push(answer.text());
    this.covered = {
      method: Boolean(there & 16),
      path: Boolean(there & 32),
      query: Boolean(there & 64),
      headers,
      body: there & 128 ? "all" : there & 256 ? members : "none",
    };
    /** The bytes that were judged. */
    this.body = body;
  }

  /** `signedJson`, parsed: numbers beyond 2^53 lose digits, so take amounts from the text if they are large. */
  get signedFields() {
    this.#fields ??= this.signedJson === null ? null : JSON.parse(this.signedJson);
    return this.#fields;
  }

  /** What is covered, what is not, and the signed fields where there are some, in words for people, a line each. */
  toString() {
    return call({ op: "words", covered: this.covered, signed_json: this.signedJson }).json.words;
  }

  /** The judged body as text. */
  text() {
    return new TextDecoder().decode(this.body);
  }

  /** The judged body as JSON. */
  json() {
    return JSON.parse(this.text());
  }
}
