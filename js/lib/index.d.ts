// Types of "paysig". Times that go in are Dates or milliseconds since 1970; credentials are text or bytes. An option that is not known is
// refused with `invalid_option`, also where no compiler looks.

/** Who sends the message to whom. */
export type Flow = "request" | "webhook" | "response";

/** Why a message was refused. */
export type Verdict =
  | "signature_mismatch"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "missing_signature"
  | "malformed_signature"
  | "missing_field"
  | "malformed_field"
  | "duplicate_field"
  | "unknown_key"
  | "key_expired"
  | "key_not_yet_valid"
  | "unsupported_version"
  | "unsupported_algorithm"
  | "content_rejected"
  | "too_large"
  | "needs_key"
  | "unverifiable"
  | "replayed";

/** Every status of an error. */
export type Status =
  | Verdict
  | "unknown_scheme"
  | "invalid_recipe"
  | "invalid_credentials"
  | "unsupported_flow"
  | "invalid_message"
  | "unsupported"
  | "invalid_option"
  | "token_refused"
  | "token_response_invalid"
  | "store_unavailable"
  | "null_argument"
  | "invalid_utf8"
  | "buffer_too_small"
  | "abi_mismatch"
  | "internal";

export type Bytes = Uint8Array | ArrayBuffer | ArrayBufferView;
export type Time = Date | number;
export type Credentials = Readonly<Record<string, string | Bytes | undefined>> | ReadonlyMap<string, string | Bytes | undefined>;

/** One key of a ring and when it is valid; both ends may be open. */
export interface Key {
  credentials: Credentials;
  notBefore?: Time | null;
  notAfter?: Time | null;
}

export type HeaderPairs = Iterable<readonly [string | Bytes, string | Bytes]>;
export type HeaderObject = Readonly<Record<string, string | readonly string[] | Bytes | undefined>>;

/**
 * A message as plain data; a plain object with other members is refused. Text becomes UTF-8 unless `wireEncoding` says that it holds bytes
 * as Latin-1.
 */
export interface Message {
  method?: string;
  /** Absolute, or a target (`/path?query`). Schemes that sign the URL need the public one. */
  url?: string | URL | null;
  /** Path and query as on the request line, where the URL does not say it. */
  target?: string | Bytes | null;
  /** fetch's Headers are read as fetch defines them: bytes as Latin-1. */
  headers?: Headers | HeaderPairs | HeaderObject | null;
  /** As it is sent or was received, before any parsing. */
  body?: string | Bytes | null;
  wireEncoding?: "utf-8" | "latin-1";
}

/** Why a call did not succeed. Holds no secret, no expected signature and nothing of the body. */
export class PaysigError extends Error {
  constructor(
    about: { status: Status; message: string; field?: string | null; key_id?: string | null; key_url?: string | null },
    options?: { cause?: unknown },
  );
  readonly name: "PaysigError";
  readonly status: Status;
  /** The header, member, credential or option at fault. */
  readonly field: string | null;
  /** The sentence alone; `message` has status and field as well. */
  readonly reason: string;
  /** With `needs_key`: which key, and where to get it if the recipe allows exactly this address. */
  readonly keyId: string | null;
  readonly keyUrl: string | null;
  /** The fixed number of the status. */
  readonly code: number;
  /** The verdict on the message; null if the call itself was wrong. */
  readonly verdict: Verdict | null;
  /** The HTTP status to answer with. */
  readonly http: number;
}

/** All statuses: name, fixed code, the HTTP status to answer with, whether it is a verdict on a message. */
export function statuses(): { name: Status | "ok"; code: number; http: number; verdict: boolean }[];

/** What is known about a flow, in words. */
export interface FlowAbout {
  algorithm: string;
  encoding: string;
  signed: string;
  not_covered: string;
  fields: string[];
  tolerance_seconds: number | null;
  tolerance_by: "provider" | "paysig" | null;
  time: string;
  known_weaknesses: string[];
  variants: string[];
}

