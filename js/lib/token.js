// Token sessions of client-credentials schemes.

import { originOf } from "./address.js";
import { Kept } from "./engine.js";
import { wrong } from "./errors.js";
import { gathered, isRequest } from "./message.js";
import { Scheme } from "./scheme.js";
import { bodyBytes, byteString, credentials, instant, kind, only, text, whole } from "./values.js";

/** Bytes; a token is much smaller. */
const MAX_ANSWER = 65536;

function now(options) {
  const { now: given } = only(["now"], options);
  return given === undefined ? Date.now() : instant("now", given);
}

/** A bearer token and when to renew it. It does no I/O: `next` says what to do. */
export class TokenSession {
  #kept;

  constructor(scheme, options) {
    const { credentials: values } = only(["credentials"], options);
    this.#kept = new Kept({ op: "token_session", ...Scheme.choice(scheme), credentials: credentials("credentials", values) });
  }

  /** What to do now: `authorize` with these headers, `fetch` a token, or `wait`. */
  next(options) {
    const { json, bytes } = this.#kept.call({ op: "token_next", now: now(options) });
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
  fetched(status, body, options) {
    this.#kept.call({ op: "token_fetched", now: now(options), status: Math.min(whole("status", status), 65535) }, bodyBytes("body", body));
  }

  /** Reports that the API answered 401 to the token. */
  refused(options) {
    this.#kept.call({ op: "token_refused", now: now(options) });
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
 * API refuses the old one. A token is renewed before it expires: until then requests are sent with it, whatever comes of the renewal.
 * `origin`: scheme, host and port of the token endpoint, such as https://api.example. A token endpoint that has not
 * answered when the session's lease runs out has failed, with a `TimeoutError`; a request whose own signal is aborted waits no longer,
 * and the others still get the token.
 */
export function tokenFetch(session, options) {
  const { origin, fetch: send = globalThis.fetch } = only(["origin", "fetch"], options);
  if (!(session instanceof TokenSession)) throw wrong("session", `session must be a TokenSession, not ${kind(session)}`);
  const base = originOf("origin", origin);
  if (typeof send !== "function") throw wrong("fetch", `fetch must be a function, not ${kind(send)}`);
  let fetching;

  async function ask({ target, method, headers, body }, signal) {
    const answer = await send(new URL(target, base), { method, headers, body: body.length ? body : undefined, redirect: "manual", signal });
    // Some packages' fetch has no stream to be read piece by piece.
    const stream = typeof answer.body?.getReader === "function";
    const all = stream ? await gathered(answer.body, MAX_ANSWER) : new Uint8Array(await answer.arrayBuffer());
    if (all === null) throw new RangeError(`the token endpoint's answer has more than ${MAX_ANSWER} bytes`);
    return { status: answer.status, body: all };
  }

  async function renew(request, isLatest) {
    try {
      const signal = AbortSignal.timeout(Math.max(request.leaseUntil - Date.now(), 0));
      const answer = await unlessAborted(signal, ask(request, signal));
      if (isLatest()) session.fetched(answer.status, answer.body);
    } catch (error) {
      // Only where the session has heard of no answer; what it says of one is passed on. Of a lease that another has now, it hears nothing.
      if (error?.name === "PaysigError" || !isLatest()) throw error;
      try {
        session.fetched(0, "");
      } catch {
        // That it never came is what the session says now.
      }
      throw error;
    }
  }

  function start(action) {
    const mine = renew(action, () => fetching === mine).finally(() => {
      if (fetching === mine) fetching = undefined;
    });
    // Whoever needs this token waits for it and hears why it did not come; maybe nobody does.
    mine.catch(() => {});
    fetching = mine;
  }

  /** What the session says; a fetch that it wants has begun, and it says what to do meanwhile. */
  function next() {
    let action = session.next();
    while (action.action === "fetch") {
      start(action);
      action = session.next();
    }
    return action;
  }

  /** Until there is an answer about the token, or it is time to ask the session again. */
  async function waited(signal, until) {
    const left = Math.max(until - Date.now(), 10);
    let timer;
    // Nobody here fetches where somebody else has the lease. A fetch of ours ends with its lease, if the platform has not forgotten it.
    const late = new Promise((done) => (timer = setTimeout(done, fetching === undefined ? Math.min(left, 1000) : left + 100)));
    try {
      await unlessAborted(signal, Promise.race(fetching === undefined ? [late] : [fetching, late]));
    } finally {
      clearTimeout(timer);
    }
  }

  async function headers(signal) {
    for (;;) {
      signal.throwIfAborted();
      const action = next();
      if (action.action === "authorize") return action.headers;
      try {
        await waited(signal, action.until);
      } catch (error) {
        signal.throwIfAborted();
        return stillValid(error);
      }
    }
  }

  /** The token that there is although this one did not come, if there is one. */
  function stillValid(failure) {
    let action;
    try {
      action = next();
    } catch {
      // The session says the same in fewer words.
      throw failure;
    }
    if (action.action !== "authorize") throw failure;
    return action.headers;
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
      const current = next();
      if (current.action === "authorize" && JSON.stringify(current.headers) === JSON.stringify(used)) {
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
