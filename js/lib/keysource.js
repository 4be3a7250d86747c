// Keys that a message names by an address: fetched, remembered, and never asked for more often than is decent.
//
// Which address may be asked is the core's decision (the recipe's list of hosts); an address arrives here only if it is allowed.

import { wrong } from "./errors.js";
import { gathered } from "./message.js";
import { kind, only, whole } from "./values.js";

const SETTINGS = ["credentials", "locate", "fetch", "lifetime", "retryAfter", "perMinute", "maxKeys", "timeout", "maxBytes", "clock"];

/** Fetches the keys that verifying needs. Share one between verifiers of one provider. */
export class KeySource {
  #credentials;
  #locate;
  #fetch;
  #options;
  #clock;
  /** What was fetched, by key id and address, oldest first: `{ until, found }`. */
  #keys = new Map();
  /** Until when a fetch that failed is not tried again. */
  #failed = new Map();
  #flights = new Map();
  #started = [];

  constructor(options) {
    const {
      credentials,
      locate = () => null,
      fetch: send = globalThis.fetch,
      lifetime = 3600,
      retryAfter = 60,
      perMinute = 10,
      maxKeys = 8,
      timeout = 5,
      maxBytes = 65536,
      clock = Date.now,
    } = only(SETTINGS, options);
    for (const [name, value] of Object.entries({ credentials, locate, fetch: send, clock })) {
      if (typeof value !== "function") throw wrong(name, `${name} must be a function, not ${kind(value)}`);
    }
    this.#options = { lifetime, retryAfter, perMinute, maxKeys, timeout, maxBytes };
    for (const [name, value] of Object.entries(this.#options)) whole(name, value);
    this.#credentials = credentials;
    this.#locate = locate;
    // Called as a plain function: browsers' fetch must not have another `this`.
    this.#fetch = (url, init) => send(url, init);
    this.#clock = clock;
  }

  /** The key that a `needs_key` error asks for, as `{ credentials }`; null if it cannot be had now. */
  async find({ keyId, keyUrl }) {
    const url = keyUrl ?? (await this.#located(keyId));
    if (!url) return null;
    const name = JSON.stringify([keyId, url]);
    const now = this.#clock();
    const known = this.#keys.get(name);
    if (known !== undefined && now < known.until) return known.found;
    if (now < this.#failed.get(name)) return null;
    const flight = this.#flights.get(name);
    if (flight !== undefined) return flight;
    // A stranger who names one key after another makes us ask no more often than this.
    this.#started = this.#started.filter((start) => now - start < 60_000);
    if (this.#started.length >= this.#options.perMinute) return null;
    this.#started.push(now);
    const asked = this.#ask(name, keyId, url).finally(() => this.#flights.delete(name));
    this.#flights.set(name, asked);
    return asked;
  }

  async #located(keyId) {
    try {
      return await this.#locate(keyId);
    } catch {
      return null;
    }
  }

  async #ask(name, keyId, url) {
    const { lifetime, maxKeys } = this.#options;
    let found = null;
    try {
      const document = await this.#download(url);
      const credentials = document === null ? null : await this.#credentials(document, { keyId, url });
      found = credentials ? { credentials } : null;
    } catch {
      // The network failed, or the document is not what it should be.
    }
    this.#keys.delete(name);
    if (found === null) {
      this.#fail(name);
    } else {
      this.#keys.set(name, { until: this.#clock() + lifetime * 1000, found });
      if (this.#keys.size > maxKeys) this.#keys.delete(this.#keys.keys().next().value);
    }
    return found;
  }

  #fail(name) {
    const now = this.#clock();
    for (const [other, until] of this.#failed) if (until <= now) this.#failed.delete(other);
    this.#failed.set(name, now + this.#options.retryAfter * 1000);
  }

  /** Forgets what was fetched, since no verifier can be made of it: the fetch counts as failed. */
  reject(found) {
    for (const [name, entry] of this.#keys) {
      if (entry.found !== found) continue;
      this.#keys.delete(name);
      this.#fail(name);
    }
  }

  async #download(url) {
    // A redirect would lead to an address that nobody allowed; credentials and referrer are nobody's business. `manual`, since some
    // edge runtimes lack `error`: a redirect is then an answer that is not ok.
    const answer = await this.#fetch(url, { redirect: "manual", signal: AbortSignal.timeout(this.#options.timeout * 1000), headers: { accept: "*/*" } });
    if (!answer.ok || answer.redirected || !answer.body) return null;
    const document = await gathered(answer.body, this.#options.maxBytes);
    return document && new TextDecoder().decode(document);
  }
}