/** What is known about a scheme, in words. */
export interface SchemeAbout {
  id: string;
  name: string;
  flows: Partial<Record<Flow, FlowAbout>>;
  credentials: { name: string; public: boolean; optional: boolean; about: string | null }[];
  evidence: { kind: string; note: string } | null;
  documents: string[];
  notes: string[];
}

/** How one provider product authenticates messages. */
export class Scheme {
  constructor(id: string);
  /** A scheme of your own from the text of a recipe; `file` names the text in errors. */
  static fromToml(recipe: string, options?: { file?: string }): Scheme;
  readonly id: string;
  readonly name: string;
  readonly flows: Flow[];
  readonly about: SchemeAbout;
  /** What is weak about the scheme itself, with the recipe's reason where it acknowledges it. */
  lint(): Lint[];
}

export interface Lint {
  scheme: string;
  flow: Flow;
  line: number;
  id: string;
  message: string;
  witness: string;
  acknowledged: string | null;
}

/** A scheme of the catalogue by its id. */
export function scheme(id: string): Scheme;
/** The ids of the catalogue, sorted. */
export function schemes(): string[];
/** Every scheme of the catalogue in words; slower, since each recipe is read. */
export function catalogue(): SchemeAbout[];

/** What signing uses beside the message. */
export interface SignOptions {
  /** The system's clock unless given; null for no clock. */
  now?: Time | null;
  /** Message id or idempotency key; made where it is needed and absent. */
  nonce?: string | null;
  /** Signed and sent verbatim. */
  timestampText?: string | null;
  /** For schemes that sign a payload of their own (a JWT). */
  payload?: string | Bytes | null;
  /** Seconds. */
  expiresIn?: number | null;
  /** For byte-exact tests. */
  padding?: Bytes | null;
}

/** What to send, and everything that signing used. */
export class Signed {
  private constructor();
  /** The headers to add, in the order of the recipe. */
  readonly headers: [string, string][];
  /** The URL (or target) to send to, with what was added to its query. */
  readonly url: string;
  /** The body to send, with what was added to it. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The target to send, if something was added to it. */
  readonly newTarget: string | null;
  /** The body to send, if something was added to it. */
  readonly newBody: Uint8Array<ArrayBuffer> | null;
  /** The JSON members that were added to the body, as the text of a JSON object. */
  readonly bodyMembers: string | null;
  readonly used: { timestamp: string | null; nonce: string | null; keyId: string | null };
}

/** The first half of signing with a key that lives elsewhere. */
export interface Prepared {
  /** `hmac-sha256`, `rsa-sha256`, `jws ES512` */
  readonly algorithm: string;
  /** The whole string, not its digest. */
  readonly stringToSign: Uint8Array<ArrayBuffer>;
  /** Takes the raw bytes of the signature. */
  finish(signature: Bytes): Promise<Signed>;
}

/** Signs messages of one flow under one set of credentials. */
export class Signer {
  constructor(
    scheme: string | Scheme,
    options?: {
      /** `request` unless given. */
      flow?: Flow;
      credentials?: Credentials;
      /** Named, opt-in departures of the recipe. */
      variants?: readonly string[];
      /** The secret is not given, and only `prepare` works. */
      keyElsewhere?: boolean;
    },
  );
  readonly schemeId: string;
  readonly flow: Flow;
  readonly needsNonce: boolean;
  /** The Request to send. It does not follow redirects, which would lead to another request than the one that was signed. */
  sign(request: Request, options?: SignOptions): Promise<Request>;
  sign(message: Message, options?: SignOptions): Promise<Signed>;
  prepare(message: Message | Request, options?: Omit<SignOptions, "padding">): Promise<Prepared>;
  /** Signs a body that comes in pieces, in constant memory. Rejects with `unsupported` where the scheme looks into the body. */
  stream(message: Head, options?: Omit<SignOptions, "payload" | "expiresIn" | "padding">): Promise<SignStream>;
  explain(message: Message | Request, options?: SignOptions): Promise<Explanation>;
}

/** A message whose body comes in pieces. */
export type Head = Omit<Message, "body">;

type Pieces = ReadableStream<string | Bytes> | AsyncIterable<string | Bytes> | Iterable<string | Bytes>;

