// Token sessions of client-credentials schemes.

import { Kept } from "./engine.js";
import { wrong } from "./errors.js";
import { isRequest } from "./message.js";
import { Scheme } from "./scheme.js";
import { bodyBytes, byteString, credentials, instant, kind, text, whole } from "./values.js";

const now = (value) => (value === undefined ? Date.now() : instant("now", value));

/** A bearer token and when to renew it. It does no I/O: `next` says what to do. */
export class TokenSession {
  #kept;

  constructor(scheme, { credentials: values } = {}) {
    this.#kept = new Kept({ op: "token_session", ...Scheme.choice(scheme), credentials: credentials("credentials", values) });
  }

  /** What to do now: `authorize` with these headers, `fetch` a token, or `wait`. */
  next(options = {}) {
    const { json, bytes } = this.#kept.call({ op: "token_next", now: now(options.now) });
    switch (json.action) {
      case "authorize":
        return { action: "authorize", headers: json.headers };
      case "wait":
        return { action: "wait", until: new Date(json.until) };
      default: {
        const { method, target, headers, leaseUntil } = json;
        return { action: "fetch", method, target, headers, body: bytes, leaseUntil: new Date(leaseUntil) };
      }
    }
  }

  /** Reports the token endpoint's answer: its HTTP status (0 if none came) and body. */
  fetched(status, body, options = {}) {
    this.#kept.call({ op: "token_fetched", now: now(options.now), status: Math.min(whole("status", status), 65535) }, bodyBytes("body", body));
  }

  /** Reports that the API answered 401 to the token. */
  refused(options = {}) {
    this.#kept.call({ op: "token_refused", now: now(options.now) });
  }

  /** Reports that the API accepted the token. */
  accepted() {
    this.#kept.call({ op: "token_accepted" });
  }

  /** The state as text, to be kept where the secret may be kept. Holds the token. */
  save() {
    return this.#kept.call({ op: "token_save" }).json.state;
  }

  /** Continues from a saved state of the same scheme. */
  load(state) {
    this.#kept.call({ op: "token_load", state: byteString("state", text("state", state)) });
  }
}

/** What the promise brings, unless the signal is aborted first, whether or not whoever keeps the promise listens to it. */
async function unlessAborted(signal, promise) {
  let abort;
  const aborted = new Promise((_, reject) => (abort = () => reject(signal.reason)));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * fetch with bearer tokens that renew themselves: one fetch of a token however many requests wait for it, and one new token when the
 * API refuses the old one. `origin`: where the token endpoint lives, such as https://api.example. A token endpoint that has not
 * answered when the session's lease runs out has failed, with a `TimeoutError`; a request whose own signal is aborted waits no longer,
 * and the others still get the token.
 */
export function tokenFetch(session, { origin, fetch: send = globalThis.fetch } = {}) {
  if (!(session instanceof TokenSession)) throw wrong("session", `session must be a TokenSession, not ${kind(session)}`);
  const base = new URL(origin).origin;
  let fetching;

  async function ask({ target, method, headers, body }, signal) {
    const answer = await send(new URL(target, base), { method, headers, body: body.length ? body : undefined, redirect: "manual", signal });
    return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
  }

  async function renew(request) {
    try {
      const signal = AbortSignal.timeout(Math.max(request.leaseUntil - Date.now(), 0));
      const answer = await unlessAborted(signal, ask(request, signal));
      session.fetched(answer.status, answer.body);
    } catch (error) {
      // Only where the session has heard of no answer; what it says of one is passed on.
      if (error?.name === "PaysigError") throw error;
      try {
        session.fetched(0, "");
      } catch {
        // That it never came is what the session says now.
      }
      throw error;
    }
  }

  function start(action) {
    fetching = renew(action).finally(() => (fetching = undefined));
    return fetching;
  }

  async function headers(signal) {
    for (;;) {
      if (fetching !== undefined) await unlessAborted(signal, fetching);
      signal.throwIfAborted();
      const action = session.next();
      if (action.action === "authorize") return action.headers;
      if (action.action === "fetch") {
        await unlessAborted(signal, start(action));
      } else {
        const pause = Math.min(Math.max(action.until - Date.now(), 10), 1000);
        await unlessAborted(signal, new Promise((done) => setTimeout(done, pause)));
      }
    }
  }

  return async function authorizedFetch(input, init) {
    const request = isRequest(input) && init === undefined ? input : new Request(input, init);
    // A Request of another realm may have none.
    const signal = request.signal ?? new AbortController().signal;
    for (const last of [false, true]) {
      const used = await headers(signal);
      const sent = request.clone();
      for (const [name, value] of used) sent.headers.set(name, value);
      const answer = await send(sent);
      if (answer.status !== 401) {
        session.accepted();
        return answer;
      }
      if (last) return answer;
      // Another request may have brought a new token meanwhile.
      const current = session.next();
      if (current.action === "fetch") {
        await unlessAborted(signal, start(current));
      } else if (current.action === "authorize" && JSON.stringify(current.headers) === JSON.stringify(used)) {
        try {
          session.refused();
        } catch {
          // A token of a moment ago was refused as well: that is the API's answer.
          return answer;
        }
      }
      await answer.body?.cancel();
    }
  };
}
