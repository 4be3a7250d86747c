// Replay protection for several processes and machines: a guard over Redis or Valkey, through the client that the program has.

import { PaysigError, wrong } from "./errors.js";
import { kind, only, text, whole } from "./values.js";

const SETTINGS = ["retentionSeconds", "leaseSeconds", "timeoutSeconds", "prefix"];
const MAX_KEY = 512;
const DONE = "done";
const LEASE = "lease:";

// What is stored, and the scripts, are those of the guards of the other languages.
// Answers one's own lease to the one who may handle the message, else what is stored: "done" or another's lease.
const BEGIN = `local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;
// A lease that ran out but passed to nobody still counts: the message was handled.
const COMMIT = `local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])
return 1`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * A guard that all processes share. Every step is one script, so that it is atomic; the server's clock counts. What the server cannot
 * remember is `store_unavailable`, which a middleware answers with 503: the provider delivers again.
 *
 * `client`: of node-redis (connected), of ioredis or iovalkey, or a function that sends one command, an array of strings, and answers
 * what the server does. `retentionSeconds`: how long a handled delivery is remembered. `leaseSeconds`: how long a handler may take.
 * `timeoutSeconds`: how long one command may take, since clients keep commands back while they reconnect. `prefix`: of the keys.
 *
 * The server must not forget on its own: `maxmemory-policy noeviction` (another policy is refused at the first `begin`), and
 * `appendonly` if a restart must not lose what was handled.
 */
export class RedisReplayGuard {
  #send;
  #prefix;
  #retention;
  #lease;
  #timeout;
  #checked = false;

  constructor(client, options) {
    const { retentionSeconds = 604_800, leaseSeconds = 60, timeoutSeconds = 2, prefix = "paysig:replay:" } = only(SETTINGS, options);
    this.#send = sender(client);
    this.#prefix = text("prefix", prefix);
    this.#retention = milliseconds("retentionSeconds", retentionSeconds);
    this.#lease = milliseconds("leaseSeconds", leaseSeconds);
    this.#timeout = milliseconds("timeoutSeconds", timeoutSeconds);
    // More than a timer holds.
    if (this.#timeout > 0x7fffffff) throw wrong("timeoutSeconds", "timeoutSeconds must be at most 2147483");
  }

  /** Before the handler: `fresh` with a lease, `in_progress` or `done`. */
  async begin(replayKey) {
    const size = new TextEncoder().encode(text("replayKey", replayKey)).length;
    if (size === 0 || size > MAX_KEY) throw wrong("replayKey", `a replay key has 1 to ${MAX_KEY} bytes`);
    if (!this.#checked) {
      checkPolicy(await this.#command("INFO", "memory"));
      this.#checked = true;
    }
    const id = LEASE + Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const held = await this.#script(BEGIN, replayKey, id, this.#lease);
    if (held === id) return { state: "fresh", lease: { key: replayKey, id } };
    if (held === DONE) return { state: "done" };
    if (held.startsWith(LEASE)) return { state: "in_progress" };
    throw unavailable("the replay store holds under this key what is not the guard's");
  }

  /** After the handler succeeded. */
  async commit(lease) {
    if ((await this.#script(COMMIT, ...parts(lease), this.#retention)) !== "1") {
      throw unavailable("the lease ran out and passed to another before the handler was done; the message may be handled again");
    }
  }

  /** After the handler failed: the next delivery is handled. A lease that has passed to another is left alone. */
  async release(lease) {
    await this.#script(RELEASE, ...parts(lease));
  }

  #script(script, key, ...given) {
    return this.#command("EVAL", script, "1", this.#prefix + key, ...given.map(String));
  }

  /** The answer to a command as text. */
  async #command(...command) {
    let timer;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("it took too long")), this.#timeout);
      });
      const answer = await Promise.race([this.#send(command), late]);
      return answer instanceof Uint8Array ? new TextDecoder().decode(answer) : String(answer);
    } catch (error) {
      const full = String(error?.message).startsWith("OOM");
      throw unavailable(full ? "the replay store is full of messages that must be remembered" : "the replay store did not answer", error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A function that sends a command, from what clients are like. */
function sender(client) {
  if (typeof client === "function") return async (command) => client(command);
  // ioredis, whose sendCommand takes an object of its own.
  if (typeof client?.call === "function") return async ([name, ...given]) => client.call(name, ...given);
  if (typeof client?.sendCommand === "function") return async (command) => client.sendCommand(command);
  throw wrong("client", `client must be a client of node-redis or ioredis, or a function that sends a command, not ${kind(client)}`);
}

function milliseconds(field, seconds) {
  if (!whole(field, seconds)) throw wrong(field, `${field} must be a whole number of seconds, 1 or more`);
  return seconds * 1000;
}

function parts(lease) {
  return [text("lease", lease?.key), text("lease", lease?.id)];
}

/** What such a server forgets would be accepted again. One that does not tell is taken as it is. */
function checkPolicy(info) {
  const limit = /^maxmemory:(\d+)/m.exec(info)?.[1] ?? "0";
  const policy = /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1] ?? "noeviction";
  if (limit !== "0" && policy !== "noeviction") {
    throw unavailable(`the replay store would forget messages when it is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction`);
  }
}

function unavailable(message, cause) {
  return new PaysigError({ status: "store_unavailable", message }, cause === undefined ? undefined : { cause });
}