/** Signs a message whose body comes in pieces. */
export class SignStream {
  private constructor();
  /** The next piece of the body. */
  update(piece: string | Bytes): this;
  /** The body is complete: what to send. Its `body` is empty: send the pieces. Works once. */
  finish(): Signed;
  /** Takes every piece and finishes. */
  finishWith(source: Pieces): Promise<Signed>;
  /** Hands on every piece as it is, to put the body aside meanwhile; then call `finish`. */
  tap<T extends string | Bytes>(): TransformStream<T, T>;
}

/** Verifies a message whose body comes in pieces. Nothing of the body may be acted on before `finish` gave its answer. */
export class VerifyStream {
  private constructor();
  update(piece: string | Bytes): this;
  /** The body is complete: the verdict. Works once. */
  finish(): StreamVerified;
  finishWith(source: Pieces): Promise<StreamVerified>;
  tap<T extends string | Bytes>(): TransformStream<T, T>;
}

/** An authentic message whose body came in pieces, which are the caller's. */
export type StreamVerified = Omit<Verified, "body" | "text" | "json" | "replayKey"> & {
  /** null unless the length of the body was announced. */
  readonly replayKey: string | null;
};

/** What of a message its signature covers. */
export interface Coverage {
  method: boolean;
  path: boolean;
  query: boolean;
  /** Lower-case names, sorted. */
  headers: string[];
  /** The names of the covered members, where it is neither all nor none. */
  body: "all" | "none" | string[];
}

/** An authentic message: what it says about itself. Trust only what `covered` names. */
export class Verified {
  private constructor();
  readonly keyId: string | null;
  /** Which key of the ring matched, counted from 0. */
  readonly keyIndex: number;
  readonly timestamp: Date | null;
  /** How many separately signed items the message holds: 1 unless it is a batch. */
  readonly items: number;
  readonly covered: Coverage;
  /** The fields that were signed by name, or a JWT's payload, as JSON text; numbers as they were spelled. */
  readonly signedJson: string | null;
  /** `signedJson`, parsed: numbers beyond 2^53 lose digits, so take large amounts from the text. */
  readonly signedFields: unknown;
  /** The same for every delivery of one message. */
  readonly replayKey: string;
  /** The bytes that were judged. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** What is covered, what is not, and the signed fields where there are some, in words for people, a line each. */
  toString(): string;
  /** The judged body as text. */
  text(): string;
  /** The judged body as JSON. */
  json(): unknown;
}

export interface VerifyOptions {
  /** The system's clock unless given; null for no clock. */
  now?: Time | null;
  /**
   * Of a Request or a message without `url`: what the provider calls without the request's own path and query, which are appended, such
   * as https://shop.example (with a path if a proxy strips one). For schemes that sign the URL; never taken from the Host header.
   */
  publicUrl?: string | URL | null;
  /** Bytes that a body may have. Of a Request no more are read than the smaller of this and the verifier's limit; without either, 1048576. */
  maxBody?: number;
}

export interface Handshake {
  /** Send it: the body may repeat what a stranger sent, and must not be read as HTML. */
  contentType: string;
  body: Uint8Array<ArrayBuffer>;
  /** Whether the message was verified first. If not, do nothing but answer. */
  verified: boolean;
}

