// Keys that a message names by an address: fetched, remembered, and never asked for more often than is decent.
//
// Which address may be asked is the core's decision (the recipe's list of hosts); an address arrives here only if it is allowed.

import { PaysigError, wrong } from "./errors.js";
import { joined } from "./message.js";
import { kind, whole } from "./values.js";

const MAX_ENTRIES = 64;

/** Fetches the keys that verifying needs. Share one between verifiers of one provider. */
export class KeySource {
  #credentials;
  #fetch;
  #maxAge;
  #negativeAge;
  #interval;
  #timeout;
  #maxBytes;
  #clock;
  /** By address: `{ until, found }`, oldest first; `found` is null after a failure. */
  #entries = new Map();
  #pending = new Map();
  #lastFetch = -Infinity;

  /**
   * `credentials(text, { keyId, url })`: what to make of a fetched document; null if it does not hold the key. Times in seconds.
   */
  constructor({
    credentials,
    fetch: send = globalThis.fetch,
    maxAge = 3600,
    negativeAge = 60,
    interval = 1,
    timeout = 10,
    maxBytes = 65536,
    clock = Date.now,
  }) {
    for (const [name, value] of Object.entries({ credentials, fetch: send, clock })) {
      if (typeof value !== "function") throw wrong(name, `${name} must be a function, not ${kind(value)}`);
    }
    for (const [name, value] of Object.entries({ maxAge, negativeAge, timeout, maxBytes })) whole(name, value);
    if (typeof interval !== "number" || !(interval >= 0)) throw wrong("interval", "interval must be a number of seconds");
    this.#credentials = credentials;
    // Called as a plain function: browsers' fetch must not have another `this`.
    this.#fetch = (url, init) => send(url, init);
    this.#maxAge = maxAge * 1000;
    this.#negativeAge = negativeAge * 1000;
    this.#interval = interval * 1000;
    this.#timeout = timeout * 1000;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** The key that a `needs_key` error asks for, as `{ credentials }`; null if it cannot be had now. */
  async find({ keyId, keyUrl }) {
    if (!keyUrl) return null;
    const known = this.#entries.get(keyUrl);
    if (known !== undefined && this.#clock() < known.until) return known.found;
    const pending = this.#pending.get(keyUrl);
    if (pending !== undefined) return pending;
    // A stranger who names one new address after another makes us ask no more often than this.
    if (this.#clock() - this.#lastFetch < this.#interval) return null;
    this.#lastFetch = this.#clock();
    const asked = this.#ask(keyId, keyUrl).finally(() => this.#pending.delete(keyUrl));
    this.#pending.set(keyUrl, asked);
    return asked;
  }

  async #ask(keyId, url) {
    let found = null;
    try {
      const document = await this.#download(url);
      const credentials = document === null ? null : await this.#credentials(document, { keyId, url });
      found = credentials ? { credentials } : null;
    } catch (error) {
      // The network failed, or the document is not what it should be; a mistake in the configuration must be seen.
      if (error instanceof PaysigError) throw error;
    }
    this.#entries.delete(url);
    this.#entries.set(url, { until: this.#clock() + (found ? this.#maxAge : this.#negativeAge), found });
    if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value);
    return found;
  }

  async #download(url) {
    // A redirect would lead to an address that nobody allowed; credentials and referrer are nobody's business. `manual`, since some
    // edge runtimes lack `error`: a redirect is then an answer that is not ok.
    const answer = await this.#fetch(url, { redirect: "manual", signal: AbortSignal.timeout(this.#timeout), headers: { accept: "*/*" } });
    if (!answer.ok || answer.redirected || !answer.body) return null;
    const chunks = [];
    let size = 0;
    for (const reader = answer.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > this.#maxBytes) {
        await reader.cancel();
        return null;
      }
      chunks.push(value);
    }
    return new TextDecoder().decode(joined(chunks, size));
  }
}
