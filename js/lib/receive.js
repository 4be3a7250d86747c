// What all servers share: judge a delivery, guard against replays, and say no more than an HTTP status to the other side.

import { publicBase } from "./address.js";
import { PaysigError, wrong } from "./errors.js";
import { readLimit } from "./message.js";
import { kind, only } from "./values.js";
import { Verifier } from "./verifier.js";

const SETTINGS = ["publicUrl", "maxBody", "guard", "onRefused"];

const PHRASES = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  413: "Content Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** What to answer instead of calling the handler. */
export class Refused extends Error {
  constructor(status, body, { contentType = "text/plain", retryAfter } = {}) {
    super(PHRASES[status] ?? String(status));
    this.status = status;
    /** The standard phrase of the status and nothing else, unless the scheme demands an answer. */
    this.body = body ?? new TextEncoder().encode(PHRASES[status] ?? "");
    // What a stranger may have written is never read as HTML.
    this.headers = { "content-type": contentType, "x-content-type-options": "nosniff" };
    if (retryAfter !== undefined) this.headers["retry-after"] = String(retryAfter);
  }
}

/** Judges deliveries. The options are those of every helper. */
export class Receiver {
  #verifier;
  #guard;
  #onRefused;

  constructor(verifier, options) {
    const { publicUrl, maxBody, guard, onRefused = report } = only(SETTINGS, options);
    if (!(verifier instanceof Verifier)) throw wrong("verifier", `verifier must be a Verifier, not ${kind(verifier)}`);
    const missing = guard && ["begin", "commit", "release"].find((name) => typeof guard[name] !== "function");
    if (missing) throw wrong("guard", `guard has no ${missing}`);
    if (typeof onRefused !== "function") throw wrong("onRefused", "onRefused must be a function");
    this.#verifier = verifier;
    this.publicUrl = publicBase(publicUrl);
    this.maxBody = readLimit(verifier.maxBody, maxBody);
    this.#guard = guard;
    this.#onRefused = onRefused;
  }

  /** The refusal of an error, which is reported to the host only. */
  refusal(error) {
    const known = error instanceof PaysigError ? error : new PaysigError({ status: "store_unavailable", message: "the replay guard failed" }, { cause: error });
    this.#onRefused(known);
    return new Refused(known.http);
  }

  /** The delivery if it is authentic and new; else throws Refused. */
  async judge(message) {
    let verified;
    try {
      // The provider's checks of the endpoint are answered here; the handler never sees them.
      const handshake = await this.#verifier.handshake(message);
      if (handshake) throw new Refused(200, handshake.body, { contentType: handshake.contentType });
      verified = await this.#verifier.verify(message);
    } catch (error) {
      throw error instanceof Refused ? error : this.refusal(error);
    }
    return { verified, lease: await this.#begin(verified) };
  }

  async #begin(verified) {
    if (!this.#guard) return undefined;
    let begun;
    try {
      begun = await this.#guard.begin(verified.replayKey);
    } catch (error) {
      throw this.refusal(error);
    }
    switch (begun?.state) {
      case "fresh":
        if (begun.lease === undefined || begun.lease === null) throw this.refusal(wrong("guard", "begin must answer fresh with a lease"));
        return begun.lease;
      case "in_progress":
        // The provider comes again when the other delivery is over, however it ends.
        throw new Refused(503, undefined, { retryAfter: 1 });
      case "done":
        // 200: the provider must stop sending it.
        throw new Refused(200);
      default:
        throw this.refusal(wrong("guard", "begin must answer with the state fresh, in_progress or done"));
    }
  }

  /** The handler is done. What the guard says now cannot change the answer any more. */
  async end(lease, success) {
    if (lease === undefined) return;
    try {
      await (success ? this.#guard.commit(lease) : this.#guard.release(lease));
    } catch (error) {
      this.refusal(error);
    }
  }
}

function report(error) {
  console.warn(`paysig: a delivery is refused: ${error.message}`);
}

/** Whether an answer tells the provider that the delivery was taken; a redirect does not. */
export function isSuccess(status) {
  return status >= 200 && status < 300;
}