/** Judges messages of one flow against a ring of keys. */
export class Verifier {
  constructor(
    scheme: string | Scheme,
    options?: {
      /** `webhook` unless given. */
      flow?: Flow;
      keys?: Credentials | Key | readonly (Credentials | Key)[];
      variants?: readonly string[];
      /** Seconds, instead of the recipe's. */
      tolerance?: number;
      /** Accept only messages of this key id. */
      keyId?: string;
      /** Those that a sender may name, of the recipe's. */
      algorithms?: readonly string[];
      /** Bytes that a body may have; more is `too_large`. No more are read of a Request. */
      maxBody?: number;
      /** Fetches keys that messages name, for schemes that allow it. */
      keySource?: KeySource;
    },
  );
  readonly schemeId: string;
  readonly flow: Flow;
  readonly toleranceSeconds: number | null;
  /** Bytes that a body may have, as given to the constructor. */
  readonly maxBody: number | null;
  /** How long replay keys must be remembered. */
  readonly retentionSeconds: number;
  /** Rejects with a PaysigError whose `verdict` says why the message is refused. */
  verify(message: Message | Request, options?: VerifyOptions): Promise<Verified>;
  /** The same for a Request; its body can still be read afterwards. */
  verifyRequest(request: Request, options?: VerifyOptions): Promise<Verified>;
  /**
   * Judges a body that comes in pieces, in constant memory; `bodyLength` is the Content-Length, so that there is a replay key.
   * Rejects with `unsupported` where the scheme looks into the body.
   */
  stream(message: Head, options?: { now?: Time | null; bodyLength?: number | null }): Promise<VerifyStream>;
  /** The answer to the provider's check of an endpoint, if the message is one; null for ordinary messages. */
  handshake(message: Message | Request, options?: VerifyOptions): Promise<Handshake | null>;
  explain(message: Message | Request, options?: VerifyOptions): Promise<Explanation>;
}

/** Fetches keys, from addresses that the recipe allows or `locate` gives, and remembers them; failures too, for a while. */
export class KeySource {
  constructor(options: {
    /** What to make of a fetched document; null if it does not hold the key. */
    credentials: (
      text: string,
      asked: { keyId: string | null; url: string },
    ) => Credentials | null | Promise<Credentials | null>;
    /** The address of a key where messages do not name it; without it such keys are not fetched. */
    locate?: (keyId: string | null) => string | null | Promise<string | null>;
    fetch?: typeof globalThis.fetch;
    /** Seconds after which a fetched key is fetched again: 3600. */
    lifetime?: number;
    /** Seconds that a fetch that failed is not tried again: 60. */
    retryAfter?: number;
    /** Fetches in a minute, whatever messages ask for: 10. */
    perMinute?: number;
    /** Fetched keys that are kept, the oldest goes first: 8. */
    maxKeys?: number;
    /** Seconds: 5. */
    timeout?: number;
    /** 65536 */
    maxBytes?: number;
    clock?: () => number;
  });
  /** The key that a `needs_key` error asks for; null if it cannot be had now. */
  find(asked: { keyId: string | null; keyUrl: string | null }): Promise<{ credentials: Credentials } | null>;
  /** Forgets what `find` gave, since it is no key: the fetch counts as failed. */
  reject(found: { credentials: Credentials }): void;
}

/** The string to sign with the origin of every byte; secrets as asterisks. */
export class Explanation {
  private constructor();
  readonly stringToSign: Uint8Array<ArrayBuffer>;
  /** `part` names the origin of the bytes from `start` to before `end`. */
  readonly parts: ExplainedPart[];
  /** What was digested on the way: the bytes that went into the `step` of a `part`, and their origin. */
  readonly nested: { part: string; step: string; bytes: Uint8Array<ArrayBuffer>; parts: ExplainedPart[] }[];
  /** What of the message is covered. */
  readonly covered: Coverage;
  /** The same in words for people, and what is open: what may have been changed on the way. */
  readonly coveredInWords: { covered: string[]; open: string[] };
  toString(): string;
}

export interface ExplainedPart {
  part: string;
  start: number;
  end: number;
}

interface Judged {
  scheme: string | Scheme;
  flow: Flow;
  message: Message | Request;
  keys?: Credentials | Key | readonly (Credentials | Key)[];
  variants?: readonly string[];
  now?: Time | null;
}

/** The string to sign: as a verifier reads it or, where the message carries no signature yet, as a signer would make it. */
export function explain(options: Judged & Omit<SignOptions, "padding">): Promise<Explanation>;

export interface Diagnosis {
  /** `invalid_credentials` if a key cannot be read: then the message could not be judged at all. */
  verdict: Verdict | "ok" | "invalid_credentials";
  /** Most likely first; several ids are mistakes that were made together. */
  findings: { ids: string[]; cause: string; fix: string; remedies: Record<string, string> }[];
  /** What was tried in vain, and how often. */
  ruledOut: Record<string, number>;
  hypotheses: number;
  /** The budget ended first. */
  exhausted: boolean;
}

