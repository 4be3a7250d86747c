import type { Begun, Lease, ReplayGuard } from "paysig";

/** Sends one command, `["SET", "key", "value"]`, and answers what the server does; rejects where the server reports an error. */
export type SendCommand = (command: string[]) => unknown;

/** What the guard needs of a client: `call` of ioredis and iovalkey, or `sendCommand` of node-redis. */
export type RedisClient = { call(command: string, ...given: string[]): unknown } | { sendCommand(command: string[]): unknown } | SendCommand;

/**
 * A guard that all processes share, in whatever language, over Redis or Valkey. Every step is atomic; what the server cannot remember is
 * `store_unavailable`, which a middleware answers with 503.
 *
 * The server must not forget on its own: `maxmemory-policy noeviction` (another policy is refused at the first `begin`), and
 * `appendonly` if a restart must not lose what was handled.
 */
export class RedisReplayGuard implements ReplayGuard {
  constructor(
    client: RedisClient,
    options?: {
      /** How long a handled delivery is remembered: `Verifier.retentionSeconds` or more. A week. */
      retentionSeconds?: number;
      /** How long a handler may take; of one that died, the delivery is handled again afterwards. 60. */
      leaseSeconds?: number;
      /** How long one command may take, since clients keep commands back while they reconnect. 2. */
      timeoutSeconds?: number;
      /** Of the keys: `paysig:replay:`. */
      prefix?: string;
    },
  );
  begin(replayKey: string): Promise<Begun>;
  commit(lease: Lease): Promise<void>;
  release(lease: Lease): Promise<void>;
}
