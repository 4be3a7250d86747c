// Replay protection in memory: the core's guard.

import { Kept } from "./engine.js";
import { wrong } from "./errors.js";
import { instant, kind, only, text, whole } from "./values.js";

const SETTINGS = ["retentionSeconds", "leaseSeconds", "capacity", "clock"];

/**
 * A guard for one process, and for tests. `retentionSeconds`: how long a handled delivery is remembered
 * (`Verifier.retentionSeconds` says what a scheme needs). `leaseSeconds`: how long a handler may take. Full of what must be
 * remembered, it refuses instead of forgetting.
 */
export class MemoryReplayGuard {
  #kept;
  #clock;

  constructor(options) {
    const { retentionSeconds = 604_800, leaseSeconds = 60, capacity = 1_000_000, clock = Date.now } = only(SETTINGS, options);
    if (typeof clock !== "function") throw wrong("clock", `clock must be a function, not ${kind(clock)}`);
    this.#clock = () => instant("clock", clock());
    const question = {
      op: "guard",
      retention_seconds: whole("retentionSeconds", retentionSeconds),
      lease_seconds: whole("leaseSeconds", leaseSeconds),
      capacity: whole("capacity", capacity),
    };
    this.#kept = new Kept(question, { lasting: true });
  }

  /** Before the handler: `fresh` with a lease, `in_progress` or `done`. */
  begin(replayKey) {
    const key = text("replayKey", replayKey);
    const { json } = this.#kept.call({ op: "begin", key, now: this.#clock() });
    return json.state === "fresh" ? { state: "fresh", lease: { key, id: json.id } } : { state: json.state };
  }

  /** After the handler succeeded. */
  commit(lease) {
    this.#kept.call({ op: "commit", key: text("lease", lease?.key), id: whole("lease", lease.id), now: this.#clock() });
  }

  /** After the handler failed: the next delivery is handled. */
  release(lease) {
    this.#kept.call({ op: "release", key: text("lease", lease?.key), id: whole("lease", lease.id) });
  }
}