/** Looks for the mistake behind a refused message. An offline tool: it never turns a refusal into an acceptance. */
export function diagnose(
  options: Judged & {
    /** Credentials of other environments or products that may have been mixed up. */
    otherKeys?: Credentials | readonly Credentials[];
    /** Seconds, instead of the recipe's. */
    tolerance?: number;
  },
): Promise<Diagnosis>;

export type TokenAction =
  | { action: "authorize"; headers: [string, string][] }
  /** Holds the secret; do not log it. */
  | { action: "fetch"; method: string; target: string; headers: [string, string][]; body: Uint8Array<ArrayBuffer>; leaseUntil: Date }
  | { action: "wait"; until: Date };

/** A bearer token and when to renew it. It does no I/O: `next` says what to do. */
export class TokenSession {
  constructor(scheme: string | Scheme, options?: { credentials?: Credentials });
  next(options?: { now?: Time }): TokenAction;
  /** Reports the token endpoint's answer: its HTTP status (0 if none came) and body. */
  fetched(status: number, body: string | Bytes, options?: { now?: Time }): void;
  /** Reports that the API answered 401 to the token. */
  refused(options?: { now?: Time }): void;
  accepted(): void;
  /** The state as text, to be kept where the secret may be kept. Holds the token. */
  save(): string;
  load(state: string): void;
}

/**
 * fetch with bearer tokens that renew themselves. A token is renewed before it expires, and until then requests are sent with it,
 * whatever comes of the renewal. `origin`: scheme, host and port of the token endpoint. A token endpoint that has not answered when
 * the session's lease runs out (`leaseUntil`) has failed: who waits is rejected with a `TimeoutError`. A request's own signal ends its
 * waiting as well; the others still get the token.
 */
export function tokenFetch(
  session: TokenSession,
  options: { origin: string | URL; fetch?: typeof globalThis.fetch },
): (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The right to handle a delivery. */
export interface Lease {
  key: string;
  id: number | string;
}

export type Begun = { state: "fresh"; lease: unknown } | { state: "in_progress" } | { state: "done" };

/**
 * Where replay keys are kept: `paysig/redis`, a database table. `begin` must be atomic over all processes of the service, a lease whose process
 * died must run out, and what cannot be remembered must throw.
 */
export interface ReplayGuard {
  begin(replayKey: string): Begun | Promise<Begun>;
  commit(lease: any): unknown;
  release(lease: any): unknown;
}

/** A guard for one process, and for tests. Full of what must be remembered, it refuses instead of forgetting. */
export class MemoryReplayGuard implements ReplayGuard {
  constructor(options?: { retentionSeconds?: number; leaseSeconds?: number; capacity?: number; clock?: () => number });
  begin(replayKey: string): { state: "fresh"; lease: Lease } | { state: "in_progress" } | { state: "done" };
  commit(lease: Lease): void;
  release(lease: Lease): void;
}

/** Options of the helpers for servers. */
export interface ReceiverOptions {
  /**
   * What the provider calls without the request's own path and query, which are appended, such as https://shop.example
   * (with a path if a proxy strips one). For schemes that sign the URL; never taken from the Host header.
   */
  publicUrl?: string | URL | null;
  /** Bytes that are read of a body: the smaller of this and the verifier's limit; without either, 1048576. */
  maxBody?: number;
  /** Handles each delivery once. */
  guard?: ReplayGuard;
  /** Hears why a delivery is refused; console.warn unless given. The other side hears no more than an HTTP status. */
  onRefused?: (error: PaysigError) => void;
}

/** A message from a raw HTTP request or a curl command; which of them, its first word says unless `kind` does. */
export function readMessage(source: string | Bytes, options?: { kind?: "http" | "curl" }): Message & { status?: number };

/** Hands over the compiled module, in runtimes that no entry of this package knows. */
export function provide(module: WebAssembly.Module): void;
